"""Fill a hole in a picture with patches of the same picture: coarse to fine PatchMatch with voting.

After Wexler et al. 2007 and Barnes et al. 2009. Only patches that touch the hole are searched, only patches without a
forbidden pixel are copied. What grows in the hole is a lottery of the seed at the coarsest levels, so several draws
are made there, where they cost nothing, and the one whose patches fit best goes on. Pixels outside the hole are never
written. Bytes do not depend on the number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Image
from safelight.stages.patches.jit import bands, in_bands
from safelight.stages.patches.kernels import NEVER, carry_up, sweep, vote
from safelight.stages.patches.synthesis import bell

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Field = npt.NDArray[np.int32]

PASSES = (2, 3, 4, 6, 8, 20)
"""From the finest level; coarser ones all get the last number."""
TRIES = 8
DRAWS = 3
DRAWN = 4000
"""Draws are compared at the finest level whose hole has no more pixels than this: there they cost nothing."""
LIGHT = 3000
"""Fewer patches than this are searched by one thread."""
INWARD = 1.15
"""A patch counts this much less in the vote for each pixel that it lies further from the hole's border."""


@dataclass(frozen=True)
class Gap:
    """One level of the work; all arrays (height, width, …)."""

    image: Image
    hole: Flags
    source: Flags
    """Pixels that may be copied; none of the hole's."""
    start: Image
    """The picture with a first, blurred guess in the hole."""


@dataclass(frozen=True)
class Taste:
    """`height` weighs the wish to take patches from the same height of the picture; `spread` the penalty on repeats."""

    p: int = 7
    height: float = 3.0
    spread: float = 0.03
    seed: int = 0


def filled(gap: Gap, taste: Taste) -> Image | None:
    """The picture with its hole filled, or None where no patch of the source is free of forbidden pixels."""
    levels = _levels(gap, taste.p)
    steps = [gap]
    for _ in range(levels - 1):
        steps.append(_halved(steps[-1]))
    while len(steps) > 1 and not _usable(steps[-1].source, taste.p).any():
        steps.pop()
    if not _usable(steps[-1].source, taste.p).any():
        return None
    top = len(steps) - 1
    low = next((k for k, step in enumerate(steps) if step.hole.sum() <= DRAWN), top)
    draws = [_grown(steps, replace(taste, seed=taste.seed + 7919 * k), top, low) for k in range(DRAWS)]
    best = min(draws, key=lambda work: work.mean)
    for k in reversed(range(low)):
        best = _level(steps[k], k, len(steps), taste, best)
    best.sharpen()
    return best.picture()


def _grown(steps: list[Gap], draw: Taste, top: int, low: int) -> _Fill:
    """One draw from level `top` down to level `low`."""
    work: _Fill | None = None
    for k in range(top, low - 1, -1):
        work = _level(steps[k], k, len(steps), draw, work)
    assert work is not None
    return work


def _level(gap: Gap, k: int, levels: int, taste: Taste, below: _Fill | None) -> _Fill:
    work = _Fill(gap, taste, below)
    passes = PASSES[min(k, len(PASSES) - 1)] if k < levels - 1 else PASSES[-1]
    for turn in range(passes):
        work.improve(first=below is None and turn == 0, number=64 * k + turn)
    return work


def _levels(gap: Gap, p: int) -> int:
    """So many that the hole is a few pixels wide at the coarsest, and a patch still fits."""
    depth = float(cv2.distanceTransform(_padded(gap.hole), cv2.DIST_L2, 3).max())
    count = 1
    while depth > 2.5 and min(gap.hole.shape) >> count >= 3 * p and count < 7:
        depth /= 2
        count += 1
    return count


def _padded(hole: Flags) -> npt.NDArray[np.uint8]:
    """The hole with a rim of known pixels, so that a hole over the whole width has a depth."""
    return np.pad(hole.astype(np.uint8), 1)


def _halved(gap: Gap) -> Gap:
    """Half the size; a pixel is hole if any of its four was, source only if all four were."""
    high, wide = gap.hole.shape[0] // 2 * 2, gap.hole.shape[1] // 2 * 2
    size = (wide // 2, high // 2)
    hole = _quads(gap.hole[:high, :wide]).max(axis=0) > 0
    source = _quads(gap.source[:high, :wide]).min(axis=0) > 0
    image = cv2.resize(gap.image[:high, :wide], size, interpolation=cv2.INTER_AREA)
    start = cv2.resize(gap.start[:high, :wide], size, interpolation=cv2.INTER_AREA)
    return Gap(image, hole, source & ~hole, start)


def _quads(flags: Flags) -> npt.NDArray[np.uint8]:
    """The four pixels that become one, (4, height / 2, width / 2)."""
    bits = flags.astype(np.uint8)
    return np.stack([bits[::2, ::2], bits[::2, 1::2], bits[1::2, ::2], bits[1::2, 1::2]])


def _usable(source: Flags, p: int) -> Flags:
    """Top left corners of the patches made of source pixels only."""
    if min(source.shape) < p:
        return np.zeros((0, 0), np.bool_)
    whole = cv2.erode(source.astype(np.uint8), np.ones((p, p), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=1)
    half = p // 2
    usable: Flags = whole[half : source.shape[0] - half, half : source.shape[1] - half] > 0
    return usable


class _Fill:
    """The state of one level."""

    def __init__(self, gap: Gap, taste: Taste, below: _Fill | None) -> None:
        self.gap, self.taste = gap, taste
        p = taste.p
        high, wide = gap.hole.shape
        self.rows, self.columns = high - p + 1, wide - p + 1
        height = np.broadcast_to((np.arange(high) * 255 // max(1, high - 1)).astype(np.uint8)[:, None], (high, wide))
        still = np.where(gap.hole[..., None], gap.start, gap.image)
        self.target = np.dstack([still, height])
        # One more column: the kernel reads a few bytes beyond the last patch (and gives them no weight).
        self.source = np.pad(np.dstack([gap.image, height]), ((0, 0), (0, 1), (0, 0))).reshape(high, -1)
        usable = _usable(gap.source, p)
        self.places = np.flatnonzero(usable)
        self.usable = usable
        self.side = np.zeros((self.rows, self.columns, 3), np.float32)
        self.side[..., 0] = np.where(usable, 0, NEVER)
        touched = cv2.dilate(gap.hole.astype(np.uint8), np.ones((p, p), np.uint8))
        half = p // 2
        middle = slice(half, half + self.rows), slice(half, half + self.columns)
        self.active = np.ascontiguousarray(touched[middle])
        depth = cv2.distanceTransform(_padded(gap.hole), cv2.DIST_L2, 3)[1:-1, 1:-1]
        self.inward = (INWARD ** -np.minimum(depth, 60)).astype(np.float32)[middle]
        self.write = gap.hole.astype(np.uint8)
        unit = 1.0 / (p * p * 255.0**2)
        self.colour = np.float32(unit / 3)
        self.guide = np.full((self.rows, self.columns), unit * taste.height**2, np.float32)
        self.aim = np.zeros((self.rows, self.columns, 3), np.float32)
        self.light = int(self.active.sum()) < LIGHT
        self.field: Field = np.zeros((self.rows, self.columns, 2), np.int32)
        self.cost = np.full((self.rows, self.columns), 4e9, np.float32)
        self.mean = 0.0
        self.bell = bell(p, 1.8, half)
        if below is None:
            self._start()
        else:
            in_bands(self.rows, lambda _, a, b: carry_up(below.field, self.field, self.side, np.array([a, b]), half))
            self._mend()
            self.vote(self.inward)

    def sharpen(self) -> None:
        """The last vote: nearly each pixel from the patch centred on it, so that the ground keeps its grain.

        The broad bell of the other votes makes neighbours agree, at the price of averaging grain away.
        """
        self.bell = bell(self.taste.p, 0.6, 1)
        self.vote(np.ones_like(self.inward), robust=0.003)

    def picture(self) -> Image:
        """The picture as filled so far."""
        return self.target[..., :3].copy()

    def _start(self) -> None:
        """Every patch from a usable place at about its own height (the guide pulls the same way)."""
        rng = np.random.default_rng(self.taste.seed % 2**32)
        wide = self.columns
        rows = self.places // wide
        aim = np.repeat(np.arange(self.rows), wide) + rng.integers(-4, 5, self.rows * wide)
        pick = np.clip(np.searchsorted(rows, aim), 0, len(rows) - 1)
        pick = np.clip(pick + rng.integers(0, wide, len(pick)), 0, len(rows) - 1)
        chosen = self.places[pick]
        self.field[..., 0] = (chosen // wide).reshape(self.rows, wide)
        self.field[..., 1] = (chosen % wide).reshape(self.rows, wide)

    def _mend(self) -> None:
        """Patches that doubling carried onto a forbidden place start anew from a usable one of that height."""
        wrong = ~self.usable[self.field[..., 0], self.field[..., 1]] & (self.active > 0)
        if not wrong.any():
            return
        kept = self.field.copy()
        self._start()
        self.field[~wrong] = kept[~wrong]

    def improve(self, *, first: bool, number: int) -> None:
        """One pass: two sweeps (four in the very first), then the vote."""
        radius = max(self.side.shape[:2]) // (1 if first else 2)
        for k in range(4 if first else 2):
            self._sweep(radius, forward=k % 2 == 0, renew=k == 0, number=4 * number + k)
        costs = self.cost[self.active > 0]
        self.mean = float(costs.mean())
        limit = max(float(np.percentile(costs, 75)), 1e-9)
        ratio = np.minimum(self.cost / np.float32(limit), 100)
        self._penalise()
        self.vote((self.inward / (np.float32(0.01) + ratio * ratio)).astype(np.float32))

    def _sweep(self, radius: int, *, forward: bool, renew: bool, number: int) -> None:
        parts = bands(self.rows)
        row = [min(max(a - 1 if forward else b, 0), self.rows - 1) for a, b in parts]
        edges = [self.field[y].copy() for y in row]
        pixels = self.target.reshape(self.target.shape[0], -1)
        seed = (self.taste.seed % 2**31) * 4096 + number

        def work(k: int, a: int, b: int) -> None:
            sweep(
                pixels, self.source, self.side, self.field, self.cost, self.aim, self.guide,
                self.active, edges[k], np.array([a, b]), self.colour, TRIES, radius, np.float32(1.0),
                forward, renew, seed, (0,) * self.taste.p,
            )  # fmt: skip

        in_bands(self.rows, work, light=self.light)

    def vote(self, share: Floats, robust: float = 0.0) -> None:
        """The hole as the source says through the field; patches far from the border count less."""
        pixels = self.target.reshape(self.target.shape[0], -1)
        field = self.field
        in_bands(
            self.target.shape[0],
            lambda _, a, b: vote(
                pixels, self.source, field, share, self.bell, self.write, np.array([a, b]), np.float32(robust)
            ),
            light=self.light,
        )

    def _penalise(self) -> None:
        """A small cost for places used often, relative to the mean use."""
        wide = self.columns
        inside = self.field[self.active > 0]
        flat = inside[:, 0].astype(np.int64) * wide + inside[:, 1]
        count = np.bincount(flat, minlength=self.rows * wide).astype(np.float32).reshape(self.rows, wide)
        size = 3 * self.taste.p
        used = cv2.blur(count, (size, size), borderType=cv2.BORDER_CONSTANT) / max(1e-9, len(flat) / len(self.places))
        extra = np.float32(self.taste.spread * self.mean) * np.minimum(used, 8)
        self.side[..., 0] = np.where(self.usable, extra, NEVER)
