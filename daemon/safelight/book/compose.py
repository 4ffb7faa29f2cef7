"""From chosen pictures and their places to the pages that templates print, and the pictures to bake. Pure.

Called by `make`, which bakes and renders. The order of the book: cover and its inside, half title, contents, a page
of facts, the chapters, the proof strips, the record of the steps, credits with colophon, full captions where some
had to be cut, and the cover's inside and back.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from safelight.book import colophon, metrics, proofs, text, words
from safelight.book.choose import Chosen, Placed, Race, Section
from safelight.book.context import (
    BookInput,
    Caption,
    ContentsLine,
    ContentsPage,
    Crop,
    Image,
    Job,
    Language,
    Page,
    ProofsPage,
    Rect,
    StepRow,
    StepsPage,
    TextPage,
    TitlePage,
    Warned,
)
from safelight.book.crop import crop_to
from safelight.book.layout import BLEEDING, CAPTION_LINE, Sheet, columns, left_edge
from safelight.model.digests import PhotoId

FRONT = 3
"""Half title, contents, facts: the first opener is page 4, a verso."""
STEPS_A_PAGE = 44
_BLEED_CAPTION_Y, _FOOT_CAPTION_Y = 185.0, 172.5


@dataclass
class Composed:
    """The pages in order, what to bake, and on which page each picture stands."""

    pages: list[Page] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    places: dict[PhotoId, int] = field(default_factory=dict)
    warnings: list[Warned] = field(default_factory=list)
    long_captions: list[str] = field(default_factory=list)
    cover: tuple[str, str] = ("", "")

    def side(self, number: int) -> dict[str, Any]:
        """The fields every page has by its number."""
        side = "recto" if number % 2 else "verso"
        return {"number": number, "label": str(number), "side": side, "x0": left_edge(side)}


def compose(book: BookInput, chosen: Chosen, sheets: list[tuple[Sheet, ...]], race: Race) -> Composed:
    """All pages of the book. `sheets` holds each section's pages after its opener."""
    made = Composed()
    printed: list[proofs.Printed] = []
    body: list[Page] = []
    lines: list[ContentsLine] = []
    number = FRONT + 1
    for section, after in zip(chosen.sections, sheets, strict=True):
        lines.append(_contents_line(book, section, race, number))
        number = _chapter(book, section, after, race, number, made, body, printed)
    back = _back(book, chosen, made, printed, number)
    made.pages = [*_front(book, chosen, race, lines, made, back), *body, *back]
    made.pages += _closing(book, made, len(made.pages) - 2)
    return made


# --- front ---------------------------------------------------------------------------------------------------------


def _front(
    book: BookInput, chosen: Chosen, race: Race, lines: list[ContentsLine], made: Composed, back: list[Page]
) -> list[Page]:  # fmt: skip
    title, subtitle = text.titles(book)
    best = _best(chosen)
    pages: list[Page] = []
    cover: tuple[Image, ...] = ()
    if best:
        cover = (_plate(best.picture, Rect(66, 35, 165, 109), made),)
    common: dict[str, Any] = {"title": title, "subtitle": subtitle}
    large, small = metrics.balanced(title, 165, 30), metrics.balanced(title, 128, 24)
    pages.append(
        TitlePage(
            kind="cover",
            number=0,
            label="C1",
            x0=66,
            side="recto",
            cloth=True,
            images=cover,
            name=title,
            lines=tuple(large),
            **common,
        )
    )
    pages.append(Page(kind="inside", number=0, label="C2", x0=16, side="verso", cloth=True))
    pages.append(TitlePage(kind="half_title", lines=tuple(small), **made.side(1), **common))
    if not chosen.pictures:
        page = TextPage(
            kind="prose", title=words.say("no_pictures", book.language), note="",
            paragraphs=(words.say("no_pictures_text", book.language),), folio=True, **made.side(3),
        )  # fmt: skip
        return [*pages, Page(kind="blank", **made.side(2)), page]
    pages.append(_contents(book, lines, best, made, back))
    pages.append(
        TextPage(
            kind="prose", title=words.say("foreword", book.language), note=words.say("drafted", book.language),
            paragraphs=text.facts(book, chosen, race), folio=True, name=words.say("foreword", book.language), **made.side(3),
        )
    )  # fmt: skip
    return pages


def _best(chosen: Chosen) -> Placed | None:
    """The picture for cover and contents: the best painted landscape, else the best landscape, else the best."""
    return max(
        chosen.pictures,
        key=lambda p: (p.picture.painted, p.picture.width > p.picture.height, p.picture.score, p.picture.photo),
        default=None,
    )


def _plate(picture: Any, rect: Rect, made: Composed) -> Image:
    """The picture whole within this frame's width, from its top left; cropped where its shape is near."""
    crop = crop_to(picture, rect.w / rect.h, 0.2)
    if crop is None:
        crop = Crop()
        scale = min(rect.w / picture.width, rect.h / picture.height)
        rect = Rect(rect.x, rect.bottom - picture.height * scale, picture.width * scale, picture.height * scale)
    job = proofs.picture_job(picture.picture, crop, rect.w, rect.h, picture.photo)
    made.jobs.append(job)
    return Image(job.src, rect, "")


def _contents_line(book: BookInput, section: Section, race: Race, page: int) -> ContentsLine:
    hour = ""
    if section.from_hour is not None:
        when = race.clock(section.from_hour)
        hour = words.clock(when.hour, when.minute, book.language)
    return ContentsLine(
        hour, words.typeset(section.title, book.language), text.contents_line(book, section, race), page
    )


def _contents(
    book: BookInput, lines: list[ContentsLine], best: Placed | None, made: Composed, back: list[Page]
) -> Page:  # fmt: skip
    side = made.side(2)
    images: tuple[Image, ...] = ()
    captions: tuple[Caption, ...] = ()
    pitch = min(20.0, max(5.0, 2.5 * (125.0 // max(1, len(lines)) // 2.5)))
    if best:
        image = _plate(best.picture, Rect(side["x0"] + 154, 60, columns(5), 70), made)
        image = replace(image, rect=replace(image.rect, y=60.0))
        caption = text.caption(book, best)
        if best.picture.painted:
            sep = f"{words.NARROW}; " if book.language == "fr" else "; "
            told = sep.join(w for w in (caption.words.rstrip("."), words.say("painted_from", book.language)) if w)
            caption = replace(caption, words=told[:1].upper() + told[1:])
        rect = Rect(side["x0"] + 154, image.rect.bottom + CAPTION_LINE, columns(5), 2 * CAPTION_LINE)
        images, captions = (image,), (replace(caption, rect=rect),)
    others = [(words.say("foreword", book.language), 3)]
    others += [(page.name, page.number) for page in back if page.name]
    return ContentsPage(
        kind="contents", title=words.say("contents", book.language), lines=tuple(lines), pitch=pitch,
        others=tuple(others), images=images, captions=captions, folio=True,
        name=words.say("contents", book.language), **side,
    )  # fmt: skip


# --- chapters ------------------------------------------------------------------------------------------------------


def _chapter(
    book: BookInput, section: Section, after: tuple[Sheet, ...], race: Race, number: int, made: Composed,
    body: list[Page], printed: list[proofs.Printed],
) -> int:  # fmt: skip
    night = text.is_night(book, section, race)
    title = words.typeset(section.title, book.language)
    opener = text.opener(book, section, race, night=night, **made.side(number))
    whole = text.editors(book, section)
    if whole and opener.paragraphs != tuple(whole):
        made.long_captions.append(f"p. {number}, {title}. {' '.join(whole)}")
    pages: list[Page] = [opener]
    owed: tuple[int, Caption] | None = None
    for index, sheet in enumerate(after):
        at = number + 1 + index
        page, facing = _sheet(book, section, sheet, at, made, night=night, head=title)
        for frame in sheet.frames:
            item = section.pictures[frame.number]
            made.places[item.picture.photo] = at
            printed.append(_printed(book, item, len(printed) + 1, at))
        if owed and owed[0] == index:
            page = replace(page, captions=(*page.captions, _at_foot(owed[1], page)))
            owed = None
        if facing and at % 2:
            pages[-1] = replace(pages[-1], captions=(*pages[-1].captions, _at_foot(facing, pages[-1])))
        elif facing:
            owed = (index + 1, facing)
        pages.append(page)
    body += pages
    return number + len(pages)


def _at_foot(caption: Caption, page: Page) -> Caption:
    """A bleed's caption on the page that faces it."""
    return replace(caption, rect=Rect(page.x0, _BLEED_CAPTION_Y, columns(8), 2 * CAPTION_LINE))


def _printed(book: BookInput, item: Placed, number: int, page: int) -> proofs.Printed:
    caption = text.caption(book, item)
    title = metrics.cut(caption.words or words.say("photographs", book.language)[:-1], 90, 9.4, 1, "italic")
    return proofs.Printed(number, item.picture, title.rstrip("."), f"{caption.time}, {caption.who}", page)


def _sheet(
    book: BookInput, section: Section, sheet: Sheet, at: int, made: Composed, *, night: bool, head: str
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
        job = proofs.picture_job(item.picture.picture, frame.crop, rect.w, rect.h, item.picture.photo, body=True)
        made.jobs.append(job)
        caption = text.caption(book, item)
        images.append(Image(job.src, rect, caption.words))
        if sheet.kind == "bleed":
            facing = replace(caption, label=words.say("opposite", book.language))
        elif sheet.kind == "foot":
            captions.append(replace(caption, rect=Rect(side["x0"], _FOOT_CAPTION_Y, columns(8), 2 * CAPTION_LINE)))
        elif sheet.kind != "rows":
            captions.append(_under(caption, rect, made, at))
    if sheet.kind == "rows":
        captions.append(_key(book, section, sheet, side["x0"]))
    page = Page(
        kind="pictures", night=dark, folio=sheet.kind != "bleed", head="" if sheet.kind == "bleed" else head,
        images=tuple(images), captions=tuple(captions), **side,
    )  # fmt: skip
    return page, facing


def _under(caption: Caption, rect: Rect, made: Composed, at: int) -> Caption:
    """A caption under its picture: at most three lines, the rest in the full captions."""
    wide = max(62.0, min(106.0, rect.w))
    whole = caption.words
    other = f"{caption.time}  {caption.who}"
    room = 3 * wide - metrics.width(other, 9.4) - wide * 0.25
    if metrics.width(whole, 9.4, "italic") > room:
        caption = replace(caption, words=metrics.cut(whole, room, 9.4, 1, "italic"))
        made.long_captions.append(f"p. {at}, {caption.time}. {whole}")
    return replace(caption, rect=Rect(rect.x, rect.bottom + CAPTION_LINE, wide, 3 * CAPTION_LINE))


def _key(book: BookInput, section: Section, sheet: Sheet, x0: float) -> Caption:
    """One caption for a page of rows: from left to right and top to bottom."""
    items: list[str] = []
    people: list[str] = []
    for frame in sheet.frames:
        caption = text.caption(book, section.pictures[frame.number])
        items.append(", ".join(part for part in (caption.time, caption.words.rstrip(".")) if part))
        if caption.who not in people:
            people.append(caption.who)
    separator = f"{words.NARROW}; " if book.language == "fr" else "; "
    told = metrics.cut(separator.join(items), 3.4 * columns(8), 9.4, 1, "italic")
    return Caption(
        Rect(x0, sheet.lowest + CAPTION_LINE, columns(8), 4 * CAPTION_LINE),
        words.say("key", book.language), "", f"{told}.", ", ".join(people),
    )  # fmt: skip


# --- back ----------------------------------------------------------------------------------------------------------


def _back(book: BookInput, chosen: Chosen, made: Composed, printed: list[proofs.Printed], number: int) -> list[Page]:
    language = book.language
    pages: list[Page] = []
    sheets, jobs = proofs.strips(printed, language)
    made.jobs += jobs
    for index, strips in enumerate(sheets):
        title = words.say("proofs", language)
        pages.append(
            ProofsPage(
                kind="proofs", title=title, note=words.say("proofs_note", language), strips=tuple(strips), folio=True,
                name=title if index == 0 else "", **made.side(number + len(pages)),
            )
        )  # fmt: skip
    pages += _steps(printed, language, number + len(pages), made)
    for index, paragraphs in enumerate(_by_lines(made.long_captions)):
        title = words.say("full_captions", language)
        pages.append(
            TextPage(
                kind="prose", title=title, note="", paragraphs=paragraphs, folio=True,
                name=title if index == 0 else "", **made.side(number + len(pages)),
            )
        )  # fmt: skip
    pages.append(colophon.credits(book, chosen, made.places, **made.side(number + len(pages))))
    return pages


def _by_lines(paragraphs: list[str], most: int = 30) -> list[tuple[str, ...]]:
    """Paragraphs in pages of at most so many lines of text (one longer than a page stands alone)."""
    sheets: list[list[str]] = []
    room = 0
    for paragraph in paragraphs:
        needed = len(metrics.lines(paragraph, 108, 11.5))
        if not sheets or needed > room:
            sheets.append([])
            room = most
        sheets[-1].append(paragraph)
        room -= needed
    return [tuple(sheet) for sheet in sheets]


def _steps(printed: list[proofs.Printed], language: Language, number: int, made: Composed) -> list[Page]:
    """The record of the steps; a picture's rows stay together."""
    sheets: list[list[StepRow]] = []
    for rows in proofs.rows(printed, language):
        if not sheets or len(sheets[-1]) + len(rows) > STEPS_A_PAGE:
            sheets.append([])
        sheets[-1] += rows
    keys = ("step", "rule", "backend", "seed", "at", "seconds", "digest")
    title = words.say("steps", language)
    return [
        StepsPage(
            kind="steps", title=title, note=words.say("steps_note", language), rows=tuple(rows), folio=True,
            heads=tuple(words.say(f"heads_{key}", language) for key in keys), name=title if index == 0 else "",
            **made.side(number + index),
        )
        for index, rows in enumerate(sheets)
    ]  # fmt: skip


def _closing(book: BookInput, made: Composed, numbered: int) -> list[Page]:
    """A blank leaf where the count asks for it, then the cover's inside and back."""
    pages: list[Page] = []
    if numbered % 2:
        pages.append(Page(kind="blank", **made.side(numbered + 1)))
    pages.append(Page(kind="inside", number=0, label="C3", x0=21, side="recto", cloth=True))
    title, _ = text.titles(book)
    back = TitlePage(
        kind="back", number=0, label="C4", x0=50, side="verso", cloth=True, title=title, lines=(), subtitle=""
    )
    return [*pages, back]
