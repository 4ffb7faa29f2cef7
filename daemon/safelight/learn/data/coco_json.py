"""COCO's instances as JSON: an index of which bytes of the file belong to which picture, and the drawing of one picture.

Nothing of the annotations is held but their places (20 bytes each): they are read again from the file for each picture.
"""

from __future__ import annotations

import json
import unicodedata
from array import array
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from safelight.learn.data import rle
from safelight.learn.data.base import BACKGROUND, VOID, Classes, Labels
from safelight.learn.data.errors import (
    BoxOnly,
    BrokenEntry,
    BrokenShape,
    DamagedFile,
    DataError,
    NoArea,
    NoPicture,
    OtherSize,
    OutOfBounds,
    TooManyClasses,
    TwiceTheSame,
    UnknownClass,
)
from safelight.learn.data.files import pictures_in, size
from safelight.learn.data.formats import Listed, Sample
from safelight.learn.data.jsonlists import items
from safelight.learn.data.shapes import NOTHING, Patch, Polygon, beyond, rectangle


@dataclass(eq=False)
class Index:
    """`pictures`: by image id its file name and size; `categories`: by category id its name; of each annotation the image
    id, the category and the place in the file.
    """

    path: Path
    pictures: dict[int, tuple[str, int, int]] = field(default_factory=dict)
    categories: dict[int, str] = field(default_factory=dict)
    owner: array[int] = field(default_factory=lambda: array("q"))
    start: array[int] = field(default_factory=lambda: array("q"))
    length: array[int] = field(default_factory=lambda: array("i"))
    complaints: list[DataError] = field(default_factory=list)


def read_index(path: Path) -> Index:
    """What is where in an instances file; raises MissingFile, DamagedFile or BrokenJson."""
    found = Index(path)
    used: Counter[int] = Counter()
    seen: set[int] = set()
    for item in items(path):
        value = item.value if isinstance(item.value, dict) else {}
        number = value.get("id")
        told = {"file": path, "sample": f"{item.key} {number}"}
        try:
            if item.key == "images":
                entry = str(value["file_name"]), int(value.get("width") or 0), int(value.get("height") or 0)
                if int(value["id"]) in found.pictures:
                    found.complaints.append(TwiceTheSame(**told))
                found.pictures.setdefault(int(value["id"]), entry)
            elif item.key == "categories":
                found.categories.setdefault(int(value["id"]), str(value["name"]))
            elif item.key == "annotations":
                used[int(value["category_id"])] += 1
                if number in seen:
                    found.complaints.append(TwiceTheSame(**told))
                    continue
                seen.add(int(value["id"]))
                found.owner.append(int(value["image_id"]))
                found.start.append(item.start)
                found.length.append(item.end - item.start)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            found.complaints.append(BrokenEntry(**told))
    for category in sorted(used.keys() - found.categories.keys()):
        found.complaints.append(UnknownClass(at=path, file=path, number=category, found=used[category]))
    strays = Counter(owner for owner in found.owner if owner not in found.pictures)
    for owner, count in sorted(strays.items()):
        found.complaints.append(NoPicture(file=path, expected=f"image {owner} ({count})"))
    return found


class CocoJson(Listed):
    """The pictures of an instances file. `places` are the folders in which they may lie, the first that holds one counts."""

    def __init__(self, name: str, folder: Path, path: Path, places: list[Path]) -> None:
        index = read_index(path)
        self.source = path
        numbers = sorted(index.categories)
        names = [index.categories[number] for number in numbers]
        if len(names) >= VOID:
            raise TooManyClasses(file=path, found=len(names), limit=VOID - 1)
        classes = Classes.named([BACKGROUND, *_different(names, numbers)])
        self._class = {number: at for at, number in enumerate(numbers, 1)}
        samples, complaints, self._image = _match(index, places)
        self._declared = {number: (wide, tall) for number, (_, wide, tall) in index.pictures.items()}
        owner = np.array(index.owner, np.int64)
        by_owner = np.argsort(owner, kind="stable")
        self._owner, self._start = owner[by_owner], np.array(index.start, np.int64)[by_owner]
        self._length = np.array(index.length, np.int32)[by_owner]
        super().__init__(name, classes, folder, samples, [*index.complaints, *complaints])

    def labels(self, sample: str) -> Labels:
        """Background, crowds as VOID, then the objects, the larger first; raises OtherSize or BrokenShape."""
        whole, objects = self._objects(sample)
        drawn = np.zeros((whole[1], whole[0]), np.uint8)
        for value, patch in sorted(objects, key=lambda pair: (pair[0] != VOID, -pair[1].area)):
            drawn[patch.window()][patch.inside] = value
        return drawn

    def look(self, sample: str) -> list[DataError]:
        """Objects without area, out of bounds, or with a box instead of a shape."""
        found = super().look(sample)
        whole = size(self.sample(sample).image)
        for value in self._annotations(sample):
            told = {"file": self.source, "at": str(self.source), "sample": sample, "region": value.get("id")}
            area = self._patch(value, whole, sample).area
            if not area:
                found.append(NoArea(**told, shape="segmentation" if value.get("segmentation") else "bbox"))
            elif not value.get("segmentation"):
                found.append(BoxOnly(**told))
            for shape in _polygons(value):
                if beyond(shape, whole):
                    left, top, right, bottom = (f"{number:.0f}" for number in shape.bounds())
                    reach = {"left": left, "top": top, "right": right, "bottom": bottom}
                    found.append(OutOfBounds(**told, **reach, width=whole[0], height=whole[1]))
        return found

    def _objects(self, sample: str) -> tuple[tuple[int, int], list[tuple[int, Patch]]]:
        whole = size(self.sample(sample).image)
        declared = self._declared[self._image[sample]]
        if all(declared) and declared != whole:
            told = {"width": declared[0], "height": declared[1]}
            raise OtherSize(file=f"{self.source}, {sample}", **told, picture_width=whole[0], picture_height=whole[1])
        objects = []
        for value in self._annotations(sample):
            shapeless = not value.get("segmentation")
            kind = VOID if value.get("iscrowd") or shapeless else self._class.get(int(value["category_id"]), VOID)
            objects.append((kind, self._patch(value, whole, sample)))
        return whole, objects

    def _annotations(self, sample: str) -> list[dict[str, Any]]:
        """The annotations of a picture, read again from the file; raises DamagedFile where it changed since."""
        image = self._image[sample]
        first, last = np.searchsorted(self._owner, [image, image + 1])
        found = []
        try:
            with self.source.open("rb") as file:
                for start, length in zip(self._start[first:last], self._length[first:last], strict=True):
                    file.seek(int(start))
                    found.append(json.loads(file.read(int(length))))
        except (OSError, ValueError):
            told = {"what_en": "it changed while it was read.", "what_fr": "il a changé pendant la lecture."}
            raise DamagedFile(file=self.source, **told) from None
        return found

    def _patch(self, value: dict[str, Any], whole: tuple[int, int], sample: str) -> Patch:
        """The pixels of one object; raises BrokenShape."""
        form = value.get("segmentation")
        try:
            if isinstance(form, dict):
                tall, wide = (int(side) for side in form["size"])
                if (wide, tall) != whole:
                    raise ValueError("another size")
                return Patch(0, 0, rle.decode(form["counts"], tall, wide))
            shapes = _polygons(value) or [_box(value)]
            return _union([shape.draw(whole) for shape in shapes])
        except (ArithmeticError, LookupError, TypeError, ValueError):
            told = {"file": self.source, "at": str(self.source), "sample": sample, "region": value.get("id")}
            raise BrokenShape(**told, text=str(form or value.get("bbox"))[:80], shape="segmentation") from None


def _polygons(value: dict[str, Any]) -> list[Polygon]:
    """The polygons of an object, none for a run-length mask; raises TypeError or ValueError for what are none."""
    form = value.get("segmentation") or []
    if isinstance(form, dict):
        return []
    found = []
    for numbers in form:
        points = np.array(numbers, np.float64)
        if points.ndim != 1 or len(points) % 2 or len(points) < 6 or not np.isfinite(points).all():
            raise ValueError("three points at least")
        found.append(Polygon(points.clip(-1e9, 1e9).reshape(-1, 2), "even-odd"))
    return found


def _box(value: dict[str, Any]) -> Polygon:
    """The box of an object, perhaps of no size; raises KeyError, TypeError or ValueError where there is none."""
    x, y, width, height = (float(number) for number in value["bbox"])
    if not max(abs(x), abs(y), abs(width), abs(height)) <= 1e9:
        raise ValueError("no box of this world")
    return rectangle(x, y, max(width, 0.0), max(height, 0.0))


def _union(patches: list[Patch]) -> Patch:
    patches = [patch for patch in patches if patch.inside.size]
    if len(patches) < 2:
        return patches[0] if patches else NOTHING
    windows = [patch.window() for patch in patches]
    top, left = (min(window[axis].start for window in windows) for axis in (0, 1))
    bottom, right = (max(window[axis].stop for window in windows) for axis in (0, 1))
    inside: npt.NDArray[np.bool_] = np.zeros((bottom - top, right - left), bool)
    for patch, (rows, columns) in zip(patches, windows, strict=True):
        inside[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] |= patch.inside
    return Patch(top, left, inside)


def _different(names: list[str], numbers: list[int]) -> list[str]:
    """Names made different where two categories share one, or one is called background."""
    counts = Counter([BACKGROUND, *names])
    return [name if counts[name] == 1 else f"{name} {number}" for name, number in zip(names, numbers, strict=True)]


def _match(index: Index, places: list[Path]) -> tuple[list[Sample], list[DataError], dict[str, int]]:
    """The pictures that are there, in the order of their names; complaints; the image id of each."""
    there = {unicodedata.normalize("NFC", path.name): path for place in reversed(places) for path in pictures_in(place)}
    samples: dict[str, Sample] = {}
    complaints: list[DataError] = []
    numbers: dict[str, int] = {}
    for number, (name, _, _) in index.pictures.items():
        path = there.get(unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1]))
        if path is None:
            complaints.append(NoPicture(file=index.path, expected=name))
        elif path.stem in samples:
            complaints.append(TwiceTheSame(file=index.path, sample=path.stem))
        else:
            samples[path.stem], numbers[path.stem] = Sample(path.stem, path, index.path), number
    return list(samples.values()), complaints, numbers
