"""What an optional model is: its files with their digests, its licence, its source, what it is for. Pure values.

A file is pinned: by its SHA-256, or, where that is not known, by a hub repository at one commit whose server tells the
digest when the file is fetched. Anything less is no entry: `Entry` refuses it when the program starts.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from safelight.stages.models.errors import UnknownModel

HUB = "https://huggingface.co"
"""The hub's address where the environment names no other (`HF_ENDPOINT`)."""

Words = tuple[str, str]
"""The same sentence in English and in French."""

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class File:
    """One file: its path below the model's folder, its bytes (0: the server says), its SHA-256 ("": the server says).

    `url` is where a file comes from that is in no hub repository.
    """

    name: str
    bytes: int = 0
    sha256: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        path = PurePosixPath(self.name)
        if path.is_absolute() or ".." in path.parts or not path.parts or self.name.startswith("."):
            raise ValueError(f"not a path below a folder: {self.name!r}")
        if self.sha256 and not _SHA256.fullmatch(self.sha256):
            raise ValueError(f"not a SHA-256: {self.sha256!r}")
        if self.bytes < 0 or (self.url and not self.sha256):
            raise ValueError(f"{self.name}: a file from a web address needs its digest")


@dataclass(frozen=True)
class Hub:
    """A repository of the hub at one commit, never at a branch that moves."""

    repository: str
    revision: str

    def __post_init__(self) -> None:
        if not _COMMIT.fullmatch(self.revision):
            raise ValueError(f"{self.repository}: not a commit: {self.revision!r}")


@dataclass(frozen=True)
class Entry:
    """An optional model. `check` names the function of its self-test (`module:function`), or is empty."""

    name: str
    use: Words
    licence: Words
    home: str
    """A page where people read about it."""
    files: tuple[File, ...]
    hub: Hub | None = None
    check: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", self.name) or not self.files:
            raise ValueError(f"not a name, or no files: {self.name!r}")
        if len({file.name for file in self.files}) != len(self.files):
            raise ValueError(f"{self.name}: a file stands there twice")
        if any(not file.url for file in self.files) and self.hub is None:
            raise ValueError(f"{self.name}: nothing says where its files come from")

    @property
    def bytes(self) -> int:
        """Bytes of the files whose size is known."""
        return sum(file.bytes for file in self.files)

    @property
    def fingerprint(self) -> str:
        """Digest of what this model is: its file's own where there is one file, else of all names and digests."""
        if len(self.files) == 1 and self.files[0].sha256:
            return self.files[0].sha256
        revision = self.hub.revision if self.hub else ""
        told = "\n".join(f"{file.sha256 or revision} {file.name}" for file in self.files)
        return hashlib.sha256(told.encode()).hexdigest()

    def address(self, file: File, endpoint: str = HUB) -> str:
        """Where `file` is fetched from."""
        if file.url:
            return file.url
        assert self.hub is not None
        return f"{endpoint.rstrip('/')}/{self.hub.repository}/resolve/{self.hub.revision}/{quote(file.name)}"


def table(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Name → entry, in the order given; raises ValueError for a name that stands there twice."""
    known: dict[str, Entry] = {}
    for entry in entries:
        if known.setdefault(entry.name, entry) is not entry:
            raise ValueError(f"two models are called {entry.name}")
    return known


def named(name: str, known: Mapping[str, Entry]) -> Entry:
    """The entry of this name; raises UnknownModel, which tells the names there are, the nearest first."""
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name.casefold(), list(known), n=1, cutoff=0.5)
    rest = [other for other in known if other not in near]
    raise UnknownModel(name=name, known=", ".join([*near, *rest]))
