"""Tiny real training data of every format, written by the tests themselves."""

from __future__ import annotations

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
            photo(folder / split / f"{name}.png", seed=index)
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
