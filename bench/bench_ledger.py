"""The ledger of a long race: the start of an owner with 10,000 and 100,000 records, its memory, and planning.

Physical limit: every line must be hashed and read as JSON once; that is the denominator. Each start is a process of its
own with everything an idle watch has loaded; seconds are those of its processor, so that others on the machine count less.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import ledger_samples
from unit import unit

from safelight.model.records import Detail
from safelight.plan.planner import Setting, plan_photo
from safelight.projection.state import fold
from safelight.reconcile.event import Event

START = """
import sys, time
from pathlib import Path
import safelight.app, watchdog.observers
from safelight.reconcile.event import Event, own
sys.path.insert(0, sys.argv[2])
import ledger_samples
from safelight.reconcile.book import book_input, book_pictures
from safelight.reconcile.planning import Planner
from safelight.stages.base import DOUBTS
from safelight.workers.book import write_input

def memory(name):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name)) / 1024

empty = memory("VmRSS")
wall, used = time.perf_counter(), time.process_time()
owner = own(Event(Path(sys.argv[1])), "bench")
wall, used = time.perf_counter() - wall, time.process_time() - used
alone = memory("VmRSS")
recipe, planner = ledger_samples.recipe(), Planner(words=DOUBTS)
planner.plan(owner, recipe)
planned, book = memory("VmRSS"), time.process_time()
write_input(
    Path(sys.argv[1]) / "book.jsonl",
    book_input(owner, planner.plans, recipe, ledger_samples.NOW, "bench"),
    book_pictures(owner, planner.plans, recipe),
)
print(wall, used, empty, alone, planned, time.process_time() - book, memory("VmRSS"), memory("VmHWM"))
owner.close()
"""


def event_with(root: Path, records: int) -> int:
    """An event whose ledger has so many records; returns how many."""
    for name in ("inbox", "rules", "library/.safelight"):
        (root / name).mkdir(parents=True)
    (root / "library/.safelight/event").write_text("bench\n")
    return ledger_samples.write(root / "library/.safelight/journal", records, root / "library/.safelight/store")


def floor(path: Path) -> float:
    """Processor seconds to hash and to read as JSON each line."""
    started = time.process_time()
    with path.open("rb") as file:
        for line in file:
            json.loads(line)
            hashlib.sha256(line).hexdigest()
    return time.process_time() - started


def main() -> None:
    """Print figures and ratios."""
    print(f"machine unit {unit():.3f} s")
    for records in (10_000, 100_000):
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            count = event_with(root, records)
            path = root / "library/.safelight/journal/00000001.jsonl"
            base = floor(path)
            words = [sys.executable, "-c", START, name, str(Path(__file__).parent)]
            told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
            wall, used, empty, alone, planned, book, after, most = map(float, told.split())
            print(f"{count} records, {path.stat().st_size / 1e6:.0f} MB")
            print(
                f"  start, chain verified : {used / base:.2f} x hashing and parsing the lines ({used:.2f} s; clock {wall:.2f} s)"
            )
            print(
                f"  memory of the owner   : {alone:.0f} MB, {planned:.0f} MB with all plans; {empty:.0f} MB before, {most:.0f} MB at most"
            )
            print(f"  a book handed over    : {book / unit():.1f} units ({book:.2f} s), {after:.0f} MB after")
            if records > 10_000:
                continue
            state = fold(Event(root).journal.read().records)
            setting, detail = Setting(ledger_samples.recipe()), Detail("IMG.JPG", "marie")
            started = time.process_time()
            for photo in state.photos.values():
                plan_photo(photo, detail, setting)
            each = (time.process_time() - started) / len(state.photos)
            print(f"  plan a finished photo : {each * 1000:.3f} ms")


if __name__ == "__main__":
    main()
