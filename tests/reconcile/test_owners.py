"""Two owners of one event, as real processes: one wins, a sleeper that wakes writes nothing, a moved event freezes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e_world import RULES, wait_for
from safelight.model.moments import since
from safelight.reconcile.event import Event, look_at
from world import event_in, jpeg, put

WATCH = """
import sys, threading
from pathlib import Path
from safelight import app
from safelight.model.errors import SafelightError

class Quiet:
    def progress(self, report): pass
    def say(self, text): print(text, flush=True)

event, cache, patience = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
try:
    app.watch(app.Event(event), app.Surroundings(cache, 1, patience), Quiet(), threading.Event())
except SafelightError as fault:
    print(fault.say(app.language_of(app.Event(event))), file=sys.stderr)
    sys.exit(fault.exit_status)
"""


class Watches:
    """Real watches on one event, ended with the test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.all = folder, []
        self.environment = {**os.environ, "PYTHONPATH": str(Path("daemon").resolve()), "OMP_NUM_THREADS": "1"}

    def start(self, event: Event, patience: float = 2.0) -> subprocess.Popen[str]:
        """A watch whose patience with a silent owner is given in seconds."""
        words = [
            sys.executable,
            "-c",
            WATCH,
            str(event.root),
            str(self.folder / f"cache{len(self.all)}"),
            str(patience),
        ]
        process = subprocess.Popen(
            words,
            env=self.environment,
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.all.append(process)
        return process

    def end(self) -> None:
        """Nothing outlives the test."""
        for process in self.all:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stderr.close()  # type: ignore[union-attr]


@pytest.fixture
def watches(tmp_path: Path) -> Iterator[Watches]:
    """Watches that end with the test."""
    made = Watches(tmp_path)
    yield made
    made.end()


@pytest.fixture
def event(tmp_path: Path) -> Event:
    """An event with rules and no picture, in French."""
    made = event_in(tmp_path / "event")
    for name, text in RULES.items():
        put(made.rules / name, text.replace("language: en", "language: fr").encode())
    return made


def beats(event: Event, epoch: int) -> bool:
    """Whether the owner of this epoch has published and shown a sign of life."""
    holder = event.lease.live()
    return bool(holder and holder.epoch == epoch and holder.beat) and (event.library / "_status.html").exists()


def everything(event: Event) -> dict[str, tuple[int, bytes]]:
    """Every file of the event but the children's logs, with time and content."""
    paths = (path for path in event.root.rglob("*") if path.is_file() and event.log not in path.parents)
    return {str(path.relative_to(event.root)): (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def test_two_at_the_same_moment(event: Event, watches: Watches) -> None:
    """One wins, the other ends with status 3 and says who owns the event and since when, in the event's language."""
    both = [watches.start(event), watches.start(event)]
    wait_for(lambda: any(process.poll() is not None for process in both))
    (loser,) = [process for process in both if process.poll() is not None]
    (winner,) = [process for process in both if process is not loser]
    told = loser.communicate()[1]
    assert loser.returncode == 3
    wait_for(lambda: event.lease.live() is not None)
    holder = json.loads(event.lease.path.read_bytes())
    assert holder["pid"] == winner.pid
    assert (
        f"déjà géré par le processus {winner.pid} sur {holder['host']} (depuis {since(holder['since'], 'fr', None)})"
        in told
    )
    wait_for(lambda: beats(event, holder["epoch"]))
    third = watches.start(event)
    assert str(winner.pid) in third.communicate(timeout=60)[1]
    assert winner.poll() is None


def test_a_sleeper_that_wakes_after_a_takeover_writes_nothing(event: Event, watches: Watches) -> None:
    """Stopped, taken over after the patience, woken beside fresh pictures, requests and a missing view: not one byte."""
    sleeper = watches.start(event)
    wait_for(lambda: beats(event, 1))
    os.kill(sleeper.pid, signal.SIGSTOP)
    second = watches.start(event)
    wait_for(lambda: beats(event, 2))
    os.kill(second.pid, signal.SIGSTOP)
    put(event.inbox / "marie/IMG_1.JPG", jpeg(1))
    event.requests.put("redo", {"stage": "stylize"}, "asked")
    (event.library / "_status.html").unlink()
    (event.store.root / "tmp").mkdir(exist_ok=True)
    put(event.store.root / "tmp/being-written", b"by the new owner")
    before = everything(event)
    os.kill(sleeper.pid, signal.SIGCONT)
    told = sleeper.communicate(timeout=60)[1]
    assert sleeper.returncode == 3
    assert "a repris cet événement" in told
    assert everything(event) == before
    assert len(look_at(event).ledger.orphans) == 0
    os.kill(second.pid, signal.SIGCONT)
    wait_for(lambda: event.requests.waiting() == [])
    assert second.poll() is None


def test_an_event_moved_while_it_is_watched(event: Event, watches: Watches, tmp_path: Path) -> None:
    """Moved away under a running watch: the old place stays empty; whoever watches the new one is told who owns it."""
    watch = watches.start(event)
    wait_for(lambda: beats(event, 1))
    event.root.rename(tmp_path / "elsewhere")
    moved = Event(tmp_path / "elsewhere")
    second = watches.start(moved)
    told = second.communicate(timeout=60)[1]
    assert (second.returncode, str(watch.pid) in told) == (3, True)
    assert not event.root.exists()
    os.killpg(watch.pid, signal.SIGKILL)
    watch.wait()
    third = watches.start(moved)
    wait_for(lambda: beats(moved, 2))
    assert third.poll() is None
    assert look_at(moved).ledger.torn == ()


def test_an_event_moved_while_nobody_works(event: Event, watches: Watches, tmp_path: Path) -> None:
    """Copied to another disk with all it holds: it goes on there, its chain whole."""
    first = watches.start(event)
    wait_for(lambda: beats(event, 1))
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    moved = Event(tmp_path / "copy")
    shutil.copytree(event.root, moved.root)
    shutil.rmtree(event.root)
    watches.start(moved)
    wait_for(lambda: beats(moved, 2))
    assert next(fact.follows for fact, _ in look_at(moved).state.opened) == "0" * 64
