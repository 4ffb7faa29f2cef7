"""Heads over signals, features, or both: looking once, choosing strength inside the training folds, measuring honestly.

`python -m safelight.learn.classify.heads DIR --cache FOLDER [-o FOLDER]` measures all three kinds: every big source is held
out in turn, the folds' answers are pooled, photos of small sources always train. How strong the penalty is and how loud
signals speak beside features is chosen by the same validation among the sources that are left, never by the one held out;
so is the temperature. `-o` writes the heads of all photos with the figures of held-out sources.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from safelight.learn.classify.bootstrap import interval
from safelight.learn.evaluate import Figures, checked, figures
from safelight.learn.folders import read
from safelight.learn.groups import sources
from safelight.learn.train_head import BIG, cached, look_at
from safelight.model.errors import SafelightError
from safelight.model.signals import CLASSES, ClassName, Signals, Verdict
from safelight.stages.classify.inputs import CHOSEN, INPUTS
from safelight.stages.classify.joined import Joined, softmax, standardised
from safelight.stages.networks import backbones

Rows = npt.NDArray[np.float64]
KINDS = ("signals", "features", "signals+features")
PENALTIES = (0.003, 0.01, 0.03, 0.1)
VOICES = (1.0, 3.0)
TEMPERATURES = tuple(round(0.5 + 0.05 * step, 2) for step in range(71))


@dataclass(frozen=True)
class Table:
    """One row a photo: raw inputs (NaN where not measured; `signals` of them first), class number, source, digest."""

    rows: Rows
    signals: int
    truth: npt.NDArray[np.int64]
    sources: tuple[str, ...]
    digests: tuple[str, ...]

    def part(self, where: npt.NDArray[np.bool_]) -> Table:
        """The photos for which `where` is true."""
        kept = np.flatnonzero(where)
        return Table(
            self.rows[kept], self.signals, self.truth[kept], tuple(self.sources[i] for i in kept),
            tuple(self.digests[i] for i in kept),
        )  # fmt: skip

    def of(self, kind: str) -> Table:
        """Only the inputs of a kind of head."""
        width = self.signals
        rows = {"signals": self.rows[:, :width], "features": self.rows[:, width:]}.get(kind, self.rows)
        return Table(rows, 0 if kind == "features" else width, self.truth, self.sources, self.digests)

    def from_source(self, name: str) -> npt.NDArray[np.bool_]:
        """Which photos are of a source."""
        return np.array([source == name for source in self.sources])

    @property
    def big(self) -> list[str]:
        """Sources of at least BIG photos, which can be held out."""
        return sorted(name for name, count in Counter(self.sources).items() if count >= BIG)


@dataclass(frozen=True)
class Fitted:
    """A regression in standard deviations: see stages.classify.joined."""

    signals: int
    voice: float
    centre: Rows
    scale: Rows
    weights: Rows
    bias: Rows

    def scores(self, rows: Rows) -> Rows:
        """(photos, classes) before temperature."""
        x = standardised(rows, self.centre, self.scale, self.signals, self.voice)
        return np.asarray(x @ self.weights.T + self.bias, np.float64)


def fit(known: Table, penalty: float, voice: float) -> Fitted:
    """Class-balanced, convex, solved to the end: deterministic. Classes nobody saw stay at the floor."""
    from sklearn.linear_model import LogisticRegression

    centre = np.nan_to_num(np.nanmean(known.rows, axis=0))
    scale = np.maximum(np.nan_to_num(np.nanstd(known.rows, axis=0)), 1e-6)
    x = standardised(known.rows, centre, scale, known.signals, voice)
    model = LogisticRegression(C=penalty, class_weight="balanced", max_iter=3000, tol=1e-6)
    model.fit(x, known.truth)
    coefficients, intercepts = np.asarray(model.coef_), np.asarray(model.intercept_)
    if len(model.classes_) == 2:
        coefficients, intercepts = (
            np.vstack([-coefficients / 2, coefficients / 2]),
            np.hstack([-intercepts, intercepts]) / 2,
        )
    weights, bias = np.zeros((len(CLASSES), x.shape[1])), np.full(len(CLASSES), -30.0)
    weights[model.classes_], bias[model.classes_] = coefficients, intercepts
    return Fitted(known.signals, voice, centre, scale, weights, bias)


def chosen(known: Table, kind: str) -> tuple[float, float, float]:
    """(penalty, voice, temperature) with the least log loss over sources held out in turn, and nothing else known."""
    folds = [known.from_source(name) for name in known.big]
    folds = [held for held in folds if len(set(known.truth[~held])) == len(CLASSES)]
    if len(folds) < 2:
        return 0.02, 1.0, 2.0
    found = []
    for penalty, voice in product(PENALTIES, VOICES if kind == "signals+features" else (1.0,)):
        pooled = [
            (fit(known.part(~held), penalty, voice).scores(known.rows[held]), known.truth[held]) for held in folds
        ]
        scores, truth = np.vstack([part for part, _ in pooled]), np.concatenate([part for _, part in pooled])
        for temperature in TEMPERATURES:
            shares = softmax(scores / temperature)[np.arange(len(truth)), truth]
            found.append((-float(np.log(shares).mean()), penalty, voice, temperature))
    return min(found)[1:]


def validate(known: Table, kind: str) -> dict[str, list[tuple[ClassName, Verdict]]]:
    """Held-out answers by source: the model of each knows nothing of it, its settings included."""
    known = known.of(kind)
    answers = {}
    for name in known.big:
        held = known.from_source(name)
        penalty, voice, temperature = chosen(known.part(~held), kind)
        scores = fit(known.part(~held), penalty, voice).scores(known.rows[held])
        answers[name] = [
            (CLASSES[truth], Verdict(dict(zip(CLASSES, map(float, shares), strict=True))))
            for truth, shares in zip(known.truth[held], softmax(scores / temperature), strict=True)
        ]
    return answers


def told(answers: dict[str, list[tuple[ClassName, Verdict]]]) -> dict[str, Any]:
    """The figures of held-out answers, pooled and by source, with a 95 % interval of the balanced accuracy."""
    pooled = [answer for fold in answers.values() for answer in fold]
    found = figures(pooled)
    pairs = [(CLASSES.index(name), CLASSES.index(verdict.likeliest)) for name, verdict in pooled]
    return {
        "validation": "leave one source out, pooled; settings chosen inside the training part",
        **_plain(found),
        "balanced_accuracy_95": [round(end, 3) for end in interval(pairs)],
        "sources": {name: [len(fold), round(figures(fold).accuracy, 3)] for name, fold in answers.items()},
        "answers": checked(pooled),
    }


def _plain(found: Figures) -> dict[str, Any]:
    return {
        "n": found.n, "balanced_accuracy": round(found.balanced_accuracy, 3), "accuracy": round(found.accuracy, 3),
        "macro_f1": round(found.macro_f1, 3), "confusion": [list(row) for row in found.confusion],
        "log_loss": round(found.log_loss, 3), "log_loss_prior": round(found.log_loss_prior, 3),
        "brier": round(found.brier, 3), "brier_prior": round(found.brier_prior, 3),
    }  # fmt: skip


def head(known: Table, kind: str, source: backbones.Source, measured: dict[str, Any]) -> Joined:
    """The head of all photos, for the backends `features` and `signals+features`."""
    known = known.of(kind)
    penalty, voice, temperature = chosen(known, kind)
    made = fit(known, penalty, voice)
    settings = {"penalty": penalty, "voice": voice}
    return Joined(
        source.name, backbones.fingerprint(source), CHOSEN if known.signals else (), voice, _numbers(made.centre),
        _numbers(made.scale), tuple(_numbers(row) for row in made.weights), _numbers(made.bias), temperature,
        tuple(sorted(known.digests)), {**measured, "settings": settings},
    )  # fmt: skip


def _numbers(row: Rows) -> tuple[float, ...]:
    return tuple(float(f"{value:.5g}") for value in row)


def table(folder: Path, source: backbones.Source, cache: Path) -> Table:
    """Look at every photo of `folder` once; what was seen is kept in `cache` by photo and by what looked."""
    from safelight.pictures.decode import decode
    from safelight.stages.networks.regions import WEIGHTS

    looks = cached(look_at, cache / f"looks-{WEIGHTS.sha256[:12]}")
    eyes = cache / f"{source.name}-{backbones.fingerprint(source)[:12]}"
    eyes.mkdir(parents=True, exist_ok=True)
    files = read(folder).files
    rows, truth, kept, digests = [], [], [], []
    for item, origin in zip(files, sources(folder, files), strict=True):
        data = item.path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        try:
            stored = eyes / f"{digest}.npy"
            if not stored.exists():
                np.save(stored, backbones.features(source, decode(data).image))
            signals = looks(item.path)
        except SafelightError as error:
            print(f"unreadable: {item.path}: {error}")
            continue
        rows.append(np.concatenate([_inputs(signals), np.load(stored)]))
        truth.append(CLASSES.index(item.expected))
        kept.append(origin)
        digests.append(digest)
    return Table(np.array(rows, np.float64), len(CHOSEN), np.array(truth), tuple(kept), tuple(digests))


def _inputs(signals: Signals) -> Rows:
    values = [INPUTS[name].value(signals) for name in CHOSEN]
    return np.array([np.nan if value is None else value for value in values], np.float64)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; prints the figures of each kind of head."""
    parser = argparse.ArgumentParser(description="Measure heads over signals, features and both by source.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--backbone", default=backbones.SQUEEZE)
    parser.add_argument("--weights", type=Path, help="the backbone's file, if not in models/NAME/ of the cache")
    parser.add_argument("--cache", type=Path, required=True, help="folder for what was seen")
    parser.add_argument("-o", dest="target", type=Path, help="folder for the trained heads")
    given = parser.parse_args(arguments)
    source = backbones.Source(given.backbone, given.weights) if given.weights else backbones.find(given.backbone)
    if source is None:
        parser.error(str(backbones.missing(given.backbone)))
    known = table(given.folder, source, given.cache)
    for kind in KINDS:
        measured = told(validate(known, kind))
        shown = {key: value for key, value in measured.items() if key != "answers"}
        print(json.dumps({kind: shown}, ensure_ascii=False))
        if given.target and kind != "signals":
            name = kind.replace("+", "_") + "_head.json"
            made = head(known, kind, source, measured).to_json()
            (given.target / name).write_text(json.dumps(made) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
