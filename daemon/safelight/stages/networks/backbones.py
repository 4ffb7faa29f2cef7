"""Pretrained networks as eyes: by name, from files somebody has, a picture becomes a row of numbers.

Names are those of torchvision (`squeezenet1_1`, `vgg16`, `resnet18` …) and `clip` (the image tower of a CLIP folder, through
transformers). Nothing is downloaded. Files are looked for in `models/NAME/` of the event and of the cache; a file is read
only when its SHA-256 is known: torchvision tells the first digits of its own files, others are listed in `bodies`.
Pickled files are read as weights only, so that no code runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from safelight.model.errors import BackendUnavailable
from safelight.pictures.formats import Image
from safelight.stages.machine import torch_threads
from safelight.stages.models.places import here, sha256_of

if TYPE_CHECKING:
    from torch import nn

Row = npt.NDArray[np.float32]

VIEW = (320, 224)
"""(width, height) in pixels at which a picture is shown to a backbone, stretched: sorting must see all of it."""
CLIP_VIEW = (224, 224)
SQUEEZE = "squeezenet1_1"


@dataclass(frozen=True)
class Source:
    """The weights of a backbone: its name and the file, or for `clip` the folder."""

    name: str
    path: Path

    @property
    def file(self) -> Path:
        """The file whose digest counts."""
        return self.path / "model.safetensors" if self.name == "clip" else self.path


def find(name: str) -> Source | None:
    """The weights of `name` on this machine, or None; looks at names only."""
    places = here()
    for root in (*places.also, places.folder):
        folder = root / name
        if name == "clip" and (folder / "config.json").is_file() and (folder / "model.safetensors").is_file():
            return Source(name, folder)
        files = sorted(folder.glob("*.pth")) if name != "clip" and folder.is_dir() else []
        if files:
            return Source(name, files[0])
    return None


def missing(name: str) -> str | None:
    """Why the backbone cannot be used here (a clause for people), or None; opens nothing."""
    if find(name) is not None:
        return None
    return f"the weights of {name} are not on this machine: put their file into {here().folder / name}"


def body(source: Source) -> nn.Module:
    """The network without its classifier: (N, 3, H, W) in 0–1 gives maps (N, channels, h, w). Kept while its file stays.

    Raises BackendUnavailable for a name nobody knows and for a file that is absent, changed or of another network.
    """
    return _body(source, _stamp(source))


def fingerprint(source: Source) -> str:
    """SHA-256 of the weights; raises BackendUnavailable where they are absent."""
    return _digest(source, _stamp(source))


def features(source: Source, image: Image) -> Row:
    """(channels,) float32: the pooled answer to `image` (height, width, 3 uint8 sRGB), mean of it and its mirror image."""
    import torch

    small = cv2.resize(image, CLIP_VIEW if source.name == "clip" else VIEW, interpolation=cv2.INTER_AREA)
    views = np.stack([small, small[:, ::-1]]).astype(np.float32) / 255
    with torch.inference_mode(), torch_threads(1):  # sums in one order everywhere
        maps = body(source)(torch.from_numpy(views).permute(0, 3, 1, 2).contiguous())
        row: Row = maps.mean((0, 2, 3)).numpy().astype(np.float32)
    return row


def _stamp(source: Source) -> tuple[int, int]:
    try:
        found = source.file.stat()
    except OSError:
        raise BackendUnavailable(backend=source.name, reason=f"there is no file {source.file}") from None
    return found.st_size, found.st_mtime_ns


@lru_cache(maxsize=4)
def _digest(source: Source, stamp: tuple[int, int]) -> str:
    del stamp
    return sha256_of(source.file)


@lru_cache(maxsize=2)
def _body(source: Source, stamp: tuple[int, int]) -> nn.Module:
    from safelight.stages.networks import bodies

    if source.name == "clip":
        return bodies.clip(source.path)
    return bodies.filled(source.name, source.path, _digest(source, stamp))
