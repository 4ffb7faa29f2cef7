"""What a change of rules touches: one photo at a time as a table, and the sums."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from safelight.model.digests import ObjectId
from safelight.model.recipe import (
    Conditions,
    EventForm,
    Recipe,
    RetouchRule,
    RetouchRules,
    SortRule,
    SortRules,
    StyleImage,
    StyleRule,
    StyleRules,
)
from safelight.plan.planner import Setting, plan_photo
from safelight.reconcile.event import Owner
from safelight.reconcile.impact import impact
from safelight.reconcile.preview import impact_line
from world import answer_for, drop, event_in, jpeg, owner_of

MARIE = Conditions(photographer=("marie",))
BLUR = RetouchRule("Faces", "blur", mask=("face",), strength=6)
CHALK, INK = (StyleImage(name, ObjectId(name * 16)) for name in ("chal", "inky"))
BASE = Recipe(
    EventForm(),
    SortRules((SortRule("all", "retoucher"),)),
    RetouchRules((BLUR,)),
    StyleRules((StyleRule("paint", "stylize", like=("chal",), choose="same"),), (CHALK, INK)),
    None,
)


@pytest.fixture
def owner(tmp_path: Path) -> Owner:
    """Three photos, two of marie's, one of jean's, all finished by BASE."""
    owner = owner_of(event_in(tmp_path / "event"))
    for seed, who in enumerate(("marie", "jean", "marie")):
        photo = drop(owner, jpeg(seed), f"{seed}.jpg", who)
        while (step := plan_photo(owner.state.photos[photo], owner.of(photo), Setting(BASE)).step) is not None:
            owner.append(answer_for(step, "ok", area=0.2))
    return owner


def retouch(*rules: RetouchRule) -> Recipe:
    """BASE with other retouch rules."""
    return replace(BASE, retouch=RetouchRules(rules))


def paint(**words: object) -> Recipe:
    """BASE with another style rule."""
    assert BASE.style is not None
    return replace(BASE, style=StyleRules((replace(BASE.style.rules[0], **words),), BASE.style.styles))  # type: ignore[arg-type]


def sort(*rules: SortRule) -> Recipe:
    """BASE with other sort rules."""
    return replace(BASE, sort=SortRules(rules))


LEAVE = RetouchRule("Rest", "leave")
BOARD = RetouchRule("Boards", "inpaint", mask=("advertising",), prompt="road")

TABLE: list[tuple[str, Recipe, Recipe, str]] = [
    ("another name, the same words", BASE, retouch(replace(BLUR, name="Visages")), ""),
    ("stronger", BASE, retouch(replace(BLUR, strength=9)), "retouch: 3 painted"),
    ("another mask", BASE, retouch(replace(BLUR, mask=("person",))), "retouch: 3 masked"),
    ("grown", BASE, retouch(replace(BLUR, grow=8)), "retouch: 3 masked"),
    ("one rule more", BASE, retouch(BLUR, BOARD), "retouch: 3 masked"),
    ("one rule more for marie", BASE, retouch(BLUR, replace(BOARD, when=MARIE)), "retouch: 2 masked"),
    ("nothing any more", BASE, retouch(LEAVE), "retouch: 3 gone"),
    ("for the first time", retouch(LEAVE), BASE, "retouch: 3 new"),
    ("only marie's", BASE, retouch(replace(BLUR, when=MARIE)), "retouch: 1 waits"),
    ("jean's as well again", retouch(replace(BLUR, when=MARIE)), BASE, "retouch: 1 new"),
    ("too large now", BASE, retouch(replace(BLUR, max_area=0.1)), "retouch: 3 waits"),
    ("allowed again", retouch(replace(BLUR, max_area=0.1)), BASE, "retouch: 3 goes_on"),
    ("out by rule", BASE, retouch(replace(LEAVE, do="exclude", when=MARIE), BLUR), "retouch: 2 out"),
    ("the file is gone", BASE, replace(BASE, retouch=None), "retouch: 3 waits"),
    ("another style", BASE, paint(like=("inky",)), "style: 3 style"),
    ("another strength", BASE, paint(strength=0.2), "style: 3 settings"),
    ("photographs again", BASE, paint(do="keep_photo"), "style: 3 gone"),
    ("painted at last", paint(do="keep_photo"), BASE, "style: 3 new"),
    ("marie's are excluded", BASE, sort(SortRule("m", "exclure", MARIE), SortRule("all", "retoucher")), "sort: 2 retoucher>exclure"),
    ("all ok", BASE, sort(SortRule("all", "ok")), "sort: 3 retoucher>ok"),
    ("the model decides", BASE, sort(), "sort: 3 retoucher>ok"),
    ("a person is asked", BASE, sort(SortRule("all", "ask")), "sort: 3 retoucher>need-you"),
    (
        "each photo counts once",
        BASE,
        replace(retouch(replace(BLUR, strength=9, when=MARIE), replace(BLUR, name="b")), style=paint(strength=0.1).style),
        "retouch: 2 masked; style: 1 settings",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "told"), TABLE, ids=[row[0] for row in TABLE])
def test_what_a_change_touches(owner: Owner, name: str, old: Recipe, new: Recipe, told: str) -> None:
    """Counted by what the rules mean for each photo, whether its steps were done or not."""
    found = impact(owner, old, new)
    rows = [f"{part}: " + ", ".join(f"{n} {kind}" for kind, n in one.counts.items()) for part, one in found.items()]
    assert "; ".join(rows) == told
    for one in found.values():
        assert one.touched == sum(one.counts.values()) == len(one.kinds)


def test_the_newest_come_first_and_the_unsorted_do_not_count(owner: Owner) -> None:
    """Photos in reverse order of arrival; one that nobody looked at yet is no photo touched."""
    drop(owner, jpeg(9), "9.jpg")
    found = impact(owner, BASE, retouch(LEAVE))["retouch"]
    assert [owner.of(photo).name for photo in found.photos] == ["2.jpg", "1.jpg", "0.jpg"]


def test_nothing_is_planned_or_written_by_counting(owner: Owner) -> None:
    """Pure: state and ledger are what they were."""
    before = owner.state.sequence, [photo.version for photo in owner.state.photos.values()]
    impact(owner, BASE, retouch(BOARD))
    assert (owner.state.sequence, [photo.version for photo in owner.state.photos.values()]) == before


def test_the_line_in_both_languages(owner: Owner) -> None:
    """As people read it."""
    found = impact(owner, BASE, retouch(BLUR, replace(BOARD, when=MARIE)))["retouch"]
    assert impact_line(found, "en") == "2 photos touched: 2 masked differently"
    assert impact_line(found, "fr") == "2 photos concernées\u00a0: 2 au masque différent"
