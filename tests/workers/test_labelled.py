"""Comparing label maps: IoU as defined, whatever the maps; what is unlabelled never counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.workers.labelled import compare

NAMES = ("void", "sky", "road")


def test_half_right_by_hand() -> None:
    """Four pixels sky; two found, one more found wrongly, one pixel unlabelled: counted on paper."""
    truth = np.array([[1, 1, 1, 1], [2, 2, 2, 255]], np.uint8)
    found = np.array([[1, 1, 2, 0], [2, 2, 1, 1]], np.uint8)
    told = compare(truth, found, NAMES)
    assert {row["name"]: row["iou"] for row in told["classes"]} == {
        "sky": pytest.approx(2 / 5),
        "road": pytest.approx(2 / 4),
    }
    assert told["miou"] == pytest.approx(0.45)
    assert told["accuracy"] == pytest.approx(4 / 7, abs=1e-4)
    assert told["labelled"] == 87.5


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=40)
def test_the_truth_agrees_with_itself(seed: int) -> None:
    """A map compared with itself has IoU 1 for every class it shows; swapped, IoU stays the same."""
    draw = np.random.default_rng(seed)
    truth, found = draw.integers(1, 3, (2, 6, 7), dtype=np.uint8)
    assert all(row["iou"] == 1 for row in compare(truth, truth, NAMES)["classes"])
    there, back = (compare(*pair, NAMES)["classes"] for pair in ((truth, found), (found, truth)))
    assert [row["iou"] for row in there] == [row["iou"] for row in back]


def test_nothing_labelled_is_nothing_to_say() -> None:
    """No division by nought, no made-up number."""
    truth = np.full((3, 3), 255, np.uint8)
    told = compare(truth, np.ones((3, 3), np.uint8), NAMES)
    assert (told["classes"], told["miou"], told["accuracy"], told["labelled"]) == ([], None, None, 0)
