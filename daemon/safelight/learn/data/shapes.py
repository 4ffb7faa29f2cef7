"""Shapes drawn by hand, as the pixels they cover. Pure.

Coordinates are in pixels, origin at the picture's top left corner, x to the right: pixel (column c, row r) is the square
from (c, r) to (c + 1, r + 1). A pixel belongs to a shape when its centre lies inside; so a rectangle of 4 × 5 at whole
coordinates covers 20 pixels, and neighbours that share an edge share no pixel. What lies beyond the picture is cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""(n, 2): x and y."""
Rule = Literal["winding", "even-odd"]
Size = tuple[int, int]
"""(width, height) in pixels."""

LINE_WIDTH = 3.0
"""Pixels across which an open line is drawn: it has no area of its own."""
_CLOSED = 2.0  # pixels between the ends of a line that is meant to enclose something


@dataclass(frozen=True, eq=False)
class Patch:
    """Covered pixels: `inside` (rows, columns) bool, its first pixel at row `top`, column `left`."""

    top: int
    left: int
    inside: npt.NDArray[np.bool_]

    def window(self) -> tuple[slice, slice]:
        """Where it lies in the whole picture."""
        rows, columns = self.inside.shape
        return slice(self.top, self.top + rows), slice(self.left, self.left + columns)

    @property
    def area(self) -> int:
        """Covered pixels."""
        return int(np.count_nonzero(self.inside))


NOTHING = Patch(0, 0, np.zeros((0, 0), bool))


@dataclass(frozen=True, eq=False)
class Polygon:
    """Corners in order, closed by itself. `winding` fills all that a pencil went around (as a browser draws it),
    `even-odd` leaves holes where it crosses itself.
    """

    points: Points
    rule: Rule = "winding"

    def bounds(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom)."""
        return _bounds(self.points)

    def draw(self, size: Size) -> Patch:
        """The pixels inside."""
        box = _box(self.bounds(), size)
        if box is None:
            return NOTHING
        left, top, right, bottom = box
        start, end = self.points, np.roll(self.points, -1, axis=0)
        low, high = (
            np.ceil(f(start[:, 1], end[:, 1]) - 0.5).clip(top, bottom).astype(np.int64)
            for f in (np.minimum, np.maximum)
        )
        counts = high - low
        edge = np.repeat(np.arange(len(counts)), counts)
        row = low[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
        run, rise = (end - start)[edge].T
        x = start[edge, 0] + (row + 0.5 - start[edge, 1]) * (run / rise)
        column = np.ceil(x - 0.5).clip(left, right).astype(np.int64) - left
        turns = np.zeros((bottom - top, right - left + 1), np.int32)
        np.add.at(turns, (row - top, column), np.where(rise > 0, 1, -1))
        around = np.cumsum(turns[:, :-1], axis=1)
        return Patch(top, left, around != 0 if self.rule == "winding" else (around & 1).astype(bool))


@dataclass(frozen=True)
class Ellipse:
    """Centre, half axes in pixels, and the angle by which the first axis is turned (radians, clockwise on the screen)."""

    x: float
    y: float
    a: float
    b: float
    angle: float = 0.0

    def bounds(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom)."""
        across = float(np.hypot(self.a * np.cos(self.angle), self.b * np.sin(self.angle)))
        down = float(np.hypot(self.a * np.sin(self.angle), self.b * np.cos(self.angle)))
        return self.x - across, self.y - down, self.x + across, self.y + down

    def draw(self, size: Size) -> Patch:
        """The pixels inside."""
        box = _box(self.bounds(), size)
        if box is None or self.a <= 0 or self.b <= 0:
            return NOTHING
        x, y = _centres(box)
        x, y = x - self.x, y - self.y
        along = (x * np.cos(self.angle) + y * np.sin(self.angle)) / self.a
        across = (y * np.cos(self.angle) - x * np.sin(self.angle)) / self.b
        return Patch(box[1], box[0], along**2 + across**2 <= 1)


@dataclass(frozen=True, eq=False)
class Line:
    """A line through points. One whose ends meet encloses an area; an open one is drawn LINE_WIDTH pixels across."""

    points: Points

    @property
    def closed(self) -> bool:
        """Whether its ends meet."""
        return len(self.points) > 3 and float(np.linalg.norm(self.points[0] - self.points[-1])) <= _CLOSED

    def bounds(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) of its points."""
        return _bounds(self.points)

    def draw(self, size: Size) -> Patch:
        """The pixels inside or under it."""
        if self.closed:
            return Polygon(self.points).draw(size)
        half = LINE_WIDTH / 2
        left, top, right, bottom = self.bounds()
        box = _box((left - half, top - half, right + half, bottom + half), size)
        if box is None:
            return NOTHING
        x, y = _centres(box)
        under = np.zeros((box[3] - box[1], box[2] - box[0]), bool)
        for start, end in zip(self.points[:-1], self.points[1:], strict=True):
            along = end - start
            length = float(along @ along)
            part = ((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length if length else np.zeros_like(x + y)
            part = part.clip(0, 1)
            under |= (x - start[0] - part * along[0]) ** 2 + (y - start[1] - part * along[1]) ** 2 <= half**2
        return Patch(box[1], box[0], under)


Shape = Polygon | Ellipse | Line


def rectangle(x: float, y: float, width: float, height: float) -> Polygon:
    """A rectangle by its top left corner and its size (negative sizes go to the left and up)."""
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    return Polygon(np.array(corners, np.float64))


def circle_through(points: Points) -> Ellipse | None:
    """The circle through three points, or None where they lie on a line."""
    (ax, ay), (bx, by), (cx, cy) = points
    twice = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
    if abs(twice) < 1e-9:
        return None
    a, b, c = ax**2 + ay**2, bx**2 + by**2, cx**2 + cy**2
    x = (a * (by - cy) + b * (cy - ay) + c * (ay - by)) / twice
    y = (a * (cx - bx) + b * (ax - cx) + c * (bx - ax)) / twice
    radius = float(np.hypot(ax - x, ay - y))
    return Ellipse(float(x), float(y), radius, radius)


def beyond(shape: Shape, size: Size) -> bool:
    """Whether a part of the shape lies outside the picture; half a pixel is nobody's mistake."""
    left, top, right, bottom = shape.bounds()
    return left < -0.5 or top < -0.5 or right > size[0] + 0.5 or bottom > size[1] + 0.5


def _bounds(points: Points) -> tuple[float, float, float, float]:
    (left, top), (right, bottom) = points.min(0), points.max(0)
    return float(left), float(top), float(right), float(bottom)


def _box(bounds: tuple[float, float, float, float], size: Size) -> tuple[int, int, int, int] | None:
    """(left, top, right, bottom) of the pixels that may be covered, or None."""
    low, high = np.floor(bounds[:2]).clip(0, size), np.ceil(bounds[2:]).clip(0, size)
    left, top, right, bottom = (int(value) for value in (*low, *high))
    return (left, top, right, bottom) if left < right and top < bottom else None


def _centres(box: tuple[int, int, int, int]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """X (1, columns) and y (rows, 1) of the pixels' centres."""
    left, top, right, bottom = box
    return np.arange(left, right, dtype=np.float64)[None] + 0.5, np.arange(top, bottom, dtype=np.float64)[:, None] + 0.5
