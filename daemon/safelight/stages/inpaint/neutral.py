"""Boards made plain: letters and colours go, light and folds stay, in the grey of a wall or the board's own ground.

Per connected part of the mask: k-means on Lab tells the board's colours apart; what each pixel's lightness departs
from its colour's mean is shading, where that is sure (away from edges between colours). A normalised convolution
carries shading over letters, smeared upright so that letters die and folds live. Grain follows the surroundings'.
Computed at 1,600 px at most and carried to full size as a smooth field.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Image, Inpainter, Mask, unit
from safelight.stages.prompts import prompt_class

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

WORKING = 1600
PLAIN_LIGHT = 55.0
"""Lightness of a wall where the surroundings show none."""


class Neutral(Inpainter):
    """The `neutral` backend: walls and plain boards."""

    name = "neutral"
    version = 1
    rim = 3

    def understands(self, prompt: str) -> bool:
        """Words for a wall or a plain board."""
        return prompt_class(prompt) in {"wall", "board"}

    def _fill(self, image: Image, mask: Mask, prompt: str, seed: int) -> tuple[Image, Mask]:
        reach = max(1, round(self.rim * unit(image)))
        wide = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
        scale = min(1.0, WORKING / max(image.shape[:2]))
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if scale < 1 else image
        hole = cv2.resize(wide, size, interpolation=cv2.INTER_AREA) >= 0.5
        lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        count, parts, stats, _ = cv2.connectedComponentsWithStats(hole.astype(np.uint8), connectivity=8)
        painted = lab.copy()
        for index in range(1, count):
            tall = max(4, int(stats[index, cv2.CC_STAT_HEIGHT]))
            box = _box(stats[index], round(0.6 * tall), hole.shape)
            painted[box] = np.where(
                (parts[box] == index)[..., None],
                part(lab[box], parts[box] == index, hole[box], prompt_class(prompt) == "wall"),
                painted[box],
            )
        return _carried(image, painted, wide, hole, seed), wide


def _box(stats: npt.NDArray[np.int32], margin: int, shape: tuple[int, ...]) -> tuple[slice, slice]:
    x, y, w, h = (int(v) for v in stats[:4])
    return (
        slice(max(0, y - margin), min(shape[0], y + h + margin)),
        slice(max(0, x - margin), min(shape[1], x + w + margin)),
    )


def part(lab: Floats, hole: Flags, holes: Flags, wall: bool) -> Floats:
    """The (h, w, 3) Lab fill of one connected part; `holes` is all that may not serve as surroundings."""
    labels, means, share = colours(lab, hole)
    constant = cv2.erode(hole.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    top = labels.astype(np.uint8)
    constant &= cv2.dilate(top, np.ones((5, 5), np.uint8)) == cv2.erode(top, np.ones((5, 5), np.uint8))
    weight = constant.astype(np.float32) * np.where(share[labels] < 0.15, 0.3, 1.0).astype(np.float32)
    slope, offsets = plane(lab[..., 0], labels, weight, len(means))
    light = np.log(np.maximum(lab[..., 0], 4.0))
    shade = np.clip(light - offsets[labels] - slope, -0.5, 0.5).astype(np.float32)
    tall = max(4.0, float(np.percentile(hole.sum(axis=0)[hole.any(axis=0)], 75)))
    low = np.zeros_like(shade)
    for sigma in (1.5 * tall, 0.5 * tall, 0.18 * tall):
        mean, trust = smeared(shade, weight, sigma, sigma)
        low += np.clip(trust / 0.1, 0, 1) * (mean - low)
    folds, trust = smeared(np.clip(shade - low, -0.25, 0.25), weight, 2.0, max(2.0, 0.1 * tall))
    total = low + np.clip(trust / 0.1, 0, 1) * folds
    colour = wall_colour(lab, hole, holes, tall) if wall else means[int(np.argmax(share))]
    result = np.empty_like(lab)
    result[..., 0] = np.clip(colour[0] * np.exp(0.8 * (total + slope)), 3, 97)
    result[..., 1:] = colour[1:]
    return result


def plane(light: Floats, labels: npt.NDArray[np.intp], weight: Floats, count: int) -> tuple[Floats, Floats]:
    """Log lightness as one offset a colour (count,) plus a square field in x and y (h, w), mean 0 over sure pixels.

    Fitted together, so that the slope within each colour counts and k-means' own steps along a shadow do not.
    """
    y, x = (grid / max(light.shape) for grid in np.mgrid[: light.shape[0], : light.shape[1]])
    at = np.flatnonzero(weight.ravel() > 0)
    if len(at) < 50 * count:
        found = np.array(
            [
                np.log(max(4.0, float(np.median(light[labels == k])))) if (labels == k).any() else 4.0
                for k in range(count)
            ],
            np.float32,
        )
        return np.zeros_like(light), found
    at = at[:: max(1, len(at) // 20000)]
    field = np.stack([x, y, x * x, x * y, y * y], axis=2).reshape(-1, 5)
    terms = np.hstack([np.eye(count)[labels.ravel()[at]], field[at] - field[at].mean(axis=0)])
    wanted = np.log(np.maximum(light.ravel()[at], 4.0))
    trust = weight.ravel()[at].astype(np.float64)
    answer = np.zeros(terms.shape[1])
    for _ in range(4):
        root = np.sqrt(trust)[:, None]
        answer = np.linalg.lstsq(
            np.vstack([terms * root, 0.1 * np.eye(len(answer))]),
            np.concatenate([wanted * root[:, 0], np.zeros(len(answer))]),
            rcond=None,
        )[0]
        trust = weight.ravel()[at] / (1 + (np.abs(wanted - terms @ answer) / 0.1) ** 2)
    slope = ((field - field[at].mean(axis=0)) @ answer[count:]).reshape(light.shape)
    return np.clip(slope, -0.6, 0.6).astype(np.float32), answer[:count].astype(np.float32)


def colours(lab: Floats, hole: Flags) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
    """(h, w) label of the nearest of five main colours, (5, 3) their means and (5,) shares inside the hole."""
    scale = np.array([0.7, 1, 1], np.float32)
    points = np.ascontiguousarray(lab[hole] * scale)
    points = points[:: max(1, len(points) // 20000)]
    count = min(5, len(points))
    start = (np.argsort(np.argsort(points[:, 0], kind="stable"), kind="stable") * count // len(points)).astype(np.int32)
    stop = (cv2.TERM_CRITERIA_MAX_ITER, 20, 0.0)
    _, found, means = cv2.kmeans(points, count, start[:, None], stop, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    away = np.stack([((lab * scale - mean) ** 2).sum(axis=2) for mean in means])
    share = (np.bincount(found.ravel(), minlength=count) / len(points)).astype(np.float32)
    return np.argmin(away, axis=0), (means / scale).astype(np.float32), share


def smeared(values: Floats, weight: Floats, across: float, upright: float) -> tuple[Floats, Floats]:
    """Normalised convolution: the weighted mean around each pixel, and how much weight it rests on."""
    total = cv2.GaussianBlur(weight, (0, 0), sigmaX=across, sigmaY=upright)
    mean: Floats = cv2.GaussianBlur(values * weight, (0, 0), sigmaX=across, sigmaY=upright) / np.maximum(total, 1e-5)
    return mean, total


def wall_colour(lab: Floats, hole: Flags, holes: Flags, tall: float) -> Floats:
    """The commonest plain grey of the ring around the hole, its tint lessened; a middle grey where there is none."""
    size = 2 * round(0.5 * tall) + 1
    ring = (cv2.dilate(hole.astype(np.uint8), np.ones((size, size), np.uint8)) > 0) & ~holes
    grey = ring & (np.hypot(lab[..., 1], lab[..., 2]) < 8) & (lab[..., 0] > 38) & (lab[..., 0] < 78)
    if grey.sum() < 200:
        return np.array([PLAIN_LIGHT, 0, 0], np.float32)
    _, means, share = colours(lab, grey)
    return (means[int(np.argmax(share))] * np.array([1, 0.6, 0.6])).astype(np.float32)


def _carried(image: Image, painted: Floats, wide: Mask, hole: Flags, seed: int) -> Image:
    """The fill at full size with the photo's grain: its fine contrast around the mask gives the strength."""
    rgb = np.clip(cv2.cvtColor(painted, cv2.COLOR_LAB2RGB), 0, 1) * 255
    # Only fill colours may be enlarged: beside the hole the photo's own would bleed in.
    weight = hole.astype(np.float32)
    near = cv2.blur(rgb * weight[..., None], (5, 5)) / np.maximum(cv2.blur(weight, (5, 5)), 1e-4)[..., None]
    rgb = np.where(hole[..., None], rgb, near)
    size = (image.shape[1], image.shape[0])
    full = rgb if rgb.shape[:2] == image.shape[:2] else cv2.resize(rgb, size, interpolation=cv2.INTER_LINEAR)
    tone = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = np.abs(tone - cv2.GaussianBlur(tone, (0, 0), 1.6))
    around = (cv2.dilate(wide, np.ones((61, 61), np.uint8)) > 0) & (wide < 0.5)
    # A low percentile: edges and foliage around the board are no grain.
    strength = float(np.clip(1.5 * np.percentile(fine[around], 35), 0.4, 4.0)) if around.any() else 0.8
    noise = np.random.default_rng(seed).standard_normal(tone.shape, dtype=np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), 0.8)
    noise *= strength / max(1e-6, float(noise.std()))
    return np.clip(np.rint(full + noise[..., None]), 0, 255).astype(np.uint8)
