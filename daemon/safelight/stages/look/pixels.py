"""The working copy that all measurements of a look share: reduced once, in the forms they ask for.

Everything is measured on at most 1,600 px on the longest side, so that a number means the same for a picture from
a telephone and one of 24 megapixels. Nothing here draws conclusions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Image

LONGEST = 1600
Plane = npt.NDArray[np.float32]


def reduced(image: Image, longest: int = LONGEST) -> Image:
    """`image` with at most `longest` px on its longest side (area averaging); never enlarged."""
    height, width = image.shape[:2]
    factor = longest / max(height, width)
    if factor >= 1:
        return image
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


@dataclass(frozen=True)
class Working:
    """One picture ready to be measured. `image`: (height, width, 3) uint8 sRGB, at most 1,600 px."""

    image: Image

    @cached_property
    def grey(self) -> Plane:
        """(height, width) float32 luma in 0–1, gamma-encoded as stored."""
        return np.asarray(cv2.cvtColor(self.image, cv2.COLOR_RGB2GRAY), dtype=np.float32) / np.float32(255)

    @cached_property
    def small(self) -> Image:
        """At most 400 px: enough for colour and for what catches the eye."""
        return reduced(self.image, 400)

    @cached_property
    def small_lab(self) -> Plane:
        """(height, width, 3) float32 CIE Lab of `small`: L 0–100, a and b about -100–100."""
        return np.asarray(cv2.cvtColor(self.small.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB))


def to_size(plane: Plane, like: npt.NDArray[np.generic]) -> Plane:
    """`plane` (height, width) resized to the height and width of `like`: averaged down, linear up."""
    height, width = like.shape[:2]
    shrink = plane.shape[0] > height
    how = cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(plane, (width, height), interpolation=how), dtype=np.float32)
