"""Appending on a disk that is full, a share that went, a folder that was moved: a record is there whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from faults import fill, small_disk
from safelight.ledger.chain import Head
from safelight.ledger.journal import Journal
from safelight.model.records import Noted, Opened

NOW = "2026-06-13T16:00:00Z"


def started(folder: Path) -> Journal:
    """A journal owned by this process."""
    journal = Journal(folder)
    journal.begin(1, Opened("box", 1, Head().hash), NOW, Head())
    return journal


def names(folder: Path) -> list[str]:
    """The notes read back; raises when the chain does not hold."""
    ledger = Journal(folder).read()
    assert ledger.torn == ()
    return [getattr(record.fact, "request", "") for record in ledger.records[1:]]


def test_a_full_disk_leaves_no_half_record(tmp_path: Path) -> None:
    """Each append that did not fit is not there at all; with room again the next one is right."""
    with small_disk(tmp_path, 256 * 1024) as disk:
        journal = started(disk / "journal")
        kept = []
        for number in range(40):  # so that full comes at many places of a page
            name = f"{number:03d}" + "x" * 300
            filled = fill(disk) if number % 2 else None
            try:
                journal.append(Noted(name, "x"), NOW)
                kept.append(name)
            except OSError as fault:
                assert fault.errno == errno.ENOSPC
            finally:
                if filled:
                    filled.unlink()
        assert names(disk / "journal") == kept
        assert 20 <= len(kept) < 40


@pytest.mark.parametrize("fault", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("written", [0, 1, 17, "all"])
@pytest.mark.parametrize("cuts", [True, False])
def test_a_failed_append_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: int, written: int | str, cuts: bool
) -> None:
    """The system takes some of a line, or all of it and cannot make it durable, and perhaps cannot cut it off either:
    before the next append it is gone.
    """
    journal = started(tmp_path)
    journal.append(Noted("a", "x"), NOW)
    real, truncate = os.write, os.ftruncate

    def broken(*_: object) -> None:
        raise OSError(fault, os.strerror(fault))

    def some(handle: int, data: bytes) -> int:
        monkeypatch.setattr(os, "write", broken)
        return real(handle, data[:written]) if written else broken()  # type: ignore[func-returns-value, return-value]

    monkeypatch.setattr(os, "fsync" if written == "all" else "write", broken if written == "all" else some)
    if not cuts:
        monkeypatch.setattr(os, "ftruncate", broken)
    with pytest.raises(OSError, match=os.strerror(fault)):
        journal.append(Noted("lost", "x"), NOW)
    monkeypatch.undo()
    assert os.ftruncate is truncate
    journal.append(Noted("b", "x"), NOW)
    assert names(tmp_path) == ["a", "b"]


def test_nothing_is_written_into_a_folder_that_was_moved(tmp_path: Path) -> None:
    """Moved away, or another folder in its place (an unmounted share): no line goes anywhere; back again, work goes on."""
    journal = started(tmp_path / "event")
    journal.append(Noted("a", "x"), NOW)
    (tmp_path / "event").rename(tmp_path / "moved")
    for stands_there in (False, True):
        if stands_there:
            (tmp_path / "event").mkdir()
            (tmp_path / "event/00000001.jsonl").write_bytes(b"")
        with pytest.raises(OSError):
            journal.append(Noted("nowhere", "x"), NOW)
    assert names(tmp_path / "moved") == ["a"]
    (tmp_path / "event/00000001.jsonl").unlink()
    (tmp_path / "event").rmdir()
    (tmp_path / "moved").rename(tmp_path / "event")
    journal.append(Noted("b", "x"), NOW)
    assert names(tmp_path / "event") == ["a", "b"]
