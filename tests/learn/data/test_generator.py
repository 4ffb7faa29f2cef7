"""Batches: complete, in a fixed order whatever the threads, made ahead within bounds, faults told where they belong."""

from __future__ import annotations

import threading
from itertools import count

import numpy as np
import pytest

from safelight.learn.data import Arrays, Classes, Subset
from safelight.learn.data.augment import Recipe
from safelight.learn.data.errors import MissingFile, NoPictures, OtherSize
from safelight.learn.data.generator import Batch, Cache, Generator

CLASSES = Classes.named(["x", "y"])


def arrays(number: int = 7, size: tuple[int, int] = (20, 30)) -> Arrays:
    """Small random pictures."""
    rng = np.random.default_rng(0)
    return Arrays("tiny", CLASSES, {
        f"s{index}": (rng.integers(0, 256, (*size, 3), dtype=np.uint8), rng.integers(0, 2, size, dtype=np.uint8))
        for index in range(number)
    })  # fmt: skip


class Watched(Arrays):
    """Counts what is read and how much at once."""

    reads = 0

    def image(self, sample: str) -> np.ndarray:
        """As asked, counted; `bad` is missing."""
        type(self).reads += 1
        if sample == "bad":
            raise MissingFile(file="bad.png", by="list")
        return super().image(sample if sample in self.pictures else "s0").copy()


def flat(batches: list[Batch]) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """All samples of some batches."""
    ids = [sample for batch in batches for sample in batch.ids]
    return np.concatenate([batch.images for batch in batches]), np.concatenate([batch.labels for batch in batches]), ids


def test_an_epoch_holds_every_sample_once() -> None:
    """The last batch is smaller, or left away when only whole ones are wanted."""
    data = arrays()
    batches = list(Generator(data, 3).epoch(0))
    images, labels, ids = flat(batches)
    assert sorted(ids) == sorted(data.ids)
    assert [len(batch) for batch in batches] == [3, 3, 1]
    assert images.shape == (7, 20, 30, 3)
    assert labels.shape == (7, 20, 30)
    for image, label, sample in zip(images, labels, ids, strict=True):
        assert (image == data.image(sample)).all()
        assert (label == data.labels(sample)).all()
    whole = Generator(data, 3, whole=True)
    assert [len(batch) for batch in whole.epoch(0)] == [3, 3]
    assert len(whole) == 2
    assert flat(list(Generator(data, 3, shuffle=False).epoch(5)))[2] == list(data.ids)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("ahead", [1, 4])
def test_threads_change_nothing(threads: int, ahead: int) -> None:
    """The same batches, pixel by pixel, from one thread or five; with a small cache or none."""
    recipe = Recipe.full((12, 16))
    expected = flat(list(Generator(arrays(), 2, recipe, seed=4, threads=1, ahead=1).epoch(3)))
    for cache_mb in (0, 0.005, 100):
        made = Generator(arrays(), 2, recipe, seed=4, threads=threads, ahead=ahead, cache_mb=cache_mb)
        for got, want in zip(flat(list(made.epoch(3))), expected, strict=True):
            assert np.array_equal(got, want)


def test_epochs_differ_in_order_and_in_every_picture() -> None:
    """A fresh draw each epoch; seeds too."""
    made = Generator(arrays(), 7, Recipe.full((12, 16)), seed=1)
    epochs = [flat(list(made.epoch(number))) for number in range(4)]
    assert len({tuple(ids) for _, _, ids in epochs}) > 1
    seen = {image.tobytes() for images, _, _ in epochs for image in images}
    assert len(seen) == 28
    other = Generator(arrays(), 7, Recipe.full((12, 16)), seed=2)
    assert not np.array_equal(flat(list(other.epoch(0)))[0], epochs[0][0])


def test_a_training_cut_off_goes_on_where_it_was() -> None:
    """From the third batch on, the same batches come."""
    made = Generator(arrays(), 2, Recipe.full((12, 16)))
    later = flat(list(made.epoch(6, start=2)))
    whole = flat(list(made.epoch(6)))
    for got, want in zip(later, whole, strict=True):
        assert np.array_equal(got, want[4:])


def test_what_is_under_way_is_bounded() -> None:
    """Of a thousand samples only those of the next batches have been read when the first batch is handed over."""
    base = arrays(1)

    class Endless(Watched):
        ids = tuple(f"s{index}" for index in range(1000))

        def labels(self, sample: str) -> np.ndarray:
            return super().labels("s0")

    Endless.reads = 0
    made = Generator(Endless("many", CLASSES, base.pictures), 4, threads=3, ahead=2, shuffle=False, cache_mb=0)
    running = made.epoch(0)
    next(running)
    assert Endless.reads <= 4 * 3
    running.close()
    before = threading.active_count()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("safelight-data")], before
    assert Endless.reads <= 4 * 3


def test_the_cache_reads_once_up_to_its_limit() -> None:
    """Three epochs read every picture once when it fits; nothing is kept beyond the limit; what is kept is not written to."""
    data = Watched("w", CLASSES, arrays(5).pictures)
    Watched.reads = 0
    made = Generator(data, 2, Recipe.full((12, 16)))
    for epoch in range(3):
        list(made.epoch(epoch))
    assert Watched.reads == 5
    size = 20 * 30 * 4
    cache = Cache(arrays(5), megabytes=2.5 * size / 1e6)
    for sample in cache.data.ids:
        image, _ = cache.read(sample)
        assert not image.flags.writeable
    assert cache.held == 2 * size


def test_faults_of_files_are_raised_as_they_are() -> None:
    """The batches before come; the fault is a DataError; pictures of several sizes need a recipe."""
    pictures = arrays(5).pictures
    data = Watched("w", CLASSES, {**pictures, "bad": pictures["s0"]})
    running = Generator(data, 2, shuffle=False).epoch(0)
    assert [next(running).ids, next(running).ids] == [("s0", "s1"), ("s2", "s3")]
    with pytest.raises(MissingFile, match=r"bad.png"):
        next(running)
    mixed = Arrays("mixed", CLASSES, {**arrays(2).pictures, "odd": arrays(1, (5, 5)).pictures["s0"]})
    with pytest.raises(OtherSize, match="mixed, odd is 5 × 5"):
        list(Generator(mixed, 3, shuffle=False).epoch(0))
    assert flat(list(Generator(mixed, 3, Recipe((4, 4))).epoch(0)))[0].shape == (3, 4, 4, 3)
    with pytest.raises(NoPictures):
        Generator(Subset(mixed, ()), 3)
    with pytest.raises(NoPictures):
        Generator(mixed, 4, whole=True)


def test_the_pace_tells_samples_and_waiting() -> None:
    """Counted on the clock passed in, over all epochs."""
    ticks = count()
    made = Generator(arrays(), 3, clock=lambda: float(next(ticks)))
    for epoch in range(2):
        list(made.epoch(epoch))
    assert made.pace.samples == 14
    assert made.pace.waited == 6
    assert made.pace.seconds == pytest.approx(14)
    assert made.pace.per_second == 1
    assert 0 < made.pace.waiting < 1
