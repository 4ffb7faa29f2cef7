"""Free French words for networks that read English."""

from __future__ import annotations

import pytest

from safelight.stages.glossary import in_english
from safelight.stages.prompts import english


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("poteau vert", "green post"),
        ("un poteau vert", "green post"),
        ("Les grandes barrières bleues", "large blue barriers"),
        ("casque du pilote", "driver helmet"),
        ("le casque rouge du pilote", "driver red helmet"),
        ("des drapeaux", "flags"),
        ("poteau mur", None),
        ("poteau de tôle", None),
        ("l’aileron rouge", "red wing"),
        ("petit drapeau blanc", "small white flag"),
        ("vert", None),
        ("poteau fluorescent", None),
        ("green post", None),
        ("", None),
    ],
)
def test_whole_phrases_or_none(typed: str, meant: str | None) -> None:
    """Colours come before the thing; one word that is not known leaves all as it was typed."""
    assert in_english(typed) == meant


def test_our_own_words_come_first() -> None:
    """A word of the closed lists keeps its meaning; English and unknown words stay as they are."""
    assert english("panneau publicitaire") == "advertising board"
    assert english("poteau vert") == "green post"
    assert english(" Green  post ") == "green post"
    assert english("poteau fluorescent") == "poteau fluorescent"
