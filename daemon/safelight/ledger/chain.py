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
from typing import Any

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
    """The line (without line end) that puts `fact` behind `head`, and its record exactly as it will be read back."""
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
    return line, parse(line)


def hash_of(line: bytes) -> RecordHash:
    """SHA-256 of a line's bytes."""
    return RecordHash(hashlib.sha256(line).hexdigest())


def parse(line: bytes) -> Record:
    """The record a line holds; raises ValueError when it is no ledger line.

    The measured facts of a step are cut out and kept as bytes (`_apart`): whether they are JSON is vouched for by the hash
    that the next line quotes; `whole` looks itself.
    """
    data = _apart(line.decode("utf-8"))
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


_FACTS, _AFTER = '"facts":', ',"inputs":{'


def _apart(text: str) -> Any:
    """The line's values with a step's facts as bytes.

    In canonical JSON they stand between two known keys, and no text can hold these unescaped. Should a fact be called
    `inputs`, the halves do not balance and are no JSON: then the line is read as a whole, like that of any other kind.
    """
    begin = text.find(_FACTS + "{")
    end = text.find(_AFTER, begin) if begin > 0 else -1
    if end > 0:
        begin += len(_FACTS)
        try:
            data = json.loads(text[:begin] + "0" + text[end:])
            if data["kind"] == "done" and data["body"]["facts"] == 0:
                data["body"]["facts"] = text[begin:end].encode("utf-8")
                return data
        except (ValueError, KeyError, TypeError):
            pass
    return json.loads(text)


def whole(line: bytes) -> None:
    """Raises ValueError when a line is not JSON to its last bracket: for a line that no other vouches for."""
    json.loads(line)


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
