"""What all commands share: the event and its language, the surroundings, options, progress on the screen, results."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Output = Annotated[Path, typer.Option("-o", help="The file to write.")]
_event = Path()


def set_event_folder(folder: Path) -> None:
    """From here on commands are about this event: said once, before the command."""
    global _event
    _event = folder


def event_folder() -> Path:
    """The event's folder as it was given."""
    return _event


def this_event() -> Any:
    """The event the command is about."""
    from safelight import app as use

    return use.Event(_event)


def spoken() -> str:
    """The event's language, English where there is none."""
    from safelight import app as use

    try:
        return use.language_of(this_event())
    except Exception:  # noqa: BLE001 - the language of an error message must never hide the error
        return "en"


def surroundings() -> Any:
    """Where this process works: environment and processors."""
    from safelight import app as use

    return use.Surroundings.of(os.environ, os.cpu_count())


def show(value: Any, as_json: bool, lines: Callable[[], list[str]]) -> None:
    """The result: as one JSON document, or the lines made of it."""
    if as_json:
        print(json.dumps(value, ensure_ascii=False, indent=1, default=str))
    else:
        print("\n".join(lines()))


def asked_line(item: Any) -> str:
    """What was asked of the owner, and whether it is on record already."""
    return f"{item.told}: {'recorded' if item.recorded else 'asked, not yet recorded'}"


def print_error(text: str) -> None:
    """A sentence to standard error."""
    print(text, file=sys.stderr)


class Screen:
    """Progress for people: one moving line on a terminal, a plain line every few seconds elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        from safelight import app as use

        self._line, self._language = use.progress_line, spoken()
        self._stream = sys.stderr
        self._moving = self._stream.isatty() and not quiet
        self._quiet = quiet
        self._last = ""
        self._next = 0.0

    def progress(self, report: Any) -> None:
        """One line: how much is done, what is being done, time left."""
        self.line(self._line(report, self._language))

    def line(self, text: str) -> None:
        """The moving line says this now."""
        import time

        if self._quiet or text == self._last:
            return
        if self._moving:
            self._stream.write("\r\x1b[2K" + text[:150])
            self._stream.flush()
        elif time.monotonic() >= self._next:
            print(text, file=self._stream, flush=True)
            self._next = time.monotonic() + 5.0
        self._last = text

    def say(self, text: str) -> None:
        """A sentence on a line of its own."""
        if text == "book":
            text = "Mise en page du livre …" if self._language == "fr" else "Laying out the book …"
        print(("\r\x1b[2K" if self._moving else "") + text, file=self._stream, flush=True)

    def end(self) -> None:
        """Leave the moving line."""
        if self._moving and self._last:
            self._stream.write("\n")
