"""Lanes: real child processes doing real jobs; a death costs one job, faults come back as what they are."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from safelight.model.errors import CutOff, MissingObject, NotAPicture, PictureError, WorkerLost
from safelight.store import Store
from safelight.workers import lanes as lanes_module
from safelight.workers.lanes import Lanes
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


def test_a_runaway_is_ended(lanes: Lanes, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that does not answer in time is killed, its job lost."""
    name = store.put(jpeg())
    lanes.submit(probe(name)).result()
    os.kill(lanes._children[-1]._process.pid, signal.SIGSTOP)
    monkeypatch.setattr(lanes_module, "LIMIT", 0.3)
    with pytest.raises(WorkerLost):
        lanes.submit(probe(name)).result()
