"""Cars, people and the other things of COCO as boxes, by YOLOX-nano (Ge et al. 2021; Apache-2.0), where it was fetched.

The network sees the picture at 416 px, whole and in overlapping quarters, so that people at the trackside are large enough;
a quarter's boxes that a border cuts are left to its neighbours. `car` is any motor vehicle, as for the region network.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from safelight.model.signals import Box
from safelight.stages.base import Image
from safelight.stages.models import places
from safelight.stages.models.registry import YOLOX
from safelight.stages.models.selftest import Result, Scene
from safelight.stages.networks.detectors.boxes import Boxes, Scores, box_of, fitted, grid, suppress, windows
from safelight.stages.networks.detectors.sessions import Floats, once_a_picture, run_of

SIDE = 416
STRIDES = (8, 16, 32)
GREY = 114
SURE = 0.35
"""Least chance (thing times class) of a box."""
OVERLAP = 0.5
INSIDE = 0.85
"""Share of a box that may lie inside a better one of the same kind."""
CUT = 4
"""Pixels from an inner border of a quarter within which a box counts as cut."""

_NAMES = """person bicycle car motorcycle airplane bus train truck boat traffic_light fire_hydrant stop_sign parking_meter bench
bird cat dog horse sheep cow elephant bear zebra giraffe backpack umbrella handbag tie suitcase frisbee skis snowboard sports_ball
kite baseball_bat baseball_glove skateboard surfboard tennis_racket bottle wine_glass cup fork knife spoon bowl banana apple sandwich
orange broccoli carrot hot_dog pizza donut cake chair couch potted_plant bed dining_table toilet tv laptop mouse remote keyboard
cell_phone microwave oven toaster sink refrigerator book clock vase scissors teddy_bear hair_drier toothbrush"""
NAMES: tuple[str, ...] = tuple(_NAMES.split())
"""COCO's 80 classes in the order of the network's answers."""
KIND: dict[str, str] = {"truck": "car", "bus": "car"}
"""What is one kind for us."""
KINDS: tuple[str, ...] = tuple(KIND.get(name, name) for name in NAMES)


def unavailable() -> str | None:
    """Why it cannot be used here, or None; loads nothing."""
    return places.missing(YOLOX)


@once_a_picture
def detect(image: Image) -> tuple[Box, ...]:
    """Everything found, largest first, `score` at least SURE; raises BackendUnavailable where the model is not here."""
    height, width = image.shape[:2]
    size = np.array([width, height, width, height], np.float32)
    found: list[tuple[Boxes, Scores, Floats]] = []
    for parts in (1, 2):
        for left, top, right, bottom in windows(width, height, parts):
            boxes, scores, classes = _ask(image[top:bottom, left:right])
            boxes += np.array([left, top, left, top], np.float32)
            whole = ~cut(boxes, (left, top, right, bottom), (width, height))
            found.append((boxes[whole], scores[whole], classes[whole]))
    boxes, scores, classes = (np.concatenate(part) for part in zip(*found, strict=True))
    kinds = [KINDS[int(index)] for index in classes]
    kept = [
        box_of(kind, sides, score)
        for kind in sorted(set(kinds))
        for sides, score in _best(boxes, scores, [index for index, name in enumerate(kinds) if name == kind], size)
    ]
    return tuple(sorted(kept, key=lambda box: ((box.left - box.right) * (box.bottom - box.top), box.left, box.top)))


def _best(boxes: Boxes, scores: Scores, these: list[int], size: Floats) -> list[tuple[Floats, float]]:
    """Of these boxes, all of one kind, those that stay, as shares of the picture."""
    sides = boxes[these] / size
    return [(sides[index], float(scores[these][index])) for index in suppress(sides, scores[these], OVERLAP, INSIDE)]


def cut(boxes: Boxes, window: tuple[int, int, int, int], size: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """(n,) whether a box touches a border of its window that is not one of the picture (`size`: width, height)."""
    left, top, right, bottom = window
    touches: npt.NDArray[np.bool_] = (
        ((boxes[:, 0] < left + CUT) & (left > 0))
        | ((boxes[:, 1] < top + CUT) & (top > 0))
        | ((boxes[:, 2] > right - CUT) & (right < size[0]))
        | ((boxes[:, 3] > bottom - CUT) & (bottom < size[1]))
    )
    return touches


def _ask(image: Image) -> tuple[Boxes, Scores, Floats]:
    """Boxes in pixels of `image`, their scores and the index of their class."""
    canvas, scale = fitted(image, SIDE, SIDE, GREY)
    values = np.ascontiguousarray(canvas[..., ::-1].transpose(2, 0, 1)[None], np.float32)  # BGR, 0–255
    boxes, scores, classes = decoded(run_of(YOLOX)(values)[0][0])
    return boxes / np.float32(scale), scores, classes


def decoded(answer: Floats) -> tuple[Boxes, Scores, Floats]:
    """The network's answer (3549, 85) as boxes in its input's pixels, scores and class indices; only sure ones."""
    corners, steps = grid(SIDE, SIDE, STRIDES)
    chances = answer[:, 4:5] * answer[:, 5:]
    classes = chances.argmax(axis=1)
    scores = chances[np.arange(len(chances)), classes]
    sure = scores >= SURE
    middles = (answer[sure, :2] + corners[sure]) * steps[sure]
    halves = np.exp(np.minimum(answer[sure, 2:4], 10.0)) * steps[sure] / 2
    boxes = np.concatenate([middles - halves, middles + halves], axis=1).astype(np.float32)
    return boxes, scores[sure].astype(np.float32), classes[sure].astype(np.float32)


def selftest(scene: Scene) -> Result:
    """Whether the painted car and most painted people are found."""
    found = detect(scene.image)
    car, truth = next((box for box in found if box.kind == "car"), None), scene.truth["car"] >= 0.5
    share = 0.0 if car is None else _share(car, truth)
    people = sum(_share(box, scene.truth["person"] >= 0.5, own=True) >= 0.25 for box in found if box.kind == "person")
    passed = share >= 0.7 and people >= 3
    return Result(
        passed,
        f"{share:.0%} of the painted car in its box, {people} of the painted people found",
        f"{100 * share:.0f} % de la voiture peinte dans son cadre, {people} des personnes peintes trouvées",
    )


def _share(box: Box, truth: npt.NDArray[np.bool_], *, own: bool = False) -> float:
    """The part of what is true that lies in the box; with `own` the part of the box that is true."""
    height, width = truth.shape
    inside = truth[
        round(box.top * height) : round(box.bottom * height), round(box.left * width) : round(box.right * width)
    ]
    return float(inside.sum() / max(1, inside.size if own else truth.sum()))
