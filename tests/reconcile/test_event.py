"""Owning an event: what a lost owner wrote is asked for again, once."""

from pathlib import Path

from safelight.ledger.chain import Head
from safelight.ledger.journal import Journal
from safelight.model.records import Decided, Noted, Opened
from safelight.reconcile.event import asked_again, look_at
from world import NOW, drop, event_in, jpeg, owner_of


def test_decisions_of_a_lost_owner_come_back_as_requests(tmp_path: Path) -> None:
    """Lines behind the head that a later epoch follows are never folded; their decisions become one request each."""
    event = event_in(tmp_path)
    owner = owner_of(event)
    photo = drop(owner, jpeg())
    head = Head(owner.event.journal.head.sequence, owner.event.journal.head.hash)
    owner.append(Decided(photo, "exclure", "folder"))
    other = Journal(event.journal.folder)
    other.begin(2, Opened("elsewhere", 1, head.hash), NOW, head)
    other.append(Noted("x", "y"), NOW)
    event.journal.close()
    event.lease.release()
    third = owner_of(event)
    assert third.state.photos[photo].decision is None
    waiting = event.requests.waiting()
    assert [(request.kind, request.body["kind"]) for request in waiting] == [("fact", "decided")]
    third.append(asked_again(waiting[0].body, waiting[0].name))
    assert third.state.photos[photo].decision is not None
    event.requests.done(waiting[0].name)
    third.close()
    owner_of(event).close()
    assert event.requests.waiting() == []
    assert len(look_at(event).ledger.orphans) == 1
