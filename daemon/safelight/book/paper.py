"""The papers a book may be printed on: trim, margins and the grid of columns. Pure; millimetres.

Every paper keeps the same unit (5), gutter (4) and bleed (3); only margins and columns differ. Two live widths come of
it, 260 in twelve columns and 178 in eight, so that what fits one landscape page fits the large square as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from safelight.book.context import Rect
from safelight.model.recipe import paper_fits, paper_size

BLEED, GAP, UNIT = 3.0, 4.0, 5.0


@dataclass(frozen=True)
class Paper:
    """One paper. `inner` is the margin at the spine."""

    name: str
    width: float
    height: float
    inner: float
    outer: float
    top: float
    foot: float

    @property
    def live_w(self) -> float:
        """Width between the margins."""
        return self.width - self.inner - self.outer

    @property
    def live_h(self) -> float:
        """Height between the margins."""
        return self.height - self.top - self.foot

    @property
    def bled(self) -> Rect:
        """The whole page with its bleed."""
        return Rect(-BLEED, -BLEED, self.width + 2 * BLEED, self.height + 2 * BLEED)

    @property
    def bottom(self) -> float:
        """Y of the lower margin."""
        return self.height - self.foot

    @property
    def columns(self) -> int:
        """Twelve on wide papers, else eight."""
        return 12 if self.live_w >= 220 else 8

    def across(self, count: float) -> float:
        """Width of that many columns with the gutters between them."""
        column = (self.live_w - GAP * (self.columns - 1)) / self.columns
        return round(count * (column + GAP) - GAP, 4)

    def column(self, number: float) -> float:
        """How far the left edge of this column (1 is the first) is from the live area's."""
        return round((number - 1) * (self.live_w + GAP) / self.columns, 4)

    def x0(self, side: str) -> float:
        """X of the live area: the inner margin is the wider one."""
        return self.inner if side == "recto" else self.outer

    @property
    def folio_y(self) -> float:
        """Y of the line of folio and running head."""
        return self.bottom + 6.25


PAPERS: dict[str, Paper] = {
    "a4 landscape": Paper("a4 landscape", 297, 210, 21, 16, 15, 20),
    "a4 portrait": Paper("a4 portrait", 210, 297, 18, 14, 15, 22),
    "21 cm square": Paper("21 cm square", 210, 210, 18, 14, 15, 20),
    "30 cm square": Paper("30 cm square", 300, 300, 22, 18, 20, 25),
}


def paper_of(text: str) -> Paper | None:
    """The paper of that name, or of that size (`240 x 300 mm`); None where it is neither or no book could be made of it."""
    known = PAPERS.get(text.strip().casefold())
    size = paper_size(text)
    if known or size is None or not paper_fits(*size):
        return known
    width, height = (round(side, 2) for side in size)
    live = 260.0 if width >= 290 else 178.0 if width >= 205 else width - 30
    inner = round((width - live) * 0.5625, 2)
    high = 5.0 * ((height - 35) // 5)
    top = round((height - high) * 0.43, 2)
    return Paper(text.strip(), width, height, inner, width - live - inner, top, height - high - top)
