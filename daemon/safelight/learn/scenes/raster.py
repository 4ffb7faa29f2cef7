"""Which triangle is seen through each point of the sensor: a plain depth buffer with cut-outs.

Visibility is decided on a grid finer than the picture (samples a side of a pixel); shading then weighs what the
samples of a pixel saw. That grid is also where exact masks come from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from safelight.learn.scenes.camera import NEAR, project
from safelight.learn.scenes.compiled import Bytes, Doubles, Floats, Ints, compiled, look_up
from safelight.learn.scenes.mesh import CUT_ALPHA, CUT_ARCHES, Shape


@compiled
def _gone(
    cut: int, numbers: Floats, texture: int, flat: Bytes, table: Ints, level: float, u: float, v: float, w: float
) -> bool:
    """Whether a cut-out leaves a hole at these object coordinates."""
    if cut == CUT_ALPHA:
        return look_up(flat, table, texture, level, u, v)[3] < 0.5
    if cut == CUT_ARCHES:
        # numbers 8..11: front axle x, rear axle x, axle height, arch radius; only the flanks open
        if abs(v) < numbers[12]:
            return False
        for k in range(2):
            dx = u - numbers[8 + k]
            dz = w - numbers[10]
            if dx * dx + dz * dz < numbers[11] * numbers[11]:
                return True
    return False


@compiled
def fill(
    corners: Doubles,
    inner: Doubles,
    ids: Ints,
    parts: Ints,
    cuts: Ints,
    rows: Floats,
    textures: Ints,
    flat: Bytes,
    table: Ints,
    spread: float,
    near: Floats,
    seen: Ints,
) -> None:
    """Draw triangles into `near` (larger is nearer) and `seen` (triangle id).

    `corners` (m, 3, 3): x, y on the fine grid and a depth key linear on screen; `inner` (m, 3, 3) object coordinates.
    """  # fmt: skip
    height, width = near.shape
    for k in range(corners.shape[0]):
        x0, y0, d0 = corners[k, 0, 0], corners[k, 0, 1], corners[k, 0, 2]
        x1, y1, d1 = corners[k, 1, 0], corners[k, 1, 1], corners[k, 1, 2]
        x2, y2, d2 = corners[k, 2, 0], corners[k, 2, 1], corners[k, 2, 2]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if abs(area) < 1e-9:
            continue
        top = max(0, math.ceil(min(y0, y1, y2) - 0.5))
        low = min(height - 1, math.floor(max(y0, y1, y2) - 0.5))
        left = max(0, math.ceil(min(x0, x1, x2) - 0.5))
        right = min(width - 1, math.floor(max(x0, x1, x2) - 0.5))
        if top > low or left > right:
            continue
        part = parts[ids[k]]
        cut = cuts[part]
        inverse = 1.0 / area
        # edge functions as w = a x + b y + c, so that a row only adds
        a1 = (y2 - y0) * inverse
        b1 = -(x2 - x0) * inverse
        a2 = -(y1 - y0) * inverse
        b2 = (x1 - x0) * inverse
        for j in range(top, low + 1):
            y = j + 0.5 - y0
            for i in range(left, right + 1):
                x = i + 0.5 - x0
                w1 = a1 * x + b1 * y
                w2 = a2 * x + b2 * y
                w0 = 1 - w1 - w2
                if w0 < 0 or w1 < 0 or w2 < 0:
                    continue
                depth = w0 * d0 + w1 * d1 + w2 * d2
                if depth <= near[j, i]:
                    continue
                if cut != 0:
                    p0 = w0 * d0
                    p1 = w1 * d1
                    p2 = w2 * d2
                    u = (p0 * inner[k, 0, 0] + p1 * inner[k, 1, 0] + p2 * inner[k, 2, 0]) / depth
                    v = (p0 * inner[k, 0, 1] + p1 * inner[k, 1, 1] + p2 * inner[k, 2, 1]) / depth
                    w = (p0 * inner[k, 0, 2] + p1 * inner[k, 1, 2] + p2 * inner[k, 2, 2]) / depth
                    level = math.log2(max(1e-6, rows[part, 6] * spread / depth)) if cut == CUT_ALPHA else 0.0
                    if _gone(cut, rows[part], textures[part], flat, table, level, u, v, w):
                        continue
                near[j, i] = depth
                seen[j, i] = ids[k]


@dataclass(frozen=True)
class View:
    """A camera ready to project: position, basis rows, focal length and size in pixels of the fine grid."""

    at: Doubles
    basis: Doubles
    focal: float
    width: float
    height: float

    def project(self, points: Doubles) -> tuple[Doubles, Doubles]:
        """Screen positions (n, 2) and depths (n,)."""
        return project(points, self.at, self.basis, self.focal, (self.width, self.height))


def perspective(shape: Shape, view: View) -> tuple[Doubles, Doubles, Ints]:
    """Corners (m, 3, 3) with key 1/depth, object coordinates (m, 3, 3) and triangle ids, clipped at the lens."""
    xy, depth = view.project(shape.points)
    triangles = shape.triangles
    deep = depth[triangles]
    whole = (deep > NEAR).all(axis=1)
    crossing = np.flatnonzero((deep > NEAR).any(axis=1) & ~whole)
    ids = np.flatnonzero(whole)
    screen = np.concatenate([xy, 1 / np.where(depth > NEAR, depth, 1.0)[:, None]], axis=1)
    corners, inner = screen[triangles[ids]], shape.inner[triangles[ids]]
    extra: list[tuple[Doubles, Doubles, int]] = []
    for number in crossing:
        extra += _clip(shape, int(number), depth, view)
    if extra:
        corners = np.concatenate([corners, np.stack([e[0] for e in extra])])
        inner = np.concatenate([inner, np.stack([e[1] for e in extra])])
        ids = np.concatenate([ids, np.array([e[2] for e in extra])])
    return corners, inner, ids.astype(np.int32)


def _clip(shape: Shape, number: int, depth: Doubles, view: View) -> list[tuple[Doubles, Doubles, int]]:
    points, inner = [], []
    order = shape.triangles[number]
    for k in range(3):
        a, b = order[k], order[(k + 1) % 3]
        if depth[a] > NEAR:
            points.append(shape.points[a])
            inner.append(shape.inner[a])
        if (depth[a] > NEAR) != (depth[b] > NEAR):
            t = (NEAR * 1.0001 - depth[a]) / (depth[b] - depth[a])
            points.append(shape.points[a] + t * (shape.points[b] - shape.points[a]))
            inner.append(shape.inner[a] + t * (shape.inner[b] - shape.inner[a]))
    xy, deep = view.project(np.array(points))
    screen = np.concatenate([xy, 1 / deep[:, None]], axis=1)
    return [
        (screen[[0, k, k + 1]], np.array([inner[0], inner[k], inner[k + 1]]), number) for k in range(1, len(points) - 1)
    ]
