"""Linking and verifying ledger lines: pure, no files, no clock.

A line is the canonical JSON of a record with the hash of the line before; its own hash is the SHA-256 of its bytes
without the line end. One changed bit anywhere breaks the link of the next line, and `read_lines` names the first
record that does not hold.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from safelight.model.digests import RecordHash, canonical
from safelight.model.errors import BrokenChain
from safelight.model.records import Fact, Record, fact_from

GENESIS = RecordHash("0" * 64)
"""The hash that the first record of an event quotes."""


@dataclass(frozen=True)
class Head:
    """The last record so far: its sequence number (0 before any) and hash."""

    sequence: int = 0
    hash: RecordHash = GENESIS


def link(head: Head, epoch: int, time: str, fact: Fact) -> tuple[bytes, Record]:
    """The line (without line end) and record that put `fact` behind `head`."""
    line = canonical(
        {
            "sequence": head.sequence + 1,
            "epoch": epoch,
            "time": time,
            "kind": fact.kind,
            "body": fact.to_json(),
            "previous": head.hash,
        }
    )
    return line, Record(head.sequence + 1, epoch, time, fact, head.hash, hash_of(line))


def hash_of(line: bytes) -> RecordHash:
    """SHA-256 of a line's bytes."""
    return RecordHash(hashlib.sha256(line).hexdigest())


def parse(line: bytes) -> Record:
    """The record a line holds; raises ValueError when it is no ledger line."""
    data = json.loads(line)
    try:
        return Record(
            int(data["sequence"]),
            int(data["epoch"]),
            str(data["time"]),
            fact_from(data["kind"], data["body"]),
            str(data["previous"]),
            hash_of(line),
        )
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError(f"not a ledger line: {fault}") from fault


def follow(head: Head, lines: Iterable[bytes]) -> Iterator[Record]:
    """The records of these lines, each checked against the one before; raises BrokenChain at the first that fails."""
    for line in lines:
        try:
            record = parse(line)
        except ValueError:
            raise BrokenChain(sequence=head.sequence + 1, reason="this line is not readable") from None
        if record.previous != head.hash:
            raise BrokenChain(sequence=record.sequence, reason="it does not follow the record before it")
        if record.sequence != head.sequence + 1:
            raise BrokenChain(sequence=head.sequence + 1, reason=f"it is numbered {record.sequence}")
        head = Head(record.sequence, record.hash)
        yield record
