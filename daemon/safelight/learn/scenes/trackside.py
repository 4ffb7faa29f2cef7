"""What stands beside a track: ground, walls, wire fences, stands, pit buildings, trees, posts, signs, bridges."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from safelight.learn.scenes.boards import ribbon
from safelight.learn.scenes.compiled import Bytes, Doubles, linear
from safelight.learn.scenes.foliage import treeline
from safelight.learn.scenes.lettering import write
from safelight.learn.scenes.mesh import (
    CUT_ALPHA,
    GLOW,
    GROUND,
    MATTE,
    TEXTURE,
    Look,
    Stage,
    ball,
    box,
    grid,
    limb,
    quad,
)  # fmt: skip
from safelight.learn.scenes.people import crowd

KERBS = {
    "red": ((0.55, 0.045, 0.035), (0.66, 0.66, 0.64)),
    "blue": ((0.04, 0.20, 0.55), (0.72, 0.48, 0.05)),
    "green": ((0.05, 0.28, 0.10), (0.66, 0.66, 0.64)),
}


@dataclass(frozen=True)
class Track:
    """The road: bend (y = bend x²), edges, racing line, kerbs (near, far; metres), colours, run-off, paddock."""

    bend: float = 0.0
    near: float = -6.0
    far: float = 6.0
    line: float = 0.0
    kerbs: tuple[float, float] = (1.2, 1.2)
    paint: str = "red"
    runoff: float = 0.8
    paddock: bool = False

    def row(self, seed: int) -> Doubles:
        """The numbers shade reads (16,)."""
        one, two = KERBS[self.paint]
        values = (self.bend, self.near, self.far, self.line, *self.kerbs, 1.25, *one, *two, self.runoff)
        return np.array([*values, float(self.paddock), float(seed % 89)])


def put_ground(stage: Stage) -> None:
    """The endless ground plane."""
    shape = quad(np.array([-900.0, 1600, 0]), np.array([1800.0, 0, 0]), np.array([0, -2000.0, 0]))
    stage.add(replace(shape, normals=np.tile([0.0, 0.0, 1.0], (4, 1))), Look(GROUND), casts=False)


def put_wall(stage: Stage, y: float, low: float, high: float, bend: float, tone: float = 0.42) -> None:
    """A concrete wall along the track, with a thickness seen from above."""
    concrete = Look(MATTE, (tone, tone * 0.99, tone * 0.95), 0.0, (0.5, 0.9), concept="barrier")
    for x in np.arange(-120.0, 160.0, 40.0):
        stage.add(ribbon((x, y), 40.2, low, high, bend), concrete)
    u, v = np.meshgrid(np.linspace(-120, 160, 60), np.linspace(0, 0.35, 2))
    stage.add(grid(np.stack([u, y + v + bend * u * u, np.full_like(u, high)], -1)), concrete)


def put_rail(stage: Stage, y: float, bend: float, rows: int = 3) -> None:
    """Steel guard rails on posts."""
    steel = Look(MATTE, (0.36, 0.37, 0.39), 0.45, (0.35, 1.6), concept="barrier")
    for row in range(rows):
        z = 0.28 + 0.32 * row
        for x in np.arange(-120.0, 160.0, 40.0):
            for low, high, lean in ((z - 0.13, z - 0.01, 0.05), (z + 0.01, z + 0.13, 0.05)):
                u, v = np.meshgrid(np.linspace(0, 1, 9), np.linspace(0, 1, 4))
                along = x + u * 40.1
                points = np.stack(
                    [along, y + bend * along**2 - lean * np.sin(v * math.pi), high - v * (high - low)], -1
                )
                stage.add(grid(points), steel)
    for x in np.arange(-100.0, 140.0, 4.0):
        stage.add(
            box((x - 0.06, y + 0.05 + bend * x * x, 0), (x + 0.06, y + 0.2 + bend * x * x, 1.1)), steel, casts=False
        )


def _wire() -> Bytes:
    size = 512
    wire = Image.new("RGBA", (size, size), (150, 152, 156, 0))
    draw = ImageDraw.Draw(wire)
    for k in range(0, size + 1, 32):
        draw.line([(k, 0), (k, size)], fill=(150, 152, 156, 255), width=4)
        draw.line([(0, k), (size, k)], fill=(150, 152, 156, 255), width=4)
    return np.asarray(wire)


def put_fence(stage: Stage, y: float, low: float, high: float, bend: float, spacing: float = 4.0) -> None:
    """A debris fence: posts that lean over the track at the top, cables, and wire where the camera could see it."""
    steel = Look(MATTE, (0.34, 0.35, 0.36), 0.3, concept="barrier")
    for x in np.arange(-60.0, 90.0, spacing):
        ground = y + bend * x * x
        stage.add(limb((x, ground, low), (x, ground, high), 0.05, 0.05, 6), steel, casts=False)
        stage.add(limb((x, ground, high), (x, ground - 0.6, high + 0.55), 0.045, 0.04, 6), steel, casts=False)
    for z in np.linspace(low + 0.3, high, 5):
        for x in np.arange(-60.0, 90.0, 30.0):
            stage.add(ribbon((x, y), 30.0, float(z) - 0.012, float(z) + 0.012, bend), steel, casts=False)
    texture = stage.texture(_wire())
    for x in np.arange(-60.0, 90.0, 1.6 * (high - low)):
        look = Look(TEXTURE, (1, 1, 1), 0.0, (0.0, 0.0, 512 / (high - low)), texture, CUT_ALPHA, "barrier")
        stage.add(ribbon((x, y + 0.02), 1.6 * (high - low), low, high, bend), look, casts=False)


_TREES: dict[int, Bytes] = {}


def put_trees(stage: Stage, rng: np.random.Generator, y: float, tall: float, bend: float = 0.0, kind: int = 0) -> None:
    """A line of trees at a distance y; four drawings are made once a process and reused."""
    if kind not in _TREES:
        _TREES[kind] = treeline(np.random.default_rng([kind, 31]))
    texture = stage.texture(_TREES[kind])
    width = tall * 2560 / 420
    look = Look(TEXTURE, (1, 1, 1), 0.0, (0.0, 0.0, 420 / tall), texture, CUT_ALPHA, "vegetation")
    offset = float(rng.uniform(0, width))
    for k in range(-4, 6):
        shape = ribbon((k * width - offset, y), width, -0.3, tall, bend)
        up = np.tile([0.0, -0.45, 0.89], (len(shape.points), 1))
        stage.add(replace(shape, normals=up), look, casts=False)


def put_wood(stage: Stage, rng: np.random.Generator, x: float, tall: float, kind: int = 0) -> None:
    """A wood across the end of a long view, at a distance x along the track."""
    before = len(stage.shapes)
    put_trees(stage, rng, 0.0, tall, 0.0, kind)
    for number in range(before, len(stage.shapes)):
        shape = stage.shapes[number]
        points = np.stack([np.full(len(shape.points), x), shape.points[:, 0], shape.points[:, 2]], -1)
        stage.shapes[number] = replace(shape, points=points, normals=np.tile([-0.45, -0.2, 0.87], (len(points), 1)))


def put_stand(
    stage: Stage, rng: np.random.Generator, y: float, x: tuple[float, float], roof: bool = True, dim: float = 1.0
) -> None:
    """A grandstand with spectators."""
    texture = stage.texture(crowd(rng, dim=dim))
    look = Look(TEXTURE, (1, 1, 1), 0.0, (0.0, 0.6, 60.0), texture, concept="person")
    concrete = Look(MATTE, (0.33, 0.33, 0.34), 0.0, (0.4, 0.5), concept="building")
    width = 32.0
    place = x[0]
    while place < x[1]:
        corner = np.array([place, y + 9.0, 8.6])
        shape = quad(corner, np.array([width, 0, 0]), np.array([0, -9.0, -6.2]))
        stage.add(replace(shape, normals=np.tile([0.0, -0.75, 0.66], (4, 1))), look, casts=False)
        stage.add(box((place, y, 0), (place + width, y + 0.3, 2.45)), concrete, casts=False)
        if roof:
            white = Look(MATTE, (0.72, 0.73, 0.75), 0.2, concept="building")
            stage.add(box((place - 0.4, y - 1.0, 11.2), (place + width + 0.4, y + 11, 11.6)), white, casts=False)
            for k in range(5):
                px = place + k * width / 4
                stage.add(limb((px, y + 9.5, 0), (px, y + 9.5, 11.2), 0.16, 0.14, 8), white, casts=False)
        place += width + 1.5


def put_pits(stage: Stage, y: float, x: tuple[float, float]) -> None:
    """A pit building: open garages below numbers, balconies of glass above."""
    wall = Look(MATTE, (0.50, 0.51, 0.52), 0.0, (0.25, 0.6), concept="building")
    dark = Look(MATTE, (0.030, 0.032, 0.036), 0.0, (0.6, 1.2), concept="building")
    glass = Look(MATTE, (0.05, 0.07, 0.09), 0.8, concept="building")
    inside = Look(GLOW, (0.9, 0.95, 1.0), 0.0, (1.2,), concept="building")
    stage.add(box((x[0], y + 0.1, 3.4), (x[1], y + 9, 8.2)), wall, casts=False)
    stage.add(
        quad(np.array([x[0], y + 5.0, 3.4]), np.array([x[1] - x[0], 0, 0]), np.array([0, 0, -3.4])), dark, casts=False
    )
    place, number = x[0], 1
    while place < x[1]:
        stage.add(box((place - 0.25, y, 0), (place + 0.25, y + 0.6, 3.4)), wall, casts=False)
        stage.add(box((place + 0.6, y - 0.15, 4.4), (place + 6.4, y + 0.1, 6.6)), glass, casts=False)
        stage.add(box((place + 1.4, y + 3.2, 2.9), (place + 5.6, y + 3.3, 3.0)), inside, casts=False)
        plate = Image.new("RGBA", (128, 96), (24, 40, 84, 255))
        word = write(str(number), 52, (250, 250, 250), bold=0.08)
        plate.alpha_composite(word, ((128 - word.width) // 2, (96 - word.height) // 2))
        look = Look(TEXTURE, (1, 1, 1), 0.0, (0.0, 0.0, 110.0), stage.texture(np.asarray(plate)), concept="building")
        stage.add(
            quad(np.array([place + 2.9, y - 0.02, 4.25]), np.array([1.2, 0, 0]), np.array([0, 0, -0.9])),
            look,
            casts=False,
        )
        place += 7.0
        number += 1
    rim = Look(MATTE, linear(190, 28, 34), 0.1, concept="building")
    stage.add(box((x[0], y - 0.05, 3.2), (x[1], y + 0.15, 3.42)), rim, casts=False)


def put_post(stage: Stage, at: tuple[float, float], tall: float, layer: int, radius: float = 0.06) -> None:
    """A green marker post with a white band: the thing that spoils a picture."""
    stage.thing()
    green = Look(MATTE, linear(18, 120, 62), 0.15, (0.2, 3.0), concept="sign")
    white = Look(MATTE, linear(236, 236, 230), 0.1, concept="sign")
    stage.add(limb((*at, 0.0), (*at, tall), radius, radius, 14), green, layer)
    stage.add(limb((*at, tall * 0.80), (*at, tall * 0.88), radius * 1.03, radius * 1.03, 14), white, layer)


def put_sign(
    stage: Stage, at: tuple[float, float], kind: str, layer: int, tall: float = 1.9, size: float = 0.75
) -> None:
    """A traffic sign on a pole, facing the camera side: 'speed', 'ban', 'warn' or 'arrow'."""
    stage.thing()
    steel = Look(MATTE, (0.42, 0.43, 0.44), 0.4, concept="sign")
    stage.add(limb((at[0], at[1] + 0.04, 0.0), (at[0], at[1] + 0.04, tall), 0.035, 0.035, 8), steel, layer)
    plate = Image.new("RGBA", (512, 512), (0, 0, 0, 0))
    draw = ImageDraw.Draw(plate)
    if kind == "warn":
        draw.polygon([(256, 24), (500, 470), (12, 470)], fill=(200, 24, 28, 255))
        draw.polygon([(256, 120), (420, 424), (92, 424)], fill=(250, 250, 246, 255))
        draw.rectangle([242, 210, 270, 340], fill=(20, 20, 20, 255))
        draw.ellipse([240, 360, 272, 392], fill=(20, 20, 20, 255))
    elif kind == "arrow":
        draw.rounded_rectangle([16, 96, 496, 416], 30, fill=(20, 70, 160, 255), outline=(250, 250, 250, 255), width=14)
        draw.polygon(
            [(90, 220), (300, 220), (300, 150), (440, 256), (300, 362), (300, 292), (90, 292)],
            fill=(250, 250, 250, 255),
        )
    else:
        draw.ellipse([12, 12, 500, 500], fill=(200, 24, 28, 255))
        draw.ellipse([72, 72, 440, 440], fill=(250, 250, 246, 255))
        if kind == "speed":
            word = write("60", 190, (18, 18, 20), bold=0.08)
            plate.alpha_composite(word, ((512 - word.width) // 2, (512 - word.height) // 2))
    look = Look(TEXTURE, (1, 1, 1), 0.05, (0.0, 0.5, 512 / size), stage.texture(np.asarray(plate)), CUT_ALPHA, "sign")
    corner = np.array([at[0] - size / 2, at[1], tall + size / 2])
    stage.add(quad(corner, np.array([size, 0, 0]), np.array([0, 0, -size])), look, layer)


def put_floodlight(stage: Stage, at: tuple[float, float], tall: float, power: float) -> None:
    """A mast with lamps that light the track."""
    steel = Look(MATTE, (0.2, 0.2, 0.21), 0.2, concept="building")
    stage.add(limb((*at, 0.0), (*at, tall), 0.12, 0.08, 8), steel, casts=False)
    lamp = Look(GLOW, (1.0, 0.93, 0.80), 0.0, (14.0,), concept="building")
    for k in range(4):
        stage.add(
            box((at[0] - 0.8 + 0.42 * k, at[1] - 0.1, tall), (at[0] - 0.5 + 0.42 * k, at[1] + 0.1, tall + 0.3)),
            lamp,
            casts=False,
        )
    stage.lamps.append((at[0], at[1] - 0.5, tall, 0, 0, -1, -2, power, power * 0.92, power * 0.78, tall * 1.2))


def put_tyres(stage: Stage, x: float, y: float, count: int = 9) -> None:
    """A stack of tyres before a wall, red and white."""
    for k in range(count):
        for row in range(4):
            painted = linear(190, 28, 32) if (k // 3) % 2 == 0 else linear(226, 226, 222)
            colour = painted if row in {1, 2} else (0.022, 0.022, 0.023)
            at = (x + k * 0.62, y, row * 0.26)
            ring = ball((at[0], at[1], at[2] + 0.13), (0.31, 0.31, 0.14), 8)
            stage.add(ring, Look(MATTE, colour, 0.1, (0.5, 4.0), concept="barrier"))
