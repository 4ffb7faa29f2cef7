"""What all parts of the loop share: owner, lanes, the recipe in force, what runs, and how sentences reach people.

Each part (taking in, rules, requests, library, book) holds one `Work` and acts through it; they do not know each other.
`at` is called with a label at every point where a crash must do no harm: tests kill the process there.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path

from safelight.model.digests import ObjectId, PhotoId
from safelight.model.errors import DiskFull, WorkersBroken
from safelight.model.recipe import Recipe
from safelight.plan.steps import Step
from safelight.reconcile.event import Event, Owner
from safelight.reconcile.gestures import Edit
from safelight.reconcile.intake import Claim, Seen
from safelight.reconcile.pace import Pace
from safelight.reconcile.planning import Planner
from safelight.reconcile.statustext import News
from safelight.reconcile.views import Names
from safelight.stages.base import DOUBTS
from safelight.workers.lanes import Answer, Lanes

FULL_PAUSE = 30.0
"""Seconds before anything is tried again on a full disk."""


@dataclass
class Running:
    """A job in a lane and what it is for: a claimed file, a step, or a view that a person changed."""

    future: Future[Answer]
    step: Step | None = None
    claim: Claim | None = None
    photo: ObjectId | None = None
    size: int = 0
    edit: Edit | None = None


@dataclass(frozen=True)
class Found:
    """A whole picture that a person put into a class folder: the file, the folder's verdict, its format."""

    seen: Seen
    verdict: str
    format: str


@dataclass
class Work:
    """One event being worked on by its owner.

    `found` are pictures that people put into class folders, to be taken in; `again` photos whose original came back to
    the inbox, so that their missing views are no wish; `aside` jobs of previews, tries and books that are in a lane now.
    `sign` shows people the sign of life while something long is waited for, `alive` gives one to whoever started the
    process; `news` tells what the status says beside the counts; `zone` is that of times told to people, None the
    machine's own.
    """

    owner: Owner
    lanes: Lanes
    cache: Path
    pace: Pace
    software: str
    zone: tzinfo | None = None
    monotonic: Callable[[], float] = time.monotonic
    tell: Callable[[str], None] = lambda _: None
    at: Callable[[str], None] = lambda _: None
    sign: Callable[[], None] = lambda: None
    alive: Callable[[], None] = lambda: None
    news: Callable[[], News] = News
    recipe: Recipe | None = None
    planner: Planner = field(default_factory=lambda: Planner(words=DOUBTS))
    names: Names = field(default_factory=Names)
    running: dict[Future[Answer], Running] = field(default_factory=dict)
    again_at: dict[str, float] = field(default_factory=dict)
    dirty: bool = True
    full: DiskFull | None = None
    full_until: float = -1e9
    broken: WorkersBroken | None = None
    book_wanted: str = ""
    found: dict[Path, Found] = field(default_factory=dict)
    again: set[PhotoId] = field(default_factory=set)
    aside: set[Future[Answer]] = field(default_factory=set)
    _told: dict[str, str] = field(default_factory=dict)

    @property
    def event(self) -> Event:
        """The event being worked on."""
        return self.owner.event

    @property
    def language(self) -> str:
        """The event's language; English before the rules are read."""
        return self.recipe.event.language if self.recipe else "en"

    @property
    def device(self) -> str:
        """Where networks are to compute, as event.yaml says; `auto` before the rules are read."""
        return self.recipe.event.device if self.recipe else "auto"

    def run(self, job: Mapping[str, object], running: Running) -> None:
        """Give a job to a lane; what comes of it is collected in a later cycle."""
        running.future = self.lanes.submit(job)
        self.running[running.future] = running

    def rehearse(self, job: Mapping[str, object], scratch: Path) -> Future[Answer]:
        """Give a lane a job whose result is kept in `scratch` and recorded nowhere."""
        return self.beside({**job, "scratch": str(scratch)})

    def beside(self, job: Mapping[str, object]) -> Future[Answer]:
        """Give a lane a job of whoever asks, who looks after what comes of it."""
        future = self.lanes.submit(job)
        self.aside.add(future)
        future.add_done_callback(self.aside.discard)
        return future

    def wait_for(self, job: Mapping[str, object]) -> Answer:
        """A job waited for, with signs of life meanwhile. Raises what the job raised."""
        future = self.lanes.submit(job)
        self.until_done(future)
        return future.result()

    def until_done(self, future: Future[Answer]) -> None:
        """Wait for a job that was begun, with signs of life meanwhile."""
        while not future.done():
            self.beat()
            self.sign()
            wait([future], timeout=1.0)

    def beat(self) -> None:
        """The sign of life; a share that is away for a moment is no reason to end. Raises LostOwnership."""
        self.alive()
        with contextlib.suppress(OSError):
            self.owner.still()
            self.event.lease.beat(self.monotonic())

    def tell_once(self, topic: str, text: str) -> None:
        """Say a sentence unless it was the last one said of this topic."""
        if self._told.get(topic) != text:
            self._told[topic] = text
            self.tell(text)

    def forget_told(self, topic: str) -> None:
        """The matter is over: when it comes again it is said again."""
        self._told.pop(topic, None)

    def disk_full(self, fault: DiskFull) -> None:
        """No room: said once, nothing counted as failed; everything goes on by itself when there is room again."""
        self.full = fault
        self.full_until = self.monotonic() + FULL_PAUSE
        self.tell_once("full", fault.say(self.language))
