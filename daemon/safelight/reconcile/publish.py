"""Writing the views into `library/` and taking away the ones that are no longer wanted.

Only files that this program put there, or whose bytes the store holds, are ever replaced or removed; whatever a person
put in the way stays. A manifest in the user's cache folder (path → size, time, content) makes a pass over unchanged
views one stat each; it may be deleted at any time: then files are hashed once.

Views are copies, so that an editor writing in place cannot harm the store; where the file system can share blocks
(reflinks) the copy costs nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from safelight.files import LEFTOVER, temporary, write_through
from safelight.model.digests import ObjectId
from safelight.model.errors import DamagedObject, MissingObject, SafelightError
from safelight.reconcile.event import Event
from safelight.reconcile.names import comparable
from safelight.reconcile.sight import Entry, Sight
from safelight.reconcile.views import View, Views

FOLDERS = ("ok", "retoucher", "exclure", "retouched", "stylized", "need-you", "duplicates")
HALF_EDITIONS = (".html.new", ".html.old")
"""Where the book's HTML edition is unpacked, and what it replaces, while that is done."""
_FICLONE = 0x40049409
SPARE_LINES = 1000
"""Lines of the past that the manifest's file may hold beyond as many as there are files."""
MARK = b"\xef\xbb\xbf"
"""Every note of ours begins with this byte-order mark."""


@dataclass(frozen=True)
class Known:
    """What a path held when last looked at: size, mtime in ns, SHA-256 of its content, and whether we wrote it."""

    size: int
    mtime: int
    content: str
    written: bool = False


@dataclass
class Manifest:
    """The memory of what stands where, kept in a cache file.

    The file is a list of lines, one path each, later ones counting: `[path, size, mtime, content, written]`, or `[path]`
    for a file that is gone. What changed is added to its end, so that remembering costs what changed and not what there
    is; it is written anew once most of its lines are of the past. A line cut off by a crash counts for nothing.
    """

    path: Path
    files: dict[str, Known] = field(default_factory=dict)
    _changed: set[str] = field(default_factory=set)
    _lines: int = -1
    """Lines in the file; -1 where it must be written anew."""

    @classmethod
    def load(cls, path: Path) -> Manifest:
        """Read it; nothing or rubbish is an empty manifest."""
        files: dict[str, Known] = {}
        try:
            lines = path.read_bytes().split(b"\n")
        except OSError:
            return cls(path)
        for line in lines[:-1]:
            try:
                name, *row = json.loads(line)
                files.pop(name, None)
                if row:
                    files[name] = Known(int(row[0]), int(row[1]), str(row[2]), bool(row[3]))
            except (ValueError, TypeError, IndexError):
                return cls(path, files)
        return cls(path, files, _lines=len(lines) - 1 if not lines[-1] else -1)

    def save(self) -> None:
        """Write what changed; a cache that cannot be written costs time only."""
        if not self._changed:
            return
        anew = self._lines < 0 or self._lines + len(self._changed) > 2 * len(self.files) + SPARE_LINES
        names = self.files if anew else sorted(self._changed)
        data = b"".join(self._line(name) for name in names)
        try:
            if anew:
                write_through(self.path, data)
            else:
                with self.path.open("r+b") as file:  # never made here: a file deleted meanwhile is written anew
                    file.seek(0, os.SEEK_END)
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
        except OSError:
            self._lines = -1
            return
        self._lines = len(names) + (0 if anew else self._lines)
        self._changed.clear()

    def _line(self, name: str) -> bytes:
        known = self.files.get(name)
        row = [name] if known is None else [name, known.size, known.mtime, known.content, known.written]
        return json.dumps(row, ensure_ascii=True).encode() + b"\n"

    def remember(self, name: str, known: Known) -> None:
        """What stands at this path now."""
        self.files[name] = known
        self._changed.add(name)

    def known(self, name: str, entry: Entry) -> str | None:
        """The content of a file whose size and time are as remembered; None when it must be read."""
        known = self.files.get(name)
        return known.content if known and (known.size, known.mtime) == (entry.size, entry.mtime) else None

    def content(self, root: Path, name: str, entry: Entry) -> str:
        """The SHA-256 of the file, from memory while size and time are the same."""
        known = self.known(name, entry)
        if known is None:
            known = hash_file(root / name)
            self.remember(name, Known(entry.size, entry.mtime, known))
        return known

    def forget(self, name: str) -> None:
        """The file is gone."""
        if self.files.pop(name, None) is not None:
            self._changed.add(name)


def hash_file(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sweep(event: Event) -> None:
    """Remove what a killed process left half written wherever files are shown or noted; only the owner may."""
    for path in (event.store.root / "tmp").glob("*"):
        path.unlink(missing_ok=True)
    deep = [(event.library / folder).rglob(".*.tmp") for folder in (*FOLDERS, "book")]
    flat = [
        folder.glob(".*.tmp") for folder in (event.library, event.rules, event.rules / ".history", event.root / "try")
    ]
    lease = event.hidden.glob(".lease.*.tmp")
    for path in chain(*deep, *flat, lease):
        if LEFTOVER.fullmatch(path.name):
            path.unlink(missing_ok=True)
    for half in HALF_EDITIONS:
        shutil.rmtree(event.library / "book" / half, ignore_errors=True)


Fault = SafelightError | OSError


class Publisher:
    """Brings single paths of the view folders to what is wanted; `sight` knows what stands there.

    `known` tells whether bytes of this digest arrived or were made here, so that a file with them may go.
    """

    def __init__(self, event: Event, manifest: Manifest, sight: Sight, known: Callable[[str], bool]) -> None:
        self.event, self.manifest, self.sight, self.known = event, manifest, sight, known
        self.changed = 0
        self.fence: Callable[[], None] = lambda: None
        """Called before a view is written or removed: raises when the event is no longer ours."""

    def sync(self, wanted: Views, todo: Iterable[str], settled: Callable[[str], bool], now: float) -> dict[str, Fault]:
        """Write what is missing among `todo`, remove what is ours and no longer wanted; returns what could not be done.

        One damaged object or unreadable file costs its own view only; a full disk ends the pass (DiskFull, OSError), and
        what was written by then is remembered. `settled` tells whether a file that we did not write stands still.
        """
        faults: dict[str, Fault] = {}
        keys: set[str] | None = None
        self.changed = 0
        try:
            for path in todo:
                try:
                    view = wanted.get(path)
                    if view is not None:
                        self._show(path, view, now)
                    elif path in self.sight.entries:
                        keys = {comparable(name) for name in wanted} if keys is None else keys
                        if comparable(path) not in keys:
                            self._withdraw(path, settled)
                except (DamagedObject, PermissionError, FileNotFoundError) as fault:
                    faults[path] = fault
        finally:
            self.manifest.save()
        return faults

    def right(self, path: str, view: View) -> bool:
        """Whether what stands at this very path is what the view wants."""
        entry = self.sight.entries.get(path)
        return entry is not None and self.manifest.content(self.event.library, path, entry) == view.content

    def _show(self, path: str, view: View, now: float) -> None:
        there = self.sight.there(path)
        if there is not None and (self.right(there, view) or not self._ours(there) or not self._still(there)):
            return
        self.fence()
        target = self.event.library / path
        if view.object:
            copy_object(self.event, ObjectId(view.object), target)
        else:
            write_through(target, view.text)
        stat = self.sight.wrote(path, now)
        self.manifest.remember(path, Known(stat.st_size, stat.st_mtime_ns, view.content, written=True))
        self.changed += 1
        if there is not None and there != path and not target.samefile(self.event.library / there):
            self._remove(there)

    def _withdraw(self, path: str, settled: Callable[[str], bool]) -> None:
        """Take away a view of ours; what a person just put there is let stand until it is clear what it is."""
        known, entry = self.manifest.files.get(path), self.sight.entries[path]
        written = known is not None and known.written and (known.size, known.mtime) == (entry.size, entry.mtime)
        if (written or settled(path)) and self._ours(path) and self._still(path):
            self._remove(path)
            self.changed += 1

    def _ours(self, path: str) -> bool:
        """A note of ours, or bytes that are known: nothing can be lost by replacing or removing it.

        With a lost manifest a note is known by the mark that ours begin with.
        """
        entry = self.sight.entries[path]
        if path.endswith(".why.txt"):
            known = self.manifest.files.get(path)
            if known is not None and known.written:
                return (known.size, known.mtime) == (entry.size, entry.mtime)
            with (self.event.library / path).open("rb") as file:
                return file.read(3) == MARK
        return self.known(self.manifest.content(self.event.library, path, entry))

    def _still(self, path: str) -> bool:
        """Whether the file is as it was looked at: what a person saves this very moment is not touched."""
        entry, stat = self.sight.entries[path], os.stat(self.event.library / path)
        return (entry.size, entry.mtime) == (stat.st_size, stat.st_mtime_ns)

    def _remove(self, name: str) -> None:
        self.fence()
        path = self.event.library / name
        path.unlink(missing_ok=True)
        self.manifest.forget(name)
        self.sight.removed(name)
        folder = path.parent
        while self.event.library not in {folder, folder.parent}:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent


def elsewhere(event: Event, content: str, size: int) -> bool:
    """Whether these bytes lie somewhere people put files: the inbox, `try/`, beside the view folders, the event itself."""
    flat = (event.root, event.library)
    deep = (event.inbox, event.root / "try")
    files = [path for folder in flat if folder.is_dir() for path in folder.iterdir()]
    files += [path for folder in deep for path in folder.rglob("*")]
    files += event.claimed.glob("*/file")
    for path in files:
        try:
            if path.is_file() and path.stat().st_size == size and hash_file(path) == content:
                return True
        except OSError:
            continue
    return False


def copy_object(event: Event, name: ObjectId, target: Path) -> None:
    """Put a copy of an object at `target` by temporary file and rename, sharing blocks where possible."""
    target.parent.mkdir(parents=True, exist_ok=True)
    source = event.store.path(name)
    fresh = temporary(target)
    try:
        if not _clone(source, fresh):
            shutil.copyfile(source, fresh)
        if hash_file(fresh) != name:  # bytes that turned over on the disk are not shown to anybody
            raise DamagedObject(object=name)
        os.replace(fresh, target)
    except FileNotFoundError:
        raise MissingObject(object=name) from None
    finally:
        fresh.unlink(missing_ok=True)


def _clone(source: Path, target: Path) -> bool:
    """A reflink (Linux FICLONE: btrfs, XFS); False where the file system has none."""
    try:
        import fcntl

        with source.open("rb") as reader, target.open("wb") as writer:
            fcntl.ioctl(writer.fileno(), _FICLONE, reader.fileno())
    except (ImportError, OSError):
        return False
    return True
