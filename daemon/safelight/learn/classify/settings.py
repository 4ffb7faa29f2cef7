"""What a training of a classifier depends on besides its pictures: one frozen value that goes into JSON and back."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from safelight.learn.classify.augment import AUGMENTATIONS, LEAST_CROP
from safelight.learn.segment.errors import BadSettings
from safelight.stages.networks.classifiers import DEPTH, OWN


@dataclass(frozen=True)
class Settings:
    """All that decides a training. Raises BadSettings for values that make no sense."""

    backbone: str = OWN
    """A torchvision name whose weights are here, or none: a small network from nothing."""
    finetune: bool = False
    """Whether the backbone learns too; else only the head does. Without a backbone everything learns."""
    width: int = 16
    """Channels of the small network's first level."""
    depth: int = DEPTH
    """Levels of the small network, each half the size of the one before and twice as wide."""
    size: int = 96
    """Side in pixels of what the network is shown."""
    rate: float = 2e-3
    decay: float = 0.02
    batch: int = 32
    epochs: int = 60
    patience: int = 15
    """Epochs without a better validation after which it ends; 0: never early."""
    hold: float = 0.2
    """Share of each class held out for validation."""
    augment: tuple[str, ...] = ("crop", "mirror", "light")
    crop: float = LEAST_CROP
    """Share of the picture that a random crop keeps at least, 0 to 1."""
    weighted: bool = True
    """Whether classes weigh the same however many pictures they have."""
    dropout: float = 0.2
    seed: int = 24

    def __post_init__(self) -> None:
        known = ", ".join(AUGMENTATIONS)
        checks = [
            ("width", 1 <= self.width <= 512, "1 to 512", "entre 1 et 512"),
            (
                "depth",
                1 <= self.depth <= 6 and 2**self.depth <= self.size,
                "1 to 6, and no deeper than the size can be halved",
                "entre 1 et 6, sans dépasser les moitiés possibles de la taille",
            ),
            ("crop", 0.05 <= self.crop <= 1, "0.05 to 1", "entre 0,05 et 1"),
            ("size", 16 <= self.size <= 1024, "16 to 1024", "entre 16 et 1024"),
            ("rate", 0 < self.rate < math.inf, "a number above 0", "un nombre supérieur à 0"),
            ("decay", 0 <= self.decay < math.inf, "0 or more", "0 ou plus"),
            ("batch", self.batch >= 2, "2 or more", "2 ou plus"),
            ("epochs", self.epochs >= 1, "1 or more", "1 ou plus"),
            ("patience", self.patience >= 0, "0 or more", "0 ou plus"),
            ("hold", 0 < self.hold <= 0.5, "above 0, at most 0.5", "au-dessus de 0, au plus 0,5"),
            ("dropout", 0 <= self.dropout < 1, "0 to 1", "entre 0 et 1"),
            ("augment", set(self.augment) <= set(AUGMENTATIONS), known, known),
        ]
        for key, holds, words, mots in checks:
            if not holds:
                raise BadSettings(key=key, value=getattr(self, key), expected=words, attendu=mots)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {**dataclasses.asdict(self), "augment": list(self.augment)}

    @staticmethod
    def from_json(values: dict[str, Any]) -> Settings:
        """Back from plain values; raises TypeError for a key that is none."""
        return Settings(**{**values, "augment": tuple(values["augment"])})
