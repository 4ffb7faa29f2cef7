"""Training and evaluating segmentation networks: the use cases behind `safelight train` and `safelight evaluate`.

They touch no event: a folder of data is read, a folder of results is written. Stopping is asked for, never forced: a
training that is told to stop writes its checkpoint and says how to go on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from safelight.app.around import Surroundings
from safelight.app.learning_words import duration, number, say

if TYPE_CHECKING:
    from safelight.learn.data.base import Dataset
    from safelight.learn.segment.measure import Measured
    from safelight.learn.segment.settings import Settings
    from safelight.learn.segment.training import Progress


class Teller(Protocol):
    """Who is told: one line that is rewritten, and sentences that stay."""

    def line(self, text: str) -> None:
        """Where things stand."""

    def say(self, text: str) -> None:
        """A sentence."""


@dataclass(frozen=True)
class Order:
    """What to train, as asked on the command line; None leaves a value as the preset or the checkpoint has it."""

    folder: Path
    out: Path
    format: str = "auto"
    preset: str = "road"
    resume: bool = False
    device: str = "auto"
    threads: int | None = None
    pretrained: Path | None = None
    network: str | None = None
    width: int | None = None
    loss: str | None = None
    rate: float | None = None
    epochs: int | None = None
    minutes: float | None = None
    seed: int | None = None


@dataclass(frozen=True)
class Trained:
    """How a training ended. `weights` is None where none were written yet."""

    finished: bool
    weights: Path | None
    epochs: float
    minutes: float
    miou: float | None
    again: str
    """The command that goes on with it."""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "finished": self.finished, "weights": None if self.weights is None else str(self.weights),
            "epochs": round(self.epochs, 2), "minutes": round(self.minutes, 1), "miou": self.miou, "resume": self.again,
        }  # fmt: skip


def train_segmenter(
    order: Order, around: Surroundings, teller: Teller, stop: threading.Event, language: str = "en"
) -> Trained:
    """Train until the end or until `stop` is set.

    Raises DataError, BadSettings, FolderInUse, NothingToResume, BrokenCheckpoint, Diverged and what weights raise.
    """
    from safelight.learn.segment import checkpoint
    from safelight.learn.segment.errors import FolderInUse
    from safelight.learn.segment.holding import parts
    from safelight.learn.segment.training import WEIGHTS, Training

    there = (order.out / checkpoint.NAME).is_file()
    if there and not order.resume:
        raise FolderInUse(folder=order.out, told=checkpoint.NAME)
    state = checkpoint.read(order.out) if order.resume else None
    settings = _settings(order, None if state is None else checkpoint.settings_of(state))
    threads = threads_of(order.threads, around)
    data, held = parts(order.folder, order.format, settings)
    training = Training(
        data, held, settings, order.out, device=order.device, pretrained=order.pretrained, readers=min(4, threads)
    )
    if state is not None:
        training.resume(state)
    teller.say(_start(data, held, training.learner.device.type, threads, settings, language))
    if settings.network == "squeeze" and order.pretrained is None and state is None:
        teller.say(say("fresh", language, network=settings.network))
    with writing(order.out):
        finished = training.run(_Hearing(teller, language), stop.is_set)
    weights = order.out / WEIGHTS
    return Trained(
        finished, weights if weights.is_file() else None, training.step / len(training.feed), training.spent / 60,
        round(training.best, 4) if training.best >= 0 else None, _again(order),
    )  # fmt: skip


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """A folder that cannot be made or written to, or a full disk, is told for people: raises Unwritable."""
    from safelight.learn.segment.errors import Unwritable

    try:
        yield
    except OSError as fault:
        raise Unwritable(folder=folder, reason=fault.strerror or fault) from None


def _settings(order: Order, before: Settings | None) -> Settings:
    """The preset, or on resuming those of before, with what was asked for. `epochs` alone ends a run by minutes."""
    from safelight.learn.segment.errors import BadSettings
    from safelight.learn.segment.settings import preset

    fixed = {"network": order.network, "width": order.width, "loss": order.loss, "rate": order.rate, "seed": order.seed}
    base = before or preset(order.preset)
    minutes = 0.0 if order.minutes is None and order.epochs is not None else order.minutes
    asked = base.with_words(**fixed, epochs=order.epochs, minutes=minutes)
    if before is not None:
        for key, value in fixed.items():
            if value is not None and value != getattr(before, key):
                known = getattr(before, key)
                raise BadSettings(key=key, value=value, expected=f"{known} (--resume)", attendu=f"{known} (--resume)")
    return asked


def threads_of(wanted: int | None, around: Surroundings) -> int:
    """Have networks count with so many processors (None: all there are); returns how many."""
    import cv2
    import torch

    threads = max(1, wanted or around.processors)
    torch.set_num_threads(threads)
    cv2.setNumThreads(1)  # drawing goes on beside the network and must not fight it for processors
    return threads


def _start(data: Dataset, held: Dataset | None, device: str, threads: int, settings: Settings, language: str) -> str:
    from safelight.stages.networks.segmenters import build, parameters

    count = parameters(build(settings.network, len(data.classes), settings.width))
    return say(
        "start", language, data=data.name, pictures=len(data.ids), classes=len(data.classes),
        held=0 if held is None else len(held.ids), network=settings.network,
        parameters=number(count / 1e6, 2, language), device=device, threads=threads,
    )  # fmt: skip


def _again(order: Order) -> str:
    words = ["safelight train segmenter", quoted(order.folder), "--resume", "--out", quoted(order.out)]
    return " ".join(words + (["--format", order.format] if order.format != "auto" else []))


def quoted(path: Path) -> str:
    """A path as it must be typed."""
    import shlex

    return shlex.quote(str(path))


class _Hearing:
    """Puts what a training tells into words."""

    def __init__(self, teller: Teller, language: str) -> None:
        self.teller, self.language = teller, language

    def progress(self, progress: Progress) -> None:
        epoch = f"{progress.epoch}/{progress.epochs}" if progress.epochs else str(progress.epoch)
        loss = number(progress.loss, 3, self.language)
        self.teller.line(say("epoch", self.language, epoch=epoch, loss=loss, left=duration(progress.left)))

    def validated(self, epoch: int, measured: Measured, best: bool) -> None:
        figures = measured.figures()
        self.teller.say(
            say(
                "validated",
                self.language,
                epoch=epoch,
                miou=number(figures["miou"], 3, self.language),
                accuracy=number(figures["accuracy"], 3, self.language),
                best=say("best", self.language) if best else "",
            )
        )


def evaluate_segmenter(
    weights: Path,
    folder: Path,
    around: Surroundings,
    teller: Teller,
    *,
    format: str = "auto",  # noqa: A002 - the word people use
    split: str = "",
    report: Path | None = None,
    quick: bool = False,
    device: str = "auto",
    threads: int | None = None,
    language: str = "en",
) -> dict[str, Any]:
    """Measure a weight file on a folder of data; with `report` also the page and its figures as files there.

    `split` empty takes the part for tests, else the one for validation, else all. Raises BadWeights, DataError,
    OtherClasses.
    """
    from safelight.learn.segment.evaluate import evaluate
    from safelight.learn.segment.holding import judging
    from safelight.learn.segment.report import write

    threads_of(threads, around)
    data = judging(folder, format, split)

    def each(done: int, total: int) -> None:
        teller.line(say("asked", language, done=done, total=total))

    found = evaluate(weights, data, careful=not quick, device=device, each=each)
    told = found.to_json()
    if report is not None:
        with writing(report):
            write(found, report, language)
        told["report"] = str(report / "evaluation.html")
    return told


def export_segmenter(weights: Path, target: Path) -> dict[str, Any]:
    """Write a weight file as ONNX, compared with torch before it is kept. Raises BadWeights, CannotExport, Unwritable."""
    from safelight.stages.networks.segmenters.exporting import export
    from safelight.stages.networks.segmenters.files import load

    loaded = load(weights)
    with writing(target.parent):
        made = export(loaded, target, weights)
    return {
        "file": str(target), "bytes": made.bytes, "difference": made.difference, "classes": list(loaded.about.classes),
        "longest": loaded.about.longest, "pictures": [list(size) for size in made.pictures],
    }  # fmt: skip
