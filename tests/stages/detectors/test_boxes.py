"""Fitting, grids, windows and suppression: exact small cases and what holds for any boxes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.stages.networks.detectors.boxes import LEAST, fitted, grid, overlaps, suppress, windows


@pytest.mark.parametrize(("height", "width"), [(100, 200), (200, 100), (1, 1), (1, 999), (832, 832)])
def test_a_picture_is_fitted_at_the_top_left(height: int, width: int) -> None:
    """As large as fits, the rest grey; dividing by the scale leads back to the picture's size."""
    canvas, scale = fitted(np.full((height, width, 3), 7, np.uint8), 416, 416, 114)
    assert canvas.shape == (416, 416, 3)
    filled = canvas[..., 0] == 7
    tall, wide = int(filled[:, 0].sum()), int(filled[0].sum())
    assert filled.sum() == tall * wide
    assert (canvas[~filled] == 114).all()
    assert max(tall, wide) == 416
    assert abs(wide / scale - width) <= 0.5 / scale or wide == 1


def test_a_grid_counts_rows_last() -> None:
    """Cells go along the rows; each stride follows the other."""
    corners, steps = grid(16, 8, (4, 8))
    assert corners[:5].tolist() == [[0, 0], [1, 0], [2, 0], [3, 0], [0, 1]]
    assert len(corners) == len(steps) == 8 + 2
    assert steps[:, 0].tolist() == [4.0] * 8 + [8.0] * 2


def test_overlaps() -> None:
    """Same, half, nothing, none of an area."""
    boxes = np.array([[0, 0, 2, 2], [0, 0, 2, 1], [2, 2, 3, 3], [1, 1, 1, 1]], np.float32)
    assert overlaps(boxes[0], boxes).tolist() == [1.0, 0.5, 0.0, 0.0]


def test_suppression_keeps_the_best_and_drops_parts() -> None:
    """A worse box that overlaps goes; one that lies in a better one goes only when asked; equal scores keep their order."""
    boxes = np.array([[0, 0, 10, 10], [1, 0, 10, 10], [0, 0, 3, 3], [20, 20, 30, 30]], np.float32)
    scores = np.array([0.8, 0.9, 0.7, 0.9], np.float32)
    assert suppress(boxes, scores, 0.5) == [1, 3, 2]
    assert suppress(boxes, scores, 0.5, 0.6) == [1, 3]
    assert suppress(boxes[:0], scores[:0], 0.5) == []


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(*[st.integers(0, 30)] * 4, st.integers(1, 9)), max_size=14), st.sampled_from([0.3, 0.5]))
def test_no_two_kept_boxes_overlap(rows: list[tuple[int, ...]], most: float) -> None:
    """What is kept overlaps no better one; what is dropped overlaps a better one; the best stays."""
    boxes = np.array(
        [[min(a, c), min(b, d), max(a, c) + 1, max(b, d) + 1] for a, b, c, d, _ in rows], np.float32
    ).reshape(-1, 4)
    scores = np.array([row[4] / 10 for row in rows], np.float32)
    kept = suppress(boxes, scores, most)
    assert list(scores[kept]) == sorted(scores[kept], reverse=True)
    for rank, index in enumerate(kept):
        assert (overlaps(boxes[index], boxes[kept[:rank]]) <= most).all()
    for index in set(range(len(rows))) - set(kept):
        assert any(overlaps(boxes[index], boxes[[other]])[0] > most for other in kept if scores[other] >= scores[index])


@settings(deadline=None, max_examples=40)
@given(st.integers(10, 3000), st.integers(10, 3000), st.integers(1, 4))
def test_windows_cover_the_picture(width: int, height: int, parts: int) -> None:
    """No pixel is left out, no window leaves the picture, neighbours share about a quarter of their side."""
    found = list(windows(width, height, parts))
    if parts > 1 and min(width, height) < parts * LEAST:
        assert found == []
        return
    assert len(found) == parts**2
    assert found[0][:2] == (0, 0)
    assert abs(found[-1][2] - width) <= 1
    assert abs(found[-1][3] - height) <= 1
    for left, top, right, bottom in found:
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
    for first, second in itertools.pairwise(found[:parts]):
        shared = first[2] - second[0]
        assert abs(shared - 0.25 * (first[2] - first[0])) <= 2
