"""The network behind `regions`: a small U-Net of depthwise separable blocks with pooled context, about 1 M parameters.

Imported only by whoever is about to run or train it, because it loads torch. It knows layers, not pictures, classes or
files. U-Net: Ronneberger et al. 2015; separable blocks: Howard et al. 2017 (MobileNets); context: Zhao et al. 2017
(pyramid pooling).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from safelight.stages.networks.segmenters.base import Context, Pair, convolved, resize

STRIDE = 32
"""Height and width of the input must be multiples of this."""
WIDTHS = (24, 48, 96, 192, 320)
DEPTHS = (0, 2, 3, 4, 4)
UP_WIDTHS = (32, 64, 96, 128)


class UNet(nn.Module):
    """(N, 3, H, W) float32 sRGB in 0-1 to (N, classes, H/2, W/2) logits; H and W multiples of STRIDE."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.stem = convolved(3, WIDTHS[0], 2)
        self.down = nn.ModuleList(
            nn.Sequential(
                Pair(WIDTHS[level - 1], WIDTHS[level], 2),
                *(Pair(WIDTHS[level], WIDTHS[level]) for _ in range(DEPTHS[level] - 1)),
            )
            for level in range(1, len(WIDTHS))
        )
        self.context = Context(WIDTHS[-1], 64)
        below = (*UP_WIDTHS[1:], WIDTHS[-1])
        self.up = nn.ModuleList(
            nn.Sequential(
                Pair(below[level] + WIDTHS[level], UP_WIDTHS[level]), Pair(UP_WIDTHS[level], UP_WIDTHS[level])
            )
            for level in range(len(UP_WIDTHS))
        )
        self.head = nn.Conv2d(UP_WIDTHS[0], classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits at half the input's size."""
        levels = [self.stem((x - 0.45) / 0.25)]
        for stage in self.down:
            levels.append(stage(levels[-1]))
        y = self.context(levels.pop())
        for level in reversed(range(len(UP_WIDTHS))):
            y = self.up[level](torch.cat([resize(y, levels[level].shape[2:]), levels[level]], 1))
        logits: Tensor = self.head(y)
        return logits
