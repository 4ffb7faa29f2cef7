"""The book is made beside the work: the cycle goes on, and what comes of it is recorded once and only when it is new."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

import book_samples as samples
from loop_world import Day, Inline, day
from safelight import defaults
from safelight.model.errors import WorkerLost
from safelight.model.records import BookMade, Dropped
from safelight.reconcile.booking import PAUSE, TEMPLATES
from safelight.workers.book import read_input, write_input
from safelight.workers.child import answer
from safelight.workers.lanes import Answer
from world import jpeg, put


class Printer(Inline):
    """Lanes whose books wait until `print` makes them, with the child's own code."""

    def __init__(self, day: Day) -> None:
        super().__init__(day.event)
        self.books: list[tuple[dict[str, Any], Future[Answer]]] = []

    def submit(self, job: Mapping[str, Any]) -> Future[Answer]:
        """A future that stays open for a book."""
        if job["stage"] != "book":
            return super().submit(job)
        self.books.append((dict(job), Future()))
        return self.books[-1][1]

    def print(self) -> dict[str, Any]:
        """Do the one that waits; what the child answered."""
        (job, future), self.books = self.books[0], self.books[1:]
        told = answer(self.store, job)
        future.set_result(Answer(told["done"], told["seconds"]))
        return dict(told["done"])


@pytest.fixture
def at_work(tmp_path: Path) -> Callable[[], tuple[Day, Printer]]:
    """A day with one photo, its lanes a printer's."""

    def begin() -> tuple[Day, Printer]:
        made = day(tmp_path, 1)
        made.later(20)
        printer = Printer(made)
        made.at_work.work.lanes = printer  # type: ignore[assignment]
        return made, printer

    return begin


def test_photos_are_taken_in_while_a_book_is_laid_out(at_work: Callable[[], tuple[Day, Printer]]) -> None:
    """A drop during the making is in the ledger before the book, whose root covers only what it was made from."""
    made, printer = at_work()
    assert made.at_work.begin_book()
    assert "laying out the book" in made.at_work.report().running
    put(made.root / "inbox/marie/late.jpg", jpeg(99))
    made.later(20)
    records = made.facts(Dropped)
    assert len(records) == 2
    assert not made.facts(BookMade)
    printer.print()
    made.later(2)
    (book,) = made.facts(BookMade)
    before = [record.fact for record in made.event.journal.read().records][: book.records]
    assert records[1] not in before
    assert made.at_work.begin_book(), "the late one belongs into the next"


def test_a_book_that_would_be_the_same_is_not_made_again(at_work: Callable[[], tuple[Day, Printer]]) -> None:
    """A duplicate changes the ledger and no page: the child answers with the key alone, and nobody asks again."""
    made, printer = at_work()
    made.at_work.begin_book()
    printer.print()
    made.later(2)
    put(made.root / "inbox/marie/again.jpg", (made.library / "ok/marie/ok 0.jpg").read_bytes())
    made.later(20)
    assert made.at_work.begin_book()
    assert set(printer.print()) == {"key"}
    made.later(2)
    assert len(made.facts(BookMade)) == 1
    assert not made.at_work.begin_book()


def test_a_wish_for_a_book_that_stands_is_answered(at_work: Callable[[], tuple[Day, Printer]]) -> None:
    """Asked for a book although nothing changed: looked at once, and not for ever."""
    made, printer = at_work()
    made.at_work.begin_book()
    printer.print()
    made.later(2)
    made.event.requests.put("book", {}, "0001")
    made.later(4)
    assert made.at_work.begin_book()
    printer.print()
    made.later(2)
    assert not made.at_work.work.book_wanted
    assert not made.at_work.begin_book()


def test_a_lost_child_costs_a_pause(at_work: Callable[[], tuple[Day, Printer]]) -> None:
    """A book whose child died is told and tried again after a minute, then after two."""
    made, printer = at_work()
    for pause in (PAUSE, 2 * PAUSE):
        assert made.at_work.begin_book()
        printer.books.pop()[1].set_exception(WorkerLost(stage="book", reason="killed"))
        made.later(2)
        assert "killed" in made.at_work.booking.reason
        assert not made.at_work.begin_book()
        made.now += pause
    assert made.at_work.begin_book()
    printer.print()
    made.later(2)
    assert made.at_work.booking.reason == ""
    assert len(made.facts(BookMade)) == 1


def test_broken_templates_wait_for_other_templates(at_work: Callable[[], tuple[Day, Printer]]) -> None:
    """A book that its templates make impossible keeps the last one, and is tried again once they are changed."""
    made, printer = at_work()
    own = made.event.templates / "album"
    shutil.copytree(defaults.folder("templates") / "album", own)
    page = own / "pages/half_title.html"
    good = page.read_text("utf-8")
    page.write_text("{{ no_such_thing.at_all }}", "utf-8")
    made.at_work.begin_book()
    assert printer.print()["fault"] == "book"
    made.later(2)
    assert made.at_work.booking.reason
    assert not made.facts(BookMade)
    assert not made.at_work.begin_book()
    page.write_text(good + " ", "utf-8")
    made.now += TEMPLATES
    assert made.at_work.begin_book()
    assert "pdf" in printer.print()


@pytest.mark.parametrize("count", [0, 1, 14])
def test_the_input_survives_its_file(tmp_path: Path, count: int) -> None:
    """What the child reads is what the owner wrote, one picture a line."""
    book, _ = samples.book(count)
    path = tmp_path / "book.jsonl"
    write_input(path, samples.book(0)[0], iter(book.pictures))
    assert read_input(path).pictures == book.pictures
    assert len(path.read_bytes().splitlines()) == 1 + count
