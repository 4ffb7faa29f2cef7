"""Where models lie, in which order they are believed, and that changed bytes are noticed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import models_world as world
from safelight.model.errors import BackendUnavailable
from safelight.stages.models import places
from safelight.stages.models.places import Ledger, Places


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path) -> Iterator[None]:
    places.use(Places(tmp_path / "cache"))
    yield
    places.use(None)


def put(folder: Path, data: bytes, name: str = "one.onnx") -> Path:
    """A file of a model."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


def test_the_environment_says_where(tmp_path: Path) -> None:
    """The cache of the rest of the program; the hub's cache as its own library finds it."""
    found = Places.of({"SAFELIGHT_CACHE": "/c", "HF_HOME": "/h"})
    assert found == Places(Path("/c/safelight/models"), (), Path("/h/hub"))
    assert Places.of({"SAFELIGHT_CACHE": "/c", "HF_HUB_CACHE": "/x"}).hub == Path("/x")
    assert Places.of({"XDG_CACHE_HOME": "/x"}) == Places(Path("/x/safelight/models"), (), Path("/x/huggingface/hub"))


def test_order(tmp_path: Path) -> None:
    """An event's own folder first, then the cache, then the hub's cache at the pinned commit only."""
    entry = world.hub({"one.onnx": b"data"})
    found = Places(tmp_path / "cache", (tmp_path / "event",), tmp_path / "hub")
    snapshots = tmp_path / "hub" / "models--of--two" / "snapshots"
    put(snapshots / ("b" * 40), b"data")
    assert found.find(entry) is None
    put(snapshots / world.REVISION, b"data")
    assert found.find(entry) == snapshots / world.REVISION
    put(tmp_path / "cache" / "two", b"data")
    assert found.find(entry) == tmp_path / "cache" / "two"
    put(tmp_path / "event" / "two", b"data")
    assert found.find(entry) == tmp_path / "event" / "two"


def test_a_cut_file_is_not_there(tmp_path: Path) -> None:
    """A file of another size does not count; where the size is not known, an empty one does not."""
    entry = world.hub({"a": b"data"}, ("b",))
    put(tmp_path / "cache" / "two", b"dat", "a")
    put(tmp_path / "cache" / "two", b"", "b")
    assert places.here().find(entry) is None
    put(tmp_path / "cache" / "two", b"data", "a")
    assert places.here().find(entry) is None
    put(tmp_path / "cache" / "two", b"x", "b")
    assert places.here().find(entry) is not None


def test_changed_bytes_are_an_error(tmp_path: Path) -> None:
    """Same size, other bytes: never used, by either way of asking; the reason says what to do."""
    entry = world.single("https://e.org", b"data")
    assert "safelight models fetch one" in (places.missing(entry) or "")
    with pytest.raises(BackendUnavailable):
        places.read(entry)
    path = put(tmp_path / "cache" / "one", b"data")
    assert places.missing(entry) is None
    assert places.read(entry) == b"data"
    assert places.opened(entry) == path.parent
    path.write_bytes(b"d?ta")
    for ask in (places.read, places.opened):
        with pytest.raises(BackendUnavailable, match="other bytes than meant"):
            ask(entry)


def test_digests_are_remembered_until_the_file_changes(tmp_path: Path) -> None:
    """A file of the same size and time is not read again; one written since is; a broken memory costs time only."""
    path = put(tmp_path, b"data", "a")
    ledger = Ledger(tmp_path)
    first = ledger.sha256(path)
    stat = path.stat()
    path.write_bytes(b"tada")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert ledger.sha256(path) == first == world.sha256(b"data")
    path.write_bytes(b"tada")
    os.utime(path, ns=(1, 1))
    assert ledger.sha256(path) == world.sha256(b"tada")
    (tmp_path / places.LEDGER).write_bytes(b"[1")
    assert ledger.sha256(path) == world.sha256(b"tada")


def test_an_events_models_are_looked_in_first(tmp_path: Path) -> None:
    """Once, however often it is said."""
    for _ in range(2):
        places.look_also_in(tmp_path / "event" / "models")
    assert places.here().also == (tmp_path / "event" / "models",)
