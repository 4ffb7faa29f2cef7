"""What stands in the view folders, look by look, at the cost of a few directory times.

A look asks every known folder for its time and lists again only those that changed (twice, since a time has a grain); a
full look also asks every file for size and time, because a file edited in place leaves its folder's time alone. Nothing
is hashed here and nothing judged. A folder that cannot be read makes the whole look fail: half a look is no look.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from safelight.reconcile.names import comparable


@dataclass(frozen=True)
class Entry:
    """A file as seen: bytes, mtime in ns, inode; since when (monotonic seconds) and since which look it is so."""

    size: int
    mtime: int
    inode: int
    since: float
    look: int


@dataclass
class _Folder:
    mtime: int = -1
    again: bool = False
    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Change:
    """What a look found: files that are new or changed, files that are gone, view folders that are gone as a whole."""

    seen: frozenset[str]
    gone: dict[str, Entry]
    lost: frozenset[str]


class Sight:
    """The memory between looks at `folders` below `root`. Paths are relative to the root, with forward slashes."""

    def __init__(self, root: Path, folders: tuple[str, ...]) -> None:
        self.root, self.folders = root, folders
        self.entries: dict[str, Entry] = {}
        self.keys: dict[str, str] = {}
        self.number = 0
        self._known: dict[str, _Folder] = {}

    def look(self, now: float, *, full: bool, suspects: Iterable[str] = ()) -> Change:
        """Look once. Raises OSError when a folder is there and cannot be read; then nothing changed in memory counts.

        `suspects` are paths that somebody says were written: they are asked like in a full look.
        """
        self.number += 1
        seen: set[str] = set()
        gone: dict[str, Entry] = {}
        os.stat(self.root)
        for path in suspects:
            if path in self.entries and self._ask(path, now, lambda path=path: os.stat(self.root / path)):  # type: ignore[misc]
                seen.add(path)
        lost = {folder for folder in self.folders if not self._visit(folder, now, seen, gone, full=full)}
        return Change(frozenset(seen), gone, frozenset(lost))

    def there(self, path: str) -> str | None:
        """The path under which a view stands: its own, or one that differs in case or in how accents are written."""
        return path if path in self.entries else self.keys.get(comparable(path))

    def wrote(self, path: str, now: float) -> os.stat_result:
        """We ourselves put a file there: known, and settled at once."""
        stat = os.stat(self.root / path)
        self._enter(path, Entry(stat.st_size, stat.st_mtime_ns, stat.st_ino, now - 1e9, self.number + 1))
        return stat

    def removed(self, path: str) -> None:
        """We ourselves took it away."""
        self._leave(path)

    def _visit(self, folder: str, now: float, seen: set[str], gone: dict[str, Entry], *, full: bool) -> bool:
        """One folder and those below it; False when it does not exist (any more)."""
        try:
            mtime = os.stat(self.root / folder).st_mtime_ns
            known = self._known.get(folder)
            if known is None or full or known.again or known.mtime != mtime:
                self._list(folder, mtime, now, seen, gone, full=full)
        except (FileNotFoundError, NotADirectoryError):
            self._forget(folder, gone)
            return False
        known = self._known[folder]
        for below in sorted(known.folders):
            if not self._visit(below, now, seen, gone, full=full):
                known.folders.discard(below)
        return True

    def _list(self, folder: str, mtime: int, now: float, seen: set[str], gone: dict[str, Entry], *, full: bool) -> None:
        known = self._known.get(folder) or _Folder()
        files, folders = set(), set()
        with os.scandir(self.root / folder) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}"
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.add(path)
                elif entry.is_file(follow_symlinks=False):
                    if self._file(path, entry, now, full=full):
                        seen.add(path)
                    if path in self.entries:
                        files.add(path)
        for path in known.files - files:
            if path in self.entries:
                gone[path] = self.entries[path]
                self._leave(path)
        for below in known.folders - folders:
            self._forget(below, gone)
        self._known[folder] = _Folder(mtime, known.mtime != mtime, files, folders)

    def _file(self, path: str, entry: os.DirEntry[str], now: float, *, full: bool) -> bool:
        """Enter a file; True when it is new or not as it was. Between full looks another inode tells a replaced file."""
        old = self.entries.get(path)
        if old is not None and not full and old.inode == entry.inode():
            return False
        return self._ask(path, now, lambda: entry.stat(follow_symlinks=False))

    def _ask(self, path: str, now: float, ask: Callable[[], os.stat_result]) -> bool:
        """Ask a file for size and time; True when it is new or not as it was."""
        old = self.entries.get(path)
        try:
            stat = ask()
        except FileNotFoundError:  # gone since the folder was read
            return False
        if old is not None and (old.size, old.mtime) == (stat.st_size, stat.st_mtime_ns):
            if old.inode != stat.st_ino:
                self.entries[path] = Entry(old.size, old.mtime, stat.st_ino, old.since, old.look)
            return False
        self._enter(path, Entry(stat.st_size, stat.st_mtime_ns, stat.st_ino, now, self.number))
        return True

    def _enter(self, path: str, entry: Entry) -> None:
        self.entries[path] = entry
        self.keys[comparable(path)] = path
        folder = self._known.get(path.rpartition("/")[0])
        if folder is not None:
            folder.files.add(path)

    def _leave(self, path: str) -> None:
        self.entries.pop(path, None)
        key = comparable(path)
        if self.keys.get(key) == path:
            del self.keys[key]
        folder = self._known.get(path.rpartition("/")[0])
        if folder is not None:
            folder.files.discard(path)

    def _forget(self, folder: str, gone: dict[str, Entry]) -> None:
        """A folder that went, with all below it."""
        known = self._known.pop(folder, None)
        if known is None:
            return
        for path in known.files:
            if path in self.entries:
                gone[path] = self.entries[path]
                self.entries.pop(path)
                if self.keys.get(comparable(path)) == path:
                    del self.keys[comparable(path)]
        for below in known.folders:
            self._forget(below, gone)
