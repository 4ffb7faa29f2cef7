"""How often the folders are looked at, and how long a file must stand still: by the file system they lie on."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SHARES = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "fuse"}


@dataclass(frozen=True)
class Pace:
    """Seconds: between scans, before a file is taken, before an unfinished one is given up, between publications.

    `full` lies between two looks at the size and time of every view (in between the folders' own times are asked),
    `away` is how long a view must be gone before that is a wish. `floor` is no time but bytes: what is never used up of
    a disk, since a full disk in the middle of a race helps nobody.
    """

    scan: float = 2.0
    settle: float = 5.0
    patience: float = 600.0
    publish: float = 2.0
    draft: float = 3600.0
    full: float = 60.0
    away: float = 60.0
    floor: int = 2_000_000_000
    steady: float = 2.0
    gone: float = 60.0
    preview: float = 60.0


def pace_for(folder: Path, settle: float | None, *, watching: bool) -> Pace:
    """Local folders are scanned every 2 s and settle in 5 s, network shares 5 s and 10 s; rules may say otherwise."""
    share = file_system(folder, _mounts()) in SHARES
    return Pace(
        scan=5.0 if share else 2.0,
        settle=settle if settle is not None else (10.0 if share else 5.0),
        patience=600.0 if watching else 30.0,
    )


def _mounts() -> list[str]:
    try:
        return Path("/proc/mounts").read_text().splitlines()
    except OSError:
        return []


def file_system(path: Path, mounts: Iterable[str]) -> str:
    """The type of the file system that holds `path`, from the lines of /proc/mounts; unknown counts as local."""
    best, kind = "", ""
    real = os.path.realpath(path)
    for line in mounts:
        fields = line.split()
        mount = fields[1].replace("\\040", " ")
        if (real == mount or real.startswith(mount.rstrip("/") + "/")) and len(mount) >= len(best):
            best, kind = mount, fields[2]
    return kind
