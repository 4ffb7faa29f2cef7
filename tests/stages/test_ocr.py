"""Reading text: where strings are, what is remembered, and which models were used."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from safelight.stages import ocr
from safelight.stages.mask import text
from safelight.stages.mask.boards import Boards
from safelight.stages.ocr import TextLine

pytestmark = pytest.mark.skipif(ocr.unavailable() is not None, reason=str(ocr.unavailable()))


def page(scale: int = 1) -> np.ndarray:
    """A word on grey."""
    image = np.full((240 * scale, 480 * scale, 3), 200, np.uint8)
    cv2.putText(
        image, "SILVER", (80 * scale, 140 * scale), cv2.FONT_HERSHEY_SIMPLEX, 2 * scale, (20, 20, 20), 5 * scale
    )
    return image


@pytest.mark.parametrize("scale", [1, 5])
def test_a_word_is_read_where_it_stands(scale: int) -> None:
    """Text and place, in pixels of the picture given, also where it is reduced for reading."""
    (line,) = ocr.read(page(scale))
    assert line.text.upper() == "SILVER"
    assert abs(line.centre[1] / scale - 120) < 15
    assert 30 < line.height / scale < 90
    assert abs(line.angle) < 3


def test_an_empty_page_has_no_strings() -> None:
    """Nothing is read where nothing is written."""
    assert ocr.read(np.full((100, 200, 3), 128, np.uint8)) == ()


def test_the_last_picture_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same pixels again cost no second reading; other pixels do."""
    calls = []
    monkeypatch.setattr(ocr, "_read", lambda image: calls.append(image.shape) or ())
    monkeypatch.setattr(ocr, "_last", None)
    image = page()
    ocr.read(image)
    ocr.read(image.copy())
    assert len(calls) == 1
    image[0, 0] = 0
    ocr.read(image)
    assert len(calls) == 2


def test_models_are_named_by_their_digest() -> None:
    """Text and boards say which weights they would load; the digests differ, since boards load more."""
    assert len(bytes.fromhex(ocr.fingerprint())) == 32
    assert text.Text().fingerprint() == ocr.fingerprint()
    assert len(bytes.fromhex(Boards().fingerprint())) == 32
    assert Boards().fingerprint() != ocr.fingerprint()


def test_missing_models_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model file that is not there makes the stage unavailable, in one clause."""
    monkeypatch.setattr(ocr, "MODELS", {"Det": "no_such_file.onnx"})
    assert "no_such_file" in (ocr.unavailable() or "")


def test_geometry_of_a_turned_string() -> None:
    """Centre, height, length and angle of a string falling to the right."""
    line = TextLine(((0, 0), (30, 40), (22, 46), (-8, 6)), "A1 b", 0.9)
    assert line.height == pytest.approx(10)
    assert line.length == pytest.approx(50)
    assert line.angle == pytest.approx(53.13, abs=0.01)
    assert line.letters == 3
