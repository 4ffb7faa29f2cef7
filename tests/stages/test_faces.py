"""Faces: found where the cascade, skin and eyes agree; nothing in what only looks busy; masks that cover the face."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.signals import Box
from safelight.stages.mask import faces
from safelight.stages.mask.faces import BOTH, ONE, Faces, draw_face, skin


@settings(deadline=None, max_examples=8)
@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 9))
def test_noise_has_no_face(height: int, width: int, seed: int) -> None:
    """Random pixels of any size hold no face, and the smallest pictures raise nothing."""
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    assert Faces().boxes(image) == ()
    assert not Faces().mask(image, "face").mask.any()


@pytest.mark.parametrize(
    ("colour", "is_skin"),
    [
        pytest.param((224, 172, 140), True, id="light skin"),
        pytest.param((141, 85, 56), True, id="brown skin"),
        pytest.param((80, 50, 38), True, id="dark skin"),
        pytest.param((128, 128, 128), False, id="tarmac"),
        pytest.param((60, 120, 50), False, id="grass"),
        pytest.param((230, 20, 20), False, id="red paint"),
        pytest.param((40, 70, 180), False, id="blue paint"),
    ],
)
def test_skin_by_chroma(colour: tuple[int, int, int], is_skin: bool) -> None:
    """Skin of any tone is skin; tarmac, grass and paint are not."""
    assert (skin(np.full((50, 50, 3), colour, np.uint8)) > 0.5) == is_skin


@pytest.mark.parametrize(
    ("share_of_skin", "eye", "score"), [(0.9, True, BOTH), (0.9, False, ONE), (0.0, True, ONE), (0.0, False, 0.0)]
)
def test_two_checks(share_of_skin: float, eye: bool, score: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Skin and eyes: both is sure, one is weak, neither is no face."""
    monkeypatch.setattr(faces, "skin", lambda _: share_of_skin)
    monkeypatch.setattr(faces, "eyes", lambda _: eye)
    assert faces._score(np.zeros((9, 9, 3), np.uint8)) == score


@pytest.mark.parametrize(("scores", "doubt"), [((), None), ((BOTH,), None), ((BOTH, ONE), "weak")])
def test_doubt_of_any_weak_face(scores: tuple[float, ...], doubt: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """One face confirmed only once makes the whole find doubtful; no face is no doubt."""
    made = tuple(Box("face", 0.1 + 0.3 * k, 0.2, 0.3 + 0.3 * k, 0.5, score) for k, score in enumerate(scores))
    monkeypatch.setattr(Faces, "boxes", lambda self, image: made)
    found = Faces().mask(np.zeros((80, 120, 3), np.uint8), "face")
    assert found.doubt == doubt
    assert found.facts["faces"] == len(scores)


@settings(deadline=None, max_examples=40)
@given(st.floats(-0.2, 1), st.floats(-0.2, 1), st.floats(0.05, 0.6))
def test_ellipse_covers_the_face_and_little_else(left: float, top: float, side: float) -> None:
    """Inside 0-1, full in the middle of the box, soft at the rim, nothing far from it, at the border too."""
    mask = np.zeros((120, 160), np.float32)
    box = Box("face", left, top, left + side, top + side)
    draw_face(mask, box)
    assert 0 <= mask.min() <= mask.max() <= 1
    x, y = int((left + side / 2) * 160), int((top + side / 2) * 120)
    if 0 <= x < 160 and 0 <= y < 120:
        assert mask[y, x] == 1
    rows, columns = np.nonzero(mask)
    if rows.size:
        assert rows.min() >= (top - 0.4 * side) * 120 - 1
        assert columns.max() <= (left + 1.2 * side) * 160 + 1


def test_without_the_cascade_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An OpenCV without its cascades makes the backend unavailable with a reason, not blind."""
    monkeypatch.setattr(faces, "_folder", lambda: tmp_path)
    assert faces.FACE in str(Faces().unavailable())


@pytest.mark.shared
def test_real_faces(shared: Path) -> None:
    """Two drivers facing the camera are found with both checks, at two sizes; cars on a track show nobody."""

    def read(name: str) -> np.ndarray:
        pixels = cv2.imdecode(np.fromfile(shared / "photos" / name, np.uint8), cv2.IMREAD_COLOR)
        return np.ascontiguousarray(pixels[..., ::-1])

    drivers = read("retoucher/2012_race_4.JPG")
    for image in (drivers, cv2.resize(drivers, None, fx=1.6, fy=1.6)):
        assert len(Faces().boxes(image)) == 2
        mask = Faces().mask(image, "face").mask
        height, width = mask.shape
        assert mask[int(0.222 * height), int(0.263 * width)] == 1
        assert mask[int(0.16 * height), int(0.36 * width)] == 1
        assert mask.mean() < 0.03
    assert Faces().boxes(read("ok/308tcr.jpg")) == ()
