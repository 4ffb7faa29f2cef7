"""Heads over signals and features: held-out sources stay unknown, what is written judges as it was trained, files are checked."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.learn.classify import heads
from safelight.learn.classify.bootstrap import accuracy, balanced, interval
from safelight.learn.classify.heads import Table, chosen, fit, told, validate
from safelight.model.signals import CLASSES, Signals
from safelight.stages.classify.inputs import CHOSEN, INPUTS
from safelight.stages.classify.joined import Joined, from_json


def drawn(seed: int = 0, per: int = 12, leak: bool = False) -> Table:
    """Four sources of `per` photos, three classes told by two features; with `leak`, one feature is the source's own."""
    rng = np.random.default_rng(seed)
    truth = np.arange(4 * per) % 3
    source = np.repeat(np.arange(4), per)
    rows = rng.normal(size=(4 * per, len(CHOSEN) + 6))
    rows[:, len(CHOSEN)] += 4 * (truth == 0)
    rows[:, len(CHOSEN) + 1] += 4 * (truth == 1)
    if leak:
        rows[:, len(CHOSEN) :] = rng.normal(size=(4 * per, 6))
    rows[::7, 2] = np.nan
    return Table(rows, len(CHOSEN), truth, tuple(f"s{i}" for i in source), tuple(f"{i:064x}" for i in range(4 * per)))


def test_classes_that_can_be_told_apart_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clear features: nearly all right by source; nothing in them: no better than chance, though training would be perfect."""
    monkeypatch.setattr(heads, "PENALTIES", (0.03,))
    monkeypatch.setattr(heads, "TEMPERATURES", (1.0, 2.0))
    assert told(validate(drawn(), "features"))["balanced_accuracy"] > 0.85
    nothing = told(validate(drawn(leak=True), "features"))
    assert nothing["balanced_accuracy"] < 0.6
    low, high = nothing["balanced_accuracy_95"]
    assert low < nothing["balanced_accuracy"] < high
    assert sum(map(sum, nothing["confusion"])) == nothing["n"] == 48


def test_settings_are_chosen_without_the_source_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the held-out photos say, their model and its settings stay the same."""
    monkeypatch.setattr(heads, "PENALTIES", (0.003, 0.1))
    known = drawn().of("features")
    held = known.from_source("s1")
    other = Table(np.where(held[:, None], 99.0, known.rows), known.signals, known.truth, known.sources, known.digests)
    assert chosen(known.part(~held), "features") == chosen(other.part(~held), "features")


@pytest.mark.parametrize("kind", ["features", "signals+features"])
def test_what_is_written_judges_as_it_was_trained(kind: str) -> None:
    """The file's numbers give the regression's own probabilities; signals that spoke for the class are the reasons."""
    known = drawn().of(kind)
    made = fit(known, 0.03, 2.0)
    inputs = CHOSEN if known.signals else ()
    head = Joined(
        "b",
        "0" * 64,
        inputs,
        2.0,
        tuple(made.centre),
        tuple(made.scale),
        tuple(map(tuple, made.weights)),
        tuple(made.bias),
        1.0,
    )
    again = from_json(json.loads(json.dumps(head.to_json())))
    assert again == head
    row = known.rows[0]
    signals = Signals(dict.fromkeys({need for name in CHOSEN for need in INPUTS[name].needs}, 0.3))
    seen = row[known.signals :]
    raw = np.array([*(INPUTS[name].value(signals) for name in inputs), *seen], float)
    given_ = head.judge(signals, list(seen))
    scores = made.scores(raw[None])[0]
    assert given_.likeliest == CLASSES[int(scores.argmax())]
    assert sum(given_.probabilities.values()) == pytest.approx(1)
    assert min(given_.probabilities.values()) >= 0.01
    assert bool(given_.reasons) is bool(inputs)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"format": "safelight-joined-head/0"}, "version"), ({"temperature": 9.0}, "digest"),
        ({"classes": ["a", "b", "c"]}, "version"), ({"digest": "0"}, "digest"),
    ],
)  # fmt: skip
def test_a_changed_file_is_refused(change: dict, word: str) -> None:
    """Another version, other classes, one number changed."""
    head = Joined("b", "0" * 64, (), 1.0, (0.0,), (1.0,), ((1.0,), (0.0,), (0.0,)), (0.0, 0.0, 0.0), 1.0)
    with pytest.raises(ValueError, match=word):
        from_json({**json.loads(json.dumps(head.to_json())), **change})


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=40))
def test_an_interval_holds_its_figure(pairs: list[tuple[int, int]]) -> None:
    """Low to high within 0–1, the same twice; two right answers, or 42, prove no more than they do."""
    for figure in (balanced, accuracy):
        low, high = interval(pairs, figure, rounds=60)
        assert 0 <= low <= high <= 1
        assert (low, high) == interval(pairs, figure, rounds=60)
    assert interval([(0, 0), (1, 1)], rounds=20) == (pytest.approx(0.05**0.5), 1.0)
    assert interval([(0, 0)] * 42, rounds=20)[0] == pytest.approx(1 - 0.069, abs=1e-3)
    assert interval([(0, 1)] * 3, rounds=20) == (0.0, pytest.approx(1 - 0.05 ** (1 / 3)))
