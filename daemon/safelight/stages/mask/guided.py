"""A coarse mask carried to the edges of a full-size picture: the fast guided filter in colour.

He, Sun, Tang 2010 and He, Sun 2015: around every place the mask is explained as a linear function of the picture's
colour; the functions are fitted at reduced size and applied at full size. Only box filters, no randomness.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Image, Mask

FITTED = 640
"""Longest side, in pixels, at which the linear functions are fitted."""
RADIUS = 10  # pixels at that size: about the width by which the network misses an edge
SMOOTH = 2e-4
"""Variance of colour (0-1 squared) below which a patch counts as flat."""

Plane = npt.NDArray[np.float32]


def guided(image: Image, coarse: Mask) -> Mask:
    """`coarse` (any size, 0-1) as a mask of the size of `image` whose edges follow the picture's, 0-1."""
    height, width = image.shape[:2]
    mask = np.zeros((height, width), np.float32)
    scale = min(1.0, FITTED / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    target = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    view = _occupied(target, 2 * RADIUS)
    if view is None:
        return mask
    top, bottom, left, right = view
    slopes, offset = _fit(small[top:bottom, left:right], target[top:bottom, left:right])
    # The same rectangle at full size; the rest of the picture is never touched.
    rows = slice(round(top * height / size[1]), round(bottom * height / size[1]))
    columns = slice(round(left * width / size[0]), round(right * width / size[0]))
    part = image[rows, columns]
    full = (part.shape[1], part.shape[0])
    answer = cv2.resize(offset, full, interpolation=cv2.INTER_LINEAR)
    for channel in range(3):
        slope = cv2.resize(slopes[channel], full, interpolation=cv2.INTER_LINEAR)
        answer += slope * (part[..., channel] * np.float32(1 / 255))
    mask[rows, columns] = np.clip(answer, 0, 1)
    return mask


def _occupied(target: Mask, margin: int) -> tuple[int, int, int, int] | None:
    rows, columns = np.flatnonzero(target.max(1) > 0.02), np.flatnonzero(target.max(0) > 0.02)
    if not rows.size:
        return None
    height, width = target.shape
    return (
        max(0, int(rows[0]) - margin), min(height, int(rows[-1]) + 1 + margin),
        max(0, int(columns[0]) - margin), min(width, int(columns[-1]) + 1 + margin),
    )  # fmt: skip


def _mean(plane: Plane) -> Plane:
    averaged: Plane = cv2.blur(plane, (2 * RADIUS + 1, 2 * RADIUS + 1), borderType=cv2.BORDER_REFLECT)
    return averaged


def _fit(guide: npt.NDArray[np.float32], target: Mask) -> tuple[list[Plane], Plane]:
    """Slopes of the three colours and the offset of the best linear function around every pixel, averaged."""
    r, g, b = (np.ascontiguousarray(guide[..., channel]) for channel in range(3))
    mr, mg, mb, mt = _mean(r), _mean(g), _mean(b), _mean(target)
    rr, gg, bb = (_mean(c * c) - m * m + SMOOTH for c, m in ((r, mr), (g, mg), (b, mb)))
    rg, rb, gb = _mean(r * g) - mr * mg, _mean(r * b) - mr * mb, _mean(g * b) - mg * mb
    tr, tg, tb = _mean(r * target) - mr * mt, _mean(g * target) - mg * mt, _mean(b * target) - mb * mt
    # The inverse of the symmetric 3x3 covariance by cofactors.
    c00, c01, c02 = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    c11, c12, c22 = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
    determinant = rr * c00 + rg * c01 + rb * c02
    sr = (c00 * tr + c01 * tg + c02 * tb) / determinant
    sg = (c01 * tr + c11 * tg + c12 * tb) / determinant
    sb = (c02 * tr + c12 * tg + c22 * tb) / determinant
    offset = mt - sr * mr - sg * mg - sb * mb
    return [_mean(sr), _mean(sg), _mean(sb)], _mean(offset)
