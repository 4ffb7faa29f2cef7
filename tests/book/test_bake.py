"""Baked pictures: size, crop, mask overlay, nothing carried along."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import book_samples as samples
from safelight.book.bake import MASK_RED, bake, overlay
from safelight.book.context import Crop, Job
from safelight.model.digests import object_id
from safelight.model.errors import PictureError

PHOTO = samples.drawn(900, 600, 1)
MASK = samples.mask(900, 600)
STORE = {object_id(PHOTO): PHOTO, object_id(MASK): MASK}


def baked(
    tmp_path: Path, crop: Crop, width: float, height: float, mask: bytes | None = None
) -> tuple[Image.Image, float]:
    """One job baked, opened again, and the ppi told."""
    job = Job("img/x.jpg", object_id(PHOTO), crop, width, height, object_id(mask) if mask else None)
    told = bake([job], STORE.__getitem__, tmp_path)
    return Image.open(io.BytesIO((tmp_path / "img/x.jpg").read_bytes())), told["img/x.jpg"]


@pytest.mark.parametrize(
    ("crop", "size_mm", "pixels", "ppi"),
    [
        (Crop(), (54.0, 36.0), (638, 425), 300.0),
        (Crop(), (254.0, 169.33), (900, 600), 90.0),
        (Crop(0.5, 0.0, 1.0, 1.0), (25.4, 33.87), (300, 400), 300.0),
        (Crop(0.5, 0.25, 1.0, 0.75), (127.0, 84.67), (450, 300), 90.0),
    ],
)
def test_placed_size_at_300_ppi_never_enlarged(
    tmp_path: Path, crop: Crop, size_mm: tuple[float, float], pixels: tuple[int, int], ppi: float
) -> None:
    """Promise: 300 ppi where there is enough, the crop's own pixels where not; RGB JPEG without any metadata."""
    picture, told = baked(tmp_path, crop, *size_mm)
    assert picture.size == pixels
    assert told == pytest.approx(ppi, abs=0.1)
    assert (picture.format, picture.mode) == ("JPEG", "RGB")
    assert not picture.getexif() and "icc_profile" not in picture.info


def test_overlay_is_red_where_masked_and_pale_elsewhere(tmp_path: Path) -> None:
    """Promise: the mask flat #d63c20, the rest grey and lifted."""
    picture, _ = baked(tmp_path, Crop(), 54.0, 36.0, MASK)
    pixels = np.asarray(picture).astype(int)
    assert np.abs(pixels[20:80, 50:-50] - MASK_RED.astype(int)).max() < 12
    below = pixels[200:, 50:-50]
    assert (below.max(axis=2) - below.min(axis=2)).max() < 12
    assert below.min() >= 95


def test_overlay_extremes() -> None:
    """Promise: black and white photos stay between 100 and 240 under an empty mask."""
    image = np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8)
    assert overlay(image, np.zeros((1, 2), np.float32)).tolist() == [[[100] * 3, [240] * 3]]


def test_exif_turned_pictures_come_upright(tmp_path: Path) -> None:
    """Promise: an original with an orientation flag is printed upright."""
    target = io.BytesIO()
    exif = Image.Exif()
    exif[274] = 6
    Image.open(io.BytesIO(PHOTO)).save(target, "JPEG", exif=exif)
    data = target.getvalue()
    bake([Job("x.jpg", object_id(data), Crop(), 100, 150)], {object_id(data): data}.__getitem__, tmp_path)
    assert Image.open(io.BytesIO((tmp_path / "x.jpg").read_bytes())).size == (600, 900)


def test_a_damaged_picture_is_an_error(tmp_path: Path) -> None:
    """Promise: fail closed: no page with a grey lower half."""
    broken = PHOTO[: len(PHOTO) // 2]
    with pytest.raises(PictureError):
        bake([Job("x.jpg", object_id(broken), Crop(), 100, 150)], {object_id(broken): broken}.__getitem__, tmp_path)


def test_a_step_of_another_shape_is_fitted_not_stretched(tmp_path: Path) -> None:
    """Promise: where a step's size was not said, its small picture keeps its own proportions."""
    picture, _ = baked(tmp_path, Crop(), 36.0, 36.0)
    assert picture.size == (425, 283)
