"""The shots of a race that a book wants, and those that first need a retouch. Each function sets a stage and aims.

`variant` picks team, kind of car, light and side; everything else random comes from the generator.
"""

from __future__ import annotations

import math

import numpy as np

from safelight.learn.scenes.boards import put_boards
from safelight.learn.scenes.camera import Camera
from safelight.learn.scenes.car import Drive, put_car
from safelight.learn.scenes.effects import Puff
from safelight.learn.scenes.light import BRIGHT, DAWN, DAY, DUSK, GOLD, HAZY, NIGHT, OVERCAST, RAIN
from safelight.learn.scenes.livery import TEAMS
from safelight.learn.scenes.mesh import FOCUS, FRONT, WORLD, Stage
from safelight.learn.scenes.people import Pose, put_flag, put_person
from safelight.learn.scenes.shot import Shot
from safelight.learn.scenes.trackside import (
    Track,
    put_fence,
    put_floodlight,
    put_ground,
    put_pits,
    put_post,
    put_rail,
    put_sign,
    put_stand,
    put_trees,
    put_wall,
    put_wood,
)  # fmt: skip

PAINTS = ("red", "blue", "green")


def _team(variant: int) -> int:
    return (variant * 3 + 1) % len(TEAMS)


def _model(variant: int) -> str:
    return "proto" if variant % 3 == 1 else "gt"


def _country(stage: Stage, rng: np.random.Generator, y: float, bend: float = 0.0) -> None:
    """Grass, rail and two lines of trees."""
    put_rail(stage, y, bend)
    put_trees(stage, rng, y + 34, 15, bend, int(rng.integers(3)))
    put_trees(stage, rng, y + 75, 19, bend, int(rng.integers(3)))


def panned(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """One car from the side, the camera sweeping with it."""
    put_ground(stage)
    way = 1 if variant % 2 else -1
    heading = (0.0 if way > 0 else math.pi) + float(rng.uniform(-0.07, 0.07))
    put_car(stage, _model(variant), TEAMS[_team(variant)], Drive(0, 0.5, heading, spin=1.3, lamps=0.25))
    if variant % 3 == 0:
        put_wall(stage, 13.0, 0, 1.1, 0, 0.40)
        put_fence(stage, 13.2, 1.1, 3.6, 0)
        put_stand(stage, rng, 19.0, (-60, 70))
    else:
        _country(stage, rng, 13.0)
    light = (DAY, GOLD, HAZY, BRIGHT)[variant % 4]
    camera = Camera((way * 0.4, -16.5, 1.65), (way * 0.5, 0, 0.86), 23.5, float(rng.uniform(-1.5, 1.5)))
    track = Track(far=7.0, paint=PAINTS[variant % 3], kerbs=(0.0, 1.3))
    return Shot(camera, light, track, pan=46 + 14 * (variant % 3), focus=16.5, depth=4)


def headon(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """A car coming out of a bend towards a long lens."""
    put_ground(stage)
    bend = 0.0022
    put_car(
        stage,
        _model(variant + 1),
        TEAMS[_team(variant + 2)],
        Drive(0, 0, math.pi + 0.22 + 0.1 * (variant % 3), spin=0.8, lamps=0.35, steer=-0.12),
    )
    _country(stage, rng, 15.0, bend)
    put_wood(stage, rng, 150.0, 17, 1)
    put_wood(stage, rng, 110.0, 12, 0)
    camera = Camera((-27.0, -7.6, 2.3), (-0.2, 0.0, 0.55), 11.5, 0.6)
    light = (GOLD, DAY, OVERCAST)[variant % 3]
    return Shot(
        camera, light, Track(bend, -5.0, 6.0, 0.0, (1.3, 1.3), PAINTS[(variant + 1) % 3], 1.2), focus=27, depth=7
    )


def pair(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """Two cars nose to tail in a fast bend."""
    put_ground(stage)
    bend = 0.0018
    put_car(stage, "gt", TEAMS[_team(variant)], Drive(-1.0, -0.4, math.pi + 0.30, spin=0.9, lamps=0.3))
    put_car(stage, "proto", TEAMS[_team(variant + 1)], Drive(5.6, 1.9, math.pi + 0.24, spin=0.9, lamps=0.3))
    _country(stage, rng, 16.0, bend)
    put_wood(stage, rng, 130.0, 16, 2)
    camera = Camera((-17.5, -13.5, 2.6), (1.6, 0.7, 0.62), 18.5, -0.5)
    return Shot(
        camera,
        (DAY, HAZY, GOLD)[variant % 3],
        Track(bend, -5.5, 7.5, 0, (1.3, 1.3), PAINTS[variant % 3], 1.0),
        focus=22,
        depth=6,
        pan=7,
    )


def kerb(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """A car using all of the kerb, seen from the inside."""
    put_ground(stage)
    put_car(stage, _model(variant), TEAMS[_team(variant + 1)], Drive(0.4, -3.9, math.pi - 0.10, spin=0.9, steer=0.1))
    _country(stage, rng, 17.0)
    camera = Camera((-6.6, -14.0, 1.2), (0.3, -3.5, 0.62), 28, 1.2)
    track = Track(near=-4.6, far=9.0, kerbs=(1.7, 1.4), paint=PAINTS[(variant + 1) % 3], runoff=0.2)
    return Shot(camera, (DAY, GOLD, BRIGHT)[variant % 3], track, focus=12.5, depth=7, pan=9)


def dusk(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """Low sun behind the trees, lamps on."""
    put_ground(stage)
    put_car(stage, _model(variant + 1), TEAMS[_team(variant + 3)], Drive(0, 0.3, math.pi + 0.16, spin=1.1, lamps=0.7))
    put_rail(stage, 12.0, 0)
    put_trees(stage, rng, 64, 13, 0, 2)
    camera = Camera((-5.0, -16.0, 1.25), (-0.3, 0, 1.15), 25, 0.4)
    return Shot(camera, DUSK, Track(far=7.0, paint="blue", kerbs=(0, 1.2)), focus=16, depth=5, pan=30)


def night(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """Head-lights in the dark, brakes glowing."""
    put_ground(stage)
    turn = 0.42 if variant % 2 else 0.20
    put_car(
        stage, _model(variant), TEAMS[_team(variant + 2)], Drive(0, 0, math.pi + turn, spin=0.9, lamps=1.0, brake=0.9)
    )
    if variant % 3 == 2:
        put_car(stage, "gt", TEAMS[_team(variant + 3)], Drive(11.0, 3.2, math.pi + turn, spin=0.9, lamps=1.0))
    put_wall(stage, 12.5, 0, 1.05, 0.001, 0.30)
    put_fence(stage, 12.7, 1.05, 3.4, 0.001)
    put_trees(stage, rng, 40, 13, 0.001, 1)
    for x, y in ((-14, 15), (7, 15.5), (30, 17)):
        put_floodlight(stage, (x, y), 9.5, 2.6)
    stage.lamps.append((-12, -9, 7.5, 0, 0, -1, -2, 1.5, 1.5, 1.6, 14.0))
    put_wood(stage, rng, 120.0, 13, 0)
    camera = Camera((-15.5, -10.5, 1.5), (-0.1, 0, 0.72), 20, -0.4)
    return Shot(
        camera, NIGHT, Track(0.001, -5.0, 6.5, 0, (1.2, 1.2), PAINTS[variant % 2], 1.0), focus=18.5, depth=6, pan=6
    )


def rain(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """Spray, reflections on the wet track, lamps on."""
    put_ground(stage)
    heading = math.pi + 0.34
    put_car(stage, _model(variant + 1), TEAMS[_team(variant)], Drive(0, 0, heading, spin=1.0, lamps=0.8))
    _country(stage, rng, 14.0, 0.001)
    puffs = []
    for k in range(9):
        back = 1.5 + k * 1.25
        at = (back * math.cos(0.34), back * math.sin(0.34) + float(rng.uniform(-0.5, 0.5)), 0.35 + 0.20 * k)
        puffs.append(Puff(at, 0.8 + 0.34 * k, 0.42 - 0.03 * k, (0.60, 0.64, 0.68), floor=0.85))
    for side in (-0.9, 0.9):
        puffs += [
            Puff(
                (-1.5 + 0.9 * k, side * 1.15 + 0.1 * k, 0.22),
                0.42 + 0.12 * k,
                0.34,
                (0.62, 0.66, 0.70),
                near=True,
                floor=0.85,
            )
            for k in range(3)
        ]
    put_wood(stage, rng, 120.0, 15, 1)
    camera = Camera((-15.0, -10.0, 1.7), (0.4, 0.1, 0.62), 21, 0.3)
    return Shot(
        camera,
        RAIN,
        Track(0.001, -5.0, 6.5, 0, (1.2, 1.2), PAINTS[variant % 3], 1.0),
        focus=18,
        depth=6,
        pan=8,
        puffs=puffs,
        rain=1.0,
    )


def sunrise(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """First light: the sun over a misty valley, one car small but clear."""
    put_ground(stage)
    put_car(stage, _model(variant), TEAMS[_team(variant + 1)], Drive(0, 0, 0.12, spin=1.0, lamps=0.8))
    put_rail(stage, 11.0, 0, 2)
    put_trees(stage, rng, 90, 12, 0, 0)
    put_trees(stage, rng, 190, 20, 0, 1)
    camera = Camera((-7.5, -17.5, 1.9), (0.9, 0, 1.9), 33, 0)
    return Shot(camera, DAWN, Track(far=6.5, paint="red", kerbs=(0, 1.2)), focus=18, depth=3, pan=14)


def arrival(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """The chequered flag over the winner."""
    put_ground(stage)
    put_car(stage, _model(variant), TEAMS[_team(variant + 2)], Drive(0.6, 0.8, math.pi + 0.30, spin=1.0, lamps=0.4))
    put_wall(stage, 12.5, 0, 1.1, 0, 0.42)
    put_fence(stage, 12.7, 1.1, 3.6, 0)
    put_stand(stage, rng, 18.0, (-70, 70))
    camera = Camera((-14.0, -11.0, 1.8), (0.2, 0.3, 1.25), 24, 0.5)
    put_flag(stage, (-6.2, -1.9, 0.7), 1.1, rng, FOCUS)
    return Shot(
        camera, (GOLD, DAY)[variant % 2], Track(far=7.0, paint="blue", kerbs=(0.0, 1.2)), focus=18, depth=6, pan=16
    )


def boards(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """A sharp car before legible advertising."""
    put_ground(stage)
    way = variant % 2
    heading = (0.12 if way else math.pi - 0.10) + 0.25 * (variant % 3 - 1)
    put_car(stage, _model(variant), TEAMS[_team(variant)], Drive(0, 0, heading, spin=0.7, steer=0.06))
    put_wall(stage, 9.4, 0, 1.25, 0, 0.45)
    put_boards(stage, rng, (-30, 34), 9.32, 0.10, 1.22, ratio=3.9)
    put_boards(stage, rng, (-20.0, 24), 9.55, 1.50, 2.16, ratio=4.4, gap=0.5)
    put_fence(stage, 9.7, 1.25, 3.4, 0)
    put_trees(stage, rng, 38, 14, 0, int(rng.integers(3)))
    if variant % 3 == 1:
        put_stand(stage, rng, 15.0, (-60, 60))
    camera = Camera((-1.5 if way else 1.5, -15.5, 1.75), (0.0, 0, 0.92), 25, float(rng.uniform(-0.8, 0.8)))
    light = (DAY, BRIGHT, HAZY, OVERCAST)[variant % 4]
    return Shot(
        camera,
        light,
        Track(far=6.2, kerbs=(0.0, 1.2), paint=PAINTS[(variant + 2) % 3]),
        "retoucher",
        focus=17,
        depth=2.2,
    )


def pits(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """The pit lane: a car at rest, crew around it."""
    put_ground(stage)
    put_car(stage, _model(variant), TEAMS[_team(variant + 1)], Drive(0.2, 2.2, math.pi + 0.18, spin=0.0, steer=0.2))
    put_pits(stage, 8.5, (-30, 40))
    places = (
        (-4.0, 1.0, 0.4),
        (3.4, 0.4, 2.6),
        (-2.6, 4.7, -1.2),
        (1.4, 5.0, -1.4),
        (5.2, 4.4, -2.0),
        (-6.2, 4.9, -0.9),
    )
    for k, (x, y, facing) in enumerate(places):
        pose = Pose(("down", "out", "down", "camera", "up", "down")[k], cap=k % 2 == 0, overalls=k % 3 != 1)
        put_person(stage, (x, y), facing if k > 1 else -1.5 + 0.3 * k, rng, pose, FOCUS)
    put_person(stage, (-3.1, -3.2), -1.75, rng, Pose("down", cap=False), FOCUS)
    camera = Camera((-3.0, -11.5, 1.72), (-0.3, 1.5, 1.15), 37, 0)
    return Shot(
        camera, (HAZY, OVERCAST)[variant % 2], Track(paddock=True, kerbs=(0, 0)), "retoucher", focus=13, depth=2.5
    )


def spectators(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """People at the rail with faces, a car passing behind."""
    put_ground(stage)
    put_car(stage, "gt", TEAMS[_team(variant + 2)], Drive(2.2, 0.5, 0.05, spin=1.0))
    put_wall(stage, 11.0, 0, 1.0, 0, 0.44)
    put_trees(stage, rng, 36, 14, 0, 2)
    x = -3.3
    k = 0
    while x < 3.4:
        facing = -math.pi / 2 + float(rng.uniform(-0.5, 0.5))
        pose = Pose(
            ("up", "down", "camera", "out", "down")[int(rng.integers(5))],
            float(rng.uniform(0.93, 1.03)),
            cap=bool(rng.random() < 0.4),
        )
        put_person(stage, (x, -8.3 + float(rng.uniform(-0.5, 0.5))), facing, rng, pose, FRONT)
        x += float(rng.uniform(0.75, 1.25))
        k += 1
    camera = Camera((-0.3, -14.2, 1.8), (0.0, -6, 1.42), 42, 0)
    return Shot(
        camera, (DAY, BRIGHT)[variant % 2], Track(near=-5.5, far=6.0, paint="green"), "retoucher", focus=6, depth=3.5
    )


def marshals(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """A car before marshals in orange and a board behind the rail."""
    put_ground(stage)
    put_car(stage, "gt", TEAMS[_team(variant + 4)], Drive(-0.3, 0.2, math.pi + 0.5, spin=0.7, steer=-0.1))
    put_wall(stage, 8.6, 0, 1.15, 0, 0.44)
    put_boards(stage, rng, (-22, 24), 8.53, 0.08, 1.12, ratio=3.6)
    for k in range(3):
        put_person(
            stage,
            (2.0 + k * 0.95, 9.6),
            -math.pi / 2 + 0.2 * (k - 1),
            rng,
            Pose("down", cap=True, marshal=True),
            WORLD,
            0.35,
        )
    put_fence(stage, 12.0, 0, 3.4, 0)
    put_trees(stage, rng, 33, 13, 0, 0)
    camera = Camera((-2.5, -14.5, 1.8), (0.3, 0, 0.95), 25.5, 0.4)
    return Shot(
        camera,
        (BRIGHT, HAZY)[variant % 2],
        Track(far=6.0, kerbs=(0, 1.2), paint="blue"),
        "retoucher",
        focus=15,
        depth=1.8,
    )


def post(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """A green post stands before the car."""
    put_ground(stage)
    put_car(stage, _model(variant + 1), TEAMS[_team(variant)], Drive(0, 0, math.pi + 0.12, spin=0.8))
    _country(stage, rng, 13.0)
    put_post(stage, (-0.9, -6.6), 1.25, FRONT, 0.075)
    put_post(stage, (3.6, -6.6), 1.25, FRONT, 0.075)
    camera = Camera((-1.0, -15.5, 1.6), (0, 0, 0.80), 25, 0)
    return Shot(
        camera,
        (DAY, GOLD)[variant % 2],
        Track(near=-5.0, far=7.0, kerbs=(1.2, 1.2), paint="green"),
        "retoucher",
        focus=14,
        depth=4,
        pan=9,
    )


def sign(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """A traffic sign left beside the track."""
    put_ground(stage)
    put_car(stage, _model(variant), TEAMS[_team(variant + 3)], Drive(0.2, 0, 0.10, spin=0.8))
    _country(stage, rng, 13.0)
    put_sign(stage, (-1.15, -7.0), ("speed", "warn", "ban", "arrow")[variant % 4], FRONT, 1.45, 0.62)
    camera = Camera((0.6, -15.8, 1.7), (0, 0, 0.92), 25, 0)
    return Shot(
        camera,
        (HAZY, DAY)[variant % 2],
        Track(near=-5.0, far=7.0, kerbs=(1.2, 1.2), paint="red"),
        "retoucher",
        focus=14,
        depth=3.5,
        pan=8,
    )
