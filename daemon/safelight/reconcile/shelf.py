"""The shelf: the book in `library/book/`, and the status that someone who sees only the share can read.

The status file's name is the message. Both are made from the state and simply made again when they are gone.
"""

from __future__ import annotations

import io
import os
import shutil
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from safelight.files import write_through
from safelight.model.digests import ObjectId
from safelight.projection.state import Book
from safelight.reconcile.event import Event
from safelight.reconcile.publish import HALF_EDITIONS, copy_object, hash_file
from safelight.reconcile.statuspage import Card, Told, page
from safelight.reconcile.statustext import News, lines
from safelight.reconcile.tally import Tally
from safelight.reconcile.words import note, say

MARK = "_STATUS "
PATIENCE = 10.0
"""Seconds that a status name stands at least."""
SIGN = 15.0
"""Seconds after which the page is written again even if nothing changed: it turns red after 60."""
NONE = News()


class Shelf:
    """The book's and the status's place in one library."""

    def __init__(
        self,
        event: Event,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.event = event
        self.monotonic, self.clock = monotonic, clock
        self._signed = monotonic()
        self._named = -1e9
        self._pending = False
        self._cards: tuple[Card, ...] = ()
        self._shown = ""
        self._status = ""

    def put(self, book: Book | None) -> None:
        """Show the last book: `book.pdf` and the HTML edition. A book open in a viewer is replaced whole."""
        if book is None:
            return
        made = book.made
        folder = self.event.library / "book"
        pdf, page = folder / "book.pdf", folder / "html" / "index.html"
        if self._shown == made.key and pdf.is_file() and page.is_file():
            return
        if not (pdf.is_file() and hash_file(pdf) == made.pdf):
            copy_object(self.event, made.pdf, pdf)
        mark = folder / "html" / ".edition"
        if made.html and not (page.is_file() and mark.is_file() and mark.read_text() == made.html):
            self._unzip(ObjectId(made.html))
        write_through(folder / "preflight.txt", note(list(made.warnings) or ["ok"]))
        self._shown = made.key

    def _unzip(self, name: ObjectId) -> None:
        folder = self.event.library / "book"
        fresh, old = (folder / half for half in HALF_EDITIONS)
        shutil.rmtree(fresh, ignore_errors=True)
        with zipfile.ZipFile(io.BytesIO(self.event.store.get(name))) as archive:
            archive.extractall(fresh)
        (fresh / ".edition").write_text(name)
        shutil.rmtree(old, ignore_errors=True)
        if (folder / "html").exists():
            os.replace(folder / "html", old)
        os.replace(fresh, folder / "html")
        shutil.rmtree(old, ignore_errors=True)

    def due(self) -> bool:
        """Whether the status must be written even if nothing changed: its sign of life ages, or a name had to wait."""
        now = self.monotonic()
        return now - self._signed >= SIGN or (self._pending and now - self._named >= PATIENCE)

    def status(
        self,
        tally: Tally,
        language: str,
        *,
        running: bool,
        cards: tuple[Card, ...] | None = None,
        news: News = NONE,
        zone: tzinfo | None = None,
    ) -> None:
        """The status by file name, its text, and a small page that needs no server and turns red when it grows old.

        `cards` are those of need-you/; without them the last ones count. Network listings are cached, so the name
        changes at most every `PATIENCE` seconds; a run that ends says so at once. Name, text and page are written of one
        moment: while a name has to stand, none of them changes.
        """
        self._cards = self._cards if cards is None else cards
        name, now = status_name(tally, language, running=running), self.monotonic()
        library = self.event.library
        stands = bool(self._status) and (library / self._status).exists()
        self._pending = stands and name != self._status and running and now - self._named < PATIENCE
        if self._pending:
            return
        at = self.clock()
        write_through(library / name, note(lines(tally, news, language, at, zone, running=running)))
        if not stands or name != self._status:
            for entry in os.listdir(library):  # last: a full disk leaves the old one, and there is always one
                if entry.startswith(MARK) and entry.endswith(".txt") and entry != name:
                    (library / entry).unlink(missing_ok=True)
            self._named = now
        self._status = name
        pdf, leaf = (path if (library / path).is_file() else "" for path in ("book/book.pdf", "book/html/index.html"))
        told = Told(tally, running, self._cards, pdf, leaf, news)
        write_through(library / "_status.html", page(told, language, at, zone))
        self._signed = now


def status_name(tally: Tally, language: str, *, running: bool) -> str:
    """`_STATUS running  5 waiting  2 need you.txt`."""
    parts = [say("running" if running else "stopped", language)]
    if tally.waiting:
        parts.append(say("waiting", language, n=tally.waiting))
    if tally.needs_you:
        parts.append(say("need_you_one" if tally.needs_you == 1 else "need_you", language, n=tally.needs_you))
    parts.append(say("in_book", language, n=tally.in_book))
    return MARK + "  ".join(parts) + ".txt"
