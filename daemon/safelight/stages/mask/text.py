"""Masks of legible writing: every credible string that is read, as its four-sided outline with a little margin.

Strings of low score or without letters are left out. Watermarks are writing too, so they are in: whoever asks for
`text` means all of it (`advertising` leaves them out).
"""

from __future__ import annotations

from typing import ClassVar

import cv2
import numpy as np

from safelight.stages import ocr
from safelight.stages.base import Found, Image, Masker

LEAST_SCORE = 0.6
"""Below this chance a string is taken for a texture."""
SURE = 0.8
"""A find whose best string is less sure than this is weak."""
MARGIN = 0.12
"""Added on each side, in heights of the string: serifs and shadows stand out of the outline."""


class Text(Masker):
    """The `text` backend, by OCR."""

    name = "text"
    version = 1
    trained = True
    concepts: ClassVar[frozenset[str]] = frozenset({"text"})

    def unavailable(self) -> str | None:
        """As the OCR says."""
        return ocr.unavailable()

    def fingerprint(self) -> str:
        """The OCR's."""
        return ocr.fingerprint()

    def _find(self, image: Image, concept: str) -> Found:  # noqa: ARG002 - one concept
        kept = [line for line in ocr.read(image) if line.score >= LEAST_SCORE and line.letters]
        mask = np.zeros(image.shape[:2], np.float32)
        for line in kept:
            outline = np.round(np.array(grown(line)) * 16).astype(np.int32)
            cv2.fillPoly(mask, [outline], 1.0, cv2.LINE_8, 4)
        doubt = "weak" if kept and max(line.score for line in kept) < SURE else None
        return Found(mask, doubt, {"strings": float(len(kept))})


def grown(line: ocr.TextLine) -> list[ocr.Point]:
    """The outline with MARGIN on each side."""
    centre = np.array(line.centre)
    along = np.array(line.end) - line.start
    along /= max(1e-6, float(np.hypot(*along)))
    across = np.array([-along[1], along[0]])
    margin = MARGIN * line.height
    points = []
    for corner in line.polygon:
        away = np.array(corner) - centre
        moved = np.array(corner) + margin * (along * np.sign(away @ along) + across * np.sign(away @ across))
        points.append((float(moved[0]), float(moved[1])))
    return points
