"""Strings that can stand on an advertising board, and the rows they form.

Lengths in pixels are at 1,600 px on the longest side: callers hand in that size. A row is a straight line through the
centres of its strings, with a text height that changes linearly along it (perspective).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.ocr import TextLine

Flags = npt.NDArray[np.bool_]
Reals = npt.NDArray[np.float64]

URL = re.compile(
    r"(https?[:;]?//?)|(www[.,]?)|(\S[.,](com|fr|org|net|de|co|uk|eu|be|ch|it|es|info)\b)|[©@]"
    r"|(?<![a-z])(photo(graph\w*|s)?|copyright)(?![a-z])",
    re.IGNORECASE,
)
"""Addresses, signatures and the like: on the rim of a picture, a watermark."""


@dataclass(frozen=True)
class Row:
    """Strings in a line: its centre is y = `y0` + `slope` x, the text height `height` + `growth` (x - `middle`)."""

    lines: tuple[TextLine, ...]
    y0: float
    slope: float
    middle: float
    height: float
    growth: float = 0.0

    @property
    def left(self) -> float:
        """Where the first string begins, x."""
        return min(x for line in self.lines for x, _ in line.polygon)

    @property
    def right(self) -> float:
        """Where the last string ends, x."""
        return max(x for line in self.lines for x, _ in line.polygon)

    def y(self, x: Reals) -> Reals:
        """The centre line."""
        return self.y0 + self.slope * x

    def heights(self, x: Reals) -> Reals:
        """Upright text height, kept within a half and twice the middle's."""
        return np.clip(self.height + self.growth * (x - self.middle), self.height / 2, self.height * 2)


def outline(line: TextLine, shape: tuple[int, int]) -> Flags:
    """(h, w): inside the string's polygon."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(np.array(line.polygon)).astype(np.int32)], 1)
    return mask > 0


def legible(line: TextLine, shape: tuple[int, ...]) -> bool:
    """Whether a string is read surely enough, large and level, and is no watermark."""
    enough = (line.letters >= 3 and line.score >= 0.55) or (line.letters >= 1 and line.score >= 0.85)
    return enough and line.height >= 7 and abs(line.angle) <= 50 and not watermark(line, shape)


def credible(line: TextLine, hidden: Flags) -> bool:
    """Whether a string may stand on a board: legible, large and level enough, no watermark, not on a car or a person."""
    if not legible(line, hidden.shape):
        return False
    inside = outline(line, (hidden.shape[0], hidden.shape[1]))
    return bool(inside.any()) and float(hidden[inside].mean()) <= 0.5


def watermark(line: TextLine, shape: tuple[int, ...]) -> bool:
    """Address-like writing near the upper or lower rim, or a letter or two at the lower one."""
    y = line.centre[1] / shape[0]
    if y > 0.8 and line.letters <= 2:
        return True
    return (y < 0.1 or y > 0.8) and URL.search(line.text) is not None


def rows(lines: Sequence[TextLine]) -> list[Row]:
    """The strings as rows, largest first; each string in one row."""
    left = sorted(lines, key=lambda line: (-line.height * line.length, line.polygon))
    found = []
    while left:
        members = [left.pop(0)]
        row = fitted(members)
        while (nearest := _next(row, members, left)) is not None:
            members.append(nearest)
            left.remove(nearest)
            row = fitted(members)
        found.append(row)
    return found


def _next(row: Row, members: list[TextLine], others: list[TextLine]) -> TextLine | None:
    best: tuple[float, TextLine] | None = None
    for line in others:
        gap = _gap(row, members, line)
        if gap is not None and (best is None or gap < best[0]):
            best = (gap, line)
    return best[1] if best else None


def _gap(row: Row, members: list[TextLine], line: TextLine) -> float | None:
    """Heights from the nearest member along the row, or None where the string does not belong to it."""
    x, y = line.centre
    at = np.array([x])
    height = float(row.heights(at)[0])
    half = line.length / 2
    gap = max(0.0, min(abs(x - other.centre[0]) - half - other.length / 2 for other in members)) / height
    tall = line.height / np.cos(np.radians(line.angle))
    alone = len(members) == 1
    off = abs(y - float(row.y(at)[0])) / height
    turned = abs(line.angle - np.degrees(np.arctan(row.slope)))
    if not 1 / 1.9 <= tall / height <= 1.9 or turned > 8 or gap > (10 if alone else 14):
        return None
    return gap if off <= 0.6 + (0.03 if alone else 0.01) * gap else None


def fitted(members: Sequence[TextLine]) -> Row:
    """The row through these strings: both ends of each, longer strings counting more; heights from three strings on."""
    ends = np.array([point for line in members for point in (line.start, line.end)])
    weight = np.repeat([line.length for line in members], 2)
    slope, y0 = np.polyfit(ends[:, 0], ends[:, 1], 1, w=np.sqrt(weight))
    middle = float(np.average(ends[:, 0], weights=weight))
    tall = np.array([line.height / np.cos(np.radians(line.angle)) for line in members])
    growth, height = 0.0, float(np.median(tall))
    if len(members) >= 3:
        x = np.array([line.centre[0] for line in members]) - middle
        trust = np.ones(len(members))
        for _ in range(3):
            growth, height = (float(v) for v in np.polyfit(x, tall, 1, w=trust))
            trust = 1 / (1 + np.abs(tall - height - growth * x) / (0.15 * max(height, 1.0)))
        if height <= 0 or np.ptp(x) < 3 * height:
            growth, height = 0.0, float(np.median(tall))
    return Row(tuple(members), float(y0), float(slope), middle, height, growth)
