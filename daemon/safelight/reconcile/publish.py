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
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from safelight.files import write_through
from safelight.model.digests import ObjectId
from safelight.model.errors import DamagedObject, MissingObject, SafelightError
from safelight.reconcile.event import Event
from safelight.reconcile.names import comparable
from safelight.reconcile.views import View, Views

FOLDERS = ("ok", "retoucher", "exclure", "retouched", "stylized", "need-you", "duplicates")
_FICLONE = 0x40049409
MARK = b"\xef\xbb\xbf"
"""Every note of ours begins with this byte-order mark."""
_LEFTOVER = re.compile(r"\.\d+-[0-9a-f]{16}\.tmp")


@dataclass(frozen=True)
class Known:
    """What a path held when last looked at: size, mtime in ns, SHA-256 of its content, and whether we wrote it."""

    size: int
    mtime: int
    content: str
    written: bool = False


@dataclass
class Manifest:
    """The memory of what stands where, kept in a cache file; `changed` since it was last saved."""

    path: Path
    files: dict[str, Known] = field(default_factory=dict)
    changed: bool = False

    @classmethod
    def load(cls, path: Path) -> Manifest:
        """Read it; nothing or rubbish is an empty manifest."""
        try:
            rows = json.loads(path.read_bytes())
            return cls(
                path, {name: Known(int(row[0]), int(row[1]), str(row[2]), bool(row[3])) for name, row in rows.items()}
            )
        except (OSError, ValueError, TypeError, IndexError):
            return cls(path)

    def save(self) -> None:
        """Write it when it changed; a cache that cannot be written costs time only."""
        if not self.changed:
            return
        rows = {name: [known.size, known.mtime, known.content, known.written] for name, known in self.files.items()}
        try:
            write_through(self.path, json.dumps(rows, ensure_ascii=True).encode())
            self.changed = False
        except OSError:
            return

    def content(self, root: Path, name: str, stat: os.stat_result) -> str:
        """The SHA-256 of the file, from memory while size and time are the same."""
        known = self.files.get(name)
        if known and (known.size, known.mtime) == (stat.st_size, stat.st_mtime_ns):
            return known.content
        content = hash_file(root / name)
        self.files[name] = Known(stat.st_size, stat.st_mtime_ns, content)
        self.changed = True
        return content

    def forget(self, name: str) -> None:
        """The file is gone."""
        if self.files.pop(name, None) is not None:
            self.changed = True


def hash_file(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def listing(library: Path, folders: tuple[str, ...] = FOLDERS) -> dict[str, os.stat_result]:
    """Every file in the view folders: path relative to the library → stat. Unreadable folders raise OSError."""
    found: dict[str, os.stat_result] = {}
    for folder in folders:
        top = library / folder
        if top.is_dir():
            _list(top, folder, found)
    return found


def _list(folder: Path, prefix: str, found: dict[str, os.stat_result]) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = f"{prefix}/{entry.name}"
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                _list(Path(entry.path), name, found)
            elif entry.is_file(follow_symlinks=False):
                found[name] = entry.stat(follow_symlinks=False)


def sweep(event: Event) -> None:
    """Remove temporary files that a killed process left in the store and among the views; only the owner may."""
    for path in (event.store.root / "tmp").glob("*"):
        path.unlink(missing_ok=True)
    for folder in FOLDERS:
        for path in (event.library / folder).rglob(".*.tmp"):
            if _LEFTOVER.fullmatch(path.name):
                path.unlink(missing_ok=True)


class Publisher:
    """Brings the view folders to what is wanted."""

    def __init__(self, event: Event, manifest: Manifest) -> None:
        self.event, self.manifest = event, manifest
        self.changed = 0

    def sync(self, wanted: Views, present: dict[str, os.stat_result] | None = None) -> list[SafelightError | OSError]:
        """Write what is missing, remove what is ours and no longer wanted; returns what could not be done.

        `present` is the listing that gestures were read from: what a person moves after it was taken is neither removed
        nor put back before the next look. One damaged object or unreadable file costs its own view only; a full disk
        ends the pass (DiskFull, OSError), and what was written by then is remembered.
        """
        present = listing(self.event.library) if present is None else present
        aliases = {comparable(name): name for name in present}
        faults: list[SafelightError | OSError] = []
        self.changed = 0
        for name, view in wanted.items():
            there = name if name in present else aliases.get(comparable(name))
            try:
                self._show(name, view, there, present)
            except (DamagedObject, PermissionError, FileNotFoundError) as fault:
                faults.append(fault)
        keep = {comparable(name) for name in wanted}
        for name, stat in present.items():
            try:
                if comparable(name) not in keep and self._ours(name, stat):
                    self._remove(name)
                    self.changed += 1
            except (PermissionError, FileNotFoundError) as fault:
                faults.append(fault)
        self.manifest.save()
        return faults

    def _show(self, name: str, view: View, there: str | None, present: dict[str, os.stat_result]) -> None:
        if there is not None and self._right(there, view, present[there]):
            return
        if there is not None and not self._ours(there, present[there]):
            return
        self._write(name, view)
        self.changed += 1
        if there is not None and there != name and not (self.event.library / name).samefile(self.event.library / there):
            self._remove(there)

    def _right(self, name: str, view: View, stat: os.stat_result) -> bool:
        return self.manifest.content(self.event.library, name, stat) == _content(view)

    def _ours(self, name: str, stat: os.stat_result) -> bool:
        """A note of ours, or bytes that the store holds: nothing can be lost by replacing or removing it.

        With a lost manifest a note is known by the mark that ours begin with.
        """
        if name.endswith(".why.txt"):
            known = self.manifest.files.get(name)
            if known is not None and known.written:
                return (known.size, known.mtime) == (stat.st_size, stat.st_mtime_ns)
            with (self.event.library / name).open("rb") as file:
                return file.read(3) == MARK
        return self.event.store.has(ObjectId(self.manifest.content(self.event.library, name, stat)))

    def _write(self, name: str, view: View) -> None:
        target = self.event.library / name
        if view.object:
            copy_object(self.event, ObjectId(view.object), target)
        else:
            write_through(target, view.text)
        stat = target.stat()
        self.manifest.files[name] = Known(stat.st_size, stat.st_mtime_ns, _content(view), written=True)
        self.manifest.changed = True

    def _remove(self, name: str) -> None:
        path = self.event.library / name
        path.unlink(missing_ok=True)
        self.manifest.forget(name)
        folder = path.parent
        while self.event.library not in {folder, folder.parent}:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent


def _content(view: View) -> str:
    return view.object or hashlib.sha256(view.text).hexdigest()


def copy_object(event: Event, name: ObjectId, target: Path) -> None:
    """Put a copy of an object at `target` by temporary file and rename, sharing blocks where possible."""
    target.parent.mkdir(parents=True, exist_ok=True)
    source = event.store.path(name)
    temporary = target.with_name(f".{os.getpid()}-{name[:16]}.tmp")
    try:
        if not _clone(source, temporary):
            shutil.copyfile(source, temporary)
        os.replace(temporary, target)
    except FileNotFoundError:
        raise MissingObject(object=name) from None
    finally:
        temporary.unlink(missing_ok=True)


def _clone(source: Path, target: Path) -> bool:
    """A reflink (Linux FICLONE: btrfs, XFS); False where the file system has none."""
    try:
        import fcntl

        with source.open("rb") as reader, target.open("wb") as writer:
            fcntl.ioctl(writer.fileno(), _FICLONE, reader.fileno())
    except (ImportError, OSError):
        return False
    return True
