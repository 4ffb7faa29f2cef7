"""Bursts in the event: what the note beside a folded picture says, how a person chooses another, what stays private."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from safelight.book.choose import NOT_CHOSEN
from safelight.model.recipe import BookForm, EventForm, Recipe, RetouchRules, SortRules, StyleRules
from safelight.model.records import Decided
from safelight.plan.planner import Setting, plan_photo
from safelight.reconcile.book import book_input, book_pictures
from safelight.reconcile.event import Owner
from safelight.reconcile.views import BookSays, Names, photo_views
from world import answer_for, drop, event_in, jpeg, owner_of

RECIPE = Recipe(EventForm(), SortRules(culling="strict"), RetouchRules(), StyleRules(), BookForm())
SERIAL = "4711-0815"


@pytest.fixture
def owner(tmp_path: Path) -> Owner:
    """Two photos of one burst, sorted and finished."""
    made = owner_of(event_in(tmp_path))
    for number in (1, 2):
        taken = f"2026-06-13T18:00:0{number}"
        drop(made, jpeg(number), f"IMG_{number}.JPG", taken=taken, serial=SERIAL, likeness="0f0f3c3c5a5a9696")
    for photo in list(made.state.photos):
        while (plan := plan_photo(made.state.photos[photo], made.of(photo), Setting(RECIPE))).step is not None:
            made.append(answer_for(plan.step))
    return made


def pictures(owner: Owner) -> dict[str, Any]:
    """What the book is given, by file name."""
    plans = {photo: plan_photo(state, owner.of(photo), Setting(RECIPE)) for photo, state in owner.state.photos.items()}
    return {picture.name: picture for picture in book_pictures(owner, plans, RECIPE)}


@pytest.mark.parametrize(("language", "words"), [("en", "is sharper"), ("fr", "est plus nette")])
@pytest.mark.parametrize("code", [code for code in NOT_CHOSEN if code.startswith("burst:")])
def test_the_note_names_the_preferred_one_and_how_to_choose(owner: Owner, language: str, words: str, code: str) -> None:
    """Beside the picture that was folded: which of its burst was preferred, why, and what to do for another choice."""
    one, other = list(owner.state.photos)
    plan = plan_photo(owner.state.photos[one], owner.of(one), Setting(RECIPE))
    says = BookSays(language, not_chosen={one: f"{code}:{other}"})
    views = photo_views(owner, Names(), owner.state.photos[one], plan, {}, says)
    text = views["ok/marie/IMG_1.JPG.why.txt"].text.decode("utf-8-sig")
    assert "marie/IMG_2.JPG" in text
    assert 'safelight decide "IMG_1.JPG" ok' in text
    assert (words in text) == (code == "burst:sharper")
    assert "{" not in text
    assert views["ok/marie/IMG_1.JPG"].object == one


@pytest.mark.parametrize(("door", "chosen"), [("command", True), ("desk", True), ("folder", False), ("card", False)])
def test_a_word_about_one_picture_chooses_it(owner: Owner, door: str, chosen: bool) -> None:
    """Decided by name it is preferred, the later word before the earlier; heaps moved in folders choose nobody."""
    first, second = list(owner.state.photos)
    for photo in (second, first):
        owner.append(Decided(photo, "ok", door))
    told = pictures(owner)
    assert (told["IMG_1.JPG"].picked > told["IMG_2.JPG"].picked) == chosen
    assert (told["IMG_2.JPG"].picked > 0) == chosen


def test_the_camera_has_no_number(owner: Owner) -> None:
    """One opaque name for both shots; the serial itself is nowhere in what the book is made of."""
    told = pictures(owner)
    assert told["IMG_1.JPG"].camera == told["IMG_2.JPG"].camera != ""
    assert SERIAL not in str([asdict(picture) for picture in told.values()])
    assert book_input(owner, {}, RECIPE, "", "").culling == "strict"
