"""Promises of stages.stylize.brush: strokes in the style's palette, legible where protected, refusing flat styles."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from safelight.model.errors import PlainStyle
from safelight.stages.base import Image, Painting
from safelight.stages.stylize.brush import Brush


def scene(height: int = 120, width: int = 180) -> Image:
    """Sky, road and a red car with a number."""
    picture = np.empty((height, width, 3), np.uint8)
    picture[: height // 2] = (150, 180, 220)
    picture[height // 2 :] = (80, 80, 84)
    cv2.rectangle(picture, (width // 4, height // 3), (3 * width // 4, 3 * height // 4), (190, 40, 30), -1)
    cv2.putText(picture, "35", (width // 3, 2 * height // 3), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (255, 255, 255), 3)
    return picture


def palette() -> Image:
    """A style of blue and yellow blocks with some grain."""
    rng = np.random.default_rng(2)
    blocks = rng.integers(0, 2, (10, 12)).repeat(10, 0).repeat(10, 1)
    colours = np.array([(30, 60, 150), (230, 210, 90)])[blocks]
    return np.clip(colours + rng.normal(0, 6, colours.shape), 0, 255).astype(np.uint8)


def away(one: Image, other: Image) -> float:
    """Mean absolute difference, 0–255."""
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_strength_leads_away_from_the_photo_step_by_step() -> None:
    """Strength 0 is the photo; each more of it is further from the photo's drawing in the same colours."""
    photo = scene()
    parts = [
        away(photo, Brush().stylize(photo, Painting(palette(), s, colour="photo"), 1)) for s in (0, 0.1, 0.3, 0.6, 1.0)
    ]
    assert parts[0] == 0
    assert parts == sorted(parts)
    assert parts[-1] > parts[1] + 1


def test_the_palette_is_the_styles_or_the_photos() -> None:
    """colour: style brings the style's mean colour, colour: photo keeps the photo's."""
    photo, style = scene(), palette()
    as_style = Brush().stylize(photo, Painting(style), 1).reshape(-1, 3).mean(0)
    as_photo = Brush().stylize(photo, Painting(style, colour="photo"), 1).reshape(-1, 3).mean(0)
    assert np.abs(as_style - style.reshape(-1, 3).mean(0)).max() < 20
    assert np.abs(as_photo - photo.reshape(-1, 3).mean(0)).max() < 12


def test_what_is_protected_stays_closer() -> None:
    """Under `protect` strokes are finer and the photo's tone comes back."""
    photo = scene()
    mask = np.zeros(photo.shape[:2], np.float32)
    mask[:40] = 1
    photo[10:30:4] = 255
    inside = np.s_[5:35]
    free = Brush().stylize(photo, Painting(palette(), 0.8, colour="photo"), 1)
    held = Brush().stylize(photo, Painting(palette(), 0.8, colour="photo", protect=mask), 1)
    assert away(photo[inside], held[inside]) < away(photo[inside], free[inside])


def test_a_flat_style_is_refused() -> None:
    """One colour holds no palette: PlainStyle."""
    with pytest.raises(PlainStyle):
        Brush().stylize(scene(), Painting(np.full((50, 50, 3), 7, np.uint8)), 1)
