"""The augmentations that change light and leave every pixel in its place. Pure.

Each takes a picture (height, width, 3) uint8 sRGB, a strength 0–1 and eight uniform numbers in 0–1, and returns a picture
of the same size. Lengths are in pixels of a picture 480 wide and grow with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from safelight.pictures.formats import Image

Floats = npt.NDArray[np.float32]
Uniforms = npt.NDArray[np.float64]

_LUMA = np.array([0.299, 0.587, 0.114])
_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
_RGB = np.linalg.inv(_YIQ)
_LEVELS = np.arange(256) / 255


def hue(image: Image, strength: float, u: Uniforms) -> Image:
    """All hues turned by up to 40 degrees either way at full strength; greys stay grey."""
    angle = np.deg2rad(40 * strength * (2 * u[0] - 1))
    turn = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    return _mixed(image, _RGB @ turn @ _YIQ)


def colour(image: Image, strength: float, u: Uniforms) -> Image:
    """Gamma, contrast, brightness, saturation and white balance, each a little off."""
    swing = strength * (2 * u - 1)
    curve = np.clip(_LEVELS ** np.exp(0.5 * swing[0]), 0, 1)
    curve = (curve - 0.5) * (1 + 0.4 * swing[1]) + 0.5 + 0.15 * swing[2]
    gains = 1 + 0.15 * swing[4:7]
    image = _through(image, curve[:, None] * gains)
    saturation = 1 + 0.8 * swing[3]
    return _mixed(image, saturation * np.eye(3) + (1 - saturation) * _LUMA)


def blur(image: Image, strength: float, u: Uniforms) -> Image:
    """Out of focus (half the draws) or shaken along any direction."""
    unit = image.shape[1] / 480
    if u[0] < 0.5:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), max(0.3, unit * (0.4 + 2.4 * strength * u[1]))), np.uint8)
    length = max(2, round(unit * (2 + 16 * strength * u[1])))
    return np.asarray(cv2.filter2D(image, -1, _streak(length, np.pi * u[2])), np.uint8)


def night(image: Image, strength: float, u: Uniforms) -> Image:
    """Dark and bluish, the sky darkest; lamps glow, the sensor is noisy; the more the stronger."""
    height, width = image.shape[:2]
    unit = width / 480
    # What is bright over a wide area is sky or lit ground: only what is bright alone is a lamp.
    small = cv2.resize(image, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    wide = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (0, 0), max(0.5, 3 * unit))
    wide = cv2.resize(wide, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)[..., None] / 255
    gamma, level = 1 + (0.2 + 0.6 * u[1]) * strength, 1 - (0.25 + 0.35 * u[2]) * strength
    tint = 1 + strength * np.array([-0.14, -0.04, 0.12]) * u[3]
    dark = _through(image, (_LEVELS**gamma * level)[:, None] * tint) * (1 - np.float32(0.75 * strength) * wide)
    lamps = np.clip(image.astype(np.float32) - 255 * wide - 90, 0, None)
    glow = cv2.GaussianBlur(lamps, (0, 0), max(0.5, unit * (3 + 5 * u[0]))) * np.float32(strength * (1 + 2 * u[4]))
    grain = _noise(u[5], (height, width)) * np.float32(strength * (1 + 9 * u[6]))
    return np.asarray(np.clip(dark + glow + strength * lamps + grain[..., None], 0, 255), np.uint8)


def rain(image: Image, strength: float, u: Uniforms) -> Image:
    """Bright streaks falling aslant, a grey veil, and softer edges; the more the stronger."""
    height, width = image.shape[:2]
    unit = width / 480
    rng = np.random.default_rng(int(u[0] * 2**53))
    count = round((80 + 500 * u[1]) * strength * height / width) + 1
    slant = 0.5 * (2 * u[2] - 1)
    length = unit * (6 + 22 * u[3]) * rng.uniform(0.5, 1.5, count)
    start = rng.uniform(-0.1, 1.1, (count, 2)) * (width, height)
    end = start + np.column_stack([slant * length, length])
    layer = np.zeros((height, width), np.uint8)
    lines = np.round(np.stack([start, end], 1) * 16).astype(np.int32)
    cv2.polylines(
        layer, list(lines), isClosed=False, color=255, thickness=max(1, round(unit)), lineType=cv2.LINE_AA, shift=4
    )
    layer = cv2.GaussianBlur(layer, (0, 0), max(0.4, 0.6 * unit))
    veil = (0.1 + 0.25 * u[4]) * strength
    soft = cv2.GaussianBlur(image, (0, 0), max(0.3, unit * (0.3 + 0.7 * strength * u[5])))
    grey = float(image.mean())
    washed = soft * np.float32(1 - veil) + np.float32(veil * (0.5 * grey + 80))
    drops = layer[..., None] * np.float32((0.25 + 0.35 * u[6]) / 255)
    return np.asarray(np.clip(washed + drops * (235 - washed), 0, 255), np.uint8)


CHANGES: Final[dict[str, Callable[[Image, float, Uniforms], Image]]] = {
    "colour": colour,
    "hue": hue,
    "night": night,
    "rain": rain,
    "blur": blur,
}
"""By name, in the order in which they are applied: the world first, the lens last."""


def _mixed(image: Image, matrix: npt.NDArray[np.float64]) -> Image:
    """Every pixel's RGB through a 3 × 3 matrix, clipped."""
    return np.asarray(cv2.transform(image, matrix), np.uint8)


def _through(image: Image, curves: npt.NDArray[np.float64]) -> Image:
    """Every channel through its curve, (256, 3) in 0–1."""
    table = np.clip(np.round(curves * 255), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(image, table[:, None]), np.uint8)


def _streak(length: int, angle: float) -> Floats:
    """A filter that smears along a line of `length` pixels; sums to 1."""
    side = length | 1
    middle, reach = side // 2, length / 2
    ends = np.array([[np.cos(angle), np.sin(angle)], [-np.cos(angle), -np.sin(angle)]]) * reach + middle
    (x0, y0), (x1, y1) = np.round(ends * 16).astype(int).tolist()
    drawn = np.zeros((side, side), np.uint8)
    cv2.line(drawn, (x0, y0), (x1, y1), 255, 1, cv2.LINE_AA, shift=4)
    kernel: Floats = drawn.astype(np.float32)
    kernel /= max(float(kernel.sum()), 1.0)
    return kernel


def _noise(u: float, shape: tuple[int, int]) -> Floats:
    return np.random.default_rng(int(u * 2**53)).standard_normal(shape, dtype=np.float32)
