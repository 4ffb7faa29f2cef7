"""A painted window set into the photo: its light meets that of the surroundings, and its grain is the photo's.

A network paints all of a window, also what is known. How far it misses the known pixels beside the hole is what its
light is off by; that is taken back, most at the border and fading inwards. Nothing outside the hole is ever written.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Image
from safelight.stages.inpaint.grain import FEWEST, Square, flat_tiles, grain

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

LEVELS = ((16.0, 24.0), (3.0, 40.0))
"""(width in pixels of the network's picture, most that may be taken back in steps of 255): first the light, then the seam."""


def met(painted: Floats, known: Image, hole: Flags, scale: float) -> Floats:
    """`painted` (h, w, 3; 0–255) inside `hole` with the light of `known` around it; `scale` photo pixels a painted one."""
    result = painted.astype(np.float32, copy=True)
    outside = (~hole).astype(np.float32)
    if not hole.any() or not outside.any():
        return result
    deep = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5)
    away = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, 5)
    off = known.astype(np.float32) - result
    for width, most in LEVELS:
        sigma = max(0.8, width * scale)
        near = outside * (away <= 2 * sigma)
        total = cv2.GaussianBlur(near, (0, 0), sigma)[..., None]
        mean = cv2.GaussianBlur(off * near[..., None], (0, 0), sigma) / np.maximum(total, 1e-4)
        mean = np.clip(mean, -most, most) * np.clip(total / 0.02, 0, 1)
        result += mean * np.clip(1 - deep / (4 * sigma), 0, 1)[..., None] * hole[..., None]
        off -= mean  # what the next, narrower level still has to take back
    return result


class Grain:
    """The grain of a photo's flat places outside `hole`, and how much of it a fill lacks."""

    def __init__(self, image: Image, hole: Flags) -> None:
        self.tiles: list[Square] = flat_tiles(image, ~hole, 0.05)
        self.usual = float(np.median([_fine(tile) for tile in self.tiles])) if len(self.tiles) >= FEWEST else 0.0

    def added(self, painted: Floats, where: Flags, seed: int) -> Floats:
        """`painted` with the grain it lacks over `where`; as it is where the photo shows no flat place to measure."""
        if not self.usual or not where.any():
            return painted
        tone = cv2.cvtColor(np.clip(painted, 0, 255).astype(np.uint8), cv2.COLOR_RGB2GRAY).astype(np.float64)
        own = _fine(tone, where)
        lacks = float(np.sqrt(max(0.0, 1 - (own / self.usual) ** 2)))
        noisy: Floats = painted + (lacks * grain(self.tiles, where, seed, False))[..., None]
        return noisy


def _fine(tone: npt.NDArray[np.float64], where: Flags | None = None) -> float:
    """The usual size of the finest structure, in steps of 255: robust, so that edges do not count."""
    fine = np.abs(tone - cv2.GaussianBlur(tone, (0, 0), 1.6))
    return float(np.median(fine if where is None else fine[where])) * 1.4826
