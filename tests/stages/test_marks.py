"""A card's picture: the mask is seen on every ground and by everybody, and the rest of the photo still tells what it is."""

from __future__ import annotations

import numpy as np
import pytest

from safelight.pictures import decode, encode
from safelight.stages import marks
from safelight.stages.perform import Job, perform

GROUNDS = {
    "black": (0, 0, 0), "white": (255, 255, 255), "grey": (128, 128, 128), "the mark's own colour": marks.MARKED,
    "grass": (60, 130, 50), "red car": (200, 20, 30), "sky": (120, 170, 230),
}  # fmt: skip
DEUTERAN = np.array([[0.625, 0.375, 0.0], [0.7, 0.3, 0.0], [0.0, 0.3, 0.7]])
"""A common approximation of how somebody without green cones sees."""


def ground(colour: tuple[int, int, int], size: tuple[int, int] = (600, 800)) -> np.ndarray:
    """A plain picture."""
    return np.full((*size, 3), colour, np.uint8)


def disc(size: tuple[int, int] = (600, 800), radius: int = 120) -> np.ndarray:
    """A round mask in the middle."""
    rows, columns = np.mgrid[0 : size[0], 0 : size[1]]
    return ((rows - size[0] / 2) ** 2 + (columns - size[1] / 2) ** 2 <= radius**2).astype(np.float32)


@pytest.mark.parametrize("colour", GROUNDS.values(), ids=GROUNDS)
@pytest.mark.parametrize("seen", ["in colour", "in grey", "without green"])
def test_the_edge_is_seen_on_every_ground(colour: tuple[int, int, int], seen: str) -> None:
    """Across the mask's edge there is always a strong step of brightness: the line is white and black."""
    shown = marks.card(ground(colour), disc()).astype(np.float64)
    if seen == "without green":
        shown = shown @ DEUTERAN.T
    light = shown @ np.array([0.299, 0.587, 0.114]) if seen != "in colour" else shown.max(axis=2)
    across = light[300, 400 + 100 : 400 + 140]
    assert across.max() - across.min() > 200


@pytest.mark.parametrize("colour", GROUNDS.values(), ids=GROUNDS)
def test_inside_differs_from_outside(colour: tuple[int, int, int]) -> None:
    """The area itself is marked, not only its edge: stripes or shade tell it apart by brightness alone."""
    light = marks.card(ground(colour), disc()).astype(np.float64) @ np.array([0.299, 0.587, 0.114])
    inside, outside = light[250:350, 350:450], light[20:120, 20:120]
    assert np.abs(np.array([inside.min(), inside.max()]) - outside.mean()).max() > 15
    assert outside.std() < 1e-6


def test_what_is_below_the_mark_can_still_be_read() -> None:
    """A word in the area to be repainted stays readable: half of the photo's contrast is left in the thin stripes."""
    photo = ground((240, 240, 240))
    photo[280:320, 380:420] = 10
    shown = marks.card(photo, disc()).astype(np.float64).mean(axis=2)
    letter, board = shown[285:315, 385:415], shown[250:275, 385:415]
    assert board.max() - letter.min() > 115
    assert board.min() - letter.max() > 0 or board.mean() - letter.mean() > 100


def test_a_find_of_a_few_pixels_is_ringed() -> None:
    """On a picture of 24 megapixels ten pixels are less than two of the card: there is a ring all the same."""
    photo, mask = ground((90, 90, 90), (4000, 6000)), np.zeros((4000, 6000), np.float32)
    mask[2000:2010, 3000:3010] = 1
    shown = marks.card(photo, mask)
    assert shown.shape == (533, 800, 3)
    assert (shown == 255).all(axis=2).sum() >= 20
    assert (shown == 0).all(axis=2).sum() >= 20


def test_an_empty_mask_and_a_small_picture_are_left_as_they_are() -> None:
    """Nothing to mark: the photo unshaded. Never enlarged."""
    photo = np.random.default_rng(1).integers(0, 255, (60, 96, 3), dtype=np.uint8)
    assert np.array_equal(marks.card(photo, np.zeros((60, 96), np.float32)), photo)
    assert marks.card(photo, np.ones((60, 96), np.float32)).shape == photo.shape


def test_the_mask_step_makes_the_card(boards: bytes) -> None:
    """The same step, one more output: no publisher decodes a picture for a card, and what is found is what is marked."""
    job = Job("mask", {"image": "photo"}, {"mask": ["text"], "keep": [], "grow": 6})
    made = perform(job, lambda _: boards)
    assert set(made.outputs) == {"mask", "card"}
    assert made.outputs["card"][:2] == b"\xff\xd8"
    card, photo = decode.decode(made.outputs["card"]).image, decode.decode(boards).image
    found = decode.decode(made.outputs["mask"]).image[..., 0] > 0
    assert found.any()
    assert card.shape == photo.shape
    changed = np.abs(card.astype(int) - np.rint(photo * 0.8).astype(int)).max(axis=2)
    assert np.median(changed[found]) > 20
    assert np.percentile(changed[200:], 95) < 20


def test_nothing_found_makes_no_card() -> None:
    """The plain small picture says as much."""
    plain = encode.jpeg(ground((90, 120, 90), (200, 300)))
    made = perform(Job("mask", {"image": "plain"}, {"mask": ["text"], "keep": [], "grow": 0}), lambda _: plain)
    assert set(made.outputs) == {"mask"}


@pytest.fixture
def boards() -> bytes:
    """A small photo with a word on a board at its top."""
    from e2e_world import photo

    return photo(3, "VELOX")
