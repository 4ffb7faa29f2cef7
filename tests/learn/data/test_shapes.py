"""Shapes as pixels: the centre decides, nothing outside the picture, rules of filling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.learn.data.shapes import Ellipse, Line, Polygon, Shape, beyond, circle_through, rectangle

SIZE = (17, 13)
COORDINATE = st.one_of(st.integers(-8, 25).map(float), st.floats(-8, 25, width=32))
CORNERS = st.lists(st.tuples(COORDINATE, COORDINATE), min_size=3, max_size=9)


def drawn(shape: Shape, size: tuple[int, int] = SIZE) -> np.ndarray:
    """The shape on an empty picture."""
    picture = np.zeros((size[1], size[0]), bool)
    patch = shape.draw(size)
    picture[patch.window()] |= patch.inside
    assert patch.area == picture.sum()
    return picture


def winding(points: list[tuple[float, float]], x: float, y: float) -> int:
    """How often the corners go around a point; the textbook, edge by edge."""
    turns = 0
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        if (y0 <= y) != (y1 <= y) and x0 + (y - y0) * ((x1 - x0) / (y1 - y0)) <= x:
            turns += 1 if y1 > y0 else -1
    return turns


@given(CORNERS, st.sampled_from(["winding", "even-odd"]))
@settings(deadline=None, max_examples=60)
def test_a_pixel_is_inside_when_its_centre_is(points: list[tuple[float, float]], rule: str) -> None:
    """Every polygon, inside or outside the picture, crossing itself or not, by both rules."""
    made = drawn(Polygon(np.array(points), rule))
    for row in range(SIZE[1]):
        for column in range(SIZE[0]):
            turns = winding(points, column + 0.5, row + 0.5)
            assert made[row, column] == (turns != 0 if rule == "winding" else turns % 2 == 1)


def test_neighbours_share_no_pixel_and_leave_none_out() -> None:
    """Two polygons with a common slanted edge cover their common rectangle exactly once."""
    left = drawn(Polygon(np.array([(0, 0), (9.3, 0), (4.1, 13), (0, 13)])))
    right = drawn(Polygon(np.array([(17, 0), (9.3, 0), (4.1, 13), (17, 13)])))
    assert not (left & right).any()
    assert (left | right).all()


def test_rectangles_cover_width_times_height() -> None:
    """Whole coordinates, whole pixels; drawn from any corner; cut at the border."""
    made = drawn(rectangle(2, 3, 4, 5))
    assert made.sum() == 20
    assert made[3:8, 2:6].all()
    assert (drawn(rectangle(6, 8, -4, -5)) == made).all()
    assert drawn(rectangle(-5, -5, 100, 7)).sum() == 2 * 17


def test_ellipses_are_as_large_as_they_should_be() -> None:
    """Area within 2 % of the formula, turned or not, and the bounds hold it."""
    for angle in (0.0, 0.5, np.pi / 2):
        shape = Ellipse(100, 90, 60, 30, angle)
        made = drawn(shape, (200, 180))
        assert made.sum() == pytest.approx(np.pi * 60 * 30, rel=0.02)
        rows, columns = np.nonzero(made)
        left, top, right, bottom = shape.bounds()
        assert left <= columns.min() + 0.5 < left + 2
        assert right - 2 < columns.max() + 0.5 <= right
        assert top <= rows.min() + 0.5 < top + 2
        assert bottom - 2 < rows.max() + 0.5 <= bottom
    assert drawn(Ellipse(5, 5, 0, 3)).sum() == 0
    rows, columns = np.nonzero(drawn(Ellipse(5, 6, 3, 2)))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (4, 7, 2, 7)


def test_a_quarter_turn_swaps_the_axes() -> None:
    """Clockwise on the screen."""
    assert (drawn(Ellipse(8, 6, 6, 2, np.pi / 2)) == drawn(Ellipse(8, 6, 2, 6))).all()
    slanted = drawn(Ellipse(8.5, 6.5, 6, 1.5, np.pi / 4))
    assert slanted[9, 11]
    assert not slanted[3, 11]


def test_lines_enclose_or_are_strokes() -> None:
    """Ends that meet enclose; an open line is three pixels across."""
    ring = np.array([(2, 2), (12, 2), (12, 10), (2, 10), (2.5, 2.5)], float)
    assert drawn(Line(ring)).sum() == drawn(Polygon(ring)).sum() > 70
    stroke = drawn(Line(np.array([(0, 6.5), (17, 6.5)])))
    assert np.flatnonzero(stroke[:, 8]).tolist() == [5, 6, 7]
    bent = drawn(Line(np.array([(2, 2), (10, 2), (10, 10)], float)))
    assert bent[2, 5]
    assert bent[8, 10]
    assert not bent[8, 5]


def test_circles_through_three_points() -> None:
    """Centre and radius; none through a straight line."""
    found = circle_through(np.array([(5, 0), (10, 5), (5, 10)], float))
    assert found is not None
    assert (found.x, found.y, found.a, found.b) == pytest.approx((5, 5, 5, 5))
    assert circle_through(np.array([(0, 0), (1, 1), (2, 2)], float)) is None


def test_degenerate_and_far_shapes_cover_nothing() -> None:
    """No pixel and no fault: a point, a line there and back, a thin sliver, the far outside."""
    for points in (
        [(3, 3)] * 3,
        [(0, 0), (9, 9), (0, 0)],
        [(1.6, 0), (2.4, 0), (2.4, 9), (1.6, 9)],
        [(50, 50), (60, 50), (60, 60)],
    ):
        assert drawn(Polygon(np.array(points, float))).sum() == 0
    assert drawn(rectangle(-1e12, -1e12, 2e12, 2e12)).all()


def test_half_a_pixel_beyond_is_no_mistake() -> None:
    """The border itself may be touched."""
    assert not beyond(rectangle(0, 0, 17, 13), SIZE)
    assert not beyond(rectangle(0, 0, 17.4, 13), SIZE)
    assert beyond(rectangle(0, 0, 18, 13), SIZE)
    assert beyond(Ellipse(3, 3, 4, 2), SIZE)
