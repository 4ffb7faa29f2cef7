"""Promises of stages.stylize.patches: strength, protection, colour, sizes of style, and what it refuses."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from safelight.model.errors import PlainStyle
from safelight.stages.base import Image, Painting
from safelight.stages.patches.atlas import Grain, grain
from safelight.stages.patches.guides import tone_of
from safelight.stages.stylize.patches import Patches, settings_for


def drawing(height: int = 120, width: int = 180, seed: int = 3) -> Image:
    """A road, a sky, a car with a number: tones and edges enough to follow."""
    rng = np.random.default_rng(seed)
    picture = np.empty((height, width, 3), np.uint8)
    picture[: height // 2] = (150, 180, 220)
    picture[height // 2 :] = (80, 80, 84)
    cv2.rectangle(picture, (width // 4, height // 3), (3 * width // 4, 3 * height // 4), (190, 40, 30), -1)
    cv2.putText(picture, "35", (width // 3, 2 * height // 3), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (255, 255, 255), 3)
    return np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)


def brushwork(height: int = 160, width: int = 220, seed: int = 5) -> Image:
    """A style: many short strokes of a few colours."""
    rng = np.random.default_rng(seed)
    picture = np.full((height, width, 3), (30, 50, 110), np.uint8)
    colours = [(20, 30, 70), (70, 120, 190), (240, 220, 120), (200, 220, 230)]
    for _ in range(height * width // 40):
        y, x = int(rng.integers(height)), int(rng.integers(width))
        dy, dx = (int(v) for v in rng.integers(-6, 7, 2))
        cv2.line(picture, (x, y), (x + dx, y + dy), colours[int(rng.integers(4))], 2)
    return picture


def likeness(one: Image, other: Image) -> float:
    """Correlation of the luminances."""
    a, b = (cv2.cvtColor(p, cv2.COLOR_RGB2GRAY).astype(np.float64).ravel() for p in (one, other))
    return float(np.corrcoef(a, b)[0, 1])


def test_strength_0_is_the_photo_and_more_strength_is_less_photo() -> None:
    """Strength 0 changes nothing; from 0.1 to 1 the painting resembles the photo less and less."""
    photo, style = drawing(), brushwork()
    painter = Patches()
    assert (painter.stylize(photo, Painting(style, 0.0), 1) == photo).all()
    likes = [likeness(photo, painter.stylize(photo, Painting(style, s), 1)) for s in (0.1, 0.3, 0.6, 1.0)]
    assert likes == sorted(likes, reverse=True)
    assert likes[0] > 0.9
    assert likes[-1] < likes[0] - 0.05


def test_the_paint_is_the_styles() -> None:
    """Without fidelity's finish the colours of the result lie where the style's colours lie."""
    photo, style = drawing(), brushwork()
    result = Patches().stylize(photo, Painting(style, 1.0), 1)
    assert np.abs(result.reshape(-1, 3).mean(0) - style.reshape(-1, 3).mean(0)).max() < 30


def test_a_protected_region_stays_closer_to_the_photo() -> None:
    """Under `protect` the tone follows the photo more than without it."""
    photo, style = drawing(), brushwork()
    protect = np.zeros(photo.shape[:2], np.float32)
    protect[40:90, 45:135] = 1
    inside = np.s_[40:90, 45:135]
    free = Patches().stylize(photo, Painting(style, 0.9), 1)
    held = Patches().stylize(photo, Painting(style, 0.9, protect=protect), 1)
    assert likeness(photo[inside], held[inside]) > likeness(photo[inside], free[inside])


def test_colour_photo_keeps_the_photos_chroma() -> None:
    """With colour: photo the chroma is nearer to the photo's than with colour: style."""
    photo, style = drawing(), brushwork()

    def away(colour: str) -> float:
        result = Patches().stylize(photo, Painting(style, 0.6, colour=colour), 1)  # type: ignore[arg-type]
        a, b = (cv2.cvtColor(p, cv2.COLOR_RGB2YCrCb)[..., 1:].astype(float) for p in (photo, result))
        return float(np.abs(a - b).mean())

    assert away("photo") < 0.5 * away("style")


@pytest.mark.parametrize(
    ("height", "width"), [(60, 300), (300, 60), (24, 31), (900, 1400)], ids=["wide", "portrait", "tiny", "large"]
)
def test_styles_of_many_sizes(height: int, width: int) -> None:
    """A style may be narrow, upright, tiny or far larger than the photo."""
    photo = drawing(64, 90)
    assert Patches().stylize(photo, Painting(brushwork(height, width), 0.8), 1).shape == photo.shape


@pytest.mark.parametrize(
    "style",
    [np.full((80, 80, 3), 90, np.uint8), np.full((1, 1, 3), 9, np.uint8), brushwork(6, 90)],
    ids=["flat", "one pixel", "sliver"],
)
def test_a_style_without_strokes_is_refused(style: Image) -> None:
    """One colour, or too small for a patch: PlainStyle that says why, never a flat picture."""
    with pytest.raises(PlainStyle) as caught:
        Patches().stylize(drawing(), Painting(style, 0.6), 1)
    assert caught.value.values["reason"]


def test_a_grey_style_paints_grey() -> None:
    """From a grey style nothing coloured comes."""
    style = np.repeat(brushwork()[..., :1], 3, axis=2)
    result = Patches().stylize(drawing(), Painting(style, 1.0), 1).astype(int)
    assert np.abs(result - result.mean(2, keepdims=True)).max() <= 2


def tiles(size: int = 300, step: int = 20) -> Image:
    """A mosaic: tiles of one size in a few greys with dark joints."""
    rng = np.random.default_rng(8)
    picture = rng.choice([60, 130, 200], (size // step, size // step)).repeat(step, 0).repeat(step, 1)
    picture[::step] = picture[:, ::step] = 20
    picture[1::step] = picture[:, 1::step] = 20
    return np.repeat(picture[..., None], 3, axis=2).astype(np.uint8)


def test_coarse_styles_are_given_more_freedom() -> None:
    """Fine strokes, broad areas and tiles are told apart, and what is coarse binds less to the photo's tone."""
    rng = np.random.default_rng(1)
    fine = rng.integers(0, 256, (300, 300, 3), dtype=np.uint8)
    broad = cv2.GaussianBlur(fine, (0, 0), 9)
    assert grain(fine).coarse < 0.2
    assert grain(broad).coarse > 0.8
    assert grain(tiles()).tiles
    assert not grain(fine).tiles
    assert settings_for(0.6, grain(broad), 0).tone < settings_for(0.6, grain(fine), 0).tone


@pytest.mark.parametrize("kind", [Grain(0, tiles=False), Grain(0.5, tiles=False), Grain(1, tiles=True)])
def test_more_strength_never_binds_more(kind: Grain) -> None:
    """Along the whole range of strength the photo's tone binds less and less, and levels never get fewer."""
    steps = [settings_for(s, kind, 0) for s in np.linspace(0, 1, 41)]
    assert [s.tone for s in steps] == sorted((s.tone for s in steps), reverse=True)
    assert [s.mix for s in steps] == sorted((s.mix for s in steps), reverse=True)
    assert [s.levels for s in steps] == sorted(s.levels for s in steps)


def test_a_number_as_light_as_its_plate_leads_too() -> None:
    """Neighbours of the same luminance and different colour get different tones; greys keep theirs."""
    plate = np.full((60, 90, 3), (120, 160, 210), np.uint8)
    plate[20:40, 30:60] = (170, 152, 120)
    flat = cv2.cvtColor(plate, cv2.COLOR_RGB2GRAY).astype(float)
    assert abs(flat[30, 45] - flat[5, 5]) < 4
    tone = tone_of(plate, 1.0)
    assert abs(tone[22:38, 32:58].mean() - tone[14:18, 30:60].mean()) > 10
    grey = np.repeat(drawing()[..., :1], 3, axis=2)
    assert np.abs(tone_of(grey, 1.0) - grey[..., 0]).max() < 2
