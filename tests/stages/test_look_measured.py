"""Looking: what is measured on drawn pictures, the closed list, boxes inside the picture, and honest absence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from safelight.model.signals import SIGNALS, Box
from safelight.pictures.decode import decode
from safelight.stages import ocr
from safelight.stages.base import Image as Pixels
from safelight.stages.classify.signals import SignalsHead
from safelight.stages.look import legible as legible_module
from safelight.stages.look.legible import legible
from safelight.stages.look.measured import Measured
from safelight.stages.look.pixels import Working


def board(words: str = "NORDAVELO", where: tuple[int, int] = (80, 60)) -> Pixels:
    """A grey picture with one green board and its words."""
    picture = Image.new("RGB", (800, 533), (120, 120, 125))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((where[0] - 30, where[1] - 20, where[0] + 520, where[1] + 100), fill=(20, 110, 60))
    draw.text(where, words, fill="white", font=ImageFont.load_default(72))
    return np.asarray(picture)


def test_text_and_advertising_are_measured() -> None:
    """A board's words are read, its panel is larger than its letters, and both are boxed."""
    values, boxes = legible(Working(board()), ())
    assert 0.02 < values["text_area"] < values["advertising"] < 0.35
    assert boxes
    assert all(box.kind == "text" and 0 <= box.left < box.right <= 1 for box in boxes)


def test_words_on_the_car_are_no_advertising() -> None:
    """A sponsor on the bodywork belongs to the car; the text itself still counts as text."""
    car = Box("car", 0.02, 0.0, 0.98, 0.6)
    values, _ = legible(Working(board()), (car,))
    assert values["text_area"] > 0.02
    assert values["advertising"] == 0


def test_an_agencys_mark_is_no_advertising() -> None:
    """Addresses are the photographer's, not a sponsor's."""
    values, _ = legible(Working(board("www.photo.fr")), ())
    assert values["advertising"] == 0


def test_without_ocr_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal that was not measured is missing, never zero."""
    monkeypatch.setattr(ocr, "unavailable", lambda: "not here")
    assert legible_module.legible(Working(board()), ()) == ({}, ())


def test_looking_keeps_the_closed_list_and_boxes_inside() -> None:
    """Only known signals, finite numbers, boxes within the picture, always a subject."""
    signals = Measured().look(board())
    assert set(signals.values) <= set(SIGNALS)
    assert {"sharpness", "brightness", "text_area", "advertising", "car_area"} <= set(signals.values)
    assert all(np.isfinite(value) for value in signals.values.values())
    assert any(box.kind == "subject" for box in signals.boxes)
    for box in signals.boxes:
        assert 0 <= box.left < box.right <= 1
        assert 0 <= box.top < box.bottom <= 1


def test_a_blurred_picture_is_less_sharp() -> None:
    """Sharpness falls when the same picture is blurred, brightness does not."""
    sharp = board()
    soft = np.asarray(Image.fromarray(sharp).resize((100, 67)).resize((800, 533), Image.Resampling.BILINEAR))
    before, after = Measured().look(sharp).values, Measured().look(soft).values
    assert after["sharpness"] < before["sharpness"]
    assert after["brightness"] == pytest.approx(before["brightness"], abs=0.02)


def test_the_head_gives_calibrated_shares_and_quotable_reasons() -> None:
    """Probabilities sum to one and never reach it; every reason is a signal that was measured."""
    signals = Measured().look(board())
    verdict = SignalsHead().classify(board(), signals)
    assert sum(verdict.probabilities.values()) == pytest.approx(1)
    assert 0 < min(verdict.probabilities.values()) < max(verdict.probabilities.values()) < 1
    assert verdict.reasons
    assert all(reason.signal in signals.values for reason in verdict.reasons)


@pytest.mark.shared
def test_the_shipped_head_knows_the_photos_it_was_trained_on(shared: Path) -> None:
    """It names its training photos by digest, and beats always guessing one class on them by far (no score, a check)."""
    from safelight.learn.evaluate import evaluate
    from safelight.learn.folders import read

    head = SignalsHead()
    files = [item for index, item in enumerate(read(shared / "photos").files) if index % 8 == 0]

    def judge(path: Path):  # type: ignore[no-untyped-def]
        image = decode(path.read_bytes()).image
        return head.classify(image, Measured().look(image))

    found = evaluate(files, judge, trained_on=head.head.trained_on)
    assert all(item.trained for item in found.files)
    assert found.figures.accuracy > 0.5
