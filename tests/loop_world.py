"""A whole event being worked on with a clock of the test's own and stages that answer at once.

Everything but the stages is the real thing: inbox, ledger, store, folders, the child's probe and comparison of pictures.
A stage's picture is a small JPEG made from the step's own words, so that other work gives other pictures.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

from PIL import Image

from e2e_world import RULES, style
from safelight.model.digests import canonical, object_id
from safelight.reconcile.event import Event, own
from safelight.reconcile.loop import Reconciler
from safelight.reconcile.pace import Pace
from safelight.reconcile.work import Work
from safelight.store import Store
from safelight.workers.child import answer
from safelight.workers.lanes import Answer
from world import NOW, SIGNALS, event_in, jpeg, put, verdict_facts

PACE = Pace(floor=0, patience=600.0)


class Inline:
    """Lanes that do a job when it is submitted: pictures are really read, stages answer by rote."""

    count = 2

    def __init__(self, event: Event) -> None:
        self.store = event.store
        self.did: list[str] = []
        self.cards = True

    def submit(self, job: Mapping[str, Any]) -> Future[Answer]:
        """The answer at once."""
        future: Future[Answer] = Future()
        stage = job["stage"]
        self.did.append(stage if "scratch" not in job else f"rehearse {stage}")
        if stage in {"probe", "compare", "backends", "export", "sheet"}:
            told = answer(self.store, dict(job))
            if "fault" in told:
                from safelight.model.errors import by_code

                future.set_exception(by_code(told["fault"])(**told["values"]))
            else:
                future.set_result(Answer(told["done"], told["seconds"]))
            return future
        future.set_result(Answer(self._by_rote(stage, job), 0.5))
        return future

    def close(self) -> None:
        """Nothing to stop."""

    def _by_rote(self, stage: str, job: Mapping[str, Any]) -> dict[str, Any]:
        facts: dict[str, Any] = {"look": SIGNALS, "classify": verdict_facts("ok")}.get(stage, {})
        outputs = {}
        if stage not in {"look", "classify"}:
            told = canonical({"stage": stage, "inputs": job["inputs"], "params": job["params"], "seed": job["seed"]})
            store = Store(Path(job["scratch"])) if "scratch" in job else self.store
            role = "mask" if stage == "mask" else "image"
            seed = int(hashlib.sha256(told).hexdigest()[:8], 16)
            outputs[role] = store.put(jpeg(seed))
            if stage == "mask" and self.cards:
                outputs["card"] = store.put(jpeg(seed + 1))
            facts = {"area": 0.1, "doubt": "", "width": 96, "height": 64}
        return {
            "backend": "rote", "version": 1, "model": "", "trained": False, "outputs": outputs, "facts": facts,
            "used": {}, "tried": [],
        }  # fmt: skip


@dataclass
class Day:
    """An event and the process that works on it. `later` lets seconds pass, a cycle each `step` of them."""

    root: Path
    cache: Path
    pace: Pace = PACE
    now: float = 1000.0
    told: list[str] = field(default_factory=list)
    loop: Reconciler | None = None

    @property
    def event(self) -> Event:
        """The event."""
        return Event(self.root)

    @property
    def at_work(self) -> Reconciler:
        """The process at work."""
        assert self.loop is not None
        return self.loop

    def start(self) -> Day:
        """Take the event and look for the first time."""
        owner = own(self.event, "test")
        owner.clock = lambda: NOW  # type: ignore[method-assign, assignment]
        work = Work(
            owner, Inline(owner.event), self.cache, self.pace, "test", zone=UTC, monotonic=lambda: self.now, tell=self.told.append  # type: ignore[arg-type]
        )  # fmt: skip
        self.loop = Reconciler(work)
        return self

    def stop(self) -> None:
        """End, as a watch does."""
        self.at_work.close()
        self.at_work.work.owner.close()
        self.loop = None

    def later(self, seconds: float, step: float = 2.0) -> Day:
        """Work while the clock goes on."""
        for _ in range(int(seconds / step)):
            self.now += step
            for _ in range(40):
                if not self.at_work.cycle():
                    break
        return self

    @property
    def library(self) -> Path:
        """What people see."""
        return self.root / "library"

    def photo(self, name: str) -> Any:
        """The state of the photo of this name."""
        owner = self.at_work.work.owner
        return next(photo for photo in owner.state.photos.values() if owner.detail(photo.details[0]).name == name)

    def plan(self, name: str) -> Any:
        """Its plan."""
        return self.at_work.work.planner.plans[self.photo(name).photo]

    def facts(self, kind: type) -> list[Any]:
        """The facts of a kind in the ledger, in order."""
        return [record.fact for record in self.event.journal.read().records if isinstance(record.fact, kind)]


def day(root: Path, photos: int = 3, pace: Pace = PACE, **rules: str) -> Day:
    """A race day with photos of one photographer in ok, painted, everything settled."""
    event_in(root / "event")
    for name, text in {**RULES, **{f"{key}.yaml": text for key, text in rules.items()}}.items():
        put(root / "event" / "rules" / name, text.encode())
    put(root / "event/rules/styles/strokes.png", style())
    for number in range(photos):
        put(root / f"event/inbox/marie/ok {number}.jpg", jpeg(number))
    return Day(root / "event", root / "cache", pace).start().later(20)


def edit(path: Path, seed: int = 99, **more: Any) -> bytes:
    """What an editor would save over this picture: the same size, other pixels a little."""
    with Image.open(path) as picture:
        pixels = picture.convert("RGB")
    pixels.putpixel((seed % pixels.width, 3), (255, 0, 255))
    buffer = io.BytesIO()
    pixels.save(buffer, "JPEG" if path.suffix.lower() in {".jpg", ".jpeg"} else "PNG", quality=94, **more)
    return buffer.getvalue()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    return object_id(path.read_bytes())
