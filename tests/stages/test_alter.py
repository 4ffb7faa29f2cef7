"""blur, pixelate, crop_away: beyond recognition, nothing bleeds, nothing kept is cut."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.stages.alter.blur import Blur, sigma
from safelight.stages.alter.crop import LEAST_AREA, crop_rectangle
from safelight.stages.alter.pixelate import Pixelate, cell_size
from safelight.stages.alter.regions import regions

BACKENDS = [Blur(), Pixelate()]


def disc(height: int, width: int, centre: tuple[int, int], radius: int) -> np.ndarray:
    """A round mask; centre is (y, x)."""
    y, x = np.mgrid[0:height, 0:width]
    return (((y - centre[0]) ** 2 + (x - centre[1]) ** 2) <= radius**2).astype(np.float32)


def grating(height: int, width: int, period: float, strength: float = 50) -> np.ndarray:
    """Grey with stripes of this period in pixels."""
    y, x = np.mgrid[0:height, 0:width]
    stripes = 128 + strength * np.sin(2 * np.pi * x / period) * np.cos(2 * np.pi * y / (period * 1.7))
    return np.repeat(stripes[..., None], 3, -1).astype(np.uint8)


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda backend: backend.name)
@pytest.mark.parametrize("strength", [1, 5, 10])
@pytest.mark.parametrize("radius", [12, 50, 150])
def test_what_identifies_is_gone_at_every_size(backend, strength, radius):
    """Detail of 8 cycles across a face, which people need to know one, falls to next to nothing, small or large."""
    mask = disc(400, 420, (200, 210), radius)
    size = np.sqrt(np.pi) * radius
    image = grating(400, 420, size / 8)
    altered = backend.alter(image, mask, strength)
    inside = mask > 0
    before, after = image[inside].astype(float).std(), altered[inside].astype(float).std()
    assert after < (0.06 if backend.name == "blur" else 0.35) * before


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda backend: backend.name)
def test_veiled_to_the_pictures_edge(backend):
    """A face that leaves the picture is veiled to the last row and column."""
    image = grating(200, 300, 9)
    for centre in ((0, 0), (199, 299), (0, 150), (100, 299)):
        mask = disc(200, 300, centre, 70)
        altered = backend.alter(image, mask, 5).astype(float)
        for line in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
            if (mask[line] > 0).sum() > 40:  # the rim of the veil is weaker by design
                assert altered[line][mask[line] > 0].std() < 2 + 0.35 * image[line][mask[line] > 0].std()


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda backend: backend.name)
def test_nothing_bleeds_in_or_out(backend):
    """Whatever lies outside neither changes nor changes the inside."""
    mask = disc(120, 160, (60, 70), 30)
    image = np.random.default_rng(3).integers(0, 256, (120, 160, 3), np.uint8)
    other = image.copy()
    other[mask == 0] = 255 - other[mask == 0]
    one, two = backend.alter(image, mask, 5), backend.alter(other, mask, 5)
    assert np.array_equal(one[mask > 0], two[mask > 0])
    assert np.array_equal(one[mask == 0], image[mask == 0])
    assert not np.array_equal(one, image)


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda backend: backend.name)
def test_regions_do_not_mix(backend):
    """A red face beside a blue one stays red: each region is veiled by itself."""
    image = np.zeros((100, 300, 3), np.uint8)
    image[:, :150, 0], image[:, 150:, 2] = 200, 200
    mask = np.maximum(disc(100, 300, (50, 70), 40), disc(100, 300, (50, 230), 40))
    assert np.array_equal(backend.alter(image, mask, 8), image)


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda backend: backend.name)
def test_more_strength_leaves_less(backend):
    """Each step of strength keeps no more contrast than the one before, over the whole scale."""
    image = grating(300, 300, 110)
    mask = disc(300, 300, (150, 150), 120)
    left = [float(backend.alter(image, mask, n)[mask > 0].std()) for n in range(1, 11)]
    assert left[9] < left[4] < left[0]
    assert all(later <= earlier * 1.2 for earlier, later in itertools.pairwise(left))
    for size in (3, 40, 900):
        assert all(a <= b for a, b in itertools.pairwise([sigma(size, n) for n in range(1, 11)]))
        assert all(a <= b for a, b in itertools.pairwise([cell_size(size, n) for n in range(1, 11)]))


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda backend: backend.name)
def test_the_veil_keeps_the_tone(backend):
    """Neither darker nor lighter on the whole, black and white stay what they are."""
    mask = disc(120, 120, (60, 60), 40)
    noise = np.random.default_rng(1).integers(60, 200, (120, 120, 3), np.uint8)
    assert abs(float(backend.alter(noise, mask, 5)[mask > 0].mean()) - float(noise[mask > 0].mean())) < 2
    for tone in (0, 255):
        flat = np.full((120, 120, 3), tone, np.uint8)
        assert np.array_equal(backend.alter(flat, mask, 5), flat)


def test_a_blurred_face_is_soft():
    """Within the veil no pixel differs much from its neighbour: no cells, no rings, no seams."""
    mask = disc(300, 300, (150, 150), 120)
    image = np.random.default_rng(2).integers(0, 256, (300, 300, 3), np.uint8)
    altered = Blur().alter(image, mask, 5).astype(int)
    both = (mask[:, 1:] > 0) & (mask[:, :-1] > 0)
    assert np.abs(np.diff(altered, axis=1))[both].max() <= 4


def test_a_face_behind_a_bar_is_measured_whole():
    """A fence across a face must not halve the veil: the two halves count as one thing."""
    mask = disc(400, 400, (200, 200), 60)
    barred = mask.copy()
    barred[:, 199:201] = 0
    image = grating(400, 400, 30)
    whole, split = Blur().alter(image, mask, 1), Blur().alter(image, barred, 1)
    assert np.abs(whole.astype(int) - split.astype(int))[barred > 0].mean() < 4
    assert np.array_equal(split[:, 199:201], image[:, 199:201])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**31), st.integers(1, 10), st.floats(0, 1))
def test_any_mask_any_size(height, width, seed, strength, share):
    """Single pixels, dust, whole pictures: right shape, outside untouched, the same answer twice."""
    draw = np.random.default_rng(seed)
    image = draw.integers(0, 256, (height, width, 3), np.uint8)
    mask = (draw.random((height, width)) < share).astype(np.float32)
    for backend in BACKENDS:
        altered = backend.alter(image, mask, strength)
        assert np.array_equal(altered[mask == 0], image[mask == 0])
        assert np.array_equal(altered, backend.alter(image, mask, strength))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**31), st.floats(0, 1))
def test_regions_are_the_mask_and_share_nothing(height, width, seed, share):
    """Every masked pixel is in exactly one region, no other pixel in any."""
    mask = (np.random.default_rng(seed).random((height, width)) < share).astype(np.float32)
    count = np.zeros((height, width), int)
    for region in regions(mask):
        count[region.rows, region.columns] += region.inside
        assert region.size >= np.sqrt(region.inside.sum()) - 1e-6
    assert np.array_equal(count, (mask > 0).astype(int))


# --- crop_away ------------------------------------------------------------------------------------------------


def rectangle(height: int, width: int, *boxes: tuple[int, int, int, int]) -> np.ndarray:
    """A mask of rectangles (left, top, right, bottom)."""
    mask = np.zeros((height, width), np.float32)
    for left, top, right, bottom in boxes:
        mask[top:bottom, left:right] = 1
    return mask


def brute(mask: np.ndarray, keep: np.ndarray) -> int:
    """Area of the best rectangle by trying them all; keep must be one rectangle at most."""
    height, width = mask.shape
    longest = max(2, width / height, height / width)
    best = 0
    for t, b, left, r in itertools.product(range(height), range(1, height + 1), range(width), range(1, width + 1)):
        w, h = r - left, b - t
        if w <= 0 or h <= 0 or w > longest * h or h > longest * w or mask[t:b, left:r].any():
            continue
        if keep.any() and keep[t:b, left:r].sum() != keep.sum():
            continue
        best = max(best, w * h)
    return best


@settings(max_examples=40, deadline=None)
@given(
    st.integers(3, 11), st.integers(3, 11),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 4), st.integers(1, 3)), max_size=3),
    st.none() | st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 3), st.integers(1, 3)),
)  # fmt: skip
def test_as_good_as_trying_all(height, width, boxes, kept):
    """Against all rectangles of a small picture: never touches the mask, never cuts, within 5 % of the largest."""
    mask = rectangle(height, width, *((x, y, x + w, y + h) for x, y, w, h in boxes))
    keep = rectangle(height, width, *((x, y, x + w, y + h) for x, y, w, h in ([kept] if kept else [])))
    mask[keep > 0] = 0
    best, found = brute(mask, keep), crop_rectangle(mask, (width, height), keep)
    if found is None:
        assert best < LEAST_AREA * 1.05 * width * height
        return
    left, top, right, bottom = found
    assert not mask[top:bottom, left:right].any()
    assert keep[top:bottom, left:right].sum() == keep.sum()
    assert (right - left) * (bottom - top) >= 0.95 * best
    assert max((right - left) / (bottom - top), (bottom - top) / (right - left)) <= max(
        2, width / height, height / width
    )


def test_a_band_at_the_top_is_cut_off():
    """Advertising along the upper quarter: the rest, full width, exact to a grid cell, none of the mask."""
    mask = rectangle(1066, 1600, (0, 0, 1600, 260))
    left, top, right, bottom = crop_rectangle(mask, (1600, 1066))
    assert (left, right, bottom) == (0, 1600, 1066)
    assert 260 <= top <= 272


def test_no_mask_no_crop():
    """Nothing to avoid: the whole picture, a panorama too."""
    assert crop_rectangle(np.zeros((100, 500), np.float32), (500, 100)) == (0, 0, 500, 100)
    assert crop_rectangle(np.zeros((854, 1280), np.float32), (1280, 854)) == (0, 0, 1280, 854)


CAR = (600, 500, 1000, 900)


@pytest.mark.parametrize(
    ("advertising", "keep", "crops"),
    [
        ([(0, 0, 1600, 300)], [CAR], True),  # above the car
        ([(0, 0, 1600, 550)], [CAR], False),  # behind the car's roof: the car would be cut
        ([(400, 0, 500, 1066), (1100, 0, 1200, 1066)], [CAR], True),  # between two posts: 600 × 1066
        ([(540, 0, 560, 1066), (1040, 0, 1060, 1066)], [CAR], False),  # too narrow: under 35 %
        ([(0, 0, 1600, 300)], [CAR, (100, 250, 200, 420)], True),  # the spectator it would cut is left out
        ([(1500, 0, 1520, 1066)], [CAR, (1450, 600, 1550, 800)], True),  # the same at the right edge
        ([(100, 0, 120, 1066)], [CAR, (70, 600, 140, 800)], True),  # and at the left one
        ([(0, 0, 1600, 1066)], [], False),  # everything is advertising
        ([(500, 300, 1100, 766)], [], False),  # in the very middle: every side left is too small
    ],
)
def test_when_it_crops_and_when_it_asks(advertising, keep, crops):
    """Each situation ends in a crop that holds the car whole, or in None for a person to decide."""
    mask, kept = rectangle(1066, 1600, *advertising), rectangle(1066, 1600, *keep)
    mask[kept > 0] = 0
    found = crop_rectangle(mask, (1600, 1066), kept)
    assert (found is not None) == crops
    if found is None:
        return
    left, top, right, bottom = found
    assert not mask[top:bottom, left:right].any()
    assert left <= CAR[0]
    assert top <= CAR[1]
    assert right >= CAR[2]
    assert bottom >= CAR[3]
    edges = np.zeros_like(kept)
    edges[top:bottom, left:right] = 1
    others = rectangle(1066, 1600, *keep[1:])
    assert (others * edges).sum() in {0, others.sum()}


def test_a_reduced_mask_serves_the_full_picture():
    """A mask found at 1,600 px gives the rectangle of a 24-megapixel original."""
    mask = rectangle(1066, 1600, (0, 0, 1600, 260))
    left, top, right, bottom = crop_rectangle(mask, (6000, 4000))
    assert (left, right, bottom) == (0, 6000, 4000)
    assert 260 * 4000 / 1066 <= top <= 1030
