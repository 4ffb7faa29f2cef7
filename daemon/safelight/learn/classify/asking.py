"""Learning the two questions of a sort from a table of photos: voices, how strongly they are held back, how they are averaged.

Everything that is chosen (penalty and temperature of each voice, the temperature of a question, on wish also who is heard) is
what does best on sources held out in turn among the photos given, so whoever holds a source out before calling knows nothing of
it. Convex, solved to the end, deterministic. Called by `heads`; what is learnt judges through `stages.classify`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt

from safelight.learn.train_head import BIG
from safelight.model.signals import CLASSES
from safelight.stages.classify.voices import bounded

Rows = npt.NDArray[np.float64]
Truth = npt.NDArray[np.int64]
Where = npt.NDArray[np.bool_]
Name = Literal["race", "retouch"]
OK, RETOUCHER, EXCLURE = range(len(CLASSES))

PENALTIES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
"""C of scikit-learn: the inverse of the penalty on weights."""
TEMPERATURES = tuple(round(float(value), 3) for value in np.geomspace(0.15, 4, 30))
UNTOLD = (0.01, 2.0)
"""Penalty and temperature where too few sources are left to choose them."""


@dataclass(frozen=True)
class Table:
    """One row a photo. `blocks` maps a voice's name to its inputs (NaN where not measured); class number, source, digest."""

    blocks: Mapping[str, Rows]
    truth: Truth
    sources: tuple[str, ...]
    digests: tuple[str, ...]

    def part(self, where: Where) -> Table:
        """The photos for which `where` is true."""
        kept = np.flatnonzero(where)
        return Table(
            {name: rows[kept] for name, rows in self.blocks.items()}, self.truth[kept],
            tuple(self.sources[i] for i in kept), tuple(self.digests[i] for i in kept),
        )  # fmt: skip

    def from_source(self, name: str) -> Where:
        """Which photos are of a source."""
        return np.array([source == name for source in self.sources])

    @property
    def big(self) -> list[str]:
        """Sources of at least BIG photos, which can be held out."""
        return sorted(name for name, count in Counter(self.sources).items() if count >= BIG)


@dataclass(frozen=True)
class Fitted:
    """One voice: inputs in standard deviations, weighed; `temperature` divides what it says."""

    penalty: float
    centre: Rows
    scale: Rows
    weights: Rows
    bias: float
    temperature: float = 1.0

    def says(self, rows: Rows) -> Rows:
        """(photos,) log-odds of yes."""
        x = bounded(rows, self.centre, self.scale)
        return np.asarray((x @ self.weights + self.bias) / self.temperature, np.float64)


@dataclass(frozen=True)
class Asked:
    """A question learnt: its voices by the name of what they weigh, and the temperature of their mean."""

    voices: Mapping[str, Fitted]
    temperature: float

    def says(self, known: Table) -> Rows:
        """(photos,) log-odds of yes."""
        heard = [voice.says(known.blocks[name]) for name, voice in self.voices.items()]
        return np.asarray(np.mean(heard, 0) / self.temperature, np.float64)


def yes(truth: Truth, name: Name) -> Where:
    """The right answers to a question."""
    return np.asarray(truth != EXCLURE if name == "race" else truth == RETOUCHER, np.bool_)


def concerned(truth: Truth, name: Name) -> Where:
    """The photos a question is learnt from and measured on: that of retouching only from pictures of the race."""
    return np.ones(len(truth), bool) if name == "race" else truth != EXCLURE


def fit(known: Table, block: str, name: Name, penalty: float) -> Fitted:
    """One voice over the photos it concerns; the three classes weigh the same however many photos they have."""
    from sklearn.linear_model import LogisticRegression

    part = known.part(concerned(known.truth, name))
    rows, answers = part.blocks[block], yes(part.truth, name)
    centre = np.nan_to_num(np.nanmean(rows, axis=0))
    scale = np.maximum(np.nan_to_num(np.nanstd(rows, axis=0)), 1e-6)
    counts = Counter(part.truth.tolist())
    weights = [len(answers) / (len(counts) * counts[kind]) for kind in part.truth.tolist()]
    model = LogisticRegression(C=penalty, max_iter=3000, tol=1e-6)
    model.fit(bounded(rows, centre, scale), answers, weights)
    return Fitted(penalty, centre, scale, np.asarray(model.coef_[0], np.float64), float(model.intercept_[0]))


def loss(logits: Rows, answers: Where) -> float:
    """Mean log loss in nats of log-odds that never claim more than 99 to 1."""
    chance = 1 / (1 + np.exp(-np.clip(np.where(answers, logits, -logits), -50, 50)))
    return float(-np.log(0.01 + 0.98 * chance).mean())


def tempered(logits: Rows, answers: Where) -> tuple[float, float]:
    """(loss, temperature) at the temperature that suits best."""
    return min((loss(logits / temperature, answers), temperature) for temperature in TEMPERATURES)


def ask(known: Table, name: Name, blocks: Sequence[str], *, free: bool = False) -> Asked:
    """A question learnt over `blocks`; with `free` only those of them are heard that did best together on held-out sources."""
    folds = [known.from_source(source) for source in known.big]
    folds = [held for held in folds if _teaches(known.truth[~held], name) and concerned(known.truth[held], name).any()]
    if len(folds) < 2:
        voices = {block: fit(known, block, name, UNTOLD[0]) for block in blocks}
        return Asked(voices, UNTOLD[1])
    answers = np.concatenate([_answers(known.truth[held], name) for held in folds])
    chosen: dict[str, tuple[float, float]] = {}
    heard: dict[str, Rows] = {}
    for block in blocks:
        tried = {penalty: _held_out(known, block, name, penalty, folds) for penalty in PENALTIES}
        (_, temperature), penalty = min((tempered(said, answers), penalty) for penalty, said in tried.items())
        chosen[block], heard[block] = (penalty, temperature), tried[penalty] / temperature
    sets = (
        [pick for size in range(1, len(blocks) + 1) for pick in combinations(blocks, size)] if free else [tuple(blocks)]
    )
    (_, temperature), best = min((tempered(np.mean([heard[one] for one in pick], 0), answers), pick) for pick in sets)
    return Asked(
        {block: _cooled(fit(known, block, name, chosen[block][0]), chosen[block][1]) for block in best}, temperature
    )


def _teaches(truth: Truth, name: Name) -> bool:
    """Whether both answers occur, so that something can be learnt."""
    return len(set(_answers(truth, name).tolist())) == 2


def _answers(truth: Truth, name: Name) -> Where:
    return yes(truth[concerned(truth, name)], name)


def _held_out(known: Table, block: str, name: Name, penalty: float, folds: Sequence[Where]) -> Rows:
    """What a voice says about the photos of each fold that the question concerns, learnt without that fold."""
    said = []
    for held in folds:
        voice = fit(known.part(~held), block, name, penalty)
        said.append(voice.says(known.blocks[block][held & concerned(known.truth, name)]))
    return np.concatenate(said)


def _cooled(voice: Fitted, temperature: float) -> Fitted:
    return Fitted(voice.penalty, voice.centre, voice.scale, voice.weights, voice.bias, temperature)
