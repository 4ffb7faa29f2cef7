"""Making the book inside a child process: its memory goes back afterwards, and a crash stays there.

What comes in is a BookInput as JSON and the templates' folder; what goes out is the PDF and the zipped HTML edition as
objects, the page of every printed picture, why others were not chosen, and what the preflight has to say.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from safelight.book.context import BookInput
from safelight.store import Store

_INPUT = TypeAdapter(BookInput)


def to_json(book: BookInput) -> Any:
    """A BookInput as plain JSON values."""
    return _INPUT.dump_python(book, mode="json")


def from_json(data: Any) -> BookInput:
    """The inverse."""
    return _INPUT.validate_python(data)


def make(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """The book; raises BookError with the reason when it cannot be made (the last good one then stays)."""
    from safelight.book.make import make_book

    book = from_json(params["book"])
    with tempfile.TemporaryDirectory(prefix="safelight-book-") as folder:
        made = make_book(book, Path(params["templates"]), store.get, Path(folder))
        language = book.language
        return {
            "pdf": store.put(made.pdf.read_bytes()),
            "html": store.put(_zipped(made.html)),
            "pages": dict(made.pages),
            "not_chosen": dict(made.not_chosen),
            "warnings": [warned.say(language) for warned in made.warnings],
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
