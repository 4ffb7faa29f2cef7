"""A study from its Markdown: the document and the deck of one text, whole, bounded, with fonts inside; what it refuses."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from safelight.book.outline import MOST_SLIDES, StudyError, read_study, sentences, slides
from safelight.book.preflight import fonts
from safelight.book.study import main, make

ROOT = Path(__file__).parents[2]
TEXT = """# Seeing roads

A study of *small* networks.

<!-- table: none, this is a remark -->
## Data

The first sentence, of Smith et al. 2016, counts. The second does not.

- A point. With more.
- Another point

![What was **drawn**](pictures/road.png)

## Results

They are good.

### Tables

| network | mIoU |
|---|---|
| one | .5 |
| two | .6 |

Numbers with <b>tags</b> & signs: 2 < 3.
"""


def written(tmp_path: Path, text: str = TEXT) -> Path:
    """A study with its picture."""
    (tmp_path / "pictures").mkdir()
    Image.new("RGB", (320, 240), (90, 120, 160)).save(tmp_path / "pictures" / "road.png")
    (tmp_path / "study.md").write_text(text, "utf-8")
    return tmp_path / "study.md"


def test_sections_points_figures_and_tables_are_found() -> None:
    """A heading a section; first sentences make points; a picture alone is a figure; comments are gone, HTML is text."""
    study = read_study(TEXT)
    data, results, tables = study.sections
    assert study.title == "Seeing roads"
    assert [section.title for section in study.sections] == ["Data", "Results", "Tables"]
    assert slides(study)[0].points == ("The first sentence, of Smith et al. 2016, counts.", "A point.", "Another point")
    assert slides(study)[1].points == ("They are good.",)
    assert data.said[0] == ("The first sentence, of Smith et al. 2016, counts.", "The second does not.")
    assert data.figure is not None
    assert data.figure.source == "pictures/road.png"
    assert "<b>Figure 1</b> What was <strong>drawn</strong>" in data.body
    assert "remark" not in data.body
    assert (results.table, results.level, tables.level) == ("", 2, 3)
    assert "&lt;b&gt;tags&lt;/b&gt;" in tables.body
    assert "<td>.6</td>" in tables.table


def test_document_and_deck_hold_the_text_and_their_fonts(tmp_path: Path) -> None:
    """Both come out of one text, 16:9 and A4, with nothing but the design's fonts, all embedded; the same bytes twice."""
    text = written(tmp_path)
    study, deck = tmp_path / "study.pdf", tmp_path / "deck.pdf"
    pages, shown = make(text, study, deck)
    assert pages >= 1
    assert shown == 4
    with pikepdf.open(study) as first, pikepdf.open(deck) as second:
        assert (len(first.pages), len(second.pages)) == (pages, shown)
        assert [round(float(side) / 72 * 25.4) for side in first.pages[0].mediabox[2:]] == [210, 297]
        assert [round(float(side) / 72 * 25.4) for side in second.pages[0].mediabox[2:]] == [320, 180]
        for document in (first, second):
            found = fonts(document)
            assert found
            assert all(embedded and name.startswith("Album-") for name, embedded in found)
    again = tmp_path / "again.pdf"
    make(text, again)
    assert again.read_bytes() == study.read_bytes()


def test_the_study_of_segmentation_is_set_within_its_bounds(tmp_path: Path) -> None:
    """The real text: about ten pages, at most thirty slides, fonts embedded, no heading lost."""
    text = ROOT / "docs" / "studies" / "segmentation.md"
    pages, shown = make(text, tmp_path / "study.pdf", tmp_path / "deck.pdf")
    assert 8 <= pages <= 16
    assert shown <= MOST_SLIDES
    assert shown == 1 + len(read_study(text.read_text("utf-8")).sections)


def test_a_slide_is_filled_from_the_top_with_whole_sentences_in_their_order() -> None:
    """First sentences first; where room is left the second ones follow, each behind the one it followed in the text."""
    (slide,) = slides(read_study("# T\n\n## P\n\nA1. A2. A3.\n\nB1. B2.\n\nC1.\n"))
    assert slide.points == ("A1.", "A2.", "B1.", "B2.", "C1.")


@given(count=st.integers(1, 40))
@settings(deadline=None, max_examples=20)
def test_never_more_than_thirty_slides(count: int) -> None:
    """A slide a heading, the title's beside; more than thirty is an error that says so, never a heading left out."""
    study = read_study("# Title\n\n" + "".join(f"## Part {n}\n\nWords.\n\n" for n in range(count)))
    if count < MOST_SLIDES:
        assert len(slides(study)) == count
    else:
        with pytest.raises(StudyError, match="join some"):
            slides(study)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "begins with its title"),
        ("Words.\n", "begins with its title"),
        ("# One\n\n# Two\n", "only one"),
        ("# One\n\n## A\n\n![x](../secret.png)\n", "outside"),
        ("# One\n\n## A\n\n![x](pictures/none.png)\n", "missing"),
    ],
)
def test_what_is_no_study_is_refused_in_words(
    tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No title, two of them, a picture from elsewhere or none: status 2, one sentence, nothing written."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "secret.png").write_bytes(b"x")
    path = written(tmp_path / "inner", text)
    assert main([str(path), "-o", str(tmp_path / "study.pdf")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "study.pdf").exists()


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 2 and the name, no traceback."""
    assert main([str(tmp_path / "none.md"), "-o", str(tmp_path / "study.pdf")]) == 2
    assert "none.md" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("It has 2.5 million numbers. So.", ["It has 2.5 million numbers.", "So."]),
        ("He et al. Then more", ["He et al. Then more"]),
        ("A line\nbroken. `code` next", ["A line broken.", "`code` next"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    """Decimal points and abbreviations end no sentence."""
    assert sentences(text) == expected
