"""Metrics: by hand, against definitions, and the promises about the unlabelled and the absent."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.learn.data.base import VOID
from safelight.learn.segment import metrics
from safelight.learn.segment.metrics import Boundaries, boundary, confusion, grown, tolerance

TRUTH = np.array([[0, 0, 1], [1, 1, VOID]], np.uint8)
ANSWER = np.array([[0, 1, 1], [1, 0, 2]], np.uint8)

maps = st.tuples(st.integers(0, 10_000), st.integers(1, 5), st.floats(0, 0.6))


def drawn(seed: int, classes: int, void: float, size: tuple[int, int] = (12, 15)) -> tuple[np.ndarray, np.ndarray]:
    """Truth with some VOID, and an answer that agrees with about half of it."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, size).astype(np.uint8)
    answer = np.where(rng.random(size) < 0.5, truth, rng.integers(0, classes, size)).astype(np.uint8)
    truth[rng.random(size) < void] = VOID
    return truth, answer


def test_figures_by_hand() -> None:
    """Five labelled pixels: class 0 hit once of two and answered twice, class 1 hit twice of three and answered thrice."""
    counts = confusion(TRUTH, ANSWER, 4)
    assert counts.tolist() == [[1, 1, 0, 0], [1, 2, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    assert metrics.iou(counts)[:2].tolist() == [1 / 3, 2 / 4]
    assert metrics.dice(counts)[:2].tolist() == [2 / 4, 4 / 6]
    assert metrics.recall(counts)[:2].tolist() == [1 / 2, 2 / 3]
    assert metrics.precision(counts)[:2].tolist() == [1 / 2, 2 / 3]
    assert metrics.accuracy(counts) == 3 / 5
    assert metrics.mean(metrics.iou(counts)) == pytest.approx((1 / 3 + 1 / 2) / 2)


def test_absent_classes_are_left_out_of_the_mean() -> None:
    """A class in neither truth nor answer has no figure; one that is only answered has 0 and counts."""
    counts = confusion(np.array([[0, 0]], np.uint8), np.array([[0, 2]], np.uint8), 4)
    assert np.array_equal(metrics.iou(counts), [1 / 2, np.nan, 0, np.nan], equal_nan=True)
    assert metrics.mean(metrics.iou(counts)) == 1 / 4
    assert np.isnan(metrics.recall(counts)[2])


def test_nothing_labelled_gives_no_figure() -> None:
    """NaN, not nought and no warning."""
    counts = confusion(np.full((3, 3), VOID, np.uint8), np.zeros((3, 3), np.uint8), 2)
    assert np.isnan(metrics.accuracy(counts))
    assert np.isnan(metrics.mean(metrics.iou(counts)))


@settings(deadline=None)
@given(maps)
def test_perfect_is_one(values: tuple[int, int, float]) -> None:
    """Truth as its own answer: every figure that exists is 1, boundaries too."""
    truth, _ = drawn(*values)
    counts = confusion(truth, truth, values[1])
    edges = Boundaries(values[1])
    edges.add(truth, truth)
    for figures in (metrics.iou(counts), metrics.dice(counts), metrics.recall(counts), edges.figures()):
        assert set(figures[~np.isnan(figures)]) <= {1.0}
    if counts.sum():
        assert metrics.accuracy(counts) == 1


@settings(deadline=None)
@given(maps, st.randoms())
def test_names_do_not_matter(values: tuple[int, int, float], chance: object) -> None:
    """Classes renumbered in truth and answer alike: the same figures, renumbered; means and accuracy equal."""
    truth, answer = drawn(*values)
    order = np.arange(256, dtype=np.uint8)
    order[: values[1]] = np.random.default_rng(values[0]).permutation(values[1])
    before, after = confusion(truth, answer, values[1]), confusion(order[truth], order[answer], values[1])
    for figure in (metrics.iou, metrics.dice, metrics.recall, metrics.precision):
        assert np.array_equal(figure(before), figure(after)[order[: values[1]]], equal_nan=True)
    assert np.array_equal(metrics.accuracy(before), metrics.accuracy(after), equal_nan=True)
    edges = [Boundaries(values[1]), Boundaries(values[1])]
    edges[0].add(truth, answer)
    edges[1].add(order[truth], order[answer])
    assert np.array_equal(edges[0].figures(), edges[1].figures()[order[: values[1]]], equal_nan=True)


@settings(deadline=None)
@given(maps)
def test_the_unlabelled_is_ignored(values: tuple[int, int, float]) -> None:
    """Whatever is answered where nobody labelled, every figure stays."""
    truth, answer = drawn(*values)
    other = np.where(truth == VOID, np.random.default_rng(values[0]).integers(0, values[1], truth.shape), answer)
    other = other.astype(np.uint8)
    assert np.array_equal(confusion(truth, answer, values[1]), confusion(truth, other, values[1]))
    edges = [Boundaries(values[1]), Boundaries(values[1])]
    edges[0].add(truth, answer)
    edges[1].add(truth, other)
    assert np.array_equal(edges[0].figures(), edges[1].figures(), equal_nan=True)


@settings(deadline=None)
@given(maps)
def test_dice_follows_iou(values: tuple[int, int, float]) -> None:
    """Dice is 2·IoU/(1+IoU), all figures lie in 0–1, and tables add up over pictures."""
    truth, answer = drawn(*values)
    counts = confusion(truth, answer, values[1])
    iou, dice = metrics.iou(counts), metrics.dice(counts)
    assert np.allclose(dice, 2 * iou / (1 + iou), equal_nan=True)
    assert np.nanmin([*iou, 0]) >= 0
    assert np.nanmax([*dice, 0]) <= 1
    parts = confusion(truth[:5], answer[:5], values[1]) + confusion(truth[5:], answer[5:], values[1])
    assert np.array_equal(parts, counts)


def test_impossible_maps_are_refused() -> None:
    """Other sizes, and values that are no class, are a mistake of the caller."""
    with pytest.raises(ValueError, match="differ in size"):
        confusion(np.zeros((2, 2), np.uint8), np.zeros((2, 3), np.uint8), 2)
    with pytest.raises(ValueError, match="beyond"):
        confusion(np.zeros((1, 1), np.uint8), np.full((1, 1), 2, np.uint8), 2)


# --- boundaries --------------------------------------------------------------------------------------------------


def square(left: int, size: int = 60) -> np.ndarray:
    """A map of class 0 with a square of class 1, 20 pixels wide, its left side at `left`."""
    found = np.zeros((size, size), np.uint8)
    found[20:40, left : left + 20] = 1
    return found


@pytest.mark.parametrize(("shift", "within", "expected"), [(0, 1, 1.0), (2, 2, 1.0), (2, 3, 1.0)])
def test_within_the_tolerance_is_found(shift: int, within: int, expected: float) -> None:
    """An outline shifted by no more than the tolerance agrees wholly."""
    edges = Boundaries(2, within)
    edges.add(square(20), square(20 + shift))
    assert edges.figures()[1] == expected


def test_beyond_the_tolerance_is_not() -> None:
    """Shifted by 10 with tolerance 1: of 76 outline points, 12 agree on each of the two level sides (10 that overlap, one
    beyond their end, one below the other's side); far away, none.
    """
    edges = Boundaries(2, 1)
    edges.add(square(20), square(30))
    assert edges.figures()[1] == pytest.approx(24 / 76)
    far = Boundaries(2, 1)
    far.add(square(0), square(40))
    assert far.figures()[1] == 0


def test_a_class_in_one_map_only_is_nought() -> None:
    """Missed or invented: F1 0; in neither map: no figure; the picture's border is no boundary."""
    edges = Boundaries(3, 2)
    edges.add(square(20), np.zeros((60, 60), np.uint8))
    assert edges.figures()[:2].tolist() == [0.0, 0.0]
    assert np.isnan(edges.figures()[2])
    whole = Boundaries(1)
    whole.add(np.zeros((9, 9), np.uint8), np.zeros((9, 9), np.uint8))
    assert np.isnan(whole.figures()[0])


def test_boundary_is_a_line_one_pixel_wide() -> None:
    """Of a square: its outermost pixels; next to the unlabelled there is none."""
    inside, known = square(20) == 1, np.ones((60, 60), bool)
    assert boundary(inside, known).sum() == 76
    known[:, :20] = False
    assert boundary(inside, known).sum() == 76 - 18
    known[:, :30] = False
    assert not boundary(inside, known)[:, :30].any()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(0, 6))
def test_grown_is_all_within_the_radius(seed: int, radius: int) -> None:
    """Against the definition: the least distance to a point is at most the radius."""
    points = np.random.default_rng(seed).random((20, 30)) < 0.02
    down, across = np.mgrid[:20, :30]
    near = np.zeros((20, 30), bool)
    for y, x in np.argwhere(points):
        near |= (down - y) ** 2 + (across - x) ** 2 <= radius**2
    assert np.array_equal(grown(points, radius), near)


def test_tolerance_goes_with_the_picture() -> None:
    """0.75 % of the diagonal, at least one pixel."""
    assert tolerance((360, 480)) == 4
    assert tolerance((1024, 2048)) == 17
    assert tolerance((10, 10)) == 1


def test_every_figure_is_explained_in_both_languages() -> None:
    """One sentence each, ending in a full stop or a bracket; the French one set as French print wants."""
    for name, (english, french) in metrics.EXPLANATIONS.items():
        assert english != french, name
        for text in (english, french):
            assert text.endswith((".", ")."))
            assert text.count(". ") == 0
        assert " :" not in french.replace("\u00a0:", "")
        assert " ;" not in french
        assert " %" not in french
