"""Boards and text on drawn pictures: what is found, what is refused, and what is doubted."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from safelight.stages.mask import boards
from safelight.stages.mask.board_rows import credible, rows, watermark
from safelight.stages.ocr import TextLine


def line(
    x: float, y: float, text: str = "ROLEX", score: float = 0.99, width: float = 160, height: float = 40
) -> TextLine:
    """A level string."""
    return TextLine(((x, y), (x + width, y), (x + width, y + height), (x, y + height)), text, score)


def picture() -> tuple[np.ndarray, np.ndarray, list[TextLine]]:
    """A green board on grey, its truth and strings."""
    image = np.random.default_rng(1).normal(120, 3, (600, 900, 3)).clip(0, 255).astype(np.uint8)
    image[200:300, 100:800] = (20, 110, 50)
    lines = [line(x, 230) for x in (150, 370, 590)]
    for item in lines:
        corner = (int(item.polygon[0][0]) + 5, int(item.polygon[3][1]) - 5)
        cv2.putText(image, item.text, corner, cv2.FONT_HERSHEY_SIMPLEX, 1.2, (240, 240, 240), 3)
    truth = np.zeros(image.shape[:2], bool)
    truth[200:300, 100:800] = True
    return image, truth, lines


def overlap(found: np.ndarray, truth: np.ndarray) -> float:
    """IoU."""
    return float((found & truth).sum() / (found | truth).sum())


def test_a_drawn_board_is_found_to_its_borders() -> None:
    """A plain board with three strings is found whole, without a doubt."""
    image, truth, lines = picture()
    found = boards.find(image, np.zeros(truth.shape, np.float32), lines)
    assert overlap(found.mask >= 0.5, truth) > 0.93
    assert found.doubt is None


def test_what_stands_in_front_is_left_out() -> None:
    """Nothing of the mask lies on the occluder (but for single pixels of its border); the board goes on behind it."""
    image, truth, lines = picture()
    front = np.zeros(truth.shape, np.float32)
    front[150:500, 330:365] = 1
    image[150:500, 330:365] = (200, 30, 40)
    found = boards.find(image, front, lines)
    assert (found.mask[front > 0] > 0).mean() < 0.001
    assert overlap(found.mask >= 0.5, truth & (front == 0)) > 0.9


def test_text_on_nothing_is_no_board() -> None:
    """Letters on a ground without any border are no board."""
    image = np.full((600, 900, 3), 120, np.uint8)
    cv2.putText(image, "ROLEX", (400, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (240, 240, 240), 3)
    found = boards.find(image, np.zeros((600, 900), np.float32), [line(400, 262, width=130)])
    assert not found.mask.any()


def test_a_large_find_is_doubtful() -> None:
    """A board over LARGE of the picture is never handed on without a doubt."""
    image, _, lines = picture()
    image, lines = image[190:310, 90:810].copy(), [line(x - 90, 40) for x in (150, 370, 590)]
    found = boards.find(image, np.zeros(image.shape[:2], np.float32), lines)
    assert found.mask.mean() > boards.LARGE
    assert found.doubt == "large_board"


def test_unknown_occluders_are_a_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody can tell cars and people, the same find is weak."""
    image, _, lines = picture()
    monkeypatch.setattr(boards, "occluders", lambda _image: None)
    assert boards.find(image, None, lines).doubt == "weak"


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        (line(300, 300), True),
        (line(300, 300, score=0.5), False),
        (line(300, 300, "RX", 0.9), True),
        (line(300, 300, "RX", 0.8), False),
        (line(300, 300, height=5), False),
        (line(300, 550, "www.example.org"), False),
        (line(300, 300, "www.example.org"), True),
        (line(300, 550, "C"), False),
    ],
)
def test_which_strings_count(item: TextLine, wanted: bool) -> None:
    """The decision table of credible strings."""
    assert credible(item, np.zeros((600, 900), bool)) is wanted


def test_text_on_an_occluder_belongs_to_it() -> None:
    """A string mostly on a car is no board's."""
    assert not credible(line(300, 300), np.ones((600, 900), bool))
    assert not watermark(line(300, 300), (600, 900))


def test_rows_join_strings_in_a_line_only() -> None:
    """Strings side by side are one row, one below is another."""
    assert sorted(len(row.lines) for row in rows([line(100, 100), line(300, 102), line(100, 400)])) == [1, 2]
