"""How a picture is filled: evenly or around one thing, with standing or lying edges, with blur around the subject.

These tell a wide view, a crowd or a stage from a portrait of a car without naming anything in it.
"""

from __future__ import annotations

import cv2
import numpy as np

from safelight.model.signals import Box
from safelight.stages.look.focus import Focus

_CELLS = 8


def arrangement(maps: Focus, subject: Box) -> dict[str, float]:
    """Signals `busy`, `upright`, `subject_area` and `subject_contrast`, all 0–1."""
    height, width = maps.lost.shape
    inside = np.zeros((height, width), dtype=bool)
    inside[
        int(subject.top * height) : max(1, round(subject.bottom * height)),
        int(subject.left * width) : max(1, round(subject.right * width)),
    ] = True
    outside = ~inside
    contrast = maps.sharpness(inside) - maps.sharpness(outside) if outside.any() else 0.0
    return {
        "busy": _busy(maps),
        "upright": _upright(maps),
        "subject_area": float(inside.mean()),
        "subject_contrast": max(0.0, contrast),
    }


def _busy(maps: Focus) -> float:
    """Evenness of fine detail over an 8 by 8 grid: entropy over its largest value."""
    cells = cv2.resize(maps.lost, (_CELLS, _CELLS), interpolation=cv2.INTER_AREA).astype(np.float64).ravel()
    total = cells.sum()
    if total <= 0:
        return 0.0
    parts = cells[cells > 0] / total
    return float(-(parts * np.log(parts)).sum() / np.log(_CELLS * _CELLS))


def _upright(maps: Focus) -> float:
    """Share of edge energy that stands: 0 all edges lie, 1 all stand."""
    standing, lying = (float(plane.sum(dtype=np.float64)) for plane in maps.across[:2])
    return standing / (standing + lying) if standing + lying > 0 else 0.5
