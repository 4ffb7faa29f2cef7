"""The contracts of the stages: what a backend declares, what it is given and what it must return.

Arrays. `Image`: (height, width, 3) uint8, sRGB, upright, origin top left. `Mask`: (height, width) float32 in 0–1,
1 = change. The public methods here check shapes and ranges on the way in and out, own the pasting back (pixels
outside the mask are bit-identical by construction), and hand a backend only its own work. A backend that cannot
do its work raises a `StageError`; it never answers "nothing found" instead.

Determinism: the same arguments give the same array whatever the number of threads; the only randomness is `seed`.
Lengths in pixels named in parameters are at 1,600 px on the longest side: multiply by `unit(image)`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from safelight.model.signals import Signals, Verdict

Image = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.float32]

StageName = Literal["look", "classify", "mask", "inpaint", "alter", "stylize"]
STAGES: tuple[StageName, ...] = ("look", "classify", "mask", "inpaint", "alter", "stylize")


class Backend(ABC):
    """What all backends declare. `version` counts up whenever the same input would give other bytes."""

    stage: ClassVar[StageName]
    name: ClassVar[str]
    version: ClassVar[int] = 1
    trained: ClassVar[bool] = False
    """True where a trained network makes pixels or decides: named in the book's disclosure."""

    def unavailable(self) -> str | None:
        """Why this backend cannot work here (one clause for people), or None. Must be quick and load nothing."""
        return None

    def fingerprint(self) -> str:
        """Digest of the weights this backend would load, or an empty text."""
        return ""


@dataclass(frozen=True)
class Found:
    """What a mask backend found. `doubt` is a code from DOUBTS when the find should not be used unseen."""

    mask: Mask
    doubt: str | None = None
    facts: dict[str, float] = field(default_factory=dict)


DOUBTS: dict[str, tuple[str, str]] = {
    "open_board": ("an advertising board has no clear border", "un panneau publicitaire n'a pas de bord net"),
    "large_board": ("the advertising found is suspiciously large", "la publicité trouvée est étrangement grande"),
    "weak": ("the find is uncertain", "la détection est incertaine"),
}


class Looker(Backend):
    """look(image) -> Signals."""

    stage = "look"

    @abstractmethod
    def look(self, image: Image) -> Signals:
        """Measure every signal of model.signals.SIGNALS that this backend knows."""


class Classifier(Backend):
    """classify(image, signals) -> Verdict."""

    stage = "classify"

    @abstractmethod
    def classify(self, image: Image, signals: Signals) -> Verdict:
        """Probabilities for the three classes and the reasons, heaviest first."""


class Masker(Backend):
    """mask(image, concept) -> Found."""

    stage = "mask"
    concepts: ClassVar[frozenset[str]] = frozenset()
    """The concepts this backend knows; a backend for free text overrides `understands`."""
    clears: ClassVar[frozenset[str]] = frozenset()
    """Concepts this backend has already taken out of its own masks, better than subtracting them afterwards would."""

    def understands(self, concept: str) -> bool:
        """Whether `concept` (English, lower case) can be asked of this backend."""
        return concept in self.concepts

    def mask(self, image: Image, concept: str, threshold: float = 0.0) -> Found:
        """Where `concept` is, on the upright original; all zero where nothing is found.

        `threshold` is the chance (0-1) above which a place belongs to the mask, for backends that answer with chances
        and let a rule say so; 0 is their own.
        """
        check_image(image)
        found = self._find_above(image, concept, threshold) if threshold > 0 else self._find(image, concept)
        check_mask(found.mask, image)
        return found

    @abstractmethod
    def _find(self, image: Image, concept: str) -> Found: ...

    def _find_above(self, image: Image, concept: str, threshold: float) -> Found:
        """As `_find`; backends without a chance for every place have no use for the threshold."""
        del threshold
        return self._find(image, concept)


class Inpainter(Backend):
    """inpaint(image, mask, prompt, seed) -> (image, widened mask)."""

    stage = "inpaint"
    rim: ClassVar[int] = 0
    """Pixels (at 1,600) that this engine may repaint beyond the mask it was given."""

    @abstractmethod
    def understands(self, prompt: str) -> bool:
        """Whether this backend can paint `prompt` (lower case; the own engines know prompts.KNOWN only)."""

    def inpaint(self, image: Image, mask: Mask, prompt: str, seed: int) -> tuple[Image, Mask]:
        """The repainted picture and the mask widened by the declared rim; outside the latter nothing changes.

        The widened mask is pure 0/1. An empty mask returns the picture as it is.
        """
        check_image(image)
        check_mask(mask, image)
        hard = (mask >= 0.5).astype(np.float32)
        if not hard.any():
            return image.copy(), hard
        painted, wide = self._fill(image, hard, prompt, seed)
        check_image(painted)
        check_mask(wide, image)
        wide = np.maximum((wide >= 0.5).astype(np.float32), hard)
        result = np.where(wide[..., None] > 0, painted, image)
        return result, wide

    @abstractmethod
    def _fill(self, image: Image, mask: Mask, prompt: str, seed: int) -> tuple[Image, Mask]:
        """Full-size painted picture and the mask really used (given mask + at most `rim`)."""


class Alterer(Backend):
    """alter(image, mask, how) -> image: blur, pixelate, treatments."""

    stage = "alter"

    def alter(self, image: Image, mask: Mask, strength: int) -> Image:
        """The altered picture; pixels where mask < 0.5 are bit-identical. `strength` 1–10."""
        check_image(image)
        check_mask(mask, image)
        inside = mask >= 0.5
        if not inside.any():
            return image.copy()
        altered = self._change(image, inside.astype(np.float32), strength)
        check_image(altered)
        return np.where(inside[..., None], altered, image)

    @abstractmethod
    def _change(self, image: Image, mask: Mask, strength: int) -> Image: ...


@dataclass(frozen=True)
class Painting:
    """How to paint.

    `style` an Image; `strength` 0–1; `colour` takes the palette of the style or keeps the photo's; `protect` a Mask
    (1 = keep readable) or None; `palette` a series' frozen palette, empty for none.
    """

    style: Image
    strength: float = 0.6
    colour: Literal["style", "photo"] = "style"
    protect: Mask | None = None
    palette: tuple[float, ...] = ()


class Stylizer(Backend):
    """stylize(image, style, protect, palette, strength, seed) -> image of the same size."""

    stage = "stylize"

    def stylize(self, image: Image, painting: Painting, seed: int) -> Image:
        """The picture painted in the manner of the style, same height and width."""
        check_image(image)
        check_image(painting.style)
        if not 0 <= painting.strength <= 1:
            raise ValueError("strength is a share, 0–1")
        painted = self._paint(image, painting, seed)
        check_image(painted)
        if painted.shape != image.shape:
            raise ValueError(f"{self.name} changed the size from {image.shape} to {painted.shape}")
        return painted

    @abstractmethod
    def _paint(self, image: Image, painting: Painting, seed: int) -> Image: ...


def unit(image: Image) -> float:
    """Pixels of this picture for one pixel at 1,600 px on the longest side."""
    return float(max(image.shape[:2])) / 1600.0


def check_image(image: Image) -> None:
    """Raise ValueError unless `image` keeps the image contract."""
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:
        raise ValueError(f"not an image of the contract: shape {image.shape}, {image.dtype}")


def check_mask(mask: Mask, image: Image) -> None:
    """Raise ValueError unless `mask` keeps the mask contract and fits `image`."""
    if mask.shape != image.shape[:2] or mask.dtype != np.float32:
        raise ValueError(f"not a mask for {image.shape}: shape {mask.shape}, {mask.dtype}")
    if not bool(np.isfinite(mask).all()) or float(mask.min()) < 0 or float(mask.max()) > 1:
        raise ValueError("mask values must be finite and within 0–1")
