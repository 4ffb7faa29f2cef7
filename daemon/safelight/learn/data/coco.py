"""COCO: instances as JSON, or one polygon a line of text.

    annotations/instances_train2017.json    with train2017/ or images/train2017/; a part each for train, val and test
    train/_annotations.coco.json            beside its pictures (also valid/, test/)
    *.json                                  one such file in the folder, pictures beside it or in images/
    images/train2017/ + labels/train2017/   text files, see `coco_text`; or images/ + labels/ undivided

Segmentations are polygons or run-length masks of either form. Classes: `background`, then the categories by their ids.
Crowds (`iscrowd`) are VOID, an object with a box alone makes its box VOID. Objects are drawn the larger first, so that
smaller ones lie in front: COCO does not say which does.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from safelight.learn.data.base import Checked
from safelight.learn.data.coco_json import CocoJson
from safelight.learn.data.coco_text import CocoText
from safelight.learn.data.errors import SeveralAnnotations
from safelight.learn.data.files import holds_pictures
from safelight.learn.data.formats import Format

SPLITS: Final = ("train", "val", "test")
_INSTANCES = re.compile(r"instances_?((train|val|test)\w*)\.json")
_PART = re.compile(r"(train|val|test)\w*")
_MARKS: Final = ('"categories"', '"file_name"', '"image_id"', '"supercategory"')
_SPELLED: Final = {"train": ("train",), "val": ("val", "valid", "validation"), "test": ("test",)}


def _json_files(folder: Path) -> dict[str, tuple[Path, list[Path]]]:
    """By part (an empty text where undivided) the instances file and where its pictures may lie."""
    found: dict[str, tuple[Path, list[Path]]] = {}
    for place in (folder, folder / "annotations"):
        for path in sorted(place.glob("instances*.json")):
            told = _INSTANCES.fullmatch(path.name)
            if told:
                places = [place / name for place in (folder, folder / "images") for name in (told[1], told[2])]
                found.setdefault(told[2], (path, [*places, folder / "images", folder]))
    for split, names in _SPELLED.items():
        for name in names:
            path = folder / name / "_annotations.coco.json"
            if path.is_file():
                found.setdefault(split, (path, [folder / name, folder / name / "images"]))
    return found


def _single(folder: Path) -> Path | None:
    """The one instances file of undivided data; raises SeveralAnnotations."""
    found = [
        path for place in (folder, folder / "annotations") for path in sorted(place.glob("*.json")) if _is_coco(path)
    ]
    if len(found) > 1:
        raise SeveralAnnotations(file=folder, found=", ".join(path.name for path in found))
    return found[0] if found else None


def _is_coco(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(65536).decode("latin-1")
    except OSError:
        return False
    return any(mark in head for mark in _MARKS) and head.lstrip("\xef\xbb\xbf \t\r\n").startswith("{")


def _texts(folder: Path) -> dict[str, tuple[Path, Path]]:
    """By part the folder of pictures and that of text files."""
    found: dict[str, tuple[Path, Path]] = {}
    images, labels = folder / "images", folder / "labels"
    for place in sorted(labels.iterdir()) if labels.is_dir() else []:
        told = _PART.fullmatch(place.name)
        if told and place.is_dir() and holds_pictures(images / place.name) and any(place.glob("*.txt")):
            found.setdefault(told[1], (images / place.name, place))
    if not found and holds_pictures(images) and any(labels.glob("*.txt")):
        found[""] = images, labels
    for split, names in _SPELLED.items():
        for name in names:
            pair = folder / name / "images", folder / name / "labels"
            if split not in found and holds_pictures(pair[0]) and any(pair[1].glob("*.txt")):
                found[split] = pair
    return found


def open_coco(folder: Path, split: str = "") -> Checked:
    """A part of the data; JSON counts before text."""
    name = f"{folder.name} {split}".strip()
    files = _json_files(folder)
    if split in files:
        path, places = files[split]
        return CocoJson(name, folder, path, places)
    if not files and not split:
        single = _single(folder)
        if single is not None:
            return CocoJson(name, folder, single, [single.parent, folder / "images", folder])
    images, labels = _texts(folder)[split]
    return CocoText(name, folder, images, labels)


def splits(folder: Path) -> tuple[str, ...]:
    """The parts that lie there; none where the data is undivided."""
    files = _json_files(folder) or ({} if _any_single(folder) else _texts(folder))
    return tuple(split for split in SPLITS if split in files)


def _any_single(folder: Path) -> bool:
    return any(_is_coco(path) for place in (folder, folder / "annotations") for path in place.glob("*.json"))


def fits(folder: Path) -> bool:
    """Whether instances as JSON or text files with polygons lie here."""
    return bool(_json_files(folder) or _any_single(folder) or _texts(folder))


FORMAT: Final = Format("coco", fits, splits, open_coco)
