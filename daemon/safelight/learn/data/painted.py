"""The scene painter's pictures as a dataset: every kind of scene in several variants, labelled exactly.

A picture is painted when it is first asked for (about a second) and kept in a folder as PNG; the same again for the same
variant, whatever was painted before. Nearer things hide farther ones: the order of the classes is the order of drawing.
`onlooker` is a person so small that calling him part of the stand behind is no mistake; `advertising` is a board.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from safelight.learn.data.base import Classes, Labels
from safelight.learn.data.errors import NoSuchSample
from safelight.learn.data.files import read_image, read_plane
from safelight.learn.scenes import KINDS, Scene, paint
from safelight.pictures.formats import Image

CLASSES: Final = Classes.named(
    ("other", "sky", "road", "vegetation", "building", "advertising", "sign", "car", "person", "onlooker")
)
_SEED: Final = 100
_ONLOOKER: Final = 0.002
"""Share of the picture below which a connected piece of people is an onlooker."""


class PaintedScenes:
    """`variants` of every kind, (width, height) `size`, kept in `folder`; ids are `<kind>-<variant>`."""

    def __init__(self, folder: Path, variants: int, size: tuple[int, int] = (576, 384), first: int = 0) -> None:
        self.name = f"painted scenes {first} to {first + variants - 1}"
        self.classes = CLASSES
        self.folder, self.size = folder, size
        self._scenes = {
            f"{kind}-{variant}": (kind, variant) for variant in range(first, first + variants) for kind in KINDS
        }
        self.ids = tuple(self._scenes)

    def image(self, sample: str) -> Image:
        """The picture; raises NoSuchSample, or DataError for a kept file that was damaged."""
        return read_image(self._painted(sample)[0])

    def labels(self, sample: str) -> Labels:
        """Its label map; raises NoSuchSample, or DataError for a kept file that was damaged."""
        return np.asarray(read_plane(self._painted(sample)[1]).values, np.uint8)

    def _painted(self, sample: str) -> tuple[Path, Path]:
        """The two files of a sample, painted where they are missing."""
        if sample not in self._scenes:
            raise NoSuchSample(sample=sample, file=self.name)
        kind, variant = self._scenes[sample]
        stem = f"{sample}-{self.size[0]}x{self.size[1]}"
        picture, labels = self.folder / f"{stem}.png", self.folder / f"{stem}.labels.png"
        if not (picture.is_file() and labels.is_file()):
            self.folder.mkdir(parents=True, exist_ok=True)
            made = paint(Scene(kind, variant), self.size, _SEED + variant)
            _keep(picture, made.image[..., ::-1])
            _keep(labels, label_map(made.masks))
        return picture, labels


def label_map(masks: dict[str, npt.NDArray[np.bool_]]) -> Labels:
    """The label map (height, width) of the painter's masks, which may overlap: the later class in CLASSES is in front."""
    shape = masks["sky"].shape
    drawn = np.full(shape, CLASSES.index("other"), np.uint8)
    for index, name in enumerate(CLASSES.names):
        if name in masks:
            drawn[masks[name]] = index
    person = drawn == CLASSES.index("person")
    _, pieces, facts, _ = cv2.connectedComponentsWithStats(person.astype(np.uint8), connectivity=4)
    small = np.isin(pieces, np.flatnonzero(facts[:, cv2.CC_STAT_AREA] < _ONLOOKER * drawn.size))
    drawn[small & person] = CLASSES.index("onlooker")
    return drawn


def _keep(path: Path, pixels: npt.NDArray[np.uint8]) -> None:
    """Whole or not at all, also when two paint the same."""
    _, coded = cv2.imencode(".png", np.ascontiguousarray(pixels))
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    part.write_bytes(coded.tobytes())
    part.replace(path)
