"""The classic U-Net (Ronneberger et al. 2015): four halvings, two 3x3 convolutions a level, skips at every level.

Differs from the paper in what has become usual: padding, so that sizes are kept, batch normalisation, and half the
channels (`width` 32 instead of 64), which is a quarter of the parameters.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from safelight.stages.networks.segmenters.base import Segmenter, convolved, head

LEVELS = 5


class UNet(Segmenter):
    """`width` channels at full size, doubled at each of four halvings."""

    stride = 16

    def __init__(self, classes: int, width: int, dropout: float) -> None:
        super().__init__(classes)
        widths = [width << level for level in range(LEVELS)]
        self.down = nn.ModuleList(_twice(before, after) for before, after in zip([3, *widths], widths, strict=False))
        self.enlarge = nn.ModuleList(nn.ConvTranspose2d(below, here, 2, 2) for here, below in pairwise(widths))
        self.up = nn.ModuleList(_twice(2 * here, here) for here in widths[:-1])
        self.head = head(width, classes, dropout)

    def levels(self, x: Tensor) -> list[Tensor]:
        """Logits at the input's size, no auxiliary ones."""
        kept: list[Tensor] = []
        for level, block in enumerate(self.down):
            x = block(functional.max_pool2d(x, 2) if level else x)
            kept.append(x)
        y = kept.pop()
        for level in reversed(range(LEVELS - 1)):
            y = self.up[level](torch.cat([kept[level], self.enlarge[level](y)], 1))
        return [self.head(y)]


def _twice(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(convolved(before, after), convolved(after, after))
