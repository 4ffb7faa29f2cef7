"""The object store: what is put comes back, damage is told, nothing is overwritten."""

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.digests import ObjectId, object_id
from safelight.model.errors import DamagedObject, DiskFull, MissingObject
from safelight.store import Store


@given(st.binary(max_size=2000))
@settings(deadline=None, max_examples=40)
def test_bytes_come_back_under_their_name(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Put gives the SHA-256; get gives the same bytes; putting again changes nothing."""
    store = Store(tmp_path_factory.mktemp("store"))
    name = store.put(data)
    assert name == object_id(data) == store.put(data)
    assert store.get(name) == data
    assert list(store.names()) == [name]


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    """Reading hashes again: one changed bit raises, the object stays where it is for a person to look at.

    Flipping is better than overwriting: an overwrite with equal bytes would be no damage and the test would pass idly.
    """
    store = Store(tmp_path)
    name = store.put(b"a picture")
    path = store.path(name)
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[3] ^= 1
    path.write_bytes(data)
    with pytest.raises(DamagedObject):
        store.get(name)
    with pytest.raises(DamagedObject):
        store.check(name)
    assert path.exists()


def test_a_missing_object_is_told_as_missing(tmp_path: Path) -> None:
    """Missing and damaged are different words."""
    with pytest.raises(MissingObject):
        Store(tmp_path).get(ObjectId("0" * 64))


def test_put_file_keeps_the_source(tmp_path: Path) -> None:
    """A claimed file is copied, hashed on the way, and left for its owner to remove."""
    source = tmp_path / "source"
    source.write_bytes(b"x" * 3_000_000)
    store = Store(tmp_path / "store")
    name, size = store.put_file(source)
    assert (name, size) == (object_id(source.read_bytes()), 3_000_000)
    assert source.exists()


def test_a_full_disk_leaves_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ENOSPC at fsync becomes DiskFull (worth a retry), no temporary file and no object stay behind."""
    store = Store(tmp_path)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        store.put(b"data")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
