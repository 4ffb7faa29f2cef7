"""A painted event: names and times as cameras write them, whole truth beside it, the same bytes again."""

from __future__ import annotations

import hashlib
import itertools
import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from safelight.learn.scenes.event import FRAMES, START, TRUTH, frames, paint_event

TINY = (240, 160)


@pytest.fixture(scope="module")
def event(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole day, in small pictures."""
    folder = tmp_path_factory.mktemp("event")
    heard: list[tuple[int, int]] = []
    paint_event(folder, seed=7, progress=lambda done, total: heard.append((done, total)), size=TINY)
    assert heard == [(k + 1, 28) for k in range(28)]
    return folder


def _photos(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "inbox").rglob("*") if path.is_file())


def test_two_photographers_and_at_least_24_pictures(event: Path) -> None:
    """Pictures lie as the issue says, none overwrites another."""
    photos = _photos(event)
    assert len(photos) == 28
    assert {path.parent.name for path in photos} == {"north-gate", "pit-lane"}


def test_exif_times_cover_the_race(event: Path) -> None:
    """DateTimeOriginal is within the 24 hours, spread over all of them; camera and serial are invented samples."""
    times = []
    for path in _photos(event):
        with Image.open(path) as opened:
            exif = opened.getexif()
            details = exif.get_ifd(0x8769)
        times.append(datetime.strptime(details[0x9003], "%Y:%m:%d %H:%M:%S"))
        assert exif[0x0110].startswith("Safelight Sample")
        assert details[0xA431].startswith("SAMPLE-")
    assert all(START <= when <= START + timedelta(hours=24) for when in times)
    hours = sorted((when - START).total_seconds() / 3600 for when in times)
    assert hours[0] < 1
    assert hours[-1] > 23
    assert max(b - a for a, b in itertools.pairwise(hours)) < 4


def test_truth_tells_all(event: Path) -> None:
    """Every picture has its digest, verdict, boxes and masks; masks are one-channel, 0/255, of the picture's size."""
    truth = json.loads((event / TRUTH / "truth.json").read_text("utf-8"))["photos"]
    photos = _photos(event)
    assert set(truth) == {f"{path.parent.name}/{path.name}" for path in photos}
    for path in photos:
        entry = truth[f"{path.parent.name}/{path.name}"]
        assert entry["photo"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert set(entry["masks"]) == set(entry["concepts"])
        for concept, name in entry["masks"].items():
            with Image.open(event / TRUTH / name) as opened:
                assert opened.mode == "L"
                assert opened.size == TINY
                pixels = np.asarray(opened)
            assert set(np.unique(pixels)) <= {0, 255}
            assert (pixels > 0).mean() == pytest.approx(entry["concepts"][concept], abs=1e-5)


def test_the_mix_of_verdicts(event: Path) -> None:
    """About half is fit to print, some needs a retouch, some is out."""
    truth = json.loads((event / TRUTH / "truth.json").read_text("utf-8"))["photos"]
    verdicts = [entry["verdict"] for entry in truth.values()]
    assert (verdicts.count("ok"), verdicts.count("retoucher"), verdicts.count("exclure")) == (15, 8, 5)


def test_names_speak(event: Path) -> None:
    """Words that chapters know stand in some names, others are a camera's own."""
    names = " ".join(path.name for path in _photos(event))
    for word in ("Départ", "Nuit", "Pluie", "Arrivée", "Matin", "IMG_", "DSC_"):
        assert word in names


def test_same_seed_same_event(tmp_path: Path) -> None:
    """Two paintings of one event are equal byte for byte, truth included."""
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        paint_event(folder, count=3, seed=3, size=TINY)
    one, two = ({p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in folders)
    assert one == two


@pytest.mark.parametrize("count", [1, 5, 24, 28, 40])
def test_any_count(count: int) -> None:
    """Shorter and longer events stay in order and have distinct moments."""
    chosen = frames(count)
    assert len(chosen) == count
    assert [frame.hour for frame in chosen] == sorted(frame.hour for frame in chosen)
    assert len({(frame.hour, frame.scene) for frame in chosen}) == count
    assert len(FRAMES) == 28
