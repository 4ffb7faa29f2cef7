"""What is wrong with training data: every problem with file and row or region, all of them at once.

One broken file never hides the others: each is looked at, whatever became of the one before. Problems are the errors that
reading would raise (they stop a training) and remarks (cut, left out, worth a look). Pictures are read one by one; nothing
is held but counts and a short digest of each.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from safelight.learn.data.base import BACKGROUND, VOID, Dataset, Labels, Watchful
from safelight.learn.data.errors import DamagedFile, DataError, EmptyMask, NoPictures, OtherSize, SamePicture
from safelight.learn.data.opening import open_for_check, recognise
from safelight.pictures.formats import Image

T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Told how many pictures of how many are done."""


@dataclass
class Part:
    """One part of the data: `name` (empty where undivided), pictures, labelled pixels by class, pixels without a label,
    and how many pictures have each (width, height).
    """

    name: str
    pictures: int = 0
    pixels: dict[str, int] = field(default_factory=dict)
    void: int = 0
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)

    def share(self, name: str) -> float:
        """The share of a class in the labelled pixels, 0–1."""
        total = sum(self.pixels.values())
        return self.pixels.get(name, 0) / total if total else 0.0

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        every = self.void + sum(self.pixels.values())
        sizes = [{"width": wide, "height": tall, "pictures": count} for (wide, tall), count in self.sizes.most_common()]
        return {
            "part": self.name,
            "pictures": self.pictures,
            "classes": {name: round(self.share(name), 6) for name in self.pixels},
            "unlabelled": round(self.void / every, 6) if every else 0.0,
            "sizes": sizes,
        }


@dataclass(frozen=True)
class Report:
    """All that was found in a folder, those problems first that stop a training."""

    folder: str
    format: str
    parts: tuple[Part, ...]
    problems: tuple[DataError, ...]

    @property
    def sound(self) -> bool:
        """Whether a training can use the data: nothing found stops it."""
        return not any(fault.stops for fault in self.problems)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "folder": self.folder,
            "format": self.format,
            "sound": self.sound,
            "parts": [part.to_json() for part in self.parts],
            "problems": [
                {"code": fault.code, "file": fault.file, "place": fault.place, "stops": fault.stops,
                 "message": fault.say("en"), "message_fr": fault.say("fr")}
                for fault in self.problems
            ],
        }  # fmt: skip


def check_folder(folder: Path, format: str = "auto", progress: Progress | None = None) -> Report:  # noqa: A002
    """Everything in all parts of a folder. Raises DataError only where there is nothing to check: no folder, no or no
    single format.
    """
    form = recognise(folder, format)
    problems: list[DataError] = []
    opened: list[tuple[str, Dataset]] = []
    for split in form.splits(folder) or ("",):
        try:
            opened.append((split, open_for_check(folder, form, split)))
        except DataError as fault:
            problems.append(fault)
    total, before = sum(len(data.ids) for _, data in opened), 0
    parts, seen = [], dict[bytes, str]()
    for split, data in opened:
        part, found = check(data, seen=seen, progress=_from(progress, before, total))
        part.name = split
        parts.append(part)
        problems += found
        before += len(data.ids)
    told = sorted(_once(problems), key=lambda fault: not fault.stops)
    return Report(str(folder), form.name, tuple(parts), tuple(told))


def _once(problems: list[DataError]) -> list[DataError]:
    """Every problem once: reading a picture in two ways meets the same one twice, so do two parts with one list."""
    return list({(fault.code, *sorted(fault.values.items())): fault for fault in problems}.values())


def check(
    data: Dataset, *, seen: dict[bytes, str] | None = None, progress: Progress | None = None
) -> tuple[Part, list[DataError]]:
    """A part and its problems. `seen` remembers the pictures of parts checked before (digest to name)."""
    part = Part(data.name, pixels=dict.fromkeys(data.classes.names, 0))
    found = list(data.complaints) if isinstance(data, Watchful) else []
    seen = {} if seen is None else seen
    if not data.ids:
        found.append(NoPictures(file=data.name))
    for done, sample in enumerate(data.ids, 1):
        found += _sample(data, sample, part, seen)
        if progress:
            progress(done, len(data.ids))
    return part, _once(found)


def _sample(data: Dataset, sample: str, part: Part, seen: dict[bytes, str]) -> list[DataError]:
    """The problems of one sample; its pixels are counted where picture and labels are right."""
    found: list[DataError] = []
    image = _tried(lambda: data.image(sample), sample, data, found)
    labels = _tried(lambda: data.labels(sample), sample, data, found)
    if image is not None and isinstance(data, Watchful):
        found += _tried(lambda: data.look(sample), sample, data, found) or []
    if image is not None:
        found += _seen_before(data, sample, image, seen)
        part.sizes[image.shape[1], image.shape[0]] += 1
    if image is not None and labels is not None:
        if image.shape[:2] != labels.shape:
            found.append(_other_size(data, sample, image, labels))
        else:
            part.pictures += 1
            found += _count(data, sample, labels, part)
    return found


def _tried(work: Callable[[], T], sample: str, data: Dataset, found: list[DataError]) -> T | None:
    """What reading gives, or None and a problem."""
    try:
        return work()
    except DataError as fault:
        found.append(fault)
    except OSError as fault:
        told = fault.strerror or type(fault).__name__
        found.append(DamagedFile(file=f"{data.name}, {sample}", what_en=told, what_fr=told))
    return None


def _seen_before(data: Dataset, sample: str, image: Image, seen: dict[bytes, str]) -> list[DataError]:
    digest = hashlib.blake2b(np.ascontiguousarray(image).data, digest_size=16, key=str(image.shape).encode()).digest()
    other = seen.setdefault(digest, f"{data.name}, {sample}")
    own = f"{data.name}, {sample}"
    return [] if other == own else [SamePicture(file=data.name, sample=sample, other=other)]


def _other_size(data: Dataset, sample: str, image: Image, labels: Labels) -> OtherSize:
    places = getattr(data, "sample", None)
    file = places(sample).labels if callable(places) else f"{data.name}, {sample}"
    sides = {"width": labels.shape[1], "height": labels.shape[0]}
    return OtherSize(file=file, **sides, picture_width=image.shape[1], picture_height=image.shape[0])


def _count(data: Dataset, sample: str, labels: Labels, part: Part) -> list[DataError]:
    counts = np.bincount(labels.ravel(), minlength=VOID + 1)
    for index, name in enumerate(data.classes.names):
        part.pixels[name] += int(counts[index])
    part.void += int(counts[VOID])
    first = 1 if data.classes.names[0] == BACKGROUND else 0
    marked = counts[first : len(data.classes)].sum()
    return [] if marked else [EmptyMask(file=data.name, sample=sample)]


def _from(progress: Progress | None, before: int, total: int) -> Progress | None:
    """The progress of one part as that of all."""
    return (lambda done, _: progress(before + done, total)) if progress else None
