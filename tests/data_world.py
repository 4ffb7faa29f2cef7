"""Tiny real training data of every format, written by the tests themselves."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow


def photo(path: Path, size: tuple[int, int] = (12, 8), seed: int = 0) -> np.ndarray:
    """A photo of `size` (width, height) with random pixels, written by its suffix; returns what was drawn."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    assert cv2.imwrite(str(path), pixels[..., ::-1])
    return pixels


def indexed(path: Path, values: np.ndarray) -> np.ndarray:
    """A mask of mode P with a palette that says nothing of the indices."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Pillow.fromarray(np.asarray(values, np.uint8)).convert("L")
    made = Pillow.new("P", picture.size)
    made.putdata(picture.get_flattened_data() if hasattr(picture, "get_flattened_data") else list(picture.getdata()))
    made.putpalette([value for index in range(256) for value in (255 - index, index // 2, 7)])
    made.save(path)
    return np.asarray(values, np.uint8)


def grey(path: Path, values: np.ndarray) -> np.ndarray:
    """A mask of mode L."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Pillow.fromarray(np.asarray(values, np.uint8)).save(path)
    return np.asarray(values, np.uint8)


def camvid(folder: Path, counts: tuple[int, ...] = (3, 1, 1)) -> Path:
    """A CamVid folder with ids 0-11 in every label file."""
    rng = np.random.default_rng(1)
    for split, count in zip(("train", "val", "test"), counts, strict=True):
        rows = []
        for index in range(count):
            name = f"{split[0]}_{index:02}"
            photo(folder / split / f"{name}.png", seed=index + 100 * "tve".index(split[0 if split != "test" else 1]))
            indexed(folder / f"{split}annot" / f"{name}.png", rng.permuted(np.arange(96).reshape(8, 12) % 12))
            rows.append(f"{split}/{name}.png {split}annot/{name}.png\n")
        (folder / f"{split}.txt").write_text("".join(rows))
    return folder


def via_region(shape: dict, **attributes: object) -> dict:
    """A region as version 1 and 2 write it."""
    return {"shape_attributes": shape, "region_attributes": attributes}


def via_polygon(*points: tuple[float, float]) -> dict:
    """A polygon as version 1 and 2 write it."""
    return {"name": "polygon", "all_points_x": [x for x, _ in points], "all_points_y": [y for _, y in points]}


def via_rect(x: float, y: float, width: float, height: float) -> dict:
    """A rectangle as version 1 and 2 write it."""
    return {"name": "rect", "x": x, "y": y, "width": width, "height": height}


def via(folder: Path, pictures: dict[str, list[dict]], *, size: tuple[int, int] = (20, 10)) -> Path:
    """Pictures with a `via_region_data.json` of version 2."""
    entries = {}
    for index, (name, regions) in enumerate(pictures.items()):
        photo(folder / name, size, seed=index)
        count = (folder / name).stat().st_size
        entries[f"{name}{count}"] = {"filename": name, "size": count, "regions": regions, "file_attributes": {}}
    (folder / "via_region_data.json").write_text(json.dumps(entries))
    return folder


def runs(mask: np.ndarray) -> list[int]:
    """The run lengths of a mask (height, width) as COCO counts them."""
    flat = np.concatenate([[False], mask.T.ravel(), [not mask.T.ravel()[-1]]]) if mask.size else np.array([False])
    ends = np.flatnonzero(flat[1:] != flat[:-1])
    return np.diff(np.concatenate([[0], ends])).tolist()


def compressed(counts: list[int]) -> str:
    """Their compressed form."""
    text = []
    for index, count in enumerate(counts):
        rest = count - counts[index - 2] if index > 2 else count
        while True:
            digit, rest = rest & 31, rest >> 5
            last = rest == (-1 if digit & 16 else 0)
            text.append(chr((digit if last else digit | 32) + 48))
            if last:
                break
    return "".join(text)


def via_csv(folder: Path) -> None:
    """The JSON export there written as CSV instead."""
    path = folder / "via_region_data.json"
    rows: list[list[object]] = []
    for entry in json.loads(path.read_text()).values():
        regions = entry["regions"] or [{"shape_attributes": {}, "region_attributes": {}}]
        for number, region in enumerate(regions):
            start = [entry["filename"], entry["size"], "{}", len(entry["regions"]), number]
            rows.append([*start, json.dumps(region["shape_attributes"]), json.dumps(region["region_attributes"])])
    with path.with_suffix(".csv").open("w", newline="") as file:
        names = "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes"
        csv.writer(file).writerows([names.split(","), *rows])
    path.unlink()


def coco(folder: Path) -> Path:
    """A picture with a polygon, a crowd and a box, as instances."""
    photo(folder / "train2017" / "1.jpg", (20, 10))
    crowd = {"counts": compressed(runs(np.ones((10, 20), bool))), "size": [10, 20]}
    common = {"image_id": 1, "category_id": 3}
    value = {
        "images": [{"id": 1, "file_name": "1.jpg", "width": 20, "height": 10}],
        "annotations": [
            {"id": 1, **common, "segmentation": [[2, 3, 6, 3, 6, 8]], "iscrowd": 0},
            {"id": 2, **common, "segmentation": crowd, "iscrowd": 1},
            {"id": 3, **common, "segmentation": [], "bbox": [1, 1, 3, 3]},
        ],
        "categories": [{"id": 3, "name": "car"}],
    }
    (folder / "annotations").mkdir()
    (folder / "annotations" / "instances_train2017.json").write_text(json.dumps(value))
    return folder


def coco_text(folder: Path) -> Path:
    """A picture with two polygons as text."""
    photo(folder / "images" / "train2017" / "1.jpg", (20, 10))
    (folder / "labels" / "train2017").mkdir(parents=True)
    (folder / "labels" / "train2017" / "1.txt").write_text("0 .1 .1 .5 .1 .5 .5\n2 .1 .1 .2 .1 .2 .2\n")
    return folder
