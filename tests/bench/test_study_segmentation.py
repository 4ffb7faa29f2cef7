"""The study's trainings: resumable, each judged once, never mixed with those of other settings; tables from their results."""

from __future__ import annotations

import importlib.util
import itertools
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import torch

from safelight.learn.segment.training import WEIGHTS
from segment_world import TINY, Seconds, streets

BENCH = Path(__file__).parents[2] / "bench"


def _module(name: str) -> ModuleType:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, BENCH / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


study = _module("study_segmentation")


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
        "gains": 6, "via": 3, "alone": 9, "networks": 5, "losses": 3, "polygons": 2,
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
    """A run in three pieces has the result of one in a piece, but for the time; a finished one is not done again."""
    whole = study.carry_out(a_run(), parts(), tmp_path / "whole", clock=Seconds(0.0))
    assert whole is not None
    steps = itertools.chain([False, False, False], itertools.repeat(True))
    assert study.carry_out(a_run(), parts(), tmp_path / "cut", stop=lambda: next(steps), clock=Seconds(0.0)) is None
    assert study.done(a_run(), tmp_path / "cut") is None
    again = study.carry_out(a_run(), parts(), tmp_path / "cut", clock=Seconds(0.0))
    assert again == whole
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
