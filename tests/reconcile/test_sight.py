"""Looking at the view folders: every change is seen, at the latest by the next full look, and nothing else is."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.reconcile.sight import Sight
from world import put

FOLDERS = ("ok", "exclure")


def sight(root: Path) -> Sight:
    """A sight of two folders after its first look."""
    seen = Sight(root, FOLDERS)
    seen.look(0.0, full=True)
    return seen


def test_new_moved_replaced_and_removed_files_are_seen_without_a_full_look(tmp_path: Path) -> None:
    """A directory's time tells of all of them, also of a temporary file renamed over a view."""
    put(tmp_path / "ok/marie/a.jpg", b"1")
    put(tmp_path / "ok/marie/b.jpg", b"2")
    seen = sight(tmp_path)
    put(tmp_path / "exclure/c.jpg", b"3")
    os.rename(tmp_path / "ok/marie/a.jpg", tmp_path / "exclure/a.jpg")
    put(tmp_path / "ok/marie/.b.tmp", b"4")
    os.replace(tmp_path / "ok/marie/.b.tmp", tmp_path / "ok/marie/b.jpg")
    change = seen.look(2.0, full=False)
    assert change.seen == {"exclure/c.jpg", "exclure/a.jpg", "ok/marie/b.jpg"}
    assert list(change.gone) == ["ok/marie/a.jpg"]
    assert seen.look(4.0, full=False).seen == frozenset()


def test_an_edit_in_place_is_seen_by_the_full_look(tmp_path: Path) -> None:
    """It leaves the directory's time alone; size and time of the file tell."""
    path = put(tmp_path / "ok/a.jpg", b"1")
    seen = sight(tmp_path)
    seen.look(2.0, full=False)
    with path.open("ab") as file:
        file.write(b"2")
    assert seen.look(4.0, full=True).seen == {"ok/a.jpg"}


def test_a_suspect_is_asked_at_once(tmp_path: Path) -> None:
    """A file that an event names need not wait for the full look; a name nobody knows changes nothing."""
    path = put(tmp_path / "ok/a.jpg", b"1")
    seen = sight(tmp_path)
    seen.look(2.0, full=False)
    with path.open("ab") as file:
        file.write(b"2")
    assert seen.look(4.0, full=False).seen == frozenset()
    assert seen.look(6.0, full=False, suspects=["ok/a.jpg", "ok/unknown.jpg"]).seen == {"ok/a.jpg"}


def test_a_folder_that_went_takes_its_files_along_and_is_named(tmp_path: Path) -> None:
    """A photographer's folder is only gone files; a view folder gone as a whole is `lost`."""
    put(tmp_path / "ok/marie/a.jpg", b"1")
    put(tmp_path / "exclure/b.jpg", b"2")
    seen = sight(tmp_path)
    (tmp_path / "ok/marie/a.jpg").unlink()
    (tmp_path / "ok/marie").rmdir()
    (tmp_path / "exclure/b.jpg").unlink()
    (tmp_path / "exclure").rmdir()
    change = seen.look(2.0, full=False)
    assert set(change.gone) == {"ok/marie/a.jpg", "exclure/b.jpg"}
    assert change.lost == {"exclure"}


def test_a_library_that_cannot_be_read_is_no_look(tmp_path: Path) -> None:
    """An absent share never looks like an empty one."""
    put(tmp_path / "library/ok/a.jpg", b"1")
    seen = sight(tmp_path / "library")
    os.rename(tmp_path / "library", tmp_path / "away")
    with pytest.raises(OSError):
        seen.look(2.0, full=False)
    os.rename(tmp_path / "away", tmp_path / "library")
    assert seen.look(4.0, full=True).gone == {}


def test_what_we_write_is_no_news(tmp_path: Path) -> None:
    """Our own views are known and settled; our own removals are no absences."""
    put(tmp_path / "ok/a.jpg", b"1")
    seen = sight(tmp_path)
    put(tmp_path / "ok/b.jpg", b"2")
    seen.wrote("ok/b.jpg", 1.0)
    (tmp_path / "ok/a.jpg").unlink()
    seen.removed("ok/a.jpg")
    change = seen.look(2.0, full=True)
    assert (change.seen, change.gone) == (frozenset(), {})
    assert seen.there("OK/b.JPG".replace("OK", "ok")) == "ok/b.jpg"


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(["put", "drop", "move"]), st.integers(0, 5), st.booleans()), max_size=12))
def test_after_any_changes_memory_is_what_stands(tmp_path_factory, steps) -> None:  # type: ignore[no-untyped-def]
    """Whatever people do between looks, a full look knows exactly the files that are there."""
    root = tmp_path_factory.mktemp("library")
    names = ["ok/a.jpg", "ok/m/a.jpg", "ok/m/b.jpg", "exclure/a.jpg", "exclure/j/k/a.jpg", "exclure/é.jpg"]
    seen = Sight(root, FOLDERS)
    for number, (act, which, look) in enumerate(steps):
        path = root / names[which]
        if act == "put":
            put(path, str(number).encode())
        elif act == "drop":
            path.unlink(missing_ok=True)
        elif path.exists():
            target = root / names[(which + 1) % len(names)]
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, target)
        if look:
            seen.look(float(number), full=False)
    seen.look(99.0, full=True)
    there = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert set(seen.entries) == there
    assert set(seen.keys.values()) == there
