"""Pictures varied while learning, each way with one sentence on what it is for. Pure: the draw is a generator passed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from safelight.pictures.formats import Image

MARGIN = 1.15
"""Pictures are kept this much larger than what the network is shown, so that a crop can move."""
LEAST_CROP = 0.6
"""Share of a picture's area that a random crop keeps at least."""

AUGMENTATIONS: dict[str, tuple[str, str]] = {
    "crop": (
        "Another part of the picture each time, by itself 60 to 100 % of it: the class must not hang on where things stand.",
        "Une autre partie de l'image à chaque fois, d'ordinaire de 60 à 100 %\u00a0: la classe ne doit pas dépendre de la place des choses.",
    ),
    "mirror": (
        "Left and right swapped half of the time: cars come from either side.",
        "Gauche et droite échangées une fois sur deux\u00a0: les voitures viennent des deux côtés.",
    ),
    "turn": (
        "Turned by up to 8 degrees: horizons of hand-held photos lean.",
        "Tournée de 8 degrés au plus\u00a0: l'horizon d'une photo à main levée penche.",
    ),
    "light": (
        "Brighter or darker, flatter or harder: the hour must not be taken for the class.",
        "Plus claire ou plus sombre, plus douce ou plus dure\u00a0: l'heure ne doit pas passer pour la classe.",
    ),
    "colour": (
        "Channels a little stronger or weaker: cameras and lamps see colours differently.",
        "Canaux un peu plus forts ou plus faibles\u00a0: appareils et lampes voient autrement les couleurs.",
    ),
    "erase": (
        "A grey rectangle over part of it: no single detail may decide.",
        "Un rectangle gris sur une partie\u00a0: aucun détail ne doit décider seul.",
    ),
}


def middle(pixels: Image, side: int) -> Image:
    """What is shown where nothing is varied: the whole picture, `side` x `side`."""
    return np.asarray(cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def views(pixels: Image, side: int) -> list[Image]:
    """Ten looks at one picture: the whole, four corners of 85 %, each also mirrored."""
    edge = round(0.85 * len(pixels))
    gap = len(pixels) - edge
    parts = [pixels, *(pixels[y : y + edge, x : x + edge] for y in (0, gap) for x in (0, gap))]
    looks = [middle(part, side) for part in parts]
    return looks + [np.ascontiguousarray(look[:, ::-1]) for look in looks]


def varied(pixels: Image, side: int, names: Sequence[str], rng: np.random.Generator, crop: float = LEAST_CROP) -> Image:
    """One varied look of `side` x `side`. Every way draws the same number of times, so one more leaves the others alike."""
    draws = rng.random((len(AUGMENTATIONS), 4))
    for index, name in enumerate(AUGMENTATIONS):
        if name in names:
            pixels = _crop(pixels, draws[index], crop) if name == "crop" else WAYS[name](pixels, draws[index])
    return middle(pixels, side)


def _crop(pixels: Image, draw: np.ndarray, least: float = LEAST_CROP) -> Image:
    full = len(pixels)
    area, stretch = least + (1 - least) * draw[0], np.exp((draw[1] - 0.5) * 0.3)
    height, width = (
        max(8, min(full, round(full * side))) for side in (np.sqrt(area / stretch), np.sqrt(area * stretch))
    )
    top, left = round(draw[2] * (full - height)), round(draw[3] * (full - width))
    return pixels[top : top + height, left : left + width]


def _mirror(pixels: Image, draw: np.ndarray) -> Image:
    return np.ascontiguousarray(pixels[:, ::-1]) if draw[0] < 0.5 else pixels


def _turn(pixels: Image, draw: np.ndarray) -> Image:
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 16 * (draw[0] - 0.5), 1.0)
    turned = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(turned, np.uint8)


def _light(pixels: Image, draw: np.ndarray) -> Image:
    values = pixels.astype(np.float32)
    gain, shift = 0.75 + 0.5 * draw[0], 40 * (draw[1] - 0.5)
    return np.asarray(np.clip((values - 128) * gain + 128 + shift, 0, 255), np.uint8)


def _colour(pixels: Image, draw: np.ndarray) -> Image:
    return np.asarray(np.clip(pixels * (0.85 + 0.3 * draw[:3]), 0, 255), np.uint8)


def _erase(pixels: Image, draw: np.ndarray) -> Image:
    height, width = pixels.shape[:2]
    tall, wide = max(1, round(height * (0.1 + 0.25 * draw[0]))), max(1, round(width * (0.1 + 0.25 * draw[1])))
    top, left = round(draw[2] * (height - tall)), round(draw[3] * (width - wide))
    erased = pixels.copy()
    erased[top : top + tall, left : left + wide] = 128
    return erased


WAYS: dict[str, Callable[[Image, np.ndarray], Image]] = {
    "crop": _crop, "mirror": _mirror, "turn": _turn, "light": _light, "colour": _colour, "erase": _erase,
}  # fmt: skip
