"""How often the folders are looked at, and how long a file must stand still: by the file system they lie on."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

SHARES = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "lustre", "9p", "virtiofs", "vboxsf", "prl_fs", "fuse",
    "davfs", "afpfs", "acfs", "glusterfs", "beegfs", "coda",
}  # fmt: skip
"""File systems whose files other machines write, so that no event tells of it; every `fuse.…` counts as one too."""
SLICE = 0.2
"""A scan may take at most this part of the time between scans."""
LOOK_AGAIN = 30.0
"""Seconds between two looks at the mounts."""


@dataclass(frozen=True)
class Pace:
    """Seconds: between scans, before a file is taken, before an unfinished one is given up, between publications.

    `full` lies between two looks at the size and time of every view (in between the folders' own times are asked),
    `away` is how long a view must be gone before that is a wish. `recheck` is waited after a claim before its bytes are
    believed. `floor` is no time but bytes: what is never used up of a disk, since a full disk in the middle of a race
    helps nobody.
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
    recheck: float = 0.0


def pace_for(folder: Path, settle: float | None, *, watching: bool, beside: Path | None = None) -> Pace:
    """Local folders are scanned every 2 s and settle in 5 s, network shares 5 s and 10 s; rules may say otherwise.

    `beside` is the library where it may lie on another mount than the inbox: a share of either sets the pace.
    """
    pace = Pace(patience=600.0 if watching else 30.0)
    return at_mounts(pace, settle, share=on_share((folder, beside or folder)))


def at_mounts(pace: Pace, settle: float | None, *, share: bool) -> Pace:
    """The same pace for local folders or a share; `settle` is what the rules say. Pure."""
    wait = settle if settle is not None else (10.0 if share else 5.0)
    return replace(pace, scan=5.0 if share else 2.0, settle=wait, recheck=2.0 if share else 0.0)


def stretched(interval: float, took: float) -> float:
    """Seconds until the next scan: longer when the last one took more than a fifth of it. Pure."""
    return max(interval, took / SLICE)


def on_share(folders: Iterable[Path]) -> bool:
    """Whether one of the folders lies on a network share."""
    mounts = _mounts()
    kinds = [file_system(folder, mounts) for folder in folders]
    return any(kind in SHARES or kind.startswith("fuse.") for kind in kinds)


def _mounts() -> list[str]:
    try:
        return Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:  # no Linux: events of the system are trusted to wake the scan, which comes anyhow
        return []


def file_system(path: Path, mounts: Iterable[str]) -> str:
    """The type of the file system that holds `path`, from the lines of mountinfo; unknown counts as local (empty).

    Blanks and the like in a mount's name are octal escapes; of several mounts the deepest counts, of several on one
    place the last.
    """
    best, kind = "", ""
    real = os.path.realpath(path)
    for line in mounts:
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 6 or not after:
            continue
        mount = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[4])
        if (real == mount or real.startswith(mount.rstrip("/") + "/")) and len(mount) >= len(best):
            best, kind = mount, after.split(" ")[0]
    return kind
