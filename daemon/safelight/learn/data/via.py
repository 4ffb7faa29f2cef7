"""Pictures annotated with VGG Image Annotator (versions 1, 2 and 3; JSON and CSV, see `via_files`).

    via_region_data.json (or .csv)    beside its pictures; where both are there the JSON counts
    images/                           the pictures may lie here instead
    train/, val/, test/               each with an own annotation file, where the data is divided

Classes: `background` first, then the values of one attribute of the regions in alphabetical order, letter case ignored.
The attribute is the one most regions bear; of those equally common, one called class, label, name, category or type;
`attribute` names another. Where no region bears any, all are of one class `object`.

Regions are drawn in the order of the file, a later one in front. One without a class (or with several ticked) is drawn
as VOID. What goes beyond the picture is cut. A picture without regions is background alone.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from safelight.learn.data.base import BACKGROUND, VOID, Classes, Labels
from safelight.learn.data.errors import (
    DataError,
    NoArea,
    NoClass,
    NoPicture,
    NotAnnotated,
    OtherBytes,
    OutOfBounds,
    SeveralAnnotations,
    TooManyClasses,
    TwiceTheSame,
)
from safelight.learn.data.files import inside, pictures_in, size
from safelight.learn.data.formats import Format, Listed, Sample
from safelight.learn.data.shapes import beyond
from safelight.learn.data.via_files import Annotations, Entry, Region, is_via, read_via

OBJECT: Final = "object"
SPLITS: Final = ("train", "val", "test")
_LOOKED_AT: Final = 100
_OBVIOUS: Final = "via_region_data"
_PREFERRED: Final = ("class", "label", "name", "category", "type")


@dataclass(frozen=True)
class Naming:
    """Which attribute names the classes (None: no region bears any) and the index of each value, letter case ignored."""

    attribute: str | None
    classes: Classes
    index: dict[str, int]

    def of(self, region: Region) -> int:
        """The class of a region, or VOID."""
        if self.attribute is None:
            return self.index[OBJECT]
        values = region.attributes.get(self.attribute, ())
        return self.index[values[0].casefold()] if len(values) == 1 else VOID


def naming(found: Annotations, attribute: str | None = None) -> Naming:
    """The classes of an annotation file, by the rule told above; raises TooManyClasses."""
    regions = [region for entry in found.entries.values() for region in entry.regions]
    counts = Counter(name for region in regions for name in region.attributes)
    chosen = (
        attribute
        if attribute is not None
        else min(counts, key=lambda name: (-counts[name], _rank(name), name), default=None)
    )
    spelled: dict[str, str] = {}
    for region in regions:
        for word in region.attributes.get(chosen, ()) if chosen is not None else (OBJECT,):
            spelled.setdefault(word.casefold(), word)
    spelled.pop(BACKGROUND, None)
    if len(spelled) >= VOID:
        raise TooManyClasses(file=found.path, found=len(spelled), limit=VOID - 1)
    keys = [BACKGROUND, *sorted(spelled)]
    classes = Classes.named([BACKGROUND, *(spelled[key] for key in keys[1:])])
    return Naming(chosen, classes, {key: index for index, key in enumerate(keys)})


def _rank(name: str) -> int:
    folded = name.casefold()
    return _PREFERRED.index(folded) if folded in _PREFERRED else len(_PREFERRED)


class Via(Listed):
    """The pictures of one annotation file. `attribute` names the classes, `file` is the annotation file where it is not
    the one `annotation_file` finds.
    """

    def __init__(
        self, folder: Path, split: str = "", *, attribute: str | None = None, file: Path | None = None
    ) -> None:
        part = folder / split
        self.source = file or annotation_file(part)
        found = read_via(self.source)
        self._naming = naming(_all(folder, found), attribute)
        samples, self._entries, complaints = _match(part, found)
        name = f"{folder.name} {split}".strip()
        super().__init__(name, self._naming.classes, part, samples, [*found.complaints, *complaints])

    @property
    def attribute(self) -> str | None:
        """The attribute whose values are the classes."""
        return self._naming.attribute

    def labels(self, sample: str) -> Labels:
        """The regions drawn over background, later ones in front."""
        width, height = size(self.sample(sample).image)
        drawn = np.zeros((height, width), np.uint8)
        for region in self._entries[sample].regions:
            if region.shape is not None:
                patch = region.shape.draw((width, height))
                drawn[patch.window()][patch.inside] = self._naming.of(region)
        return drawn

    def look(self, sample: str) -> list[DataError]:
        """Regions without area, without class or beyond the picture; a picture that is not the file annotated."""
        picture = self.sample(sample).image
        entry = self._entries[sample]
        found = super().look(sample)
        actual = picture.stat().st_size
        if entry.bytes not in {0, actual}:
            found.append(OtherBytes(file=picture, bytes=actual, expected=entry.bytes))
        whole = size(picture)
        for region in entry.regions:
            found += self._complain(region, sample, whole)
        return found

    def _complain(self, region: Region, sample: str, whole: tuple[int, int]) -> list[DataError]:
        told = {"file": self.source, "at": region.at, "sample": sample, "region": region.number}
        found: list[DataError] = []
        if region.shape is None or not region.shape.draw(whole).area:
            found.append(NoArea(**told, shape=region.kind))
        if region.shape is not None and beyond(region.shape, whole):
            left, top, right, bottom = (f"{value:.0f}" for value in region.shape.bounds())
            reach = {"left": left, "top": top, "right": right, "bottom": bottom}
            found.append(OutOfBounds(**told, **reach, width=whole[0], height=whole[1]))
        if self._naming.of(region) == VOID:
            found.append(NoClass(**told, attribute=self._naming.attribute))
        return found


def _all(folder: Path, found: Annotations) -> Annotations:
    """The annotations of every part together: classes are the same in each."""
    parts = splits(folder)
    if not parts:
        return found
    every = Annotations(found.path)
    for part in parts:
        for entry in read_via(annotation_file(folder / part)).entries.values():
            every.entries[f"{part}/{entry.name}"] = entry
    return every


def _match(part: Path, found: Annotations) -> tuple[list[Sample], dict[str, Entry], list[DataError]]:
    samples: dict[str, Sample] = {}
    entries: dict[str, Entry] = {}
    complaints: list[DataError] = []
    used: set[Path] = set()
    there = {_same(path.name): path for path in [*pictures_in(part / "images"), *pictures_in(part)]}
    for entry in found.entries.values():
        picture = _picture(part, entry.name, there)
        if picture is None:
            complaints.append(NoPicture(file=found.path, expected=entry.name))
            continue
        used.add(picture)
        if picture.stem in samples:
            complaints.append(TwiceTheSame(file=found.path, sample=picture.stem))
            continue
        samples[picture.stem] = Sample(picture.stem, picture, found.path)
        entries[picture.stem] = entry
    complaints += [NotAnnotated(file=path, by=found.path.name) for path in there.values() if path not in used]
    return list(samples.values()), entries, complaints


def _picture(part: Path, name: str, there: dict[str, Path]) -> Path | None:
    """Where the picture lies: as named, or by its last name beside the annotation or in images/."""
    place = inside(part, name)
    if place is not None and os.path.isfile(place):
        return place
    return there.get(_same(name.replace("\\", "/").rsplit("/", 1)[-1]))


def _same(name: str) -> str:
    """Names as people compare them: accents may be stored in one piece or two."""
    return unicodedata.normalize("NFC", name)


def annotation_file(folder: Path) -> Path:
    """The annotation file of a folder, JSON before CSV; raises SeveralAnnotations where none of several is the obvious."""
    for suffix in (".json", ".csv"):
        found = [path for path in _files(folder) if path.suffix.lower() == suffix and is_via(path)]
        obvious = [path for path in found if path.stem == _OBVIOUS]
        if len(found) == 1 or obvious:
            return (obvious or found)[0]
        if found:
            raise SeveralAnnotations(file=folder, found=", ".join(path.name for path in found))
    return folder / f"{_OBVIOUS}.json"


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in {".json", ".csv"} and path.is_file())


def _holds(folder: Path) -> bool:
    """Whether one of the first files is an annotation file: a folder of thousands of JSON files is something else."""
    return any(is_via(path) for path in _files(folder)[:_LOOKED_AT])


def splits(folder: Path) -> tuple[str, ...]:
    """The parts with an annotation file of their own; none where the folder itself has one."""
    return () if _holds(folder) else tuple(split for split in SPLITS if _holds(folder / split))


def fits(folder: Path) -> bool:
    """Whether an annotation file lies here or in a part."""
    return _holds(folder) or bool(splits(folder))


FORMAT: Final = Format("via", fits, splits, Via)
