"""Regions: chances from the shipped network, pieces and boxes, masks fitted to edges, weights that must be the ones meant."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.errors import BackendUnavailable
from safelight.stages.mask.guided import guided
from safelight.stages.mask.regions import SURE, Regions, believed, rival
from safelight.stages.networks import regions as network
from safelight.stages.networks import weights
from safelight.stages.networks.regions import CLASSES, boxes, prominence


def noise(height: int, width: int, seed: int = 1) -> np.ndarray:
    """A picture of random pixels."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def found(*patches: tuple[str, tuple[int, int, int, int], float], size: tuple[int, int] = (60, 90)) -> network.Regions:
    """Chances drawn by hand: `other` everywhere but in the patches (kind, (top, bottom, left, right), chance)."""
    chances = np.zeros((len(CLASSES), *size), np.float32)
    chances[0] = 1
    for kind, (top, bottom, left, right), chance in patches:
        # What is left is spread over the others, so that a low chance can still be the highest.
        chances[:, top:bottom, left:right] = (1 - chance) / (len(CLASSES) - 1)
        chances[CLASSES.index(kind), top:bottom, left:right] = chance
    return network.Regions(chances)


# --- the network -------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=12)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 9))
def test_chances_are_chances_for_any_size(height: int, width: int, seed: int) -> None:
    """Every place's chances lie in 0-1 and sum to 1, for the smallest and oddest pictures too."""
    chances = network.regions(noise(height, width, seed)).chances
    assert chances.shape[0] == len(CLASSES)
    assert chances.min() >= 0
    assert np.allclose(chances.sum(0), 1, atol=1e-4)


def test_threads_do_not_change_a_bit() -> None:
    """Chances and masks are the same bytes on one thread and on four, and the caller's setting is left alone."""
    import torch

    image, answers, before = noise(300, 400), [], torch.get_num_threads()
    try:
        for threads in (1, 4):
            torch.set_num_threads(threads)
            cv2.setNumThreads(threads)
            network._last = None
            answers.append(
                network.regions(image).chances.tobytes()
                + network.regions(image).seen.tobytes()
                + Regions().mask(image, "road").mask.tobytes()
            )
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
        cv2.setNumThreads(-1)
    assert answers[0] == answers[1]


def test_one_picture_costs_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look and every mask of the same picture share one run; another picture is another run; answers cannot be spoilt."""
    runs = []
    run = network._run
    monkeypatch.setattr(network, "_last", None)
    monkeypatch.setattr(network, "_run", lambda pixels: runs.append(1) or run(pixels))
    image = noise(64, 96)
    network.regions(image)
    for concept in ("car", "person", "sky"):
        Regions().mask(image.copy(), concept)
    assert len(runs) == 1
    network.regions(noise(64, 96, 2))
    assert len(runs) == 2
    with pytest.raises(ValueError, match="read-only"):
        network.regions(image).chances[0, 0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        network.regions(image).seen[0] = 1
    assert not network._network().encoder[-1]._forward_hooks


# --- weights -----------------------------------------------------------------------------------------------------


def test_shipped_weights_are_the_ones_meant() -> None:
    """The file in the package has the digest written in the code, is small, and its digest is the fingerprint."""
    data = network.WEIGHTS.path.read_bytes()
    assert hashlib.sha256(data).hexdigest() == network.WEIGHTS.sha256 == Regions().fingerprint()
    assert len(data) <= 16_000_000
    assert Regions().unavailable() is None


def test_absent_weights_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its file the backend names the file as the reason, and loading raises instead of answering."""
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    assert "regions.safetensors" in str(Regions().unavailable())
    with pytest.raises(BackendUnavailable, match="is not in"):
        weights.load.__wrapped__(network.WEIGHTS)


def test_one_changed_bit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A weight file with one bit flipped is never used."""
    data = bytearray(network.WEIGHTS.path.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / network.WEIGHTS.name).write_bytes(data)
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    with pytest.raises(BackendUnavailable, match="changed"):
        weights.load.__wrapped__(network.WEIGHTS)


# --- pieces, boxes, the main car ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patch", "kept"),
    [
        pytest.param(("car", (10, 40, 10, 60), 0.9), True, id="large and likely"),
        pytest.param(("car", (10, 40, 10, 60), 0.3), False, id="large, likeliest, but hardly likely"),
        pytest.param(("car", (10, 12, 10, 12), 0.9), False, id="likely but a speck"),
        pytest.param(("person", (10, 40, 10, 60), 0.9), False, id="another concept"),
    ],
)
def test_what_is_believed(patch: tuple[str, tuple[int, int, int, int], float], kept: bool) -> None:
    """A piece counts when it is large enough and it is likely on the whole."""
    pieces, belief = believed(found(patch), "car")
    assert pieces.any() == kept
    assert (belief > 0) == kept


def test_rival_is_half_where_classes_meet() -> None:
    """The chance against the strongest rival crosses .5 exactly where the likeliest class changes."""
    chances = np.random.default_rng(3).dirichlet(np.ones(len(CLASSES)), (20, 30)).transpose(2, 0, 1).astype(np.float32)
    answer = network.Regions(chances)
    for kind in CLASSES:
        assert ((rival(answer, kind) > 0.5) == answer.likeliest(kind)).all()


def test_boxes_are_shares_largest_first() -> None:
    """Boxes come in shares of the picture, largest first, with the mean chance as score."""
    large, small = boxes(found(("car", (0, 30, 0, 45), 0.9), ("car", (40, 50, 60, 72), 0.8)), "car")
    assert (large.left, large.top, large.right, large.bottom) == (0, 0, 0.5, 0.5)
    assert large.score == pytest.approx(0.9)
    assert small.score == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("main", "aside"),
    [
        pytest.param(("car", (20, 40, 30, 60), 0.9), ("car", (5, 12, 0, 8), 0.9), id="large and central"),
        pytest.param(("car", (22, 38, 36, 54), 0.9), ("car", (0, 18, 0, 18), 0.9), id="central beats slightly larger"),
        pytest.param(("car", (20, 40, 5, 30), 0.95), ("car", (20, 40, 60, 85), 0.5), id="sure beats unsure"),
    ],
)
def test_the_main_car_is_the_most_prominent(
    main: tuple[str, tuple[int, int, int, int], float], aside: tuple[str, tuple[int, int, int, int], float]
) -> None:
    """What the picture is about is large, central, and surely there."""
    order = sorted(boxes(found(main, aside), "car"), key=prominence, reverse=True)
    assert round(order[0].left * 90) == main[1][2]


# --- masks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("chance", "doubt"), [(0.95, None), (SURE - 0.05, "weak")])
def test_doubt_is_said(chance: float, doubt: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A find the network hardly believes carries the doubt, a sure one does not; both give the mask."""
    monkeypatch.setattr(network, "regions", lambda image: found(("car", (15, 45, 20, 70), chance)))
    answer = Regions().mask(np.full((120, 180, 3), 90, np.uint8), "car")
    assert answer.doubt == doubt
    assert 0.15 < float((answer.mask >= 0.5).mean()) < 0.45


def test_nothing_found_is_all_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the concept is not, the mask is empty and there is nothing to doubt."""
    monkeypatch.setattr(network, "regions", lambda image: found())
    answer = Regions().mask(noise(50, 80), "car")
    assert not answer.mask.any()
    assert answer.doubt is None


def test_guided_mask_finds_the_edge() -> None:
    """A coarse mask that misses the edge of a box by several pixels is carried to that edge."""
    image = np.full((240, 360, 3), 60, np.uint8)
    image[60:180, 90:270] = (200, 40, 40)
    image = np.clip(image.astype(int) + np.random.default_rng(0).integers(-6, 7, image.shape), 0, 255).astype(np.uint8)
    wanted = np.zeros((240, 360), bool)
    wanted[60:180, 90:270] = True
    coarse = cv2.blur(np.roll(wanted, (3, 4), (0, 1)).astype(np.float32), (15, 15))[4::8, 4::8]
    plain = cv2.resize(coarse, (360, 240)) >= 0.5
    fitted = guided(image, np.ascontiguousarray(coarse)) >= 0.5
    wrong, before = (fitted ^ wanted).mean(), (plain ^ wanted).mean()
    assert wrong < 0.4 * before


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 70), st.integers(1, 70), st.integers(1, 20), st.integers(1, 20))
def test_guided_keeps_the_contract(height: int, width: int, rows: int, columns: int) -> None:
    """Any sizes of picture and coarse mask give a finite mask in 0-1 of the picture's size; nothing stays nothing."""
    mask = guided(noise(height, width), np.random.default_rng(1).random((rows, columns), np.float32))
    assert mask.shape == (height, width)
    assert mask.dtype == np.float32
    assert 0 <= mask.min() <= mask.max() <= 1
    assert not guided(noise(height, width), np.zeros((rows, columns), np.float32)).any()


# --- real photographs --------------------------------------------------------------------------------------------

REACHED = {"car": 0.28, "person": 0.32}


@pytest.mark.shared
def test_photographs_reach_what_the_model_card_says(shared: Path) -> None:
    """IoU pooled over the photos with hand-drawn polygons, none of them trained on, stays where it was measured."""
    from PIL import Image as Pillow

    polygons = json.loads((shared / "photos" / "masks.json").read_text())
    both, either = dict.fromkeys(REACHED, 0.0), dict.fromkeys(REACHED, 0.0)
    for name, items in polygons.items():
        with Pillow.open(shared / "photos" / name) as opened:
            image = np.array(opened.convert("RGB"))
        for concept in REACHED:
            wanted = np.zeros(image.shape[:2], np.uint8)
            for item in items:
                if item["concept"] == concept:
                    cv2.fillPoly(wanted, [np.round(item["polygon"]).astype(np.int32)], 1)
            got = Regions().mask(image, concept).mask >= 0.5
            both[concept] += float((got & (wanted > 0)).mean())
            either[concept] += float((got | (wanted > 0)).mean())
    for concept, least in REACHED.items():
        assert both[concept] / either[concept] >= least
