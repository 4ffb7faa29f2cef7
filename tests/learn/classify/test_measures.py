"""Figures: by hand on a few answers, what a model without knowledge gets, calibration that chance alone does not worsen."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.learn.classify.measures import Answers, calibration, measure, risk_coverage

TWO = Answers(
    ("a", "b"), np.array([0, 0, 1, 1]), np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7]])
)  # fmt: skip


def test_figures_by_hand() -> None:
    """Four answers, one wrong."""
    found = measure(TWO)
    assert (found.n, found.accuracy, found.balanced, found.largest) == (4, 0.75, 0.75, 0.5)
    assert found.confusion == ((1, 1), (0, 2))
    assert found.macro_f1 == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert found.margins[0][0] == pytest.approx((0.8 - 0.2) / 2)
    assert found.margins[0][1] == pytest.approx(0.25)
    assert found.log_loss == pytest.approx(-np.log([0.9, 0.4, 0.8, 0.7]).mean())
    assert found.log_loss_prior == pytest.approx(math.log(2))
    assert found.brier == pytest.approx(np.mean([0.02, 0.72, 0.08, 0.18]))
    assert found.brier_prior == pytest.approx(0.5)


def test_the_prior_is_the_one_learnt_from() -> None:
    """A model that knows only how common classes were while learning is judged by that, not by what was asked."""
    skewed = Answers(TWO.classes, TWO.truth, TWO.shares, np.array([0.9, 0.1]))
    assert measure(skewed).log_loss_prior == pytest.approx(-(math.log(0.9) + math.log(0.1)) / 2)


def test_nothing_is_no_number() -> None:
    """No answers give no figures; a class without pictures gives none either."""
    with pytest.raises(ValueError, match="no answers"):
        measure(Answers(("a", "b"), np.zeros(0, np.int64), np.zeros((0, 2))))
    assert math.isnan(measure(Answers(("a", "b"), np.array([0]), np.array([[0.9, 0.1]]))).recall[1])


def test_surest_answers_come_first() -> None:
    """The curve ends at everything answered and the whole share wrong; here the only mistake is among the unsure."""
    assert risk_coverage(TWO) == [(0.25, 0.0), (0.5, 0.0), (0.75, 0.0), (1.0, 0.25)]


def test_calibration_takes_off_what_luck_adds() -> None:
    """Answers right as often as they are sure: next to no error over many draws, though plain gaps are never nought."""
    rng = np.random.default_rng(1)
    plain, taken = [], []
    for _ in range(60):
        sure = rng.uniform(0.5, 1, 84)
        truth = (rng.random(84) > sure).astype(np.int64)
        error, rows = calibration(Answers(("a", "b"), truth, np.stack([sure, 1 - sure], 1)))
        plain.append(math.sqrt(sum(n * (s - r) ** 2 for s, r, n in rows) / 84))
        taken.append(error)
    assert np.median(taken) < 0.06 < np.median(plain)
    wrong = Answers(("a", "b"), np.ones(100, np.int64), np.tile([0.9, 0.1], (100, 1)))
    assert calibration(wrong)[0] == pytest.approx(0.9)


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 40), st.integers(2, 5), st.integers(0, 9))
def test_figures_stay_in_their_ranges(count: int, classes: int, seed: int) -> None:
    """Shares within 0–1, the figure within its interval, counts that add up."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(classes), count)
    found = measure(Answers(tuple("abcde"[:classes]), rng.integers(0, classes, count), shares))
    assert 0 <= found.accuracy_95[0] <= found.accuracy <= found.accuracy_95[1] <= 1
    assert 0 <= found.calibration <= 1 and 0 <= found.brier <= 2
    assert sum(map(sum, found.confusion)) == found.n == count
