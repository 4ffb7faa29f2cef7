"""CamVid in the 11-class version of the SegNet tutorial: lists of frames with label maps.

    train.txt, val.txt, test.txt    `<frame> <label>` a line, relative to the folder; a leading `/SegNet/CamVid/` or the
                                    like is forgiven when the last two parts of the name are there
    trainannot/*.png, …             class ids as PNG of mode P (the indices count, not the colours) or L; 11 is void

Which parts there are is told by the lists. Brostow, Fauqueur, Cipolla 2008/2009; the 367/101/233 split is the one
papers report on.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from safelight.learn.data.base import VOID, Classes, Labels
from safelight.learn.data.errors import BrokenLine, DataError, MissingFile, Outside, TwiceTheSame
from safelight.learn.data.files import SUFFIXES, inside
from safelight.learn.data.formats import Format, Listed, Sample
from safelight.learn.data.tables import Table

CLASSES: Final = Classes(
    ("sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian", "bicyclist"),
    ((140, 212, 250), (175, 119, 106), (220, 255, 237), (86, 50, 132), (193, 125, 255), (0, 73, 80), (255, 226, 35),
     (180, 149, 10), (11, 42, 240), (171, 12, 3), (255, 186, 137)),
)  # fmt: skip
"""In the order of the label ids."""
SPLITS: Final = ("train", "val", "test")
TABLE: Final = Table({**{index: index for index in range(len(CLASSES))}, 11: VOID})
"""What the numbers in a label file mean."""


class CamVid(Listed):
    """One part of a CamVid folder."""

    def __init__(self, folder: Path, split: str) -> None:
        samples, complaints = _read_list(folder, split)
        super().__init__(f"{folder.name} {split}", CLASSES, folder, samples, complaints)

    def labels(self, sample: str) -> Labels:
        """The class ids of the label file, 11 as VOID; raises UnknownLabels for any other."""
        return TABLE.read(self.sample(sample).labels)


def _read_list(folder: Path, split: str) -> tuple[list[Sample], list[DataError]]:
    path = folder / f"{split}.txt"
    samples: dict[str, Sample] = {}
    complaints: list[DataError] = []
    for row, line in enumerate(path.read_text("utf-8-sig", "replace").splitlines(), 1):
        if not line.strip():
            continue
        names = line.split()
        if len(names) != 2:
            complaints.append(BrokenLine(file=path, row=row, text=line.strip()[:80]))
            continue
        found = [_find(folder, name) for name in names]
        if None in found:
            complaints.append(Outside(file=path, row=row, text=names[found.index(None)]))
            continue
        image, labels = (place for place in found if place)
        missing = [
            MissingFile(file=place, by=f"{path.name}:{row}") for place in (image, labels) if not os.path.isfile(place)
        ]
        complaints += missing
        if image.stem in samples:
            complaints.append(TwiceTheSame(file=path, row=row, sample=image.stem))
        elif not missing:
            samples[image.stem] = Sample(image.stem, image, labels)
    return list(samples.values()), complaints


def _find(folder: Path, name: str) -> Path | None:
    """Where the file lies: as named, or by the last two parts of a name that was absolute elsewhere."""
    own = "/".join(Path(name).parts[-2:])
    return inside(folder, own if name.startswith("/") else name)


def splits(folder: Path) -> tuple[str, ...]:
    """The parts that have a list here."""
    return tuple(split for split in SPLITS if (folder / f"{split}.txt").is_file())


def fits(folder: Path) -> bool:
    """Whether a list's first line names a picture and a label file."""
    for split in splits(folder):
        first = (folder / f"{split}.txt").read_text("utf-8-sig", "replace").lstrip().splitlines()[:1]
        names = first[0].split() if first else []
        if len(names) == 2 and all(Path(name).suffix.lower() in SUFFIXES for name in names):
            return True
    return False


FORMAT: Final = Format("camvid", fits, splits, CamVid)
