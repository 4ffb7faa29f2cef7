"""Views: written, mended, removed when ours, and never anything of a person's lost."""

from pathlib import Path

import pytest

from safelight.reconcile.event import Event
from safelight.reconcile.publish import Manifest, Publisher, listing
from safelight.reconcile.views import View, Views
from world import event_in, object_of, owner_of, put


@pytest.fixture
def event(tmp_path: Path) -> Event:
    """An event that was owned once."""
    event = event_in(tmp_path / "event")
    owner_of(event).close()
    return event


def files(event: Event) -> dict[str, bytes]:
    """What stands in the view folders."""
    return {name: (event.library / name).read_bytes() for name in listing(event.library)}


def synced(publisher: Publisher, wanted: Views) -> int:
    """How many files a pass changed; nothing may go wrong."""
    assert publisher.sync(wanted) == []
    return publisher.changed


def test_views_are_written_mended_and_removed(event: Event, tmp_path: Path) -> None:
    """The folder becomes exactly what is wanted; a second pass changes nothing."""
    name = event.store.put(b"picture")
    wanted: Views = {"ok/marie/a.jpg": View(name), "ok/marie/a.jpg.why.txt": View(text=b"\xef\xbb\xbfwhy")}
    publisher = Publisher(event, Manifest.load(tmp_path / "views.json"))
    assert synced(publisher, wanted) == 2
    assert synced(publisher, wanted) == 0
    assert files(event) == {"ok/marie/a.jpg": b"picture", "ok/marie/a.jpg.why.txt": b"\xef\xbb\xbfwhy"}
    (event.library / "ok/marie/a.jpg").unlink()
    assert synced(publisher, wanted) == 1
    assert synced(publisher, {"exclure/marie/a.jpg": View(name)}) == 3
    assert files(event) == {"exclure/marie/a.jpg": b"picture"}
    assert not (event.library / "ok" / "marie").exists()


def test_a_lost_manifest_costs_nothing_but_hashing(event: Event, tmp_path: Path) -> None:
    """Without the cache views are recognized by their bytes: nothing is written twice, stale ones still go."""
    name = event.store.put(b"picture")
    Publisher(event, Manifest.load(tmp_path / "one.json")).sync({"ok/a.jpg": View(name), "ok/b.jpg": View(name)})
    before = (event.library / "ok/a.jpg").stat().st_mtime_ns
    assert synced(Publisher(event, Manifest.load(tmp_path / "two.json")), {"ok/a.jpg": View(name)}) == 1
    assert (event.library / "ok/a.jpg").stat().st_mtime_ns == before
    assert list(files(event)) == ["ok/a.jpg"]


def test_what_a_person_put_there_stays(event: Event, tmp_path: Path) -> None:
    """A file whose bytes the store does not hold is neither replaced nor removed, wanted or not."""
    name = event.store.put(b"picture")
    put(event.library / "ok" / "mine.txt", b"my notes")
    put(event.library / "ok" / "a.jpg", b"edited by hand")
    Publisher(event, Manifest.load(tmp_path / "views.json")).sync({"ok/a.jpg": View(name)})
    assert files(event) == {"ok/mine.txt": b"my notes", "ok/a.jpg": b"edited by hand"}


def test_a_view_is_a_copy(event: Event, tmp_path: Path) -> None:
    """An editor writing into a view in place cannot harm the store."""
    owner = owner_of(event)
    name = object_of(owner, b"picture")
    owner.close()
    Publisher(event, Manifest.load(tmp_path / "views.json")).sync({"ok/a.jpg": View(name)})
    with (event.library / "ok/a.jpg").open("r+b") as file:
        file.write(b"X")
    assert event.store.get(name) == b"picture"


def test_a_persons_note_stays(event: Event, tmp_path: Path) -> None:
    """A `.why.txt` that we did not write is a person's file, with and without the manifest."""
    put(event.library / "ok" / "x.jpg.why.txt", b"my own words")
    for name in ("one.json", "two.json"):
        Publisher(event, Manifest.load(tmp_path / name)).sync({})
    assert files(event) == {"ok/x.jpg.why.txt": b"my own words"}


def test_one_damaged_object_costs_its_own_view_only(event: Event, tmp_path: Path) -> None:
    """The others are shown, and the fault is told."""
    good, lost = event.store.put(b"picture"), event.store.put(b"lost")
    event.store.path(lost).unlink()
    faults = Publisher(event, Manifest.load(tmp_path / "v.json")).sync({"ok/a.jpg": View(lost), "ok/b.jpg": View(good)})
    assert [type(fault).__name__ for fault in faults] == ["MissingObject"]
    assert list(files(event)) == ["ok/b.jpg"]
