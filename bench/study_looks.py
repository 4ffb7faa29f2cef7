"""What the study says of its data and of a network's mistakes, as numbers: read by `study_report.py`."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from safelight.learn.data import VOID, Dataset, open_dataset, read
from safelight.learn.data.painted import PaintedScenes
from safelight.learn.segment import metrics
from safelight.learn.segment.evaluate import in_order
from safelight.stages.networks.segmenters.files import load
from safelight.stages.networks.segmenters.predict import labels as predict

SETS = (
    ("CamVid, train", "datasets/camvid", "camvid", "train"), ("CamVid, val", "datasets/camvid", "camvid", "val"),
    ("CamVid, test", "datasets/camvid", "camvid", "test"), ("COCO, first 128 photos", "datasets/coco128-seg", "coco", "train"),
    ("VIA, car damage", "annotations/via-car-damage", "via", "train"),
)  # fmt: skip
HEIGHTS = (10, 20, 40, 80)
"""Bounds between the groups of people by their height in pixels of 480 × 360."""
NEAR = 4
SMALLEST = 12
"""People of fewer pixels are specks that two annotators would not agree on."""
Labels = npt.NDArray[np.uint8]


def described(shared: Path) -> list[dict[str, Any]]:
    """A row a set: pictures, usual size, classes, shares of pixels of the commonest, share that nobody labelled."""
    rows = [_row(name, open_dataset(shared / folder, form, part)) for name, folder, form, part in SETS]
    with tempfile.TemporaryDirectory() as held:
        rows.append(_row("painted scenes, one of each kind", PaintedScenes(Path(held), 1, (288, 192), first=40)))
    return rows


def _row(name: str, data: Dataset) -> dict[str, Any]:
    counts, sizes = np.zeros(256, np.int64), Counter[tuple[int, ...]]()
    for sample in data.ids:
        labels = data.labels(sample)
        counts += np.bincount(labels.ravel(), minlength=256)
        sizes[labels.shape] += 1
    total = int(counts.sum())
    shares = {data.classes.names[index]: counts[index] / total for index in range(len(data.classes))}
    usual, how_many = sizes.most_common(1)[0]
    return {
        "name": name, "pictures": len(data.ids), "classes": len(data.classes), "size": [usual[1], usual[0]],
        "same_size": how_many == len(data.ids), "void": counts[VOID] / total,
        "shares": dict(sorted(shares.items(), key=lambda item: -item[1])[:4]),
    }  # fmt: skip


def looked_at(weights: Path, data: Dataset) -> dict[str, Any]:
    """Where a network errs: by drive, near borders, thin things, and people by height. Each picture asked once."""
    loaded = load(weights)
    ordered = in_order(data, loaded.about.classes, weights)
    names = ordered.classes.names
    wrong, near, close = 0, 0, 0
    labelled = 0
    drives: dict[str, metrics.Counts] = {}
    found, there = np.zeros(len(HEIGHTS) + 1, np.int64), np.zeros(len(HEIGHTS) + 1, np.int64)
    for sample in ordered.ids:
        image, truth = read(ordered, sample)
        said = predict(loaded.net, image, loaded.about.longest)
        drive = Path(sample).name.split("_")[0]
        drives[drive] = drives.get(drive, 0) + metrics.confusion(truth, said, len(names))
        known, edge = truth != VOID, borders(truth)
        miss = known & (truth != said)
        wrong, near = wrong + int(miss.sum()), near + int((miss & edge).sum())
        labelled, close = labelled + int(known.sum()), close + int((known & edge).sum())
        for group, share in people(truth == names.index("pedestrian"), said == names.index("pedestrian")):
            there[group] += 1
            found[group] += share >= 0.5
    whole = sum(drives.values())
    pole = names.index("pole")
    return {
        "pictures": len(ordered.ids), "near_wrong": near / max(1, wrong), "near_all": close / max(1, labelled),
        "drives": {name: _figures(counts, names) for name, counts in sorted(drives.items())},
        "people": [[int(there[group]), int(found[group])] for group in range(len(there))],
        "pole": [float(metrics.recall(whole)[pole]), float(metrics.precision(whole)[pole])],  # type: ignore[arg-type]
    }  # fmt: skip


def _figures(counts: metrics.Counts, names: tuple[str, ...]) -> dict[str, float]:
    iou = metrics.iou(counts)
    return {"miou": metrics.mean(iou), "accuracy": metrics.accuracy(counts)} | {
        name: float(iou[names.index(name)]) for name in ("tree", "building") if not np.isnan(iou[names.index(name)])
    }


def borders(truth: Labels, within: int = NEAR) -> npt.NDArray[np.bool_]:
    """Pixels that lie at most `within` from one of another label."""
    edge = np.zeros(truth.shape, np.uint8)
    down, across = truth[1:] != truth[:-1], truth[:, 1:] != truth[:, :-1]
    edge[1:] |= down
    edge[:-1] |= down
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    side = 2 * (within - 1) + 1
    wide: npt.NDArray[np.bool_] = cv2.dilate(edge, np.ones((side, side), np.uint8)) > 0
    return wide


def people(real: npt.NDArray[np.bool_], said: npt.NDArray[np.bool_]) -> Iterable[tuple[int, float]]:
    """(group of height, share of its pixels that was found) of every connected person."""
    _, pieces, facts, _ = cv2.connectedComponentsWithStats(real.astype(np.uint8), connectivity=8)
    for index in range(1, len(facts)):
        if facts[index, cv2.CC_STAT_AREA] >= SMALLEST:
            group = int(np.searchsorted(HEIGHTS, facts[index, cv2.CC_STAT_HEIGHT], side="right"))
            yield group, float(said[pieces == index].mean())
