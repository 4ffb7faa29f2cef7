"""Drawn streets with exact labels, small enough to learn in seconds: data for the tests of training and evaluation."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from safelight.learn.data.base import VOID, Arrays, Classes
from safelight.learn.segment.measure import Measured
from safelight.learn.segment.settings import Settings
from safelight.learn.segment.training import Progress

CLASSES = Classes(("sky", "road", "car"), ((140, 200, 250), (90, 60, 120), (20, 40, 230)))
COLOURS = ((150, 190, 240), (90, 90, 90), (220, 30, 30))
TINY = Settings(
    width=4, batch=2, size=(32, 48), longest=64, augment="mild", epochs=3, validate_every=1, memory=3, rate=0.01,
    save_every=1e9, dropout=0.2,
)  # fmt: skip
"""Settings of a training of a few small steps."""


def street(seed: int, size: tuple[int, int] = (48, 64)) -> tuple[np.ndarray, np.ndarray]:
    """Sky, road, one red car, a corner nobody labelled; (picture, labels)."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(size, np.uint8)
    labels[size[0] // 2 + int(rng.integers(-4, 5)) :] = 1
    top, left = size[0] // 2 - 8 + int(rng.integers(-3, 4)), int(rng.integers(4, size[1] - 30))
    labels[top : top + 16, left : left + 24] = 2
    image = np.array(COLOURS, np.uint8)[labels]
    labels[:5, :5] = VOID
    return np.clip(image.astype(int) + rng.integers(-15, 16, image.shape), 0, 255).astype(np.uint8), labels


def streets(count: int, first: int = 0, name: str = "streets") -> Arrays:
    """So many of them in memory."""
    return Arrays(name, CLASSES, {f"s{index:02}": street(index) for index in range(first, first + count)})


def folder(path: Path, count: int = 6) -> Path:
    """The same as files, images/ and masks/ (values 0, 1, 2 and 255)."""
    for index in range(count):
        image, labels = street(index)
        for part, pixels in (("images", image[..., ::-1]), ("masks", labels)):
            (path / part).mkdir(parents=True, exist_ok=True)
            assert cv2.imwrite(str(path / part / f"s{index:02}.png"), pixels)
    return path


class Heard:
    """Keeps what a training tells."""

    def __init__(self) -> None:
        self.steps: list[Progress] = []
        self.validations: list[tuple[int, Measured, bool]] = []

    def progress(self, progress: Progress) -> None:
        """After every step."""
        self.steps.append(progress)

    def validated(self, epoch: int, measured: Measured, best: bool) -> None:
        """After every validation."""
        self.validations.append((epoch, measured, best))


class Seconds:
    """A clock that goes on by one with every look."""

    def __init__(self, pace: float = 1.0) -> None:
        self.now, self.pace = 0.0, pace

    def __call__(self) -> float:
        """The time."""
        self.now += self.pace
        return self.now
