"""What is measured of a retouched picture: pure functions of pictures, masks and strings, and which measures fail.

Colours are Lab of OpenCV (L 0-100); pictures (h, w, 3) uint8 sRGB; masks (h, w) bool; lengths at 1,600 px on the longest
side. A fill must keep the fine texture of what it imitates, or a flat grey box would be the best of all fills.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

NEAR = 14.0
"""Lab distance within which a pixel has a colour."""
STRONG = 25.0
"""Chroma from which a board's main colour can be told from walls and roads."""
RIM = 8
"""Pixels around the mask in which the board's colour may not stay either."""
TEXTURE = (0.6, 1.6)
STRINGS = 0.05
COLOUR = 0.01


@dataclass(frozen=True)
class Figures:
    """`texture`: fine texture inside as a multiple of the material's, None where it shows none; `strings`: share of the
    strings in the mask that are still read, None where there was none; `colour`: share of mask and rim that keeps a
    strong colour of the board which its surroundings lack, None where the board stays;
    `outside`: pixels changed outside the mask returned."""

    texture: float | None
    strings: float | None
    colour: float | None
    outside: int

    def failures(self) -> list[str]:
        """The measures that are not met."""
        failed = []
        if self.texture is not None and not TEXTURE[0] <= self.texture <= TEXTURE[1]:
            failed.append("texture")
        if self.strings is not None and self.strings >= STRINGS:
            failed.append("strings")
        if self.colour is not None and self.colour > COLOUR:
            failed.append("colour")
        return [*failed, "outside"] if self.outside else failed


def overlap(found: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    """IoU, precision and recall; 1 where nothing was to be found and nothing was."""
    both, either = float((found & truth).sum()), float((found | truth).sum())
    if not either:
        return 1.0, 1.0, 1.0
    return both / either, both / max(1.0, float(found.sum())), both / max(1.0, float(truth.sum()))


def lab(image: np.ndarray) -> np.ndarray:
    """(h, w, 3) float32."""
    return cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def around(mask: np.ndarray, reach: float) -> np.ndarray:
    """(h, w) bool: the mask and what lies nearer than `reach` pixels at 1,600."""
    away = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    return away <= reach * max(mask.shape) / 1600


def fine(image: np.ndarray, where: np.ndarray) -> float | None:
    """Median of |L - blur 2| over `where`: the fine texture; None over fewer than 200 pixels."""
    light = lab(image)[..., 0]
    return float(np.median(np.abs(light - cv2.GaussianBlur(light, (0, 0), 2))[where])) if where.sum() >= 200 else None


def texture(result: np.ndarray, inside: np.ndarray, image: np.ndarray, material: np.ndarray) -> float | None:
    """Fine texture of the result inside, as a multiple of that of the photo's `material`; the rim is left out."""
    deep = cv2.erode(inside.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    own, wanted = fine(result, deep), fine(image, material)
    return own / max(wanted, 0.05) if own is not None and wanted is not None else None


def flat(image: np.ndarray, board: np.ndarray) -> np.ndarray:
    """(h, w): the board's own ground: the half of it with the least edges around, so that letters do not count."""
    tone = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    edges = cv2.blur(np.abs(tone - cv2.GaussianBlur(tone, (0, 0), 3)), (9, 9))
    deep = cv2.erode(board.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    return deep & (edges <= np.median(edges[deep])) if deep.any() else deep


def strong_colours(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(n, 3) Lab of the board's main colours that are strong and that its surroundings (60 px) hardly show."""
    shown = lab(image)
    points = np.ascontiguousarray(shown[mask][:: max(1, int(mask.sum()) // 20000)])
    if len(points) < 60:
        return np.zeros((0, 3), np.float32)
    cv2.setRNGSeed(0)
    _, found, means = cv2.kmeans(points, 6, None, (cv2.TERM_CRITERIA_MAX_ITER, 20, 0.0), 3, cv2.KMEANS_PP_CENTERS)
    large = np.bincount(found.ravel(), minlength=6) > 0.03 * len(points)
    ring = shown[around(mask, 60) & ~around(mask, RIM)]
    lacking = [not len(ring) or float((np.linalg.norm(ring - mean, axis=1) < NEAR).mean()) < 0.02 for mean in means]
    return means[large & (np.hypot(means[:, 1], means[:, 2]) > STRONG) & np.array(lacking)]


def colour_left(result: np.ndarray, mask: np.ndarray, colours: np.ndarray) -> float:
    """Share of mask and rim within NEAR of one of these colours."""
    shown = lab(result)[around(mask, RIM)]
    near = np.zeros(len(shown), bool)
    for colour in colours:
        near |= np.linalg.norm(shown - colour, axis=1) < NEAR
    return float(near.mean()) if len(near) else 0.0


def readable(lines: Iterable[tuple[str, tuple[float, float]]], mask: np.ndarray) -> int:
    """Strings of two letters or more whose middle (x, y) lies in the mask."""
    count = 0
    for text, (x, y) in lines:
        row, column = int(y), int(x)
        inside = 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1] and bool(mask[row, column])
        count += inside and sum(letter.isalpha() for letter in text) >= 2
    return count


def figures(
    image: np.ndarray,
    result: np.ndarray,
    masks: tuple[np.ndarray, np.ndarray],
    material: np.ndarray,
    strings: tuple[int, int],
) -> Figures:
    """All measures. `masks`: as given to the fill, and as it returned it; `strings`: read inside before and after."""
    given, returned = masks
    return Figures(
        texture(result, given, image, material),
        strings[1] / strings[0] if strings[0] else None,
        colour_left(result, given, strong_colours(image, given)),
        int((result != image).any(axis=2)[~returned].sum()),
    )
