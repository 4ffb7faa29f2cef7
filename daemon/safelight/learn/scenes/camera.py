"""Where the photographer stands, and the projection of the world onto the sensor.

World: metres, x along the track, y away from the main photographers' side, z up, ground at z = 0.
Screen: pixels, origin top left; depth is the distance along the optical axis in metres.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from safelight.learn.scenes.compiled import Doubles

NEAR = 0.15


@dataclass(frozen=True)
class Camera:
    """Position, point looked at, horizontal angle of view in degrees, roll in degrees."""

    at: tuple[float, float, float]
    to: tuple[float, float, float]
    view: float = 20.0
    roll: float = 0.0

    def basis(self) -> Doubles:
        """(3, 3): rows right, down, forward, unit length."""
        forward = np.subtract(self.to, self.at).astype(np.float64)
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, (0.0, 0.0, 1.0))
        right /= np.linalg.norm(right)
        down = np.cross(forward, right)
        turn = math.radians(self.roll)
        rows = np.stack(
            [
                right * math.cos(turn) + down * math.sin(turn),
                down * math.cos(turn) - right * math.sin(turn),
                forward,
            ]
        )
        return np.asarray(rows, np.float64)

    def focal(self, width: float) -> float:
        """Focal length in pixels of a picture of this width."""
        return width / 2 / math.tan(math.radians(self.view) / 2)


def mirrored(basis: Doubles) -> Doubles:
    """The basis as a puddle sees it."""
    return np.asarray(basis * np.array([1.0, 1.0, -1.0]), np.float64)


def project(
    points: Doubles, at: Doubles, basis: Doubles, focal: float, size: tuple[float, float]
) -> tuple[Doubles, Doubles]:
    """Screen x, y (n, 2) and depth (n,) of world points (n, 3); depth at or below zero lies behind the camera."""
    local = (points - at) @ basis.T
    depth = local[:, 2]
    safe = np.where(np.abs(depth) < 1e-9, 1e-9, depth)
    xy = local[:, :2] / safe[:, None] * focal + np.array(size) / 2
    return xy, depth
