"""The one interface to labelled pictures, whatever the format they lie in.

A `Dataset` holds names only. Pictures and labels are read when asked for and not kept, so a hundred thousand of them
cost no more than their list. Nothing here knows a format: those are in the modules beside, found by `opening`.

Labels are maps of class indices, (height, width) uint8; VOID marks what nobody labelled: it counts neither in a loss
nor in a metric.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from safelight.learn.data.colours import distinct
from safelight.learn.data.errors import DataError, NoSuchClass, NoSuchSample, OtherSize
from safelight.pictures.formats import Image

Labels = npt.NDArray[np.uint8]
"""(height, width) uint8: the index of a class, or VOID; origin top left, the size of its picture."""
Colour = tuple[int, int, int]
"""sRGB, 0–255 each."""

VOID: Final = 255
"""Unlabelled: left out of loss and metrics."""
VOID_COLOUR: Final[Colour] = (0, 0, 0)
BACKGROUND: Final = "background"
"""The name of what is none of the things that were drawn around; the first class of such data."""
BACKGROUND_COLOUR: Final[Colour] = (64, 64, 64)


@dataclass(frozen=True)
class Classes:
    """What the indices mean: 1 to 255 distinct names, and a colour each to show them in.

    Raises ValueError for what no data can have: equal names or colours, or the colour of VOID.
    """

    names: tuple[str, ...]
    colours: tuple[Colour, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.names) <= VOID or len(set(self.names)) != len(self.names):
            raise ValueError(f"classes must be 1 to {VOID} different names: {self.names}")
        if len(self.colours) != len(self.names) or len({*self.colours, VOID_COLOUR}) != len(self.names) + 1:
            raise ValueError("every class needs a colour of its own, other than that of the unlabelled")

    @staticmethod
    def named(names: Iterable[str]) -> Classes:
        """Classes with colours chosen to be told apart, also by most colour-blind people; `background` is dark grey."""
        listed = tuple(names)
        rest = iter(distinct(len(listed), BACKGROUND_COLOUR))
        return Classes(listed, tuple(BACKGROUND_COLOUR if name == BACKGROUND else next(rest) for name in listed))

    def __len__(self) -> int:
        return len(self.names)

    def index(self, name: str) -> int:
        """The index of a class; raises NoSuchClass."""
        if name not in self.names:
            raise NoSuchClass(name=name, known=", ".join(self.names))
        return self.names.index(name)

    def palette(self) -> npt.NDArray[np.uint8]:
        """(256, 3) uint8 sRGB: the colour of every value of a label map; values that mean nothing are black."""
        table = np.zeros((256, 3), np.uint8)
        table[: len(self)] = self.colours
        return table

    def paint(self, labels: Labels) -> Image:
        """The label map in its colours, (height, width, 3) uint8 sRGB."""
        painted: Image = self.palette()[labels]
        return painted


class Dataset(Protocol):
    """Labelled pictures. `ids` are in an order that never changes; they are unique and may hold any character but `/`.

    `image` and `labels` read anew at every call, from any thread, and raise DataError (never another fault of the
    file's making).
    """

    @property
    def name(self) -> str:
        """What people call it: the folder's name, with the part where it has several."""

    @property
    def classes(self) -> Classes:
        """What the labels mean."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The pictures that have labels."""

    def image(self, sample: str) -> Image:
        """The picture, (height, width, 3) uint8 sRGB, upright."""

    def labels(self, sample: str) -> Labels:
        """Its label map, of the same size."""


@runtime_checkable
class Watchful(Protocol):
    """A Dataset that knows what else is wrong with it; all that `opening` opens are.

    `complaints` came up while its lists were read; `look` tells what is wrong with one sample beyond what reading it
    would raise (such as a polygon out of bounds).
    """

    @property
    def complaints(self) -> tuple[DataError, ...]:
        """What is wrong with the lists, those that stop first."""

    def look(self, sample: str) -> list[DataError]:
        """What is wrong with one sample and does not stop."""


class Checked(Dataset, Watchful, Protocol):
    """A dataset that also tells what is wrong with it."""


def read(data: Dataset, sample: str) -> tuple[Image, Labels]:
    """Picture and labels of one sample, of equal size; raises DataError, OtherSize where they differ."""
    image, labels = data.image(sample), data.labels(sample)
    if image.shape[:2] != labels.shape:
        raise OtherSize(
            file=f"{data.name}, {sample}",
            width=labels.shape[1],
            height=labels.shape[0],
            picture_width=image.shape[1],
            picture_height=image.shape[0],
        )
    return image, labels


@dataclass(frozen=True)
class Subset:
    """Some samples of a dataset, in the order given; for hold-outs and leave-one-out. Raises NoSuchSample."""

    whole: Dataset
    ids: tuple[str, ...]
    name: str = ""

    def __post_init__(self) -> None:
        known = set(self.whole.ids)
        for sample in self.ids:
            if sample not in known:
                raise NoSuchSample(sample=sample, file=self.whole.name)
        if not self.name:
            object.__setattr__(self, "name", self.whole.name)

    @property
    def classes(self) -> Classes:
        """As the whole."""
        return self.whole.classes

    def image(self, sample: str) -> Image:
        """As the whole."""
        return self.whole.image(sample)

    def labels(self, sample: str) -> Labels:
        """As the whole."""
        return self.whole.labels(sample)


@dataclass(frozen=True, eq=False)
class Arrays:
    """A dataset in memory: pictures and label maps as they are. For tests, and for what was painted just now."""

    name: str
    classes: Classes
    pictures: dict[str, tuple[Image, Labels]]

    @property
    def ids(self) -> tuple[str, ...]:
        """In the order of the dictionary."""
        return tuple(self.pictures)

    def image(self, sample: str) -> Image:
        """The picture; raises NoSuchSample."""
        return self._of(sample)[0]

    def labels(self, sample: str) -> Labels:
        """The label map; raises NoSuchSample."""
        return self._of(sample)[1]

    def _of(self, sample: str) -> tuple[Image, Labels]:
        if sample not in self.pictures:
            raise NoSuchSample(sample=sample, file=self.name)
        return self.pictures[sample]


def join(name: str, parts: Sequence[Dataset]) -> Dataset:
    """Several parts of one kind as one; ids must differ and classes be equal, else ValueError."""
    return _Joined(name, tuple(parts))


class _Joined:
    def __init__(self, name: str, parts: tuple[Dataset, ...]) -> None:
        self.name = name
        self.classes = parts[0].classes
        self._home = {sample: part for part in parts for sample in part.ids}
        self.ids = tuple(self._home)
        if any(part.classes != self.classes for part in parts) or len(self.ids) != sum(len(part.ids) for part in parts):
            raise ValueError(f"the parts of {name} do not fit together")

    def image(self, sample: str) -> Image:
        return self._of(sample).image(sample)

    def labels(self, sample: str) -> Labels:
        return self._of(sample).labels(sample)

    def _of(self, sample: str) -> Dataset:
        if sample not in self._home:
            raise NoSuchSample(sample=sample, file=self.name)
        return self._home[sample]
