"""Owning an event: what a lost owner wrote is asked for again, once."""

import shutil
from pathlib import Path

import pytest

from safelight.ledger.chain import Head
from safelight.ledger.journal import Journal
from safelight.model.errors import LibraryAway, LostOwnership
from safelight.model.records import Decided, Detail, Dismissed, Noted, Opened, Refused
from safelight.reconcile.event import asked_again, look_at
from safelight.reconcile.publish import FOLDERS, Manifest, Publisher
from safelight.reconcile.sight import Sight
from safelight.reconcile.views import View
from world import NOW, drop, event_in, jpeg, object_of, owner_of


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


@pytest.mark.parametrize("both", [True, False], ids=["arrival and card orphaned", "only the card"])
def test_a_card_deleted_under_a_lost_owner_is_not_asked_again(tmp_path: Path, both: bool) -> None:
    """The arrival gets another sequence when it is recorded anew: the deletion still means it, and no other one."""
    event = event_in(tmp_path)
    owner = owner_of(event)
    detail = owner.keep_detail(Detail("half.jpg", "marie"))
    other = owner.keep_detail(Detail("other.jpg", "marie"))
    refused = Refused(object_of(owner, b"half"), detail, "cut_off", request="claim-1")
    head = Head(owner.event.journal.head.sequence, owner.event.journal.head.hash)
    sequence = owner.append(refused).sequence
    if not both:
        head = Head(owner.event.journal.head.sequence, owner.event.journal.head.hash)
    owner.append(Dismissed(sequence, detail))
    owner.append(Dismissed(sequence))  # as earlier versions wrote it: by now that sequence is another record's
    taker = Journal(event.journal.folder)
    taker.begin(2, Opened("elsewhere", 1, head.hash), NOW, head)
    taker.append(Refused(object_of(owner, b"other"), other, "not_a_picture", request="claim-2"), NOW)
    event.journal.close()
    event.lease.release()
    third = owner_of(event)
    assert third.state.dismissed == set()
    for request in event.requests.waiting():
        third.append(asked_again(request.body, request.name))
    arrivals = {arrival.fact.detail: arrival.sequence for arrival in third.state.refused}
    assert third.state.dismissed == {arrivals[detail]}
    assert len(third.state.refused) == 2
    assert look_at(event).state.dismissed == third.state.dismissed


def test_whoever_was_stopped_looks_before_it_writes(tmp_path: Path) -> None:
    """Time that passed unseen, while stopped or asleep, makes an owner look who owns the event before the next view."""
    event = event_in(tmp_path / "event")
    owner = owner_of(event)
    clock = [100.0]
    owner.elapsed = lambda: clock[0]  # type: ignore[method-assign, assignment]
    publisher = Publisher(
        event, Manifest.load(tmp_path / "views.json"), Sight(event.library, FOLDERS), owner.state.knows
    )
    publisher.fence = owner.still

    def show(name: str) -> None:
        publisher.sync({name: View(text=b"a note")}, [name], lambda _: True, 0.0)

    show("ok/marie/a.why.txt")
    head = owner.event.journal.head
    Journal(event.journal.folder).begin(2, Opened("elsewhere", 1, head.hash), NOW, head)
    clock[0] += 60
    with pytest.raises(LostOwnership):
        show("ok/marie/b.why.txt")
    assert [path.name for path in (event.library / "ok/marie").iterdir()] == ["a.why.txt"]


def test_an_owner_who_cannot_see_the_ledger_writes_no_view(tmp_path: Path) -> None:
    """The share is away: that is no loss of the event, but nothing is written until it is back."""
    event = event_in(tmp_path / "event")
    owner = owner_of(event)
    event.journal.folder.rename(tmp_path / "away")
    with pytest.raises(OSError, match="No such file"):
        owner.still()
    (tmp_path / "away").rename(event.journal.folder)
    owner.still()
    owner.append(Noted("x", "y"))


@pytest.mark.parametrize("way", ["gone", "an empty mount point", "another event's", "gone between look and writing"])
def test_an_event_whose_library_is_away_is_not_laid_out_anew(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened while the share is away, or goes in that moment: told, nothing made, the inbox untouched; back, all goes on."""
    event = event_in(tmp_path / "event")
    owner_of(event).close()
    (event.inbox / "new.jpg").write_bytes(jpeg())
    away = tmp_path / "away"
    event.library.rename(away)
    if way == "an empty mount point":
        event.library.mkdir()
    if way == "another event's":
        event.hidden.mkdir(parents=True)
        event.sentinel.write_text("0123456789abcdef\n")
    if way == "gone between look and writing":
        word = event.marker.read_text().strip()
        monkeypatch.setattr("safelight.reconcile.event.word_of", lambda _path: word)
    before = sorted(event.root.rglob("*"))
    with pytest.raises(LibraryAway):
        owner_of(event)
    assert sorted(event.root.rglob("*")) == before
    monkeypatch.undo()
    shutil.rmtree(event.library, ignore_errors=True)
    away.rename(event.library)
    owner_of(event).close()


def test_without_its_marker_an_event_begins_anew(tmp_path: Path) -> None:
    """Whoever deletes the library and the marker means it; an event of an earlier version has none and gets one."""
    event = event_in(tmp_path)
    owner_of(event).close()
    shutil.rmtree(event.library)
    event.marker.unlink()
    event.library.mkdir()
    owner_of(event).close()
    assert event.marker.read_text() == event.sentinel.read_text()
    event.marker.unlink()
    owner_of(event).close()
    assert event.marker.read_text() == event.sentinel.read_text()
