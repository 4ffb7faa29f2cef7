"""What stands in the rules folder, believed only once it has stood still: content counts, never names of editors.

Every way of saving (in place, by temporary file and rename, with a moment in which the file is gone, half-written,
locked) looks the same here: a content is believed when two looks at least `steady` seconds apart saw it, and a file is
believed gone when it stayed away for `gone` seconds. A file that cannot be read, a folder that cannot be listed or has
lost everything at once says nothing: what is in force stays. `next_belief` (pure) decides, `RuleFolder` reads.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from safelight.model.digests import ObjectId, object_id
from safelight.model.errors import SafelightError
from safelight.reconcile.event import Event
from safelight.reconcile.rules import LARGEST, style_files
from safelight.rulebook.compile import file_key

GONE = ""
UNREADABLE = None
Sight = str | None
"""What one look saw of a file: the SHA-256 of its content, GONE, or UNREADABLE."""


@dataclass(frozen=True)
class Belief:
    """What is held true of a file (its digest, or GONE), and what was seen instead since a moment (monotonic seconds)."""

    holds: str = GONE
    waits: str | None = None
    since: float = 0.0


def next_belief(belief: Belief, sight: Sight, now: float, steady: float, gone: float) -> Belief:
    """What to believe after another look. `steady` and `gone` in seconds."""
    if sight is UNREADABLE:
        return Belief(belief.holds) if belief.waits == GONE else belief
    if sight == belief.holds:
        return Belief(belief.holds)
    if sight != belief.waits:
        return Belief(belief.holds, sight, now)
    return Belief(sight) if now - belief.since >= (gone if sight == GONE else steady) else belief


@dataclass
class RuleFolder:
    """The memory between two looks. `files` are the believed rule files, `styles` the believed pictures by file name.

    `known` is what the ledger accepted last: believed until the first look, so that a file missing at the start is given
    the same time to come back as any other. `keep` puts a style's bytes into the store.
    """

    event: Event
    known: Mapping[str, bytes]
    keep: Callable[[Path], ObjectId]
    files: dict[str, bytes] = field(default_factory=dict)
    styles: dict[str, ObjectId] = field(default_factory=dict)
    twins: dict[str, list[str]] = field(default_factory=dict)
    lost: bool = False
    unreadable: set[str] = field(default_factory=set)
    _beliefs: dict[str, Belief] = field(default_factory=dict)
    _marks: dict[str, tuple[tuple[object, ...], str]] = field(default_factory=dict)
    _looked: bool = False

    def __post_init__(self) -> None:
        for key, data in self.known.items():
            self._beliefs[key] = Belief(object_id(data))
            self.files[key] = data

    def look(self, now: float, steady: float, gone: float) -> bool:
        """Look once; True when something to believe changed. `lost` tells that the folder says nothing at the moment."""
        try:
            places = dict(self._places())
        except OSError:
            self.lost = True
            return False
        held = [key for key, belief in self._beliefs.items() if belief.holds != GONE and not _is_style(key)]
        self.lost = len(held) > 1 and not any(key in places for key in held)
        if self.lost:
            return False
        changed = False
        self.unreadable.clear()
        for key in sorted({*places, *self._beliefs}):
            changed |= self._one(key, places.get(key), now, 0.0 if not self._looked else steady, gone)
        self._looked = True
        return changed

    def waiting(self) -> bool:
        """Whether something was seen that is not believed yet."""
        return any(belief.waits is not None for belief in self._beliefs.values())

    def missing(self) -> Iterator[tuple[str, float]]:
        """Rule files that are away and still in force, and since when."""
        for key, belief in self._beliefs.items():
            if belief.waits == GONE and not _is_style(key):
                yield key, belief.since

    def _places(self) -> Iterator[tuple[str, Path]]:
        """Key → file. Of two files that mean the same the one with the plain name counts. Raises OSError."""
        rules = self.event.rules
        found: dict[str, list[str]] = {}
        for name in sorted(os.listdir(rules), key=lambda name: (name.casefold() != file_key(name), name)):
            key = file_key(name)
            if key is not None:
                found.setdefault(key, []).append(name)
        self.twins = found
        yield from ((key, rules / names[0]) for key, names in found.items())
        for path in style_files(rules / "styles"):
            yield f"styles/{path.name}", path

    def _one(self, key: str, path: Path | None, now: float, steady: float, gone: float) -> bool:
        before = self._beliefs.get(key, Belief())
        sight, data = (GONE, b"") if path is None else self._sight(key, path, pending=before.waits is not None)
        if sight is UNREADABLE:
            self.unreadable.add(key)
        after = next_belief(before, sight, now, steady, gone)
        if steady == 0.0 and after.waits not in {None, GONE}:
            after = Belief(str(after.waits))
        if after.holds != before.holds and not self._take(key, path, after.holds, data):
            after = before
        self._beliefs[key] = after
        return after.holds != before.holds

    def _sight(self, key: str, path: Path, *, pending: bool) -> tuple[Sight, bytes]:
        """Opened before it is believed (a share may answer `stat` from its memory); read again only if it may differ."""
        try:
            with path.open("rb") as file:
                stat = os.fstat(file.fileno())
                mark = (path.name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
                known = self._marks.get(key)
                if known is not None and known[0] == mark and not pending:
                    return known[1], b""
                if _is_style(key):
                    digest, data = hashlib.file_digest(file, "sha256").hexdigest(), b""
                else:
                    data = file.read(LARGEST)
                    digest = object_id(data)
        except FileNotFoundError:
            return GONE, b""
        except OSError:
            return UNREADABLE, b""
        self._marks[key] = (mark, digest)
        return digest, data

    def _take(self, key: str, path: Path | None, digest: str, data: bytes) -> bool:
        """Bring the believed content in; False when it changed under our eyes (then the next look sees)."""
        if not _is_style(key):
            if digest == GONE:
                self.files.pop(key, None)
            elif object_id(data) == digest:
                self.files[key] = data
            else:
                self._marks.pop(key, None)
                return False
            return True
        name = key.partition("/")[2]
        if digest == GONE:
            self.styles.pop(name, None)
            return True
        try:
            assert path is not None
            self.styles[name] = self.keep(path)
        except (OSError, SafelightError):
            return False
        return self.styles[name] == digest


def _is_style(key: str) -> bool:
    return key.startswith("styles/")
