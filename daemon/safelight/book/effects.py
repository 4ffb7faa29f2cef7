"""What a comic draws over its pictures: sound words, speed lines, focus lines, rays. Pure; no chance is involved.

All that looks thrown by hand comes from `unrest`, a fixed function of a seed and a number: the same page is drawn the
same way every time. Nothing stands on a car, a number or a face: callers name the places to keep free.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from safelight.book.context import Letter, Noise, Rect

Colour = Literal["yellow", "red", "white", "rain"]

NOISES: dict[str, dict[str, tuple[tuple[str, Colour], ...]]] = {
    "passing": {
        "fr": (("VRRRR", "red"), ("FWIIISH", "white"), ("VROAR", "yellow"), ("VVVMMM", "yellow")),
        "en": (("VRRRR", "red"), ("FWOOSH", "white"), ("ROAR", "yellow"), ("VVVMMM", "yellow")),
    },
    "splash": {"fr": (("VROAAAR", "red"), ("VRRAAAM", "yellow")), "en": (("VROOOAR", "red"), ("VRRAAAM", "yellow"))},
    "braking": {"fr": (("SKRIII", "white"),), "en": (("SCREEE", "white"),)},
    "pit": {"fr": (("BZZZT", "red"), ("CLAC", "yellow")), "en": (("BZZZT", "red"), ("CLACK", "yellow"))},
    "rain": {"fr": (("PLIC PLOC", "rain"),), "en": (("SPLISH", "rain"),)},
    "arrival": {"fr": (("ARRIVÉE !", "yellow"),), "en": (("FINISH!", "yellow"),)},
}
"""The closed list, by kind and language."""

TELLS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("rain", ("pluie", "rain", "averse", "wet")),
    ("pit", ("stand", "pit", "ravitaillement", "mecanicien", "mécanicien", "tyre", "pneu")),
    ("braking", ("freinage", "braking", "brake")),
)
"""Words of a caption or a file name that tell the kind of noise."""

_ADVANCE = {
    **dict.fromkeys("ABDGHKNOQUVX", 740), **dict.fromkeys("CEFLPRSTYZÉ", 610), "I": 311, "J": 436, "M": 960, "W": 1065,
    "!": 292, " ": 231, "'": 227, "’": 227, ":": 265,
}  # fmt: skip
TIGHT = 0.9


def unrest(seed: int, number: int) -> float:
    """A value in −1…1 that looks thrown: the same for the same two numbers."""
    value = math.sin(seed * 12.9898 + number * 78.233) * 43758.5453
    return 2 * (value - math.floor(value)) - 1


def advance(char: str) -> float:
    """Width of a letter of the noise face in em."""
    return _ADVANCE.get(char, 580) / 1000


def kind_of(words: str) -> str:
    """Which noise these words speak of; passing where they say nothing."""
    plain = words.casefold()
    return next((kind for kind, tells in TELLS if any(tell in plain for tell in tells)), "passing")


def noise(word: str, colour: Colour, x: float, y: float, small: float, large: float, seed: int) -> Noise:
    """The word from (x, y), the left end of its base line, its letters growing from `small` to `large` mm em."""
    letters, at = [], 0.0
    for place, char in enumerate(word):
        size = small + (large - small) * place / max(1, len(word) - 1)
        letters.append(Letter(char, round(at, 3), round(0.045 * size * unrest(seed, place), 3), round(size, 3)))
        at += advance(char) * size * TIGHT
    turn = -6.0 - 3.0 * abs(unrest(seed, 91))
    return Noise(word, round(x, 3), round(y, 3), round(turn, 2), -10.0, tuple(letters), round(0.09 * large, 3), colour)


def room_of(word: str, small: float, large: float) -> tuple[float, float]:
    """Width and height in mm that the turned word takes."""
    sizes = [small + (large - small) * place / max(1, len(word) - 1) for place in range(len(word))]
    long_ = sum(advance(char) * size * TIGHT for char, size in zip(word, sizes, strict=True))
    turn = math.radians(9)
    return long_ * math.cos(turn) + 0.3 * large, 0.85 * large + long_ * math.sin(turn)


def fitted(words: Sequence[tuple[str, Colour]], room: Rect, largest: float, seed: int) -> Noise | None:
    """One of these words as large as it goes into this room, or None where it would be small."""
    word, colour = words[seed % len(words)]
    large = largest
    while large >= 8:
        wide, high = room_of(word, 0.55 * large, large)
        if wide <= room.w and high <= room.h:
            x = room.x + (room.w - wide) / 2
            y = room.bottom - (room.h - high) / 2 - 0.1 * large
            return noise(word, colour, x, y, 0.55 * large, large, seed)
        large *= 0.88
    return None


def pans(frame: Rect, keep: Rect, seed: int) -> str:
    """Speed lines along a panel, in the free bands above and below what is kept; an SVG path."""
    path: list[str] = []
    bands = [(frame.y + 1.5, keep.y - 2), (keep.bottom + 2, frame.bottom - 1.5)]
    for index, (top, low) in enumerate(bands):
        if low - top < 4:
            continue
        for line in range(min(8, int((low - top) / 2.2) + 1)):
            number = 20 * index + line
            y = top + (low - top) * (0.5 + 0.5 * unrest(seed, number))
            long_ = frame.w * (0.3 + 0.3 * (1 + unrest(seed, number + 7)))
            thick = 0.14 + 0.18 * (1 + unrest(seed, number + 3))
            left = frame.x + (frame.w - long_) * (0.5 + 0.5 * unrest(seed, number + 11))
            path.append(_wedge(left, y, left + long_, y, thick))
    return "".join(path)


def _wedge(x1: float, y1: float, x2: float, y2: float, thick: float) -> str:
    """A thin triangle, thickest at its first end."""
    dx, dy = x2 - x1, y2 - y1
    long_ = math.hypot(dx, dy) or 1.0
    nx, ny = -dy / long_ * thick / 2, dx / long_ * thick / 2
    return f"M{x1 + nx:.2f} {y1 + ny:.2f}L{x2:.2f} {y2:.2f}L{x1 - nx:.2f} {y1 - ny:.2f}z"


def rays(frame: Rect, keep: Rect, seed: int, count: int = 110, ragged: float = 0.45) -> str:
    """Focus lines from outside the frame to an ellipse at least 5 around what is kept; an SVG path."""
    cx, cy = keep.x + keep.w / 2, keep.y + keep.h / 2
    rx, ry = (keep.w / 2 + 5) * 1.42, (keep.h / 2 + 5) * 1.42
    reach = math.hypot(frame.w, frame.h)
    path: list[str] = []
    for line in range(count):
        angle = 2 * math.pi * (line + 0.8 * unrest(seed, line)) / count
        start = 1 + ragged * (1 + unrest(seed, line + 300)) / 2 * 1.6
        x, y = cx + rx * start * math.cos(angle), cy + ry * start * math.sin(angle)
        half = math.radians(0.12 + 0.34 * (1 + unrest(seed, line + 600)) / 2)
        one = (cx + reach * math.cos(angle - half), cy + reach * math.sin(angle - half))
        two = (cx + reach * math.cos(angle + half), cy + reach * math.sin(angle + half))
        if not (frame.x < x < frame.right and frame.y < y < frame.bottom):
            continue
        path.append(f"M{x:.2f} {y:.2f}L{one[0]:.1f} {one[1]:.1f}L{two[0]:.1f} {two[1]:.1f}z")
    return "".join(path)
