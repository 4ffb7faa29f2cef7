"""The border of a board followed column by column: cloth sags and boards bend, where a straight line leaves strips.

The path of strongest colour steps near the fitted line, by dynamic programming: a step counts up to STRONG, leaving the
line and bending cost. Hidden columns and columns off the board cost nothing but the bending, so the path crosses them.
"""

from __future__ import annotations

import cv2
import numpy as np

from safelight.stages.mask.board_extent import ALIKE, BESIDE, Board, background
from safelight.stages.mask.board_lines import Side, nearest
from safelight.stages.mask.board_strip import SAMPLES, Floats, Reals, Strip

REACH = 0.5
"""Text heights the border may lie off the line."""
STRONG = 25.0
"""A colour step (Lab, L x .8) beyond which more does not count."""
BEND = 0.12
"""Cost of moving one sample, in strong steps."""
AWAY = 0.25
"""Cost of a column at full reach, in strong steps: the line is right unless the picture says otherwise."""


def borders(strip: Strip, board: Board) -> tuple[Reals, Reals]:
    """(X,) y of the upper and of the lower border at every column of the strip."""
    colours = background(strip, board, BESIDE)
    return followed(strip, board, -1, colours), followed(strip, board, 1, colours)


def followed(strip: Strip, board: Board, side: Side, colours: Floats) -> Reals:
    """(X,) y: the path near one line; the line itself where it is the picture's border or a guess."""
    line = board.upper if side < 0 else board.lower
    straight = line.y(strip.xs)
    if line.kind != "line":
        return straight
    at = strip.t(straight)
    offsets = np.arange(-round(REACH * SAMPLES), round(REACH * SAMPLES) + 1) / SAMPLES
    step = np.stack([np.nan_to_num(strip.along(strip.edge, at + offset)) for offset in offsets], axis=1)
    reward = np.minimum(step, STRONG) / STRONG - AWAY * np.abs(offsets)[None, :] / REACH
    # A border has the board on its inner side; other steps belong to fences, kerbs, the air between two boards.
    inner = np.stack([strip.along(strip.lab, at + offset - side * 0.15) for offset in offsets], axis=1)
    reward[nearest(np.nan_to_num(inner, nan=1e3), colours) >= ALIKE] = -AWAY
    reward[~board.columns] = 0
    path = best_path(reward.astype(np.float64))
    moved = offsets[path].astype(np.float32)[None, :]
    width = 2 * max(1, round(0.15 * strip.row.height / 2)) + 1
    smooth = cv2.GaussianBlur(moved, (width, 1), 0, borderType=cv2.BORDER_REPLICATE)[0]
    result: Reals = straight + smooth.astype(np.float64) * strip.heights
    return result


def best_path(reward: Reals) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """(X,) states of the path of most reward through (X, S), moving at most one state a column, BEND a move."""
    count, states = reward.shape
    total = reward[0].copy()
    came = np.zeros((count, states), np.intp)
    index = np.arange(states)
    for x in range(1, count):
        padded = np.pad(total, 1, constant_values=-np.inf)
        options = np.stack([total, padded[:-2] - BEND, padded[2:] - BEND])
        choice = options.argmax(axis=0)
        came[x] = index + np.array([0, -1, 1])[choice]
        total = options[choice, index] + reward[x]
    path = np.zeros(count, np.intp)
    path[-1] = int(total.argmax())
    for x in range(count - 1, 0, -1):
        path[x - 1] = came[x, path[x]]
    return path
