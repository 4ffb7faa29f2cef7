"""The small CycleGAN: steps that learn, the same in pieces, judged on what it never saw."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from bench_modules import bench_module

bench_module("study_text")  # which the studies import by name
study = bench_module("study_cyclegan")
TINY = study.Settings(side=32, width=4, blocks=1, kept=2, scenes=3)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def pictures() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Light and dark noise, wider than the crops."""
    rng = np.random.default_rng(1)
    light, dark = (rng.integers(low, low + 100, (4, 48, 72, 3)).astype(np.uint8) for low in (150, 5))
    return {"day": (light[:3], light[3:]), "night": (dark[:3], dark[3:])}


def weights(training: object) -> torch.Tensor:
    """All numbers in one row."""
    return torch.cat([value.flatten() for value in training.nets.state_dict().values()])  # type: ignore[attr-defined]


def test_in_pieces_it_ends_as_in_one_run(tmp_path: Path) -> None:
    """Three steps at once, or two, a checkpoint and one: the same numbers. Stopped before the first step it keeps none."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole = study.Training(TINY, pictures())
    before = weights(whole).clone()
    whole.run(3, 1e9, lambda: False, tmp_path / "a")
    assert not torch.equal(before, weights(whole)) and whole.losses[-1]["step"] == 3
    part = study.Training(TINY, pictures())
    part.run(2, 1e9, lambda: False, tmp_path / "b")
    again = study.Training(TINY, pictures())
    again.resume(tmp_path / "b")
    assert again.step == 2
    again.run(3, 1e9, lambda: True, tmp_path / "b")
    assert again.step == 2
    again.run(3, 1e9, lambda: False, tmp_path / "b")
    assert torch.equal(weights(whole), weights(again))
    with pytest.raises(ValueError, match="other settings"):
        study.Training(study.Settings(side=32, width=4, blocks=2), pictures()).resume(tmp_path / "b")


def test_every_loss_is_there_and_the_memory_is_bounded() -> None:
    """Fooling, coming home, leaving alone, judging: for both directions; at most `kept` pictures remembered."""
    training = study.Training(TINY, pictures())
    found = [training.learn() for _ in range(4)][-1]
    assert set(found) == {f"{kind}_{way}" for kind in ("fool", "cycle", "same", "judge") for way in ("day", "night")}
    assert all(np.isfinite(value) for value in found.values())
    assert all(len(kept) == TINY.kept for kept in training.memory.values())


def test_a_step_goes_down_the_losses_of_its_crop() -> None:
    """Twenty steps on one picture bring home what was far from it."""
    one = {kind: (part[:1], held) for kind, (part, held) in pictures().items()}
    training = study.Training(study.Settings(side=32, width=4, blocks=1, kept=2, rate=4e-3), one)
    found = [training.learn()["cycle_day"] for _ in range(20)]
    assert np.mean(found[-3:]) < 0.8 * found[0]


def test_colours_tell_sets_apart() -> None:
    """0 for the same, 1 for sets without a common colour."""
    both = pictures()
    assert study.apart(both["day"][0], both["day"][0]) == 0
    assert study.apart(both["day"][0], both["night"][0]) > 0.95


def test_the_command_writes_figures_and_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two steps, held-out scenes in six columns; published where it was asked."""
    monkeypatch.setattr(study, "painted", lambda folder, settings, side: pictures())
    (tmp_path / "studies" / "pictures").mkdir(parents=True)
    (tmp_path / "studies" / "cyclegan.md").write_text(
        "# A\n\n<!-- made: run -->\nold\n\n<!-- end -->\n\n<!-- made: judged -->\n\n<!-- end -->\n"
    )
    arguments = ["-o", str(tmp_path / "gan"), "--steps", "2", "--side", "32", "--publish", str(tmp_path / "studies")]
    study.main(arguments)
    told = json.loads((tmp_path / "studies" / "cyclegan.json").read_text())
    assert told["steps"] == 2 and set(told["judged"]) == {"day_to_night", "night_to_day"}
    assert told["judged"]["day_to_night"]["colours_before"] > 0.9
    assert (tmp_path / "studies" / "pictures" / "cyclegan.jpg").read_bytes()[:2] == b"\xff\xd8"
    text = (tmp_path / "studies" / "cyclegan.md").read_text()
    assert "2 steps of one crop of 32 pixels" in text and "| day to night | " in text and "old" not in text
    assert study.shown(study.Training(TINY, pictures())).shape == (52, 6 * 76, 3)
