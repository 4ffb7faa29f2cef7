"""A small real world for tests: an event folder, an owner with a fixed clock, pictures made on the spot."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from safelight.model.digests import ObjectId, PhotoId
from safelight.model.records import Detail, Dropped, StepDone
from safelight.model.signals import CLASSES
from safelight.plan.steps import Step
from safelight.reconcile.event import Event, Owner, own
from safelight.reconcile.publish import FOLDERS

NOW = "2026-06-13T16:00:00Z"


def jpeg(seed: int = 0, size: tuple[int, int] = (96, 64)) -> bytes:
    """A small JPEG, different for every seed."""
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def event_in(folder: Path) -> Event:
    """An empty event."""
    for name in ("inbox", "library", "rules", "rules/styles", "templates"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return Event(folder)


def owner_of(event: Event) -> Owner:
    """The owner of an event, with a clock that stands still."""
    owner = own(event, "test")
    owner.clock = lambda: NOW  # type: ignore[method-assign, assignment]
    return owner


def drop(owner: Owner, data: bytes, name: str = "IMG_1.JPG", photographer: str = "marie", **more: Any) -> PhotoId:
    """A photo in the ledger, as intake would put it there."""
    photo = PhotoId(owner.event.store.put(data))
    detail = owner.keep_detail(Detail(name=name, photographer=photographer, arrived=NOW, **more))
    owner.append(Dropped(photo, detail, len(data), 96, 64, "JPEG"))
    return photo


SIGNALS = {"values": {"car_area": 0.3, "sharpness": 0.8, "advertising": 0.07}, "boxes": [], "features": []}


def verdict_facts(verdict: str, sure: float = 0.9) -> dict[str, Any]:
    """The facts of a classify step."""
    rest = (1 - sure) / 2
    return {
        "probabilities": {name: sure if name == verdict else rest for name in CLASSES},
        "reasons": [["advertising", 0.07, 1.2], ["sharpness", 0.8, 0.4]],
    }


def finish(step: Step, outputs: dict[str, str] | None = None, facts: dict[str, Any] | None = None) -> StepDone:
    """The fact that a step was done, with what a worker would have told."""
    return StepDone(
        photo=step.photo, key=step.key, stage=step.stage, attempt=step.attempt, rule=step.rule, inputs=step.inputs,
        params=step.params, backend="tested", version=1, model="", trained=False, seed=step.seed, outputs=outputs or {},
        facts=facts or {}, machine="test", device="cpu", seconds=1.0,
    )  # fmt: skip


def answer_for(step: Step, verdict: str = "ok", area: float = 0.1, sure: float = 0.9) -> StepDone:
    """A plausible result for any step: outputs are named after the step's key, so that they differ as they would."""
    match step.stage:
        case "look":
            return finish(step, facts=SIGNALS)
        case "classify":
            return finish(step, facts=verdict_facts(verdict, sure))
        case "mask":
            return finish(step, {"mask": f"mask-{step.key}"}, {"area": area, "doubt": ""})
        case _:
            return finish(step, {"image": f"image-{step.key}"}, {"area": area, "width": 96, "height": 64})


def put(path: Path, data: bytes) -> Path:
    """A file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def object_of(owner: Owner, data: bytes) -> ObjectId:
    """Bytes in the store."""
    return owner.event.store.put(data)


def listing(library: Path) -> set[str]:
    """Every file in the view folders, relative to the library; hidden ones are nobody's business."""
    return {
        path.relative_to(library).as_posix()
        for folder in FOLDERS
        for path in (library / folder).rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
