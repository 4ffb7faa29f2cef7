"""A whole event's own overhead: intake, ledger, planning, views, with stages that answer by rote.

`python bench/bench_event.py [PHOTOS]` (10,000 unless told). Small painted scenes, each made different by one pixel, are
dropped at once; lanes answer without work, so that what is left is Safelight's own: claiming, storing, recording,
planning, showing. Printed as ratios within one run and as milliseconds a photo beside the machine unit.

Physical limits: every byte is hashed and copied once into the store and once into a view; every record is one fsync;
a look at the folders cannot be cheaper than asking every folder, a full one than asking every file.
"""

from __future__ import annotations

import cProfile
import hashlib
import io
import os
import pstats
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from unit import best, unit

from safelight.model.digests import canonical
from safelight.reconcile.event import Event, own
from safelight.reconcile.loop import Reconciler
from safelight.reconcile.pace import Pace
from safelight.reconcile.work import Work
from safelight.workers.lanes import Answer

SINGLE = 100
"""Photos that come one by one."""
RULES = {
    "event.yaml": "version: 1\nname: Bench\n",
    "sort.yaml": "version: 1\nsort:\n  - rule: all\n    do: ok\n",
    "retouch.yaml": "version: 1\nretouch:\n  - rule: rest\n    do: leave\n",
    "style.yaml": "version: 1\nstyle:\n  - rule: all\n    do: stylize\n    like: all\n",
    "book.yaml": "version: 1\ntitle: Bench\n",
}
LOOK = {"values": {"car_area": 0.3, "sharpness": 0.8, "advertising": 0.02}, "boxes": [], "features": []}
VERDICT = {
    "probabilities": {"ok": 0.9, "retoucher": 0.05, "exclure": 0.05},
    "reasons": [["advertising", 0.07, 1.2], ["sharpness", 0.8, 0.4]],
}


class Rote:
    """Lanes that answer at once; the seconds spent answering are not Safelight's own."""

    count = 2

    def __init__(self, event: Event) -> None:
        self.store, self.seconds = event.store, 0.0
        self.small = _jpeg(np.zeros((40, 60, 3), np.uint8))

    def submit(self, job: Mapping[str, Any]) -> Future[Answer]:
        started = time.perf_counter()
        future: Future[Answer] = Future()
        stage, outputs, facts = job["stage"], {}, {}
        told = canonical({"stage": stage, "inputs": job["inputs"], "seed": job.get("seed", 0)})
        mark = hashlib.sha256(told).digest()
        if stage == "probe":
            facts = {"width": 60, "height": 40, "format": "JPEG", "taken": "2026-06-13T16:00:00", "camera": "Bench",
                     "serial": "1", "caption": ""}  # fmt: skip
            outputs = {"thumb": self.store.put(self.small + mark)}
        elif stage in {"look", "classify"}:
            facts = LOOK if stage == "look" else VERDICT
        elif stage == "stylize":
            outputs, facts = {"image": self.store.put(self.small + mark)}, {"width": 60, "height": 40}
        elif stage == "backends":
            facts = {"backends": []}
        future.set_result(
            Answer(
                {"backend": "rote", "version": 1, "model": "", "trained": False, "outputs": outputs, "facts": facts,
                 "used": {}, "tried": []},
                0.001,
            )
        )  # fmt: skip
        self.seconds += time.perf_counter() - started
        return future

    def close(self) -> None:
        """Nothing to stop."""


def _jpeg(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def scenes(count: int) -> Iterator[bytes]:
    """Small painted scenes, each different by its last bytes (which a JPEG may have behind its end)."""
    with ProcessPoolExecutor(1) as painter:  # another process, so that ours holds nothing of it
        kinds = list(painter.map(_scene, range(4)))
    return (kinds[number % len(kinds)] + (number + 1).to_bytes(4, "big") for number in range(count))


def _scene(number: int) -> bytes:
    from safelight.learn.scenes import KINDS, Scene, paint

    return paint(Scene(sorted(KINDS)[number]), (480, 320)).jpeg


def event_in(root: Path, pictures: Iterable[bytes]) -> Event:
    for name in ("library", "rules/styles", "templates", *(f"inbox/{who}" for who in "abcd")):
        (root / name).mkdir(parents=True)
    for name, text in RULES.items():
        (root / "rules" / name).write_text(text)
    Image.effect_noise((200, 150), 90).convert("RGB").save(root / "rules/styles/noise.png")
    for number, data in enumerate(pictures):
        (root / "inbox" / "abcd"[number % 4] / f"IMG_{number:05d}.JPG").write_bytes(data)
    return Event(root)


def reconciler(event: Event, cache: Path) -> tuple[Reconciler, Rote]:
    lanes = Rote(event)
    work = Work(own(event, "bench"), lanes, cache, Pace(settle=0.0, floor=0), "bench")  # type: ignore[arg-type]
    return Reconciler(work), lanes


def memory() -> float:
    """Megabytes this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def walk(event: Event) -> None:
    """The floor of looking: every file below library/ (views) and inbox/ walked and asked."""
    for top in (event.library, event.inbox):
        for folder, folders, files in os.walk(top):
            folders[:] = [name for name in folders if name != ".safelight"]
            for name in files:
                os.stat(os.path.join(folder, name))


def main() -> None:
    """Print ratios."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    profile = "--profile" in sys.argv
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        event = event_in(root / "event", scenes(count))
        floor = _floor(root / "floor", event.inbox)
        loop, lanes = reconciler(event, root / "cache")
        watch = cProfile.Profile()
        started, cpu = time.perf_counter(), time.process_time()
        if profile:
            watch.enable()
        while True:
            changed = loop.cycle()
            if not changed and loop.idle():
                break
        loop.publish()
        watch.disable()
        elapsed, cpu = time.perf_counter() - started, time.process_time() - cpu
        records = loop.work.owner.state.sequence
        print(f"{count} photos, {records} records; machine unit {unit():.3f} s")
        own_ms = (elapsed - lanes.seconds - floor) / count * 1000
        print(
            f"own overhead           : {own_ms:.1f} ms a photo elapsed ({(cpu - lanes.seconds) / count * 1000:.1f} ms CPU)"
        )
        print(f"hash and copy twice    : {floor / count * 1000:.1f} ms a photo with fsync (taken off above)")
        base = best(lambda: walk(event))
        full = best(lambda: loop.library.sight.look(time.monotonic(), full=True))
        quick = best(lambda: loop.library.sight.look(time.monotonic(), full=False))
        print(f"look at all views      : full {full / base:.2f} x walk and stat, by folder times {quick / base:.3f} x")

        def noop() -> None:
            loop.scan_soon()
            loop.library._looked_full = -1e9  # noqa: SLF001
            loop.cycle()

        print(
            f"no-op cycle, full look : {best(noop) / base:.2f} x walk and stat of the same files ({base * 1000:.0f} ms)"
        )

        def idle() -> None:
            loop.scan_soon()
            loop.cycle()

        print(f"no-op cycle, quick     : {best(idle) * 1000:.1f} ms every 2 s = {best(idle) / 2 * 100:.2f} % of a core")
        _race_pace(loop, lanes, event, count)
        print(f"memory                 : {memory():.0f} MB with {loop.work.owner.state.sequence} records")
        loop.close()
        loop.work.owner.close()
        if profile:
            pstats.Stats(watch).sort_stats("cumulative").print_stats(45)


def _race_pace(loop: Reconciler, lanes: Rote, event: Event, count: int) -> None:
    """Photos one by one onto the finished ones: seen by one look, taken by the next, shown after every step.

    The looks of a watch that waits are not in it: they are the idle row's.
    """
    scene, before, answered = next(scenes(1)), time.process_time(), lanes.seconds
    for number in range(SINGLE):
        (event.inbox / "a" / f"LATE_{number:05d}.JPG").write_bytes(scene + (count + number + 1).to_bytes(4, "big"))
        for _ in range(2):
            loop.scan_soon()
            loop.cycle()
        while loop.cycle() or not loop.idle():
            loop.publish()
    used = (time.process_time() - before - lanes.seconds + answered) / SINGLE
    share = used / (24 * 3600 / 10_000)
    print(
        f"race pace              : {used * 1000:.0f} ms CPU a photo onto {count}, {share:.2%} of a core at 10,000 a day"
    )


def _floor(folder: Path, inbox: Path) -> float:
    """Seconds to hash, write, sync and copy the same bytes once: what no intake can do without."""
    folder.mkdir()
    started = time.perf_counter()
    for number, source in enumerate(inbox.rglob("*.JPG")):
        data = source.read_bytes()
        hashlib.sha256(data).digest()
        path = folder / str(number)
        with path.open("wb") as file:
            file.write(data)
            os.fsync(file.fileno())
        shutil.copyfile(path, folder / f"{number}.copy")
    seconds = time.perf_counter() - started
    shutil.rmtree(folder)
    return seconds


if __name__ == "__main__":
    main()
