"""Heads over signals and features: held-out sources stay unknown, what is written judges as it was trained, files are checked."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.learn.classify import asking
from safelight.learn.classify.asking import Table, ask, fit, loss, tempered
from safelight.learn.classify.bootstrap import accuracy, balanced, interval
from safelight.learn.classify.heads import FREE, KINDS, SCENE, SEEN, SIGNALS, VOICES, head, scene_file, told, validate
from safelight.model.errors import UsageError
from safelight.model.signals import CLASSES, Signals
from safelight.stages.classify.inputs import DISTURBING, INPUTS
from safelight.stages.classify.questions import from_json
from safelight.stages.classify.voices import measured, rooted
from safelight.stages.look import race_scene
from safelight.stages.networks import backbones


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two penalties and two temperatures are enough to choose from."""
    monkeypatch.setattr(asking, "PENALTIES", (0.01, 0.1))
    monkeypatch.setattr(asking, "TEMPERATURES", (1.0, 2.0))


def drawn(seed: int = 0, per: int = 12, *, nothing: bool = False) -> Table:
    """Four sources of `per` photos: scene and backbone tell exclure from the rest, signals and backbone the rest; or `nothing`."""
    rng = np.random.default_rng(seed)
    truth = np.arange(4 * per) % 3
    race, again = 4.0 * (truth != 2), 4.0 * (truth == 1)
    if nothing:
        race, again = np.zeros(4 * per), np.zeros(4 * per)
    scene, seen = (np.abs(rng.normal(size=(4 * per, 6))) for _ in range(2))
    signals = rng.normal(size=(4 * per, len(DISTURBING)))
    scene[:, 0] += race
    seen[:, 0] += race
    seen[:, 1] += again
    signals[:, 0] += again
    signals[::7, 2] = np.nan
    blocks = {SCENE: rooted(scene), SIGNALS: signals, SEEN: rooted(seen)}
    source = tuple(f"s{i}" for i in np.repeat(np.arange(4), per))
    return Table(blocks, truth, source, tuple(f"{i:064x}" for i in range(4 * per)))


@pytest.mark.parametrize("kind", KINDS)
def test_classes_that_can_be_told_apart_are(kind: str) -> None:
    """Clear inputs: nearly all right by source; nothing in them: no better than chance, though training would be perfect."""
    assert told(validate(drawn(), kind))["balanced_accuracy"] > 0.85
    nothing = told(validate(drawn(nothing=True), kind))
    assert nothing["balanced_accuracy"] < 0.6
    low, high = nothing["balanced_accuracy_95"]
    assert low < nothing["balanced_accuracy"] < high
    assert sum(map(sum, nothing["confusion"])) == nothing["n"] == 48


def test_who_is_heard_can_be_chosen_inside_the_folds() -> None:
    """Of voices that know something and voices that know nothing, the first are heard."""
    known = drawn()
    assert set(ask(known, "race", FREE["signals"], free=True).voices) == {SCENE}
    assert SIGNALS in ask(known, "retouch", FREE["signals"], free=True).voices
    assert set(ask(known, "race", VOICES["signals+features"]["race"]).voices) == {SCENE, SEEN}


def test_settings_are_chosen_without_the_source_held_out() -> None:
    """Whatever the held-out photos show, the model of that fold stays the same."""
    known = drawn()
    held = known.from_source("s1")
    changed = {name: np.where(held[:, None], 99.0, rows) for name, rows in known.blocks.items()}
    other = Table(changed, known.truth, known.sources, known.digests)
    before, after = validate(known, "signals+features"), validate(other, "signals+features")
    for name in ("race", "retouch"):
        one, two = (ask(each.part(~held), name, VOICES["features"][name]) for each in (known, other))
        assert one.temperature == two.temperature
        assert np.array_equal(one.voices[SEEN].weights, two.voices[SEEN].weights)
    assert before["s1"] != after["s1"]


def test_the_second_question_learns_from_the_race_only() -> None:
    """Photos that do not belong leave its voice as it is; the first question hears them."""
    known = drawn()
    away = known.truth == asking.EXCLURE
    changed = {name: np.where(away[:, None], 77.0, rows) for name, rows in known.blocks.items()}
    other = Table(changed, known.truth, known.sources, known.digests)
    assert np.array_equal(fit(known, SEEN, "retouch", 0.1).weights, fit(other, SEEN, "retouch", 0.1).weights)
    assert not np.array_equal(fit(known, SEEN, "race", 0.1).weights, fit(other, SEEN, "race", 0.1).weights)


def test_classes_weigh_the_same_however_many_photos_they_have() -> None:
    """Twenty times as many ok photos of which nothing is told apart do not make the answer no likelier."""
    known = drawn(nothing=True)
    copies = np.concatenate([np.arange(48), *[np.flatnonzero(known.truth == 0)] * 19])
    many = Table(
        {name: rows[copies] for name, rows in known.blocks.items()},
        known.truth[copies],
        tuple(known.sources[i] for i in copies),
        tuple(known.digests[i] for i in copies),
    )
    assert abs(fit(many, SEEN, "retouch", 1e-5).says(known.blocks[SEEN]).mean()) < 0.1


def test_a_temperature_suits_the_answers() -> None:
    """Overconfident answers ask for the warmer one; being surely wrong costs no more than the floor allows."""
    answers = np.array([True, True, True, False])
    assert tempered(np.array([9.0, 9.0, 9.0, 9.0]), answers)[1] == 2.0
    assert loss(np.array([900.0]), np.array([False])) == pytest.approx(-np.log(0.01))


def test_too_few_sources_are_told() -> None:
    """One big source, or a class that only the source held out has: a sentence instead of a figure."""
    known = drawn(per=18)
    with pytest.raises(UsageError, match="two sources"):
        validate(known.part(known.from_source("s0")), "signals")
    lonely = known.part((known.truth != 2) | known.from_source("s0"))
    with pytest.raises(UsageError, match="no photos of one class"):
        validate(lonely, "signals")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_judges_as_it_was_trained(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file's numbers give the fit's own probabilities, the scene through its signal; the scene's file can be read."""
    known = drawn()
    weights = tmp_path / "w"
    weights.write_bytes(b"w")
    signals = Signals(dict.fromkeys(DISTURBING, 0.3))
    row = measured(signals, DISTURBING)
    scene, seen = np.full(6, 1.5), np.full(6, 2.0)
    made, voice = head(known, kind, backbones.Source("b", weights), {"n": 1})
    again = from_json(json.loads(json.dumps(made.to_json())))
    assert again == made and bool(made.backbone) is (SEEN in FREE[kind])
    if voice is not None:
        chance = 1 / (1 + np.exp(-voice.says(Signals({}), scene)))
        signals = Signals({**signals.values, "race_scene": float(np.clip(chance, 0.01, 0.99))})
    one = Table(
        {SCENE: rooted(scene)[None], SIGNALS: row[None], SEEN: rooted(seen)[None]}, np.array([0]), ("s",), ("d",)
    )
    for name, question in (("race", again.race), ("retouch", again.retouch)):
        asked = ask(known, name, VOICES[kind][name])
        assert question.says(signals, seen) == pytest.approx(float(asked.says(one)[0]), abs=0.02)
    if voice is not None:
        answers = [answer for fold in validate(known, kind).values() for answer in fold]
        data = scene_file(voice, known, answers)
        assert race_scene.from_json(json.loads(json.dumps(data))) == voice
        assert data["figures"]["n"] == 48 and data["figures"]["right"] > 40
    assert INPUTS["race_scene"].signal == "race_scene" and len(CLASSES) == 3


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
