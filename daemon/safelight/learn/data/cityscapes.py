"""Cityscapes: fine (or coarse) label ids mapped to the eight categories of its label table.

    leftImg8bit/<part>/<city>/<id>_leftImg8bit.png      with gtFine/<part>/<city>/<id>_gtFine_labelIds.png
    <id>_leftImg8bit.png, <id>_gtFine_labelIds.png      side by side in one folder, or in folders called train_…, val_…

A part is told by a folder `train`, `val` or `test` (or one whose name begins so) on the way to a label file; where no file
lies in one, the data is undivided. The category void is a class like the others, the first: unknown ground is something
to recognise too. 255 is VOID. Instance ids, colours and polygons beside are not needed. Cordts et al. 2016.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from safelight.learn.data.base import VOID, Classes, Labels
from safelight.learn.data.errors import DataError, NoMask, NoPicture, TwiceTheSame
from safelight.learn.data.files import order
from safelight.learn.data.formats import Format, Listed, Sample
from safelight.learn.data.tables import Table

CLASSES: Final = Classes(
    ("void", "flat", "construction", "object", "nature", "sky", "human", "vehicle"),
    ((88, 38, 96), (163, 95, 199), (109, 87, 88), (236, 245, 84), (0, 160, 64), (128, 213, 255), (255, 15, 40), (6, 5, 204)),
)  # fmt: skip
"""The categories of the official table, in its order."""
_LAST: Final = {
    "void": 6,
    "flat": 10,
    "construction": 16,
    "object": 20,
    "nature": 22,
    "sky": 23,
    "human": 25,
    "vehicle": 33,
}
"""The table lists label ids 0 to 33 category by category; here the last id of each."""


def _categories() -> dict[int, int]:
    known, first = {255: VOID}, 0
    for name, last in _LAST.items():
        known |= dict.fromkeys(range(first, last + 1), CLASSES.index(name))
        first = last + 1
    return known


TABLE: Final = Table(_categories())
"""Label id to category."""
SPLITS: Final = ("train", "val", "test")
_PICTURE: Final = "_leftImg8bit.png"
_LABELS: Final = ("_gtFine_labelIds.png", "_gtCoarse_labelIds.png")


class Cityscapes(Listed):
    """One part of a Cityscapes folder; ids are `<city>_<sequence>_<frame>`."""

    def __init__(self, folder: Path, split: str = "") -> None:
        samples, complaints = _match(folder, split)
        super().__init__(f"{folder.name} {split}".strip(), CLASSES, folder, samples, complaints)

    def labels(self, sample: str) -> Labels:
        """The categories; raises UnknownLabels for an id the table does not have."""
        return TABLE.read(self.sample(sample).labels)


def _match(folder: Path, split: str) -> tuple[list[Sample], list[DataError]]:
    pictures: dict[str, Path] = {}
    labels: dict[str, Path] = {}
    complaints: list[DataError] = []
    for path in sorted(_files(folder, 4), key=order):
        ending = next((end for end in (_PICTURE, *_LABELS) if path.name.endswith(end)), None)
        if ending is None or _part(folder, path) != split:
            continue
        kept = pictures if ending == _PICTURE else labels
        name = path.name.removesuffix(ending)
        if name in kept:
            complaints.append(TwiceTheSame(file=path, sample=name))
        kept.setdefault(name, path)
    complaints += [
        NoMask(file=path, expected=name + _LABELS[0]) for name, path in pictures.items() if name not in labels
    ]
    complaints += [
        NoPicture(file=path, expected=name + _PICTURE) for name, path in labels.items() if name not in pictures
    ]
    samples = [Sample(name, pictures[name], path) for name, path in labels.items() if name in pictures]
    return samples, complaints


def _files(folder: Path, depth: int) -> Iterator[Path]:
    """All files at most `depth` folders down; hidden folders and broken links are stepped over."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.is_file():
            yield Path(entry.path)
        elif depth and entry.is_dir() and not entry.name.startswith("."):
            yield from _files(Path(entry.path), depth - 1)


def _part(folder: Path, path: Path) -> str:
    """The part that a folder on the way names, or an empty text."""
    for name in path.relative_to(folder).parts[:-1]:
        for split in SPLITS:
            if name == split or name.startswith(split + "_"):
                return split
    return ""


def splits(folder: Path) -> tuple[str, ...]:
    """The parts that have label files."""
    found = {_part(folder, path) for path in _files(folder, 4) if path.name.endswith(_LABELS)}
    return tuple(split for split in SPLITS if split in found)


def fits(folder: Path) -> bool:
    """Whether label files lie here or in the usual folders."""
    if (folder / "gtFine").is_dir() or (folder / "gtCoarse").is_dir():
        return any(path.name.endswith(_LABELS) for path in _files(folder, 4))
    return any(path.name.endswith(_LABELS) for path in _files(folder, 1))


FORMAT: Final = Format("cityscapes", fits, splits, Cityscapes)
