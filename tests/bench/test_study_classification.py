"""The study of classifiers: resumable trainings judged once, gains on the same pictures, tables from results only."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from bench_modules import BENCH, bench_module
from safelight.learn.classify.settings import Settings

STUDIES = BENCH.parent / "docs" / "studies"


bench_module("study_text")  # which the studies import by name
study = bench_module("study_classification")
report = bench_module("study_classification_report")
TINY = Settings(width=2, depth=2, size=16, epochs=2, batch=8, patience=0, hold=0.2, augment=("crop",))


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def parts(count: int = 20) -> object:
    """Dark and light noise in ten classes."""
    rng = np.random.default_rng(1)
    truth = np.repeat(np.arange(10), count // 5)
    grey = (rng.integers(0, 30, (len(truth), 28, 28)) + truth[:, None, None] * 22).astype(np.uint8)
    made = study._labels(Path("x"), grey, truth, 18)
    return study.Parts(made, made)


def test_every_setting_is_changed_alone_and_no_two_runs_share_a_folder() -> None:
    """Each run of the table differs from the base in what it says; rate, batch, epochs, decay, crop and depth are all there."""
    runs = study.runs(("a", "b"))
    assert len({run.name for run in runs}) == len(runs)
    base = next(run for run in runs if run.name == report.BASE)
    assert {"rate", "batch", "epochs", "decay", "crop", "depth"} <= {what for what, _, _ in study.VARIED}
    for run in runs:
        if run.part == "garments" and run.what and run.settings.seed == base.settings.seed:
            before, after = base.settings.to_json(), run.settings.to_json()
            assert len([key for key in before if before[key] != after[key]]) == 1, run
    assert len([run for run in runs if run.part == "races"]) == 2 * len(study.RACES)


def test_idx_files_are_read(tmp_path: Path) -> None:
    """Rank and lengths from the head, bytes behind it."""
    data = bytes([0, 0, 8, 3]) + np.array([2, 3, 4], ">u4").tobytes() + bytes(range(24))
    (tmp_path / "a.gz").write_bytes(gzip.compress(data))
    assert study._idx(tmp_path / "a.gz").tolist() == np.arange(24).reshape(2, 3, 4).tolist()


def test_degraded_copies_are_worse_and_of_the_same_size() -> None:
    """Smoother, darker, blockier."""
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 255, (64, 64, 3)).astype(np.uint8)
    found = {name: way(picture) for name, way in study.DEGRADED.items()}
    assert all(one.shape == picture.shape and one.dtype == np.uint8 for one in found.values())
    assert found["blur"].std() < 0.7 * picture.std() and found["dark"].mean() < 0.5 * picture.mean()
    assert np.abs(found["JPEG 8"].astype(int) - picture).mean() > 5


def test_a_run_goes_on_where_it_was_and_is_judged(tmp_path: Path) -> None:
    """Stopped at once it gives nothing; again it ends; the base run is also asked with ten looks."""
    run = study.Run("base-1", "garments", TINY)
    assert study.trained(run, parts(), tmp_path, None, lambda: True) is None
    found = study.trained(run, parts(), tmp_path, None, lambda: False)
    assert found["epochs"] == 2 and len(found["one"]["pairs"]) == 40 and found["ten"]["n"] == 40
    (tmp_path / "base-1").mkdir()
    (tmp_path / "base-1" / study.RESULT).write_text(json.dumps(found))
    kept = report.summed(study.collect(tmp_path))
    assert "pairs" not in json.dumps(kept) and kept["base-1"]["ten"]["gain_95"][0] <= kept["base-1"]["ten"]["gain"]
    other = study.Run("rate-1", "garments", replace(TINY, rate=0.01), "rate", ".001")
    again = study.trained(other, parts(), tmp_path / "o", None, lambda: False)
    both = report.summed({"base-1": found, "rate-1": again})
    text = report.hyperparameters({"runs": both})
    assert "| rate | .001 |" in text and f"{len(study.VARIED) - 1} of {len(study.VARIED)} are not measured yet" in text


def test_gains_are_of_the_same_pictures() -> None:
    """Ten of forty better: a quarter, with an interval around it; other pictures are refused."""
    first = [(0, 1)] * 20 + [(1, 1)] * 20
    second = [(0, 0)] * 10 + [(0, 1)] * 10 + [(1, 1)] * 20
    found = report.gained(first, second)
    assert found["gain"] == 0.25 and found["gain_95"][0] < 0.25 < found["gain_95"][1]
    with pytest.raises(ValueError, match="same"):
        report.gained(first, second[::-1])


def test_what_is_not_measured_is_said(tmp_path: Path) -> None:
    """No results: no figure anywhere; the folds of a kind are pooled."""
    nothing = {"runs": {}, "heads": {}, "races": {}}
    assert all("easured yet" in make(nothing) for make in report.MADE.values())
    fold = {"part": "races", "what": "frozen", "minutes": 1.0, "one": {"pairs": [[0, 0], [1, 0]]}}
    found = report.pooled({"a": fold, "b": fold})["frozen"]
    assert (found["folds"], found["n"], found["balanced"]) == (2, 4, 0.5)


def test_the_text_says_what_the_json_says() -> None:
    """Every made part of the study in the repository is what its JSON gives, and names no source of photos."""
    told = json.loads((STUDIES / "classification.json").read_text("utf-8"))
    text = (STUDIES / "classification.md").read_text("utf-8")
    assert report.filled(text, report.MADE, told) == text
    assert all("sources" not in found for found in told["heads"].values())
