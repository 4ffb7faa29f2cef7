"""The picture treatments of the book's designs: ink and grade."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from safelight.stages.alter import grade, ink


def scene(high: int = 300, wide: int = 450) -> np.ndarray:
    """A red car on grey asphalt under a bright sky, with a number on its door and a little noise."""
    image = np.full((high, wide, 3), (196, 214, 232), np.uint8)
    image[high // 2 :] = (120, 118, 116)
    cv2.rectangle(image, (120, 130), (330, 210), (200, 30, 30), -1)
    cv2.circle(image, (160, 212), 24, (20, 20, 22), -1)
    cv2.circle(image, (290, 212), 24, (20, 20, 22), -1)
    cv2.putText(image, "51", (195, 190), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (250, 250, 250), 5)
    noise = np.random.default_rng(1).normal(0, 4, image.shape)
    return np.asarray(np.clip(image + noise, 0, 255), np.uint8)


def test_ink_is_flat_where_nothing_is_and_black_where_edges_are() -> None:
    """Promise: sky and asphalt become one tone each without dirt; the car gets a black outline; its number survives."""
    image = scene()
    drawn = ink.inked(image, 8.0, fine=[(0.25, 0.4, 0.75, 0.75)])
    assert drawn[20:100, 20:430].std(axis=(0, 1)).max() < 3, "a flat sky"
    assert (drawn[250:290, 20:430].max(axis=2) < 60).mean() < 0.02, "no specks on the asphalt"
    assert drawn[100:230, 100:350].min() < 40, "ink somewhere"
    door = drawn[150:195, 190:280].astype(float).mean(axis=2)
    number = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[150:195, 190:280] > 200
    assert door[number].mean() - door[~number].mean() > 60, "51 can be read"


@pytest.mark.parametrize("night", [False, True])
def test_ink_gives_the_same_bytes(night: bool) -> None:
    """Promise: same picture, same bytes, whatever the number of threads."""
    one = ink.inked(scene(), 6.0, night=night)
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        assert np.array_equal(one, ink.inked(scene(), 6.0, night=night))
    finally:
        cv2.setNumThreads(before)


@pytest.mark.parametrize("size", [(1, 1), (2, 40), (9, 3), (40, 2)])
def test_ink_takes_any_size(size: tuple[int, int]) -> None:
    """Promise: a strip of one pixel is inked as well."""
    assert ink.inked(np.full((*size, 3), 90, np.uint8), 8.0).shape == (*size, 3)


@pytest.mark.parametrize("side", ["left", "top", "right", "foot"])
def test_a_faded_side_is_exactly_the_page(side: grade.Side) -> None:
    """Promise: the outermost pixels of a faded side are #0a0a0a, the opposite side is only lifted."""
    faded = grade.faded(np.full((80, 120, 3), 255, np.uint8), [(side, 0.3)])
    edges = {"left": faded[:, 0], "right": faded[:, -1], "top": faded[0], "foot": faded[-1]}
    assert (edges[side] == grade.PAGE).all()
    other = {"left": "right", "right": "left", "top": "foot", "foot": "top"}[side]
    assert (edges[other] == 255).all()


def test_black_is_the_page() -> None:
    """Promise: black in a picture is the page's black, so that a dark picture has no border."""
    assert (grade.faded(np.zeros((8, 8, 3), np.uint8), []) == grade.PAGE).all()


def test_words_stand_where_it_is_dark() -> None:
    """Promise: under a caption the mean luma is at most 60 and the 95th percentile 110, and no more is darkened above."""
    white = np.full((200, 300, 3), 250, np.uint8)
    quiet = (0.05, 0.86, 0.6, 0.92)
    calm = grade.faded(white, [("foot", 0.2)], quiet)
    place = calm[172:184, 15:180] @ grade.LUMA
    assert place.mean() <= grade.QUIET_MEAN + 1 and np.percentile(place, 95) <= grade.QUIET_BRIGHT + 1
    assert (calm[:100] == grade.faded(white, [("foot", 0.2)])[:100]).all()


def test_grade_is_calm_and_repeatable() -> None:
    """Promise: colours lose strength, corners light, and the grain is the same each time."""
    image = scene()
    one, two = grade.graded(image), grade.graded(image)
    assert np.array_equal(one, two)
    spread = [np.ptp(x[140:150, 130:180].astype(float).mean(axis=(0, 1))) for x in (image, one)]
    assert spread[1] < spread[0]
    assert one[:20, :20].mean() < one[40:80, 200:250].mean()
