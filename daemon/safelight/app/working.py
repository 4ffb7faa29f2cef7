"""Making an event and working on it: `init`, `run`, `watch`, `book`. These take the event's lease."""

from __future__ import annotations

import secrets
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safelight import __version__, defaults
from safelight.app.around import SOFTWARE, Audience, Surroundings
from safelight.app.log import EventLog, turn_over
from safelight.app.looking import peek
from safelight.app.notify import Notifier, Situation
from safelight.app.signs import Signs
from safelight.app.waking import waking
from safelight.ledger.lease import PATIENCE
from safelight.model.errors import CannotWork, UsageError
from safelight.reconcile.event import Event, Owner, own
from safelight.reconcile.loop import Reconciler
from safelight.reconcile.pace import pace_for
from safelight.reconcile.tally import Tally
from safelight.reconcile.work import Work
from safelight.rulebook.jsonschema import schemas
from safelight.workers.lanes import Lanes

NOTIFY_EVERY = 10.0
"""Seconds between two counts for messages."""


def init(folder: Path) -> list[Path]:
    """Lay out a new event in an empty or new folder; returns what was made. Raises UsageError on a folder in use."""
    if folder.exists() and any(entry.name != ".DS_Store" for entry in folder.iterdir()):
        raise UsageError(reason=f"{folder} is not empty; choose a new or an empty folder.")
    made = [folder / name for name in ("inbox", "library", "templates", "rules", "rules/styles", "rules/texts", "try")]
    for path in made:
        path.mkdir(parents=True, exist_ok=True)
    source = defaults.folder("rules")
    for path in sorted(source.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(source).parts)
        if path.is_file() and not hidden and not (path.parent == source and _made_here(path.name)):
            target = folder / "rules" / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    write_schemas(folder / "rules")
    (folder / "library" / ".safelight").mkdir()
    (folder / "library" / ".safelight" / "event").write_text(secrets.token_hex(8) + "\n", encoding="utf-8")
    return made


def _made_here(name: str) -> bool:
    """Notes, previews and words of the event that the rules are copied from are no rules."""
    return " - " in name or name.startswith(("preview ", "redo ", "refaire "))


def write_schemas(folder: Path) -> None:
    """The JSON schemas that editors use to complete and check rule files."""
    target = folder / ".schema"
    target.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (target / name).write_text(text, encoding="utf-8")


@contextmanager
def owned(event: Event, patience: float = PATIENCE) -> Iterator[Owner]:
    """The event, owned for as long as the block runs."""
    owner = own(event, __version__, patience)
    try:
        yield owner
    finally:
        owner.close()


@contextmanager
def reconciler(event: Event, around: Surroundings, audience: Audience, *, watching: bool) -> Iterator[Reconciler]:
    """The event being worked on: owner, lanes, caches, log."""
    with owned(event, around.patience) as owner, closing(EventLog(event.log, around.log)) as log:
        owner.observe = log.record
        log.owned(owner.clock(), "taken", event.journal.epoch)

        def tell(text: str) -> None:
            log.told(owner.clock(), text)
            audience.say(text)

        if not (event.rules / ".schema").is_dir():
            write_schemas(event.rules)
        form = peek(owner).event
        count, threads = lanes_for(form.lanes, around.processors)
        turn_over(event.log / "workers.log")
        lanes = Lanes(event.store.root, count, threads, event.log / "workers.log")
        cache = around.cache_of(event)
        pace = pace_for(event.inbox, form.settle, watching=watching, beside=event.library)
        try:
            loop = Reconciler(Work(owner, lanes, cache, pace, SOFTWARE, tell=tell))
        except OSError as fault:  # the share went while the event was being opened
            lanes.close()
            raise CannotWork(reason=f"{fault.filename or event.library}: {fault.strerror}") from fault
        try:
            yield loop
        finally:
            loop.close()
            log.owned(owner.clock(), "given up", event.journal.epoch)


def lanes_for(wanted: int, processors: int) -> tuple[int, int]:
    """(lanes, threads each): by default one lane a processor up to four, since most of the work is one-threaded."""
    count = wanted or max(1, min(4, processors))
    return count, max(1, processors // count)


@dataclass(frozen=True)
class Outcome:
    """What a run ended with."""

    tally: Tally
    book: Path | None
    pages: int
    held: tuple[str, ...]
    problems: str
    steps: int
    book_reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            **self.tally.to_json(), "book": str(self.book) if self.book else None, "pages": self.pages,
            "waits_for_word": list(self.held), "rule_problems": self.problems, "steps": self.steps,
            "book_problem": self.book_reason,
        }  # fmt: skip


def work(event: Event, around: Surroundings, audience: Audience) -> Outcome:
    """Once, until nothing is missing and the book is made (`safelight run`)."""
    with reconciler(event.require(), around, audience, watching=False) as loop:
        shown = 0.0
        while True:
            changed = loop.cycle()
            if time.monotonic() - shown > 0.5:
                audience.progress(loop.report())
                shown = time.monotonic()
            if loop.away:
                raise loop.work.full or CannotWork(reason=f"{event.library} cannot be reached")
            if loop.work.broken is not None:
                raise loop.work.broken
            if not changed and loop.work.full is not None and not loop.work.running:
                raise loop.work.full
            if not changed and loop.idle():
                break
            if not changed:
                loop.pause(0.25)
        loop.make_book()
        loop.publish()
        audience.progress(loop.report())
        outcome = outcome_of(loop)
        loop.farewell()
        return outcome


def outcome_of(loop: Reconciler) -> Outcome:
    """What stands at the end of a run."""
    book = loop.work.owner.state.book
    path = loop.work.event.library / "book" / "book.pdf"
    return Outcome(
        loop.tally(), path if book else None, book.made.page_count if book else 0, tuple(sorted(loop.held)),
        loop.rules.problems, loop.done, loop.booking.reason,
    )  # fmt: skip


def watch(
    event: Event, around: Surroundings, audience: Audience, stop: threading.Event, signs: Signs | None = None
) -> None:
    """Until told to stop (`safelight watch`): the same cycle, woken early by file events, a draft book when idle.

    `signs` tells a service manager that the watch is ready and that its cycle still turns.
    """
    signs = signs or Signs({})
    with reconciler(event.require(), around, audience, watching=True) as loop, waking(event) as woken:
        work, shown, tallied = loop.work, 0.0, -1e9
        notifier, needs = Notifier(audience.say), 0
        work.alive = signs.alive
        signs.ready()
        while not stop.is_set():
            signs.alive()
            for path in woken.written():
                loop.library.suspect(path)
            changed = loop.cycle()
            now = time.monotonic()
            if work.recipe is not None:
                if now - tallied > NOTIFY_EVERY and not loop.away:
                    needs, tallied = loop.tally().needs_you, now
                _notify(notifier, loop, needs, now)
            if now - shown > (0.5 if changed or work.running else 10.0):
                audience.progress(loop.report())
                shown = now
            if changed:
                continue
            if loop.away:
                stop.wait(5.0)
                continue
            drafting = (work.book_wanted or now - loop.booking.begun_at > work.pace.draft) and work.owner.state.photos
            if loop.idle() or drafting:
                loop.begin_book()
            if work.running or work.aside:
                loop.pause(0.25)
            elif woken.wake.wait(timeout=min(1.0, work.pace.scan)):
                woken.wake.clear()
                stop.wait(0.5)
                loop.scan_soon()
            if now - loop.library.published > 20:
                loop.publish()
        signs.stopping()
        notifier.close()
        loop.farewell()


def _notify(notifier: Notifier, loop: Reconciler, needs: int, now: float) -> None:
    """Tell the event's web address what is red or waits for a person."""
    form = loop.work.recipe.event if loop.work.recipe else None
    if form is None:
        return
    red = {"away": loop.away, "full": loop.work.monotonic() < loop.work.full_until, "rules": bool(loop.rules.problems)}
    situation = Situation(frozenset(code for code, on in red.items() if on), needs)
    notifier.look(now, form.notify, situation, form.name or loop.work.event.root.resolve().name, form.language)


def stop_on_signals(stop: threading.Event) -> None:
    """Ctrl-C and a service's stop end the watch between two cycles."""

    def handle(_number: int, _frame: object) -> None:
        stop.set()

    signal.signal(signal.SIGINT, handle)
    signal.signal(signal.SIGTERM, handle)
