"""Regions of VGG Image Annotator: leniently read JSON, shapes of all three versions, attributes and their choices.

Leniency: `undefined` counts as null and a comma before a closing bracket is overlooked, because real exports hold both.
Shapes: polygon, polyline (closed when its ends meet, else a line), line, rectangle, circle, ellipse, and the extreme
rectangle and circle of version 3. Points are no area: a region that is one carries no shape. Pure.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from safelight.learn.data.shapes import Ellipse, Line, Points, Polygon, Shape, circle_through, rectangle

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|\bundefined\b|,(?=\s*[}\]])', re.DOTALL)
_SHAPES3: Final = {1: "point", 2: "rect", 3: "circle", 4: "ellipse", 5: "line", 6: "polyline", 7: "polygon",
                   8: "extreme rect", 9: "extreme circle"}  # fmt: skip


@dataclass(frozen=True)
class Raw:
    """A region as read: the kind of shape, its numbers as the version has them, its attributes."""

    kind: str
    numbers: Any
    attributes: dict[str, tuple[str, ...]]


def lenient(text: str) -> Any:
    """JSON as real exports have it; raises json.JSONDecodeError."""
    mended = _TOKENS.sub(lambda found: _MENDED.get(found[0], found[0]), text)
    return json.loads(mended)


_MENDED: Final = {"undefined": "null     ", ",": " "}  # equally long, so that columns of errors stay true


def raw_region(shape: Any, attributes: Any) -> Raw:
    """A region of version 1 or 2: the shape names itself and its numbers."""
    numbers = shape if isinstance(shape, dict) else {}
    return Raw(str(numbers.get("name", "")), numbers, _attributes(attributes))


def _attributes(value: Any) -> dict[str, tuple[str, ...]]:
    """Non-empty values; ticked boxes (`{"car": true}`) as the names of those ticked."""
    kept: dict[str, tuple[str, ...]] = {}
    for name, given in value.items() if isinstance(value, dict) else ():
        if isinstance(given, dict):
            words = [str(word) for word, ticked in given.items() if ticked]
        else:
            words = [] if given is None or isinstance(given, list) else [str(given)]
        words = [" ".join(word.split()) for word in words]
        if any(words):
            kept[str(name)] = tuple(word for word in words if word)
    return kept


Options = dict[str, tuple[str, dict[str, str]]]
"""By attribute id: its name, and its choices by their id."""


def options_of(comments: Iterable[str]) -> Options:
    """The attributes told in the comment lines of a CSV file of version 3; none where they cannot be read."""
    for line in comments:
        if line.startswith("# ATTRIBUTE") and "=" in line:
            text = line.split("=", 1)[1].strip()
            # A spreadsheet that saved the file again has doubled its quotes.
            for written in (text, text.strip('"').replace('""', '"')):
                with suppress(ValueError, RecursionError):
                    return options_in(lenient(written))
    return {}


def options_in(value: Any) -> Options:
    """The attributes of a project of version 3, with the choices each offers."""
    found: Options = {}
    for key, raw in value.items() if isinstance(value, dict) else ():
        if isinstance(raw, dict):
            choices = raw.get("options")
            choices = {str(k): str(v) for k, v in choices.items()} if isinstance(choices, dict) else {}
            found[str(key)] = str(raw.get("aname", key)), choices
        else:
            found[str(key)] = str(raw), {}
    return found


def raw_region3(place: Any, attributes: Any, options: Options) -> Raw:
    """Version 3 has the kind as a number before the coordinates, and choices by their ids (`0,2` for two boxes)."""
    numbers = place if isinstance(place, list) else [place]
    kind = _SHAPES3.get(numbers[0], str(numbers[0])) if numbers and isinstance(numbers[0], int) else str(numbers[:1])
    kept: dict[str, Any] = {}
    for key, given in attributes.items() if isinstance(attributes, dict) else ():
        name, choices = options.get(str(key), (str(key), {}))
        parts = str(given).split(",")
        known = choices and all(part in choices for part in parts)
        kept[name] = {choices[part]: True for part in parts} if known else given
    return Raw(kind, numbers[1:], _attributes(kept))


def whole(value: Any) -> int:
    """A count or size as a whole number; 0 for what is none."""
    try:
        return max(0, int(value))
    except (ArithmeticError, TypeError, ValueError):
        return 0


def shape_of(kind: str, numbers: Any) -> Shape | None:
    """The shape, None for a point; raises KeyError, TypeError or ValueError for what is none."""
    return READERS[kind](numbers)


def _of(numbers: Any, *names: str) -> list[float]:
    """The named numbers of version 1/2, or as many in a row of version 3."""
    if isinstance(numbers, dict):
        values = [numbers[name] for name in names]
    else:
        values = list(numbers)
        if len(values) != len(names):
            raise ValueError("too few or too many numbers")
    return [_finite(value) for value in values]


def _points(numbers: Any) -> Points:
    if isinstance(numbers, dict):
        x, y = numbers["all_points_x"], numbers["all_points_y"]
    else:
        x, y = numbers[0::2], numbers[1::2]
    if len(x) != len(y) or not x:
        raise ValueError("coordinates without partner")
    return np.array([[_finite(a), _finite(b)] for a, b in zip(x, y, strict=True)], np.float64)


def _finite(value: Any) -> float:
    number = float("nan") if isinstance(value, bool) or value is None else float(value)
    if not math.isfinite(number) or abs(number) > 1e9:
        raise ValueError("no number")
    return number


def _ellipse(numbers: Any) -> Ellipse:
    x, y, a, b = _of(numbers, "cx", "cy", "rx", "ry")
    return Ellipse(x, y, a, b, _finite(numbers.get("theta", 0.0)) if isinstance(numbers, dict) else 0.0)


def _circle(numbers: Any) -> Ellipse:
    x, y, radius = _of(numbers, "cx", "cy", "r")
    return Ellipse(x, y, radius, radius)


def _extreme_rect(numbers: Any) -> Shape:
    points = _points(numbers)
    return rectangle(*points.min(0), *(points.max(0) - points.min(0)))


def _extreme_circle(numbers: Any) -> Shape:
    points = _points(numbers)
    if len(points) != 3:
        raise ValueError("three points make a circle")
    return circle_through(points) or Polygon(points)


READERS: Final[dict[str, Callable[[Any], Shape | None]]] = {
    "polygon": lambda numbers: Polygon(_points(numbers)),
    "polyline": lambda numbers: Line(_points(numbers)),
    "line": lambda numbers: Line(_points(numbers)),
    "rect": lambda numbers: rectangle(*_of(numbers, "x", "y", "width", "height")),
    "circle": _circle,
    "ellipse": _ellipse,
    "extreme rect": _extreme_rect,
    "extreme circle": _extreme_circle,
    "point": lambda _: None,
}
