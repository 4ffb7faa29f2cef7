"""The level-triggered cycle: look, fold, plan, execute, append, publish; sleep until something wakes it.

watchdog events, scans, a restart and timers all just cause another cycle. Results re-enter only through the ledger, so
a crash anywhere leaves at worst an object nothing refers to. One thread runs the cycle; only the lanes' children do
heavy work. The parts it calls in turn: `rulewatch`, `asked` (requests), `library` (gestures and views), `taking`,
`booking`.
"""

from __future__ import annotations

import contextlib
import json
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path

from safelight.files import write_through
from safelight.model.errors import DiskFull, SafelightError, ShareAway, StageError
from safelight.model.records import Chose
from safelight.model.typography import french
from safelight.plan.needs import doing
from safelight.plan.steps import Step
from safelight.reconcile import execute
from safelight.reconcile.asked import record_requests
from safelight.reconcile.booking import Booking
from safelight.reconcile.library import Library
from safelight.reconcile.pace import stretched
from safelight.reconcile.presence import Presence
from safelight.reconcile.rulewatch import RuleWatch
from safelight.reconcile.rulewords import duration
from safelight.reconcile.statustext import News
from safelight.reconcile.taking import Taking
from safelight.reconcile.tally import Tally, corrections, tally
from safelight.reconcile.trying import Trying
from safelight.reconcile.work import Running, Work
from safelight.workers.lanes import Answer, Progress, progress_of


@dataclass
class Report:
    """What a cycle tells its audience: counts, what runs, seconds left."""

    tally: Tally
    running: list[str]
    left: float
    done: int
    total: int


class Reconciler:
    """One event being worked on by its owner."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.rules = RuleWatch(work)
        self.taking = Taking(work)
        self.library = Library(work)
        self.booking = Booking(work)
        self.trying = Trying(work)
        self.presence = Presence(work)
        self.held: frozenset[str] = frozenset()
        self.done = 0
        self._corrected = ((-1, -1), 0)
        self.away = False
        self._scanned = -1e9
        self._took = 0.0
        self._asked_backends = False
        work.sign = self.sign
        work.news = self.news

    # --- one cycle ---

    def cycle(self) -> bool:
        """Do everything that can be done now without waiting; returns whether anything changed.

        A full disk, or a folder that cannot be read or written, ends the cycle and not the loop: it waits a while.
        """
        return self.presence.survives(self._cycle)

    def _cycle(self) -> bool:
        work = self.work
        before = work.owner.state.sequence
        self.away = not self.presence.there()
        if self.away:
            return False
        if self.presence.returned:
            self.library.returned()
            self.scan_soon()
        now = work.monotonic()
        work.beat()
        self._collect()
        if now - self._scanned >= stretched(work.pace.scan, self._took) or before == 0:
            self._scan(now)
            self._scanned = work.monotonic()
            self._took = self._scanned - now
        self.taking.take()
        self.rules.previews.tend()
        if work.recipe is not None:
            self._plan()
            self._note_backends()
            self._submit()
            self.trying.tend()
            changed = work.owner.state.sequence != before
            work.dirty = work.dirty or changed
            if work.dirty and work.monotonic() - self.library.published >= work.pace.publish:
                self.publish()
        self.sign()
        self.presence.well()
        return work.owner.state.sequence != before

    def pause(self, longest: float) -> None:
        """Wait until a job ends, at most so long."""
        if self.work.running or self.work.aside:
            wait([*self.work.running, *list(self.work.aside)], timeout=longest, return_when=FIRST_COMPLETED)
        else:
            time.sleep(longest)

    def idle(self) -> bool:
        """Nothing runs, nothing is ready or waits for another try, and the inbox holds nothing that will be taken."""
        work = self.work
        waits = self.taking.waiting() or self.library.unsettled() or self.rules.waiting() or self.trying.waiting()
        return not (work.running or waits or work.event.requests.waiting() or work.planner.queue.ready)

    def report(self) -> Report:
        """Where everything stands now."""
        work = self.work
        left = work.planner.seconds_left(work.owner.state) / max(1, work.lanes.count)
        running = [
            self._told(running) + how_far(progress_of(future), work.language)
            for future, running in work.running.items()
        ]
        running += [doing("book", work.language)] if self.booking.busy else []
        waiting = len(work.planner.queue.ready) + len(self.taking.claims)
        return Report(self.tally(), running, left, self.done, self.done + waiting)

    def tally(self) -> Tally:
        """The counts of the design."""
        owner = self.work.owner
        pages = owner.state.book.made.pages if owner.state.book else {}
        ignored = self.taking.inbox.ignored + len(self.library.strangers)
        return tally(owner.state, self.work.planner.plans, pages, ignored, self.taking.arrived())

    def news(self) -> News:
        """What the status says beside the counts."""
        work, mine = self.work, self.work.event.lease.held
        state = work.owner.state
        book = state.book
        full = work.full if work.monotonic() < work.full_until else None
        trouble = full or work.broken
        return News(
            mine.host if mine else "?",
            mine.pid if mine else 0,
            mine.since if mine else "",
            tuple(filter(None, (self._told(running) for running in work.running.values()))),
            self.booking.busy,
            work.planner.seconds_left(state) / max(1, work.lanes.count),
            self.rules.told(),
            tuple(sorted(self.held)),
            trouble.say(work.language, work.zone) if trouble else "",
            book.made.page_count if book else 0,
            book.time if book else "",
            self.booking.reason,
            self._corrections(),
        )

    def _corrections(self) -> int:
        """How many photos people sorted otherwise than the model; counted anew only when somebody decided something."""
        state = self.work.owner.state
        mark = (state.last_decision, state.adopted_at)
        if self._corrected[0] != mark:
            self._corrected = mark, corrections(state.photos.values(), state.adopted_at)
        return self._corrected[1]

    def refresh(self) -> None:
        """Rules, requests and plans brought up to date, no work started: for making a book from what is finished."""
        self.rules.look()
        record_requests(self.work)
        self._plan()

    def make_book(self) -> bool:
        """Make the book when something of it changed, and wait for it; True when a new one came of it."""
        return not self.away and self.presence.survives(self.booking.make)

    def begin_book(self) -> bool:
        """Have a lane make the book when something of it changed; `_collect` records it."""
        return not self.away and self.presence.survives(self.booking.begin)

    def publish(self) -> None:
        """Bring library/ to what the state says."""
        if not self.away:
            self.presence.survives(self._publish)

    def _publish(self) -> bool:
        if self.presence.here():  # a book may have taken minutes: nothing is written where an absent share was
            self.library.publish(self.tally())
        return False

    def sign(self) -> None:
        """The status page's sign of life while nothing else is to be shown: during a long step, or a book's making."""
        work = self.work
        if not self.library.shelf.due() or not self.presence.here():
            return
        with contextlib.suppress(OSError):  # the next one is tried in a moment
            work.owner.still()
            self.library.shelf.status(self.tally(), work.language, running=True, news=self.news(), zone=work.zone)

    def scan_soon(self) -> None:
        """Look at the folders in the next cycle: something moved there."""
        self._scanned = -1e9

    def farewell(self) -> None:
        """The status says that nobody works on the event any more."""
        with contextlib.suppress(OSError):
            work = self.work
            work.owner.still()
            self.library.shelf.status(self.tally(), work.language, running=False, news=self.news(), zone=work.zone)

    def close(self) -> None:
        """Stop the children; what they were doing is simply done again."""
        self.work.lanes.close()

    # --- looking ---

    def _scan(self, now: float) -> None:
        self.rules.look()
        record_requests(self.work)
        self._plan()
        self.library.look(now)
        self.taking.scan(now)
        self.trying.scan(now)

    def _plan(self) -> None:
        if self.work.recipe is not None:
            self.held = self.work.planner.plan(self.work.owner, self.work.recipe)

    # --- working ---

    def _submit(self) -> None:
        """Give free lanes the next steps: sorting before everything else, then photos nearest to their end."""
        work = self.work
        room = work.lanes.count + 1 - len(work.running) - len(work.aside)
        if room <= 0 or work.monotonic() < work.full_until:
            return
        busy = {run.step.photo for run in work.running.values() if run.step is not None}
        now = work.monotonic()

        def may(step: Step) -> bool:
            return step.photo not in busy and work.again_at.get(step.key, 0.0) <= now

        for step in work.planner.queue.take(room, may):
            work.run(execute.job_for(step, work.owner.state, work.device), Running(Future(), step=step))

    def _note_backends(self) -> None:
        """Once work begins: which backends there are, kept in the cache so that looking can count what could be better."""
        if self._asked_backends or not self.work.running:
            return
        self._asked_backends = True
        future = self.work.lanes.submit({"stage": "backends", "inputs": {}, "params": {}})
        future.add_done_callback(lambda done: _write_backends(self.work.cache / "backends.json", done))

    def _collect(self) -> None:
        """Record what jobs came to. One whose record could not be written stays and is collected again."""
        work = self.work
        self.booking.collect()
        for future in [future for future in work.running if future.done()]:
            running = work.running[future]
            try:
                answer = future.result()
            except SafelightError as fault:
                self._failed(running, fault)
            else:
                work.at("answered")
                try:
                    self._answered(running, answer)
                except FileNotFoundError as fault:  # a view that a person moved on meanwhile is no trouble of the share
                    if not self.presence.here():
                        raise
                    self._gone(running, fault)
            del work.running[future]
            self.done += 1

    def _gone(self, running: Running, fault: OSError) -> None:
        if running.claim is not None:
            self.taking.back(running.claim)
        elif running.edit is not None:
            self.library.hand.failed(running.edit, ShareAway(reason=fault.strerror or ""))

    def _answered(self, running: Running, answer: Answer) -> None:
        work = self.work
        if running.claim is not None:
            self.taking.answered(running, answer)
        elif running.edit is not None:
            self.library.hand.answered(running.edit, answer)
        elif running.step is not None:
            step = running.step
            for kind, backend in execute.choices(step, answer, work.owner.state).items():
                work.owner.append(Chose(kind, backend))
            work.at("chosen")
            try:
                work.owner.append(execute.done(step, answer))
            except ValueError as fault:  # a number or text that the ledger cannot carry
                work.owner.append(execute.failed(step, StageError(stage=step.stage, reason=ascii(str(fault)))))
            work.at("step recorded")

    def _failed(self, running: Running, fault: SafelightError) -> None:
        work = self.work
        if isinstance(fault, DiskFull):
            work.disk_full(fault)
        excused = self.presence.excuses(running, fault)
        if running.claim is not None and excused:
            self.taking.back(running.claim)
        elif running.claim is not None:
            self.taking.failed(running, fault)
        elif running.edit is not None:
            self.library.hand.failed(running.edit, fault)
        elif running.step is not None and not excused and not isinstance(fault, DiskFull):
            fact = execute.failed(running.step, fault)
            work.again_at[running.step.key] = work.monotonic() + min(60.0, 2.0**fact.tries)
            work.owner.append(fact)

    def _told(self, running: Running) -> str:
        if running.claim is not None:
            return running.claim.name
        if running.step is not None:
            return f"{doing(running.step.stage, self.work.language)} {self.work.owner.of(running.step.photo).name}"
        return running.edit.gesture.path if running.edit is not None else ""


def how_far(progress: Progress | None, language: str) -> str:
    """` (40 %, about 7 min left)` of a job that tells how far it has come, else nothing."""
    if progress is None or not progress.done:
        return ""
    told = f"{round(100 * progress.done / progress.total)} %"
    if progress.left:
        time_left = duration(progress.left, language)
        told += f", encore {time_left} environ" if language == "fr" else f", about {time_left} left"
    return french(f" ({told})") if language == "fr" else f" ({told})"


def _write_backends(path: Path, future: Future[Answer]) -> None:
    """A cache that cannot be written, or a lane that was closed meanwhile, costs a count and nothing else."""
    with contextlib.suppress(Exception):
        write_through(path, json.dumps(future.result().product["facts"]["backends"]).encode())
