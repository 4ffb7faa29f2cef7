"""What people did to views, as decision tables: what stands where it was not put, and what is gone.

Factors of `read`: whose bytes (a photo's, its result's, its edit's, nobody's), in which folder, on whose view's path,
whether that photo's own view stands as well, what was decided, left out or edited before.
Factors of `Absences`: seen before or not, few or many, whole folder, how long, back again meanwhile.
"""

from __future__ import annotations

import pytest

from safelight.model.digests import ObjectId, PhotoId
from safelight.model.records import Decided, Dropped, Edited, Fact, LeftOut, Placed, PutBack, Record, Settled
from safelight.projection.state import State
from safelight.reconcile.gestures import (
    Absences,
    Back,
    Gesture,
    HandEdit,
    Missing,
    Moved,
    Stands,
    Undone,
    Unknown,
    read,
)

PHOTO, OTHER = PhotoId("a" * 64), PhotoId("b" * 64)
EDIT, RESULT, THUMB, NEW = "e" * 64, "f" * 64, "c" * 64, "9" * 64


def folded(*facts: Fact) -> State:
    """The state after these facts; the photo was dropped first."""
    state = State()
    dropped = Dropped(PHOTO, ObjectId("d"), 1, 1, 1, "JPEG", thumb=THUMB)
    for number, fact in enumerate((dropped, *facts), 1):
        state.apply(Record(number, 1, "", fact, "", ""))  # type: ignore[arg-type]
    return state


def edited(place: str = "class", object_: str = EDIT, of: str = PHOTO, *, pixels: bool = True) -> Edited:
    """A hand edit of the photo."""
    return Edited(PHOTO, place, ObjectId(object_), ObjectId(of), 1, 1, pixels)


OK = Placed(PHOTO, "ok")


@pytest.mark.parametrize(
    ("facts", "stands", "gestures"),
    [
        ([OK], [Stands("ok/x.jpg", PHOTO)], []),
        ([OK], [], []),
        ([OK], [Stands("exclure/x.jpg", PHOTO)], [Moved(PHOTO, "exclure")]),
        ([OK], [Stands("ok/x.jpg", PHOTO), Stands("exclure/x.jpg", PHOTO)], [Moved(PHOTO, "exclure")]),
        ([OK], [Stands("retoucher/x.jpg", PHOTO), Stands("exclure/x.jpg", PHOTO)], [Moved(PHOTO, "exclure")]),
        ([Placed(PHOTO, "retoucher")], [Stands("ok/x.jpg", PHOTO)], [Moved(PHOTO, "ok")]),
        ([Placed(PHOTO, "ok", "retoucher")], [Stands("retoucher/x.jpg", PHOTO)], []),
        ([Placed(PHOTO, "ok", "retoucher")], [Stands("exclure/x.jpg", PHOTO)], [Moved(PHOTO, "exclure")]),
        ([Placed(PHOTO, "ok", "exclure"), Settled(PHOTO)], [Stands("exclure/x.jpg", PHOTO)], [Moved(PHOTO, "exclure")]),
        ([], [Stands("ok/x.jpg", PHOTO)], []),
        ([OK, Decided(PHOTO, "exclure", "folder")], [Stands("exclure/x.jpg", PHOTO)], []),
        ([OK], [Stands("exclure/x.jpg", THUMB)], [Moved(PHOTO, "exclure")]),
        ([OK], [Stands("stylized/x.jpg", PHOTO), Stands("need-you/x.jpg", PHOTO), Stands("duplicates/x.jpg", PHOTO)], []),
        ([OK, edited()], [Stands("exclure/x.jpg", EDIT)], [Moved(PHOTO, "exclure")]),
        ([OK, edited("stylized", EDIT, RESULT)], [Stands("exclure/x.jpg", EDIT)], [Moved(PHOTO, "exclure")]),
    ],
)  # fmt: skip
def test_moves(facts: list[Fact], stands: list[Stands], gestures: list[Gesture]) -> None:
    """A view where a person put it is a decision; where we put it, or were putting it, it is none."""
    assert read(stands, folded(*facts)) == gestures


@pytest.mark.parametrize(
    ("facts", "stands", "gestures"),
    [
        # on its own view's path, and the view stands nowhere else: what became of it
        ([OK], Stands("ok/x.jpg", NEW, PHOTO, alone=True), [HandEdit("ok/x.jpg", PHOTO, "class")]),
        ([OK], Stands("stylized/x.jpg", NEW, PHOTO, alone=True), [HandEdit("stylized/x.jpg", PHOTO, "stylized")]),
        ([OK], Stands("retouched/x.png", NEW, PHOTO, alone=True), [HandEdit("retouched/x.png", PHOTO, "retouched")]),
        # edited and moved in one
        (
            [OK],
            Stands("exclure/x.jpg", NEW, PHOTO, alone=True),
            [HandEdit("exclure/x.jpg", PHOTO, "class"), Moved(PHOTO, "exclure")],
        ),
        # another picture of the same name, while the photo's own view stands where it should
        ([OK], Stands("exclure/x.jpg", NEW, PHOTO, alone=False), [Unknown("exclure/x.jpg", "exclure")]),
        ([OK], Stands("ok/new.jpg", NEW), [Unknown("ok/new.jpg", "ok")]),
        ([OK], Stands("ok/marie/deep/new.jpg", NEW), [Unknown("ok/marie/deep/new.jpg", "ok")]),
        # anything else in the library is left alone
        ([OK], Stands("stylized/new.jpg", NEW), []),
        ([OK], Stands("need-you/x.jpg", NEW), []),
        ([OK], Stands("duplicates/x.jpg", NEW), []),
        # a small picture shown for want of space: no edit of the photo, and no new one
        ([OK], Stands("ok/x.jpg", NEW, PHOTO, alone=False, small=True), []),
        # taken back
        ([OK, edited()], Stands("ok/x.jpg", PHOTO, PHOTO, alone=True), [Undone(PHOTO, "class", ObjectId(PHOTO))]),
        ([OK, edited()], Stands("ok/copy.jpg", PHOTO), []),
        ([OK, edited(pixels=False)], Stands("ok/x.jpg", PHOTO, PHOTO, alone=True), [Undone(PHOTO, "class", ObjectId(PHOTO))]),
    ],
)  # fmt: skip
def test_edits_and_unknown_pictures(facts: list[Fact], stands: Stands, gestures: list[Gesture]) -> None:
    """Unknown bytes on a view's path are an edit of it; elsewhere in a class folder a new picture; else nobody's."""
    assert read([stands], folded(*facts)) == gestures


@pytest.mark.parametrize(
    ("places", "stands", "gestures"),
    [
        (("class",), Stands("ok/x.jpg", PHOTO), [Back(PHOTO)]),
        (("class",), Stands("exclure/x.jpg", PHOTO), [Moved(PHOTO, "exclure")]),
        (("stylized",), Stands("ok/x.jpg", PHOTO), []),
        (("stylized",), Stands("stylized/x.jpg", RESULT), [Back(PHOTO)]),
        (("class",), Stands("stylized/x.jpg", RESULT), []),
        (("class",), Stands("ok/x.jpg", RESULT), []),
    ],
)
def test_put_back(places: tuple[str, ...], stands: Stands, gestures: list[Gesture]) -> None:
    """A deleted view that stands again brings the photo back; views that were never deleted say nothing."""
    state = folded(OK, LeftOut(PHOTO, places))
    state.owners[RESULT] = PHOTO
    assert read([stands], state) == gestures


def test_two_photos_with_one_preview_are_no_gesture() -> None:
    """The same pixels with another caption have one small picture: which was moved cannot be told, so nobody moved."""
    state = folded(OK, Dropped(OTHER, ObjectId("d"), 1, 1, 1, "JPEG", thumb=THUMB), Placed(OTHER, "exclure"))
    assert read([Stands("ok/x.jpg", THUMB), Stands("exclure/x.jpg", THUMB)], state) == []


def test_a_decision_or_the_original_in_the_inbox_brings_back() -> None:
    """Left out is what a person said last: any later word of a person on the photo ends it."""
    for fact in (Decided(PHOTO, "ok", "command"), PutBack(PHOTO)):
        assert folded(OK, LeftOut(PHOTO, ("class",)), fact).photos[PHOTO].left_out == ()


class Watch:
    """A process looking every two seconds at named views."""

    def __init__(self, views: int) -> None:
        self.names = [f"ok/{number}.jpg" for number in range(views)]
        self.standing = set(self.names)
        self.absences = Absences()
        self.now = 0.0

    def look(self, *, seen: bool = True, gone: tuple[str, ...] = (), lost: tuple[str, ...] = ()) -> Missing:
        """The next look, with these files newly gone."""
        self.now += 2.0
        self.standing -= set(gone)
        return self.absences.look(
            dict.fromkeys(gone, seen), self.standing, self.names, lost, len(self.names), self.now, 60.0
        )

    def after(self, seconds: float) -> list[str]:
        """What comes to be believed within so many seconds of looking."""
        wishes: list[str] = []
        for _ in range(int(seconds / 2)):
            wishes += self.look().wishes
        return wishes


@pytest.mark.parametrize(
    ("views", "gone", "believed"),
    [
        (100, 1, True), (100, 9, True), (100, 19, True), (100, 20, False), (100, 100, False),
        (10, 9, True), (10, 10, False), (4, 4, True), (1000, 199, True), (1000, 200, False),
    ],
)  # fmt: skip
def test_few_deletions_are_wishes_many_are_an_accident(views: int, gone: int, believed: bool) -> None:
    """Fewer than max(10, 20 %) at once, and only after a minute; more pull the brake and are put back at once."""
    watch = Watch(views)
    first = watch.look(gone=tuple(watch.names[:gone]))
    assert first.brake is not believed
    assert len(first.restore) == (0 if believed else gone)
    assert watch.after(56) == []
    assert watch.after(10)[:gone] == (watch.names[:gone] if believed else [])


@pytest.mark.parametrize(
    ("seen", "lost", "restored"),
    [(True, (), False), (False, (), True), (True, ("ok",), True), (True, ("exclure",), False)],
)
def test_what_was_not_seen_or_went_with_its_folder_is_put_back(
    seen: bool, lost: tuple[str, ...], restored: bool
) -> None:
    """Missing at start, or because a whole view folder is gone: no wish, put back at once."""
    watch = Watch(100)
    missing = watch.look(seen=seen, gone=("ok/1.jpg",), lost=lost)
    assert missing.restore == (("ok/1.jpg",) if restored else ())
    assert bool(watch.after(70)) is not restored


def test_back_within_the_minute_is_no_wish() -> None:
    """Temp-and-rename, undo, a share that blinked: a view that stands again was never deleted."""
    watch = Watch(100)
    watch.look(gone=("ok/1.jpg",))
    watch.after(50)
    watch.standing.add("ok/1.jpg")
    assert watch.after(100) == []


def test_many_slow_deletions_in_one_minute_pull_the_brake_too() -> None:
    """Ten of fifty within a minute are as many as ten at once."""
    watch = Watch(50)
    outcomes = [watch.look(gone=(watch.names[number],)) for number in range(10)]
    assert [outcome.brake for outcome in outcomes] == [False] * 9 + [True]
    assert watch.after(100) == []
