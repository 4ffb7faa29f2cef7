"""Decisions from command lines, a second process and the folder, through crashes, takeovers and owners who lost the event:
each ends in the chain exactly once.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.digests import ObjectId, PhotoId
from safelight.model.errors import LostOwnership
from safelight.model.records import Decided, Dropped, Record
from safelight.reconcile.asked import record_requests
from safelight.reconcile.event import Event, Owner, look_at
from safelight.reconcile.pace import Pace
from safelight.reconcile.work import Work
from world import event_in, owner_of

PHOTOS = [PhotoId(f"{number:064x}") for number in range(30)]


class Killed(Exception):
    """The process died here."""


class Play:
    """An event with an owner, earlier owners who do not know yet that they lost it, and what was asked so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        event_in(folder)
        self.owner = owner_of(Event(folder))
        for photo in PHOTOS:
            self.owner.append(Dropped(photo, ObjectId("d" * 64), 1, 6, 4, "JPEG"))
        self.sleepers: list[Owner] = []
        self.asked: list[PhotoId] = []

    def ask(self) -> None:
        """A command line, or the desk, decides a photo of its own."""
        number = len(self.asked)
        body = {"photo": PHOTOS[number], "verdict": "exclure", "by": "desk" if number % 2 else "command"}
        self.owner.event.requests.put("decide", body, f"20260613T160000-{number:04d}")
        self.asked.append(PHOTOS[number])

    def moved(self, owner: Owner | None = None) -> None:
        """A scan finds a view in another folder."""
        photo = PHOTOS[len(self.asked)]
        self.asked.append(photo)
        (owner or self.owner).append(Decided(photo, "exclure", "folder"))

    def record(self, owner: Owner | None = None, dies: str = "") -> None:
        """An owner turns requests into records; may die after the first record, or after its file was removed."""

        def at(label: str) -> None:
            if label == dies:
                raise Killed

        work = Work(owner or self.owner, None, self.folder, Pace(), "test", at=at)  # type: ignore[arg-type]
        try:
            record_requests(work)
        except Killed:
            return

    def next_owner(self, late: str) -> None:
        """Another process takes the event from one that is dead or asleep; the sleeper may act `late`: after the new
        one has read the ledger and before it has a segment. What it writes then is no part of the chain.
        """
        before = self.owner
        self.sleepers.append(before)
        self._dead()
        event = Event(self.folder)
        begin = event.journal.begin

        def and_begin(*words: object) -> Record:
            match late:
                case "records":
                    self.record(before)
                case "records, dies":
                    self.record(before, "request recorded")
                case "is moved":
                    self.moved(before)
            return begin(*words)  # type: ignore[arg-type]

        event.journal.begin = and_begin  # type: ignore[method-assign]
        self.owner = owner_of(event)

    def wakes(self) -> None:
        """An earlier owner goes on as if nothing had happened."""
        for sleeper in self.sleepers:
            with pytest.raises(LostOwnership):
                self.moved(sleeper)
            self.asked.pop()

    def _dead(self) -> None:
        path = self.owner.event.lease.path
        if path.exists():
            path.write_text(json.dumps({**json.loads(path.read_text()), "started": "1"}))

    def end(self) -> None:
        """Let everything come to rest."""
        for _ in range(2):
            self.next_owner("")
            self.record()


ACTIONS = st.sampled_from([
    ("ask", ""), ("ask", ""), ("moved", ""), ("record", ""), ("record", "request recorded"), ("record", "request removed"),
    ("next_owner", ""), ("next_owner", "records"), ("next_owner", "records, dies"), ("next_owner", "is moved"), ("wakes", ""),
])  # fmt: skip


@given(st.lists(ACTIONS, min_size=3, max_size=14))
@settings(deadline=None, max_examples=120)
def test_every_decision_is_in_the_chain_exactly_once(actions: list[tuple[str, str]]) -> None:
    """Whatever happens between asking and recording, nothing said is lost and nothing is recorded twice."""
    with tempfile.TemporaryDirectory() as folder:
        play = Play(Path(folder))
        for name, how in actions:
            getattr(play, name)(*([how] if name == "next_owner" else [None, how] if name == "record" else []))
        play.end()
        assert play.owner.event.requests.waiting() == []
        found = Counter(
            record.fact.photo for record in look_at(play.owner.event).ledger.records if isinstance(record.fact, Decided)
        )
        assert found == Counter(play.asked)
        play.owner.close()
        for sleeper in play.sleepers:
            sleeper.event.journal.close()


def test_what_was_said_since_is_newer(tmp_path: Path) -> None:
    """A decision that comes back from a lost owner never overrules one that people made after it."""
    play = Play(tmp_path)
    play.next_owner("is moved")
    photo = play.asked[0]
    play.owner.event.requests.put("decide", {"photo": photo, "verdict": "ok"}, "20260613T170000-aa")
    play.record()
    decision = play.owner.state.photos[photo].decision
    assert decision is not None
    assert decision.verdict == "ok"
