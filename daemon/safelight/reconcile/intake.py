"""Taking pictures in: the only module that looks into `inbox/`.

The scan is the truth; events only wake it earlier. A file is taken when its size and time have stood still for the
settle time, an open file says the same (a share's directory may lag), and its content reaches its true end. Taking is a
claim (`claims`). A file still unfinished after the patience given is kept too: its bytes go to need-you.

A file seen under a temporary name (`x.jpg.part`) and then renamed is offered as finished: taken without settling.
Links, pipes, sockets and devices are never opened and never followed: they count as ignored.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from safelight.pictures.completeness import check_end
from safelight.reconcile import claims
from safelight.reconcile.claims import Claim, Mark, mark_of
from safelight.reconcile.event import Event
from safelight.reconcile.names import junk

__all__ = ["Claim", "Inbox", "Seen", "Watched"]

ENDLESS = 20
"""So many times the patience after it was first seen, a file that never stands still is no longer waited for."""


@dataclass(frozen=True)
class Seen:
    """A file in the inbox as the scan saw it: bytes, mtime in ns. `inode` is no part of its sameness."""

    path: Path
    size: int
    mtime: int
    inode: int = field(default=0, compare=False)


@dataclass
class Watched:
    """How long a file has stood still (monotonic seconds), since when it is known, and what its end looked like.

    `offered`: renamed from a temporary name, so that it need not settle. `stuck`: not waited for any more.
    """

    seen: Seen
    since: float
    first: float
    unfinished: bool = False
    stuck: bool = False
    offered: bool = False


@dataclass
class Inbox:
    """The memory between two scans of a folder (`root`, by default the event's inbox).

    `ignored` counts what the junk list and the kinds of files passed over, `links` those of them that are no plain
    files. With `in_place` a claim is a copy and the file stays. `at` is told every point where a crash must do no harm.
    """

    event: Event
    root: Path | None = None
    in_place: bool = False
    at: Callable[[str], None] = lambda _: None
    watched: dict[Path, Watched] = field(default_factory=dict)
    ignored: int = 0
    links: int = 0
    denied: set[Path] = field(default_factory=set)
    _now: float = 0.0
    _temporary: dict[int, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """What is looked at."""
        return self.root or self.event.inbox

    def scan(self, now: float) -> None:
        """Look at everything once; a folder that cannot be read leaves what is known of it untouched."""
        offered, self._temporary = self._temporary, {}
        self.ignored = self.links = 0
        self.note(now, self._walk(), offered)
        self.denied &= self.watched.keys()

    def note(self, now: float, found: Iterable[Seen], offered: dict[int, str] | None = None) -> None:
        """What a scan found, ours or another's listing; `offered` are inodes that bore a temporary name before."""
        watched: dict[Path, Watched] = {}
        for seen in found:
            known = self.watched.get(seen.path)
            if known is None:
                renamed = bool(seen.inode and offered and seen.inode in offered)
                watched[seen.path] = Watched(seen, now, now, offered=renamed)
            elif known.seen == seen:
                watched[seen.path] = known
            else:
                watched[seen.path] = Watched(seen, now, known.first)
        self._now, self.watched = now, watched

    def ready(self, now: float, settle: float, patience: float) -> Iterator[tuple[Seen, str, str]]:
        """Files to claim now, each with a code (empty for a whole picture, else why it is none) and its format.

        An unfinished file becomes ready, as `cut_off` or `empty_file`, once it has not grown for `patience` seconds.
        """
        for watched in list(self.watched.values()):
            quiet = now - watched.since
            if now - watched.first >= ENDLESS * patience:
                watched.stuck = True
            if (quiet < settle and not watched.offered) or (watched.unfinished and quiet < patience):
                continue
            watched.offered = False
            code, kind = self._code(watched, now)
            if code == "changed":
                continue
            watched.stuck = quiet >= patience
            if code in {"cut_off", "empty_file"} and quiet < patience:
                watched.unfinished = True
            elif code != "away":
                yield watched.seen, code, kind

    def unsettled(self) -> int:
        """Files that are there but cannot be taken yet; one that nobody may read or move stops being waited for."""
        return sum(not watched.stuck for watched in self.watched.values())

    def claim(
        self, seen: Seen, verdict: tuple[str, str], claim_id: str, arrived: str, decided: str = ""
    ) -> Claim | None:
        """Take the file; None when it is still held open, denied or gone: then it settles anew.

        `decided` names the class folder of the library that it is taken from. Raises OSError when the claim's own
        folder cannot be written.
        """
        root = self.event.library / decided if decided else self.folder
        parts = seen.path.relative_to(root).parts
        photographer = parts[0] if len(parts) > 1 else ""
        claim = Claim(
            parts[-1], photographer, "/".join(parts[1:-1]), arrived, claim_id, *verdict, decided, seen.size, seen.mtime
        )
        if not claims.take(self.event, seen.path, claim, self.at, leave=self.in_place):
            if (known := self.watched.get(seen.path)) is not None:
                known.since = self._now
            return None
        self.watched.pop(seen.path, None)
        if not decided and not self.in_place:
            self._sweep(seen.path.parent)
        return claim

    def waiting_claims(self) -> list[Claim]:
        """Claims that a crash left behind; one whose file never came is forgotten."""
        return claims.waiting(self.event)

    def file_of(self, claim: Claim) -> Path:
        """Where the claimed bytes are."""
        return claims.file_of(self.event, claim)

    def mark(self, claim: Claim) -> Mark:
        """Size and time of the claimed file now; OSError where it cannot be opened."""
        return mark_of(self.file_of(claim))

    def forget(self, claim: Claim) -> None:
        """The claim is in the ledger and its bytes in the store: the claimed copy may go."""
        claims.forget(self.event, claim)

    def _code(self, watched: Watched, now: float) -> tuple[str, str]:
        """What the file's end says, as an error code (empty when whole), and its format.

        `away` when it cannot be read, `changed` when the open file is not what the folder said: it settles anew.
        """
        seen = watched.seen
        try:
            mark = mark_of(seen.path)
            if mark != (seen.size, seen.mtime):
                watched.seen, watched.since = Seen(seen.path, *mark, seen.inode), now
                return "changed", ""
            code, kind = end_of(seen.path)
        except OSError as fault:
            if isinstance(fault, PermissionError):
                self.denied.add(seen.path)
            return "away", ""
        self.denied.discard(seen.path)
        return code, kind

    def _walk(self) -> Iterator[Seen]:
        """Every plain file below the folder, files of a folder before its subfolders; as deep as paths go."""
        waiting = [self.folder]
        while waiting:
            folder = waiting.pop()
            try:
                with os.scandir(folder) as scanned:
                    entries = sorted(scanned, key=lambda entry: entry.name)
            except OSError as fault:
                if folder == self.folder or not isinstance(fault, FileNotFoundError):
                    yield from (watched.seen for path, watched in self.watched.items() if folder in path.parents)
                continue
            below = []
            for entry in entries:
                try:
                    if junk(entry.name):
                        self._pass_over(entry)
                    elif entry.is_dir(follow_symlinks=False):
                        below.append(Path(entry.path))
                    elif entry.is_file(follow_symlinks=False):
                        stat = entry.stat(follow_symlinks=False)
                        yield Seen(Path(entry.path), stat.st_size, stat.st_mtime_ns, stat.st_ino)
                    else:
                        self.ignored += 1
                        self.links += 1
                except OSError:
                    continue
            waiting.extend(reversed(below))

    def _pass_over(self, entry: os.DirEntry[str]) -> None:
        """Junk is counted; a temporary file is remembered, since its renaming is an offer."""
        self.ignored += entry.name != ".gitkeep"
        if entry.is_file(follow_symlinks=False):
            self._temporary[entry.inode()] = entry.name

    def _sweep(self, folder: Path) -> None:
        """Remove emptied folders below a photographer's own; the photographer's folder stays for the next card."""
        while self.folder not in {folder, folder.parent}:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent


def end_of(path: Path) -> tuple[str, str]:
    """How a file ends, as an error code (empty when whole), and its format. OSError where it cannot be read."""
    ending = check_end(path)
    code = {"whole": "", "unfinished": "cut_off", "empty": "empty_file"}.get(ending.state, ending.state)
    return code, ending.format
