"""Mask files back to masks: our own, and those that people draw.

Promise: white is change, black is keep, whatever the format; transparent counts as keep.
"""

from __future__ import annotations

import numpy as np

from safelight.pictures.colour import eight_bit
from safelight.pictures.decode import DEFAULT_LIMITS, arrived_format, opened
from safelight.pictures.formats import Mask


def read_mask(data: bytes, *, soft: bool = False) -> Mask:
    """(height, width) float32: 0 or 1, or the steps between when `soft`. Errors as `decode`."""
    with opened(data, arrived_format(data), DEFAULT_LIMITS, []) as picture:
        drawn = eight_bit(picture, []).convert("RGBA")
        paper = drawn.getchannel("A")
        grey = np.asarray(drawn.convert("L"), np.float32) * np.asarray(paper, np.float32) / (255.0 * 255.0)
    return grey.astype(np.float32) if soft else (grey >= 0.5).astype(np.float32)
