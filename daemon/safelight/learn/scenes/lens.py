"""What lens, sensor and file do to linear light: sweep of a pan, depth blur, bloom, tone curve, vignette, grain, JPEG.

Linear light (h, w, 3) float32 in, (h, w, 3) uint8 sRGB out. The JPEG file itself is kept beside the picture, so that
what is written to a card is exactly what was measured.
"""

from __future__ import annotations

import io
import itertools
import math

import cv2
import numpy as np
from PIL import Image

from safelight.learn.scenes.compiled import Bytes, Floats
from safelight.learn.scenes.light import Light


def sweep(picture: Floats, length: float, angle: float = 0.0) -> Floats:
    """Motion blur along a line of `length` pixels, `angle` degrees from the horizontal."""
    if length < 1.5:
        return picture
    size = math.ceil(length) | 1
    kernel = np.zeros((size, size), np.float32)
    half = size // 2
    for t in np.linspace(-length / 2, length / 2, size * 8):
        x, y = half + t * math.cos(math.radians(angle)), half + t * math.sin(math.radians(angle))
        i, j = min(size - 2, int(x)), min(size - 2, int(y))
        fx, fy = x - i, y - j
        for dj, wy in ((0, 1 - fy), (1, fy)):
            for di, wx in ((0, 1 - fx), (1, fx)):
                kernel[j + dj, i + di] += wx * wy
    kernel /= kernel.sum()
    if angle == 0:
        kernel = kernel.sum(axis=0, keepdims=True)
    return np.asarray(cv2.filter2D(picture, -1, kernel, borderType=cv2.BORDER_REFLECT), np.float32)


def defocus(picture: Floats, depth: Floats, focus: float, strength: float) -> Floats:
    """Depth blur: circle of confusion `strength` px for infinity when focused at `focus` metres."""
    if strength < 0.7:
        return picture
    circle = np.minimum(np.abs(1 - focus / np.maximum(depth, 0.3)), 2.0) * strength
    circle = cv2.GaussianBlur(circle.astype(np.float32), (0, 0), 2.0)
    radii = [0.0, 1.5, 3.0, 6.0, 12.0]
    result = picture.copy()
    for low, high in itertools.pairwise(radii):
        if float(circle.max()) <= low:
            break
        size = int(high) * 2 + 1
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)).astype(np.float32)
        soft = cv2.filter2D(picture, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)
        share = np.clip((circle - low) / (high - low), 0, 1)
        share = share[..., None] if picture.ndim == 3 else share
        result = result * (1 - share) + soft * share
    return np.asarray(result, np.float32)


def bloom(picture: Floats, amount: float) -> Floats:
    """Light that strays around what is very bright."""
    if amount <= 0:
        return picture
    height, width = picture.shape[:2]
    small = cv2.resize(np.minimum(picture, 30.0), (width // 4, height // 4), interpolation=cv2.INTER_AREA)
    bright = np.maximum(small - 1.6, 0)
    stray = cv2.GaussianBlur(bright, (0, 0), width / 1600 * 3) * 0.5
    stray += cv2.GaussianBlur(bright, (0, 0), width / 1600 * 14) * 0.9
    stray += cv2.GaussianBlur(bright, (0, 0), width / 1600 * 48) * 0.8
    return np.asarray(picture + amount * cv2.resize(stray, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def develop(picture: Floats, light: Light, seed: int, quality: int = 90, vignette: float = 0.25) -> tuple[Bytes, bytes]:
    """The finished picture as a viewer decodes it, and the bytes of its JPEG file (without metadata)."""
    height, width = picture.shape[:2]
    value = bloom(picture * np.float32(light.exposure), light.bloom)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    radius = ((x / width - 0.5) ** 2 + ((y / height - 0.5) * height / width) ** 2) / 0.36
    value *= (1 - vignette * radius)[..., None] * np.array(light.tint, np.float32)
    # a film-like shoulder (Narkowicz 2015, fitted to ACES), softened
    value = np.clip(value * 0.9, 0, 60)
    value = value * (2.51 * value + 0.03) / (value * (2.43 * value + 0.59) + 0.14)
    value = np.clip(value, 0, 1)
    code = np.where(value <= 0.0031308, value * 12.92, 1.055 * np.power(np.maximum(value, 1e-6), 1 / 2.4) - 0.055)
    rng = np.random.default_rng([seed, 7])
    grey = rng.standard_normal((height, width), dtype=np.float32)
    grey = cv2.GaussianBlur(grey, (0, 0), 0.55) * 1.5
    tinted = cv2.GaussianBlur(rng.standard_normal((height // 2, width // 2, 3), dtype=np.float32), (0, 0), 0.7)
    tinted = cv2.resize(tinted, (width, height), interpolation=cv2.INTER_LINEAR)
    level = light.grain * (0.55 + 0.9 * np.sqrt(np.maximum(1 - code.mean(axis=2), 0)))
    code = code + (grey * level)[..., None] + tinted * (level * 0.7)[..., None]
    # lenses bend red and blue a little differently towards the corners
    code[..., 0] = _scaled(code[..., 0], 1.00035)
    code[..., 2] = _scaled(code[..., 2], 0.99965)
    pixels = np.clip(code * 255 + 0.5, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling=2, optimize=False)
    data = file.getvalue()
    with Image.open(io.BytesIO(data)) as opened:
        return np.asarray(opened.convert("RGB")), data


def _scaled(channel: Floats, by: float) -> Floats:
    height, width = channel.shape
    matrix = np.array([[by, 0, width / 2 * (1 - by)], [0, by, height / 2 * (1 - by)]])
    return np.asarray(
        cv2.warpAffine(channel, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    )
