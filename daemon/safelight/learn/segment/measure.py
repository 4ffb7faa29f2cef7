"""Measures a network on a dataset: one pass, picture by picture, figures pooled over pixels.

Used while training (figures only) and by `evaluate` (boundaries and the figures of every picture as well).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from safelight.learn.data.base import VOID, Dataset, read
from safelight.learn.segment import metrics
from safelight.stages.networks.segmenters.predict import chances
from safelight.stages.networks.segmenters.predict import labels as predict

if TYPE_CHECKING:
    from safelight.stages.networks.segmenters.base import Segmenter


@dataclass(frozen=True)
class Measured:
    """Figures over `classes` (names, in order). Shares are 0–1; NaN where a class is in neither truth nor answer."""

    classes: tuple[str, ...]
    counts: metrics.Counts
    boundary: metrics.Figures | None
    pictures: tuple[tuple[str, float], ...]
    """(id, mean IoU of that picture alone)."""

    @property
    def miou(self) -> float:
        """The mean IoU, the figure by which weights are chosen."""
        return metrics.mean(metrics.iou(self.counts))

    def figures(self) -> dict[str, float]:
        """The figures of the whole: miou, dice, accuracy and, if measured, boundary_f1."""
        found = {
            "miou": self.miou,
            "dice": metrics.mean(metrics.dice(self.counts)),
            "accuracy": metrics.accuracy(self.counts),
        }
        if self.boundary is not None:
            found["boundary_f1"] = metrics.mean(self.boundary)
        return found

    def table(self) -> dict[str, metrics.Figures]:
        """The figures of each class, by name of figure."""
        found = {
            "iou": metrics.iou(self.counts),
            "dice": metrics.dice(self.counts),
            "recall": metrics.recall(self.counts),
            "precision": metrics.precision(self.counts),
        }
        return found | ({"boundary_f1": self.boundary} if self.boundary is not None else {})

    def to_json(self) -> dict[str, Any]:
        """Plain values; None where there is no figure."""
        by_class = {key: _plain(values) for key, values in self.table().items()}
        return {
            **{key: _rounded(value) for key, value in self.figures().items()},
            "classes": [
                {"name": name, **{key: values[index] for key, values in by_class.items()}}
                for index, name in enumerate(self.classes)
            ],
            "pictures": [{"id": name, "miou": _rounded(value)} for name, value in self.pictures],
            "confusion": self.counts.tolist(),
        }


def measure(
    net: Segmenter,
    data: Dataset,
    longest: int,
    *,
    scales: Sequence[float] = (1.0,),
    mirror: bool = False,
    outlines: bool = False,
    ids: Sequence[str] | None = None,
    each: Callable[[int, int], None] = lambda _done, _total: None,
) -> Measured:
    """Ask about every picture (or those of `ids`); `each` hears how many are done. Raises DataError for a broken one."""
    net.eval()
    classes = len(data.classes)
    total, rows = np.zeros((classes, classes), np.int64), []
    edges = metrics.Boundaries(classes) if outlines else None
    chosen = data.ids if ids is None else ids
    for done, sample in enumerate(chosen, 1):
        image, truth = read(data, sample)
        answer = predict(net, image, longest, scales=scales, mirror=mirror)
        counts = metrics.confusion(truth, answer, classes)
        total += counts
        rows.append((sample, metrics.mean(metrics.iou(counts))))
        if edges is not None:
            edges.add(truth, answer)
        each(done, len(chosen))
    return Measured(data.classes.names, total, edges.figures() if edges else None, tuple(rows))


def measure_sets(
    net: Segmenter, data: Dataset, longest: int, *, scales: Sequence[float] = (1.0,), mirror: bool = False,
    ids: Sequence[str] | None = None,
) -> Measured:  # fmt: skip
    """As `measure` where labels are sets of possible classes (data.sets): an allowed answer is no error.

    Where one is not allowed, the truth is taken to be the likeliest allowed class; where anything is, nothing counts.
    """
    net.eval()
    classes = len(data.classes)
    total, rows = np.zeros((classes, classes), np.int64), []
    for sample in data.ids if ids is None else ids:
        image, possible = read(data, sample)
        found = chances(net, image, longest, scales=scales, mirror=mirror)
        allowed = (possible[None] >> np.arange(classes, dtype=np.uint8)[:, None, None]) & 1
        truth = np.where(possible == VOID, VOID, (found * allowed).argmax(0)).astype(np.uint8)
        counts = metrics.confusion(truth, found.argmax(0).astype(np.uint8), classes)
        total += counts
        rows.append((sample, metrics.mean(metrics.iou(counts))))
    return Measured(data.classes.names, total, None, tuple(rows))


def _plain(values: metrics.Figures) -> list[float | None]:
    return [_rounded(float(value)) for value in values]


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)
