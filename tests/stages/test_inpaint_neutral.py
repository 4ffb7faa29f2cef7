"""The neutral fill: letters go, shading stays, nothing else moves."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from safelight.model.errors import StageError
from safelight.stages.inpaint.neutral import Neutral


def board() -> tuple[np.ndarray, np.ndarray]:
    """A green board with white letters, darker to the right, on grey; and its mask."""
    image = np.random.default_rng(0).normal(130, 2, (300, 500, 3)).clip(0, 255).astype(np.uint8)
    panel = np.full((100, 400, 3), (30, 150, 60), np.float32)
    cv2.putText(panel, "XBOX XBOX", (40, 70), cv2.FONT_HERSHEY_SIMPLEX, 2, (240, 240, 240), 6)
    image[100:200, 50:450] = panel * np.linspace(1, 0.5, 400)[None, :, None]
    mask = np.zeros((300, 500), np.float32)
    mask[100:200, 50:450] = 1
    return image, mask


def test_letters_and_colour_go_and_shading_stays() -> None:
    """Inside, the fill is grey, nearly smooth, and still darker where the board was darker."""
    image, mask = board()
    result, _ = Neutral().inpaint(image, mask, "wall", 3)
    inside = result[110:190, 60:440].astype(float)
    assert np.ptp(inside.mean(axis=(0, 1))) < 12
    assert inside[:, :60].mean() > inside[:, -60:].mean() + 15
    assert np.abs(np.diff(inside.mean(axis=(0, 2)))).max() < 12


def test_outside_the_widened_mask_nothing_changes() -> None:
    """Bit-identical outside, the same bytes again, other grain for another seed."""
    image, mask = board()
    result, wide = Neutral().inpaint(image, mask, "wall", 3)
    assert (result[wide == 0] == image[wide == 0]).all()
    assert (Neutral().inpaint(image, mask, "wall", 3)[0] == result).all()
    assert (Neutral().inpaint(image, mask, "wall", 4)[0] != result).any()


def test_it_knows_walls_and_boards_only() -> None:
    """English and French; never a road."""
    assert Neutral().understands("mur gris")
    assert Neutral().understands("plain board")
    assert not Neutral().understands("road")


def test_boards_in_a_row_keep_their_own_ground() -> None:
    """A red board beside a blue one, with white letters over both: red and blue, no white."""
    image = np.random.default_rng(1).normal(130, 2, (300, 640, 3)).clip(0, 255).astype(np.uint8)
    image[100:200, 20:320], image[100:200, 320:620] = (190, 30, 40), (30, 50, 170)
    cv2.putText(image, "TANGO OIL CO", (40, 170), cv2.FONT_HERSHEY_SIMPLEX, 2.4, (245, 245, 245), 10)
    mask = np.zeros((300, 640), np.float32)
    mask[100:200, 20:620] = 1
    result, _ = Neutral().inpaint(image, mask, "plain board", 3)
    assert np.abs(result[105:195, 40:260].astype(float) - (190, 30, 40)).mean() < 14
    assert np.abs(result[105:195, 380:600].astype(float) - (30, 50, 170)).mean() < 14
    assert (result[105:195, 30:610].min(axis=2) < 120).all()


def test_the_border_keeps_nothing_of_the_board() -> None:
    """A blurred board whose mask is 2 px too small leaves no green rim, and a black bar beside it stays black."""
    image, mask = board()
    image[140:146, :40] = 10
    image = cv2.GaussianBlur(np.tile(image, (1, 4, 1))[:, :1600], (0, 0), 1.2)
    mask = np.tile(mask, (1, 4))[:, :1600]
    small = cv2.erode(mask, np.ones((5, 5), np.uint8))
    result, wide = Neutral().inpaint(image, small, "wall", 3)
    ring = (cv2.dilate(mask, np.ones((9, 9), np.uint8)) > 0) & (small == 0)
    before, after = (picture[ring].astype(float) for picture in (image, result))
    assert (before[:, 1] - before[:, 0]).max() > 60
    assert np.percentile(after[:, 1] - after[:, 0], 99) < 20
    assert (result[141:145, 5:30] < 40).all()
    assert wide.sum() < 1.3 * small.sum()


def test_a_wall_is_no_flat_box() -> None:
    """Without anything grey to learn from, a wall still has soft spots and roughness."""
    image, mask = board()
    image[..., 0] //= 3
    result, _ = Neutral().inpaint(image, mask, "wall", 3)
    inside = result[110:190, 60:440].astype(np.float32).mean(axis=2)
    assert (inside - cv2.GaussianBlur(inside, (0, 0), 2)).std() > 0.4


@pytest.mark.parametrize("size", [(1, 2), (3, 3), (9, 40), (40, 9)])
@pytest.mark.parametrize("prompt", ["wall", "board"])
def test_tiny_pictures_are_answered(size: tuple[int, int], prompt: str) -> None:
    """One pixel masked in a picture smaller than any patch or tile."""
    image = np.full((*size, 3), 90, np.uint8)
    mask = np.zeros(size, np.float32)
    mask[0, 0] = 1
    result, wide = Neutral().inpaint(image, mask, prompt, 1)
    assert result.shape == image.shape
    assert wide[0, 0] == 1


def test_a_mask_of_everything_is_refused() -> None:
    """The whole picture as one wall is never wanted."""
    image, mask = board()
    with pytest.raises(StageError):
        Neutral().inpaint(image, np.ones_like(mask), "wall", 3)


def test_a_grey_picture_stays_grey() -> None:
    """No tint comes into a black-and-white photo."""
    image, mask = board()
    image[:] = image[..., 1:2]
    result, _ = Neutral().inpaint(image, mask, "wall", 3)
    assert np.ptp(result.astype(int), axis=2).max() <= 2
