"""The ledger and the planner: reading, folding and planning against reading the same bytes as plain JSON.

Physical limit: every line must be parsed and hashed once; that is the denominator.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from pathlib import Path

from unit import best, unit

from safelight.ledger.chain import Head, link
from safelight.ledger.journal import Journal
from safelight.model.digests import ObjectId, PhotoId
from safelight.model.recipe import BookForm, EventForm, Recipe, RetouchRules, SortRules, StyleImage, StyleRules
from safelight.model.records import Detail, Dropped, Opened, StepDone
from safelight.plan.planner import Setting, plan_photo
from safelight.projection.state import fold

PHOTOS = 20_000
NOW = "2026-06-13T16:00:00Z"
RECIPE = Recipe(
    EventForm(), SortRules(), RetouchRules(), StyleRules((), (StyleImage("a", ObjectId("1" * 64)),)), BookForm()
)
FACTS = {"probabilities": {"ok": 0.9, "retoucher": 0.05, "exclure": 0.05}, "reasons": []}


def write(folder: Path) -> int:
    """A ledger of five records a photo, each photo planned for real so that keys are true; returns records."""
    head, lines = Head(), []

    def add(fact: object) -> None:
        nonlocal head
        line, record = link(head, 1, NOW, fact)
        head = Head(record.sequence, record.hash)
        lines.append(line)
        state.apply(record)

    from safelight.projection.state import State

    state = State()
    add(Opened("box", 1, head.hash))
    detail, setting = Detail("IMG.JPG", "marie"), Setting(RECIPE)
    for number in range(PHOTOS):
        photo = PhotoId(hashlib.sha256(str(number).encode()).hexdigest())
        add(Dropped(photo, ObjectId("d" * 64), 1, 6000, 4000, "JPEG"))
        while (step := plan_photo(state.photos[photo], detail, setting).step) is not None:
            facts = {"look": {"values": {}, "boxes": [], "features": []}, "classify": FACTS}.get(step.stage, {})
            add(
                StepDone(
                    photo, step.key, step.stage, 0, step.rule, step.inputs, step.params, "b", 1, "", False, step.seed,
                    {"image": "e" * 64} if step.stage == "stylize" else {}, facts, "m", "cpu", 1.0,
                )
            )  # fmt: skip
    (folder / "00000001.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    return len(lines)


def main() -> None:
    """Print ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        count = write(folder)
        data = (folder / "00000001.jsonl").read_bytes()

        def floor() -> None:
            for line in data.splitlines():
                json.loads(line)
                hashlib.sha256(line).digest()

        base = best(floor)
        reading = best(lambda: Journal(folder).read())
        records = Journal(folder).read().records
        folding = best(lambda: fold(records))
        state, detail, setting = fold(records), Detail("IMG.JPG", "marie"), Setting(RECIPE)
        started = time.perf_counter()
        for photo in state.photos.values():
            plan_photo(photo, detail, setting)
        planning = (time.perf_counter() - started) / PHOTOS
        print(f"{count} records; machine unit {unit():.3f} s")
        print(
            f"read and verify the chain : {reading / base:.2f} x parsing and hashing the same lines ({reading:.2f} s)"
        )
        print(
            f"fold                      : {folding / base:.2f} x parsing and hashing the same lines ({folding:.2f} s)"
        )
        print(f"plan one finished photo   : {planning * 1000:.3f} ms")


if __name__ == "__main__":
    main()
