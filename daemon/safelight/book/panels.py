"""How a comic page is cut: strips of panels with leaning gutters, in millimetres of the plate. Pure.

A plate is as wide as the live area and holds whole strips of about 55 with gutters of 5; a band is one to all of them.
Within a band upright cuts lean, neighbouring bands lean in opposite ways, the plate's own edges stay upright.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from safelight.book.choose import Placed
from safelight.book.context import Rect
from safelight.book.crop import crop_to, ppi, subjects
from safelight.book.layout import Frame
from safelight.book.paper import Paper

Point = tuple[float, float]
GUTTER, BETWEEN = 4.0, 5.0
CUT, CUT_BLIND = 0.55, 0.30
LEAST_PPI = 100.0
"""Ink lines are drawn, not photographed: they bear less than a photo does."""
NARROW = 62.0
"""Panels are not narrower than this."""


def strips_of(paper: Paper) -> int:
    """How many strips of about 55 the plate holds."""
    return max(2, round((paper.live_h + BETWEEN) / 60))


def band_rect(paper: Paper, first: int, span: int) -> tuple[float, float]:
    """Y and height of a band of that many strips, the first one counted from 0."""
    high = (paper.live_h + BETWEEN) / strips_of(paper) - BETWEEN
    return paper.top + first * (high + BETWEEN), span * (high + BETWEEN) - BETWEEN


@lru_cache(maxsize=64)
def splits(strips: int, widest: int, count: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """All ways to lay `count` panels: bands as (strips high, panels), from top to bottom."""

    def ways(left: int, panels: int) -> Iterator[tuple[tuple[int, int], ...]]:
        if left == 0:
            if panels == 0:
                yield ()
            return
        for span in range(1, left + 1):
            for many in range(1, min(widest, panels) + 1):
                if span == strips and many == 1 and count > 1:
                    continue
                for rest in ways(left - span, panels - many):
                    yield ((span, many), *rest)

    return tuple(ways(strips, count))


def cuts_of(width: float, count: int) -> tuple[tuple[float, ...], ...]:
    """Where a band of this width may be cut, at mid height."""
    if count == 1:
        return ((),)
    if count == 2:
        shares = (0.5, 0.42, 0.58, 0.369, 0.631)
        return tuple((round(width * share, 2),) for share in shares if min(share, 1 - share) * width >= NARROW)
    thirds = ((0.333, 0.667), (0.32, 0.672), (0.338, 0.68), (0.30, 0.64), (0.36, 0.70))
    return tuple((round(width * a, 2), round(width * b, 2)) for a, b in thirds)


def lean_of(height: float) -> float:
    """How far a gutter leans over this height."""
    return 9.0 if height < 80 else 13.0 if height < 140 else 17.0


def shapes(width: float, y: float, high: float, cuts: Sequence[float], lean: float) -> list[tuple[Point, ...]]:
    """The panels' corners, clockwise from the top left; a positive lean cuts like a slash."""
    edges: list[tuple[float, float]] = [(0.0, 0.0)]
    edges += [(cut + lean / 2, cut - lean / 2) for cut in cuts]
    edges.append((width, width))
    found: list[tuple[Point, ...]] = []
    for place in range(len(edges) - 1):
        left = 0.0 if place == 0 else GUTTER / 2
        right = 0.0 if place == len(edges) - 2 else GUTTER / 2
        (a, b), (c, d) = edges[place], edges[place + 1]
        found.append(((a + left, y), (c - right, y), (d - right, y + high), (b + left, y + high)))
    return found


def around(shape: Sequence[Point]) -> Rect:
    """The rectangle that a shape spans."""
    xs, ys = [x for x, _ in shape], [y for _, y in shape]
    return Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def within(shape: Sequence[Point], x: float, y: float, margin: float = 0.0) -> bool:
    """Whether a point lies in a convex shape (clockwise corners), at least `margin` from its sides."""
    for (ax, ay), (bx, by) in zip(shape, (*shape[1:], shape[0]), strict=True):
        long_ = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
        if (bx - ax) * (y - ay) - (by - ay) * (x - ax) < margin * long_ - 1e-6:
            return False
    return True


def framed(item: Placed, number: int, shape: tuple[Point, ...]) -> Frame | None:
    """The picture in this panel, or None where its subject would be cut or it is too small."""
    rect = around(shape)
    crop = crop_to(item.picture, rect.w / rect.h, CUT, blind=CUT_BLIND)
    if crop is None or ppi(item.picture, crop, rect) < LEAST_PPI:
        return None
    for box in subjects(item.picture, crop, rect):
        if not all(within(shape, x, y) for x, y in box.corners):
            return None
    return Frame(number, rect, crop, shape)


@dataclass(frozen=True)
class Band:
    """One band laid: frames and how much they lose."""

    frames: tuple[Frame, ...]
    cost: float


class Run:
    """Pictures in a row, known by their identity: what was laid once for them need not be laid again."""

    def __init__(self, items: Sequence[Placed]) -> None:
        self.items = tuple(items)
        self._key = tuple(map(id, self.items))

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and self._key == other._key


def band(items: Sequence[Placed], number: int, paper: Paper, first: int, span: int, sign: int) -> Band | None:
    """The best cuts for these pictures in this band; upright gutters only where leaning ones would cut a subject."""
    return _band(Run(items), number, paper, first, span, sign)


@lru_cache(maxsize=4096)
def _band(run: Run, number: int, paper: Paper, first: int, span: int, sign: int) -> Band | None:
    items = run.items
    y, high = band_rect(paper, first, span)
    best: Band | None = None
    for share in (1.0, 0.45, 0.0) if len(items) > 1 else (0.0,):
        for cuts in cuts_of(paper.live_w, len(items)):
            frames = []
            for place, shape in enumerate(shapes(paper.live_w, y, high, cuts, sign * share * lean_of(high))):
                frame = framed(items[place], number + place, shape)
                if frame is None:
                    break
                frames.append(frame)
            if len(frames) < len(items):
                continue
            lost = [frame.crop.lost for frame in frames]
            cost = sum(lost) / len(lost) + 0.25 * (1 - share) * (len(items) > 1)
            if best is None or cost < best.cost - 1e-9:
                best = Band(tuple(frames), cost)
        if best:
            return best
    return best


def page(items: Sequence[Placed], number: int, paper: Paper) -> tuple[tuple[Frame, ...], float] | None:
    """The best page of all these pictures, and how much it costs; None where none keeps every subject."""
    return _page(Run(items), number, paper)


@lru_cache(maxsize=1024)
def _page(run: Run, number: int, paper: Paper) -> tuple[tuple[Frame, ...], float] | None:
    items = run.items
    count, strips = len(items), strips_of(paper)
    if count == 2:
        over = _over(items, number, paper)
        if over:
            return over
    known: dict[tuple[int, int, int, int, int], Band | None] = {}
    best: tuple[tuple[Frame, ...], float] | None = None
    for way in splits(strips, 3 if paper.columns == 12 else 2, count):
        at, first, frames, cost = 0, 0, (), 0.0  # type: tuple[int, int, tuple[Frame, ...], float]
        for place, (span, many) in enumerate(way):
            sign = 1 if (place + number) % 2 else -1
            key = (at, many, first, span, sign)
            if key not in known:
                known[key] = band(items[at : at + many], number + at, paper, first, span, sign)
            found = known[key]
            if found is None:
                break
            frames, cost = (*frames, *found.frames), cost + found.cost * many / count
            at, first = at + many, first + span
        else:
            cost += 0.12 * (len({many for _, many in way}) == 1 and len(way) > 1) + 0.05 * len(way)
            if best is None or cost < best[1] - 1e-9:
                best = frames, cost
    return best


def _over(items: Sequence[Placed], number: int, paper: Paper) -> tuple[tuple[Frame, ...], float] | None:
    """Two panels over the whole plate, the gutter between them sloping by 10 (level where it would cut a subject)."""
    width, top, low = paper.live_w, paper.top, paper.bottom
    middle = (top + low) / 2
    for slope in (5.0, 2.0, 0.0):
        upper = ((0.0, top), (width, top), (width, middle - slope - GUTTER / 2), (0.0, middle + slope - GUTTER / 2))
        lower = ((0.0, middle + slope + GUTTER / 2), (width, middle - slope + GUTTER / 2), (width, low), (0.0, low))
        frames = [
            framed(item, number + place, shape)
            for place, (item, shape) in enumerate(zip(items, (upper, lower), strict=True))
        ]
        kept = tuple(frame for frame in frames if frame)
        if len(kept) == 2:
            lost = [frame.crop.lost for frame in kept]
            return kept, 0.8 * sum(lost) / 2
    return None


def moved(frame: Frame, x: float) -> Frame:
    """The frame shifted to a page's left edge."""
    rect = replace(frame.rect, x=frame.rect.x + x)
    return replace(frame, rect=rect, shape=tuple((px + x, py) for px, py in frame.shape))
