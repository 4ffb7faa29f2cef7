"""What a training is fed: the recipe its settings mean, over pictures brought to the size the network will be shown.

The draws and batches are those of `learn.data`. Here is only what depends on settings: strengths, sizes, and that a last
batch of a single picture is left out, because a batch of one has no statistics to normalise by.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2

from safelight.learn.data.augment import NAMES, Recipe
from safelight.learn.data.base import Classes, Dataset, Labels, read
from safelight.learn.data.generator import Generator
from safelight.learn.segment.errors import BadSettings
from safelight.learn.segment.settings import Settings
from safelight.pictures.formats import Image

STRONG = {
    "crop": 1.0, "shift": 0.2, "mirror": 1.0, "scale": 0.7, "hue": 0.5, "colour": 0.7, "blur": 0.3, "night": 0.35, "rain": 0.3,
}  # fmt: skip
"""For streets at any hour, filmed from a car."""
MILD = {"crop": 1.0, "shift": 0.3, "mirror": 1.0, "scale": 0.25, "colour": 0.3}
"""For few pictures of one kind, such as damages seen from near."""


def feed(data: Dataset, settings: Settings, threads: int = 1, cache_mb: float = 512) -> Generator:
    """The batches of every epoch; raises BadSettings for an unknown augmentation, NoPictures."""
    count = len(data.ids)
    single = settings.batch > 1 and count > settings.batch and count % settings.batch == 1
    shown = Fitted(data, settings.longest) if settings.longest else data
    return Generator(
        shown, settings.batch, recipe(settings), settings.seed, whole=single, threads=threads, cache_mb=cache_mb
    )


def recipe(settings: Settings) -> Recipe:
    """strong, mild, none, or names of augmentations with commas (those alone, as strong as in `strong`)."""
    known = {"strong": STRONG, "mild": MILD, "none": {}}
    strengths = known.get(settings.augment)
    if strengths is None:
        names = [name.strip() for name in settings.augment.split(",")]
        wrong = [name for name in names if name not in NAMES]
        if wrong:
            told = ", ".join([*known, *NAMES])
            raise BadSettings(key="augment", value=wrong[0], expected=told, attendu=told)
        strengths = {name: STRONG[name] for name in names}
    return Recipe(settings.size, 1.0, **strengths)


@dataclass(frozen=True)
class Fitted:
    """A dataset whose pictures are brought to `longest` pixels on the longest side, as the network is shown them."""

    whole: Dataset
    longest: int

    @property
    def name(self) -> str:
        """As the whole."""
        return self.whole.name

    @property
    def classes(self) -> Classes:
        """As the whole."""
        return self.whole.classes

    @property
    def ids(self) -> tuple[str, ...]:
        """As the whole."""
        return self.whole.ids

    def image(self, sample: str) -> Image:
        """The picture, resized; raises DataError."""
        image = self.whole.image(sample)
        size = self._size(image.shape)
        smaller = size[0] < image.shape[1]
        fitted: Image = cv2.resize(image, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
        return fitted

    def labels(self, sample: str) -> Labels:
        """Its labels, resized without mixing; raises DataError, OtherSize where they do not fit the picture."""
        _, labels = read(self.whole, sample)
        fitted: Labels = cv2.resize(labels, self._size(labels.shape), interpolation=cv2.INTER_NEAREST_EXACT)
        return fitted

    def _size(self, shape: tuple[int, ...]) -> tuple[int, int]:
        scale = self.longest / max(shape[:2])
        return max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale))
