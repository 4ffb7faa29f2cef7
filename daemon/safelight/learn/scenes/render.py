"""From a stage, a camera and a light to layers of linear light with exact coverage.

`render_layer` draws the parts of one layer: colour (h, w, 3), cover (h, w) 0–1, the light left by shadows, the mirror
share of wet ground, and how many of a pixel's samples belong to each concept, thing and part.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from safelight.learn.scenes.camera import Camera, mirrored, project
from safelight.learn.scenes.compiled import Bytes, Doubles, Floats, Ints, compiled
from safelight.learn.scenes.mesh import CONCEPTS, GROUND, TEXTURE, WORLD, Stage
from safelight.learn.scenes.raster import View, fill, perspective
from safelight.learn.scenes.shade import FLAG, GRASS_FLAG, LIT, MIRROR, NO_FLAG, ROAD_FLAG, heaven, surface

ROAD, GRASS, SKY = CONCEPTS.index("road"), CONCEPTS.index("vegetation"), CONCEPTS.index("sky")
ADVERTISING, SIGN = CONCEPTS.index("advertising"), CONCEPTS.index("sign")


@dataclass(frozen=True)
class Layer:
    """One drawn layer. colour is already weighed by cover (premultiplied). counts (concepts, h, w) in samples."""

    colour: Floats
    cover: Floats
    lit: Floats
    mirror: Floats
    depth: Floats
    counts: Bytes
    part: Ints
    samples: int


@compiled
def _shade_all(
    seen: Ints, fine: int, basis: Doubles, at: Doubles, focal: float, points: Doubles, normals: Doubles,
    inner: Doubles, parts: Ints, kinds: Ints, concepts: Ints, textures: Ints, rows: Floats, flat: Bytes, table: Ints,
    sky: Doubles, track: Doubles, shadow: Floats, frame: Doubles, lamps: Doubles, footprints: Doubles, with_sky: bool,
    flip: float, turns: Doubles, bounds: Ints, colour: Floats, cover: Floats, lit: Floats, mirror: Floats, depth: Floats,
    counts: Bytes, who: Ints,
) -> None:  # fmt: skip
    height, width = colour.shape[:2]
    out = np.zeros(8)
    tmp = np.zeros(8)
    per = fine * fine
    share = 1.0 / per
    done = np.zeros(per, np.bool_)
    for j in range(bounds[0], bounds[1]):
        for i in range(bounds[2], bounds[3]):
            missing = 0
            for k in range(per):
                done[k] = False
            best = 0
            who[j, i] = -1
            for k in range(per):
                if done[k]:
                    continue
                triangle = seen[j * fine + k // fine, i * fine + k % fine] - 1
                if triangle < 0:
                    missing += 1
                    continue
                part = parts[triangle]
                number = 0
                sx = 0.0
                sy = 0.0
                single = kinds[part] == TEXTURE and (concepts[part] == ADVERTISING or concepts[part] == SIGN)
                for m in range(k, per):
                    other = seen[j * fine + m // fine, i * fine + m % fine] - 1
                    if other >= 0 and parts[other] == part and not done[m]:
                        done[m] = True
                        number += 1
                        sx += (m % fine + 0.5) / fine
                        sy += (m // fine + 0.5) / fine
                        if single:
                            break
                px = (i + sx / number - width * 0.5) / focal
                py = (j + sy / number - height * 0.5) / focal
                dx = basis[0, 0] * px + basis[1, 0] * py + basis[2, 0]
                dy = basis[0, 1] * px + basis[1, 1] * py + basis[2, 1]
                dz = basis[0, 2] * px + basis[1, 2] * py + basis[2, 2]
                p = points[triangle]
                e1x, e1y, e1z = p[1, 0] - p[0, 0], p[1, 1] - p[0, 1], p[1, 2] - p[0, 2]
                e2x, e2y, e2z = p[2, 0] - p[0, 0], p[2, 1] - p[0, 1], p[2, 2] - p[0, 2]
                hx, hy, hz = dy * e2z - dz * e2y, dz * e2x - dx * e2z, dx * e2y - dy * e2x
                det = e1x * hx + e1y * hy + e1z * hz
                if abs(det) < 1e-14:
                    missing += number
                    continue
                qx, qy, qz = at[0] - p[0, 0], at[1] - p[0, 1], at[2] - p[0, 2]
                b1 = (qx * hx + qy * hy + qz * hz) / det
                cx, cy, cz = qy * e1z - qz * e1y, qz * e1x - qx * e1z, qx * e1y - qy * e1x
                b2 = (dx * cx + dy * cy + dz * cz) / det
                away = (e2x * cx + e2y * cy + e2z * cz) / det
                # a silhouette's mean point may lie just off its triangle
                b1 = min(1.2, max(-0.2, b1))
                b2 = min(1.2, max(-0.2, b2))
                b0 = 1 - b1 - b2
                nn = normals[triangle]
                nx = b0 * nn[0, 0] + b1 * nn[1, 0] + b2 * nn[2, 0]
                ny = b0 * nn[0, 1] + b1 * nn[1, 1] + b2 * nn[2, 1]
                nz = b0 * nn[0, 2] + b1 * nn[1, 2] + b2 * nn[2, 2]
                length = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-12
                nx, ny, nz = nx / length, ny / length, nz / length
                ray = math.sqrt(dx * dx + dy * dy + dz * dz)
                if nx * dx + ny * dy + nz * dz > 0:
                    nx, ny, nz = -nx, -ny, -nz
                oo = inner[triangle]
                u = b0 * oo[0, 0] + b1 * oo[1, 0] + b2 * oo[2, 0]
                v = b0 * oo[0, 1] + b1 * oo[1, 1] + b2 * oo[2, 1]
                w = b0 * oo[0, 2] + b1 * oo[1, 2] + b2 * oo[2, 2]
                # the normal in the thing's own frame, for bodywork
                tmp[3] = turns[part, 0] * nx + turns[part, 1] * ny
                tmp[4] = -turns[part, 1] * nx + turns[part, 0] * ny
                tmp[5] = nz
                surface(
                    rows[part], kinds[part], textures[part], flat, table, at[0] + dx * away, at[1] + dy * away,
                    (at[2] + dz * away) * flip, nx, ny, nz * flip, u, v, w, dx / ray, dy / ray, dz / ray * flip, away,
                    1.0 / focal, sky, track, shadow, frame, lamps, footprints, tmp, out,
                )  # fmt: skip
                weight = share * number
                for c in range(3):
                    colour[j, i, c] += weight * out[c]
                cover[j, i] += weight
                lit[j, i] += weight * out[LIT]
                mirror[j, i] += weight * out[MIRROR]
                flag = int(out[FLAG])
                concept = concepts[part]
                if flag == ROAD_FLAG:
                    concept = ROAD
                elif flag == GRASS_FLAG:
                    concept = GRASS
                elif flag == NO_FLAG:
                    concept = 0
                counts[concept, j, i] += number
                if number > best or single:
                    best = number
                    who[j, i] = part
                    depth[j, i] = away
            if missing > 0 and with_sky:
                px = (i + 0.5 - width * 0.5) / focal
                py = (j + 0.5 - height * 0.5) / focal
                dx = basis[0, 0] * px + basis[1, 0] * py + basis[2, 0]
                dy = basis[0, 1] * px + basis[1, 1] * py + basis[2, 1]
                dz = (basis[0, 2] * px + basis[1, 2] * py + basis[2, 2]) * flip
                ray = math.sqrt(dx * dx + dy * dy + dz * dz)
                heaven(dx / ray, dy / ray, dz / ray, sky, 6, out)
                weight = share * missing
                for c in range(3):
                    colour[j, i, c] += weight * out[c]
                cover[j, i] += weight
                lit[j, i] += weight
                counts[SKY, j, i] += missing
                if missing > best:
                    depth[j, i] = 1e4


class Renderer:
    """One stage ready to be drawn in layers under one light; the shadow map is made once."""

    def __init__(self, stage: Stage, camera: Camera, sky: Doubles, track: Doubles, width: int, height: int) -> None:
        self.stage, self.camera, self.sky, self.track = stage, camera, sky, track
        self.width, self.height = width, height
        self.flat, self.table = stage.atlas()
        self.rows = np.stack([look.row() for look in stage.looks])
        self.kinds = np.array([look.kind for look in stage.looks], np.int32)
        self.concepts = np.array([CONCEPTS.index(look.concept) for look in stage.looks], np.int32)
        self.textures = np.array([look.texture for look in stage.looks], np.int32)
        self.cuts = np.array([look.cut for look in stage.looks], np.int32)
        self.turns = np.array([stage.turns.get(number, (1.0, 0.0)) for number in range(len(stage.looks))], np.float64)
        self.lamps = np.array(stage.lamps, np.float64).reshape(-1, 11)
        self.footprints = np.array(stage.footprints, np.float64).reshape(-1, 8)
        self.shadow, self.frame = self._sun()

    def _sun(self, size: int = 1400) -> tuple[Floats, Doubles]:
        sun = self.sky[:3] / np.linalg.norm(self.sky[:3])
        numbers = [
            k
            for k, look in enumerate(self.stage.looks)
            if self.stage.casts[k] and look.kind != GROUND and self.stage.layers[k] >= 0
        ]
        frame = np.zeros((3, 4))
        near = np.full((size, size), -1e9, np.float32)
        if not numbers or self.sky[24] <= 0 or sun[2] < 0.09:
            frame[2, 3] = 1e9
            return near, frame
        side = np.cross(sun, (0.0, 0.0, 1.0))
        side /= np.linalg.norm(side)
        up = np.cross(side, sun)
        # a sharp map needs a small field: what the picture is about, and the world within reach of it
        about = [k for k in numbers if self.stage.layers[k] != WORLD] or numbers
        points = np.concatenate([self.stage.shapes[k].points for k in about])
        points = points[np.abs(points[:, 0]) < 60]
        a, b = points @ side, points @ up
        pixel = max(np.ptp(a), np.ptp(b), 1.0) * 1.25 / size
        frame[0, :3], frame[0, 3] = side / pixel, -(a.min() + a.max()) / 2 / pixel + size / 2
        frame[1, :3], frame[1, 3] = up / pixel, -(b.min() + b.max()) / 2 / pixel + size / 2
        frame[2, :3] = sun
        offset = 1000.0
        for k in numbers:
            shape = self.stage.shapes[k]
            if len(shape.points) > 4 and self.stage.layers[k] == WORLD and np.abs(shape.points[:, 0]).min() > 45:
                continue
            flat = shape.points @ frame[:, :3].T + frame[:, 3] + np.array([0, 0, offset])
            corners = flat[shape.triangles]
            count = len(corners)
            fill(
                corners, shape.inner[shape.triangles] , np.arange(count, dtype=np.int32), np.full(count, k, np.int32),
                self.cuts, self.rows, self.textures, self.flat, self.table, pixel * offset, near,
                np.full((size, size), -1, np.int32),
            )  # fmt: skip
        return (near - np.float32(offset)).astype(np.float32), frame

    def screen(self, points: Doubles) -> Doubles:
        """Pixels x, y and depth in metres (n, 3) of world points (n, 3)."""
        size = (float(self.width), float(self.height))
        at = np.array(self.camera.at, np.float64)
        xy, depth = project(points, at, self.camera.basis(), self.camera.focal(self.width), size)
        return np.concatenate([xy, depth[:, None]], axis=1)

    def draw(self, layer: int, *, fine: int = 2, with_sky: bool = False, mirror: bool = False) -> Layer:
        """Draw a layer; `mirror` draws everything but the ground as a still puddle shows it."""
        width, height = self.width, self.height
        basis, at = self.camera.basis(), np.array(self.camera.at, np.float64)
        flip = 1.0
        if mirror:
            basis, at, flip = mirrored(basis), at * np.array([1, 1, -1.0]), -1.0
        focal = self.camera.focal(width)
        if mirror:
            numbers = [
                k for k, look in enumerate(self.stage.looks) if look.kind != GROUND and self.stage.layers[k] >= 0
            ]
        else:
            numbers = [k for k, number in enumerate(self.stage.layers) if number == layer]
        near = np.zeros((height * fine, width * fine), np.float32)
        seen = np.zeros(near.shape, np.int32)
        points, normals, inner, parts = [], [], [], []
        view = View(at, basis, focal * fine, width * fine, height * fine)
        start = 1
        low, high = np.full(2, np.inf), np.full(2, -np.inf)
        for k in numbers:
            shape = self.stage.shapes[k]
            corners, coordinates, ids = perspective(shape, view)
            if not len(ids):
                continue
            low = np.minimum(low, corners[..., :2].reshape(-1, 2).min(axis=0))
            high = np.maximum(high, corners[..., :2].reshape(-1, 2).max(axis=0))
            count = len(shape.triangles)
            points.append(shape.points[shape.triangles])
            normals.append(shape.normals[shape.triangles])
            inner.append(shape.inner[shape.triangles])
            parts.append(np.full(count, k, np.int32))
            owner = np.zeros(start + count, np.int32)
            owner[start:] = k
            fill(
                corners, coordinates, (ids + start).astype(np.int32), owner, self.cuts, self.rows, self.textures,
                self.flat, self.table, 1 / focal, near, seen,
            )  # fmt: skip
            start += count
        size = np.array([width, height])
        if with_sky:
            low, high = np.zeros(2), size * float(fine)
        low = np.clip(np.nan_to_num(low / fine, posinf=0.0), 0, size).astype(np.int32)
        high = np.clip(np.nan_to_num(high / fine, neginf=0.0) + 1, 0, size).astype(np.int32)
        bounds = np.array([low[1], high[1], low[0], high[0]], np.int32)
        empty = np.zeros((0, 3, 3))
        colour = np.zeros((height, width, 3), np.float32)
        cover, lit, mirrors, depth = (np.zeros((height, width), np.float32) for _ in range(4))
        counts = np.zeros((len(CONCEPTS), height, width), np.uint8)
        who = np.full((height, width), -1, np.int32)
        _shade_all(
            seen, fine, basis, at, focal, _all(points, empty), _all(normals, empty), _all(inner, empty),
            np.concatenate([*parts, np.zeros(0, np.int32)]), self.kinds, self.concepts, self.textures, self.rows,
            self.flat, self.table, self.sky, self.track, self.shadow, self.frame, self.lamps, self.footprints,
            with_sky, flip, self.turns, bounds, colour, cover, lit, mirrors, depth, counts, who,
        )  # fmt: skip
        return Layer(colour, cover, lit, mirrors, depth, counts, who, fine * fine)


def _all(pieces: list[Doubles], empty: Doubles) -> Doubles:
    return np.ascontiguousarray(np.concatenate(pieces)) if pieces else empty


@compiled
def extents(part: Ints, table: Ints) -> None:
    """Left, top, right, bottom and number of pixels of every part into `table` (parts, 5)."""
    table[:, 0:2] = 1 << 30
    for j in range(part.shape[0]):
        for i in range(part.shape[1]):
            k = part[j, i]
            if k >= 0:
                table[k, 0] = min(table[k, 0], i)
                table[k, 1] = min(table[k, 1], j)
                table[k, 2] = max(table[k, 2], i)
                table[k, 3] = max(table[k, 3], j)
                table[k, 4] += 1
