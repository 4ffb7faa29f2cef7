"""The pages of a chapter: which kinds follow one another, by a dynamic program over (picture, page). Pure.

It weighs how well each kind of page suits its pictures (`layout`) and keeps the rhythm of the design: neighbours
differ, never three dense pages in a row, one picture alone in any six pages, and an odd number of pages after the
opener, so that the next opener is a verso again. Pictures keep their order; every one stands exactly once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from safelight.book.choose import Placed
from safelight.book.context import Crop, Rect
from safelight.book.layout import BLEEDING, DENSITY, GAP, LIVE_W, Frame, Option, Sheet, options, pair, settled, single


@dataclass(frozen=True)
class _Way:
    """Pages so far: cost, the sheets (newest last), and what the rhythm needs to know."""

    cost: float
    sheets: tuple[Sheet, ...]
    last: str = ""
    heavy: int = 0
    light_ago: int = 0
    rows_ago: int = 6
    odd: bool = False

    @property
    def key(self) -> tuple[str, int, int, int, bool]:
        """Ways that go on alike."""
        return self.last, self.heavy, self.light_ago, self.rows_ago, self.odd


BEAM = 40
"""Ways kept per picture: measured on random chapters, more never changed the outcome by over 1 %."""


def pages(items: Sequence[Placed], *, finish: bool = False) -> tuple[Sheet, ...]:
    """The pages of a chapter after its opener: an odd number, beginning and ending on rectos.

    `finish` asks for the book's last page to be one picture with white below.
    """
    if not items:
        return ()
    order = sorted(range(len(items)), key=lambda i: (items[i].picture.score, items[i].picture.photo))
    ranks = [0.0] * len(items)
    for place, index in enumerate(order):
        ranks[index] = (place + 1) / len(items)
    found: list[dict[tuple[str, int, int, int, bool], _Way]] = [{} for _ in range(len(items) + 1)]
    start = _Way(0.0, ())
    found[0][start.key] = start
    choices: dict[tuple[int, str], list[Option]] = {}
    for index in range(len(items)):
        ways = sorted(found[index].values(), key=lambda way: (way.cost, way.key))[:BEAM]
        for way in ways:
            side = "verso" if way.odd else "recto"
            if (index, side) not in choices:
                choices[index, side] = options(items, index, ranks, side)
            for option in choices[index, side]:
                after = _append(way, option)
                if after is None:
                    continue
                kept = found[index + option.taken].get(after.key)
                if kept is None or (after.cost, after.last) < (kept.cost, kept.last):
                    found[index + option.taken][after.key] = after
    ends = [way for way in found[-1].values() if way.odd]
    if not ends:
        return _plain(items, ranks)
    return min(ends, key=lambda way: (way.cost + (finish and way.last != "single"), way.key)).sheets


def _append(way: _Way, option: Option) -> _Way | None:
    """The way with one more page, or None where the rhythm forbids it."""
    kind = option.sheet.kind
    dense = DENSITY[kind] >= 3
    if dense and way.heavy == 2:
        return None
    if DENSITY[kind] > 1 and way.light_ago == 5:
        return None
    facing = way.last if way.odd is False and way.sheets else ""
    if kind in BLEEDING and facing in BLEEDING and kind in {"bleed", facing}:
        return None  # a bleed needs a facing page for its caption, and two feet side by side are one strip
    cost = way.cost + option.cost
    if way.last and DENSITY[way.last] == DENSITY[kind]:
        cost += 0.5 if {way.last, kind} == {"single", "bleed"} or {way.last, kind} == {"single", "foot"} else 1.5
    if kind == "rows" and way.rows_ago < 6:
        cost += 2.0
    if not way.sheets and kind in BLEEDING:
        cost -= 1.2  # the opener has no picture of its own: the page facing it should be one
    elif not way.sheets:
        cost += 0.3 * (DENSITY[kind] - 1)
    return _Way(
        cost,
        (*way.sheets, option.sheet),
        kind,
        way.heavy + 1 if dense else 0,
        0 if DENSITY[kind] == 1 else way.light_ago + 1,
        0 if kind == "rows" else min(6, way.rows_ago + 1),
        not way.odd,
    )


def _plain(items: Sequence[Placed], ranks: Sequence[float]) -> tuple[Sheet, ...]:
    """When no way ends on a recto: single pictures, and one pair (or a lone row) where their number is even."""
    singles = [single(item, index, ranks[index]).sheet for index, item in enumerate(items)]
    if len(items) % 2:
        return tuple(singles)
    for index in range(len(items) - 1):
        two = pair(items[index : index + 2], index, "recto")
        if two:
            return (*singles[:index], two.sheet, *singles[index + 2 :])
    return (*singles[:-2], _whole(items[-2:], len(items) - 2))


def _whole(items: Sequence[Placed], number: int) -> Sheet:
    """Two pictures uncropped side by side, whatever their shapes: the page that is always possible."""
    room = LIVE_W - GAP
    shapes = [item.picture.width / item.picture.height for item in items]
    high = min(130.0, room / sum(shapes))
    x = (LIVE_W - (high * sum(shapes) + GAP)) / 2
    frames = []
    for index, shape in enumerate(shapes):
        frames.append(Frame(number + index, Rect(x, 0.0, high * shape, high), Crop()))
        x += high * shape + GAP
    return settled("pair", tuple(frames))
