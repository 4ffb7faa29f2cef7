"""Losses of logits against a label map: cross-entropy, Dice, their sum, and mean square. Pixels of VOID cost nothing.

All take logits (N, classes, H, W) float, labels (N, H, W) integer with VOID (255) where nobody labelled, and optional
weights (classes,); all answer one number that is nought for a perfect, certain answer, and nought with no gradient
where every pixel is VOID.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from safelight.learn.data.base import VOID

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


def _one_hot(labels: Tensor, known: Tensor, like: Tensor) -> Tensor:
    """(N, classes, H, W) of 0 and 1; all 0 where the label is VOID."""
    spread = torch.zeros_like(like)
    spread.scatter_(1, labels.masked_fill(~known, 0)[:, None], known[:, None].to(like.dtype))
    return spread


LOSSES: dict[str, Loss] = {"cross-entropy": cross_entropy, "dice": dice, "both": both, "mse": mean_square}
