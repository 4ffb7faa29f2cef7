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


def seen(
    net: Segmenter, image: Image, longest: int = 0, *, scales: Sequence[float] = (1.0,), mirror: bool = False
) -> Chances:
    """The chance of every class at the size the network is shown `image` ((height, width, 3) uint8 sRGB) at scale 1.

    `longest`: the longest side the picture is brought to at scale 1; 0 leaves it. Runs where the network lies.
    """
    import torch
    from torch.nn import functional

    with torch.inference_mode():
        total: Tensor | None = None
        size = _size(image, longest, 1.0)
        for scale in scales:
            shown = _shown(image, _size(image, longest, scale))
            x = torch.from_numpy(shown).to(net.mean.device).permute(2, 0, 1)[None].float() / 255
            answer = functional.softmax(_asked(net, x, mirror), 1)
            if answer.shape[:1:-1] != size:
                answer = functional.interpolate(answer, size[::-1], mode="bilinear", align_corners=False)
            total = answer if total is None else total + answer
        assert total is not None
        mean: Chances = (total / len(scales))[0].float().cpu().numpy()
    return mean


def chances(
    net: Segmenter, image: Image, longest: int = 0, *, scales: Sequence[float] = (1.0,), mirror: bool = False
) -> Chances:
    """The chance of every class at every pixel of `image`, at its own size; otherwise as `seen`."""
    found = seen(net, image, longest, scales=scales, mirror=mirror)
    if found.shape[1:] == image.shape[:2]:
        return found
    return np.stack([_enlarged(chance, image) for chance in found])


def labels(
    net: Segmenter, image: Image, longest: int = 0, *, scales: Sequence[float] = (1.0,), mirror: bool = False
) -> npt.NDArray[np.uint8]:
    """The likeliest class of every pixel, (height, width) uint8; otherwise as `seen`.

    Class after class is enlarged and compared: all chances of a large photo at once would be half a gigabyte.
    """
    found = seen(net, image, longest, scales=scales, mirror=mirror)
    best, answer = _enlarged(found[0], image), np.zeros(image.shape[:2], np.uint8)
    for index in range(1, len(found)):
        chance = _enlarged(found[index], image)
        answer[chance > best] = index
        best = np.maximum(best, chance)
    return answer


def _enlarged(chance: npt.NDArray[np.float32], image: Image) -> npt.NDArray[np.float32]:
    height, width = image.shape[:2]
    if chance.shape == (height, width):
        return chance
    wide: npt.NDArray[np.float32] = cv2.resize(chance, (width, height), interpolation=cv2.INTER_LINEAR)
    return wide


def _asked(net: Segmenter, x: Tensor, mirror: bool) -> Tensor:
    """Logits; with `mirror` the mean of those of the picture and of its mirror image, turned back."""
    import torch

    logits: Tensor = net(x.contiguous(memory_format=torch.channels_last))
    if mirror:
        turned: Tensor = net(x.flip(3).contiguous(memory_format=torch.channels_last))
        logits = (logits + turned.flip(3)) / 2
    return logits


def _size(image: Image, longest: int, scale: float) -> tuple[int, int]:
    """(width, height) at which the picture is shown."""
    height, width = image.shape[:2]
    factor = scale * (longest / max(height, width) if longest else 1.0)
    return max(1, round(width * factor)), max(1, round(height * factor))


def _shown(image: Image, size: tuple[int, int]) -> Image:
    if size == (image.shape[1], image.shape[0]):
        return np.ascontiguousarray(image)
    how = cv2.INTER_AREA if size[0] < image.shape[1] else cv2.INTER_LINEAR
    shown: Image = cv2.resize(image, size, interpolation=how)
    return shown
