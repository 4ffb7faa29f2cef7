"""Who may write: one owner per event, told by a lease file.

A lease names host, boot, pid namespace, process and the process's start time, its epoch and a heartbeat count.
Dead for certain = same boot and namespace, and no process of that number with that start time: taken over at once.
Alive for certain = the same, and the process is there and not stopped: whoever comes second is told at once.
Otherwise only after `PATIENCE` seconds in which this process itself has seen the lease unchanged; two clocks are never
compared. File locks are not trusted (network shares lie about them); the exclusive creation of the journal segment is
what finally decides between two takers.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from safelight.files import write_through
from safelight.ledger.journal import Journal, Ledger
from safelight.ledger.segments import Sink
from safelight.model.errors import CannotWork, LostOwnership, OwnedByAnother
from safelight.model.records import Opened, Record

HEARTBEAT = 10.0
PATIENCE = 60.0


@dataclass(frozen=True)
class Holder:
    """What a lease file says. `beat` counts up with every heartbeat; times in it are for people only."""

    host: str
    boot: str
    namespace: str
    pid: int
    started: str
    epoch: int
    beat: int
    since: str


def this_process(epoch: int, since: str) -> Holder:
    """The lease this process would write."""
    return Holder(
        platform.node() or "?", _boot(), _namespace(), os.getpid(), _started(os.getpid()) or "?", epoch, 0, since
    )


class Lease:
    """The lease file of one event and, once taken, the heartbeat that keeps it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.held: Holder | None = None
        self._beaten = -1e9

    def holder(self) -> Holder | None:
        """Who holds the event according to the file; None when there is no lease or nobody can be read from it.

        Raises OSError when the file may be there and cannot be read.
        """
        data = self._bytes()
        return _read(data) if data is not None else None

    def live(self) -> Holder | None:
        """The holder unless it is dead for certain, or cannot be told: then `take` finds out."""
        try:
            holder = self.holder()
        except OSError:
            return None
        return holder if holder and not dead(holder) else None

    def take(
        self,
        journal: Journal,
        now: Callable[[], str],
        version: str,
        sleep: Callable[[float], None] = time.sleep,
        patience: float = PATIENCE,
        sink: Sink | None = None,
    ) -> Ledger:
        """Become the owner: wait out a silent stranger, open the next segment behind the last head, write the lease.

        Returns the ledger as it then stands; with a `sink` its records go there as they are read. Raises OwnedByAnother
        while a live owner is known or moves; BrokenChain when the ledger does not hold; CannotWork when lease or ledger
        cannot be read or written.
        """
        try:
            return self._take(journal, now, version, sleep, patience, sink)
        except OSError as fault:
            journal.close()
            raise CannotWork(reason=f"{fault.filename or self.path}: {fault.strerror}") from fault

    def _take(
        self,
        journal: Journal,
        now: Callable[[], str],
        version: str,
        sleep: Callable[[float], None],
        patience: float,
        sink: Sink | None,
    ) -> Ledger:
        self._yield_to_the_living(sleep, patience)
        last: list[Opened] = []
        begun = 0

        def each(record: Record) -> None:
            nonlocal begun
            if type(record.fact) is Opened:
                last[:] = [record.fact]
                begun = record.epoch
            keep(record)

        records: list[Record] = []
        keep = sink or records.append
        ledger = journal.read(each)
        self._yield_to_the_quicker(last, sleep, patience, empty=ledger.epoch > begun)
        known = self.holder()
        epoch = max(ledger.epoch, known.epoch if known else 0) + 1
        mine = this_process(epoch, now())
        # the segment first: of two takers the one that fails here must not leave its name in the lease
        try:
            opened = journal.begin(
                epoch, Opened(mine.host, mine.pid, ledger.head.hash, version), mine.since, ledger.head
            )
        except FileExistsError:
            raise self._other(sleep) from None
        keep(opened)
        orphans = journal.read(lambda _record: None).orphans if journal.grown() else ledger.orphans
        self._write(mine)
        self.held = mine
        return replace(ledger, records=tuple(records), head=journal.head, orphans=orphans, epoch=epoch)

    def _yield_to_the_living(self, sleep: Callable[[float], None], patience: float) -> None:
        """Returns once nobody can own the event; a lease that names nobody (garbage, empty) is waited for like a stranger's."""
        before = self._bytes()
        if before is None:
            return
        holder = _read(before)
        if holder is not None and dead(holder):
            return
        if holder is not None and _here(holder) and not _stopped(holder.pid):
            raise OwnedByAnother(pid=holder.pid, host=holder.host, since=holder.since)
        waited, pause = 0.0, min(2.0, patience / 4)
        while waited < patience:
            sleep(pause)
            waited += pause
            seen = self._bytes()
            if seen is None:
                return
            if seen != before:
                told = _read(seen) or holder
                raise OwnedByAnother(
                    pid=told.pid if told else "?", host=told.host if told else "?", since=told.since if told else "?"
                )

    def _yield_to_the_quicker(
        self, last: list[Opened], sleep: Callable[[float], None], patience: float, *, empty: bool
    ) -> None:
        """Whoever opened the last segment and lives on this machine may be about to write its lease: wait for it a moment.

        A segment that was created and holds no record yet (`empty`) is somebody's who is quicker, or what a crash left.
        """
        for _ in range(20):
            self._yield_to_the_living(sleep, patience)
            opener = last[0] if last else None
            gone = opener is None or opener.pid == os.getpid() or opener.host != (platform.node() or "?")
            if self._bytes() is not None or (not empty and (opener is None or gone or _started(opener.pid) is None)):
                return
            sleep(0.1)

    def _other(self, sleep: Callable[[float], None]) -> OwnedByAnother:
        """Another taker was quicker by a moment: wait for its name, so that people are told who owns the event."""
        for _ in range(20):
            seen = self.live()
            if seen is not None:
                return OwnedByAnother(pid=seen.pid, host=seen.host, since=seen.since)
            sleep(0.1)
        return OwnedByAnother(pid="?", host="?", since="?")

    def beat(self, now: float) -> None:
        """Call often; writes the heartbeat when one is due. `now` is a monotonic clock in seconds.

        Raises LostOwnership when a later epoch stands in the lease: a sleeper that wakes must not overwrite it. OSError
        when the file cannot be reached: the next call tries again.
        """
        if self.held and not 0 <= now - self._beaten < HEARTBEAT:
            seen = self.holder()
            if seen is not None and seen.epoch > self.held.epoch:
                raise LostOwnership(epoch=seen.epoch)
            self.held = replace(self.held, beat=self.held.beat + 1)
            self._write(self.held)
            self._beaten = now

    def release(self) -> None:
        """Give the event up; a lease that another process has written meanwhile is left alone, one out of reach too."""
        with contextlib.suppress(OSError):
            if self.held and (seen := self.holder()) and replace(seen, beat=0) == replace(self.held, beat=0):
                self.path.unlink(missing_ok=True)
        self.held = None

    def _bytes(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None

    def _write(self, holder: Holder) -> None:
        if not self.path.parent.is_dir():  # where an absent share was, no folders may appear
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.path.parent))
        write_through(self.path, json.dumps(asdict(holder)).encode())


def _read(data: bytes) -> Holder | None:
    """The holder that a lease file tells of; None for anything that is no lease."""
    try:
        holder = Holder(**json.loads(data))
    except (ValueError, TypeError):
        return None
    right = all(isinstance(getattr(holder, item.name), int if item.type == "int" else str) for item in fields(Holder))
    return holder if right else None


def dead(holder: Holder) -> bool:
    """Whether the holder is certainly gone: only this very machine, boot and namespace can tell."""
    return _here(holder) and _started(holder.pid) != holder.started


def _here(holder: Holder) -> bool:
    return holder.boot == _boot() != "?" and holder.namespace == _namespace()


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "?"


def _namespace() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return platform.node()


def _stopped(pid: int) -> bool:
    """Whether a process of this machine was halted by a signal: alive, but it cannot tell."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in {"T", "t"}
    except OSError:
        return False


def _started(pid: int) -> str | None:
    """Start time of a process in clock ticks since boot (field 22 of its stat line); None when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]
