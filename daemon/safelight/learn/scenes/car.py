"""Race cars as bodies: lofted bodywork with open wheel arches, cabin with windows, wheels, wing, lamps.

Object frame: x from tail (−) to nose (+), y to the car's left, z up from the ground, metres. `put_car` places one on
the stage as one thing; everything of it bears the concept `car`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from safelight.learn.scenes.compiled import Doubles, linear
from safelight.learn.scenes.livery import Livery, glaze, paint_livery
from safelight.learn.scenes.mesh import (
    CUT_ARCHES,
    CUT_NONE,
    FOCUS,
    GLASS,
    GLOW,
    MATTE,
    PAINT,
    WHEEL,
    Look,
    Shape,
    Stage,
    ball,
    box,
    grid,
    limb,
)  # fmt: skip

# columns: x, underside z, sill half width, widest half width, its z, shoulder z, shoulder half width, deck z
GT = (
    (-2.32, 0.36, 0.74, 0.84, 0.62, 0.84, 0.70, 0.88),
    (-2.22, 0.24, 0.84, 0.92, 0.62, 0.91, 0.76, 0.93),
    (-1.90, 0.14, 0.93, 0.98, 0.58, 0.95, 0.82, 0.95),
    (-1.33, 0.10, 0.96, 1.015, 0.54, 0.95, 0.86, 0.94),
    (-0.95, 0.10, 0.95, 0.99, 0.52, 0.91, 0.83, 0.91),
    (-0.60, 0.10, 0.92, 0.945, 0.50, 0.87, 0.82, 0.89),
    (0.10, 0.10, 0.91, 0.935, 0.48, 0.85, 0.81, 0.88),
    (0.65, 0.10, 0.91, 0.945, 0.48, 0.845, 0.82, 0.865),
    (1.00, 0.10, 0.93, 0.98, 0.48, 0.84, 0.84, 0.83),
    (1.40, 0.10, 0.95, 1.00, 0.47, 0.82, 0.85, 0.78),
    (1.80, 0.10, 0.94, 0.985, 0.44, 0.75, 0.83, 0.72),
    (2.10, 0.10, 0.92, 0.95, 0.40, 0.65, 0.78, 0.645),
    (2.28, 0.11, 0.84, 0.87, 0.37, 0.55, 0.68, 0.57),
    (2.36, 0.14, 0.72, 0.76, 0.34, 0.45, 0.60, 0.48),
)
PROTO = (
    (-2.34, 0.30, 0.70, 0.90, 0.52, 0.66, 0.74, 0.56),
    (-2.20, 0.18, 0.84, 0.95, 0.50, 0.74, 0.78, 0.60),
    (-1.70, 0.09, 0.92, 0.965, 0.46, 0.82, 0.80, 0.64),
    (-1.40, 0.08, 0.93, 0.97, 0.45, 0.83, 0.80, 0.67),
    (-0.95, 0.08, 0.92, 0.96, 0.42, 0.76, 0.78, 0.66),
    (-0.45, 0.08, 0.91, 0.95, 0.40, 0.64, 0.80, 0.62),
    (0.30, 0.08, 0.90, 0.945, 0.38, 0.58, 0.80, 0.58),
    (0.75, 0.08, 0.91, 0.95, 0.38, 0.64, 0.80, 0.54),
    (1.15, 0.08, 0.93, 0.97, 0.40, 0.77, 0.79, 0.52),
    (1.48, 0.08, 0.93, 0.97, 0.40, 0.80, 0.78, 0.50),
    (1.85, 0.08, 0.92, 0.95, 0.36, 0.70, 0.76, 0.44),
    (2.12, 0.08, 0.90, 0.92, 0.30, 0.50, 0.72, 0.36),
    (2.30, 0.09, 0.84, 0.86, 0.24, 0.33, 0.64, 0.29),
    (2.40, 0.11, 0.72, 0.75, 0.19, 0.23, 0.55, 0.22),
)
# columns: x, foot half width, foot z, roof half width, roof z
GT_CABIN = (
    (-1.85, 0.66, 0.90, 0.42, 0.955), (-1.45, 0.72, 0.88, 0.50, 1.07), (-0.95, 0.78, 0.84, 0.555, 1.19),
    (-0.45, 0.81, 0.82, 0.575, 1.255), (0.00, 0.82, 0.82, 0.575, 1.262), (0.25, 0.82, 0.82, 0.57, 1.225),
    (0.60, 0.81, 0.82, 0.60, 1.045), (0.98, 0.78, 0.80, 0.66, 0.845),
)  # fmt: skip
PROTO_CABIN = (
    (-1.95, 0.10, 0.60, 0.05, 0.74), (-1.30, 0.30, 0.60, 0.16, 0.88), (-0.70, 0.50, 0.58, 0.30, 0.99),
    (-0.20, 0.60, 0.55, 0.38, 1.045), (0.15, 0.63, 0.54, 0.40, 1.035), (0.50, 0.62, 0.52, 0.40, 0.93),
    (0.90, 0.56, 0.48, 0.40, 0.74), (1.20, 0.44, 0.46, 0.36, 0.56),
)  # fmt: skip


@dataclass(frozen=True)
class Model:
    """Measures of one kind of car; lengths in metres."""

    body: tuple[tuple[float, ...], ...]
    cabin: tuple[tuple[float, ...], ...]
    axles: tuple[float, float]
    wheel: float
    track: float
    height: float
    wing: tuple[float, float]
    lamps: tuple[float, float, float]
    proto: bool = False


MODELS = {
    "gt": Model(GT, GT_CABIN, (1.40, -1.33), 0.345, 0.84, 1.30, (-2.12, 1.20), (2.05, 0.70, 0.585)),
    "proto": Model(PROTO, PROTO_CABIN, (1.48, -1.40), 0.335, 0.82, 1.06, (-2.28, 0.96), (1.93, 0.75, 0.56), proto=True),
}


def smooth(xs: Doubles, knots: Doubles, values: Doubles) -> Doubles:
    """Monotone cubic through (knots, values[..., k]) at xs: no overshoot, so bodywork does not ripple."""
    h = np.diff(knots)
    slope = np.diff(values, axis=0) / h.reshape(-1, *([1] * (values.ndim - 1)))
    rise = np.zeros_like(values)
    same = slope[:-1] * slope[1:] > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = 2 / (1 / slope[:-1] + 1 / slope[1:])
    rise[1:-1] = np.where(same, mean, 0)
    rise[0], rise[-1] = slope[0], slope[-1]
    k = np.clip(np.searchsorted(knots, xs) - 1, 0, len(h) - 1)
    t = ((xs - knots[k]) / h[k]).reshape(-1, *([1] * (values.ndim - 1)))
    width = h[k].reshape(t.shape)
    first = (1 + 2 * t) * (1 - t) ** 2 * values[k] + t**2 * (3 - 2 * t) * values[k + 1]
    return np.asarray(first + t * (1 - t) ** 2 * width * rise[k] + t**2 * (t - 1) * width * rise[k + 1])


def _loft(rings: Doubles) -> Shape:
    """A closed tube from half rings (n, k, 2) of (y, z) at xs given as (n, k, 3); mirrored to both sides."""
    mirror = rings[:, ::-1] * np.array([1, -1, 1])
    return grid(np.concatenate([rings, mirror[:, 1:]], axis=1))


def bodywork(model: Model, sections: int = 64) -> Shape:
    """The outer skin without the cabin."""
    table = np.array(model.body)
    xs = np.linspace(table[0, 0], table[-1, 0], sections)
    xs = np.sort(np.concatenate([xs, table[-1, 0] - 0.01 * np.arange(1, 7) ** 1.5]))
    zb, ws, wb, zm, zs, wsh, zd = smooth(xs, table[:, 0], table[:, 1:]).T
    # between fender tops and middle the deck dips or swells
    deck = 0.5 * zs + 0.5 * zd
    knots = np.stack(
        [
            np.stack([np.zeros_like(xs), zb], -1), np.stack([ws * 0.9, zb], -1), np.stack([ws, zb + 0.03], -1),
            np.stack([wb * 0.995, zm * 0.6 + zb * 0.4], -1), np.stack([wb, zm], -1),
            np.stack([wb * 0.985, zm * 0.45 + zs * 0.55], -1), np.stack([wsh * 0.5 + wb * 0.485, zs * 0.9 + zm * 0.1], -1),
            np.stack([wsh * 0.9, zs], -1), np.stack([wsh * 0.62, deck], -1), np.stack([wsh * 0.32, zd], -1),
            np.stack([np.zeros_like(xs), zd * 1.0], -1),
        ],
        axis=1,
    )  # fmt: skip
    parameter = np.array([0, 0.9, 1.0, 1.35, 1.7, 2.05, 2.4, 2.65, 2.95, 3.3, 3.6])
    fine = np.concatenate([np.linspace(0, 0.9, 3), np.linspace(0.95, 3.6, 40)])
    half = np.stack([smooth(fine, parameter, ring) for ring in knots])
    rings = np.concatenate([np.broadcast_to(xs[:, None, None], (*half.shape[:2], 1)), half], axis=2)
    caps = []
    for ring, lean in ((rings[0], -1.0), (rings[-1], 1.0)):
        middle = np.array([ring[0, 0], 0, (ring[:, 2].min() + ring[:, 2].max()) / 2])
        steps = [
            middle + (ring - middle) * s + np.array([lean * 0.06 * math.sqrt(1 - s * s), 0, 0])
            for s in (0.0, 0.4, 0.7, 0.88, 0.97)
        ]
        caps.append(np.stack(steps))
    full = np.concatenate([caps[0], rings, caps[1][::-1]])
    return _loft(full)


def cabin(model: Model, sections: int = 44) -> Shape:
    """The greenhouse."""
    table = np.array(model.cabin)
    xs = np.linspace(table[0, 0], table[-1, 0], sections)
    wf, zf, wr, zr = smooth(xs, table[:, 0], table[:, 1:]).T
    knots = np.stack(
        [
            np.stack([wf, zf], -1), np.stack([wf * 0.72 + wr * 0.28, zf * 0.7 + zr * 0.3], -1),
            np.stack([wf * 0.30 + wr * 0.70, zf * 0.28 + zr * 0.72], -1), np.stack([wr * 1.0, zr - 0.16 * (zr - zf)], -1),
            np.stack([wr * 0.80, zr - 0.04 * (zr - zf)], -1), np.stack([np.zeros_like(xs), zr], -1),
        ],
        axis=1,
    )  # fmt: skip
    parameter = np.array([0, 0.3, 0.7, 0.95, 1.2, 2.0])
    fine = np.linspace(0, 2, 26)
    half = np.stack([smooth(fine, parameter, ring) for ring in knots])
    rings = np.concatenate([np.broadcast_to(xs[:, None, None], (*half.shape[:2], 1)), half], axis=2)
    return _loft(rings)


def windows(
    model: Model, half_length: float
) -> tuple[list[list[tuple[float, float]]], list[list[tuple[float, float]]]]:
    """Glass of the cabin as polygons in the flank drawing (both flanks) and in the deck drawing, 0–1."""
    table = np.array(model.cabin)
    spans = [(-0.42, 0.60)] if model.proto else [(-1.20, -0.56), (-0.48, 0.58)]
    flanks: list[list[tuple[float, float]]] = []
    for low, high in spans:
        xs = np.linspace(low, high, 24)
        _, zf, _, zr = smooth(xs, table[:, 0], table[:, 1:]).T
        rake = 0.10 if low == spans[0][0] and not model.proto else 0.0
        bottom = [(x, f + 0.20 * (r - f)) for x, f, r in zip(xs, zf, zr, strict=True)]
        top = [
            (x + rake * (1 - k / 23), f + 0.80 * (r - f)) for k, (x, f, r) in enumerate(zip(xs, zf, zr, strict=True))
        ]
        outline = bottom + top[::-1]
        for side in (0, 1):
            sign = 1 if side == 0 else -1
            flanks.append(
                [(0.5 - sign * x / half_length * 0.5, side * 0.5 + (1 - z / model.height) * 0.5) for x, z in outline]
            )
    decks: list[list[tuple[float, float]]] = []
    for low, high, share in [(0.14, 1.12, 1.2)] if model.proto else [(0.27, 0.95, 1.0), (-1.70, -1.02, 0.86)]:
        xs = np.linspace(low, high, 24)
        wr = smooth(xs, table[:, 0], table[:, 1:])[:, 2] * share
        outline = [(x, w) for x, w in zip(xs, wr, strict=True)] + [(x, -w) for x, w in zip(xs, wr, strict=True)][::-1]
        decks.append([(0.5 - x / half_length * 0.5, 0.5 + y / 1.02 * 0.5) for x, y in outline])
    return flanks, decks


def _tyre(radius: float, width: float) -> Shape:
    profile = np.array(
        [
            (0.62, -0.40),
            (0.80, -0.50),
            (0.93, -0.50),
            (0.985, -0.44),
            (1.0, -0.30),
            (1.0, 0.30),
            (0.985, 0.44),
            (0.93, 0.5),
            (0.80, 0.5),
            (0.62, 0.4),
        ]
    )
    angle = np.linspace(0, 2 * math.pi, 49)
    r = profile[:, 0][:, None] * radius
    points = np.stack(
        [
            r * np.cos(angle),
            np.broadcast_to(profile[:, 1][:, None] * width, r.shape[:1] + angle.shape),
            r * np.sin(angle),
        ],
        -1,
    )
    return grid(points)


def _disc(radius: float, depth: float) -> Shape:
    rings = np.linspace(0.0, 1.0, 6)
    angle = np.linspace(0, 2 * math.pi, 41)
    r = rings[:, None] * radius
    sink = (depth * (1 - rings**2))[:, None] + 0 * angle
    points = np.stack([r * np.cos(angle), -sink, r * np.sin(angle)], -1)
    inner = np.stack([points[..., 0], points[..., 2], np.zeros_like(sink)], -1)
    return grid(points, inner)


Put = Callable[[Shape, Look], None]


@dataclass(frozen=True)
class Drive:
    """How a car stands and moves: place, heading (radians, 0 = +x), lamps on, wheel blur (radians), wrecked 0–1."""

    x: float
    y: float
    heading: float = 0.0
    lamps: float = 0.0
    spin: float = 0.9
    wrecked: float = 0.0
    brake: float = 0.0
    steer: float = 0.0
    pitch: float = 0.0


def put_car(stage: Stage, kind: str, livery: Livery, drive: Drive, layer: int = FOCUS) -> int:
    """Put a car on the stage; returns the number of the thing."""
    model = MODELS[kind]
    owner = stage.thing()
    flanks, deck, faces = paint_livery(livery, model.proto)
    numbers = [float(stage.texture(flanks)), float(stage.texture(deck)), 320.0, 2.42, model.axles[0], model.axles[1]]
    numbers += [model.wheel + 0.005, model.wheel + 0.055, 0.55, model.height, 1.02, float(stage.texture(faces))]
    paint = Look(PAINT, (1, 1, 1), 0.05, tuple(numbers), cut=CUT_ARCHES, concept="car")
    black = Look(MATTE, (0.012, 0.012, 0.013), 0.25, concept="car")
    carbon = Look(MATTE, (0.018, 0.018, 0.020), 0.6, concept="car")
    rubber = Look(MATTE, (0.020, 0.020, 0.021), 0.12, concept="car")
    second = Look(MATTE, linear(*livery.accent), 0.6, concept="car")

    def put(shape: Shape, look: Look) -> None:
        bent = _crumple(shape, drive.wrecked) if drive.wrecked else shape
        part = stage.add(bent.moved((drive.x, drive.y, 0.0), drive.heading, pitch=drive.pitch), look, layer)
        stage.turns[part] = (math.cos(drive.heading), math.sin(drive.heading))

    put(bodywork(model), paint)
    open_flanks, open_deck = windows(model, numbers[3])
    numbers[0] = float(stage.texture(glaze(flanks, open_flanks)))
    numbers[1] = float(stage.texture(glaze(deck, open_deck)))
    put(cabin(model), replace(paint, cut=CUT_NONE, numbers=tuple(numbers)))
    for k, axle in enumerate(model.axles):
        for side in (-1, 1):
            _wheel(put, model, axle, side, drive.steer if k == 0 else 0.0, drive, rubber, black, livery)
    _aero(put, model, carbon, second)
    _lights(stage, put, model, drive)
    stage.footprints.append(
        (drive.x, drive.y, math.cos(drive.heading), math.sin(drive.heading), 2.25, 0.88, 0.42, 0.93)
    )
    return owner


def _wheel(
    put: Put,
    model: Model,
    axle: float,
    side: int,
    steer: float,
    drive: Drive,
    rubber: Look,
    black: Look,
    livery: Livery,
) -> None:
    width = 0.30
    centre = (axle, side * model.track, model.wheel)
    turn = steer if side > 0 else steer + math.pi
    put(_tyre(model.wheel, width).moved(centre, turn), rubber)
    rim = Look(
        WHEEL,
        (0.42, 0.42, 0.44) if sum(livery.base) % 2 else (0.55, 0.42, 0.16),
        0.5,
        (10.0, drive.spin, model.wheel * 0.70, 0.0, drive.brake),
        concept="car",
    )
    lean = _disc(model.wheel * 0.70, 0.07)
    put(lean.moved((0, width * 0.44, 0)).moved(centre, turn), rim)
    # the dark of the arch behind the wheel
    angle = np.linspace(-0.45, math.pi + 0.45, 33)
    r = model.wheel + 0.052
    tube = np.stack(
        [
            np.stack([axle + r * np.cos(angle), np.full_like(angle, side * y), model.wheel + r * np.sin(angle)], -1)
            for y in (0.50, 0.935)
        ]
    )
    put(grid(tube), black)
    back = np.stack(
        [
            np.stack([axle + q * np.cos(angle), np.full_like(angle, side * 0.5), model.wheel + q * np.sin(angle)], -1)
            for q in (0.0, r)
        ]
    )
    put(grid(back), black)


def _aero(put: Put, model: Model, carbon: Look, second: Look) -> None:
    x, z = model.wing
    half = 0.90
    chord = np.linspace(0, 1, 12)
    upper = np.stack(
        [x + 0.19 - 0.38 * chord, np.zeros_like(chord), z + 0.055 * np.sin(chord * math.pi) ** 0.6 + 0.10 * chord**2],
        -1,
    )
    lower = upper - np.array([0, 0, 0.025])
    outline = np.concatenate([upper, lower[::-1], upper[:1]])
    plane = np.stack([outline + np.array([0, s * half, 0]) for s in np.linspace(-1, 1, 5)])
    put(grid(plane), carbon)
    for side in (-1, 1):
        put(box((x - 0.22, side * half - 0.010, z - 0.13), (x + 0.20, side * half + 0.010, z + 0.09)), second)
        foot = model.body[1][7] - 0.05 if not model.proto else 0.55
        put(limb((x + 0.30, side * 0.42, foot), (x + 0.04, side * 0.42, z + 0.01), 0.022, 0.018, 6), carbon)
    nose = model.body[-1][0]
    put(box((nose - 0.60, -0.90, 0.06), (nose + 0.05, 0.90, 0.085)), carbon)
    for side in (-1, 1):
        put(box((-0.95, side * 0.93 - 0.05, 0.07), (0.98, side * 0.93 + 0.05, 0.10)), carbon)
        put(box((nose - 0.45, side * 0.90 - 0.01, 0.085), (nose - 0.15, side * 0.90 + 0.01, 0.19)), carbon)
    put(box((-2.38, -0.72, 0.12), (-2.05, 0.72, 0.17)), carbon)
    if model.proto:
        fin = np.array(
            [
                [(-2.20, 0.0, 0.62), (-1.2, 0.0, 0.70), (-0.55, 0.0, 0.95)],
                [(-2.20, 0.0, 0.98), (-1.3, 0.0, 1.0), (-0.60, 0.0, 1.0)],
            ]
        )
        put(grid(fin), second)
    else:
        for side in (-1, 1):
            put(ball((0.62, side * 0.985, 0.98), (0.10, 0.085, 0.06), 8), second)
            put(limb((0.62, side * 0.80, 0.92), (0.62, side * 0.95, 0.97), 0.018, 0.018, 6), carbon)
        put(limb((-0.3, 0.25, 1.24), (-0.36, 0.25, 1.52), 0.006, 0.003, 6), carbon)


def _lights(stage: Stage, put: Put, model: Model, drive: Drive) -> None:
    x, y, z = model.lamps
    dark = Look(GLASS, (0.02, 0.02, 0.022), 0.0, concept="car")
    on = drive.lamps > 0
    white = Look(GLOW, (1.0, 0.95, 0.82), 0, ((26.0 * drive.lamps) if on else 0.55,), concept="car")
    for side in (-1, 1):
        put(ball((x, side * y, z), (0.24, 0.125, 0.085), 10), dark)
        for k in range(2):
            put(
                ball(
                    (x + 0.12 - 0.10 * k, side * (y - 0.035 + 0.06 * k), z + 0.028 + 0.012 * k),
                    (0.075, 0.045, 0.045),
                    8,
                ),
                white,
            )
        red = Look(GLOW, (1.0, 0.03, 0.02), 0, (9.0 * max(drive.lamps, drive.brake) + 0.35,), concept="car")
        tail = model.body[0]
        put(
            box(
                (tail[0] - 0.075, side * 0.62 - 0.16, tail[5] - 0.12),
                (tail[0] + 0.1, side * 0.62 + 0.16, tail[5] - 0.06),
            ),
            red,
        )
        if on:
            c, s = math.cos(drive.heading), math.sin(drive.heading)
            px, py = drive.x + c * (x + 0.35) - s * side * y, drive.y + s * (x + 0.35) + c * side * y
            stage.lamps.append(
                (
                    px,
                    py,
                    z,
                    c * 0.998,
                    s * 0.998,
                    -0.06,
                    0.90,
                    9.0 * drive.lamps,
                    8.4 * drive.lamps,
                    7.0 * drive.lamps,
                    16.0,
                )
            )


def _crumple(shape: Shape, how: float) -> Shape:
    """Push the nose in and ripple it, as after meeting a wall."""
    points = shape.points.copy()
    front = np.clip((points[:, 0] - 0.7) / 1.7, 0, 1) ** 1.3 * how
    wave = np.sin(points[:, 1] * 9 + points[:, 2] * 13) * np.cos(points[:, 0] * 11 + points[:, 1] * 5)
    points[:, 0] -= front * (0.55 + 0.22 * np.sin(points[:, 1] * 2.2 + 0.7) + 0.10 * wave)
    points[:, 2] += front * (0.10 * wave + 0.10 * np.sin(points[:, 0] * 7))
    points[:, 1] += front * 0.08 * np.sin(points[:, 0] * 9 + points[:, 2] * 7)
    normals = shape.normals + (front * 0.9)[:, None] * np.stack([wave, np.roll(wave, 3), np.sin(points[:, 0] * 17)], -1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9
    return replace(shape, points=points, normals=normals)
