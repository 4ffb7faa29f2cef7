"""Compile every kernel of the engine once, so that the first photo does not wait: `python -m safelight.stages.patches.compile`.

Compiled code is kept on disk by numba (beside the modules, or in the user's cache folder where these cannot be
written). The backends are run on tiny pictures with the argument types of real work, for every patch size they use.
"""

from __future__ import annotations

import numpy as np

from safelight.stages.base import Image, Mask, Painting
from safelight.stages.inpaint.patches import Patches as Filler
from safelight.stages.stylize.brush import Brush
from safelight.stages.stylize.patches import Patches as Painter


def warm() -> None:
    """Compile, or load from disk, all that painting and inpainting need; some 20 s the first time, then 1."""
    noise = np.random.default_rng(0)
    photo: Image = noise.integers(0, 256, (96, 128, 3), dtype=np.uint8)
    style: Image = noise.integers(0, 256, (160, 128, 3), dtype=np.uint8)
    mask: Mask = np.zeros(photo.shape[:2], np.float32)
    mask[40:56, 50:80] = 1
    for strength in (0.3, 1.0):
        Painter().stylize(photo, Painting(style, strength), 0)
    Brush().stylize(photo, Painting(style), 0)
    Filler().inpaint(photo, mask, "nothing", 0)


if __name__ == "__main__":
    warm()
