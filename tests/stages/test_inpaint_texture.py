"""Plane and patches: the hole looks like the ground it was asked to be, and nothing else moves."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from safelight.model.errors import StageError
from safelight.stages.inpaint.texture import Texture

GRASS = (70, 122, 48)


def field() -> tuple[np.ndarray, np.ndarray]:
    """A red board with letters on speckled grass that darkens downwards; and its mask."""
    rng = np.random.default_rng(0)
    image = np.full((300, 480, 3), GRASS, np.float32) * np.linspace(1.1, 0.8, 300)[:, None, None]
    image += rng.normal(0, 8, (300, 480, 1))
    board = np.full((80, 300, 3), (200, 20, 30), np.float32)
    cv2.putText(board, "OIL OIL", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 2, (250, 250, 250), 6)
    image[60:140, 90:390] = board
    mask = np.zeros((300, 480), np.float32)
    mask[60:140, 90:390] = 1
    return image.clip(0, 255).astype(np.uint8), mask


def test_the_hole_becomes_the_ground() -> None:
    """Colour within a few steps of the grass around, its speckle kept in strength, no red and no letters left."""
    image, mask = field()
    result, _ = Texture().inpaint(image, mask, "grass", 1)
    inside, around = result[65:135, 95:385].astype(float), image[65:135, 5:85].astype(float)
    assert np.abs(inside.mean(axis=(0, 1)) - around.mean(axis=(0, 1))).max() < 6
    assert 0.7 < inside[..., 1].std() / around[..., 1].std() < 1.4
    assert (inside[..., 0] < inside[..., 1] + 20).all()


def test_the_border_keeps_nothing_of_the_board() -> None:
    """A blurred board whose mask is 2 px too small leaves no red rim."""
    image, mask = field()
    # Lengths count at 1,600 px.
    image = cv2.GaussianBlur(np.tile(image, (1, 4, 1))[:, :1600], (0, 0), 1.5)
    mask = np.tile(mask, (1, 4))[:, :1600]
    small = cv2.erode(mask, np.ones((5, 5), np.uint8))
    result, _ = Texture().inpaint(image, small, "grass", 1)
    ring = (cv2.dilate(mask, np.ones((9, 9), np.uint8)) > 0) & (small == 0)
    before, after = (picture[ring].astype(float) for picture in (image, result))
    assert (before[:, 0] - before[:, 1]).max() > 100
    assert np.percentile(after[:, 0] - after[:, 1], 99) < 25


def test_only_the_widened_mask_changes() -> None:
    """Bit-identical outside, the same bytes again, other texture for another seed."""
    image, mask = field()
    result, wide = Texture().inpaint(image, mask, "gazon", 1)
    assert (result[wide == 0] == image[wide == 0]).all()
    assert (Texture().inpaint(image, mask, "gazon", 1)[0] == result).all()
    assert (Texture().inpaint(image, mask, "gazon", 2)[0] != result).any()


@pytest.mark.parametrize("prompt", ["sky", "road", "wall"])
def test_what_the_photo_does_not_show_is_refused(prompt: str) -> None:
    """Grass everywhere: no sky, road or wall to copy, so another engine may answer."""
    image, mask = field()
    with pytest.raises(StageError):
        Texture().inpaint(image, mask, prompt, 1)


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (9, 40), (40, 9)])
def test_tiny_pictures_are_answered_or_refused(size: tuple[int, int]) -> None:
    """A picture too small for a patch gives StageError, never another fault."""
    image = np.full((*size, 3), GRASS, np.uint8)
    mask = np.zeros(size, np.float32)
    mask[0, 0] = 1
    try:
        result, _ = Texture().inpaint(image, mask, "grass", 1)
    except StageError:
        return
    assert result.shape == image.shape


def test_a_mask_of_everything_is_refused_and_of_nothing_changes_nothing() -> None:
    """Nothing to copy from with the whole picture masked; an empty mask gives the picture back."""
    image, mask = field()
    with pytest.raises(StageError):
        Texture().inpaint(image, np.ones_like(mask), "grass", 1)
    assert (Texture().inpaint(image, np.zeros_like(mask), "grass", 1)[0] == image).all()


def test_it_knows_grounds_only() -> None:
    """English and French; boards and nothing are for other engines."""
    assert all(Texture().understands(word) for word in ("road", "piste", "ciel", "herbe", "mur gris"))
    assert not any(Texture().understands(word) for word in ("board", "nothing", "a cartoon kart"))


def test_rests_of_a_green_board_are_no_grass() -> None:
    """A mask that misses a third of a bright green board: its paint is never copied as grass."""
    image = np.random.default_rng(0).normal(130, 3, (300, 480, 3)).clip(0, 255).astype(np.uint8)
    image[60:160, 60:420] = (60, 200, 90)
    mask = np.zeros((300, 480), np.float32)
    mask[60:160, 60:300] = 1
    with pytest.raises(StageError):
        Texture().inpaint(image, mask, "grass", 1)
