"""The ledger's files: one segment per epoch, appended by its owner only, read back as one chain.

`journal/<epoch>.jsonl` is created exclusively, so two processes cannot hold one epoch. Its first record names the head
it follows. Lines of an older segment behind that head were written by an owner who had already lost the event: they are
kept, reported as orphans and never folded. A last line without its line end is a write that a crash cut: set aside and
reported; the next segment simply follows the record before it. Nothing is ever rewritten.

Before every append the owner looks whether a higher epoch exists and stops when one does.
"""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass, field
from pathlib import Path

from safelight.ledger.chain import Head, follow, link, parse
from safelight.model.errors import BrokenChain, LostOwnership, OwnedByAnother
from safelight.model.records import Fact, Opened, Record


@dataclass(frozen=True)
class Ledger:
    """Everything read: the chain, what was left aside, and where reading ended."""

    records: tuple[Record, ...]
    head: Head
    orphans: tuple[Record, ...] = ()
    torn: tuple[str, ...] = ()
    epoch: int = 0


@dataclass
class _Reading:
    records: list[Record] = field(default_factory=list)
    orphans: list[Record] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    head: Head = field(default_factory=Head)


class Journal:
    """The segments in one folder. Reading needs no ownership; `begin` makes this process the writer of a new epoch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.epoch = 0
        self.head = Head()
        self._file: int | None = None

    def epochs(self) -> list[int]:
        """The epochs that have a segment, ascending."""
        if not self.folder.is_dir():
            return []
        stems = (name.removesuffix(".jsonl") for name in os.listdir(self.folder) if name.endswith(".jsonl"))
        return sorted(int(stem) for stem in stems if stem.isdigit())

    def read(self) -> Ledger:
        """The whole chain; raises BrokenChain naming the first record that does not hold.

        Nothing read here is garbage, so the collector is paused: it would walk all records again and again.
        """
        reading = _Reading()
        epochs = self.epochs()
        collecting = gc.isenabled()
        gc.disable()
        try:
            for epoch in epochs:
                _read_segment(reading, self._segment(epoch))
        finally:
            if collecting:
                gc.enable()
        return Ledger(
            tuple(reading.records), reading.head, tuple(reading.orphans), tuple(reading.torn), max(epochs, default=0)
        )

    def begin(self, epoch: int, opened: Opened, time: str, head: Head) -> Record:
        """Create the segment of `epoch` after `head` and write its first record; raises OwnedByAnother if it exists."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._file = os.open(self._segment(epoch), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        except FileExistsError:
            raise OwnedByAnother(pid="?", host="?", since="just now") from None
        self.epoch, self.head = epoch, head
        return self.append(opened, time)

    def append(self, fact: Fact, time: str) -> Record:
        """Write one fact durably; after this returns it survives a crash. Only after `begin`."""
        if self._file is None:
            raise LostOwnership(epoch=self.epoch)
        newest = max(self.epochs(), default=0)
        if newest > self.epoch:
            self.close()
            raise LostOwnership(epoch=newest)
        line, record = link(self.head, self.epoch, time, fact)
        _write_all(self._file, line + b"\n")
        os.fsync(self._file)
        self.head = Head(record.sequence, record.hash)
        return record

    def close(self) -> None:
        """Give the segment up; what is written stays."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _segment(self, epoch: int) -> Path:
        return self.folder / f"{epoch:08d}.jsonl"


def _write_all(handle: int, data: bytes) -> None:
    """A short write (a nearly full disk) leaves a torn line; take it back so that a later append is whole."""
    before = os.fstat(handle).st_size
    try:
        written = 0
        while written < len(data):
            written += os.write(handle, data[written:])
    except OSError:
        os.ftruncate(handle, before)
        raise


def _read_segment(reading: _Reading, path: Path) -> None:
    data = path.read_bytes()
    *lines, rest = data.split(b"\n")
    if rest:
        reading.torn.append(f"{path.name}: {len(rest)} bytes after record {len(lines)} of this segment")
    if not lines:
        return
    try:
        first = parse(lines[0])
    except ValueError:
        raise BrokenChain(
            sequence=reading.head.sequence + 1, reason=f"{path.name} does not begin with a record"
        ) from None
    _rewind(reading, first.previous, path.name)
    for record in follow(reading.head, lines):
        reading.records.append(record)
        reading.head = Head(record.sequence, record.hash)


def _rewind(reading: _Reading, previous: str, name: str) -> None:
    """Go back to the record a new segment follows; what lies behind it was written after ownership was lost."""
    if previous == reading.head.hash:
        return
    for index in range(len(reading.records) - 1, -1, -1):
        if reading.records[index].hash == previous:
            reading.orphans.extend(reading.records[index + 1 :])
            del reading.records[index + 1 :]
            last = reading.records[-1]
            reading.head = Head(last.sequence, last.hash)
            return
    raise BrokenChain(sequence=reading.head.sequence + 1, reason=f"{name} follows a record that is not there")
