"""The small decisions of a training: learning rate, memory of the running mean, weights of classes, seeds. Pure."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import numpy.typing as npt

from safelight.learn.data.base import VOID, Dataset
from safelight.learn.segment.settings import Settings

LEAST, MOST = 0.25, 4.0
"""Bounds of a class weight: a class of a handful of pixels must not shout the others down."""
COUNTED = 500
"""Label maps looked at for the class weights, evenly spread."""
ENDS_AT = 0.01
"""Part of the highest rate with which cosine ends."""


def rate(fraction: float, settings: Settings) -> float:
    """The learning rate when `fraction` (0–1) of the training is done: rises through `warm`, then falls as scheduled."""
    if fraction < settings.warm:
        return settings.rate * max(0.02, fraction / settings.warm)
    done = min(1.0, (fraction - settings.warm) / (1 - settings.warm))
    if settings.schedule == "poly":
        return settings.rate * max(1e-4, float((1 - done) ** 0.9))
    if settings.schedule == "cosine":
        return settings.rate * (ENDS_AT + (1 - ENDS_AT) * 0.5 * (1 + math.cos(math.pi * done)))
    return settings.rate


def kept(step: int, memory: int) -> float:
    """How much of the running mean stays at a step: little at first, so that early, random weights are soon forgotten."""
    return min(1 - 1 / memory, step / (step + 9)) if memory else 0.0


def count_pixels(data: Dataset, most: int = COUNTED) -> npt.NDArray[np.int64]:
    """(classes,): pixels of each class over at most `most` label maps, evenly spread."""
    chosen = [data.ids[i * len(data.ids) // min(most, len(data.ids))] for i in range(min(most, len(data.ids)))]
    total = np.zeros(256, np.int64)
    for sample in chosen:
        total += np.bincount(data.labels(sample).ravel(), minlength=256)
    total[VOID] = 0
    return total[: len(data.classes)]


def class_weights(pixels: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """(classes,): the root of (median share / share) within LEAST and MOST; a class without pixels gets 1."""
    present = pixels > 0
    weights = np.ones(len(pixels), np.float32)
    if present.any():
        common = float(np.median(pixels[present]))
        weights[present] = np.clip(np.sqrt(common / pixels[present]), LEAST, MOST)
    return weights


def seed_of(seed: int, step: int) -> int:
    """The seed of a step's own chance (what dropout drops): of no use to guess the next one's."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{step}".encode()).digest()[:8], "big") >> 1
