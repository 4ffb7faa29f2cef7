"""LaMa as a backend: onnxruntime with a tiny generated file that has the inputs and the output of the real one."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from safelight.model.errors import BackendUnavailable, NothingToCopy, StageError
from safelight.pictures import encode
from safelight.stages import machine
from safelight.stages.base import Image, Mask
from safelight.stages.inpaint import crops, lama
from safelight.stages.inpaint.lama import Lama
from safelight.stages.models import selftest
from safelight.stages.models.entries import File
from safelight.stages.models.registry import MODELS
from safelight.stages.perform import Job, perform
from tiny_models import lama as tiny
from tiny_models import no_models


@pytest.fixture
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache without models; the folder where this one would be."""
    return no_models(tmp_path, monkeypatch) / "lama"


@pytest.fixture
def fetched(nothing: Path) -> Path:
    """A cache into which it was fetched; its folder."""
    return tiny(nothing)


def photo(height: int = 160, width: int = 240) -> tuple[Image, Mask]:
    """A grainy warm ground with a blue board, and the board's mask."""
    noise = np.random.default_rng(2).normal(0, 4, (height, width, 1))
    image = (np.array([150, 130, 100]) + noise).clip(0, 255).astype(np.uint8)
    mask = np.zeros((height, width), np.float32)
    mask[height // 3 : height // 2, width // 6 : width // 2] = 1
    image[mask > 0] = (20, 60, 170)
    return image, mask


def step(prompt: str = "nothing", **more: Any) -> tuple[Job, Any]:
    """An inpainting step, and how its objects are read."""
    image, mask = photo()
    objects = {"warm": encode.png(image), "warm mask": encode.mask_png(mask)}
    return Job("inpaint", {"image": "warm", "mask": "warm mask"}, {"with": prompt}, 7, **more), objects.__getitem__


@pytest.mark.parametrize(("height", "width"), [(160, 240), (240, 100), (40, 300), (300, 37)])
def test_the_surroundings_go_on_and_nothing_else_changes(fetched: Path, height: int, width: int) -> None:
    """Inside, the ground's colour instead of the board's, also where a window is no square; outside, every bit as it was."""
    image, mask = photo(height, width)
    result, wide = Lama().inpaint(image, mask, "nothing", 3)
    assert (result[wide == 0] == image[wide == 0]).all()
    assert (wide >= mask).all()
    assert np.abs(result[mask > 0].mean(axis=0) - [150, 130, 100]).max() < 12
    assert result[mask > 0].std(axis=0).max() > 1.5  # the photo's grain, which no mean has


def test_large_masks_are_tiled_without_gaps(fetched: Path) -> None:
    """A board many windows long: every pixel painted, and the same call gives the same bytes."""
    image, mask = photo(120, 900)
    mask[40:80, 20:880] = 1
    image[mask > 0] = (20, 60, 170)
    assert len(crops.windows(mask > 0, 64)) > 4
    first, second = (Lama().inpaint(image, mask, "nothing", 3)[0] for _ in range(2))
    assert (first == second).all()
    assert (first[mask > 0].astype(int)[:, 2] < 140).all()


def test_what_is_to_go_is_never_seen(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was written on the board, the painted picture is the same."""
    monkeypatch.setattr(Lama, "rim", 0)
    image, mask = photo()
    other = image.copy()
    other[mask > 0] = np.random.default_rng(8).integers(0, 255, (int(mask.sum()), 3))
    first, second = (Lama().inpaint(shown, mask, "nothing", 3)[0] for shown in (image, other))
    assert (first == second).all()


def test_it_answers_for_nothing_and_for_grounds_when_named(fetched: Path) -> None:
    """It comes before our own for "nothing"; named in a rule it paints grounds too, and words it cannot read are refused."""
    for prompt in ("nothing", "rien"):
        job, read = step(prompt)
        made = perform(job, read)
        assert (made.backend, made.trained, made.tried) == ("lama", True, ())
    job, read = step("mur uni", backend="lama")
    assert perform(job, read).backend == "lama"
    job, read = step("mur uni")
    assert perform(job, read).backend == "neutral"
    job, read = step("a cartoon kart", backend="lama")
    with pytest.raises(StageError, match="no words"):
        perform(job, read)


def test_masks_of_nothing_and_of_everything(fetched: Path) -> None:
    """Nothing to do gives the photo back; everything masked is refused."""
    image, mask = photo()
    assert (Lama().inpaint(image, mask * 0, "nothing", 3)[0] == image).all()
    with pytest.raises(NothingToCopy):
        Lama().inpaint(image, mask * 0 + 1, "nothing", 3)


@pytest.mark.parametrize("fault", ["absent", "cut off", "no model", "other bytes", "nan", "small"])
def test_files_that_cannot_be_used_give_way(fetched: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """Our own engine then does it, and the record says what was tried."""
    path = fetched / "lama_fp32.onnx"
    if fault == "absent":
        shutil.rmtree(fetched)
    elif fault == "cut off":
        path.write_bytes(path.read_bytes()[:-200])
    elif fault == "no model":
        path.write_bytes(b"these are no weights")
    elif fault == "other bytes":
        pinned = replace(MODELS["lama"], files=(File("lama_fp32.onnx", path.stat().st_size, "0" * 64),))
        monkeypatch.setitem(MODELS, "lama", pinned)
    else:
        tiny(fetched, answer=fault)
    job, read = step()
    made = perform(job, read)
    assert made.backend == "patches"
    expected = {"absent": (), "nan": ("lama: stage",), "small": ("lama: stage",)}
    assert made.tried == expected.get(fault, ("lama: backend_unavailable",))


@pytest.mark.parametrize("when", ["before", "in the middle"])
def test_too_little_memory_gives_way(fetched: Path, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """Seen before it is loaded, or told by the runtime in the middle of a photo: the next backend does it, recorded."""
    if when == "before":
        monkeypatch.setattr(machine, "memory_left", lambda: 900_000_000)
    else:

        class Poor(Exception):
            pass

        def run(*_: Any) -> Any:
            raise Poor("Exception during initialization: bad allocation")

        real = lama.loaded
        monkeypatch.setattr(lama, "loaded", lambda: replace(real(), session=type("S", (), {"run": run})()))
    with pytest.raises(BackendUnavailable, match="memory"):
        Lama().inpaint(*photo(), "nothing", 3)
    job, read = step()
    made = perform(job, read)
    assert (made.backend, made.tried) == ("patches", ("lama: backend_unavailable",))


def test_the_self_test_answers(fetched: Path) -> None:
    """The tiny file fills a hole like its surroundings, which is what is asked of the real one."""
    told = selftest.run(MODELS["lama"], selftest.Scene(photo()[0], {}))
    assert told.passed
    assert "yes" in told.en
    assert "oui" in told.fr
