"""The neutral fill: letters go, shading stays, nothing else moves."""

from __future__ import annotations

import cv2
import numpy as np

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
