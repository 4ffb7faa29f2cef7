"""Border lines of a board above and below a row of text: the nearest line that holds along the text and is no letter.

For every slope and every distance the share of text columns with a clear colour step is scored; local maxima are taken
nearest first, and refused where the same board goes on behind them. See the module's constants for the measures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from safelight.stages.mask.board_strip import REACH, SAMPLES, Flags, Floats, Reals, Strip

Side = Literal[-1, 1]
"""-1 above the text, 1 below."""

STEPPED = 9.0
"""A colour step (Lab, L x .8) that counts as an edge."""
SLOPES = np.tan(np.radians(np.arange(-6.0, 6.01, 0.75)))
NEAREST = 0.56
LEAST = 0.42
"""Score from which a line is believed."""
RIM = 3.0
"""Heights within which the picture's own border ends a board that shows no line."""


@dataclass(frozen=True)
class Border:
    """A border as y = `y0` + `slope` x; `kind` says what it rests on."""

    y0: float
    slope: float
    kind: Literal["line", "picture", "guess"]
    score: float = 0.0

    def y(self, x: Reals) -> Reals:
        """The line."""
        return self.y0 + self.slope * x


def border(strip: Strip, side: Side, height: int) -> Border:
    """The board's border on one side of the row in a picture `height` pixels high."""
    middle = strip.row.middle
    for t, slope, score in _maxima(strip, side):
        ts = _line(strip, side * t, slope)
        if not _goes_on(strip, side, ts) and not _foot(strip, side, ts, t):
            y = float(strip.row.y(np.array([middle]))[0]) + side * t * strip.row.height
            total = strip.row.slope + slope
            return Border(y - total * middle, total, "line", score)
    end = 0.0 if side < 0 else height - 1.0
    distance = side * (end - float(strip.row.y(np.array([middle]))[0])) / strip.row.height
    if distance <= RIM and _reaches(strip, side):
        return Border(end, 0.0, "picture")
    return Border(strip.row.y0 + side * 0.85 * strip.row.height, strip.row.slope, "guess")


def _line(strip: Strip, t: float, slope: float) -> Reals:
    """t(x) of a line that leaves the row by `slope` (pixels a pixel) and crosses its middle at `t`."""
    row = strip.row
    ts: Reals = (t * row.height + slope * (strip.xs - row.middle)) / strip.heights
    return ts


def _maxima(strip: Strip, side: Side) -> list[tuple[float, float, float]]:
    """(distance t > 0, slope, score) of the local maxima, nearest first."""
    distances = np.arange(round(NEAREST * SAMPLES), REACH * SAMPLES) / SAMPLES
    columns = np.flatnonzero(strip.text)
    edge = strip.edge[:, columns]
    offsets = (strip.xs[columns] - strip.row.middle) / strip.heights[columns]
    ratio = strip.row.height / strip.heights[columns]
    scores = np.zeros((len(SLOPES), len(distances)))
    steps = np.zeros_like(scores)
    for i, slope in enumerate(SLOPES):
        ts = side * distances[:, None] * ratio[None, :] + slope * offsets[None, :]
        index = np.rint((ts + REACH) * SAMPLES).astype(int)
        good = (index >= 0) & (index < edge.shape[0])
        values = np.where(good, edge[np.clip(index, 0, edge.shape[0] - 1), np.arange(len(columns))], np.nan)
        seen = np.isfinite(values)
        count = seen.sum(axis=1)
        share = (np.where(seen, values, 0) > STEPPED).sum(axis=1) / np.maximum(count, 1)
        mean = np.where(seen, values, 0).sum(axis=1) / np.maximum(count, 1)
        enough = count >= 0.3 * len(columns)
        scores[i] = np.where(enough, share * np.minimum(1, mean / 18), 0)
        steps[i] = np.where(enough, share * mean, 0)
    return [(float(distances[j]), float(SLOPES[i]), float(scores[i, j])) for i, j in peaks(scores, steps)]


def peaks(scores: Reals, steps: Reals) -> list[tuple[int, int]]:
    """(slope, distance) of the believed local maxima, nearest first, from (slopes, distances) scores and mean steps.

    Scores saturate: a clear border scores 1 at every distance and slope that its step reaches. Its place is where the
    step itself is strongest.
    """
    best = steps.max(axis=0)
    wide = cv2.dilate(best[None, :].astype(np.float32), np.ones((1, 5), np.uint8))[0]
    tops = np.flatnonzero((best.astype(np.float32) >= wide) & (best > 0))
    found = [(int(np.argmax(steps[:, j])), int(j)) for j in tops]
    return [(i, j) for i, j in found if scores[i, j] > LEAST]


def _goes_on(strip: Strip, side: Side, ts: Reals) -> bool:
    """Whether behind the line most columns have the colour that lies just inside it: an inner frame, a logo."""
    inside = _mean(strip, ts, side, (-0.3, -0.1))
    beyond = _mean(strip, ts, side, (0.1, 0.3))
    distance = np.sqrt(((inside - beyond) ** 2).sum(axis=1))[strip.text]
    known = np.isfinite(distance)
    return bool(known.any()) and float((distance[known] < 10).mean()) > 0.45


def _foot(strip: Strip, side: Side, ts: Reals, t: float) -> bool:
    """Whether a line is the letters' own edge or a pattern: behind it lies a main colour of the text box.

    Far lines are held against the ground of the letters only: white letters may well stand before a white sky.
    """
    beyond = _mean(strip, ts, side, (0.1, 0.3))[strip.text]
    known = np.isfinite(beyond).all(axis=1)
    colours, most = (main_colours(strip.lab[_box(strip)], 4, 0.1), 0.25) if t < 0.9 else (ground(strip), 0.6)
    if not known.any() or not len(colours):
        return False
    return float((nearest(beyond[known], colours) < 9).mean()) > most


def ground(strip: Strip) -> Floats:
    """(n, 3): what the letters stand on: the main colours of the rim of the text boxes, which letters hardly reach."""
    rim = (np.abs(strip.ts) > 0.42) & (np.abs(strip.ts) < NEAREST)
    return main_colours(strip.lab[rim[:, None] & strip.text[None, :] & strip.seen], 3, 0.2)


def _reaches(strip: Strip, side: Side) -> bool:
    """Whether most of what lies between the text and the picture's border has a main colour of the text box."""
    between = (strip.text & (side * strip.ts > NEAREST)[:, None]) & strip.seen
    rest, colours = strip.lab[between], main_colours(strip.lab[_box(strip)], 4, 0.1)
    return not len(rest) or (bool(len(colours)) and float((nearest(rest, colours) < 14).mean()) > 0.5)


def _box(strip: Strip) -> Flags:
    """(T, X): seen samples of the text boxes."""
    tall: Flags = (np.abs(strip.ts) <= 0.5)[:, None] & strip.text[None, :] & strip.seen
    return tall


def _mean(strip: Strip, ts: Reals, side: Side, span: tuple[float, float]) -> Floats:
    """(X, 3) mean colour of the samples between two distances beyond the line (negative = inside)."""
    total = np.zeros((len(strip.xs), 3), np.float32)
    count = np.zeros(len(strip.xs), np.float32)
    colour, share = strip.smooth
    for offset in np.arange(span[0], span[1] + 1e-6, 1 / SAMPLES):
        values = strip.along(colour, ts + side * offset)
        weight = np.where(np.isfinite(values[:, 0]), strip.along(share, ts + side * offset), 0)
        weight = np.nan_to_num(weight)
        total += np.nan_to_num(values) * weight[:, None]
        count += weight
    result: Floats = np.where(count[:, None] > 0.5, total / np.maximum(count, 1e-6)[:, None], np.nan)
    return result


def main_colours(samples: Floats, count: int, least: float) -> Floats:
    """(n, 3): k-means colours that hold at least `least` of the samples. Starts from evenly ranked lightness: no chance."""
    if len(samples) < 8 * count:
        return np.zeros((0, 3), np.float32)
    points = np.ascontiguousarray(samples[:: max(1, len(samples) // 6000)], np.float32)
    start = (np.argsort(np.argsort(points[:, 0], kind="stable"), kind="stable") * count // len(points)).astype(np.int32)
    stop = (cv2.TERM_CRITERIA_MAX_ITER, 20, 0.0)
    _, labels, means = cv2.kmeans(points, count, start[:, None], stop, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    share = np.bincount(labels.ravel(), minlength=count) / len(points)
    kept: Floats = means[share >= least]
    return kept


def nearest(colours: Floats, among: Floats) -> Floats:
    """(...,): distance of each colour to the nearest of `among` (n, 3)."""
    result = np.full(colours.shape[:-1], np.inf, np.float32)
    for colour in among:
        result = np.minimum(result, np.sqrt(((colours - colour) ** 2).sum(axis=-1)))
    return result
