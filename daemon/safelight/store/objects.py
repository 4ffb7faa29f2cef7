"""The object store: a plain folder of immutable files named by the SHA-256 of their bytes.

Promise: after `put` returns, the bytes are on disk under their name and survive a crash; a crash in the middle leaves
at worst a temporary file. `get` hashes what it read and raises rather than hand out changed bytes. Nothing here ever
deletes an object, nor mends one: a damaged object is reported and left for a person.

Layout: `<root>/ab/abcdef…` (first two hex digits as folder), temporary files in `<root>/tmp/`. Safe on network shares:
only create, fsync and rename are used, and two writers of the same bytes end with the same file.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from safelight.files import sync_folder
from safelight.model.digests import ObjectId, object_id
from safelight.model.errors import DamagedObject, DiskFull, MissingObject, SafelightError, ShareAway

_CHUNK = 1 << 20
_FOLDERS: set[Path] = set()


class Store:
    """Objects below `root`, which is made when missing (the folder above it must be there)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._temporary = root / "tmp"

    def path(self, name: ObjectId) -> Path:
        """Where the object is or would be; no promise that it exists."""
        return self.root / name[:2] / name

    def has(self, name: ObjectId) -> bool:
        """Whether a file of this name is there (not whether its bytes are right)."""
        return self.path(name).is_file()

    def put(self, data: bytes) -> ObjectId:
        """Keep these bytes; returns their name. Known bytes cost one stat."""
        name = object_id(data)
        if self.has(name):
            return name
        temporary = self._new_temporary()
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            self._settle(temporary, name)
        except OSError as fault:
            raise self._told(fault, len(data)) from fault
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        return name

    def put_file(self, source: Path) -> tuple[ObjectId, int]:
        """Keep a copy of a file; returns its name and size. The source is read once and left alone."""
        temporary = self._new_temporary()
        size = 0
        try:
            hasher = hashlib.sha256()
            with source.open("rb") as reader, temporary.open("wb") as writer:
                while chunk := reader.read(_CHUNK):
                    hasher.update(chunk)
                    writer.write(chunk)
                    size += len(chunk)
                writer.flush()
                os.fsync(writer.fileno())
            name = ObjectId(hasher.hexdigest())
            if not self.has(name):
                self._settle(temporary, name)
        except OSError as fault:
            raise self._told(fault, size) from fault
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        return name, size

    def get(self, name: ObjectId) -> bytes:
        """The bytes, hashed again; raises MissingObject or DamagedObject."""
        try:
            data = self.path(name).read_bytes()
        except FileNotFoundError:
            raise self._gone(name) from None
        if object_id(data) != name:
            raise DamagedObject(object=name)
        return data

    def check(self, name: ObjectId) -> None:
        """Raise like `get`, reading in pieces."""
        hasher = hashlib.sha256()
        try:
            with self.path(name).open("rb") as file:
                while chunk := file.read(_CHUNK):
                    hasher.update(chunk)
        except FileNotFoundError:
            raise self._gone(name) from None
        if hasher.hexdigest() != name:
            raise DamagedObject(object=name)

    def names(self) -> Iterator[ObjectId]:
        """All objects, in order of name."""
        if not self.root.is_dir():
            return
        for folder in sorted(self.root.iterdir()):
            if folder.is_dir() and len(folder.name) == 2:
                yield from (ObjectId(entry) for entry in sorted(os.listdir(folder)) if len(entry) == 64)

    def _gone(self, name: ObjectId) -> SafelightError:
        """One object missing is damage; the whole folder missing that the store lies in is a share that is away."""
        if self.root.parent.is_dir():
            return MissingObject(object=name)
        return ShareAway(reason=os.strerror(errno.ENOENT))

    def _new_temporary(self) -> Path:
        self._make(self._temporary)
        return self._temporary / f"{os.getpid()}-{os.urandom(8).hex()}"

    def _settle(self, temporary: Path, name: ObjectId) -> None:
        """Rename into place; the folder is synced too, or a crash could forget the name after the record was written."""
        target = self.path(name)
        self._make(target.parent)
        temporary.chmod(0o444)
        os.replace(temporary, target)
        sync_folder(target.parent)

    def _told(self, fault: OSError, needed: int) -> Exception:
        if fault.errno not in {errno.ENOSPC, errno.EDQUOT}:
            return fault
        try:
            free = shutil.disk_usage(self.root).free
        except OSError:
            free = 0
        return DiskFull(free=free // 1_000_000, needed=max(1, needed // 1_000_000))

    def _make(self, folder: Path) -> None:
        """Create once per process: mkdir on a share is a round trip.

        Never what lies above the root: where the share was, a store must not grow on the local disk.
        """
        if folder not in _FOLDERS or not folder.is_dir():
            self.root.mkdir(exist_ok=True)
            folder.mkdir(exist_ok=True)
            _FOLDERS.add(folder)
