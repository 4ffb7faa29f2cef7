"""Windows over masks: they cover everything, stay inside the photo, never grow with it, and the order is settled."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.stages.inpaint.crops import COARSEST, Window, parts, settled, windows

BOXES = st.lists(st.tuples(*[st.floats(0, 1)] * 4), min_size=1, max_size=5)


def holes(height: int, width: int, boxes: list[tuple[float, float, float, float]]) -> np.ndarray:
    """Rectangles, each at least one pixel."""
    hole = np.zeros((height, width), bool)
    for top, left, down, across in boxes:
        y, x = int(top * (height - 1)), int(left * (width - 1))
        hole[y : y + 1 + int(down * height / 2), x : x + 1 + int(across * width / 2)] = True
    return hole


@settings(deadline=None, max_examples=120)
@given(st.integers(1, 300), st.integers(1, 300), BOXES, st.sampled_from([16, 64, 128]))
def test_windows_keep_their_promises(height: int, width: int, boxes: list, native: int) -> None:
    """Inside the photo, no larger than the network can take, and each pixel of the hole is taken exactly once for good."""
    hole = holes(height, width, boxes)
    placed = windows(hole, native)
    taken = np.zeros(hole.shape, int)
    open_ = hole.copy()
    for index, window in enumerate(placed):
        assert 0 <= window.top < window.bottom <= height
        assert 0 <= window.left < window.right <= width
        assert max(window.height, window.width) <= round(native * COARSEST)
        assert min(window.height, height) >= min(native, height)
        mine = open_[window.slices] & settled(index, placed)
        taken[window.slices] += mine
        open_[window.slices] &= ~mine
    assert not open_.any()
    assert (taken == hole).all()


def test_near_parts_share_a_window_and_far_ones_do_not() -> None:
    """Letters of one word are painted at once."""
    hole = np.zeros((600, 1200), bool)
    for left in (100, 120, 140):
        hole[100:120, left : left + 12] = True
    hole[500:520, 1000:1020] = True
    assert len(parts(hole, 16, 300)) == 2
    assert len(windows(hole, 64)) == 2


def test_a_small_part_is_seen_with_its_surroundings() -> None:
    """Three pixels are painted in a window of the network's own size, not enlarged."""
    hole = np.zeros((1000, 1000), bool)
    hole[500:503, 500:503] = True
    (window,) = windows(hole, 512)
    assert (window.height, window.width) == (512, 512)
    assert 240 <= 500 - window.top <= 270


def test_a_long_board_is_tiled_with_overlap() -> None:
    """Neighbours share about a quarter, so that each sees what the one before painted."""
    hole = np.zeros((800, 6000), bool)
    hole[300:500, 200:5800] = True
    placed = windows(hole, 256)
    assert len(placed) > 8
    for one, next_ in pairwise(placed):
        assert 0.2 <= (one.right - next_.left) / one.width <= 0.6


def test_nothing_and_a_panorama() -> None:
    """An empty hole has no window; a panorama of 20,000 pixels has small ones."""
    assert windows(np.zeros((50, 50), bool), 64) == []
    hole = np.zeros((1500, 20_000), bool)
    hole[700:800, 3000:18_000] = True
    placed = windows(hole, 512)
    assert max(max(window.height, window.width) for window in placed) <= 1024
    assert 15 <= len(placed) <= 25


def test_an_overlap_goes_to_the_nearer_middle() -> None:
    """What lies at the rim of one window and nearer to the middle of the next is left to that one."""
    placed = [Window(0, 0, 100, 100), Window(0, 60, 100, 160)]
    first = settled(0, placed)
    assert first[:, :60].all()
    assert first[50, 75]
    assert not first[50, 85]
    assert settled(1, placed).all()
