"""Dense residual blocks where they are cheap: at a quarter, an eighth and a sixteenth of the picture.

Made for training and running on processors: dense 3x3 convolutions use them far better than depthwise ones, and at low
resolution they cost little. Dilation (1, 2, 4) and pooled context let every place see the whole street; skips at an
eighth, a quarter and a half bring poles and edges back. Blocks: He et al. 2015; dilation: Yu and Koltun 2016.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from safelight.stages.networks.segmenters.base import Context, Residue, Segmenter, convolved, head, resize


class Residual(Segmenter):
    """`width` channels at half size, then 1.5, 3 and 5 times as many; the finest answer at half the input's size."""

    stride = 16

    def __init__(self, classes: int, width: int, dropout: float) -> None:
        super().__init__(classes)
        half, quarter, eighth, last = width, width * 3 // 2, width * 3, width * 5
        self.stem = convolved(3, half, 2)
        self.quarter = nn.Sequential(convolved(half, quarter, 2), Residue(quarter), Residue(quarter))
        self.eighth = nn.Sequential(convolved(quarter, eighth, 2), *(Residue(eighth) for _ in range(3)))
        self.last = nn.Sequential(convolved(eighth, last, 2), *(Residue(last, dilation) for dilation in (1, 2, 4)))
        self.context = Context(last, last // 4)
        self.up = nn.ModuleList([_Join(last, eighth), _Join(eighth, quarter), _Join(quarter, half)])
        self.head = head(half, classes, dropout)
        self.aside = head(eighth, classes, 0.0)

    def levels(self, x: Tensor) -> list[Tensor]:
        """Logits at a half and, from the auxiliary head, an eighth."""
        half = self.stem(x)
        quarter = self.quarter(half)
        eighth = self.eighth(quarter)
        y = self.up[0](self.context(self.last(eighth)), eighth)
        aside = [self.aside(y)] if self.training else []
        y = self.up[2](self.up[1](y, quarter), half)
        return [self.head(y), *aside]


class _Join(nn.Module):
    """A coarse level added to the finer one, then mixed (LinkNet, Chaurasia and Culurciello 2017).

    Adding instead of stacking more than halves the work where the picture is large.
    """

    def __init__(self, coarse: int, fine: int) -> None:
        super().__init__()
        self.narrow = nn.Sequential(nn.Conv2d(coarse, fine, 1, bias=False), nn.BatchNorm2d(fine))
        self.mix = convolved(fine, fine)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        """(N, coarse, h, w) and (N, fine, H, W) to (N, fine, H, W)."""
        mixed: Tensor = self.mix(functional.relu(fine + resize(self.narrow(coarse), fine.shape[2:])))
        return mixed
