"""`blur`: faces and boards made unrecognisable for good, with a soft look.

Promise: what identifies is gone, not hidden. A region of size S is blurred with a Gaussian of at least 0.12 S
(strength 1; 0.20 S at 5, 0.30 S at 10), which leaves fewer than about four cycles across a face, where people need
eight and more to know one (Näsänen, "Spatial frequency bandwidth used in the recognition of facial images", 1999); the
rest falls below one step of 8 bits, so that no sharpening brings it back. Colours come from inside the region only:
neither does a bright car bleed in, nor does the face leak out. Near the edge the blur is weaker (but never below
0.08 S), so that the veil continues the colours around it instead of looking cut out. Flat gradients get half a step
of fixed noise against banding.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.alter.regions import Region, regions
from safelight.stages.base import Alterer, Image, Mask

Floats = npt.NDArray[np.float32]

_WORK_SIGMA = 6.0  # the heavy blur is computed on a picture reduced until its Gaussian is this small


class Blur(Alterer):
    """Blur each region by its own size."""

    name = "blur"

    def _change(self, image: Image, mask: Mask, strength: int) -> Image:
        result = image.copy()
        for region in regions(mask):
            patch = result[region.rows, region.columns]
            patch[region.inside] = _veiled(image[region.rows, region.columns], region, strength)[region.inside]
        return result


def sigma(size: float, strength: int) -> float:
    """The Gaussian's standard deviation in pixels for a region of this size; strength 1–10."""
    return max(2.0, size * (0.12 + 0.02 * (min(max(strength, 1), 10) - 1)))


def _veiled(patch: Image, region: Region, strength: int) -> Image:
    heavy = sigma(region.size, strength)
    light = max(2.0, min(heavy, 0.08 * region.size))
    weight = region.inside.astype(np.float32)
    pixels = patch.astype(np.float32)
    core, rim = _blurred(pixels, weight, heavy), _blurred(pixels, weight, light)
    deep = np.clip(region.depth() / max(1.0, 0.10 * region.size), 0, 1)[..., None]
    deep = deep * deep * (3 - 2 * deep)
    mixed = core * deep + rim * (1 - deep)
    grain = np.random.default_rng(0).random(mixed.shape[:2], np.float32)[..., None]
    return np.asarray(np.clip(np.floor(mixed + grain), 0, 255), np.uint8)


def _blurred(pixels: Floats, weight: Floats, deviation: float) -> Floats:
    """Normalised convolution: each pixel is a Gaussian mean of the pixels inside the region alone."""
    height, width = weight.shape
    reduce = max(1.0, deviation / _WORK_SIGMA)
    size = (max(1, round(width / reduce)), max(1, round(height / reduce)))
    parts = np.dstack([pixels * weight[..., None], weight])
    small = cv2.resize(parts, size, interpolation=cv2.INTER_AREA) if reduce > 1 else parts
    small = cv2.GaussianBlur(small, (0, 0), deviation / reduce, borderType=cv2.BORDER_CONSTANT)
    # A Gaussian's tail is cut off: far corners of a thin region have no weight left and take the region's mean.
    mean = parts[..., :3].sum((0, 1)) / weight.sum()
    share = small[..., 3:]
    colours = np.where(share > 1e-4, small[..., :3] / np.maximum(share, 1e-4), mean)
    if reduce == 1:
        return np.asarray(colours, np.float32)
    return np.asarray(cv2.resize(colours.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC))
