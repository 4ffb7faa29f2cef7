"""Losses of logits against a label map: cross-entropy, Dice, their sum, and mean square. Pixels of VOID cost nothing.

All take logits (N, classes, H, W) float, labels (N, H, W) integer with VOID (255) where nobody labelled, and optional
weights (classes,); all answer one number that is nought for a perfect, certain answer, and nought with no gradient
where every pixel is VOID.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from safelight.learn.data.base import VOID
from safelight.learn.data.sets import ROAD_CLASSES

SMOOTH = 1.0
"""Pixels added above and below in Dice: a class of a few pixels is then no coin toss."""

Loss = Callable[[Tensor, Tensor, Tensor | None], Tensor]


def cross_entropy(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """Minus the logarithm of the chance given to the true class, a mean weighted by the class of each pixel."""
    labels = labels.long()
    known = labels != VOID
    each = functional.cross_entropy(logits, labels, reduction="none", ignore_index=VOID)
    if weights is None:
        return each.sum() / known.sum().clamp(min=1)
    weight = weights.to(logits.dtype)[labels.masked_fill(~known, 0)] * known
    return (each * weight).sum() / weight.sum().clamp(min=1e-6)


def dice(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """1 - soft Dice, over the pixels of the batch, a mean (weighted) over the classes that the batch's labels hold.

    Classes the batch does not hold are left out: their Dice would be nought whatever the network says. Milletari et al.
    2016 with plain sums below.
    """
    labels = labels.long()
    known = labels != VOID
    chances = functional.softmax(logits, 1).movedim(1, 0).flatten(1) * known.flatten()
    truth = _one_hot(labels, known, logits).movedim(1, 0).flatten(1)
    each = 1 - (2 * (chances * truth).sum(1) + SMOOTH) / (chances.sum(1) + truth.sum(1) + SMOOTH)
    weight = (truth.sum(1) > 0).to(logits.dtype)
    if weights is not None:
        weight = weight * weights.to(logits.dtype)
    return (each * weight).sum() / weight.sum().clamp(min=1e-6)


def both(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """Cross-entropy plus Dice: the first says where, the second that small classes count as much."""
    return cross_entropy(logits, labels, weights) + dice(logits, labels, weights)


def mean_square(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """Mean square of (chance - truth) over pixels and classes; truth is 1 for the labelled class and 0 for the others.

    For two classes this is the mean square of a sigmoid against a binary mask, the sigmoid being that of the difference
    of the two logits: both channels err by the same amount.
    """
    labels = labels.long()
    known = labels != VOID
    square = (functional.softmax(logits, 1) - _one_hot(labels, known, logits)).square().mean(1)
    weight = known.to(logits.dtype)
    if weights is not None:
        weight = weight * weights.to(logits.dtype)[labels.masked_fill(~known, 0)]
    return (square * weight).sum() / weight.sum().clamp(min=1e-6)


COUNTS: Final = {"car": 2.0, "person": 2.5, "sign": 2.0, "sky": 0.7, "road": 0.7, "building": 0.8}
"""How much a pixel that is known to be of a class counts in `sets`; 1 for the others."""
RARE: Final = tuple(ROAD_CLASSES.index(name) for name in ("car", "person", "sign"))
"""The classes that `sets` adds Dice for."""


def sets(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """Minus the logarithm of the chance of the whole set of classes that are possible, plus half Dice of the rare ones.

    `labels` hold sets (see data.sets: bit k for class k of ROAD_CLASSES, 255 says nothing and costs nothing). Dice counts
    where a class is known to be or known not to be. Partial labels: Jin and Ghahramani 2002.
    """
    count = logits.shape[1]
    bits = (1 << torch.arange(count, device=labels.device)).to(torch.uint8)
    allowed = (labels.to(torch.uint8)[:, None] & bits[None, :, None, None]) != 0
    logarithms = functional.log_softmax(logits, 1)
    known = torch.logsumexp(logarithms.masked_fill(~allowed, -1e4), 1)
    if weights is None:
        weights = logits.new_tensor([COUNTS.get(name, 1.0) for name in ROAD_CLASSES.names[:count]])
    single = allowed.sum(1) == 1
    weight = (allowed * weights[None, :, None, None]).sum(1)
    weight = torch.where(single, weight, torch.where(allowed.all(1), 0.0, 1.0))
    entropy = -(known * weight).sum() / weight.sum().clamp(min=1)
    return entropy + 0.5 * _known_dice(logarithms.exp(), allowed, single)


def _known_dice(chances: Tensor, allowed: Tensor, single: Tensor) -> Tensor:
    """1 - soft Dice of the rare classes over the batch, a mean over those it holds."""
    losses = []
    for index in RARE:
        here = allowed[:, index] & single
        chance = chances[:, index] * (here | ~allowed[:, index])
        if bool(here.any()):
            losses.append(1 - (2 * (chance * here).sum() + SMOOTH) / (chance.sum() + here.sum() + SMOOTH))
    return torch.stack(losses).mean() if losses else chances.sum() * 0


def _one_hot(labels: Tensor, known: Tensor, like: Tensor) -> Tensor:
    """(N, classes, H, W) of 0 and 1; all 0 where the label is VOID."""
    spread = torch.zeros_like(like)
    spread.scatter_(1, labels.masked_fill(~known, 0)[:, None], known[:, None].to(like.dtype))
    return spread


LOSSES: dict[str, Loss] = {"cross-entropy": cross_entropy, "dice": dice, "both": both, "mse": mean_square, "sets": sets}
