"""What catches the eye when no detector speaks: a map from fine detail, rare colour and nearness to the centre.

Rare colour is Achanta et al., "Frequency-tuned salient region detection" (2009). The subject's box is where most of
the map lies; it serves layout as "do not cut here" and sorting as "something stands out".
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from safelight.model.signals import Box
from safelight.stages.look.focus import Focus
from safelight.stages.look.pixels import Plane, Working, to_size

_CENTRE = 0.38
"""Standard deviation of the centre prior, in shares of width and height."""


@dataclass(frozen=True)
class Subject:
    """The subject's box and `stands_out`: 0 (nothing) to 1 (all attention in a small box)."""

    box: Box
    stands_out: float


def subject(picture: Working, focus: Focus) -> Subject:
    """The most salient region of a picture; always a box, the whole frame where nothing stands out."""
    map_ = _map(picture, focus)
    inside = _region(map_)
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    height, width = map_.shape
    top, bottom = rows[0] / height, (rows[-1] + 1) / height
    left, right = columns[0] / width, (columns[-1] + 1) / width
    held = float(map_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].sum(dtype=np.float64)) / float(
        map_.sum(dtype=np.float64)
    )
    area = (bottom - top) * (right - left)
    stands_out = float(np.clip(held - area, 0, 1))
    return Subject(
        Box("subject", float(left), float(top), float(right), float(bottom), round(stands_out, 4)), stands_out
    )


def _map(picture: Working, focus: Focus) -> Plane:
    lab = picture.small_lab
    detail = to_size(focus.lost, lab)
    detail = cv2.GaussianBlur(detail, (0, 0), 6)
    rare = np.linalg.norm(cv2.GaussianBlur(lab, (0, 0), 1.5) - lab.mean(axis=(0, 1)), axis=2).astype(np.float32)
    rare = cv2.GaussianBlur(rare, (0, 0), 6)
    height, width = detail.shape
    y = (np.arange(height, dtype=np.float32) + 0.5) / height - 0.5
    x = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
    centre = np.exp(-(y[:, None] ** 2 + x[None, :] ** 2) / np.float32(2 * _CENTRE**2))
    mixed = (_unit(detail) * np.float32(0.7) + _unit(rare) * np.float32(0.3)) * centre
    return np.asarray(mixed + np.float32(1e-6), dtype=np.float32)


def _unit(plane: Plane) -> Plane:
    top = float(np.percentile(plane, 99))
    return np.asarray(np.clip(plane / np.float32(max(top, 1e-6)), 0, 1), dtype=np.float32)


def _region(map_: Plane) -> npt.NDArray[np.bool_]:
    """The heaviest connected part above half of the map's high mark, with neighbours at least a third as heavy."""
    high = (map_ > 0.45 * float(np.percentile(map_, 99))).astype(np.uint8)
    count, labels = cv2.connectedComponents(high, connectivity=8)
    if count <= 1:
        return np.ones(map_.shape, dtype=bool)
    weights = np.bincount(labels.ravel(), weights=map_.ravel().astype(np.float64), minlength=count)
    weights[0] = 0
    keep = weights >= weights.max() / 3
    return np.asarray(keep[labels], dtype=np.bool_)
