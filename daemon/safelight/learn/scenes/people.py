"""People as bodies: limbs, clothes, heads with drawn faces, caps, flags in their hands; and far crowds as drawings.

A near person is one thing of the concept `person`; the front of the head is a part of the concept `face` when it is
turned towards the camera. Nobody is portrayed: faces are drawn from random proportions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from safelight.learn.scenes.compiled import Bytes, linear
from safelight.learn.scenes.mesh import FOCUS, MATTE, TEXTURE, WORLD, Look, Shape, Stage, ball, grid, limb

SKINS = ((236, 196, 168), (224, 172, 138), (198, 140, 104), (150, 98, 68), (104, 66, 46), (244, 208, 184))
HAIRS = ((38, 26, 20), (70, 44, 26), (120, 84, 44), (22, 20, 22), (150, 140, 130), (96, 50, 28))
CLOTHES = (
    (196, 32, 36), (28, 66, 140), (240, 240, 236), (30, 32, 38), (242, 186, 32), (36, 110, 66), (120, 120, 126),
    (230, 110, 30), (92, 140, 190), (120, 40, 90), (214, 200, 170),
)  # fmt: skip


def _face(rng: np.random.Generator, skin: tuple[int, int, int], hair: tuple[int, int, int]) -> Bytes:
    """A head unrolled: longitude over the width (face in the middle), latitude over the height. (256, 512, 4)."""
    head = Image.new("RGBA", (1024, 512), (*skin, 255))
    draw = ImageDraw.Draw(head)
    dark = tuple(int(c * 0.62) for c in skin)
    wide = float(rng.uniform(0.92, 1.1))
    # hair: cap over the top and the back
    line = [
        (0, 330),
        (300, 340),
        (352, 250),
        (392, 170),
        (450, 138),
        (512, 130),
        (574, 138),
        (632, 170),
        (672, 250),
        (724, 340),
        (1024, 330),
        (1024, 0),
        (0, 0),
    ]
    draw.polygon(line, fill=(*hair, 255))
    rosy = (min(255, skin[0] + 4), int(skin[1] * 0.86), int(skin[2] * 0.84), 120)
    blush = Image.new("RGBA", head.size, (0, 0, 0, 0))
    soft = ImageDraw.Draw(blush)
    for side in (-1, 1):
        soft.ellipse([512 + side * 84 - 36, 300, 512 + side * 84 + 36, 352], fill=rosy)
        soft.ellipse([512 + side * 62 * wide - 44, 222, 512 + side * 62 * wide + 44, 272], fill=(*dark, 90))
    soft.polygon([(496, 262), (528, 262), (540, 322), (484, 322)], fill=(*dark, 70))
    soft.ellipse([446, 372, 578, 410], fill=(*dark, 80))
    head.alpha_composite(blush.filter(ImageFilter.GaussianBlur(9)))
    for side in (-1, 1):
        x = 512 + side * 62 * wide
        draw.ellipse([x - 26, 236, x + 26, 262], fill=(244, 242, 238, 255))
        draw.ellipse([x - 12, 236, x + 12, 261], fill=(52, 38, 30, 255))
        draw.ellipse([x - 4, 239, x + 3, 246], fill=(240, 240, 240, 255))
        draw.arc([x - 28, 230, x + 28, 270], 190, 350, fill=(36, 24, 20, 255), width=6)
        draw.line([(x - 32, 222), (x - 6, 210), (x + 32, 222)], fill=(*hair, 255), width=10)
    draw.arc([488, 296, 536, 328], 20, 160, fill=(*dark, 255), width=7)
    lips = (int(skin[0] * 0.80), int(skin[1] * 0.55), int(skin[2] * 0.55), 255)
    smile = int(rng.integers(0, 3))
    draw.chord([462, 336 - 6 * smile, 562, 376 + 3 * smile], 8, 172, fill=lips)
    if smile == 2:
        draw.chord([474, 346, 550, 366], 10, 170, fill=(246, 244, 240, 255))
    return np.asarray(head.filter(ImageFilter.GaussianBlur(1.6)).resize((512, 256), Image.Resampling.LANCZOS))


@dataclass(frozen=True)
class Pose:
    """How somebody stands: arms 'down', 'up', 'out' or 'camera' (holding one), scale, cap, overalls."""

    arms: str = "down"
    scale: float = 1.0
    cap: bool = False
    overalls: bool = False
    marshal: bool = False


def put_person(
    stage: Stage, at: tuple[float, float], facing: float, rng: np.random.Generator, pose: Pose = Pose(), layer: int = WORLD,
    floor: float = 0.0,
) -> int:  # fmt: skip
    """Put a person at (x, y), facing a bearing in radians (0 = +x); `floor` is the height stood on. Returns the thing."""
    owner = stage.thing()
    skin, hair = SKINS[rng.integers(len(SKINS))], HAIRS[rng.integers(len(HAIRS))]
    top, low = (
        CLOTHES[rng.integers(len(CLOTHES))],
        ((34, 40, 58), (40, 40, 44), (92, 84, 70), (60, 72, 96))[rng.integers(4)],
    )
    if pose.marshal:
        top, low = (238, 96, 22), (238, 96, 22)
    if pose.overalls:
        low = top
    scale = pose.scale * float(rng.uniform(0.94, 1.05))

    def put(shape: Shape, colour: tuple[int, int, int], gloss: float = 0.0) -> None:
        look = Look(MATTE, linear(*colour), gloss, (0.35, 7.0), concept="person")
        stage.add(shape.moved((at[0], at[1], floor), facing, scale), look, layer)

    shoe = (30, 28, 28)
    step = float(rng.uniform(-0.10, 0.10))
    for side in (-1, 1):
        knee = (0.03 + step * side, side * 0.105, 0.50)
        ankle = (-0.01 + step * 1.6 * side, side * 0.11, 0.09)
        put(limb((0, side * 0.09, 0.92), knee, 0.095, 0.070), low)
        put(limb(knee, ankle, 0.068, 0.052), low)
        put(ball((ankle[0] + 0.06, ankle[1], 0.045), (0.14, 0.052, 0.05), 8), shoe, 0.1)
    z = np.array([0.84, 0.92, 1.02, 1.15, 1.30, 1.40, 1.46, 1.49])
    wide = np.array([0.165, 0.172, 0.160, 0.172, 0.198, 0.196, 0.13, 0.05])
    deep = np.array([0.115, 0.118, 0.108, 0.115, 0.125, 0.112, 0.085, 0.05])
    angle = np.linspace(0, 2 * math.pi, 21)
    torso = np.stack([np.outer(deep, np.cos(angle)), np.outer(wide, np.sin(angle)), np.repeat(z[:, None], 21, 1)], -1)
    put(grid(torso), top)
    for side in (-1, 1):
        shoulder = (0.0, side * 0.195, 1.39)
        elbow, hand = {
            "down": ((-0.03, side * 0.255, 1.12), (0.06, side * 0.25, 0.88)),
            "up": ((0.08, side * 0.33, 1.62), (0.10, side * 0.24, 1.90)),
            "out": ((0.20, side * 0.28, 1.22), (0.42, side * 0.18, 1.24)),
            "camera": ((0.14, side * 0.30, 1.26), (0.24, side * 0.08, 1.54)),
        }[pose.arms if pose.arms != "up" or side > 0 or rng.random() < 0.6 else "down"]
        put(limb(shoulder, elbow, 0.062, 0.050), top)
        put(limb(elbow, hand, 0.046, 0.034), top if pose.overalls else skin)
        put(ball(hand, (0.045, 0.04, 0.05), 6), skin)
    put(limb((0, 0, 1.44), (0.012, 0, 1.56), 0.056, 0.052), skin)
    picture = stage.texture(_face(rng, skin, hair))
    look = Look(TEXTURE, (1, 1, 1), 0.04, (0.0, 0.0, 700.0), picture, concept="person")
    head = ball((0.018, 0, 1.645), (0.098, 0.078, 0.122), 16)
    stage.add(head.moved((at[0], at[1], floor), facing, scale), look, layer)
    # the face: the front of the same head, a hair outside it
    front = ball((0.018, 0, 1.645), (0.0986, 0.0786, 0.1226), 16)
    middle = front.inner[front.triangles].mean(axis=1)
    keep = (abs(middle[:, 0] - 0.5) < 0.19) & (middle[:, 1] > 0.30) & (middle[:, 1] < 0.86)
    front = type(front)(front.points, front.normals, front.inner, front.triangles[keep])
    stage.add(front.moved((at[0], at[1], floor), facing, scale), look.of("face"), layer)
    put(limb((0.115, 0, 1.648), (0.128, 0, 1.622), 0.010, 0.018, 8), skin)
    for side in (-1, 1):
        put(ball((0.0, side * 0.082, 1.64), (0.022, 0.014, 0.034), 6), skin)
    if pose.cap:
        cloth = CLOTHES[rng.integers(len(CLOTHES))]
        put(ball((0.005, 0, 1.70), (0.108, 0.092, 0.085), 10), cloth)
        put(ball((0.13, 0, 1.70), (0.075, 0.07, 0.012), 8), cloth)
    if pose.arms == "camera":
        put(ball((0.27, 0, 1.60), (0.06, 0.075, 0.05), 8), (24, 24, 26), 0.4)
        put(limb((0.27, 0, 1.60), (0.45, 0, 1.60), 0.042, 0.05), (24, 24, 26), 0.4)
    return owner


def crowd(rng: np.random.Generator, rows: int = 9, width: int = 2048, height: int = 512, dim: float = 1.0) -> Bytes:
    """Spectators on the steps of a stand, as a drawing; alpha 255 where somebody is, 128 for seats and steps."""
    picture = np.zeros((height, width, 4), np.uint8)
    picture[..., :3] = (96, 98, 104)
    picture[..., 3] = 110
    step = height / rows
    for row in range(rows):
        y = int((row + 1) * step)
        picture[int(row * step) : y, :, :3] = (112 - (row % 2) * 14, 114 - (row % 2) * 14, 122 - (row % 2) * 16)
        cv2.line(picture, (0, y - 3), (width, y - 3), (62, 64, 70, 110), 4)
        x = 6.0
        while x < width:
            if rng.random() < 0.86:
                size = step * float(rng.uniform(0.24, 0.30))
                body = CLOTHES[rng.integers(len(CLOTHES))]
                skin = SKINS[rng.integers(len(SKINS))]
                hair = HAIRS[rng.integers(len(HAIRS))]
                top = int(y - step * float(rng.uniform(0.80, 1.10)))
                light = float(rng.uniform(0.75, 1.0)) * dim
                shade = tuple(int(c * light) for c in body)
                cv2.ellipse(
                    picture,
                    (int(x), int(top + size * 2.6)),
                    (int(size * 1.05), int(size * 1.7)),
                    0,
                    0,
                    360,
                    (*shade, 255),
                    -1,
                    cv2.LINE_AA,
                )
                cv2.ellipse(
                    picture,
                    (int(x), int(top + size * 0.75)),
                    (int(size * 0.46), int(size * 0.58)),
                    0,
                    0,
                    360,
                    (*(int(c * light) for c in skin), 255),
                    -1,
                    cv2.LINE_AA,
                )
                cv2.ellipse(
                    picture,
                    (int(x), int(top + size * 0.5)),
                    (int(size * 0.5), int(size * 0.42)),
                    0,
                    180,
                    360,
                    (*(int(c * dim) for c in hair), 255),
                    -1,
                    cv2.LINE_AA,
                )
                if rng.random() < 0.12:
                    arm = (int(x + size * rng.uniform(-1.4, 1.4)), int(top - size * 0.9))
                    cv2.line(
                        picture,
                        (int(x), int(top + size * 1.6)),
                        arm,
                        (*(int(c * light) for c in skin), 255),
                        max(2, int(size * 0.35)),
                        cv2.LINE_AA,
                    )
            x += step * float(rng.uniform(0.42, 0.62))
    return picture


def put_flag(
    stage: Stage, at: tuple[float, float, float], size: float, rng: np.random.Generator, layer: int = FOCUS
) -> None:
    """A waving chequered flag whose staff foot is at `at`, the cloth towards +x."""
    checks = (np.indices((10, 14)).sum(axis=0) % 2 * 235 + 12).astype(np.uint8)
    cloth = np.repeat(np.repeat(checks, 32, 0), 32, 1)
    picture = np.dstack([cloth, cloth, cloth, np.full_like(cloth, 255)])
    texture = stage.texture(picture)
    u, v = np.meshgrid(np.linspace(0, 1, 30), np.linspace(0, 1, 12))
    phase = float(rng.uniform(0, 6))
    wave = np.sin(u * 8 + phase + v * 1.5) * 0.10 * (0.2 + u)
    points = np.stack(
        [
            at[0] + u * size,
            at[1] + wave * size,
            at[2] + size * 1.15 - v * size * 0.72 - u * u * 0.16 * size + wave * 0.3,
        ],
        -1,
    )
    shape = grid(points, np.stack([u, v, np.zeros_like(u)], -1))
    stage.add(shape, Look(TEXTURE, (1, 1, 1), 0.0, (0.0, 0.0, 448 / size), texture), layer)
    stage.add(
        limb((at[0], at[1], at[2]), (at[0], at[1], at[2] + size * 1.2), 0.014, 0.014, 6),
        Look(MATTE, (0.3, 0.2, 0.1)),
        layer,
    )
