"""Roads, grass, sky and walls laid over a hole: the colour as a plane through what the photo shows, and its texture.

A robust plane of Lab over the pixels of the word's kind (see `patches.ground`) gives the light; patches of the same
pixels give the texture (see `weave`). Where the photo shows too little of the kind, NothingToCopy is raised. The plane
is found at 1,600 px at most, the texture is cut at full size. Needs no weights.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from safelight.model.errors import NothingToCopy
from safelight.stages.base import Image, Inpainter, Mask
from safelight.stages.inpaint.patches import ground
from safelight.stages.inpaint.rims import REACH, merged
from safelight.stages.inpaint.shading import colours, fitted
from safelight.stages.inpaint.weave import outward, reduced, shrunk, woven
from safelight.stages.prompts import prompt_class

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

WORKING = 1600
LEAST_SHARE = 0.004
"""Below this share of the photo a kind of ground is too small to be copied."""
STRONG = 40.0
"""Chroma that paint has and grass or sky hardly ever."""


class Texture(Inpainter):
    """The `texture` backend: plane and patches."""

    name = "texture"
    version = 1
    rim = REACH

    def understands(self, prompt: str) -> bool:
        """Words for roads, grass, sky and walls."""
        return prompt_class(prompt) in {"road", "grass", "sky", "wall"}

    def _fill(self, image: Image, mask: Mask, prompt: str, seed: int) -> tuple[Image, Mask]:
        kind = prompt_class(prompt)
        if kind not in {"road", "grass", "sky", "wall"}:
            raise NothingToCopy(stage="inpaint", wanted=prompt, reason="none of the words this engine knows")
        small = reduced(image, WORKING)
        hole = shrunk(mask, small)
        near = outward(hole.astype(np.float32), small, REACH)
        if near.all():
            raise NothingToCopy(stage="inpaint", wanted=prompt, reason="the mask covers the whole picture")
        source = ground(small, near, kind) & ~board_coloured(small, hole)
        if source.mean() < LEAST_SHARE:
            raise NothingToCopy(stage="inpaint", wanted=prompt, reason=f"share of {kind}: {source.mean():.4f}")
        where = outward(mask, image, REACH + 1)
        texture = woven(image, small, source, where, seed)
        if texture is None:
            raise NothingToCopy(stage="inpaint", wanted=prompt, reason=f"no patch of {kind} is whole")
        base = cv2.cvtColor(plane(small, source, hole), cv2.COLOR_LAB2RGB) * 255
        texture += cv2.resize(base, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
        return merged(image, texture, mask)


def board_coloured(small: Image, hole: Flags) -> Flags:
    """(h, w) where the photo has one of the strong main colours of the hole: rests of a board that the mask missed.

    A green board would otherwise be taken for grass and a blue one for sky.
    """
    lab: Floats = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    _, means, share = colours(lab, hole)
    strong = means[(np.hypot(means[:, 1], means[:, 2]) > STRONG) & (share > 0.08)]
    result = np.zeros(hole.shape, np.bool_)
    for mean in strong:
        result |= ((lab - mean) ** 2).sum(axis=2) < 20**2
    return result


def plane(small: Image, source: Flags, hole: Flags) -> Floats:
    """(h, w, 3) Lab: a robust plane through the source pixels, those near the hole first, held within their range.

    Coordinates are clamped to those of the source, so that nothing is extrapolated.
    """
    lab: Floats = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    rows, columns = np.nonzero(source)
    step = max(1, len(rows) // 40000)
    rows, columns = rows[::step], columns[::step]
    side = float(max(small.shape[:2]))
    away = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, 3)[rows, columns] / side
    start = 1 / (1 + (away / 0.15) ** 2)
    terms = np.stack([np.ones(len(rows)), rows / side, columns / side], axis=1)
    y = np.clip(np.arange(small.shape[0]), *np.percentile(rows, (2, 98))) / side
    x = np.clip(np.arange(small.shape[1]), *np.percentile(columns, (2, 98))) / side
    ridge = 1e-4 * start.sum() * np.array([0.0, 1.0, 1.0])
    result = np.empty(lab.shape, np.float32)
    for channel in range(3):
        answer = fitted(terms, lab[rows, columns, channel].astype(np.float64), start, 4.0, ridge)
        low, high = np.percentile(lab[rows, columns, channel], (3, 97))
        level = answer[0] + answer[1] * y[:, None] + answer[2] * x[None, :]
        result[..., channel] = np.clip(level, low, high)
    return result
