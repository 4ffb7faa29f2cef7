"""The training of the shipped network: sets teach what is possible, draws depend on their seed alone, a resumed run is the same run."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.learn.data import Arrays, Classes
from safelight.learn.data.base import VOID
from safelight.learn.data.sets import ROAD_CLASSES
from safelight.learn.segment import checkpoint
from safelight.learn.segment.learner import Learner
from safelight.learn.segment.losses import sets
from safelight.learn.segment.measure import measure_sets
from safelight.learn.segment.race import RaceFeed
from safelight.learn.segment.race_draw import BIT, Draw, Labelled, boards, kerbs, things, window
from safelight.learn.segment.settings import Settings, preset
from safelight.learn.segment.training import Training
from safelight.stages.networks.segmenters import build
from safelight.stages.networks.segmenters.files import load

SIZE = (64, 96)
NAMES = ROAD_CLASSES.names
STUFF = BIT["other"] | BIT["road"] | BIT["sky"] | BIT["vegetation"] | BIT["building"]
SMALL = preset("race").with_words(
    network="separable", width=8, batch=2, size=SIZE, longest=96, epochs=2, validate_every=1, frozen=0, memory=3
)


def street(seed: int, size: tuple[int, int] = (90, 120)) -> Labelled:
    """A drawn picture: sky, road, one car-coloured box, one person-coloured box; labels exact."""
    rng = np.random.default_rng(seed)
    labels = np.full(size, BIT["sky"], np.uint8)
    labels[50:] = BIT["road"]
    labels[40:75, 15:60] = BIT["car"]
    labels[35:80, 80:95] = BIT["person"]
    colours = {"sky": (150, 190, 240), "road": (90, 90, 90), "car": (220, 30, 30), "person": (40, 160, 60)}
    image = np.zeros((*size, 3), np.uint8)
    for kind, colour in colours.items():
        image[labels == BIT[kind]] = colour
    return Labelled(np.clip(image.astype(int) + rng.integers(-15, 16, image.shape), 0, 255).astype(np.uint8), labels)


def streets(*seeds: int, classes: Classes = ROAD_CLASSES) -> Arrays:
    """Drawn pictures as a dataset."""
    drawn = {str(seed): street(seed) for seed in seeds}
    return Arrays("streets", classes, {name: (one.image, one.labels) for name, one in drawn.items()})


def draw() -> Draw:
    """Draws from three drawn streets in two sets."""
    return Draw([(0.5, streets(1, 2)), (0.5, streets(3))], SIZE)


def training(folder: Path, settings: Settings = SMALL) -> Training:
    """A training of two epochs of two steps."""
    feed = RaceFeed(draw(), settings.batch, settings.seed, steps=2)
    return Training(streets(1, 2, 3), streets(9), settings, folder, feed=feed, judge=measure_sets)


class Silent:
    """Hears nothing."""

    def progress(self, progress: object) -> None:
        """Nothing."""

    def validated(self, epoch: int, measured: object, best: bool) -> None:
        """Nothing."""


# --- loss --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bits", "best", "worst"),
    [
        pytest.param(BIT["car"], ["car"], ["road", "other"], id="one class"),
        pytest.param(BIT["other"] | BIT["building"], ["other", "building"], ["car"], id="either of two"),
        pytest.param(STUFF, ["other", "sky", "road"], ["car", "person", "sign"], id="anything but the objects"),
    ],
)
def test_loss_is_low_for_every_allowed_answer(bits: int, best: list[str], worst: list[str]) -> None:
    """An answer within the set costs next to nothing, whichever it is; one outside costs much."""

    def loss(answer: str) -> float:
        logits = torch.zeros(1, len(NAMES), 2, 2)
        logits[:, NAMES.index(answer)] = 12
        return float(sets(logits, torch.full((1, 2, 2), bits, dtype=torch.uint8)))

    assert max(loss(answer) for answer in best) < 0.1
    assert min(loss(answer) for answer in worst) > 3


def test_pixels_that_may_be_anything_teach_nothing() -> None:
    """Labels that say nothing give no loss and no gradient."""
    logits = torch.randn(2, len(NAMES), 4, 4, requires_grad=True)
    loss = sets(logits, torch.full((2, 4, 4), VOID, dtype=torch.uint8))
    loss.backward()  # type: ignore[no-untyped-call]
    assert float(loss.detach()) == 0
    assert logits.grad is not None
    assert float(logits.grad.abs().sum()) == 0


# --- draws -------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**31), st.integers(0, 10_000), st.integers(0, 40))
def test_a_draw_depends_on_its_seed_alone(seed: int, step: int, index: int) -> None:
    """The same seed gives the same picture and labels, whatever was drawn before; sizes and kinds are kept."""
    maker = draw()
    image, labels = maker((seed, step, index))
    maker((seed, step, index + 1))
    again = maker((seed, step, index))
    assert (image == again[0]).all()
    assert (labels == again[1]).all()
    assert image.shape == (*SIZE, 3)
    assert labels.shape == SIZE
    assert labels.dtype == np.uint8
    assert labels.all()


def test_two_epochs_never_draw_the_same() -> None:
    """Four hundred draws of three pictures are four hundred different pictures."""
    maker = draw()
    assert len({maker((1, step, index))[0].tobytes() for step in range(40) for index in range(10)}) == 400


def test_batches_are_the_same_from_wherever_they_begin() -> None:
    """An epoch begun at its second batch gives what the whole one gave; another epoch gives others."""
    feed = RaceFeed(draw(), 2, 7, steps=3)
    whole, rest = [batch.images.tobytes() for batch in feed.epoch(4)], [b.images.tobytes() for b in feed.epoch(4, 1)]
    assert len(feed) == len(whole) == 3
    assert whole[1:] == rest
    assert not set(whole) & {batch.images.tobytes() for batch in feed.epoch(5)}
    assert list(feed.epoch(4, 3)) == []


def test_labels_move_with_the_picture() -> None:
    """Before the light changes, pixels labelled car look like the car: picture and labels take the same way."""
    picture, seen = street(4), 0
    rng = np.random.default_rng(5)
    for _ in range(30):
        view = (rng.uniform(30, 90), rng.uniform(30, 60), rng.uniform(40, 120))
        image, labels = window(picture, view, SIZE, rng)
        inner = cv2.erode((labels == BIT["car"]).astype(np.uint8), np.ones((7, 7))) > 0
        if inner.any():
            seen += 1
            assert np.abs(image[inner].mean(0) - (220, 30, 30)).max() < 12
    assert seen > 10


def test_boards_and_kerbs_spare_cars_and_people() -> None:
    """Boards are laid behind cars and people, kerbs on the road only."""
    picture = street(6)
    kept = np.isin(picture.labels, [BIT["car"], BIT["person"]])
    for seed in range(20):
        image, labels = boards(picture.image, picture.labels, np.random.default_rng(seed))
        assert (image[kept] == picture.image[kept]).all()
        assert (labels[kept] == picture.labels[kept]).all()
        image = kerbs(picture.image, picture.labels, np.random.default_rng(seed))
        off = picture.labels != BIT["road"]
        assert (image[off] == picture.image[off]).all()


def test_small_things_are_not_enlarged() -> None:
    """Things to zoom in on are connected, of one class, and large enough to show something."""
    labels = street(1).labels
    labels[0:5, 0:5] = BIT["car"]
    assert {(thing.kind, thing.box) for thing in things(labels)} == {
        ("car", (15, 40, 60, 75)), ("person", (80, 35, 95, 80)),
    }  # fmt: skip


def test_data_of_other_classes_is_refused() -> None:
    """Sets are bits of the shipped network's classes; no others can be drawn from."""
    with pytest.raises(ValueError, match="classes of the shipped network"):
        Draw([(1.0, streets(1, classes=Classes.named(("a", "b"))))], SIZE)


# --- training ----------------------------------------------------------------------------------------------------


def test_a_resumed_run_ends_with_the_same_weights(tmp_path: Path) -> None:
    """Stopped after three steps and started again, training ends where an uninterrupted run ends, bit by bit."""
    whole = training(tmp_path / "whole")
    assert whole.run(Silent())
    parts = training(tmp_path / "parts")
    assert not parts.run(Silent(), stop=lambda: parts.step == 3)
    rest = training(tmp_path / "parts")
    rest.resume(checkpoint.read(tmp_path / "parts"))
    assert rest.step == 3
    assert rest.run(Silent())
    for name, value in whole.learner.mean.state_dict().items():
        assert torch.equal(value, rest.learner.mean.state_dict()[name]), name
    about = load(tmp_path / "whole" / "segmenter.safetensors").about
    assert about.classes == NAMES


def test_frozen_layers_stay_and_the_encoder_learns_gently() -> None:
    """The first layers keep their weights to the bit, the others of the encoder get their part of the rate, the rest all."""
    told = preset("race").with_words(width=8, frozen=5, gentle=0.25, memory=0)
    learner = Learner(8, told, torch.device("cpu"))
    parts = {group["part"] for group in learner.optimizer.param_groups}
    assert parts == {0.25, 1.0}
    before = {name: value.clone() for name, value in learner.net.state_dict().items()}
    batch = next(iter(RaceFeed(draw(), 2, 1, steps=1).epoch(0)))
    learner.learn(batch, 0.5)
    after = learner.net.state_dict()
    moved = {name for name, value in before.items() if not torch.equal(value, after[name])}
    assert not any(name.startswith(("encoder.0.", "encoder.3.", "encoder.4.")) for name in moved)
    assert any(name.startswith("encoder.12.") for name in moved)
    assert any(name.startswith("head.") for name in moved)


def test_an_allowed_answer_is_no_error() -> None:
    """A network that always says road: right where road is possible, wrong on car and person, not counted on VOID."""
    net = build("separable", len(NAMES), 8)
    with torch.no_grad():
        for value in net.parameters():
            value.zero_()
        net.head[-1].bias[NAMES.index("road")] = 5  # type: ignore[index,union-attr]
    one = street(1)
    labels = one.labels.copy()
    labels[labels == BIT["sky"]] = STUFF
    labels[:10] = VOID
    data = Arrays("one", ROAD_CLASSES, {"a": (one.image, labels)})
    measured = measure_sets(net, data, 120)
    iou = dict(zip(NAMES, measured.table()["iou"], strict=True))
    known = labels != VOID
    assert iou["road"] == pytest.approx(float(((labels & BIT["road"]) > 0)[known].sum() / known.sum()))
    assert iou["car"] == iou["person"] == 0
    assert np.isnan(iou["sky"])
