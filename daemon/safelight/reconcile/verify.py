"""Verifying an event: every object hashed again, the chain followed, every reference looked up. Reads only.

Missing or changed objects and a broken chain are damage, with the first wrong record named. Objects that nothing refers
to are counted and no damage (a crash between storing and recording leaves them), nor are lines written by an owner who
had lost the event, nor a last line that a crash cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from safelight.model.digests import ObjectId
from safelight.model.errors import BrokenChain, DamagedObject, MissingObject
from safelight.model.records import (
    Accepted,
    Adopted,
    BookMade,
    Dropped,
    Duplicate,
    Edited,
    Fact,
    Record,
    Refused,
    StepDone,
)
from safelight.provenance.merkle import root_of_records
from safelight.reconcile.event import Event


@dataclass
class Findings:
    """What verification found. `damage` is a list of sentences; empty means all is well."""

    records: int = 0
    objects: int = 0
    unreferenced: int = 0
    orphans: int = 0
    torn: tuple[str, ...] = ()
    root: str = ""
    damage: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """Plain values."""
        return {**vars(self), "ok": not self.damage}


def verify(event: Event, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Findings:
    """Check everything; `progress(done, total)` counts objects."""
    found = Findings()
    records: tuple[Record, ...] = ()
    try:
        ledger = event.journal.read()
        records = ledger.records
        found.orphans, found.torn = len(ledger.orphans), ledger.torn
    except BrokenChain as fault:
        found.damage.append(fault.say("en"))
    found.records = len(records)
    found.root = root_of_records([record.hash for record in records])
    referred: dict[str, int] = {}
    for record in records:
        for name in references(record.fact):
            referred.setdefault(name, record.sequence)
        _check_root(record, records, found)
    names = list(event.store.names())
    present = set(names)
    for count, name in enumerate(names):
        progress(count, len(names))
        try:
            event.store.check(name)
        except DamagedObject:
            where = f" (record {referred[name]} refers to it)" if name in referred else ""
            found.damage.append(DamagedObject(object=name).say("en") + where)
            found.damaged.append(name)
    for wanted, sequence in referred.items():
        if wanted not in present:
            found.damage.append(MissingObject(object=wanted).say("en") + f" (record {sequence} refers to it)")
            found.damaged.append(wanted)
    found.objects = len(names)
    found.unreferenced = len(present - set(referred)) if records else 0
    return found


def _check_root(record: Record, records: tuple[Record, ...], found: Findings) -> None:
    """The root printed in a book must still be that of the records it covers."""
    fact = record.fact
    if isinstance(fact, BookMade):
        covered = [item.hash for item in records[: fact.records]]
        if root_of_records(covered) != fact.root:
            found.damage.append(f"The book of record {record.sequence} names another root than the ledger has.")


def references(fact: Fact) -> Iterator[ObjectId]:
    """The objects a fact refers to."""
    match fact:
        case Dropped():
            yield from map(ObjectId, filter(None, (fact.photo, fact.detail, fact.thumb)))
        case Refused():
            yield from (fact.object, fact.detail)
        case Edited():
            yield from map(ObjectId, filter(None, (fact.object, fact.of, fact.detail, fact.thumb)))
        case Duplicate():
            yield from (ObjectId(fact.photo), fact.detail)
        case StepDone():
            yield from map(ObjectId, (*fact.inputs.values(), *fact.outputs.values()))
        case Accepted():
            yield fact.object
        case Adopted() if fact.object:
            yield ObjectId(fact.object)
        case BookMade():
            yield from map(ObjectId, filter(None, (fact.pdf, fact.html)))
        case _:
            return
