"""From chosen pictures and their places to the pages that templates print, and the pictures to bake. Pure.

Called by `make`, which bakes and renders. The order of the book: cover and its inside, half title, contents, a page
of facts, the chapters, the proof strips, the record of the steps, credits with colophon, full captions where some
had to be cut, and the cover's inside and back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from safelight.book import colophon, metrics, proofs, text, words
from safelight.book.album import plate
from safelight.book.choose import Chosen, Placed, Race, Section
from safelight.book.composed import Composed
from safelight.book.context import (
    BookInput,
    Caption,
    ContentsLine,
    ContentsPage,
    Image,
    Language,
    OpenerPage,
    Page,
    PicturePage,
    ProofsPage,
    Rect,
    StepRow,
    StepsPage,
    TextPage,
    TitlePage,
)
from safelight.book.designs import Design, design_of
from safelight.book.hours import small_bars
from safelight.book.layout import CAPTION_LINE, Sheet, columns

FRONT = 3
"""Half title, contents, facts: the first opener is page 4, a verso."""
STEPS_A_PAGE = 44
_BLEED_CAPTION_Y = 185.0


def compose(book: BookInput, chosen: Chosen, sheets: list[tuple[Sheet, ...]], race: Race) -> Composed:
    """All pages of the book. `sheets` holds each section's pages after its opener, and first the opener's own picture
    where the design gives it one.
    """
    design = design_of(book.form)
    made = Composed(design.paper)
    printed: list[proofs.Printed] = []
    body: list[Page] = []
    lines: list[ContentsLine] = []
    number = FRONT + 1
    for section, after in zip(chosen.sections, sheets, strict=True):
        lines.append(_contents_line(book, section, race, number))
        number = _chapter(book, design, section, after, race, number, made, body, printed)
    back = _back(book, design, chosen, made, printed, number)
    front = _front(book, design, chosen, race, lines, made, back)
    pages = [*front, *body, *back]
    pages += _closing(book, made, len(pages) - 2)
    made.pages = [design.dressed(page, chosen.sections, made) for page in pages]
    return made


# --- front ---------------------------------------------------------------------------------------------------------


def _front(
    book: BookInput, design: Design, chosen: Chosen, race: Race, lines: list[ContentsLine], made: Composed,
    back: list[Page],
) -> list[Page]:  # fmt: skip
    title, subtitle = text.titles(book)
    best = _best(chosen)
    common: dict[str, Any] = {"title": title, "subtitle": subtitle}
    large, small = metrics.balanced(title, 165, 30), metrics.balanced(title, 128, 24)
    pages: list[Page] = [
        TitlePage(
            kind="cover", number=0, label="C1", x0=66, side="recto", cloth=True, name=title, lines=tuple(large),
            images=design.poster(made, best, "cover"), **common,
        ),
        Page(kind="inside", number=0, label="C2", x0=16, side="verso", cloth=True),
        TitlePage(
            kind="half_title", lines=tuple(small), images=design.poster(made, best, "half_title"), **made.side(1), **common
        ),
    ]  # fmt: skip
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


def _contents_line(book: BookInput, section: Section, race: Race, page: int) -> ContentsLine:
    hour = big = ""
    if section.from_hour is not None:
        when = race.clock(section.from_hour)
        hour = words.clock(when.hour, when.minute, book.language)
        big = str(when.hour) if book.language == "fr" else f"{when.hour:02d}"
    return ContentsLine(
        hour, words.typeset(section.title, book.language), text.contents_line(book, section, race), page,
        big, text.is_night(book, section, race), small_bars(book, section, race),
    )  # fmt: skip


def _contents(
    book: BookInput, lines: list[ContentsLine], best: Placed | None, made: Composed, back: list[Page]
) -> Page:  # fmt: skip
    side = made.side(2)
    images: tuple[Image, ...] = ()
    captions: tuple[Caption, ...] = ()
    pitch = min(20.0, max(5.0, 2.5 * (125.0 // max(1, len(lines)) // 2.5)))
    if best:
        image = plate(made, best, Rect(side["x0"] + 154, 60, columns(5), 70))
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
    book: BookInput, design: Design, section: Section, after: tuple[Sheet, ...], race: Race, number: int, made: Composed,
    body: list[Page], printed: list[proofs.Printed],
) -> int:  # fmt: skip
    night = text.is_night(book, section, race)
    title = words.typeset(section.title, book.language)
    opener: Page = text.opener(book, section, race, night=night, **made.side(number))
    whole = text.editors(book, section)
    if whole and isinstance(opener, OpenerPage) and opener.paragraphs != tuple(whole):
        made.long_captions.append(f"p. {number}, {title}. {' '.join(whole)}")
    own = after[:1] if after and after[0].kind == "opener" else ()
    for sheet in own:
        page, _ = design.sheet(book, section, sheet, number, made, night=night, head=title)
        if isinstance(opener, OpenerPage) and isinstance(page, PicturePage):
            opener = replace(
                opener,
                images=page.images,
                captions=page.captions,
                form=sheet.form,
                panels=page.panels,
                boxes=page.boxes,
            )
        _note(book, section, sheet, number, made, printed)
    pages: list[Page] = [opener]
    owed: tuple[int, Caption] | None = None
    for index, sheet in enumerate(after[len(own) :]):
        at = number + 1 + index
        page, facing = design.sheet(book, section, sheet, at, made, night=night, head=title)
        _note(book, section, sheet, at, made, printed)
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


def _note(
    book: BookInput, section: Section, sheet: Sheet, at: int, made: Composed, printed: list[proofs.Printed]
) -> None:  # fmt: skip
    """The page on which each picture of this sheet stands, for the appendix."""
    for frame in sheet.frames:
        item = section.pictures[frame.number]
        made.places[item.picture.photo] = at
        printed.append(_printed(book, item, len(printed) + 1, at))


def _at_foot(caption: Caption, page: Page) -> Caption:
    """A bleed's caption on the page that faces it."""
    return replace(caption, rect=Rect(page.x0, _BLEED_CAPTION_Y, columns(8), 2 * CAPTION_LINE))


def _printed(book: BookInput, item: Placed, number: int, page: int) -> proofs.Printed:
    caption = text.caption(book, item)
    title = metrics.cut(caption.words or words.say("photographs", book.language)[:-1], 90, 9.4, 1, "italic")
    return proofs.Printed(number, item.picture, title.rstrip("."), f"{caption.time}, {caption.who}", page)


# --- back ----------------------------------------------------------------------------------------------------------


def _back(
    book: BookInput, design: Design, chosen: Chosen, made: Composed, printed: list[proofs.Printed], number: int
) -> list[Page]:  # fmt: skip
    language = book.language
    pages: list[Page] = []
    sheets, jobs = proofs.strips(printed, language, design.slots)
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
    """Blank pages up to a multiple of four, as sheets are folded, then the cover's inside and back."""
    pages: list[Page] = []
    pages += [Page(kind="blank", **made.side(number)) for number in range(numbered + 1, -(-numbered // 4) * 4 + 1)]
    pages.append(Page(kind="inside", number=0, label="C3", x0=21, side="recto", cloth=True))
    title, _ = text.titles(book)
    back = TitlePage(
        kind="back", number=0, label="C4", x0=50, side="verso", cloth=True, title=title, lines=(), subtitle=""
    )
    return [*pages, back]
