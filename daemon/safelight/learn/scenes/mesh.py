"""Bodies as triangles with normals and object coordinates, and the stage that collects them for the painter.

A `Part` is one surface of one material and one concept; object coordinates are what its material is drawn in
(metres of the car, or u and v of a texture in 0–1). Shapes know nothing of light or camera.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from safelight.learn.scenes.compiled import Bytes, Doubles, Floats, Ints

MATTE, GROUND, TEXTURE, PAINT, GLASS, WHEEL, GLOW, LEAVES = range(8)
CUT_NONE, CUT_ALPHA, CUT_ARCHES = range(3)
NUMBERS = 16
WORLD, FOCUS, FRONT = range(3)
CONCEPTS = (
    "none",
    "car",
    "person",
    "face",
    "advertising",
    "sign",
    "road",
    "sky",
    "vegetation",
    "building",
    "barrier",
)


@dataclass(frozen=True)
class Look:
    """A material: kind, linear colour, gloss 0–1, further numbers (see shade), texture, cut-out, concept."""

    kind: int = MATTE
    colour: tuple[float, float, float] = (0.5, 0.5, 0.5)
    gloss: float = 0.0
    numbers: tuple[float, ...] = ()
    texture: int = 0
    cut: int = CUT_NONE
    concept: str = "none"

    def of(self, concept: str) -> Look:
        """The same material on another kind of thing."""
        return replace(self, concept=concept)

    def row(self) -> Floats:
        """Colour, gloss and numbers as the painter's parameter row."""
        row = np.zeros(NUMBERS, np.float32)
        row[:3] = self.colour
        row[3] = self.gloss
        row[4 : 4 + len(self.numbers)] = self.numbers
        return row


@dataclass(frozen=True)
class Shape:
    """Vertices, unit normals and object coordinates (n, 3) each, triangles (m, 3) of indices."""

    points: Doubles
    normals: Doubles
    inner: Doubles
    triangles: Ints

    def moved(self, by: tuple[float, float, float], turn: float = 0.0, scale: float = 1.0, pitch: float = 0.0) -> Shape:
        """Scaled, pitched about y (radians, nose down positive), turned about z, then shifted."""
        c, s = math.cos(turn), math.sin(turn)
        cp, sp = math.cos(pitch), math.sin(pitch)
        matrix = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]]) @ np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
        return replace(self, points=self.points * scale @ matrix.T + np.array(by), normals=self.normals @ matrix.T)


def grid(points: Doubles, inner: Doubles | None = None) -> Shape:
    """A smooth surface through (rows, columns, 3) points; object coordinates are the points unless given."""
    rows, columns = points.shape[:2]
    along = np.gradient(points, axis=0)
    across = np.gradient(points, axis=1)
    normals = np.cross(along, across)
    length = np.linalg.norm(normals, axis=2, keepdims=True)
    normals = np.where(length > 1e-12, normals / np.maximum(length, 1e-12), np.array([0.0, 0.0, 1.0]))
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]
    triangles = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([b, d, c], -1).reshape(-1, 3)])
    flat = points.reshape(-1, 3)
    return Shape(
        flat, normals.reshape(-1, 3), flat if inner is None else inner.reshape(-1, 3), triangles.astype(np.int32)
    )


def join(*shapes: Shape) -> Shape:
    """Several shapes as one."""
    starts = np.cumsum([0, *(len(shape.points) for shape in shapes[:-1])])
    return Shape(
        np.concatenate([shape.points for shape in shapes]),
        np.concatenate([shape.normals for shape in shapes]),
        np.concatenate([shape.inner for shape in shapes]),
        np.concatenate([shape.triangles + start for shape, start in zip(shapes, starts, strict=True)]).astype(np.int32),
    )


def quad(corner: Doubles, right: Doubles, down: Doubles) -> Shape:
    """A flat rectangle from its top left corner; object coordinates are u, v in 0–1."""
    points = np.array([corner, corner + right, corner + down, corner + right + down], np.float64)
    normal = np.cross(right, down)
    normal = normal / np.linalg.norm(normal)
    inner = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], np.float64)
    return Shape(points, np.tile(normal, (4, 1)), inner, np.array([[0, 1, 2], [1, 3, 2]], np.int32))


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Shape:
    """An upright box between two corners; object coordinates are its own points."""
    x0, y0, z0 = low
    x1, y1, z1 = high
    sides = []
    for corner, right, down in (
        ((x0, y0, z1), (x1 - x0, 0, 0), (0, 0, z0 - z1)),
        ((x1, y1, z1), (x0 - x1, 0, 0), (0, 0, z0 - z1)),
        ((x1, y0, z1), (0, y1 - y0, 0), (0, 0, z0 - z1)),
        ((x0, y1, z1), (0, y0 - y1, 0), (0, 0, z0 - z1)),
        ((x0, y1, z1), (x1 - x0, 0, 0), (0, y0 - y1, 0)),
        ((x0, y0, z0), (x1 - x0, 0, 0), (0, y1 - y0, 0)),
    ):
        side = quad(np.array(corner, np.float64), np.array(right, np.float64), np.array(down, np.float64))
        sides.append(replace(side, inner=side.points))
    return join(*sides)


def ball(centre: tuple[float, float, float], radii: tuple[float, float, float], rows: int = 12) -> Shape:
    """An ellipsoid; object coordinates are longitude (0–1, .5 is +x) and latitude (0 top, 1 bottom)."""
    v, u = np.meshgrid(np.linspace(0, 1, rows + 1), np.linspace(0, 1, rows * 2 + 1), indexing="ij")
    theta, phi = v * math.pi, (u - 0.5) * 2 * math.pi
    unit = np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], -1)
    shape = grid(unit * radii + np.array(centre), np.stack([u, v, np.zeros_like(u)], -1))
    normals = (unit / np.array(radii)).reshape(-1, 3)
    return replace(shape, normals=normals / np.linalg.norm(normals, axis=1, keepdims=True))


def limb(a: tuple[float, float, float], b: tuple[float, float, float], ra: float, rb: float, sides: int = 10) -> Shape:
    """A tapering tube with rounded ends from a to b."""
    start, end = np.array(a, np.float64), np.array(b, np.float64)
    axis = end - start
    length = float(np.linalg.norm(axis))
    axis = axis / max(length, 1e-9)
    helper = np.array([1.0, 0, 0]) if abs(axis[0]) < 0.8 else np.array([0, 1.0, 0])
    side = np.cross(axis, helper)
    side /= np.linalg.norm(side)
    other = np.cross(axis, side)
    quarter = np.linspace(0, math.pi / 2, 4)
    rings = [(start - axis * ra * math.cos(angle), ra * math.sin(angle)) for angle in quarter]
    rings += [(end + axis * rb * math.sin(angle), rb * math.cos(angle)) for angle in quarter]
    turn = np.linspace(0, 2 * math.pi, sides + 1)
    circle = np.cos(turn)[:, None] * side + np.sin(turn)[:, None] * other
    points = np.stack([centre + radius * circle for centre, radius in rings])
    shape = grid(points)
    normals = np.stack([circle + axis * lean for lean in (-3, -1, -0.4, 0, 0, 0.4, 1, 3)]).reshape(-1, 3)
    return replace(shape, normals=normals / np.linalg.norm(normals, axis=1, keepdims=True))


@dataclass
class Stage:
    """Everything put before the camera. `layer`: WORLD is swept by a pan, FOCUS is held sharp, FRONT is before it."""

    shapes: list[Shape] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    layers: list[int] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    textures: list[Bytes] = field(default_factory=lambda: [np.full((4, 4, 4), 255, np.uint8)])
    lamps: list[tuple[float, ...]] = field(default_factory=list)
    footprints: list[tuple[float, ...]] = field(default_factory=list)
    words: list[tuple[str, int, tuple[float, float, float, float]]] = field(default_factory=list)
    casts: list[bool] = field(default_factory=list)
    turns: dict[int, tuple[float, float]] = field(default_factory=dict)
    owner: int = 0

    def add(self, shape: Shape, look: Look, layer: int = WORLD, *, casts: bool = True) -> int:
        """Put a shape on the stage; returns its part number."""
        self.shapes.append(shape)
        self.looks.append(look)
        self.layers.append(layer)
        self.casts.append(casts)
        self.owners.append(self.owner)
        return len(self.shapes) - 1

    def thing(self) -> int:
        """Begin a new thing: parts added from now on belong to it (one car, one person)."""
        self.owner += 1
        return self.owner

    def texture(self, picture: Bytes) -> int:
        """Keep an (h, w, 4) sRGB picture with alpha; returns its number for Look.texture."""
        self.textures.append(np.ascontiguousarray(picture))
        return len(self.textures) - 1

    def atlas(self, levels: int = 7) -> tuple[Bytes, Ints]:
        """All textures with their halvings as one flat array, and a table (texture, level) → start, width, height."""
        pieces: list[Bytes] = []
        table = np.zeros((len(self.textures), levels, 3), np.int32)
        start = 0
        for number, picture in enumerate(self.textures):
            current = picture
            for level in range(levels):
                height, width = current.shape[:2]
                table[number, level] = start, width, height
                pieces.append(current.reshape(-1))
                start += current.size
                if min(height, width) > 4:
                    current = np.asarray(
                        cv2.resize(current, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.uint8
                    )
        return np.concatenate(pieces), table
