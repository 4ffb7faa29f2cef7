"""Style pictures of our own: thick oil at night, woodcut, poster, mosaic. Painted by code, so that they are free to use.

Each is (800, 1120, 3) uint8 sRGB, rich at the scale of strokes, since painting copies patches of seven pixels out of
them: wide flat areas would give it nothing to copy. `write_styles` makes the files of rules/styles.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from safelight.learn.scenes.compiled import Bytes, Floats
from safelight.learn.scenes.effects import billows

WIDTH, HEIGHT = 1120, 800
Palette = tuple[tuple[int, int, int], ...]
# sky high, sky low, sun, far hills, near hills, field, road, light stripe, dark trees
NIGHT: Palette = (
    (18, 38, 104),
    (58, 108, 178),
    (250, 214, 92),
    (30, 62, 118),
    (20, 40, 84),
    (34, 84, 110),
    (70, 92, 140),
    (236, 206, 120),
    (10, 20, 48),
)
PRINT: Palette = (
    (214, 196, 152),
    (236, 220, 180),
    (196, 62, 40),
    (92, 130, 140),
    (52, 88, 104),
    (170, 150, 92),
    (206, 190, 160),
    (240, 232, 208),
    (28, 40, 48),
)
TRAVEL: Palette = (
    (240, 148, 74),
    (250, 206, 128),
    (252, 238, 196),
    (196, 84, 84),
    (118, 52, 92),
    (60, 44, 92),
    (40, 40, 72),
    (250, 226, 160),
    (30, 28, 58),
)
STONE: Palette = (
    (84, 120, 150),
    (168, 186, 184),
    (224, 180, 92),
    (140, 132, 112),
    (98, 100, 84),
    (178, 150, 104),
    (122, 110, 104),
    (236, 226, 204),
    (58, 52, 50),
)


def _landscape(palette: Palette, rng: np.random.Generator) -> Bytes:
    """Sun or moon over hills, and a road that winds towards the eye."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    t = np.clip(y / (HEIGHT * 0.55), 0, 1)[..., None]
    picture = np.array(palette[0]) * (1 - t) + np.array(palette[1]) * t
    sun = (WIDTH * 0.74, HEIGHT * 0.20)
    halo = np.exp(-(((x - sun[0]) ** 2 + (y - sun[1]) ** 2) / (2 * 120.0**2)))[..., None]
    picture = picture * (1 - 0.75 * halo) + np.array(palette[2]) * 0.75 * halo
    canvas = np.ascontiguousarray(picture.clip(0, 255).astype(np.uint8))
    cv2.circle(canvas, (int(sun[0]), int(sun[1])), 54, palette[2], -1, cv2.LINE_AA)
    for k in range(11):
        at = (int(rng.uniform(0, WIDTH)), int(rng.uniform(0.03, 0.36) * HEIGHT))
        cv2.circle(canvas, at, int(rng.integers(9, 22)), palette[7 if k % 3 else 2], -1, cv2.LINE_AA)
    for k, (rise, colour) in enumerate(((0.50, palette[3]), (0.58, palette[4]), (0.67, palette[5]))):
        ridge = HEIGHT * (
            rise + 0.06 * np.sin(np.arange(WIDTH) / (150 + 60 * k) + k * 2.1) + 0.03 * np.sin(np.arange(WIDTH) / 47 + k)
        )
        canvas[y > ridge[None, :]] = colour
    s = np.linspace(0, 1, 120)
    middle = WIDTH * (0.52 + 0.20 * np.sin(s * 5.2) * (1 - s) - 0.18 * s)
    half = 6 + 230 * s**2.2
    level = HEIGHT * (0.66 + 0.36 * s)
    road = np.concatenate([np.stack([middle - half, level], 1), np.stack([middle + half, level], 1)[::-1]]).astype(
        np.int32
    )
    cv2.fillPoly(canvas, [road], palette[6], cv2.LINE_AA)
    for side in (-1, 1):
        for k in range(0, 118, 4):
            edge = np.stack([middle + side * half, level], 1)
            cv2.line(
                canvas,
                tuple(int(v) for v in edge[k]),
                tuple(int(v) for v in edge[k + 2]),
                palette[7 if k % 8 else 2],
                max(2, int(14 * s[k] ** 1.5)),
            )
    for _ in range(9):
        foot, tall = rng.uniform(0, WIDTH), rng.uniform(60, 210)
        base = HEIGHT * float(rng.uniform(0.62, 0.80))
        cv2.ellipse(
            canvas,
            (int(foot), int(base - tall * 0.4)),
            (int(tall * 0.16), int(tall * 0.5)),
            0,
            0,
            360,
            palette[8],
            -1,
            cv2.LINE_AA,
        )
    return canvas


def _flow(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """A unit direction everywhere: whirls in the sky, along the ground below."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    u = np.ones_like(x) * 0.9
    v = 0.5 * np.sin(x / 120 + y / 170)
    for _ in range(9):
        cx, cy, r = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT * 0.52), rng.uniform(60, 150)
        dx, dy = x - cx, y - cy
        pull = 4.0 * np.exp(-(dx**2 + dy**2) / (2 * r**2)) * (1 if rng.random() < 0.7 else -1)
        u += -dy / r * pull
        v += dx / r * pull
    ground = np.clip((y - HEIGHT * 0.55) / 90, 0, 1)
    v = v * (1 - ground) + ground * (0.55 * np.cos(x / 150) + 0.3)
    length = np.sqrt(u**2 + v**2) + 1e-6
    return (u / length).astype(np.float32), (v / length).astype(np.float32)


def oil(seed: int = 1) -> Bytes:
    """Thick oil at night: loaded strokes that follow whirls, with bristle marks and light on their ridges."""
    rng = np.random.default_rng([seed, 1])
    base = cv2.GaussianBlur(_landscape(NIGHT, rng), (0, 0), 2.0).astype(np.float32)
    u, v = _flow(rng)
    canvas = base.astype(np.uint8).copy()
    relief = np.full((HEIGHT, WIDTH), 128, np.uint8)
    for count, width, steps in ((5200, 13, 10), (15000, 8, 8), (22000, 5, 6)):
        starts = rng.uniform(0, 1, (count, 2)) * (WIDTH, HEIGHT)
        hues = rng.normal(0, 1, (count, 3)) * (13, 13, 17) + rng.normal(0, 1, (count, 1)) * 19
        for k in range(count):
            x, y = starts[k]
            path = [(x, y)]
            for _ in range(steps):
                i, j = min(WIDTH - 1, max(0, int(x))), min(HEIGHT - 1, max(0, int(y)))
                x, y = x + u[j, i] * width * 0.75, y + v[j, i] * width * 0.75
                path.append((x, y))
            line = np.array(path)
            i, j = min(WIDTH - 1, max(0, int(path[1][0]))), min(HEIGHT - 1, max(0, int(path[1][1])))
            colour = base[j, i] + hues[k]
            across = np.array([-v[j, i], u[j, i]])
            bristles = max(3, width // 2)
            for b in range(bristles):
                offset = (b / (bristles - 1) - 0.5) * width
                tone = colour * (1 + 0.13 * math.sin(b * 2.3 + k)) + (14 if b == bristles - 1 else 0)
                points = np.round((line + across * offset) * 8).astype(np.int32)
                cv2.polylines(
                    canvas, [points], False, tuple(float(min(255, max(0, c))) for c in tone), 3, cv2.LINE_AA, 3
                )
                cv2.polylines(relief, [points], False, float(128 + 110 * math.sin(b * 2.3 + k)), 2, cv2.LINE_AA, 3)
    height = cv2.GaussianBlur(relief.astype(np.float32), (0, 0), 0.8)
    slope = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) + cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3)
    return np.asarray(np.clip(canvas.astype(np.float32) - slope[..., None] * 0.075, 0, 255).astype(np.uint8))


def woodcut(seed: int = 1) -> Bytes:
    """Woodcut: carved ink lines that swell with the dark, over flat washes, on paper."""
    rng = np.random.default_rng([seed, 2])
    flat = _landscape(PRINT, rng).astype(np.float32)
    grey = cv2.GaussianBlur(flat, (0, 0), 3).mean(axis=2) / 255
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    rough = billows(WIDTH, HEIGHT, rng, 7)
    fine = billows(WIDTH, HEIGHT, rng, 60)
    contour = cv2.GaussianBlur(flat.mean(axis=2), (0, 0), 26)
    sky = (y < HEIGHT * 0.52).astype(np.float32)
    phase = sky * (np.sqrt((x - WIDTH * 0.74) ** 2 + (y - HEIGHT * 0.20) ** 2) / 7.5 + rough * 7)
    phase += (1 - sky) * (y / 6.2 + contour / 5 + rough * 9 + np.sin(x / 60) * 1.5)
    wave = 0.5 + 0.5 * np.sin(phase * 2 * math.pi / 1.6 + (fine - 0.5) * 1.6)
    dark = np.clip(1.06 - grey * 1.12, 0.04, 0.97)
    ink = np.clip((dark - wave) * 6 + 0.5, 0, 1)
    edges = cv2.dilate(cv2.Canny(flat.astype(np.uint8), 40, 90), np.ones((3, 3), np.uint8)).astype(np.float32) / 255
    ink = np.maximum(ink, cv2.GaussianBlur(edges, (0, 0), 0.9))
    ink *= 1 - 0.55 * (fine > 0.66) * (rough > 0.35)
    paper = flat * 0.80 + 44 + rng.normal(0, 5, flat.shape[:2])[..., None] + (fine - 0.5)[..., None] * 34
    out = paper * (1 - ink[..., None]) + np.array((26, 30, 38)) * ink[..., None]
    return np.asarray(np.clip(out, 0, 255).astype(np.uint8))


def poster(seed: int = 1) -> Bytes:
    """Travel poster: flat shapes whose shades are sprayed grain, edges a little off register."""
    rng = np.random.default_rng([seed, 3])
    flat = _landscape(TRAVEL, rng).astype(np.float32)
    levels = cv2.pyrMeanShiftFiltering(flat.astype(np.uint8), 8, 22).astype(np.float32)
    shade = cv2.GaussianBlur(flat.mean(axis=2), (0, 0), 34)
    y = np.mgrid[0:HEIGHT, 0:WIDTH][0].astype(np.float32)
    grain = rng.random((HEIGHT // 2, WIDTH // 2), dtype=np.float32)
    coarse = cv2.resize(grain, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    spray = 0.35 + 0.45 * np.sin(shade / 16 + y / 130) + 0.2 * billows(WIDTH, HEIGHT, rng, 6)
    lit = (coarse < np.clip(spray, 0, 0.8) * 0.62).astype(np.float32)[..., None]
    deep = (coarse > 1 - np.clip(0.7 - spray, 0, 1) * 0.45).astype(np.float32)[..., None]
    out = levels * (1 - 0.42 * lit) + np.minimum(levels * 1.16 + 34, 255) * 0.42 * lit
    out = out * (1 - 0.30 * deep)
    shifted = np.stack([np.roll(out[..., c], (c - 1) * 2, axis=1) for c in range(3)], axis=-1)
    return np.asarray(np.clip(shifted + rng.normal(0, 5, out.shape), 0, 255).astype(np.uint8))


def mosaic(seed: int = 1) -> Bytes:
    """Mosaic: tesserae laid in rows that follow the shapes, each its own stone, set in grout."""
    rng = np.random.default_rng([seed, 4])
    base = cv2.GaussianBlur(_landscape(STONE, rng), (0, 0), 2).astype(np.float32)
    u, v = _flow(rng)
    step = 13.0
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    gx, gy = np.meshgrid(np.arange(-2, WIDTH / step + 2), np.arange(-2, HEIGHT / step + 2))
    seeds = np.stack([gx * step + (gy % 2) * step / 2, gy * step], -1).reshape(-1, 2) + rng.normal(0, 1.5, (gx.size, 2))
    mark = np.full((HEIGHT, WIDTH), 255, np.uint8)
    keep = (seeds[:, 0] >= 0) & (seeds[:, 0] < WIDTH) & (seeds[:, 1] >= 0) & (seeds[:, 1] < HEIGHT)
    for sx, sy in seeds[keep].astype(int):
        mark[sy, sx] = 0
    # rows bend with the flow: the nearest seed is sought in a gently warped picture
    warp_x = (x + 9 * cv2.GaussianBlur(v, (0, 0), 14)).astype(np.float32)
    warp_y = (y - 9 * cv2.GaussianBlur(u, (0, 0), 14)).astype(np.float32)
    _, labels = cv2.distanceTransformWithLabels(mark, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    labels = cv2.remap(
        labels.astype(np.float32), warp_x, warp_y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT
    ).astype(np.int32)
    count = int(labels.max()) + 1
    size = np.maximum(np.bincount(labels.ravel(), minlength=count), 1)
    mean = np.stack([np.bincount(labels.ravel(), base[..., c].ravel(), count) / size for c in range(3)], -1)
    mean *= 1 + rng.normal(0, 0.12, (count, 1))
    mean += rng.normal(0, 7, (count, 3))
    tiles = mean[labels]
    joint = np.zeros((HEIGHT, WIDTH), bool)
    joint[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    joint[1:] |= labels[1:] != labels[:-1]
    inside = cv2.distanceTransform((~joint).astype(np.uint8), cv2.DIST_L2, 3)
    rise = np.clip(inside / 2.4, 0, 1)
    light = cv2.Sobel(rise, cv2.CV_32F, 1, 0, ksize=3) + cv2.Sobel(rise, cv2.CV_32F, 0, 1, ksize=3)
    grain = billows(WIDTH, HEIGHT, rng, 200) - 0.5
    stone = tiles * (1 + 0.30 * grain[..., None]) + light[..., None] * 9
    out = stone * rise[..., None] + np.array((64, 58, 52)) * (1 - rise[..., None])
    return np.asarray(np.clip(out + rng.normal(0, 3, out.shape), 0, 255).astype(np.uint8))


STYLES: dict[str, Callable[[], Bytes]] = {
    "thick-oil-night": oil, "woodcut": woodcut, "travel-poster": poster, "mosaic": mosaic,
}  # fmt: skip


def write_styles(folder: Path, limit: int = 400_000) -> list[Path]:
    """Paint every style into `folder` as JPEG of at most `limit` bytes; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, painter in STYLES.items():
        picture = Image.fromarray(painter())
        path = folder / f"{name}.jpg"
        for quality in (88, 84, 80, 76, 70, 64, 58, 50):
            picture.save(path, "JPEG", quality=quality, subsampling=2, optimize=True)
            if path.stat().st_size <= limit:
                break
        written.append(path)
    return written
