"""Where optional models lie, and whether the bytes there are the ones meant. Never fetches.

Looked in, in this order: the event's own `models/NAME/`, the cache's `models/NAME/` (where `fetch` puts them), the hub's
cache at the pinned commit. A file is believed when its SHA-256 was compared; for large ones the comparison is remembered
with size and time of the file, so that a start does not read gigabytes again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from safelight.files import cache_folder, write_through
from safelight.model.errors import BackendUnavailable
from safelight.stages.models.entries import Entry, File

LEDGER = ".checked.json"
"""In the folder of models: path → [bytes, mtime in ns, SHA-256] of files whose digest was compared."""
EVENT = "models"
"""The folder of an event in which models may lie that were brought by hand."""
CHUNK = 1 << 20


@dataclass(frozen=True)
class Places:
    """`folder` is where `fetch` puts models; `also` are looked in first; `hub` is the hub's own cache."""

    folder: Path
    also: tuple[Path, ...] = ()
    hub: Path | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Places:
        """From the environment: the cache's `models/` and the hub's cache (`HF_HUB_CACHE`, `HF_HOME`)."""
        home = environment.get("HF_HOME") or str(
            Path(environment.get("XDG_CACHE_HOME") or _home_cache()) / "huggingface"
        )
        hub = environment.get("HF_HUB_CACHE") or str(Path(home) / "hub")
        return cls(cache_folder(environment) / "models", (), Path(hub).expanduser())

    def candidates(self, entry: Entry) -> list[Path]:
        """The folders in which the model may lie, best first."""
        folders = [root / entry.name for root in (*self.also, self.folder)]
        if self.hub is not None and entry.hub is not None:
            name = "models--" + entry.hub.repository.replace("/", "--")
            folders.append(self.hub / name / "snapshots" / entry.hub.revision)
        return folders

    def find(self, entry: Entry) -> Path | None:
        """The folder in which all files are, with their sizes; None where there is none. Opens nothing."""
        return next((folder for folder in self.candidates(entry) if complete(folder, entry)), None)


def _home_cache() -> Path:
    return Path.home() / ".cache"


def complete(folder: Path, entry: Entry) -> bool:
    """Whether every file of the model is in `folder`, with its size where that is known."""
    return all(there(folder / file.name, file) for file in entry.files)


def there(path: Path, file: File) -> bool:
    """Whether `path` is a file of the right size; its bytes are not looked at."""
    size = _size(path)
    return size == file.bytes if file.bytes else size > 0


def _size(path: Path) -> int:
    """Bytes of a regular file, -1 where there is none."""
    try:
        return path.stat().st_size if path.is_file() else -1
    except OSError:
        return -1


# --- what backends ask -------------------------------------------------------------------------------------------

_here: Places | None = None


def here() -> Places:
    """The places of this process: as `use` said, else from its environment."""
    return _here if _here is not None else Places.of(os.environ)


def use(places: Places | None) -> None:
    """From now on look there; None goes back to the environment."""
    global _here
    _here = places


def look_also_in(folder: Path) -> None:
    """Look in this folder first (an event's `models/`)."""
    places = here()
    if folder not in places.also:
        use(replace(places, also=(folder, *places.also)))


def missing(entry: Entry) -> str | None:
    """Why the model cannot be used here (a clause for people), or None; opens nothing."""
    if here().find(entry) is not None:
        return None
    return f"its weights are not here: `safelight models fetch {entry.name}`"


def opened(entry: Entry) -> Path:
    """The folder of the model, every known digest compared; raises BackendUnavailable (absent, changed)."""
    folder = here().find(entry)
    if folder is None:
        raise BackendUnavailable(backend=entry.name, reason=missing(entry))
    ledger = Ledger(here().folder)
    for file in entry.files:
        if file.sha256 and ledger.sha256(folder / file.name) != file.sha256:
            raise _changed(entry, folder / file.name)
    return folder


def read(entry: Entry, name: str = "") -> bytes:
    """The bytes of one (small) file of the model, compared with its digest; raises BackendUnavailable."""
    folder = here().find(entry)
    if folder is None:
        raise BackendUnavailable(backend=entry.name, reason=missing(entry))
    file = next(file for file in entry.files if file.name == (name or entry.files[0].name))
    data = (folder / file.name).read_bytes()
    if file.sha256 and hashlib.sha256(data).hexdigest() != file.sha256:
        raise _changed(entry, folder / file.name)
    return data


def _changed(entry: Entry, path: Path) -> BackendUnavailable:
    reason = f"its files cannot be used (other bytes than meant in {path}): `safelight models fetch {entry.name}`"
    return BackendUnavailable(backend=entry.name, reason=reason)


# --- digests, remembered -----------------------------------------------------------------------------------------


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


class Ledger:
    """Remembers digests by path, size and time. A file that was written since is hashed again."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LEDGER

    def sha256(self, path: Path) -> str:
        """The SHA-256 of `path`, from memory where size and time are those of before."""
        now = os.stat(path)
        mark = [now.st_size, now.st_mtime_ns]
        known = self._known().get(str(path))
        if isinstance(known, list) and known[:2] == mark and len(known) == 3:
            return str(known[2])
        found = sha256_of(path)
        self._keep(str(path), [*mark, found])
        return found

    def remember(self, path: Path, sha256: str) -> None:
        """A digest that was just computed of the bytes in `path`."""
        now = os.stat(path)
        self._keep(str(path), [now.st_size, now.st_mtime_ns, sha256])

    def _known(self) -> dict[str, object]:
        try:
            told = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def _keep(self, path: str, mark: list[object]) -> None:
        """Best effort: a place that cannot be written only costs the time of hashing again."""
        known = {**self._known(), path: mark}
        with contextlib.suppress(OSError):
            write_through(self._path, json.dumps(known).encode())
