"""Reading the ledger's segments back as one chain, record by record: the whole is never in memory.

Each segment's first record names the record it follows. What an older segment holds behind that record was written by an
owner who had already lost the event: an orphan, reported and never handed on as part of the chain. All first records are
read before anything else, so that a reader never has to take a record back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from safelight.ledger.chain import GENESIS, Head, follow, parse, whole
from safelight.model.errors import BrokenChain
from safelight.model.records import Record

Sink = Callable[[Record], object]
_NONE = "no record"


@dataclass
class Reading:
    """What was found beside the chain, and where reading ended. `sizes`: bytes of each segment when it was read."""

    head: Head = field(default_factory=Head)
    orphans: list[Record] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    sizes: dict[Path, int] = field(default_factory=dict)


def read(paths: Sequence[Path], sink: Sink) -> Reading:
    """Hand the chain's records to `sink` in order; raises BrokenChain naming the first that does not hold."""
    reading = Reading()
    firsts = [_first(path) for path in paths]
    begun = [index for index, first in enumerate(firsts) if first is not None]
    leaves = {first: index for index, first in enumerate(firsts) if first is not None}  # the latest that follows it
    index = _after_genesis(paths, begun, leaves)
    for number in begun:
        first = firsts[number]
        if first == _NONE:
            reason = f"{paths[number].name} does not begin with a record"
            raise BrokenChain(sequence=reading.head.sequence + 1, reason=reason)
        if number < index:
            _aside(paths[number], str(first), reading)
            continue
        if first != reading.head.hash:
            raise BrokenChain(
                sequence=reading.head.sequence + 1, reason=f"{paths[number].name} follows a record that is not there"
            )
        index = _segment(paths[number], number, leaves, sink, reading)
    for path, first in zip(paths, firsts, strict=True):
        if first is None:
            _lines_of(path, reading)  # nothing whole in it: only what a crash cut
    return reading


def _after_genesis(paths: Sequence[Path], begun: Sequence[int], leaves: dict[str, int]) -> int:
    """The first segment of the chain. Two takers of an empty ledger may both begin at nothing; the later one counts.

    That may leave the other's opening aside, but no record of work: a ledger that was not seen is no empty one.
    """
    index = leaves.get(GENESIS, 0)
    for number in begun:
        if number < index and sum(1 for _ in _lines(paths[number])) > 1:
            raise BrokenChain(sequence=1, reason=f"{paths[index].name} begins anew although there were records")
    return index


def _segment(path: Path, number: int, leaves: dict[str, int], sink: Sink, reading: Reading) -> int:
    """One segment's records up to where a later one leaves it; returns the number of the next segment of the chain."""
    goes_on = number + 1
    left = False
    for record in follow(reading.head, _lines_of(path, reading)):
        if left:
            reading.orphans.append(record)
            continue
        sink(record)
        reading.head = Head(record.sequence, record.hash)
        later = leaves.get(record.hash, 0)
        if later > number:
            goes_on, left = later, True
    return goes_on


def _aside(path: Path, first: str, reading: Reading) -> None:
    """A segment that nothing of the chain leads to: kept, checked for itself, reported."""
    head = Head(parse(next(_lines(path))).sequence - 1, first)  # type: ignore[arg-type]
    reading.orphans.extend(follow(head, _lines_of(path, reading)))


def _first(path: Path) -> str | None:
    """The hash that a segment's first record follows; None while it holds no whole line, `_NONE` when that is no record."""
    for line in _lines(path):
        try:
            return parse(line).previous
        except ValueError:
            return _NONE
    return None


def _lines(path: Path) -> Iterator[bytes]:
    """Whole lines without their ends."""
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield line[:-1]


def _lines_of(path: Path, reading: Reading) -> Iterator[bytes]:
    """Whole lines; what a crash cut at the end is noted, and the last whole line, which no other vouches for, looked at."""
    size = count = 0
    last = b""
    with path.open("rb") as file:
        for line in file:
            size += len(line)
            if not line.endswith(b"\n"):
                reading.torn.append(f"{path.name}: {len(line)} bytes after record {count} of this segment")
                break
            count += 1
            last = line[:-1]
            yield last
    reading.sizes[path] = size
    try:
        if last:
            whole(last)
    except ValueError:
        raise BrokenChain(sequence=reading.head.sequence, reason="this line is not readable") from None
