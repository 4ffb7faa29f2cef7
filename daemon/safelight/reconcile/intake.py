"""Taking pictures in: the only module that looks into `inbox/`.

The scan is the truth; events only wake it earlier. A file is taken when its size and time have stood still for the
settle time and its content reaches its true end. Taking is a claim: the file is renamed into `claimed/<id>/` beside a
note of its name, so that after a crash nothing is lost and nothing is counted twice (the record bears the claim's id).
A file still unfinished after the patience given is kept too: its bytes go to need-you.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from safelight.files import sync_folder, write_through
from safelight.pictures.completeness import check_end
from safelight.reconcile.event import Event
from safelight.reconcile.names import junk


@dataclass(frozen=True)
class Seen:
    """A file in the inbox as the scan saw it."""

    path: Path
    size: int
    mtime: int


@dataclass
class Watched:
    """How long a file has stood still (monotonic seconds), and what its end looked like."""

    seen: Seen
    since: float
    unfinished: bool = False
    stuck: bool = False


@dataclass(frozen=True)
class Claim:
    """A file taken out of the inbox. `code` tells why it cannot become a photo although it was taken.

    One taken out of a class folder of the library is `decided`: that folder is a person's verdict.
    """

    name: str
    photographer: str
    folder: str
    arrived: str
    id: str
    code: str = ""
    format: str = ""
    decided: str = ""

    def to_json(self) -> dict[str, str]:
        """Plain values for the note beside the claimed file."""
        return dict(vars(self))


@dataclass
class Inbox:
    """The memory between two scans. `ignored` counts what the junk list passed over."""

    event: Event
    watched: dict[Path, Watched] = field(default_factory=dict)
    ignored: int = 0

    def scan(self, now: float) -> None:
        """Look at everything in the inbox once; a folder that cannot be read leaves what is known of it untouched."""
        self.ignored = 0
        found: dict[Path, Watched] = {}
        for seen in self._walk(self.event.inbox):
            known = self.watched.get(seen.path)
            found[seen.path] = known if known and known.seen == seen else Watched(seen, now)
        self.watched = found

    def ready(self, now: float, settle: float, patience: float) -> Iterator[tuple[Seen, str, str]]:
        """Files to claim now, each with a code (empty for a whole picture, else why it is none) and its format.

        An unfinished file becomes ready, as `cut_off` or `empty_file`, once it has not grown for `patience` seconds.
        """
        for watched in list(self.watched.values()):
            quiet = now - watched.since
            if quiet < settle:
                continue
            if watched.unfinished and quiet < patience:
                continue
            code, kind = self._code(watched.seen)
            watched.stuck = quiet >= patience
            if code in {"cut_off", "empty_file"} and quiet < patience:
                watched.unfinished = True
                continue
            if code != "away":
                yield watched.seen, code, kind

    def unsettled(self) -> int:
        """Files that are there but cannot be taken yet; one that nobody may read or move stops being waited for."""
        return sum(not watched.stuck for watched in self.watched.values())

    def claim(
        self, seen: Seen, verdict: tuple[str, str], claim_id: str, arrived: str, decided: str = ""
    ) -> Claim | None:
        """Take the file by rename; None when it is still held open or has gone (then the next scan sees).

        `decided` names the class folder of the library that it is taken from; else it lies in the inbox.
        """
        root = self.event.library / decided if decided else self.event.inbox
        parts = seen.path.relative_to(root).parts
        photographer = parts[0] if len(parts) > 1 else ""
        claim = Claim(parts[-1], photographer, "/".join(parts[1:-1]), arrived, claim_id, *verdict, decided=decided)
        folder = self.event.claimed / claim_id
        write_through(
            folder / "note.json", json.dumps(claim.to_json(), ensure_ascii=False).encode("utf-8", "surrogateescape")
        )
        try:
            _move(seen.path, folder / "file")
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            return None
        self.watched.pop(seen.path, None)
        if not decided:
            self._sweep(seen.path.parent)
        return claim

    def waiting_claims(self) -> list[Claim]:
        """Claims that a crash left behind; one whose file never came is forgotten."""
        claims = []
        if not self.event.claimed.is_dir():
            return []
        for folder in sorted(self.event.claimed.iterdir()):
            try:
                note = json.loads((folder / "note.json").read_bytes().decode("utf-8", "surrogateescape"))
                claim = Claim(**note)
            except (OSError, ValueError, TypeError):
                continue
            if (folder / "file").exists():
                claims.append(claim)
            else:
                shutil.rmtree(folder, ignore_errors=True)
        return claims

    def file_of(self, claim: Claim) -> Path:
        """Where the claimed bytes are."""
        return self.event.claimed / claim.id / "file"

    def forget(self, claim: Claim) -> None:
        """The claim is in the ledger and its bytes in the store: the claimed copy may go, its bytes before its note."""
        self.file_of(claim).unlink(missing_ok=True)
        shutil.rmtree(self.event.claimed / claim.id, ignore_errors=True)

    def _code(self, seen: Seen) -> tuple[str, str]:
        """What the file's end says, as an error code (empty when whole), and its format. Gone meanwhile is `away`."""
        try:
            ending = check_end(seen.path)
        except OSError:
            return "away", ""
        code = {"whole": "", "unfinished": "cut_off", "empty": "empty_file"}.get(ending.state, ending.state)
        return code, ending.format

    def _walk(self, folder: Path) -> Iterator[Seen]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            yield from (watched.seen for path, watched in self.watched.items() if folder in path.parents)
            return
        for entry in entries:
            if junk(entry.name):
                self.ignored += entry.name != ".gitkeep"
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    yield from self._walk(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    stat = entry.stat(follow_symlinks=False)
                    yield Seen(Path(entry.path), stat.st_size, stat.st_mtime_ns)
            except OSError:
                continue

    def _sweep(self, folder: Path) -> None:
        """Remove emptied folders below a photographer's own; the photographer's folder stays for the next card."""
        while self.event.inbox not in {folder, folder.parent}:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent


def _move(source: Path, target: Path) -> None:
    """Rename; across file systems copy, compare and only then remove."""
    try:
        os.rename(source, target)
    except OSError as fault:
        if fault.errno != errno.EXDEV:
            raise
        before = source.stat()
        part = target.with_name("part")
        shutil.copyfile(source, part)
        with part.open("rb") as copied:
            os.fsync(copied.fileno())
        after = source.stat()
        same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
        if not same or part.stat().st_size != after.st_size:
            part.unlink()
            raise
        os.replace(part, target)
        sync_folder(target.parent)
        source.unlink()
