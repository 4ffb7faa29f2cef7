"""Masks of the shipped network and the face finder against hand-drawn polygons: IoU, precision and recall, cost.

    python bench/bench_regions.py ../shared [--overlays FOLDER]

IoU is pooled: shares of each picture covered by both, divided by the sum of shares covered by either. The photos were
not trained on. Cost is printed as a ratio to decoding the same picture, both in this run on this machine.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import cv2
import numpy as np

from safelight.stages.mask.faces import Faces
from safelight.stages.mask.regions import Regions

CONCEPTS = ("car", "person", "sign")
COLOURS = {"car": (255, 60, 40), "person": (60, 255, 60), "sign": (255, 220, 0), "face": (0, 220, 255)}


def read(path: Path) -> np.ndarray:
    pixels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(pixels[..., ::-1])


def truth(shape: tuple[int, int], polygons: list[dict], concept: str) -> np.ndarray:
    mask = np.zeros(shape, np.uint8)
    for item in polygons:
        if item["concept"] == concept:
            cv2.fillPoly(mask, [np.round(np.array(item["polygon"])).astype(np.int32)], 1)
    return mask > 0


def overlay(image: np.ndarray, masks: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> np.ndarray:
    shown = image.astype(np.float32)
    for concept, mask in masks.items():
        shown = shown * (1 - 0.5 * mask[..., None]) + np.array(COLOURS[concept]) * 0.5 * mask[..., None]
    shown = np.ascontiguousarray(shown.astype(np.uint8))
    for concept, mask in wanted.items():
        edges, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        cv2.drawContours(shown, edges, -1, COLOURS[concept], max(2, image.shape[1] // 300))
    return shown


def segments(photos: Path, overlays: Path | None) -> None:
    polygons = json.loads((photos / "masks.json").read_text())
    regions = Regions()
    hit, union = dict.fromkeys(CONCEPTS, 0.0), dict.fromkeys(CONCEPTS, 0.0)
    for name, items in polygons.items():
        image = read(photos / name)
        masks, wanted, row = {}, {}, []
        for concept in CONCEPTS:
            found = regions.mask(image, concept)
            masks[concept], wanted[concept] = found.mask, truth(image.shape[:2], items, concept)
            got = found.mask >= 0.5
            both, either = float((got & wanted[concept]).mean()), float((got | wanted[concept]).mean())
            hit[concept] += both
            union[concept] += either
            row.append(f"{concept} {both / either if either else float('nan'):.2f} ({found.facts['belief']:.2f})")
        print(f"  {name:28} " + "  ".join(row))
        if overlays:
            picture = overlay(image, masks, wanted)
            cv2.imwrite(
                str(overlays / (Path(name).stem + ".jpg")), cv2.resize(picture, None, fx=0.4, fy=0.4)[..., ::-1]
            )
    for concept in CONCEPTS:
        print(f"IoU {concept}: {hit[concept] / union[concept] if union[concept] else float('nan'):.3f}")


def faces(photos: Path) -> None:
    """A find is right when its mask's centre lies in a drawn face; pictures in `ok` show nobody identifiable."""
    finder = Faces()
    right = wrong = seen = 0
    polygons = json.loads((photos / "masks.json").read_text())
    for name, items in polygons.items():
        image = read(photos / name)
        drawn = [np.array(item["polygon"], np.float32) for item in items if item["concept"] == "face"]
        boxes = finder.boxes(image)
        centres = [((b.left + b.right) / 2 * image.shape[1], (b.top + b.bottom) / 2 * image.shape[0]) for b in boxes]
        seen += sum(any(cv2.pointPolygonTest(face, c, False) >= 0 for c in centres) for face in drawn)
        hits = sum(any(cv2.pointPolygonTest(face, c, False) >= 0 for face in drawn) for c in centres)
        right, wrong = right + hits, wrong + len(centres) - hits
    total = sum(item["concept"] == "face" for items in polygons.values() for item in items)
    print(f"faces: {seen} of {total} drawn ones found; {right} finds right, {wrong} wrong on the photos with polygons")
    ok = sorted((photos / "ok").iterdir())
    false = [(path.name, len(finder.boxes(read(path)))) for path in ok]
    print(f"faces on {len(ok)} pictures without any: {sum(n for _, n in false)} {[f for f in false if f[1]]}")


def cost(photos: Path) -> None:
    image = read(photos / "retoucher" / "paul-ricard.jpg")
    regions = Regions()
    regions.mask(image, "car")
    for label, longest in (("1600 px", 1600), ("12 megapixels", 4240)):
        scale = longest / max(image.shape[:2])
        sized = cv2.resize(
            image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        )
        coded = cv2.imencode(".jpg", sized, [cv2.IMWRITE_JPEG_QUALITY, 92])[1]
        times = [time.perf_counter()]
        cv2.imdecode(coded, cv2.IMREAD_COLOR)
        times.append(time.perf_counter())
        regions.mask(sized, "car")
        times.append(time.perf_counter())
        regions.mask(sized, "person")
        times.append(time.perf_counter())
        decode, first, second = np.diff(times)
        print(
            f"{label}: first mask {first / decode:.1f}x decoding ({first:.2f} s), a second {second / decode:.1f}x ({second:.2f} s)"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("shared", type=Path)
    parser.add_argument("--overlays", type=Path)
    given = parser.parse_args()
    if given.overlays:
        given.overlays.mkdir(parents=True, exist_ok=True)
    photos = given.shared / "photos"
    segments(photos, given.overlays)
    faces(photos)
    cost(photos)


if __name__ == "__main__":
    main()
