"""Batches for a training, made ahead beside the training step.

Threads read, decode, augment and stack; a bounded number of pictures is under way, so memory stays small whatever the
size of the data. The order and every pixel depend on seed, epoch and ids alone, never on the number of threads or on
which was quicker. Decoded pictures are kept up to a stated limit; what does not fit is read again each time.

A fault of a file is raised where its batch would have come, as the DataError it is.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from safelight.learn.data.augment import Recipe, augment, draws
from safelight.learn.data.base import Dataset, Labels, read
from safelight.learn.data.errors import NoPictures, OtherSize
from safelight.pictures.formats import Image

_ORDER = 0x0DE5  # keeps the order's randomness apart from that of the draws


@dataclass(frozen=True, eq=False)
class Batch:
    """`images` (n, height, width, 3) uint8 sRGB and `labels` (n, height, width) uint8 (class index or VOID) of `ids`."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass
class Pace:
    """How fast the data came: samples handed over, seconds since the first was asked for, and seconds of these in which
    the training waited for data. Counts on over epochs.
    """

    samples: int = 0
    seconds: float = 0.0
    waited: float = 0.0

    @property
    def per_second(self) -> float:
        """Samples a second beside the training step."""
        return self.samples / self.seconds if self.seconds else 0.0

    @property
    def waiting(self) -> float:
        """The part of the time, 0–1, in which the training waited: near 0 when data is not what holds it up."""
        return self.waited / self.seconds if self.seconds else 0.0


class Cache:
    """A dataset whose decoded pictures are kept until `megabytes` (10**6 bytes) are full. From any thread.

    What it hands out is not to be written to.
    """

    def __init__(self, data: Dataset, megabytes: float = 512) -> None:
        self.data = data
        self.name, self.classes, self.ids = data.name, data.classes, data.ids
        self.limit = int(megabytes * 1e6)
        self.held = 0
        self._kept: dict[str, tuple[Image, Labels]] = {}
        self._lock = threading.Lock()

    def read(self, sample: str) -> tuple[Image, Labels]:
        """Picture and labels; raises DataError."""
        kept = self._kept.get(sample)
        if kept is not None:
            return kept
        pair = read(self.data, sample)
        for array in pair:
            array.flags.writeable = False
        size = sum(array.nbytes for array in pair)
        with self._lock:
            if sample not in self._kept and self.held + size <= self.limit:
                self._kept[sample] = pair
                self.held += size
        return pair

    def image(self, sample: str) -> Image:
        """The picture; raises DataError."""
        return self.read(sample)[0]

    def labels(self, sample: str) -> Labels:
        """The labels; raises DataError."""
        return self.read(sample)[1]


@dataclass(eq=False)
class Generator:
    """Batches of `batch` samples of `data`, each a fresh draw of `recipe` (None: as they are, all of one size).

    `shuffle` gives every epoch an order of its own; `whole` leaves a last batch that is not full away. `threads` work at
    most `ahead` batches in advance. `cache_mb` bounds the decoded pictures kept. `clock` is for the pace alone.
    Raises NoPictures where there is nothing to hand out.
    """

    data: Dataset
    batch: int
    recipe: Recipe | None = None
    seed: int = 0
    shuffle: bool = True
    whole: bool = False
    threads: int = 2
    ahead: int = 3
    cache_mb: float = 512
    clock: Callable[[], float] = time.perf_counter
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        if self.batch < 1 or self.threads < 1 or self.ahead < 1:
            raise ValueError("batch, threads and ahead must be at least 1")
        if not len(self):
            raise NoPictures(file=self.data.name)
        self._cache = Cache(self.data, self.cache_mb)

    def __len__(self) -> int:
        """Batches in an epoch."""
        count = len(self.data.ids)
        return count // self.batch if self.whole else -(-count // self.batch)

    def order(self, epoch: int) -> tuple[str, ...]:
        """The ids in the order of an epoch."""
        if not self.shuffle:
            return self.data.ids
        chosen = np.random.default_rng([self.seed, epoch, _ORDER]).permutation(len(self.data.ids))
        return tuple(self.data.ids[index] for index in chosen)

    def sample(self, sample: str, epoch: int) -> tuple[Image, Labels]:
        """One draw of one sample, as it comes in the batches of that epoch; raises DataError."""
        image, labels = self._cache.read(sample)
        if self.recipe is None:
            return image, labels
        return augment(image, labels, self.recipe, draws(self.seed, epoch, sample))

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch, from the `start`-th on (for a training that was cut off). Raises DataError."""
        order = self.order(number)[: len(self) * self.batch]
        groups = [order[at : at + self.batch] for at in range(start * self.batch, len(order), self.batch)]
        under_way: deque[tuple[tuple[str, ...], list[Future[tuple[Image, Labels]]]]] = deque()
        begun = self.clock()
        with ThreadPoolExecutor(self.threads, "safelight-data", initializer=_behind) as pool:
            try:
                for group in groups[: self.ahead]:
                    under_way.append((group, [pool.submit(self.sample, sample, number) for sample in group]))
                for ahead in [*groups[self.ahead :], *[None] * min(self.ahead, len(groups))]:
                    group, futures = under_way.popleft()
                    asked = self.clock()
                    made = _stack(group, [future.result() for future in futures], self.data.name)
                    if ahead is not None:
                        under_way.append((ahead, [pool.submit(self.sample, sample, number) for sample in ahead]))
                    now = self.clock()
                    self.pace.waited += now - asked
                    self.pace.seconds, begun = self.pace.seconds + now - begun, now
                    self.pace.samples += len(group)
                    yield made
            finally:
                for _, futures in under_way:
                    for future in futures:
                        future.cancel()
        self.pace.seconds += self.clock() - begun


def _behind() -> None:
    """The training step comes first: on a full machine these threads yield to it (Linux has a priority per thread)."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), min(19, os.nice(0) + 5))


def _stack(group: Sequence[str], pairs: Sequence[tuple[Image, Labels]], name: str) -> Batch:
    first = pairs[0][1].shape
    for sample, (_, labels) in zip(group, pairs, strict=True):
        if labels.shape != first:
            told = {"width": labels.shape[1], "height": labels.shape[0]}
            raise OtherSize(file=f"{name}, {sample}", **told, picture_width=first[1], picture_height=first[0])
    return Batch(np.stack([image for image, _ in pairs]), np.stack([labels for _, labels in pairs]), tuple(group))
