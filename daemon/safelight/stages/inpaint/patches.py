"""Inpainting by patches of the photo itself: walls, roads, sky and grass grown from what the photo shows of them.

The word of the rule chooses where patches may come from: a wall from plain grey surfaces, a road from plain grey
ground in the lower part, grass from green, sky from the smooth upper part, "nothing" from anywhere outside the mask.
Watermarks and writing stand out from their ground and are never copied for those words. Where the photo shows no such
ground, NothingToCopy is raised; another engine may then answer. Needs no weights.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from safelight.model.errors import NothingToCopy
from safelight.stages.base import Image, Inpainter, Mask, unit
from safelight.stages.patches.completion import Gap, Taste, filled
from safelight.stages.prompts import PromptClass, prompt_class

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

HEIGHT: dict[PromptClass, float] = {"nothing": 1.2, "wall": 0.3, "board": 0.3, "road": 1.0, "grass": 1.0, "sky": 1.5}
"""How much patches should come from the same height of the photo: grounds of one colour need little of it."""
LEAST_SHARE = 0.004
"""Below this share of the photo a kind of ground is too small to grow anything from."""


class Patches(Inpainter):
    """inpaint with patches of the photo (see stages.patches.completion)."""

    name = "patches"
    rim = 2

    def understands(self, prompt: str) -> bool:
        """The closed list of stages.prompts, English and French."""
        return prompt_class(prompt) is not None

    def _fill(self, image: Image, mask: Mask, prompt: str, seed: int) -> tuple[Image, Mask]:
        kind = prompt_class(prompt)
        reach = round(self.rim * unit(image))
        hole = cv2.dilate(mask, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) > 0
        if kind is None:
            raise NothingToCopy(stage="inpaint", wanted=prompt, reason="none of the words this engine knows")
        if hole.all():
            raise NothingToCopy(stage="inpaint", wanted=prompt, reason="the mask covers the whole picture")
        source = ground(image, hole, kind)
        if source.mean() < LEAST_SHARE:
            raise NothingToCopy(stage="inpaint", wanted=prompt, reason=f"share of {kind}: {source.mean():.4f}")
        start = np.where(hole[..., None], guess(image, source), image)
        result = filled(Gap(image, hole, source, start), Taste(height=HEIGHT[kind], seed=seed))
        if result is None:
            raise NothingToCopy(stage="inpaint", wanted=prompt, reason=f"no patch of {kind} is whole")
        return result, hole.astype(np.float32)


def ground(image: Image, hole: Flags, kind: PromptClass) -> Flags:
    """Pixels outside the hole that show this kind of ground, writing and other strong spots left out."""
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    scale = unit(image)
    lab = cv2.GaussianBlur(lab, (0, 0), max(0.6, 2 * scale))
    light, a, b = lab[..., 0], lab[..., 1], lab[..., 2]
    chroma = np.hypot(a, b)
    height = (np.arange(image.shape[0], dtype=np.float32) / max(1, image.shape[0] - 1))[:, None]
    match kind:
        case "nothing":
            return _plain(image, lab, hole, scale)
        case "wall":
            chosen: Flags = (chroma < 11) & (light > 28) & (light < 82)
        case "board":
            chosen = (light > 25) & (light < 92)
        case "road":
            chosen = (chroma < 10) & (light > 15) & (light < 66) & (height > 0.3)
        case "grass":
            chosen = (a < -4) & (b > 7) & (light > 12)
        case "sky":
            chosen = (light > 40) & (height < 0.65) & (b < 12) & (a > -8)
    chosen &= ~hole
    if chosen.any():
        chosen &= ~spots(image, chosen, scale)
    if kind in {"wall", "board", "road"} and chosen.any():
        chosen = _of_one_colour(lab, chosen, hole)
    return chosen


def _of_one_colour(lab: Floats, chosen: Flags, hole: Flags) -> Flags:
    """The part of `chosen` in its commonest colour near the hole: two greys side by side would grow as patches.

    Near counts more, and so does a large connected surface; the colour is that of k-means with six means.
    """
    small = max(1, max(hole.shape) // 400)
    step = np.s_[::small, ::small]
    whole = cv2.morphologyEx(chosen.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5 * small, 5 * small), np.uint8))
    among = whole[step] > 0
    if among.sum() < 64:
        return chosen
    away = cv2.distanceTransform((~hole[step]).astype(np.uint8), cv2.DIST_L2, 3)
    # Shrinking weight with distance, in shares of the picture's longest side.
    nearness = 1 / (1 + (away / (0.15 * max(away.shape))) ** 2)
    points = np.ascontiguousarray(lab[step][among])
    criteria = (cv2.TERM_CRITERIA_MAX_ITER, 20, 0.0)
    seeds = np.argsort(np.argsort(points[:, 0], kind="stable"), kind="stable") * 6 // len(points)
    _, labels, means = cv2.kmeans(
        points, 6, seeds.astype(np.int32)[:, None], criteria, 1, cv2.KMEANS_USE_INITIAL_LABELS
    )
    weight = np.bincount(labels.ravel(), nearness[among], minlength=6)
    mean = means[int(np.argmax(weight))]
    close = np.sqrt(((lab - mean) ** 2 * np.array([0.5, 1, 1], np.float32)).sum(axis=2)) < 7
    kept: Flags = chosen & close
    return kept


def _plain(image: Image, lab: Floats, hole: Flags, scale: float) -> Flags:
    """Everything but what catches the eye: a subject copied beside itself would be worse than any ground.

    Left out: colours stronger than nearly all around the hole, and the quarter of the picture richest in detail. Where
    that leaves next to nothing, everything outside the hole is taken.
    """
    tone = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = np.abs(tone - cv2.GaussianBlur(tone, (0, 0), max(1.0, 3 * scale)))
    detail = cv2.GaussianBlur(fine, (0, 0), max(1.0, 10 * scale))
    chroma = cv2.GaussianBlur(np.hypot(lab[..., 1], lab[..., 2]), (0, 0), max(0.6, 4 * scale))
    rich = float(np.percentile(detail[~hole], 75))
    gaudy = float(np.percentile(chroma[~hole], 80))
    plain = ~hole & (detail <= rich) & (chroma <= max(gaudy, 12.0))
    whole = cv2.erode(plain.astype(np.uint8), np.ones((9, 9), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return plain if whole.mean() > 0.05 else ~hole


def spots(image: Image, among: Flags, scale: float) -> Flags:
    """Where fine contrast stands out from what is usual `among` these pixels: writing, wires, edges, watermarks."""
    tone = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = np.abs(tone - cv2.GaussianBlur(tone, (0, 0), max(1.0, 3 * scale)))
    size = max(3, round(7 * scale) | 1)
    strongest = cv2.dilate(fine, np.ones((size, size), np.uint8))
    usual = float(np.percentile(strongest[among], 40))
    standing: Flags = strongest > max(6.0, 2.0 * usual)
    return standing


def guess(image: Image, source: Flags) -> Image:
    """A smooth picture through the source pixels: normalised averages, from near to ever wider where none is near."""
    small = max(1, max(image.shape[:2]) // 400)
    size = (max(1, image.shape[1] // small), max(1, image.shape[0] // small))
    weight = cv2.resize(source.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    known = cv2.resize(image.astype(np.float32) * source[..., None], size, interpolation=cv2.INTER_AREA)
    result = np.full(known.shape, image[source].mean(axis=0), np.float32)
    for sigma in (80.0, 30.0, 10.0, 4.0):
        # Wider across than upright: grounds lie in layers.
        total = cv2.GaussianBlur(weight, (0, 0), sigmaX=sigma, sigmaY=sigma / 2)
        mean = cv2.GaussianBlur(known, (0, 0), sigmaX=sigma, sigmaY=sigma / 2) / (total + 1e-6)[..., None]
        trust = np.clip(total / 0.05, 0, 1)[..., None]
        result += trust * (mean - result)
    wide: Floats = cv2.resize(result, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.rint(np.clip(wide, 0, 255)).astype(np.uint8)
