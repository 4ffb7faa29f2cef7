"""What people did to the views: a picture moved or copied into another class folder is a decision.

`read` (pure) compares what stands in the class folders with what the ledger says was placed there. A view in the folder
it was placed in, or in the folder a move of ours was leaving when it was cut short, is no gesture. A move counts as well
when it happened while nobody was running.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from safelight.model.digests import PhotoId
from safelight.projection.state import PhotoState
from safelight.reconcile.event import CLASS_FOLDERS


@dataclass(frozen=True)
class Stands:
    """A known photo's bytes found in a class folder."""

    photo: PhotoId
    folder: str
    path: str


@dataclass(frozen=True)
class Moved:
    """A person's decision read from the folders."""

    photo: PhotoId
    verdict: str


def read(stands: Iterable[Stands], photos: Mapping[PhotoId, PhotoState]) -> list[Moved]:
    """The decisions in what stands where.

    A photo found in two foreign folders at once says nothing clear: the one furthest from print wins (exclure, then
    retoucher), since a person can always move it again.
    """
    foreign: dict[PhotoId, set[str]] = {}
    for found in stands:
        photo = photos.get(found.photo)
        if photo is None or not photo.placed:
            continue
        if photo.decision is not None and photo.decision.verdict == found.folder:
            continue
        if found.folder not in {photo.placed, photo.leaving}:
            foreign.setdefault(found.photo, set()).add(found.folder)
    return [
        Moved(photo, next(name for name in ("exclure", "retoucher", "ok") if name in folders))
        for photo, folders in foreign.items()
    ]


def known_pictures(contents: Mapping[str, str], photos: Mapping[PhotoId, PhotoState]) -> list[Stands]:
    """Which of the files in class folders (path → SHA-256) are known photos, shown whole or as a preview."""
    previews: dict[str, list[PhotoId]] = {}
    for state in photos.values():
        previews.setdefault(state.dropped.thumb, []).append(state.photo)
    found = []
    for path, content in contents.items():
        folder = path.partition("/")[0]
        if folder not in CLASS_FOLDERS:
            continue
        if content in photos:
            found.append(Stands(PhotoId(content), folder, path))
        elif content and len(previews.get(content, [])) == 1:
            # two photos with the same pixels have one preview: which of them was moved cannot be told
            found.append(Stands(previews[content][0], folder, path))
    return found
