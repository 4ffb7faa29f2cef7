"""A real `safelight watch` over a finished event: what it costs while nothing happens, and how soon it works after a kill.

`python bench/bench_watch.py [PHOTOS] [SECONDS]` (5,000 photos have 10,000 views; 120 s). Idle: processor time of the watch
as a share of one core, with no terminal and no file events. Killed: `kill -9`, then another start until a request that
waited is in the ledger; its physical limit is starting Python and hashing and reading every ledger line once.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_event import event_in, reconciler, scenes
from unit import unit

from safelight.reconcile.event import Event


def finished(root: Path, photos: int) -> Event:
    """An event whose photos are sorted and painted by rote."""
    event = event_in(root, scenes(photos))
    loop, _ = reconciler(event, root.parent / "cache")
    loop.cycle()
    while loop.cycle() or not loop.idle():
        pass
    loop.publish()
    loop.close()
    loop.work.owner.close()
    return event


def watch(event: Event) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "safelight.cli", "--event", str(event.root), "watch"]
    environment = {**os.environ, "SAFELIGHT_CACHE": str(event.root.parent / "cache2")}
    return subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def used(process: subprocess.Popen[bytes]) -> float:
    """Processor seconds of the watch itself, without its children."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def answered(event: Event, name: str) -> float:
    """Seconds until a request that waits is recorded by a watch started now, which is then killed."""
    event.requests.put("noted", {}, name)
    started = time.perf_counter()
    process = watch(event)
    while event.requests.waiting():
        time.sleep(0.01)
    seconds = time.perf_counter() - started
    process.send_signal(signal.SIGKILL)
    process.wait()
    return seconds


def main() -> None:
    """Print figures."""
    photos, seconds = (int(word) for word in (sys.argv[1:] + ["5000", "120"][len(sys.argv) - 1 :])[:2])
    with tempfile.TemporaryDirectory() as folder:
        event = finished(Path(folder) / "event", photos)
        records = sum(path.read_bytes().count(b"\n") for path in event.journal.folder.glob("*.jsonl"))
        views = sum(len(files) for top, _, files in os.walk(event.library) if ".safelight" not in top)
        print(f"{photos} photos, {records} records, {views} files in library/; machine unit {unit():.3f} s")
        times = sorted(answered(event, f"bench-{turn}") for turn in range(3))
        print(f"working after kill -9  : {times[1]:.2f} s from start to a request recorded (of three: {times})")
        process = watch(event)
        while not (event.library / "book/book.pdf").exists():
            time.sleep(1)
        time.sleep(30)
        before, started = used(process), time.perf_counter()
        time.sleep(seconds)
        share = (used(process) - before) / (time.perf_counter() - started)
        print(f"idle watch             : {share:.2%} of a core over {seconds} s")
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
