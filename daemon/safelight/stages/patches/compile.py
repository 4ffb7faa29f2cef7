"""Compile every kernel once, before the first photo: `python -m safelight.stages.patches.compile`.

Compiled code is kept on disk by numba, beside the modules or in the user's cache folder where these cannot be written.
The backends are run on tiny pictures with the argument types of real work, for each patch size that they use.
"""

from __future__ import annotations

import numpy as np

from safelight.stages.base import Image, Mask, Painting
from safelight.stages.inpaint.patches import Patches as Filler
from safelight.stages.stylize.brush import Brush
from safelight.stages.stylize.patches import Patches as Painter


def warm() -> None:
    """Compile, or load from disk, all that painting and inpainting need."""
    noise = np.random.default_rng(0)
    photo: Image = noise.integers(0, 256, (96, 128, 3), dtype=np.uint8)
    mask: Mask = np.zeros(photo.shape[:2], np.float32)
    mask[40:56, 50:80] = 1
    strokes: Image = noise.integers(0, 256, (160, 128, 3), dtype=np.uint8)
    tiles: Image = noise.integers(0, 256, (14, 14, 3), dtype=np.uint8).repeat(12, axis=0).repeat(12, axis=1)
    # Two kinds of style: the engine uses patches of 7 for strokes and of 9 for tiles.
    for style in (strokes, tiles):
        Painter().stylize(photo, Painting(style), 0)
    Brush().stylize(photo, Painting(strokes), 0)
    Filler().inpaint(photo, mask, "nothing", 0)


if __name__ == "__main__":
    warm()
