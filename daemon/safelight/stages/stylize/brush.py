"""Painting with our own brush: curved strokes in layers from broad to fine, in the colours of the style.

After Hertzmann 1998: each layer sees the photo blurred to its brush, and paints where the canvas still differs from
it; strokes follow the photo's edges (structure tensor) and end where another colour would serve better. Bristles leave
grooves that catch the light, the more so the more textured the style is. The quick alternative to `patches`: the
palette is the style's, the stroke is ours. Same bytes whatever the number of threads: strokes are laid down in one
fixed order within each band of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from safelight.model.errors import PlainStyle
from safelight.stages.base import Image, Painting, Stylizer, unit
from safelight.stages.patches.guides import blurred, fidelity, luminance, strokes
from safelight.stages.patches.jit import compiled, in_bands
from safelight.stages.patches.palette import recoloured

Floats = npt.NDArray[np.float32]

RADII = (22.0, 11.0, 5.5, 2.75)
"""Half widths of the brushes at strength 0.6, in pixels at 1,600."""
STEPS = 9
"""A stroke has at most so many pieces, each about one radius long."""
PHOTO_BELOW = 0.2


class Brush(Stylizer):
    """stylize with curved strokes of our own in the style's palette."""

    name = "brush"

    def _paint(self, image: Image, painting: Painting, seed: int) -> Image:
        if painting.strength == 0:
            return image.copy()
        if float(painting.style.reshape(-1, 3).std(axis=0).max()) < 1.0:
            raise PlainStyle(stage="stylize", reason="the style picture is one flat colour")
        wished = image if painting.colour == "photo" else recoloured(image, painting.style)
        result = _Canvas(image, wished, painting, seed).painted()
        if painting.strength < PHOTO_BELOW:
            share = painting.strength / PHOTO_BELOW
            result = cv2.addWeighted(result, share, image, 1 - share, 0)
        return result


@dataclass(frozen=True)
class Strokes:
    """Strokes in the order in which they are laid down. n strokes of at most STEPS + 1 points."""

    points: Floats
    """(n, STEPS + 1, 2): y, x."""
    count: npt.NDArray[np.int32]
    """(n,) points used, 2 or more."""
    colour: Floats
    """(n, 3), 0–255."""


class _Canvas:
    """One painting: canvas and relief grow layer by layer."""

    def __init__(self, image: Image, wished: Image, painting: Painting, seed: int) -> None:
        self.wished = wished.astype(np.float32)
        self.rng = np.random.default_rng(seed % 2**63)
        self.strength = painting.strength
        scale = unit(image)
        tone = luminance(image)
        self.held = fidelity(tone, painting.protect, scale)
        self.turn = strokes(tone, max(1.5, 5 * scale))
        self.width = scale * float(np.exp(np.interp(painting.strength, (0, 0.6, 1), np.log([0.4, 1.0, 1.8]))))
        self.texture = _texture(painting.style)
        # A toned ground, as painters use it: what no stroke covers shows the picture's broad tones.
        self.canvas = blurred(self.wished, max(1.0, RADII[0] * self.width))
        self.relief = np.zeros(image.shape[:2], np.float32)

    def painted(self) -> Image:
        """All layers, the fine tone where it must stay readable, and light on the grooves."""
        for k, radius in enumerate(RADII):
            self._layer(max(0.8, radius * self.width), k)
        share = float(np.interp(self.strength, (0, 0.3, 0.6, 1), (0.9, 0.6, 0.4, 0.15))) * self.held
        there = _tone(self.canvas)
        offset = share * (_tone(self.wished) - blurred(there, max(0.7, self.width)))
        lit = self.canvas + offset[..., None] + (self._light() * (1 - 0.7 * self.held))[..., None]
        return np.rint(np.clip(lit, 0, 255)).astype(np.uint8)

    def _light(self) -> Floats:
        """Brightness from lamp light at the upper left grazing the relief, in 0–255 units."""
        shape = blurred(self.relief, 0.6)
        slope = cv2.Sobel(shape, cv2.CV_32F, 1, 0, scale=0.25) + cv2.Sobel(shape, cv2.CV_32F, 0, 1, scale=0.25)
        # Scaled to the pixels' own slope, so that small previews look like the large picture.
        light: Floats = (np.clip(slope, -1, 1) * (40 * self.texture)).astype(np.float32)
        return light

    def _layer(self, radius: float, number: int) -> None:
        aim = blurred(self.wished, 0.6 * radius)
        starts = self._starts(aim, radius, number)
        if not len(starts):
            return
        laid = self._traced(aim, starts, radius)
        low = laid.points[..., 0].min(axis=1) - radius - 1
        high = laid.points[..., 0].max(axis=1) + radius + 1
        seed = int(self.rng.integers(2**31))

        def work(_: int, first: int, end: int) -> None:
            mine = np.flatnonzero((high >= first) & (low < end))
            draw(
                self.canvas, self.relief, laid.points, laid.count, laid.colour, mine,
                np.float32(radius), np.float32(14 * self.texture), seed, first, end,
            )  # fmt: skip

        in_bands(self.canvas.shape[0], work)

    def _starts(self, aim: Floats, radius: float, number: int) -> Floats:
        """Where strokes begin, (n, 2): one in each cell of a grid whose mean error calls for it, in random order."""
        step = max(2.0, radius)
        high, wide = aim.shape[:2]
        rows, columns = max(1, round(high / step)), max(1, round(wide / step))
        error = np.abs(self.canvas - aim).mean(axis=2)
        error = error * (1 + 2 * self.held) if number >= 2 else error
        mean = cv2.resize(error, (columns, rows), interpolation=cv2.INTER_AREA)
        # Strokes differ from one another on purpose (texture); that alone must not call a finer brush.
        limit = (0.0, 5.0, 7.0, 8.0)[number] * float(np.interp(self.strength, (0, 0.6, 1), (0.5, 1, 2)))
        limit += 9 * self.texture if number else 0
        cells = np.argwhere(mean >= limit).astype(np.float32)
        cells = cells[self.rng.permutation(len(cells))]
        place = (cells + self.rng.random((len(cells), 2), np.float32)) * np.array([high / rows, wide / columns])
        inside: Floats = np.minimum(place, np.array([high - 1, wide - 1])).astype(np.float32)
        return inside

    def _traced(self, aim: Floats, starts: Floats, radius: float) -> Strokes:
        """Every start followed along the edges, until another colour would serve the picture better."""
        count = len(starts)
        points = np.repeat(starts[:, None], STEPS + 1, axis=1)
        used = np.full(count, 2, np.int32)
        colour = _at(aim, starts)
        heading = np.zeros((count, 2), np.float32)
        alive = np.ones(count, np.bool_)
        limits = np.array([aim.shape[0] - 1, aim.shape[1] - 1], np.float32)
        for k in range(1, STEPS + 1):
            here = points[:, k - 1]
            way = _along(_at(self.turn, here))
            sign = np.where((way * heading).sum(axis=1) < 0, -1, 1).astype(np.float32)
            fresh = way * sign[:, None]
            heading = fresh if k == 1 else 0.55 * heading + 0.45 * fresh
            heading /= np.maximum(np.sqrt((heading**2).sum(axis=1, keepdims=True)), 1e-6)
            there = np.clip(here + heading * np.float32(max(1.5, radius)), 0, limits)
            wanted = _at(aim, there)
            worse = np.abs(wanted - colour).sum(axis=1) > np.abs(wanted - _at(self.canvas, there)).sum(axis=1)
            alive &= ~(worse & (k > 3))
            points[:, k] = np.where(alive[:, None], there, here)
            used = np.where(alive, k + 1, used).astype(np.int32)
        spread = 7 * self.texture
        shift = self.rng.normal(0, spread, (count, 1)) + self.rng.normal(0, spread / 2, (count, 3))
        return Strokes(points, used, np.clip(colour + shift, 0, 255).astype(np.float32))


def _texture(style: Image) -> float:
    """How rough the style's surface is, 0.35 (a flat print) to 1.2 (thick paint): its fine contrast."""
    factor = min(1.0, 1000 / max(style.shape[:2]))
    size = (max(1, round(style.shape[1] * factor)), max(1, round(style.shape[0] * factor)))
    tone = luminance(cv2.resize(style, size, interpolation=cv2.INTER_AREA))
    return float(np.clip((tone - blurred(tone, 1.0)).std() / 22, 0.35, 1.2))


def _tone(picture: Floats) -> Floats:
    weighted: Floats = 0.299 * picture[..., 0] + 0.587 * picture[..., 1] + 0.114 * picture[..., 2]
    return weighted.astype(np.float32)


def _at(plane: Floats, places: Floats) -> Floats:
    """The values of the pixels at `places` (n, 2)."""
    nearest = np.rint(places).astype(np.intp)
    return plane[nearest[:, 0], nearest[:, 1]]


def _along(turn: Floats) -> Floats:
    """Unit vectors (n, 2: y, x) along the edges, from cos and sin of twice the gradient's angle."""
    angle = np.arctan2(turn[:, 1], turn[:, 0]) / 2 + np.float32(np.pi / 2)
    return np.stack([np.sin(angle), np.cos(angle)], axis=1).astype(np.float32)


@compiled
def _groove(stroke: int, lane: int, seed: int) -> Any:
    """A number in -1–1 for each bristle of each stroke."""
    h = np.uint64(stroke) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(lane + 64) * np.uint64(0xC2B2AE3D27D4EB4F)
    h = (h + np.uint64(seed)) ^ (h >> np.uint64(29))
    h *= np.uint64(0xBF58476D1CE4E5B9)
    h ^= h >> np.uint64(32)
    return np.float32(h & np.uint64(0xFFFF)) / np.float32(32767.5) - np.float32(1)


@compiled
def draw(
    canvas: Any, relief: Any, points: Any, count: Any, colour: Any, order: Any,
    radius: Any, rough: Any, seed: int, first: int, end: int,
) -> None:  # fmt: skip
    """Lay down the strokes `order` on rows `first` to `end`: opaque, soft-edged, each bristle a little lighter or darker.

    `rough` is the difference between bristles in 0–255 units; `relief` receives their height, -1–1.
    """
    wide = canvas.shape[1]
    lanes = max(2, min(9, int(radius)))
    for s in order:
        for k in range(count[s] - 1):
            y0, x0, y1, x1 = points[s, k, 0], points[s, k, 1], points[s, k + 1, 0], points[s, k + 1, 1]
            dy, dx = y1 - y0, x1 - x0
            length = np.sqrt(dy * dy + dx * dx)
            if length < np.float32(1e-3):
                continue
            dy /= length
            dx /= length
            top, bottom = max(first, int(min(y0, y1) - radius)), min(end - 1, int(max(y0, y1) + radius) + 1)
            left, right = max(0, int(min(x0, x1) - radius)), min(wide - 1, int(max(x0, x1) + radius) + 1)
            for y in range(top, bottom + 1):
                for x in range(left, right + 1):
                    along = (y - y0) * dy + (x - x0) * dx
                    across = (x - x0) * dy - (y - y0) * dx
                    # A round end at both ends of the stroke; at a joint only the earlier piece has one, else every
                    # joint would show as a rib.
                    if along < 0 and k > 0:
                        continue
                    beyond = max(-along, along - length, np.float32(0))
                    away = np.sqrt(across * across + beyond * beyond)
                    if away >= radius:
                        continue
                    cover = min(np.float32(1), radius - away)
                    # Bristles: values at the lanes, straight lines between them.
                    place = (across / radius + np.float32(1)) * np.float32(0.5) * lanes
                    lane = int(place)
                    share = place - lane
                    groove = (1 - share) * _groove(s, lane, seed) + share * _groove(s, lane + 1, seed)
                    light = rough * groove
                    for c in range(3):
                        canvas[y, x, c] += cover * (colour[s, c] + light - canvas[y, x, c])
                    ridge = groove + np.float32(0.35) * (away / radius)
                    relief[y, x] += cover * (ridge - relief[y, x])
