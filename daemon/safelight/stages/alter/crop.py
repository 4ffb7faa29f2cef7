"""`crop_away`: the largest part of a picture that avoids a mask, or the honest answer that there is none.

Promise: the rectangle holds no pixel of the mask, cuts through nothing that is to be kept (a car half in the picture is
worse than the advertising), contains the largest thing to be kept, has the shape of a photograph (between 1:2 and 2:1,
or as long as the picture itself), and leaves at least 35 % of it; else None, and a person is asked. Pure numpy on a
grid of at most 160 cells a side, rounded towards safety: exact to about half a percent of the picture's side.

For each top edge all bottom edges and all left edges are tried at once; the widest allowed right edge follows from
running minima and maxima.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from safelight.stages.base import Mask

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Rectangle = tuple[int, int, int, int]
"""left, top, right, bottom in pixels; right and bottom are just outside."""

CELLS = 160
LEAST_AREA = 0.35
LONGEST_ASPECT = 2.0
_CENTRING = 0.02  # a crop this much smaller is preferred when it lies in the middle


def crop_rectangle(mask: Mask, size: tuple[int, int], keep: Mask | None = None) -> Rectangle | None:
    """The largest allowed rectangle of a picture of `size` (width, height) pixels, or None.

    `mask` and `keep` are (height, width) 0–1 of any one size that covers the picture; from 0.5 they count.
    """
    across, down = size
    rows, columns = _edges(mask.shape[0], down), _edges(mask.shape[1], across)
    avoid = _reduced(mask >= 0.5, rows, columns)
    kept = np.zeros_like(avoid) if keep is None else _reduced(keep >= 0.5, rows, columns)
    y, x = _in_picture(rows, mask.shape[0], down), _in_picture(columns, mask.shape[1], across)
    best = _largest(avoid, kept, y, x, max(LONGEST_ASPECT, across / down, down / across))
    if best is None or (best[2] - best[0]) * (best[3] - best[1]) < LEAST_AREA * across * down:
        return None
    return best


def _edges(cells: int, pixels: int) -> Ints:
    """Borders of the grid's cells along one axis of the mask."""
    count = min(cells, pixels, CELLS)
    return np.linspace(0, cells, count + 1).round().astype(np.int64)


def _reduced(pixels: Bools, rows: Ints, columns: Ints) -> Bools:
    """True where any pixel of the cell is."""
    return np.logical_or.reduceat(np.logical_or.reduceat(pixels, rows[:-1], 0), columns[:-1], 1)


def _in_picture(edges: Ints, cells: int, pixels: int) -> Ints:
    """The grid's borders in pixels of the picture."""
    return np.asarray(np.rint(edges * (pixels / cells)), np.int64)


@dataclass(frozen=True)
class _Bottoms:
    """One top edge with each bottom edge below it: columns that are shut, edges that would cut, heights in pixels."""

    shut: Bools
    bad_edge: Bools
    height: npt.NDArray[np.float64]
    centred: npt.NDArray[np.float64]


def _largest(avoid: Bools, kept: Bools, y: Ints, x: Ints, longest: float) -> Rectangle | None:
    need = _main_thing(kept)
    cut_x = _count_down(np.pad(kept[:, 1:] & kept[:, :-1], ((0, 0), (1, 1))))
    cut_y = np.pad(kept[1:] & kept[:-1], ((1, 1), (0, 0)))
    blocked = _count_down(avoid)
    middle = (y[0] + y[-1]) / 2 if need is None else (y[need[1]] + y[need[3]]) / 2
    best: tuple[float, Rectangle] | None = None
    for top in range(avoid.shape[0] if need is None else need[1] + 1):
        bottoms = np.arange(top + 1 if need is None else need[3], avoid.shape[0] + 1)
        rows = _Bottoms(
            (blocked[bottoms] > blocked[top]) | cut_y[top] | cut_y[bottoms],
            cut_x[bottoms] > cut_x[top],
            (y[bottoms] - y[top]).astype(float),
            1 - _CENTRING * np.abs((y[bottoms] + y[top]) / 2 - middle) / y[-1],
        )
        found = _widest(rows, x, longest, need)
        if found is not None and (best is None or found[0] > best[0]):
            score, row, left, right = found
            best = score, (int(x[left]), int(y[top]), int(x[right]), int(y[bottoms[row]]))
    return None if best is None else best[1]


def _widest(rows: _Bottoms, x: Ints, longest: float, need: Rectangle | None) -> tuple[float, int, int, int] | None:
    """Best (area, drawn to the middle; bottom's index; left; right) for one top: row = bottom edge, column = left."""
    height = rows.height[:, None]
    count = rows.shut.shape[1]
    places = np.arange(count + 1)
    # Behind each left edge the columns are free up to `stop`, the first shut one.
    blocked_at = np.where(rows.shut, places[:-1], count)
    stop = np.pad(np.minimum.accumulate(blocked_at[:, ::-1], 1)[:, ::-1], ((0, 0), (0, 1)), constant_values=count)
    reach = np.searchsorted(x, x[None, :] + height * longest, side="right") - 1
    good = np.maximum.accumulate(np.where(rows.bad_edge, -1, places), 1)
    right = np.take_along_axis(good, np.minimum(stop, reach), 1)
    width = (x[np.maximum(right, 0)] - x).astype(float)
    allowed = (~rows.bad_edge) & (right > places) & (width * longest >= height)
    middle = (x[0] + x[-1]) / 2
    if need is not None:
        allowed &= (places <= need[0]) & (right >= need[2])
        middle = (x[need[0]] + x[need[2]]) / 2
    centred = 1 - _CENTRING * np.abs(x + width / 2 - middle) / x[-1]
    score = np.where(allowed, width * height * centred * rows.centred[:, None], 0)
    row, left = divmod(int(score.argmax()), count + 1)
    if score[row, left] <= 0:
        return None
    return float(score[row, left]), row, left, int(right[row, left])


def _count_down(cells: Bools) -> Ints:
    """How many are set above each row border: (rows + 1, columns)."""
    return np.pad(cells.cumsum(0), ((1, 0), (0, 0))).astype(np.int64)


def _main_thing(kept: Bools) -> Rectangle | None:
    """Left, top, right, bottom (in cells) of the largest connected thing to be kept, or None."""
    if not kept.any():
        return None
    names = np.where(kept, np.arange(1, kept.size + 1).reshape(kept.shape), 0)
    while True:  # the highest name spreads until each thing bears one
        spread = np.pad(names, 1)
        grown = np.maximum.reduce([spread[:-2, 1:-1], spread[2:, 1:-1], spread[1:-1, :-2], spread[1:-1, 2:], names])
        grown = np.where(kept, grown, 0)
        if (grown == names).all():
            break
        names = grown
    counts = np.bincount(names.ravel())
    counts[0] = 0
    thing = names == counts.argmax()
    rows, columns = np.flatnonzero(thing.any(1)), np.flatnonzero(thing.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
