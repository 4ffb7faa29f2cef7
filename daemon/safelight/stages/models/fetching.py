"""Fetching a model: every file into a part file beside its place, its digest compared, then put there in one step.

From the net, or from a folder in which files are known by their content whatever they are called. What is already in
place and right is not fetched again; what was begun goes on. Two processes never fetch the same model at once.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from safelight.files import sync_folder
from safelight.stages.models.entries import Entry, File
from safelight.stages.models.errors import BeingFetched, CannotWrite, NotInFolder, WrongDigest
from safelight.stages.models.places import CHUNK, Ledger, Places, sha256_of, there
from safelight.stages.models.seals import Digests
from safelight.stages.models.transfer import Hear, Net, bring, no_room, room

PARTS = ".parts"
"""In the folder of models: what is not yet in place, by model."""
TEXTS = (".json", ".txt")
"""Endings of small texts beside weights, which `--from` takes by name where nobody knows their digest."""
MOST_TEXT = 4_000_000


@dataclass(frozen=True)
class Fetched:
    """`folder` holds the model; `bytes` came; `unproven` names texts that no digest was known for."""

    folder: Path
    bytes: int
    unproven: tuple[str, ...] = ()


def from_net(entry: Entry, places: Places, net: Net) -> Fetched:
    """Everything that is missing, from the servers. Raises what `transfer.bring` raises, BeingFetched, CannotWrite."""
    with _held(entry, places) as parts:
        lacking = list(_lacking(entry, places))
        waiting = sum(max(0, file.bytes - _size(_part(parts, file))) for file in lacking)
        room(entry, parts, waiting)
        for file in lacking:
            part = _part(parts, file)
            part.parent.mkdir(parents=True, exist_ok=True)
            _place(entry, places, file, part, bring(entry, file, part, net))
        return Fetched(
            places.folder / entry.name, sum(_size(places.folder / entry.name / file.name) for file in lacking)
        )


def from_folder(entry: Entry, places: Places, folder: Path, hear: Hear) -> Fetched:
    """Everything that is missing, copied from `folder`. Raises NotInFolder, NoRoom, WrongDigest, BeingFetched, CannotWrite."""
    with _held(entry, places) as parts:
        lacking = list(_lacking(entry, places))
        found = gather(lacking, folder)
        absent = [file.name for file in lacking if file.name not in found]
        if absent:
            raise NotInFolder(folder=folder, model=entry.name, files=", ".join(absent), home=entry.home)
        room(entry, parts, sum(_size(path) for path in found.values()))
        unproven = []
        for file in lacking:
            part = _part(parts, file)
            part.parent.mkdir(parents=True, exist_ok=True)
            digests = _copy(entry, found[file.name], part, file, hear)
            if file.sha256 and digests.sha256 != file.sha256:  # changed since it was looked at
                part.unlink(missing_ok=True)
                raise WrongDigest(file=file.name, found=digests.sha256[:12], expected=file.sha256[:12])
            unproven += [] if file.sha256 else [file.name]
            _place(entry, places, file, part, digests.sha256)
        return Fetched(places.folder / entry.name, sum(_size(path) for path in found.values()), tuple(unproven))


def gather(files: list[File], folder: Path) -> dict[str, Path]:
    """Name → where its content lies in `folder` (at any depth, under any name). Only files of a right size are read.

    A small text whose digest nobody knows is taken by its path: as the model names it, below any sub-folder.
    """
    sizes = {file.bytes for file in files if file.sha256}
    wanted = {file.sha256: file.name for file in files if file.sha256}
    texts = {file.name for file in files if not file.sha256 and file.name.endswith(TEXTS)}
    found: dict[str, Path] = {}
    for path in _files(folder):
        size = _size(path)
        if wanted.keys() and (size in sizes or 0 in sizes):
            name = wanted.get(sha256_of(path), "")
            if name:
                found.setdefault(name, path)
        if 0 < size <= MOST_TEXT:
            told = path.relative_to(folder).as_posix()
            for name in texts:
                if told == name or told.endswith("/" + name):
                    found.setdefault(name, path)
    return found


def remove(entry: Entry, places: Places) -> int:
    """Take the model and its begun parts out of the folder of models; the bytes this frees. Other places stay."""
    freed = 0
    for folder in (places.folder / entry.name, places.folder / PARTS / entry.name):
        freed += sum(_size(path) for path in _files(folder)) if folder.is_dir() else 0
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            continue
        except OSError as fault:
            raise CannotWrite(folder=folder, reason=fault.strerror or fault) from None
    return freed


def begun(entry: Entry, places: Places) -> int:
    """Bytes that came and are not in place yet."""
    folder = places.folder / PARTS / entry.name
    return sum(_size(path) for path in _files(folder) if path.suffix == ".part") if folder.is_dir() else 0


def _lacking(entry: Entry, places: Places) -> Iterator[File]:
    """The files that are not in place, or not as they should be."""
    ledger = Ledger(places.folder)
    for file in entry.files:
        path = places.folder / entry.name / file.name
        if not there(path, file) or (file.sha256 and ledger.sha256(path) != file.sha256):
            yield file


@contextmanager
def _held(entry: Entry, places: Places) -> Iterator[Path]:
    """The folder of parts of this model, held by this process alone; faults of the disk become errors for people."""
    parts = places.folder / PARTS / entry.name
    try:
        parts.mkdir(parents=True, exist_ok=True)
        with (parts / "held").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BeingFetched(model=entry.name) from None
            except OSError:
                pass  # a file system without locks: two at once only cost their time, digests are compared all the same
            yield parts
            shutil.rmtree(parts, ignore_errors=True)
    except OSError as fault:
        raise CannotWrite(folder=places.folder, reason=fault.strerror or fault) from None


def _part(parts: Path, file: File) -> Path:
    return parts / (file.name + ".part")


def _copy(entry: Entry, source: Path, part: Path, file: File, hear: Hear) -> Digests:
    digests, total = Digests(), _size(source)
    try:
        with source.open("rb") as data, part.open("wb") as target:
            while piece := data.read(CHUNK):
                target.write(piece)
                digests.add(piece)
                hear(file.name, digests.bytes, total)
            target.flush()
            os.fsync(target.fileno())
    except OSError as fault:
        if fault.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise no_room(entry, part.parent, total - digests.bytes) from None
        raise
    return digests


def _place(entry: Entry, places: Places, file: File, part: Path, sha256: str) -> None:
    """Put a proven part in its place: readers see no file or the whole one."""
    target = places.folder / entry.name / file.name
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(part, target)
    sync_folder(target.parent)
    Ledger(places.folder).remember(target, sha256)


def _files(folder: Path) -> Iterator[Path]:
    """All files below, in a fixed order; links to folders are not followed."""
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield Path(root) / name


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
