"""Photos by what people call them: name with or without its ending, or the first digits of the number. Pure."""

from __future__ import annotations

from pathlib import PurePath

from safelight.model.digests import PhotoId
from safelight.reconcile.event import World
from safelight.reconcile.names import comparable, stem_of


def photos_called(world: World, wanted: str) -> list[PhotoId]:
    """All photos that may be meant, in order of arrival: by number (8 digits or more), else by any name they bore."""
    photos = world.state.photos
    lower = wanted.casefold()
    if len(lower) >= 8 and all(letter in "0123456789abcdef" for letter in lower):
        found = [photo for photo in photos if photo.startswith(lower)]
        if len(found) == 1:
            return found
    want = comparable(PurePath(wanted).name)
    return [
        photo.photo
        for photo in photos.values()
        if any(want in _names(world.detail(detail).name) for detail in photo.details)
    ]


def _names(name: str) -> set[str]:
    return {comparable(name), comparable(stem_of(name))}
