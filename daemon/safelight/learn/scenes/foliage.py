"""Woods as drawings: crowns before crowns, each of hundreds of leaf dabs that catch the light from above left."""

from __future__ import annotations

import math

import cv2
import numpy as np

from safelight.learn.scenes.compiled import Bytes, Doubles, Floats, compiled

GREENS = ((52, 74, 36), (66, 84, 38), (40, 64, 40), (78, 84, 40))


@compiled
def _dab(picture: Bytes, x: Doubles, y: Doubles, across: Doubles, colours: Floats) -> None:
    """Small tilted ovals in the given order; the last lies on top."""
    height, width = picture.shape[:2]
    for k in range(x.shape[0]):
        r = across[k]
        lean = math.sin(k * 12.9898) * 1.2
        c, s = math.cos(lean), math.sin(lean)
        for j in range(max(0, int(y[k] - r - 1)), min(height, int(y[k] + r + 2))):
            for i in range(max(0, int(x[k] - r - 1)), min(width, int(x[k] + r + 2))):
                dx, dy = i - x[k], j - y[k]
                u = (dx * c + dy * s) / r
                v = (-dx * s + dy * c) / (0.62 * r)
                if u * u + v * v <= 1:
                    for b in range(3):
                        picture[j, i, b] = np.uint8(colours[k, b])
                    picture[j, i, 3] = 255


def treeline(rng: np.random.Generator, width: int = 2560, height: int = 420) -> Bytes:
    """A wood's edge (height, width, 4) sRGB; alpha cuts the crowns out."""
    picture = np.zeros((height, width, 4), np.uint8)
    for depth in range(3):
        x = -60.0
        while x < width + 60:
            tall = height * float(rng.uniform(0.42, 0.94)) * (0.78 + 0.11 * (2 - depth))
            wide = tall * float(rng.uniform(0.42, 0.75))
            hue = np.array(GREENS[rng.integers(4)], float) * (0.72 + 0.16 * depth) * float(rng.uniform(0.85, 1.12))
            _trunks(picture, x, wide, tall, hue, rng)
            _crown(picture, x, wide, tall, hue, rng, depth)
            x += wide * float(rng.uniform(0.35, 0.75))
    _undergrowth(picture, rng)
    return picture


def _crown(
    picture: Bytes, x: float, wide: float, tall: float, hue: Doubles, rng: np.random.Generator, depth: int
) -> None:
    height = picture.shape[0]
    count = int(wide * tall / 30)
    angle = rng.uniform(0, 2 * math.pi, count)
    radius = np.sqrt(rng.uniform(0, 1, count)) * (0.86 + 0.2 * np.sin(angle * 5 + x))
    px = x + radius * np.cos(angle) * wide * 0.5
    py = height - tall * 0.56 - radius * np.sin(angle) * tall * 0.46
    clump = np.sin(px * 0.07 + x) * np.sin(py * 0.09 + depth)
    light = 0.42 + 0.50 * np.clip(radius * np.sin(angle + 0.5), -0.6, 1) + 0.26 * clump + rng.normal(0, 0.13, count)
    colours = np.clip(hue * (0.5 + np.maximum(0.05, light))[:, None], 4, 235).astype(np.float32)
    _dab(picture, px, py, rng.uniform(2.2, 5.5, count), colours)


def _trunks(picture: Bytes, x: float, wide: float, tall: float, hue: Doubles, rng: np.random.Generator) -> None:
    height = picture.shape[0]
    for _ in range(int(rng.integers(1, 4))):
        foot = (int(x + wide * float(rng.uniform(-0.2, 0.2))), height)
        top = (int(x + wide * float(rng.uniform(-0.15, 0.15))), int(height - tall * 0.5))
        cv2.line(picture, foot, top, (*(int(c) for c in hue * 0.35), 255), int(rng.integers(3, 9)))


def _undergrowth(picture: Bytes, rng: np.random.Generator) -> None:
    """Bushes close the foot of the wood, so that no horizon shines through."""
    height, width = picture.shape[:2]
    count = 16000
    y = height - np.abs(rng.normal(0, 0.13, count)) * height
    y[: count // 4] = height - rng.uniform(0, 0.28, count // 4) * height
    glow = 0.30 + 0.5 * np.arange(count) / count + rng.normal(0, 0.10, count)
    colours = np.clip(np.array((48, 62, 34)) * glow[:, None], 4, 200).astype(np.float32)
    _dab(picture, rng.uniform(0, width, count), y, rng.uniform(3, 8, count), colours)
