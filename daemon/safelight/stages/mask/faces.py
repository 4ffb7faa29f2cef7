"""Masks of faces: OpenCV's frontal cascade, believed only where skin or eyes confirm it, as soft-cornered ellipses.

No trained weights of ours: the cascade comes with OpenCV (Viola, Jones 2001; Lienhart's frontal alt2). It finds people
who look towards the camera, upright; profiles and faces under helmets are mostly missed, which the guide says too.
A find that only one of the two checks confirms carries the doubt "weak"; without either it is dropped.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
import numpy.typing as npt

from safelight.model.signals import Box
from safelight.stages.base import Found, Image, Mask, Masker, check_image

LONGEST = 1000
"""Longest side, in pixels, at which faces are looked for; the smallest found is SMALLEST pixels wide there."""
SMALLEST = 24
NEIGHBOURS = 6  # overlapping answers a face needs; 3 is OpenCV's usual and finds faces in gravel
SKIN = 0.3
"""Least part of the middle of a face that must have the colour of skin."""
BOTH = 0.9  # score of a find that skin and eyes confirm
ONE = 0.6

Grey = npt.NDArray[np.uint8]


class Faces(Masker):
    """The `faces` backend; `boxes` is what look counts."""

    name = "faces"
    version = 1
    concepts: ClassVar[frozenset[str]] = frozenset({"face"})

    def unavailable(self) -> str | None:
        """Why faces cannot be looked for here, or None."""
        lacking = [name for name in (FACE, EYE) if not (_folder() / name).is_file()]
        return f"OpenCV came without {lacking[0]}" if lacking else None

    def boxes(self, image: Image) -> tuple[Box, ...]:
        """The faces in `image`, largest first, as boxes of kind "face"; `score` .9 confirmed twice, .6 once."""
        check_image(image)
        height, width = image.shape[:2]
        scale = min(1.0, LONGEST / max(height, width))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        if min(size) < SMALLEST:
            return ()
        found = []
        places = _cascade(FACE).detectMultiScale(grey, 1.1, NEIGHBOURS, minSize=(SMALLEST, SMALLEST))
        for x, y, across, down in (map(int, place) for place in places):
            score = _score(small[y : y + down, x : x + across])
            if score > 0:
                sides = (x / size[0], y / size[1], (x + across) / size[0], (y + down) / size[1])
                found.append(Box("face", *sides, score))
        return tuple(sorted(found, key=lambda box: (box.top - box.bottom, box.left, box.top)))

    def _find(self, image: Image, concept: str) -> Found:
        del concept  # there is only one
        boxes = self.boxes(image)
        mask = np.zeros(image.shape[:2], np.float32)
        for box in boxes:
            draw_face(mask, box)
        weak = any(box.score < BOTH for box in boxes)
        return Found(mask, "weak" if weak else None, {"faces": float(len(boxes))})


FACE = "haarcascade_frontalface_alt2.xml"
EYE = "haarcascade_eye_tree_eyeglasses.xml"


def _folder() -> Path:
    return Path(cv2.__file__).parent / "data"


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(str(_folder() / name))


def _score(face: Image) -> float:
    """How well colour and eyes confirm a square cut-out (h, w, 3): BOTH, ONE or 0."""
    confirmed = int(skin(face) >= SKIN) + int(eyes(face))
    return (0.0, ONE, BOTH)[confirmed]


def skin(face: Image) -> float:
    """The part, 0-1, of the middle of a cut-out whose chroma is that of skin of any tone (Chai and Ngan 1999).

    Only chroma counts: lightness tells people apart, not skin from tarmac. Grey pictures give 0.
    """
    height, width = face.shape[:2]
    middle = face[height // 5 : height - height // 6, width // 5 : width - width // 5]
    if middle.size == 0:
        return 0.0
    chroma = cv2.cvtColor(middle, cv2.COLOR_RGB2YCrCb)
    red, blue = chroma[..., 1], chroma[..., 2]
    return float(((red >= 133) & (red <= 173) & (blue >= 77) & (blue <= 127)).mean())


def eyes(face: Image) -> bool:
    """Whether an eye is found in the upper half of a cut-out, looked at enlarged to 160 px."""
    large = cv2.resize(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), (160, 160), interpolation=cv2.INTER_CUBIC)
    found = _cascade(EYE).detectMultiScale(cv2.equalizeHist(large[20:96]), 1.1, 3, minSize=(20, 20), maxSize=(64, 64))
    return len(found) > 0


SQUARE = (0.46, 0.62, 0.02)
"""Half axes of a face's ellipse and how far its middle lies below the box's, in sides of the cascade's square box, which
ends at the brow and chin."""


def draw_face(mask: Mask, box: Box, shape: tuple[float, float, float] = SQUARE) -> None:
    """Add an ellipse with a soft rim to `mask` in place; `shape` says how it lies in a detector's box."""
    height, width = mask.shape
    across, down = (box.right - box.left) * width, (box.bottom - box.top) * height
    x, y = (box.left + box.right) / 2 * width, ((box.top + box.bottom) / 2 + shape[2] * (box.bottom - box.top)) * height
    half_x, half_y = shape[0] * across, shape[1] * down
    left, right = max(0, int(x - 1.3 * half_x)), min(width, int(x + 1.3 * half_x) + 1)
    top, bottom = max(0, int(y - 1.3 * half_y)), min(height, int(y + 1.3 * half_y) + 1)
    if left >= right or top >= bottom:
        return
    columns, rows = np.arange(left, right) - x, np.arange(top, bottom) - y
    # A superellipse fills the corners that hair and jaw need, without the square look.
    distance = (np.abs(columns / half_x) ** 2.4)[None, :] + (np.abs(rows / half_y) ** 2.4)[:, None]
    soft = np.clip((1.15 - distance ** (1 / 2.4)) / 0.3, 0, 1).astype(np.float32)
    np.maximum(mask[top:bottom, left:right], soft, out=mask[top:bottom, left:right])
