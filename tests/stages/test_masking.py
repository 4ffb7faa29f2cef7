"""Joining masks: what is kept is taken out once, by whoever knows it best."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest

from safelight.model.errors import NeedsModel
from safelight.stages import masking
from safelight.stages.base import Found, Image, Masker

IMAGE = np.full((40, 60, 3), 90, np.uint8)


class Fixed(Masker):
    """Answers with a rectangle."""

    name = "fixed"

    def __init__(self, concept: str, top: int, bottom: int, clears: frozenset[str] = frozenset()) -> None:
        self.concepts = frozenset({concept})  # type: ignore[misc]
        self.clears = clears  # type: ignore[misc]
        self.rows = slice(top, bottom)

    concepts: ClassVar[frozenset[str]] = frozenset()

    def _find(self, image: Image, concept: str) -> Found:
        mask = np.zeros(image.shape[:2], np.float32)
        mask[self.rows, 10:50] = 1
        return Found(mask)


def setting(monkeypatch: pytest.MonkeyPatch, *finders: Fixed) -> None:
    """Let these be all finders there are."""
    table = {concept: finder for finder in finders for concept in finder.concepts}
    monkeypatch.setattr(masking, "finder_for", lambda concept, *_: table[concept])


def test_what_is_kept_is_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A finder that clears nothing has the car subtracted from its find."""
    setting(monkeypatch, Fixed("advertising", 10, 30), Fixed("car", 20, 40))
    made = masking.find(IMAGE, ("advertising",), ("car",))
    assert made.mask[10:20, 10:50].all()
    assert not made.mask[20:].any()


def test_a_finder_that_clears_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A find already clear of cars stays whole; what it grew by does not reach into the kept car."""
    setting(monkeypatch, Fixed("advertising", 10, 30, frozenset({"car"})), Fixed("car", 20, 40))
    made = masking.find(IMAGE, ("advertising",), ("car",), grow=60)
    assert made.mask[10:30, 10:50].all()
    assert not made.mask[30:, 10:50].any()


def test_clearing_counts_for_its_own_find_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another concept of the same rule still has the car taken out."""
    setting(monkeypatch, Fixed("advertising", 0, 10, frozenset({"car"})), Fixed("text", 10, 30), Fixed("car", 20, 40))
    made = masking.find(IMAGE, ("advertising", "text"), ("car",))
    assert not made.mask[20:].any()
    assert made.mask[:20, 10:50].all()


def test_what_is_to_be_kept_and_cannot_be_found_holds_the_photo() -> None:
    """A word of `keep` that nothing here knows is not dropped: what it means would be painted over."""
    rows = Fixed("advertising", 10, 30)
    with pytest.MonkeyPatch.context() as patch:
        known = masking.finder_for
        patch.setattr(masking, "finder_for", lambda word, *rest: rows if word == "advertising" else known(word, *rest))
        with pytest.raises(NeedsModel) as told:
            masking.find(IMAGE, ("advertising",), ("green post",))
    assert "green post" in told.value.say("fr")
    assert "safelight models fetch clipseg" in told.value.say("fr")
