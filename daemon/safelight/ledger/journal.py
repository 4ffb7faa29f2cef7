"""The ledger's files: one segment per epoch, appended by its owner only, read back as one chain (`segments`).

`journal/<epoch>.jsonl` is created exclusively, so two processes cannot hold one epoch. Its first record names the head
it follows. Lines of an older segment behind that head were written by an owner who had already lost the event: they are
kept, reported as orphans and never folded. A last line without its line end is a write that a crash cut: set aside and
reported; the next segment simply follows the record before it. Nothing that was ever acknowledged is rewritten; what a
failed append left (a full disk, a share that went) is taken back, at the latest before the next append.

Before every append the owner looks whether a higher epoch exists and stops when one does, and whether its own segment is
where it was: in a folder that was moved or whose share is away nothing is written.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
from dataclasses import dataclass
from pathlib import Path

from safelight.files import sync_folder
from safelight.ledger.chain import Head, link, parse
from safelight.ledger.segments import Sink, read
from safelight.model.errors import LostOwnership
from safelight.model.records import Fact, Opened, Record


@dataclass(frozen=True)
class Ledger:
    """Everything read: the chain (empty where a reader took each record as it came), what was left aside, the end."""

    records: tuple[Record, ...]
    head: Head
    orphans: tuple[Record, ...] = ()
    torn: tuple[str, ...] = ()
    epoch: int = 0


class Journal:
    """The segments in one folder. Reading needs no ownership; `begin` makes this process the writer of a new epoch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.epoch = 0
        self.head = Head()
        self._file: int | None = None
        self._size = 0
        self._read: dict[Path, int] = {}

    def epochs(self) -> list[int]:
        """The epochs that have a segment, ascending; none where there is no folder. Raises OSError when it is away."""
        try:
            names = os.listdir(self.folder)
        except FileNotFoundError:
            return []
        stems = (name.removesuffix(".jsonl") for name in names if name.endswith(".jsonl"))
        return sorted(int(stem) for stem in stems if stem.isdigit())

    def read(self, sink: Sink | None = None) -> Ledger:
        """The whole chain; raises BrokenChain naming the first record that does not hold.

        With a `sink` each record is handed to it in order and not kept. Nothing read here is garbage, so the collector is
        paused: it would walk all records again and again.
        """
        records: list[Record] = []
        epochs = self.epochs()
        collecting = gc.isenabled()
        gc.disable()
        try:
            reading = read([self._segment(epoch) for epoch in epochs], sink or records.append)
        finally:
            if collecting:
                gc.enable()
        self._read = reading.sizes
        return Ledger(tuple(records), reading.head, tuple(reading.orphans), tuple(reading.torn), max(epochs, default=0))

    def grown(self) -> bool:
        """Whether anything but our own segment was written since `read`: an older owner may have, until it looked."""
        paths = [self._segment(epoch) for epoch in self.epochs() if epoch != self.epoch]
        return any(path.stat().st_size != self._read.get(path) for path in paths)

    def begin(self, epoch: int, opened: Opened, time: str, head: Head) -> Record:
        """Create the segment of `epoch` after `head` and write its first record; raises FileExistsError if it exists."""
        self.folder.mkdir(exist_ok=True)  # in a library that stands, never a new one where it went
        self._file = os.open(self._segment(epoch), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        sync_folder(self.folder)
        self.epoch, self.head, self._size = epoch, head, 0
        return self.append(opened, time)

    def append(self, fact: Fact, time: str) -> Record:
        """Write one fact durably; after this returns it survives a crash. Only after `begin`.

        Raises LostOwnership, or OSError when it could not be written: then it is not there, not even in part, or will be
        taken back before anything else is written.
        """
        file = self.still()
        line, record = link(self.head, self.epoch, time, fact)
        if os.fstat(file).st_size != self._size:
            os.ftruncate(file, self._size)
        try:
            _write_all(file, line + b"\n")
            os.fsync(file)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(file, self._size)
            raise
        self._size += len(line) + 1
        self.head = Head(record.sequence, record.hash)
        return record

    def still(self) -> int:
        """The open segment while this process owns the event; raises LostOwnership, or OSError when that is unknown."""
        epochs = self.epochs()
        newest = max(epochs, default=0)
        if self._file is None or newest > self.epoch:
            self.close()
            raise LostOwnership(epoch=max(newest, self.epoch))
        if not self._in_place():
            self._open_again()
        return self._file

    def _in_place(self) -> bool:
        """Whether the open file is the one that stands under the segment's name; a dead handle of a share is not."""
        assert self._file is not None
        there = os.stat(self._segment(self.epoch))
        try:
            return os.path.samestat(os.fstat(self._file), there)
        except OSError:
            return False

    def _open_again(self) -> None:
        """The share was mounted anew: go on with the segment of our epoch, when it ends with our very last record."""
        handle = os.open(self._segment(self.epoch), os.O_RDWR | os.O_APPEND)
        try:
            data = os.pread(handle, self._size, 0)
            *_, last, _ = (b"", b"", *data.split(b"\n"))
            if len(data) != self._size or not last or parse(last).hash != self.head.hash:
                raise ValueError
        except ValueError:
            os.close(handle)
            raise OSError(errno.ENOENT, "the ledger is not where it was", str(self.folder)) from None
        with contextlib.suppress(OSError):
            os.close(self._file if self._file is not None else -1)
        self._file = handle

    def close(self) -> None:
        """Give the segment up; what is written stays."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _segment(self, epoch: int) -> Path:
        return self.folder / f"{epoch:08d}.jsonl"


def _write_all(handle: int, data: bytes) -> None:
    """All of it, however little the system takes at once."""
    written = 0
    while written < len(data):
        written += os.write(handle, data[written:])
