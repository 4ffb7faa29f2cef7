"""Arithmetic of boxes that all detectors share: fitting a picture into a network's input, tiles, suppression. Pure.

Boxes are float32 arrays (n, 4): left, top, right, bottom in pixels of the picture, origin top left.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from safelight.model.signals import Box
from safelight.stages.base import Image

Boxes = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float32]
Window = tuple[int, int, int, int]
"""left, top, right, bottom in pixels, the last two excluded."""
LEAST = 32
"""Pixels of the shorter side for each part a picture is looked at in."""


def box_of(kind: str, sides: npt.NDArray[np.float32], score: float) -> Box:
    """A box (4,) in shares of the picture as a value of the model, its sides within the picture."""
    left, top, right, bottom = (min(1.0, max(0.0, float(value))) for value in sides)
    return Box(kind, left, top, right, bottom, round(float(score), 4))


def fitted(image: Image, width: int, height: int, grey: int) -> tuple[Image, float]:
    """The picture at the top left of a `grey` canvas of this size, as large as fits; and how much smaller it became."""
    scale = min(width / image.shape[1], height / image.shape[0])
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas = np.full((height, width, 3), grey, np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(image, size, interpolation=way)
    return canvas, scale


def grid(width: int, height: int, strides: tuple[int, ...]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """For a network with these strides: the corner (n, 2) of every cell counted in cells, and its stride (n, 1)."""
    corners, steps = [], []
    for stride in strides:
        rows, columns = height // stride, width // stride
        y, x = np.mgrid[:rows, :columns]
        corners.append(np.stack([x, y], axis=-1).reshape(-1, 2))
        steps.append(np.full((rows * columns, 1), stride))
    return np.concatenate(corners).astype(np.float32), np.concatenate(steps).astype(np.float32)


def overlaps(box: Boxes, others: Boxes) -> npt.NDArray[np.float32]:
    """(n,) IoU of one box (4,) with each of the others, 0–1."""
    near, far = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.clip(far - near, 0, None).prod(axis=1)
    areas = np.clip(others[:, 2:] - others[:, :2], 0, None).prod(axis=1)
    own = np.clip(box[2:] - box[:2], 0, None).prod()
    iou: npt.NDArray[np.float32] = (shared / np.maximum(own + areas - shared, 1e-9)).astype(np.float32)
    return iou


def suppress(boxes: Boxes, scores: Scores, most: float, inside: float = 2.0) -> list[int]:
    """The boxes to keep, best first: each drops the worse ones that overlap it by more than `most` (IoU).

    A worse box of which more than the share `inside` lies in a better one goes too (2 keeps all): tiles see parts of things.
    Equal scores keep their order.
    """
    left = list(np.argsort(-scores, kind="stable"))
    kept: list[int] = []
    while left:
        best = int(left.pop(0))
        kept.append(best)
        if not left:
            break
        rest = boxes[left]
        drop = (overlaps(boxes[best], rest) > most) | (_inside(rest, boxes[best]) > inside)
        left = [index for index, gone in zip(left, drop, strict=True) if not gone]
    return kept


def _inside(boxes: Boxes, outer: Boxes) -> npt.NDArray[np.float32]:
    """(n,) the share of each box that lies in `outer`, 0–1."""
    near, far = np.maximum(outer[:2], boxes[:, :2]), np.minimum(outer[2:], boxes[:, 2:])
    shared = np.clip(far - near, 0, None).prod(axis=1)
    areas = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1)
    share: npt.NDArray[np.float32] = (shared / np.maximum(areas, 1e-9)).astype(np.float32)
    return share


def windows(width: int, height: int, parts: int, shared: float = 0.25) -> Iterator[Window]:
    """`parts` x `parts` windows over a picture, each sharing the part `shared` of its side with its neighbour.

    One part is the whole picture. What lies across a border lies whole in a neighbour if it is smaller than what is shared.
    A picture too small to be looked at in parts has none.
    """
    if parts > 1 and min(width, height) < parts * LEAST:
        return
    for top, bottom in _spans(height, parts, shared):
        for left, right in _spans(width, parts, shared):
            yield left, top, right, bottom


def _spans(length: int, parts: int, shared: float) -> Iterator[tuple[int, int]]:
    side = length / (parts - (parts - 1) * shared)
    for part in range(parts):
        start = part * side * (1 - shared)
        yield round(start), min(length, round(start + side))
