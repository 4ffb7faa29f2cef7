"""Masks of writing: what is masked, with how much margin, and what is doubted."""

from __future__ import annotations

import numpy as np
import pytest

from safelight.stages import ocr
from safelight.stages.mask.text import Text, grown
from safelight.stages.ocr import TextLine

IMAGE = np.full((200, 300, 3), 128, np.uint8)


def line(text: str = "SILVER", score: float = 0.95) -> TextLine:
    """A level string, 100 by 20."""
    return TextLine(((50, 80), (150, 80), (150, 100), (50, 100)), text, score)


@pytest.mark.parametrize(
    ("lines", "masked", "doubt"),
    [
        ((), False, None),
        ((line(),), True, None),
        ((line(score=0.59),), False, None),
        ((line(score=0.7),), True, "weak"),
        ((line("--"),), False, None),
        ((line(score=0.7), line()), True, None),
    ],
)
def test_which_strings_are_masked(
    monkeypatch: pytest.MonkeyPatch, lines: tuple[TextLine, ...], masked: bool, doubt: str | None
) -> None:
    """The decision table of scores, letters and doubts."""
    monkeypatch.setattr(ocr, "read", lambda _image: lines)
    found = Text().mask(IMAGE, "text")
    assert bool(found.mask.any()) is masked
    assert found.doubt == doubt


def test_a_little_margin_all_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """The outline and MARGIN of its height, no more."""
    monkeypatch.setattr(ocr, "read", lambda _image: (line(),))
    mask = Text().mask(IMAGE, "text").mask
    assert mask[79:101, 49:151].all()
    assert not mask[:76].any()
    assert not mask[105:].any()
    assert not mask[:, :46].any()


def test_corners_move_outwards() -> None:
    """Each corner of the outline moves away from the middle."""
    for before, after in zip(line().polygon, grown(line()), strict=True):
        assert abs(after[0] - 100) > abs(before[0] - 100)
        assert abs(after[1] - 90) > abs(before[1] - 90)
