"""A ledger as a long race would write it: photos looked at, sorted, placed, some retouched, painted. Numbers are drawn from a
fixed seed, keys are those the planner gives, so that every photo is finished as far as the planner is concerned.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

from safelight.ledger.chain import Head, link
from safelight.model.digests import ObjectId, PhotoId, object_id
from safelight.model.recipe import BookForm, EventForm, Recipe, RetouchRules, SortRules, StyleImage, StyleRules
from safelight.model.records import Detail, Dropped, Fact, Opened, Placed, StepDone
from safelight.model.signals import CLASSES, SIGNALS
from safelight.plan.planner import Setting, plan_photo
from safelight.plan.steps import Step
from safelight.projection.state import State

NOW = "2026-06-13T16:00:00Z"
MODEL = "6a77823ebc14d02e0ed40ec526f31464b068f276a654a330b30663e1283d57d1"


def recipe() -> Recipe:
    """Everything to its default, one style."""
    style = StyleRules((), (StyleImage("strokes", ObjectId("1" * 64)),))
    return Recipe(EventForm(), SortRules(), RetouchRules(), style, BookForm())


def write(journal: Path, records: int, store: Path | None = None) -> int:
    """A segment of at least so many records in the folder `journal`, details in `store` where given; how many it has."""
    rng = random.Random(24)
    head, state, lines = Head(), State(), []

    def add(fact: Fact) -> None:
        nonlocal head
        line, record = link(head, 1, NOW, fact)
        head = Head(record.sequence, record.hash)
        lines.append(line)
        state.apply(record)

    add(Opened("box", 1, head.hash, "0.1.0"))
    setting, number = Setting(recipe()), 0
    while len(lines) < records:
        number += 1
        detail = Detail(f"IMG_{number:05d}.JPG", "marie", camera="Sample Mark 1", arrived=NOW, salt=f"{number:032x}")
        data = json.dumps(detail.to_json(), sort_keys=True).encode()
        name = object_id(data)
        if store is not None:
            target = store / name[:2] / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        photo = PhotoId(f"{rng.getrandbits(256):064x}")
        add(
            Dropped(
                photo,
                name,
                rng.randrange(10**7),
                6000,
                4000,
                "JPEG",
                thumb=_digest(rng),
                request=f"000001-{number:06d}",
            )
        )
        placed = False
        while (step := plan_photo(state.photos[photo], detail, setting).step) is not None:
            add(_done(step, rng))
            if step.stage == "classify" and not placed:
                add(Placed(photo, plan_photo(state.photos[photo], detail, setting).verdict, ""))
                placed = True
    journal.mkdir(parents=True, exist_ok=True)
    (journal / "00000001.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    return len(lines)


def _done(step: Step, rng: random.Random) -> StepDone:
    facts, outputs, backend = {"look": _look, "classify": _classify}.get(step.stage, _painted)(rng)
    return StepDone(
        step.photo, step.key, step.stage, 0, step.rule, step.inputs, step.params, backend, 1,
        MODEL if step.stage == "classify" else "", step.stage == "classify", step.seed, outputs, facts, "x86_64-linux",
        "cpu", round(rng.random() * 9, 3),
    )  # fmt: skip


def _look(rng: random.Random) -> tuple[dict[str, object], dict[str, str], str]:
    boxes = [["text", *(round(rng.random(), 4) for _ in range(5))] for _ in range(rng.randrange(2, 11))]
    return (
        {"boxes": boxes, "features": [], "values": {name: round(rng.random(), 5) for name in SIGNALS}},
        {},
        "measured",
    )


def _classify(rng: random.Random) -> tuple[dict[str, object], dict[str, str], str]:
    chances = dict(zip(CLASSES, (0.85, 0.1, 0.05), strict=True))
    names = rng.sample(sorted(SIGNALS), 19)
    reasons = [[name, round(rng.random(), 5), round(rng.random() / 3, 4)] for name in names]
    return {"probabilities": chances, "reasons": reasons}, {}, "signals"


def _painted(rng: random.Random) -> tuple[dict[str, object], dict[str, str], str]:
    return {"height": 853, "width": 1280}, {"image": _digest(rng)}, "patches"


def _digest(rng: random.Random) -> str:
    return f"{rng.getrandbits(256):064x}"
