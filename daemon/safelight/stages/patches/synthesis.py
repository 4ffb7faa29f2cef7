"""Guided patch synthesis: repaint a picture so that every patch of it is a patch of the paint box.

Image Analogies (Hertzmann 2001) with the nearest-neighbour synthesis of GPNN (Granot 2022), searched by PatchMatch
(Barnes 2009) with an occurrence penalty (Kaspar 2015). Coarse to fine: the field found at one level is carried up
exactly, and the picture of the next level is voted from the sharp paint box through it; enlarging the picture itself,
or jittering the field, would lose the strokes. Bytes do not depend on the number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Image
from safelight.stages.patches.atlas import Sheet
from safelight.stages.patches.jit import bands, in_bands
from safelight.stages.patches.kernels import NEVER, carry_up, sweep, vote

Floats = npt.NDArray[np.float32]
Field = npt.NDArray[np.int32]

PASSES = (1, 2, 2, 4)
"""Passes from the finest level; the coarsest ones all get the last number."""
TRIES = (1, 4, 6)
"""Random tries from the finest level, likewise."""


@dataclass(frozen=True)
class Settings:
    """How freely to paint. `tone` weighs the guide (0.4 wild – 4 light), `hold` raises it where F is 1."""

    p: int = 7
    levels: int = 4
    """Of the pyramid, at 1,600 px: more of them let the style shape larger forms."""
    tone: float = 1.0
    hold: float = 3.0
    mix: float = 0.6
    """Share of the content put back before each pass where F is 1."""
    spread: float = 0.15
    """Weight of the occurrence penalty, in mean distances."""
    turn: float = 0.4
    """Weight of the strokes' direction, in mean distances."""
    small: float = 0.3
    """What a patch of the half-size copy costs, in mean distances."""
    robust: float = 0.003
    seed: int = 0


@dataclass(frozen=True)
class Level:
    """What one level is painted from; all arrays of its size, each side at least p."""

    content: Image
    """The content in the colours of the style."""
    guide: Floats
    """Its blurred tone, matched to that of the style, 0–255."""
    fidelity: Floats
    turn: Floats
    """(height, width, 3) from guides.strokes."""


def pyramid(level: Level, levels: int) -> list[Level]:
    """`level` and its halvings, finest first; both sides must be multiples of 2^(levels - 1)."""
    result = [level]
    for _ in range(levels - 1):
        last = result[-1]
        size = (last.guide.shape[1] // 2, last.guide.shape[0] // 2)
        result.append(
            Level(
                *(
                    cv2.resize(a, size, interpolation=cv2.INTER_AREA)
                    for a in (last.content, last.guide, last.fidelity, last.turn)
                )
            )
        )
    return result


def painted(levels: list[Level], box: list[Sheet], settings: Settings) -> Image:
    """The picture of the finest level, every patch of it copied from the paint box `box` (same number of levels)."""
    field: Field | None = None
    target = np.empty((0, 0, 4), np.uint8)
    for k in reversed(range(len(levels))):
        work = _Work(levels[k], box[k], settings)
        if field is None:
            work.start()
        else:
            work.carry(field)
        first = field is None
        for turn in range(PASSES[min(k, len(PASSES) - 1)]):
            work.improve(first=first and turn == 0, tries=TRIES[min(k, len(TRIES) - 1)], number=16 * k + turn)
        field, target = work.field, work.target
    return target[..., :3].copy()


class _Work:
    """The state of one level: target, field, costs and penalties."""

    def __init__(self, level: Level, sheet: Sheet, settings: Settings) -> None:
        self.level, self.sheet, self.settings = level, sheet, settings
        p = settings.p
        high, wide = level.guide.shape
        self.rows, self.columns = high - p + 1, wide - p + 1
        self.patch = (0,) * p
        self.target = np.dstack([level.content, np.rint(level.guide).astype(np.uint8)])
        self.field: Field = np.zeros((self.rows, self.columns, 2), np.int32)
        self.cost = np.full((self.rows, self.columns), 4e9, np.float32)
        self.side = np.dstack([sheet.penalty, sheet.turn]).astype(np.float32)
        self.side[..., 0] = np.where(sheet.penalty >= NEVER, NEVER, 0)
        self.used: Floats | None = None
        self.mean = 0.0
        middle = slice(p // 2, p // 2 + self.rows), slice(p // 2, p // 2 + self.columns)
        unit = 1.0 / (p * p * 255.0**2)
        self.colour = np.float32(unit / 3)
        self.guide = (unit * settings.tone**2 * (1 + settings.hold * level.fidelity[middle])).astype(np.float32)
        self.wish = np.ascontiguousarray(level.turn[middle])
        self.everywhere = np.ones((high, wide), np.uint8)
        self.bell = bell(p, 1.0, 2)

    def start(self) -> None:
        """A random field over the usable patches."""
        grid = np.arange(self.rows * self.columns, dtype=np.uint64)
        with np.errstate(over="ignore"):
            bits = (grid + np.uint64(self.settings.seed % 2**32 + 1)) * np.uint64(0x9E3779B97F4A7C15)
            bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        pick = self.sheet.places[((bits >> np.uint64(32)) % np.uint64(len(self.sheet.places))).astype(np.intp)]
        width = self.sheet.penalty.shape[1]
        self.field[..., 0] = (pick // width).reshape(self.rows, self.columns)
        self.field[..., 1] = (pick % width).reshape(self.rows, self.columns)

    def carry(self, coarse: Field) -> None:
        """The field of the level below, and the picture it votes for."""
        half = self.settings.p // 2
        in_bands(self.rows, lambda _, a, b: carry_up(coarse, self.field, self.side, np.array([a, b]), half))
        self.vote(np.ones((self.rows, self.columns), np.float32))

    def improve(self, *, first: bool, tries: int, number: int) -> None:
        """One pass: put content back where protected, sweep forth and back, vote."""
        share = (self.settings.mix * self.level.fidelity)[..., None]
        colours = self.target[..., :3]
        mixed = colours + share * (self.level.content.astype(np.float32) - colours)
        self.target[..., :3] = np.rint(mixed).astype(np.uint8)
        aim = self.wish.copy()
        aim[..., 2] *= 0.0 if first else self.settings.turn * self.mean
        radius = max(self.side.shape[:2]) // (1 if first else 2)
        for k in range(4 if first else 2):
            self.sweep(aim, tries, radius, forward=k % 2 == 0, renew=k == 0, number=4 * number + k)
        self.mean = float(self.cost.mean())
        self._penalise()
        limit = max(float(np.percentile(self.cost[::3, ::3], 75)), 1e-9)
        ratio = self.cost / np.float32(limit)
        self.vote((1 / (np.float32(0.001) + ratio * ratio)).astype(np.float32))

    def sweep(self, aim: Floats, tries: int, radius: int, *, forward: bool, renew: bool, number: int) -> None:
        """Propagate and search once over the whole field, band by band."""
        parts = bands(self.rows)
        row = [min(max(a - 1 if forward else b, 0), self.rows - 1) for a, b in parts]
        edges = [self.field[y].copy() for y in row]
        pixels = self.target.reshape(self.target.shape[0], -1)
        seed = (self.settings.seed % 2**31) * 1024 + number

        def work(k: int, a: int, b: int) -> None:
            sweep(
                pixels, self.sheet.pixels, self.side, self.field, self.cost, aim, self.guide,
                self.everywhere, edges[k], np.array([a, b]), self.colour, tries, radius, np.float32(0.8),
                forward, renew, seed, self.patch,
            )  # fmt: skip

        in_bands(self.rows, work)

    def vote(self, share: Floats) -> None:
        """The target as the paint box says through the field."""
        pixels = self.target.reshape(self.target.shape[0], -1)
        robust = np.float32(self.settings.robust)
        in_bands(
            self.target.shape[0],
            lambda _, a, b: vote(
                pixels, self.sheet.pixels, self.field, share, self.bell, self.everywhere, np.array([a, b]), robust
            ),
        )

    def _penalise(self) -> None:
        """What each source patch costs in the next pass: how often its surroundings were used, relative to the mean."""
        high, wide = self.sheet.penalty.shape
        flat = self.field[..., 0].astype(np.int64) * wide + self.field[..., 1]
        count = np.bincount(flat.ravel(), minlength=high * wide).astype(np.float32).reshape(high, wide)
        size = 3 * self.settings.p
        used = cv2.blur(count, (size, size), borderType=cv2.BORDER_CONSTANT)
        used /= max(1e-9, flat.size / len(self.sheet.places))
        used = np.minimum(used, 8)
        self.used = used if self.used is None else (used + self.used) / 2
        usual = self.sheet.penalty < NEVER
        extra = self.settings.spread * self.used + self.settings.small * self.sheet.penalty
        self.side[..., 0] = np.where(usual, np.float32(self.mean) * extra, NEVER)


def bell(p: int, sigma: float, reach: int) -> Floats:
    """Weights (p, p) of a patch's pixels in the vote: a Gaussian, 0 beyond `reach` pixels from the centre."""
    place = np.arange(p, dtype=np.float32) - p // 2
    line = np.where(np.abs(place) <= reach, np.exp(-(place**2) / (2 * sigma * sigma)), 0)
    return np.outer(line, line).astype(np.float32)
