"""Labelled pictures for any classes: sub-folders are classes, read small and kept in memory, split by what belongs together.

What cannot be read is listed and kept out. Pictures of one source (`learn.groups`: a table beside the folders, else the name
without its counter) never stand on both sides of a validation, as long as every class keeps pictures on both sides.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from safelight.learn.classify.errors import EmptyClass, LabelledFolderError, OneClass, TooFew
from safelight.learn.folders import SUFFIXES, Labelled
from safelight.learn.groups import sources
from safelight.model.errors import SafelightError
from safelight.model.signals import ClassName
from safelight.pictures.decode import decode
from safelight.pictures.formats import Image

LEAST = 3
"""Pictures a class below which nothing is learnt: one must be left to validate on, and one is no class."""
FEW = 20
"""Pictures a class below which its figures are mostly chance: a warning."""
UNEVEN = 5
"""Times more pictures of one class than of another from which on a warning is given."""


@dataclass(frozen=True)
class Picture:
    """One readable picture: its file, class number, source, SHA-256 and its pixels, stretched to a square."""

    path: Path
    truth: int
    source: str
    digest: str
    pixels: Image = field(repr=False, compare=False)


@dataclass(frozen=True)
class Labels:
    """All readable pictures in a stable order, and what was left out."""

    folder: Path
    classes: tuple[str, ...]
    pictures: tuple[Picture, ...]
    unreadable: tuple[tuple[Path, str], ...] = ()
    ignored: int = 0

    @property
    def truth(self) -> npt.NDArray[np.int64]:
        """(n,): class numbers."""
        return np.array([item.truth for item in self.pictures], np.int64)

    @property
    def counts(self) -> list[int]:
        """Pictures a class."""
        return [int(count) for count in np.bincount(self.truth, minlength=len(self.classes))]


def read(folder: Path, side: int, each: Callable[[int, int], None] = lambda *_: None) -> Labels:
    """Every picture of the class folders, `side` x `side` pixels; raises LabelledFolderError, OneClass, EmptyClass."""
    if not folder.is_dir():
        raise LabelledFolderError(folder=folder, reason="there is no such folder", raison="ce dossier n'existe pas")
    classes = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if len(classes) < 2:
        raise OneClass(folder=folder, count=len(classes))
    files = [(path, number) for number, entry in enumerate(classes) for path in _below(entry)]
    named = [Labelled(path, cast("ClassName", classes[number].name)) for path, number in files]
    found: list[Picture] = []
    bad: list[tuple[Path, str]] = []
    for done, ((path, number), source) in enumerate(zip(files, sources(folder, named), strict=True), 1):
        try:
            data = path.read_bytes()
            pixels = cv2.resize(decode(data).image, (side, side), interpolation=cv2.INTER_AREA)
            found.append(Picture(path, number, source, hashlib.sha256(data).hexdigest(), np.ascontiguousarray(pixels)))
        except (SafelightError, OSError) as fault:
            bad.append((path, str(fault)))
        each(done, len(files))
    names = tuple(entry.name for entry in classes)
    labels = Labels(folder, names, tuple(found), tuple(bad), _others(folder) - len(files))
    for name, count in zip(names, labels.counts if found else [0] * len(names), strict=True):
        if not count:
            raise EmptyClass(folder=folder, name=name)
    return labels


def _below(entry: Path) -> list[Path]:
    return sorted(path for path in entry.rglob("*") if path.suffix.lower() in SUFFIXES and not _hidden(path, entry))


def _hidden(path: Path, top: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(top).parts) or not path.is_file()


def _others(folder: Path) -> int:
    return sum(1 for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def split(labels: Labels, share: float, seed: int) -> tuple[list[int], list[int]]:
    """(indices to learn from, indices to validate on): whole sources are held out until `share` (0–1) of each class is.

    A class of one source only is split inside it: that is told by `warnings`. Raises TooFew. The order of sources comes from
    seed and name alone, so that one more picture of a source moves no other one.
    """
    for name, count in zip(labels.classes, labels.counts, strict=True):
        if count < LEAST:
            raise TooFew(folder=labels.folder, name=name, count=count, least=LEAST)
    held: set[int] = set()
    members: dict[str, list[int]] = defaultdict(list)
    for index, item in enumerate(labels.pictures):
        members[item.source].append(index)
    truth, counts = labels.truth, labels.counts
    wanted = [max(1, round(share * count)) for count in counts]

    def out(number: int) -> int:
        return sum(1 for index in held if truth[index] == number)

    for source in sorted(members, key=lambda name: _rank(seed, name)):
        kinds = Counter(int(truth[index]) for index in members[source])
        helps = any(out(kind) < wanted[kind] for kind in kinds)
        # Never more than half of a class: what is left must still show it.
        if helps and all(out(kind) + count <= max(wanted[kind], counts[kind] // 2) for kind, count in kinds.items()):
            held.update(members[source])
    for number, goal in enumerate(wanted):
        if not out(number):
            own = sorted(np.flatnonzero(truth == number).tolist(), key=lambda i: _rank(seed, labels.pictures[i].digest))
            held.update(own[:goal])
    return [i for i in range(len(truth)) if i not in held], sorted(held)


def shared_sources(labels: Labels, kept: Sequence[int], held: Sequence[int]) -> int:
    """How many held-out pictures have pictures of their source among those learnt from: their figures flatter."""
    known = {labels.pictures[index].source for index in kept}
    return sum(labels.pictures[index].source in known for index in held)


def _rank(seed: int, name: str) -> str:
    return hashlib.sha256(f"{seed}/{name}".encode("utf-8", "surrogatepass")).hexdigest()


def warnings(labels: Labels) -> list[tuple[str, str]]:
    """What a reader of figures must know (English, French)."""
    told = []
    for name, count in zip(labels.classes, labels.counts, strict=True):
        if count < FEW:
            told.append((
                f"Only {count} pictures of class “{name}”: its figures are mostly chance.",
                f"Seulement {count} images «\u00a0{name}\u00a0»\u00a0: ses chiffres tiennent surtout au hasard.",
            ))  # fmt: skip
    if max(labels.counts) > UNEVEN * min(labels.counts):
        told.append((
            f"The largest class has {max(labels.counts)} pictures, the smallest {min(labels.counts)}: read the balanced accuracy.",
            f"La plus grande classe a {max(labels.counts)} images, la plus petite {min(labels.counts)}\u00a0: lisez l'exactitude équilibrée.",
        ))  # fmt: skip
    if labels.unreadable:
        first = labels.unreadable[0][0].name
        told.append((
            f"{len(labels.unreadable)} files could not be read and are not counted (first: {first}).",
            f"{len(labels.unreadable)} fichiers sont illisibles et ne sont pas comptés (le premier\u00a0: {first}).",
        ))  # fmt: skip
    return told
