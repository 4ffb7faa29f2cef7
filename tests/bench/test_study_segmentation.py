"""The study's trainings: resumable, each judged once, never mixed with those of other settings; tables from their results."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bench_modules import BENCH, bench_module
from safelight.learn.data import open_dataset
from safelight.learn.segment.training import WEIGHTS
from segment_world import TINY, Seconds, streets

study, _, looks, _ = (bench_module(f"study_{name}") for name in ("segmentation", "plots", "looks", "text"))
report = bench_module("study_report")


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def a_run(name: str = "plain-1", **words: object) -> study.Run:
    """A training of six steps."""
    return study.Run(name, "gains", replace(TINY, **words))


def parts() -> study.Parts:
    """Drawn streets to learn from, to choose by, to be judged by."""
    return study.Parts(streets(5), streets(2, 20), streets(3, 40))


def test_every_part_of_the_study_is_there_and_no_two_runs_share_a_folder() -> None:
    """Plain against augmented in three seeds that differ in nothing else; a run per photo, augmentation, network, loss."""
    photos = ("1.jpg", "31.jpg", "4.jpg")
    found = study.runs(photos)
    assert len({run.name for run in found}) == len(found)
    by_part = {part: [run for run in found if run.part == part] for part in {run.part for run in found}}
    assert {part: len(items) for part, items in by_part.items()} == {
        "gains": 6, "mild": 3, "via": 3, "alone": 8, "networks": 5, "losses": 3, "polygons": 2,
    }  # fmt: skip
    plain, augmented = (
        [run.settings for run in by_part["gains"] if run.name.startswith(kind)] for kind in ("plain", "augmented")
    )
    assert [replace(settings, augment="x") for settings in plain] == [
        replace(settings, augment="x") for settings in augmented
    ]
    assert {settings.augment for settings in plain} == {"none"}
    assert [run.held for run in by_part["via"]] == list(photos)


def test_stopped_anywhere_it_goes_on_and_ends_with_the_same_figures(tmp_path: Path) -> None:
    """A run in two pieces has the result of one in a piece, does no step twice, and is not done again when finished."""
    asked = {"whole": 0, "rest": 0}

    def stop(which: str) -> bool:
        asked[which] += 1
        return False

    whole = study.carry_out(a_run(), parts(), tmp_path / "whole", stop=lambda: stop("whole"), clock=Seconds(0.0))
    assert whole is not None
    steps = itertools.chain([False, False, False], itertools.repeat(True))
    assert study.carry_out(a_run(), parts(), tmp_path / "cut", stop=lambda: next(steps), clock=Seconds(0.0)) is None
    assert study.done(a_run(), tmp_path / "cut") is None
    again = study.carry_out(a_run(), parts(), tmp_path / "cut", stop=lambda: stop("rest"), clock=Seconds(0.0))
    assert again == whole
    assert asked["rest"] < asked["whole"]
    assert study.done(a_run(), tmp_path / "cut") == json.loads(json.dumps(whole))
    assert study.collect(tmp_path / "cut")["runs"].keys() == {"plain-1"}


def test_a_result_of_other_settings_is_refused(tmp_path: Path) -> None:
    """Neither a finished nor an unfinished run goes into a table of other settings."""
    study.carry_out(a_run(), parts(), tmp_path, stop=lambda: True)
    with pytest.raises(SystemExit, match="other settings"):
        study.carry_out(a_run(rate=0.02), parts(), tmp_path)
    study.carry_out(a_run(), parts(), tmp_path)
    with pytest.raises(SystemExit, match="other settings"):
        study.done(a_run(rate=0.02), tmp_path)


def test_without_pictures_to_choose_by_the_last_weights_are_judged(tmp_path: Path) -> None:
    """Leave-one-out has no picture to spare: what is judged is what came out at the end, on the photo left out."""
    given = parts()
    result = study.carry_out(a_run("via-1"), study.Parts(given.learn, None, streets(1, 40)), tmp_path)
    assert result is not None
    assert (tmp_path / "via-1" / WEIGHTS).is_file()
    assert result["validation"] is None
    assert result["judged"] == 1


@pytest.mark.shared
def test_leave_one_out_over_the_real_polygons(shared: Path, tmp_path: Path) -> None:
    """From the export to the table, small and short: eight trainings, each judged on the one photo it has not seen, at its size."""
    photos = open_dataset(shared / "annotations/via-car-damage", "via").ids
    small = {"width": 4, "size": (64, 64), "longest": 64, "epochs": 4, "validate_every": 4}
    found: list[dict[str, Any]] = []
    for run in study.runs(photos):
        if run.part == "via":
            given = study.opened(run, shared)
            assert given.judge.ids == (run.held,)
            assert run.held not in given.learn.ids
            result = study.carry_out(replace(run, settings=run.settings.with_words(**small)), given, tmp_path)
            assert result is not None
            assert np.sum(result["test"]["confusion"]) == given.judge.labels(run.held).size
            found.append(result)
    assert sorted(result["held"] for result in found) == sorted(photos)
    whole, each = report.pooled(found)
    assert 0 <= whole <= 1
    assert len(each) == 8
    told = report.via({"runs": {result["name"]: result for result in found}})
    assert all(f"| {photo} |" in told for photo in photos)
    assert "of 8 of the 8 photos" in told


# --- tables ------------------------------------------------------------------------------------------------------


def results(**mious: float) -> dict[str, dict[str, object]]:
    """Results with the given test mIoU, made up: two classes, one of which is half found."""
    names = {name.replace("_", "-"): value for name, value in mious.items()}
    return {
        name: {
            "name": name, "part": "gains", "data": "camvid", "held": "", "steps": 6, "epochs": 3.0, "minutes": 2.0,
            "parameters": 600_000, "settings": {"batch": 4, "epochs": 3}, "validation": miou, "curve": [[1, miou], [3, miou]],
            "losses": [[1, 2.0], [3, 1.0]], "machine": {"processor": "a processor", "threads": 1, "torch": "2"},
            "test": {"miou": miou, "accuracy": 0.5, "confusion": [[6, 2], [1, 3]],
                     "classes": [{"name": "road", "iou": 0.6667}, {"name": "car", "iou": None}]},
        }
        for name, miou in names.items()
    }  # fmt: skip


def test_tables_say_what_is_measured_and_what_is_not() -> None:
    """The gain is the mean over the seeds there are; what no run has measured is said to be missing, never guessed."""
    none = {"runs": {}, "camvid": None}
    for name, made in report.MADE.items():
        if name != "painted":
            assert "easured yet" in made(none), name
    half = report.gains(
        {"runs": results(plain_1=0.40, augmented_1=0.45, plain_2=0.42, augmented_2=0.43), "camvid": None}
    )
    assert "**+3.0 points**" in half
    assert "with the strong recipe (2 seeds: +5.0, +1.0)" in half
    assert "mild recipe |" in half
    assert "by" not in half.split("points**")[1].split(".")[0]
    assert "| plain | .400 | .420 | – | .410 |" in half
    assert "| car | – | – |" in report.classes({"runs": results(plain_1=0.4, augmented_1=0.5), "camvid": None})


def test_dice_is_pooled_over_pixels() -> None:
    """Two photos count by their pixels, not by their number."""
    one, other = results(a=0.1)["a"], results(a=0.1)["a"]
    other["test"] = {"confusion": [[60, 0], [0, 40]]}
    whole, each = report.pooled([one, other])
    assert whole == pytest.approx(2 * 43 / (2 * 43 + 2 + 1))
    assert each == pytest.approx([2 * 3 / (2 * 3 + 3), 1.0])


def test_the_text_is_filled_again_and_again(tmp_path: Path) -> None:
    """Every made part of the real text has a maker; filling twice changes nothing; results and plots land beside it."""
    text = (BENCH.parent / "docs" / "studies" / "segmentation.md").read_text("utf-8")
    assert set(re.findall(r"<!-- made: (\w+) -->", text)) == set(report.MADE)
    study_ = {"runs": results(plain_1=0.4, augmented_1=0.5, only_hue=0.42), "camvid": None}
    once = report.filled(text, report.MADE, study_)
    assert once == report.filled(once, report.MADE, study_)
    assert "+10.0" in once
    report.plots(study_, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"gains.png", "alone.png"}


def test_mistakes_near_borders_and_people_by_height() -> None:
    """A border is as wide as told; a person counts by height, and as found by the share of pixels that was answered."""
    labels = np.zeros((40, 40), np.uint8)
    labels[:, 20:] = 1
    near = looks.borders(labels, 4)
    assert near[5].nonzero()[0].tolist() == list(range(16, 24))
    real, said = np.zeros((100, 60), bool), np.zeros((100, 60), bool)
    real[2:8, 2:6], real[20:70, 10:20] = True, True
    said[20:60, 10:20] = True
    assert list(looks.people(real, said)) == [(0, 0.0), (3, 0.8)]
