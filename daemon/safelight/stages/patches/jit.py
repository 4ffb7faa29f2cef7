"""How the engine's kernels are compiled and spread over threads, so that neither can change a byte of a result.

Kernels release the interpreter lock and are cached on disk. They work on a band of rows; the bands depend on the
picture's height alone, never on the number of threads, and plain Python threads run them. No threading layer of numba
is used, so a kernel may be called from any thread and in any child process.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])

MOST_BANDS = 32
LEAST_ROWS = 16

# Sums over a patch row may be reordered for vector units: the order is fixed when compiling, not while running.
_RELAXED = {"reassoc", "contract", "nsz", "arcp"}


def compiled(function: Function) -> Function:
    """`function` compiled by numba when first called with a set of types; kept on disk beside the module."""
    return cast("Function", numba.njit(nogil=True, cache=True, fastmath=_RELAXED, error_model="numpy")(function))


def bands(rows: int) -> list[tuple[int, int]]:
    """Row ranges (first, end) that split `rows`, about 32 of them and at least 16 rows each."""
    count = max(1, min(MOST_BANDS, rows // LEAST_ROWS))
    return [(rows * k // count, rows * (k + 1) // count) for k in range(count)]


def in_bands(rows: int, work: Callable[[int, int, int], None], *, light: bool = False) -> None:
    """Call `work(band, first, end)` for every band of `rows`; bands must not read what other bands write.

    With `light` the work is too little to be worth a thread.
    """
    parts = bands(rows)
    threads = 1 if light else min(len(parts), threads_allowed())
    if threads == 1:
        for k, (first, end) in enumerate(parts):
            work(k, first, end)
        return
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work, k, first, end) for k, (first, end) in enumerate(parts)]:
            done.result()


def threads_allowed() -> int:
    """Threads that this process may use: numba's setting (NUMBA_NUM_THREADS), else the cores it may run on."""
    return max(1, int(numba.config.NUMBA_NUM_THREADS))
