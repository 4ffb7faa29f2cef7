"""Requests: how anybody but the owner asks for a record. A small JSON file put in place by rename.

The owner turns each into exactly one record that bears the request's name, then removes the file. A crash between the
two leaves the file; its name is already in the ledger then, so it is removed without a second record.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safelight.files import write_through


@dataclass(frozen=True)
class Request:
    """`kind` is decide, redo, word, book or drop; `body` its plain values; `name` is unique."""

    name: str
    kind: str
    body: dict[str, Any]


class Requests:
    """The folder of waiting requests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, kind: str, body: dict[str, Any], unique: str) -> str:
        """Ask; returns the request's name. `unique` makes it so (the caller's time and randomness)."""
        name = f"{unique}-{kind}"
        write_through(self.folder / f"{name}.json", json.dumps({"kind": kind, "body": body}).encode())
        return name

    def again(self, name: str, kind: str, body: dict[str, Any]) -> None:
        """Ask under a name that was asked by before; what still waits under it is left as it is."""
        path = self.folder / f"{name}.json"
        if not path.exists():
            write_through(path, json.dumps({"kind": kind, "body": body}).encode())

    def waiting(self) -> list[Request]:
        """All waiting requests in order of name; what is no request is left for `audit verify` to count."""
        if not self.folder.is_dir():
            return []
        found = []
        for entry in sorted(os.listdir(self.folder)):
            if entry.startswith(".") or not entry.endswith(".json"):
                continue
            try:
                data = json.loads((self.folder / entry).read_bytes())
                found.append(Request(entry.removesuffix(".json"), str(data["kind"]), dict(data["body"])))
            except (ValueError, KeyError, TypeError, OSError):
                continue
        return found

    def done(self, name: str) -> None:
        """The request is in the ledger: forget the file."""
        (self.folder / f"{name}.json").unlink(missing_ok=True)
