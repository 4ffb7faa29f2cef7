"""Fine texture for fills: patches of the photo's own surfaces laid like weave, or noise with the photo's spectrum.

Both give what is added to a smooth fill, with mean about 0. Patches (48 px every 24, Hann windows, jittered, mirrored)
are divided by the root of the summed squared windows, which keeps their variance where a mean would soften it.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Image, unit

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

SIZES = (48, 32, 20, 12)
"""Sides of a patch in pixels of the small picture; the first of which the source holds enough is taken."""
LOW = 12.0


def woven(image: Image, small: Image, source: Flags, where: Flags, seed: int, low: float = LOW) -> Floats | None:
    """(h, w, 3) texture in 0-255 steps over `where` (h, w), 0 elsewhere; None where `source` holds no whole patch.

    `source` lies on `small`, the picture reduced to 1,600 px; patches are cut from `image` at full size. Texture is
    what departs from the mean over `low` pixels at 1,600.
    """
    ground = smooth(small, source, low)
    found = _candidates(small, ground, source)
    if found is None:
        return None
    places, side = found
    scale = image.shape[1] / small.shape[1]
    size = max(4, round(side * scale))
    window = np.outer(np.hanning(size + 2)[1:-1], np.hanning(size + 2)[1:-1]).astype(np.float32)
    smooth_full = cv2.resize(ground, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    total = np.zeros((image.shape[0] + 2 * size, image.shape[1] + 2 * size, 3), np.float32)
    power = np.zeros(total.shape[:2], np.float32)
    rng = np.random.default_rng(seed)
    for corner in _targets(where, size):
        y, x = (at + int(rng.integers(-(size // 8), size // 8 + 1)) for at in corner)
        choice = places[rng.integers(len(places), size=12)]
        # The one nearest in height: grain grows coarser towards the camera.
        top, left = choice[int(np.argmin(np.abs(choice[:, 0] * scale - y)))]
        top = min(round(top * scale), image.shape[0] - size)
        left = min(round(left * scale), image.shape[1] - size)
        cut = np.s_[top : top + size, left : left + size]
        piece = image[cut].astype(np.float32) - smooth_full[cut]
        piece -= piece.mean(axis=(0, 1))
        piece = piece[:, ::-1] if rng.integers(2) else piece
        onto = np.s_[y + size : y + 2 * size, x + size : x + 2 * size]
        total[onto] += piece * window[..., None]
        power[onto] += window * window
    inner = np.s_[size:-size, size:-size]
    return np.where(where[..., None], total[inner] / np.sqrt(np.maximum(power[inner], 1e-3))[..., None], 0)


def smooth(small: Image, source: Flags, low: float) -> Floats:
    """(h, w, 3) mean over `low` pixels of the source, so that colours beside it do not stain its texture."""
    weight = source.astype(np.float32)
    total = cv2.GaussianBlur(weight, (0, 0), low)[..., None]
    mean = cv2.GaussianBlur(small.astype(np.float32) * weight[..., None], (0, 0), low) / np.maximum(total, 1e-4)
    return np.where(total > 0.02, mean, small.astype(np.float32)).astype(np.float32)


def _candidates(small: Image, low: Floats, source: Flags) -> tuple[npt.NDArray[np.intp], int] | None:
    """Upper left corners (n, 2) of patches nearly all source and without a spot that stands out, and their side."""
    fine = np.abs((small.astype(np.float32) - low).mean(axis=2))
    fine = cv2.GaussianBlur(fine, (0, 0), 1.0)
    for side in SIZES:
        if min(source.shape) < side:
            continue
        area = cv2.integral(source.astype(np.uint8))
        cover = area[side:, side:] - area[:-side, side:] - area[side:, :-side] + area[:-side, :-side]
        strongest = cv2.dilate(fine, np.ones((side, side), np.uint8), anchor=(0, 0))[: cover.shape[0], : cover.shape[1]]
        places = np.argwhere(cover[::3, ::3] >= 0.93 * side * side) * 3
        if len(places) < 12:
            continue
        spot = strongest[places[:, 0], places[:, 1]]
        # Bits of writing and watermarks would be seen again and again.
        kept = places[spot <= 1.15 * np.percentile(spot, 35)]
        return kept, side
    return None


def _targets(where: Flags, size: int) -> list[tuple[int, int]]:
    """Upper left corners of half overlapping patches that touch `where`."""
    half = max(1, size // 2)
    rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    if not len(rows):
        return []
    area = cv2.integral(where.astype(np.uint8))
    height, width = where.shape
    result = []
    for y in range(int(rows[0]) - size, int(rows[-1]) + size, half):
        for x in range(int(columns[0]) - size, int(columns[-1]) + size, half):
            # A little wider than the patch: it may be moved by the jitter.
            top, bottom = max(0, y - half), min(height, y + size + half)
            left, right = max(0, x - half), min(width, x + size + half)
            if bottom > top and right > left:
                inside = area[bottom, right] - area[top, right] - area[bottom, left] + area[top, left]
                if inside > 0:
                    result.append(
                        (
                            min(max(y, -size + size // 8), height - size // 8),
                            min(max(x, -size + size // 8), width - size // 8),
                        )
                    )
    return result


def reduced(image: Image, working: int) -> Image:
    """The picture at `working` pixels at most."""
    scale = min(1.0, working / max(image.shape[:2]))
    if scale == 1:
        return image
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def shrunk(mask: npt.NDArray[np.float32], small: Image) -> Flags:
    """The mask on the reduced picture; what it touches by half counts, and never nothing at all."""
    if mask.shape == small.shape[:2]:
        return mask >= 0.5
    share = cv2.resize(mask, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_AREA)
    half: Flags = share >= 0.5
    return half if half.any() else share > 0


def outward(mask: npt.NDArray[np.float32], image: Image, reach: float) -> Flags:
    """The mask and all within `reach` pixels (at 1,600) of it."""
    away = cv2.distanceTransform((mask < 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    near: Flags = away <= reach * unit(image)
    return near
