"""Training data: samples a second of every format, of every augmentation, and of batches beside a training step.

    python bench/bench_data.py [../shared]

Without the trial data a CamVid-like folder is made up (480 × 360). Ratios are to the machine unit (`unit.py`, measured in
this run): how many samples are read or drawn while one 2,000 × 2,000 matrix product is computed. One thread unless told.
"""

from __future__ import annotations

import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from unit import best, unit

from safelight.learn.data import Dataset, open_dataset, read
from safelight.learn.data.augment import NAMES, Recipe, augment, draws
from safelight.learn.data.generator import Cache, Generator

SETS = ("datasets/camvid", "datasets/coco128-seg", "annotations/via-car-damage", "annotations/cityscapes-sample")
COUNT = 24


def made_up(folder: Path) -> Path:
    """A CamVid folder of smooth random pictures."""
    rng = np.random.default_rng(0)
    rows = []
    for index in range(COUNT):
        small = rng.integers(0, 256, (23, 30, 3), dtype=np.uint8)
        labels = np.kron(rng.integers(0, 12, (12, 16)), np.ones((30, 30))).astype(np.uint8)
        names = f"train/{index}.jpg", f"trainannot/{index}.png"
        for name, pixels in zip(names, (cv2.resize(small, (480, 360)), labels), strict=True):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(folder / name), pixels)
        rows.append(" ".join(names))
    (folder / "train.txt").write_text("\n".join(rows))
    return folder


def row(told: str, seconds: float, one: float) -> None:
    print(f"{told:42} {1 / seconds:8.0f} a second {one / seconds:8.1f} a machine unit")


def formats(folders: list[Path], one: float) -> None:
    for folder in folders:
        data = open_dataset(folder)
        ids = data.ids[:COUNT]
        opened = best(lambda folder=folder: open_dataset(folder))
        seconds = best(lambda data=data, ids=ids: [read(data, sample) for sample in ids]) / len(ids)
        height, width = data.labels(ids[0]).shape
        row(f"read {data.name}, {width} × {height}", seconds, one)
        print(f"{'':42} {opened / len(data.ids) * 1e3:8.3f} ms a sample to open")


def augmentations(data: Dataset, one: float) -> None:
    cache = Cache(data)
    pairs = [cache.read(sample) for sample in data.ids[:COUNT]]
    for size, resize in (((360, 480), None), ((240, 240), 1.0)):
        full = Recipe.full(size, resize)
        recipes = {"none": full.only(), **{name: full.only(name) for name in NAMES}, "all": full}
        for name, recipe in recipes.items():

            def work(recipe: Recipe = recipe) -> None:
                for index, (image, labels) in enumerate(pairs):
                    augment(image, labels, recipe, draws(0, index, "x"))

            row(f"draw {name} at {size[1]} × {size[0]}", best(work) / len(pairs), one)


def batches(data: Dataset, one: float) -> None:
    recipe = Recipe.full((240, 240), 1.0)
    matrix = np.random.default_rng(0).random((2000, 2000), dtype=np.float32)
    for threads in (1, 2):
        made = Generator(data, 8, recipe, threads=threads)
        list(islice(made.epoch(0), COUNT // 8))
        started = time.perf_counter()
        total = sum(len(batch) for batch in islice(made.epoch(1), COUNT // 8))
        row(f"batches of 8, {threads} threads, nothing beside", (time.perf_counter() - started) / total, one)
        beside = Generator(data, 8, recipe, threads=threads)
        list(islice(beside.epoch(0), COUNT // 8))
        beside.pace.samples, beside.pace.seconds, beside.pace.waited = 0, 0.0, 0.0
        for _ in islice(beside.epoch(1), COUNT // 8):
            matrix @ matrix  # a step as long as the machine unit
        pace = beside.pace
        row(f"batches of 8, {threads} threads, a unit a step", 1 / pace.per_second, one)
        print(f"{'':42} {pace.waiting:8.1%} of the time the step waited")


def main() -> None:
    cv2.setNumThreads(1)
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as folder:
        found = [shared / name for name in SETS] if shared else [made_up(Path(folder))]
        one = unit()
        print(f"machine unit {one * 1e3:.0f} ms")
        formats(found, one)
        data = open_dataset(found[0])
        augmentations(data, one)
        batches(data, one)


if __name__ == "__main__":
    main()
