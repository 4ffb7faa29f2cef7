"""Boards made plain: letters and colours go, light and folds stay, in the grey of a wall or the board's own ground.

Per connected part of the mask: `shading` tells light from colours, the light falls on a new plain colour. A wall gets
the roughness of grey surfaces in the photo, a board the photo's grain (`grain`); what the border holds of the
old colours is exchanged (`rims`). Light is computed at 1,600 px at most, texture and border at full size.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from safelight.model.errors import NothingToCopy
from safelight.stages.base import Image, Inpainter, Mask
from safelight.stages.inpaint.grain import FEWEST, flat_tiles, grain
from safelight.stages.inpaint.patches import ground
from safelight.stages.inpaint.rims import REACH, merged
from safelight.stages.inpaint.shading import colours, height, shading
from safelight.stages.inpaint.weave import outward, reduced, shrunk
from safelight.stages.prompts import PromptClass, prompt_class

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

WORKING = 1600
PLAIN_LIGHT = 55.0
"""Lightness of a wall where neither the surroundings nor the board tell the light."""
LIKELY = (46.0, 68.0)
"""Lightness of walls: brighter reads as an empty board, darker as a hole."""


class Neutral(Inpainter):
    """The `neutral` backend: walls and plain boards."""

    name = "neutral"
    version = 2
    rim = REACH

    def understands(self, prompt: str) -> bool:
        """Words for a wall or a plain board."""
        return prompt_class(prompt) in {"wall", "board"}

    def _fill(self, image: Image, mask: Mask, prompt: str, seed: int) -> tuple[Image, Mask]:
        if (mask >= 0.5).all():
            raise NothingToCopy(stage="inpaint", wanted=prompt, reason="the mask covers the whole picture")
        wall = prompt_class(prompt) == "wall"
        small = reduced(image, WORKING)
        hole = shrunk(mask, small)
        lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        painted = lit(lab, hole, wall_colour(lab, hole) if wall else None)
        rgb = np.clip(cv2.cvtColor(painted, cv2.COLOR_LAB2RGB), 0, 1) * 255
        full = cv2.resize(rgb, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
        where = outward(mask, image, REACH + 1)
        if wall:
            full += roughened(image, small, hole, where, seed)[..., None]
        else:
            tiles = flat_tiles(image, mask >= 0.5, 0.05)
            tiles = tiles if len(tiles) >= FEWEST else flat_tiles(image, np.ones_like(where), 0.05)
            full += grain(tiles, where, seed, False)[..., None]
        return merged(image, full, mask)


def lit(lab: Floats, hole: Flags, colour: Floats | None) -> Floats:
    """(h, w, 3) Lab: each connected part in `colour`, or in its own main one, under its own light; good to REACH."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats(hole.astype(np.uint8), connectivity=8)
    painted = lab.copy()
    claimed = hole.copy()
    size = 2 * (REACH + 3) + 1
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    for index in range(1, count):
        box = _box(stats[index], max(REACH + 4, round(0.6 * int(stats[index, cv2.CC_STAT_HEIGHT]))), hole.shape)
        own = parts[box] == index
        # Beside the hole the fill goes on, for the border to be mixed and for enlarging.
        over = own | ((cv2.dilate(own.astype(np.uint8), around) > 0) & ~claimed[box])
        light, plain = shading(lab[box], own)
        filled = plain if colour is None else np.broadcast_to(colour, plain.shape).copy()
        filled[..., 0] = np.clip(filled[..., 0] * np.exp(0.8 * light), 3, 97)
        painted[box][over] = filled[over]
        claimed[box] |= over
    return painted


def _box(stats: npt.NDArray[np.int32], margin: int, shape: tuple[int, ...]) -> tuple[slice, slice]:
    x, y, w, h = (int(v) for v in stats[:4])
    return (
        slice(max(0, y - margin), min(shape[0], y + h + margin)),
        slice(max(0, x - margin), min(shape[1], x + w + margin)),
    )


def wall_colour(lab: Floats, hole: Flags) -> Floats:
    """(3,) Lab of a wall for the whole picture: the commonest plain grey around the hole, its tint lessened.

    Without one, the grey that the light on the board's white would give; without white a middle grey.
    """
    size = 2 * round(0.5 * height(hole)) + 1
    near = cv2.dilate(hole.astype(np.uint8), np.ones((min(size, 301), min(size, 301)), np.uint8)) > 0
    grey = near & ~hole & (np.hypot(lab[..., 1], lab[..., 2]) < 8) & (lab[..., 0] > 38) & (lab[..., 0] < 78)
    # Wires and thin bars are no wall.
    grey = cv2.morphologyEx(grey.astype(np.uint8), cv2.MORPH_OPEN, np.ones((7, 7), np.uint8)) > 0
    if grey.sum() >= 200:
        _, means, share = colours(lab, grey)
        found = means[int(np.argmax(share))] * np.array([1, 0.6, 0.6], np.float32)
    else:
        _, means, share = colours(lab, hole)
        white = means[(means[:, 0] > 70) & (share > 0.1)]
        found = np.array([white[:, 0].max() - 30 if len(white) else PLAIN_LIGHT, 0, 0], np.float32)
    found[0] = np.clip(found[0], *LIKELY)
    return np.asarray(found, np.float32)


def roughened(image: Image, small: Image, hole: Flags, where: Flags, seed: int) -> Floats:
    """(h, w) the grain of the photo's walls, else of its road, else of its flat spots, with weathering on a wall.

    Only the spectrum is taken from the surface, in all directions alike: copied pieces of tiles, joints or lettering
    would be seen, and a road lies at a slant where a wall stands.
    """
    near = outward(hole.astype(np.float32), small, REACH)
    size = (image.shape[1], image.shape[0])
    kinds: tuple[PromptClass, ...] = ("wall", "road")
    for kind in kinds:
        source = cv2.resize(ground(small, near, kind).astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
        tiles = flat_tiles(image, source, 0.3)
        if len(tiles) >= FEWEST:
            break
    else:
        tiles = flat_tiles(image, np.ones_like(where), 0.05)
    return grain(tiles, where, seed, True) + weathering(image.shape[:2], small.shape[:2], seed)


def weathering(shape: tuple[int, ...], small: tuple[int, ...], seed: int) -> Floats:
    """(h, w) soft spots of about one step: no wall is one even grey."""
    rng = np.random.default_rng([seed, 1])
    total = np.zeros(small[:2], np.float32)
    for length, strength in ((60.0, 1.2), (20.0, 0.9), (7.0, 0.6)):
        cells = (max(2, round(2 * small[0] / length)), max(2, round(2 * small[1] / length)))
        spots = rng.standard_normal(cells, dtype=np.float32)
        total += strength * cv2.resize(spots, (small[1], small[0]), interpolation=cv2.INTER_CUBIC)
    wide: Floats = cv2.resize(total, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return wide
