"""Advertising boards without a trained board detector: legible strings, their rows, and the board's own border lines.

Found at 1,600 px on the longest side and enlarged. A board needs a border line on at least one side of its text. The
find carries a doubt where the other side shows no line or is ended by the picture, where it covers a large part of the
picture, where letters, lines or the text's share of the board are weak, where its row ends at a car or person on both
sides, and where no car and no person is seen that could stand in front. Watermarks are no boards; writing on cars and
people belongs to them, and so do small panels that hang on a car.
Method and measures: board_rows, board_strip, board_lines, board_extent, board_snap, board_front.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from safelight.model.errors import BackendUnavailable
from safelight.stages import ocr
from safelight.stages.base import Found, Image, Mask, Masker
from safelight.stages.mask import board_front
from safelight.stages.mask.board_extent import Board, extent
from safelight.stages.mask.board_front import Front
from safelight.stages.mask.board_lines import border
from safelight.stages.mask.board_rows import Flags, Row, credible, outline, rows
from safelight.stages.mask.board_snap import borders
from safelight.stages.mask.board_strip import STEP, Floats, Strip, strip
from safelight.stages.networks import regions as network
from safelight.stages.ocr import TextLine

WORKING = 1600
"""Pixels on the longest side at which boards are looked for."""
LARGE = 0.32
"""A find over this share of the picture is doubtful."""
LETTERS = 5
"""Letters read surely in a row below which its board is doubtful: single marks are read on anything."""
SCORE = 0.55
"""Score of a border line (1: a clear step all along the text) below which a board is doubtful."""
WRITTEN = 0.2
"""Share of a board's length that its strings cover, below which it is doubtful."""
TOUCHING = 8
"""Pixels at working size that a part of a car may lie off what the network saw of it."""
SIGNED = 0.8
"""Below this share of the height a row whose board the picture's lower border would end is a signature: boards stand
behind cars, not before them."""
TALLEST = 5.0
"""Text heights above which a board is doubtful."""
IN_FRONT = ("car", "person")


@dataclass(frozen=True)
class Search:
    """What `search` found at working size: the mask, its boards, and how many of their sides had no line."""

    mask: Flags
    boards: int
    open_sides: int
    weak: int
    strings: int


class Boards(Masker):
    """The `boards` backend: mask(image, "advertising")."""

    name = "boards"
    version = 3
    trained = True
    concepts: ClassVar[frozenset[str]] = frozenset({"advertising"})
    clears: ClassVar[frozenset[str]] = frozenset(IN_FRONT)

    def unavailable(self) -> str | None:
        """As the OCR says."""
        return ocr.unavailable()

    def fingerprint(self) -> str:
        """Of the OCR's models and of the network that tells what stands in front."""
        parts = (ocr.fingerprint(), "" if network.unavailable() else network.WEIGHTS.sha256)
        return hashlib.sha256(":".join(parts).encode()).hexdigest()

    def _find(self, image: Image, concept: str) -> Found:  # noqa: ARG002 - one concept
        return find(image)


def occluders(image: Image) -> Front | None:
    """What stands in front of the boards of `image` (working size), or None where no network here can tell."""
    if network.unavailable() is not None:
        return None
    try:
        found = network.regions(image)
    except BackendUnavailable:
        return None
    chances = {kind: found.chance(kind) for kind in IN_FRONT}
    likeliest = {kind: found.likeliest(kind) for kind in IN_FRONT}
    return board_front.of_chances(chances, likeliest, (image.shape[0], image.shape[1]))


def find(image: Image, front: Mask | None = None, lines: Sequence[TextLine] | None = None) -> Found:
    """The boards of `image`. `front` (0/1, what stands before them) and `lines` are found where they are not given."""
    small, scale = reduced(image)
    strings = ocr.read(small) if lines is None else lines
    known = True
    if front is not None:
        hard = cv2.resize(front, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_AREA) >= 0.5
        before = board_front.of_mask(hard)
        strings = [line for line in strings if credible(line, hard)]
    else:
        # Without a string there is no board, and no reason to ask what stands in front of it.
        seen = occluders(small) if strings else board_front.nothing(small.shape)
        known = seen is not None
        known = known and (not strings or bool(seen is not None and seen.core.any()))
        strings, before = board_front.standing(board_front.nothing(small.shape) if seen is None else seen, strings)
    search = searched(small, strings, before)
    area = float(search.mask.mean())
    facts = {
        "boards": float(search.boards),
        "open_sides": float(search.open_sides),
        "weak": float(search.weak),
        "area": round(area, 5),
    }
    doubt = None
    if search.boards:
        if area > LARGE:
            doubt = "large_board"
        elif search.open_sides:
            doubt = "open_board"
        elif search.weak or not known:
            doubt = "weak"
    return Found(enlarged(search.mask, image, scale), doubt, facts)


def reduced(image: Image) -> tuple[Image, float]:
    """The picture at working size, and pixels of the picture for one of it."""
    scale = max(1.0, max(image.shape[:2]) / WORKING)
    if scale == 1:
        return image, scale
    size = (max(1, round(image.shape[1] / scale)), max(1, round(image.shape[0] / scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), scale


def enlarged(mask: Flags, image: Image, scale: float) -> Mask:
    """The mask at the picture's size; borders interpolated, then hard again."""
    if scale == 1:
        return mask.astype(np.float32)
    size = (image.shape[1], image.shape[0])
    wide = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    result: Mask = (cv2.GaussianBlur(wide, (0, 0), 0.5 * scale) >= 0.5).astype(np.float32)
    return result


def searched(small: Image, strings: Sequence[TextLine], front: Front) -> Search:
    """Boards at working size, largest row first; strings inside a board already found need none of their own."""
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab[..., 0] *= 0.8
    hidden = front.core
    kept = [line for line in strings if credible(line, hidden)]
    total = np.zeros(hidden.shape, bool)
    count = open_sides = weak = 0
    for row in rows(kept):
        if all(total[outline(line, (hidden.shape[0], hidden.shape[1]))].mean() > 0.5 for line in row.lines):
            continue
        found = board(lab, hidden, row)
        if found is None or attached(found[0], front.hull):
            continue
        total |= found[0] & ~board_front.cut(small, found[0], front, row.lines)
        count, open_sides = count + 1, open_sides + found[1]
        weak += found[2] or embraced(row, front.hull)
    return Search(total, count, open_sides, weak, len(kept))


def board(lab: Floats, hidden: Flags, row: Row) -> tuple[Flags, int, bool] | None:
    """One row's board as (h, w) flags, how many sides had no line, whether it is weak; None without any line."""
    sampled = strip(lab, hidden, row)
    if not sampled.text.any():
        return None
    upper, lower = border(sampled, -1, hidden.shape[0]), border(sampled, 1, hidden.shape[0])
    if "line" not in {upper.kind, lower.kind}:
        return None
    if lower.kind == "picture" and row.lines[0].centre[1] > SIGNED * hidden.shape[0]:
        return None
    open_sides = sum(side.kind != "line" for side in (upper, lower))
    found = extent(sampled, upper, lower)
    return drawn(sampled, found, hidden.shape), open_sides, weak(row, found)


def attached(found: Flags, hull: Flags) -> bool:
    """Whether a panel is a part of a car: it touches one at least ten times its size. End plates, wings, number plates."""
    size = round(2 * TOUCHING) + 1
    near = cv2.dilate(found.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
    _, parts, stats, _ = cv2.connectedComponentsWithStats(hull.astype(np.uint8))
    touched = np.unique(parts[near & hull])
    return bool(len(touched)) and int(stats[touched, cv2.CC_STAT_AREA].max()) > 10 * int(found.sum())


def embraced(row: Row, hull: Flags) -> bool:
    """Whether both ends of a row lie at a car or a person: writing on a kart whose middle nobody saw as kart."""
    size = 2 * round(row.height) + 1
    near = cv2.dilate(hull.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
    ends = np.array([row.left, row.right])
    x = np.clip(np.rint(ends), 0, hull.shape[1] - 1).astype(int)
    y = np.clip(np.rint(row.y(ends)), 0, hull.shape[0] - 1).astype(int)
    return bool(near[y, x].all())


def weak(row: Row, found: Board) -> bool:
    """Whether too little speaks for a board: unsure letters, faint lines, or little text for its size."""
    letters = sum(line.letters for line in row.lines if line.score >= 0.8)
    faint = min(side.score for side in (found.upper, found.lower) if side.kind == "line") < SCORE
    columns = STEP * max(1, int(found.columns.sum()))
    text = sum(line.length for line in row.lines)
    at = np.array([row.middle])
    tall = float(found.lower.y(at)[0] - found.upper.y(at)[0])
    return letters < LETTERS or faint or text < WRITTEN * columns or not 1.2 * row.height < tall < TALLEST * row.height


def drawn(sampled: Strip, found: Board, shape: tuple[int, ...]) -> Flags:
    """The board as pixels: between both borders in its columns."""
    height, width = shape[0], shape[1]
    x = np.arange(width, dtype=np.float64)
    upper, lower = (np.interp(x, sampled.xs, ys) for ys in borders(sampled, found))
    columns = np.repeat(found.columns, STEP)[:width]
    columns = np.pad(columns, (0, width - len(columns)))
    y = np.arange(height)[:, None]
    flags: Flags = (y >= np.floor(upper)) & (y <= np.ceil(lower)) & columns[None, :]
    return flags
