"""An owner with rules and a clock that tests move: for everything that lives in the rules folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from safelight.model.records import Accepted
from safelight.reconcile.event import Event, Owner
from safelight.reconcile.pace import Pace
from safelight.reconcile.rulewatch import RuleWatch
from safelight.reconcile.work import Work
from safelight.workers.lanes import Lanes
from world import event_in, owner_of, put

SORT = b"version: 1\nsort:\n  - rule: all\n    do: retoucher\n"
RETOUCH = b"version: 1\nretouch:\n  - rule: Faces\n    do: blur\n    mask: face\n    strength: 6\n"
STYLE = b"version: 1\nstyle:\n  - rule: none\n    do: keep_photo\n"
EVENT = b"version: 1\nname: Small race\nlanguage: en\n"


class Desk:
    """One event owned, its rules watched; `after(seconds)` looks every second, `now` once."""

    def __init__(self, event: Event, cache: Path) -> None:
        self.owner: Owner = owner_of(event)
        self.event = event
        self.clock = 1000.0
        self.told: list[str] = []
        self.closed = False
        lanes = Lanes(event.store.root, 1, 1)
        self.work = Work(self.owner, lanes, cache, Pace(), "test", monotonic=lambda: self.clock, tell=self.told.append)
        self.watch = RuleWatch(self.work)
        self.watch.look()

    def now(self) -> None:
        """Look once."""
        self.watch.look()

    def after(self, seconds: float) -> None:
        """Time passes, with a look every second."""
        for _ in range(int(seconds)):
            self.clock += 1.0
            self.watch.look()

    def save(self, name: str, data: bytes, wait: float = 3) -> Path:
        """A person saves a rule file, and it stands still."""
        path = put(self.event.rules / name, data)
        self.after(wait)
        return path

    def notes(self) -> set[str]:
        """Text files in rules/."""
        return {path.name for path in self.event.rules.glob("*.txt")}

    def versions(self) -> list[tuple[str, int]]:
        """What was accepted, in order."""
        return [(fact.file, fact.version) for fact in self.accepted()]

    def accepted(self) -> list[Accepted]:
        """The records of accepted versions."""
        read = self.event.journal.read()
        return [record.fact for record in read.records if isinstance(record.fact, Accepted)]

    def close(self) -> None:
        """The owner ends."""
        if not self.closed:
            self.work.lanes.close()
            self.owner.close()
        self.closed = True


class Desks:
    """Makes desks and closes them when the test ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[Desk] = []

    def new(self, **files: bytes) -> Desk:
        """A desk over a new event with these rule files (name without ending → bytes)."""
        event = event_in(self.folder / "event")
        for name, data in ({"event": EVENT, "sort": SORT, "retouch": RETOUCH, "style": STYLE} | files).items():
            put(event.rules / f"{name}.yaml", data)
        return self.again(event)

    def again(self, event: Event) -> Desk:
        """The next owner of an event."""
        self.made.append(Desk(event, self.folder / "cache"))
        return self.made[-1]


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    """A maker of desks."""
    maker = Desks(tmp_path)
    yield maker
    for desk in maker.made:
        desk.close()


@pytest.fixture
def desk(desks: Desks) -> Desk:
    """A new event, looked at once."""
    return desks.new()
