"""Trains a segmenter: seeded, resumable, on a processor or a graphics card, for so many epochs or so many minutes.

The checkpoint holds all that goes on changing, and every draw depends on seed, epoch and picture alone: a training of
epochs stopped anywhere and started again ends with the same weights on the same machine and number of threads. One of
minutes follows the clock, so it is not repeated bit by bit. What is served is the running mean of the weights, the one
that did best on the validation pictures.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch

from safelight.files import write_through
from safelight.learn.data.base import Dataset
from safelight.learn.data.generator import Batch
from safelight.learn.segment import checkpoint, schedule
from safelight.learn.segment.curves import draw
from safelight.learn.segment.errors import BrokenCheckpoint
from safelight.learn.segment.feed import feed as drawn
from safelight.learn.segment.learner import Learner, resolve
from safelight.learn.segment.measure import Measured, measure
from safelight.learn.segment.settings import Settings
from safelight.stages.networks.segmenters import architecture, parameters
from safelight.stages.networks.segmenters.base import Segmenter
from safelight.stages.networks.segmenters.files import About, save

WEIGHTS = "segmenter.safetensors"
MOST_VALIDATED = 200
"""Pictures looked at in one validation, evenly spread."""


@dataclass(frozen=True)
class Progress:
    """Where a training stands. `epoch` is counted from 1; `left` in seconds, `loss` the mean of this epoch so far."""

    epoch: int
    epochs: int | None
    step: int
    loss: float
    spent: float
    left: float


class Listener(Protocol):
    """Who hears of a training."""

    def progress(self, progress: Progress) -> None:
        """After every step."""

    def validated(self, epoch: int, measured: Measured, best: bool) -> None:
        """After every validation; `best`: these weights were written out."""


class Feed(Protocol):
    """Where batches come from: those of an epoch are the same whenever they are asked for."""

    def __len__(self) -> int:
        """Batches in an epoch."""

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from the `start`-th on."""


class Judge(Protocol):
    """How a network is measured on the pictures held out."""

    def __call__(self, net: Segmenter, data: Dataset, longest: int, *, ids: Sequence[str] | None = None) -> Measured:
        """The figures over the pictures of `ids`."""


class Training:
    """The state of one training; `run` takes it from wherever it is to the end, or until told to stop."""

    def __init__(
        self,
        data: Dataset,
        held: Dataset | None,
        settings: Settings,
        folder: Path,
        *,
        device: str = "cpu",
        pretrained: Path | None = None,
        readers: int = 1,
        feed: Feed | None = None,
        judge: Judge = measure,
    ) -> None:
        """`held`: the pictures to validate on; `readers`: threads that draw pictures beside the step.

        `feed` and `judge` replace the usual draws and the usual measure, for labels of another kind.
        """
        self.data, self.held, self.settings, self.folder = data, held, settings, folder
        self.feed: Feed = feed or drawn(data, settings, readers)
        self.judge = judge
        self.learner = Learner(len(data.classes), settings, resolve(device), pretrained)
        self.spent, self.best = 0.0, -1.0
        self.sums = [0.0, 0]
        self.history: list[dict[str, Any]] = []

    # --- going on --------------------------------------------------------------------------------------------------

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from what `checkpoint.read` gave; raises BrokenCheckpoint where it is of other data or settings."""
        path = self.folder / checkpoint.NAME
        if state["data"] != self._digest():
            told = ("it was trained on other pictures or classes", "il a appris d'autres images ou d'autres classes")
            raise BrokenCheckpoint(file=path, reason=told[0], raison=told[1])
        try:
            self.learner.put_back(state)
        except (RuntimeError, ValueError, KeyError):
            told = ("it is of another network", "il est d'un autre réseau")
            raise BrokenCheckpoint(file=path, reason=told[0], raison=told[1]) from None
        self.spent, self.best = float(state["spent"]), float(state["best"])
        self.sums = list(state["sums"])
        self.history = json.loads(state["history"])

    def save(self) -> None:
        """Write the checkpoint and the history, each whole."""
        checkpoint.write(self.folder, {
            **self.learner.state(), "settings": self.settings.text(), "data": self._digest(), "spent": self.spent,
            "best": self.best, "sums": list(self.sums), "history": json.dumps(self.history),
        })  # fmt: skip
        write_through(self.folder / "history.json", json.dumps(self.history, indent=1).encode())

    def _digest(self) -> str:
        return hashlib.sha256(json.dumps([self.data.classes.names, self.data.ids]).encode()).hexdigest()

    # --- the loop --------------------------------------------------------------------------------------------------

    @property
    def step(self) -> int:
        """Steps done."""
        return self.learner.step

    @property
    def fraction(self) -> float:
        """How much of the training is done, 0–1."""
        if self.settings.minutes:
            return min(1.0, self.spent / (60 * self.settings.minutes))
        return min(1.0, self.step / (self.settings.epochs * len(self.feed)))

    def run(
        self,
        hear: Listener,
        stop: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> bool:
        """Train to the end or until `stop()`, asked before every step; the checkpoint is written in both cases.

        Returns whether the end was reached. `clock` counts seconds. Raises Diverged, DataError for broken data.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        write_through(self.folder / "settings.json", self.settings.text().encode())
        if self.settings.balance == "root" and self.learner.weights is None:
            weights = schedule.class_weights(schedule.count_pixels(self.data))
            self.learner.weights = torch.from_numpy(weights).to(self.learner.device)
        timer = _Timer(clock, self.spent, self.step)
        saved = clock()
        while True:
            self._end_of_epoch(hear)
            if self.fraction >= 1 or stop():
                break
            with closing(self._batches()) as batches:
                for batch in batches:
                    self._learn(batch, timer, hear)
                    if clock() - saved >= self.settings.save_every:
                        self.save()
                        saved = clock()
                    if self.fraction >= 1 or stop():
                        break
        self.save()
        return self.fraction >= 1

    def _batches(self) -> Generator[Batch]:
        """What is left of the epoch."""
        epoch, start = divmod(self.step, len(self.feed))
        yield from self.feed.epoch(epoch, start)

    def _learn(self, batch: Batch, timer: _Timer, hear: Listener) -> None:
        loss = self.learner.learn(batch, self.fraction)
        self.sums = [self.sums[0] + loss, self.sums[1] + 1]
        self.spent = timer.spent()
        minutes, total = self.settings.minutes, self.settings.epochs * len(self.feed)
        left = 60 * minutes - self.spent if minutes else timer.pace(self.step) * (total - self.step)
        epochs = None if minutes else self.settings.epochs
        mean = self.sums[0] / self.sums[1]
        hear.progress(
            Progress((self.step - 1) // len(self.feed) + 1, epochs, self.step, mean, self.spent, max(0.0, left))
        )

    # --- between epochs --------------------------------------------------------------------------------------------

    def _end_of_epoch(self, hear: Listener) -> None:
        """Note the epoch that just ended, validate if it is time; does nothing in the middle of one, or a second time."""
        over = self.fraction >= 1
        if not self.step or (self.step % len(self.feed) and not over):
            return
        if not self.history or self.history[-1]["step"] != self.step:
            self.history.append(self._row())
            self.sums = [0.0, 0]
        row = self.history[-1]
        due = over or row["epoch"] % self.settings.validate_every == 0
        if due and not row["validated"]:
            row.update(self._validate(row["epoch"], hear), validated=True)
            draw(self.history, self.folder / "curves.png")
            self.save()

    def _row(self) -> dict[str, Any]:
        """What history keeps of the epoch that just ended."""
        return {
            "epoch": -(-self.step // len(self.feed)), "step": self.step, "spent": round(self.spent, 1),
            "loss": round(self.sums[0] / max(1, self.sums[1]), 5),
            "rate": schedule.rate(self.fraction, self.settings), "validated": False,
        }  # fmt: skip

    def _validate(self, epoch: int, hear: Listener) -> dict[str, Any]:
        """Measure the mean weights; write them out where they are the best so far, or always without pictures to ask."""
        if self.held is None:
            self.export({})
            return {}
        count = min(MOST_VALIDATED, len(self.held.ids))
        chosen = [self.held.ids[index * len(self.held.ids) // count] for index in range(count)]
        measured = self.judge(self.learner.mean, self.held, self.settings.longest, ids=chosen)
        better = measured.miou > self.best
        if better:
            self.best = measured.miou
            self.export(measured.figures())
        hear.validated(epoch, measured, better)
        told = measured.to_json()
        return {
            "miou": told["miou"], "accuracy": told["accuracy"],
            "iou": {item["name"]: item["iou"] for item in told["classes"]},
        }  # fmt: skip

    def export(self, scores: dict[str, float]) -> int:
        """Write the mean weights in 16 bit with what they are; returns the size in bytes."""
        settings, classes = self.settings, self.data.classes
        trained = {
            "data": self.data.name, "pictures": len(self.data.ids), "step": self.step,
            "epochs": round(self.step / len(self.feed), 2), "minutes": round(self.spent / 60, 1),
            "device": self.learner.device.type, "parameters": parameters(self.learner.mean),
            "settings": settings.to_json(),
        }  # fmt: skip
        width = settings.width or architecture(settings.network).width
        known = {key: round(value, 4) for key, value in scores.items() if not math.isnan(value)}
        about = About(
            settings.network, width, classes.names, classes.colours, settings.longest, trained, known
        )  # fmt: skip
        return save(self.learner.mean, about, self.folder / WEIGHTS)


class _Timer:
    """Seconds spent in all, and a step in this run."""

    def __init__(self, clock: Callable[[], float], before: float, step: int) -> None:
        self.clock, self.before, self.first, self.started = clock, before, step, clock()

    def spent(self) -> float:
        return self.before + self.clock() - self.started

    def pace(self, step: int) -> float:
        return (self.clock() - self.started) / max(1, step - self.first)
