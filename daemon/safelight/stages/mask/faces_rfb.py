"""Masks of faces by the fetched RFB-320 network: also faces turned away, small ones, or under a cap.

A find must have the colour of skin, unless the picture has no colours at all: round logos and wheels look like faces to a
small network. Below SURE the whole mask is doubtful. Where the model was not fetched, the built-in finder does the work.
"""

from __future__ import annotations

from typing import ClassVar

import cv2
import numpy as np

from safelight.model.signals import Box
from safelight.stages.base import Found, Image, Masker, check_image
from safelight.stages.mask.faces import SKIN, draw_face, skin
from safelight.stages.models.registry import FACES
from safelight.stages.networks.detectors import rfb

SURE = 0.9
"""Of the finds on the trial photos that have the colour of skin, nearly all above this chance are faces; below, a third are not."""
GREY = 4.0
"""Mean distance of chroma from grey, of 255, below which a picture counts as black and white."""
SHAPE = (0.62, 0.6, -0.05)
"""The ellipse in the network's box, which goes from the brow to the chin and from cheek to cheek."""


class FacesRfb(Masker):
    """The `face-rfb` backend; `boxes` is what look counts."""

    name = "face-rfb"
    version = 1
    trained = True
    concepts: ClassVar[frozenset[str]] = frozenset({"face"})

    def unavailable(self) -> str | None:
        """That the model was not fetched."""
        return rfb.unavailable()

    def fingerprint(self) -> str:
        """SHA-256 of the model's file."""
        return FACES.fingerprint

    def boxes(self, image: Image) -> tuple[Box, ...]:
        """The faces in `image`, largest first, as boxes of kind "face"."""
        check_image(image)
        found = rfb.detect(image)
        if not found or grey(image):
            return found
        return tuple(box for box in found if skin(_cut(image, box)) >= SKIN)

    def _find(self, image: Image, concept: str) -> Found:
        del concept  # there is only one
        boxes = self.boxes(image)
        mask = np.zeros(image.shape[:2], np.float32)
        for box in boxes:
            draw_face(mask, box, SHAPE)
        weak = any(box.score < SURE for box in boxes)
        return Found(mask, "weak" if weak else None, {"faces": float(len(boxes))})


def grey(image: Image) -> bool:
    """Whether a picture has no colours to tell skin by."""
    small = cv2.resize(image, (64, 64), interpolation=cv2.INTER_AREA)
    chroma = cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb)[..., 1:].astype(np.float32)
    return float(np.abs(chroma - 128).mean()) < GREY


def _cut(image: Image, box: Box) -> Image:
    height, width = image.shape[:2]
    return image[
        int(box.top * height) : int(box.bottom * height) + 1, int(box.left * width) : int(box.right * width) + 1
    ]
