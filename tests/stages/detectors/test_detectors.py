"""YOLOX and RFB: their answers decoded exactly, real files on real and painted pictures, absent and damaged models."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from safelight.learn.scenes import Scene as Wanted
from safelight.learn.scenes import paint
from safelight.model.errors import BackendUnavailable
from safelight.model.signals import Box
from safelight.stages.base import Image
from safelight.stages.models import selftest
from safelight.stages.models.places import Places
from safelight.stages.models.registry import FACES, MODELS, YOLOX
from safelight.stages.networks.detectors import rfb, yolox
from safelight.stages.networks.detectors.boxes import overlaps


def test_yolox_answers_are_decoded() -> None:
    """A box written into a cell of each stride comes out where it was, with its class and the product of both chances."""
    answer = np.zeros((3549, 85), np.float32)
    cells = {0 + 10 * 52 + 3: 8, 52 * 52 + 5 * 26 + 2: 16, 52 * 52 + 26 * 26 + 12 * 13 + 12: 32}
    for cell, kind in zip(cells, (0, 2, 79), strict=True):
        answer[cell] = 0
        answer[cell, :4] = (0.5, 0.25, np.log(2), np.log(4))
        answer[cell, 4], answer[cell, 5 + kind] = 0.8, 0.9
    boxes, scores, classes = yolox.decoded(answer)
    assert classes.tolist() == [0, 2, 79]
    assert np.allclose(scores, 0.72)
    for box, (corner, stride) in zip(boxes, (((3, 10), 8), ((2, 5), 16), ((12, 12), 32)), strict=True):
        x, y = (corner[0] + 0.5) * stride, (corner[1] + 0.25) * stride
        assert np.allclose(box, (x - stride, y - 2 * stride, x + stride, y + 2 * stride), atol=1e-3)


def test_yolox_drops_what_is_not_sure_and_never_overflows() -> None:
    """Chances below the limit are no finds; an absurd size is no infinity."""
    answer = np.zeros((3549, 85), np.float32)
    answer[0, 4:6] = 0.5
    answer[1, 2:4], answer[1, 4:6] = 500.0, 1.0
    boxes, scores, _ = yolox.decoded(answer)
    assert len(scores) == 1
    assert np.isfinite(boxes).all()


def test_kinds() -> None:
    """Eighty classes; trucks and buses are cars, as for the region network."""
    assert len(yolox.NAMES) == len(set(yolox.NAMES)) == 80
    assert {yolox.KINDS[yolox.NAMES.index(name)] for name in ("car", "truck", "bus")} == {"car"}
    assert yolox.KINDS[0] == "person"


def test_cut_boxes_belong_to_the_neighbour() -> None:
    """A box at an inner border is cut; at the picture's own border it is whole."""
    boxes = np.array([[0, 0, 50, 50], [60, 20, 99, 50], [20, 20, 50, 50]], np.float32)
    assert yolox.cut(boxes, (0, 0, 100, 100), (200, 100)).tolist() == [False, True, False]
    assert yolox.cut(boxes, (0, 0, 100, 100), (100, 100)).tolist() == [False, False, False]


def test_rfb_answers_are_decoded() -> None:
    """Corners as shares of 320 x 240; the second chance is that of a face."""
    chances, corners = np.zeros((4420, 2), np.float32), np.zeros((4420, 4), np.float32)
    chances[7], corners[7] = (0.1, 0.9), (0.25, 0.5, 0.5, 0.75)
    chances[8] = (0.9, 0.1)
    boxes, scores = rfb.decoded(chances, corners, 0.7)
    assert boxes.tolist() == [[80, 120, 160, 180]]
    assert np.allclose(scores, 0.9)


@pytest.mark.usefixtures("nothing_fetched")
def test_without_the_models() -> None:
    """A reason that says what to do; asked all the same, an error and never "nothing found"."""
    image = np.zeros((30, 40, 3), np.uint8)
    for module, name in ((yolox, "yolox_nano"), (rfb, "face-rfb-320")):
        assert f"safelight models fetch {name}" in (module.unavailable() or "")
        with pytest.raises(BackendUnavailable):
            module.detect.__wrapped__(image)


@pytest.mark.shared
def test_a_damaged_model_is_no_model(detectors: Places, tmp_path: Path) -> None:
    """A file of the right size with other bytes: refused with what to do."""
    from safelight.stages.models import places

    good = (detectors.folder / "yolox_nano" / "yolox_nano.onnx").read_bytes()
    bad = tmp_path / "yolox_nano" / "yolox_nano.onnx"
    bad.parent.mkdir()
    bad.write_bytes(good[:-4] + b"????")
    places.use(Places(tmp_path))
    with pytest.raises(BackendUnavailable, match="other bytes than meant"):
        yolox.detect.__wrapped__(np.zeros((30, 40, 3), np.uint8))


@pytest.mark.shared
@pytest.mark.usefixtures("detectors")
def test_the_same_bytes_give_the_same_boxes_whatever_the_size() -> None:
    """Twice the same; noise and one-pixel pictures raise nothing and find no crowd."""
    image = np.random.default_rng(5).integers(0, 256, (90, 160, 3), dtype=np.uint8)
    for module in (yolox, rfb):
        assert module.detect.__wrapped__(image) == module.detect.__wrapped__(image)
        assert len(module.detect.__wrapped__(image)) < 3
        assert module.detect.__wrapped__(image[:1, :1]) == ()


@pytest.fixture(scope="module")
def scene() -> selftest.Scene:
    """The scene that self-tests are given, smaller."""
    painted = paint(Wanted("spectators", 0), (900, 600), seed=7)
    return selftest.Scene(painted.image, {name: mask.astype(np.float32) for name, mask in painted.masks.items()})


@pytest.mark.shared
@pytest.mark.usefixtures("detectors")
def test_selftests_pass_and_fail(scene: selftest.Scene) -> None:
    """Both pass on the painted scene; on the scene upside down, with its truth as it was, both fail."""
    turned = selftest.Scene(np.ascontiguousarray(scene.image[::-1]), scene.truth)
    for entry in (YOLOX, FACES):
        told = selftest.run(entry, scene)
        assert told.passed, told.en
        assert told.en != told.fr
        assert not selftest.run(entry, turned).passed
    assert MODELS["clipseg"].check or not selftest.run(MODELS["clipseg"], scene).passed


def read(path: Path) -> Image:
    """A photo at most 1,600 px wide."""
    image = np.asarray(Pillow.open(path).convert("RGB"))
    scale = min(1.0, 1600 / max(image.shape[:2]))
    size = round(image.shape[1] * scale), round(image.shape[0] * scale)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))


def agreement(shared: Path, kind: str, boxes: dict[str, tuple[Box, ...]]) -> list[float]:
    """For every drawn thing of this kind in these photos, the best IoU of its box with one that was found."""
    best = []
    for name, found in boxes.items():
        with Pillow.open(shared / "photos" / name) as picture:
            width, height = picture.size
        others = np.array([[b.left, b.top, b.right, b.bottom] for b in found if b.kind == kind], np.float32)
        for drawn in json.loads((shared / "photos" / "masks.json").read_text())[name]:
            if drawn["concept"] == kind:
                points = np.array(drawn["polygon"]) / (width, height)
                box = np.concatenate([points.min(0), points.max(0)]).astype(np.float32)
                best.append(float(overlaps(box, others).max()) if len(others) else 0.0)
    return best


@pytest.mark.shared
@pytest.mark.usefixtures("detectors")
def test_people_cars_and_faces_of_real_photos(shared: Path) -> None:
    """Nine people, two cars and five faces that were drawn by hand: boxes agree by half and more."""
    crowd = ("retoucher/24h-Race-1.jpg", "retoucher/2012_race_4.JPG", "retoucher/2011-1.JPG")
    images = {
        name: read(shared / "photos" / name) for name in (*crowd, "retoucher/porsche-911.jpg", "retoucher/gpt-3.jpg")
    }
    things = {name: yolox.detect(image) for name, image in images.items()}
    people = agreement(shared, "person", things)
    assert len(people) == 11
    assert min(people) > 0.5
    cars = agreement(shared, "car", {name: things[name] for name in list(things)[3:]})
    assert len(cars) == 2
    assert min(cars) > 0.8
    faces = agreement(shared, "face", {name: rfb.detect(images[name]) for name in crowd})
    assert len(faces) == 5
    assert min(faces) > 0.5
