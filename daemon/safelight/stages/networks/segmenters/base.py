"""What all segmenters share: the frame around the layers, and the blocks they are built of.

A subclass writes `levels`: logits from fine to coarse for an input whose sides are multiples of `stride`. `forward` pads
to that, enlarges the finest to the input's size and cuts the padding off; `heads` gives all of them to a loss, because a
coarse answer that is already right helps the layers below it to learn.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""What is taken off and divided by: the channel statistics of ImageNet, near enough to any photographs."""


class Segmenter(nn.Module):
    """(N, 3, H, W) float32 sRGB in 0–1, any H and W, to (N, classes, H, W) logits."""

    stride: ClassVar[int] = 1
    mean: Tensor
    spread: Tensor

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes = classes
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("spread", torch.tensor(SPREAD).view(1, 3, 1, 1), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """The answer at the input's size."""
        return self._whole(self._levels(x)[0], x)

    def heads(self, x: Tensor) -> list[Tensor]:
        """The answer at the input's size, then what auxiliary heads say, coarser and coarser (none for some).

        An auxiliary answer covers the padded input; its cells are `stride`-multiples of pixels wide.
        """
        first, *rest = self._levels(x)
        return [self._whole(first, x), *rest]

    def levels(self, x: Tensor) -> list[Tensor]:
        """Logits from fine to coarse; sides of `x` are multiples of `stride`."""
        raise NotImplementedError

    def _levels(self, x: Tensor) -> list[Tensor]:
        right, below = -x.shape[3] % self.stride, -x.shape[2] % self.stride
        x = (x - self.mean) / self.spread
        if right or below:
            x = functional.pad(x, (0, right, 0, below), mode="replicate")
        return self.levels(x)

    def _whole(self, logits: Tensor, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        padded = (height + -height % self.stride, width + -width % self.stride)
        if logits.shape[2:] != padded:
            logits = resize(logits, padded)
        return logits[..., :height, :width]


def resize(x: Tensor, size: tuple[int, int] | torch.Size) -> Tensor:
    """Enlarged or shrunk between pixel centres, bilinear."""
    return functional.interpolate(x, size=tuple(size), mode="bilinear", align_corners=False)


def convolved(before: int, after: int, stride: int = 1, dilation: int = 1, size: int = 3) -> nn.Sequential:
    """Convolution without bias, batch normalisation, ReLU; the size is kept or divided by `stride`."""
    padding = dilation * (size // 2)
    return nn.Sequential(
        nn.Conv2d(before, after, size, stride, padding, dilation, bias=False), nn.BatchNorm2d(after), nn.ReLU()
    )


class Residue(nn.Module):
    """Two 3x3 convolutions whose sum with the input goes on (He et al. 2015)."""

    def __init__(self, width: int, dilation: int = 1) -> None:
        super().__init__()
        last = nn.BatchNorm2d(width)
        nn.init.zeros_(last.weight)  # begins as nothing: deep stacks learn from the first step
        self.body = nn.Sequential(
            convolved(width, width, dilation=dilation),
            nn.Conv2d(width, width, 3, 1, dilation, dilation, bias=False),
            last,
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, width, H, W), unchanged in shape."""
        y: Tensor = self.body(x)
        return functional.relu(x + y)


class Pair(nn.Module):
    """Depthwise 3x3, then pointwise, each normalised (Howard et al. 2017); adds its input where the shape allows."""

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
    """What the picture shows as a whole, given to every place: means over fields of it (Zhao et al. 2017).

    No normalisation on the pooled paths: with one value a picture, its statistics would be those of the batch.
    """

    def __init__(self, width: int, share: int, fields: tuple[int, ...] = (1, 2, 4)) -> None:
        super().__init__()
        self.fields = fields
        self.views = nn.ModuleList(nn.Conv2d(width, share, 1) for _ in fields)
        self.mix = convolved(width + share * len(fields), width, size=1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, width, H, W), unchanged in shape."""
        views = [
            resize(functional.relu(view(functional.adaptive_avg_pool2d(x, field))), x.shape[2:])
            for field, view in zip(self.fields, self.views, strict=True)
        ]
        mixed: Tensor = self.mix(torch.cat([x, *views], 1))
        return mixed


def head(width: int, classes: int, dropout: float) -> nn.Sequential:
    """Features to logits; whole channels are dropped while training."""
    return nn.Sequential(nn.Dropout2d(dropout), nn.Conv2d(width, classes, 1))
