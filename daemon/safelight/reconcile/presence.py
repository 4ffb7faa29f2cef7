"""Whether the event's folders are really there, so that an absent share is never taken for an emptied one.

Away is: the sentinel cannot be read or is another event's, the inbox cannot be listed, or a folder that was a mount of
its own no longer is. While away nothing is claimed, believed, published or counted as failed. It is looked for again
after 5, 10, 30 and then every 60 seconds, said once, and once more when it is back. `judge` (pure) decides on what
`glance` sees.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from safelight.model.errors import (
    CannotWork,
    DiskFull,
    LostOwnership,
    MissingObject,
    OwnedByAnother,
    SafelightError,
    ShareAway,
    WorkerLost,
    WorkersBroken,
)
from safelight.reconcile.claims import FULL
from safelight.reconcile.event import Event, word_of
from safelight.reconcile.pace import LOOK_AGAIN, at_mounts, on_share
from safelight.reconcile.words import fault_words, say
from safelight.reconcile.work import Running, Work
from safelight.workers.lanes import Answer

RETRIES = (5.0, 10.0, 30.0, 60.0)
"""Seconds after which an absent folder is looked for again; the last for ever."""

SYSTEM_TRIES = 10
"""So often an error of the operating system is not counted against the photo it happened to."""


@dataclass(frozen=True)
class Glance:
    """The sentinel's words (None unreadable), and which of inbox and library are mounts of their own (None unreadable)."""

    identity: str | None
    inbox: bool | None
    library: bool | None


def glance(event: Event) -> Glance:
    """One look: three small reads."""
    return Glance(word_of(event.sentinel), _is_mount(event.inbox), _is_mount(event.library))


def _is_mount(folder: str | os.PathLike[str]) -> bool | None:
    try:
        with os.scandir(folder) as entries:
            next(entries, None)
        return os.stat(folder).st_dev != os.stat(os.path.dirname(os.path.realpath(folder))).st_dev
    except OSError:
        return None


def judge(first: Glance, now: Glance) -> str:
    """Which folder is away (`inbox`, `library`), or empty. A mount that came back as a new mount is back."""
    if (
        now.identity is None
        or now.identity != first.identity
        or now.library is None
        or (first.library and not now.library)
    ):
        return "library"
    if now.inbox is None or (first.inbox and not now.inbox):
        return "inbox"
    return ""


class Presence:
    """The memory of one watch: what the folders were at first, and since when they are away."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.away = ""
        self.returned = False
        self._first = glance(work.event)
        self._troubled = False
        self._tries = 0
        self._next = -1e9
        self._share: bool | None = None
        self._mounts_seen = -1e9
        self._system: dict[str, int] = {}
        self._excused: set[Future[Answer]] = set()

    def survives(self, call: Callable[[], bool]) -> bool:
        """Do it; a full disk, a failing share or a ledger that cannot be written is told, and all rests for a while.

        Whatever was half done is done again: nothing counts before its record is written. A lost ownership ends all.
        """
        try:
            return call()
        except (LostOwnership, OwnedByAnother):
            raise
        except (OSError, DiskFull, ShareAway, CannotWork) as fault:
            self._rest(fault)
            return False

    def well(self) -> None:
        """A whole cycle went through."""
        if self._troubled:
            self._troubled, self._tries = False, 0
            self.work.forget_told("trouble")
            self.work.forget_told("full")
            self.work.tell(say("goes_on", self.work.language))

    def _rest(self, fault: Exception) -> None:
        work = self.work
        self.away = self.away or "library"
        self._troubled = True
        self._next = work.monotonic() + RETRIES[min(self._tries, len(RETRIES) - 1)]
        self._tries += 1
        if isinstance(fault, OSError) and fault.errno in FULL:
            fault = DiskFull(free=0, needed=1)
        if isinstance(fault, DiskFull):
            work.disk_full(fault)
        elif self.here():
            told = fault.say(work.language) if isinstance(fault, SafelightError) else fault_words(fault, work.language)
            work.tell_once("trouble", told)

    def there(self) -> bool:
        """Whether work may go on; `returned` is true in the one cycle in which the folders came back."""
        now = self.work.monotonic()
        self.returned = False
        if self.away and now < self._next:
            if self._troubled:
                self.work.beat()
            return False
        away = judge(self._first, glance(self.work.event))
        if away:
            self._next = now + RETRIES[min(self._tries, len(RETRIES) - 1)]
            self._tries += 1
            if not self.away or self._troubled:
                self._say("away", away)
            self.away, self._troubled = away, False
            return False
        if self.away:
            if not self._troubled:
                self._say("back", self.away)
                self._tries = 0
            self._excused = set(self.work.running)
            self.returned, self.away = True, ""
            self._mounts_seen = -1e9
        self._look_at_mounts(now)
        return True

    def here(self) -> bool:
        """Whether the folders are there at this very moment."""
        return not judge(self._first, glance(self.work.event))

    def excuses(self, running: Running, fault: SafelightError) -> bool:
        """Whether a job failed through no fault of its photo (folders away, no child can start): not counted, done again."""
        if isinstance(fault, WorkersBroken):
            self.work.broken = fault
            self.work.tell_once("workers", fault.say(self.work.language))
            return True
        if running.future in self._excused:
            self._excused.discard(running.future)
            return True
        suspicious = isinstance(fault, MissingObject | ShareAway | WorkerLost)
        if suspicious and not self.here():
            return True
        return isinstance(fault, ShareAway) and self._excused_again(running, fault)

    def _excused_again(self, running: Running, fault: ShareAway) -> bool:
        """A system error is the disk's or the share's for some minutes; one that stays is held against the file."""
        key = running.claim.id if running.claim else running.step.key if running.step else ""
        times = self._system[key] = self._system.get(key, 0) + 1
        self.work.again_at[key] = self.work.monotonic() + min(60.0, 2.0**times)
        self.work.tell_once("trouble", fault.say(self.work.language))
        return times <= SYSTEM_TRIES

    def _say(self, key: str, which: str) -> None:
        work = self.work
        folder = work.event.inbox if which == "inbox" else work.event.library
        work.tell(say(key, work.language, folder=folder))

    def _look_at_mounts(self, now: float) -> None:
        """The pace follows the file systems: a folder may become a share while being watched."""
        if now - self._mounts_seen < LOOK_AGAIN:
            return
        self._mounts_seen = now
        share = on_share((self.work.event.inbox, self.work.event.library))
        if self._share is not None and share != self._share:
            said = self.work.recipe.event.settle if self.work.recipe else None
            self.work.pace = at_mounts(self.work.pace, said, share=share)
        self._share = share
