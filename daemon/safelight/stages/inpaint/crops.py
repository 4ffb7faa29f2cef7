"""Where a network of limited size looks at a mask: square windows with surroundings. Pure geometry, no pixels are made.

Parts of the mask near each other share a window; a part that no window can hold is covered by overlapping ones, in an
order in which each sees what those before it made. A window is never larger than `COARSEST` times the network's own size,
so the memory a photo takes does not grow with the photo.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]

COARSEST = 2.0
"""Pixels of the photo for one of the network, at most: beyond, what is painted would look soft."""
AROUND = 1.5
"""Side of a window in sides of what it is to fill: half of that again is surroundings."""
OVERLAP = 0.25
"""Part of a window that the next one of a large mask shares."""
MOST = 48
"""Windows of one photo, at most: more would take a processor a night."""
_COARSE = 2000
"""Longest side at which parts of a mask are told apart."""


@dataclass(frozen=True, order=True)
class Window:
    """A rectangle of the photo in pixels; bottom and right are exclusive."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """For indexing an array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    def joined(self, other: Window) -> Window:
        """The smallest one around both."""
        return Window(
            min(self.top, other.top), min(self.left, other.left),
            max(self.bottom, other.bottom), max(self.right, other.right),
        )  # fmt: skip

    def grown(self, margin: int) -> Window:
        """Larger on all sides, perhaps beyond the photo."""
        return Window(self.top - margin, self.left - margin, self.bottom + margin, self.right + margin)

    def meets(self, other: Window) -> bool:
        """Whether they share a pixel."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


def windows(hole: Flags, native: int) -> list[Window]:
    """The windows that together cover `hole` (h, w), in the order to paint them; `native` is the network's side.

    Empty for an empty hole. Each shows at least `native` pixels of the photo on each side, where the photo has so many.
    """
    largest = round(native * COARSEST)
    found: list[Window] = []
    for part in parts(hole, native // 4, round(largest / AROUND)):
        side = max(native, round(AROUND * max(part.height, part.width)))
        placed = [_square(part, side, hole.shape)] if side <= largest else tiles(part, largest, hole.shape)
        found += [window for window in placed if hole[window.slices].any()]
    return found


def parts(hole: Flags, near: int, largest: int) -> list[Window]:
    """Boxes of the connected parts, those within `near` pixels of each other joined while they stay below `largest`."""
    step = max(1, -(-max(hole.shape) // _COARSE))
    rows, columns = (np.arange(0, size, step) for size in hole.shape)
    coarse = np.maximum.reduceat(np.maximum.reduceat(hole, rows, axis=0), columns, axis=1)
    count, _, stats, _ = cv2.connectedComponentsWithStats(coarse.astype(np.uint8), connectivity=8)
    boxes = [
        Window(y * step, x * step, min((y + h) * step, hole.shape[0]), min((x + w) * step, hole.shape[1]))
        for x, y, w, h, _ in stats[1:count].tolist()
    ]
    boxes.sort()
    joined = True
    while joined:
        joined = False
        kept: list[Window] = []
        for box in boxes:
            for index, other in enumerate(kept):
                both = box.joined(other)
                inside = both in (box, other)
                if inside or (box.grown(near).meets(other) and max(both.height, both.width) <= largest):
                    kept[index], joined = both, True
                    break
            else:
                kept.append(box)
        boxes = kept
    return sorted(boxes)


def tiles(part: Window, side: int, shape: tuple[int, ...]) -> list[Window]:
    """Overlapping windows of `side` pixels over a part and some surroundings, row by row."""
    return [
        Window(top, left, top + min(side, shape[0]), left + min(side, shape[1]))
        for top in _starts(part.top, part.bottom, side, shape[0])
        for left in _starts(part.left, part.right, side, shape[1])
    ]


def _starts(first: int, end: int, side: int, size: int) -> list[int]:
    """Where windows of `side` begin along one axis to cover first–end evenly, within 0–size."""
    if side >= size:
        return [0]
    margin = round(side * OVERLAP / 2)
    low, high = max(0, first - margin), min(size, end + margin)
    if high - low <= side:
        return [_placed((first + end) / 2, side, size)]
    count = -(-(high - low - side) // round(side * (1 - OVERLAP))) + 1
    return [round(low + index * (high - low - side) / (count - 1)) for index in range(count)]


def _square(part: Window, side: int, shape: tuple[int, ...]) -> Window:
    top = _placed((part.top + part.bottom) / 2, side, shape[0])
    left = _placed((part.left + part.right) / 2, side, shape[1])
    return Window(top, left, min(top + side, shape[0]), min(left + side, shape[1]))


def _placed(middle: float, side: int, size: int) -> int:
    return max(0, min(round(middle - side / 2), size - side))


def settled(index: int, placed: list[Window]) -> Flags:
    """(h, w) of window `index`: what is taken from it for good. The rim that a later window sees better is left to that."""
    window = placed[index]
    taken = np.ones((window.height, window.width), np.bool_)
    for later in placed[index + 1 :]:
        if not window.meets(later):
            continue
        shared = np.zeros_like(taken)
        shared[
            max(0, later.top - window.top) : max(0, later.bottom - window.top),
            max(0, later.left - window.left) : max(0, later.right - window.left),
        ] = True
        taken &= ~(shared & _rim(window, later))
    return taken


def _rim(window: Window, later: Window) -> Flags:
    """The half of the overlap that lies nearer to the middle of the later window."""
    y = np.arange(window.top, window.bottom)[:, None] + 0.5
    x = np.arange(window.left, window.right)[None, :] + 0.5

    def away(of: Window) -> npt.NDArray[np.float64]:
        down, across = np.abs(y - (of.top + of.bottom) / 2) / of.height, np.abs(x - (of.left + of.right) / 2) / of.width
        return np.asarray(np.maximum(down, across), np.float64)

    nearer: Flags = away(later) < away(window)
    return nearer
