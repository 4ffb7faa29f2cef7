"""The picture along a row of text, column by column: what border lines and extents are looked for in.

A strip holds Lab samples at t = -9..9 text heights from the row's centre line, 20 a height, for every second column of
the picture. What car and people hide, and what lies outside the picture, is unseen and never counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.mask.board_rows import Row

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Reals = npt.NDArray[np.float64]

REACH = 9
SAMPLES = 20
STEP = 2
"""Pixels between columns."""


@dataclass(frozen=True)
class Strip:
    """`lab` (T, X, 3) float32 with L x .8; `seen` (T, X); `xs` (X,) pixels; `ts` (T,) heights."""

    row: Row
    lab: Floats
    seen: Flags
    within: Flags
    xs: Reals
    ts: Reals

    @cached_property
    def heights(self) -> Reals:
        """(X,) pixels a text height has at each column."""
        return self.row.heights(self.xs)

    @cached_property
    def text(self) -> Flags:
        """(X,): columns under a string of the row."""
        flags = np.zeros(len(self.xs), bool)
        for line in self.row.lines:
            across = [x for x, _ in line.polygon]
            flags |= (self.xs >= min(across)) & (self.xs <= max(across))
        return flags

    @cached_property
    def smooth(self) -> tuple[Floats, Floats]:
        """(T, X, 3) colours averaged half a height along the row, and (T, X) how much of that was seen."""
        width = max(1, round(0.5 * self.row.height / STEP))
        share = cv2.blur(self.seen.astype(np.float32), (width, 1), borderType=cv2.BORDER_REPLICATE)
        total = cv2.blur(self.lab * self.seen[..., None], (width, 1), borderType=cv2.BORDER_REPLICATE)
        return total / np.maximum(share, 1e-6)[..., None], share

    @cached_property
    def edge(self) -> Floats:
        """(T, X): the colour step across each t, NaN where too little was seen on either side."""
        colour, share = self.smooth
        count = max(1, round(0.2 * SAMPLES))
        weighted = np.cumsum(np.pad(colour * share[..., None], ((1, 0), (0, 0), (0, 0))), axis=0, dtype=np.float64)
        weights = np.cumsum(np.pad(share, ((1, 0), (0, 0))), axis=0, dtype=np.float64)
        result = np.full(share.shape, np.nan, np.float32)
        at = np.arange(count, len(self.ts) - count)
        above, below = weights[at] - weights[at - count], weights[at + count] - weights[at]
        step = (weighted[at + count] - weighted[at]) / np.maximum(below, 1e-6)[..., None]
        step -= (weighted[at] - weighted[at - count]) / np.maximum(above, 1e-6)[..., None]
        enough = (above > 0.3 * count) & (below > 0.3 * count)
        result[at] = np.where(enough, np.sqrt((step**2).sum(axis=2)), np.nan)
        return result

    def t(self, ys: Reals) -> Reals:
        """Image y at every column as t."""
        return (ys - self.row.y(self.xs)) / self.heights

    def index(self, ts: Reals) -> npt.NDArray[np.intp]:
        """The sample row nearest to each t, kept within the strip."""
        return np.clip(np.rint((ts + REACH) * SAMPLES), 0, len(self.ts) - 1).astype(np.intp)

    def along(self, field: Floats | Flags, ts: Reals) -> npt.NDArray[np.float32]:
        """(X, ...) `field` on the line t(x); NaN beyond the strip."""
        values = field[self.index(ts), np.arange(len(self.xs))].astype(np.float32)
        values[np.abs(ts) > REACH] = np.nan
        return values


def strip(lab: Floats, hidden: Flags, row: Row) -> Strip:
    """Sample `lab` (h, w, 3), already L x .8, along the row; `hidden` (h, w) is what stands in front."""
    height, width = hidden.shape
    xs = np.arange(0, width, STEP, dtype=np.float64)
    ts = np.arange(-REACH * SAMPLES, REACH * SAMPLES + 1) / SAMPLES
    ys = row.y(xs)[None, :] + ts[:, None] * row.heights(xs)[None, :]
    across = np.broadcast_to(xs, ys.shape).astype(np.float32)
    down = ys.astype(np.float32)
    values = cv2.remap(lab, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    covered = cv2.remap(hidden.astype(np.uint8), across, down, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    within = (ys >= 0) & (ys <= height - 1)
    return Strip(row, values, (covered == 0) & within, within, xs, ts)
