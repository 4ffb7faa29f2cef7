"""*bd*: a comic. Panels cut by leaning gutters, pictures in flat ink, boxes, sound words and speed lines. Pure.

Only unpainted pictures are inked: what a painter's style made of a photo is left out of this design, and the proofs say
so. Nobody in a picture is given words: boxes hold times, captions and names; balloons what people on record said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from safelight.book import effects, metrics, panels, text
from safelight.book.choose import Placed, Section
from safelight.book.composed import Composed
from safelight.book.context import (
    BookInput,
    BookPicture,
    Caption,
    ContentsPage,
    Crop,
    Image,
    Noise,
    OpenerPage,
    Page,
    Panel,
    PicturePage,
    Rect,
    TextBox,
    TextPage,
    TitlePage,
    Treatment,
)
from safelight.book.crop import SUBJECTS, clear, crop_to, ppi, subjects
from safelight.book.drama import crop_low
from safelight.book.layout import Frame, Option, Sheet, abreast, lowered, ranks_of
from safelight.book.paper import BLEED, Paper
from safelight.book.proofs import Slots

BOX_POINTS, BOX_LINE, BOX_WIDE = 9.4, 4.1, 84.0
PAD = (1.5, 2.2, 1.1)
"""Padding of a box: top, sides, foot."""
_PAGE_COST = {2: 1.5, 3: 1.9, 4: 2.3, 5: 2.8, 6: 3.4, 7: 4.0}


CARS = ("car", "kart", "vehicle")


@dataclass(frozen=True)
class Bd:
    """White pages of panels; black ones at night."""

    paper: Paper
    density: ClassVar[dict[str, int]] = {"bleed": 1, "plate": 1, "pair": 2, "triptych": 3, "grid": 4}
    bleeding: ClassVar[tuple[str, ...]] = ("bleed", "plate")
    pictured: ClassVar[bool] = True

    # --- which pages there can be ------------------------------------------------------------------------------------

    @property
    def slots(self) -> Slots:
        """Where the frames of a proof strip stand."""
        return Slots(51, 34, 57, 8, ink=True) if self.paper.columns == 12 else Slots(35, 23.3, 37.5, 8, ink=True)

    def prepared(self, book: BookInput) -> BookInput:
        """The same book over the pictures before they were painted: ink is drawn from photographs."""
        return replace(book, pictures=tuple(unpainted(picture) for picture in book.pictures))

    def options(self, items: Sequence[Placed], start: int, ranks: Sequence[float], side: str) -> list[Option]:
        """All pages that could begin with picture `start`."""
        found = [self.single(items[start], start, ranks[start])]
        splash = self._splash(items[start], start, ranks[start], side)
        if splash:
            found.append(splash)
        for taken in range(2, 8):
            if start + taken > len(items) or (self.paper.columns < 12 and taken > 6):
                break
            laid = panels.page(items[start : start + taken], start, self.paper)
            if laid:
                kind = "pair" if taken == 2 else "triptych" if taken < 5 else "grid"
                found.append(Option(Sheet(kind, laid[0]), taken, _PAGE_COST[taken] + 1.2 * laid[1]))
        return found

    def _splash(self, item: Placed, number: int, rank: float, side: str) -> Option | None:
        rect, picture = self.paper.bled, item.picture
        crop = crop_to(picture, rect.w / rect.h, 0.4, blind=0.2)
        if crop is None or ppi(picture, crop, rect) < panels.LEAST_PPI:
            return None
        if not clear(subjects(picture, crop, rect), side, self.paper.width, self.paper.height - 8):
            return None
        return Option(Sheet("bleed", (Frame(number, rect, crop),)), 1, 0.6 + 1.4 * (1 - rank))

    def single(self, item: Placed, number: int, rank: float) -> Option:
        """One panel over the plate, whole where it may not be cropped."""
        laid = panels.page([item], number, self.paper)
        frames: tuple[Frame, ...]
        if laid:
            frames, lost = laid
        else:
            own = item.picture.width / item.picture.height
            high = min(self.paper.live_h, self.paper.live_w / own)
            rect = Rect((self.paper.live_w - high * own) / 2, self.paper.top, high * own, high)
            frames, lost = (Frame(number, rect, Crop(), rect.corners),), 0.3
        return Option(Sheet("plate", frames), 1, 1.1 + 0.5 * (1 - rank) + lost)

    def couple(self, items: Sequence[Placed], number: int) -> Sheet:
        """Two panels, else both whole side by side on the plate."""
        laid = panels.page(items, number, self.paper)
        if laid:
            return Sheet("pair", laid[0])
        paper = self.paper
        frames = abreast(items, number, paper.live_w, paper.live_w, panels.GUTTER, paper.live_h)
        y = paper.top + round((paper.live_h - frames[0].rect.h) * 0.4 / 5) * 5
        placed = [lowered(frame, y) for frame in frames]
        return Sheet("pair", tuple(replace(frame, shape=frame.rect.corners) for frame in placed))

    def finished(self, sheet: Sheet, items: Sequence[Placed]) -> Sheet:
        """The last picture gets the last word."""
        del items
        return replace(sheet, form="finish") if len(sheet.frames) == 1 else sheet

    def _slope(self, night: bool) -> tuple[float, float]:
        """Y of the opener's slanted rule at the left and the right edge."""
        return self.paper.height - (44 if night else 64), self.paper.height - (58 if night else 74)

    def opener(self, items: Sequence[Placed]) -> Sheet | None:
        """A splash above the slanted rule; the picture whose subject leaves room for the hour."""
        best: tuple[float, Sheet] | None = None
        rect = replace(self.paper.bled, h=self._slope(False)[0] + BLEED)
        for number, (item, rank) in enumerate(zip(items, ranks_of(items), strict=True)):
            for free in (0.3, 0.12):
                crop = crop_low(item.picture, rect.w / rect.h, panels.CUT, free)
                if crop is None or ppi(item.picture, crop, rect) < 90:
                    continue
                cost = 1 - rank + (0.5 if free < 0.3 else 0.0) + 0.02 * number
                if best is None or cost < best[0]:
                    best = cost, Sheet("opener", (Frame(number, rect, crop),), "splash")
                break
        return best[1] if best else None

    # --- pictures and words on them ----------------------------------------------------------------------------------

    def _look(self, picture: BookPicture, crop: Crop, night: bool) -> Treatment:
        """Ink; what is written on cars keeps its detail."""
        wide, high = crop.right - crop.left, crop.bottom - crop.top
        fine = tuple(
            Crop(*(round(min(1.0, max(0.0, v)), 4) for v in (
                (box.left - crop.left) / wide, (box.top - crop.top) / high,
                (box.right - crop.left) / wide, (box.bottom - crop.top) / high,
            )))
            for box in picture.boxes if box.kind in SUBJECTS and box.kind != "person"
        )  # fmt: skip
        return Treatment("ink", night, (), None, fine[:6])

    def _panel(
        self, made: Composed, item: Placed, frame: Frame, *, night: bool, lines: str = "", framed: bool = True,
        body: bool = True, alt: str = "",
    ) -> Panel:  # fmt: skip
        image = made.picture(
            item, frame.rect, frame.crop, self._look(item.picture, frame.crop, night), alt=alt, body=body
        )
        r, room = frame.rect, 0.8 if framed else 0.0
        points = " ".join(f"{x:.2f},{y:.2f}" for x, y in frame.shape or r.corners)
        return Panel(
            image, points, round(r.x - room, 2), round(r.y - room, 2), round(r.w + 2 * room, 2), round(r.h + 2 * room, 2),
            lines, True, framed,
        )  # fmt: skip

    def poster(self, made: Composed, item: Placed | None, kind: str) -> tuple[Image, ...]:
        """The cover is a splash; the half title is drawn, not photographed."""
        if item is None or kind != "cover":
            return ()
        crop = crop_low(item.picture, self.paper.bled.w / self.paper.bled.h, 0.5, 0.1)
        crop = crop or _forced(item.picture, self.paper.bled.w / self.paper.bled.h)
        return (made.picture(item, self.paper.bled, crop, self._look(item.picture, crop, False), body=False),)

    def sheet(
        self, book: BookInput, section: Section, sheet: Sheet, at: int, made: Composed, *, night: bool, head: str
    ) -> tuple[Page, Caption | None]:
        """A page of panels with their boxes, noises and lines."""
        del head
        side = made.side(at)
        drawn: list[Panel] = []
        boxes: list[TextBox] = []
        noises: list[Noise] = []
        rooms: list[tuple[float, Placed, Frame, list[Rect]]] = []
        for raw in sheet.frames:
            frame = panels.moved(raw, 0.0 if sheet.kind in ("bleed", "opener") else side["x0"])
            item = section.pictures[frame.number]
            caption = text.caption(book, item)
            keep = subjects(item.picture, frame.crop, frame.rect)
            lines = self._lines(sheet.kind, item, frame, keep)
            shape = frame.shape
            if sheet.kind == "opener":
                left, right = self._slope(night)
                full = self.paper.bled
                shape = ((full.x, full.y), (full.right, full.y), (full.right, right), (full.x, left))
            drawn.append(
                self._panel(made, item, replace(frame, shape=shape), night=night, lines=lines,
                            framed=sheet.kind not in ("bleed", "opener"), alt=caption.words)
            )  # fmt: skip
            box = self._box(caption, sheet.kind, shape or self._safe.corners, keep, made, at)
            if box:
                boxes.append(box)
            rooms.append((frame.rect.w * frame.rect.h, item, frame, [*keep, *([box.rect] if box else [])]))
        most = 0 if sheet.kind == "opener" else 1 if len(sheet.frames) < 3 else 2
        finish = sheet.form == "finish"
        for _, item, frame, taken in sorted(rooms, key=lambda room: (-room[0], room[2].number))[: most + 1]:
            if len(noises) < most:
                found = self._noise(book, item, frame, [*taken, *(box.rect for box in boxes)], at, sheet.kind, finish)
                if found:
                    noises.append(found)
        page = PicturePage(
            kind="pictures", spread=f"{sheet.kind} {sheet.form}".strip(), night=night, folio=sheet.kind != "bleed" and not finish,
            panels=tuple(drawn), boxes=tuple(boxes), noises=tuple(noises), images=(), **side,
        )  # fmt: skip
        return page, None

    @property
    def _safe(self) -> Rect:
        """Where boxes of a splash may stand."""
        p = self.paper
        return Rect(p.outer, p.outer, p.width - 2 * p.outer, p.height - 2 * p.outer)

    def _lines(self, kind: str, item: Placed, frame: Frame, keep: list[Rect]) -> str:
        """Focus lines around the one subject of a splash, speed lines along a side view; none over crowds."""
        people = sum(box.kind == "person" for box in item.picture.boxes)
        cars = [box for box in item.picture.boxes if box.kind in CARS]
        if not keep or people > 3 or not cars:
            return ""
        seed = int(item.picture.photo[:6], 16)
        if kind == "bleed" and len(cars) < 3:
            return effects.rays(frame.rect, _span(keep), seed)
        side_view = max(
            (b.right - b.left) * item.picture.width / max(1e-6, (b.bottom - b.top) * item.picture.height) for b in cars
        )
        if kind != "opener" and side_view > 2.2 and frame.rect.w > 1.7 * frame.rect.h:
            return effects.pans(frame.rect, _span(keep), seed)
        return ""

    def _box(
        self, caption: Caption, kind: str, shape: tuple[panels.Point, ...], keep: list[Rect], made: Composed, at: int
    ) -> TextBox | None:
        """The caption in the first corner of the panel that misses the subject; a splash has it at its foot."""
        if kind == "opener":
            return None
        told = " ".join(
            part for part in (f"{caption.time}." if caption.time else "", caption.words, caption.who) if part
        )
        room = panels.around(shape)
        wide = min(BOX_WIDE, room.w - 8) - 2 * PAD[1]
        upper = told.upper()
        cut = metrics.cut(upper, wide, BOX_POINTS, 3, "lettering")
        if cut != upper:
            made.long_captions.append(f"p. {at}, {caption.time}. {caption.words}")
        lines = metrics.balanced(cut, wide, BOX_POINTS, "lettering")
        w = max(metrics.width(line, BOX_POINTS, "lettering") for line in lines) + 2 * PAD[1] + 0.8
        h = len(lines) * BOX_LINE + PAD[0] + PAD[2]
        best: tuple[float, Rect] | None = None
        order = ("br", "bl", "tr", "tl") if kind == "bleed" else ("tl", "tr", "br", "bl")
        for corner in order:
            rect = _in_corner(shape, corner, w, h)
            if rect is None:
                continue
            over = sum(_overlap(rect, one) for one in keep) / (w * h)
            if best is None or over < best[0] - 1e-9:
                best = over, rect
        return TextBox(best[1], tuple(lines)) if best else None

    def _noise(
        self, book: BookInput, item: Placed, frame: Frame, taken: list[Rect], at: int, kind: str, finish: bool
    ) -> Noise | None:
        """The word of this panel in its emptiest corner; only where a car is known to be."""
        if not any(box.kind in CARS for box in item.picture.boxes) and not finish:
            return None
        spoken = effects.kind_of(f"{item.picture.caption} {item.picture.name}")
        if kind == "bleed" and spoken == "passing":
            spoken = "splash"
        if finish:
            spoken = "arrival"
        list_ = effects.NOISES[spoken][book.language]
        shape = frame.shape or self._safe.corners
        room = panels.around(shape)
        largest = 46.0 if kind in ("bleed", "plate") else 22.0 if room.h > 80 else 15.0
        best: Noise | None = None
        for corner in ("bl", "br", "tl", "tr"):
            for share in (0.62, 0.5, 0.38):
                high = room.h * (0.42 if room.h > 80 else 0.52)
                for tall in (high, high * 0.7, high * 0.5):
                    rect = _in_corner(shape, corner, room.w * share, tall)
                    if rect is None or any(_overlap(rect, one) > 0 for one in taken):
                        continue
                    rect = Rect(rect.x + 3, rect.y + 2.5, rect.w - 6, rect.h - 5)
                    found = effects.fitted(list_, rect, largest, at)
                    if found and (best is None or found.letters[-1].size > best.letters[-1].size + 0.1):
                        best = found
        return best

    # --- front and back ----------------------------------------------------------------------------------------------

    def dressed(self, page: Page, chapters: Sequence[Section], made: Composed) -> Page:
        """Titles as noises, the contents and the foreword as panels, the graph's bars cut by hand."""
        if isinstance(page, TitlePage):
            return self._titled(page)
        if isinstance(page, ContentsPage):
            return replace(page, panels=self._contents(page, chapters, made), images=(), captions=())
        if isinstance(page, TextPage) and page.note and chapters:
            return replace(page, panels=self._foreword(page, chapters, made))
        if isinstance(page, OpenerPage):
            return self._opened(page)
        return page

    def _titled(self, page: TitlePage) -> TitlePage:
        if not page.title:
            return page
        paper, title = self.paper, page.title.upper()
        points = 40 * 72 / 25.4
        lines = metrics.balanced(title, 0.86 * paper.width * 0.62, points, "poster")
        low = paper.height * (0.2 if page.kind == "cover" else 0.42) + 14
        noises = []
        for place, line in enumerate(lines[:3]):
            large = 52.0
            while effects.room_of(line, 0.77 * large, large)[0] > 0.88 * paper.width and large > 12:
                large *= 0.94
            wide, _ = effects.room_of(line, 0.77 * large, large)
            drawn = effects.noise(
                line, "red", (paper.width - wide) / 2 + 4, low + place * 0.86 * large, 0.77 * large, large, 3
            )
            noises.append(replace(drawn, turn=-5.0))
        around = Rect(paper.width * 0.28, paper.height * 0.28, paper.width * 0.44, paper.height * 0.3)
        rays = "" if page.kind == "cover" and page.images else effects.rays(self.paper.bled, around, 5, 90, 0.8)
        return replace(page, noises=tuple(noises), rays=rays)

    def _opened(self, page: OpenerPage) -> OpenerPage:
        """The hour on the rule, where the picture is emptiest, and bars with hand-cut corners."""
        left, _ = self._slope(page.night)
        word = f"{page.hour_caps}H" if page.hour_caps else ""
        noises: tuple[Noise, ...] = ()
        if word:
            large = (56.0 if page.night else 66.0) * (1 if self.paper.columns == 12 else 0.8)
            drawn = effects.noise(
                word, "yellow", page.x0 - 1, left + (-3.0 if page.night else 2.5), large, 1.04 * large, 11
            )
            tail = replace(drawn.letters[-1], size=0.56 * large)
            letters = (*drawn.letters[:-1], tail)
            noises = (
                replace(drawn, letters=letters, turn=-4.0, lean=-6.0, colour="white" if page.night else "yellow"),
            )
        bars: list[str] = []
        if page.graph:
            wide = 172.0 if self.paper.columns == 12 else 96.0
            high = 17.0 if page.night else 25.0
            for place, bar in enumerate(page.graph.bars):
                x, w, h = bar.x * wide / 260, bar.w * wide / 260, bar.h * high / 25
                j = [0.25 * effects.unrest(place, corner) for corner in range(4)]
                bars.append(
                    f"{x + j[0]:.2f},{high:.2f} {x + j[1]:.2f},{high - h + j[2]:.2f} {x + w + j[3]:.2f},{high - h + j[0]:.2f} {x + w + j[2]:.2f},{high:.2f}"
                )
        return replace(page, noises=noises, bars=tuple(bars), folio=True)

    def _contents(self, page: ContentsPage, chapters: Sequence[Section], made: Composed) -> tuple[Panel, ...]:
        """One panel a chapter in two rows; more than six chapters stand as a list."""
        count = len(chapters)
        if not 1 <= count <= 6 or self.paper.columns < 12:
            return ()
        rows = [count] if count <= 2 else [count // 2, count - count // 2]
        found: list[Panel] = []
        high = min(70.0, (self.paper.bottom - 45 - 5 * (len(rows) - 1)) / len(rows))
        at = 0
        for row, many in enumerate(rows):
            for shape in _best_shapes(self.paper.live_w, 45 + row * (high + 5), high, many, 1 if row else -1):
                item = max(chapters[at].pictures, key=lambda p: (p.picture.score, p.picture.photo))
                rect = panels.around(shape)
                frame = panels.moved(Frame(0, rect, _shown(item.picture, rect), shape), page.x0)
                night = page.lines[at].night if at < len(page.lines) else False
                found.append(self._panel(made, item, frame, night=night, body=False))
                at += 1
        return tuple(found)

    def _foreword(self, page: TextPage, chapters: Sequence[Section], made: Composed) -> tuple[Panel, ...]:
        """A picture beside the words, with one lean."""
        if self.paper.columns < 12:
            return ()
        pictures = [item for section in chapters for item in section.pictures]
        item = min(
            pictures, key=lambda p: (abs(p.picture.width / p.picture.height - 1), -p.picture.score, p.picture.photo)
        )
        top, low = self.paper.top, self.paper.bottom
        shape = ((0.0, top), (142.0, top), (158.0, low), (0.0, low))
        rect = panels.around(shape)
        frame = panels.moved(Frame(0, rect, _shown(item.picture, rect), shape), page.x0)
        return (self._panel(made, item, frame, night=False, body=False),)


def unpainted(picture: BookPicture) -> BookPicture:
    """The picture as it was before painting: the last retouched version, else the original."""
    if not picture.painted:
        return picture
    retouched = [
        step for step in picture.proof.steps if step.kind == "retouched" and step.object and not step.withdrawn
    ]
    step = retouched[-1] if retouched else picture.proof.original
    steps = tuple(one for one in picture.proof.steps if one.kind != "painted")
    if step.object is None:
        return picture
    wide, high = step.width or picture.width, step.height or picture.height
    if abs(wide / high - picture.width / picture.height) > 0.02:  # another framing than its boxes: keep what is known
        wide, high = picture.width, picture.height
    return replace(
        picture, picture=step.object, painted=False, width=wide, height=high, proof=replace(picture.proof, steps=steps)
    )


def _span(keep: Sequence[Rect]) -> Rect:
    left, top = min(r.x for r in keep), min(r.y for r in keep)
    return Rect(left, top, max(r.right for r in keep) - left, max(r.bottom for r in keep) - top)


def _overlap(one: Rect, other: Rect) -> float:
    wide = min(one.right, other.right) - max(one.x, other.x)
    high = min(one.bottom, other.bottom) - max(one.y, other.y)
    return max(0.0, wide) * max(0.0, high)


def _in_corner(shape: Sequence[panels.Point], corner: str, w: float, h: float) -> Rect | None:
    """A rectangle of this size in a corner of the panel; flush with upright edges, 1.5 from leaning ones."""
    (ax, top), (bx, top_right), (cx, low), (dx, low_left) = shape
    top, low = max(top, top_right), min(low, low_left)
    y = top if corner[0] == "t" else low - h
    high = low - top
    lefts = [ax + (dx - ax) * (v - top) / high for v in (y, y + h)]
    rights = [bx + (cx - bx) * (v - top) / high for v in (y, y + h)]
    left = max(lefts) + (1.5 if abs(ax - dx) > 0.1 else 0.0)
    right = min(rights) - (1.5 if abs(bx - cx) > 0.1 else 0.0)
    if right - left < w:
        return None
    return Rect(left if corner[1] == "l" else right - w, y, w, h)


def _best_shapes(width: float, y: float, high: float, many: int, sign: int) -> list[tuple[panels.Point, ...]]:
    cuts = panels.cuts_of(width, many)[0]
    return panels.shapes(width, y, high, cuts, sign * panels.lean_of(high))


def _shown(picture: BookPicture, rect: Rect) -> Crop:
    """A crop for a page that shows a picture again: the subject whole where that goes."""
    ratio = rect.w / rect.h
    return crop_to(picture, ratio, 0.6, blind=0.6) or _forced(picture, ratio)


def _forced(picture: BookPicture, ratio: float) -> Crop:
    """The middle of a picture that no crop suits: only for pages that show a picture again."""
    own = picture.width / picture.height
    if ratio < own:
        share = ratio / own
        return Crop((1 - share) / 2, 0.0, (1 + share) / 2, 1.0)
    share = own / ratio
    return Crop(0.0, (1 - share) / 2, 1.0, (1 + share) / 2)
