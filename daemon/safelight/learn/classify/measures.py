"""What answers of a classifier are worth: pure figures over probabilities, for any number of classes.

Every figure that flatters by itself stands beside what it must beat: accuracy beside the largest class, log loss and Brier
beside a model that only knows how common the classes are, calibration with the error that chance alone would show taken off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from safelight.learn.classify.bootstrap import accuracy, balanced, interval

Shares = npt.NDArray[np.float64]
LEAST = 1e-6
"""A probability of nought counts as this in the log loss, so that one such answer stays visible and finite."""
BINS = 10


@dataclass(frozen=True)
class Answers:
    """`truth` (n,): class numbers. `shares` (n, classes): probabilities, sum 1. `prior` (classes,): shares while learning.

    `prior` None takes the shares of the pictures asked about, which flatters the model that only knows them.
    """

    classes: tuple[str, ...]
    truth: npt.NDArray[np.int64]
    shares: Shares
    prior: Shares | None = None

    @cached_property
    def given(self) -> npt.NDArray[np.int64]:
        """(n,): the likeliest class."""
        return np.asarray(self.shares.argmax(1), np.int64)

    @cached_property
    def sure(self) -> Shares:
        """(n,): the probability of the likeliest class."""
        return np.asarray(self.shares.max(1), np.float64)

    @cached_property
    def right(self) -> npt.NDArray[np.bool_]:
        """(n,): whether the likeliest class is the true one."""
        return np.asarray(self.given == self.truth)

    @cached_property
    def confusion(self) -> npt.NDArray[np.int64]:
        """(classes, classes): how many of class i were given class j."""
        found = np.zeros((len(self.classes),) * 2, np.int64)
        np.add.at(found, (self.truth, self.given), 1)
        return found

    @cached_property
    def margins(self) -> Shares:
        """(n,), −1 to 1: probability of the true class less that of the likeliest other; below 0 is wrong."""
        rows = np.arange(len(self.truth))
        others = self.shares.copy()
        others[rows, self.truth] = -1.0
        return np.asarray(self.shares[rows, self.truth] - others.max(1), np.float64)

    @property
    def base(self) -> Shares:
        """(classes,): what a model answers that knows only how common the classes are."""
        if self.prior is not None:
            return self.prior
        return np.asarray(np.bincount(self.truth, minlength=len(self.classes)) / len(self.truth), np.float64)


def macro_f1(confusion: npt.NDArray[np.int64]) -> float:
    """Mean over the classes present of 2·hits / (true + given)."""
    present = confusion.sum(1) > 0
    hits = np.diag(confusion)[present]
    return float(np.mean(2 * hits / (confusion.sum(1) + confusion.sum(0))[present]))


def log_loss(shares: Shares, truth: npt.NDArray[np.int64]) -> float:
    """Mean of −ln p(true class), in nats."""
    return float(-np.log(np.maximum(shares[np.arange(len(truth)), truth], LEAST)).mean())


def brier(shares: Shares, truth: npt.NDArray[np.int64]) -> float:
    """Mean squared distance of the probabilities to the truth, 0–2."""
    return float(((shares - np.eye(shares.shape[1])[truth]) ** 2).sum(1).mean())


def calibration(answers: Answers, bins: int = BINS) -> tuple[float, list[tuple[float, float, int]]]:
    """(error, [(mean sureness, share right, count)]) over bins of equally many answers, the least sure first.

    The error is the root of the mean squared gap, less in each bin what the luck of so few answers adds by itself (the
    variance of its share right, with n − 1 below), never below 0. Bins of fewer than two answers tell nothing.
    """
    order = np.argsort(answers.sure, kind="stable")
    parts = [part for part in np.array_split(order, min(bins, max(1, len(order) // 5))) if len(part) > 1]
    rows, total = [], 0.0
    for part in parts:
        sure, right = float(answers.sure[part].mean()), float(answers.right[part].mean())
        rows.append((sure, right, len(part)))
        total += len(part) * ((right - sure) ** 2 - right * (1 - right) / (len(part) - 1))
    counted = sum(count for _, _, count in rows)
    return (float(np.sqrt(max(0.0, total / counted))) if counted else 0.0), rows


def risk_coverage(answers: Answers) -> list[tuple[float, float]]:
    """[(share answered, share wrong among them)], the surest answers first."""
    order = np.argsort(-answers.sure, kind="stable")
    wrong = np.cumsum(~answers.right[order])
    counts = np.arange(1, len(order) + 1)
    return [(float(count / len(order)), float(bad / count)) for count, bad in zip(counts, wrong, strict=True)]


@dataclass(frozen=True)
class Figures:
    """All figures of some answers; `low, high` of an interval are of 95 %."""

    n: int
    accuracy: float
    accuracy_95: tuple[float, float]
    balanced: float
    balanced_95: tuple[float, float]
    macro_f1: float
    largest: float
    """Accuracy of always answering the most common class."""
    log_loss: float
    log_loss_prior: float
    brier: float
    brier_prior: float
    calibration: float
    margins: tuple[tuple[float, float], ...]
    """(mean, variance) of the probability margin, a pair a class; NaN for a class without pictures."""
    recall: tuple[float, ...]
    confusion: tuple[tuple[int, ...], ...]


def measure(answers: Answers, *, intervals: bool = True) -> Figures:
    """The figures of at least one answer; raises ValueError for none, since nothing is no number.

    Without `intervals` these are NaN: thousands of draws take longer than an epoch of a small training.
    """
    if not len(answers.truth):
        raise ValueError("no answers")
    pairs: Sequence[tuple[int, int]] = list(zip(answers.truth.tolist(), answers.given.tolist(), strict=True))
    table, truth = np.array(pairs, np.int64), answers.truth
    always = np.tile(answers.base, (len(truth), 1))
    own = [answers.margins[truth == name] for name in range(len(answers.classes))]
    rows = answers.confusion.sum(1)
    open_ = (float("nan"), float("nan"))
    return Figures(
        n=len(truth), accuracy=accuracy(table), accuracy_95=interval(pairs, accuracy) if intervals else open_, balanced=balanced(table),
        balanced_95=interval(pairs, balanced) if intervals else open_, macro_f1=macro_f1(answers.confusion), largest=float(rows.max() / rows.sum()),
        log_loss=log_loss(answers.shares, truth), log_loss_prior=log_loss(always, truth),
        brier=brier(answers.shares, truth), brier_prior=brier(always, truth), calibration=calibration(answers)[0],
        margins=tuple((float(m.mean()), float(m.var())) if len(m) else (float("nan"),) * 2 for m in own),
        recall=tuple(
            float(answers.confusion[i, i] / rows[i]) if rows[i] else float("nan") for i in range(len(rows))
        ),
        confusion=tuple(tuple(int(count) for count in row) for row in answers.confusion),
    )  # fmt: skip
