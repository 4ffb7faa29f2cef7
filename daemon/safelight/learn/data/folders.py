"""Pictures and masks in two folders, paired by their names without ending (`a.jpg` with `a.png` or `a_mask.png`).

    images/ + masks/                               or image, img, imgs + mask, labels, label, annotations, gt
    train/images/ + train/masks/, …                or images/train/ + masks/train/, …, where the data is divided
    classes.txt                                    one class a line: `road`, or `road 128 64 128` (or `128 64 128 road`)

With `classes.txt`: a grey or palette mask holds line numbers from 0, a colour mask the colours told; lines called void,
ignore or unlabelled are left out of loss and metrics. Without it, classes are what the masks hold (up to 500 of them are
looked at, evenly spread; what they lack is an unknown value later, never a guess):

- 0 and 255, 0 and 1, or one bit a pixel: `background` and `object`;
- palette, or grey values below 64: the values are the classes (`class 0` …), 255 is VOID;
- other grey values: each level is a class (`grey 128`); colours: each is a class (`#804080`), at most 64.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from safelight.learn.data.base import BACKGROUND, VOID, VOID_COLOUR, Classes, Colour, Labels
from safelight.learn.data.errors import (
    BrokenClassLine,
    DataError,
    NoLabelMap,
    NoMask,
    NoPicture,
    TooManyClasses,
    TwiceTheSame,
)
from safelight.learn.data.files import Plane, holds_pictures, pictures_in, read_bytes, read_plane
from safelight.learn.data.formats import Format, Listed, Sample
from safelight.learn.data.tables import Table, unknown

SPLITS: Final = ("train", "val", "test")
_IMAGES: Final = ("images", "image", "img", "imgs")
_MASKS: Final = ("masks", "mask", "labels", "label", "annotations", "gt")
_ENDINGS: Final = ("_mask", "-mask", "_label", "_gt", "_labels")
_UNLABELLED: Final = frozenset({"void", "ignore", "unlabelled", "unlabeled"})
_LOOKED_AT: Final = 500
_INDICES: Final = 64
_COLOURS: Final = 64
Kind = Literal["grey", "colour"]


@dataclass(frozen=True)
class Meaning:
    """What masks mean: `kind` of values, and the class index (or VOID) of each; colours as 0xRRGGBB."""

    kind: Kind
    classes: Classes
    known: Mapping[int, int]

    def labels(self, plane: Plane, path: Path) -> Labels:
        """The label map of a mask; raises NoLabelMap or UnknownLabels."""
        if kind_of(plane) != self.kind:
            raise NoLabelMap(file=path, mode=plane.mode)
        if self.kind == "grey":
            return Table(self.known).apply(plane.values, path)
        packed = pack(plane.values)
        colours = np.array(sorted(self.known), np.int32)
        at = np.searchsorted(colours, packed).clip(0, len(colours) - 1)
        strange = colours[at] != packed
        if strange.any():
            raise unknown(packed, strange, path, self.known, colours=True)
        mapped: Labels = np.array([self.known[int(colour)] for colour in colours], np.uint8)[at]
        return mapped


def kind_of(plane: Plane) -> Kind:
    """Whether a mask holds numbers or colours."""
    return "colour" if plane.values.ndim == 3 else "grey"


def pack(values: npt.NDArray[np.uint8] | npt.NDArray[np.uint16]) -> npt.NDArray[np.int32]:
    """(height, width, 3) colours as (height, width) numbers 0xRRGGBB."""
    wide = values.astype(np.int32)
    packed: npt.NDArray[np.int32] = (wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2]
    return packed


class Folders(Listed):
    """One part of a pair of folders."""

    def __init__(self, folder: Path, split: str = "") -> None:
        images, masks = _pair(folder, split)
        samples, complaints = _match(images, masks)
        every = [path for part in splits(folder) or ("",) for path in pictures_in(_pair(folder, part)[1])]
        self._meaning = meaning(folder, every)
        super().__init__(f"{folder.name} {split}".strip(), self._meaning.classes, folder, samples, complaints)

    def labels(self, sample: str) -> Labels:
        """The classes of the mask; raises UnknownLabels for a value or colour that is none."""
        path = self.sample(sample).labels
        return self._meaning.labels(read_plane(path), path)


# --- what the masks mean -----------------------------------------------------------------------------------------


def meaning(folder: Path, masks: Sequence[Path]) -> Meaning:
    """By classes.txt, else by the masks; raises BrokenClassLine, TooManyClasses or what no mask can be read for."""
    planes = _Seen(masks)
    listed = folder / "classes.txt"
    if listed.is_file():
        return _listed(listed, planes.kind)
    if planes.kind == "colour":
        return _by_colour(folder, sorted(planes.values))
    return _by_number(folder, planes)


class _Seen:
    """What up to `_LOOKED_AT` masks hold together. A mask that cannot be read says nothing here: `check` tells it."""

    def __init__(self, masks: Sequence[Path]) -> None:
        self.values: set[int] = set()
        self.palette: npt.NDArray[np.uint8] | None = None
        self.indexed = False
        kinds: list[Kind] = []
        for path in masks[:: -(-len(masks) // _LOOKED_AT) or 1]:
            try:
                plane = read_plane(path)
            except DataError:
                continue
            kinds.append(kind_of(plane))
            if kinds[-1] != kinds[0]:
                continue
            self.values |= set(np.unique(pack(plane.values) if kinds[0] == "colour" else plane.values).tolist())
            self.indexed |= plane.mode == "P"
            self.palette = plane.palette if self.palette is None else self.palette
        self.kind: Kind = kinds[0] if kinds else "grey"


def _listed(path: Path, kind: Kind) -> Meaning:
    rows: list[tuple[str, Colour | None]] = []
    text = read_bytes(path).decode("utf-8-sig", "replace")
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            rows.append(_class_line(line, path, number))
            if rows[-1][0] in {name for name, _ in rows[:-1]} or (kind == "colour" and rows[-1][1] is None):
                raise BrokenClassLine(file=path, row=number, text=line.strip()[:80])
    if len(rows) > VOID:
        raise TooManyClasses(file=path, found=len(rows), limit=VOID)
    kept = [(name, colour) for name, colour in rows if name.casefold() not in _UNLABELLED]
    if not kept:
        raise BrokenClassLine(file=path, row=1, text="")
    index = {name: number for number, (name, _) in enumerate(kept)}
    means = [index.get(name, VOID) for name, _ in rows]
    if kind == "colour":
        known = {(c[0] << 16) | (c[1] << 8) | c[2]: value for (_, c), value in zip(rows, means, strict=True) if c}
    else:
        known = {255: VOID} | dict(enumerate(means))
    return Meaning(kind, _coloured([name for name, _ in kept], [colour for _, colour in kept]), known)


def _class_line(line: str, path: Path, row: int) -> tuple[str, Colour | None]:
    words = line.replace(",", " ").replace("\t", " ").split()
    for numbers, name in ((words[-3:], words[:-3]), (words[:3], words[3:])):
        if name and len(numbers) == 3 and all(word.isdecimal() for word in numbers):
            r, g, b = (int(word) for word in numbers)
            if max(r, g, b) > 255:
                raise BrokenClassLine(file=path, row=row, text=line.strip()[:80])
            return " ".join(name), (r, g, b)
    return " ".join(words), None


def _by_number(folder: Path, seen: _Seen) -> Meaning:
    values = seen.values - {255}
    if values <= {0, 1} and (values != {0, 1} or 255 not in seen.values):
        one = 255 if 255 in seen.values else 1
        return Meaning("grey", Classes.named((BACKGROUND, "object")), {0: 0, one: 1})
    if seen.indexed or max(values) < _INDICES:
        last = max(values)
        if last >= VOID:
            raise TooManyClasses(file=folder, found=last + 1, limit=VOID)
        colours = [] if seen.palette is None else [tuple(row) for row in seen.palette[: last + 1].tolist()]
        names = [f"class {number}" for number in range(last + 1)]
        known = {255: VOID} | {number: number for number in range(last + 1)}
        return Meaning("grey", _coloured(names, colours), known)
    levels = sorted(seen.values)
    if len(levels) > _COLOURS:
        raise TooManyClasses(file=folder, found=len(levels), limit=_COLOURS)
    names = [f"grey {level}" for level in levels]
    return Meaning("grey", Classes.named(names), {level: index for index, level in enumerate(levels)})


def _by_colour(folder: Path, colours: Sequence[int]) -> Meaning:
    if len(colours) > _COLOURS:
        raise TooManyClasses(file=folder, found=len(colours), limit=_COLOURS)
    shown = [(colour >> 16, colour >> 8 & 255, colour & 255) for colour in colours]
    names = [f"#{colour:06x}" for colour in colours]
    return Meaning("colour", _coloured(names, shown), {colour: index for index, colour in enumerate(colours)})


def _coloured(names: Sequence[str], colours: Sequence[Colour | None]) -> Classes:
    """Classes in the colours of the file where each has one of its own, else in chosen ones."""
    given = tuple(colour for colour in colours if colour)
    if len(given) == len(names) == len(set(given)) and VOID_COLOUR not in given:
        return Classes(tuple(names), given)
    return Classes.named(names)


# --- which file belongs to which ---------------------------------------------------------------------------------


def _match(images: Path, masks: Path) -> tuple[list[Sample], list[DataError]]:
    complaints: list[DataError] = []
    pictures = _by_stem(pictures_in(images), complaints)
    labels = _by_stem(pictures_in(masks), complaints)
    for stem in list(labels):
        plain = next((stem.removesuffix(end) for end in _ENDINGS if stem.endswith(end)), stem)
        if stem not in pictures and plain in pictures and plain not in labels:
            labels[plain] = labels.pop(stem)
    complaints += [
        NoMask(file=path, expected=f"{masks.name}/{stem}.png") for stem, path in pictures.items() if stem not in labels
    ]
    complaints += [
        NoPicture(file=path, expected=f"{images.name}/{stem}") for stem, path in labels.items() if stem not in pictures
    ]
    return [Sample(stem, path, labels[stem]) for stem, path in pictures.items() if stem in labels], complaints


def _by_stem(paths: Sequence[Path], complaints: list[DataError]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in paths:
        if path.stem in found:
            complaints.append(TwiceTheSame(file=path, sample=path.stem))
        found.setdefault(path.stem, path)
    return found


def _pair(folder: Path, split: str) -> tuple[Path, Path]:
    """The folders of pictures and of masks of a part; the usual names where there are none."""
    return next(_pairs(folder, split), (folder / "images", folder / "masks"))


def _pairs(folder: Path, split: str) -> Iterator[tuple[Path, Path]]:
    for image in _IMAGES:
        for mask in _MASKS:
            for pair in (
                (folder / split / image, folder / split / mask),
                (folder / image / split, folder / mask / split),
            ):
                if holds_pictures(pair[0]) and holds_pictures(pair[1]):
                    yield pair


def splits(folder: Path) -> tuple[str, ...]:
    """The parts with pictures and masks; none where they lie undivided."""
    if next(_pairs(folder, ""), None):
        return ()
    return tuple(split for split in SPLITS if next(_pairs(folder, split), None))


def fits(folder: Path) -> bool:
    """Whether there are pictures and masks, as a whole or in parts."""
    return next(_pairs(folder, ""), None) is not None or bool(splits(folder))


FORMAT: Final = Format("folders", fits, splits, Folders)
