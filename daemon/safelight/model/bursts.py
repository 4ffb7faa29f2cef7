"""Which photos are of one burst, or nearly the same picture: by time, camera and likeness. Pure.

Two photos belong together when one camera took them within a few seconds of each other and they look alike, or when they
look the same and one of them has lost its time (a copy exported for somebody). What belongs together through others
belongs together. Nothing depends on the order of arrival, and another photo changes only the groups that it joins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from safelight.model.digests import PhotoId, digest
from safelight.model.records import Detail


@dataclass(frozen=True)
class Shot:
    """One photo: local camera time (ISO 8601, None where unknown), which camera (an opaque name, empty where unknown), and
    its fingerprint of 64 bits (see pictures.likeness; None where nobody looked: such a photo stands alone).
    """

    photo: PhotoId
    taken: str | None
    camera: str
    likeness: int | None

    @classmethod
    def of(cls, photo: PhotoId, taken: str | None, camera: str, likeness: str) -> Shot:
        """With the fingerprint as records hold it: hexadecimal, empty where nobody looked."""
        return cls(photo, taken, camera, int(likeness, 16) if likeness else None)


def camera_of(detail: Detail) -> str:
    """Which camera, without telling its number: by its serial, else by model and photographer."""
    known = [detail.serial] if detail.serial else [detail.camera, detail.photographer.casefold()]
    return digest(known)[:16]


@dataclass(frozen=True)
class Reach:
    """How far apart two shots of a burst may be: seconds, and bits of 64 by which they may look different."""

    seconds: float
    bits: int


REACH = {"strict": Reach(15, 16), "balanced": Reach(5, 14), "generous": Reach(2, 8)}
"""By the word for culling in sort.yaml: the stricter, the more is folded into one."""
COPY = 3
"""Bits by which a copy may differ from its picture: smaller, recompressed, but the same."""
PLAIN = 10
"""Fingerprints with fewer bits set (or unset) than this are those of skies and nights: alike, and no copies."""


def bursts(shots: Iterable[Shot], reach: Reach) -> tuple[tuple[PhotoId, ...], ...]:
    """The groups of two and more, each sorted by photo, sorted by their first."""
    known = sorted((shot for shot in shots if shot.likeness is not None), key=lambda shot: shot.photo)
    joined = _Groups(shot.photo for shot in known)
    timed = [(moment, shot) for shot in known if (moment := _time(shot.taken)) is not None]
    timed.sort(key=lambda pair: (pair[1].camera, pair[0], pair[1].photo))
    for place, (moment, shot) in enumerate(timed):
        for later, other in timed[place + 1 :]:
            if other.camera != shot.camera or (later - moment).total_seconds() > reach.seconds:
                break
            if _apart(shot, other) <= reach.bits:
                joined.join(shot.photo, other.photo)
    for one, other in _copies(known):
        joined.join(one.photo, other.photo)
    return joined.told()


def _copies(known: list[Shot]) -> Iterable[tuple[Shot, Shot]]:
    """Pairs that look the same and are not both timed. Three bits in four bands of sixteen leave one band untouched."""
    bands: dict[tuple[int, int], list[Shot]] = {}
    for shot in known:
        likeness = shot.likeness or 0
        if PLAIN <= likeness.bit_count() <= 64 - PLAIN:
            for band in range(4):
                bands.setdefault((band, likeness >> (16 * band) & 0xFFFF), []).append(shot)
    for members in bands.values():
        for one in members:
            if _time(one.taken) is None:
                yield from ((one, other) for other in members if other is not one and _apart(one, other) <= COPY)


def _apart(one: Shot, other: Shot) -> int:
    return ((one.likeness or 0) ^ (other.likeness or 0)).bit_count()


def _time(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None) if text else None
    except ValueError:
        return None


class _Groups:
    """Sets that grow together."""

    def __init__(self, names: Iterable[PhotoId]) -> None:
        self._above: dict[PhotoId, PhotoId] = {name: name for name in names}

    def _top(self, name: PhotoId) -> PhotoId:
        while self._above[name] != name:
            self._above[name] = self._above[self._above[name]]
            name = self._above[name]
        return name

    def join(self, one: PhotoId, other: PhotoId) -> None:
        first, second = sorted((self._top(one), self._top(other)))
        self._above[second] = first

    def told(self) -> tuple[tuple[PhotoId, ...], ...]:
        found: dict[PhotoId, list[PhotoId]] = {}
        for name in self._above:
            found.setdefault(self._top(name), []).append(name)
        return tuple(sorted(tuple(sorted(group)) for group in found.values() if len(group) > 1))
