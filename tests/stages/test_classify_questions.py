"""Two questions: right shares from log-odds, reasons that were really used, files that were changed are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.errors import StageError
from safelight.model.signals import CLASSES, Signals
from safelight.stages.classify.head import Head
from safelight.stages.classify.inputs import CHOSEN, DISTURBING, INPUTS
from safelight.stages.classify.questions import FORMAT, Question, Sorter, from_json, shares
from safelight.stages.classify.signals import SignalsHead
from safelight.stages.classify.voices import Voice, bounded, rooted
from safelight.stages.look import race_scene
from safelight.stages.networks import regions

IMAGE = np.random.default_rng(4).integers(0, 256, (60, 90, 3)).astype(np.uint8)


def voice(name: str, weight: float = 1.0, bias: float = 0.0) -> Voice:
    """A voice over one signal, in its own unit."""
    return Voice("signals", (name,), (0.0,), (1.0,), (weight,), bias)


def sorter() -> Sorter:
    """The race by `race_scene`, retouching by people and streaks."""
    again = Voice("signals", ("people_area", "motion"), (-3.0, 0.3), (1.0, 0.1), (1.0, -1.0), 0.0)
    return Sorter(Question((voice("race_scene"),), 1.0), Question((again,), 1.0))


@settings(deadline=None)
@given(st.floats(-900, 900), st.floats(-900, 900))
def test_shares_follow_the_answers(race: float, again: float) -> None:
    """They sum to 1, none below .01; no race is exclure, race without retouching ok, with it retoucher."""
    found = shares(race, again)
    assert sum(found.values()) == pytest.approx(1)
    assert min(found.values()) >= 0.01 - 1e-12
    assert list(found) == list(CLASSES)
    if abs(race) > 5 and abs(again) > 5:
        expected = "exclure" if race < 0 else "retoucher" if again > 0 else "ok"
        assert max(found, key=lambda name: found[name]) == expected


@pytest.mark.parametrize(
    ("values", "likeliest", "reasons"),
    [
        ({"race_scene": 0.95, "people_area": 0.0, "motion": 0.6}, "ok", {"race_scene", "people_area", "motion"}),
        ({"race_scene": 0.95, "people_area": 0.4, "motion": 0.0}, "retoucher", {"race_scene", "people_area", "motion"}),
        ({"race_scene": 0.02, "people_area": 0.4, "motion": 0.0}, "exclure", {"race_scene"}),
        ({"race_scene": 0.95, "people_area": 0.4}, "retoucher", {"race_scene", "people_area"}),
        ({"race_scene": 0.6, "people_area": 0.04, "motion": 0.3}, "exclure", {"race_scene"}),
    ],
)
def test_reasons_are_what_spoke_for_the_class(values: dict[str, float], likeliest: str, reasons: set[str]) -> None:
    """Only measured signals; for exclure those of the first question alone, since the second was never asked."""
    verdict = sorter().judge(Signals(values))
    assert verdict.likeliest == likeliest
    assert {reason.signal for reason in verdict.reasons} == reasons
    weights = [reason.weight for reason in verdict.reasons]
    assert weights == sorted(weights, reverse=True) and min(weights) > 0


def test_voices_are_averaged() -> None:
    """Two voices count half each, and a network's voice takes what was seen by its root."""
    seen = Voice("network", (), (0.0, 0.0), (1.0, 1.0), (1.0, -1.0), 0.5)
    question = Question((voice("motion", 2.0), seen), 2.0)
    assert question.says(Signals({"motion": 0.5}), (4.0, 1.0)) == pytest.approx((1.0 + (2 - 1 + 0.5)) / 2 / 2)
    assert question.pulls(Signals({"motion": 0.5}), (4.0, 1.0)) == {"motion": pytest.approx(0.25)}


def test_one_odd_number_does_not_decide() -> None:
    """Inputs count up to three standard deviations, and nothing where they were not measured."""
    x = bounded(np.array([100.0, np.nan, -100.0]), np.zeros(3), np.ones(3))
    assert x.tolist() == [3.0, 0.0, -3.0]
    assert rooted(np.array([-1.0, 4.0])).tolist() == [0.0, 2.0]


def test_a_file_comes_back_as_it_went() -> None:
    """All numbers, names and digests."""
    made = replace(sorter(), backbone="b", backbone_sha256="0" * 64, trained_on=("a",), figures={"n": 3})
    assert from_json(json.loads(json.dumps(made.to_json()))) == made


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"format": "safelight-questions/0"}, "version"), ({"classes": ["a", "b", "c"]}, "version"),
        ({"backbone": "other"}, "digest"), ({"digest": "0"}, "digest"),
    ],
)  # fmt: skip
def test_a_changed_file_is_refused(change: dict, word: str) -> None:
    """Another version, other classes, one field changed."""
    with pytest.raises(ValueError, match=word):
        from_json({**sorter().to_json(), **change})


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"inputs": ["car_area", "speed"]}, "speed"), ({"scale": [1.0]}, "length"), ({"of": "dreams"}, "length"),
        ({"inputs": ["car_area"]}, "length"),
    ],
)  # fmt: skip
def test_a_voice_of_another_version_is_refused(change: dict, word: str) -> None:
    """Inputs nobody knows, rows that do not fit."""
    plain = {
        "of": "signals", "inputs": ["car_area", "motion"], "centre": [0, 0], "scale": [1, 1], "weights": [1, 1], "bias": 0,
    }  # fmt: skip
    with pytest.raises(ValueError, match=word):
        Voice.from_json({**plain, **change})


def test_the_shipped_head_asks_two_questions() -> None:
    """It is one of ours, above its goal on held-out sources, tells its interval, and weighs signals that have a sentence."""
    head = SignalsHead().head
    assert isinstance(head, Sorter) and head.figures is not None
    assert head.figures["n"] == 76 and len(head.trained_on) == 84
    assert head.figures["balanced_accuracy"] >= 0.7 > head.figures["balanced_accuracy_95"][0]
    assert [v.inputs for v in head.retouch.voices] == [DISTURBING]
    assert [v.inputs for v in head.race.voices] == [("race_scene",)]


def test_a_head_learnt_from_corrections_is_read_too(tmp_path: Path) -> None:
    """One regression over signals, as `learn.fit` makes it, judges through the same backend; one over features does not."""
    one = Head(("car_area",), (0.0,), (1.0,), ((-1.0,), (0.0,), (1.0,)), (0.0, 0.0, 0.0), 1.0)
    path = tmp_path / "head.json"
    path.write_text(json.dumps(one.to_json()))
    assert SignalsHead(path).classify(IMAGE, Signals({"car_area": 0.001})).likeliest == "ok"
    path.write_text(json.dumps(replace(sorter(), backbone="squeezenet1_1").to_json()))
    with pytest.raises(StageError, match="fetched network"):
        SignalsHead(path).classify(IMAGE, Signals({"car_area": 0.001}))


def test_an_older_look_is_completed() -> None:
    """Signals that lack `race_scene` get it from the same picture; measured ones stay as they are."""
    old = Signals({"car_area": 0.3})
    value = race_scene.completed(IMAGE, old).values["race_scene"]
    assert value == pytest.approx(race_scene.race_scene(regions.regions(IMAGE)), abs=1e-5)
    verdict = SignalsHead().classify(IMAGE, old)
    assert verdict == SignalsHead().classify(IMAGE, Signals({"car_area": 0.3, "race_scene": value}))
    assert race_scene.completed(IMAGE, Signals({"race_scene": 0.4})).values == {"race_scene": 0.4}
    assert race_scene.completed(IMAGE, Signals({})).values == {}


def test_race_scene_fits_the_shipped_network() -> None:
    """Its voice has a weight for each channel, was learnt over these weights, and answers between 0 and 1."""
    data = json.loads(race_scene.SHIPPED.read_text())
    assert data["network_sha256"] == regions.WEIGHTS.sha256
    seen = regions.regions(IMAGE).seen
    assert seen.shape == (512,) and len(race_scene.from_json(data).weights) == 512
    assert 0 < race_scene.race_scene(regions.regions(IMAGE)) < 1
    assert data["figures"]["right"] > 0.8 * data["figures"]["n"] and len(data["trained_on"]) == 84
    for change in ({"network_sha256": "0" * 64}, {"format": FORMAT}):
        with pytest.raises(ValueError, match=r"weights|version|digest"):
            race_scene.from_json({**data, **change})


def test_race_scene_refuses_a_voice_over_other_weights() -> None:
    """Its digest is right, its network is not."""
    from safelight.model.digests import digest

    data = json.loads(race_scene.SHIPPED.read_text())
    body = {key: value for key, value in data.items() if key != "digest"} | {"network_sha256": "0" * 64}
    with pytest.raises(ValueError, match="learnt over weights"):
        race_scene.from_json({**body, "digest": digest(body)})


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.sampled_from(sorted(INPUTS)), st.floats(0, 1)))
def test_inputs_are_finite(values: dict[str, float]) -> None:
    """Whatever is measured, an input is a finite number, or none where its signal is missing."""
    signals = Signals(values)
    for name in CHOSEN:
        found = INPUTS[name].value(signals)
        assert (found is None) == (name not in values)
        assert found is None or np.isfinite(found)
