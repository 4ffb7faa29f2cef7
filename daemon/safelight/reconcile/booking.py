"""When a book is made: its pages, texts, rules or templates changed. What it is made of is `reconcile/book`'s business.

A child makes it while the cycle goes on: `begin` hands over what it is made from, `collect` records what came of it. The
child also finds out whether it would be the last one again, since ranking all pictures of a long race takes seconds.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from safelight.book.context import BookInput, BookPicture
from safelight.model.digests import ObjectId
from safelight.model.errors import DiskFull, SafelightError, by_code
from safelight.model.recipe import BookForm
from safelight.model.records import BookMade
from safelight.reconcile.book import book_input, book_pictures, template_folder
from safelight.reconcile.words import say
from safelight.reconcile.work import Work
from safelight.workers.book import write_input
from safelight.workers.lanes import Answer

BEAT = 256
"""Pictures between two signs of life while the input is written."""
TEMPLATES = 10.0
"""Seconds between two looks at whether a template changed, while nothing else did."""
PAUSE = 60.0
"""Seconds, doubled each time, before a book whose child was lost is tried again."""


@dataclass(frozen=True)
class _Making:
    """A book in a lane: what it is made of, and the request that asked for it."""

    future: Future[Answer]
    book: BookInput
    wanted: str


class Booking:
    """The book of the event being worked on. `reason` says why the last try came to nothing."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.reason = ""
        self.begun_at = -1e9
        self._making: _Making | None = None
        self._failed = ""
        self._mark: tuple[object, ...] = ()
        self._lost = 0
        self._not_before = -1e9
        self._stamped = -1e9

    @property
    def busy(self) -> bool:
        """Whether one is being made."""
        return self._making is not None

    def make(self) -> bool:
        """Make the book when something of it changed, and wait for it; True when a new one came of it."""
        self.begin()
        if self._making is None:
            return False
        self.work.until_done(self._making.future)
        return self.collect()

    def begin(self) -> bool:
        """Have the book made when something changed since the last try; True when a lane has it."""
        work = self.work
        owner, recipe, now = work.owner, work.recipe, work.monotonic()
        if recipe is None or self._making is not None or now < max(self._not_before, work.full_until):
            return False
        same = self._mark[:2] == (owner.state.sequence, recipe) and not work.book_wanted
        if same and now - self._stamped < TEMPLATES:
            return False
        self._stamped = now
        design = (recipe.book or BookForm()).design
        templates = template_folder(work.event, design)
        if not templates.is_dir():
            self.reason = say("no_design", work.language, design=design)
            return False
        mark = (owner.state.sequence, recipe, _stamp(templates))
        if mark == self._mark and not work.book_wanted:
            return False
        book = book_input(owner, work.planner.plans, recipe, owner.clock(), work.software)
        write_input(self._input, book, self._beating(book_pictures(owner, work.planner.plans, recipe)))
        known = [self._failed, owner.state.book.made.key if owner.state.book else ""]
        params = {"input": str(self._input), "templates": str(templates), "known": known}
        work.tell("book")
        future = work.beside({"stage": "book", "inputs": {}, "params": params})
        self._making, self._mark, self.begun_at = _Making(future, book, work.book_wanted), mark, now
        return True

    def collect(self) -> bool:
        """Record the book that a lane has made; True when a new one came of it.

        One that cannot be made keeps the last good one and is not tried again until something changes.
        """
        making, work = self._making, self.work
        if making is None or not making.future.done():
            return False
        try:
            made = making.future.result().product
        except SafelightError as fault:
            self._making = None
            self._lost_it(fault)
            return False
        self.reason, self._lost = "", 0
        if "fault" in made:
            self._failed = made["key"]
            self.reason = by_code(made["fault"])(**made["values"]).say(work.language)
            work.tell(self.reason)
        if "pdf" in made:
            work.at("book laid out")
            work.owner.append(
                BookMade(
                    made["key"], ObjectId(made["pdf"]), int(made["page_count"]), making.book.root, making.book.records,
                    made["pages"], made["not_chosen"], made["html"], tuple(made["warnings"]), making.wanted,
                )
            )  # fmt: skip
            work.at("book recorded")
            work.dirty = True
        self._making = None  # not before: one whose record could not be written is recorded later
        if work.book_wanted == making.wanted:
            work.book_wanted = ""
        with contextlib.suppress(OSError):
            self._input.unlink()
        return "pdf" in made

    def _lost_it(self, fault: SafelightError) -> None:
        """The child came to no answer: nothing is known of this book, and the same may happen again."""
        work = self.work
        self.reason = fault.say(work.language)
        if isinstance(fault, DiskFull):
            work.disk_full(fault)
        else:
            work.tell(self.reason)
        if fault.retry:
            self._mark = ()
        self._not_before = work.monotonic() + PAUSE * 2 ** min(self._lost, 5)
        self._lost += 1

    @property
    def _input(self) -> Path:
        return self.work.cache / "book.jsonl"

    def _beating(self, pictures: Iterable[BookPicture]) -> Iterator[BookPicture]:
        for number, picture in enumerate(pictures):
            if number % BEAT == 0:
                self.work.beat()
            yield picture


def _stamp(folder: Path) -> tuple[tuple[str, int], ...]:
    """Changes when a template does: names and times, no content read."""
    return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()))
