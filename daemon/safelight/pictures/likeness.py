"""A 64-bit fingerprint of what a picture looks like: bursts and near-duplicates have close ones.

The difference hash (N. Krawetz, "Kind of like that", 2013): grey, 9 by 8 cells, one bit for each pair of neighbours.
Two photographs of one scene differ by a few bits, strangers by about 32.
"""

from __future__ import annotations

import numpy as np
from PIL import Image as Pillow

from safelight.pictures.formats import Image


def fingerprint(image: Image) -> int:
    """64 bits, row by row from the top left, 1 where the right neighbour is darker."""
    small = Pillow.fromarray(image).convert("L").resize((9, 8), Pillow.Resampling.BOX)
    cells = np.asarray(small, np.int16)
    bits = (cells[:, :-1] > cells[:, 1:]).ravel()
    return int("".join("1" if bit else "0" for bit in bits), 2)


def distance(one: int, other: int) -> int:
    """How many of the 64 bits differ: 0 the same look, up to about 10 alike."""
    return (one ^ other).bit_count()
