"""What floats between things and lens: smoke, spray, rain, stage beams. All add or cover in linear light.

Everything is drawn at a quarter of the size (vapour has no edges) and enlarged; noise is the sum of enlarged octaves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from safelight.learn.scenes.compiled import Floats
from safelight.learn.scenes.lens import sweep


@dataclass(frozen=True)
class Puff:
    """A ball of vapour at (x, y, z), radius in metres, density 0–1, linear colour; `near`: before the focused things;

    `floor`: how dark its folds get (spray is bright all through, smoke is not).
    """

    at: tuple[float, float, float]
    radius: float
    density: float
    colour: tuple[float, float, float]
    near: bool = False
    floor: float = 0.15


def billows(width: int, height: int, rng: np.random.Generator, first: int = 6) -> Floats:
    """Cloudy noise (h, w) in 0–1."""
    total = np.zeros((height, width), np.float32)
    weight, cells = 1.0, first
    while cells < max(width, height) // 2:
        field = rng.random((max(2, cells * height // width), cells), dtype=np.float32)
        total += weight * cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC)
        weight, cells = weight * 0.58, cells * 2
    low, high = float(total.min()), float(total.max())
    return np.asarray((total - low) / (high - low + 1e-6), np.float32)


def vapour(puffs: list[tuple[float, float, float, Puff]], width: int, height: int, seed: int) -> tuple[Floats, Floats]:
    """(colour (h, w, 3) premultiplied, cover (h, w)) of puffs given as screen x, y, radius in pixels."""
    w, h = width // 4, height // 4
    rng = np.random.default_rng([seed, 12])
    rough = billows(w, h, rng, 10)
    fine = billows(w, h, rng, 24)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32) * 4 + 2
    clear = np.ones((h, w), np.float32)
    colour = np.zeros((h, w, 3), np.float32)
    for px, py, radius, puff in puffs:
        distance = np.sqrt((x - px) ** 2 + (y - py) ** 2) / max(radius, 1)
        edge = distance + 0.75 * (rough - 0.5) + 0.35 * (fine - 0.5)
        alpha = np.clip(1.05 - edge, 0, 1) ** 1.3 * puff.density
        lit = 0.72 + 0.75 * (rough - 0.5) + 0.4 * (fine - 0.5) + 0.30 * np.clip((py - y) / max(radius, 1), -1, 1)
        colour = colour * (1 - alpha[..., None]) + (alpha * np.clip(lit, puff.floor, 1.5))[..., None] * np.array(
            puff.colour, np.float32
        )
        clear *= 1 - alpha
    size = (width, height)
    return (
        np.asarray(cv2.resize(colour, size, interpolation=cv2.INTER_CUBIC), np.float32),
        np.clip(cv2.resize(1 - clear, size, interpolation=cv2.INTER_CUBIC), 0, 1).astype(np.float32),
    )


def rain(picture: Floats, seed: int, amount: float = 1.0, slant: float = 82.0) -> Floats:
    """Falling drops drawn out by the shutter, and a few that hang blurred on the lens."""
    height, width = picture.shape[:2]
    rng = np.random.default_rng([seed, 13])
    streaks = np.zeros((height, width), np.float32)
    for share, length, power in ((0.0016, 34, 0.9), (0.0005, 70, 1.5)):
        drops = (rng.random((height, width), dtype=np.float32) < share * amount).astype(np.float32)
        streaks += power * sweep(drops, length * width / 1600, slant) * length
    streaks = cv2.GaussianBlur(streaks, (0, 0), 0.8)
    level = cv2.GaussianBlur(picture.mean(axis=2), (0, 0), 12)
    return np.asarray(picture + (streaks * 0.10 * (0.3 + level))[..., None], np.float32)


def beams(
    picture: Floats, sources: list[tuple[float, float, float, float, tuple[float, float, float]]], seed: int
) -> Floats:
    """Stage beams: (x, y) in shares, angle in degrees from straight down, spread in degrees, linear colour."""
    height, width = picture.shape[:2]
    w, h = width // 2, height // 2
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    mist = 0.55 + 0.7 * (billows(w, h, np.random.default_rng([seed, 14]), 5) - 0.4)
    light = np.zeros((h, w, 3), np.float32)
    for sx, sy, angle, spread, colour in sources:
        dx, dy = x - sx * w, y - sy * h
        distance = np.sqrt(dx**2 + dy**2) / h + 0.02
        turn = np.arctan2(dx, dy) - math.radians(angle)
        beam = np.exp(-((turn / math.radians(spread)) ** 2)) / (0.35 + 1.4 * distance) * mist
        hot = 0.006 / (distance**2 + 0.002)
        light += (beam * 0.9 + np.minimum(hot, 2.5))[..., None] * np.array(colour, np.float32)
    return np.asarray(picture + cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
