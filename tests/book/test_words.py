"""Typography of both languages, names as words, and line breaks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.book import metrics, words

N, F = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("text", "french", "english"),
    [
        ("Quoi ?", f"Quoi{N}?", "Quoi ?"),
        ("Non! Oui; 6,1 %", f"Non{N}! Oui{N}; 6,1{N}%", "Non! Oui; 6,1 %"),
        ("Un: deux", f"Un{F}: deux", "Un: deux"),
        ("l'arrivée", "l’arrivée", "l’arrivée"),
        ('dit "oui"', f"dit «{N}oui{N}»", "dit ‘oui’"),
        ("16 h 21", f"16{N}h 21", "16 h 21"),
        ("e\u0301te\u0301...", "été…", "été…"),
        ("12:30", "12:30", "12:30"),
    ],
)
def test_typeset(text: str, french: str, english: str) -> None:
    """Promise: narrow spaces before ; ! ? %, a fixed one before the colon, curly marks, NFC."""
    assert words.typeset(text, "fr") == french
    assert words.typeset(text, "en") == english


@given(st.text(alphabet="aé «»;:!?%'\"0 \u202f\u00a0…n°", max_size=30))
@settings(deadline=None)
def test_typesetting_twice_changes_nothing(text: str) -> None:
    """Promise: text already set stays as it is."""
    once = words.typeset(text, "fr")
    assert words.typeset(once, "fr") == once


@pytest.mark.parametrize(
    ("name", "told"),
    [("Course 1.jpg", "Course"), ("24h-Race-18.jpg", "24h Race"), ("IMG_2041.JPG", ""), ("DSC01234.jpg", ""),
     ("5cf3c4b1ce3fc.jpg", ""), ("0001.png", ""), ("Fume\u0301e.jpg", "Fumée"), ("départ_grille (2).jpg", "Départ grille"),
     ("P1020304.jpg", "")],
)  # fmt: skip
def test_words_of_a_name(name: str, told: str) -> None:
    """Promise: counters, camera names and hexadecimal noise are no words."""
    assert words.words_of_name(name, "fr") == told


def test_numbers_and_hours() -> None:
    """Promise: 1,384 and 1 384; 16:21 and 16 h 21; small numbers in words."""
    assert (words.number(1384, "en"), words.number(1384, "fr")) == ("1,384", f"1{N}384")
    assert (words.percent(0.061, "en"), words.percent(0.061, "fr")) == ("6.1%", f"6,1{N}%")
    assert (words.clock(6, 0, "en"), words.clock(6, 0, "fr")) == ("06:00", f"6{N}h")
    assert (
        words.counted(1, "image", "images", "fr", feminine=True),
        words.counted(0, "picture", "pictures", "en"),
    ) == ("une image", "no pictures")
    assert words.date("2026-12-01T10:00:00", "fr") == "1er décembre 2026"


def test_both_languages_have_every_word() -> None:
    """Promise: no key says nothing in one language, and French never has a plain space before a high mark."""
    for key in words._WORDS:
        for language in ("en", "fr"):
            assert words.say(key, language, name="X", day="Y")
        assert not any(f" {mark}" in words.say(key, "fr", name="X", day="Y") for mark in ";!?:»")


@given(st.lists(st.text(alphabet="abcdefgh’é", min_size=1, max_size=12), min_size=1, max_size=40), st.integers(1, 4))
@settings(deadline=None)
def test_cut_fits_its_lines(parts: list[str], most: int) -> None:
    """Promise: a cut text fits; one that fits is left alone; balanced titles need no more lines than full ones."""
    text = " ".join(parts)
    cut = metrics.cut(text, 80, 9.4, most)
    assert len(metrics.lines(cut, 80, 9.4)) <= most
    assert cut == text or cut.endswith("…")
    assert len(metrics.balanced(text, 120, 24)) == len(metrics.lines(text, 120, 24))
