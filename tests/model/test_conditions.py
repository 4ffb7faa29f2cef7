"""Conditions against facts, as a table: each condition alone, its edges, unknown facts, names from other systems."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelight.model.conditions import Facts, at_night, holds
from safelight.model.recipe import Conditions, SignalLimit

FACTS = Facts(
    photographer="Zoé", camera="NIKON CORPORATION NIKON D6", file="IMG_0815.JPG", taken="2026-06-13T23:12:08",
    reasons=("advertising", "car_area"), sure=0.83, signals={"car_area": 0.08, "faces": 2.0},
)  # fmt: skip
C = Conditions


@pytest.mark.parametrize(
    ("conditions", "why"),
    [
        (C(), ""),
        (C(photographer=("zoé",)), ""),
        (C(photographer=(unicodedata.normalize("NFD", "ZOÉ"),)), ""),
        (C(photographer=("jean", "Zoé")), ""),
        (C(photographer=("zoe",)), "photographer is not zoe"),
        (C(photographer=("jean", "marie")), "photographer is not jean or marie"),
        (C(camera=("D6",)), ""),
        (C(camera=("nikon d6",)), ""),
        (C(camera=("D",)), "camera is not D"),
        (C(camera=("D60",)), "camera is not D60"),
        (C(file=("img_*.jpg",)), ""),
        (C(file=("*.png", "IMG_08??.*")), ""),
        (C(file=("IMG_08",)), "file is not IMG_08"),
        (C(taken_from="2026-06-13T23:12"), ""),
        (C(taken_from="2026-06-13T23:13"), "taken before 2026-06-13 23:13"),
        (C(taken_to="2026-06-13T23:12"), ""),
        (C(taken_to="2026-06-13T23:11"), "taken after 2026-06-13 23:11"),
        (C(night=True), ""),
        (C(night=False), "taken at night"),
        (C(reason=("faces", "advertising")), ""),
        (C(reason=("faces", "people")), "reason is not faces or people"),
        (C(sure_at_least=0.83), ""),
        (C(sure_at_least=0.9), "only 83 % sure, not 90 %"),
        (C(signals=(SignalLimit("car_area", "below", 0.1),)), ""),
        (C(signals=(SignalLimit("car_area", "below", 0.08),)), "car area is 8.0 %, not below 8.0 %"),
        (C(signals=(SignalLimit("car_area", "at_most", 0.08),)), ""),
        (C(signals=(SignalLimit("car_area", "at_least", 0.08),)), ""),
        (C(signals=(SignalLimit("faces", "above", 2),)), "faces is 2, not above 2"),
        (C(signals=(SignalLimit("faces", "at_least", 2), SignalLimit("signs", "below", 1))), "signs was not measured"),
        (C(photographer=("Zoé",), night=True, reason=("faces",)), "reason is not faces"),
    ],
)
def test_table(conditions: Conditions, why: str) -> None:
    """Each condition holds or says why not; all must hold and the first that fails is named."""
    assert holds(conditions, FACTS) == (why == "", why)


@pytest.mark.parametrize(
    ("conditions", "why"),
    [
        (C(photographer=("jean",)), "le photographe n’est pas jean"),
        (C(reason=("faces", "people")), "la raison n’est pas visages ou personnes"),
        (C(sure_at_least=0.9), "sûr à 83\u202f%, moins de 90\u202f%"),
        (
            C(signals=(SignalLimit("car_area", "below", 0.01),)),
            "surface voiture\u00a0: 8,0\u202f%, pas moins de 1,0\u202f%",
        ),
        (C(night=False), "prise de nuit"),
    ],
)
def test_french(conditions: Conditions, why: str) -> None:
    """The reason in French."""
    assert holds(conditions, FACTS, "fr") == (False, why)


@pytest.mark.parametrize(
    "conditions", [C(night=True), C(night=False), C(taken_from="2026-01-01T00:00"), C(taken_to="2027-01-01T00:00")]
)
def test_unknown_time_fails(conditions: Conditions) -> None:
    """Without a time no condition about time holds, whichever way it asks."""
    assert holds(conditions, replace(FACTS, taken=None)) == (False, "the time taken is not known")


@pytest.mark.parametrize(
    ("hour", "start", "end", "night"),
    [(21, 22, 6, False), (22, 22, 6, True), (0, 22, 6, True), (5, 22, 6, True), (6, 22, 6, False),
     (0, 0, 5, True), (5, 0, 5, False), (23, 0, 5, False), (12, 6, 6, False), (23, 22, 0, True), (0, 22, 0, False)],
)  # fmt: skip
def test_night(hour: int, start: int, end: int, night: bool) -> None:
    """The night begins at its first hour, ends before its last, over midnight or not."""
    assert at_night(f"2026-06-13T{hour:02}:59", start, end) is night


@given(st.text(max_size=12), st.sampled_from(["NFC", "NFD"]))
def test_a_name_is_itself(name: str, form: str) -> None:
    """Whatever the name: it matches itself in either form and in another case of the same letters."""
    typed = unicodedata.normalize(form, name)
    assert holds(C(photographer=(typed,)), Facts(photographer=name))[0]
