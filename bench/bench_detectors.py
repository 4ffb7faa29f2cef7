"""Fetched detectors against what is built in, on photos with outlines drawn by hand: things found, boxes made, time.

    python bench/bench_detectors.py [SHARED]

A thing is found where a box agrees with the box of its outline by half and more (IoU). Boxes of things that nobody outlined
count as boxes only. Processor seconds a photo of at most 1,600 pixels, as a ratio to the region network.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from safelight.model.signals import Box
from safelight.pictures import decode
from safelight.stages.base import Image
from safelight.stages.mask.faces import Faces
from safelight.stages.mask.faces_rfb import FacesRfb
from safelight.stages.models import fetching, places
from safelight.stages.models.registry import MODELS
from safelight.stages.networks import regions
from safelight.stages.networks.detectors import yolox
from safelight.stages.networks.detectors.boxes import overlaps

Find = Callable[[Image], tuple[Box, ...]]


def pieces(image: Image) -> tuple[Box, ...]:
    found = regions.regions(image)
    return (*regions.boxes(found, "car"), *regions.boxes(found, "person"))


FINDERS: dict[str, tuple[Find, tuple[str, ...]]] = {
    "regions": (pieces, ("car", "person")),
    "yolox_nano": (yolox.detect, ("car", "person")),
    "faces": (Faces().boxes, ("face",)),
    "face-rfb": (FacesRfb().boxes, ("face",)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path, nargs="?", default=Path("../shared"))
    shared = parser.parse_args().shared
    with tempfile.TemporaryDirectory() as folder:
        places.use(places.Places(Path(folder)))
        for name in ("yolox_nano", "face-rfb-320"):
            fetching.from_folder(MODELS[name], places.here(), shared / "weights", lambda *_: None)
        compare(shared / "photos")


def compare(photos: Path) -> None:
    tables = {(who, kind): [0, 0, 0] for who, (_, kinds) in FINDERS.items() for kind in kinds}
    spent = dict.fromkeys(FINDERS, 0.0)
    for find, _ in FINDERS.values():
        find(np.zeros((300, 400, 3), np.uint8))  # loads what it needs
    for name, outlines in json.loads((photos / "masks.json").read_text("utf-8")).items():
        image = decode.decode((photos / name).read_bytes()).image
        height, width = image.shape[:2]
        scale = min(1.0, 1600 / max(height, width))
        small = cv2.resize(image, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        for who, (find, kinds) in FINDERS.items():
            begun = time.process_time()
            found = find(small)
            spent[who] += time.process_time() - begun
            for kind in kinds:
                boxes = np.array([[b.left, b.top, b.right, b.bottom] for b in found if b.kind == kind], np.float32)
                row = tables[who, kind]
                row[1] += len(boxes)
                for drawn in outlines:
                    if drawn["concept"] == kind:
                        points = np.array(drawn["polygon"]) / (width, height)
                        box = np.concatenate([points.min(0), points.max(0)]).astype(np.float32)
                        row[0] += 1
                        row[2] += bool(len(boxes)) and bool(overlaps(box, boxes).max() >= 0.5)
    print(
        f"{'finder':<12}{'kind':<8}{'outlined':>9}{'found':>7}{'boxes':>7}{'time':>8}   (1 = {spent['regions'] / 12:.2f} s)"
    )
    for (who, kind), (outlined, boxes, hits) in tables.items():
        print(f"{who:<12}{kind:<8}{outlined:>9}{hits:>7}{boxes:>7}{spent[who] / spent['regions']:>8.2f}")


if __name__ == "__main__":
    main()
