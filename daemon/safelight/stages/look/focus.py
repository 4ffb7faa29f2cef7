"""Sharpness and motion: where a picture holds fine detail, and whether its blur has a direction.

Sharpness is the re-blur measure of Crete et al., "The blur effect" (2007), kept as a map: what is already blurred
loses little variation when blurred again. Motion is the coherence of the structure tensor: a pan smears everything
along one direction and leaves gradients across it only.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.look.pixels import Plane, Working

_WINDOW = 9
_NOISE = 0.006
"""Variation a pixel below which there is nothing to be sharp: grain and JPEG traces (share of full scale)."""


@dataclass(frozen=True)
class Focus:
    """Per pixel of the working copy: `variation` in all (float32, 0–1) and `lost` when blurred again (<= variation)."""

    variation: Plane
    lost: Plane
    across: Plane
    """Structure tensor: gradient products xx, yy, xy, (3, height, width) float32."""

    def sharpness(self, where: npt.NDArray[np.bool_] | None = None) -> float:
        """0 (smooth) to 1 (crisp) over `where` (all by default); 0 where nothing varies."""
        variation, lost = (self.variation, self.lost) if where is None else (self.variation[where], self.lost[where])
        total = float(variation.sum(dtype=np.float64))
        return float(lost.sum(dtype=np.float64)) / total if total > 0 else 0.0

    def motion(self, where: npt.NDArray[np.bool_] | None = None) -> float:
        """0 (edges in all directions) to 1 (all edges parallel) over `where`."""
        planes = self.across if where is None else self.across[:, where]
        xx, yy, xy = (float(plane.sum(dtype=np.float64)) for plane in planes)
        return float(np.hypot(xx - yy, 2 * xy) / (xx + yy)) if xx + yy > 0 else 0.0


def focus(picture: Working) -> Focus:
    """The maps of a picture; float32, deterministic."""
    grey = cv2.GaussianBlur(picture.grey, (0, 0), 0.7)
    variation = np.zeros_like(grey)
    lost = np.zeros_like(grey)
    for axis, size in ((1, (_WINDOW, 1)), (0, (1, _WINDOW))):
        again = cv2.blur(grey, size)
        before = np.abs(np.diff(grey, axis=axis, append=np.take(grey, [-1], axis=axis)))
        after = np.abs(np.diff(again, axis=axis, append=np.take(again, [-1], axis=axis)))
        before[before < _NOISE] = 0
        variation += before
        lost += np.clip(before - after, 0, None)
    gx, gy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return Focus(variation, lost, np.stack([gx * gx, gy * gy, gx * gy]))
