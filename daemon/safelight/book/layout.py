"""Where pictures stand on one page of each kind: millimetres from sizes, boxes and times alone. Pure.

Each kind says for the next pictures whether it can hold them and how badly it suits; `rhythm` strings pages together.
Frames snap to the grid by cropping a little; crops never touch a car, a face or a person found (`crop`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil

from safelight.book.choose import Placed
from safelight.book.context import Crop, Rect
from safelight.book.crop import MAX_CUT, MAX_CUT_KNOWN, clear, crop_to, ppi, subjects

PAGE_W, PAGE_H, BLEED = 297.0, 210.0, 3.0
TOP, LIVE_W, LIVE_H, UNIT = 15.0, 260.0, 175.0, 5.0
RECTO_X0, VERSO_X0 = 21.0, 16.0
GAP, CAPTION_LINE = 4.0, 3.75

Kind = str
"""A kind of spread: bleed, foot, single, pair, triptych, rows; designs may have more."""
DENSITY: dict[str, int] = {"bleed": 1, "foot": 1, "single": 1, "pair": 2, "triptych": 3, "rows": 4}
BLEEDING = ("bleed", "foot")

SOFT_PPI, LEAST_PPI = 200.0, 115.0
"""A bleed should have 200 ppi; under 115 a picture never bleeds (a 1,600 px painting has 134)."""


@dataclass(frozen=True)
class Frame:
    """One picture in its place; `number` is its index in the chapter."""

    number: int
    rect: Rect
    crop: Crop
    shape: tuple[tuple[float, float], ...] = ()
    """Corners in mm of the page, where the frame is no rectangle; `rect` is then what they span."""


@dataclass(frozen=True)
class Sheet:
    """One page with pictures, for a left edge x0 of 0 except where it bleeds (then from the page's edge)."""

    kind: Kind
    frames: tuple[Frame, ...]
    form: str = ""
    """A variant of the kind, where a design has several."""

    @property
    def lowest(self) -> float:
        """Lower edge of the pictures."""
        return max(frame.rect.bottom for frame in self.frames)


def columns(count: int) -> float:
    """Width of that many columns of 18 with gutters of 4."""
    return 22.0 * count - 4.0


def left_edge(side: str) -> float:
    """X of the live area: the inner margin is the wider one."""
    return RECTO_X0 if side == "recto" else VERSO_X0


def block_top(height: float) -> float:
    """Y of a block of pictures with captions: white above to white below as 2 to 3, down to the unit."""
    return TOP + UNIT * ((LIVE_H - height) * 0.4 // UNIT)


# --- kinds of pages ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    """A page that could stand here, and how badly it suits (0 is perfect)."""

    sheet: Sheet
    taken: int
    cost: float


def options(items: Sequence[Placed], start: int, ranks: Sequence[float], side: str) -> list[Option]:
    """All pages that could begin with picture `start`; `ranks` is each picture's rank in the chapter, best 1."""
    first = [single(items[start], start, ranks[start])]
    for kind in BLEEDING:
        found = _bleed(items[start], start, ranks[start], side, kind)
        if found:
            first.append(found)
    makers = [(2, pair), (3, _triptych), (5, _rows), (6, _rows), (7, _rows)]
    many = [make(items[start : start + taken], start, side) for taken, make in makers if start + taken <= len(items)]
    return first + [option for option in many if option]


def _bleed(item: Placed, number: int, rank: float, side: str, kind: str) -> Option | None:
    height = PAGE_H + 2 * BLEED if kind == "bleed" else 171.0
    rect = Rect(-BLEED, -BLEED, PAGE_W + 2 * BLEED, height)
    crop = crop_to(item.picture, rect.w / rect.h, MAX_CUT_KNOWN)
    keep = subjects(item.picture, crop, rect, people=False) if crop else []
    if crop is None or not clear(keep, side, PAGE_W, PAGE_H - 8):
        return None
    sharp = ppi(item.picture, crop, rect)
    if sharp < LEAST_PPI:
        return None
    soft = max(0.0, 1 - sharp / SOFT_PPI)
    cost = (0.5 if kind == "bleed" else 0.75) + 1.4 * (1 - rank) + soft
    return Option(Sheet("bleed" if kind == "bleed" else "foot", (Frame(number, rect, crop),)), 1, cost)


def single(item: Placed, number: int, rank: float) -> Option:
    """One picture with white around it: always possible, whatever its shape and size."""
    picture = item.picture
    own = picture.width / picture.height
    best: tuple[float, Rect, Crop] | None = None
    for count in range(12, 2, -1):
        wide = columns(count)
        for steps in _steps((own,), (wide,), 6, 26):
            high = UNIT * steps
            crop = crop_to(picture, wide / high, MAX_CUT)
            if crop is None or wide * high > 172 * 117:
                continue
            sharp = picture.width * (crop.right - crop.left) / (wide / 25.4)
            cost = abs(wide / high - own) / own + max(0.0, 1 - wide * high / (172 * 115)) + max(0.0, 1 - sharp / 150)
            if best is None or cost < best[0] - 1e-9:
                best = (cost, Rect((LIVE_W - wide) / 2, block_top(high + 2 * CAPTION_LINE), wide, high), crop)
    if best is None:  # a shape beyond all columns (a panorama of 10 : 1): shown whole
        wide = min(LIVE_W, 130.0 * own)
        high = wide / own
        best = (1.0, Rect((LIVE_W - wide) / 2, block_top(high + 2 * CAPTION_LINE), wide, high), Crop())
    cost, rect, crop = best
    return Option(Sheet("single", (Frame(number, rect, crop),)), 1, 0.9 + 0.6 * (1 - rank) + 0.5 * cost)


def _steps(shapes: Sequence[float], widths: Sequence[float], first: int, last: int) -> range:
    """Heights in units at which pictures of these shapes lose at most 8 % of a side in frames of these widths."""
    keep = 1 - MAX_CUT
    low = max(wide / shape * keep for shape, wide in zip(shapes, widths, strict=True))
    high = min(wide / shape / keep for shape, wide in zip(shapes, widths, strict=True))
    return range(max(first, ceil(low / UNIT - 1e-6)), min(last, int(high / UNIT + 1e-6)) + 1)


_SPLITS: tuple[tuple[int, int, float], ...] = (
    (6, 6, 0.0), (5, 7, 0.25), (7, 5, 0.25), (4, 8, 0.3), (8, 4, 0.3), (5, 5, 0.1), (4, 4, 0.15),
)  # fmt: skip
"""Columns of a pair, and what each choice costs; those under twelve stand centred."""


def pair(items: Sequence[Placed], number: int, side: str) -> Option | None:
    """Two pictures of one height: equal columns are best; where no columns suit, their shapes divide the width."""
    del side
    best: tuple[float, tuple[Frame, ...]] | None = None
    shapes = [item.picture.width / item.picture.height for item in items]
    room = LIVE_W - GAP
    splits = [(columns(first), columns(second), price) for first, second, price in _SPLITS]
    splits.append((room * shapes[0] / sum(shapes), room * shapes[1] / sum(shapes), 0.4))
    for first, second, price in splits:
        for steps in _steps(shapes, (first, second), 12, 26):
            frames = _row(items, number, (first, second), UNIT * steps)
            if frames is None:
                continue
            cost = abs(UNIT * steps - 80) / 160 + price + 0.3 * _want(items, frames)
            if best is None or cost < best[0] - 1e-9:
                best = (cost, frames)
    if best is None:
        return None
    cost, frames = best
    return Option(settled("pair", frames), 2, 1.0 + cost + apart(items))


def _triptych(items: Sequence[Placed], number: int, side: str) -> Option | None:
    """Three pictures of four columns: tall where the subjects allow it, else as high as their shapes give."""
    del side
    best: tuple[float, tuple[Frame, ...]] | None = None
    for steps in range(10, 26):
        high = UNIT * steps
        most = MAX_CUT if high < 100 else 0.5
        frames = _row(items, number, (columns(4),) * 3, high, most)
        if frames is None:
            continue
        cost = abs(high - 105) / 105 + 0.3 * _want(items, frames)
        if best is None or cost < best[0] - 1e-9:
            best = (cost, frames)
    if best is None:
        return None
    cost, frames = best
    return Option(settled("triptych", frames), 3, 1.5 + cost + apart(items))


def _row(
    items: Sequence[Placed], number: int, widths: tuple[float, ...], high: float, most: float = MAX_CUT
) -> tuple[Frame, ...] | None:
    x, frames = (LIVE_W - sum(widths) - GAP * (len(widths) - 1)) / 2, []
    for index, (item, wide) in enumerate(zip(items, widths, strict=True)):
        crop = crop_to(item.picture, wide / high, most)
        if crop is None:
            return None
        frames.append(Frame(number + index, Rect(x, 0.0, wide, high), crop))
        x += wide + GAP
    return tuple(frames)


def _rows(items: Sequence[Placed], number: int, side: str) -> Option | None:
    """Two justified rows about 50 high; heights snap to half units by cropping a little."""
    del side
    best: tuple[float, tuple[Frame, ...]] | None = None
    for split in (len(items) // 2, len(items) - len(items) // 2):
        upper = _justified(items[:split], number, 0.0)
        if upper is None:
            continue
        lower = _justified(items[split:], number + split, upper[0].rect.h + GAP)
        if lower is None:
            continue
        heights = upper[0].rect.h, lower[0].rect.h
        cost = abs(heights[0] - 50) / 50 + abs(heights[1] - 50) / 50 + abs(heights[0] - heights[1]) / 50
        if best is None or cost < best[0]:
            best = (cost, upper + lower)
    if best is None:
        return None
    cost, frames = best
    return Option(settled("rows", frames), len(items), 2.9 + cost + apart(items))


def _justified(items: Sequence[Placed], number: int, y: float) -> tuple[Frame, ...] | None:
    shapes = [item.picture.width / item.picture.height for item in items]
    room = LIVE_W - GAP * (len(items) - 1)
    natural = room / sum(shapes)
    for half_units in (round(natural / 2.5), int(natural / 2.5), int(natural / 2.5) + 1):
        high = 2.5 * half_units
        if not 35 <= high <= 70:
            continue
        widths = tuple(room * shape / sum(shapes) for shape in shapes)
        frames = _row(items, number, widths, high)
        if frames:
            return tuple(replace(frame, rect=replace(frame.rect, y=y)) for frame in frames)
    return None


def settled(kind: Kind, frames: tuple[Frame, ...]) -> Sheet:
    """The frames moved down to where a block of this height stands."""
    high = max(frame.rect.bottom for frame in frames)
    text = CAPTION_LINE * (2 if kind == "rows" else 1)
    top = block_top(high + CAPTION_LINE + text)
    return Sheet(kind, tuple(replace(f, rect=replace(f.rect, y=f.rect.y + top)) for f in frames))


def _want(items: Sequence[Placed], frames: tuple[Frame, ...]) -> float:
    """How far the softest picture is under 150 ppi, 0–1."""
    return max(
        max(0.0, 1 - ppi(item.picture, frame.crop, frame.rect) / 150) for item, frame in zip(items, frames, strict=True)
    )


def apart(items: Sequence[Placed]) -> float:
    """A page holds one time: more than an hour between neighbours costs."""
    gaps = [b.hour - a.hour for a, b in pairwise(items) if a.hour is not None and b.hour is not None]
    return 0.3 * min(1.0, max(gaps, default=0.0) / 3)


def whole(items: Sequence[Placed], number: int) -> Sheet:
    """Two pictures uncropped side by side, whatever their shapes: the page that is always possible."""
    return settled("pair", abreast(items, number, LIVE_W, LIVE_W, GAP, 130.0))


def abreast(
    items: Sequence[Placed], number: int, width: float, room: float, gap: float, highest: float
) -> tuple[Frame, ...]:
    """Pictures uncropped side by side at y 0, within `room` in the middle of `width`, at most `highest` high."""
    shapes = [item.picture.width / item.picture.height for item in items]
    high = min(highest, (room - gap) / sum(shapes))
    x, frames = (width - (high * sum(shapes) + gap)) / 2, []
    for index, shape in enumerate(shapes):
        frames.append(Frame(number + index, Rect(x, 0.0, high * shape, high), Crop()))
        x += high * shape + gap
    return tuple(frames)


def lowered(frame: Frame, y: float) -> Frame:
    """The frame with its upper edge at `y`."""
    return replace(frame, rect=replace(frame.rect, y=y))


def ranks_of(items: Sequence[Placed]) -> list[float]:
    """How each picture's quality stands among these, 0 the weakest to 1; equals share the lower rank."""
    scores = sorted(item.picture.score for item in items)
    return [scores.index(item.picture.score) / max(1, len(scores) - 1) for item in items]
