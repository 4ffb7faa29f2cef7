"""Training and evaluating classifiers: the use cases behind `train classifier` and `evaluate classifier`.

They touch no event: class folders are read, a folder of results is written. A training told to stop keeps its last whole
epoch and says how to go on.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safelight.app.around import Audience, Surroundings
from safelight.app.classifying_words import say
from safelight.app.learning import Teller, quoted, threads_of, writing
from safelight.app.learning_words import duration, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from safelight.learn.classify.attention import Eyes
    from safelight.learn.classify.dreams import Dream
    from safelight.learn.classify.measures import Figures
    from safelight.learn.classify.pictures import Labels
    from safelight.learn.classify.settings import Settings
    from safelight.learn.classify.training import Progress, Training
    from safelight.stages.networks.backbones import Source


@dataclass(frozen=True)
class ClassifierOrder:
    """What to train, as asked; None leaves a value as it is by itself or in the checkpoint."""

    folder: Path
    out: Path
    backbone: str | None = None
    finetune: bool = False
    weights: Path | None = None
    resume: bool = False
    size: int | None = None
    epochs: int | None = None
    rate: float | None = None
    batch: int | None = None
    decay: float | None = None
    patience: int | None = None
    augment: str | None = None
    unweighted: bool = False
    seed: int | None = None
    threads: int | None = None
    crop: float | None = None
    width: int | None = None
    depth: int | None = None


def train_classifier(
    order: ClassifierOrder, around: Surroundings, teller: Teller, stop: threading.Event, language: str = "en"
) -> dict[str, Any]:
    """Train until the end or until `stop` is set; returns what came of it, `finished` among it.

    Raises LabelledFolderError and its kind, BadSettings, FolderInUse, NothingToResume, BrokenCheckpoint, Diverged,
    BackendUnavailable.
    """
    from safelight.learn.classify import training_page
    from safelight.learn.classify.augment import MARGIN
    from safelight.learn.classify.pictures import read, shared_sources, warnings
    from safelight.learn.classify.training import FORM, KEYS, WEIGHTS, Training
    from safelight.learn.segment import checkpoint
    from safelight.learn.segment.errors import FolderInUse

    if (order.out / checkpoint.NAME).is_file() and not order.resume:
        raise FolderInUse(folder=order.out, told=checkpoint.NAME)
    state = checkpoint.read(order.out, FORM, KEYS) if order.resume else None
    settings = _settings(order, None if state is None else state["settings"])
    threads_of(order.threads, around)
    source = _source(order, settings)

    def each(done: int, total: int) -> None:
        teller.line(say("reading", language, done=done, total=total))

    labels = read(order.folder, round(settings.size * MARGIN), each)
    training = Training(labels, settings, order.out, source)
    if state is not None:
        training.resume(state)
    _start(teller, training, labels, language)
    for pair in warnings(labels):
        teller.say(pair[language == "fr"])
    both = shared_sources(labels, training.kept, training.held)
    if both:
        teller.say(say("shared", language, count=both, held=len(training.held)))
    with writing(order.out):
        finished = training.run(_Hearing(teller, language), stop.is_set)
        shown = training_page.write(training, language)
    best = training.history[training.best_epoch] if training.best_epoch else training.history[-1]
    return {
        "finished": finished, "weights": str(order.out / WEIGHTS) if finished else None, "epochs": training.epoch,
        "best_epoch": training.best_epoch, "minutes": round(training.spent / 60, 2), "balanced_accuracy": best["balanced"],
        "accuracy": best["accuracy"], "untrained": training.history[0], "classes": dict(zip(labels.classes, labels.counts, strict=True)),
        "held_out": len(training.held), "resume": _again(order), "curves": str(order.out / "curves.png"),
        "page": str(shown),
    }  # fmt: skip


def _settings(order: ClassifierOrder, before: str | None) -> Settings:
    """What was asked for over what is usual: a picture of 224 for a backbone, a low rate where a backbone learns."""
    import json

    from safelight.learn.classify.settings import Settings
    from safelight.stages.networks.classifiers import OWN

    asked = {
        "size": order.size, "epochs": order.epochs, "rate": order.rate, "batch": order.batch, "decay": order.decay,
        "patience": order.patience, "seed": order.seed, "crop": order.crop, "width": order.width, "depth": order.depth,
        "augment": None if order.augment is None else tuple(name for name in order.augment.split(",") if name and name != "none"),
    }  # fmt: skip
    given: dict[str, Any] = {key: value for key, value in asked.items() if value is not None}
    if before is not None:
        kept = Settings.from_json(json.loads(before))
        # Only the end may move: anything else would make another training of it.
        return replace(kept, **{key: value for key, value in given.items() if key in {"epochs", "patience"}})
    backbone = order.backbone or OWN
    usual: dict[str, Any] = (
        {} if backbone == OWN else {"size": 224, "batch": 16, "rate": 2e-4 if order.finetune else 2e-3}
    )
    return Settings(
        **{**usual, **given, "backbone": backbone, "finetune": order.finetune, "weighted": not order.unweighted}
    )  # fmt: skip


def _source(order: ClassifierOrder, settings: Settings) -> Source | None:
    from safelight.model.errors import BackendUnavailable
    from safelight.stages.networks import backbones
    from safelight.stages.networks.classifiers import OWN

    if settings.backbone == OWN:
        return None
    if settings.backbone == "clip":
        told = "CLIP sees pictures of 224 x 224 only and is no network to train here"
        raise BackendUnavailable(backend="clip", reason=told)
    source = backbones.Source(settings.backbone, order.weights) if order.weights else backbones.find(settings.backbone)
    if source is None:
        raise BackendUnavailable(backend=settings.backbone, reason=backbones.missing(settings.backbone))
    return source


def _start(teller: Teller, training: Training, labels: Labels, language: str) -> None:
    """What will be learnt from, and the table of layers."""
    from safelight.stages.networks.classifiers import layers

    rows = layers(training.net, training.settings.size)
    total = max(1, sum(count for *_, count in rows))
    learnt = sum(value.numel() for value in training.net.parameters() if value.requires_grad)
    teller.say(
        say(
            "start", language, folder=labels.folder, pictures=len(training.kept), held=len(training.held),
            classes=", ".join(f"{name} ({count})" for name, count in zip(labels.classes, labels.counts, strict=True)),
            total=f"{total:,}".replace(",", "\u202f"), learnt=f"{learnt:,}".replace(",", "\u202f"),
        )
    )  # fmt: skip
    wide = max(len(name) for name, *_ in rows)
    for name, kind, shape, count in rows:
        shown = f"{count:,}".replace(",", "\u202f")
        teller.say(
            f"  {name:<{wide}}  {kind:<12} {shape:>16} {shown:>12} {number(100 * count / total, 1, language):>6} %"
        )


def _again(order: ClassifierOrder) -> str:
    words = ["safelight train classifier", quoted(order.folder), "--resume", "--out", quoted(order.out)]
    return " ".join(words + (["--weights", quoted(order.weights)] if order.weights else []))


class _Hearing:
    """Puts what a training tells into words."""

    def __init__(self, teller: Teller, language: str) -> None:
        self.teller, self.language = teller, language

    def progress(self, progress: Progress) -> None:
        epoch = f"{progress.epoch}/{progress.epochs}"
        loss = number(progress.loss, 3, self.language)
        self.teller.line(say("epoch", self.language, epoch=epoch, loss=loss, left=duration(progress.left)))

    def validated(self, epoch: int, found: Figures, best: bool) -> None:
        key = "validated" if epoch else "untrained"
        self.teller.say(
            say(
                key, self.language, epoch=epoch, balanced=number(100 * found.balanced, 1, self.language),
                accuracy=number(100 * found.accuracy, 1, self.language), loss=number(found.log_loss, 3, self.language),
                best=say("best", self.language) if best else "",
            )
        )  # fmt: skip


def evaluate_classifier(
    folder: Path,
    model: Path | None,
    around: Surroundings,
    audience: Audience,
    *,
    report: Path | None,
    language: str = "en",
) -> dict[str, Any]:
    """A trained file, or the event's own sort where none is named, on class folders; with `report` also the page there.

    Raises BadClassifier, OtherLabels, LabelledFolderError, UsageError.
    """
    from safelight.app.files import evaluate
    from safelight.learn.classify.dreams import dreams
    from safelight.learn.classify.evaluate import of_file, of_sort
    from safelight.learn.classify.report import write
    from safelight.stages.networks.classifiers import load

    sought: Sequence[Dream] = ()
    if model is None:
        found = of_sort(evaluate(around, folder, audience), folder, say("own", language), language, _eyes())
    else:
        threads_of(None, around)
        found = of_file(model, folder)
        if report is not None:
            audience.say(say("dreaming", language))
            sought = dreams(load(model))
    told = found.to_json()
    if language == "fr":
        told["warnings"] = [other for _, other in found.warnings]
    if report is not None:
        with writing(report):
            write(found, report, language, sought)
        told["report"] = str(report / "evaluation.html")
    return told


def _eyes() -> Eyes | None:
    """Those of the backend that sorts here, if it looks through a network."""
    from safelight.learn.classify.attention import HeadEyes
    from safelight.stages import catalog
    from safelight.stages.classify.features import Features
    from safelight.stages.networks import backbones

    sorter = next(catalog.available("classify"), None)
    if not isinstance(sorter, Features):
        return None
    source = backbones.find(sorter.head.backbone)
    if source is None or backbones.fingerprint(source) != sorter.head.backbone_sha256:
        return None
    return HeadEyes(sorter.head, source)
