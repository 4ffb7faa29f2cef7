"""What a network painted meets the photo: light, grain, and nothing outside the hole."""

from __future__ import annotations

import numpy as np
import pytest

from safelight.stages.inpaint.seams import Grain, met


def place(light: float = 120, noise: float = 0) -> tuple[np.ndarray, np.ndarray]:
    """A slope of light with a hole in it."""
    rng = np.random.default_rng(4)
    image = np.linspace(light - 20, light + 20, 200)[None, :, None] + rng.normal(0, max(noise, 1e-9), (160, 200, 1))
    hole = np.zeros((160, 200), bool)
    hole[50:110, 60:140] = True
    return np.repeat(image, 3, 2).clip(0, 255).astype(np.uint8), hole


@pytest.mark.parametrize("off", [-18.0, 9.0, 18.0])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_light_that_is_off_is_taken_back(off: float, scale: float) -> None:
    """A window painted too bright everywhere: at the border the step all but goes, and nothing outside is touched."""
    image, hole = place()
    painted = image.astype(np.float32) + np.float32(off)
    result = met(painted, image, hole, scale)
    assert (result[~hole] == painted[~hole]).all()
    border = result[50, 60:140] - image[50, 60:140]
    assert np.abs(border).mean() < 0.2 * abs(off)
    assert np.abs(np.diff(result[80, 60:140, 0])).max() < 4


def test_a_whole_hole_and_no_hole_stay() -> None:
    """Nothing known: nothing to meet. No hole: nothing to do."""
    image, hole = place()
    painted = np.full(image.shape, 77, np.float32)
    for flags in (np.ones_like(hole), np.zeros_like(hole)):
        assert (met(painted, image, flags, 1.0) == painted).all()


def test_a_smooth_fill_gets_the_photos_grain() -> None:
    """The finest structure inside becomes about that of the photo; a fill that has it already gets none."""
    image, hole = place(noise=5)
    smooth = np.full(image.shape, 120, np.float32)
    grain = Grain(image, hole)
    fine = (grain.added(smooth, hole, 3) - smooth)[hole].std()
    assert 2 < fine < 7
    again = grain.added(image.astype(np.float32), hole, 3) - image
    assert np.abs(again).max() < fine
    assert (grain.added(smooth, hole, 3) == grain.added(smooth, hole, 3)).all()
    assert (grain.added(smooth, hole, 3) != grain.added(smooth, hole, 4)).any()


def test_without_flat_places_nothing_is_invented() -> None:
    """A photo too small to measure grain in leaves the fill as it is."""
    image, _ = place()
    small, flags = image[:20, :20], np.ones((20, 20), bool)
    painted = np.full(small.shape, 90, np.float32)
    assert (Grain(small, ~flags).added(painted, flags, 1) == painted).all()
