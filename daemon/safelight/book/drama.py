"""*drama*: black pages, huge hours, pictures that end in darkness. Geometry and captions of its pages. Pure.

Pictures are let into the page (stages/alter/grade): a frame ends at the page's edge or in black, never in a line. The
opener carries a picture; captions stand on the page itself, on a foot that is dark enough to read them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from safelight.book import metrics, text, words
from safelight.book.choose import Placed, Section
from safelight.book.composed import Composed, key_of
from safelight.book.context import (
    BookInput,
    BookPicture,
    Caption,
    Crop,
    Image,
    OpenerPage,
    Page,
    PicturePage,
    Rect,
    TitlePage,
    Treatment,
)
from safelight.book.crop import SUBJECTS, clear, crop_to, ppi, subject, subjects
from safelight.book.layout import CAPTION_LINE, Frame, Option, Sheet, abreast, apart, lowered, ranks_of
from safelight.book.paper import BLEED, Paper
from safelight.book.proofs import Slots, slots_of

CUT, CUT_TALL = 0.35, 0.56
"""Largest share of a side that may be cropped; tall frames and strips take more where the subject is known."""
SEAM = 2.0
SOFT_PPI, LEAST_PPI = 200.0, 110.0
Fade = tuple[Literal["left", "top", "right", "foot", "all"], float]


@dataclass(frozen=True)
class Drama:
    """Black pages."""

    paper: Paper
    density: ClassVar[dict[str, int]] = {
        "bleed": 1,
        "foot": 1,
        "tall": 1,
        "plate": 1,
        "pair": 2,
        "triptych": 3,
        "rows": 4,
    }
    bleeding: ClassVar[tuple[str, ...]] = ("bleed", "foot", "tall", "plate")
    pictured: ClassVar[bool] = True

    # --- which pages there can be ------------------------------------------------------------------------------------

    @property
    def slots(self) -> Slots:
        """Where the frames of a proof strip stand."""
        return slots_of(self.paper)

    def prepared(self, book: BookInput) -> BookInput:
        """As it is."""
        return book

    def options(self, items: Sequence[Placed], start: int, ranks: Sequence[float], side: str) -> list[Option]:
        """All pages that could begin with picture `start`."""
        found = [self.single(items[start], start, ranks[start])]
        found += [o for o in (self._bleed(items[start], start, ranks[start], side, k) for k in ("bleed", "foot")) if o]
        for taken, make in ((2, self._pair), (3, self._triptych), *((rows, self._rows) for rows in (4, 5, 6, 7))):
            option = make(items[start : start + taken], start) if start + taken <= len(items) else None
            if option:
                found.append(option)
        return found

    def _bleed(self, item: Placed, number: int, rank: float, side: str, kind: str) -> Option | None:
        rect = self.paper.bled if kind == "bleed" else replace(self.paper.bled, h=self.paper.height - 40 + BLEED)
        crop = crop_to(item.picture, rect.w / rect.h, CUT, blind=0.16)
        if crop is None:
            return None
        keep = subjects(item.picture, crop, rect, people=False)
        low = self.paper.height - 26 if kind == "bleed" else rect.bottom - 8
        if not clear(keep, side, self.paper.width, low):
            return None
        sharp = ppi(item.picture, crop, rect)
        if sharp < LEAST_PPI:
            return None
        cost = (0.5 if kind == "bleed" else 0.62) + 1.4 * (1 - rank) + max(0.0, 1 - sharp / SOFT_PPI)
        return Option(Sheet(kind, (Frame(number, rect, crop),)), 1, cost)

    def single(self, item: Placed, number: int, rank: float) -> Option:
        """One picture: a portrait over the outer half of the page, else a plate on black."""
        picture, paper = item.picture, self.paper
        own = picture.width / picture.height
        high = paper.height + 2 * BLEED
        wide = min(own * high, 0.68 * paper.width)
        if own < 0.95 and paper.width > 1.2 * paper.height:
            crop = crop_to(picture, wide / high, 0.12)
            rect = Rect(paper.width + BLEED - wide, -BLEED, wide, high)
            if crop and ppi(picture, crop, rect) >= LEAST_PPI:
                return Option(Sheet("tall", (Frame(number, rect, crop),)), 1, 0.7 + 0.6 * (1 - rank))
        room_w, room_h = paper.live_w, 0.62 * paper.height
        wide = min(room_w, own * room_h, max(96.0, picture.width / 150 * 25.4))
        rect = Rect(0, 30, wide, wide / own)
        return Option(Sheet("plate", (Frame(number, rect, Crop()),)), 1, 1.0 + 0.6 * (1 - rank))

    def couple(self, items: Sequence[Placed], number: int) -> Sheet:
        """Two strips or two halves, else both whole above one another's side."""
        two = self._pair(items, number)
        if two:
            return two.sheet
        page = self.paper
        frames = abreast(items, number, page.width, page.bled.w, SEAM, 0.66 * page.height)
        return Sheet("pair", tuple(lowered(frame, 20.0) for frame in frames), "halves")

    def _pair(self, items: Sequence[Placed], number: int) -> Option | None:
        ways = [option for option in (self._strips(items, number), self._halves(items, number)) if option]
        return min(ways, key=lambda option: option.cost, default=None)

    def _strips(self, items: Sequence[Placed], number: int) -> Option | None:
        """Two bands over the whole width, for side views and pans."""
        wide, high = self.paper.width + 2 * BLEED, (self.paper.height - 20 + BLEED - SEAM) / 2
        frames = []
        for index, item in enumerate(items):
            crop = crop_to(item.picture, wide / high, CUT_TALL, blind=0.2)
            rect = Rect(-BLEED, -BLEED + index * (high + SEAM), wide, high)
            if crop is None or ppi(item.picture, crop, rect) < LEAST_PPI:
                return None
            frames.append(Frame(number + index, rect, crop))
        return Option(Sheet("pair", tuple(frames), "strips"), 2, 0.9 + _cut(frames) + apart(items))

    def _halves(self, items: Sequence[Placed], number: int) -> Option | None:
        high = self.paper.height
        best = self._even(items, number, 0.76, CUT, lambda tall, cut: 1.1 + 1.2 * cut + abs(tall - 0.62 * high) / 250)
        return Option(Sheet("pair", best[1], "halves"), 2, best[0] + apart(items)) if best else None

    def _triptych(self, items: Sequence[Placed], number: int) -> Option | None:
        best = self._even(items, number, 0.73, CUT_TALL, lambda tall, cut: 1.5 + 0.9 * cut + abs(tall - 150) / 220)
        return Option(Sheet("triptych", best[1]), 3, best[0] + apart(items)) if best else None

    def _even(
        self, items: Sequence[Placed], number: int, tallest: float, most: float, cost: Callable[[float, float], float]
    ) -> tuple[float, tuple[Frame, ...]] | None:
        """Frames of one width over the whole page at the height that costs least, `tallest` (of the page's) at most."""
        best: tuple[float, tuple[Frame, ...]] | None = None
        wide = (self.paper.bled.w - (len(items) - 1) * SEAM) / len(items)
        for high in range(85, int(tallest * self.paper.height), 5):
            frames = self._row(items, number, [wide] * len(items), float(high), -BLEED, most, 0.2)
            if frames is None:
                continue
            found = cost(high, _cut(frames))
            if best is None or found < best[0]:
                best = found, frames
        return best

    def _row(
        self,
        items: Sequence[Placed],
        number: int,
        widths: Sequence[float],
        high: float,
        y: float,
        most: float,
        blind: float,
    ) -> tuple[Frame, ...] | None:
        x, frames = -BLEED, []
        for index, (item, wide) in enumerate(zip(items, widths, strict=True)):
            crop = crop_to(item.picture, wide / high, most, blind=blind)
            rect = Rect(x, y, wide, high)
            if crop is None or ppi(item.picture, crop, rect) < LEAST_PPI:
                return None
            frames.append(Frame(number + index, rect, crop))
            x += wide + SEAM
        return tuple(frames)

    def _rows(self, items: Sequence[Placed], number: int) -> Option | None:
        """A higher row over a lower one, over the whole width."""
        split = len(items) // 2
        rows, y, cost = [], -BLEED, 0.0
        for begin, some, aim in ((0, items[:split], 84.0), (split, items[split:], 57.0)):
            shapes = [item.picture.width / item.picture.height for item in some]
            room = self.paper.width + 2 * BLEED - SEAM * (len(some) - 1)
            widths = [room * shape / sum(shapes) for shape in shapes]
            natural, found = room / sum(shapes), None
            for high in sorted((natural * (0.72 + 0.04 * k) for k in range(12)), key=lambda h: abs(h - aim)):
                found = self._row(some, number + begin, widths, high, y, CUT, 0.2) if 35 <= high <= 100 else None
                if found:
                    cost += abs(high - aim) / aim + 0.5 * _cut(found)
                    rows.append(found)
                    y += high + SEAM
                    break
            if found is None:
                return None
        if y > 0.78 * self.paper.height:
            return None
        return Option(Sheet("rows", rows[0] + rows[1]), len(items), 2.4 + cost + apart(items))

    def finished(self, sheet: Sheet, items: Sequence[Placed]) -> Sheet:
        """The last picture over the page, with the last word in its foot."""
        if len(sheet.frames) != 1:
            return sheet
        frame = sheet.frames[0]
        rect = replace(self.paper.bled, h=self.paper.height - 40 + BLEED)
        crop = crop_to(items[frame.number].picture, rect.w / rect.h, CUT, blind=0.2)
        if crop is None or ppi(items[frame.number].picture, crop, rect) < 90:
            return sheet
        return Sheet("finish", (replace(frame, rect=rect, crop=crop),))

    def opener(self, items: Sequence[Placed]) -> Sheet | None:
        """The widest form that one of the pictures can fill: a single car above its hour, or a field behind it."""
        best: tuple[float, Sheet] | None = None
        for number, (item, rank) in enumerate(zip(items, ranks_of(items), strict=True)):
            for form, high, free in (
                ("subject", 0.6 * self.paper.height, 0.28),
                ("field", 0.728 * self.paper.height, 0.0),
            ):
                rect = replace(self.paper.bled, h=high)
                cars = sum(box.kind in SUBJECTS and box.kind != "person" for box in item.picture.boxes)
                if (form == "field") != (cars == 0 or cars > 3):
                    continue
                crop = crop_low(item.picture, rect.w / rect.h, 0.45, free)
                if crop is None or ppi(item.picture, crop, rect) < 90:
                    continue
                cost = 1 - rank + max(0.0, 1 - ppi(item.picture, crop, rect) / 150) + 0.02 * number
                if best is None or cost < best[0]:
                    best = cost, Sheet("opener", (Frame(number, rect, crop),), form)
        return best[1] if best else None

    # --- pictures and words on them ----------------------------------------------------------------------------------

    def poster(self, made: Composed, item: Placed | None, kind: str) -> tuple[Image, ...]:
        """The cover and the half title are the film's poster: the picture over the page, its lower half gone."""
        if item is None:
            return ()
        del kind
        own = item.picture.width / item.picture.height
        full = self.paper.bled
        found: Crop | None = None
        for share, free in ((1.0, 0.38), (0.86, 0.27), (0.74, 0.16), (0.74, 0.0)):
            high = share * min(full.h, max(full.w / own, 0.74 * full.h))
            found = crop_low(item.picture, full.w / high, 0.45, free)
            if found:
                break
        crop = found or crop_to(item.picture, full.w / high, 0.6, blind=0.6)
        if crop is None:
            return ()
        look = self._look(item.picture, (("foot", 0.56), ("left", 0.14), ("right", 0.14), ("top", 0.08)))
        return (made.picture(item, replace(full, h=high), crop, look, body=False),)

    def _look(self, picture: BookPicture, fades: tuple[Fade, ...] = (), quiet: Crop | None = None) -> Treatment:
        """Painted pictures are only faded."""
        return Treatment("" if picture.painted and fades else "grade", False, fades, quiet)

    def sheet(
        self, book: BookInput, section: Section, sheet: Sheet, at: int, made: Composed, *, night: bool, head: str
    ) -> tuple[Page, Caption | None]:
        """A page of pictures; every caption stands on it."""
        del night
        side, paper = made.side(at), self.paper
        x0, verso = side["x0"], side["side"] == "verso"
        items = [section.pictures[frame.number] for frame in sheet.frames]
        told = [text.caption(book, item) for item in items]
        kind, foot = sheet.kind, paper.height - 37.5
        images: list[Image] = []
        captions: list[Caption] = []
        for place, (frame, item, caption) in enumerate(zip(sheet.frames, items, told, strict=True)):
            rect = _mirrored(frame.rect, paper, kind, verso, x0)
            where = self._caption_place(kind, sheet.form, rect, x0, foot, place, verso)
            fades, quiet = self._fades(kind, sheet.form, verso), None
            if kind == "bleed" and where:
                quiet = Crop(*(max(0.0, min(1.0, v)) for v in (
                    (where.x - 2 - rect.x) / rect.w, (where.y - 2 - rect.y) / rect.h,
                    (where.right + 2 - rect.x) / rect.w, (where.y + 10 - rect.y) / rect.h,
                )))  # fmt: skip
            images.append(
                made.picture(item, rect, frame.crop, self._look(item.picture, fades, quiet), alt=caption.words)
            )
            if where:
                captions.append(made.under(caption, where, at, "lato", 8.2))
        if kind == "rows":
            lowest = max(image.rect.bottom for image in images)
            measure = 2.6 * paper.across(8 if paper.columns == 12 else 6)
            words_, people = key_of(book, items, measure, "lato", 8.2)
            rect = Rect(x0, lowest + 5.5, paper.across(8 if paper.columns == 12 else 6), 3 * CAPTION_LINE)
            captions.append(Caption(rect, words.say("key", book.language), "", words_, people))
        ghost = ""
        shown = items[0].shown
        if shown and kind in ("pair", "triptych", "rows", "foot", "plate") and sheet.form != "strips":
            ghost = str(shown.hour) if book.language == "fr" else f"{shown.hour:02d}"
        open_ = kind not in ("bleed", "finish", "opener")
        page = PicturePage(
            kind="pictures", spread=f"{kind} {sheet.form}".strip(), ghost=ghost, folio=open_, head=head if open_ else "",
            words=words.say("the_end", book.language) if kind == "finish" else "", night=True,
            images=tuple(images), captions=tuple(captions), **side,
        )  # fmt: skip
        return page, None

    def _fades(self, kind: str, form: str, verso: bool) -> tuple[Fade, ...]:
        inner: Literal["left", "right"] = "right" if verso else "left"
        fades: dict[str, tuple[Fade, ...]] = {
            "bleed": (("foot", 0.30),), "foot": (("foot", 0.24),), "finish": (("foot", 0.34),),
            "tall": ((inner, 0.30),), "opener": (("foot", 0.62 if form == "field" else 0.34),),
        }  # fmt: skip
        return fades.get(kind, ())

    def _caption_place(
        self, kind: str, form: str, rect: Rect, x0: float, foot: float, place: int, verso: bool
    ) -> Rect | None:
        paper = self.paper
        wide, lines = min(paper.live_w, paper.across(8)), 2 * CAPTION_LINE
        if kind == "bleed":
            return Rect(x0, paper.height - 22.5, min(wide, 172.0), lines)
        if kind == "foot":
            return Rect(x0, foot, min(wide, 130.0), lines)
        if kind == "finish":
            return Rect(x0, paper.height - 14.0, paper.live_w, CAPTION_LINE)
        if kind == "opener":
            return Rect(x0 + paper.column(8.364 if paper.columns == 12 else 4), paper.height - 22.0, 94.0, CAPTION_LINE)
        if kind == "tall":
            free = rect.x - x0 - 6 if not verso else paper.width - paper.inner - rect.right - 6
            at = x0 if not verso else rect.right + 6
            return Rect(at, paper.height - 60.0, max(40.0, free), 4 * CAPTION_LINE)
        if kind == "plate":
            own = max(62.0, min(106.0, rect.w))
            return Rect(min(rect.x, x0 + paper.live_w - own), rect.bottom + CAPTION_LINE, own, 3 * CAPTION_LINE)
        if kind == "pair" and form == "strips":
            half = (paper.live_w - 8) / 2
            return Rect(x0 + place * (half + 8), paper.height - 17.0, half, CAPTION_LINE)
        if kind in ("pair", "triptych"):
            left = max(x0, rect.x + (0 if place == 0 else 4))
            right = min(x0 + paper.live_w, rect.right - 4)
            return Rect(left, rect.bottom + 5.5, right - left, 3 * CAPTION_LINE)
        return None

    def dressed(self, page: Page, chapters: Sequence[Section], made: Composed) -> Page:
        """Titles broken for capitals of their size."""
        del chapters, made
        if isinstance(page, TitlePage) and page.title:
            size, lines = self.title_size(page.title)
            return replace(page, lines=lines, size=size, night=True, cloth=page.cloth)
        return replace(page, night=True, folio=page.folio and not isinstance(page, OpenerPage))

    def title_size(self, title: str) -> tuple[float, tuple[str, ...]]:
        """Height of the capitals in mm and the lines: 34 where the title is short, smaller where it must be."""
        caps = title.upper()
        for size in (34.0, 28.0, 22.0, 18.0, 14.0):
            points = size / CAPS * 72 / 25.4
            lines = metrics.balanced(caps, self.paper.live_w, points, "poster")
            widest = max(metrics.width(line, points, "poster") for line in lines)
            if widest <= self.paper.live_w and len(lines) * size <= 52:
                break
        return size, tuple(lines)


CAPS = 0.7285
"""Height of the poster face's capitals in em."""


def _mirrored(rect: Rect, paper: Paper, kind: str, verso: bool, x0: float) -> Rect:
    """A tall picture stands at the outer edge; a plate within the margins, against the outer one."""
    if kind == "tall" and verso:
        return replace(rect, x=paper.width - rect.right)
    if kind == "plate":
        return replace(rect, x=x0 if verso else x0 + paper.live_w - rect.w)
    return rect


def crop_low(picture: BookPicture, ratio: float, most: float, free: float) -> Crop | None:
    """A crop of this shape that leaves at least `free` of its height below the subject, as far as the picture goes."""
    keep = subject(picture)
    own = picture.width / picture.height
    plain = crop_to(picture, ratio, most, blind=min(most, CUT))
    if plain is None or keep is None or ratio <= own:
        return plain if keep is None or plain is None or 1 - keep.bottom >= free * 0.8 else None
    high = plain.bottom - plain.top
    top = min(max(plain.top, keep.bottom + free * high - high), keep.top, 1 - high)
    if top < 0 or top + high < keep.bottom + 0.6 * free * high:
        return None
    return Crop(0.0, top, 1.0, top + high)


def _cut(frames: Sequence[Frame]) -> float:
    """The largest share that one of the pictures loses."""
    return max(frame.crop.lost for frame in frames)
