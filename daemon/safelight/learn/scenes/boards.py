"""Advertising boards, banners and backdrops with legible invented words, as textured surfaces with known borders."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from safelight.learn.scenes.compiled import Bytes
from safelight.learn.scenes.lettering import WORDS, write
from safelight.learn.scenes.mesh import TEXTURE, WORLD, Look, Shape, Stage, grid

Colour = tuple[int, int, int]
# background, ink
SCHEMES: tuple[tuple[Colour, Colour], ...] = (
    ((10, 84, 52), (246, 238, 200)), ((238, 240, 240), (190, 20, 30)), ((200, 24, 30), (250, 250, 246)),
    ((16, 48, 120), (250, 250, 250)), ((248, 200, 16), (22, 24, 30)), ((24, 26, 32), (240, 150, 24)),
    ((240, 242, 244), (16, 60, 140)), ((224, 92, 20), (252, 250, 244)),
)  # fmt: skip


def board_picture(word: str, scheme: int, rng: np.random.Generator, ratio: float, height: int = 224) -> Bytes:
    """One board, width = ratio × height, the word as large as fits, with a mark, a frame and a little dirt."""
    ground, ink = SCHEMES[scheme % len(SCHEMES)]
    width = round(ratio * height)
    board = Image.new("RGBA", (width, height), (*ground, 255))
    draw = ImageDraw.Draw(board)
    text = write(
        word, round(height * 0.46), ink, bold=float(rng.uniform(0.03, 0.09)), slant=float(rng.choice([0.0, 0.0, 0.18]))
    )
    mark = height * 0.62
    space = width - height * 0.30
    with_mark = text.width + mark * 1.25 < space
    room = space - (mark * 1.25 if with_mark else 0)
    if text.width > room:
        text = text.resize(
            (int(room), max(8, int(text.height * max(room / text.width, 0.55)))), Image.Resampling.LANCZOS
        )
    x = int((width - text.width + (mark * 1.25 if with_mark else 0)) / 2)
    if with_mark:
        _mark(draw, (x - mark * 0.72, height / 2), mark / 2, ink, ground, int(rng.integers(4)))
    board.alpha_composite(text, (x, (height - text.height) // 2))
    draw.rectangle([0, 0, width - 1, height - 1], outline=tuple(int(c * 0.55) for c in ground), width=5)
    dirt = rng.normal(0, 1, (8, max(2, width // 40)))
    veil = Image.fromarray(np.clip(dirt * 14 + 8, 0, 60).astype(np.uint8)).resize(board.size, Image.Resampling.BICUBIC)
    brown = Image.new("RGBA", board.size, (84, 76, 62, 255))
    brown.putalpha(veil)
    board.alpha_composite(brown)
    return np.asarray(board.filter(ImageFilter.GaussianBlur(0.5)))


def _mark(draw: ImageDraw.ImageDraw, at: tuple[float, float], r: float, ink: Colour, ground: Colour, kind: int) -> None:
    x, y = at
    if kind == 0:
        draw.ellipse([x - r, y - r, x + r, y + r], fill=ink)
        draw.ellipse([x - r * 0.45, y - r * 0.75, x + r * 0.75, y + r * 0.45], fill=ground)
    elif kind == 1:
        draw.polygon([(x - r, y + r * 0.8), (x, y - r * 0.9), (x + r, y + r * 0.8), (x, y + r * 0.3)], fill=ink)
    elif kind == 2:
        for k in range(3):
            draw.rectangle(
                [x - r + k * r * 0.72, y + r * (0.1 - 0.4 * k), x - r * 0.5 + k * r * 0.72, y + r * 0.8], fill=ink
            )
    else:
        star = [
            (
                x + r * (1 if k % 2 == 0 else 0.42) * math.sin(k * math.pi / 5),
                y - r * (1 if k % 2 == 0 else 0.42) * math.cos(k * math.pi / 5),
            )
            for k in range(10)
        ]
        draw.polygon(star, fill=ink)


def ribbon(start: tuple[float, float], length: float, low: float, high: float, bend: float) -> Shape:
    """An upright strip standing along the track from (x, y); object coordinates u, v in 0–1. y follows the bend."""
    u, v = np.meshgrid(np.linspace(0, 1, 9), np.linspace(0, 1, 2))
    x = start[0] + u * length
    points = np.stack([x, start[1] + bend * x * x, high - v * (high - low)], -1)
    return grid(points, np.stack([u, v, np.zeros_like(u)], -1))


def put_boards(
    stage: Stage, rng: np.random.Generator, x: tuple[float, float], y: float, low: float, high: float, bend: float = 0.0,
    ratio: float = 4.4, layer: int = WORLD, gap: float = 0.0, glow: float = 0.0,
) -> None:  # fmt: skip
    """A row of boards along the track from x[0] to x[1], each a word; remembers words and their part numbers."""
    height = high - low
    width = height * ratio
    place = x[0]
    order = rng.permutation(len(WORDS))
    scheme = int(rng.integers(len(SCHEMES)))
    k = 0
    while place < x[1]:
        word = WORDS[order[k % len(order)]]
        picture = board_picture(word, scheme + 3 * k, rng, ratio)
        texture = stage.texture(picture)
        look = Look(TEXTURE, (1, 1, 1), 0.05, (glow, 0.0, 224 / height), texture, concept="advertising")
        part = stage.add(ribbon((place, y), width, low, high, bend), look, layer)
        stage.words.append((word, part, (0.06, 0.2, 0.94, 0.8)))
        place += width + gap
        k += 1
