"""What every format has in common: how it is recognised, opened, and how its list of samples is held."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from safelight.learn.data.base import Checked, Classes
from safelight.learn.data.errors import DataError, NoSuchSample, OtherMode
from safelight.learn.data.files import mode, read_image
from safelight.pictures.formats import Image


@dataclass(frozen=True)
class Format:
    """`fits(folder)` looks at names and first bytes only; `splits(folder)` names the parts that lie there, none where the
    data is undivided; `open(folder, split)` reads the lists of a part (`""` where undivided) and raises nothing that a
    complaint can tell.
    """

    name: str
    fits: Callable[[Path], bool]
    splits: Callable[[Path], tuple[str, ...]]
    open: Callable[[Path, str], Checked]


class Sample:
    """One picture and where its labels are: an own file, or the file that holds those of many. Small: there may be
    100,000 of them, so names are kept as text.
    """

    __slots__ = ("_image", "_labels", "id")

    def __init__(self, id: str, image: Path, labels: Path) -> None:  # noqa: A002 - the word people use
        self.id, self._image, self._labels = id, str(image), str(labels)

    @property
    def image(self) -> Path:
        """The picture's file."""
        return Path(self._image)

    @property
    def labels(self) -> Path:
        """The file that holds its labels."""
        return Path(self._labels)


class Listed:
    """A dataset whose samples were listed when it was opened. Formats add `labels`, and `look` where there is more."""

    def __init__(
        self, name: str, classes: Classes, folder: Path, samples: Iterable[Sample], complaints: Iterable[DataError]
    ) -> None:
        self.name, self.classes, self.folder = name, classes, folder
        self.complaints: tuple[DataError, ...] = tuple(sorted(complaints, key=lambda fault: not fault.stops))
        self._samples = {sample.id: sample for sample in samples}
        self.ids: tuple[str, ...] = tuple(self._samples)

    def sample(self, sample: str) -> Sample:
        """Where a sample lies; raises NoSuchSample."""
        if sample not in self._samples:
            raise NoSuchSample(sample=sample, file=self.name)
        return self._samples[sample]

    def image(self, sample: str) -> Image:
        """The picture, (height, width, 3) uint8 sRGB, upright; raises DataError."""
        return read_image(self.sample(sample).image)

    def look(self, sample: str) -> list[DataError]:
        """A photo of another mode than RGB."""
        path = self.sample(sample).image
        found = mode(path)
        return [] if found == "RGB" else [OtherMode(file=path, mode=found)]
