"""What may be promised of a model's verdicts: exact bounds, the least number of examples, and that a promise holds."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.promise import (
    LEAST,
    LIMITS,
    Answer,
    allowed,
    answers_of,
    at_most,
    faultless,
    highest,
    kept,
    lowest,
    rows_of,
)


def told(*groups: tuple[float, int, int]) -> list[Answer]:
    """Answers in groups (sure, right ones, wrong ones)."""
    return [Answer(sure, good) for sure, right, wrong in groups for good in [True] * right + [False] * wrong]


@pytest.mark.parametrize(
    ("wrong", "n", "low", "high"),
    [
        (0, 59, 0.0, 0.04951),
        (0, 42, 0.0, 0.06883),
        (1, 60, 0.00085, 0.07663),
        (3, 100, 0.00823, 0.07571),
        (60, 60, 0.95130, 1.0),
        (0, 0, 0.0, 1.0),
    ],
)
def test_the_bounds_are_those_of_clopper_and_pearson(wrong: int, n: int, low: float, high: float) -> None:
    """Known values of the exact interval (each side at 95 %), the ends included."""
    assert lowest(wrong, n) == pytest.approx(low, abs=2e-5)
    assert highest(wrong, n) == pytest.approx(high, abs=2e-5)


@given(st.integers(1, 300), st.floats(0.001, 0.5))
@settings(deadline=None, max_examples=40)
def test_allowed_is_the_last_that_fits(n: int, promised: float) -> None:
    """One wrong answer more would break the bound, and no fewer are needed."""
    most = allowed(n, promised)
    assert most < 0 or highest(most, n) <= promised
    assert highest(most + 1, n) > promised


@given(st.integers(0, 40), st.integers(1, 60), st.floats(0, 1))
@settings(deadline=None)
def test_the_binomial_sums_to_one(wrong: int, n: int, share: float) -> None:
    """A probability, growing with what is allowed."""
    assert 0 <= at_most(wrong - 1, n, share) <= at_most(wrong, n, share) <= 1
    assert at_most(n, n, share) == 1


DECISIONS = [
    # answers, promised, limit, words
    pytest.param([], 0.05, None, "no answer of this model was ever checked", id="no answers"),
    pytest.param(told((0.9, 59, 0)), 0.05, None, "59 answers", id="one too few, none wrong"),
    pytest.param(told((0.9, 60, 0)), 0.05, 0.34, "between 0 % and 4.9 %", id="just enough, none wrong"),
    pytest.param(told((0.9, 59, 1)), 0.05, None, "cannot be promised", id="just enough, one wrong"),
    pytest.param(told((0.9, 59, 1)), 0.1, 0.34, "At most 10 %", id="one wrong, a softer promise"),
    pytest.param(told((0.95, 90, 0), (0.5, 20, 30)), 0.05, 0.52, "counts from 52 %", id="the doubtful ones are wrong"),
    pytest.param(told((0.95, 60, 30), (0.5, 200, 0)), 0.05, None, "cannot be promised", id="wrong where it is sure"),
    pytest.param(told((0.9, 290, 0)), 0.01, None, "Too few", id="a promise that 290 cannot show"),
    pytest.param(told((0.9, 300, 0)), 0.01, 0.34, "At most 1 %", id="a promise that 300 can show"),
    pytest.param(told((0.9, 400, 0)), 0.0, None, "Too few", id="never wrong cannot be shown"),
    pytest.param(told((0.9, 0, 60)), 1.0, 0.34, "At most 100 %", id="anything goes"),
]


@pytest.mark.parametrize(("answers", "promised", "limit", "words"), DECISIONS)
def test_what_can_be_promised(answers: list[Answer], promised: float, limit: float | None, words: str) -> None:
    """Factors: how many answers, how many wrong, where the wrong ones are, how strict the promise is."""
    found = kept(answers, promised)
    assert found.limit == limit
    assert words in found.say("en")
    french = found.say("fr")
    assert "'" not in french
    assert " %" not in french
    assert "{" not in french


@given(
    st.lists(st.builds(Answer, st.floats(0.34, 0.98), st.booleans()), max_size=150),
    st.randoms(),
    st.sampled_from((0.05, 0.2, 0.4)),
)
@settings(deadline=None, max_examples=60)
def test_a_promise_says_what_it_rests_on(answers: list[Answer], chance: random.Random, promised: float) -> None:
    """The limit's own answers bear the bound, at least 60 of them; their order has no influence."""
    found = kept(answers, promised)
    accepted = [answer for answer in answers if found.limit is not None and answer.sure >= found.limit]
    if found.limit is not None:
        assert found.limit in LIMITS
        assert LEAST <= len(accepted) == found.accepted
        assert sum(not answer.right for answer in accepted) == found.wrong
        assert found.high == highest(found.wrong, found.accepted) <= promised
    chance.shuffle(answers)
    assert kept(answers, promised) == found


MODELS: list[tuple[str, Callable[[float], float]]] = [
    ("calibrated", lambda sure: sure),
    ("too sure", lambda sure: sure - 0.1),
    ("too modest", lambda sure: min(1.0, sure + 0.04)),
    ("as often wrong however sure", lambda _sure: 0.94),
    ("just not good enough", lambda _sure: 0.949),
    ("wrong where it is surest", lambda sure: 0.9 if sure > 0.95 else 0.99),
]


@pytest.mark.parametrize(("name", "truth"), MODELS)
def test_a_promise_is_seldom_broken(name: str, truth: Callable[[float], float]) -> None:
    """Whatever the model: in at most about 5 % of many draws is the true share of wrong ones above the promised one."""
    rng, size, draws = random.Random(name), 120, 240

    def sure() -> float:
        return 1 / 3 + (0.98 - 1 / 3) * rng.betavariate(9, 0.6)

    many = [sure() for _ in range(2000)]
    broken = 0
    for _ in range(draws):
        answers = [Answer(each, rng.random() < truth(each)) for each in (sure() for _ in range(size))]
        limit = kept(answers, 0.05).limit
        if limit is not None:
            errors = [1 - truth(each) for each in many if each >= limit]
            broken += sum(errors) / len(errors) > 0.05
    assert broken / draws <= 0.09  # three standard errors of 240 draws above .05


def test_a_good_model_gets_its_promise() -> None:
    """Not by refusing everything: a model that is right 99 times of 100 where it is sure is believed there."""
    rng = random.Random(5)
    given_ = [
        Answer(each, rng.random() < (0.99 if each > 0.8 else 0.6))
        for each in (rng.uniform(0.4, 0.98) for _ in range(900))
    ]
    found = kept(given_, 0.05)
    assert found.limit is not None
    assert 0.7 <= found.limit <= 0.84


def test_answers_go_to_a_file_and_back() -> None:
    """Rows bear neither order nor name; what is no row is refused."""
    answers = told((0.5, 1, 1), (0.9, 2, 0))
    assert rows_of(answers) == [[0.9, 1], [0.9, 1], [0.5, 0], [0.5, 1]]
    assert sorted(map(repr, answers_of(rows_of(answers)))) == sorted(map(repr, answers))
    with pytest.raises(ValueError, match="surer"):
        answers_of([[1.2, 1]])


def test_how_many_faultless_answers_show_a_promise() -> None:
    """59 for 5 %, as is known; for nothing wrong ever no number is enough."""
    assert [faultless(share) for share in (0.05, 0.1, 0.01, 1.0)] == [59, 29, 299, 0]
    assert faultless(0.0) > 1_000_000
