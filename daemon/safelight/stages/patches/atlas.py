"""The style as a paint box: several copies stacked into one source picture, at every level of the pyramid.

Copies: the style itself, at half its size (fine strokes for details), mirrored, and turned by 90 degrees. Each is
cropped to multiples of 2^(levels - 1), so that its borders fall on whole pixels at all levels and no patch that
crosses a border is ever used.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Image
from safelight.stages.patches.guides import blurred, luminance, strokes
from safelight.stages.patches.kernels import NEVER

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Sheet:
    """The paint box at one level. Patch arrays are (rows, columns) of the patches' top left corners."""

    pixels: npt.NDArray[np.uint8]
    """(height, 4 * width): R, G, B, guide."""
    penalty: Floats
    """0, 1 (a patch of the half-size copy) or NEVER."""
    turn: Floats
    """(rows, columns, 2): cos and sin of twice the angle of the strokes at the patch's centre."""
    places: npt.NDArray[np.int64]
    """Flat positions of the usable patches."""


def sized(style: Image, longest: float) -> Image:
    """`style` brought near `longest` pixels on its longest side: reduced freely, enlarged at most 1.5 times."""
    factor = min(1.5, longest / max(style.shape[:2]))
    size = (max(1, round(style.shape[1] * factor)), max(1, round(style.shape[0] * factor)))
    if size == (style.shape[1], style.shape[0]):
        return style
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LANCZOS4
    result: Image = cv2.resize(style, size, interpolation=how)
    return result


@dataclass(frozen=True)
class Grain:
    """How large a style's elements are, measured on its luminance in bands around 1, 2, 4, 8 and 16 pixels."""

    coarse: float
    """0 = fine strokes (Starry Night at 1,024 px), 1 = broad strokes, flat areas or tesserae."""
    tiles: bool
    """Whether one size stands out, as in a mosaic: such elements need a larger patch to stay whole."""


def grain(style: Image) -> Grain:
    """Measure `style` at the size at which it paints."""
    rest = luminance(style)
    bands = []
    for sigma in (1.0, 2.0, 4.0, 8.0, 16.0):
        soft = blurred(rest, sigma)
        bands.append(float((rest - soft).std()))
        rest = soft
    power = np.square(bands) + 1e-9
    centre = float((power * np.arange(5)).sum() / power.sum())
    coarse = float(np.clip((centre - 0.5) / 1.7, 0, 1))
    return Grain(coarse, tiles=coarse > 0.6 and bands[4] < 0.9 * max(bands[2:4]))


def copies(style: Image, step: int) -> list[Image]:
    """The copies, each side a multiple of `step`; the half-size one is the second (left out when too small)."""
    half = cv2.resize(style, (max(1, style.shape[1] // 2), max(1, style.shape[0] // 2)), interpolation=cv2.INTER_AREA)
    parts = [style, half, style[:, ::-1], np.rot90(style)]
    return [part[: part.shape[0] // step * step, : part.shape[1] // step * step] for part in parts]


def sheets(style: Image, levels: int, p: int, guide_blur: float) -> list[Sheet]:
    """The paint box from the finest level to the coarsest; a part without room for a patch is left out."""
    step = 1 << (levels - 1)
    parts = [(k == 1, part) for k, part in enumerate(copies(style, step)) if min(part.shape[:2]) // step >= p]
    result = []
    for level in range(levels):
        result.append(_sheet(parts, p, guide_blur))
        if level + 1 < levels:
            parts = [(small, _halved(part)) for small, part in parts]
    return result


def _halved(image: Image) -> Image:
    small: Image = cv2.resize(image, (image.shape[1] // 2, image.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return small


def _sheet(parts: list[tuple[bool, Image]], p: int, guide_blur: float) -> Sheet:
    height = sum(part.shape[0] for _, part in parts)
    width = max(part.shape[1] for _, part in parts)
    pixels = np.zeros((height, width + 1, 4), np.uint8)
    penalty = np.full((height - p + 1, width - p + 1), NEVER, np.float32)
    turn = np.zeros((height - p + 1, width - p + 1, 2), np.float32)
    top = 0
    for small, part in parts:
        high, wide = part.shape[:2]
        tone = luminance(part)
        pixels[top : top + high, :wide, :3] = part
        pixels[top : top + high, :wide, 3] = np.rint(blurred(tone, guide_blur)).astype(np.uint8)
        rows, columns = slice(top, top + high - p + 1), slice(0, wide - p + 1)
        penalty[rows, columns] = 1.0 if small else 0.0
        inner = slice(p // 2, p // 2 + high - p + 1), slice(p // 2, p // 2 + wide - p + 1)
        turn[rows, columns] = strokes(tone, 3.0)[inner][..., :2]
        top += high
    places = np.flatnonzero(penalty < NEVER)
    return Sheet(pixels.reshape(height, -1), penalty, turn, places)
