"""Polygons as text, one object a line: `class x1 y1 x2 y2 …`, in fractions of the picture's width and height.

A picture without a text file has no objects: that is how these data sets say so. An object of several pieces is one
polygon, its pieces joined by lines there and back, which cover nothing. Class names come from `classes.txt`, the `names`
of a .yaml file beside, or else are the 80 of COCO.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np

from safelight.learn.data.base import BACKGROUND, Classes, Labels
from safelight.learn.data.errors import (
    BrokenPolygonRow,
    DataError,
    NoArea,
    NoPicture,
    OutOfBounds,
    TwiceTheSame,
    UnknownClass,
)
from safelight.learn.data.files import pictures_in, read_bytes, size
from safelight.learn.data.formats import Listed, Sample
from safelight.learn.data.shapes import Polygon, Size, beyond

COCO_80: Final = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow", "elephant",
    "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard",
    "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle",
    "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange", "broccoli",
    "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant", "bed", "dining table", "toilet",
    "tv", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave", "oven", "toaster", "sink",
    "refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
)  # fmt: skip
"""In the order of their numbers, 0 to 79."""


class CocoText(Listed):
    """Pictures of one folder with text files of the same name in another."""

    def __init__(self, name: str, folder: Path, images: Path, texts: Path) -> None:
        self.classes = Classes.named([BACKGROUND, *class_names(folder)])
        samples: dict[str, Sample] = {}
        complaints: list[DataError] = []
        for path in pictures_in(images):
            if path.stem in samples:
                complaints.append(TwiceTheSame(file=path, sample=path.stem))
            samples.setdefault(path.stem, Sample(path.stem, path, texts / f"{path.stem}.txt"))
        strays = [
            text for text in sorted(texts.glob("*.txt")) if text.stem not in samples and text.name != "classes.txt"
        ]
        complaints += [NoPicture(file=text, expected=f"{text.stem}.jpg") for text in strays]
        super().__init__(name, self.classes, folder, samples.values(), complaints)

    def labels(self, sample: str) -> Labels:
        """Background, then the objects, the larger first; raises BrokenPolygonRow or UnknownClass."""
        rows = self._rows(sample)
        whole = size(self.sample(sample).image)
        drawn = np.zeros((whole[1], whole[0]), np.uint8)
        patches = [(kind, _scaled(shape, whole).draw(whole)) for _, kind, shape in rows]
        for kind, patch in sorted(patches, key=lambda pair: -pair[1].area):
            drawn[patch.window()][patch.inside] = kind
        return drawn

    def look(self, sample: str) -> list[DataError]:
        """Objects out of bounds or without area."""
        found = super().look(sample)
        text = self.sample(sample).labels
        whole = size(self.sample(sample).image)
        for row, _, fractions in self._rows(sample):
            shape = _scaled(fractions, whole)
            told = {"file": text, "at": f"{text}:{row}", "sample": sample, "region": row, "row": row}
            if not shape.draw(whole).area:
                found.append(NoArea(**told, shape="polygon"))
            if beyond(shape, whole):
                left, top, right, bottom = (f"{number:.0f}" for number in shape.bounds())
                reach = {"left": left, "top": top, "right": right, "bottom": bottom}
                found.append(OutOfBounds(**told, **reach, width=whole[0], height=whole[1]))
        return found

    def _rows(self, sample: str) -> list[tuple[int, int, Polygon]]:
        """Row in the file, class index and polygon in fractions of each object."""
        path = self.sample(sample).labels
        if not path.is_file():
            return []
        found = []
        for row, line in enumerate(read_bytes(path).decode("utf-8-sig", "replace").splitlines(), 1):
            if not line.strip():
                continue
            try:
                number, points = _parsed(line)
            except ValueError:
                raise BrokenPolygonRow(file=path, row=row, text=line.strip()[:80]) from None
            if number >= len(self.classes) - 1:
                raise UnknownClass(file=path, at=f"{path}:{row}", row=row, number=number, found=1)
            found.append((row, number + 1, Polygon(points)))
        return found


def _parsed(line: str) -> tuple[int, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    first, *numbers = line.split()
    points = np.array([float(number) for number in numbers], np.float64)
    if not first.isdecimal() or len(points) % 2 or len(points) < 6 or not np.isfinite(points).all():
        raise ValueError("no class and three points")
    return int(first), points.clip(-1e6, 1e6).reshape(-1, 2)


def _scaled(fractions: Polygon, whole: Size) -> Polygon:
    return Polygon(fractions.points * whole)


def class_names(folder: Path) -> tuple[str, ...]:
    """The names of the classes in the order of their numbers."""
    listed = folder / "classes.txt"
    if listed.is_file():
        names = [line.strip() for line in read_bytes(listed).decode("utf-8-sig", "replace").splitlines()]
        return _usable([name for name in names if name])
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        names = _names_in(read_bytes(path).decode("utf-8-sig", "replace"))
        if names:
            return _usable(names)
    return COCO_80


def _usable(names: list[str]) -> tuple[str, ...]:
    """The names, told apart by number where two are equal."""
    counts = {name: [BACKGROUND, *names].count(name) for name in names}
    return tuple(name if counts[name] == 1 else f"{name} {index}" for index, name in enumerate(names))


def _names_in(text: str) -> list[str]:
    """The `names:` of a data file in its three usual forms: `[a, b]`, `- a` lines, `0: a` lines."""
    row = re.search(r"(?m)^names\s*:[ \t]*(\[[^\]]*\]|\{[^}]*\})", text)
    if row:
        parts = [part.strip() for part in row[1][1:-1].split(",")]
        parts = [part.split(":", 1)[1] if row[1][0] == "{" and ":" in part else part for part in parts]
        return [part.strip().strip("'\"") for part in parts if part.strip()]
    block = re.search(r"(?m)^names\s*:[ \t]*(?:#.*)?\n((?:[ \t]*(?:-|\d+\s*:)[ \t]*\S.*\n?|[ \t]*(?:#.*)?\n)+)", text)
    lines = block[1].splitlines() if block else []
    found = [re.match(r"[ \t]*(?:-|\d+\s*:)[ \t]*(.*)", line) for line in lines]
    return [item[1].split(" #")[0].strip().strip("'\"") for item in found if item]
