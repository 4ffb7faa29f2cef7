"""When a book is made: its pages, texts, rules or templates changed. What it is made of is `reconcile/book`'s business."""

from __future__ import annotations

from pathlib import Path

from safelight.book.make import book_key, templates_digest
from safelight.model.digests import ObjectId
from safelight.model.errors import SafelightError
from safelight.model.recipe import BookForm
from safelight.model.records import BookMade
from safelight.reconcile.book import book_input, template_folder
from safelight.reconcile.work import Work
from safelight.workers.book import to_json


class Booking:
    """The book of the event being worked on. `reason` says why the last try came to nothing."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.reason = ""
        self.made_at = -1e9
        self._failed = ""
        self._mark: tuple[object, ...] = ()

    def make(self) -> bool:
        """Make the book when something of it changed; True when a new one came of it.

        A book that cannot be made keeps the last good one and is not tried again until something changes.
        """
        work = self.work
        owner, recipe = work.owner, work.recipe
        if recipe is None:
            return False
        design = (recipe.book or BookForm()).design
        templates = template_folder(work.event, design)
        if not templates.is_dir():
            self.reason = f"there is no design “{design}” in templates/"
            return False
        mark = (owner.state.sequence, recipe, _stamp(templates))
        if mark == self._mark and not work.book_wanted:
            return False
        self._mark = mark
        book = book_input(owner, work.planner.plans, recipe, owner.clock(), work.software)
        key = book_key(book, templates_digest(templates))
        last = owner.state.books[-1][0].key if owner.state.books else ""
        if key in {last, self._failed}:
            return False
        job = {"stage": "book", "inputs": {}, "params": {"book": to_json(book), "templates": str(templates)}}
        work.tell("book")
        try:
            made = work.wait_for(job).product
        except SafelightError as fault:
            self._failed, self.reason = key, fault.say(work.language)
            work.tell(self.reason)
            return False
        self.reason = ""
        work.at("book laid out")
        owner.append(
            BookMade(
                key, ObjectId(made["pdf"]), int(made["page_count"]), book.root, book.records, made["pages"],
                made["not_chosen"], made["html"], tuple(made["warnings"]), work.book_wanted,
            )
        )  # fmt: skip
        work.at("book recorded")
        work.book_wanted = ""
        self.made_at = work.monotonic()
        work.dirty = True
        return True


def _stamp(folder: Path) -> tuple[tuple[str, int], ...]:
    """Changes when a template does: names and times, no content read."""
    return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()))
