"""The look backend of our own: measures what can be measured honestly, and leaves out what it cannot.

A signal that is missing was not measured; it is never filled with a guess. Works on at most 1,600 px, is the same
for any number of threads, and adds boxes of what the book must not cut: cars, people, faces, texts, and always the
subject.
"""

from __future__ import annotations

from typing import ClassVar

from safelight.model.signals import SIGNALS, Box, Signals
from safelight.stages.base import Image, Looker, check_image
from safelight.stages.look.arrangement import arrangement
from safelight.stages.look.focus import Focus, focus
from safelight.stages.look.legible import legible
from safelight.stages.look.pixels import Working, reduced
from safelight.stages.look.saliency import subject
from safelight.stages.look.scene import faces, scene
from safelight.stages.look.tone import tone


class Measured(Looker):
    """look(image) -> Signals, from pixels, our own region network, the face finder and OCR."""

    name: ClassVar[str] = "measured"
    version: ClassVar[int] = 3

    def look(self, image: Image) -> Signals:
        """Signals of `image` (any size); raises ValueError for what is no image of the contract."""
        check_image(image)
        picture = Working(reduced(image))
        maps = focus(picture)
        main = subject(picture, maps)
        seen, things = self._scene(picture, maps)
        close, persons = self._faces(picture)
        read, texts = legible(picture, things)
        values = tone(picture) | arrangement(maps, main.box) | seen | close | read
        values |= {"sharpness": maps.sharpness(), "motion": maps.motion(), "subject_centred": main.stands_out}
        ordered = {name: round(values[name], 5) for name in SIGNALS if name in values}
        return Signals(ordered, (*things, *persons, *texts, main.box))

    def _scene(self, picture: Working, maps: Focus) -> tuple[dict[str, float], tuple[Box, ...]]:
        """Signals of what is where, and boxes of cars and people."""
        return scene(picture, maps)

    def _faces(self, picture: Working) -> tuple[dict[str, float], tuple[Box, ...]]:
        """Signals and boxes of faces."""
        return faces(picture)
