"""Pictures for the network that is shipped: one draw of picture and label sets from a seed.

Labels are sets of possible classes (see data.sets). Every draw depends on its seed alone, so a resumed training sees the
pictures an uninterrupted one would. Beyond the augmentation of any training (data.augment) it aims at race photos, where one car fills the picture: zoom to an object, objects pasted over other scenes, new liveries, boards
behind and kerbs below, backgrounds streaked by panning. Copy and paste: Ghiasi et al. 2021.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from safelight.learn.data.base import VOID, Dataset
from safelight.learn.data.generator import Cache
from safelight.learn.data.sets import ROAD_CLASSES, Sets
from safelight.pictures.formats import Image

BIT: Final = {name: 1 << index for index, name in enumerate(ROAD_CLASSES.names)}
PASTED: Final = ("car", "person")
SMALLEST_OBJECT: Final = 500
"""Pixels; smaller ones teach nothing when enlarged."""


@dataclass(frozen=True)
class Thing:
    """One object to zoom in on or to paste: class name, box in pixels (left, top, right, bottom), whole or cut."""

    kind: str
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Labelled:
    """A picture and its label sets, of the same size."""

    image: Image
    labels: Sets


def things(labels: Sets) -> tuple[Thing, ...]:
    """The cars, people and signs of a picture that are large enough to show: connected pieces."""
    found = []
    for kind in ("car", "person", "sign"):
        mask = (labels == BIT[kind]).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
        for left, top, width, height, area in stats[1:].tolist():
            if area >= SMALLEST_OBJECT:
                found.append(Thing(kind, (left, top, left + width, top + height)))
    return tuple(found)


class Draw:
    """Draws augmented pictures of `size` (height, width) from several sets of the classes in ROAD_CLASSES, each with its
    share of the draws. From any thread. Raises ValueError for data of other classes or none at all, DataError for a file
    at fault.
    """

    def __init__(self, sets: Sequence[tuple[float, Dataset]], size: tuple[int, int], cache_mb: float = 400) -> None:
        if not sets or any(data.classes != ROAD_CLASSES for _, data in sets):
            raise ValueError("every set needs labels in the classes of the shipped network")
        self.sets = [Cache(data, cache_mb / len(sets)) for _, data in sets]
        self.size = size
        shares = np.array([share for share, _ in sets], float)
        self.shares = shares / shares.sum()
        # Small sets are rich in large objects: pick the object first, evenly over sets.
        self.bank: dict[str, list[list[tuple[str, Thing]]]] = {kind: [] for kind in ("car", "person", "sign")}
        for data in self.sets:
            known = [(sample, thing) for sample in data.ids for thing in things(data.data.labels(sample))]
            for kind, banks in self.bank.items():
                banks.append([(sample, thing) for sample, thing in known if thing.kind == kind])

    def __call__(self, seed: Sequence[int]) -> tuple[Image, Sets]:
        """One picture and its labels; the same seed gives the same draw."""
        rng = np.random.default_rng(list(seed))
        image, labels = self._view(rng)
        if rng.random() < 0.4:
            image, labels = self._paste(rng, image, labels)
        if rng.random() < 0.4:
            image, labels = boards(image, labels, rng)
        if rng.random() < 0.3:
            image = kerbs(image, labels, rng)
        car = labels == BIT["car"]
        if rng.random() < 0.5 and car.any():
            image = livery(image, car, rng)
        if rng.random() < 0.25 and car.mean() > 0.03:
            image = pan(image, car, rng)
        return light(image, rng), labels

    def _view(self, rng: np.random.Generator) -> tuple[Image, Sets]:
        chosen = int(rng.choice(len(self.sets), p=self.shares))
        kind = str(rng.choice(["car", "person", "sign"], p=[0.5, 0.4, 0.1]))
        candidates = self.bank[kind][chosen]
        if candidates and rng.random() < 0.6:
            sample, thing = candidates[int(rng.integers(len(candidates)))]
            picture = self._picture(chosen, sample)
            return window(picture, _inside(picture, _around(thing, self.size, rng), self.size), self.size, rng)
        ids = self.sets[chosen].ids
        picture = self._picture(chosen, ids[int(rng.integers(len(ids)))])
        height, width = picture.labels.shape
        whole = max(width, height * self.size[1] / self.size[0])
        span = whole * float(np.exp(rng.uniform(np.log(0.4), np.log(1.15))))
        centre = (width * rng.uniform(0.25, 0.75), height * rng.uniform(0.3, 0.7))
        return window(picture, (*centre, span), self.size, rng)

    def _paste(self, rng: np.random.Generator, image: Image, labels: Sets) -> tuple[Image, Sets]:
        """Cut an object out of another picture and lay it over this one, feathered by about a pixel."""
        kind = str(rng.choice(PASTED, p=[0.6, 0.4]))
        banks = [(number, bank) for number, bank in enumerate(self.bank[kind]) if bank]
        if not banks:
            return image, labels
        number, bank = banks[int(rng.integers(len(banks)))]
        sample, thing = bank[int(rng.integers(len(bank)))]
        piece, bits = window(self._picture(number, sample), _around(thing, self.size, rng), self.size, rng)
        shape = (bits == BIT[kind]).astype(np.uint8)
        count, parts, stats, _ = cv2.connectedComponentsWithStats(shape, connectivity=4)
        if count < 2 or stats[1:, cv2.CC_STAT_AREA].max() < 200:
            return image, labels
        shape = (parts == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())).astype(np.uint8)
        alpha = cv2.GaussianBlur(shape.astype(np.float32), (0, 0), 0.8)[..., None]
        mixed = piece * alpha + image * (1 - alpha)
        return mixed.astype(np.uint8), np.where(shape > 0, np.uint8(BIT[kind]), labels)

    def _picture(self, number: int, sample: str) -> Labelled:
        return Labelled(*self.sets[number].read(sample))


def _around(thing: Thing, size: tuple[int, int], rng: np.random.Generator) -> tuple[float, float, float]:
    """Centre and span (pixels across) of a view in which the object takes 15-120 % of the height or width."""
    left, top, right, bottom = thing.box
    extent = max(right - left, (bottom - top) * size[1] / size[0])
    span = extent / float(np.exp(rng.uniform(np.log(0.15), np.log(1.2))))
    span = max(span, 60.0)
    return (
        (left + right) / 2 + rng.uniform(-0.35, 0.35) * max(span - extent, 0.3 * extent),
        (top + bottom) / 2 + rng.uniform(-0.3, 0.3) * max(span - extent, 0.3 * extent) * size[0] / size[1],
        span,
    )


def _inside(picture: Labelled, view: tuple[float, float, float], size: tuple[int, int]) -> tuple[float, float, float]:
    """The view made no larger than the picture and moved into it: nothing is learnt beyond the border."""
    x, y, span = view
    height, width = picture.labels.shape
    span = min(span, 1.1 * max(width, height * size[1] / size[0]))
    across, down = min(span, width) / 2, min(span * size[0] / size[1], height) / 2
    return min(max(x, across), width - across), min(max(y, down), height - down), span


def window(
    picture: Labelled, view: tuple[float, float, float], size: tuple[int, int], rng: np.random.Generator
) -> tuple[Image, Sets]:
    """The view (centre x, centre y, pixels across) as picture and labels of `size`, mirrored and turned by chance.

    Beyond the picture's border its mirror image is shown and the labels say nothing.
    """
    x, y, span = view
    height, width = size
    stretch = float(np.exp(rng.uniform(-0.2, 0.2)))
    scale = width / span
    angle = np.deg2rad(rng.normal(0, 4))
    flip = -1.0 if rng.random() < 0.5 else 1.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.diag([flip * scale, scale * stretch])
    offset = np.array([width / 2, height / 2]) - matrix @ (x, y)
    affine = np.column_stack([matrix, offset])
    source = picture.image
    if scale < 0.6:  # warpAffine does not average: blur first, or small pictures would sparkle
        source = cv2.GaussianBlur(source, (0, 0), 0.4 / scale)
    image = cv2.warpAffine(source, affine, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    labels = cv2.warpAffine(
        picture.labels,
        affine,
        (width, height),
        flags=cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=VOID,
    )
    return image, labels


def boards(image: Image, labels: Sets, rng: np.random.Generator) -> tuple[Image, Sets]:
    """A wall of boards or barriers behind cars and people: what race photos are full of and streets are not.

    Without them a network from street scenes takes whatever is colourful and stands beside the road for a car.
    """
    height, width = labels.shape
    tall = float(np.exp(rng.uniform(np.log(0.06), np.log(0.5)))) * height
    top = rng.uniform(0.0, 0.75) * height
    slope = rng.normal(0, 0.08) * width
    wall, x = np.zeros((int(tall) + 1, width, 3), np.uint8), 0
    while x < width:
        across = int(tall * rng.uniform(0.3, 4)) + 2
        wall[:, x : x + across] = _panel(wall.shape[0], across, rng)[:, : width - x]
        x += across
    ends = [[0, top], [width, top + slope], [width, top + slope + tall * rng.uniform(0.7, 1.4)], [0, top + tall]]
    corners = np.array([[0, 0], [width, 0], [width, wall.shape[0]], [0, wall.shape[0]]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, np.array(ends, np.float32))
    laid = cv2.warpPerspective(wall, matrix, (width, height), flags=cv2.INTER_AREA)
    inside = cv2.warpPerspective(np.full(wall.shape[:2], 255, np.uint8), matrix, (width, height)) > 127
    inside &= ~np.isin(labels, [BIT[kind] for kind in ("car", "person", "sign")])
    if rng.random() < 0.5:
        laid = cv2.blur(laid, (int(rng.integers(1, 12)), 3))
    soft = cv2.blur(inside.astype(np.float32), (3, 3))[..., None] * inside[..., None]
    mixed = (laid * soft + image * (1 - soft)).astype(np.uint8)
    return mixed, np.where(inside, np.uint8(BIT["other"] | BIT["building"]), labels)


def _panel(height: int, width: int, rng: np.random.Generator) -> Image:
    """One board: plain, lettered, striped, or a barrier of rough texture; (height, width, 3)."""
    back, front = (
        rng.integers(0, 256, (2, 3)) if rng.random() < 0.7 else (rng.integers(0, 90, 3), rng.integers(170, 256, 3))
    )
    panel = np.empty((height, width, 3), np.uint8)
    panel[:] = back
    manner = rng.random()
    if manner < 0.55:
        letters = "".join(rng.choice(list("ABCDEGHIKLMNOPRSTUVXZ0123469"), int(rng.integers(2, 9))))
        size = height / 30 * rng.uniform(0.5, 1.0)
        place = (int(rng.uniform(0, 0.4) * width), int(height * rng.uniform(0.5, 0.85)))
        colour = [int(value) for value in front]
        cv2.putText(
            panel, letters, place, int(rng.choice([0, 2, 3, 4])), size, colour, max(1, int(size * 3)), cv2.LINE_AA
        )
    elif manner < 0.75:
        period = max(2, int(height * rng.uniform(0.1, 1)))
        panel[:, (np.arange(width) // period) % 2 == 1] = front
    else:
        rough = rng.integers(0, 90, (max(1, height // 3), max(1, width // 3), 1)).astype(np.uint8)
        panel = np.clip(panel.astype(np.int32) - cv2.resize(rough, (width, height))[..., None], 0, 255).astype(np.uint8)
    return panel


def kerbs(image: Image, labels: Sets, rng: np.random.Generator) -> Image:
    """Painted ground: kerbs and coloured run-off across what is known to be road; it stays road."""
    road = labels == BIT["road"]
    height, width = labels.shape
    paint = np.zeros((height, width, 4), np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        start, end = rng.uniform(0, width), rng.uniform(-0.5 * width, 1.5 * width)
        near, far = rng.uniform(4, 0.4 * width), rng.uniform(1, 10)
        levels = np.linspace(0, 1, int(rng.integers(2, 16)))
        colours = [(*(int(value) for value in rng.integers(0, 256, 3)), 255) for _ in range(2)]
        for index, (a, b) in enumerate(pairwise(levels)):
            shape = [(start + (end - start) * t + side * (far + (near - far) * t), height * (0.3 + 0.7 * t))
                     for t, side in ((a, 0), (a, 1), (b, 1), (b, 0))]  # fmt: skip
            cv2.fillConvexPoly(paint, np.array(shape).astype(np.int32), colours[index % 2])
    shade = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None] / 130
    coloured = np.clip(paint[..., :3] * shade, 0, 255)
    soft = (paint[..., 3:] > 0) * road[..., None] * np.float32(rng.uniform(0.6, 1.0))
    mixed: Image = (coloured * soft + image * (1 - soft)).astype(np.uint8)
    return mixed


def livery(image: Image, car: npt.NDArray[np.bool_], rng: np.random.Generator) -> Image:
    """Other colours for the car: hue and saturation moved, sometimes stripes and number plates, shading kept."""
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV).astype(np.int32)
    hsv[..., 0] = (hsv[..., 0] + int(rng.integers(180))) % 180
    hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.6, 2.5) + rng.uniform(0, 90), 0, 255)
    painted_car = cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB)
    if rng.random() < 0.6:
        height, width = car.shape
        paint = np.zeros((height, width, 4), np.uint8)
        for _ in range(int(rng.integers(1, 6))):
            colour = (*(int(c) for c in rng.integers(0, 256, 3)), 255)
            centre = rng.uniform(0, 1, 2) * (width, height)
            corners = centre + rng.normal(0, 1, (int(rng.integers(3, 6)), 2)) * rng.uniform(4, 40)
            cv2.fillConvexPoly(paint, cv2.convexHull(corners.astype(np.int32)), colour)
        shade = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None] / 160
        stickers = np.clip(paint[..., :3] * shade, 0, 255).astype(np.uint8)
        painted_car = np.where(paint[..., 3:] > 0, stickers, painted_car)
    soft = cv2.blur(car.astype(np.float32), (3, 3))[..., None]
    mixed: Image = (painted_car * soft + image * (1 - soft)).astype(np.uint8)
    return mixed


def pan(image: Image, car: npt.NDArray[np.bool_], rng: np.random.Generator) -> Image:
    """The streaked background of a panning shot: everything but the car smeared along the track."""
    length = int(rng.integers(5, 40))
    keep = (~car).astype(np.float32)[..., None]
    blurred = cv2.blur(image * keep, (length, 1))
    weight = cv2.blur(keep, (length, 1))[..., None]
    smeared = np.where(weight > 0.02, blurred / np.maximum(weight, 0.02), image)
    soft = cv2.blur(car.astype(np.float32), (3, 3))[..., None]
    mixed: Image = (image * soft + smeared * (1 - soft)).astype(np.uint8)
    return mixed


def light(image: Image, rng: np.random.Generator) -> Image:
    """Exposure, contrast, colour, dusk, blur, noise and JPEG traces."""
    x = image.astype(np.float32) / 255
    x = x ** float(np.exp(rng.normal(0, 0.25)))
    x = (x - 0.5) * rng.uniform(0.7, 1.35) + 0.5 + rng.uniform(-0.1, 0.1)
    grey = x.mean(2, keepdims=True)
    x = grey + (x - grey) * (0.0 if rng.random() < 0.04 else rng.uniform(0.5, 1.7))
    x = x * rng.uniform(0.88, 1.12, 3).astype(np.float32)
    if rng.random() < 0.1:
        x = np.clip(x, 0, 1) ** 1.5 * rng.uniform(0.3, 0.7) * np.array([0.95, 0.95, 1.1], np.float32)
    if rng.random() < 0.2:
        x = cv2.GaussianBlur(x, (0, 0), rng.uniform(0.4, 1.6))
    if rng.random() < 0.3:
        x = x + rng.normal(0, rng.uniform(0.005, 0.04), x.shape).astype(np.float32)
    out = (np.clip(x, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.25:
        _, coded = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 90))])
        out = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    return np.ascontiguousarray(out)
