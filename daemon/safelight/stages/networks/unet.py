"""The network behind `regions`: a small U-Net of depthwise separable blocks with pooled context, about 1 M parameters.

Imported only by whoever is about to run or train it, because it loads torch. It knows layers, not pictures, classes or
files. U-Net: Ronneberger et al. 2015; separable blocks: Howard et al. 2017 (MobileNets); context: Zhao et al. 2017
(pyramid pooling).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE = 32
"""Height and width of the input must be multiples of this."""
WIDTHS = (24, 48, 96, 192, 320)
DEPTHS = (0, 2, 3, 4, 4)
UP_WIDTHS = (32, 64, 96, 128)
POOLS = (1, 2, 4)


class Separable(nn.Module):
    """Depthwise 3x3, then pointwise, each normalised; adds its input where the shape allows."""

    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(before, before, 3, stride, 1, groups=before, bias=False),
            nn.BatchNorm2d(before),
            nn.Conv2d(before, after, 1, bias=False),
            nn.BatchNorm2d(after),
        )
        self.adds = stride == 1 and before == after

    def forward(self, x: Tensor) -> Tensor:
        """(N, before, H, W) to (N, after, H/stride, W/stride)."""
        y: Tensor = self.body(x)
        return functional.relu(x + y if self.adds else y)


class Context(nn.Module):
    """What the picture shows as a whole, given to every place: means over 1x1, 2x2 and 4x4 fields."""

    def __init__(self, width: int, share: int = 64) -> None:
        super().__init__()
        self.views = nn.ModuleList(nn.Conv2d(width, share, 1) for _ in POOLS)
        self.mix = nn.Sequential(
            nn.Conv2d(width + share * len(POOLS), width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, width, H, W), unchanged in shape."""
        size = x.shape[2:]
        views = [
            _resize(functional.relu(view(functional.adaptive_avg_pool2d(x, pool))), size)
            for pool, view in zip(POOLS, self.views, strict=True)
        ]
        mixed: Tensor = self.mix(torch.cat([x, *views], 1))
        return mixed


class UNet(nn.Module):
    """(N, 3, H, W) float32 sRGB in 0-1 to (N, classes, H/2, W/2) logits; H and W multiples of STRIDE."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, WIDTHS[0], 3, 2, 1, bias=False), nn.BatchNorm2d(WIDTHS[0]), nn.ReLU())
        self.down = nn.ModuleList(
            nn.Sequential(
                Separable(WIDTHS[level - 1], WIDTHS[level], 2),
                *(Separable(WIDTHS[level], WIDTHS[level]) for _ in range(DEPTHS[level] - 1)),
            )
            for level in range(1, len(WIDTHS))
        )
        self.context = Context(WIDTHS[-1])
        below = (*UP_WIDTHS[1:], WIDTHS[-1])
        self.up = nn.ModuleList(
            nn.Sequential(
                Separable(below[level] + WIDTHS[level], UP_WIDTHS[level]), Separable(UP_WIDTHS[level], UP_WIDTHS[level])
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
            y = self.up[level](torch.cat([_resize(y, levels[level].shape[2:]), levels[level]], 1))
        logits: Tensor = self.head(y)
        return logits


def _resize(x: Tensor, size: torch.Size) -> Tensor:
    return functional.interpolate(x, size=size, mode="bilinear", align_corners=False)
