"""From the numbers in a mask file to class indices: a table of known values, and an error that counts all others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from safelight.learn.data.base import Labels
from safelight.learn.data.errors import NoLabelMap, UnknownLabels
from safelight.learn.data.files import Numbers, read_plane

_SHOWN = 6


class Table:
    """`known` maps values 0–255 of a file to a class index or VOID."""

    def __init__(self, known: Mapping[int, int]) -> None:
        self.known = dict(known)
        self._map = np.zeros(256, np.uint8)
        self._map[list(self.known)] = list(self.known.values())
        self._strange = np.ones(256, np.uint8)
        self._strange[list(self.known)] = 0

    def read(self, path: Path) -> Labels:
        """The label map of a mask file; raises MissingFile, DamagedFile, NoLabelMap or UnknownLabels."""
        plane = read_plane(path)
        if plane.values.ndim != 2 or plane.mode == "1":
            raise NoLabelMap(file=path, mode=plane.mode)
        return self.apply(plane.values, path)

    def apply(self, values: Numbers, path: Path) -> Labels:
        """The label map of (height, width) numbers; raises UnknownLabels naming `path`."""
        if values.dtype != np.uint8:
            beyond = np.greater(values, 255)
            if beyond.any():
                raise unknown(values, beyond, path, self.known)
            values = values.astype(np.uint8)
        strange = cv2.LUT(values, self._strange)
        if strange.any():
            raise unknown(values, strange > 0, path, self.known)
        return np.asarray(cv2.LUT(values, self._map), np.uint8)


def unknown(
    values: npt.NDArray[Any],
    where: npt.NDArray[np.bool_],
    path: Path,
    known: Mapping[int, int],
    *,
    colours: bool = False,
) -> UnknownLabels:
    """The error for the values at `where`: how many pixels bear each, the commonest first; colours as #rrggbb."""
    found, counts = np.unique(values[where], return_counts=True)
    rows = sorted(zip(counts.tolist(), found.tolist(), strict=True), key=lambda row: (-row[0], row[1]))
    shown = ", ".join(f"{_said(value, colours)} ({count})" for count, value in rows[:_SHOWN])
    listed = ", ".join(_said(value, colours) for value in sorted(known)) if colours else ranges(known)
    more = ", …" if len(rows) > _SHOWN else ""
    return UnknownLabels(file=path, pixels=int(counts.sum()), found=shown + more, known=listed)


def _said(value: int, colour: bool) -> str:
    return f"#{value:06x}" if colour else str(value)


def ranges(values: Mapping[int, int]) -> str:
    """`0-11, 255` for a table of values."""
    parts: list[list[int]] = []
    for value in sorted(values):
        if parts and value == parts[-1][1] + 1:
            parts[-1][1] = value
        else:
            parts.append([value, value])
    return ", ".join(f"{low}" if low == high else f"{low}-{high}" for low, high in parts)
