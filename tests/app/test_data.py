"""`safelight data check`: a table and all problems, exit status 0 or 2, JSON, both languages, never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import data_world as world
from safelight.app.data import WORDS, check_data, data_lines
from safelight.model.errors import SafelightError


class Heard:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def progress(self, report: object) -> None:
        """Not used here."""

    def say(self, text: str) -> None:
        """A sentence."""
        self.told.append(text)


def run(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The real command line."""
    environment = {"PYTHONPATH": str(Path("daemon").resolve()), "SAFELIGHT_CACHE": str(tmp_path / "cache"), "PATH": ""}
    command = [sys.executable, "-m", "safelight.cli", "--event", str(tmp_path), "data", "check", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_sound_data_ends_with_0(tmp_path: Path) -> None:
    """A table of classes by part; as JSON one document with the same."""
    folder = world.camvid(tmp_path / "CamVid")
    done = run(tmp_path, str(folder))
    assert done.returncode == 0, done.stderr
    assert "pictures" in done.stdout
    assert "Nothing wrong found." in done.stdout
    told = json.loads(run(tmp_path, str(folder), "--json", "--format", "camvid").stdout)
    assert told["sound"] is True
    assert [part["pictures"] for part in told["parts"]] == [3, 1, 1]


def test_problems_end_with_2_and_are_all_listed(tmp_path: Path) -> None:
    """Two broken files, two lines; no traceback."""
    folder = world.camvid(tmp_path / "CamVid")
    world.indexed(folder / "trainannot" / "t_00.png", np.full((8, 12), 50))
    (folder / "valannot" / "v_00.png").write_bytes(b"")
    done = run(tmp_path, str(folder))
    assert done.returncode == 2
    assert "2 problems stop a training:" in done.stdout
    assert "- trainannot/t_00.png: 96 pixels" in done.stdout
    assert "- valannot/v_00.png: This file is empty." in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("words", [("nowhere",), (".",), (".", "--format", "voc"), (".", "--format", "via")])
def test_nothing_to_check_is_a_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Status 2 and what is expected, on standard error."""
    done = run(tmp_path, str(tmp_path / words[0]), *words[1:])
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_both_languages_and_progress(tmp_path: Path) -> None:
    """The same facts in French, with its commas and spaces; a sign of life every two seconds of the clock."""
    folder = world.camvid(tmp_path / "CamVid")
    world.grey(folder / "trainannot" / "t_00.png", np.full((8, 12), 11))
    heard = Heard()
    ticks = iter(range(0, 1000, 1))
    report = check_data(folder, "auto", heard, "fr", lambda: float(next(ticks)))
    assert heard.told
    assert "images sur 5" in heard.told[0]
    english, french = data_lines(report), data_lines(report, "fr")
    assert len(english) == len(french)
    assert "1 remark:" in english
    assert "1 remarque\u00a0:" in french
    assert any(",1\u202f%" in line or ",4\u202f%" in line or ",8\u202f%" in line for line in french)
    assert [word for word, (one, other) in WORDS.items() if one == other] == ["head"]


def test_many_classes_and_sizes_stay_readable(tmp_path: Path) -> None:
    """Classes that never occur are one line; of many sizes the three commonest are told."""
    for index in range(6):
        world.photo(tmp_path / "images" / f"{index}.jpg", (10 + index, 8), index)
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "0.txt").write_text("2 .1 .1 .9 .1 .9 .9\n")
    report = check_data(tmp_path, "coco", Heard())
    lines = data_lines(report)
    assert sum(line.startswith("In none of the pictures: person, bicycle") for line in lines) == 1
    assert any("3 of 3 other sizes" in line for line in lines)
    assert len(lines) < 25
    assert isinstance(report.problems[0], SafelightError)
