"""One book, from its input to files: choose, lay out, compose, bake, render, check. Runs in a child process.

`key_of` is pure and says beforehand whether the book would come out the same; `make_book` is the only function
that writes. Both decide through the same `plan`, so that the key covers exactly what is printed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from safelight.book import compose
from safelight.book.choose import Chosen, Race, candidates, choose, race_of
from safelight.book.context import BookInput, Warned
from safelight.book.designs import Design, design_of, unsuited
from safelight.book.layout import Sheet
from safelight.book.proofs import A_PAGE
from safelight.book.rhythm import pages as pages_of
from safelight.model.digests import ObjectId, PhotoId, digest, object_id

Read = Callable[[ObjectId], bytes]
Progress = Callable[[str, int, int], None]

LEAST_PAGES = 12
"""A book is never planned below this, whatever the form says: front, one chapter, proofs, credits."""


@dataclass(frozen=True)
class BookMade:
    """What came out: files, on which page each picture stands, why others do not, and what to look at."""

    pdf: Path
    html: Path
    pages: dict[PhotoId, int]
    not_chosen: dict[PhotoId, str]
    warnings: tuple[Warned, ...]
    page_count: int


@dataclass(frozen=True)
class BookPlan:
    """What will be printed, before any pixel is read."""

    chosen: Chosen
    sheets: list[tuple[Sheet, ...]]
    race: Race

    @property
    def numbered(self) -> int:
        """Numbered pages: front, chapters with openers, proofs, steps (about), credits."""
        body = sum(1 + sum(sheet.kind != "opener" for sheet in after) for after in self.sheets)
        n = len(self.chosen.pictures)
        rows = sum(1 + len(p.picture.proof.steps) + len(p.picture.proof.decisions) for p in self.chosen.pictures)
        strips = sum(1 + (len(p.picture.proof.steps) > 3) for p in self.chosen.pictures)
        if not n:
            return 4
        pages = compose.FRONT + body + -(-strips // A_PAGE) + -(-rows // compose.STEPS_A_PAGE) + 1
        return -(-pages // 4) * 4  # blanks fill the last sheet


def plan(book: BookInput) -> BookPlan:
    """As many pictures as the form's pages hold, chosen, in order and placed. Pure."""
    design = design_of(book.form)
    book, race = design.prepared(book), race_of(book)
    wanted = max(book.form.pages, LEAST_PAGES)
    among = candidates(book, race, min(len(book.pictures), 4 * wanted))
    tried: dict[int, BookPlan] = {}

    def fits(limit: int) -> bool:
        if limit not in tried:
            chosen = choose(book, limit, among)
            tried[limit] = BookPlan(chosen, _laid(chosen, design), race)
        return tried[limit].numbered <= wanted

    low, high = min(1, len(among.best)), len(among.best)
    guess = round(1.2 * wanted)  # pictures to a page on average, proofs included
    while low < high:
        guess = min(max(guess, low + 1), high)
        low, high = (guess, high) if fits(guess) else (low, guess - 1)
        # Halving, but never far from the last guess: the first one is nearly right.
        guess = min(max((low + high + 1) // 2, int(guess * 0.92)), int(guess * 1.08) + 1)
    fits(low)
    return tried[low]


def _laid(chosen: Chosen, design: Design) -> list[tuple[Sheet, ...]]:
    """Every section's pages, the opener's picture first where the design has one; the last timed section ends on the
    finish.
    """
    timed = [index for index, section in enumerate(chosen.sections) if section.to_hour is not None]
    laid: list[tuple[Sheet, ...]] = []
    for index, section in enumerate(chosen.sections):
        items, last = list(section.pictures), index == max(timed, default=-1)
        first = design.opener(items) if len(items) > 1 else None
        taken = {frame.number for frame in first.frames} if first else set()
        kept = [number for number in range(len(items)) if number not in taken]
        sheets = list(pages_of([items[number] for number in kept], design, finish=last))
        if last and sheets:
            sheets[-1] = design.finished(sheets[-1], items)
        laid.append(((first,) if first else ()) + tuple(_numbered(sheet, kept) for sheet in sheets))
    return laid


def _numbered(sheet: Sheet, kept: list[int]) -> Sheet:
    """The sheet with its pictures' numbers in the section."""
    return replace(sheet, frames=tuple(replace(frame, number=kept[frame.number]) for frame in sheet.frames))


def key_of(book: BookInput, made: BookPlan, templates_digest: str) -> str:
    """Digest of all that is printed: every word, place and picture of every page, and the templates.

    Root, records, head and the time of making are printed too but left out: they change with every record, and a book
    that changes them would never be finished. `made` is the book's `plan`.
    """
    timeless = replace(book, root="", head="", records=0, made_at="")
    composed = compose.compose(timeless, made.chosen, made.sheets, made.race)
    pages = [[page.kind, asdict(page)] for page in composed.pages]
    return digest([1, book.language, pages, [asdict(job) for job in composed.jobs], templates_digest])


def templates_digest(templates: Path) -> str:
    """Digest of every template, style sheet and font of a design, by name."""
    files = sorted(path for path in templates.rglob("*") if path.is_file())
    return digest([[path.relative_to(templates).as_posix(), object_id(path.read_bytes())] for path in files])


def make_book(
    book: BookInput,
    templates: Path,
    read: Read,
    work: Path,
    made: BookPlan | None = None,
    progress: Progress | None = None,
) -> BookMade:
    """Make the book below `work`: `book.pdf` and `html/index.html` with everything it shows.

    `templates` is the folder of one design; `read` returns an object's bytes and may raise; `made` is the book's `plan`
    where it is known already. `progress` is told
    ("bake" | "html" | "pdf" | "check", done, of). Raises BookError, or what decoding and `read` raise; the folder is
    then incomplete and nothing of it should be kept.
    """
    # here and not above: whoever only asks for a key must not load the PDF engine
    from safelight.book import bake, preflight, render

    tell = progress or (lambda _stage, _done, _of: None)
    made = made or plan(book)
    key = key_of(book, made, templates_digest(templates))
    composed = compose.compose(book, made.chosen, made.sheets, made.race)
    html = work / "html"
    shutil.rmtree(html, ignore_errors=True)
    html.mkdir(parents=True)
    baked = bake.bake(composed.jobs, read, html, lambda done, of: tell("bake", done, of))
    tell("html", 0, 1)
    render.write_html(book, composed.pages, templates, html)
    tell("pdf", 0, 1)
    pdf = work / "book.pdf"
    render.write_pdf(book, composed.pages, templates, html, pdf, key)
    tell("check", 0, 1)
    pictures = {p.picture.photo: p.picture for p in made.chosen.pictures}
    warnings = preflight.check(pdf, composed.pages, render.families(templates), composed.paper)
    warnings += preflight.resolution(composed.jobs, baked, pictures) + preflight.people(pictures.values())
    warnings += composed.warnings + [told for told in [unsuited(book.form)] if told]
    ordered = tuple(
        sorted(warnings, key=lambda w: (not w.strong, w.code, composed.places.get(w.photo or PhotoId(""), 0)))
    )
    return BookMade(pdf, html, composed.places, made.chosen.not_chosen, ordered, len(composed.pages))
