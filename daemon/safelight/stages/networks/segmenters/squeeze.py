"""SqueezeNet 1.1 (Iandola et al. 2016) as encoder with a small decoder; may start from ImageNet weights.

The weights are a file somebody has, named by path: nothing is downloaded, and only a file whose SHA-256 is known here is
read. Without it the same network starts from nothing.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import torch
from torch import Tensor, nn

from safelight.model.errors import BackendUnavailable
from safelight.stages.networks.segmenters.base import Context, Segmenter, convolved, head, resize

PRETRAINED = {
    "95788d6410bd10f0884397f06af7dc8bc8bd5299d3ed3fcc0d3abeef3e0e4ab8": "squeezenet1_1_caffe-95788d64.pth",
}
"""SHA-256 of the files that may be read, and what they are called."""
CUTS = (2, 5, 8, 13)
"""After these layers of torchvision's `features` the size halves next: what a skip takes."""
WIDTHS = (64, 128, 256, 512)


class Squeeze(Segmenter):
    """`width`: channels of the decoder at half size, twice as many below."""

    stride = 16

    def __init__(self, classes: int, width: int, dropout: float) -> None:
        from torchvision.models import squeezenet1_1

        super().__init__(classes)
        self.encoder: nn.Sequential = squeezenet1_1(weights=None).features
        # Its first convolution has no padding; with it, levels are exact halves and skips fit.
        self.encoder[0].padding = (1, 1)
        for layer in (2, 5, 8):
            self.encoder[layer] = nn.MaxPool2d(3, 2, 1)
        self.context = Context(WIDTHS[3], WIDTHS[3] // 4)
        self.up = nn.ModuleList(
            [
                convolved(WIDTHS[3] + WIDTHS[2], 2 * width),
                convolved(2 * width + WIDTHS[1], 2 * width),
                convolved(2 * width + WIDTHS[0], width),
            ]
        )
        self.head = head(width, classes, dropout)
        self.aside = head(2 * width, classes, 0.0)

    def levels(self, x: Tensor) -> list[Tensor]:
        """Logits at a half and, from the auxiliary head, an eighth."""
        kept, last = [], 0
        for cut in CUTS:
            x = self.encoder[last:cut](x)
            kept.append(x)
            last = cut
        y = self.context(kept.pop())
        aside: list[Tensor] = []
        for level, block in zip((2, 1, 0), self.up, strict=True):
            y = block(torch.cat([resize(y, kept[level].shape[2:]), kept[level]], 1))
            if level == 2 and self.training:
                aside = [self.aside(y)]
        return [self.head(y), *aside]


def start_from(net: Squeeze, path: Path) -> None:
    """Fill the encoder with the weights in `path` (a state dict of torchvision's squeezenet1_1).

    Raises BackendUnavailable where the file is absent, unknown or does not fit.
    """
    if not path.is_file():
        raise BackendUnavailable(backend=path.name, reason=f"there is no file {path}")
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found not in PRETRAINED:
        known = ", ".join(f"{name} ({digest[:12]}…)" for digest, name in PRETRAINED.items())
        raise BackendUnavailable(
            backend=path.name, reason=f"its SHA-256 {found[:12]}… is none of the known ones: {known}"
        )
    state = torch.load(io.BytesIO(data), weights_only=True)
    prefix = "features."
    net.encoder.load_state_dict({key.removeprefix(prefix): value for key, value in state.items() if prefix in key})
