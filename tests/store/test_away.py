"""The store on a share that goes, and on a disk that fails or fills: told as what it is, nothing left behind."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from safelight.model.errors import DiskFull, MissingObject, ShareAway
from safelight.store import Store


def test_nothing_grows_where_the_share_was(tmp_path: Path) -> None:
    """A store whose parent folder is gone writes nowhere; reading says that the share is away, not that bytes are lost."""
    (tmp_path / "library").mkdir()
    store = Store(tmp_path / "library" / "store")
    name = store.put(b"bytes")
    (tmp_path / "library").rename(tmp_path / "away")
    for data in (b"bytes", b"others"):
        with pytest.raises(OSError):
            store.put(data)
    with pytest.raises(ShareAway):
        store.get(name)
    with pytest.raises(ShareAway):
        store.check(name)
    assert not (tmp_path / "library").exists()
    (tmp_path / "away").rename(tmp_path / "library")
    assert store.get(name) == b"bytes"
    with pytest.raises(MissingObject):
        store.get(store.put(b"x")[:-1] + "0")


@pytest.mark.parametrize("door", ["fsync", "replace", "write"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE, errno.EACCES])
def test_a_failing_disk_leaves_no_half_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, door: str, code: int
) -> None:
    """At every system call of a put: no object, no temporary file; full is DiskFull, all else the system's own word."""
    store = Store(tmp_path / "store")
    store.put(b"first")
    source = tmp_path / "source"
    source.write_bytes(b"second")

    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    if door == "write":
        monkeypatch.setattr(Path, "chmod", fail)
    else:
        monkeypatch.setattr(os, door, fail)
    expected = DiskFull if code in {errno.ENOSPC, errno.EDQUOT} else OSError
    with pytest.raises(expected):
        store.put(b"second")
    with pytest.raises(expected):
        store.put_file(source)
    monkeypatch.undo()
    assert list(store.names()) == [store.put(b"first")]
    assert list((store.root / "tmp").iterdir()) == []
