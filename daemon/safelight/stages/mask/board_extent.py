"""How far a board reaches along its row: walk out while border lines or the board's colours hold, and fit the lines anew.

Hidden columns (car, people) are crossed, not counted as board; real gaps end the walk. Four rounds widen the reach.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np

from safelight.stages.mask.board_lines import STEPPED, Border, Side, main_colours, nearest
from safelight.stages.mask.board_strip import REACH, SAMPLES, STEP, Flags, Floats, Reals, Strip

ALIKE = 14.0
"""Lab distance (L x .8) within which a sample has a board's colour."""
STEEPEST = np.tan(np.radians(3.5))
CLEAR = 18.0
"""A colour step beyond which more does not count."""
AWAY = 0.5
"""What the full radius costs an edge, in clear steps."""
BESIDE = 0.5
"""Heights from a string within which colours surely are the board's, not those of the air between two boards."""
OPEN = 6.0
"""Heights that a board with a side without a line goes beyond its strings: only colours could tell where it ends."""
RIM = 0.1
"""Heights inside the lines that the border's own blur takes."""
BRIDGE = 8.0
"""Strings of one row up to so many heights apart are on one board."""


@dataclass(frozen=True)
class Board:
    """Borders and the columns that belong, (X,) flags on the strip's columns."""

    upper: Border
    lower: Border
    columns: Flags


def extent(strip: Strip, upper: Border, lower: Border) -> Board:
    """The board around the row of `strip` between the two first border lines."""
    board = Board(upper, lower, strip.text.copy())
    firm = (upper, lower)
    farthest = 1e9 if upper.kind == lower.kind == "line" else OPEN
    for reach, radius in ((2.0, 0.25), (6.0, 0.25), (1e9, 0.25), (1e9, 0.18)):
        colours = background(strip, board, BESIDE)
        columns = walk(strip, board, colours, min(reach, farthest))
        board = replace(board, columns=columns)
        board = Board(
            refit(strip, board, -1, firm[0], colours, radius), refit(strip, board, 1, firm[1], colours, radius), columns
        )
    board = replace(board, columns=snapped(strip, board))
    return replace(board, columns=board.columns & ~gaps(strip, board))


def gaps(strip: Strip, board: Board) -> Flags:
    """(X,): columns between strings that have no colour of the board and lack a line: posts, air between two boards."""
    top, _, top_known = lined(strip, board.upper, 0.2)
    foot, _, foot_known = lined(strip, board.lower, 0.2)
    seen = inside(strip, board) & strip.seen
    alike = (nearest(strip.lab, background(strip, board, BESIDE)) < ALIKE) & seen
    share = alike.sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    bad = (share < 0.35) & ~(top & foot) & top_known & foot_known & ~strip.text
    size = max(1, round(0.2 * strip.row.height / STEP))
    opened = cv2.morphologyEx(bad.astype(np.uint8)[None, :], cv2.MORPH_CLOSE, np.ones((1, 2 * size + 1), np.uint8))
    opened = cv2.morphologyEx(opened, cv2.MORPH_OPEN, np.ones((1, 2 * size + 1), np.uint8))
    flags: Flags = (opened[0] > 0) & ~strip.text
    return flags


def inside(strip: Strip, board: Board, rim: float = 0.0) -> Flags:
    """(T, X): between the two lines, at least `rim` heights from both."""
    low, high = strip.t(board.upper.y(strip.xs)) + rim, strip.t(board.lower.y(strip.xs)) - rim
    flags: Flags = (strip.ts[:, None] >= low) & (strip.ts[:, None] <= high)
    return flags


def background(strip: Strip, board: Board, beside: float | None = None) -> Floats:
    """(n, 3): up to three main colours of the board outside its letters; only up to `beside` heights from a string."""
    columns = board.columns
    if beside is not None:
        size = 2 * max(1, round(beside * strip.row.height / STEP)) + 1
        columns = columns & (cv2.dilate(strip.text.astype(np.uint8)[None, :], np.ones((1, size), np.uint8))[0] > 0)
    # Blur and shadow of the border are no colours of the board: they would call all that is dark a board.
    area = inside(strip, board, RIM) & strip.seen & columns[None, :]
    # Beyond the text on a side that shows no line nothing is known to be board.
    area &= (board.upper.kind != "guess") | (strip.ts[:, None] > -0.5)
    area &= (board.lower.kind != "guess") | (strip.ts[:, None] < 0.5)
    ground = area & ~((np.abs(strip.ts) <= 0.55)[:, None] & strip.text[None, :])
    samples = strip.lab[ground]
    if len(samples) < 100:
        samples = strip.lab[area]
    return main_colours(samples, 3, 0.12)


def lined(strip: Strip, line: Border, radius: float) -> tuple[Flags, Reals, Flags]:
    """Per column: an edge near the line? at which t? and could it be seen at all?"""
    if line.kind == "picture":
        everywhere = np.ones(len(strip.xs), bool)
        return everywhere, strip.t(line.y(strip.xs)), everywhere
    at = strip.t(line.y(strip.xs))
    offsets = np.arange(-round(radius * SAMPLES), round(radius * SAMPLES) + 1) / SAMPLES
    values = np.stack([strip.along(strip.edge, at + offset) for offset in offsets])
    known = np.isfinite(values).any(axis=0) & (np.abs(at) < REACH)
    # Of clear edges the nearer one: a roof or a kerb beside the board often steps more than its border.
    clear = np.minimum(np.nan_to_num(values), CLEAR) / CLEAR - AWAY * np.abs(offsets)[:, None] / radius
    best = np.argmax(clear, axis=0)
    strong = np.nan_to_num(values).max(axis=0) > STEPPED
    return strong & known, at + offsets[best], known


def walk(strip: Strip, board: Board, colours: Floats, reach: float) -> Flags:
    """(X,): columns of the board, walking from the text to both sides, at most `reach` heights from it."""
    radius = 0.2
    top, _, top_known = lined(strip, board.upper, radius)
    foot, _, foot_known = lined(strip, board.lower, radius)
    area = inside(strip, board)
    seen = area & strip.seen
    count = seen.sum(axis=0)
    alike = (nearest(strip.lab, colours) < ALIKE) & seen
    share = alike.sum(axis=0) / np.maximum(count, 1)
    hidden = (count < 0.25 * np.maximum(1, area.sum(axis=0))) | ~(top_known | foot_known)
    width = max(1, round(0.6 * strip.row.height / STEP))
    both = cv2.blur((top & foot).astype(np.float32)[None, :], (width, 1))[0] > 0.5
    belongs = ~hidden & (both | ((share > 0.5) & (top | foot)))
    text = np.flatnonzero(strip.text)
    result = np.zeros(len(strip.xs), bool)
    tall = np.abs(board.lower.y(strip.xs) - board.upper.y(strip.xs))
    for direction, start, stop in ((-1, text[0], -1), (1, text[-1], len(strip.xs))):
        gap = plain = 0.0
        last = start
        for i in range(start, stop, direction):
            height = strip.heights[i]
            if abs(i - start) * STEP > reach * height:
                break
            coloured = share[i] > 0.3
            if belongs[i] or strip.text[i]:
                gap = 0.0
                # Beams, kerbs and roofs run on where a board has ended: lines alone carry no further than to its colours.
                last = i if coloured or strip.text[i] else last
            else:
                gap += (0.35 if hidden[i] else 1.0) * STEP / height
            plain = 0.0 if coloured or hidden[i] or strip.text[i] else plain + STEP / max(tall[i], 1.0)
            if gap > 1 or plain > 3.5:
                break
        low, high = sorted((int(start), int(last)))
        result[low : high + 1] = True
    result[text[0] : text[-1] + 1] |= _bridged(strip)[text[0] : text[-1] + 1]
    between = np.zeros_like(result)
    between[text[0] : text[-1] + 1] = belongs[text[0] : text[-1] + 1]
    return result | between


def _bridged(strip: Strip) -> Flags:
    """(X,): under the strings and between strings up to BRIDGE heights apart."""
    flags = strip.text.copy()
    edges = np.flatnonzero(np.diff(flags.astype(np.int8)))
    for a, b in pairwise(edges):
        if not flags[a + 1] and (b - a) * STEP <= BRIDGE * strip.heights[a]:
            flags[a : b + 1] = True
    return flags


def refit(strip: Strip, board: Board, side: Side, first: Border, colours: Floats, radius: float) -> Border:
    """The border through edge points of the board's columns, by RANSAC; never far in slope from the `first` line."""
    line = board.upper if side < 0 else board.lower
    if line.kind != "line":
        return line
    strong, at, _ = lined(strip, line, radius)
    inner = strip.along(strip.lab, at - side * 0.15)
    good = strong & board.columns & (nearest(inner, colours) < ALIKE)
    if good.sum() < 8:
        return line
    x = strip.xs[good]
    y = strip.row.y(x) + at[good] * strip.heights[good]
    near = np.maximum(1.0, 0.04 * strip.heights[good])
    random = np.random.default_rng(0)
    best, most = line, float((np.abs(y - line.y(x)) < near).sum())
    for _ in range(200):
        i, j = random.integers(0, len(x), 2)
        if abs(x[i] - x[j]) < 2 * strip.row.height:
            continue
        slope = (y[j] - y[i]) / (x[j] - x[i])
        if abs(slope - first.slope) > STEEPEST:
            continue
        hits = float((np.abs(y - y[i] - slope * (x - x[i])) < near).sum())
        if hits > most:
            best, most = Border(float(y[i] - slope * x[i]), float(slope), "line", line.score), hits
    agree = np.abs(y - best.y(x)) < 2 * near
    if agree.sum() >= 8 and np.ptp(x[agree]) > 2 * strip.row.height:
        slope, y0 = np.polyfit(x[agree], y[agree], 1)
        if abs(slope - first.slope) <= STEEPEST:
            return Border(float(y0), float(slope), "line", line.score)
    return best


def _to_the_rim(strip: Strip, board: Board, end: int, direction: int) -> bool:
    """Whether both lines go on from the `end` to the picture's border, not far away: panels of other colours follow."""
    rest = slice(end, None) if direction > 0 else slice(0, end + 1)
    tall = abs(float(board.lower.y(strip.xs[end : end + 1])[0] - board.upper.y(strip.xs[end : end + 1])[0]))
    top, _, _ = lined(strip, board.upper, 0.25)
    foot, _, _ = lined(strip, board.lower, 0.25)
    length = len(top[rest])
    return length * STEP < 1.5 * tall and float((top & foot)[rest].mean()) > 0.5


def snapped(strip: Strip, board: Board) -> Flags:
    """The columns with both ends moved to the strongest upright edge nearby, -.5 to 1.3 heights beyond."""
    columns = board.columns.copy()
    if not columns.any():
        return columns
    area = (inside(strip, board) & strip.seen).astype(np.float32)
    count = area.sum(axis=0)
    # Step between the mean colours of each column's few samples left and right of it, sample by sample.
    before, after = np.roll(strip.lab, 2, axis=1), np.roll(strip.lab, -2, axis=1)
    step = (np.sqrt(((after - before) ** 2).sum(axis=2)) * area).sum(axis=0) / np.maximum(count, 1)
    step[count < 4] = 0
    step[:2] = step[-2:] = 0
    where = np.flatnonzero(columns)
    for end, direction in ((where[0], -1), (where[-1], 1)):
        if _to_the_rim(strip, board, int(end), direction):
            columns[slice(end, None) if direction > 0 else slice(0, end + 1)] = True
            continue
        height = strip.heights[end] / STEP
        low, high = sorted((round(end - direction * 0.5 * height), round(end + direction * 1.3 * height)))
        low, high = max(0, low), min(len(columns) - 1, high)
        if high - low < 3:
            continue
        best = low + int(np.argmax(step[low : high + 1]))
        if step[best] < STEPPED:
            continue
        a, b = sorted((int(end), best))
        columns[a : b + 1] = (best - end) * direction > 0
        if direction < 0:
            columns[:best] = False
        else:
            columns[best + 1 :] = False
    return columns
