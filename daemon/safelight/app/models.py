"""Optional models: the use cases behind `safelight models`. The only part of Safelight that downloads, and only when told to."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safelight.app.files import Bench
from safelight.app.models_words import say, spoken
from safelight.model.errors import SafelightError
from safelight.stages.models import fetching, places
from safelight.stages.models.entries import HUB, Entry, named
from safelight.stages.models.errors import NotFetched, NotInFolder, Offline
from safelight.stages.models.places import Places
from safelight.stages.models.registry import MODELS
from safelight.stages.models.sizes import readable
from safelight.stages.models.transfer import Net

if TYPE_CHECKING:
    from safelight.app.around import Surroundings
    from safelight.app.learning import Teller

OFFLINE = "HF_HUB_OFFLINE"
TRUE = frozenset({"1", "on", "yes", "true"})
"""What the hub's own library takes for yes."""


@dataclass(frozen=True)
class Shelf:
    """The models there are and where they lie. `also` are folders looked in first (an event's `models/`)."""

    places: Places
    models: Mapping[str, Entry] = field(default_factory=lambda: MODELS)

    @classmethod
    def of(cls, environment: Mapping[str, str], event: Path | None = None) -> Shelf:
        """As the environment and the event say."""
        found = Places.of(environment)
        also = (event / places.EVENT,) if event is not None and (event / places.EVENT).is_dir() else ()
        return cls(Places(found.folder, also, found.hub))

    def entry(self, name: str) -> Entry:
        """The entry; raises UnknownModel with the nearest name."""
        return named(name, self.models)

    def folder(self, name: str) -> Path:
        """Where the model lies; raises UnknownModel, NotFetched."""
        found = self.places.find(self.entry(name))
        if found is None:
            raise NotFetched(model=name)
        return found


def list_models(shelf: Shelf) -> list[dict[str, Any]]:
    """Every model: whether and where it is here, bytes (0: not known), what came so far, use, licence, source."""
    rows = []
    for entry in shelf.models.values():
        folder = shelf.places.find(entry)
        rows.append(
            {
                "name": entry.name, "here": folder is not None, "folder": None if folder is None else str(folder),
                "bytes": entry.bytes, "begun": 0 if folder else fetching.begun(entry, shelf.places),
                "use": {"en": entry.use[0], "fr": entry.use[1]},
                "licence": {"en": entry.licence[0], "fr": entry.licence[1]},
                "source": entry.home, "revision": entry.hub.revision if entry.hub else None,
                "files": [vars(file) for file in entry.files],
            }
        )  # fmt: skip
    return rows


def fetch_model(
    name: str,
    shelf: Shelf,
    environment: Mapping[str, str],
    teller: Teller,
    *,
    source: Path | None = None,
    language: str = "en",
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Bring a model here, from the net or from the folder `source`; says licence, size and source before it begins.

    Raises UnknownModel, Offline, NoNetwork, Refused, BrokenOff, WrongDigest, Unpinned, NoRoom, CannotWrite, NotInFolder,
    BeingFetched.
    """
    entry = shelf.entry(name)
    if source is None and environment.get(OFFLINE, "").casefold() in TRUE:
        raise Offline(model=name)
    size = readable(entry.bytes, language)
    teller.say(say("about", language, name=name, use=spoken(entry.use, language), size=size))
    teller.say(say("licence", language, licence=spoken(entry.licence, language), home=entry.home))
    progress = _Progress(teller, language, clock)
    if source is None:
        net = Net(environment.get("HF_ENDPOINT") or HUB, progress.file, pause)
        made = fetching.from_net(entry, shelf.places, net)
    else:
        if not source.is_dir():
            files = ", ".join(file.name for file in entry.files)
            raise NotInFolder(folder=source, model=name, files=files, home=entry.home)
        made = fetching.from_folder(entry, shelf.places, source, progress.file)
    return {"name": name, "folder": str(made.folder), "bytes": made.bytes, "unproven": list(made.unproven)}


def remove_model(name: str, shelf: Shelf) -> dict[str, Any]:
    """Take a fetched model away. Raises UnknownModel, NotFetched, CannotWrite. Other places are told, not touched."""
    entry = shelf.entry(name)
    freed = fetching.remove(entry, shelf.places)
    left = shelf.places.find(entry)
    if not freed and left is None:
        raise NotFetched(model=name)
    return {"name": name, "bytes": freed, "left": None if left is None else str(left)}


def selftest_models(
    around: Surroundings, shelf: Shelf, name: str | None, teller: Teller, language: str = "en"
) -> list[dict[str, Any]]:
    """Pass or fail of one model, or of all that are here, on a scene painted now. Raises UnknownModel, NotFetched."""
    wanted = [name] if name is not None else [row["name"] for row in list_models(shelf) if row["here"]]
    for each in wanted:
        shelf.folder(each)
    rows = []
    with Bench(around) as bench:
        inputs = _scene(bench) if wanted else {}
        for each in wanted:
            teller.line(say("testing", language, name=each))
            try:
                told = bench.do("selftest", inputs, name=each)["facts"]
            except SafelightError as fault:
                told = {"passed": False, "en": fault.say("en"), "fr": fault.say("fr")}
            rows.append({"name": each, **told})
    return rows


def _scene(bench: Bench) -> dict[str, str]:
    """A scene of our own painting, and its truth, as inputs of a job."""
    from safelight.learn.scenes import Scene, paint
    from safelight.pictures import encode

    painted = paint(Scene(SCENE, VARIANT), (1200, 800), seed=7)
    inputs = {"image": str(bench.store.put(encode.png(painted.image)))}
    for concept, mask in painted.masks.items():
        inputs[f"mask_{concept}"] = str(bench.store.put(encode.mask_png(mask.astype("float32"))))
    return inputs


SCENE, VARIANT = "spectators", 0
"""The scene painted for self-tests: a car, boards, and five people whose faces are seen."""


class _Progress:
    """Puts the coming of files into a line: how much of which, and how long it will take."""

    def __init__(self, teller: Teller, language: str, clock: Callable[[], float]) -> None:
        self._teller, self._language, self._clock = teller, language, clock
        self._file, self._start, self._first, self._told = "", 0.0, 0, 0.0

    def file(self, file: str, done: int, total: int) -> None:
        """`done` of `total` bytes of this file are here."""
        now = self._clock()
        if file != self._file:
            self._file, self._start, self._first, self._told = file, now, done, float("-inf")
        if done < total and now - self._told < 0.2:
            return
        self._told = now
        spent, came = now - self._start, done - self._first
        left = round(spent / came * (total - done)) if came > 0 and total else None
        told = {"file": file, "done": readable(done, self._language), "total": readable(total, self._language)}
        self._teller.line(say("coming" if left is None else "left", self._language, **told, seconds=left))
