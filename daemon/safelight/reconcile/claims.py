"""Claims: files taken out of a folder into `claimed/<id>/file`, beside a note that tells whose they were.

Promise: a file is at every moment either where the person put it or in a claim whose note is on disk; a crash anywhere
loses nothing and counts nothing twice, since the record of an arrival bears the claim's id. Bytes are only ever removed
by `forget`, after they are in the store and their record in the ledger: everything else removes notes alone, because a
share may answer a rename that worked with an error.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from safelight.files import sync_folder, write_through
from safelight.reconcile.event import Event

FULL = {errno.ENOSPC, errno.EDQUOT}
Mark = tuple[int, int]
"""Size in bytes and mtime in ns."""


@dataclass(frozen=True)
class Claim:
    """A file taken. `code` tells why it cannot become a photo although it was taken.

    One taken out of a class folder of the library is `decided`: that folder is a person's verdict. `size` and `mtime`
    are what was believed when it was taken; -1 in notes of older versions.
    """

    name: str
    photographer: str
    folder: str
    arrived: str
    id: str
    code: str = ""
    format: str = ""
    decided: str = ""
    size: int = -1
    mtime: int = -1

    def to_json(self) -> dict[str, str | int]:
        """Plain values for the note beside the claimed file."""
        return dict(vars(self))


def place_of(event: Event, claim: Claim) -> Path:
    """The claim's folder."""
    return event.claimed / claim.id


def file_of(event: Event, claim: Claim) -> Path:
    """Where the claimed bytes are."""
    return place_of(event, claim) / "file"


def mark_of(path: Path) -> Mark:
    """Size and time as the open file says them: on a share a `stat` alone may be a memory of seconds ago.

    Raises OSError where it cannot be opened, and for anything but a plain file.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        told = os.fstat(handle)
    finally:
        os.close(handle)
    if not stat.S_ISREG(told.st_mode):
        raise OSError(errno.EINVAL, "not a plain file", str(path))
    return told.st_size, told.st_mtime_ns


def take(event: Event, source: Path, claim: Claim, at: Callable[[str], None], *, leave: bool = False) -> bool:
    """Note, then move (`leave`: copy) the file into the claim; False when the file is held open, denied or gone.

    Raises OSError when our own side fails: the note cannot be written, or there is no room for a copy.
    """
    folder = place_of(event, claim)
    note = json.dumps(claim.to_json(), ensure_ascii=False).encode("utf-8", "surrogateescape")
    try:
        write_through(folder / "note.json", note)
    except OSError:
        drop_note(folder)
        raise
    at("claim noted")
    try:
        if leave:
            _copy(source, folder / "file")
        else:
            _move(source, folder / "file")
    except OSError as fault:
        if (folder / "file").exists():  # a share answered "no such file" to a rename it had already done
            return True
        drop_note(folder)
        if fault.errno in FULL:
            raise
        return False
    at("claim moved")
    return True


def drop_note(folder: Path) -> None:
    """Forget a claim that holds no file; one that does hold a file cannot be removed by this."""
    with contextlib.suppress(OSError):
        (folder / "part").unlink(missing_ok=True)
        if not (folder / "file").exists():
            for entry in list(folder.iterdir()):
                entry.unlink()
            folder.rmdir()


def waiting(event: Event) -> list[Claim]:
    """Claims that a crash left behind, in the order they were taken; one whose file never came is forgotten."""
    claims = []
    if not event.claimed.is_dir():
        return []
    for folder in sorted(event.claimed.iterdir()):
        try:
            note = json.loads((folder / "note.json").read_bytes().decode("utf-8", "surrogateescape"))
            claim = Claim(**note)
        except (FileNotFoundError, NotADirectoryError):
            drop_note(folder)
            continue
        except (OSError, ValueError, TypeError):
            continue
        if (folder / "file").exists():
            _finish_copy(event, claim)
            claims.append(claim)
        else:
            drop_note(folder)
    return claims


def forget(event: Event, claim: Claim) -> None:
    """The claim is in the ledger and its bytes in the store: the claimed copy may go, its bytes before its note."""
    file_of(event, claim).unlink(missing_ok=True)
    shutil.rmtree(place_of(event, claim), ignore_errors=True)


def source_of(event: Event, claim: Claim) -> Path:
    """Where the file lay before it was taken."""
    root = event.library / claim.decided if claim.decided else event.inbox
    return root / claim.photographer / claim.folder / claim.name


def _move(source: Path, target: Path) -> None:
    """Rename; across file systems copy, compare and only then remove."""
    try:
        os.rename(source, target)
    except OSError as fault:
        if fault.errno != errno.EXDEV:
            raise
        _copy(source, target)
        source.unlink()


def _copy(source: Path, target: Path) -> None:
    """A copy with the source's time, in place only when the source stood still meanwhile; else OSError (EBUSY)."""
    before = mark_of(source)
    part = target.with_name("part")
    shutil.copyfile(source, part)
    os.utime(part, ns=(before[1], before[1]))
    with part.open("rb") as copied:
        os.fsync(copied.fileno())
    if mark_of(source) != before or part.stat().st_size != before[0]:
        part.unlink()
        raise OSError(errno.EBUSY, "still being written", str(source))
    os.replace(part, target)
    sync_folder(target.parent)


def _finish_copy(event: Event, claim: Claim) -> None:
    """Killed between the copy into another file system and the removal: the same file would be counted twice."""
    source, taken = source_of(event, claim), file_of(event, claim)
    with contextlib.suppress(OSError):
        if source.stat().st_dev != taken.stat().st_dev and mark_of(source) == mark_of(taken) == (
            claim.size,
            claim.mtime,
        ):
            source.unlink()
