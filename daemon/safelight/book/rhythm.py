"""The pages of a chapter: which kinds follow one another, by a dynamic program over (picture, page). Pure.

It weighs how well each kind of page suits its pictures (`layout`) and keeps the rhythm of the design: neighbours
differ, never three dense pages in a row, one picture alone in any six pages, and an odd number of pages after the
opener, so that the next opener is a verso again. Pictures keep their order; every one stands exactly once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from safelight.book.choose import Placed
from safelight.book.layout import Option, Sheet


class Grammar(Protocol):
    """The part of a design (`designs.Design`) that strings pages together."""

    density: ClassVar[dict[str, int]]
    bleeding: ClassVar[tuple[str, ...]]
    pictured: ClassVar[bool]

    def options(self, items: Sequence[Placed], start: int, ranks: Sequence[float], side: str) -> list[Option]:
        """All pages that could begin with picture `start`."""

    def single(self, item: Placed, number: int, rank: float) -> Option:
        """One picture: always possible."""

    def couple(self, items: Sequence[Placed], number: int) -> Sheet:
        """Two pictures: always possible."""


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


def pages(items: Sequence[Placed], design: Grammar, *, finish: bool = False) -> tuple[Sheet, ...]:
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
                choices[index, side] = design.options(items, index, ranks, side)
            for option in choices[index, side]:
                after = _append(way, option, design)
                if after is None:
                    continue
                kept = found[index + option.taken].get(after.key)
                if kept is None or (after.cost, after.last) < (kept.cost, kept.last):
                    found[index + option.taken][after.key] = after
    ends = [way for way in found[-1].values() if way.odd]
    if not ends:
        return _plain(design, items, ranks)
    return min(ends, key=lambda way: (way.cost + (finish and design.density[way.last] != 1), way.key)).sheets


def _append(way: _Way, option: Option, design: Grammar) -> _Way | None:
    """The way with one more page, or None where the rhythm forbids it."""
    kind = option.sheet.kind
    dense = design.density[kind] >= 3
    if dense and way.heavy == 2:
        return None
    if design.density[kind] > 1 and way.light_ago == 5:
        return None
    facing = way.last if way.odd is False and way.sheets else ""
    if kind in design.bleeding and facing in design.bleeding and kind in {"bleed", facing}:
        return None  # a bleed needs a facing page for its caption, and two feet side by side are one strip
    cost = way.cost + option.cost
    if way.last and design.density[way.last] == design.density[kind]:
        cost += 0.5 if {way.last, kind} == {"single", "bleed"} or {way.last, kind} == {"single", "foot"} else 1.5
    if kind == "rows" and way.rows_ago < 6:
        cost += 2.0
    if not way.sheets and not design.pictured:  # the opener has no picture of its own: the page facing it should be one
        cost += -1.2 if kind in design.bleeding else 0.3 * (design.density[kind] - 1)
    return _Way(
        cost,
        (*way.sheets, option.sheet),
        kind,
        way.heavy + 1 if dense else 0,
        0 if design.density[kind] == 1 else way.light_ago + 1,
        0 if kind == "rows" else min(6, way.rows_ago + 1),
        not way.odd,
    )


def _plain(design: Grammar, items: Sequence[Placed], ranks: Sequence[float]) -> tuple[Sheet, ...]:
    """When no way ends on a recto: single pictures, and one pair (or a lone row) where their number is even."""
    singles = [design.single(item, index, ranks[index]).sheet for index, item in enumerate(items)]
    if len(items) % 2:
        return tuple(singles)
    return (*singles[:-2], design.couple(items[-2:], len(items) - 2))
