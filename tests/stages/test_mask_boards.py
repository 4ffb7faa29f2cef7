"""Boards and text on drawn pictures: what is found, what is refused, and what is doubted."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from safelight.stages.mask import boards
from safelight.stages.mask.board_lines import peaks
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


def test_a_line_lies_where_the_step_is_strongest() -> None:
    """Scores saturate into plateaus; of those neither the first slope nor the nearest distance is taken."""
    steps = np.array([[0, 20, 25, 21, 0], [0, 30, 60, 30, 0], [0, 20, 22, 21, 0]], float)
    assert peaks(np.minimum(1, steps / 18), steps) == [(1, 2)]


def test_lines_that_run_on_do_not_carry_a_board_along() -> None:
    """A beam above and one below that go on beyond the board's end: the board ends with its colour."""
    image, truth, lines = picture()
    image, truth = (np.concatenate([part, part], axis=1)[:, :1600] for part in (image, truth))
    image[:, 900:], truth[:, 900:] = 120, False
    image[180:200] = image[300:320] = (40, 40, 45)
    image[200:300, 800:] = (200, 215, 230)
    found = boards.find(image, np.zeros(truth.shape, np.float32), lines)
    assert found.mask[truth].mean() > 0.9
    assert not found.mask[:, 820:].any()


def test_a_signature_is_no_board() -> None:
    """Writing at the lower rim over grass that a line ends above: a board would stand behind the cars, not before."""
    image = np.full((600, 900, 3), (90, 120, 60), np.uint8)
    image[:530] = 120
    found = boards.find(image, np.zeros((600, 900), np.float32), [line(60, 548)])
    assert not found.mask.any()


@pytest.mark.parametrize(("size", "part"), [((300, 120), True), ((60, 40), False)])
def test_small_panels_on_a_car_are_its_own(size: tuple[int, int], part: bool) -> None:
    """A panel that touches a thing ten times as large belongs to it; beside a small thing it is a board."""
    hull, found = np.zeros((400, 600), bool), np.zeros((400, 600), bool)
    hull[100 : 100 + size[1], 100 : 100 + size[0]] = True
    found[60:98, 120:200] = True
    assert boards.attached(found, hull) is part
    found[:] = False
    found[300:320, 500:540] = True
    assert not boards.attached(found, hull), "far from it, a panel of any size is a board"


@pytest.mark.parametrize(("left", "right", "wanted"), [(True, True, True), (True, False, False), (False, False, False)])
def test_a_row_between_two_parts_of_a_thing_is_doubted(left: bool, right: bool, wanted: bool) -> None:
    """A kart is often seen in two parts with its writing between them."""
    hull = np.zeros((600, 900), bool)
    hull[250:400, 150:310] = left
    hull[250:400, 450:600] = right
    assert boards.embraced(rows([line(300, 300)])[0], hull) is wanted
