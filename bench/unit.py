"""The machine unit of the benches: seconds of one 2,000 × 2,000 float32 matrix product, the best of five."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np


def best(work: Callable[[], object], rounds: int = 3) -> float:
    """Seconds of the quickest of some rounds: the one least disturbed by others on the machine."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def unit() -> float:
    """Seconds of the matrix product now."""
    a = np.random.default_rng(0).random((2000, 2000), dtype=np.float32)
    return best(lambda: a @ a, 5)
