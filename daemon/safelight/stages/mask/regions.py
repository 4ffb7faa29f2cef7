"""Masks of cars, people, signs, road, sky, vegetation and buildings from the shipped network, fitted to the photo's edges.

The network answers at a fraction of the photo's size; a guided filter carries its answer to the edges of the full
picture. Small pieces are dropped, pieces the network does not believe in are dropped, and a find whose remaining
pieces are hardly believed is handed on with the doubt "weak".
"""

from __future__ import annotations

from typing import ClassVar

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Found, Image, Mask, Masker
from safelight.stages.mask.guided import guided
from safelight.stages.networks import regions as network

BELIEVED = 0.55
"""A piece whose mean chance is less than this is no find: on validation pictures most such pieces were wrong, and a car
seen where a board stands would keep the board from being retouched."""
SURE = 0.62
"""Below this mean chance (weighted by area) the find is doubtful."""

Pieces = npt.NDArray[np.bool_]


class Regions(Masker):
    """The `unet` backend: one run of the network a picture, whatever the number of concepts asked."""

    name = "unet"
    version = 2
    trained = True
    concepts: ClassVar[frozenset[str]] = frozenset(network.CLASSES) - {"other"}

    def unavailable(self) -> str | None:
        """Absent weights; a changed file shows when it is loaded."""
        return network.unavailable()

    def fingerprint(self) -> str:
        """SHA-256 of the weight file."""
        return network.WEIGHTS.sha256

    def _find(self, image: Image, concept: str) -> Found:
        found = network.regions(image)
        pieces, belief = believed(found, concept)
        if not pieces.any():
            return Found(np.zeros(image.shape[:2], np.float32), None, {"belief": 0.0})
        # The chance is kept a little around each piece: the edge lies where the filter will find it.
        around = cv2.dilate(pieces.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        mask = guided(image, np.where(around, rival(found, concept), 0).astype(np.float32))
        return Found(steep(mask), None if belief >= SURE else "weak", {"belief": round(belief, 4)})


def rival(found: network.Regions, concept: str) -> npt.NDArray[np.float32]:
    """(h, w) in 0-1: the chance of `concept` against its strongest rival, so that .5 is where the classes meet."""
    chance = found.chance(concept)
    others = np.delete(found.chances, network.CLASSES.index(concept), 0).max(0)
    share: npt.NDArray[np.float32] = (chance / np.maximum(chance + others, 1e-6)).astype(np.float32)
    return share


def believed(found: network.Regions, concept: str) -> tuple[Pieces, float]:
    """Where the pieces of `concept` are that are large and likely enough, and their mean chance."""
    likeliest = found.likeliest(concept)
    chance = found.chance(concept)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(likeliest.astype(np.uint8), connectivity=8)
    kept = np.zeros_like(likeliest)
    for index in range(1, count):
        piece = parts == index
        if stats[index, cv2.CC_STAT_AREA] < network.SMALLEST_SHARE * chance.size:
            continue
        if float(chance[piece].mean()) >= BELIEVED:
            kept |= piece
    return kept, float(chance[kept].mean()) if kept.any() else 0.0


def steep(mask: Mask) -> Mask:
    """The filter's soft answer with a steeper rise around .5, 0-1."""
    x = np.clip((mask - 0.5) * 2.0 + 0.5, 0, 1)
    return np.ascontiguousarray(x * x * (3 - 2 * x), np.float32)
