"""What stands in front of a board: cars and people, cut out of the board along their own outline.

The network that knows cars and people is small and takes boards behind a car for car. It believes far less in them
than in the car itself, so each piece is read relative to its own peak: a sure core, and a surrounding that may be
either. Strings of a row that goes on beyond the core stand on the board, whatever the network says of them. Between
core and board GrabCut decides in Lab colours, on the board only: Rother, Kolmogorov, Blake (2004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Image, Mask
from safelight.stages.mask.board_lines import main_colours, nearest
from safelight.stages.mask.board_rows import Flags, legible, outline, rows
from safelight.stages.ocr import TextLine

CORE = 0.8
"""Share of a piece's peak chance from which a place surely is car or person: cars measured .85-1 of it, boards behind
them .25-.8 (photos) and up to .95 (drawn ones, single spots)."""
SURE = 0.93
"""Before a board, only this much is beyond question."""
PROBABLE = 0.6
"""From this share a place starts as probably in front, unless it has a colour of the board."""
ALIKE = 20.0
"""Distance (8 bit Lab) within which a place has a main colour of the board."""
FAR = 64
"""Pixels at working size that a wing or an arm may stand out of the core."""
LOOSE = 0.35
"""Below this share a place is free of them."""
JOINED = 0.02
"""Pieces up to this share of the picture's longest side apart are parts of one thing."""
PEAK = {"car": 0.45, "person": 0.4}
"""A piece whose peak is below is no find."""
WIDTH = 10
"""Pixels at working size by which a hard mask may be wrong."""


@dataclass(frozen=True)
class Front:
    """`share` (h, w) 0-1 at working size: how surely something hides the board; `hull`: the outline things span.

    `spared`: strings known to stand on the board.
    """

    share: npt.NDArray[np.float32]
    hull: Flags
    spared: Flags

    @property
    def core(self) -> Flags:
        """Surely in front."""
        flags: Flags = (self.share >= CORE) & ~self.spared
        return flags

    @property
    def loose(self) -> Flags:
        """Outside of this, nothing is."""
        flags: Flags = self.share >= LOOSE
        return flags


def nothing(shape: tuple[int, ...]) -> Front:
    """Nothing in front."""
    empty = np.zeros(shape[:2], bool)
    return Front(np.zeros(shape[:2], np.float32), empty, empty)


def of_mask(mask: Flags) -> Front:
    """From a mask that is right but for WIDTH pixels on either side of its border."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * WIDTH + 1, 2 * WIDTH + 1))
    hard = mask.astype(np.uint8)
    eroded = cv2.erode(hard, disc, borderType=cv2.BORDER_REPLICATE) > 0
    # Thin parts (a flag's pole, a far figure) would vanish: what erosion removes whole stays.
    kept = cv2.dilate(eroded.astype(np.uint8), np.ones((6 * WIDTH + 1, 6 * WIDTH + 1), np.uint8)) > 0
    share = np.where(eroded | (mask & ~kept), 1.0, np.where(mask, 0.7, np.where(cv2.dilate(hard, disc) > 0, 0.4, 0)))
    return Front(share.astype(np.float32), mask, np.zeros_like(mask))


def of_chances(chances: dict[str, Mask], likeliest: dict[str, Flags], shape: tuple[int, int]) -> Front:
    """From the network's chances (reduced size) of car and person and where each is the likeliest class."""
    share = np.zeros(shape, np.float32)
    cores = []
    for kind, chance in chances.items():
        part, core = relative(chance, likeliest[kind], PEAK[kind])
        share = np.maximum(share, cv2.resize(part, shape[::-1], interpolation=cv2.INTER_LINEAR))
        cores.append(core)
    spans = hulls(np.any(cores, axis=0), np.any(list(likeliest.values()), axis=0))
    hull = cv2.resize(spans, shape[::-1], interpolation=cv2.INTER_LINEAR) >= 0.5
    return Front(share, hull, np.zeros(shape, bool))


def hulls(core: Flags, likeliest: Flags) -> Mask:
    """(h, w) 0/1: what things span: the hulls of the cores of each connected piece.

    A kart and its driver are one thing, and the network sees a kart in parts: pieces up to JOINED apart are one.
    """
    size = 2 * max(1, round(JOINED / 2 * max(core.shape))) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    _, parts = cv2.connectedComponents(cv2.morphologyEx(likeliest.astype(np.uint8), cv2.MORPH_CLOSE, disc))
    result = np.zeros(core.shape, np.float32)
    for index in np.unique(parts[core & (parts > 0)]):
        points = np.argwhere(core & (parts == index))[:, ::-1].astype(np.int32)
        cv2.fillConvexPoly(result, cv2.convexHull(np.ascontiguousarray(points)), 1.0)
    wide: Mask = cv2.dilate(result, np.ones((3, 3), np.uint8)).astype(np.float32)
    return wide


def relative(chance: Mask, likeliest: Flags, least: float) -> tuple[Mask, Flags]:
    """(h, w): the chance as a share of its piece's peak, 0 far from any piece; and the cores."""
    result, cores = np.zeros(chance.shape, np.float32), np.zeros(chance.shape, bool)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(likeliest.astype(np.uint8), connectivity=8)
    for index in range(1, count):
        piece = parts == index
        peak = float(np.percentile(chance[piece], 95))
        if peak < least or stats[index, cv2.CC_STAT_AREA] < 0.0008 * chance.size:
            continue
        around = cv2.dilate(piece.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        result = np.maximum(result, np.where(around, chance / peak, 0).astype(np.float32))
        cores |= piece & (chance >= CORE * peak)
    return np.minimum(result, 1), cores


def standing(front: Front, strings: Sequence[TextLine]) -> tuple[list[TextLine], Front]:
    """The strings that can stand on boards, and the front without them.

    A row that lies wholly within what the cars and people span is writing on them. A row that goes on beyond stands on
    a board, with all its strings.
    """
    shape = (front.share.shape[0], front.share.shape[1])
    kept: list[TextLine] = []
    spared = front.spared.copy()
    for row in rows([line for line in strings if legible(line, shape)]):
        boxes = [outline(line, shape) for line in row.lines]
        within = [float(front.hull[box].mean()) if box.any() else 1.0 for box in boxes]
        if min(within) > 0.3:
            continue
        kept.extend(row.lines)
        for line, box, share in zip(row.lines, boxes, within, strict=True):
            if share > 0.05:
                size = 2 * max(1, round(0.35 * line.height)) + 1
                spared |= cv2.dilate(box.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
    return kept, Front(front.share, front.hull, spared)


def cut(image: Image, board: Flags, front: Front, strings: Sequence[TextLine]) -> Flags:
    """(h, w): what stands in front of the board's pixels. `image` at working size."""
    # Gaps left out of the board may be the rim of what stands in front: the cut must be able to pass through them.
    closed = cv2.morphologyEx(
        np.pad(board.astype(np.uint8), ((0, 0), (FAR, FAR))), cv2.MORPH_CLOSE, np.ones((1, FAR + 1))
    )
    board = closed[:, FAR:-FAR] > 0
    near = cv2.dilate((front.share >= CORE).astype(np.uint8), np.ones((2 * FAR + 1, 2 * FAR + 1), np.uint8)) > 0
    unsure = board & front.loose & near
    if not unsure.any():
        return front.core
    ys, xs = np.nonzero(cv2.dilate(unsure.astype(np.uint8), np.ones((81, 81), np.uint8)))
    window = (slice(int(ys.min()), int(ys.max()) + 1), slice(int(xs.min()), int(xs.max()) + 1))
    shape = (board.shape[0], board.shape[1])
    text, heads = np.zeros(shape, bool), np.zeros(shape, bool)
    for line in strings:
        text |= outline(line, shape)
        heads |= outline(_upper_half(line), shape)
    share, inside, text = front.share[window], board[window], text[window]
    likely = share >= CORE
    core = np.where(inside, (share >= SURE) & ~front.spared[window], likely)
    free = inside & (~unsure[window] | (text & (share < CORE)) | heads[window])
    if core.sum() < 200 or free.sum() < 200:
        return front.core
    label = np.full(core.shape, cv2.GC_PR_BGD, np.uint8)
    # What starts as probable board teaches the board its colours: begin on the side that is likelier.
    label[(share >= PROBABLE) & ~front.spared[window]] = cv2.GC_PR_FGD
    label[~inside | free] = cv2.GC_BGD
    label[core] = cv2.GC_FGD
    lab = cv2.cvtColor(np.ascontiguousarray(image[window]), cv2.COLOR_RGB2LAB)
    # A sure place with a colour of the board may still be board: the colours of the rest of the car decide.
    alike = nearest(lab.astype(np.float32), main_colours(lab[free].astype(np.float32), 4, 0.1)) < ALIKE
    label[(share >= PROBABLE) & inside & ~free & alike] = cv2.GC_PR_BGD
    # What is neither board nor car takes random colours of the board, so that it teaches neither side anything.
    neither = ~inside & ~core
    known = lab[free]
    lab[neither] = known[np.random.default_rng(0).integers(0, len(known), int(neither.sum()))]
    found = _grabcut(lab, label)
    result = front.core & ~board
    result[window] |= _hanging(found & inside, core)
    return result


def _upper_half(line: TextLine) -> TextLine:
    """The upper half of a string: legible, so nothing stands before it; cars hide strings from below."""
    a, b, c, d = line.polygon
    lower = ((b[0] + c[0]) / 2, (b[1] + c[1]) / 2), ((a[0] + d[0]) / 2, (a[1] + d[1]) / 2)
    return TextLine((a, b, *lower), line.text, line.score)


def _grabcut(lab: npt.NDArray[np.uint8], label: npt.NDArray[np.uint8]) -> Flags:
    """Segmentation at half size, then its border at full size."""
    half = (max(1, lab.shape[1] // 2), max(1, lab.shape[0] // 2))
    small = cv2.resize(lab, half, interpolation=cv2.INTER_AREA)
    marks = cv2.resize(label, half, interpolation=cv2.INTER_NEAREST)
    coarse = _segmented(small, marks, 4)
    wide = cv2.resize(coarse.astype(np.uint8), (lab.shape[1], lab.shape[0]), interpolation=cv2.INTER_NEAREST)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    band = (cv2.dilate(wide, disc) > 0) & (cv2.erode(wide, disc) == 0) & np.isin(label, (cv2.GC_PR_BGD, cv2.GC_PR_FGD))
    marks = np.where(band, np.where(wide > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD), np.where(wide > 0, cv2.GC_FGD, cv2.GC_BGD))
    return _segmented(lab, marks.astype(np.uint8), 1) if band.any() else wide > 0


def _segmented(lab: npt.NDArray[np.uint8], marks: npt.NDArray[np.uint8], rounds: int) -> Flags:
    marks = marks.copy()
    if not (marks == cv2.GC_FGD).any() or not (marks == cv2.GC_BGD).any():
        return np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD))
    cv2.setRNGSeed(0)  # GrabCut starts from k-means
    cv2.grabCut(lab, marks, None, np.zeros((1, 65)), np.zeros((1, 65)), rounds, cv2.GC_INIT_WITH_MASK)
    return np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD))


def _hanging(found: Flags, core: Flags) -> Flags:
    """What of `found` hangs on the core."""
    _, parts = cv2.connectedComponents((found | core).astype(np.uint8), connectivity=8)
    held = np.unique(parts[core])
    return found & np.isin(parts, held[held > 0])
