"""The book from end to end, from pictures drawn here: nothing of it needs the trial data."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest

import book_samples as samples
from safelight.book.context import BookInput
from safelight.book.make import BookMade, key_of, make_book, plan, templates_digest
from safelight.model.errors import BookError, MissingObject

TEMPLATES = Path(__file__).parents[2] / "templates" / "album"


def made(tmp_path: Path, count: int, language: str = "fr", **more: object) -> BookMade:
    """A book of drawn pictures, made below `tmp_path`."""
    book, store = samples.book(count, language, **more)
    return make_book(book, TEMPLATES, store.__getitem__, tmp_path)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("count", [0, 1, 3, 14])
def test_any_number_of_pictures_makes_a_book(tmp_path: Path, count: int, language: str) -> None:
    """Promise: with no, one, three and more pictures there is a PDF with every picture on a page, and an HTML edition."""
    book = made(tmp_path, count, language)
    assert len(book.pages) == count
    with pikepdf.open(book.pdf) as pdf:
        assert len(pdf.pages) == book.page_count
        assert book.page_count % 2 == 0
    html = (book.html / "index.html").read_text("utf-8")
    sources = re.findall(r'src="([^"]+)"', html)
    assert all((book.html / source).is_file() for source in sources)
    assert not re.search(r'(?:src|href)="(?:/|file:|https?:)', html), "only relative names, nothing from outside"
    if count == 0:
        assert ("Pas encore d’images" if language == "fr" else "No pictures yet") in html


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """Promise: two makings of one input are equal byte for byte, PDF and HTML."""
    one, two = made(tmp_path / "a", 4), made(tmp_path / "b", 4)
    assert one.pdf.read_bytes() == two.pdf.read_bytes()
    assert (one.html / "index.html").read_bytes() == (two.html / "index.html").read_bytes()


def test_fonts_are_the_designs_and_embedded(tmp_path: Path) -> None:
    """Promise: only the album's three cuts stand in the PDF, all embedded, and text is black ink alone."""
    from safelight.book.preflight import fonts

    book = made(tmp_path, 5)
    assert not [w for w in book.warnings if w.code in ("font", "foreign_font", "leak")]
    with pikepdf.open(book.pdf) as pdf:
        found = dict(fonts(pdf))
        black = [b"/DeviceCMYK cs\n0 0 0 1 scn" in page.Contents.read_bytes() for page in pdf.pages]
    assert set(found) == {"Album-Garamond", "Album-Garamond-Italic", "Album-Lato"}
    assert all(found.values())
    assert sum(black) >= len(black) - 6, "all but the pages of the cover, the night and a blank"


def test_a_missing_picture_stops_the_book(tmp_path: Path) -> None:
    """Promise: a book with a hole in it is never made."""
    book, store = samples.book(3, "en")

    def read(name: str) -> bytes:
        if name == book.pictures[1].picture:
            raise MissingObject(object=name)
        return store[name]

    with pytest.raises(MissingObject):
        make_book(book, TEMPLATES, read, tmp_path)


def test_templates_cannot_read_elsewhere(tmp_path: Path) -> None:
    """Promise: a template that asks for a file outside the book's folder stops the book."""
    import shutil

    evil = tmp_path / "evil"
    shutil.copytree(TEMPLATES, evil)
    (evil / "pages" / "blank.html").write_text('<img src="file:///etc/passwd">')
    (evil / "pages" / "half_title.html").write_text('<img src="file:///etc/passwd">')
    book, store = samples.book(1, "en")
    with pytest.raises(BookError, match="may not read"):
        make_book(book, evil, store.__getitem__, tmp_path / "out")


def book_key(book: BookInput, templates: str) -> str:
    """The key of a book not planned yet."""
    return key_of(book, plan(book), templates)


def test_key_ignores_time_and_root_and_feels_everything_printed() -> None:
    """Promise: the key changes with words, pictures, forms and templates, never with the ledger's head or the clock."""
    book, _ = samples.book(4, "fr")
    key = book_key(book, "t")
    assert key == book_key(replace(book, made_at="2030-01-01T00:00:00", root="0" * 64, head="1" * 64, records=9), "t")
    assert key == book_key(replace(book, pictures=book.pictures[::-1]), "t")
    assert key == book_key(replace(book, event=replace(book.event, lanes=3, notify="x")), "t"), "not printed"
    changed = [
        replace(book, language="en"),
        replace(book, arrived=book.arrived + 1),
        replace(book, form=replace(book.form, title="Autre")),
        replace(book, pictures=book.pictures[:-1]),
        replace(book, pictures=(replace(book.pictures[0], caption="Autre"), *book.pictures[1:])),
    ]
    assert len({key, book_key(book, "u"), *(book_key(other, "t") for other in changed)}) == 2 + len(changed)


def test_a_thin_book_holds_the_strongest() -> None:
    """Promise: the form's pages are an upper bound, they are used, and more pages never hold fewer pictures."""
    book, _ = samples.book(40, "fr")
    held = []
    for wanted in (12, 16, 24, 40):
        made_plan = plan(replace(book, form=replace(book.form, pages=wanted)))
        assert made_plan.numbered <= wanted
        held.append(len(made_plan.chosen.pictures))
        assert len(made_plan.chosen.pictures) + len(made_plan.chosen.not_chosen) == 40
    assert held == sorted(held) and held[0] >= 1 and held[-1] > held[0]


def test_templates_digest_names_every_file(tmp_path: Path) -> None:
    """Promise: a changed font, sheet or page changes the digest."""
    import shutil

    copy = tmp_path / "album"
    shutil.copytree(TEMPLATES, copy)
    before = templates_digest(copy)
    assert before == templates_digest(TEMPLATES)
    (copy / "album.css").write_text("/* other */")
    assert templates_digest(copy) != before


def test_lines_stand_on_their_grid(tmp_path: Path) -> None:
    """Promise: text advances by 5 mm, captions by 3.75, and a page's title shares its first line's baseline."""
    book, store = samples.book(4, "fr")
    done = make_book(book, TEMPLATES, store.__getitem__, tmp_path)
    with pikepdf.open(done.pdf) as pdf:
        content = pdf.pages[4].Contents.read_bytes()  # the page of facts: cover, inside, half title, contents, facts
    lines = [float(y) * 25.4 / 96 for y in re.findall(rb"1 0 0 -1 [\d.]+ ([\d.]+) Tm", content)]
    title, note, text = lines[0], lines[1:3], [y for y in lines[3:] if y < 190]
    assert text[0] == pytest.approx(title, abs=0.05)
    assert [b - a for a, b in pairwise(text)] == pytest.approx([5.0] * (len(text) - 1), abs=0.02)
    assert note[1] - note[0] == pytest.approx(3.75, abs=0.02)


def test_other_scripts_are_printed_with_a_warning(tmp_path: Path) -> None:
    """Promise: a caption in another script does not stop the book; pictograms stay on the screen only."""
    book, store = samples.book(2, "en")
    first = replace(book.pictures[0], caption="Гонка 🏁 24 h")
    done = make_book(replace(book, pictures=(first, book.pictures[1])), TEMPLATES, store.__getitem__, tmp_path)
    assert "🏁" in (done.html / "index.html").read_text("utf-8")


def test_weak_pictures_are_told_with_their_names(tmp_path: Path) -> None:
    """Promise: every picture under 250 ppi is named, strongest first, in both languages; unknown photographers too."""
    done = made(tmp_path, 5)
    assert {w.code for w in done.warnings} <= {"ppi", "photographer"}
    assert [w.strong for w in done.warnings] == sorted((w.strong for w in done.warnings), reverse=True)
    assert all(w.say("fr") != w.say("en") and "Course" in w.say("fr") for w in done.warnings)
