"""What this machine can do for a large network: which numbers are quick, how much memory is left, what its end looks like."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

FAST_BF16 = frozenset({"amx_bf16", "avx512_bf16"})
"""Processor features without which 16-bit arithmetic is slower than 32-bit."""


def processor_flags(info: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """The features the processor names; none where the system does not tell."""
    try:
        lines = info.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    told = next((line for line in lines if line.lower().startswith("flags")), "")
    return frozenset(told.partition(":")[2].split())


def number_type(flags: frozenset[str]) -> str:
    """`bfloat16` where the processor has it in hardware, else `float32`: the name of torch's type."""
    return "bfloat16" if flags & FAST_BF16 else "float32"


def number_type_on(device: str) -> str:
    """As `number_type`, for torch's `device`."""
    if device != "cuda":
        return number_type(processor_flags()) if device == "cpu" else "float32"
    import torch

    return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"


def memory_left_on(device: str) -> int:
    """As `memory_left`, for torch's `device`; a Mac's graphics share the memory."""
    if device != "cuda":
        return memory_left()
    import torch

    return int(torch.cuda.mem_get_info()[0])


def memory_left(info: Path = Path("/proc/meminfo")) -> int:
    """Bytes that a process can still get without swapping; 0 where the system does not tell."""
    try:
        lines = info.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return 0
    told = next((line.split() for line in lines if line.startswith("MemAvailable:")), [])
    return int(told[1]) * 1024 if len(told) > 1 and told[1].isdecimal() else 0


def holds(needed: int, left: int) -> bool:
    """Whether so many bytes can be had; believed where nothing is known. Better asked than killed in the middle."""
    return left <= 0 or needed <= left


def out_of_memory(fault: BaseException) -> bool:
    """Whether this is how a library says that memory is at its end."""
    said = str(fault).lower()
    return isinstance(fault, MemoryError) or any(
        words in said
        for words in (
            "out of memory",
            "not enough memory",
            "can't allocate memory",
            "cannot allocate memory",
            "bad allocation",
            "bad_alloc",
            "failed to allocate memory",
        )
    )


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """Torch works with exactly so many threads: some of its sums depend on how many there are, and bytes may not."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def turn(file: Path, waiting: Callable[[], None], pause: float = 1.0) -> Iterator[None]:
    """One process at a time on this machine runs the block, by a lock on `file`; `waiting` is called while others do.

    The system frees it when its holder dies. Where files cannot be locked (some shares), nobody waits.
    """
    try:
        import fcntl

        handle = os.open(file, os.O_RDONLY)
    except (OSError, ImportError):
        yield
        return
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                time.sleep(pause)
            except OSError:
                break
            else:
                break
        yield
    finally:
        with contextlib.suppress(OSError):
            os.close(handle)
