"""Settings, schedule, feed and parts: what is decided before and between steps."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from safelight.learn.data.base import VOID, Arrays, Classes
from safelight.learn.segment import schedule
from safelight.learn.segment.errors import BadSettings
from safelight.learn.segment.feed import MILD, STRONG, Fitted, feed, recipe
from safelight.learn.segment.holding import divided
from safelight.learn.segment.settings import PRESETS, Settings, preset
from segment_world import TINY, street, streets

# --- settings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRESETS)
def test_settings_go_into_json_and_back(name: str) -> None:
    """Whole, through text."""
    assert Settings.from_json(json.loads(preset(name).text())) == preset(name)


def test_the_polygon_recipe() -> None:
    """U-Net, mean square error, learning rate .005 all the time, three pictures a step."""
    found = preset("polygons")
    assert (found.network, found.loss, found.rate, found.batch, found.schedule) == ("unet", "mse", 0.005, 3, "constant")
    assert schedule.rate(0, found) == schedule.rate(0.9, found) == 0.005


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"batch": 0}, "“0” makes no sense for batch. Expected is: 1 or more"),
        ({"rate": float("nan")}, "makes no sense for rate"),
        ({"loss": "hinge"}, "cross-entropy, dice, both, mse"),
        ({"size": (8, 99)}, "two sides of 16"),
        ({"hold": 1.0}, "0 to 1"),
        ({"epochs": 0}, "makes no sense for epochs"),
        ({"minutes": -1.0}, "makes no sense for minutes"),
        ({"schedule": "steps"}, "poly, cosine, constant"),
        ({"optimizer": "lion"}, "adamw, adam, sgd"),
        ({"precision": "int4"}, "auto, full, bf16"),
        ({"balance": "best"}, "none, root"),
    ],
)
def test_senseless_settings_are_told(words: dict[str, object], told: str) -> None:
    """With the key, what was given, and what is expected; in French too."""
    with pytest.raises(BadSettings, match=told) as caught:
        Settings(**words)
    assert "n'a pas de sens pour" in caught.value.say("fr")


@pytest.mark.parametrize(
    ("values", "told"), [({"epoch": 3}, "epochs"), ({"rate": "high"}, "float"), ({"network": 3}, "str")]
)
def test_foreign_json_is_told(values: dict[str, object], told: str) -> None:
    """A key that is none names the near one; a value of another kind names the kind."""
    with pytest.raises(BadSettings, match=told):
        Settings.from_json(values)


def test_unknown_presets_are_told() -> None:
    """With those there are."""
    with pytest.raises(BadSettings, match="road, polygons"):
        preset("sea")


# --- schedule ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["poly", "cosine", "constant"])
def test_the_rate_rises_and_falls(name: str) -> None:
    """Up through `warm` to the setting, never above, then never up again; it ends low unless constant."""
    settings = Settings(schedule=name, warm=0.1, rate=0.01)
    rates = [schedule.rate(index / 200, settings) for index in range(201)]
    assert max(rates) == pytest.approx(0.01)
    assert rates[1] < rates[10] < rates[19]
    assert rates[20:] == sorted(rates[20:], reverse=True)
    assert min(rates) > 0
    assert rates[-1] == 0.01 if name == "constant" else rates[-1] <= 0.01 * schedule.ENDS_AT


def test_the_mean_forgets_its_beginning() -> None:
    """Nothing is kept at first, then more, never more than the memory says; without memory nothing."""
    kept = [schedule.kept(step, 100) for step in range(2000)]
    assert kept[0] == 0
    assert kept == sorted(kept)
    assert kept[-1] == 0.99
    assert schedule.kept(500, 0) == 0


def test_class_weights_by_hand() -> None:
    """The root of median over count: 1 for the median class, 2 for a quarter of it, bounded, 1 for an absent one."""
    assert schedule.class_weights(np.array([400, 100, 1600, 0, 400])).tolist() == [1, 2, 0.5, 1, 1]
    assert schedule.class_weights(np.array([10_000, 1, 100])).tolist() == [0.25, 4, 1]
    assert schedule.class_weights(np.array([0, 0])).tolist() == [1, 1]


def test_pixels_are_counted_without_the_unlabelled() -> None:
    """Over all maps, or over so many, evenly spread."""
    data = streets(7)
    everything = np.concatenate([data.labels(name).ravel() for name in data.ids])
    assert schedule.count_pixels(data).tolist() == [(everything == index).sum() for index in range(3)]
    assert schedule.count_pixels(data, 2).sum() == sum((data.labels(name) != VOID).sum() for name in ("s00", "s03"))


def test_seeds_of_steps_differ() -> None:
    """A thousand steps of two seeds: all different, all within what torch takes."""
    seeds = {schedule.seed_of(seed, step) for seed in (1, 2) for step in range(1000)}
    assert len(seeds) == 2000
    assert max(seeds) < 2**63


# --- feed --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "batch", "steps"), [(1, 3, 1), (3, 3, 1), (4, 3, 1), (5, 3, 2), (6, 3, 2), (7, 3, 2), (3, 1, 3)]
)
def test_a_batch_of_one_is_left_out(count: int, batch: int, steps: int) -> None:
    """Unless it is all there is, or batches of one were asked for."""
    found = feed(streets(count), TINY.with_words(batch=batch))
    assert len(found) == steps == len(list(found.epoch(0)))


def test_recipes() -> None:
    """Names mean strengths; single augmentations are as strong as in strong; unknown ones are told."""
    assert recipe(Settings(augment="none")).on == ()
    assert set(recipe(Settings(augment="strong")).on) == set(STRONG)
    assert set(recipe(Settings(augment="mild")).on) == set(MILD)
    only = recipe(Settings(augment="night, mirror"))
    assert only.on == ("mirror", "night")
    assert only.night == STRONG["night"]
    with pytest.raises(BadSettings, match="snow"):
        recipe(Settings(augment="mirror,snow"))


@examples(deadline=None, max_examples=30)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(16, 80))
def test_pictures_are_fitted_with_their_labels(height: int, width: int, longest: int) -> None:
    """The longest side is as said, the shape kept to a pixel, labels are never mixed and lie where they lay."""
    labels = np.full((height, width), 3, np.uint8)
    labels[: height // 2] = VOID
    image = np.where(labels[..., None] == 3, np.uint8(200), np.uint8(20)).repeat(3, 2)
    data = Fitted(Arrays("one", Classes.named("abcd"), {"x": (image, labels)}), longest)
    found, known = data.image("x"), data.labels("x")
    assert max(known.shape) == longest
    assert found.shape == (*known.shape, 3)
    assert abs(known.shape[0] / known.shape[1] - height / width) <= 1.01 / min(known.shape) * max(1, height / width)
    assert set(np.unique(known)) <= {3, VOID}
    bright = found[..., 0] > 110
    assert (bright == (known == 3)).mean() > 1 - 1.5 / known.shape[0]


def test_pictures_of_many_sizes_make_batches() -> None:
    """Fitted and cropped, they all have the size of the settings."""
    pictures = {f"p{index}": street(index, (30 + 10 * index, 64)) for index in range(4)}
    data = Arrays("mixed", streets(1).classes, pictures)
    for batch in feed(data, TINY).epoch(0):
        assert batch.images.shape == (2, 32, 48, 3)


# --- parts -------------------------------------------------------------------------------------------------------


@examples(deadline=None)
@given(st.sets(st.text("abcdef0123", min_size=1, max_size=6), min_size=1, max_size=60), st.floats(0.0, 0.95))
def test_held_out_and_kept_are_all(names: set[str], share: float) -> None:
    """Nothing twice, nothing lost; both sides have a picture where there are two; the whole where none is held."""
    data = Arrays("d", streets(1).classes, {name: street(1) for name in sorted(names)})
    kept, held = divided(data, share)
    if held is None:
        assert share == 0 or len(names) == 1
        assert kept is data
        return
    assert set(kept.ids) | set(held.ids) == names
    assert not set(kept.ids) & set(held.ids)
    assert kept.ids
    assert held.ids


def test_one_more_picture_moves_no_other() -> None:
    """The side a picture falls on depends on its id alone; about the share asked for is held out."""
    many = Arrays("d", streets(1).classes, {f"n{index}": street(1) for index in range(400)})
    more = Arrays("d", streets(1).classes, {**many.pictures, "new": street(1)})
    before, after = divided(many, 0.2)[1], divided(more, 0.2)[1]
    assert before is not None
    assert after is not None
    assert set(after.ids) - {"new"} == set(before.ids)
    assert 50 < len(before.ids) < 110
