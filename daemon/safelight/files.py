"""Replacing files whole: temporary name in the same folder, fsync, rename. The one way anything mutable is written.

Readers see the old bytes or the new, never half; a crash leaves at worst a hidden temporary file. Works on network
shares, which honour rename where they do not honour locks.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

LEFTOVER = re.compile(r"\.(?:.{1,40}\.)?\d+-[0-9a-f]{8,16}\.tmp", re.DOTALL)
"""Names of our temporary files: what a killed process left under one may be removed once nobody else can be writing."""


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Our folder for what may be made or fetched again: in `SAFELIGHT_CACHE`, else in the user's cache folder."""
    base = environment.get("SAFELIGHT_CACHE") or environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "safelight"


def temporary(target: Path) -> Path:
    """A name of our own beside `target`, hidden, of no file that is there."""
    return target.with_name(f".{target.name[:40]}.{os.getpid()}-{os.urandom(4).hex()}.tmp")


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder durable; a file system that cannot is let be."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)


def write_through(target: Path, data: bytes) -> None:
    """Replace a file as a whole: temporary name in the same folder, fsync, rename. Readers see old or new, never half."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = temporary(target)
    try:
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)
