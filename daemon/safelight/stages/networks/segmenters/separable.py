"""A light U-Net of depthwise separable blocks with pooled context: few parameters, small files.

Few multiplications are not little time: on a processor the dense `residual`, with more parameters, is faster.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from safelight.stages.networks.segmenters.base import Context, Pair, Segmenter, convolved, head, resize

STEPS = (1, 2, 4, 8, 13)
"""Channels of each level, in multiples of `width`."""
DEPTHS = (0, 2, 3, 4, 4)
BACK = (1.25, 2.5, 4, 5.25)


class Separable(Segmenter):
    """`width` channels at half size; five halvings, the finest answer at half the input's size."""

    stride = 32

    def __init__(self, classes: int, width: int, dropout: float) -> None:
        super().__init__(classes)
        widths = [width * step for step in STEPS]
        back = [max(4, round(width * step / 4) * 4) for step in BACK]
        self.stem = convolved(3, width, 2)
        self.down = nn.ModuleList(
            nn.Sequential(
                Pair(widths[level - 1], widths[level], 2),
                *(Pair(widths[level], widths[level]) for _ in range(DEPTHS[level] - 1)),
            )
            for level in range(1, len(widths))
        )
        self.context = Context(widths[-1], widths[-1] // 4)
        below = (*back[1:], widths[-1])
        self.up = nn.ModuleList(
            nn.Sequential(Pair(below[level] + widths[level], back[level]), Pair(back[level], back[level]))
            for level in range(len(back))
        )
        self.head = head(back[0], classes, dropout)
        self.aside = head(back[2], classes, 0.0)

    def levels(self, x: Tensor) -> list[Tensor]:
        """Logits at a half and, from the auxiliary head, an eighth."""
        kept = [self.stem(x)]
        for stage in self.down:
            kept.append(stage(kept[-1]))
        y = self.context(kept.pop())
        aside = None
        for level in reversed(range(len(kept))):
            y = self.up[level](torch.cat([resize(y, kept[level].shape[2:]), kept[level]], 1))
            if level == 2 and self.training:
                aside = self.aside(y)
        return [self.head(y)] if aside is None else [self.head(y), aside]
