"""Evaluates a weight file on a dataset and keeps its worst pictures: figures, boundaries, every picture's own mean IoU.

The classes of file and data must be the same names; the order may differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from safelight.learn.data.base import Classes, Dataset, Labels
from safelight.learn.segment.errors import OtherClasses
from safelight.learn.segment.learner import resolve
from safelight.learn.segment.measure import Measured, measure
from safelight.pictures.formats import Image
from safelight.stages.networks.segmenters import parameters
from safelight.stages.networks.segmenters.files import About, Loaded, load
from safelight.stages.networks.segmenters.predict import SCALES
from safelight.stages.networks.segmenters.predict import labels as predict

if TYPE_CHECKING:
    from safelight.stages.networks.segmenters.base import Segmenter

WORST = 6
"""Pictures shown side by side."""


@dataclass(frozen=True)
class Shown:
    """One picture to look at: itself, its labels, the answer, and its own mean IoU (NaN where nothing is labelled)."""

    id: str
    image: Image
    truth: Labels
    answer: Labels
    miou: float


@dataclass(frozen=True)
class Evaluation:
    """What was found, and all that a reader needs to judge it."""

    file: str
    sha256: str
    about: About
    parameters: int
    data: str
    classes: Classes
    careful: bool
    measured: Measured
    worst: tuple[Shown, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values, pictures by id only."""
        return {
            "weights": self.file, "sha256": self.sha256, "network": self.about.network, "parameters": self.parameters,
            "trained": self.about.trained, "data": self.data, "scales": list(SCALES if self.careful else (1.0,)),
            "mirror": self.careful, **self.measured.to_json(), "worst": [item.id for item in self.worst],
        }  # fmt: skip


def evaluate(
    weights: Path,
    data: Dataset,
    *,
    careful: bool = True,
    device: str = "cpu",
    worst: int = WORST,
    each: Callable[[int, int], None] = lambda _done, _total: None,
) -> Evaluation:
    """Ask the network in `weights` about every picture of `data`; `each` hears how many are done.

    `careful`: at three scales and mirrored, six times the work. Raises BadWeights, OtherClasses, DataError.
    """
    loaded = load(weights)
    ordered = in_order(data, loaded.about.classes, weights)
    net = loaded.net.to(resolve(device))
    scales: Sequence[float] = SCALES if careful else (1.0,)
    found = measure(net, ordered, loaded.about.longest, scales=scales, mirror=careful, outlines=True, each=each)
    chosen = [found.pictures[place] for place in poorest([miou for _, miou in found.pictures], worst)]
    shown = [_shown(net, ordered, loaded, sample, miou, scales, careful) for sample, miou in chosen]
    return Evaluation(
        weights.name, loaded.sha256, loaded.about, parameters(net), data.name, ordered.classes, careful, found, tuple(shown)
    )  # fmt: skip


def poorest(figures: Sequence[float], most: int) -> list[int]:
    """The places of the `most` lowest figures, the lowest first, those without one (NaN) last.

    Frames of a film are all poor together where one is: neighbours (a third of an even spread apart, or less) of one
    already chosen are passed over; that always leaves enough.
    """
    order = sorted(range(len(figures)), key=lambda place: (math.isnan(figures[place]), figures[place], place))
    apart = len(figures) // (3 * max(1, most))
    chosen: list[int] = []
    for place in order:
        if len(chosen) < most and all(abs(place - other) > apart for other in chosen):
            chosen.append(place)
    return chosen


def _shown(
    net: Segmenter, data: Dataset, loaded: Loaded, sample: str, miou: float, scales: Sequence[float], mirror: bool
) -> Shown:
    image = data.image(sample)
    answer = predict(net, image, loaded.about.longest, scales=scales, mirror=mirror)
    return Shown(sample, image, data.labels(sample), answer, miou)


def in_order(data: Dataset, names: tuple[str, ...], weights: Path) -> Dataset:
    """The data with its classes in the order of the network's; raises OtherClasses where they are not the same names."""
    if data.classes.names == names:
        return data
    if set(data.classes.names) != set(names):
        raise OtherClasses(
            file=weights, data=data.name, classes=", ".join(names), others=", ".join(data.classes.names)
        )  # fmt: skip
    return _Reordered(data, names)


class _Reordered:
    """A dataset whose classes come in another order."""

    def __init__(self, data: Dataset, names: tuple[str, ...]) -> None:
        self._data, self.name, self.ids = data, data.name, data.ids
        colours = dict(zip(data.classes.names, data.classes.colours, strict=True))
        self.classes = Classes(names, tuple(colours[name] for name in names))
        self._table = np.arange(256, dtype=np.uint8)
        self._table[: len(names)] = [names.index(name) for name in data.classes.names]

    def image(self, sample: str) -> Image:
        return self._data.image(sample)

    def labels(self, sample: str) -> Labels:
        labels: Labels = self._table[self._data.labels(sample)]
        return labels
