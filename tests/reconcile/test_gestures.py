"""What people did to views: the decision table of moves between class folders.

Factors: where the view was placed (ok), where a copy stands now (same folder, another, both, two others, nowhere),
whether a move of ours was cut short (leaving), whether the photo was placed at all.
"""

import pytest

from safelight.model.digests import ObjectId, PhotoId
from safelight.model.records import Dropped
from safelight.projection.state import PhotoState
from safelight.reconcile.gestures import Moved, Stands, known_pictures, read

PHOTO = PhotoId("a" * 64)


def state(placed: str, leaving: str = "") -> PhotoState:
    """A photo as far as gestures look at it."""
    dropped = Dropped(PHOTO, ObjectId("d"), 1, 1, 1, "JPEG")
    return PhotoState(PHOTO, 0, dropped, "", placed=placed, leaving=leaving)


@pytest.mark.parametrize(
    ("placed", "leaving", "stands", "verdict"),
    [
        ("ok", "", ["ok"], None),
        ("ok", "", [], None),
        ("ok", "", ["exclure"], "exclure"),
        ("ok", "", ["ok", "exclure"], "exclure"),
        ("ok", "", ["retoucher", "exclure"], "exclure"),
        ("retoucher", "", ["ok"], "ok"),
        ("ok", "retoucher", ["retoucher"], None),
        ("ok", "retoucher", ["ok", "retoucher"], None),
        ("ok", "retoucher", ["exclure"], "exclure"),
        ("", "", ["ok"], None),
    ],
)
def test_moves_between_class_folders(placed: str, leaving: str, stands: list[str], verdict: str | None) -> None:
    """A view where a person put it is a decision; where we put it, or were putting it, it is none."""
    found = [Stands(PHOTO, folder, f"{folder}/x.jpg") for folder in stands]
    expected = [Moved(PHOTO, verdict)] if verdict else []
    assert read(found, {PHOTO: state(placed, leaving)}) == expected


def test_only_known_bytes_in_class_folders_count() -> None:
    """Results, cards and strangers' files are no gestures."""
    contents = {"ok/marie/x.jpg": PHOTO, "stylized/marie/x.jpg": PHOTO, "ok/y.jpg": "b" * 64}
    assert known_pictures(contents, {PHOTO: state("ok")}) == [Stands(PHOTO, "ok", "ok/marie/x.jpg")]


def test_a_preview_moved_is_a_decision_too() -> None:
    """Where space is short the class folders show small pictures: moving one means the photo."""
    dropped = Dropped(PHOTO, ObjectId("d"), 1, 1, 1, "JPEG", thumb="c" * 64)
    photos = {PHOTO: PhotoState(PHOTO, 0, dropped, "", placed="ok")}
    stands = known_pictures({"exclure/x.jpg": "c" * 64}, photos)
    assert read(stands, photos) == [Moved(PHOTO, "exclure")]


def test_two_photos_with_one_preview_are_no_gesture() -> None:
    """The same pixels with another caption have one small picture: which was moved cannot be told, so nobody moved."""
    other = PhotoId("b" * 64)
    photos = {
        photo: PhotoState(photo, 0, Dropped(photo, ObjectId("d"), 1, 1, 1, "JPEG", thumb="c" * 64), "", placed=folder)
        for photo, folder in ((PHOTO, "ok"), (other, "exclure"))
    }
    assert known_pictures({"ok/x.jpg": "c" * 64, "exclure/x.jpg": "c" * 64}, photos) == []
