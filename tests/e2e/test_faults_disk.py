"""A full disk at every point of the way, a flipped object, a folder that moves: nothing lost, said, and it goes on."""

from __future__ import annotations

import errno
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from e2e_world import Runner, photo
from faults import fill, small_disk
from loop_world import PACE, Day, day
from safelight.model.records import Dropped, StepFailed
from safelight.reconcile.event import Event
from soundness import assert_sound
from world import jpeg, put

SMALL = [photo(1), photo(2, taken="2026:06:13 23:30:00"), photo(3, "VELOX", taken="2026:06:14 05:30:00"),
         photo(4, "NORDA", taken="2026:06:14 11:00:00"), photo(5), photo(6)[:3000]]  # fmt: skip


def said(world: Day, word: str) -> int:
    """How often a sentence with this word was said."""
    return sum(word in text for text in world.told)


@pytest.mark.parametrize("leave", [0, 4096, 8192, 16384, 32768, 65536, 131072, 262144])
def test_a_disk_that_fills_up_and_gets_room_again(tmp_path: Path, leave: int) -> None:
    """Photos are dropped on a disk with so many bytes left: all waits, said in words; with room everything is as it should be."""
    with small_disk(tmp_path, 24 << 20) as disk:
        world = day(disk, 2, replace(PACE, floor=0))
        data = [jpeg(80 + number, (200, 150)) for number in range(4)]
        for number, picture in enumerate(data):
            put(world.event.inbox / "marie" / f"ok new {number}.jpg", picture)
        ballast = fill(disk, leave)
        world.later(120)
        assert world.facts(StepFailed) == []
        assert said(world, "The disk is full") >= (len(world.facts(Dropped)) < 6)
        assert not [text for text in world.told if "Errno" in text]
        ballast.unlink()
        world.later(200)
        event = world.event
        assert len(world.facts(Dropped)) == 6
        world.at_work.farewell()
        world.stop()
        assert_sound(event, [jpeg(0), jpeg(1), *data])


class Budget:
    """Lets so many writes through, then every one fails for want of room."""

    def __init__(self, patch: pytest.MonkeyPatch, writes: int) -> None:
        self.left, self.failed = writes, 0
        for name in ("fsync", "replace", "rename", "mkdir"):
            self._door(patch, name)

    def _door(self, patch: pytest.MonkeyPatch, name: str) -> None:
        real = getattr(os, name)

        def door(*words: object, **more: object) -> object:
            self.left -= 1
            if self.left < 0:
                self.failed += 1
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*words, **more)

        patch.setattr(os, name, door)


@pytest.mark.parametrize("writes", [*range(0, 60, 4), 60, 80])
def test_no_room_at_any_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """The n-th write of the way of two photos is the last that works for a while, wherever it falls."""
    world = day(tmp_path, 1)
    data = [jpeg(90), jpeg(91)]
    for number, picture in enumerate(data):
        put(world.event.inbox / "marie" / f"ok new {number}.jpg", picture)
    with monkeypatch.context() as patch:
        budget = Budget(patch, writes)
        world.later(60)
    assert budget.failed
    world.later(200)
    event = world.event
    world.at_work.farewell()
    world.stop()
    assert_sound(event, [jpeg(0), *data])
    assert world.facts(StepFailed) == []


def test_a_flipped_object_is_named_and_others_go_on(tmp_path: Path) -> None:
    """A bit of a stored original turns over: its view is not shown wrong, the photo is held by name, others are finished."""
    world = day(tmp_path, 2)
    photo_id = world.photo("ok 0.jpg").photo
    path = world.event.store.path(photo_id)
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 8
    path.write_bytes(data)
    view = world.library / "ok/marie/ok 0.jpg"
    view.unlink()
    put(world.event.inbox / "marie" / "ok new.jpg", jpeg(95))
    world.stop()
    world.start().later(60)
    assert not view.exists() or view.read_bytes() == jpeg(0)
    assert said(world, photo_id[:12]) + said(world, photo_id) >= 1
    assert (world.library / "ok/marie/ok new.jpg").read_bytes() == jpeg(95)
    path.write_bytes(jpeg(0))
    world.later(100)
    event = world.event
    world.at_work.farewell()
    world.stop()
    assert view.read_bytes() == jpeg(0)
    assert_sound(event, [jpeg(0), jpeg(1), jpeg(95)])


def test_an_event_folder_that_moved_goes_on_elsewhere(finished: tuple[Event, Runner], tmp_path: Path) -> None:
    """Moved between two runs: nothing is done again, nothing is missing, new photos are taken."""
    source, runner = finished
    shutil.copytree(source.root, tmp_path / "before")
    shutil.copytree(runner.environment["SAFELIGHT_CACHE"], tmp_path / "cache")
    (tmp_path / "before").rename(tmp_path / "elsewhere and other")
    event, safelight = Event(tmp_path / "elsewhere and other"), Runner(tmp_path / "cache")
    outcome = json.loads(safelight(event, "run", "--json", status=(1,)))
    assert (outcome["steps"], outcome["arrived"]) == (0, 6)
    put(event.inbox / "marie" / "zoo 9.jpg", photo(9))
    safelight(event, "run", status=(1,))
    assert_sound(event, [*SMALL, photo(9)])


def test_an_event_folder_that_moves_while_watched_freezes(tmp_path: Path) -> None:
    """Under the old path nothing is written any more; back again the watch goes on."""
    world = day(tmp_path)
    world.root.rename(tmp_path / "moved")
    world.later(100)
    assert not world.root.exists()
    put(tmp_path / "moved/inbox/marie/ok new.jpg", jpeg(96))
    (tmp_path / "moved").rename(world.root)
    world.later(120)
    assert (world.library / "ok/marie/ok new.jpg").read_bytes() == jpeg(96)
    event = world.event
    world.at_work.farewell()
    world.stop()
    assert_sound(event, [jpeg(0), jpeg(1), jpeg(2), jpeg(96)])
