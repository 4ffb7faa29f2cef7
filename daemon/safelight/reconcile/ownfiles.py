"""Files of ours in folders where people write too (`rules/`, `try/`): told from theirs before anything is replaced.

A file is ours when it still is what we wrote: same size and time, or the same content. The memory of that lies in the
user's cache folder; when it is lost, ours are known by a mark: notes begin with a byte-order mark, pictures bear a JPEG
comment. A file that a person wrote, or wrote into, is never replaced nor removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from safelight.files import write_through
from safelight.reconcile.names import comparable
from safelight.reconcile.publish import MARK, Known, Manifest, hash_file

COMMENT = b"Safelight"
"""Stands near the start of every picture of ours in such a folder."""


class OwnFiles:
    """Our files below `root`, by path relative to it. `memory` is a file in the cache.

    `fence` is called before anything is written or removed; it raises where this process may not write any more.
    """

    def __init__(self, root: Path, memory: Path, fence: Callable[[], None] = lambda: None) -> None:
        self.root, self._fence = root, fence
        self._memory = Manifest.load(memory)

    def ours(self, name: str) -> bool:
        """Whether the file at `name` is one of ours, untouched. One that is not there is nobody's. Raises OSError."""
        path = self.root / name
        stat = path.stat()
        known = self._memory.files.get(name)
        if known is not None:
            return (known.size, known.mtime) == (stat.st_size, stat.st_mtime_ns) or hash_file(path) == known.content
        with path.open("rb") as file:
            start = file.read(4096)
        return start.startswith(MARK) if name.endswith(".txt") else COMMENT in start

    def put(self, name: str, data: bytes) -> bool:
        """Write the file unless it stands there already; False when a person's file is in the way. Raises OSError."""
        path = self.root / name
        if path.exists():
            if not self.ours(name):
                return False
            if path.stat().st_size == len(data) and path.read_bytes() == data:
                self._note(name, data)
                return True
        self._fence()
        write_through(path, data)
        self._note(name, data)
        return True

    def remove(self, name: str) -> bool:
        """Remove the file when it is ours; True when it was."""
        try:
            if not self.ours(name):
                return False
            self._fence()
            (self.root / name).unlink()
        except OSError:
            return False
        self._memory.forget(name)
        self._memory.save()
        return True

    def sync(self, wanted: Mapping[str, bytes], mine: Callable[[str], bool], folder: str = "") -> list[str]:
        """Bring the files of one folder whose names are `mine` to what is wanted; returns names that a person holds."""
        held = []
        keep = {comparable(name) for name in wanted}
        with contextlib.suppress(OSError):
            for name in os.listdir(self.root / folder):
                if mine(name) and comparable(name) not in keep:
                    self.remove(f"{folder}/{name}" if folder else name)
        for name, data in wanted.items():
            if not self.put(f"{folder}/{name}" if folder else name, data):
                held.append(name)
        return held

    def _note(self, name: str, data: bytes) -> None:
        stat = (self.root / name).stat()
        known = Known(stat.st_size, stat.st_mtime_ns, hashlib.sha256(data).hexdigest(), written=True)
        if self._memory.files.get(name) != known:
            self._memory.remember(name, known)
        self._memory.save()
