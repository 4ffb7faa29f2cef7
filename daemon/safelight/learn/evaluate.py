"""How good the sort is on labelled photos: pure figures over what a judge said, file by file.

The judge is whatever turns a file into a verdict (a model in this process, a child process, a table in a test): a
callable `judge(path) -> Verdict`, raising a SafelightError where a file cannot be judged. The figures speak of the
model alone: the most probable class counts, no abstention, no rules. Files that could not be judged are listed and
kept out of every figure; photos the model was trained on are counted and named, because they flatter.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safelight.learn.folders import Labelled
from safelight.model.errors import SafelightError
from safelight.model.promise import Answer, rows_of
from safelight.model.signals import CLASSES, ClassName, Verdict, say_reason

Judge = Callable[[Path], Verdict]

FEW = 10
"""Photos a class below which a figure says next to nothing."""


@dataclass(frozen=True)
class Judged:
    """One file: what it is, what the judge said (None and `problem` where it could not), and whether it was trained on."""

    path: Path
    expected: ClassName
    verdict: Verdict | None
    problem: str = ""
    trained: bool = False

    @property
    def given(self) -> ClassName | None:
        """The most probable class, or None where the file could not be judged."""
        return None if self.verdict is None else self.verdict.likeliest

    @property
    def right(self) -> bool:
        """Whether the most probable class is the expected one."""
        return self.given == self.expected

    def reason(self, language: str = "en") -> str:
        """Up to three reasons in words, or the problem."""
        if self.verdict is None:
            return self.problem
        return "; ".join(say_reason(reason, language) for reason in self.verdict.reasons[:3])


@dataclass(frozen=True)
class Figures:
    """Over `n` judged files. `confusion[i][j]`: files of class i given class j, both in the order of `classes`.

    `log_loss` in nats and `brier` (0–2, summed over classes) stand beside those of always answering the class shares.
    `balanced_accuracy` is the mean recall over the classes present.
    """

    n: int
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    classes: tuple[ClassName, ...]
    confusion: tuple[tuple[int, ...], ...]
    recall: dict[str, float]
    log_loss: float
    log_loss_prior: float
    brier: float
    brier_prior: float


@dataclass(frozen=True)
class Evaluation:
    """The figures, the table they come from, and what a reader must be warned of (English, French)."""

    figures: Figures
    files: tuple[Judged, ...]
    ignored: int
    warnings: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values: `n`, `accuracy`, `balanced_accuracy`, `confusion`, `classes` and the rest."""
        f = self.figures
        return {
            "n": f.n,
            "accuracy": round(f.accuracy, 4),
            "balanced_accuracy": round(f.balanced_accuracy, 4),
            "macro_f1": round(f.macro_f1, 4),
            "classes": list(f.classes),
            "confusion": [list(row) for row in f.confusion],
            "recall": {name: round(value, 4) for name, value in f.recall.items()},
            "log_loss": round(f.log_loss, 4),
            "log_loss_prior": round(f.log_loss_prior, 4),
            "brier": round(f.brier, 4),
            "brier_prior": round(f.brier_prior, 4),
            "trained_on": sum(1 for item in self.files if item.trained),
            "unreadable": [
                {"file": str(item.path), "reason": item.problem} for item in self.files if item.verdict is None
            ],
            "ignored": self.ignored,
            "warnings": [english for english, _ in self.warnings],
        }


def evaluate(
    files: Iterable[Labelled], judge: Judge, *, trained_on: Collection[str] = (), ignored: int = 0
) -> Evaluation:
    """Judge every file once, in order, and sum up. `trained_on`: SHA-256 digests of the model's training photos."""
    known = frozenset(trained_on)
    judged = tuple(_judge(item, judge, known) for item in files)
    counted = [(item.expected, item.verdict) for item in judged if item.verdict is not None]
    return Evaluation(figures(counted), judged, ignored, _warnings(judged))


def _judge(item: Labelled, judge: Judge, trained_on: frozenset[str]) -> Judged:
    try:
        trained = bool(trained_on) and _sha256(item.path) in trained_on
        return Judged(item.path, item.expected, judge(item.path), trained=trained)
    except (SafelightError, OSError) as error:
        return Judged(item.path, item.expected, None, problem=str(error))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def figures(judged: Sequence[tuple[ClassName, Verdict]]) -> Figures:
    """The figures of (expected, verdict) pairs; all zero for none. Pure."""
    pairs = [(expected, verdict.likeliest) for expected, verdict in judged]
    confusion = [[pairs.count((expected, given)) for given in CLASSES] for expected in CLASSES]
    rows = [sum(row) for row in confusion]
    columns = [sum(row[j] for row in confusion) for j in range(len(CLASSES))]
    present = [i for i, total in enumerate(rows) if total]
    recall = {CLASSES[i]: confusion[i][i] / rows[i] for i in present}
    f1 = [2 * confusion[i][i] / (rows[i] + columns[i]) for i in present]
    n = len(pairs)
    prior: dict[str, float] = {CLASSES[i]: rows[i] / n for i in present}
    said = [(expected, verdict.probabilities) for expected, verdict in judged]
    always = [(expected, prior) for expected, _ in judged]
    return Figures(
        n=n,
        accuracy=_mean([float(expected == given) for expected, given in pairs]),
        balanced_accuracy=_mean(list(recall.values())),
        macro_f1=_mean(f1),
        classes=CLASSES,
        confusion=tuple(tuple(row) for row in confusion),
        recall={str(name): value for name, value in recall.items()},
        log_loss=_log_loss(said),
        log_loss_prior=_log_loss(always),
        brier=_brier(said),
        brier_prior=_brier(always),
    )


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


def _log_loss(said: Sequence[tuple[ClassName, Mapping[str, float]]]) -> float:
    """Mean of -log p(expected); a probability of nought counts as 1e-6, so that one such answer stays visible."""
    return _mean([-math.log(max(probabilities.get(expected, 0.0), 1e-6)) for expected, probabilities in said])


def _brier(said: Sequence[tuple[ClassName, Mapping[str, float]]]) -> float:
    return _mean(
        [
            math.fsum((probabilities.get(name, 0.0) - (name == expected)) ** 2 for name in CLASSES)
            for expected, probabilities in said
        ]
    )


def _warnings(judged: Sequence[Judged]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    trained = sum(1 for item in judged if item.trained)
    if trained:
        found.append(
            (
                f"{trained} of {len(judged)} photos were in the model's training set: the figures flatter it.",
                f"{trained} des {len(judged)} photos ont servi à l'apprentissage\u00a0: les chiffres sont flatteurs.",
            )
        )
    unreadable = sum(1 for item in judged if item.verdict is None)
    if unreadable:
        found.append(
            (
                f"{unreadable} files could not be read and are not counted.",
                f"{unreadable} fichiers sont illisibles et ne sont pas comptés.",
            )
        )
    for name in CLASSES:
        count = sum(1 for item in judged if item.expected == name and item.verdict is not None)
        if count == 0:
            found.append(
                (
                    f"No photo of class “{name}”: nothing is said about it.",
                    f"Aucune photo «\u00a0{name}\u00a0»\u00a0: rien n'en est dit.",
                )
            )
        elif count < FEW:
            found.append(
                (
                    f"Only {count} photos of class “{name}”: its figures are mostly chance.",
                    f"Seulement {count} photos «\u00a0{name}\u00a0»\u00a0: ses chiffres tiennent surtout au hasard.",
                )
            )
    return tuple(found)


def checked(answers: Iterable[tuple[ClassName, Verdict]]) -> list[list[float]]:
    """What a promise is proven with (see model.promise): [sure, 1 where right] of each answer, surest first."""
    return rows_of(Answer(verdict.sure, verdict.likeliest == expected) for expected, verdict in answers)
