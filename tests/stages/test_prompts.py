"""The words of masks and fillings in both languages: what people are shown they can also type."""

from __future__ import annotations

import pytest

from safelight.stages.prompts import CONCEPTS, ENGLISH, FRENCH, KNOWN, concept, listed, prompt_class, told

WORDS = sorted({*CONCEPTS, *KNOWN})


@pytest.mark.parametrize("word", WORDS)
def test_every_word_has_its_language_and_its_other(word: str) -> None:
    """A word that is understood is French or English, and means the same in the language it is shown in."""
    languages = [language for language, table in (("en", FRENCH), ("fr", ENGLISH)) if word in table]
    assert languages
    for language in ("en", "fr"):
        shown = told(word, language)
        if language in languages:
            assert shown == word
        else:
            assert shown in (ENGLISH if language == "fr" else FRENCH)
        if word in CONCEPTS and shown in CONCEPTS:
            assert concept(shown) == concept(word)
        if word in KNOWN and shown in KNOWN:
            assert prompt_class(shown) == prompt_class(word)
        assert shown in CONCEPTS or shown in KNOWN


def test_nothing_is_translated_that_nobody_understands() -> None:
    """The tables hold words of the closed lists only; everything else stays as typed, capitals and all."""
    assert {*FRENCH, *ENGLISH} <= set(WORDS) | {"vegetation", "trees", "track"}
    for text in ("a cartoon Kart", "Un Kart de dessin animé", "le mur du stand", ""):
        assert told(text, "fr") == told(text, "en") == text
    assert told(" Plain  Wall", "fr") == "mur uni"
    assert told("Pub", "fr") == "Pub"


def test_what_is_known_is_listed_once_in_one_language() -> None:
    """Thirty synonyms of two languages are no help: each meaning once."""
    known = ", ".join(sorted(KNOWN))
    assert sorted(listed(known, "en").split(", ")) == ["grass", "nothing", "plain board", "plain wall", "road", "sky"]
    assert sorted(listed(known, "fr").split(", ")) == ["ciel", "herbe", "mur uni", "panneau uni", "rien", "route"]
    assert listed("advertising, face, something new", "fr") == "publicité, visages, something new"
