"""Advertising masks against hand-drawn polygons: IoU, precision and recall per photo and pooled, and false finds.

    python bench/bench_boards.py ../shared [--scenes N] [--overlays FOLDER]

Twice over the labelled photos: with cars, people and signs from the hand polygons, and with what is found by the
backend itself. Then the photos that need no retouching (`ok`) and show no board: how many get a mask, and how many get
one without a doubt (goal: at most 5 % a mask). `--scenes` adds painted scenes with exact truth. Polygons are incomplete: real boards may be unlabelled.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from safelight.learn.scenes import Scene, paint
from safelight.stages.base import Found
from safelight.stages.mask import boards

FRONT = ("car", "person", "sign")
BOARDS_IN_SIGHT = ("2015_car_2.JPG", "24h-Race-21.jpg", "Course 1.jpg", "gpt-1.jpg", "rs3lms.jpg")
"""Photos of `ok` in which one sees a board, or something white that may be one; in the others any mask is wrong."""


def read(path: Path) -> np.ndarray:
    pixels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(pixels[..., ::-1])


def drawn(shape: tuple[int, ...], polygons: list[dict], concepts: Iterable[str]) -> np.ndarray:
    mask = np.zeros(shape[:2], np.uint8)
    for item in polygons:
        if item["concept"] in concepts:
            cv2.fillPoly(mask, [np.round(np.array(item["polygon"])).astype(np.int32)], 1)
    return mask > 0


def overlay(folder: Path | None, name: str, image: np.ndarray, found: Found) -> None:
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    shown, inside = image.copy(), found.mask >= 0.5
    shown[inside] = shown[inside] // 2 + np.array([127, 0, 127], np.uint8)
    if found.doubt:
        cv2.putText(shown, found.doubt, (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 2, (255, 0, 0), 4)
    cv2.imwrite(str(folder / f"{Path(name).stem}.jpg"), shown[..., ::-1])


class Pool:
    """Shares of pictures, added up."""

    def __init__(self, title: str) -> None:
        self.title, self.sums, self.alarms = title, np.zeros(3), 0
        print(f"\n{title}: IoU, precision, recall, share of the picture, doubt")

    def add(self, name: str, found: Found, wanted: np.ndarray) -> None:
        mask = found.mask >= 0.5
        both, got, want = float((mask & wanted).mean()), float(mask.mean()), float(wanted.mean())
        self.sums += (both, got, want)
        self.alarms += got > 0 and found.doubt is None and both < 0.5 * got
        print(f"  {name:28s} {scores(both, got, want)}  {got:.3f}  {found.doubt or '-'}")

    def close(self) -> None:
        print(f"  {'pooled':28s} {scores(*self.sums)}  mostly wrong and without doubt: {self.alarms}")


def scores(both: float, got: float, want: float) -> str:
    if want == 0:
        return "  none wanted  "
    return f"{both / (got + want - both):.3f} {both / max(got, 1e-9):.3f} {both / want:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("shared", type=Path)
    parser.add_argument("--scenes", type=int, default=0)
    parser.add_argument("--overlays", type=Path)
    given = parser.parse_args()
    photos = given.shared / "photos"
    polygons = json.loads((photos / "masks.json").read_text())
    for title in ("hand-drawn cars and people", "cars and people found"):
        pool = Pool(title)
        for name, items in polygons.items():
            image = read(photos / name)
            front = drawn(image.shape, items, FRONT)
            found = boards.find(image, front.astype(np.float32) if title.startswith("hand") else None)
            pool.add(Path(name).name, found, drawn(image.shape, items, ("advertising",)) & ~front)
            overlay(given.overlays and given.overlays / title.split()[0], name, image, found)
        pool.close()
    if given.scenes:
        pool = Pool("painted scenes")
        for seed in range(given.scenes):
            scene = paint(Scene("boards", seed))
            hidden = scene.masks["car"] | scene.masks["person"]
            found = boards.find(scene.image)
            pool.add(f"boards {seed}", found, scene.masks["advertising"] & ~hidden)
            overlay(given.overlays and given.overlays / "scenes", f"{seed}", scene.image, found)
        pool.close()
    masked = sure = total = 0
    print("\nok photos in which one sees no board, and that got a mask: share of the picture, doubt")
    for path in sorted((photos / "ok").iterdir()):
        if path.name in BOARDS_IN_SIGHT:
            continue
        image = read(path)
        found = boards.find(image)
        total, masked = total + 1, masked + bool(found.mask.any())
        sure += bool(found.mask.any()) and found.doubt is None
        if found.mask.any():
            print(f"  {path.name:28s} {float((found.mask >= 0.5).mean()):.3f}  {found.doubt or '-'}")
        overlay(given.overlays and given.overlays / "ok", path.name, image, found)
    print(f"  of {total} photos {masked}, {sure} of them without a doubt")


if __name__ == "__main__":
    main()
