"""Lanes: real child processes doing real jobs; a death costs one job, faults come back as what they are."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pathlib import Path

import pytest

from safelight.learn.scenes import Scene, paint
from safelight.model.errors import (
    CutOff,
    MissingObject,
    NotAPicture,
    PictureError,
    ShareAway,
    WorkerLost,
    WorkersBroken,
)
from safelight.store import Store
from safelight.workers import lanes as lanes_module
from safelight.workers.lanes import Bounds, Lanes, Progress, progress_of
from world import jpeg


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store."""
    return Store(tmp_path / "store")


@pytest.fixture
def lanes(store: Store, tmp_path: Path) -> Iterator[Lanes]:
    """One lane."""
    made = Lanes(store.root, 1, 1, tmp_path / "log")
    yield made
    made.close()


def probe(name: str) -> dict[str, object]:
    """The smallest real job: decode a picture."""
    return {"stage": "probe", "inputs": {"image": name}, "params": {}}


def test_a_job_comes_back_with_facts_and_objects(lanes: Lanes, store: Store) -> None:
    """The child reads from the store, keeps its outputs there and answers with their digests."""
    answer = lanes.submit(probe(store.put(jpeg()))).result()
    assert (answer.product["facts"]["width"], answer.product["facts"]["height"]) == (96, 64)
    assert store.get(answer.product["outputs"]["thumb"])[:2] == b"\xff\xd8"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="threads are counted in /proc")
def test_a_lane_of_one_thread_works_on_one_core(lanes: Lanes, store: Store) -> None:
    """No library behind a look works in a second thread: two such lanes would take each other's cores."""
    names = [store.put(paint(Scene("boards", turn), (960, 640)).jpeg) for turn in range(2)]
    lanes.submit({"stage": "look", "inputs": {"image": names[0]}, "params": {}}).result()
    before = sum(_others(lanes))
    seconds = lanes.submit({"stage": "look", "inputs": {"image": names[1]}, "params": {}}).result().seconds
    assert (sum(_others(lanes)) - before) / os.sysconf("SC_CLK_TCK") < 0.03 * seconds


def _others(lanes: Lanes) -> list[int]:
    """What every thread but the first has worked, in ticks."""
    child = lanes._children[0]._process.pid
    return [_ticks(task) for task in Path(f"/proc/{child}/task").iterdir() if task.name != str(child)]


def _ticks(task: Path) -> int:
    fields = (task / "stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


@pytest.mark.parametrize(
    ("data", "fault"), [(b"words", NotAPicture), (jpeg()[:500], CutOff)], ids=["no picture", "cut off"]
)
def test_faults_come_back_as_themselves(lanes: Lanes, store: Store, data: bytes, fault: type[PictureError]) -> None:
    """A bad file is a bad file on both sides of the pipe, and the lane goes on with the next job."""
    with pytest.raises(fault):
        lanes.submit(probe(store.put(data))).result()
    lanes.submit(probe(store.put(jpeg()))).result()


def test_an_unforeseen_fault_holds_the_job_and_is_logged(lanes: Lanes, tmp_path: Path) -> None:
    """A job nobody understands is a fault with a reason, its traceback in the log, never a dead lane."""
    with pytest.raises(Exception, match="KeyError"):
        lanes.submit({"stage": "no such stage", "inputs": {}, "params": {}}).result()
    assert "KeyError" in (tmp_path / "log").read_text()


def test_a_missing_object_is_damage(lanes: Lanes) -> None:
    """A lost original is told as what it is."""
    with pytest.raises(MissingObject):
        lanes.submit(probe("0" * 64)).result()


def test_a_killed_child_costs_its_job_only(lanes: Lanes, store: Store) -> None:
    """The job fails as lost (worth a retry); the next one gets a new child."""
    name = store.put(jpeg())
    lanes.submit(probe(name)).result()
    pid = lanes._children[-1]._process.pid
    os.kill(pid, signal.SIGSTOP)
    future = lanes.submit(probe(name))
    time.sleep(0.2)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(WorkerLost) as fault:
        future.result()
    assert fault.value.retry
    lanes.submit(probe(name)).result()


@contextmanager
def lanes_of(store: Store, script: str = "", bounds: Bounds | None = None) -> Iterator[Lanes]:
    """One lane whose child is this script (after saying that it is there), or the real one."""
    command = (sys.executable, "-c", script) if script else (sys.executable, "-m", "safelight.workers.child")
    made = Lanes(store.root, 1, 1, None, bounds, command)
    try:
        yield made
    finally:
        made.close()


READY = "import sys, os, time; print('{\"ready\": true}', flush=True); sys.stdin.readline();"


def test_a_runaway_is_ended(store: Store) -> None:
    """A child that does not answer in time, stopped for instance, is killed, its job lost; the next gets a new one."""
    name = store.put(jpeg())
    with lanes_of(store, bounds=Bounds(seconds=20.0)) as lanes:
        lanes.submit(probe(name)).result()
        os.kill(lanes._children[-1]._process.pid, signal.SIGSTOP)
        lanes._bounds = Bounds(seconds=0.3)
        with pytest.raises(WorkerLost, match="longer than"):
            lanes.submit(probe(name)).result()
        lanes._bounds = Bounds()
        lanes.submit(probe(name)).result()
        assert len(lanes._children) == 1


@pytest.mark.parametrize(
    "said",
    [
        "print('rubbish', flush=True); time.sleep(60)",
        "sys.stdout.buffer.write(bytes(range(128, 256)) + b'\\n'); sys.stdout.flush(); time.sleep(60)",
        "print('[1, 2]', flush=True); time.sleep(60)",
        'print(\'{"done": 3, "seconds": 1}\', flush=True); time.sleep(60)',
        'print(\'{"fault": "cut_off", "values": [1]}\', flush=True); time.sleep(60)',
        "print('{' * 100000, flush=True); time.sleep(60)",
        "print('{\"done\": {', end='', flush=True)",
        "sys.exit(3)",
        "os.kill(os.getpid(), 11)",
    ],
    ids=["words", "bytes", "a list", "no product", "no values", "nested", "half an answer", "ended", "crashed"],
)
def test_an_answer_that_is_none_costs_the_job(store: Store, said: str) -> None:
    """Whatever comes out of the pipe: the job is lost and worth a retry, never a fault of the loop."""
    with lanes_of(store, READY + said) as lanes, pytest.raises(WorkerLost) as fault:
        lanes.submit(probe("0" * 64)).result()
    assert fault.value.retry


def test_a_job_that_eats_memory_is_ended(store: Store) -> None:
    """Beyond the bound the child is killed and the reason told."""
    script = READY + "x = bytearray(400_000_000); time.sleep(60)"
    with lanes_of(store, script, Bounds(memory=200_000_000)) as lanes, pytest.raises(WorkerLost, match="200 MB"):
        lanes.submit(probe("0" * 64)).result()


TELLS = (
    READY
    + """
for step in range(1, 7):
    print('{"progress": [%d, 6]}' % step, flush=True); time.sleep(0.25)
"""
)


def test_progress_is_a_sign_of_life(store: Store) -> None:
    """A job that takes longer than a job may, and tells how far it has come, is let finish; what it told can be asked."""
    script = TELLS + 'print(\'{"done": {}, "seconds": 1.5}\', flush=True); sys.stdin.readline()'
    with lanes_of(store, script, Bounds(seconds=0.8)) as made:
        future = made.submit(probe("x"))
        seen = []
        while not future.done():
            told = progress_of(future)
            seen.append(told.done if told else 0)
            time.sleep(0.05)
        assert future.result().seconds == 1.5
        assert {2, 4} <= set(seen)
        told = progress_of(future)
        assert told is not None
        assert (told.done, told.total, told.left) == (6, 6, 0)


@pytest.mark.parametrize("bounds", [Bounds(seconds=0.8), Bounds(seconds=0.8, life=1.0)], ids=["then hangs", "for ever"])
def test_a_job_that_stops_telling_or_never_ends_is_ended(store: Store, bounds: Bounds) -> None:
    """Telling helps as long as it goes on, and not beyond the end of its life."""
    script = TELLS + ("time.sleep(60)" if bounds.life > 100 else TELLS[len(READY) :] * 20)
    with lanes_of(store, script, bounds) as made, pytest.raises(WorkerLost, match="longer"):
        made.submit(probe("x")).result()


@pytest.mark.parametrize(
    "said", ['{"progress": [1]}', '{"progress": [5, 2]}', '{"progress": "x"}', '{"progress": [[1], 2]}']
)
def test_progress_that_is_none_is_no_answer(store: Store, said: str) -> None:
    """Only two numbers, the first at most the second, are progress; anything else is what it always was."""
    script = READY + f"print({said!r}, flush=True); sys.stdin.readline()"
    with lanes_of(store, script) as made, pytest.raises(WorkerLost, match="something else"):
        made.submit(probe("x")).result()


def test_time_left_goes_by_the_pace() -> None:
    """From the first thing told on; a job that begins anew is measured anew."""
    progress = Progress()
    progress.tell(0, 20, 100.0)
    assert progress.left == 0
    progress.tell(5, 20, 150.0)
    assert progress.left == 150
    progress.tell(1, 40, 160.0)
    assert progress.left == 0


def test_lanes_that_cannot_start_do_not_spin(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation is no photo's fault; the second child waits, the third longer."""
    monkeypatch.setattr(lanes_module, "PAUSES", (0.0, 0.0, 60.0))
    mark = tmp_path / "started"
    script = f"import sys; open({str(mark)!r}, 'a').write('x'); sys.exit('no module named anything')"
    with lanes_of(store, script) as lanes:
        for _ in range(2):
            with pytest.raises(WorkersBroken):
                lanes.submit(probe("0" * 64)).result()
        waiting = lanes.submit(probe("0" * 64))
        time.sleep(0.5)
        assert not waiting.done()
        assert mark.read_text() == "xx"
    with pytest.raises((WorkersBroken, CancelledError)):
        waiting.result()


def test_a_program_that_is_not_there_cannot_start(store: Store) -> None:
    """The operating system's own refusal is told the same way."""
    made = Lanes(store.root, 1, 1, command=("/no/such/python",))
    with pytest.raises(WorkersBroken):
        made.submit(probe("0" * 64)).result()
    made.close()


def test_a_store_that_is_away_is_no_damage(tmp_path: Path) -> None:
    """Without the folder an original is not missing: the share is away, and nothing is made in its place."""
    (tmp_path / "library").mkdir()
    store = Store(tmp_path / "library" / "store")
    name = store.put(jpeg())
    with lanes_of(store) as lanes:
        lanes.submit(probe(name)).result()
        (tmp_path / "library").rename(tmp_path / "away")
        with pytest.raises(ShareAway) as fault:
            lanes.submit(probe(name)).result()
        assert fault.value.retry
        assert not (tmp_path / "library").exists()
        (tmp_path / "away").rename(tmp_path / "library")
        lanes.submit(probe(name)).result()
