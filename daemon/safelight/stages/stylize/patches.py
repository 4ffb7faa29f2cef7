"""Painting by guided patch synthesis: every stroke of the result is a stroke of the style picture.

The default painter; needs no weights. What it promises: same size, same bytes for the same arguments whatever the
number of threads; strength 0 is the photo itself, 0.3 keeps writing legible, 0.6 is plainly painted with car and
number readable, 1 lets the style run wild. Stroke size follows the size of the output. A style that is one flat
colour, or too small to hold a single stroke, is refused with PlainStyle.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from safelight.model.errors import PlainStyle
from safelight.stages.base import Image, Painting, Stylizer, unit
from safelight.stages.patches.atlas import Grain, grain, sheets, sized
from safelight.stages.patches.guides import blurred, fidelity, luminance, matched, strokes, tone_of
from safelight.stages.patches.palette import recoloured
from safelight.stages.patches.synthesis import Level, Settings, painted, pyramid

Floats = npt.NDArray[np.float32]

STYLE_SIZE = 1024.0
"""Longest side of the style for an output of 1,600 px: strokes then look as wide as in the original."""
PHOTO_BELOW = 0.2
"""Below this strength photo and painting are mixed, so that 0 is the photo itself."""


class Patches(Stylizer):
    """stylize with the paint of the style picture itself (see stages.patches)."""

    name = "patches"

    def _paint(self, image: Image, painting: Painting, seed: int) -> Image:
        if painting.strength == 0:
            return image.copy()
        style = sized(painting.style, max(96.0, STYLE_SIZE * unit(image)))
        settings = settings_for(painting.strength, grain(style), seed)
        levels = _levels(image, style, settings)
        result = _synthesised(image, style, painting, settings, levels)
        if painting.colour == "photo":
            result = with_colours_of(image, result)
        if painting.strength < PHOTO_BELOW:
            share = painting.strength / PHOTO_BELOW
            result = cv2.addWeighted(result, share, image, 1 - share, 0)
        return result


def settings_for(strength: float, kind: Grain, seed: int) -> Settings:
    """The engine's settings for a strength 0–1: the weaker, the more the photo's tone binds.

    A coarse style needs more freedom, else its large elements never show.
    """
    at = (0.0, 0.3, 0.6, 1.0)
    levels = 3 if strength < 0.35 else 5 if strength >= 0.8 or kind.coarse > 0.6 else 4
    tone = float(np.exp(np.interp(strength, at, np.log([4.0, 2.2, 1.0, 0.42]))))
    hold = float(np.interp(strength, at, (3.0, 3.0, 3.0, 4.5)))
    mix = float(np.interp(strength, at, (0.8, 0.7, 0.6, 0.35)))
    tone = max(0.4, tone * 0.5 ** (kind.coarse * min(1.0, strength / 0.6)))
    if kind.tiles:
        mix *= 0.6
    return Settings(p=9 if kind.tiles else 7, tone=tone, hold=hold, mix=mix, levels=levels, seed=seed)


def _finish_for(strength: float) -> float:
    """Share of the photo's fine tone put back where it must stay readable."""
    return float(np.interp(strength, (0.0, 0.3, 0.6, 1.0), (0.9, 0.75, 0.5, 0.25)))


def _levels(image: Image, style: Image, settings: Settings) -> int:
    """Levels of the pyramid that these pictures have room for."""
    p, wished = settings.p, settings.levels
    if max(image.shape[:2]) > 2400:
        wished += 1
    if max(image.shape[:2]) < 900:
        wished -= 1
    while wished > 1 and min(*style.shape[:2], *image.shape[:2]) >> (wished - 1) < 2 * p:
        wished -= 1
    if min(style.shape[:2]) < 2 * p:
        raise PlainStyle(
            stage="stylize", reason=f"the style picture is only {style.shape[1]} x {style.shape[0]} pixels"
        )
    return max(1, wished)


def _synthesised(image: Image, style: Image, painting: Painting, settings: Settings, levels: int) -> Image:
    """The painting in the style's colours."""
    if float(style.reshape(-1, 3).std(axis=0).max()) < 1.0:
        raise PlainStyle(stage="stylize", reason="the style picture is one flat colour")
    scale = unit(image)
    high, wide = image.shape[:2]
    step = max(1 << (levels - 1), 1)
    room = max(step, 2 * settings.p)
    below, beside = _missing(high, step, room), _missing(wide, step, room)

    def grown(array: npt.NDArray[np.float32] | Image) -> npt.NDArray[np.float32]:
        pad = [(0, below), (0, beside)] + [(0, 0)] * (array.ndim - 2)
        return np.pad(array, pad, mode="symmetric")

    photo = grown(image).astype(np.uint8)
    protect = None if painting.protect is None else grown(painting.protect)
    content = recoloured(photo, style)
    tone, model = tone_of(photo, scale), luminance(style)
    guide_blur = max(0.6, scale)
    held = fidelity(tone, protect, scale)
    level = Level(
        content=content,
        guide=matched(blurred(tone, guide_blur), blurred(model, guide_blur)),
        fidelity=held,
        turn=strokes(tone, max(2.0, 12 * scale)),
    )
    result = painted(pyramid(level, levels), sheets(style, levels, settings.p, guide_blur), settings)
    wished = matched(tone, model)
    share = _finish_for(painting.strength) * held
    offset = share * (wished - blurred(luminance(result), max(1.0, 2 * scale)))
    finished = np.clip(result + offset[..., None], 0, 255)
    return np.rint(finished).astype(np.uint8)[:high, :wide]


def _missing(size: int, step: int, least: int) -> int:
    """How many rows or columns make `size` a multiple of `step` and at least `least`."""
    return -(-max(size, least) // step) * step - size


def with_colours_of(photo: Image, painting: Image) -> Image:
    """The strokes and light of `painting` in the tones and colours of `photo`.

    Luminance of the painting with the photo's histogram; chroma of the photo (slightly blurred, strokes are wider than
    its edges) with the painting's fine differences of chroma, so that strokes still differ in colour.
    """
    paint = cv2.cvtColor(painting, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    kept = cv2.cvtColor(photo, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    scale = unit(photo)
    result = np.empty_like(paint)
    result[..., 0] = matched(paint[..., 0], kept[..., 0])
    chroma = paint[..., 1:]
    result[..., 1:] = blurred(kept[..., 1:], 1.5 * scale) + 0.3 * (chroma - blurred(chroma, 6 * scale))
    rounded = np.rint(np.clip(result, 0, 255)).astype(np.uint8)
    mixed: Image = cv2.cvtColor(rounded, cv2.COLOR_YCrCb2RGB)
    return mixed
