"""Taking over an event, as a table: what the lease says x what becomes of it while it is watched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from safelight.ledger.journal import Journal
from safelight.ledger.lease import HEARTBEAT, Holder, Lease, this_process
from safelight.model.errors import CannotWork, LostOwnership, OwnedByAnother

NOW = "2026-06-13T16:00:00Z"


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def mine(**changed: object) -> Holder:
    """A lease of this living process, changed."""
    return replace(this_process(4, NOW), **changed)  # type: ignore[arg-type]


def written(folder: Path, lease: Holder | bytes) -> Lease:
    """The lease file of an event."""
    path = folder / "lease"
    path.write_bytes(lease if isinstance(lease, bytes) else json.dumps(asdict(lease)).encode())
    return Lease(path)


def take(lease: Lease, meanwhile: object = None) -> list[float]:
    """Take the event; `meanwhile` is done at the second look. Returns the seconds waited."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2 and callable(meanwhile):
            meanwhile()

    lease.take(Journal(lease.path.parent / "journal"), lambda: NOW, "1", sleep)
    return slept


CASES = {
    # what the lease says: (lease, silent: "at once" | "waits" | "told at once", what beating leads to)
    "nothing there": (None, "at once"),
    "this process, alive": ({}, "told at once"),
    "process gone": ({"pid": "gone"}, "at once"),
    "number used by another process since": ({"started": "1"}, "at once"),
    "another boot": ({"boot": "elsewhere"}, "waits"),
    "another namespace of processes": ({"namespace": "pid:[1]"}, "waits"),
    "a boot nobody could read": ({"boot": "?"}, "waits"),
    "empty file": (b"", "waits"),
    "garbage": (b"\x00\xffnot json", "waits"),
    "half a lease": (b'{"host": "box", "boot": "x"', "waits"),
    "JSON but no lease": (b"[1, 2]", "waits"),
    "a lease of a newer version": (b'{"host": "box", "colour": "red"}', "waits"),
    "wrong types": ({"epoch": "seven"}, "waits"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("meanwhile", ["silent", "moves", "vanishes"])
def test_takeover(tmp_path: Path, gone: int, case: str, meanwhile: str) -> None:
    """Certain death or no lease: at once. Certain life: told at once. Anything else: a minute of silence, seen by oneself."""
    says, expected = CASES[case]
    lease = Lease(tmp_path / "lease")
    if isinstance(says, bytes):
        lease = written(tmp_path, says)
    elif says is not None:
        lease = written(tmp_path, mine(**{key: gone if value == "gone" else value for key, value in says.items()}))
    does = {
        "silent": lambda: None,
        "moves": lambda: written(tmp_path, mine(boot="elsewhere", beat=9)),
        "vanishes": lambda: lease.path.unlink(),
    }[meanwhile]
    if expected == "told at once" or (expected == "waits" and meanwhile == "moves"):
        with pytest.raises(OwnedByAnother) as told:
            take(lease, does)
        assert told.value.values["pid"] == str(os.getpid())
        assert told.value.values["since"] == NOW
        assert lease.held is None
        assert not (tmp_path / "journal").exists()
        return
    slept = take(lease, does)
    assert lease.held is not None
    assert lease.holder() == lease.held
    if expected == "at once":
        assert slept == []
    elif meanwhile == "silent":
        assert sum(slept) >= 60
    else:
        assert len(slept) == 2


def test_a_lease_that_cannot_be_read_is_no_free_event(tmp_path: Path) -> None:
    """A fault of the file system is told with status 3 and the file's name; nothing is taken."""
    (tmp_path / "lease").mkdir()
    with pytest.raises(CannotWork, match="lease"):
        take(Lease(tmp_path / "lease"))
    assert not (tmp_path / "journal").exists()


def test_a_clock_that_jumps_changes_nothing(tmp_path: Path) -> None:
    """Times in a lease are for people: one of next year or of 1970, or none at all, leads to the same waiting."""
    for since in ("2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "", "yesterday"):
        folder = tmp_path / (since or "none").replace(":", "")
        folder.mkdir()
        assert sum(take(written(folder, mine(boot="elsewhere", since=since)))) >= 60


def test_the_heart_beats_on_its_own_clock(tmp_path: Path) -> None:
    """A beat is due after ten seconds, and at once when the clock it goes by was set back."""
    lease = Lease(tmp_path / "lease")
    take(lease)
    beats = []
    for now in (100.0, 105.0, 100.0 + HEARTBEAT, 3.0, 5.0):
        lease.beat(now)
        beats.append(lease.holder().beat)  # type: ignore[union-attr]
    assert beats == [1, 1, 2, 3, 3]


def test_a_share_that_is_away_costs_heartbeats_only(tmp_path: Path) -> None:
    """While the lease cannot be written each beat says so; the first that can be is written; nothing is lost meanwhile."""
    lease = Lease(tmp_path / "event" / "lease")
    lease.path.parent.mkdir()
    take(lease)
    lease.beat(0.0)
    away = tmp_path / "away"
    lease.path.parent.rename(away)
    lease.path.parent.write_bytes(b"no folder")
    for now in (20.0, 30.0):
        with pytest.raises(OSError):
            lease.beat(now)
    lease.path.parent.unlink()
    away.rename(lease.path.parent)
    lease.beat(30.5)
    assert lease.holder() == lease.held


def test_a_share_that_came_back_with_another_owner_ends_the_first(tmp_path: Path) -> None:
    """Whoever was away longer than the other's patience finds a later epoch and writes nothing over it."""
    lease = Lease(tmp_path / "lease")
    take(lease)
    other = written(tmp_path, mine(epoch=9, boot="elsewhere"))
    with pytest.raises(LostOwnership):
        lease.beat(1e6)
    lease.release()
    assert other.holder().epoch == 9  # type: ignore[union-attr]


def test_a_gap_between_epochs_is_no_fault(tmp_path: Path) -> None:
    """A taker that died before its first record leaves an empty segment and a number; the next goes on after it."""
    first = Lease(tmp_path / "lease")
    take(first)
    (tmp_path / "journal" / "00000007.jsonl").write_bytes(b"")
    first.release()
    second = Lease(tmp_path / "lease")
    take(second)
    assert second.held is not None
    assert second.held.epoch == 8
    ledger = Journal(tmp_path / "journal").read()
    assert [record.epoch for record in ledger.records] == [1, 8]
