"""Smaller pictures: for views, cards, painting sizes and quick looks.

Promise: never enlarges, keeps the aspect to the pixel that rounding allows, the same bytes in give the same out.
"""

from __future__ import annotations

import numpy as np
from PIL import Image as Pillow

from safelight.pictures.decode import DEFAULT_LIMITS, arrived_format, opened, upright
from safelight.pictures.encode import jpeg
from safelight.pictures.formats import Image


def fitted_size(width: int, height: int, longest: int) -> tuple[int, int]:
    """(width, height) scaled so that the longer side is at most `longest`; no side below 1."""
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def fit(image: Image, longest: int) -> Image:
    """The picture with its longer side at most `longest` pixels (Lanczos); a smaller one comes back as it is."""
    height, width = image.shape[:2]
    size = fitted_size(width, height, longest)
    if size == (width, height):
        return image
    return np.array(Pillow.fromarray(image).resize(size, Pillow.Resampling.LANCZOS))


def thumbnail(data: bytes, longest: int) -> Image:
    """A small upright picture of the file; JPEG is decoded at a fraction of its size. Errors as `decode`."""
    name = arrived_format(data)
    with opened(data, name, DEFAULT_LIMITS, []) as picture:
        if name == "JPEG":
            # Twice the size wanted, so that the last step down is ours and not the decoder's coarse one.
            picture.draft(None, (2 * longest, 2 * longest))
        small = np.array(upright(picture, []))
    return fit(small, longest)


def thumbnail_jpeg(data: bytes, longest: int, quality: int = 85) -> bytes:
    """`thumbnail` as JPEG without metadata."""
    return jpeg(thumbnail(data, longest), quality)
