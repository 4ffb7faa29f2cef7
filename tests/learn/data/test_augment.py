"""Augmentation: picture and labels stay together, every epoch draws anew, and the same again when asked again."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.learn.data import VOID
from safelight.learn.data.augment import CHANCE, NAMES, Recipe, Window, augment, draws, view
from safelight.learn.data.light import CHANGES

GEOMETRY = ("crop", "shift", "mirror", "scale")


def coded(height: int = 90, width: int = 120, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Patches whose colour tells their label: red is 20 times the label, and a ramp tells the place."""
    rng = np.random.default_rng(seed)
    labels = np.kron(rng.integers(0, 11, (height // 15, width // 15)), np.ones((15, 15))).astype(np.uint8)
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 0] = labels * 20
    image[..., 1] = np.arange(width)[None] * 2
    image[..., 2] = np.arange(height)[:, None] * 2
    return image, labels


def scene(seed: int = 0, height: int = 90, width: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """A picture with everything in it: smooth light, noise, dark and bright."""
    rng = np.random.default_rng(seed)
    smooth = np.linspace(0, 200, width)[None, :, None] + rng.normal(0, 25, (height, width, 3))
    return np.clip(smooth, 0, 255).astype(np.uint8), rng.integers(0, 11, (height, width)).astype(np.uint8)


@given(
    st.integers(0, 10**6), st.sampled_from([(60, 80), (45, 45), (120, 200), (33, 71)]), st.sampled_from([None, 1.0, 0.5]),
    st.sets(st.sampled_from(GEOMETRY)),
)  # fmt: skip
@settings(deadline=None, max_examples=80)
def test_picture_and_labels_stay_together(seed: int, size: tuple[int, int], resize: float | None, on: set[str]) -> None:
    """Wherever all neighbours bear one label, the colour of the picture is that label's: cropped, shifted, mirrored, scaled."""
    image, labels = coded(seed=seed % 7)
    recipe = Recipe.full(size, resize, 1.0).only(*on)
    drawn, drawn_labels = augment(image, labels, recipe, draws(seed, 3, "a"))
    assert drawn.shape == (*size, 3)
    assert drawn_labels.shape == size
    assert drawn.dtype == drawn_labels.dtype == np.uint8
    assert set(np.unique(drawn_labels)) <= {*range(11), VOID}
    reach = 3
    padded = np.pad(drawn_labels, reach, constant_values=254)
    around = [padded[y : y + size[0], x : x + size[1]] for y in range(2 * reach + 1) for x in range(2 * reach + 1)]
    settled = (np.max(around, 0) == np.min(around, 0)) & (drawn_labels != VOID)
    assert (np.abs(drawn[settled][:, 0].astype(int) - 20 * drawn_labels[settled].astype(int)) <= 1).all()
    if settled.any() and "shift" not in on and "scale" not in on and resize is None:
        assert (drawn_labels != VOID).all()


def test_a_label_is_that_of_the_pixel_under_the_centre() -> None:
    """Exact at whole factors; VOID beyond the border, mirror image in the picture there."""
    image, labels = coded()
    half, half_labels = view(image, labels, Window(0, 0, 120, 90), (45, 60))
    assert (half_labels == labels[1::2, 1::2]).all()
    assert np.abs(half[5:-5, 5:-5, 1].astype(int) - (np.arange(60)[None, 5:-5] * 4 + 1)).max() <= 2
    same, same_labels = view(image, labels, Window(0, 0, 120, 90), (90, 120))
    assert (same == image).all()
    assert (same_labels == labels).all()
    moved, moved_labels = view(image, labels, Window(-30, 10, 120, 90), (90, 120))
    assert (moved_labels[:, :30] == VOID).all()
    assert (moved_labels[80:] == VOID).all()
    assert (moved_labels[:80, 30:] == labels[10:, :90]).all()
    assert (moved[:80, 30:] == image[10:, :90]).all()
    assert (moved[:80, :30] == image[10:, :30][:, ::-1]).all()


def test_nothing_on_is_the_resized_picture() -> None:
    """The middle of the picture in the shape asked for, whatever the seed."""
    image, labels = coded()
    plain = Recipe((90, 120))
    assert plain.on == ()
    drawn, drawn_labels = augment(image, labels, plain, draws(1, 1, "a"))
    assert (drawn == image).all()
    assert (drawn_labels == labels).all()
    square, _ = augment(image, labels, Recipe((90, 90)), draws(5, 1, "a"))
    assert (square == image[:, 15:105]).all()
    native, _ = augment(image, labels, Recipe((40, 40), 1.0), draws(5, 1, "a"))
    assert (native == image[25:65, 40:80]).all()


@pytest.mark.parametrize("name", ["crop", "shift", "scale", "colour"])
def test_two_epochs_never_draw_the_same_picture(name: str) -> None:
    """Any one augmentation that is always drawn gives twenty epochs of five pictures a hundred different ones."""
    pictures = {sample: scene(index) for index, sample in enumerate("abcde")}
    recipe = Recipe.full((45, 60)).only(name)
    assert recipe.fresh
    seen = set()
    for epoch in range(20):
        for sample, (image, labels) in pictures.items():
            drawn, _ = augment(image, labels, recipe, draws(7, epoch, sample))
            seen.add(hashlib.sha256(drawn.tobytes()).digest())
    assert len(seen) == 100


def test_the_same_draw_comes_again_and_others_differ() -> None:
    """Seed, epoch and sample decide; each of them alone makes another draw."""
    image, labels = scene()
    recipe = Recipe.full((45, 60))
    first, first_labels = augment(image, labels, recipe, draws(1, 2, "a"))
    again, again_labels = augment(image.copy(), labels.copy(), recipe, draws(1, 2, "a"))
    assert (first == again).all()
    assert (first_labels == again_labels).all()
    for other in (draws(2, 2, "a"), draws(1, 3, "a"), draws(1, 2, "b")):
        assert not (augment(image, labels, recipe, other)[0] == first).all()


@pytest.mark.parametrize("name", list(NAMES))
def test_each_augmentation_draws_alike_whichever_others_are_on(name: str) -> None:
    """Recipes that differ in one are compared on otherwise equal draws: geometry is the same without the light, and so on."""
    image, labels = scene()
    full = Recipe.full((45, 60))
    with_it = augment(image, labels, full, draws(3, 1, "a"))[1]
    without = augment(image, labels, full.without(name), draws(3, 1, "a"))[1]
    assert (with_it == without).all() == (name not in GEOMETRY or (name == "mirror" and (with_it == without).all()))
    only = full.only(name)
    assert only.on == (name,)
    assert only.strength(name) == 0.5


@pytest.mark.parametrize("name", list(CHANGES))
def test_light_leaves_every_pixel_in_its_place(name: str) -> None:
    """Labels untouched, shape kept, the input not written to; at full strength the picture is clearly another."""
    image, labels = scene()
    image.flags.writeable = labels.flags.writeable = False
    recipe = Recipe.full((90, 120), strength=1.0).only(name)
    changed = 0
    for epoch in range(40):
        drawn, drawn_labels = augment(image, labels, recipe, draws(1, epoch, "a"))
        assert (drawn_labels == labels).all()
        changed += bool(np.abs(drawn.astype(int) - image).mean() > 1)
    assert changed >= 40 * CHANCE.get(name, 1.0) * 0.5
    if name in CHANCE:
        assert changed <= 40 * CHANCE[name] * 2


def test_greys_stay_grey_and_stronger_is_more() -> None:
    """A turn of hue leaves grey alone; night is darker the stronger."""
    grey = np.full((30, 40, 3), 120, np.uint8)
    u = np.full(8, 0.9)
    assert np.abs(CHANGES["hue"](grey, 1.0, u).astype(int) - 120).max() <= 1
    image, _ = scene()
    means = [CHANGES["night"](image, strength, u * 0.5).mean() for strength in (0.2, 0.6, 1.0)]
    assert means[0] > means[1] > means[2]


def test_recipes_refuse_what_they_cannot_do() -> None:
    """Strengths lie in 0-1, sizes are at least a pixel; a recipe is written down as JSON values."""
    for wrong in ({"blur": 1.5}, {"night": -0.1}, {"size": (0, 5)}, {"resize": 0.0}):
        with pytest.raises(ValueError, match=r"size|strength"):
            Recipe(**{"size": (4, 4), **wrong})
    told = Recipe.full((4, 6), 1.0, 0.25).to_json()
    assert told["size"] == [4, 6]
    assert {name: told[name] for name in NAMES} == dict.fromkeys(NAMES, 0.25)
    assert not Recipe((4, 4), mirror=1.0).fresh
    for english, french in NAMES.values():
        assert english != french


@given(st.integers(0, 10**6))
@settings(deadline=None, max_examples=25)
def test_any_size_of_picture_will_do(seed: int) -> None:
    """From one pixel up, larger or smaller than what is asked for."""
    rng = np.random.default_rng(seed)
    height, width = rng.integers(1, 40, 2)
    size = tuple(int(side) for side in rng.integers(1, 40, 2))
    image = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    labels = rng.integers(0, 3, (height, width), dtype=np.uint8)
    for resize in (None, 1.0, 2.5, 0.3):
        drawn, drawn_labels = augment(image, labels, Recipe.full(size, resize, 1.0), draws(seed, 0, "x"))
        assert drawn.shape == (*size, 3)
        assert drawn_labels.shape == size
