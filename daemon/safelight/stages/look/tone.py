"""Light and colour: brightness, contrast, colourfulness and what is burnt out or black. No picture content.

Colourfulness is Hasler and Süsstrunk, "Measuring colourfulness in natural images" (2003), divided by 150 and capped.
"""

from __future__ import annotations

import numpy as np

from safelight.stages.look.pixels import Working

_BURNT, _BLACK = 250, 5


def tone(picture: Working) -> dict[str, float]:
    """Signals `brightness`, `contrast`, `colourfulness` (scores 0–1) and `clipped` (share of pixels)."""
    small = picture.small.astype(np.float64)
    light = picture.small_lab[..., 0].astype(np.float64) / 100
    red, green, blue = small[..., 0], small[..., 1], small[..., 2]
    first, second = red - green, (red + green) / 2 - blue
    spread = np.hypot(first.std(), second.std())
    centre = np.hypot(first.mean(), second.mean())
    clipped = (small.min(axis=2) >= _BURNT) | (small.max(axis=2) <= _BLACK)
    return {
        "brightness": float(light.mean()),
        "contrast": float(np.clip(light.std() / 0.5, 0, 1)),
        "colourfulness": float(np.clip((spread + 0.3 * centre) / 150, 0, 1)),
        "clipped": float(clipped.mean()),
    }
