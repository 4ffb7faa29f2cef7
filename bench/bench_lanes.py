"""Two lanes against one, for steps that keep one core busy: the same looks at the same pictures, in real child processes.

Physical limit: the number of cores; two lanes on two idle cores can be 2.0 times one lane.
"""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import wait
from pathlib import Path

from unit import unit

from safelight.learn.scenes import KINDS, Scene, paint
from safelight.store import Store
from safelight.workers.lanes import Lanes

PICTURES = 24


def seconds(store: Store, names: list[str], count: int) -> float:
    """How long so many lanes take for all pictures, children started and warm."""
    lanes = Lanes(store.root, count, 1)
    jobs = [{"stage": "look", "inputs": {"image": name}, "params": {}} for name in names]
    try:
        wait([lanes.submit(job) for job in jobs[: 2 * count]])
        started = time.perf_counter()
        wait([lanes.submit(job) for job in jobs])
        return time.perf_counter() - started
    finally:
        lanes.close()


def main() -> None:
    """Print the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        kinds = sorted(KINDS)
        names = [store.put(paint(Scene(kinds[n % len(kinds)], n), (960, 640)).jpeg) for n in range(PICTURES)]
        one, two = seconds(store, names, 1), seconds(store, names, 2)
        print(f"{PICTURES} looks: one lane {one:.1f} s, two lanes {two:.1f} s; machine unit {unit():.3f} s")
        print(f"two lanes              : {one / two:.2f} x one lane")


if __name__ == "__main__":
    main()
