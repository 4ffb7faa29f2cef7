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
from dataclasses import dataclass, field
from pathlib import Path

from safelight.files import write_through
from safelight.model.digests import ObjectId
from safelight.model.errors import MissingObject
from safelight.reconcile.event import Event
from safelight.reconcile.names import comparable
from safelight.reconcile.views import View, Views

FOLDERS = ("ok", "retoucher", "exclure", "retouched", "stylized", "need-you", "duplicates")
_FICLONE = 0x40049409


@dataclass(frozen=True)
class Known:
    """What a path held when last looked at: size, mtime in ns, and the SHA-256 of its content."""

    size: int
    mtime: int
    content: str


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
            return cls(path, {name: Known(int(row[0]), int(row[1]), str(row[2])) for name, row in rows.items()})
        except (OSError, ValueError, TypeError, IndexError):
            return cls(path)

    def save(self) -> None:
        """Write it when it changed; a cache that cannot be written costs time only."""
        if not self.changed:
            return
        rows = {name: [known.size, known.mtime, known.content] for name, known in self.files.items()}
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


class Publisher:
    """Brings the view folders to what is wanted."""

    def __init__(self, event: Event, manifest: Manifest) -> None:
        self.event, self.manifest = event, manifest

    def sync(self, wanted: Views) -> int:
        """Write what is missing, remove what is ours and no longer wanted; returns how many files changed.

        Raises DiskFull or OSError; what was written by then is remembered.
        """
        present = listing(self.event.library)
        aliases = {comparable(name): name for name in present}
        changed = 0
        for name, view in wanted.items():
            there = name if name in present else aliases.get(comparable(name))
            if there is None or not self._right(there, view, present[there]):
                if there is not None and not self._ours(there, present[there]):
                    continue
                self._write(name, view)
                changed += 1
        keep = {comparable(name) for name in wanted}
        for name, stat in present.items():
            if comparable(name) not in keep and self._ours(name, stat):
                self._remove(name)
                changed += 1
        self.manifest.save()
        return changed

    def _right(self, name: str, view: View, stat: os.stat_result) -> bool:
        return self.manifest.content(self.event.library, name, stat) == _content(view)

    def _ours(self, name: str, stat: os.stat_result) -> bool:
        """A note, or bytes that the store holds: nothing can be lost by replacing or removing it."""
        if name.endswith(".why.txt"):
            return True
        return self.event.store.has(ObjectId(self.manifest.content(self.event.library, name, stat)))

    def _write(self, name: str, view: View) -> None:
        target = self.event.library / name
        if view.object:
            copy_object(self.event, ObjectId(view.object), target)
        else:
            write_through(target, view.text)
        stat = target.stat()
        self.manifest.files[name] = Known(stat.st_size, stat.st_mtime_ns, _content(view))
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
