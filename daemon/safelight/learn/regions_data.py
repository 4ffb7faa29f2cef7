"""Pictures with region labels for the small segmentation network: three sources, one meaning.

Data sets know different things: CamVid names every pixel, COCO polygons name people and vehicles and say of the rest
only what it is not. So a label here is a set: one byte a pixel, bit k set where class k of CLASSES is possible; 255
says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Image
from safelight.stages.networks.regions import CLASSES

Labels = npt.NDArray[np.uint8]
"""(height, width) uint8: bit k set = class k of CLASSES is possible here."""

ANY = 255
BIT = {name: 1 << index for index, name in enumerate(CLASSES)}
STUFF = ANY - BIT["car"] - BIT["person"] - BIT["sign"]

CAMVID: tuple[int, ...] = (
    BIT["sky"], BIT["building"], BIT["sign"], BIT["road"], BIT["road"], BIT["vegetation"], BIT["sign"],
    BIT["other"] | BIT["building"], BIT["car"], BIT["person"], BIT["person"], ANY,
)  # fmt: skip
"""By CamVid id. Poles count as signs, pavement as road, a cyclist as a person; a fence may pass as building."""

COCO: dict[int, int] = {
    0: BIT["person"], 1: BIT["other"] | BIT["person"], 2: BIT["car"], 3: BIT["car"], 5: BIT["car"], 7: BIT["car"],
    9: BIT["sign"], 11: BIT["sign"], 12: BIT["sign"] | BIT["other"],
    24: BIT["other"] | BIT["person"], 26: BIT["other"] | BIT["person"], 27: BIT["person"], 58: BIT["vegetation"] | BIT["other"],
}  # fmt: skip
"""By COCO id (0-based, 80 classes); every other object is `other`."""

SMALLEST_OBJECT = 500  # pixels; smaller ones teach nothing when enlarged
PAINTED_SEED = 100
TINY_PERSON = 0.002
"""A painted person covering less of the picture may as well be taken for the stand behind."""


@dataclass(frozen=True)
class Thing:
    """One object to zoom in on or to paste: class name, box in pixels (left, top, right, bottom), whole or cut."""

    kind: str
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Labelled:
    """A picture, its labels of the same size, and the objects in it."""

    image: Image
    labels: Labels
    things: tuple[Thing, ...] = field(default=())


def camvid(folder: Path, split: str) -> list[Labelled]:
    """The pictures of `split` (train, val, test) of a CamVid folder in the order of its list."""
    table = np.full(256, ANY, np.uint8)
    table[: len(CAMVID)] = CAMVID
    pictures = []
    for line in (folder / f"{split}.txt").read_text().splitlines():
        name, label = line.split()
        ids = _read_indices(folder / label)
        pictures.append(labelled(_read(folder / name), table[ids]))
    return pictures


def coco(folder: Path) -> list[Labelled]:
    """The pictures of a folder `images/train2017` + `labels/train2017` (one polygon a line), in order of name."""
    pictures = []
    for path in sorted((folder / "images" / "train2017").glob("*.jpg")):
        image = _read(path)
        text = folder / "labels" / "train2017" / f"{path.stem}.txt"
        rows = text.read_text().splitlines() if text.exists() else []
        pictures.append(labelled(image, _draw_polygons(image, rows)))
    return pictures


def painted(folder: Path, variants: int, size: tuple[int, int] = (576, 384)) -> list[Labelled]:
    """Every kind of scene of the painter in `variants` variants; kept in `folder` as PNG, painted where missing."""
    from safelight.learn.scenes import KINDS, Scene, paint

    folder.mkdir(parents=True, exist_ok=True)
    pictures = []
    for variant in range(variants):
        for kind in KINDS:
            picture, labels = folder / f"{kind}-{variant}.png", folder / f"{kind}-{variant}.regions.png"
            if not labels.exists():
                made = paint(Scene(kind, variant), size, PAINTED_SEED + variant)
                cv2.imwrite(str(picture), made.image[..., ::-1])
                cv2.imwrite(str(labels), _scene_labels(made.masks, made.image.shape[:2]))
            pictures.append(labelled(_read(picture), _read_indices(labels)))
    return pictures


def _scene_labels(masks: dict[str, npt.NDArray[np.bool_]], shape: tuple[int, int]) -> Labels:
    """Label sets from the painter's exact masks, the nearer things last."""
    labels = np.full(shape, BIT["other"], np.uint8)
    for kind in ("sky", "road", "vegetation", "building"):
        labels[masks[kind]] = BIT[kind]
    labels[masks["advertising"]] = BIT["other"] | BIT["building"]
    for kind in ("sign", "car", "person"):
        labels[masks[kind]] = BIT[kind]
    # Onlookers on distant stands are dabs of colour: whoever says building there is not wrong.
    _, parts, stats, _ = cv2.connectedComponentsWithStats(masks["person"].astype(np.uint8), connectivity=4)
    tiny = np.isin(parts, np.flatnonzero(stats[:, cv2.CC_STAT_AREA] < TINY_PERSON * labels.size))
    labels[tiny & masks["person"]] |= np.uint8(BIT["other"] | BIT["building"])
    return labels


def labelled(image: Image, labels: Labels) -> Labelled:
    """Picture and labels with the objects found as connected pieces; sizes must agree."""
    if image.shape[:2] != labels.shape:
        raise ValueError(f"labels {labels.shape} do not fit the picture {image.shape[:2]}")
    things = []
    for kind in ("car", "person", "sign"):
        _, _, stats, _ = cv2.connectedComponentsWithStats((labels == BIT[kind]).astype(np.uint8), connectivity=4)
        for left, top, width, height, area in stats[1:]:
            if area >= SMALLEST_OBJECT:
                things.append(Thing(kind, (int(left), int(top), int(left + width), int(top + height))))
    return Labelled(image, labels, tuple(things))


def _draw_polygons(image: Image, rows: Sequence[str]) -> Labels:
    height, width = image.shape[:2]
    labels = np.full((height, width), STUFF, np.uint8)
    shapes = []
    for row in rows:
        kind, *numbers = row.split()
        points = np.array(numbers, float).reshape(-1, 2) * (width, height)
        polygon = np.round(points).astype(np.int32)
        shapes.append((cv2.contourArea(polygon), COCO.get(int(kind), BIT["other"]), polygon))
    # The smaller object lies in front more often than not.
    for _, bits, polygon in sorted(shapes, key=lambda shape: -shape[0]):
        cv2.fillPoly(labels, [polygon], bits)
    return labels


def _read(path: Path) -> Image:
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError(f"{path} is not a picture")
    return np.ascontiguousarray(pixels[..., ::-1])


def _read_indices(path: Path) -> Labels:
    # OpenCV turns palette pictures into colours; the indices are what is meant.
    from PIL import Image as Pillow

    with Pillow.open(path) as opened:
        return np.array(opened, np.uint8)
