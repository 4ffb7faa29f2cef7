"""The measures of the retouching bench: what each sees, and that a flat grey box passes for nothing."""

from __future__ import annotations

import numpy as np
import pytest

from bench_modules import bench_module
from safelight.learn.scenes import Scene, paint
from safelight.stages.inpaint.patches import ground

measures = bench_module("retouch_measures")

SIZE = (240, 400)


def photo() -> tuple[np.ndarray, np.ndarray]:
    """A rough grey wall with a red board, and where the board is."""
    image = np.random.default_rng(1).normal(130, 6, (*SIZE, 1)).repeat(3, axis=2)
    board = np.zeros(SIZE, bool)
    board[80:150, 60:340] = True
    image[board] = np.random.default_rng(2).normal((190, 20, 30), 4, (int(board.sum()), 3))
    return image.clip(0, 255).astype(np.uint8), board


def filled(kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The photo, its board, and the photo with the board made a wall in some way."""
    image, board = photo()
    result = image.copy()
    match kind:
        case "grey box":
            result[board] = 130
        case "wall":
            result[board] = np.random.default_rng(3).normal(130, 6, (int(board.sum()), 1)).clip(0, 255)
        case "noise":
            result[board] = np.random.default_rng(3).normal(130, 30, (int(board.sum()), 1)).clip(0, 255)
        case "half":
            result[board] = np.random.default_rng(3).normal(130, 6, (int(board.sum()), 1)).clip(0, 255)
            result[80:90, 60:340] = image[80:90, 60:340]
        case "spill":
            result[board] = np.random.default_rng(3).normal(130, 6, (int(board.sum()), 1)).clip(0, 255)
            result[10, 10] = 0
    return image, board, result


@pytest.mark.parametrize(
    ("kind", "strings", "failed"),
    [
        ("wall", (3, 0), []),
        ("wall", (3, 1), ["strings"]),
        ("wall", (0, 0), []),
        ("grey box", (3, 0), ["texture"]),
        ("noise", (3, 0), ["texture"]),
        ("half", (3, 0), ["colour"]),
        ("spill", (3, 0), ["outside"]),
    ],
)
def test_each_measure_sees_its_fault(kind: str, strings: tuple[int, int], failed: list[str]) -> None:
    """The decision table: a good wall passes, every fault is told by its measure alone."""
    image, board, result = filled(kind)
    found = measures.figures(image, result, (board, board), ~measures.around(board, 20), strings)
    assert found.failures() == failed


def test_a_flat_grey_box_fails_on_a_painted_scene() -> None:
    """Also where the painter drew wall and boards."""
    scene = paint(Scene("boards", 0), (800, 534))
    board = scene.masks["advertising"] & ~scene.masks["car"]
    result = scene.image.copy()
    result[board] = 128
    material = ground(scene.image, measures.around(board, 9), "wall")
    found = measures.figures(scene.image, result, (board, board), material, (3, 0))
    assert "texture" in found.failures()
    assert (
        "texture"
        in measures.figures(scene.image, result, (board, board), measures.flat(scene.image, board), (3, 0)).failures()
    )


def test_colours_the_surroundings_show_too_are_no_leftovers() -> None:
    """A green board before grass: grass that stays green is no rest of the board."""
    image, board = photo()
    image[~board] = np.random.default_rng(2).normal((190, 20, 30), 4, (int((~board).sum()), 3)).clip(0, 255)
    assert not len(measures.strong_colours(image, board))
    assert measures.colour_left(image, board, np.zeros((0, 3), np.float32)) == 0


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (("ROLEX", (100, 100)), 1),
        (("R", (100, 100)), 0),
        (("24", (100, 100)), 0),
        (("ROLEX", (10, 10)), 0),
        (("ROLEX", (-5, 900)), 0),
    ],
)
def test_which_strings_count(line: tuple[str, tuple[float, float]], wanted: int) -> None:
    """Two letters or more, with their middle in the mask."""
    assert measures.readable([line], photo()[1]) == wanted


def test_overlap_of_masks() -> None:
    """IoU, precision, recall; nothing wanted and nothing found is right."""
    a, b = np.zeros((10, 10), bool), np.zeros((10, 10), bool)
    assert measures.overlap(a, b) == (1, 1, 1)
    a[:5], b[:, :5] = True, True
    assert measures.overlap(a, b) == pytest.approx((25 / 75, 0.5, 0.5))
    assert measures.overlap(a, np.zeros((10, 10), bool)) == (0, 0, 0)
