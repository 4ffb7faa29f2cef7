"""A classifier asked about labelled pictures: every answer kept, one look against ten, time, what must be warned of.

Two kinds of classifier come to the same `Evaluation`: a file that `train classifier` wrote, and the event's own sort.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from safelight.learn import evaluate as sorting
from safelight.learn.classify.attention import Eyes, NetworkEyes
from safelight.learn.classify.augment import MARGIN, middle, views
from safelight.learn.classify.errors import LabelledFolderError, OtherLabels
from safelight.learn.classify.measures import Answers, Figures, measure
from safelight.learn.classify.pictures import read, warnings
from safelight.model.signals import CLASSES
from safelight.stages.networks.classifiers import Loaded, load


@dataclass(frozen=True)
class Evaluation:
    """`paths` and `reasons` go with the rows of `answers`; `many` are the answers from ten looks a picture, if asked for.

    `seconds` a picture and look, without reading the file; NaN where not timed. `trained` of the pictures were learnt from.
    """

    name: str
    folder: Path
    answers: Answers
    paths: tuple[Path, ...]
    reasons: tuple[str, ...]
    many: Answers | None
    seconds: float
    warnings: tuple[tuple[str, str], ...]
    unreadable: tuple[tuple[Path, str], ...]
    trained: int = 0
    eyes: Eyes | None = None
    """What says where in a picture a class was seen, if the classifier can."""
    chance: tuple[float, float] | None = None
    """Success rate and balanced accuracy of the untrained network, on what its training held out."""

    @property
    def figures(self) -> Figures:
        """Those of one look a picture."""
        return measure(self.answers)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        told = {"classifier": self.name, "folder": str(self.folder), **plain(self.figures, self.answers.classes)}
        if self.many is not None:
            told["ten_looks"] = plain(measure(self.many), self.answers.classes)
        return {
            **told, "untrained": None if self.chance is None else dict(zip(("accuracy", "balanced"), self.chance, strict=True)),
            "seconds": None if np.isnan(self.seconds) else round(self.seconds, 4), "trained_on": self.trained,
            "unreadable": [{"file": str(path), "reason": why} for path, why in self.unreadable],
            "warnings": [english for english, _ in self.warnings],
        }  # fmt: skip


def plain(found: Figures, classes: tuple[str, ...]) -> dict[str, Any]:
    """Figures as JSON has them: a class without pictures has None."""

    def rounded(value: float) -> float | None:
        return None if np.isnan(value) else round(value, 4)

    return {
        "n": found.n, "classes": list(classes), "accuracy": rounded(found.accuracy),
        "accuracy_95": [rounded(end) for end in found.accuracy_95], "balanced_accuracy": rounded(found.balanced),
        "balanced_accuracy_95": [rounded(end) for end in found.balanced_95], "macro_f1": rounded(found.macro_f1),
        "largest_class": rounded(found.largest), "log_loss": rounded(found.log_loss),
        "log_loss_prior": rounded(found.log_loss_prior), "brier": rounded(found.brier),
        "brier_prior": rounded(found.brier_prior), "calibration_error": rounded(found.calibration),
        "confusion": [list(row) for row in found.confusion],
        "recall": dict(zip(classes, map(rounded, found.recall), strict=True)),
        "margin": {
            name: {"mean": rounded(mean), "variance": rounded(variance)}
            for name, (mean, variance) in zip(classes, found.margins, strict=True)
        },
    }  # fmt: skip


def of_file(
    file: Path,
    folder: Path,
    each: Callable[[int, int], None] = lambda *_: None,
    clock: Callable[[], float] = time.monotonic,
) -> Evaluation:
    """Ask a trained file about class folders, once and with ten looks; raises BadClassifier, OtherLabels, LabelledFolderError."""
    model = load(file)
    classes, size = model.about.classes, model.about.size
    labels = read(folder, round(size * MARGIN), each)
    if not set(labels.classes) <= set(classes):
        raise OtherLabels(file=file, classes=", ".join(classes), folder=folder, others=", ".join(labels.classes))
    once, many, began = [], [], 0.0
    for item in labels.pictures:
        start = clock()
        once.append(model.shares(_batch([middle(item.pixels, size)])).numpy()[0])
        began += clock() - start
        many.append(model.shares(_batch(views(item.pixels, size))).numpy().mean(0))
    truth = np.array([classes.index(labels.classes[item.truth]) for item in labels.pictures], np.int64)
    prior = np.array(model.about.prior)
    trained = sum(item.digest in set(model.about.trained_on) for item in labels.pictures)
    told = warnings(labels)
    if trained:
        told.insert(0, (
            f"{trained} of {len(truth)} pictures were learnt from: the figures flatter.",
            f"{trained} des {len(truth)} images ont servi à l'apprentissage\u00a0: les chiffres sont flatteurs.",
        ))  # fmt: skip
    return Evaluation(
        file.name, folder, Answers(classes, truth, np.array(once, np.float64), prior),
        tuple(item.path for item in labels.pictures), ("",) * len(truth),
        Answers(classes, truth, np.array(many, np.float64), prior), began / len(truth), tuple(told), labels.unreadable, trained,
        NetworkEyes(model) if sees(model) else None, _chance(model),
    )  # fmt: skip


def sees(model: Loaded) -> bool:
    """Whether the network's maps have more than one place."""
    with torch.inference_mode():
        height, width = model.net.body(torch.zeros(1, 3, model.about.size, model.about.size)).shape[2:]
    return bool(height * width > 1)


def _chance(model: Loaded) -> tuple[float, float] | None:
    scores = model.about.scores
    keys = ("untrained_accuracy", "untrained_balanced")
    return (scores[keys[0]], scores[keys[1]]) if all(key in scores for key in keys) else None


def _batch(pictures: list[Any]) -> torch.Tensor:
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float().div(255).contiguous()


def of_sort(
    found: sorting.Evaluation, folder: Path, name: str, language: str = "en", eyes: Eyes | None = None
) -> Evaluation:
    """The event's own sort, as `evaluate FOLDER` judged it; raises LabelledFolderError where no picture could be judged."""
    judged = [item for item in found.files if item.verdict is not None]
    if not judged:
        raise LabelledFolderError(folder=folder, reason="no picture could be read", raison="aucune image n'est lisible")
    shares = np.array([[item.verdict.probabilities[name] for name in CLASSES] for item in judged if item.verdict])
    truth = np.array([CLASSES.index(item.expected) for item in judged], np.int64)
    bad = tuple((item.path, item.problem) for item in found.files if item.verdict is None)
    return Evaluation(
        name, folder, Answers(CLASSES, truth, shares / shares.sum(1, keepdims=True)), tuple(item.path for item in judged),
        tuple(item.reason(language) for item in judged), None, float("nan"), found.warnings, bad,
        sum(item.trained for item in judged), eyes,
    )  # fmt: skip
