"""Making the book inside a child process: its memory goes back afterwards, and a crash stays there.

What comes in is a BookInput as a file (JSON lines, so that neither side holds it twice) and the templates' folder; what
goes out is the PDF and the zipped HTML edition as objects, the page of every printed picture, why others were not chosen,
and what the preflight has to say; or nothing but the key of a book that is known already.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from safelight.book.context import BookInput, BookPicture
from safelight.model.errors import SafelightError
from safelight.store import Store

if TYPE_CHECKING:
    from safelight.book.make import BookPlan

_INPUT = TypeAdapter(BookInput)
_PICTURE = TypeAdapter(BookPicture)


def write_input(path: Path, book: BookInput, pictures: Iterable[BookPicture]) -> None:
    """`book` on the first line, one of `pictures` on each that follows. Raises OSError."""
    with path.open("wb") as file:
        file.write(_INPUT.dump_json(book) + b"\n")
        for picture in pictures:
            file.write(_PICTURE.dump_json(picture) + b"\n")


def read_input(path: Path) -> BookInput:
    """The inverse: the book with its pictures."""
    with path.open("rb") as file:
        book = _INPUT.validate_json(file.readline())
        return replace(book, pictures=tuple(_PICTURE.validate_json(line) for line in file))


def make(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """The book of the file `input`, unless its key is among `known`: then the key alone.

    A book that cannot be made is told as its key with `fault` and `values`: that one need not be tried again.
    """
    from safelight.book.make import key_of, plan, templates_digest

    book, templates = read_input(Path(params["input"])), Path(params["templates"])
    planned = plan(book)
    key = key_of(book, planned, templates_digest(templates))
    if key in params["known"]:
        return {"key": key}
    try:
        return {"key": key, **_made(store, book, templates, planned)}
    except SafelightError as fault:
        if fault.retry:
            raise
        return {"key": key, "fault": fault.code, "values": fault.values}


def _made(store: Store, book: BookInput, templates: Path, planned: BookPlan) -> dict[str, Any]:
    from safelight.book.make import make_book

    with tempfile.TemporaryDirectory(prefix="safelight-book-") as folder:
        made = make_book(book, templates, store.get, Path(folder), planned)
        return {
            "pdf": store.put(made.pdf.read_bytes()),
            "html": store.put(_zipped(made.html)),
            "pages": dict(made.pages),
            "not_chosen": dict(made.not_chosen),
            "warnings": [warned.say(book.language) for warned in made.warnings],
            "page_count": made.page_count,
        }


def _zipped(folder: Path) -> bytes:
    """The HTML edition as one zip with fixed dates and order: the same pages give the same object."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
                archive.writestr(info, path.read_bytes())
    return buffer.getvalue()
