"""What the desk asks for: uploaded pictures segmented, and labelled pictures of datasets looked at.

Everything that decodes or runs a network happens in a lane's child; this side handles bytes and facts. Each call has a
folder of its own in a temporary place, gone when it returns, so that nothing of an upload stays. Calls block until
done and may come from several threads; whoever bounds their number does that before.
"""

from __future__ import annotations

import base64
import contextlib
import io
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from safelight.app.around import Surroundings
from safelight.model.errors import SafelightError, UsageError
from safelight.model.kinds import category_of
from safelight.stages.networks.segmenters.files import read_about
from safelight.store import Store
from safelight.workers.labelled_errors import DataTrouble, NoSuchPicture
from safelight.workers.lanes import Bounds, Lanes

PIXELS = 100_000_000
"""The largest picture taken, in pixels: beyond the largest cameras, well below what a child may hold."""
BOUNDS = Bounds(seconds=120.0, memory=3_000_000_000)
"""What one job may take: a picture of the largest size takes far less of both."""
_DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNoaGgAAAMEAYFL09IQAAAAAElFTkSuQmCC")
"""A picture of one grey pixel."""
FORMATS = ("auto", "camvid", "cityscapes", "via", "coco", "folders")


@dataclass(frozen=True)
class Place:
    """A dataset shown at the desk: its name in addresses, its folder, its format (`auto` looks)."""

    name: str
    folder: Path
    format: str = "auto"

    @staticmethod
    def parse(text: str) -> Place:
        """`NAME=DIR` or `NAME=DIR:FORMAT`; raises UsageError."""
        name, sign, rest = text.partition("=")
        if not sign or not rest or not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,40}", name):
            raise UsageError(
                reason=f"“{text}” is no dataset: say NAME=FOLDER or NAME=FOLDER:FORMAT, the name in small letters."
            )
        folder, _, last = rest.rpartition(":")
        if folder and last in FORMATS:
            return Place(name, Path(folder), last)
        return Place(name, Path(rest))


class NoSuchData(UsageError):
    """A dataset that the desk was not started with."""

    code = "no_such_dataset"
    en, fr = "There is no dataset “{name}” here.", "Il n’y a pas de jeu de données « {name} » ici."
    do_en, do_fr = "/api/datasets lists them.", "/api/datasets en donne la liste."


@dataclass(frozen=True)
class Made:
    """What a job came to: files by role, and facts that are plain JSON values."""

    files: Mapping[str, bytes]
    facts: Mapping[str, Any]
    seconds: float = 0.0


@dataclass
class Studio:
    """Lanes and datasets of one desk. Use as a context.

    `network` is a file that `safelight train segmenter` wrote, None the shipped network.
    Lists, pictures and true masks have a lane of their own that never loads a network: they come at once while a network works.
    """

    around: Surroundings
    places: Sequence[Place] = ()
    lanes: int = 1
    network: Path | None = None
    log: Path | None = None
    bounds: Bounds = BOUNDS
    pixels: int = PIXELS
    _folder: Path = field(init=False)
    _lanes: Lanes = field(init=False)
    _reader: Lanes = field(init=False)
    _warmed: bool = field(default=False, init=False)
    _slots: list[Path] = field(default_factory=list, init=False)
    _made: int = field(default=0, init=False)
    _guard: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __enter__(self) -> Studio:
        """Raises BadWeights where the network's file is none."""
        self.comparable()
        self._folder = Path(tempfile.mkdtemp(prefix="safelight-desk-"))
        threads = max(1, self.around.processors // self.lanes)
        self._lanes = Lanes(self._folder / "store", self.lanes, threads, self.log, self.bounds)
        self._reader = Lanes(self._folder / "store", 1, 1, self.log, self.bounds)
        return self

    def __exit__(self, *_: object) -> None:
        self._lanes.close()
        self._reader.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def segment(self, picture: IO[bytes], *, categories: bool, views: Sequence[str] = ()) -> Made:
        """`labels` (indexed PNG), the `views` asked for (overlay, preview: JPEG), and the areas of the classes in percent.

        Raises PictureError for what is no picture or too large, BackendUnavailable, WorkerLost, WorkersBroken, DiskFull.
        """
        params = {"categories": categories, "views": list(views), "pixels": self.pixels, "network": self._network()}
        return self._do("segment", params, picture)

    def comparable(self) -> bool:
        """Whether every class of the network belongs to one of the eight categories; raises BadWeights."""
        if self.network is None:
            return True
        return all(category_of(name) for name in read_about(self.network).classes)

    def warm(self) -> None:
        """Have the network loaded before somebody waits for it; the first call only. Never raises."""
        with self._guard:
            warmed, self._warmed = self._warmed, True
        if not warmed:
            with contextlib.suppress(SafelightError, CancelledError):
                self.segment(io.BytesIO(_DOT), categories=True)

    def place(self, name: str) -> Place:
        """The dataset of this name; raises NoSuchData."""
        for place in self.places:
            if place.name == name:
                return place
        raise NoSuchData(name=name)

    def images(self, name: str, split: str = "") -> Made:
        """Facts: title, splits, split, classes, ids. Raises NoSuchData, DataTrouble."""
        return self._look("list", name, split)

    def image(self, name: str, split: str, sample: str, size: int = 0) -> Made:
        """`image` (JPEG, no longer than `size` pixels; 0: as it is). Raises NoSuchData, NoSuchPicture, DataTrouble."""
        return self._look("image", name, split, sample, size=size)

    def mask(self, name: str, split: str, sample: str, *, categories: bool) -> Made:
        """`labels` (indexed PNG) as people drew them, and the areas. Errors as `image`."""
        return self._look("mask", name, split, sample, categories=categories)

    def prediction(self, name: str, split: str, sample: str, *, categories: bool) -> Made:
        """`labels` as the network finds them, areas, and `compared` with the true mask. Errors as `image` and `segment`."""
        return self._look("prediction", name, split, sample, categories=categories, network=self._network())

    def _network(self) -> str:
        return "" if self.network is None else str(self.network.absolute())

    def _look(self, op: str, name: str, split: str, sample: str | None = None, **more: Any) -> Made:
        place = self.place(name)
        params = {
            "op": op,
            "name": name,
            "folder": str(place.folder.absolute()),
            "format": place.format,
            "split": split,
            **more,
        }
        return self._do("labelled", params if sample is None else {**params, "id": sample})

    def _do(self, stage: str, params: Mapping[str, Any], picture: IO[bytes] | None = None) -> Made:
        """One job in a folder of its own."""
        lanes = self._reader if stage == "labelled" and params["op"] != "prediction" else self._lanes
        with self._slot() as folder:
            scratch = Store(folder)
            inputs = {} if picture is None else {"image": scratch.put(picture.read())}
            job = {"stage": stage, "inputs": inputs, "params": dict(params), "scratch": str(scratch.root)}
            answer = lanes.submit(job).result()
            files = {role: scratch.get(name) for role, name in answer.product["outputs"].items()}
            return Made(files, answer.product["facts"], answer.seconds)

    @contextmanager
    def _slot(self) -> Iterator[Path]:
        """A folder nobody else has, empty again afterwards: two uploads of the same bytes do not tread on each other.

        Names are used again, since stores remember for ever which folders they made.
        """
        with self._guard:
            slot = self._slots.pop() if self._slots else None
            if slot is None:
                self._made += 1
                slot = self._folder / f"slot-{self._made}"
        try:
            yield slot
        finally:
            shutil.rmtree(slot, ignore_errors=True)
            with self._guard:
                self._slots.append(slot)


__all__ = ["DataTrouble", "Made", "NoSuchData", "NoSuchPicture", "Place", "Studio"]
