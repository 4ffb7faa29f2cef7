"""The common battery: what every backend of every stage promises, asked of all in the catalogue alike."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from safelight.model.errors import StageError
from safelight.stages import catalog
from safelight.stages.base import STAGES, Backend, StageName, Stylizer, unit

HERE = Path(__file__).parent


def _trials() -> ModuleType:
    """The helper beside this file (tests are imported by path, so it has no package to be imported from)."""
    spec = importlib.util.spec_from_file_location("battery_trials", HERE / "trials.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


trials = _trials()
EVERY = [(stage, name) for stage in STAGES for name in catalog.names(stage)]
MASKED = [(stage, name) for stage, name in EVERY if stage in {"inpaint", "alter"}]
MAKERS = [(stage, name) for stage, name in EVERY if stage in {"inpaint", "alter", "stylize"}]


def each(which: list[tuple[StageName, str]]) -> pytest.MarkDecorator:
    """The test once for each of these backends."""
    return pytest.mark.parametrize("backend", which, ids=[".".join(pair) for pair in which], indirect=True)


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> Backend:
    """The backend that the parameter (stage, name) names."""
    return found(*request.param)


def found(stage: StageName, name: str) -> Backend:
    """The backend; of other packages' ones those are skipped that say why they cannot work here, of ours none."""
    result = catalog.load(stage, name)
    reason = result.unavailable()
    if reason is not None:
        # Every stage works without downloads; what is fetched may be absent with the trial data.
        assert name not in catalog.OWN[stage] or "safelight models fetch" in reason, f"{stage}.{name}: {reason}"
        pytest.skip(f"{stage}.{name}: {reason}")
    return result


@each(EVERY)
def test_it_declares_itself(backend: Backend) -> None:
    """Stage and name are those of the catalogue; the version counts; the fingerprint is hexadecimal or empty."""
    assert (backend.stage, backend.name) in EVERY
    assert backend.version >= 1
    assert backend.fingerprint() == "" or len(bytes.fromhex(backend.fingerprint())) >= 8
    assert not backend.trained or backend.fingerprint(), "a trained network must say which weights it is"


@each(EVERY)
def test_it_answers_something_about_an_ordinary_picture(backend: Backend) -> None:
    """Of all the words it says it understands, at least one works on an ordinary picture; others raise StageError."""
    image = trials.scene()
    kept = image.copy()
    answered = 0
    asked = 0
    for question in trials.questions(backend, all_words=True):
        asked += 1
        try:
            question.ask(image, trials.board_mask(image))
            answered += 1
        except StageError as error:
            assert error.say("fr")
    assert asked > 0
    assert answered > 0
    assert (image == kept).all(), "the picture given was changed in place"


@each(EVERY)
def test_same_arguments_same_bytes(backend: Backend) -> None:
    """Asked twice, the answer has the same bytes."""
    image = trials.scene()
    mask = trials.board_mask(image)
    for question in trials.questions(backend):
        assert trials.digest(question.ask(image, mask)) == trials.digest(question.ask(image.copy(), mask.copy()))


@each(EVERY)
@pytest.mark.parametrize("picture", sorted(trials.PICTURES))
def test_any_picture_is_answered_or_refused(backend: Backend, picture: str) -> None:
    """One pixel, slivers, grey and black pictures: an answer within the contract, or StageError, nothing else."""
    image = trials.PICTURES[picture]()
    for question in trials.questions(backend, picture):
        try:
            answer = question.ask(image, trials.board_mask(image))
        except StageError:
            continue
        for part in answer:
            if isinstance(part, np.ndarray):
                assert part.shape[:2] == image.shape[:2]
                assert part.dtype in (np.uint8, np.float32)
                assert np.isfinite(part).all()


@each(MASKED)
@pytest.mark.parametrize("picture", ["scene", "grey", "sliver"])
def test_nothing_changes_outside_the_mask(backend: Backend, picture: str) -> None:
    """Pixels outside the returned mask (or the given one) are bit-identical, and the mask is widened by the rim only."""
    image = trials.PICTURES[picture]()
    given = trials.board_mask(image)
    for question in trials.questions(backend, picture):
        try:
            answer = question.ask(image, given)
        except StageError:
            continue
        wide = answer[1] if len(answer) > 1 else given
        assert (answer[0][wide < 0.5] == image[wide < 0.5]).all()
        assert set(np.unique(wide)) <= {0.0, 1.0}
        assert (wide >= given).all()
        reach = int(np.ceil(getattr(backend, "rim", 0) * unit(image))) + 1
        rows, columns = np.nonzero(given)
        beyond = wide.copy()
        beyond[
            max(0, rows.min() - reach) : rows.max() + reach + 1,
            max(0, columns.min() - reach) : columns.max() + reach + 1,
        ] = 0
        assert not beyond.any()


@each(MASKED)
@pytest.mark.parametrize("value", [0.0, 1.0], ids=["nothing", "everything"])
def test_masks_of_nothing_and_of_everything(backend: Backend, value: float) -> None:
    """An empty mask gives the picture back; a mask of everything is painted or refused with StageError."""
    image = trials.scene()
    mask = np.full(image.shape[:2], value, np.float32)
    for question in trials.questions(backend):
        try:
            answer = question.ask(image, mask)
        except StageError:
            assert value == 1
            continue
        assert answer[0].shape == image.shape
        if value == 0:
            assert (answer[0] == image).all()


@each(MAKERS)
def test_what_is_outside_the_contract_is_refused(backend: Backend) -> None:
    """Float pictures, pictures with alpha and masks of another size raise ValueError where pixels are made."""
    image = trials.scene()
    mask = trials.board_mask(image)
    wrong = [(image.astype(np.float32), mask), (np.dstack([image, image[..., :1]]), mask)]
    if not isinstance(backend, Stylizer):
        wrong += [(image, mask[1:]), (image, mask * 2), (image, mask > 0.5)]
    for question in trials.questions(backend):
        for picture, over in wrong:
            with pytest.raises(ValueError, match=r"not an image|not a mask|mask values"):
                question.ask(picture, over)


def _digests(threads: int) -> dict[str, str]:
    """Every backend's digest from a fresh process that may use so many threads."""
    variables = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    source = str(HERE.parents[1] / "daemon")
    env = {**os.environ, **dict.fromkeys(variables, str(threads)), "PYTHONPATH": source}
    command = [sys.executable, str(HERE / "trials.py"), str(threads)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_any_number_of_threads_gives_the_same_bytes() -> None:
    """One thread and two, in processes of their own: the same bytes from every backend."""
    one = _digests(1)
    assert one
    many = _digests(2)
    assert {name for name in one if one[name] != many.get(name)} == set()
