"""encode, masks, resize, likeness: the same bytes for the same pixels, nothing but pixels, never larger."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image as Pillow

from pictures.samples import photo, saved
from safelight.model.errors import CutOff
from safelight.pictures.decode import decode
from safelight.pictures.encode import jpeg, lossless, mask_png, png
from safelight.pictures.likeness import distance, fingerprint
from safelight.pictures.masks import read_mask
from safelight.pictures.resize import fit, fitted_size, thumbnail, thumbnail_jpeg

SCENE = photo(320, 200)
pixels = arrays.arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(3)))


@settings(max_examples=60, deadline=None)
@given(pixels)
def test_lossless_is_bit_for_bit_and_repeatable(image):
    """Any picture comes back as it was, from the same bytes each time, in the smaller of the two formats."""
    for encode in (png, lossless):
        data = encode(image)
        assert encode(image.copy()) == data
        assert np.array_equal(decode(data).image, image)
    assert len(lossless(image)) <= len(png(image))


def test_photographs_and_drawings_take_different_formats():
    """A grainy scene is smaller as WebP; whichever wins, it is the smaller one."""
    assert decode(lossless(SCENE)).format == "WebP"
    assert len(lossless(SCENE)) < len(png(SCENE))


def test_a_picture_beyond_webps_limit_is_png():
    """WebP ends at 16,383 pixels a side."""
    assert decode(lossless(np.zeros((2, 16_384, 3), np.uint8))).format == "PNG"


def test_jpeg_has_full_colour_and_no_metadata():
    """4:4:4, no EXIF, no comment; a red line one pixel wide stays red."""
    image = np.full((64, 64, 3), 90, np.uint8)
    image[:, 31] = (250, 0, 0)
    data = jpeg(image)
    with Pillow.open(io.BytesIO(data)) as picture:
        assert not picture.getexif()
        assert {layer[1:3] for layer in picture.layer} == {(1, 1)}
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert decode(data).image[:, 31, 0].min() > 220
    assert jpeg(image, 60) != data


def test_masks_are_pure_and_one_channel():
    """0 and 255 only, one channel, and back again as 0 and 1; soft ones keep their steps."""
    mask = np.linspace(0, 1, 50 * 40, dtype=np.float32).reshape(40, 50)
    data = mask_png(mask)
    with Pillow.open(io.BytesIO(data)) as picture:
        assert picture.mode == "L"
        assert set(np.unique(np.asarray(picture))) == {0, 255}
    back = read_mask(data)
    assert back.dtype == np.float32
    assert np.array_equal(back, (mask >= 0.5).astype(np.float32))
    assert np.abs(read_mask(mask_png(mask, soft=True), soft=True) - mask).max() < 1 / 255
    with pytest.raises(ValueError, match="two axes"):
        mask_png(np.zeros((2, 2, 3), np.float32))


def test_masks_that_people_draw():
    """White on black, in colour, on transparent ground, bilevel, 16-bit: white is change."""
    drawn = Pillow.new("L", (20, 10), 0)
    drawn.paste(255, (5, 2, 15, 8))
    expected = np.asarray(drawn, np.float32) / 255
    clear = Pillow.new("RGBA", (20, 10), (255, 255, 255, 0))
    clear.paste((255, 255, 255, 255), (5, 2, 15, 8))
    deep = Pillow.fromarray(np.asarray(drawn).astype(np.uint16) * 257)
    for picture in (drawn, drawn.convert("RGB"), clear, drawn.convert("1"), deep):
        assert np.array_equal(read_mask(saved(picture, "PNG")), expected)
    with pytest.raises(CutOff):
        read_mask(saved(drawn, "PNG")[:50])


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 3000))
def test_fitting_never_enlarges(width, height, longest):
    """The longer side is at most what was asked for, no side vanishes, the aspect stays within rounding."""
    across, down = fitted_size(width, height, longest)
    assert 1 <= across <= width
    assert 1 <= down <= height
    assert max(across, down) == min(longest, max(width, height))
    assert abs(across * height - down * width) <= max(width, height)


def test_fit_shrinks_or_leaves_alone():
    """A large picture shrinks with its mean kept; a small one is returned as it is."""
    small = fit(SCENE, 100)
    assert small.shape == (62, 100, 3)
    assert abs(float(small.mean()) - float(SCENE.mean())) < 1
    assert fit(SCENE, 320) is SCENE
    assert fit(SCENE, 5000) is SCENE


def test_thumbnails_are_small_upright_and_right():
    """A JPEG turned by EXIF, decoded at a fraction of its size, matches the picture shrunk from full size."""
    big = photo(1200, 800)
    exif = Pillow.Exif()
    exif[274] = 6
    data = saved(Pillow.fromarray(big).transpose(Pillow.Transpose.ROTATE_90), "JPEG", quality=92, exif=exif)
    small = thumbnail(data, 150)
    assert small.shape == (100, 150, 3)
    assert np.abs(small.astype(int) - fit(big, 150).astype(int)).mean() < 3
    made = decode(thumbnail_jpeg(data, 150))
    assert (made.format, made.width, made.height) == ("JPEG", 150, 100)
    assert thumbnail(saved(SCENE, "PNG"), 64).shape == (40, 64, 3)


def test_likeness():
    """One scene in other sizes, qualities and brightness is close; its mirror and a stranger are far."""
    one = fingerprint(SCENE)
    assert 0 <= one < 2**64
    assert distance(one, one) == 0
    assert distance(one, fingerprint(fit(SCENE, 120))) <= 3
    assert distance(one, fingerprint(decode(jpeg(SCENE, 40)).image)) <= 3
    assert distance(one, fingerprint((SCENE * 0.8).astype(np.uint8))) <= 6
    assert distance(one, fingerprint(SCENE[:, ::-1].copy())) > 20


@pytest.mark.parametrize("quality", [85, 92, 95, 100])
def test_any_picture_fits_a_jpeg(quality):
    """Pure noise at print size is written whole: paintings full of strokes once broke the save in the middle."""
    noise = np.random.default_rng(0).integers(0, 256, (2551, 3579, 3), dtype=np.uint8)
    assert Pillow.open(io.BytesIO(jpeg(noise, quality))).size == (3579, 2551)
