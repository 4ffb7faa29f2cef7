"""Where everything of one event lies, and the small things every part of the loop needs: clock, journal, state.

`Event` holds paths only. `Owner` is the one writer: it appends a fact to the ledger and folds it into the state in the
same breath, so that state never runs ahead of what is on disk.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from safelight.files import write_through
from safelight.ledger.journal import Journal, Ledger
from safelight.ledger.lease import PATIENCE, Lease
from safelight.ledger.requests import Requests
from safelight.model.digests import ObjectId, PhotoId
from safelight.model.errors import CannotWork, LibraryAway, NotAnEvent
from safelight.model.records import (
    Adopted,
    Decided,
    Detail,
    Dismissed,
    Dropped,
    Duplicate,
    Edited,
    Fact,
    Kept,
    LeftOut,
    PutBack,
    Record,
    Redo,
    Refused,
    Word,
    fact_from,
)
from safelight.projection.state import State, fold
from safelight.store import Store

CLASS_FOLDERS = ("ok", "retoucher", "exclure")


class Event:
    """The paths of one event folder; nothing is opened or made by it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.inbox = root / "inbox"
        self.library = root / "library"
        self.rules = root / "rules"
        self.templates = root / "templates"
        self.hidden = self.library / ".safelight"
        self.sentinel = self.hidden / "event"
        self.marker = root / "rules" / ".event"
        """The sentinel's words again, outside the library: where it is and the sentinel is not, the library is away."""
        self.claimed = self.hidden / "claimed"
        self.log = self.hidden / "log"
        self.store = Store(self.hidden / "store")
        self.journal = Journal(self.hidden / "journal")
        self.lease = Lease(self.hidden / "lease")
        self.requests = Requests(self.hidden / "requests")

    def require(self) -> Event:
        """Self, when this is an event's folder; raises NotAnEvent. A folder with inbox/ and rules/ is one from then on."""
        if not (self.inbox.is_dir() and self.rules.is_dir()):
            raise NotAnEvent(folder=self.root)
        return self

    @property
    def identity(self) -> str:
        """A name for this event in caches: the sentinel's content, or the path where there is none yet."""
        word = word_of(self.sentinel)
        return str(self.root.resolve()) if word is None else word


def word_of(path: Path) -> str | None:
    """What the sentinel or the marker holds; None where there is no such file or it cannot be read."""
    try:
        return path.read_text("utf-8").strip()
    except (OSError, ValueError):
        return None


def utc_now() -> str:
    """The one clock of records: UTC with seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class World:
    """An event as read: its state and the details that people's words need. Reading takes no lease."""

    event: Event
    ledger: Ledger
    state: State
    hashes: bytearray
    """The hashes of all records, 32 bytes each: as texts they would be the largest thing an owner remembers."""
    details: dict[ObjectId, Detail] = field(default_factory=dict)

    def detail(self, name: ObjectId) -> Detail:
        """The detail object; one that was withdrawn or lost gives a nameless detail, never a fault."""
        if name not in self.details:
            try:
                self.details[name] = Detail.from_json(json.loads(self.event.store.get(name)))
            except Exception:  # noqa: BLE001 - a lost name must not stop the race; verify reports the damage
                self.details[name] = Detail(name=name[:12], photographer="")
        return self.details[name]

    def of(self, photo: PhotoId) -> Detail:
        """What was written about a photo: of its first arrival, or what a person wrote into the file since."""
        return self.detail(self.state.photos[photo].detail)

    def hash_up_to(self, sequence: int) -> list[str]:
        """Hashes of the records 1 to `sequence`, for the Merkle root."""
        packed = bytes(self.hashes[: 32 * sequence]).hex()
        return [packed[start : start + 64] for start in range(0, len(packed), 64)]


def look_at(event: Event) -> World:
    """Read an event without touching it. Unlike an owner's, its ledger holds the records."""
    ledger = event.journal.read()
    return World(event, ledger, fold(ledger.records), bytearray().join(bytes.fromhex(r.hash) for r in ledger.records))


FRESH = 1.0
"""Seconds for which a look at who owns the event holds: nobody can take it in less from one who was not stopped."""


def since_boot() -> float:
    """Seconds that also pass while a process is stopped or the whole machine sleeps; no wall clock."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Owner(World):
    """The one process that writes. Made by `own`; release it by `close`."""

    clock: Callable[[], str] = staticmethod(utc_now)
    elapsed: Callable[[], float] = staticmethod(since_boot)
    confirmed: float = -1e9
    observe: Callable[[Record], None] = staticmethod(lambda _record: None)
    """Called with each record once it is written and folded in."""

    def still(self) -> None:
        """Call before anything is written or removed outside the ledger; costs one look at a folder a second.

        Raises LostOwnership when another process took the event while this one was stopped, and OSError when that cannot
        be told because the folder is away.
        """
        now = self.elapsed()
        if now - self.confirmed >= FRESH:
            self.event.journal.still()
            self.confirmed = now

    def append(self, fact: Fact) -> Record:
        """Write a fact durably and fold it in. Raises LostOwnership when another process took the event."""
        try:
            record = self.event.journal.append(fact, self.clock())
        except OSError as fault:
            raise CannotWork(reason=f"the ledger cannot be written ({fault.strerror})") from fault
        self.hashes += bytes.fromhex(record.hash)
        self.state.apply(record)
        self.observe(record)
        return record

    def keep_detail(self, detail: Detail) -> ObjectId:
        """Store a detail object with a fresh salt."""
        salted = Detail(**{**detail.to_json(), "salt": os.urandom(16).hex()})
        name = self.event.store.put(json.dumps(salted.to_json(), sort_keys=True).encode())
        self.details[name] = salted
        return name

    def close(self) -> None:
        """Give the event up."""
        self.event.journal.close()
        self.event.lease.release()


def own(event: Event, version: str, patience: float = PATIENCE) -> Owner:
    """Become the owner. What an older owner wrote after losing the event is asked for again, never folded.

    `patience`: seconds for which the lease of an owner that may live must stand still before it is taken.
    """
    event.require()
    _lay_out(event)
    state, hashes = State(), bytearray()

    def fold_in(record: Record) -> None:
        state.apply(record)
        hashes.extend(bytes.fromhex(record.hash))

    ledger = event.lease.take(event.journal, utc_now, version, patience=patience, sink=fold_in)
    owner = Owner(event, ledger, state, hashes)
    if not event.marker.exists():
        with suppress(OSError):  # rules that may only be read: then only this process knows its library again
            write_through(event.marker, event.sentinel.read_bytes())
    _ask_again(owner)
    return owner


def _lay_out(event: Event) -> None:
    """The hidden folders and the two words by which a library is known again.

    A folder that was an event is never laid out anew: what is dropped would be taken into a library that its own one covers
    as soon as the share is back. Raises LibraryAway there, also when it goes between the look and the writing: no folder is
    made but in one that stands.
    """
    known = word_of(event.marker) or None
    if known is None:
        event.hidden.mkdir(parents=True, exist_ok=True)
    elif word_of(event.sentinel) != known:
        raise LibraryAway(folder=event.library, marker=event.marker)
    try:
        for folder in (event.claimed, event.requests.folder, event.journal.folder):
            folder.mkdir(exist_ok=True)
    except FileNotFoundError:
        raise LibraryAway(folder=event.library, marker=event.marker) from None
    if not event.sentinel.exists():
        write_through(event.sentinel, (os.urandom(8).hex() + "\n").encode())


_PEOPLES = (Dropped, Refused, Duplicate, Decided, Edited, Kept, LeftOut, PutBack, Dismissed, Redo, Word, Adopted)
"""Facts that stand for what people did. All others an owner finds out again by itself."""


def _ask_again(owner: Owner) -> None:
    """What people did and an owner wrote after losing the event becomes a request again; each is recorded once.

    It keeps the name of the request or claim it came by: that may still lie there, or have been orphaned twice. What came
    by none gets a name from its record, which goes before all others: whatever people said since is newer.
    """
    for record in owner.ledger.orphans:
        fact = record.fact
        if isinstance(fact, Dismissed) and not fact.detail:
            continue  # of an earlier version: its sequence means another record by now
        if isinstance(fact, _PEOPLES):
            name = fact.request or f"0-orphan-{record.hash[:24]}"
            if name not in owner.state.requests:
                owner.event.requests.again(name, "fact", {"kind": fact.kind, "body": fact.to_json()})


def asked_again(body: dict[str, object], name: str) -> Fact:
    """The fact that such a request carries, bearing the request's name so that it is recorded once."""
    inner = body["body"]
    assert isinstance(inner, dict)
    return fact_from(str(body["kind"]), {**inner, "request": name})
