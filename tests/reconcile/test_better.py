"""What could be better: a decision table over versions, backends that came, and weights that changed."""

from __future__ import annotations

from typing import Any

import pytest

from safelight.model.digests import ObjectId, PhotoId, StepKey
from safelight.model.records import Dropped, StepDone
from safelight.plan.steps import PhotoPlan
from safelight.projection.state import Done, PhotoState
from safelight.reconcile.better import could_be_better

PHOTO = PhotoId("a" * 64)
GONE = "its weights are not here"


def step(stage: str, backend: str, version: int = 1, model: str = "") -> Done:
    """A finished step."""
    fact = StepDone(
        photo=PHOTO, key=StepKey(stage), stage=stage, attempt=0, rule="", inputs={}, params={}, backend=backend,
        version=version, model=model, trained=False, seed=0, outputs={}, facts={}, machine="m", device="cpu", seconds=0.1,
    )  # fmt: skip
    return Done(fact, 1, "")


def counted(done: Done, *backends: tuple[Any, ...]) -> dict[str, int]:
    """What the count says of one photo with this step, in its lineage or before it."""
    looked = done.step.stage in {"look", "classify"}
    plan = PhotoPlan(PHOTO, "done", trail=() if looked else (done,))
    state = PhotoState(PHOTO, 0, Dropped(PHOTO, ObjectId("d"), 1, 1, 1, "jpeg"), "")
    if looked:
        state.latest[done.step.stage] = done
    return could_be_better([plan], backends, {PHOTO: state})


def row(stage: str, name: str, version: int = 1, reason: str = "", *model: str) -> tuple[Any, ...]:
    """What is told of a backend."""
    return (stage, name, version, False, reason, *model)


MEASURED, DETECTED = row("look", "measured", 1, "", ""), row("look", "detected", 1, "", "both")


@pytest.mark.parametrize(
    ("done", "backends", "better"),
    [
        (step("look", "measured"), (MEASURED,), False),
        (step("look", "measured"), (DETECTED, MEASURED), True),
        (step("look", "measured"), (row("look", "detected", 1, GONE, ""), MEASURED), False),
        (step("look", "detected", model="both"), (DETECTED, MEASURED), False),
        (step("look", "detected", model="one"), (DETECTED, MEASURED), True),
        (step("look", "detected", model="one"), (row("look", "detected"), MEASURED), False),
        (step("look", "detected", model="both"), (row("look", "detected", 1, GONE, ""), MEASURED), False),
        (step("look", "of before"), (MEASURED,), True),
        (step("classify", "signals", model="old"), (row("classify", "signals", 1, "", "new"),), True),
        (step("stylize", "patches"), (row("stylize", "patches", 2, "", ""),), True),
        (step("inpaint", "neutral"), (row("inpaint", "sd2"), row("inpaint", "neutral")), False),
        (step("inpaint", "neutral"), (row("inpaint", "neutral", 2),), True),
        (step("mask", "boards+regions", 3), (row("mask", "boards", 3), row("mask", "regions", 1)), False),
        (step("look", "gone"), (), False),
    ],
    ids=[
        "as today", "a detector came", "a detector that is not here", "same detectors", "another set of detectors",
        "rows of an older owner", "the detectors went", "a backend that is no more", "other weights", "newer version", "any backend will do",
        "newer version of a pinned kind", "joined backends", "nothing is known",
    ],
)  # fmt: skip
def test_what_counts(done: Done, backends: tuple[tuple[Any, ...], ...], better: bool) -> None:
    """Newer versions always; another first backend and other weights where any backend can do all the work."""
    assert counted(done, *backends) == ({done.step.stage: 1} if better else {})
