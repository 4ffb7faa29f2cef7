"""A photo's hole painted window by window with a network of limited size: where it looks, and how what it painted is set in.

Never the whole photo: windows around the parts of the mask (see `crops`) are painted near the size the network was trained
at, each seeing what those before it painted, and set into the hole alone with the light and the grain of the photo (see
`seams`). Pixels outside the hole are never written. Finished in memory or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

import numpy as np

from safelight.model.errors import StageError
from safelight.stages import progress
from safelight.stages.base import Image
from safelight.stages.inpaint import crops
from safelight.stages.inpaint.seams import Flags, Floats, Grain, met

Size = tuple[int, int]
"""(height, width) in pixels."""


class Painter(Protocol):
    """A network that paints windows."""

    @property
    def step(self) -> int:
        """What the sides of what it sees are multiples of."""

    @property
    def steps(self) -> int:
        """How often it tells of a window."""

    def paint(self, known: Image, hole: Flags, size: Size, seed: int, each: Callable[[int], None]) -> Floats:
        """(h, w, 3) in 0–255: the window painted near `size`, at its own size again; `each` hears 1 to `steps`."""


def painted(image: Image, hole: Flags, painter: Painter, native: int, seed: int) -> Image:
    """The photo with `hole` painted; `native` is the side of a window as the network sees it.

    Raises StageError for a mask that would take more than `crops.MOST` windows, before the first is painted.
    """
    placed = crops.windows(hole, native)
    if len(placed) > crops.MOST:
        reason = f"the mask would take {len(placed)} pictures of {native} pixels, at most {crops.MOST} are painted"
        raise StageError(stage="inpaint", reason=reason)
    result, open_ = image.copy(), hole.copy()
    grain = Grain(image, hole)
    seeds = np.random.default_rng(seed).integers(0, 2**62, (max(1, len(placed)), 2)).tolist()
    for index, window in enumerate(placed):
        view = window.slices
        missing = open_[view]
        taken = missing & crops.settled(index, placed)
        if not taken.any():
            continue
        scale = max(1.0, max(window.height, window.width) / native)
        size = _fitting((window.height, window.width), scale, painter.step)
        each = partial(_told, index, len(placed), painter.steps)
        fresh = painter.paint(result[view], missing, size, seeds[index][0], each)
        fresh = grain.added(met(fresh, result[view], missing, scale), taken, seeds[index][1])
        result[view][taken] = np.rint(np.clip(fresh[taken], 0, 255)).astype(np.uint8)
        open_[view] &= ~taken
    return result


def _told(window: int, windows: int, steps: int, step: int) -> None:
    progress.say(window * steps + step, windows * steps)


def _fitting(size: Size, scale: float, step: int) -> Size:
    """The size at which the network sees a window: sides are whole multiples of what its layers halve."""
    height, width = (max(step, round(side / scale / step) * step) for side in size)
    return height, width
