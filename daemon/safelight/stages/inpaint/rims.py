"""The seam between a fill and the photo: what a border pixel has of the old board is exchanged for the fill.

A pixel beside the mask is a mixture of the board F and its surroundings B. Its share of F is its projection on F - B;
that share of (fill - F) is added to it. Nearer than 3 px (at 1,600) lightness and colour change, up to REACH only the
colour: light from a bright board strays that far. A pixel that lies off the line from B to F is something else
(a wing, a wire) and stays.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Image, Mask, unit
from safelight.stages.inpaint.weave import reduced, shrunk

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

REACH = 9
CLOSE = 3.0
WORKING = 1600


def merged(image: Image, fill: Floats, mask: Mask) -> tuple[Image, Mask]:
    """`fill` (h, w, 3; 0-255, good up to REACH beyond the mask) set into the photo, and the mask with what changed."""
    inside = mask >= 0.5
    result = np.where(inside[..., None], np.clip(np.rint(fill), 0, 255), image).astype(np.uint8)
    away = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 5) / np.float32(unit(image))
    rows, columns = np.nonzero((away > 0) & (away <= REACH))
    if len(rows):
        board, around = _sides(image, mask, rows, columns)
        result[rows, columns] = _exchanged(
            image[rows, columns], fill[rows, columns], board, around, away[rows, columns]
        )
    changed = inside | (result != image).any(axis=2)
    return result, changed.astype(np.float32)


def _sides(
    image: Image, mask: Mask, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """(n, 3) Lab of the board and of the surroundings at these pixels, found on the reduced picture."""
    small = reduced(image, WORKING)
    inside = shrunk(mask, small)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    deep = cv2.distanceTransform(np.pad(inside, 1, mode="edge").astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    away = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 5)
    # Masks are often some pixels too small: the surroundings begin where the board's colour has surely ended.
    sides = (_spread(lab, (inside, deep >= 2), 3.0), _spread(lab, (away >= 4, away >= REACH - 1), 5.0))
    found = []
    for side in sides:
        scale = (small.shape[1] / image.shape[1], small.shape[0] / image.shape[0])
        found.append(_sampled(side, (columns + 0.5) * scale[0] - 0.5, (rows + 0.5) * scale[1] - 0.5))
    return found[0], found[1]


def _spread(lab: Floats, supports: tuple[Flags, Flags], near: float) -> Floats:
    """The mean colour near each pixel, of the pure pixels (second) where there are some near, else of any (first)."""
    result = np.zeros_like(lab)
    for support, sigma in ((supports[0], 8.0), (supports[1], 8.0), (supports[1], near)):
        weight = support.astype(np.float32)
        total = cv2.GaussianBlur(weight, (0, 0), sigma)[..., None]
        mean = cv2.GaussianBlur(lab * weight[..., None], (0, 0), sigma) / np.maximum(total, 1e-6)
        result += np.clip(total / 0.02, 0, 1) * (mean - result)
    return result


def _sampled(field: Floats, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> Floats:
    """(n, 3) values of a field at n points; as a table of 1,024 columns, since remap refuses long rows."""
    count = len(x)
    points = np.zeros((2, -(-count // 1024) * 1024), np.float32)
    points[:, :count] = x, y
    across, down = points.reshape(2, -1, 1024)
    values: Floats = cv2.remap(field, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return values.reshape(-1, 3)[:count]


def _exchanged(pixels: Image, fill: Floats, board: Floats, around: Floats, away: Floats) -> Image:
    """(n, 3) border pixels without the board's share."""
    lab, wanted = _lab(pixels.astype(np.float32)), _lab(np.clip(fill, 0, 255))
    across, own = board - around, lab - around
    contrast = np.sqrt((across**2).sum(axis=1))
    share = np.clip((own * across).sum(axis=1) / np.maximum(contrast**2, 1), 0, 1)
    off = np.sqrt(((own - share[:, None] * across) ** 2).sum(axis=1))
    # Where board and surroundings look alike, distance alone must tell.
    clear = np.clip((contrast - 15) / 25, 0, 1)
    share = clear * share + (1 - clear) * np.clip(1 - away / CLOSE, 0, 1)
    share *= np.clip((24 - off) / 12, 0, 1) * np.clip(CLOSE + 0.5 - away, 0, 1)
    colour = _colour_share(across[:, 1:], own[:, 1:]) * np.clip((REACH - away) / 3, 0, 1)
    both = np.stack([share, np.maximum(share, colour), np.maximum(share, colour)], axis=1)
    new = lab + both * (wanted - board)
    low, high = np.minimum(around, wanted), np.maximum(around, wanted)
    spare = np.array([8, 3, 3], np.float32)
    bounded = np.clip(new, low - spare, high + spare)
    new += np.clip(2 * both, 0, 1) * (bounded - new)
    touched = both.max(axis=1) > 0.02
    rgb = cv2.cvtColor(new[:, None].astype(np.float32), cv2.COLOR_LAB2RGB)[:, 0] * 255
    return np.where(touched[:, None], np.clip(np.rint(rgb), 0, 255), pixels).astype(np.uint8)


def _colour_share(across: Floats, own: Floats) -> Floats:
    """The board's share in a and b alone, 0 where the pixel's colour is off the line or the two sides are alike."""
    contrast = np.sqrt((across**2).sum(axis=1))
    share = np.clip((own * across).sum(axis=1) / np.maximum(contrast**2, 1), 0, 1)
    off = np.sqrt(((own - share[:, None] * across) ** 2).sum(axis=1))
    result: Floats = share * np.clip((contrast - 8) / 8, 0, 1) * np.clip((14 - off) / 7, 0, 1)
    return result


def _lab(values: Floats) -> Floats:
    result: Floats = cv2.cvtColor((values / 255)[:, None].astype(np.float32), cv2.COLOR_RGB2LAB)[:, 0]
    return result
