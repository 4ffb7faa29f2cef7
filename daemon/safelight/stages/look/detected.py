"""The look of `measured`, with cars, people and faces counted by fetched detectors instead of read off the region network.

Either detector is enough. A kind of which the detector finds none keeps the region network's boxes for cars (close-ups of a
car fill the picture, and single-seaters look like nothing that COCO has), and becomes none for people. Areas stay measured by
the region network: a box is no area.
"""

from __future__ import annotations

import hashlib
from typing import ClassVar

from safelight.model.signals import Box
from safelight.stages.look.focus import Focus
from safelight.stages.look.measured import Measured
from safelight.stages.look.pixels import Working
from safelight.stages.mask.faces_rfb import FacesRfb
from safelight.stages.models.registry import FACES, YOLOX
from safelight.stages.networks.detectors import rfb, yolox
from safelight.stages.networks.regions import prominence

MOST_BOXES = 12
SMALLEST = 0.0008
"""Part of the picture below which a box counts for nothing, as for the region network's pieces."""


class Detected(Measured):
    """look(image) -> Signals, as `measured`, with boxes of detectors that were fetched."""

    name: ClassVar[str] = "detected"
    trained = True

    def unavailable(self) -> str | None:
        """That neither detector was fetched."""
        return None if rfb.unavailable() is None else yolox.unavailable()

    def fingerprint(self) -> str:
        """Digest over the detectors that are here: with another set the same photo is seen otherwise."""
        here = [entry.fingerprint for entry, module in ((YOLOX, yolox), (FACES, rfb)) if module.unavailable() is None]
        return hashlib.sha256("\n".join(here).encode()).hexdigest() if here else ""

    def _scene(self, picture: Working, maps: Focus) -> tuple[dict[str, float], tuple[Box, ...]]:
        values, things = super()._scene(picture, maps)
        if yolox.unavailable() is not None:
            return values, things
        return joined(values, things, yolox.detect(picture.image))

    def _faces(self, picture: Working) -> tuple[dict[str, float], tuple[Box, ...]]:
        if rfb.unavailable() is not None:
            return super()._faces(picture)
        boxes = FacesRfb().boxes(picture.image)
        largest = max((box.bottom - box.top for box in boxes), default=0.0)
        return {"faces": float(len(boxes)), "face_size": largest}, boxes[:MOST_BOXES]


def joined(
    values: dict[str, float], things: tuple[Box, ...], found: tuple[Box, ...]
) -> tuple[dict[str, float], tuple[Box, ...]]:
    """Signals and boxes of the region network with the detector's cars and people in their place. Pure.

    The main car comes first among cars, the largest person first among people.
    """
    large = [box for box in found if _area(box) >= SMALLEST]
    people = [box for box in large if box.kind == "person"]
    cars = sorted((box for box in large if box.kind == "car"), key=prominence, reverse=True)
    before = [box for box in things if box.kind == "car"]
    tallest = max((box.bottom - box.top for box in people), default=0.0)
    counted = values | {
        "people": float(len(people)), "person_height": tallest, "cars": float(len(cars or before)),
    }  # fmt: skip
    return counted, (*(cars or before)[:MOST_BOXES], *people[:MOST_BOXES])


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)
