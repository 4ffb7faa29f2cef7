"""Bursts: what belongs together, whatever the order, and that another photo changes only the groups it joins."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.bursts import REACH, Shot, bursts
from safelight.model.digests import PhotoId

START = datetime(2026, 6, 13, 16)
LOOK = 0x0F0F_3C3C_5A5A_9696


def shot(name: str, second: float | None = 0, likeness: int | None = LOOK, camera: str = "a") -> Shot:
    """A shot so many seconds after the start; None without a time."""
    taken = None if second is None else (START + timedelta(seconds=second)).isoformat()
    return Shot(PhotoId(name), taken, camera, likeness)


def other_bits(count: int) -> int:
    """LOOK with so many bits changed, spread over all of it."""
    return LOOK ^ sum(1 << (5 * place % 64) for place in range(count))


PAIRS = [
    # seconds apart, bits apart, same camera, (strict, balanced, generous)
    (0, 0, True, (True, True, True)),
    (1, 8, True, (True, True, True)),
    (1, 9, True, (True, True, False)),
    (3, 8, True, (True, True, False)),
    (5, 14, True, (True, True, False)),
    (5, 15, True, (True, False, False)),
    (6, 4, True, (True, False, False)),
    (15, 16, True, (True, False, False)),
    (15, 17, True, (False, False, False)),
    (16, 0, True, (False, False, False)),
    (0, 0, False, (False, False, False)),
]


@pytest.mark.parametrize(("apart", "bits", "same", "told"), PAIRS)
def test_two_shots(apart: float, bits: int, same: bool, told: tuple[bool, bool, bool]) -> None:
    """Factors: seconds and bits apart, camera, culling. Each must fit; the stricter the culling, the more is folded."""
    pair = [shot("a"), shot("b", apart, other_bits(bits), "a" if same else "b")]
    assert tuple(bool(bursts(pair, REACH[word])) for word in ("strict", "balanced", "generous")) == told


@pytest.mark.parametrize(
    ("other", "together"),
    [
        (shot("b", None, other_bits(3), "b"), True),
        (shot("b", None, other_bits(4), "b"), False),
        (shot("b", None, None), False),
        (shot("b", 3600, LOOK), False),
        (Shot(PhotoId("b"), "no time", "b", LOOK), True),
    ],
)
def test_copies_without_a_time(other: Shot, together: bool) -> None:
    """A copy that lost its time is found by its looks alone; a look hours later is a picture of its own."""
    assert bool(bursts([shot("a"), other], REACH["balanced"])) == together


def test_skies_are_no_copies() -> None:
    """Pictures without structure look the same to a fingerprint: without times they stay apart."""
    assert bursts([shot("a", None, 0), shot("b", None, 1), shot("c", None, 2**64 - 1)], REACH["strict"]) == ()


SHOTS = st.lists(
    st.builds(
        lambda number, second, bits, camera: (number, second, bits, camera),
        st.integers(0, 999), st.none() | st.integers(0, 60), st.integers(0, 24), st.sampled_from("ab"),
    ),
    max_size=24, unique_by=lambda row: row[0],
)  # fmt: skip


def drawn(rows: list[tuple[int, int | None, int, str]]) -> list[Shot]:
    """Shots of two cameras within a minute, more or less alike."""
    return [shot(f"{number:03d}", second, other_bits(bits), camera) for number, second, bits, camera in rows]


@given(SHOTS, st.randoms(), st.sampled_from(sorted(REACH)))
@settings(deadline=None)
def test_the_order_of_arrival_has_no_influence(
    rows: list[tuple[int, int | None, int, str]], chance: random.Random, word: str
) -> None:
    """The same groups however the photos come in; each photo in one at most."""
    shots = drawn(rows)
    found = bursts(shots, REACH[word])
    chance.shuffle(shots)
    assert bursts(shots, REACH[word]) == found
    members = [photo for group in found for photo in group]
    assert len(members) == len(set(members))


@given(SHOTS.filter(bool), st.sampled_from(sorted(REACH)))
@settings(deadline=None)
def test_one_more_photo_only_touches_what_it_joins(rows: list[tuple[int, int | None, int, str]], word: str) -> None:
    """Groups without the newcomer are those of before; what it joins are whole groups, never parts."""
    shots = drawn(rows)
    *before, new = shots
    old, now = set(bursts(before, REACH[word])), set(bursts(shots, REACH[word]))
    joined = next((group for group in now if new.photo in group), ())
    assert now - {joined} == {group for group in old if not set(group) & set(joined)}
    for group in old:
        assert set(group) <= set(joined) or not set(group) & set(joined)
