"""A step whose child dies: tried again after growing pauses, then a person is asked; other photos go on meanwhile."""

from __future__ import annotations

from concurrent.futures import Future
from itertools import pairwise
from pathlib import Path
from typing import Any

from loop_world import Day, day
from safelight.model.errors import SafelightError, ShareAway, WorkerLost, WorkersBroken
from safelight.model.records import Dropped, Refused, StepFailed
from world import jpeg, put


def fail_for(world: Day, data: bytes, fault: SafelightError, stage: str) -> list[float]:
    """Every job of this stage on this picture fails so; returns when it was tried."""
    tried: list[float] = []
    lanes = world.at_work.work.lanes
    real = lanes.submit
    name = world.event.store.put(data)

    def submit(job: dict[str, Any]) -> Future[Any]:
        if job["stage"] != stage or name not in job["inputs"].values():
            return real(job)
        tried.append(world.now)
        future: Future[Any] = Future()
        future.set_exception(fault)
        return future

    lanes.submit = submit  # type: ignore[method-assign, assignment]
    return tried


def test_a_step_that_kills_its_child_ends_with_a_person(tmp_path: Path) -> None:
    """Four tries, the pauses growing, then need-you; the picture beside it is finished at once."""
    world = day(tmp_path, 0)
    tried = fail_for(world, jpeg(60), WorkerLost(reason="killed"), "look")
    put(world.event.inbox / "marie" / "ok bad.jpg", jpeg(60))
    put(world.event.inbox / "marie" / "ok good.jpg", jpeg(61))
    world.later(120, step=1.0)
    pauses = [after - before for before, after in pairwise(tried)]
    assert len(tried) == 4
    assert pauses == sorted(pauses)
    assert pauses[0] >= 2
    assert [fact.tries for fact in world.facts(StepFailed)] == [1, 2, 3, 4]
    assert world.plan("ok bad.jpg").standing == "needs_you"
    assert world.plan("ok good.jpg").standing == "done"
    world.stop()


def test_a_picture_that_kills_the_first_look_is_kept_and_told(tmp_path: Path) -> None:
    """A decoder that dies on a file: its bytes go to need-you after as many tries."""
    world = day(tmp_path, 0)
    tried = fail_for(world, jpeg(60), WorkerLost(reason="killed"), "probe")
    put(world.event.inbox / "marie" / "bomb.jpg", jpeg(60))
    world.later(120, step=1.0)
    assert len(tried) == 4
    assert [fact.code for fact in world.facts(Refused)] == ["worker_lost"]
    assert (world.library / "need-you/marie/bomb.jpg").read_bytes() == jpeg(60)
    world.stop()


def test_an_error_of_the_system_is_held_against_a_photo_late(tmp_path: Path) -> None:
    """A disk that answers EIO for one picture: ten tries over minutes count for nothing, then four that do."""
    world = day(tmp_path, 0)
    tried = fail_for(world, jpeg(60), ShareAway(reason="Input/output error"), "look")
    put(world.event.inbox / "marie" / "ok bad.jpg", jpeg(60))
    world.later(200, step=1.0)
    assert 5 < len(tried) <= 10
    assert world.facts(StepFailed) == []
    world.later(800, step=1.0)
    assert len(tried) == 14
    assert world.plan("ok bad.jpg").standing == "needs_you"
    assert sum("Input/output error" in text for text in world.told) == 1
    world.stop()


def test_a_broken_installation_blames_no_photo(tmp_path: Path) -> None:
    """No child starts for ten minutes: nothing is recorded, said once; then all goes on."""
    world = day(tmp_path, 0)
    lanes = world.at_work.work.lanes
    real, broken = lanes.submit, [True]

    def submit(job: dict[str, Any]) -> Future[Any]:
        if not broken:
            return real(job)
        future: Future[Any] = Future()
        future.set_exception(WorkersBroken(reason="no module named anything"))
        return future

    lanes.submit = submit  # type: ignore[method-assign, assignment]
    put(world.event.inbox / "marie" / "ok 1.jpg", jpeg(60))
    world.later(600)
    assert world.facts(Refused) == world.facts(StepFailed) == world.facts(Dropped) == []
    assert sum("cannot start" in text for text in world.told) == 1
    broken.clear()
    world.later(60)
    assert world.plan("ok 1.jpg").standing == "done"
    world.stop()
