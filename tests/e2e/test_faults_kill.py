"""Kill -9 at every labelled point of the loop and at random moments: the end is the same as without any kill."""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from e2e_world import Runner, photo, small_event
from loop_world import edit
from safelight.model.records import Decided, Edited, StepDone
from safelight.reconcile.event import Event, look_at
from soundness import assert_sound
from world import listing, put

DROPPED = [photo(1), photo(2, taken="2026:06:13 23:30:00"), photo(3, "VELOX", taken="2026:06:14 05:30:00"),
           photo(4, "NORDA", taken="2026:06:14 11:00:00"), photo(5), photo(6)[:3000]]  # fmt: skip
LATER = photo(21)
PACKAGE = Path("daemon/safelight")
SHORT = (
    "rules accepted", "claim noted", "claim moved", "claimed", "stored", "detail kept", "dropped", "claim forgotten",
    "step recorded", "placed", "views shown", "book laid out", "book recorded", "book shown",
)  # fmt: skip
"""Killed one after the other on one event: together they pass every stage of a photo's way."""


def labels() -> list[str]:
    """Every label in the package, so that a new one is tried without being listed here."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        found |= set(re.findall(r'\bat\("([a-z ]+)"\)', path.read_text()))
    return sorted(found)


def killed(event: Event, safelight: Runner, label: str, count: int = 1) -> int:
    """Run until the label; the exit status (-9 when it was reached)."""
    command = [sys.executable, "tests/driver/killed_at.py", str(event.root), label, str(count)]
    environment = {**safelight.environment, "PYTHONPATH": "daemon"}
    process = subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.PIPE, text=True)
    _, told = process.communicate(timeout=300)
    assert process.returncode in {-signal.SIGKILL, 0, 1}, told
    return process.returncode


def results(event: Event) -> dict[tuple[str, str, str], dict[str, str]]:
    """What every step gave: the first record of a key is its result."""
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for record in look_at(event).ledger.records:
        if isinstance(record.fact, StepDone):
            found.setdefault((record.fact.photo, record.fact.stage, record.fact.key), record.fact.outputs)
    return found


def said(event: Event) -> Counter[tuple[str, str]]:
    """What people said: decisions and edits, each as often as it was recorded."""
    facts = [record.fact for record in look_at(event).ledger.records]
    decided = [(fact.photo, fact.verdict) for fact in facts if isinstance(fact, Decided)]
    edited = [(fact.photo, fact.object) for fact in facts if isinstance(fact, Edited)]
    return Counter([*decided, *edited])


def assert_same(event: Event, reference: Event, dropped: list[bytes]) -> None:
    """Same results, same words of people, same views to the byte, and sound."""
    assert results(event) == results(reference)
    assert said(event) == said(reference)
    assert listing(event.library) == listing(reference.library)
    for name in listing(reference.library):
        if not name.endswith(".why.txt"):
            assert (event.library / name).read_bytes() == (reference.library / name).read_bytes(), name
    assert_sound(event, dropped)


def busy(finished: tuple[Event, Runner], folder: Path) -> tuple[Event, Runner]:
    """A finished event in which people did a bit of everything since: move, edit, drop, ask, change a rule."""
    done, runner = finished
    shutil.copytree(done.root, folder / "event")
    shutil.copytree(runner.environment["SAFELIGHT_CACHE"], folder / "cache")
    event = Event(folder / "event")
    (event.library / "exclure/marie").mkdir(parents=True, exist_ok=True)
    (event.library / "ok/marie/ok 1.jpg").rename(event.library / "exclure/marie/ok 1.jpg")
    view = event.library / "ok/marie/ok 2.jpg"
    put(view, edit(view, 5))
    put(event.inbox / "paul" / "ok 21.jpg", LATER)
    zoo = next(photo for photo in look_at(event).state.photos if event.store.get(photo) == DROPPED[4])
    event.requests.put("decide", {"photo": zoo, "verdict": "ok"}, "0001")
    (event.rules / "retouch.yaml").write_text((event.rules / "retouch.yaml").read_text().replace("wall", "board"))
    return event, Runner(folder / "cache")


def test_killed_at_the_points_of_a_photos_way(finished: tuple[Event, Runner], tmp_path: Path) -> None:
    """One event, killed at one point after the other, then left in peace: nothing lost, nothing twice, all the same."""
    event, safelight = small_event(tmp_path / "event"), Runner(tmp_path / "cache")
    hit = {label: killed(event, safelight, label) == -signal.SIGKILL for label in SHORT}
    print(f"kills that hit: {hit}")
    assert all(hit.values()), hit
    safelight(event, "run", status=(1,))
    assert_same(event, finished[0], DROPPED)
    assert json.loads(safelight(event, "audit", "verify", "--json"))["ok"]


@pytest.fixture(scope="module")
def busy_reference(finished: tuple[Event, Runner], tmp_path_factory: pytest.TempPathFactory) -> Event:
    """The busy event after one run without a kill."""
    event, safelight = busy(finished, tmp_path_factory.mktemp("busy"))
    safelight(event, "run", status=(0, 1))
    return event


@pytest.mark.torture
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("label", labels())
def test_killed_at_every_label(
    finished: tuple[Event, Runner], busy_reference: Event, tmp_path: Path, label: str, count: int
) -> None:
    """Every label of the package, at its first and second time, in an event where people did a bit of everything."""
    event, safelight = busy(finished, tmp_path)
    hit = killed(event, safelight, label, count) == -signal.SIGKILL
    print(f"{label} {count}: {'killed' if hit else 'never came'}")
    safelight(event, "run", status=(0, 1))
    assert_same(event, busy_reference, [*DROPPED, LATER])


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(10))
def test_killed_at_random_moments(
    finished: tuple[Event, Runner], busy_reference: Event, tmp_path: Path, seed: int
) -> None:
    """Two hundred kills in all, twenty an event, from the first breath to the last."""
    event, safelight = busy(finished, tmp_path)
    chance = random.Random(seed)
    before: Counter[str] = Counter()
    for _ in range(20):
        process = safelight.start(event, "run")
        time.sleep(chance.choice((chance.uniform(0.3, 2.5), chance.uniform(2.0, 8.0))))
        Runner.kill(process)
        before[str(look_at(event).state.sequence)] += 1
    print(f"kills by the record they fell behind: {dict(before)}")
    safelight(event, "run", status=(0, 1))
    assert_same(event, busy_reference, [*DROPPED, LATER])
