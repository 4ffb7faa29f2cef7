"""What can be read on a picture: the share that legible text covers, and that of legible advertising.

Text comes from `stages/ocr` (kept there for masks of the same picture). Agency marks (addresses, small text at the foot)
are no advertising. A string counts as advertising with the panel it stands on, estimated from its own height, unless it
stands on the main car. Where text cannot be read here nothing is measured; where reading fails the error goes up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from safelight.model.signals import Box
from safelight.stages import ocr
from safelight.stages.look.pixels import Working

_ADDRESS = re.compile(r"www|http|\.(com|fr|net|org|de|it|uk|photo)\b|©|@", re.IGNORECASE)
_SCORE, _LETTERS, _HEIGHT = 0.6, 3, 9.0
"""A string is legible from this score, this many letters and this height in pixels at 1,600 on the longest side."""
_FOOT = 0.88
"""Below this share of the height a single small string is a mark rather than a board."""
_ABOVE, _BESIDE = 0.7, 0.8
"""A panel's margin around its letters, in heights of the letters: the median of hand-drawn boards is about this."""
_CORE = 0.15
"""Share of the car's box left off at the sides and above: wings and boards behind the roof are no bodywork."""


def legible(picture: Working, things: Sequence[Box]) -> tuple[dict[str, float], tuple[Box, ...]]:
    """Signals `text_area` and `advertising` (shares), `texts` (strings off the main car, no marks), and boxes of kind "text".

    Empty where text cannot be read here.
    """
    if ocr.unavailable() is not None:
        return {}, ()
    height, width = picture.image.shape[:2]
    unit = max(height, width) / 1600
    car = next((box for box in things if box.kind == "car"), None)
    lines = [line for line in ocr.read(picture.image) if _readable(line, unit)]
    boards = [line for line in lines if not _mark(line, height, unit) and not _on(car, line, width, height)]
    size = (height, width)
    values = {
        "text_area": _share([_corners(line, 0.0, 0.0) for line in lines], size),
        "texts": float(len(boards)),
        "advertising": _share([_corners(line, _ABOVE, _BESIDE) for line in boards], size),
    }
    return values, tuple(_box(line, width, height) for line in lines)[:12]


def _readable(line: ocr.TextLine, unit: float) -> bool:
    return line.score >= _SCORE and line.letters >= _LETTERS and line.height >= _HEIGHT * unit


def _mark(line: ocr.TextLine, height: int, unit: float) -> bool:
    """An agency's address or a small line at the very foot."""
    return bool(_ADDRESS.search(line.text)) or (line.centre[1] > _FOOT * height and line.height < 45 * unit)


def _on(car: Box | None, line: ocr.TextLine, width: int, height: int) -> bool:
    """Whether the string stands on the car's body."""
    if car is None:
        return False
    x, y = line.centre[0] / width, line.centre[1] / height
    across, down = (car.right - car.left) * _CORE, (car.bottom - car.top) * _CORE
    return car.left + across < x < car.right - across and car.top + 2 * down < y < car.bottom


def _corners(line: ocr.TextLine, above: float, beside: float) -> npt.NDArray[np.float32]:
    """The string's quadrilateral, widened by margins in heights of its letters."""
    a, b, c, d = (np.array(point, np.float64) for point in line.polygon)
    along = (b - a) / max(1e-6, float(np.linalg.norm(b - a))) * line.height * beside
    up = (a - d) / max(1e-6, float(np.linalg.norm(a - d))) * line.height * above
    return np.array([a - along + up, b + along + up, c + along - up, d - along - up], np.float32)


def _share(shapes: Sequence[npt.NDArray[np.float32]], size: tuple[int, int]) -> float:
    """Share of the picture that the shapes cover together, drawn at a quarter of the size."""
    canvas = np.zeros((max(1, size[0] // 4), max(1, size[1] // 4)), np.uint8)
    for shape in shapes:
        cv2.fillPoly(canvas, [np.round(shape / 4).astype(np.int32)], 1)
    return float(canvas.mean(dtype=np.float64))


def _box(line: ocr.TextLine, width: int, height: int) -> Box:
    xs, ys = [point[0] / width for point in line.polygon], [point[1] / height for point in line.polygon]
    left, top, right, bottom = (min(1.0, max(0.0, value)) for value in (min(xs), min(ys), max(xs), max(ys)))
    return Box("text", left, top, right, bottom, line.score)
