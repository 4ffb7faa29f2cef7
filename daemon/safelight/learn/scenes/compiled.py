"""Small compiled functions that every painting loop shares: hash noise, texture look-up, curves.

Promise: pure functions of their numbers, without fast-math and without threads, so the same scene gives the same
pixels on the same kind of machine. Colours are linear light, not sRGB.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

F = TypeVar("F", bound=Callable[..., Any])
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]


def compiled(function: F) -> F:
    """The function as machine code, cached on disk; its Python signature stays for the type checker."""
    return cast("F", numba.njit(cache=True, nogil=True, error_model="numpy")(function))


_SRGB = np.arange(256) / 255.0
LINEAR: Floats = np.where(_SRGB <= 0.04045, _SRGB / 12.92, ((_SRGB + 0.055) / 1.055) ** 2.4).astype(np.float32)
"""Linear light of the 256 sRGB code values."""


def linear(red: int, green: int, blue: int) -> tuple[float, float, float]:
    """Linear light of an sRGB colour given in code values."""
    return float(LINEAR[red]), float(LINEAR[green]), float(LINEAR[blue])


@compiled
def chance(x: int, y: int, seed: int) -> float:
    """A fixed number in 0–1 for a lattice point."""
    h = np.uint32(x * 374761393 + y * 668265263 + seed * 1274126177)
    h = np.uint32((h ^ (h >> np.uint32(13))) * np.uint32(1274126177))
    h = np.uint32((h ^ (h >> np.uint32(15))) * np.uint32(2246822519))
    h = np.uint32(h ^ (h >> np.uint32(16)))
    return float(h) / 4294967295.0


@compiled
def noise(x: float, y: float, seed: int) -> float:
    """Smooth value noise in 0–1 with one feature a unit."""
    xi = math.floor(x)
    yi = math.floor(y)
    u = x - xi
    v = y - yi
    u = u * u * (3 - 2 * u)
    v = v * v * (3 - 2 * v)
    i = int(xi)
    j = int(yi)
    top = chance(i, j, seed) * (1 - u) + chance(i + 1, j, seed) * u
    low = chance(i, j + 1, seed) * (1 - u) + chance(i + 1, j + 1, seed) * u
    return top * (1 - v) + low * v


@compiled
def clouds(x: float, y: float, octaves: int, seed: int) -> float:
    """Sum of octaves of noise, 0–1, mean about .5."""
    total = 0.0
    weight = 0.5
    full = 0.0
    for k in range(octaves):
        total += weight * noise(x, y, seed + k * 17)
        full += weight
        weight *= 0.5
        # turned a little per octave so that the lattice does not show
        x, y = 1.6 * x + 1.2 * y + 7.3, -1.2 * x + 1.6 * y + 3.1
    return total / full


@compiled
def ramp(low: float, high: float, x: float) -> float:
    """0 below `low`, 1 above `high`, smooth between."""
    t = (x - low) / (high - low)
    t = min(1.0, max(0.0, t))
    return t * t * (3 - 2 * t)


@compiled
def look_up(
    flat: Bytes, table: Ints, texture: int, level: float, u: float, v: float
) -> tuple[float, float, float, float]:
    """Linear colour and alpha (0–1) of a texture at (u, v) in 0–1, clamped; `level` is the halving to read from."""
    k = int(min(table.shape[1] - 1, max(0.0, level)))
    start = table[texture, k, 0]
    width = table[texture, k, 1]
    height = table[texture, k, 2]
    x = min(width - 1.0, max(0.0, u * width - 0.5))
    y = min(height - 1.0, max(0.0, v * height - 0.5))
    i = int(x)
    j = int(y)
    i2 = min(width - 1, i + 1)
    j2 = min(height - 1, j + 1)
    fx = x - i
    fy = y - j
    a = start + (j * width + i) * 4
    b = start + (j * width + i2) * 4
    c = start + (j2 * width + i) * 4
    d = start + (j2 * width + i2) * 4
    wa = (1 - fx) * (1 - fy)
    wb = fx * (1 - fy)
    wc = (1 - fx) * fy
    wd = fx * fy
    red = LINEAR[flat[a]] * wa + LINEAR[flat[b]] * wb + LINEAR[flat[c]] * wc + LINEAR[flat[d]] * wd
    green = LINEAR[flat[a + 1]] * wa + LINEAR[flat[b + 1]] * wb + LINEAR[flat[c + 1]] * wc + LINEAR[flat[d + 1]] * wd
    blue = LINEAR[flat[a + 2]] * wa + LINEAR[flat[b + 2]] * wb + LINEAR[flat[c + 2]] * wc + LINEAR[flat[d + 2]] * wd
    alpha = (flat[a + 3] * wa + flat[b + 3] * wb + flat[c + 3] * wc + flat[d + 3] * wd) / 255.0
    return red, green, blue, alpha
