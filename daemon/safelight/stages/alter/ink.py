"""`ink`: a photograph as a panel of a comic: flat tones, brush lines, solid blacks, and dots in the shadows.

Promise: six flat tones with soft borders, colours stronger, lines where the picture has edges, no dirt (short specks are
dropped), dots at 45°. Sizes are those of paper: `per_mm` is pixels per millimetre of print, so that a small panel has
lines as fine as a splash. What is written on a car survives: inside `fine` (left, top, right, bottom in shares of the
picture) tones are smoothed less. Numpy and OpenCV, no randomness: same bytes whatever the number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Alterer, Image, Mask

Floats = npt.NDArray[np.float32]
Part = tuple[float, float, float, float]

SMOOTH = 4.0
"""Pixels per mm at which tones are smoothed: what is flat needs no more, and lines are drawn at full size."""
TONES, SLOPE = 6, 22.0
LINE, HEAVY, WEIGHT, EDGE, STEEP = 0.10, 1.6, 14.0, 0.40, 9.0
SPECK, SHORT, AROUND = 1.1, 2.6, 1.2
PITCH, FULL = 0.95, 0.62
INK, TINT = (15, 18, 26), (0.995, 0.975, 0.93)


class Ink(Alterer):
    """The panel at the size of a page 260 mm wide."""

    name = "ink"

    def _change(self, image: Image, mask: Mask, strength: int) -> Image:
        del mask, strength
        return inked(image, max(image.shape[:2]) / 260)


def inked(image: Image, per_mm: float, *, night: bool = False, fine: Sequence[Part] = ()) -> Image:
    """The panel, at the picture's own size."""
    tones = _flat(image, per_mm, fine)
    lab = cv2.cvtColor(tones, cv2.COLOR_RGB2LAB)
    light = _stretched(lab[..., 0] / 100, night)
    steps = _stepped(light)
    lab[..., 0] = (0.14 + 0.86 * steps) * 100
    lab[..., 1:] *= 1.55
    flat = np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1)
    if not night:
        flat *= np.array(TINT, np.float32)
    cover = np.maximum(_lines(image, per_mm), _dots(light, per_mm))
    cover = np.maximum(cover, 1 / (1 + np.exp(np.clip((light - 0.13) * 90, -50, 50))))
    inked_ = flat * (1 - cover[..., None]) + np.array(INK, np.float32) / 255 * cover[..., None]
    return np.asarray(np.rint(np.clip(inked_, 0, 1) * 255), np.uint8)


def _flat(image: Image, per_mm: float, fine: Sequence[Part]) -> Floats:
    """Colours smoothed into areas, at a size where that is cheap; in `fine` parts nearer to the picture."""
    high, wide = image.shape[:2]
    small = min(1.0, SMOOTH / per_mm)
    size = (max(8, round(wide * small)), max(8, round(high * small)))
    work = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    plain = work
    for _ in range(4):
        work = cv2.bilateralFilter(work, 7, 34, 5)
    half = cv2.resize(work, (max(4, size[0] // 2), max(4, size[1] // 2)), interpolation=cv2.INTER_AREA)
    half = cv2.pyrMeanShiftFiltering(half, 7, 22, maxLevel=0)
    broad = cv2.resize(half, size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    work = cv2.bilateralFilter(work, 5, 24, 3).astype(np.float32)
    mixed = 0.55 * broad + 0.45 * work
    if fine:
        near = np.zeros(size[::-1], np.float32)
        for left, top, right, bottom in fine:
            near[int(top * size[1]) : int(bottom * size[1]) + 1, int(left * size[0]) : int(right * size[0]) + 1] = 1
        near = cv2.GaussianBlur(near, (0, 0), max(1.0, 1.5 * SMOOTH * small))[..., None]
        sharp = cv2.bilateralFilter(plain, 5, 26, 3).astype(np.float32)
        mixed = mixed * (1 - near) + sharp * near
    return np.asarray(cv2.resize(mixed, (wide, high), interpolation=cv2.INTER_CUBIC).clip(0, 255) / 255, np.float32)


def _stretched(light: Floats, night: bool) -> Floats:
    low, top = np.percentile(light[::3, ::3], (2, 98))
    spread = np.clip((light - low) / max(0.15, float(top - low)), 0, 1)
    return np.asarray(spread if night else spread**0.82, np.float32)


def _stepped(light: Floats) -> Floats:
    """Six tones; between two a soft but short step."""
    scaled = light * (TONES - 1)
    floor = np.floor(scaled)
    soft = 1 / (1 + np.exp(-SLOPE * (scaled - floor - 0.5)))
    return np.asarray((floor + soft) / (TONES - 1), np.float32)


def _lines(image: Image, per_mm: float) -> Floats:
    """Brush lines, 0–1, without specks."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    thin = max(0.7, LINE * per_mm)
    near, far = cv2.GaussianBlur(grey, (0, 0), thin), cv2.GaussianBlur(grey, (0, 0), thin * HEAVY)
    edge = (1 + WEIGHT) * near - WEIGHT * far
    line = np.where(edge >= EDGE, 0, -np.tanh(STEEP * (edge - EDGE))).astype(np.float32)
    reach = max(3, round(AROUND * per_mm) | 1)
    line *= near < 0.93 * cv2.blur(near, (reach, reach))
    hard = (line > 0.4).astype(np.uint8)
    count, names, stats, _ = cv2.connectedComponentsWithStats(hard, connectivity=8)
    long_ = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) >= SHORT * per_mm
    kept = long_ | (stats[:, cv2.CC_STAT_AREA] >= SPECK * per_mm * per_mm)
    kept[0] = False
    del count
    near_kept = cv2.dilate(kept[names].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(line * near_kept, np.float32)


def _dots(light: Floats, per_mm: float) -> Floats:
    """A screen of dots at 45° in the shadows, the darker the larger, 0–1."""
    high, wide = light.shape
    wave = 2 * np.pi / max(3.0, PITCH * per_mm) / np.sqrt(2)
    y, x = np.arange(high, dtype=np.float32)[:, None], np.arange(wide, dtype=np.float32)[None]
    screen = (np.cos((x + y) * wave) + np.cos((x - y) * wave)) / 4 + 0.5
    broad = cv2.GaussianBlur(light, (0, 0), max(1.0, 0.5 * per_mm))
    share = FULL * np.clip((0.40 - broad) / 0.30, 0, 1)
    return np.asarray(np.where(share > 0.02, 1 / (1 + np.exp(-14 * (share - screen))), 0), np.float32)
