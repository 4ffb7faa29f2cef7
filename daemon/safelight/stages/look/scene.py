"""What a picture shows, from the region network and the face finder: areas, counts, boxes, and the car's sharpness.

Both are optional: where one is unavailable its signals are simply not measured. Where it is there and fails, the
error goes up: a failed measurement is never "nothing found".
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from safelight.model.signals import Box
from safelight.stages.look import race_scene
from safelight.stages.look.focus import Focus
from safelight.stages.look.pixels import Working
from safelight.stages.mask.faces import Faces
from safelight.stages.networks import regions as network

_AREAS = {
    "car_area": "car",
    "people_area": "person",
    "signs": "sign",
    "road": "road",
    "sky": "sky",
    "green": "vegetation",
    "building": "building",
}
_SURE = 0.5
"""Mean chance a piece needs to be counted and boxed."""
_MOST_BOXES = 12


def scene(picture: Working, maps: Focus) -> tuple[dict[str, float], tuple[Box, ...]]:
    """Signals of areas, counts and the car's sharpness, with boxes of kinds "car" (the main one first) and "person" (the
    largest first); empty without weights.
    """
    if network.unavailable() is not None:
        return {}, ()
    found = network.regions(picture.image)
    values = {signal: found.share(kind) for signal, kind in _AREAS.items()}
    cars = sorted(_sure(found, "car"), key=network.prominence, reverse=True)
    people = _sure(found, "person")
    values |= {"cars": float(len(cars)), "people": float(len(people))}
    values |= _sharpness(maps, _grown(found.likeliest("car"), maps))
    values["person_height"] = max((box.bottom - box.top for box in people), default=0.0)
    values["car_central"] = _central(found.chance("car"))
    if race_scene.unavailable() is None:
        values["race_scene"] = race_scene.race_scene(found)
    return values, (*cars[:_MOST_BOXES], *people[:_MOST_BOXES])


def faces(picture: Working) -> tuple[dict[str, float], tuple[Box, ...]]:
    """Signals `faces` and `face_size` with boxes of kind "face"; empty where no face finder is here."""
    finder = Faces()
    if finder.unavailable() is not None:
        return {}, ()
    boxes = finder.boxes(picture.image)
    largest = max((box.bottom - box.top for box in boxes), default=0.0)
    return {"faces": float(len(boxes)), "face_size": largest}, boxes[:_MOST_BOXES]


def _sure(found: network.Regions, kind: str) -> tuple[Box, ...]:
    return tuple(box for box in network.boxes(found, kind) if box.score >= _SURE)


def _grown(small: npt.NDArray[np.bool_], maps: Focus) -> npt.NDArray[np.bool_]:
    height, width = maps.variation.shape
    return np.asarray(cv2.resize(small.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0)


def _sharpness(maps: Focus, car: npt.NDArray[np.bool_]) -> dict[str, float]:
    """The car's sharpness, and by how much it beats the rest (0 where it does not); nothing where there is no car."""
    if not car.any() or car.all():
        return {}
    on, off = maps.sharpness(car), maps.sharpness(~car)
    return {"car_sharpness": on, "car_contrast": max(0.0, on - off), "background_motion": maps.motion(~car)}


def _central(chance: npt.NDArray[np.float32]) -> float:
    """Mean chance of a car in the middle third of the picture both ways."""
    height, width = chance.shape
    middle = chance[height // 3 : height - height // 3, width // 3 : width - width // 3]
    return float(middle.mean(dtype=np.float64))
