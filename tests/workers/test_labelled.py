"""Comparing label maps: IoU as defined, whatever the maps; what is unlabelled never counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.workers.labelled import OTHERWISE, asked, compare

NAMES = ("void", "sky", "road")
KNOWN = (1, 2)


def test_half_right_by_hand() -> None:
    """Four pixels sky; two found, one more found wrongly, one pixel unlabelled: counted on paper."""
    truth = np.array([[1, 1, 1, 1], [2, 2, 2, 255]], np.uint8)
    found = np.array([[1, 1, 2, 0], [2, 2, 1, 1]], np.uint8)
    told = compare(truth, found, NAMES, KNOWN)
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
    assert all(row["iou"] == 1 for row in compare(truth, truth, NAMES, KNOWN)["classes"])
    there, back = (compare(*pair, NAMES, KNOWN)["classes"] for pair in ((truth, found), (found, truth)))
    assert [row["iou"] for row in there] == [row["iou"] for row in back]


def test_nothing_labelled_is_nothing_to_say() -> None:
    """No division by nought, no made-up number."""
    truth = np.full((3, 3), 255, np.uint8)
    told = compare(truth, np.ones((3, 3), np.uint8), NAMES, KNOWN)
    assert (told["classes"], told["miou"], told["accuracy"], told["labelled"]) == ([], None, None, 0)


def test_what_is_labelled_otherwise_is_no_excuse() -> None:
    """A person found on a pixel that is labelled as something else is wrong; a road found there is nobody's business."""
    truth = np.array([[1, 1, OTHERWISE, OTHERWISE]], np.uint8)
    found = np.array([[1, 1, 1, 2]], np.uint8)
    told = compare(truth, found, ("void", "person", "road"), (1,))
    assert [(row["name"], row["iou"]) for row in told["classes"]] == [("person", pytest.approx(2 / 3, abs=1e-4))]
    assert (told["accuracy"], told["labelled"]) == (1, 100)


def test_a_class_found_where_there_is_none_counts_against() -> None:
    """IoU 0, not left out."""
    told = compare(np.full((1, 4), OTHERWISE, np.uint8), np.ones((1, 4), np.uint8), NAMES, KNOWN)
    assert [(row["name"], row["iou"]) for row in told["classes"]] == [("sky", 0)]
    assert told["accuracy"] is None


def test_what_is_asked_of_a_network() -> None:
    """Unlabelled is not asked; the background and what the network has no word for are labelled otherwise; its own unknown is no class."""
    names = ("void", "background", "person", "bowl", "road")
    truth = np.array([[0, 1, 2, 3, 4, 255]], np.uint8)
    wanted, known = asked(truth, names, ("other", "car", "person", "road"))
    assert wanted.tolist() == [[255, 0, 2, OTHERWISE, 3, 255]]
    assert known == {2, 3}
    wanted, known = asked(np.array([[0, 1]], np.uint8), ("background", "damage"), ("background", "damage"))
    assert (wanted.tolist(), known) == ([[0, 1]], {1})
    wanted, known = asked(np.array([[0, 1]], np.uint8), ("background", "damage"), ("sky", "road"))
    assert (wanted.tolist(), known) == ([[OTHERWISE, OTHERWISE]], set())


def test_a_background_that_both_name_counts_as_right() -> None:
    """Among pixels, not among classes: nobody is judged by how well he finds nothing."""
    truth, found = np.array([[0, 0, 0, 1]], np.uint8), np.array([[0, 0, 1, 1]], np.uint8)
    told = compare(truth, found, ("background", "damage"), (1,), (0, 1))
    assert [(row["name"], row["iou"]) for row in told["classes"]] == [("damage", 0.5)]
    assert told["accuracy"] == 0.75
    assert compare(truth, found, ("background", "damage"), ())["accuracy"] is None
