"""What stands before a board: the network's chances, the strings that can stand on boards, and the cut between."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.stages.mask import board_front
from safelight.stages.mask.board_front import Front
from safelight.stages.mask.board_snap import best_path
from safelight.stages.ocr import TextLine

SHAPE = (400, 800)


def line(x: float, y: float, width: float = 120, height: float = 30) -> TextLine:
    """A level string."""
    return TextLine(((x, y), (x + width, y), (x + width, y + height), (x, y + height)), "ROLEX", 0.99)


def chances(inside: float, board: float) -> Front:
    """A car (350-560, 160-360) that the network sees surely, in a piece that takes in the board around it."""
    car = np.zeros((40, 80), np.float32)
    car[10:20, 5:75] = board
    car[16:36, 35:56] = inside
    return board_front.of_chances({"car": car}, {"car": car > 0.4}, SHAPE)


def test_a_board_taken_for_car_is_loose_not_core() -> None:
    """Of a piece that is car and board, only what the network believes in most is core."""
    front = chances(0.95, 0.5)
    assert front.core[250, 450]
    assert not front.core[120, 150]
    assert front.loose[120, 150]


@pytest.mark.parametrize("peak", [0.2, 0.44])
def test_a_piece_hardly_believed_is_nothing(peak: float) -> None:
    """A piece whose peak is low hides nothing."""
    assert not chances(peak, peak / 2).loose.any()


@pytest.mark.parametrize(
    ("strings", "kept"),
    [
        ([line(400, 220)], 0),  # within the car: writing on it
        ([line(60, 120)], 1),  # beside it
        ([line(60, 180), line(220, 180), line(400, 180)], 3),  # a row that goes on beyond the car
        ([line(60, 120), line(400, 300)], 1),  # another row: on the car
    ],
)
def test_which_strings_stand_on_boards(strings: list[TextLine], kept: int) -> None:
    """Rows wholly within a car are its own; a row that reaches beyond belongs to the board, all of it."""
    found, _ = board_front.standing(chances(0.95, 0.5), strings)
    assert len(found) == kept


def test_strings_of_a_board_are_spared() -> None:
    """Where the network's core covers a string of a board, that place is core no more."""
    front = chances(0.95, 0.5)
    assert front.core[195, 450]
    assert not board_front.standing(front, [line(60, 180), line(220, 180), line(400, 180)])[1].core[195, 450]


def scene() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A board, a red car before it, and the car's truth."""
    image = np.random.default_rng(2).normal(120, 3, (*SHAPE, 3)).clip(0, 255).astype(np.uint8)
    image[100:200, 50:750] = (30, 120, 60)
    car = np.zeros(SHAPE, np.uint8)
    cv2.ellipse(car, (455, 260), (110, 100), 0, 0, 360, 1, -1)
    image[car > 0] = (190, 40, 30)
    return image, car > 0, np.pad(np.ones((100, 700), bool), ((100, 200), (50, 50)))


def test_the_cut_follows_the_car() -> None:
    """Between core and board the colours decide: 97 % of the board's pixels are told right."""
    image, car, board = scene()
    front = chances(0.95, 0.5)
    found = board_front.cut(image, board, front, [])
    assert float((found == car)[board].mean()) > 0.97


def test_the_cut_is_the_same_for_any_number_of_threads() -> None:
    """Threads and the state of chance change nothing."""
    image, _, board = scene()
    before = cv2.getNumThreads()
    try:
        results = []
        for threads in (1, 2, 4):
            cv2.setNumThreads(threads)
            cv2.setRNGSeed(threads)
            results.append(board_front.cut(image, board, chances(0.95, 0.5), []))
    finally:
        cv2.setNumThreads(before)
    assert all((result == results[0]).all() for result in results)


def test_nothing_in_front_cuts_nothing() -> None:
    """Without cars and people the whole board stays."""
    image, _, board = scene()
    assert not board_front.cut(image, board, board_front.nothing(SHAPE), []).any()


@given(seed=st.integers(0, 10_000), count=st.integers(1, 40), states=st.integers(1, 9))
@settings(deadline=None, max_examples=60)
def test_the_path_moves_one_state_at_most(seed: int, count: int, states: int) -> None:
    """The border never jumps, stays within reach, and earns at least what the straight path does."""
    reward = np.random.default_rng(seed).random((count, states))
    path = best_path(reward)
    assert path.shape == (count,)
    assert path.min() >= 0
    assert path.max() < states
    moves = np.abs(np.diff(path))
    assert (moves <= 1).all()
    earned = reward[np.arange(count), path].sum() - 0.12 * moves.sum()
    assert earned >= reward.sum(axis=0).max() - 1e-9


def test_a_kart_and_its_driver_span_one_hull() -> None:
    """Pieces that nearly touch are one thing: what lies between their cores is spanned; far ones are apart."""
    core = np.zeros((150, 200), bool)
    core[60:100, 20:60] = core[60:100, 100:140] = True
    seen = core.copy()
    seen[90:100, 60:98] = True  # the chassis, hardly believed in
    assert board_front.hulls(core, seen)[80, 80] == 1
    assert board_front.hulls(core, core)[80, 80] == 0
