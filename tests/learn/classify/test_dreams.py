"""What a network looks for: each picture climbs its own class, smoothly, the same twice."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from safelight.learn.classify import dreams as module
from safelight.learn.classify.dreams import CLASSES, dreams, variation
from safelight.stages.networks.classifiers import About, Loaded, build


def loaded(backbone: str = "none", classes: int = 2, size: int = 48) -> Loaded:
    """A network of drawn weights whose head is loud enough to have an opinion."""
    torch.manual_seed(1)
    torch.set_num_threads(1)
    net = build(backbone, 4, classes).eval()
    with torch.no_grad():
        net.head.weight.mul_(20)
    names = tuple(f"class {number}" for number in range(classes))
    return Loaded(net, About(backbone, 4, names, size, (1 / classes,) * classes), "")


def test_each_climbs_its_class_and_no_other() -> None:
    """From noise to what the class answers to; the seed decides, and no gradient stays behind."""
    model = loaded()
    found = dreams(model, steps=12)
    assert [dream.name for dream in found] == ["class 0", "class 1"]
    assert all(dream.after > dream.before for dream in found) and sum(dream.before for dream in found) < 1.2
    assert found[0].pixels.shape == (48, 48, 3) and found[0].pixels.dtype == np.uint8
    again, other = dreams(model, steps=12), dreams(model, seed=5, steps=12)
    assert np.array_equal(found[1].pixels, again[1].pixels) and not np.array_equal(found[1].pixels, other[1].pixels)
    assert all(value.grad is None for value in model.net.parameters())


def test_smoothing_makes_it_smoother(monkeypatch: pytest.MonkeyPatch) -> None:
    """With neither blur nor total variation neighbours differ more."""

    def rough(smooth: float, every: int) -> float:
        monkeypatch.setattr(module, "SMOOTH", smooth)
        monkeypatch.setattr(module, "BLUR_EVERY", every)
        pixels = np.stack([dream.pixels for dream in dreams(loaded(), steps=12)])
        return float(variation(torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255).mean())

    assert rough(0.25, 4) < 0.7 * rough(0.0, 1000)


def test_over_a_backbone_and_for_many_classes() -> None:
    """SqueezeNet's own kind; of ten classes the first eight, each against all ten."""
    found = dreams(loaded("squeezenet1_1", 10, 64), steps=2)
    assert len(found) == CLASSES and found[0].pixels.shape == (64, 64, 3)
