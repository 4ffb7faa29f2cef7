"""Faults on purpose: a disk that is really small. Tests that need one skip, with the reason, where none can be mounted."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A file system of `size` bytes (whole pages of 4 KiB) at the folder `small` in `folder`; unmounted at the end."""
    target = folder / "small"
    target.mkdir(parents=True, exist_ok=True)
    options = ["mount", "-t", "tmpfs", "-o", f"size={size}", "safelight-test", str(target)]
    try:
        made = subprocess.run(options, capture_output=True, text=True, check=False)
        told = made.stderr.strip()
    except OSError as fault:
        made, told = None, str(fault)
    if made is None or made.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {told}")
    try:
        yield target
    finally:
        subprocess.run(["umount", "-l", str(target)], capture_output=True, check=False)


def fill(folder: Path, leave: int = 0) -> Path:
    """Fill the disk that holds `folder` to its last page but `leave` bytes; returns the file that does it."""
    path = folder / ".filling"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass
        if leave:
            file.truncate(max(0, os.fstat(file.fileno()).st_size - leave))
    return path
