"""How good a segmentation is: Dice, IoU, their means, pixel accuracy, boundary F1. Pure numpy.

All but the boundary come from one table, `confusion`, which adds up over pictures: pixels are pooled over the whole set,
as is usual for CamVid and Cityscapes. Pixels of VOID count nowhere, neither as hit nor as error. A class that neither
truth nor answer holds has no figure (NaN) and is left out of means; one that is only answered has IoU 0 and counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from safelight.learn.data.base import VOID, Labels

TOLERANCE = 0.0075
"""Of the picture's diagonal: how far a boundary may be off and still count (Csurka et al. 2013)."""

Counts = npt.NDArray[np.int64]
Figures = npt.NDArray[np.float64]

EXPLANATIONS: dict[str, tuple[str, str]] = {
    "iou": (
        "IoU of a class: of the pixels that are this class or were taken for it, the share that is both (1 is perfect).",
        "IoU d'une classe\u00a0: parmi les pixels qui sont de cette classe ou pris pour elle, la part qui est les deux (1 est parfait).",
    ),
    "miou": (
        "Mean IoU: the mean of the classes' IoU, so that a rare class counts as much as the road.",
        "IoU moyen\u00a0: la moyenne des IoU des classes\u202f; une classe rare compte donc autant que la route.",
    ),
    "dice": (
        "Dice: twice the common pixels, divided by the pixels of truth and answer together; kinder than IoU, in the same order.",
        "Dice\u00a0: deux fois les pixels communs, divisés par la somme des pixels de la vérité et de la réponse\u202f; "
        "plus indulgent que l'IoU, dans le même ordre.",
    ),
    "accuracy": (
        "Pixel accuracy: the share of labelled pixels named rightly; large surfaces decide it.",
        "Exactitude par pixel\u00a0: la part des pixels étiquetés bien nommés\u202f; les grandes surfaces en décident.",
    ),
    "recall": (
        "Recall: of the pixels that are this class, the share that was found.",
        "Rappel\u00a0: parmi les pixels de cette classe, la part qui a été trouvée.",
    ),
    "precision": (
        "Precision: of the pixels taken for this class, the share that is right.",
        "Précision\u00a0: parmi les pixels pris pour cette classe, la part qui est juste.",
    ),
    "boundary_f1": (
        "Boundary F1: how well outlines agree, a point of an outline counting as found if the other outline passes within "
        "0.75% of the picture's diagonal.",
        "F1 des contours\u00a0: l'accord des contours, un point comptant comme trouvé si l'autre contour passe à moins de "
        "0,75\u202f% de la diagonale de l'image.",
    ),
}
"""What each figure says, in one sentence: English, French."""


def confusion(truth: Labels, answer: Labels, classes: int) -> Counts:
    """(classes, classes): [i, j] counts pixels of class i answered j. Pixels whose truth is VOID are not counted.

    An answer must name a class everywhere it is asked; raises ValueError where sizes differ or a value is no class.
    """
    if truth.shape != answer.shape:
        raise ValueError(f"truth {truth.shape} and answer {answer.shape} differ in size")
    known = truth != VOID
    rows, columns = truth[known].astype(np.int64), answer[known].astype(np.int64)
    if rows.size and (rows.max() >= classes or columns.max() >= classes):
        raise ValueError(f"a label beyond the {classes} classes")
    return np.bincount(rows * classes + columns, minlength=classes * classes).reshape(classes, classes)


def iou(counts: Counts) -> Figures:
    """(classes,) in 0–1, NaN for a class that is neither in truth nor answer."""
    return _share(np.diag(counts), counts.sum(0) + counts.sum(1) - np.diag(counts))


def dice(counts: Counts) -> Figures:
    """(classes,) in 0–1: 2·IoU/(1+IoU); NaN as for IoU."""
    return _share(2 * np.diag(counts), counts.sum(0) + counts.sum(1))


def recall(counts: Counts) -> Figures:
    """(classes,) in 0–1, NaN for a class not in truth."""
    return _share(np.diag(counts), counts.sum(1))


def precision(counts: Counts) -> Figures:
    """(classes,) in 0–1, NaN for a class never answered."""
    return _share(np.diag(counts), counts.sum(0))


def accuracy(counts: Counts) -> float:
    """Share of labelled pixels named rightly; NaN without any."""
    total = int(counts.sum())
    return float(np.trace(counts) / total) if total else math.nan


def mean(figures: Figures) -> float:
    """Over the classes that have a figure; NaN if none has."""
    known = figures[~np.isnan(figures)]
    return float(known.mean()) if known.size else math.nan


def _share(part: Counts, whole: Counts) -> Figures:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


# --- boundaries --------------------------------------------------------------------------------------------------


def tolerance(shape: tuple[int, ...]) -> int:
    """Pixels a boundary may be off in a picture of (height, width): 0.75 % of the diagonal, at least 1."""
    return max(1, round(TOLERANCE * math.hypot(*shape[:2])))


def boundary(inside: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Pixels of `inside` with a neighbour (of four) that is known and outside; the picture's border is no boundary."""
    out = known & ~inside
    edge = np.zeros_like(inside)
    edge[1:] |= out[:-1]
    edge[:-1] |= out[1:]
    edge[:, 1:] |= out[:, :-1]
    edge[:, :-1] |= out[:, 1:]
    return edge & inside & known


def grown(points: npt.NDArray[np.bool_], radius: int) -> npt.NDArray[np.bool_]:
    """All pixels within `radius` (Euclidean) of a point."""
    import cv2

    down, across = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    disc = (down * down + across * across <= radius * radius).astype(np.uint8)
    wide: npt.NDArray[np.bool_] = cv2.dilate(points.astype(np.uint8), disc) > 0
    return wide


@dataclass
class Boundaries:
    """Adds up the boundary F1 of each class over pictures: a mean over those where truth or answer has the class.

    Csurka, Larlus and Perronnin 2013, "What is a good evaluation measure for semantic segmentation?". Where only one of
    the two has the class the picture's F1 is 0; where neither has a boundary (nothing, or all of it) it is left out.
    `within`: the tolerance in pixels, 0 for 0.75 % of each picture's diagonal.
    """

    classes: int
    within: int = 0
    sums: Figures = field(init=False)
    pictures: Counts = field(init=False)

    def __post_init__(self) -> None:
        self.sums, self.pictures = np.zeros(self.classes), np.zeros(self.classes, np.int64)

    def add(self, truth: Labels, answer: Labels) -> None:
        """One picture, label maps of equal size."""
        radius, known = self.within or tolerance(truth.shape), truth != VOID
        for index in range(self.classes):
            real, said = boundary((truth == index) & known, known), boundary((answer == index) & known, known)
            if not real.any() and not said.any():
                continue
            self.pictures[index] += 1
            if real.any() and said.any():
                right = float((said & grown(real, radius)).sum() / said.sum())
                found = float((real & grown(said, radius)).sum() / real.sum())
                self.sums[index] += 2 * right * found / (right + found) if right + found else 0.0

    def figures(self) -> Figures:
        """(classes,) in 0–1, NaN for a class without a boundary anywhere."""
        return np.where(self.pictures > 0, self.sums / np.maximum(self.pictures, 1), np.nan)
