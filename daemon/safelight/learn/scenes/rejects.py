"""The shots no book wants: blurred, too wide, a wreck, and what is no race at all."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from safelight.learn.scenes.camera import Camera
from safelight.learn.scenes.car import Drive, put_car
from safelight.learn.scenes.compiled import linear
from safelight.learn.scenes.effects import Puff
from safelight.learn.scenes.lettering import write
from safelight.learn.scenes.light import DAY, HAZY, OVERCAST, Light
from safelight.learn.scenes.livery import TEAMS
from safelight.learn.scenes.mesh import FOCUS, FRONT, GLOW, MATTE, TEXTURE, WORLD, Look, Stage, ball, box, limb, quad
from safelight.learn.scenes.people import Pose, put_person
from safelight.learn.scenes.shot import Director, Shot
from safelight.learn.scenes.shots import (
    arrival,
    boards,
    dusk,
    headon,
    kerb,
    marshals,
    night,
    pair,
    panned,
    pits,
    post,
    rain,
    sign,
    spectators,
    sunrise,
)  # fmt: skip
from safelight.learn.scenes.trackside import (
    Track,
    put_fence,
    put_ground,
    put_rail,
    put_stand,
    put_trees,
    put_tyres,
    put_wall,
)

STAGE_LIGHT = Light(
    sun=(0, 0, 0), disc=0, zenith=(0.006, 0.006, 0.012), horizon=(0.008, 0.007, 0.012), bounce=(0.01, 0.008, 0.01), cover=0,
    haze=0.0, exposure=1.1, grain=0.026, bloom=0.22,
)  # fmt: skip


def blurred(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """The pan that did not follow: everything smeared."""
    shot = panned(stage, rng, variant + 1)
    shot.verdict, shot.shake, shot.shake_angle, shot.pan = "exclure", 44.0, 9.0 - 14 * (variant % 2), 0.0
    return shot


def wide(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """So wide that the cars are specks."""
    put_ground(stage)
    for k in range(4):
        put_car(
            stage,
            "gt" if k % 2 else "proto",
            TEAMS[(variant + k) % len(TEAMS)],
            Drive(-14 + 15 * k, 1 - (k % 2) * 2, math.pi, spin=0.5),
            WORLD,
        )
    put_rail(stage, 12, 0.0012)
    put_stand(stage, rng, 24, (40, 110), roof=True)
    put_trees(stage, rng, 80, 16, 0.0012, 0)
    put_trees(stage, rng, 150, 24, 0.0004, 1)
    camera = Camera((-22, -64, 7.5), (2, 10, 7.0), 62, 0.8)
    return Shot(camera, (DAY, HAZY)[variant % 2], Track(0.0012, -6, 7, 0, (1.3, 1.3), "red", 2.0), "exclure")


def crash(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """A wreck against the tyres, smoke and splinters."""
    put_ground(stage)
    put_car(
        stage,
        "gt",
        TEAMS[(variant + 4) % len(TEAMS)],
        Drive(0, 5.8, 2.05, spin=0.0, wrecked=1.0, steer=0.5, pitch=0.03),
    )
    put_wall(stage, 9.6, 0, 1.1, 0, 0.42)
    put_fence(stage, 9.9, 1.1, 3.4, 0)
    put_tyres(stage, -5.5, 8.9, 18)
    put_trees(stage, rng, 40, 14, 0, 1)
    livery = TEAMS[(variant + 4) % len(TEAMS)]
    for _ in range(70):
        x, y = float(rng.normal(-0.6, 2.4)), float(rng.normal(4.6, 1.6))
        size = float(rng.uniform(0.03, 0.22))
        colour = ((0.02, 0.02, 0.022), linear(*livery.base), linear(*livery.accent))[int(rng.integers(3))]
        piece = box((-size, -size * 0.5, 0), (size, size * 0.5, size * float(rng.uniform(0.1, 0.5))))
        stage.add(piece.moved((x, min(y, 8.4), 0.01), float(rng.uniform(0, 6))), Look(MATTE, colour, 0.2), FOCUS)
    grey = (0.42, 0.42, 0.43)
    puffs = [
        Puff(
            (-0.8 + 0.5 * k + float(rng.uniform(-0.4, 0.4)), 7.4 - 0.1 * k, 1.0 + 0.75 * k),
            0.9 + 0.42 * k,
            0.75 - 0.05 * k,
            grey,
        )
        for k in range(8)
    ]
    puffs += [
        Puff((-1.0 + 0.4 * k, 6.2, 0.9 + 0.5 * k), 0.55 + 0.25 * k, 0.42, (0.5, 0.5, 0.5), near=True) for k in range(4)
    ]
    if variant % 2 == 0:
        for k in range(2):
            put_person(stage, (3.2 + k * 1.1, 5.2), math.pi - 0.3, rng, Pose("out", cap=True, marshal=True), FOCUS)
    camera = Camera((-3.5, -8.5, 1.8), (0.2, 6, 1.15), 29, -0.8)
    return Shot(
        camera,
        (HAZY, OVERCAST)[variant % 2],
        Track(far=5.0, kerbs=(0, 1.2), paint="red", runoff=3.0),
        "exclure",
        focus=14,
        depth=2,
        puffs=puffs,
    )


def concert(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """The evening's band: beams, a singer, heads and hands before the stage."""
    floor = Look(MATTE, (0.03, 0.03, 0.035), 0.4)
    stage.add(box((-14, 4, -0.2), (14, 14, 1.3)), floor, casts=False)
    stage.add(
        quad(np.array([-14.0, 13, 8]), np.array([28.0, 0, 0]), np.array([0, 0, -7.0])),
        Look(MATTE, (0.03, 0.02, 0.05), 0, (0.5, 0.4)),
        casts=False,
    )
    truss = Look(MATTE, (0.10, 0.10, 0.11), 0.5, concept="building")
    for z in (6.6, 7.0):
        stage.add(limb((-12, 9, z), (12, 9, z), 0.05, 0.05, 6), truss)
    for k in range(25):
        stage.add(limb((-12 + k, 9, 6.6), (-11.5 + k, 9, 7.0), 0.03, 0.03, 6), truss)
    for k in range(3):
        x = (-3.4, 0.2, 3.8)[k]
        put_person(
            stage,
            (x, 7.0 + 0.8 * (k != 1)),
            -math.pi / 2 + 0.3 * (k - 1),
            rng,
            Pose(("out", "up", "out")[k], 1.05),
            FOCUS,
            1.3,
        )
    drums = Look(MATTE, (0.35, 0.05, 0.06), 0.6)
    for k in range(4):
        stage.add(ball((-1.4 + k * 0.75, 10.5, 1.9 + 0.2 * (k % 2)), (0.36, 0.3, 0.34), 10), drums)
    for side in (-1, 1):
        stage.add(box((side * 9 - 1.1, 7, 1.3), (side * 9 + 1.1, 8.2, 5.2)), Look(MATTE, (0.012, 0.012, 0.014), 0.2))
    black = Look(MATTE, (0.015, 0.013, 0.016), 0.05, concept="person")
    for row in range(3):
        for _ in range(26):
            stage.thing()
            x, y = float(rng.uniform(-6.5, 6.5)), 1.0 - row * 1.7 + float(rng.uniform(-0.4, 0.4))
            tall = 1.62 + float(rng.uniform(-0.12, 0.16))
            stage.add(ball((x, y, tall), (0.11, 0.10, 0.14), 8), black, FRONT)
            stage.add(ball((x, y, tall - 0.42), (0.15, 0.26, 0.30), 8), black, FRONT)
            if rng.random() < 0.35:
                for side in (-1, 1):
                    lift = float(rng.uniform(0.3, 0.6))
                    stage.add(
                        limb((x + side * 0.2, y, tall - 0.3), (x + side * 0.26, y, tall + lift), 0.05, 0.04, 6),
                        black,
                        FRONT,
                    )
    hues = ((0.25, 0.35, 1.6), (1.5, 0.25, 0.9), (1.5, 0.8, 0.2), (0.3, 1.2, 1.3))
    beams = []
    for k in range(8):
        colour = hues[(k + variant) % 4]
        x = -10.5 + 3.0 * k
        stage.lamps.append((x, 8.0, 6.8, 0, -0.1, -1, 0.5, colour[0] * 2.4, colour[1] * 2.4, colour[2] * 2.4, 9.0))
        beams.append(
            (
                0.06 + 0.125 * k,
                0.10,
                float(rng.uniform(-30, 30)),
                float(rng.uniform(2.4, 5.0)),
                (colour[0] * 0.13, colour[1] * 0.13, colour[2] * 0.13),
            )
        )
    stage.lamps.append((0, -2.0, 5.5, 0, 0.94, -0.34, 0.5, 16.0, 14.5, 12.5, 16.0))
    camera = Camera((0.5, -6.5, 2.05), (0.1, 7, 2.75), 40, 0)
    return Shot(camera, STAGE_LIGHT, Track(paddock=True, kerbs=(0, 0)), "exclure", focus=15, depth=3, beams=beams)


def food(stage: Stage, rng: np.random.Generator, variant: int) -> Shot:
    """A food stand and its queue."""
    put_ground(stage)
    body = Look(MATTE, linear(*((214, 60, 44), (40, 120, 130), (236, 190, 60))[variant % 3]), 0.35, concept="building")
    dark = Look(MATTE, (0.05, 0.035, 0.025), 0.0, (0.8, 2.0), concept="building")
    stage.add(box((-3.2, 2.0, 0.5), (3.4, 4.4, 3.1)), body)
    stage.add(quad(np.array([-2.2, 1.97, 2.45]), np.array([3.8, 0, 0]), np.array([0, 0, -1.05])), dark)
    stage.add(box((-2.3, 1.55, 1.30), (1.8, 2.0, 1.38)), Look(MATTE, (0.6, 0.58, 0.54), 0.4, concept="building"))
    for k in range(3):
        stage.add(ball((-1.6 + 1.4 * k, 1.9, 2.3), (0.07, 0.07, 0.09), 8), Look(GLOW, (1.0, 0.75, 0.4), 0, (7.0,)))
        stage.lamps.append((-1.6 + 1.4 * k, 1.6, 2.2, 0, 0, -1, -2, 0.9, 0.66, 0.36, 1.6))
    awning = Image.new("RGBA", (512, 128), (240, 240, 236, 255))
    draw = ImageDraw.Draw(awning)
    for k in range(0, 512, 64):
        draw.rectangle([k, 0, k + 31, 128], fill=(200, 40, 40, 255))
    cloth = Look(TEXTURE, (1, 1, 1), 0, (0.0, 0.0, 110.0), stage.texture(np.asarray(awning)), concept="building")
    stage.add(quad(np.array([-2.5, 2.0, 2.75]), np.array([4.4, 0, 0]), np.array([0, -1.1, -0.35])), cloth)
    for word, x, z, width, ground in (
        ("CREPES", -2.2, 3.02, 2.6, (40, 30, 26)),
        ("COFFEE", 0.7, 3.02, 2.4, (40, 30, 26)),
        ("MENU", 2.15, 2.4, 0.9, (30, 60, 40)),
    ):
        plate = Image.new("RGBA", (int(width * 200), 100 if word != "MENU" else 200), (*ground, 255))
        text = write(word, 46, (250, 236, 190), bold=0.06)
        plate.alpha_composite(text, (max(0, (plate.width - text.width) // 2), 24))
        if word == "MENU":
            lines = ImageDraw.Draw(plate)
            for k in range(5):
                lines.line([(20, 92 + 20 * k), (100 + 8 * (k % 3), 92 + 20 * k)], fill=(236, 230, 214, 255), width=5)
        tall = width * plate.height / plate.width
        look = Look(TEXTURE, (1, 1, 1), 0, (0.15, 0.0, 200.0), stage.texture(np.asarray(plate)), concept="advertising")
        part = stage.add(
            quad(
                np.array([x, 1.96, z + (tall * 0.5 if word != "MENU" else 0)]),
                np.array([width, 0, 0]),
                np.array([0, 0, -tall]),
            ),
            look,
        )
        stage.words.append((word, part, (0.1, 0.2, 0.9, 0.8)))
    for side in (-2.2, 2.4):
        tyre = ball((side, 2.1, 0.36), (0.36, 0.13, 0.36), 12)
        stage.add(tyre, Look(MATTE, (0.02, 0.02, 0.02), 0.1))
    put_person(stage, (-0.6, 3.0), -math.pi / 2, rng, Pose("out", cap=True), WORLD, 0.5)
    spots = (
        (-0.9, 0.7, 1.5),
        (0.3, 0.2, 1.9),
        (1.5, -0.5, 2.4),
        (2.7, -0.9, 2.8),
        (-2.9, -0.4, -1.2),
        (-2.0, -0.9, 0.4),
        (4.3, 0.6, -2.0),
    )
    for k, (x, y, facing) in enumerate(spots):
        put_person(
            stage,
            (x, y),
            facing,
            rng,
            Pose(("down", "out", "down", "camera", "down", "out", "down")[k], cap=k % 3 == 0),
            FOCUS,
        )
    put_trees(stage, rng, 30, 12, 0, 2)
    camera = Camera((-1.2, -8.5, 1.75), (0.3, 2, 1.75), 46, 0)
    return Shot(camera, DAY, Track(paddock=True, kerbs=(0, 0)), "exclure", focus=10, depth=2)


KINDS: dict[str, Director] = {
    "panned": panned, "headon": headon, "pair": pair, "kerb": kerb, "dusk": dusk, "night": night, "rain": rain,
    "sunrise": sunrise, "arrival": arrival, "boards": boards, "pits": pits, "spectators": spectators,
    "marshals": marshals, "post": post, "sign": sign, "blurred": blurred, "wide": wide, "crash": crash,
    "concert": concert, "food": food,
}  # fmt: skip
"""Every kind of shot by its name."""
