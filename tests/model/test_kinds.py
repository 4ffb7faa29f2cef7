"""What classes mean to each other: categories, translation, colours."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.kinds import CATEGORIES, FRENCH, category_of, colour_of, shown, translated

CAMVID = ("sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian", "bicyclist")
NETWORK = ("other", "car", "person", "sign", "road", "sky", "vegetation", "building")


@pytest.mark.parametrize(
    ("word", "category"),
    [
        *[(word, word) for word in CATEGORIES],
        ("Road", "flat"),
        ("SignSymbol", "object"),
        ("traffic light", "object"),
        ("traffic-light", "object"),
        ("rider", "human"),
        ("other", "void"),
        ("damage", None),
        ("", None),
    ],
)
def test_a_word_belongs_to_one_category(word: str, category: str | None) -> None:
    """However it is written; a word nobody knows belongs to none."""
    assert category_of(word) == category


def test_data_and_network_speak_of_the_same_things() -> None:
    """CamVid's eleven classes in the network's eight and in the categories."""
    assert [NETWORK[at] if at is not None else None for at in translated(CAMVID, NETWORK)] == [
        "sky", "building", "sign", "road", "road", "vegetation", "sign", "building", "car", "person", "person",
    ]  # fmt: skip
    assert None not in translated(CAMVID, CATEGORIES)
    assert None not in translated(NETWORK, CATEGORIES)


def test_nothing_is_guessed() -> None:
    """Where two classes of the target could be meant, neither is; equal names come first."""
    assert translated(["truck"], ["car", "bus"]) == [None]
    assert translated(["bus"], ["car", "bus"]) == [1]
    assert translated(["damage"], CATEGORIES) == [None]
    assert translated(["Damage"], ["other", "damage"]) == [1]


@given(st.lists(st.text(max_size=8)), st.lists(st.text(max_size=8)))
@settings(deadline=None)
def test_every_index_is_one_of_the_target(classes: list[str], into: list[str]) -> None:
    """As many answers as questions, each an index or None."""
    found = translated(classes, into)
    assert len(found) == len(classes)
    assert all(at is None or 0 <= at < len(into) for at in found)


def test_categories_have_colours_and_french_names() -> None:
    """Each its own."""
    assert len({colour_of(word) for word in CATEGORIES}) == len(CATEGORIES)
    assert all(word in FRENCH for word in (*CATEGORIES, *CAMVID, *NETWORK))
    assert (shown("car", "fr"), shown("car", "en"), shown("kart", "fr")) == ("voiture", "car", "kart")
