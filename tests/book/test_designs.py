"""*drama* and *bd* on every paper: pages that can be printed, whatever the pictures; the same content in each design."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import book_samples as samples
from safelight.book import effects
from safelight.book.choose import Placed, Section
from safelight.book.composed import Composed
from safelight.book.context import PicturePage, Rect
from safelight.book.crop import subject
from safelight.book.designs import design_of, unsuited
from safelight.book.layout import Frame
from safelight.book.make import make_book, plan
from safelight.book.panels import subjects, within
from safelight.book.paper import BLEED, PAPERS, paper_of
from safelight.book.rhythm import pages
from safelight.model.recipe import BookForm

TEMPLATES = Path(__file__).parents[2] / "templates"
DESIGNS = ["album", "bd", "drama"]


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("A4 landscape", (297, 210)), ("a4 portrait", (210, 297)), ("21 cm square", (210, 210)), ("30 cm square", (300, 300)),
        ("240 x 300 mm", (240, 300)), ("24 × 30 cm", (240, 300)), ("24,5x30 cm", (245, 300)), ("100 x 300 mm", None),
        ("A3", None), ("", None), ("240 x 3000", None),
    ],
)  # fmt: skip
def test_papers_by_name_and_by_size(text: str, size: tuple[float, float] | None) -> None:
    """Promise: named papers and own sizes are understood, what is no size of a book is not."""
    paper = paper_of(text)
    assert (paper and (paper.width, paper.height)) == size


@pytest.mark.parametrize("paper", [*PAPERS.values(), paper_of("240 x 300 mm"), paper_of("200 x 200 mm")])
def test_the_grid_of_every_paper(paper: object) -> None:
    """Promise: columns and gutters fill the live area exactly, which stands on whole units within the margins."""
    assert hasattr(paper, "across")
    assert paper.across(paper.columns) == pytest.approx(paper.live_w)
    assert paper.column(paper.columns) + paper.across(1) == pytest.approx(paper.live_w, abs=0.01)
    assert paper.live_h % 5 == 0 and min(paper.inner, paper.outer, paper.top, paper.foot) >= 10
    assert paper.inner >= paper.outer and paper.foot >= paper.top


LISTED = {word for by in effects.NOISES.values() for words_ in by.values() for word, _ in words_}


def corners(frame: Frame) -> list[tuple[float, float]]:
    """The frame's corners, clockwise."""
    r = frame.rect
    return list(frame.shape) or [(r.x, r.y), (r.right, r.y), (r.right, r.bottom), (r.x, r.bottom)]


def apart(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> bool:
    """Whether a side of one of two convex shapes parts them."""
    for shape, against in ((one, other), (other, one)):
        for (ax, ay), (bx, by) in zip(shape, [*shape[1:], shape[0]], strict=True):
            if all((bx - ax) * (y - ay) - (by - ay) * (x - ax) <= 1e-3 for x, y in against):
                return True
    return False


@pytest.mark.parametrize("name", [name for name in DESIGNS if name != "album"])
@settings(deadline=None, max_examples=8)
@given(items=samples.placed(9), paper=st.sampled_from(sorted(PAPERS)), finish=st.booleans())
def test_every_page_is_printable(name: str, items: list[Placed], paper: str, finish: bool) -> None:
    """Promise: each picture once and in order but for the opener's; inside the bleed, no overlap, never stretched,
    subjects whole; captions in the safe zone and on no other caption.
    """
    design = design_of(BookForm(design=name, paper=paper))
    section = Section("Nuit", 6.0, 14.0, "", tuple(items))
    sheets = list(pages(items, design, finish=finish))
    if finish:
        sheets[-1] = design.finished(sheets[-1], items)
    assert len(sheets) % 2 == 1
    assert [frame.number for sheet in sheets for frame in sheet.frames] == list(range(len(items)))
    first = design.opener(items)
    book, _ = samples.book(1, "fr")
    made = Composed(design.paper)
    for at, sheet in enumerate([*sheets, *([first] if first else [])]):
        page, facing = design.sheet(book, section, sheet, 5 + at, made, night=False, head="La nuit")
        assert facing is None or name == "album"
        wide, high = design.paper.width, design.paper.height
        assert isinstance(page, PicturePage)
        rects = [image.rect for image in page.images] or [panel.image.rect for panel in page.panels]
        for rect, frame in zip(rects, sheet.frames, strict=True):
            assert rect.x >= -BLEED - 1e-6 and rect.right <= wide + BLEED + 1e-6
            assert rect.y >= -BLEED - 1e-6 and rect.bottom <= high + BLEED + 1e-6
            picture, crop = items[frame.number].picture, frame.crop
            shape = picture.width * (crop.right - crop.left) / (picture.height * (crop.bottom - crop.top))
            assert shape == pytest.approx(rect.w / rect.h, rel=1e-4), "never stretched"
            keep = subject(picture)
            if keep:
                assert crop.left <= keep.left + 1e-6 and crop.right >= keep.right - 1e-6
                assert crop.top <= keep.top + 1e-6 and crop.bottom >= keep.bottom - 1e-6
        for index, frame in enumerate(sheet.frames):
            for other_frame in sheet.frames[index + 1 :]:
                assert apart(corners(frame), corners(other_frame))
            if frame.shape:
                for box in subjects(items[frame.number].picture, frame.crop, frame.rect):
                    assert all(
                        within(frame.shape, x, y, -0.01) for x in (box.x, box.right) for y in (box.y, box.bottom)
                    )
        for noise in page.noises:
            assert len(page.noises) <= 3 and noise.word in LISTED
        for index, caption in enumerate(page.captions):
            assert caption.rect.x >= 5 and caption.rect.right <= wide - 5 and 5 <= caption.rect.y <= high - 8.75
            for other_caption in page.captions[index + 1 :]:
                one, other = caption.rect, other_caption.rect
                assert one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y


@pytest.mark.parametrize("name", DESIGNS)
def test_the_same_content_in_each_design(name: str, tmp_path: Path) -> None:
    """Promise: every picture is printed once, in a PDF of the asked paper, with the design's fonts and no others."""
    book, store = samples.book(4, "fr")
    form = replace(book.form, design=name)
    done = make_book(replace(book, form=form), TEMPLATES / name, store.__getitem__, tmp_path)
    assert len(done.pages) == 4
    assert not [w for w in done.warnings if w.code in ("font", "foreign_font", "leak")]
    with pikepdf.open(done.pdf) as pdf:
        assert len(pdf.pages) == done.page_count
    assert (done.html / "index.html").read_text("utf-8").count("<section") == done.page_count


@pytest.mark.parametrize("name", ["bd", "drama"])
def test_an_opener_takes_its_picture_from_the_chapter_once(name: str) -> None:
    """Promise: an opener has a picture where its chapter has two, and no picture stands twice in the body."""
    book, _ = samples.book(24, "en", form=BookForm(title="x", design=name))
    laid = plan(book)
    for section, sheets in zip(laid.chosen.sections, laid.sheets, strict=True):
        numbers = [frame.number for sheet in sheets for frame in sheet.frames]
        assert sorted(numbers) == list(range(len(section.pictures)))
        assert sum(sheet.kind == "opener" for sheet in sheets) <= 1


def test_bd_draws_from_the_photograph() -> None:
    """Promise: what is inked is the retouched picture, else the original, never the painted one; boxes stay inside."""
    book, _ = samples.book(12, "fr", form=BookForm(title="x", design="bd"))
    painted = {p.photo: p.picture for p in book.pictures if p.painted}
    for item in plan(book).chosen.pictures:
        steps = [s.object for s in item.picture.proof.steps if s.kind == "retouched"]
        assert item.picture.picture == (steps[-1] if steps else item.picture.proof.original.object)
        assert item.picture.picture != painted.get(item.picture.photo)
        assert not item.picture.painted


@pytest.mark.parametrize("language", ["fr", "en"])
def test_noises_are_a_closed_list_that_fits(language: str) -> None:
    """Promise: every sound word of both languages is drawn within the room asked for, or not at all."""
    for words_ in effects.NOISES.values():
        for word in words_[language]:
            for wide, high in ((120.0, 50.0), (60.0, 25.0), (40.0, 18.0), (15.0, 6.0)):
                drawn = effects.fitted([word], Rect(10, 10, wide, high), 30, 1)
                if drawn:
                    long_, tall = effects.room_of(word[0], 0.55 * drawn.letters[-1].size, drawn.letters[-1].size)
                    assert long_ <= wide and tall <= high


def test_unrest_is_the_same_every_time() -> None:
    """Promise: what looks thrown is not: the same numbers give the same place, within −1 and 1."""
    values = [effects.unrest(seed, number) for seed in range(20) for number in range(50)]
    assert all(-1 <= value <= 1 for value in values)
    assert values == [effects.unrest(seed, number) for seed in range(20) for number in range(50)]
    assert abs(sum(values) / len(values)) < 0.1


@pytest.mark.parametrize(
    ("design", "paper", "told"),
    [
        ("album", "a4 landscape", False), ("album", "a4 portrait", True), ("bd", "a4 portrait", False),
        ("drama", "240 x 300 mm", False), ("drama", "no paper", True),
    ],
)  # fmt: skip
def test_a_paper_that_a_design_cannot_fill_is_told(design: str, paper: str, told: bool) -> None:
    """Promise: nobody gets another paper than asked for without a strong warning in both languages."""
    warned = unsuited(BookForm(design=design, paper=paper))
    assert (warned is not None) is told
    assert warned is None or (warned.strong and paper in warned.fr and paper in warned.en)
