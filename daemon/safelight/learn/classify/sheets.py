"""One photo under each augmentation, drawn as the training draws it: what a network is shown, for people. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from safelight.learn.classify.augment import AUGMENTATIONS, LEAST_CROP, middle, varied
from safelight.pictures.formats import Image

DRAWS = 6
"""Looks of each way."""
SEED = 24


@dataclass(frozen=True)
class Sheet:
    """A row of looks of one photo; `name` of AUGMENTATIONS, "none" for the photo as it is, "all" for those in use together."""

    name: str
    looks: tuple[Image, ...]
    used: bool


def sheets(pixels: Image, side: int, names: Sequence[str], crop: float = LEAST_CROP) -> tuple[Sheet, ...]:
    """The photo as it is, then every way there is, random crop first, then what `names` do together."""

    def looks(chosen: Sequence[str]) -> tuple[Image, ...]:
        return tuple(varied(pixels, side, chosen, np.random.default_rng([SEED, draw]), crop) for draw in range(DRAWS))

    rows = [Sheet("none", (middle(pixels, side),), used=True)]
    rows += [Sheet(name, looks([name]), used=name in names) for name in AUGMENTATIONS]
    return (*rows, Sheet("all", looks(names), used=True)) if len(names) > 1 else tuple(rows)
