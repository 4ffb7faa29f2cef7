"""What fills leave of the boards, on hand-drawn polygons (advertising less car, person and sign) and painted scenes.

    python bench/bench_fills.py ../shared [--sheets FOLDER] [--only TEXT]

Printed for each picture and fill, before/after: strings that OCR reads inside the mask; share in per cent of the mask
and 8 px (at 1,600) around it within 14 of a strongly coloured main colour of the board, measured in Lab; fine texture
inside (median of |L - blur 2|) and that of the ring around; pixels changed beyond the mask given, as share of it;
pixels changed outside the mask returned (must be 0); elapsed time in multiples of a 2,000 x 2,000 float32 matrix
product in the same run. `--sheets` writes before | mask | after.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from unit import best, unit

from safelight.learn.scenes import Scene, paint
from safelight.model.errors import StageError
from safelight.stages import catalog, ocr
from safelight.stages.base import Image, Inpainter, Mask
from safelight.stages.base import unit as pixels

PHOTOS = ("porsche-911", "gpt-3", "dallaraf3", "paul-ricard", "2011-1", "Pluie 4", "dan-background")
SCENES = 3
FILLS = (("neutral", "wall"), ("neutral", "board"), ("texture", "wall"), ("texture", "road"), ("texture", "grass"))
NEAR = 14.0
STRONG = 25.0


def read(path: Path) -> Image:
    pixels_read = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(pixels_read[..., ::-1])


def polygons(items: list[dict], concepts: set[str], shape: tuple[int, int]) -> np.ndarray:
    mask = np.zeros(shape, np.uint8)
    for item in items:
        if item["concept"] in concepts:
            cv2.fillPoly(mask, [np.round(np.array(item["polygon"])).astype(np.int32)], 1)
    return mask > 0


def cases(photos: Path) -> Iterator[tuple[str, Image, Mask]]:
    drawn = json.loads((photos / "masks.json").read_text(encoding="utf-8"))
    for wanted in PHOTOS:
        name = next(name for name in drawn if wanted in name)
        image = read(photos / name)
        board = polygons(drawn[name], {"advertising"}, image.shape[:2])
        before = polygons(drawn[name], {"car", "person", "sign"}, image.shape[:2])
        yield wanted, image, (board & ~before).astype(np.float32)
    for seed in range(SCENES):
        scene = paint(Scene("boards", seed))
        yield f"scene {seed}", scene.image, (scene.masks["advertising"] >= 0.5).astype(np.float32)


def strings(image: Image, mask: Mask) -> int:
    """Strings of two letters or more whose middle lies in the mask."""
    count = 0
    for line in ocr.read(image):
        x, y = (int(v) for v in line.centre)
        inside = 0 <= y < mask.shape[0] and 0 <= x < mask.shape[1] and mask[y, x] > 0
        count += bool(inside and sum(letter.isalpha() for letter in line.text) >= 2)
    return count


def around(mask: Mask, image: Image, reach: float) -> np.ndarray:
    away = cv2.distanceTransform((mask < 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    return away <= reach * pixels(image)


def lab(image: Image) -> np.ndarray:
    return cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def strong_colours(image: Image, mask: Mask) -> np.ndarray:
    """(n, 3) Lab of the board's main colours that are strongly coloured."""
    points = lab(image)[mask > 0]
    points = np.ascontiguousarray(points[:: max(1, len(points) // 20000)])
    cv2.setRNGSeed(0)
    stop = (cv2.TERM_CRITERIA_MAX_ITER, 20, 0.0)
    _, found, means = cv2.kmeans(points, 6, None, stop, 3, cv2.KMEANS_PP_CENTERS)
    large = np.bincount(found.ravel(), minlength=6) > 0.03 * len(points)
    return means[large & (np.hypot(means[:, 1], means[:, 2]) > STRONG)]


def leftover(image: Image, where: np.ndarray, colours: np.ndarray) -> float:
    shown = lab(image)[where]
    near = np.zeros(len(shown), bool)
    for colour in colours:
        near |= np.sqrt(((shown - colour) ** 2).sum(axis=1)) < NEAR
    return 100 * float(near.mean())


def texture(image: Image, where: np.ndarray) -> float:
    light = lab(image)[..., 0]
    return float(np.median(np.abs(light - cv2.GaussianBlur(light, (0, 0), 2))[where])) if where.any() else 0.0


def sheet(image: Image, mask: Mask, result: Image, path: Path) -> None:
    shown = image.copy()
    shown[mask > 0] = (0.4 * shown[mask > 0] + 0.6 * np.array([255, 0, 255])).astype(np.uint8)
    rows = np.flatnonzero(around(mask, image, 80).any(axis=1))
    parts = [picture[rows[0] : rows[-1] + 1] for picture in (image, shown, result)]
    cv2.imwrite(str(path), np.concatenate(parts, axis=0)[..., ::-1])


@dataclass(frozen=True)
class Before:
    """What is measured once for a picture and its mask."""

    image: Image
    mask: Mask
    colours: np.ndarray
    near: np.ndarray
    inside: np.ndarray
    strings: int
    left: float
    texture: float
    ring: float


def before(image: Image, mask: Mask) -> Before:
    near, ring = around(mask, image, 8), around(mask, image, 60) & ~around(mask, image, 10)
    inside = cv2.erode(mask, np.ones((7, 7), np.uint8)) > 0
    colours = strong_colours(image, mask)
    left = leftover(image, near, colours)
    seen = strings(image, mask)
    return Before(image, mask, colours, near, inside, seen, left, texture(image, inside), texture(image, ring))


def row(known: Before, backend: Inpainter, prompt: str) -> tuple[str, Image]:
    result, wide = backend.inpaint(known.image, known.mask, prompt, 7)
    taken = best(lambda: backend.inpaint(known.image, known.mask, prompt, 7), 1)
    text = (
        f"strings {known.strings}/{strings(result, known.mask)}  "
        f"colour % {known.left:.0f}/{leftover(result, known.near, known.colours):.1f}  "
        f"texture {known.texture:.2f}/{texture(result, known.inside):.2f} ring {known.ring:.2f}  "
        f"widened {100 * (wide.sum() / known.mask.sum() - 1):.1f} %  "
        f"outside {int((result != known.image).any(axis=2)[wide < 0.5].sum())}  elapsed {taken / unit():.1f} units"
    )
    return text, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--only", default="", help="part of a line's first three words")
    given = parser.parse_args()
    for name, image, mask in cases(given.shared / "photos"):
        fills = [pair for pair in FILLS if given.only in f"{name} {' '.join(pair)}"]
        known = before(image, mask) if fills else None
        for engine, prompt in fills:
            backend = catalog.load("inpaint", engine)
            assert isinstance(backend, Inpainter)
            try:
                text, result = row(known, backend, prompt)
            except StageError as error:
                text, result = f"refused: {error.say('en')}", None
            sys.stdout.write(f"{name:15} {engine:8} {prompt:6} {text}\n")
            sys.stdout.flush()
            if given.sheets and result is not None:
                sheet(image, mask, result, given.sheets / f"{name}-{engine}-{prompt}.png".replace(" ", ""))


if __name__ == "__main__":
    main()
