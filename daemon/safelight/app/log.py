"""The event's log: one line a fact and a sentence told, as text or JSON lines, in `library/.safelight/log/`.

For whoever looks after the machine; the ledger stays the truth. Files turn over at LARGEST bytes and KEPT are kept. A
folder that is away or full loses lines and nothing else: logging never stops the race, and never makes a folder where an
absent share was. Facts name photos by the first twelve digits of their number; only sentences that were told to people
may name a file, as they did on the screen.
"""

from __future__ import annotations

import json
import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Literal

from safelight.model.records import Record

LARGEST = 5_000_000
"""Bytes of one log file."""
KEPT = 5
Form = Literal["text", "json"]
PLAIN = ("stage", "rule", "backend", "seconds", "code", "verdict", "by", "places", "place", "to", "part", "file",
         "version", "page_count", "again", "work", "tries", "host", "pid")  # fmt: skip
"""Values of facts that are neither personal nor long."""


class _Quiet(RotatingFileHandler):
    """A file that may be away: what cannot be written is dropped without a word."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        del record


class EventLog:
    """Where one process writes lines. Call `close` in the end."""

    def __init__(self, folder: Path, form: Form, largest: int = LARGEST) -> None:
        self._form = form
        try:
            if folder.parent.is_dir():
                folder.mkdir(exist_ok=True)
        except OSError:
            pass
        name = "event.jsonl" if form == "json" else "event.log"
        self._handler = _Quiet(folder / name, maxBytes=largest, backupCount=KEPT, encoding="utf-8", delay=True)
        self._handler.setFormatter(logging.Formatter("%(message)s"))

    def record(self, record: Record) -> None:
        """A fact was recorded."""
        self._write(fields_of(record))

    def owned(self, time: str, kind: str, epoch: int) -> None:
        """The event was taken or given up by this process."""
        self._write({"time": time, "kind": kind, "epoch": epoch, "pid": os.getpid()})

    def told(self, time: str, text: str) -> None:
        """A sentence was told to people: its first line."""
        self._write({"time": time, "kind": "told", "text": text.splitlines()[0][:200] if text else ""})

    def close(self) -> None:
        """Close the file."""
        self._handler.close()

    def _write(self, fields: dict[str, Any]) -> None:
        line = json.dumps(fields, ensure_ascii=False) if self._form == "json" else as_text(fields)
        self._handler.handle(logging.LogRecord("safelight", logging.INFO, "", 0, line, None, None))


def fields_of(record: Record) -> dict[str, Any]:
    """What a log says of a record: when, which, what kind, which photo, and the plain values of the fact."""
    fact = record.fact
    fields: dict[str, Any] = {"time": record.time, "record": record.sequence, "epoch": record.epoch, "kind": fact.kind}
    photo = getattr(fact, "photo", "") or getattr(fact, "object", "")
    if photo:
        fields["photo"] = photo[:12]
    for name in PLAIN:
        value = getattr(fact, name, None)
        if value not in (None, "", (), False):
            fields[name] = list(value) if isinstance(value, tuple) else value
    return fields


def as_text(fields: dict[str, Any]) -> str:
    """The same on a line for eyes."""
    first = [str(fields[name]) for name in ("time", "kind", "photo") if name in fields]
    rest = [
        f"{name}={value}" for name, value in fields.items() if name not in {"time", "kind", "photo", "epoch", "text"}
    ]
    return " ".join([*first, *rest, str(fields.get("text", ""))]).rstrip()


def turn_over(path: Path, largest: int = LARGEST) -> None:
    """A log that others only append to (workers, faults) moves aside once it is large; one older file is kept."""
    try:
        if path.stat().st_size > largest:
            os.replace(path, path.with_name(path.name + ".1"))
    except OSError:
        return
