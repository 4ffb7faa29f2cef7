"""Faces as boxes, by the RFB-320 face detector (Linzaer; MIT), where it was fetched.

It was made for 320 x 240 pixels and faces of at least ten of them; a photo is therefore looked at whole and in overlapping
windows. Boxes go from the brow to the chin. What a small window alone believes in must be surer: windows multiply chances
to be wrong.
"""

from __future__ import annotations

import numpy as np

from safelight.model.signals import Box
from safelight.stages.base import Image
from safelight.stages.models import places
from safelight.stages.models.registry import FACES
from safelight.stages.models.selftest import Result, Scene
from safelight.stages.networks.detectors.boxes import Boxes, Scores, box_of, fitted, suppress, windows
from safelight.stages.networks.detectors.sessions import Floats, once_a_picture, run_of

WIDTH, HEIGHT = 320, 240
SURE: dict[int, float] = {1: 0.7, 2: 0.8, 3: 0.9}
"""Windows along each side of the picture → the least chance of a face there."""
OVERLAP = 0.3
INSIDE = 0.6


def unavailable() -> str | None:
    """Why it cannot be used here, or None; loads nothing."""
    return places.missing(FACES)


@once_a_picture
def detect(image: Image) -> tuple[Box, ...]:
    """The faces, largest first, as boxes of kind "face"; raises BackendUnavailable where the model is not here."""
    height, width = image.shape[:2]
    size = np.array([width, height, width, height], np.float32)
    found: list[tuple[Boxes, Scores]] = []
    for parts, sure in SURE.items():
        for left, top, right, bottom in windows(width, height, parts):
            boxes, scores = _ask(image[top:bottom, left:right], sure)
            found.append((boxes + np.array([left, top, left, top], np.float32), scores))
    boxes, scores = (np.concatenate(part) for part in zip(*found, strict=True))
    kept = [box_of("face", boxes[index] / size, scores[index]) for index in suppress(boxes, scores, OVERLAP, INSIDE)]
    return tuple(sorted(kept, key=lambda box: (box.top - box.bottom, box.left, box.top)))


def _ask(image: Image, sure: float) -> tuple[Boxes, Scores]:
    """Boxes in pixels of `image`, and their chances."""
    canvas, scale = fitted(image, WIDTH, HEIGHT, 127)
    values = np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32)
    chances, corners = run_of(FACES)((values - np.float32(127)) / np.float32(128))
    boxes, scores = decoded(chances[0], corners[0], sure)
    return boxes / np.float32(scale), scores


def decoded(chances: Floats, corners: Floats, sure: float) -> tuple[Boxes, Scores]:
    """The network's answers (4420, 2) and (4420, 4) as boxes in its input's pixels with their chances of a face."""
    faces = chances[:, 1] >= sure
    boxes = corners[faces] * np.array([WIDTH, HEIGHT, WIDTH, HEIGHT], np.float32)
    return boxes.astype(np.float32), chances[faces, 1].astype(np.float32)


def selftest(scene: Scene) -> Result:
    """Whether at least two painted faces are found, and what is called a face is one."""
    height, width = scene.image.shape[:2]
    truth = scene.truth["face"] >= 0.5
    right = 0
    found = detect(scene.image)
    for box in found:
        rows, columns = (
            slice(round(box.top * height), round(box.bottom * height)),
            slice(round(box.left * width), round(box.right * width)),
        )
        right += bool(truth[rows, columns].mean() >= 0.25)
    return Result(
        right >= 2 and right * 2 > len(found),
        f"{right} of {len(found)} finds are painted faces",
        f"{right} des {len(found)} détections sont des visages peints",
    )
