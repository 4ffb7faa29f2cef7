"""`pixelate`: regions as coarse cells, plainly altered and beyond recognition.

Promise: the number of cells depends on the region's own size: 7 across at strength 1, 5 at strength 5, 2.5 at 10; a
face is known by people from about 16 cells across on (Harmon and Julesz, "Masking in visual recognition", 1973). Each
cell is the mean of its pixels inside the region, so nothing bleeds in or out; the cells are whole from the middle of
the region outwards.
"""

from __future__ import annotations

import numpy as np

from safelight.stages.alter.regions import Region, regions
from safelight.stages.base import Alterer, Image, Mask


class Pixelate(Alterer):
    """Average each region into cells scaled to its own size."""

    name = "pixelate"

    def _change(self, image: Image, mask: Mask, strength: int) -> Image:
        result = image.copy()
        for region in regions(mask):
            patch = result[region.rows, region.columns]
            patch[region.inside] = _celled(patch, region, cell_size(region.size, strength))
        return result


def cell_size(size: float, strength: int) -> int:
    """Side of a cell in pixels for a region of this size; strength 1–10."""
    across = 7.0 - 0.5 * (min(max(strength, 1), 10) - 1)
    return max(2, round(size / across))


def _celled(patch: Image, region: Region, cell: int) -> Image:
    """The new colours of the region's pixels, in the order of `region.inside`."""
    height, width = region.inside.shape
    rows = _numbers(height, cell)
    columns = _numbers(width, cell)
    number = (rows[:, None] * (columns[-1] + 1) + columns)[region.inside]
    pixels = patch[region.inside]
    counts = np.bincount(number)
    means = np.stack([np.bincount(number, pixels[:, channel]) for channel in range(3)], -1)
    means = np.rint(means / np.maximum(counts, 1)[:, None]).astype(np.uint8)
    return np.asarray(means[number])


def _numbers(length: int, cell: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Cell number of each pixel along one axis, the cut cells shared between both ends."""
    count = max(1, round(length / cell))
    offset = (length - count * cell) // 2
    return np.clip((np.arange(length) - offset) // cell, 0, count - 1)
