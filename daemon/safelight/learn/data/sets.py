"""Labels that say what is possible: data sets that know different things, taught to one network.

CamVid names every pixel, COCO's polygons name people and cars and say of the rest only what it is not. So each class of a
data set becomes a set of classes of the network: one byte a pixel, bit k set where class k is possible. 255, all bits, says
nothing; it is VOID too, so augmentation and batches work on sets as they do on classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from safelight.learn.data.base import VOID, Classes, Dataset
from safelight.pictures.formats import Image

Sets = npt.NDArray[np.uint8]
"""(height, width) uint8: bit k set = class k of the network is possible here."""
Meaning = Mapping[str, Sequence[str]]
"""By class of a data set the classes of the network it may be; an empty sequence says nothing."""
_BITS: Final = 8


def set_table(source: Classes, targets: Classes, meaning: Meaning, rest: Sequence[str] = ()) -> npt.NDArray[np.uint8]:
    """(256,) uint8: the set of every class index; `rest` for classes not named, everything for VOID.

    Raises ValueError for more than 8 targets or a class in `meaning` that the source does not have, NoSuchClass for a
    target there is not.
    """
    strange = [name for name in meaning if name not in source.names]
    if len(targets) > _BITS or strange:
        raise ValueError(f"{len(targets)} targets (at most {_BITS}); unknown: {strange}")
    table = np.full(256, VOID, np.uint8)
    for index, name in enumerate(source.names):
        table[index] = sum(1 << targets.index(target) for target in set(meaning.get(name, rest))) or VOID
    return table


class SetLabels:
    """A dataset with sets for labels: `classes` are the network's, the rest is as in the dataset it is made from."""

    def __init__(self, whole: Dataset, targets: Classes, meaning: Meaning, rest: Sequence[str] = ()) -> None:
        self.whole, self.classes = whole, targets
        self.name, self.ids = whole.name, whole.ids
        self.table = set_table(whole.classes, targets, meaning, rest)

    def image(self, sample: str) -> Image:
        """As in the dataset."""
        return self.whole.image(sample)

    def labels(self, sample: str) -> Sets:
        """What is possible at every pixel."""
        found: Sets = self.table[self.whole.labels(sample)]
        return found


class Repeated:
    """Several datasets with the same classes as one, each with a share: its samples come `times` times an epoch, drawn anew
    each time. Raises ValueError where the classes differ.
    """

    def __init__(self, name: str, parts: Sequence[tuple[Dataset, int]]) -> None:
        self.name, self.classes = name, parts[0][0].classes
        if any(part.classes != self.classes for part, _ in parts):
            raise ValueError(f"the parts of {name} have different classes")
        self._home = {
            f"{number}.{turn} {sample}": (part, sample)
            for number, (part, times) in enumerate(parts)
            for turn in range(times)
            for sample in part.ids
        }
        self.ids = tuple(self._home)

    def image(self, sample: str) -> Image:
        """The picture; KeyError for a stranger."""
        part, own = self._home[sample]
        return part.image(own)

    def labels(self, sample: str) -> Sets:
        """The labels; KeyError for a stranger."""
        part, own = self._home[sample]
        return part.labels(own)


# --- what the data sets know of the classes of the shipped network -------------------------------------------------

ROAD_CLASSES: Final = Classes.named(("other", "car", "person", "sign", "road", "sky", "vegetation", "building"))
"""`car` is any motor vehicle, `sign` traffic signs and posts, `road` all paved ground."""

CAMVID: Final[Meaning] = {
    "sky": ("sky",), "building": ("building",), "pole": ("sign",), "road": ("road",), "pavement": ("road",),
    "tree": ("vegetation",), "sign": ("sign",), "fence": ("other", "building"), "car": ("car",), "pedestrian": ("person",),
    "bicyclist": ("person",),
}  # fmt: skip
"""Poles count as signs, pavement as road, a cyclist as a person; a fence may pass as building."""

COCO_REST: Final = ("other",)
COCO: Final[Meaning] = {
    "background": ("other", "road", "sky", "vegetation", "building"),
    "person": ("person",), "bicycle": ("other", "person"), "car": ("car",), "motorcycle": ("car",), "bus": ("car",),
    "truck": ("car",), "traffic light": ("sign",), "stop sign": ("sign",), "parking meter": ("sign", "other"),
    "backpack": ("other", "person"), "handbag": ("other", "person"), "tie": ("person",),
    "potted plant": ("vegetation", "other"),
}  # fmt: skip
"""Of what nobody drew around, COCO knows only that it is no car, person or sign."""

PAINTED: Final[Meaning] = {
    **{name: (name,) for name in ROAD_CLASSES.names}, "advertising": ("other", "building"),
    "onlooker": ("person", "other", "building"),
}  # fmt: skip

CITYSCAPES: Final[Meaning] = {
    "void": (), "flat": ("road", "other"), "construction": ("building", "other"), "object": ("sign",), "nature": ("vegetation",),
    "sky": ("sky",), "human": ("person",), "vehicle": ("car", "other"),
}  # fmt: skip
"""A bicycle is a vehicle there and other here; a wall may pass as building."""
