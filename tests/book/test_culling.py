"""What is proposed of a burst: a person's word, stars, sharpness, framing; why; and never by order of arrival."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import book_samples as samples
from safelight.book.choose import NOT_CHOSEN, choose
from safelight.book.context import BookPicture
from safelight.book.culling import folded, preferred, whole, why
from safelight.model.digests import PhotoId
from safelight.model.signals import Box

BASE = samples.picture(1, {}, steps=False)
LOOK = "0f0f3c3c5a5a9696"
CAR = (Box("car", 0.2, 0.3, 0.8, 0.7),)
CUT = (Box("car", 0.5, 0.3, 1.0, 0.7), Box("car", 0.1, 0.1, 0.15, 0.15))


def frame(name: str, second: int = 0, **more: Any) -> BookPicture:
    """A picture of one burst."""
    told: dict[str, Any] = {"boxes": CAR, "score": 0.5, "sharp": 0.5, "camera": "x", "likeness": LOOK, **more}
    return replace(BASE, photo=PhotoId(name), name=f"{name}.jpg", taken=f"2026-06-13T16:00:{second:02d}", **told)


CHOICES = [
    # the one preferred, the other, why
    ({"sharp": 0.7}, {"sharp": 0.6}, "burst:sharper"),
    ({"boxes": CAR}, {"boxes": CUT}, "burst:whole"),
    ({"boxes": CAR, "sharp": 0.5}, {"boxes": CUT, "sharp": 0.6}, "burst:whole"),
    ({"boxes": CUT, "sharp": 0.9}, {"boxes": CAR, "sharp": 0.6}, "burst:sharper"),
    ({"score": 0.8}, {"score": 0.4}, "burst:stronger"),
    ({"stars": 3, "sharp": 0.1}, {"stars": 2, "sharp": 0.9}, "burst:stars"),
    ({}, {"stars": -1, "sharp": 0.9}, "burst:stars"),
    ({"picked": 12, "sharp": 0.1}, {"picked": 0, "stars": 5}, "burst:picked"),
    ({"picked": 13}, {"picked": 12, "sharp": 0.9}, "burst:picked"),
    ({}, {}, "burst:same"),
]


@pytest.mark.parametrize(("best", "other", "code"), CHOICES)
def test_which_and_why(best: dict[str, Any], other: dict[str, Any], code: str) -> None:
    """Factors: a person's word, stars, sharpness, the car whole, size and light; in this order where they disagree."""
    one, two = frame("b", **best), frame("a", **other)
    for pictures in ([one, two], [two, one]):
        assert preferred(pictures) == one
        assert folded(pictures, "balanced") == {"a": f"{code}:b"}
    assert why(one, two) == code
    assert all("{other}" in words for words in NOT_CHOSEN[code])


@pytest.mark.parametrize(
    ("boxes", "told"),
    [((), True), (CAR, True), (CUT, False), ((Box("person", 0, 0, 1, 1),), False), ((Box("face", 0, 0, 1, 1),), True)],
)
def test_whole(boxes: tuple[Box, ...], told: bool) -> None:
    """The largest car counts, a person where there is none."""
    assert whole(frame("a", boxes=boxes)) == told


def test_the_book_shows_one_of_a_burst_and_names_it_for_the_others() -> None:
    """Three of a burst, one alone, one as like but an hour later: three pictures, two reasons with the preferred one's digest."""
    book, _ = samples.book(0, "en")
    alone = replace(frame("d"), likeness="f0f0c3c3a5a56969", taken="2026-06-13T17:30:00")
    later = replace(frame("e"), taken="2026-06-13T19:00:00")
    pictures = (frame("a", 0), frame("b", 1, sharp=0.8), frame("c", 2), alone, later)
    chosen = choose(replace(book, pictures=pictures), 9)
    assert {placed.picture.photo for placed in chosen.pictures} == {"b", "d", "e"}
    assert chosen.not_chosen == {"a": "burst:sharper:b", "c": "burst:sharper:b"}
    apart = choose(
        replace(
            book, pictures=(*pictures[:1], replace(frame("b", 4), likeness="0f0f3c3c5a5a9600")), culling="generous"
        ),
        9,
    )
    assert len(apart.pictures) == 2


FRAMES = st.lists(
    st.tuples(st.integers(0, 99), st.integers(0, 59), st.floats(0, 1), st.integers(-1, 5), st.sampled_from([0, 0, 0, 7, 9])),
    max_size=14, unique_by=lambda row: row[0],
)  # fmt: skip


@given(FRAMES, st.randoms())
@settings(deadline=None, max_examples=60)
def test_the_choice_of_other_groups_stays(rows: list[tuple[int, int, float, int, int]], chance: random.Random) -> None:
    """One more photo never changes another group's choice unless it joins it; the order has no influence."""
    pictures = [frame(f"{n:02d}", s, sharp=sharp, stars=stars, picked=picked) for n, s, sharp, stars, picked in rows]
    now = folded(pictures, "balanced")
    before = folded(pictures[:-1], "balanced")
    shuffled = list(pictures)
    chance.shuffle(shuffled)
    assert folded(shuffled, "balanced") == now
    if not pictures:
        return
    new = pictures[-1].photo
    touched = {new, now.get(new, "").rpartition(":")[2]}
    mine = {photo for photo, code in now.items() if code.rpartition(":")[2] in touched} | touched
    for photo, code in before.items():
        if photo not in mine and code.rpartition(":")[2] not in mine:
            assert now.get(photo) == code
    for photo, code in now.items():
        if photo not in mine:
            assert before.get(photo) == code
