"""One class for every pixel of a picture, and what people look at of it: a label map, an overlay, areas.

`label` is the only door to the network: the shipped one, or one that `safelight train segmenter` wrote (`network`). Coarse
chances are carried to the picture's edges class by class; each pixel then goes to the class with the highest. A network that
saw the picture about as finely as it is knows its edges better than any filter: its chances are only enlarged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from safelight.model.kinds import CATEGORIES, Colour, category_of, colour_of, hexadecimal, translated
from safelight.pictures import encode, resize
from safelight.pictures.formats import Image
from safelight.stages.mask.guided import guided
from safelight.stages.networks import regions

Labels = npt.NDArray[np.uint8]
"""(height, width) uint8: the index of a class; origin top left, the size of its picture."""

COARSE = 1.5
"""How many times as large as the network's answer a picture must be for its edges to be looked for in the picture."""
REFINED = 1600
"""Longest side, in pixels, at which edges are looked for; a larger picture gets these, enlarged smoothly."""
TINT = 0.55
"""How much of the class's colour lies over the picture in an overlay."""


@dataclass(frozen=True)
class Network:
    """What labels a picture: its classes in the order of the channels, and coarse chances (classes, h, w) in 0–1.

    `colours` may be empty: each class then takes its category's.
    """

    name: str
    classes: tuple[str, ...]
    chances: Callable[[Image], npt.NDArray[np.float32]]
    fingerprint: str = ""
    colours: tuple[Colour, ...] = ()


SHIPPED = Network("unet", regions.CLASSES, lambda image: regions.regions(image).chances, regions.WEIGHTS.sha256)


def network(path: str) -> Network:
    """The network in a file that `safelight train segmenter` wrote; empty: the shipped one. Raises BadWeights."""
    if not path:
        return SHIPPED
    stat = Path(path).stat() if Path(path).is_file() else None
    return _from_file(path, (stat.st_mtime_ns, stat.st_size) if stat else None)


@lru_cache(maxsize=2)
def _from_file(path: str, stamp: tuple[int, int] | None) -> Network:
    """Kept while the file stays the same."""
    del stamp
    from safelight.stages.networks.segmenters import files, predict

    loaded = files.load(Path(path))
    about = loaded.about

    def chances(image: Image) -> npt.NDArray[np.float32]:
        return predict.seen(loaded.net, image, about.longest, mirror=True)

    return Network(about.network, about.classes, chances, loaded.sha256, about.colours)


@dataclass(frozen=True, eq=False)
class Segmented:
    """`labels` index `classes`, shown in `palette`; `network` says who found them."""

    labels: Labels
    classes: tuple[str, ...]
    network: str = ""
    fingerprint: str = ""
    colours: tuple[Colour, ...] = ()

    @property
    def palette(self) -> tuple[Colour, ...]:
        """A colour for each class."""
        return self.colours or colours(self.classes)

    @property
    def clear(self) -> tuple[int, ...]:
        """The classes that say nothing and are drawn transparent."""
        return tuple(index for index, name in enumerate(self.classes) if category_of(name) == "void")

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


def label(image: Image, by: Network = SHIPPED) -> Segmented:
    """Every pixel of `image` with its class. Raises BackendUnavailable where the network's weights are absent."""
    size = (image.shape[1], image.shape[0])
    fitting = resize.fitted_size(*size, REFINED)
    small = image if fitting == size else cv2.resize(image, fitting, interpolation=cv2.INTER_AREA)
    chances = by.chances(small)
    coarse = max(fitting) > COARSE * max(chances.shape[1:])
    best: npt.NDArray[np.uint8] | None = None
    labels: Labels = np.zeros(image.shape[:2], np.uint8)
    for index in range(len(by.classes)):
        mask = _refined(small, chances, index) if coarse else np.ascontiguousarray(chances[index])
        if mask is None:
            continue
        # 256 steps are enough to compare, and a large picture is enlarged and compared in a quarter of the time and memory
        steps = np.round(mask * 255).astype(np.uint8)
        full = steps if steps.shape == labels.shape else cv2.resize(steps, size, interpolation=cv2.INTER_LINEAR)
        if best is None:
            best, labels = full, np.full(image.shape[:2], index, np.uint8)
            continue
        np.copyto(labels, index, where=cv2.compare(full, best, cv2.CMP_GT).astype(bool), casting="unsafe")
        best = cv2.max(full, best)
    return Segmented(labels, by.classes, by.name, by.fingerprint, by.colours)


def _refined(image: Image, chances: npt.NDArray[np.float32], index: int) -> npt.NDArray[np.float32] | None:
    """The chance of a class against its strongest rival at the edges of `image`; None where it can win no pixel."""
    others = np.delete(chances, index, 0).max(0)
    rival = chances[index] / np.maximum(chances[index] + others, 1e-6)
    if rival.max() < 0.2:  # nowhere near the likeliest: the edges do not help it either
        return None
    return guided(image, np.ascontiguousarray(rival, np.float32))


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
    files = {"labels": encode.labels_png(found.labels, found.palette, found.clear)}
    small = resize.fit(image, REFINED) if views else image
    if "overlay" in views:
        seen = overlay(small, fitted(found.labels, (small.shape[1], small.shape[0])), found.palette, found.clear)
        files["overlay"] = encode.jpeg(seen, 88)
    if "preview" in views:
        files["preview"] = encode.jpeg(small, 88)
    return files, {**facts(found), "network": {"name": found.network, "sha256": found.fingerprint}}


def facts(found: Segmented) -> dict[str, Any]:
    """Size of a label map and its legend, with how much of it each class covers."""
    rows = zip(legend(found.classes, found.palette), found.shares(), strict=True)
    height, width = found.labels.shape
    return {
        "width": width,
        "height": height,
        "classes": [{**row, "percent": round(100 * share, 2)} for row, share in rows],
    }


def legend(classes: Sequence[str], palette: Sequence[Colour]) -> list[dict[str, Any]]:
    """What each index of a label map means and is shown in."""
    return [
        {"index": index, "name": name, "colour": hexadecimal(colour)}
        for index, (name, colour) in enumerate(zip(classes, palette, strict=True))
    ]
