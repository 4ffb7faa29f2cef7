"""Asking a segmenter about a whole picture of any size: chances or the likeliest class at the picture's own size.

The picture is brought to the size the network was trained at, optionally at several scales and mirrored, and the mean of
the chances is enlarged again. One picture at a time: memory is bounded by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Image

if TYPE_CHECKING:
    from torch import Tensor

    from safelight.stages.networks.segmenters.base import Segmenter

Chances = npt.NDArray[np.float32]
"""(classes, height, width) float32 in 0–1, summing to 1 over the classes."""

SCALES = (0.75, 1.0, 1.25)
"""The scales of a slow, careful answer."""


def chances(
    net: Segmenter, image: Image, longest: int = 0, *, scales: Sequence[float] = (1.0,), mirror: bool = False
) -> Chances:
    """The chance of every class at every pixel of `image` ((height, width, 3) uint8 sRGB), at its own size.

    `longest`: the longest side the picture is brought to at scale 1; 0 leaves it. Runs where the network lies.
    """
    import torch
    from torch.nn import functional

    height, width = image.shape[:2]
    with torch.inference_mode():
        total: Tensor | None = None
        for scale in scales:
            shown = _shown(image, longest, scale)
            x = torch.from_numpy(shown).to(net.mean.device).permute(2, 0, 1)[None].float() / 255
            answer = functional.softmax(_asked(net, x, mirror), 1)
            answer = functional.interpolate(answer, (height, width), mode="bilinear", align_corners=False)
            total = answer if total is None else total + answer
        assert total is not None
        mean: Chances = (total / len(scales))[0].float().cpu().numpy()
    return mean


def labels(
    net: Segmenter, image: Image, longest: int = 0, *, scales: Sequence[float] = (1.0,), mirror: bool = False
) -> npt.NDArray[np.uint8]:
    """The likeliest class of every pixel, (height, width) uint8; otherwise as `chances`."""
    found: npt.NDArray[np.uint8] = chances(net, image, longest, scales=scales, mirror=mirror).argmax(0).astype(np.uint8)
    return found


def _asked(net: Segmenter, x: Tensor, mirror: bool) -> Tensor:
    """Logits; with `mirror` the mean of those of the picture and of its mirror image, turned back."""
    import torch

    logits: Tensor = net(x.contiguous(memory_format=torch.channels_last))
    if mirror:
        turned: Tensor = net(x.flip(3).contiguous(memory_format=torch.channels_last))
        logits = (logits + turned.flip(3)) / 2
    return logits


def _shown(image: Image, longest: int, scale: float) -> Image:
    height, width = image.shape[:2]
    factor = scale * (longest / max(height, width) if longest else 1.0)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    if size == (width, height):
        return np.ascontiguousarray(image)
    shown: Image = cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    return shown
