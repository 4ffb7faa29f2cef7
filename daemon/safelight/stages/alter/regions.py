"""What blur and pixelate share: the separate regions of a mask, each worked on in its own rectangle.

How strongly a face must be veiled depends on its size in the picture, not on the picture; so every connected region
is measured by itself. Regions that nearly touch are parts of one thing (a face with a bar of the fence across it) and
are measured together, though only their own pixels ever change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from safelight.stages.base import Mask


@dataclass(frozen=True)
class Region:
    """`rows` and `columns` cut the rectangle out of picture and mask; `inside` is bool over that rectangle;

    `size` is the side, in pixels, of the square with the same area as the thing (not only its masked pixels).
    """

    rows: slice
    columns: slice
    inside: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
    size: float
    frame: tuple[tuple[int, int], tuple[int, int]]
    """Whether the rectangle touches the picture's ((top, bottom), (left, right)) edge: 1 or 0."""

    def depth(self) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        """Pixels from each place inside to the region's edge; the picture's own edge is none, things go on there."""
        around = np.pad(self.inside.astype(np.uint8), 1)
        (top, bottom), (left, right) = self.frame
        around[0], around[-1], around[:, 0], around[:, -1] = top, bottom, left, right
        return np.asarray(cv2.distanceTransform(around, cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)


def regions(mask: Mask) -> Iterator[Region]:
    """The regions of a 0/1 mask, in a fixed order from top to bottom."""
    hard = (mask >= 0.5).astype(np.uint8)
    gap = max(3, round(max(mask.shape) / 200) | 1)
    joined = cv2.morphologyEx(hard, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8)) | hard
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    for label in range(1, count):
        left, top, width, height, area = (int(value) for value in stats[label])
        rows, columns = slice(top, top + height), slice(left, left + width)
        inside = (labels[rows, columns] == label) & (hard[rows, columns] > 0)
        down, across = mask.shape
        frame = ((int(top == 0), int(top + height == down)), (int(left == 0), int(left + width == across)))
        yield Region(rows, columns, inside, float(np.sqrt(area)), frame)
