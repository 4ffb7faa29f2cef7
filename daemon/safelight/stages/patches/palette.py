"""Carry the colours of one picture over to another: sliced optimal transport between small copies, kept as a table.

After Pitié et al. 2007 and Bonneel et al. 2015: along random directions the sorted projections of the one picture are
moved onto those of the other. The movement found for the colours of a thumbnail becomes a 17 x 17 x 17 table, applied
by trilinear interpolation, so that the time does not grow with the picture. Shared by the painting backends.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Image
from safelight.stages.patches.jit import compiled, in_bands

Floats = npt.NDArray[np.float32]

THUMB = 160
NODES = 17
ROTATIONS = 20
NEAREST = 24
GREY = 3.0
"""A style whose channels differ by no more than this is grey, and so is what it paints."""


def recoloured(image: Image, style: Image) -> Image:
    """`image` in the colours of `style`, same shape; large light and dark areas keep their order."""
    paints = _colours(style)
    table = _table(_colours(image), paints)
    if float(np.ptp(paints, axis=1).max()) <= GREY:
        table[:] = table.mean(axis=3, keepdims=True)
    result = np.empty_like(image)
    in_bands(image.shape[0], lambda _, first, end: _look_up(image, table, result, first, end))
    return result


def _colours(image: Image) -> Floats:
    scale = min(1.0, THUMB / max(image.shape[:2]))
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    small: Image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return small.reshape(-1, 3).astype(np.float32)


def _table(content: Floats, style: Floats) -> Floats:
    """The table (NODES, NODES, NODES, 3), values 0–255, that takes colours of `content` to those of `style`."""
    moved = _transported(content, style)
    # One mean movement for each of at most 32^3 cells keeps the search for neighbours short.
    cell = (content.astype(np.int64) >> 3) @ np.array([1024, 32, 1])
    _, inverse, count = np.unique(cell, return_inverse=True, return_counts=True)
    where = np.empty((len(count), 3), np.float32)
    shift = np.empty((len(count), 3), np.float32)
    for k in range(3):
        where[:, k] = np.bincount(inverse, content[:, k]) / count
        shift[:, k] = np.bincount(inverse, moved[:, k] - content[:, k]) / count
    table = np.empty((NODES, NODES, NODES, 3), np.float32)
    in_bands(NODES * 16, lambda _, first, end: _spread(where, shift, table, first // 16, (end + 15) // 16))
    return table


def _transported(content: Floats, style: Floats) -> Floats:
    """Where sliced optimal transport moves every colour of `content` (n, 3)."""
    rng = np.random.default_rng(17)
    moved = content.copy()
    places = (np.arange(len(content), dtype=np.float32) + 0.5) / len(content)
    known = (np.arange(len(style), dtype=np.float32) + 0.5) / len(style)
    for _ in range(ROTATIONS):
        axes = np.linalg.qr(rng.normal(size=(3, 3)))[0].astype(np.float32)
        shift = np.zeros_like(moved)
        for axis in axes:
            # Written out instead of a matrix product: its sums must not depend on the number of threads.
            mine = moved[:, 0] * axis[0] + moved[:, 1] * axis[1] + moved[:, 2] * axis[2]
            theirs = style[:, 0] * axis[0] + style[:, 1] * axis[1] + style[:, 2] * axis[2]
            order = np.argsort(mine, kind="stable")
            aim = np.empty_like(mine)
            aim[order] = np.interp(places, known, np.sort(theirs))
            shift += (aim - mine)[:, None] * axis
        moved += shift
    return np.clip(moved, 0, 255)


@compiled
def _spread(where: Floats, shift: Floats, table: Floats, first: int, end: int) -> None:
    """Table planes `first` to `end`: at each node the inverse-distance mean of the nearest samples' movement."""
    distance = np.empty(NEAREST, np.float32)
    index = np.empty(NEAREST, np.int64)
    width = np.float32(255.0 / (NODES - 1))
    for r in range(first, end):
        for g in range(NODES):
            for b in range(NODES):
                kept = 0
                for k in range(where.shape[0]):
                    dr, dg, db = where[k, 0] - r * width, where[k, 1] - g * width, where[k, 2] - b * width
                    d = np.float32(dr * dr + dg * dg + db * db)
                    if kept == NEAREST and d >= distance[kept - 1]:
                        continue
                    at = kept if kept < NEAREST else NEAREST - 1
                    kept = min(kept + 1, NEAREST)
                    while at > 0 and distance[at - 1] > d:
                        distance[at], index[at] = distance[at - 1], index[at - 1]
                        at -= 1
                    distance[at], index[at] = d, k
                total = np.float32(0)
                s0 = s1 = s2 = np.float32(0)
                for k in range(kept):
                    w = np.float32(1.0) / (distance[k] + np.float32(4.0))
                    total += w
                    s0 += w * shift[index[k], 0]
                    s1 += w * shift[index[k], 1]
                    s2 += w * shift[index[k], 2]
                table[r, g, b, 0] = r * width + s0 / total
                table[r, g, b, 1] = g * width + s1 / total
                table[r, g, b, 2] = b * width + s2 / total


@compiled
def _look_up(image: Image, table: Floats, result: Image, first: int, end: int) -> None:
    """Rows `first` to `end` of `result`: the table at each colour, trilinear."""
    scale = np.float32((NODES - 1) / 255.0)
    for y in range(first, end):
        for x in range(image.shape[1]):
            r, g, b = image[y, x, 0] * scale, image[y, x, 1] * scale, image[y, x, 2] * scale
            r0, g0, b0 = min(int(r), NODES - 2), min(int(g), NODES - 2), min(int(b), NODES - 2)
            fr, fg, fb = r - r0, g - g0, b - b0
            for k in range(3):
                low = (1 - fg) * ((1 - fb) * table[r0, g0, b0, k] + fb * table[r0, g0, b0 + 1, k])
                low += fg * ((1 - fb) * table[r0, g0 + 1, b0, k] + fb * table[r0, g0 + 1, b0 + 1, k])
                high = (1 - fg) * ((1 - fb) * table[r0 + 1, g0, b0, k] + fb * table[r0 + 1, g0, b0 + 1, k])
                high += fg * ((1 - fb) * table[r0 + 1, g0 + 1, b0, k] + fb * table[r0 + 1, g0 + 1, b0 + 1, k])
                value = low + fr * (high - low)
                result[y, x, k] = np.uint8(min(max(value, 0.0), 255.0) + 0.5)
