"""Sorting over a pretrained network: unavailable with a reason, refused over other weights, right numbers with the right ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from safelight.model.errors import BackendUnavailable, StageError
from safelight.model.signals import Signals
from safelight.stages import catalog
from safelight.stages.classify.features import Features, SignalsFeatures
from safelight.stages.classify.questions import Question, Sorter, read
from safelight.stages.classify.voices import Voice
from safelight.stages.models import places
from safelight.stages.networks import backbones, bodies

IMAGE = np.random.default_rng(2).integers(0, 256, (40, 60, 3)).astype(np.uint8)


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Drawn weights where fetched ones would be; gives their digest."""
    path = tmp_path / "models" / "squeezenet1_1" / "drawn.pth"
    path.parent.mkdir(parents=True)
    torch.manual_seed(3)
    torch.save({f"features.{key}": value for key, value in bodies.bare("squeezenet1_1").net.state_dict().items()}, path)
    places.use(places.Places(tmp_path / "models"))
    found = backbones.fingerprint(backbones.Source("squeezenet1_1", path))
    monkeypatch.setitem(bodies.KNOWN, "squeezenet1_1", (found,))
    yield found
    places.use(None)


def head(path: Path, sha256: str, inputs: tuple[str, ...] = ()) -> Path:
    """A head that takes anything bright for the race, and little of `inputs` for nothing to retouch."""
    eyes = Voice("network", (), (0.0,) * 512, (1.0,) * 512, (0.02,) * 512, 0.0)
    spoken = tuple(Voice("signals", (name,), (0.0,), (1.0,), (1.0,), 0.0) for name in inputs)
    calm = Voice("network", (), (0.0,) * 512, (1.0,) * 512, (0.0,) * 512, -1.0)
    made = Sorter(Question((eyes,), 1.0), Question((calm, *spoken), 1.0), "squeezenet1_1", sha256)
    path.write_text(json.dumps(made.to_json()))
    return path


def test_it_judges_by_what_the_network_sees(weights: str, tmp_path: Path) -> None:
    """Probabilities sum to 1; signals are reasons where they are weighed; without any measured the joined one refuses."""
    alone = Features(head(tmp_path / "a.json", weights))
    verdict = alone.classify(IMAGE, Signals({}))
    assert sum(verdict.probabilities.values()) == pytest.approx(1) and verdict.likeliest == "ok"
    assert verdict == alone.classify(IMAGE, Signals({})) and not verdict.reasons
    joined = SignalsFeatures(head(tmp_path / "b.json", weights, ("car_area",)))
    assert [reason.signal for reason in joined.classify(IMAGE, Signals({"car_area": 0.0})).reasons] == ["car_area"]
    with pytest.raises(StageError):
        joined.classify(IMAGE, Signals({}))


def test_over_other_weights_it_is_refused(weights: str, tmp_path: Path) -> None:
    """The head's numbers mean nothing there."""
    with pytest.raises(BackendUnavailable, match="trained over weights"):
        Features(head(tmp_path / "a.json", "0" * 64)).classify(IMAGE, Signals({}))


def test_unavailable_says_where_the_file_belongs(tmp_path: Path) -> None:
    """Without weights, and without a head."""
    try:
        places.use(places.Places(tmp_path))
        assert str(tmp_path / "squeezenet1_1") in str(Features().unavailable())
        assert "missing" in str(Features(tmp_path / "none.json").unavailable())
        assert next(iter(catalog.available("classify"))).name == "signals"
    finally:
        places.use(None)


@pytest.mark.parametrize("kind", [Features, SignalsFeatures])
def test_the_shipped_heads_can_be_read(kind: type[Features]) -> None:
    """Their figures are those of held-out sources, above chance and told with an interval."""
    found = kind().head
    assert found.figures is not None and found.figures["n"] == 76
    low, high = found.figures["balanced_accuracy_95"]
    assert 0.33 < low < found.figures["balanced_accuracy"] < high
    eyes = [voice for question in (found.race, found.retouch) for voice in question.voices if voice.of == "network"]
    assert eyes and all(len(voice.weights) == 512 for voice in eyes)
    assert found.reads_signals is (kind is SignalsFeatures)
    assert len(found.trained_on) == 84


def test_a_damaged_head_is_told(tmp_path: Path) -> None:
    """One number changed: an error of the stage, not another answer."""
    path = head(tmp_path / "a.json", "0" * 64)
    changed = replace(read(path, "features"), trained_on=("a",)).to_json() | {"digest": "0"}
    path.write_text(json.dumps(changed))
    with pytest.raises(StageError, match="digest"):
        _ = Features(path).head
