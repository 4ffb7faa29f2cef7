"""`grade`: a photograph as a film still, for black pages it can fade into. Pure numpy, the same bytes everywhere.

Promise: colours calmer, shadows cooler, lights warmer, corners darker, a fine fixed grain; and where a side fades, its
edge is exactly the page's colour, so that no border shows on paper. A painted picture is only faded: its colours are
somebody's choice. Where words will stand on the picture (`quiet`), it is darkened until they can be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from safelight.stages.base import Alterer, Image, Mask

Floats = npt.NDArray[np.float32]
Side = Literal["left", "top", "right", "foot", "all"]

SIDES: tuple[Side, ...] = ("left", "top", "right", "foot")
PAGE = 10
"""The page's grey: #0a0a0a. All pictures are lifted to it, so that black in them is the page's black."""
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
QUIET_MEAN, QUIET_BRIGHT = 60.0, 110.0
"""Mean and 95th percentile of luma (of 255) that a place may have where words stand."""


class Grade(Alterer):
    """The film still, without fades."""

    name = "grade"

    def _change(self, image: Image, mask: Mask, strength: int) -> Image:
        del mask
        return graded(image, share=0.5 + 0.05 * strength)


def graded(image: Image, share: float = 1.0) -> Image:
    """The still, lifted to the page's black; `share` 0–1 is how much of it."""
    pixels = image.astype(np.float32) / 255
    grey = pixels @ LUMA
    calm = grey[..., None] + 0.72 * (pixels - grey[..., None])
    calm = np.clip((calm - 0.035) / 0.965, 0, 1)
    calm = 0.32 * calm + 0.68 * calm * calm * (3 - 2 * calm)
    dark, light = (1 - grey) ** 2, grey**2
    calm[..., 2] += 0.02 * dark - 0.03 * light
    calm[..., 0] += 0.035 * light
    calm *= (1 - 0.42 * _corners(grey.shape))[..., None]
    grain = np.random.default_rng(24).standard_normal(grey.shape, np.float32)
    calm += 0.014 * grain[..., None]
    return _bytes(np.asarray(pixels + share * (np.clip(calm, 0, 1) - pixels), np.float32))


def _corners(shape: tuple[int, ...]) -> Floats:
    high, wide = shape
    y, x = np.linspace(-1, 1, high, dtype=np.float32)[:, None], np.linspace(-1, 1, wide, dtype=np.float32)[None]
    away = np.clip((x * x + y * y) / 2, 0, 1)
    return np.asarray(away * away, np.float32)


def _bytes(pixels: Floats) -> Image:
    return np.asarray(np.rint(np.clip(pixels, 0, 1) * 255), np.uint8)


def faded(
    image: Image, fades: Sequence[tuple[Side, float]], quiet: tuple[float, float, float, float] | None = None
) -> Image:
    """Each side let into the page over that share of it; `quiet` (left, top, right, bottom in shares) made readable."""
    high, wide = image.shape[:2]
    keep = np.ones((high, wide), np.float32)
    for side, share in fades:
        keep *= _ramp(high, wide, side, share)
    lifted = image.astype(np.float32) * np.float32(
        (255 - PAGE) / 255
    )  # so that keep = 0 is the page and keep = 1 the picture
    if quiet:
        keep *= _calmed(np.asarray(lifted * keep[..., None] + PAGE, np.float32), quiet)
    return np.asarray(np.rint(np.clip(lifted * keep[..., None] + PAGE, 0, 255)), np.uint8)


def _ramp(high: int, wide: int, side: Side, share: float) -> Floats:
    if side == "all":
        ramps = [_ramp(high, wide, one, share) for one in SIDES]
        return np.asarray(ramps[0] * ramps[1] * ramps[2] * ramps[3], np.float32)
    across = side in ("left", "right")
    count = wide if across else high
    away = np.arange(count, dtype=np.float32) / max(1.0, share * count)
    away = np.clip((away - 0.1) / 0.9, 0, 1)  # the outermost tenth is the page itself
    ramp = away * away * (3 - 2 * away)
    if side in ("right", "foot"):
        ramp = ramp[::-1]
    return np.asarray(np.broadcast_to(ramp[None] if across else ramp[:, None], (high, wide)), np.float32)


def _calmed(pixels: Floats, quiet: tuple[float, float, float, float]) -> Floats:
    """A factor that darkens the picture from above the quiet place downwards, no more than it needs."""
    high, wide = pixels.shape[:2]
    left, top, right, bottom = quiet
    rows = slice(max(0, int(top * high)), max(1, int(np.ceil(bottom * high))))
    place = pixels[rows, max(0, int(left * wide)) : max(1, int(np.ceil(right * wide)))] @ LUMA
    if place.size == 0:
        return np.ones((high, wide), np.float32)
    over = max(float(place.mean()) / QUIET_MEAN, float(np.percentile(place, 95)) / QUIET_BRIGHT)
    if over <= 1:
        return np.ones((high, wide), np.float32)
    begin = max(0.0, top - 0.16)
    down = np.clip((np.arange(high, dtype=np.float32) / high - begin) / max(1e-3, top - begin), 0, 1)
    ramp = 1 - (1 - 0.92 / over) * down * down * (3 - 2 * down)
    return np.asarray(np.broadcast_to(ramp[:, None], (high, wide)), np.float32)
