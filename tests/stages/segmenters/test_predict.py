"""Asking about a whole picture: sizes, mirror, scales."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from safelight.stages.networks.segmenters import build
from safelight.stages.networks.segmenters.base import Segmenter
from safelight.stages.networks.segmenters.predict import chances, labels, seen

RNG = np.random.default_rng(3)


class Bright(Segmenter):
    """Says class 1 where the picture is bright: nothing is learnt, so the right answer is known."""

    stride = 4

    def levels(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Twenty times the brightness against nought, at full size."""
        light = 20 * x.mean(1, keepdim=True)
        return [torch.cat([-light, light], 1)]


@pytest.mark.parametrize("longest", [0, 40, 200])
@pytest.mark.parametrize("mirror", [False, True])
def test_the_answer_lies_on_the_picture(longest: int, mirror: bool) -> None:
    """Half bright, half dark: the border is where it was, at every size and mirrored, in the picture's own size."""
    image = np.zeros((50, 80, 3), np.uint8)
    image[:, 30:] = 255
    found = labels(Bright(2), image, longest, mirror=mirror, scales=(0.75, 1.0, 1.25))
    assert found.shape == (50, 80)
    assert found.dtype == np.uint8
    assert (found[:, :28] == 0).all()
    assert (found[:, 33:] == 1).all()


@pytest.mark.parametrize("longest", [0, 24, 100])
def test_labels_are_the_likeliest_chances(longest: int) -> None:
    """One map of the likeliest class, as the chances say, ties going to the first; `seen` has the size that is shown."""
    image = RNG.integers(0, 256, (30, 50, 3)).astype(np.uint8)
    net = build("residual", 4, 4).eval()
    found = chances(net, image, longest, mirror=True, scales=(0.5, 1.0))
    assert np.array_equal(labels(net, image, longest, mirror=True, scales=(0.5, 1.0)), found.argmax(0))
    shown = seen(net, image, longest, scales=(0.5, 1.0)).shape
    assert max(shown[1:]) == (longest or 50)


def test_chances_sum_to_one() -> None:
    """float32 in 0–1, over the classes 1, at every pixel."""
    image = RNG.integers(0, 256, (33, 57, 3)).astype(np.uint8)
    found = chances(build("residual", 3, 4).eval(), image, 48, mirror=True)
    assert found.shape == (3, 33, 57)
    assert found.dtype == np.float32
    assert np.allclose(found.sum(0), 1, atol=1e-5)
    assert found.min() >= 0


def test_a_mirrored_answer_is_the_answer_to_the_mirror() -> None:
    """With `mirror` the network has no left and right."""
    image = RNG.integers(0, 256, (32, 48, 3)).astype(np.uint8)
    net = build("unet", 2, 4).eval()
    one = chances(net, image, mirror=True)
    other = chances(net, np.ascontiguousarray(image[:, ::-1]), mirror=True)
    assert np.allclose(one, other[:, :, ::-1], atol=1e-4)
    assert not np.allclose(chances(net, image), one, atol=1e-4)


def test_a_picture_of_one_pixel_is_answered() -> None:
    """However small."""
    assert labels(build("residual", 2, 4).eval(), np.zeros((1, 1, 3), np.uint8), 64).shape == (1, 1)
