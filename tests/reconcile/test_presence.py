"""A share that goes and returns: nothing believed, claimed, shown or lost meanwhile; told once, resumed with a full look."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from faults import small_disk
from loop_world import Day, day, edit
from safelight.files import write_through
from safelight.ledger.journal import Journal
from safelight.model.records import Decided, Dropped, Edited, LeftOut, StepFailed
from safelight.reconcile import intake, presence
from safelight.reconcile.presence import Glance, judge
from safelight.store import Store
from soundness import assert_sound
from world import jpeg, put

HERE = Glance("id", inbox=False, library=False)
MOUNTED = Glance("id", inbox=True, library=True)


@pytest.mark.parametrize(
    ("first", "now", "away"),
    [
        (HERE, HERE, ""),
        (HERE, replace(HERE, identity=None), "library"),
        (HERE, replace(HERE, identity="another event"), "library"),
        (HERE, replace(HERE, library=None), "library"),
        (HERE, replace(HERE, inbox=None), "inbox"),
        (MOUNTED, replace(MOUNTED, inbox=False), "inbox"),
        (MOUNTED, replace(MOUNTED, library=False), "library"),
        (MOUNTED, MOUNTED, ""),
        (HERE, MOUNTED, ""),
    ],
)
def test_what_counts_as_away(first: Glance, now: Glance, away: str) -> None:
    """Sentinel gone or another's, a folder unreadable, a mount that is a bare mount point now; a new mount is no loss."""
    assert judge(first, now) == away


def told(world: Day, word: str) -> int:
    """How often a sentence with this word was said."""
    return sum(word in text for text in world.told)


def test_the_library_goes_and_returns(tmp_path: Path) -> None:
    """Five minutes away: no record, nothing made in its place, said once; back: said once, what happened is read."""
    world = day(tmp_path)
    before = len(world.event.journal.read().records)
    away = tmp_path / "elsewhere"
    world.library.rename(away)
    put(world.event.inbox / "marie" / "ok late.jpg", jpeg(50))
    world.later(300)
    assert not world.library.exists()
    assert (world.event.inbox / "marie" / "ok late.jpg").exists()
    assert (told(world, "cannot be reached"), told(world, "is back;")) == (1, 0)
    (away / "exclure/marie").mkdir(parents=True, exist_ok=True)
    (away / "ok/marie/ok 0.jpg").rename(away / "exclure/marie/ok 0.jpg")
    away.rename(world.library)
    assert len(world.event.journal.read().records) == before
    world.later(80)
    assert (told(world, "cannot be reached"), told(world, "is back;")) == (1, 1)
    assert world.plan("ok 0.jpg").verdict == "exclure"
    assert (world.library / "ok/marie/ok late.jpg").exists()
    assert world.facts(LeftOut) == []
    world.stop()


def test_looked_for_after_5_10_30_and_60_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dead share is not asked again and again."""
    world = day(tmp_path, 0)
    asked: list[float] = []
    real = presence.glance

    def counted(event: object) -> Glance:
        asked.append(world.now)
        return real(event)  # type: ignore[arg-type]

    world.library.rename(tmp_path / "elsewhere")
    monkeypatch.setattr(presence, "glance", counted)
    world.later(180, step=1.0)
    assert [round(b - a) for a, b in pairwise(asked)][:4] == [5, 10, 30, 60]
    (tmp_path / "elsewhere").rename(world.library)
    world.stop()


def test_an_emptied_mount_point_is_no_deletion(tmp_path: Path) -> None:
    """The folder is there and empty: away, not emptied."""
    world = day(tmp_path)
    world.library.rename(tmp_path / "elsewhere")
    world.library.mkdir()
    world.later(200)
    assert list(world.library.iterdir()) == []
    world.library.rmdir()
    (tmp_path / "elsewhere").rename(world.library)
    world.later(80)
    assert world.facts(LeftOut) == []
    world.stop()


def test_the_inbox_goes_alone(tmp_path: Path) -> None:
    """The inbox on a mount of its own goes: everything waits, named in the sentence."""
    world = day(tmp_path)
    world.event.inbox.rename(tmp_path / "elsewhere")
    world.later(60)
    assert told(world, "inbox cannot be reached") == 1
    (tmp_path / "elsewhere").rename(world.event.inbox)
    put(world.event.inbox / "marie" / "ok late.jpg", jpeg(50))
    world.later(90)
    assert len(world.facts(Dropped)) == 4
    world.stop()


CODES = (errno.EIO, errno.ENOTCONN, errno.ESTALE, errno.EHOSTDOWN, errno.ENOENT, errno.EACCES, errno.ENOSPC)
DOORS: dict[str, tuple[object, str]] = {
    "journal": (Journal, "append"),
    "keeping a file": (Store, "put_file"),
    "keeping bytes": (Store, "put"),
    "whole files": (write_through, ""),
    "claiming": (os, "rename"),
    "the end of a file": (intake, "check_end"),
}


@pytest.mark.parametrize("code", CODES, ids=[errno.errorcode[code] for code in CODES])
@pytest.mark.parametrize("door", list(DOORS))
def test_every_door_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, door: str, code: int) -> None:
    """While one kind of access fails for a minute the loop lives, nothing is recorded wrongly, then all comes right."""
    world = day(tmp_path, 1)
    failed: list[str] = []
    where, name = DOORS[door]

    def fail(*words: object, **_: object) -> None:
        failed.append(door)
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as broken:
        if name:
            broken.setattr(where, name, fail)
        else:
            for module in ("claims", "publish", "shelf"):
                broken.setattr(f"safelight.reconcile.{module}.write_through", fail)
            broken.setattr("safelight.ledger.lease.write_through", fail)
        put(world.event.inbox / "marie" / "ok new.jpg", jpeg(60))
        (world.library / "exclure/marie").mkdir(parents=True, exist_ok=True)
        os.replace(world.library / "ok/marie/ok 0.jpg", world.library / "exclure/marie/ok 0.jpg")
        world.later(60)
    assert failed
    assert world.facts(StepFailed) == []
    world.later(200)
    assert [fact.verdict for fact in world.facts(Decided)] == ["exclure"]
    assert len(world.facts(Dropped)) == 2
    assert (world.library / "ok/marie/ok new.jpg").read_bytes() == jpeg(60)
    assert list(world.event.claimed.iterdir()) == []
    assert sum("Errno" in text or "Traceback" in text for text in world.told) == 0
    world.stop()


def test_a_lost_answer_of_an_absent_share_counts_against_nobody(tmp_path: Path) -> None:
    """A step whose original could not be read while the share was away is simply done again."""
    world = day(tmp_path, 0)
    away: list[Callable[[], object]] = [lambda: world.library.rename(tmp_path / "elsewhere")]
    lanes = world.at_work.work.lanes
    real = lanes.submit

    def submit(job: dict[str, object]) -> object:
        if job["stage"] == "look" and away:
            away.pop()()
        return real(job)  # type: ignore[arg-type]

    lanes.submit = submit  # type: ignore[method-assign, assignment]
    put(world.event.inbox / "marie" / "ok new.jpg", jpeg(60))
    world.later(40)
    assert not away
    (tmp_path / "elsewhere").rename(world.library)
    world.later(120)
    assert world.facts(StepFailed) == []
    assert world.plan("ok new.jpg").standing == "done"
    world.stop()


def test_an_answer_about_a_file_that_moved_on_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A view that is gone when the child answers about it: the answer is dropped, the loop goes on."""
    world = day(tmp_path, 1)
    hand = world.at_work.library.hand
    asked: list[int] = []

    real = hand.answered

    def gone(*words: object) -> None:
        asked.append(1)
        if len(asked) < 3:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        real(*words)  # type: ignore[arg-type]

    view = world.library / "ok/marie/ok 0.jpg"
    put(view, edit(view))
    with monkeypatch.context() as patch:
        patch.setattr(hand, "answered", gone)
        world.later(80)
    assert len(asked) == 3
    put(world.event.inbox / "marie" / "ok new.jpg", jpeg(60))
    world.later(30)
    assert len(world.facts(Dropped)) == 2
    assert len(world.facts(Edited)) == 1
    assert told(world, "No such file") == 0
    world.stop()


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can mount")
def test_a_real_mount_goes_and_another_comes(tmp_path: Path) -> None:
    """The library on a mount of its own, unmounted while watched and mounted anew: frozen, then gone on with."""
    disk = tmp_path / "disk"
    disk.mkdir()
    library = tmp_path / "event" / "library"
    library.mkdir(parents=True)

    def mount() -> bool:
        done = subprocess.run(["mount", "--bind", str(disk), str(library)], capture_output=True, check=False)
        return done.returncode == 0

    with small_disk(tmp_path, 64 << 20) as small:
        disk = small
        if not mount():
            pytest.skip("no mounts here")
        try:
            world = day(tmp_path)
            subprocess.run(["umount", "-l", str(library)], check=True)
            world.later(60)
            assert list(library.iterdir()) == []
            assert told(world, "cannot be reached") == 1
            put(world.event.inbox / "marie" / "ok late.jpg", jpeg(50))
            assert mount()
            world.later(120)
            assert len(world.facts(Dropped)) == 4
            event = world.event
            world.at_work.farewell()
            world.stop()
            assert_sound(event, [jpeg(0), jpeg(1), jpeg(2), jpeg(50)])
        finally:
            subprocess.run(["umount", "-l", str(library)], check=False)
