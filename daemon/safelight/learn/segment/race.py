"""Trains the network that is shipped: cars, people, signs, road, sky, vegetation and buildings in race photos.

    python -m safelight.learn.segment.race DATASETS -o FOLDER [--pretrained FILE] [--epochs N] [--resume]

DATASETS holds camvid/ and coco128-seg/; painted scenes are made beside. It is the training of `learn.segment` with three
differences: labels are sets of possible classes, the pictures are draws aimed at race photos (`race_draw`), and an epoch
is a fixed number of steps. Every eighth picture of COCO and CamVid's validation part are kept to judge by.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from safelight.learn.data.base import Dataset, Subset
from safelight.learn.data.generator import Batch
from safelight.learn.data.opening import open_dataset
from safelight.learn.data.painted import PaintedScenes
from safelight.learn.data.sets import CAMVID, COCO, COCO_REST, PAINTED, ROAD_CLASSES, Repeated, SetLabels
from safelight.learn.segment import checkpoint
from safelight.learn.segment.measure import measure_sets
from safelight.learn.segment.race_draw import Draw
from safelight.learn.segment.settings import Settings, preset
from safelight.learn.segment.training import Progress, Training

if TYPE_CHECKING:
    from safelight.learn.segment.measure import Measured

STEPS: Final = 50
"""Steps of an epoch: as the pictures are drawn from chance, nothing else gives it a length."""
HELD: Final = 8
"""Every eighth picture of COCO is kept to judge by."""
VARIANTS: Final = 6
"""Of every painted scene."""
SHARES: Final = {"camvid": 0.35, "coco": 0.35, "painted": 0.3}
"""How often a picture is drawn from each."""


class RaceFeed:
    """Batches of draws; those of a step depend on seed and step alone. Raises what `Draw` raises."""

    def __init__(self, draw: Draw, batch: int, seed: int, steps: int = STEPS) -> None:
        self.draw, self.batch, self.seed, self.steps = draw, batch, seed, steps

    def __len__(self) -> int:
        """Batches in an epoch."""
        return self.steps

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from the `start`-th on, the next one made beside the training step."""
        with ThreadPoolExecutor(1, "safelight-draw") as pool:
            coming = pool.submit(self._batch, number, start) if start < self.steps else None
            for index in range(start, self.steps):
                assert coming is not None
                made = coming.result()
                coming = pool.submit(self._batch, number, index + 1) if index + 1 < self.steps else None
                yield made

    def _batch(self, epoch: int, index: int) -> Batch:
        drawn = [self.draw((self.seed, epoch, index, place)) for place in range(self.batch)]
        ids = tuple(f"{epoch}.{index}.{place}" for place in range(self.batch))
        return Batch(np.stack([image for image, _ in drawn]), np.stack([labels for _, labels in drawn]), ids)


def sources(datasets: Path, scenes: Path, variants: int = VARIANTS) -> tuple[dict[str, Dataset], Dataset]:
    """What is learnt from, by name, and what is kept to judge by; raises DataError."""
    camvid = {
        part: SetLabels(open_dataset(datasets / "camvid", "camvid", part), ROAD_CLASSES, CAMVID)
        for part in ("train", "val")
    }
    coco = SetLabels(open_dataset(datasets / "coco128-seg", "coco"), ROAD_CLASSES, COCO, COCO_REST)
    held = Subset(coco, coco.ids[::HELD], "coco128-seg (held out)")
    learnt: dict[str, Dataset] = {
        "camvid": camvid["train"],
        "coco": Subset(coco, tuple(name for name in coco.ids if name not in set(held.ids))),
    }
    if variants:
        learnt["painted"] = SetLabels(PaintedScenes(scenes, variants), ROAD_CLASSES, PAINTED)
    # Evenly from both: streets are many and alike, the pictures of COCO few and different.
    few = Subset(camvid["val"], camvid["val"].ids[::4])
    return learnt, Repeated("judged by", [(few, 1), (held, 1)])


def training(
    datasets: Path, folder: Path, settings: Settings, pretrained: Path | None = None, variants: int = VARIANTS
) -> Training:
    """The training of the shipped network in `folder`, at its first step; raises DataError and what weights raise."""
    learnt, held = sources(datasets, folder / "scenes", variants)
    draw = Draw([(SHARES[name], data) for name, data in learnt.items()], settings.size)
    whole = Repeated("camvid, coco128-seg, painted scenes", [(data, 1) for data in learnt.values()])
    made = RaceFeed(draw, settings.batch, settings.seed)
    return Training(whole, held, settings, folder, pretrained=pretrained, feed=made, judge=measure_sets)


class _Hearing:
    def progress(self, progress: Progress) -> None:
        if progress.step % STEPS == 0:
            left = progress.left / 60
            print(f"epoch {progress.epoch}, loss {progress.loss:.3f}, {left:.0f} min left", file=sys.stderr)

    def validated(self, epoch: int, measured: Measured, best: bool) -> None:
        table = zip(measured.classes, measured.table()["iou"], strict=True)
        told = "  ".join(f"{name} {value:.3f}" for name, value in table)
        print(f"epoch {epoch}: IoU {told}  mean {measured.miou:.3f}{'  (best)' if best else ''}", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the data sets, train, report on standard error; stopped, it goes on with --resume."""
    parser = argparse.ArgumentParser(description="Train the segmentation network that Safelight ships.")
    parser.add_argument("datasets", type=Path, help="folder with camvid/ and coco128-seg/")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--pretrained", type=Path, help="ImageNet weights of SqueezeNet 1.1")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    given = parser.parse_args(arguments)
    torch.set_num_threads(given.threads)
    state = checkpoint.read(given.output) if given.resume else None
    before = preset("race") if state is None else checkpoint.settings_of(state)
    made = training(given.datasets, given.output, before.with_words(epochs=given.epochs), given.pretrained)
    if state is not None:
        made.resume(state)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    return 0 if made.run(_Hearing(), stop.is_set) else 3


if __name__ == "__main__":
    raise SystemExit(main())
