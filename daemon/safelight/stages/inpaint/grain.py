"""Film and sensor grain for smooth fills: noise with the mean spectrum and the strength of the photo's flat spots."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Image

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Square = npt.NDArray[np.float64]

TILE = 32
FEWEST = 6
"""Flat tiles below which plain soft noise is used instead of a measured spectrum."""


def grain(tiles: list[Square], where: Flags, seed: int, rough: bool) -> Floats:
    """(h, w) noise in 0-255 steps over `where`, 0 elsewhere, with the spectrum and strength of these tiles.

    With `rough` stronger, as a surface's own roughness is.
    """
    rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    box = np.s_[int(rows[0]) : int(rows[-1]) + 1, int(columns[0]) : int(columns[-1]) + 1]
    result = np.zeros(where.shape, np.float32)
    noise = np.random.default_rng(seed).standard_normal(result[box].shape, dtype=np.float32)
    if len(tiles) < FEWEST:
        shaped, strength = cv2.GaussianBlur(noise, (0, 0), 0.8), 0.8
    else:
        power = spectrum(tiles)
        kernel = np.fft.fftshift(np.real(np.fft.ifft2(np.sqrt(power)))).astype(np.float32)
        shaped = cv2.filter2D(noise, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT_101)
        low, high = (0.8, 3.2) if rough else (0.3, 2.5)
        strength = float(np.clip(np.sqrt(power.mean()), low, high))
    result[box] = shaped * (strength / max(1e-6, float(shaped.std())))
    return result


def spectrum(tiles: list[Square]) -> Square:
    """(TILE, TILE) mean power of the tiles, its mean their variance, the same in all directions.

    Streaks of a slanting or panned ground would make a wall a cloth.
    """
    window = np.outer(np.hanning(TILE), np.hanning(TILE))
    power = np.mean([np.abs(np.fft.fft2(tile * window)) ** 2 for tile in tiles], axis=0) / (window**2).sum()
    waves = np.hypot(*np.meshgrid(np.fft.fftfreq(TILE), np.fft.fftfreq(TILE)))
    rings = np.round(waves * TILE).astype(int)
    power = (np.bincount(rings.ravel(), power.ravel()) / np.maximum(np.bincount(rings.ravel()), 1))[rings]
    # Slow waves of a tile are shading and shapes, not grain.
    return np.asarray(power * np.clip(waves * TILE / 2 - 0.75, 0, 1), np.float64)


def flat_tiles(image: Image, usable: Flags, skip: float) -> list[Square]:
    """Up to 40 tiles (TILE, TILE) of lightness less its plane: flat `usable` (h, w) ones, neither black nor clipped.

    The share `skip` of the very flattest is left out: there the camera's own smoothing ate the grain.
    """
    tone = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    area = cv2.integral(usable.astype(np.uint8))
    y, x = (grid.ravel() - (TILE - 1) / 2 for grid in np.mgrid[:TILE, :TILE])
    found = []
    step = TILE * max(1, round(max(image.shape[:2]) / 3000))
    for top in range(0, image.shape[0] - TILE + 1, step):
        for left in range(0, image.shape[1] - TILE + 1, step):
            bottom, right = top + TILE, left + TILE
            if area[bottom, right] - area[top, right] - area[bottom, left] + area[top, left] < 0.9 * TILE * TILE:
                continue
            tile = tone[top:bottom, left:right].astype(np.float64)
            mean = tile.mean()
            if not 30 < mean < 225:
                continue
            flat = (tile - mean).ravel()
            flat -= y * (y * flat).sum() / (y * y).sum() + x * (x * flat).sum() / (x * x).sum()
            found.append((float(flat.std()), flat.reshape(TILE, TILE)))
    found.sort(key=lambda pair: pair[0])
    start = round(skip * len(found))
    return [tile for _, tile in found[start : start + max(FEWEST, min(40, len(found) // 5))]]
