"""Fitting a head: class-balanced multinomial logistic regression on standardised inputs, and its temperature. Pure.

Everything is deterministic: no shuffling, one thread of arithmetic that matters, a convex problem solved to the end.
The only knowledge put in by hand is the list of inputs and the strength of the penalty.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from safelight.model.signals import CLASSES, ClassName, Signals
from safelight.stages.classify.head import Head
from safelight.stages.classify.inputs import INPUTS

Rows = npt.NDArray[np.float64]

PENALTY = 0.03
"""C of scikit-learn: the inverse of the penalty on weights."""


def usable_inputs(signals: Sequence[Signals], names: Sequence[str]) -> tuple[str, ...]:
    """Those of `names` that at least half the photos have and that vary."""
    kept = []
    for name in names:
        values = [value for value in (INPUTS[name].value(item) for item in signals) if value is not None]
        if len(values) * 2 >= len(signals) and len(set(values)) > 1:
            kept.append(name)
    return tuple(kept)


def fit(
    signals: Sequence[Signals],
    expected: Sequence[ClassName],
    names: Sequence[str],
    *,
    penalty: float = PENALTY,
    temperature: float = 1.0,
) -> Head:
    """A head over `names`; classes weigh the same however many photos they have. Needs two classes or more."""
    from sklearn.linear_model import LogisticRegression

    inputs = usable_inputs(signals, names)
    raw = np.array([[_or_nan(INPUTS[name].value(item)) for name in inputs] for item in signals], dtype=np.float64)
    centre = np.nanmean(raw, axis=0)
    scale = np.maximum(np.nanstd(raw, axis=0), 1e-6)
    draft = Head(inputs, _numbers(centre), _numbers(scale), (), (), temperature)
    x = np.array([draft.standardised(item) for item in signals], dtype=np.float64)
    model = LogisticRegression(C=penalty, class_weight="balanced", max_iter=5000, tol=1e-8)
    model.fit(x, np.array(expected))
    weights, bias = _per_class(list(model.classes_), model.coef_, model.intercept_, len(inputs))
    return Head(inputs, draft.centre, draft.scale, tuple(_numbers(row) for row in weights), _numbers(bias), temperature)


def _per_class(known: list[str], coefficients: Rows, intercepts: Rows, width: int) -> tuple[Rows, Rows]:
    """Rows in the order of CLASSES; a class never seen gets no weights and a bias that leaves it at the floor."""
    if len(known) == 2:  # scikit-learn then keeps one row, for the second class
        coefficients = np.vstack([-coefficients[0] / 2, coefficients[0] / 2])
        intercepts = np.array([-intercepts[0] / 2, intercepts[0] / 2])
    weights = np.zeros((len(CLASSES), width))
    bias = np.full(len(CLASSES), -30.0)
    for row, name in enumerate(known):
        weights[CLASSES.index(name)] = coefficients[row]
        bias[CLASSES.index(name)] = intercepts[row]
    return weights, bias


def best_temperature(
    heads: Sequence[Head], held_out: Sequence[Sequence[Signals]], truth: Sequence[Sequence[ClassName]]
) -> float:
    """The temperature (.5 to 4) at which held-out photos' log loss is least, over all folds together."""

    def loss(temperature: float) -> float:
        total = 0.0
        for head, items, names in zip(heads, held_out, truth, strict=True):
            warm = Head(head.inputs, head.centre, head.scale, head.weights, head.bias, temperature)
            for item, name in zip(items, names, strict=True):
                total -= float(np.log(warm.probabilities(warm.standardised(item))[name]))
        return total

    return float(min((round(0.5 + 0.05 * step, 2) for step in range(71)), key=loss))


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def _numbers(row: Rows) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in row)
