"""*album*: a quiet publisher's book. Its pages are those of `layout`; here pictures and captions are put on them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from safelight.book import layout, text, words
from safelight.book.choose import Placed, Section
from safelight.book.composed import Composed, key_of
from safelight.book.context import BookInput, Caption, Crop, Image, Page, PicturePage, Rect
from safelight.book.crop import crop_to
from safelight.book.layout import BLEEDING, CAPTION_LINE, Option, Sheet, columns
from safelight.book.paper import Paper
from safelight.book.proofs import Slots, slots_of

_FOOT_CAPTION_Y = 172.5


@dataclass(frozen=True)
class Album:
    """White pages, generous margins, one accent."""

    paper: Paper
    density: ClassVar[dict[str, int]] = layout.DENSITY
    bleeding: ClassVar[tuple[str, ...]] = BLEEDING
    pictured: ClassVar[bool] = False

    @property
    def slots(self) -> Slots:
        """Where the frames of a proof strip stand."""
        return slots_of(self.paper)

    def prepared(self, book: BookInput) -> BookInput:
        """As it is."""
        return book

    def options(self, items: Sequence[Placed], start: int, ranks: Sequence[float], side: str) -> list[Option]:
        """All pages that could begin with picture `start`."""
        return layout.options(items, start, ranks, side)

    def single(self, item: Placed, number: int, rank: float) -> Option:
        """One picture with white around it."""
        return layout.single(item, number, rank)

    def couple(self, items: Sequence[Placed], number: int) -> Sheet:
        """Two pictures side by side; uncropped where no columns suit."""
        two = layout.pair(items, number, "recto")
        return two.sheet if two else layout.whole(items, number)

    def finished(self, sheet: Sheet, items: Sequence[Placed]) -> Sheet:
        """A single picture needs nothing to be an end."""
        del items
        return sheet

    def opener(self, items: Sequence[Placed]) -> Sheet | None:
        """An album's opener is free of pictures: its picture is the facing bleed."""
        del items
        return None

    def poster(self, made: Composed, item: Placed | None, kind: str) -> tuple[Image, ...]:
        """A painted picture as a tipped-in plate, on the cover only."""
        if item is None or kind != "cover":
            return ()
        return (plate(made, item, Rect(66, 35, 165, 109)),)

    def sheet(
        self, book: BookInput, section: Section, sheet: Sheet, at: int, made: Composed, *, night: bool, head: str
    ) -> tuple[Page, Caption | None]:
        """One page with pictures, and the caption it leaves to the page it faces."""
        side = made.side(at)
        dark = night and sheet.kind == "foot"
        shift = 0.0 if sheet.kind in BLEEDING else side["x0"]
        images: list[Image] = []
        captions: list[Caption] = []
        facing: Caption | None = None
        for frame in sheet.frames:
            item = section.pictures[frame.number]
            rect = replace(frame.rect, x=frame.rect.x + shift)
            caption = text.caption(book, item)
            images.append(made.picture(item, rect, frame.crop, alt=caption.words))
            if sheet.kind == "bleed":
                facing = replace(caption, label=words.say("opposite", book.language))
            elif sheet.kind == "foot":
                captions.append(replace(caption, rect=Rect(side["x0"], _FOOT_CAPTION_Y, columns(8), 2 * CAPTION_LINE)))
            elif sheet.kind != "rows":
                wide = max(62.0, min(106.0, rect.w))
                under = Rect(rect.x, rect.bottom + CAPTION_LINE, wide, 3 * CAPTION_LINE)
                captions.append(made.under(caption, under, at, "italic", 9.4))
        if sheet.kind == "rows":
            items = [section.pictures[frame.number] for frame in sheet.frames]
            told, people = key_of(book, items, 3.4 * columns(8), "italic", 9.4)
            rect = Rect(side["x0"], sheet.lowest + CAPTION_LINE, columns(8), 4 * CAPTION_LINE)
            captions.append(Caption(rect, words.say("key", book.language), "", told, people))
        page = PicturePage(
            kind="pictures", spread=sheet.kind, night=dark, folio=sheet.kind != "bleed",
            head="" if sheet.kind == "bleed" else head, images=tuple(images), captions=tuple(captions), **side,
        )  # fmt: skip
        return page, facing

    def dressed(self, page: Page, chapters: Sequence[Section], made: Composed) -> Page:
        """Nothing more."""
        del chapters, made
        return page


def plate(made: Composed, item: Placed, rect: Rect) -> Image:
    """The picture whole within this frame's width, on its lower edge; cropped where its shape is near."""
    picture = item.picture
    crop = crop_to(picture, rect.w / rect.h, 0.2)
    if crop is None:
        crop = Crop()
        scale = min(rect.w / picture.width, rect.h / picture.height)
        rect = Rect(rect.x, rect.bottom - picture.height * scale, picture.width * scale, picture.height * scale)
    return made.picture(item, rect, crop, body=False)
