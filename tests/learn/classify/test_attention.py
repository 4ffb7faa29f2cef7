"""Where a class was seen: maps that add up to the answer, for files of every kind and for heads over a frozen backbone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from safelight.learn.classify.attention import AGAINST, FOR, Evidence, HeadEyes, NetworkEyes, overlay
from safelight.learn.classify.augment import middle
from safelight.model.signals import CLASSES, Signals
from safelight.stages.classify.head import FLOOR
from safelight.stages.classify.inputs import DISTURBING
from safelight.stages.classify.questions import Question, Sorter
from safelight.stages.classify.voices import WIDEST, Voice, rooted
from safelight.stages.networks import backbones, bodies
from safelight.stages.networks.classifiers import About, Loaded, build


def noise(height: int = 40, width: int = 60) -> np.ndarray:
    """A picture of noise, brighter to the right."""
    rng = np.random.default_rng(3)
    return (rng.integers(0, 120, (height, width, 3)) + np.linspace(0, 120, width)[None, :, None]).astype(np.uint8)


@pytest.mark.parametrize("backbone", ["none", "squeezenet1_1", "resnet18"])
def test_places_and_rest_add_up_to_the_answer(backbone: str) -> None:
    """The mean of the map + the rest is the difference in log odds; so is Grad-CAM's map, place by place."""
    torch.manual_seed(2)
    torch.set_num_threads(1)
    about = About(backbone, 4, ("a", "b", "c"), 64, (0.4, 0.3, 0.3), temperature=1.7)
    loaded = Loaded(build(backbone, 4, 3).eval(), about, "")
    found = NetworkEyes(loaded).evidence(noise(), 2, 0)
    shown = torch.from_numpy(middle(noise(), 64)).permute(2, 0, 1)[None].float() / 255
    shares = loaded.shares(shown)[0]
    assert found.places.mean() + found.rest == pytest.approx(float(shares[2].log() - shares[0].log()), abs=1e-4)
    maps = loaded.net.body(shown).detach().requires_grad_()
    logits = loaded.net.head(maps.mean((2, 3)))[0] / about.temperature
    (slope,) = torch.autograd.grad(logits[2] - logits[0], maps)
    gradcam = (slope.sum((2, 3), keepdim=True) * maps).sum(1)[0].detach().numpy()
    assert np.allclose(gradcam, found.places, atol=1e-4)


@pytest.mark.parametrize("pair", [(0, 1), (1, 0), (0, 2), (2, 1)])
@pytest.mark.parametrize("inputs", [(), DISTURBING])
def test_a_head_over_a_frozen_backbone_adds_up_too(
    inputs: tuple[str, ...], pair: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Features beyond the bound count in the rest; signals (here none measured) weigh nothing; turned round, signs turn."""
    torch.manual_seed(4)
    torch.set_num_threads(1)
    fixed = bodies.bare("squeezenet1_1").eval()
    monkeypatch.setattr(backbones, "body", lambda source: fixed)
    source = backbones.Source("squeezenet1_1", tmp_path)
    seen = backbones.features(source, noise())
    rng = np.random.default_rng(1)
    count = len(inputs)
    spoken = Voice("signals", inputs, (0.0,) * count, (1.0,) * count, (1.0,) * count, 0.1)

    def voice(bias: float) -> Voice:
        centre = rooted(seen.astype(float)) + rng.normal(0, 1, len(seen)) * 0.1
        weights = rng.normal(0, 0.1, len(seen))
        return Voice("network", (), tuple(centre), (0.05,) * len(seen), tuple(weights), bias)

    race = Question((voice(0.2), spoken) if inputs else (voice(0.2),), 1.5)
    head = Sorter(race, Question((voice(-0.3),), 0.8), "squeezenet1_1")
    beyond = np.abs((rooted(seen.astype(float)) - np.array(race.voices[0].centre)) / 0.05) > WIDEST
    assert 0 < beyond.sum() < len(seen)
    given, other = pair
    found = HeadEyes(head, source).evidence(noise(), given, other)
    shares = head.judge(Signals({}), [float(value) for value in seen]).probabilities
    bare = [(shares[name] - FLOOR) / (1 - 3 * FLOOR) for name in CLASSES]
    assert found.places.shape[0] > 5 and np.ptp(found.places) > 0
    assert found.places.mean() + found.rest == pytest.approx(np.log(bare[given] / bare[other]), abs=1e-3)
    back = HeadEyes(head, source).evidence(noise(), other, given)
    assert np.allclose(back.places, -found.places)


def test_the_overlay_is_orange_where_it_spoke_for_and_blue_where_against() -> None:
    """Full colour at the strongest place, grey where nothing spoke; the picture's size."""
    image = np.full((40, 80, 3), 128, np.uint8)
    shown = overlay(image, Evidence(np.array([[2.0, 0.0, 0.0, -2.0]] * 2), 0.3)).astype(int)
    assert shown.shape == image.shape
    left, right = shown[20, 0], shown[20, -1]
    assert np.abs(left - FOR).sum() < np.abs(left - AGAINST).sum()
    assert np.abs(right - AGAINST).sum() < np.abs(right - FOR).sum()
    assert np.ptp(shown[20, 40]) < 20
    flat = overlay(image, Evidence(np.zeros((2, 2)), 0.0))
    assert np.ptp(flat) == 0
