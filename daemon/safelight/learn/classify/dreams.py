"""What a network looks for: for each class the picture that climbs its score, from grey noise. Seeded, the same twice.

Gradient ascent alone ends in dust that no eye reads. Four things keep it to shapes: it starts small and grows (three
sizes), the picture is shifted at random before each step, small differences between neighbours cost (total variation), and
a light blur every few steps takes what is finer than the network's own grain. What it shows is what this network answers to,
not what the class looks like: texture in a network that decides by texture, and little where it hangs on little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from safelight.pictures.formats import Image
from safelight.stages.networks.classifiers import Loaded

SIZES = (0.5, 0.75, 1.0)
"""Sides of the picture one after the other, of the network's own."""
STEPS = 48
"""At each size."""
RATE = 0.02
"""How far a step goes: the root mean square of its change, in 0-1."""
SMOOTH = 0.25
"""How much of a step's change may be smoothing: total variation beside the class."""
BLUR_EVERY = 4
MOST = 160
"""Side in pixels beyond which a larger picture only costs time: the mean over places asks for no size."""
CLASSES = 8
"""Classes asked at most, the first ones."""


@dataclass(frozen=True)
class Dream:
    """The picture (side, side, 3) uint8, and the probability 0-1 of its class before the climb and after."""

    name: str
    pixels: Image
    before: float
    after: float


def dreams(loaded: Loaded, *, seed: int = 24, steps: int = STEPS) -> tuple[Dream, ...]:
    """One for each of the first CLASSES classes; all climb at once."""
    classes = loaded.about.classes[:CLASSES]
    side = min(loaded.about.size, MOST)
    rng = np.random.default_rng(seed)
    start = torch.from_numpy(rng.normal(0.5, 0.05, (1, 3, side, side)).astype(np.float32)).clamp(0, 1)
    picture = start.expand(len(classes), -1, -1, -1).clone()
    before = _shares(loaded, picture)
    for size in SIZES:
        wanted = max(32, round(side * size))
        picture = functional.interpolate(picture, (wanted, wanted), mode="bilinear", antialias=True)
        for step in range(steps):
            picture = _climbed(loaded, picture, rng, 1 - 0.5 * step / steps)
            if step % BLUR_EVERY == 0 and step < steps - BLUR_EVERY:
                picture = _blurred(picture)
    picture = functional.interpolate(picture, (side, side), mode="bilinear", antialias=True).clamp(0, 1)
    after = _shares(loaded, picture)
    pixels = (picture * 255).round().byte().permute(0, 2, 3, 1).numpy()
    return tuple(
        Dream(name, np.ascontiguousarray(pixels[row]), float(before[row]), float(after[row]))
        for row, name in enumerate(classes)
    )


def _shares(loaded: Loaded, picture: Tensor) -> list[float]:
    """The probability of class i on picture i."""
    return loaded.shares(picture).diagonal().tolist()


def _climbed(loaded: Loaded, picture: Tensor, rng: np.random.Generator, pace: float) -> Tensor:
    """One step: towards each class against the others, towards smoothness, never out of 0-1."""
    shift = [int(value) for value in rng.integers(-(picture.shape[-1] // 8), picture.shape[-1] // 8 + 1, 2)]
    shown = picture.roll(shift, (2, 3)).requires_grad_()
    with torch.enable_grad():
        logits = loaded.net(shown)
        own = logits.diagonal()
        others = (logits.sum(1) - own) / max(1, logits.shape[1] - 1)
        (towards,) = torch.autograd.grad((own - others).sum(), shown)
        (rough,) = torch.autograd.grad(variation(shown).sum(), shown)
    change = _unit(towards) - SMOOTH * _unit(rough)
    moved: Tensor = (shown.detach() + RATE * pace * _unit(change)).clamp(0, 1).roll([-shift[0], -shift[1]], (2, 3))
    return moved


def variation(picture: Tensor) -> Tensor:
    """(N,): total variation, the mean absolute difference of neighbours (smoothed at nought)."""
    down, right = picture[..., 1:, :] - picture[..., :-1, :], picture[..., 1:] - picture[..., :-1]
    return (down.square() + 1e-4).sqrt().mean((1, 2, 3)) + (right.square() + 1e-4).sqrt().mean((1, 2, 3))


def _unit(change: Tensor) -> Tensor:
    """Each picture's change with a root mean square of 1, however steep the network is."""
    return change / change.square().mean((1, 2, 3), keepdim=True).sqrt().clamp_min(1e-9)


def _blurred(picture: Tensor) -> Tensor:
    kernel = torch.tensor([1.0, 6.0, 1.0]) / 8
    grid = (kernel[:, None] * kernel[None, :]).expand(3, 1, 3, 3)
    return functional.conv2d(functional.pad(picture, (1, 1, 1, 1), mode="replicate"), grid, groups=3)
