"""Colours for classes that people can tell apart, also those who see no red or no green. Pure.

Chosen once and for all by a greedy rule: each next colour is the one farthest, in the worst of three ways of seeing
(all cones, no red cones, no green cones; Viénot, Brettel and Mollon 1999), from all chosen before, from black (the
unlabelled) and from white. Distance is Euclidean in CIE Lab.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_STEPS = (0, 32, 64, 96, 128, 160, 192, 224, 255)
_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = _XYZ.sum(1)
_LMS = np.array([[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]])
_NO_RED = np.array([[0, 2.02344, -2.52581], [0, 1, 0], [0, 0, 1]])
_NO_GREEN = np.array([[1, 0, 0], [0.494207, 0, 1.24827], [0, 0, 1]])
_SEEING = (np.eye(3), *(np.linalg.inv(_LMS) @ lost @ _LMS for lost in (_NO_RED, _NO_GREEN)))


def seen(colours: npt.ArrayLike) -> Floats:
    """(3, n, 3): the colours (n, 3; sRGB 0–255) in CIE Lab as seen with all cones, without red, without green."""
    srgb = np.asarray(colours, np.float64) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return np.stack([_lab(np.clip(linear @ way.T, 0, 1)) for way in _SEEING])


def _lab(linear: Floats) -> Floats:
    scaled = linear @ _XYZ.T / _WHITE
    root = np.where(scaled > 216 / 24389, np.cbrt(scaled), (scaled * 24389 / 27 + 16) / 116)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def apart(colours: npt.ArrayLike) -> float:
    """The smallest distance (Lab) between two of the colours in the worst of the three ways of seeing."""
    views = seen(colours)
    gaps = np.linalg.norm(views[:, :, None] - views[:, None], axis=-1)
    return float(gaps[:, ~np.eye(gaps.shape[1], dtype=bool)].min())


@cache
def distinct(count: int, taken: tuple[int, int, int] = (0, 0, 0)) -> tuple[tuple[int, int, int], ...]:
    """`count` (1 to 255) different colours, none like `taken`; the first ones of a longer row are those of a shorter."""
    grid = np.array([(r, g, b) for r in _STEPS for g in _STEPS for b in _STEPS])
    grid = np.vstack([grid, [taken]])
    views = seen(grid)
    chosen: list[int] = []
    nearest = np.full(len(grid), np.inf)
    for newest in (0, len(grid) - 2, len(grid) - 1):  # black, white and what is taken
        nearest = np.minimum(nearest, _gap(views, newest))
    while len(chosen) < count:
        newest = int(nearest.argmax())
        if not nearest[newest] > 0:
            raise ValueError(f"there are no {count} colours to tell apart")
        chosen.append(newest)
        nearest = np.minimum(nearest, _gap(views, newest))
    return tuple((int(r), int(g), int(b)) for r, g, b in grid[chosen])


def _gap(views: Floats, index: int) -> Floats:
    gap: Floats = np.linalg.norm(views - views[:, index : index + 1], axis=-1).min(0)
    return gap
