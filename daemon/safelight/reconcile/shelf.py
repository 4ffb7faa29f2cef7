"""The shelf: the book in `library/book/`, and the status that someone who sees only the share can read.

The status file's name is the message. Both are made from the state and simply made again when they are gone.
"""

from __future__ import annotations

import html
import io
import os
import shutil
import zipfile
from datetime import UTC, datetime

from safelight.files import write_through
from safelight.model.digests import ObjectId
from safelight.model.records import BookMade
from safelight.reconcile.event import Event
from safelight.reconcile.publish import copy_object, hash_file
from safelight.reconcile.tally import Tally
from safelight.reconcile.words import COUNTS, count, note, say

MARK = "_STATUS "


class Shelf:
    """The book's and the status's place in one library."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self._shown = ""
        self._status = ""

    def put(self, books: list[tuple[BookMade, int, str]]) -> None:
        """Show the last book: `book.pdf` and the HTML edition. A book open in a viewer is replaced whole."""
        if not books:
            return
        made = books[-1][0]
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
        fresh, old = folder / ".html.new", folder / ".html.old"
        shutil.rmtree(fresh, ignore_errors=True)
        with zipfile.ZipFile(io.BytesIO(self.event.store.get(name))) as archive:
            archive.extractall(fresh)
        (fresh / ".edition").write_text(name)
        shutil.rmtree(old, ignore_errors=True)
        if (folder / "html").exists():
            os.replace(folder / "html", old)
        os.replace(fresh, folder / "html")
        shutil.rmtree(old, ignore_errors=True)

    def status(self, tally: Tally, language: str, *, running: bool) -> None:
        """The status by file name, and a small page that needs no server and turns red when it grows old."""
        name = status_name(tally, language, running=running)
        library = self.event.library
        if name != self._status or not (library / name).exists():
            for entry in os.listdir(library):
                if entry.startswith(MARK) and entry.endswith(".txt") and entry != name:
                    (library / entry).unlink(missing_ok=True)
            write_through(library / name, note(_lines(tally, language)))
            self._status = name
        now = datetime.now(UTC)
        write_through(library / "_status.html", _page(tally, language, now, running=running))


def status_name(tally: Tally, language: str, *, running: bool) -> str:
    """`_STATUS running  5 waiting  2 need you.txt`."""
    parts = [say("running" if running else "stopped", language)]
    if tally.waiting:
        parts.append(say("waiting", language, n=tally.waiting))
    if tally.needs_you:
        parts.append(say("need_you_one" if tally.needs_you == 1 else "need_you", language, n=tally.needs_you))
    parts.append(say("in_book", language, n=tally.in_book))
    return MARK + "  ".join(parts) + ".txt"


def _lines(tally: Tally, language: str) -> list[str]:
    counts = tally.to_json()
    return [count(key, counts[key], language) for key in ("arrived", *COUNTS)]


def _page(tally: Tally, language: str, now: datetime, *, running: bool) -> bytes:
    title = html.escape(status_name(tally, language, running=running).removeprefix(MARK).removesuffix(".txt"))
    rows = "".join(f"<li>{html.escape(line)}</li>" for line in _lines(tally, language))
    stale = "No sign of life since" if language == "en" else "Aucun signe de vie depuis"
    sign = "Last sign of life" if language == "en" else "Dernier signe de vie"
    watched = "true" if running else "false"
    text = f"""<!doctype html><html lang="{language}"><meta charset="utf-8"><meta http-equiv="refresh" content="20">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>
body{{font:18px/1.5 system-ui,sans-serif;margin:0;background:#1f6f43;color:#fff;padding:2rem;transition:background .3s}}
body.old{{background:#b3261e}} h1{{font-size:1.6rem;margin:0 0 1rem}} ul{{list-style:none;padding:0;margin:0}}
</style><body><h1>{title}</h1><ul>{rows}</ul><p id="sign">{sign} {now:%H:%M:%S} UTC</p>
<script>const at={int(now.timestamp())}*1000;function look(){{if({watched}&&Date.now()-at>60000){{
document.body.className="old";document.getElementById("sign").textContent="{stale} {now:%H:%M:%S} UTC"}}}}
look();setInterval(look,5000)</script></body></html>"""
    return text.encode()
