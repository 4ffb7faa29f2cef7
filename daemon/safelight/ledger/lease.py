"""Who may write: one owner per event, told by a lease file.

A lease names host, boot, pid namespace, process and the process's start time, its epoch and a heartbeat count.
Dead for certain = same boot and namespace, and no process of that number with that start time: taken over at once.
Otherwise only after `PATIENCE` seconds in which this process itself has seen the lease unchanged; two clocks are never
compared. File locks are not trusted (network shares lie about them); the exclusive creation of the journal segment is
what finally decides between two takers.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from safelight.files import write_through
from safelight.ledger.journal import Journal
from safelight.model.errors import LostOwnership, OwnedByAnother
from safelight.model.records import Opened

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
        self._beaten = 0.0

    def holder(self) -> Holder | None:
        """Who holds the event according to the file; None when there is no lease or it is unreadable."""
        try:
            return Holder(**json.loads(self.path.read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def live(self) -> Holder | None:
        """The holder unless it is dead for certain."""
        holder = self.holder()
        return holder if holder and not dead(holder) else None

    def take(
        self,
        journal: Journal,
        now: Callable[[], str],
        version: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Become the owner: wait out a silent stranger, write the lease, open the next segment behind the last head.

        Raises OwnedByAnother while a live owner is known or moves; BrokenChain when the ledger does not hold.
        """
        self._yield_to_the_living(sleep)
        ledger = journal.read()
        known = self.holder()
        epoch = max(ledger.epoch, known.epoch if known else 0) + 1
        mine = this_process(epoch, now())
        # the segment first: of two takers the one that fails here must not leave its name in the lease
        journal.begin(epoch, Opened(mine.host, mine.pid, ledger.head.hash, version), mine.since, ledger.head)
        self._write(mine)
        self.held = mine

    def _yield_to_the_living(self, sleep: Callable[[float], None]) -> None:
        holder = self.holder()
        if holder is None or dead(holder):
            return
        if _here(holder):
            raise OwnedByAnother(pid=holder.pid, host=holder.host, since=holder.since)
        waited = 0.0
        while waited < PATIENCE:
            sleep(2.0)
            waited += 2.0
            seen = self.holder()
            if seen is None:
                return
            if seen != holder:
                raise OwnedByAnother(pid=seen.pid, host=seen.host, since=seen.since)

    def beat(self, now: float) -> None:
        """Call often; writes the heartbeat when one is due. `now` is a monotonic clock in seconds.

        Raises LostOwnership when a later epoch stands in the lease: a sleeper that wakes must not overwrite it.
        """
        if self.held and now - self._beaten >= HEARTBEAT:
            seen = self.holder()
            if seen is not None and seen.epoch > self.held.epoch:
                raise LostOwnership(epoch=seen.epoch)
            self.held = replace(self.held, beat=self.held.beat + 1)
            self._write(self.held)
            self._beaten = now

    def release(self) -> None:
        """Give the event up; a lease that another process has written meanwhile is left alone."""
        if self.held and (seen := self.holder()) and seen.epoch == self.held.epoch:
            self.path.unlink(missing_ok=True)
        self.held = None

    def _write(self, holder: Holder) -> None:
        write_through(self.path, json.dumps(asdict(holder)).encode())


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


def _started(pid: int) -> str | None:
    """Start time of a process in clock ticks since boot (field 22 of its stat line); None when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]
