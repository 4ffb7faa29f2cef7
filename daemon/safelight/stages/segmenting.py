"""One class for every pixel of a picture, and what people look at of it: a label map, an overlay, areas.

`label` is the only door to the network: another one is another `Network` here, nothing else changes. Coarse chances of the
network are carried to the picture's edges class by class; each pixel then goes to the class with the highest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from safelight.model.kinds import CATEGORIES, Colour, colour_of, hexadecimal, translated
from safelight.pictures import encode, resize
from safelight.pictures.formats import Image
from safelight.stages.mask.guided import guided
from safelight.stages.networks import regions

Labels = npt.NDArray[np.uint8]
"""(height, width) uint8: the index of a class; origin top left, the size of its picture."""

REFINED = 1600
"""Longest side, in pixels, at which edges are looked for; a larger picture gets these, enlarged smoothly."""
TINT = 0.55
"""How much of the class's colour lies over the picture in an overlay."""


@dataclass(frozen=True)
class Network:
    """What labels a picture: its classes in the order of the channels, and coarse chances (classes, h, w) in 0–1."""

    name: str
    classes: tuple[str, ...]
    chances: Callable[[Image], npt.NDArray[np.float32]]
    fingerprint: str = ""


SHIPPED = Network("regions", regions.CLASSES, lambda image: regions.regions(image).chances, regions.WEIGHTS.sha256)


@dataclass(frozen=True, eq=False)
class Segmented:
    """`labels` index `classes`; `network` says who found them."""

    labels: Labels
    classes: tuple[str, ...]
    network: str = ""
    fingerprint: str = ""

    def shares(self) -> tuple[float, ...]:
        """The part of the picture, 0–1, that each class covers; they sum to 1."""
        # a histogram in 32-bit floats counts exactly only up to 16 million, so by pieces
        pieces = np.array_split(self.labels, 1 + self.labels.size // 8_000_000)
        counts = sum(cv2.calcHist([piece], [0], None, [256], [0, 256])[:, 0].astype(np.int64) for piece in pieces)
        return tuple(float(count) / self.labels.size for count in counts[: len(self.classes)])

    def into(self, classes: Sequence[str], rest: int = 0) -> Segmented:
        """The same map in other classes; what has no counterpart goes to the class with index `rest`."""
        table = np.full(256, rest, np.uint8)
        table[: len(self.classes)] = [rest if to is None else to for to in translated(self.classes, classes)]
        return Segmented(cv2.LUT(self.labels, table), tuple(classes), self.network, self.fingerprint)

    def as_categories(self) -> Segmented:
        """In the eight main categories."""
        return self.into(CATEGORIES)


def label(image: Image, network: Network = SHIPPED) -> Segmented:
    """Every pixel of `image` with its class. Raises BackendUnavailable where the network's weights are absent."""
    size = (image.shape[1], image.shape[0])
    fitting = resize.fitted_size(*size, REFINED)
    small = image if fitting == size else cv2.resize(image, fitting, interpolation=cv2.INTER_AREA)
    chances = network.chances(small)
    best: npt.NDArray[np.uint8] | None = None
    labels: Labels = np.zeros(image.shape[:2], np.uint8)
    for index in range(len(network.classes)):
        others = np.delete(chances, index, 0).max(0)
        rival = chances[index] / np.maximum(chances[index] + others, 1e-6)
        if rival.max() < 0.2:  # a class that is nowhere near the likeliest cannot win a pixel by its edges either
            continue
        # 256 steps are enough to compare, and a large picture is enlarged and compared in a quarter of the time and memory
        mask = np.round(guided(small, np.ascontiguousarray(rival, np.float32)) * 255).astype(np.uint8)
        full = mask if small is image else cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR)
        if best is None:
            best, labels = full, np.full(image.shape[:2], index, np.uint8)
            continue
        np.copyto(labels, index, where=cv2.compare(full, best, cv2.CMP_GT).astype(bool), casting="unsafe")
        best = cv2.max(full, best)
    return Segmented(labels, network.classes, network.name, network.fingerprint)


def colours(classes: Sequence[str]) -> tuple[Colour, ...]:
    """A colour for each class: its category's, made lighter or darker where several share one; grey for strangers."""
    taken: set[Colour] = set()
    chosen = []
    for number, word in enumerate(classes):
        colour = colour_of(word) or (90 + 20 * (number % 8), 90, 90)
        while colour in taken:
            r, g, b = ((channel * 3 + 160) // 4 for channel in colour)
            colour = (r, g, b) if (r, g, b) not in taken else ((r + 37) % 256, (g + 59) % 256, (b + 83) % 256)
        taken.add(colour)
        chosen.append(colour)
    return tuple(chosen)


def overlay(image: Image, labels: Labels, palette: Sequence[Colour], clear: Sequence[int] = (0,)) -> Image:
    """The picture with each class in its colour over it and a line where classes meet; `clear` ones stay as they are."""
    table = np.zeros((256, 3), np.float32)
    table[: len(palette)] = palette
    tint = np.full(256, TINT, np.float32)
    tint[list(clear)] = 0
    meets = np.zeros(labels.shape, bool)
    meets[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    meets[1:] |= labels[1:] != labels[:-1]
    weight = np.where(meets & (tint[labels] > 0), 0.9, tint[labels])[..., None]
    mixed: Image = np.round(image * (1 - weight) + table[labels] * weight).astype(np.uint8)
    return mixed


def fitted(labels: Labels, size: tuple[int, int]) -> Labels:
    """The label map at another size (width, height), each pixel the nearest one's class."""
    small: Labels = cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST)
    return small


def told(image: Image, found: Segmented, views: Sequence[str] = ()) -> tuple[dict[str, bytes], dict[str, Any]]:
    """(files, facts) of a segmented picture: `labels` always, `overlay` and `preview` (JPEG, at most 1,600 px) if asked."""
    palette = colours(found.classes)
    files = {"labels": encode.labels_png(found.labels, palette, clear=(0,))}
    small = resize.fit(image, REFINED) if views else image
    if "overlay" in views:
        seen = overlay(small, fitted(found.labels, (small.shape[1], small.shape[0])), palette)
        files["overlay"] = encode.jpeg(seen, 88)
    if "preview" in views:
        files["preview"] = encode.jpeg(small, 88)
    rows = zip(found.classes, palette, found.shares(), strict=True)
    facts = {
        "width": image.shape[1],
        "height": image.shape[0],
        "classes": [
            {"index": index, "name": name, "colour": hexadecimal(colour), "percent": round(100 * share, 2)}
            for index, (name, colour, share) in enumerate(rows)
        ],
        "network": {"name": found.network, "sha256": found.fingerprint},
    }
    return files, facts
