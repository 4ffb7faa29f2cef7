"""What is where in a picture: chances of eight classes at reduced size from the shipped network.

`regions(image)` is asked by look and by the mask backends; the last answer is kept, so that one picture costs one run
of the network per process. It runs on one thread whatever the caller set: sums in another order would be other bytes.
Model card: docs/models/regions.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from safelight.model.signals import Box
from safelight.stages.base import Image, check_image
from safelight.stages.networks import weights
from safelight.stages.networks.packing import filled

if TYPE_CHECKING:
    from safelight.stages.networks.segmenters.squeeze import Squeeze

CLASSES = ("other", "car", "person", "sign", "road", "sky", "vegetation", "building")
"""Channel order of the network. `car` is any motor vehicle, `sign` traffic signs and posts, `road` all paved ground."""

WEIGHTS = weights.WeightFile("regions.safetensors", "06372fbf427ed64ef3825d279970293a443271696358a87ab9ee17dca1063bfa")

ARCHITECTURE, WIDTH = "squeeze", 32
"""See stages.networks.segmenters."""
LONGEST = 256
"""The network sees the picture with this many pixels on the longest side: of 256, 320 and 416 it did best on the
validation pictures."""

SMALLEST_SHARE = 0.0008
"""A connected piece covering less of the picture is taken for noise."""

Chances = npt.NDArray[np.float32]
Row = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Regions:
    """`chances`: (8, h, w) float32 summing to 1 over the classes, LONGEST px on the longest side, origin top left.

    `seen`: (512,) float32 from 0 up, the mean over the picture and its mirror image of what the encoder's last layer answers:
    no class, but what tells one kind of scene from another.
    """

    chances: Chances
    seen: Row = field(default_factory=lambda: np.zeros(0, np.float32))

    def chance(self, kind: str) -> npt.NDArray[np.float32]:
        """(h, w) float32 in 0-1: how likely `kind` (one of CLASSES) is at each place."""
        chance: npt.NDArray[np.float32] = self.chances[CLASSES.index(kind)]
        return chance

    def likeliest(self, kind: str) -> npt.NDArray[np.bool_]:
        """(h, w) bool: where `kind` is the likeliest class."""
        found: npt.NDArray[np.bool_] = self.chances.argmax(0) == CLASSES.index(kind)
        return found

    def share(self, kind: str) -> float:
        """The part of the picture, 0-1, where `kind` is the likeliest class."""
        return float(self.likeliest(kind).mean())


def unavailable() -> str | None:
    """Why the network cannot be used here, or None; loads nothing."""
    return WEIGHTS.missing()


def regions(image: Image) -> Regions:
    """The chances of every class in `image`; raises BackendUnavailable where the weights are absent or changed."""
    check_image(image)
    height, width = image.shape[:2]
    scale = LONGEST / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    global _last
    digest = hashlib.sha256(small.tobytes()).digest()
    if _last is None or _last[0] != digest:
        _last = digest, Regions(*_run(small))
    return _last[1]


_last: tuple[bytes, Regions] | None = None
"""What the network saw last (digest of its input) and its answer."""


def _run(pixels: Image) -> tuple[Chances, Row]:
    """The mean of the answers to the picture and to its mirror image, (8, h, w), and of what the encoder saw, (512,)."""
    from safelight.stages.networks.segmenters.predict import seen

    net = _network()
    rows: list[Row] = []
    watched = net.encoder[-1].register_forward_hook(
        lambda _layer, _given, maps: rows.append(maps.mean((0, 2, 3)).numpy())
    )
    try:
        with _one_thread():
            mean = np.ascontiguousarray(seen(net, pixels, mirror=True))
    finally:
        watched.remove()
    row: Row = np.asarray(np.mean(rows, 0, dtype=np.float32))
    mean.flags.writeable = row.flags.writeable = False  # shared by all who ask
    return mean, row


@cache
def _network() -> Squeeze:
    import torch

    from safelight.stages.networks.segmenters import build
    from safelight.stages.networks.segmenters.squeeze import Squeeze

    with torch.random.fork_rng(devices=[]):
        net = build(ARCHITECTURE, len(CLASSES), WIDTH)
    if not isinstance(net, Squeeze) or not filled(net, weights.load(WEIGHTS)):
        raise ValueError(f"{WEIGHTS.name} belongs to another network")
    net.eval().to(memory_format=torch.channels_last)
    return net


@contextmanager
def _one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


# --- pieces ------------------------------------------------------------------------------------------------------


def boxes(found: Regions, kind: str) -> tuple[Box, ...]:
    """The connected pieces of `kind`, largest first; `score` is the mean chance inside the piece."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats(found.likeliest(kind).astype(np.uint8), connectivity=8)
    chance = found.chance(kind)
    height, width = chance.shape
    pieces = []
    for index in range(1, count):
        left, top, across, down, area = (int(value) for value in stats[index])
        if area < SMALLEST_SHARE * chance.size:
            continue
        score = float(chance[parts == index].mean())
        right, bottom = (left + across) / width, (top + down) / height
        pieces.append((area, Box(kind, left / width, top / height, right, bottom, score)))
    return tuple(box for _, box in sorted(pieces, key=lambda piece: -piece[0]))


def prominence(box: Box) -> float:
    """How much the picture is about this thing: large, sure, central. The main car is the one with the most."""
    area = (box.right - box.left) * (box.bottom - box.top)
    off = max(abs(box.left + box.right - 1), abs(box.top + box.bottom - 1))
    return area * box.score * (1 - 0.5 * off)
