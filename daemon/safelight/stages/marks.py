"""The small picture of a need-you card: the photo with what a mask covers marked on it. Pure: arrays in, pixels out.

Made in the mask step by `perform`, so that nobody who publishes cards ever decodes a picture. The mark does not live by
colour alone: stripes fill it and a white line with a black one outside follows its edge, so that it shows on white boards
and night skies, in print, and to people who see red and green alike. A find of a few pixels is still ringed.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from safelight.pictures import resize
from safelight.stages import base

CARD_SIZE = 800
"""Longest side of a card's picture in pixels."""
MARKED = (226, 26, 92)
"""The colour of what a mask covers: none that a race track has much of."""
_STRIPE, _THIN, _THICK = 8, 0.2, 0.58
"""Width of a stripe in pixels, and how much of the mark's colour the two kinds of stripes have."""
_SHADE = 0.8
"""How bright the rest of the picture stays, so that the mark stands out."""
_WHITE, _BLACK = 2, 4
"""How far from the edge the white line and the black one reach, in pixels."""


def card(image: base.Image, mask: base.Mask) -> base.Image:
    """The picture, at most CARD_SIZE on its longest side, with the mask's area (from 0.5) striped and outlined.

    An empty mask gives the picture alone, not shaded.
    """
    width, height = resize.fitted_size(image.shape[1], image.shape[0], CARD_SIZE)
    small = _down(image, (width, height))
    part = (mask >= 0.5).astype(np.uint8) * 255
    covered = (_down(part, (width, height)) > 0).astype(np.uint8)
    if not covered.any():
        return small
    rows, columns = np.ogrid[0:height, 0:width]
    share = np.where((rows + columns) // _STRIPE % 2 == 0, np.float32(_THICK), np.float32(_THIN)) * covered
    keep = np.where(covered > 0, 1 - share, np.float32(_SHADE))
    shown = small * keep[..., None] + np.array(MARKED, np.float32) * share[..., None]
    done: base.Image = np.rint(shown).astype(np.uint8)
    white, black = _grown(covered, _WHITE), _grown(covered, _BLACK)
    done[black > white] = 0
    done[white > covered] = 255
    return done


def _down(pixels: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Means of areas: a tenth of the time of a Lanczos filter on 24 megapixels, and a card is only looked at."""
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _grown(area: npt.NDArray[np.uint8], pixels: int) -> npt.NDArray[np.uint8]:
    size = 2 * pixels + 1
    grown = cv2.dilate(area, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    return np.asarray(grown, np.uint8)
