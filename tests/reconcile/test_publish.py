"""Views: written, mended, removed when ours, and never anything of a person's lost."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.files import temporary
from safelight.reconcile.event import Event
from safelight.reconcile.publish import FOLDERS, SPARE_LINES, Known, Manifest, Publisher, sweep
from safelight.reconcile.sight import Sight
from safelight.reconcile.views import View, Views
from world import event_in, listing, object_of, owner_of, put

NOW = 1000.0


@pytest.fixture
def event(tmp_path: Path) -> Event:
    """An event that was owned once."""
    event = event_in(tmp_path / "event")
    owner_of(event).close()
    return event


def files(event: Event) -> dict[str, bytes]:
    """What stands in the view folders."""
    return {name: (event.library / name).read_bytes() for name in listing(event.library)}


def publisher(event: Event, manifest: Path) -> Publisher:
    """A publisher as after a start."""
    return Publisher(event, Manifest.load(manifest), Sight(event.library, FOLDERS), event.store.has)  # type: ignore[arg-type]


def synced(by: Publisher, wanted: Views, *, settled: bool = True) -> int:
    """A pass over everything; how many files it changed. Nothing may go wrong."""
    by.sight.look(NOW, full=True)
    assert by.sync(wanted, sorted({*by.sight.entries, *wanted}), lambda _: settled, NOW) == {}
    return by.changed


def test_views_are_written_mended_and_removed(event: Event, tmp_path: Path) -> None:
    """The folder becomes exactly what is wanted; a second pass changes nothing."""
    name = event.store.put(b"picture")
    wanted: Views = {"ok/marie/a.jpg": View(name), "ok/marie/a.jpg.why.txt": View(text=b"\xef\xbb\xbfwhy")}
    by = publisher(event, tmp_path / "views.json")
    assert synced(by, wanted) == 2
    assert synced(by, wanted) == 0
    assert files(event) == {"ok/marie/a.jpg": b"picture", "ok/marie/a.jpg.why.txt": b"\xef\xbb\xbfwhy"}
    (event.library / "ok/marie/a.jpg").unlink()
    assert synced(by, wanted) == 1
    assert synced(by, {"exclure/marie/a.jpg": View(name)}) == 3
    assert files(event) == {"exclure/marie/a.jpg": b"picture"}
    assert not (event.library / "ok" / "marie").exists()


def test_a_lost_manifest_costs_nothing_but_hashing(event: Event, tmp_path: Path) -> None:
    """Without the cache views are recognized by their bytes: nothing is written twice, stale ones still go."""
    name = event.store.put(b"picture")
    synced(publisher(event, tmp_path / "one.json"), {"ok/a.jpg": View(name), "ok/b.jpg": View(name)})
    before = (event.library / "ok/a.jpg").stat().st_mtime_ns
    assert synced(publisher(event, tmp_path / "two.json"), {"ok/a.jpg": View(name)}) == 1
    assert (event.library / "ok/a.jpg").stat().st_mtime_ns == before
    assert list(files(event)) == ["ok/a.jpg"]


def test_what_a_person_put_there_stays(event: Event, tmp_path: Path) -> None:
    """A file whose bytes the store does not hold is neither replaced nor removed, wanted or not."""
    name = event.store.put(b"picture")
    put(event.library / "ok" / "mine.txt", b"my notes")
    put(event.library / "ok" / "a.jpg", b"edited by hand")
    synced(publisher(event, tmp_path / "views.json"), {"ok/a.jpg": View(name)})
    assert files(event) == {"ok/mine.txt": b"my notes", "ok/a.jpg": b"edited by hand"}


def test_a_copy_that_was_just_put_there_is_let_stand(event: Event, tmp_path: Path) -> None:
    """An editor's backup beside a view holds known bytes: it goes only once it has stood still."""
    name = event.store.put(b"picture")
    by = publisher(event, tmp_path / "views.json")
    synced(by, {"ok/a.jpg": View(name)})
    put(event.library / "ok" / "a (backup).jpg", b"picture")
    assert synced(by, {"ok/a.jpg": View(name)}, settled=False) == 0
    assert synced(by, {"ok/a.jpg": View(name)}) == 1


def test_what_changes_between_look_and_writing_is_not_touched(event: Event, tmp_path: Path) -> None:
    """A file saved after it was looked at is neither replaced nor removed by what was known before."""
    name, other = event.store.put(b"picture"), event.store.put(b"another")
    by = publisher(event, tmp_path / "views.json")
    synced(by, {"ok/a.jpg": View(name), "ok/b.jpg": View(name)})
    put(event.library / "ok" / "a.jpg", b"saved just now")
    put(event.library / "ok" / "b.jpg", b"saved just now")
    by.sync({"ok/a.jpg": View(other)}, ["ok/a.jpg", "ok/b.jpg"], lambda _: True, NOW)
    assert set(files(event).values()) == {b"saved just now"}


def test_a_view_is_a_copy(event: Event, tmp_path: Path) -> None:
    """An editor writing into a view in place cannot harm the store."""
    owner = owner_of(event)
    name = object_of(owner, b"picture")
    owner.close()
    synced(publisher(event, tmp_path / "views.json"), {"ok/a.jpg": View(name)})
    with (event.library / "ok/a.jpg").open("r+b") as file:
        file.write(b"X")
    assert event.store.get(name) == b"picture"


def test_a_persons_note_stays(event: Event, tmp_path: Path) -> None:
    """A `.why.txt` that we did not write is a person's file, with and without the manifest."""
    put(event.library / "ok" / "x.jpg.why.txt", b"my own words")
    for name in ("one.json", "two.json"):
        synced(publisher(event, tmp_path / name), {})
    assert files(event) == {"ok/x.jpg.why.txt": b"my own words"}


def test_one_damaged_object_costs_its_own_view_only(event: Event, tmp_path: Path) -> None:
    """The others are shown, and the fault is told."""
    good, lost = event.store.put(b"picture"), event.store.put(b"lost")
    event.store.path(lost).unlink()
    by = publisher(event, tmp_path / "v.json")
    wanted = {"ok/a.jpg": View(lost), "ok/b.jpg": View(good)}
    faults = by.sync(wanted, sorted(wanted), lambda _: True, NOW)
    assert {path: type(fault).__name__ for path, fault in faults.items()} == {"ok/a.jpg": "MissingObject"}
    assert list(files(event)) == ["ok/b.jpg"]


def test_what_a_killed_process_left_half_written_is_swept(event: Event) -> None:
    """Temporary files of ours go, wherever we write; a person's hidden files and all that is shown stay."""
    folders = ("library", "library/book", "library/ok/marie", "library/need-you", "rules", "rules/.history", "try")
    names = ("_status.html", "IMG 1 \n.why.txt", "x" * 60)
    left = [temporary(event.root / folder / name) for folder in folders for name in names]
    left += [event.library / "book/.html.new/index.html", temporary(event.hidden / "lease")]
    kept = [event.library / "ok/.lightroom.tmp", event.rules / ".x.12-ab.tmp", event.library / "book/html/index.html"]
    for path in (*left, *kept):
        put(path, b"half")
    sweep(event)
    assert [path for path in left if path.exists()] == []
    assert all(path.exists() for path in kept)


NAMES = st.sampled_from(["ok/a.jpg", "ok/é\udce9.jpg", "ok/b\nc.jpg", "need-you/x.jpg.why.txt"])
DEEDS = st.lists(st.tuples(NAMES, st.none() | st.integers(0, 5)) | st.just("save") | st.just("again"), max_size=25)


@settings(deadline=None, max_examples=60)
@given(deeds=DEEDS)
def test_the_manifest_remembers_what_was_saved(tmp_path_factory: pytest.TempPathFactory, deeds: list[object]) -> None:
    """Whatever is remembered, forgotten and saved in whatever order: read again, it says what the last save knew."""
    path = tmp_path_factory.mktemp("manifest") / "views.json"
    manifest, saved = Manifest.load(path), {}
    for deed in deeds:
        if deed == "save":
            manifest.save()
            saved = dict(manifest.files)
        elif deed == "again":
            manifest = Manifest.load(path)
            assert manifest.files == saved
        else:
            name, number = deed  # type: ignore[misc]
            if number is None:
                manifest.forget(name)
            else:
                manifest.remember(name, Known(number, number * 10**18, "c" * 64, written=bool(number % 2)))
    manifest.save()
    assert Manifest.load(path).files == manifest.files


def test_the_manifest_grows_by_what_changed_and_is_written_anew_in_time(tmp_path: Path) -> None:
    """One change adds one line; lines of the past never become more than the files and the spare ones allow."""
    path = tmp_path / "views.json"
    manifest = Manifest.load(path)
    for number in range(100):
        manifest.remember(f"ok/{number}.jpg", Known(1, 1, "c"))
    manifest.save()
    before = path.read_bytes()
    manifest.remember("ok/7.jpg", Known(2, 2, "d", written=True))
    manifest.save()
    assert path.read_bytes().startswith(before)
    assert path.read_bytes().count(b"\n") == 101
    for number in range(60):
        for name in range(50):
            manifest.remember(f"ok/{name}.jpg", Known(number, 2, "d"))
        manifest.forget(f"ok/{number}.jpg")
        manifest.save()
        assert path.read_bytes().count(b"\n") <= 2 * len(manifest.files) + SPARE_LINES
    assert Manifest.load(path).files == manifest.files


@pytest.mark.parametrize("cut", [1, 10, 50])
def test_a_line_cut_off_by_a_crash_costs_itself(tmp_path: Path, cut: int) -> None:
    """What was saved before is known, and what is saved after it is too."""
    path = tmp_path / "views.json"
    manifest = Manifest.load(path)
    manifest.remember("ok/a.jpg", Known(1, 1, "c" * 64))
    manifest.save()
    manifest.remember("ok/b.jpg", Known(2, 2, "d" * 64))
    manifest.save()
    path.write_bytes(path.read_bytes()[:-cut])
    again = Manifest.load(path)
    assert again.files == {"ok/a.jpg": Known(1, 1, "c" * 64)}
    again.remember("ok/c.jpg", Known(3, 3, "e" * 64))
    again.save()
    assert set(Manifest.load(path).files) == {"ok/a.jpg", "ok/c.jpg"}


def test_a_manifest_deleted_in_between_is_written_whole(tmp_path: Path) -> None:
    """The cache folder may be emptied at any time: the next save writes all of it."""
    path = tmp_path / "views.json"
    manifest = Manifest.load(path)
    manifest.remember("ok/a.jpg", Known(1, 1, "c"))
    manifest.save()
    path.unlink()
    manifest.remember("ok/b.jpg", Known(2, 2, "d"))
    manifest.save()
    manifest.remember("ok/c.jpg", Known(2, 2, "d"))
    manifest.save()
    assert set(Manifest.load(path).files) == {"ok/a.jpg", "ok/b.jpg", "ok/c.jpg"}
