"""Augmentation: from one labelled picture another one that might have been taken, picture and labels alike.

A `Recipe` says which augmentations are on and how strong; `augment` makes one draw. All randomness is a generator passed
in: `draws(seed, epoch, sample)` gives the one for a sample, so that every epoch draws anew, and the same again whatever
the number of threads. Every augmentation has numbers of its own, whichever others are on: two recipes that differ in one
draw the rest alike, which is what makes their comparison fair.

Where a picture ends its mirror image goes on and the labels are VOID. Labels are never mixed: each is the label of the
pixel in which the centre of the new pixel lies.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from safelight.learn.data import light
from safelight.learn.data.base import VOID, Labels
from safelight.pictures.formats import Image

Uniforms = npt.NDArray[np.float64]

NAMES: Final[dict[str, tuple[str, str]]] = {
    "crop": ("a part of the picture, enlarged", "une partie de l'image, agrandie"),
    "shift": ("moved along both axes", "décalée selon les deux axes"),
    "mirror": ("left and right swapped", "gauche et droite échangées"),
    "scale": ("nearer or farther", "plus près ou plus loin"),
    "hue": ("all hues turned", "toutes les teintes tournées"),
    "colour": (
        "exposure, contrast, saturation, white balance",
        "exposition, contraste, saturation, balance des blancs",
    ),
    "blur": ("out of focus, or shaken", "flou de mise au point ou de bougé"),
    "night": ("dark, bluish, with glowing lamps and noise", "sombre, bleutée, lampes qui rayonnent et bruit"),
    "rain": ("streaks and a veil", "traînées et voile"),
}
"""What each does, in English and French."""

CHANCE: Final = {"mirror": 0.5, "blur": 0.3, "night": 0.2, "rain": 0.2}
"""How often these are drawn when on; all others always are."""
_NUMBERS = 8  # uniform numbers each augmentation may use in one draw


@dataclass(frozen=True)
class Recipe:
    """What is drawn from every picture: `size` (height, width) in pixels, and the strength 0–1 of each augmentation (0 is
    off; `mirror` knows only on and off).

    `resize` None: the largest part of the picture in the shape of `size`, resized to it. A number: the picture resized by
    it (1 keeps its pixels) and a part of `size` cut out. From the middle, unless `crop` or `shift` is on.
    """

    size: tuple[int, int]
    resize: float | None = None
    crop: float = 0.0
    shift: float = 0.0
    mirror: float = 0.0
    scale: float = 0.0
    hue: float = 0.0
    colour: float = 0.0
    blur: float = 0.0
    night: float = 0.0
    rain: float = 0.0

    def __post_init__(self) -> None:
        if min(self.size) < 1 or (self.resize is not None and self.resize <= 0):
            raise ValueError(f"no such size: {self.size}, {self.resize}")
        for name in NAMES:
            if not 0 <= self.strength(name) <= 1:
                raise ValueError(f"the strength of {name} must lie in 0-1")

    def strength(self, name: str) -> float:
        """The strength of one augmentation, 0 when off."""
        return float(getattr(self, name))

    @property
    def on(self) -> tuple[str, ...]:
        """The names of those that are on."""
        return tuple(name for name in NAMES if self.strength(name))

    @property
    def fresh(self) -> bool:
        """Whether every draw of a real picture differs: mirror, blur, night and rain are not always drawn, and hues of a
        nearly grey picture hardly turn.
        """
        return any(name in {"crop", "shift", "scale", "colour"} for name in self.on)

    def only(self, *names: str) -> Recipe:
        """The same with none on but these, at the strength they have here or 0.5."""
        return self._with({name: (self.strength(name) or 0.5) * (name in names) for name in NAMES})

    def without(self, *names: str) -> Recipe:
        """The same with these off."""
        return self._with(dict.fromkeys(names, 0.0))

    def _with(self, strengths: dict[str, float]) -> Recipe:
        return Recipe(self.size, self.resize, **{name: strengths.get(name, self.strength(name)) for name in NAMES})

    @staticmethod
    def full(size: tuple[int, int], resize: float | None = None, strength: float = 0.5) -> Recipe:
        """All of them at one strength."""
        return Recipe(size, resize, **dict.fromkeys(NAMES, strength))

    def to_json(self) -> dict[str, object]:
        """As JSON values, for records and reports."""
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"size": list(self.size)}


def draws(seed: int, epoch: int, sample: str) -> np.random.Generator:
    """The randomness of one draw: another for every seed, epoch and sample."""
    digest = hashlib.blake2b(sample.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return np.random.default_rng([seed, epoch, int.from_bytes(digest, "big")])


def augment(image: Image, labels: Labels, recipe: Recipe, rng: np.random.Generator) -> tuple[Image, Labels]:
    """One draw: a picture and labels of `recipe.size`. Sizes of picture and labels must agree."""
    uniforms = dict(zip(NAMES, rng.random((len(NAMES), _NUMBERS)), strict=True))
    happens = {name: uniforms[name][-1] < CHANCE.get(name, 1.0) for name in recipe.on}
    window = _window(labels.shape, recipe, uniforms)
    image, labels = view(image, labels, window, recipe.size)
    if happens.get("mirror"):
        image, labels = np.ascontiguousarray(image[:, ::-1]), np.ascontiguousarray(labels[:, ::-1])
    for name, change in light.CHANGES.items():
        if happens.get(name):
            image = change(image, recipe.strength(name), uniforms[name])
    return image, labels


@dataclass(frozen=True)
class Window:
    """A part of a picture in its pixels: left and top may be negative, the part may be larger than the picture."""

    left: float
    top: float
    width: float
    height: float


def _window(shape: tuple[int, ...], recipe: Recipe, uniforms: dict[str, Uniforms]) -> Window:
    """Which part is drawn."""
    tall, wide = shape[:2]
    out_tall, out_wide = recipe.size
    unit = min(wide / out_wide, tall / out_tall) if recipe.resize is None else 1 / recipe.resize
    if recipe.resize is None:
        unit *= 1 - 0.5 * recipe.crop * uniforms["crop"][0]
    unit *= float(np.exp(np.log1p(recipe.scale) * (2 * uniforms["scale"][0] - 1)))
    width, height = out_wide * unit, out_tall * unit
    across, down = uniforms["crop"][1:3] if recipe.crop else (0.5, 0.5)
    # A window larger than the picture holds all of it, wherever it is placed.
    left, top = (wide - width) * across, (tall - height) * down
    left += width * 0.25 * recipe.shift * (2 * uniforms["shift"][0] - 1)
    top += height * 0.25 * recipe.shift * (2 * uniforms["shift"][1] - 1)
    return Window(float(left), float(top), float(width), float(height))


def view(image: Image, labels: Labels, window: Window, size: tuple[int, int]) -> tuple[Image, Labels]:
    """A part of a labelled picture at `size` (height, width)."""
    tall, wide = labels.shape
    across, down = window.width / size[1], window.height / size[0]
    columns = np.floor(window.left + (np.arange(size[1]) + 0.5) * across).astype(np.int64)
    rows = np.floor(window.top + (np.arange(size[0]) + 0.5) * down).astype(np.int64)
    picked = labels.take(rows.clip(0, tall - 1), axis=0).take(columns.clip(0, wide - 1), axis=1)
    picked[(rows < 0) | (rows >= tall)] = VOID
    picked[:, (columns < 0) | (columns >= wide)] = VOID
    return _resample(image, window, size), picked


def _resample(image: Image, window: Window, size: tuple[int, int]) -> Image:
    """The part of a picture by linear interpolation, smoothed before it is shrunk."""
    across, down = window.width / size[1], window.height / size[0]
    margin = int(np.ceil(2 * max(across, down, 1)))
    tall, wide = image.shape[:2]
    left = int(np.clip(np.floor(window.left) - margin, 0, wide - 1))
    top = int(np.clip(np.floor(window.top) - margin, 0, tall - 1))
    right = int(np.clip(np.ceil(window.left + window.width) + margin, left + 1, wide))
    bottom = int(np.clip(np.ceil(window.top + window.height) + margin, top + 1, tall))
    whole = window.left < 0 or window.top < 0 or window.left + window.width > wide or window.top + window.height > tall
    if whole:  # the mirror image beyond the border may need any of it
        left, top, right, bottom = 0, 0, wide, tall
    source = image[top:bottom, left:right]
    if max(across, down) > 1.5:
        source = cv2.GaussianBlur(source, (0, 0), sigmaX=0.35 * across, sigmaY=0.35 * down)
    matrix = np.array(
        [[across, 0, window.left - left + across / 2 - 0.5], [0, down, window.top - top + down / 2 - 0.5]], np.float64
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    drawn = cv2.warpAffine(source, matrix, (size[1], size[0]), flags=flags, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(drawn, np.uint8)
