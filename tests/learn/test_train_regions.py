"""Training regions: label sets mean what they say, draws depend on their seed alone, a resumed run is the same run."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from safelight.learn import regions_data as data
from safelight.learn import train_regions as train
from safelight.learn.regions_data import ANY, BIT, STUFF, Labelled
from safelight.learn.regions_draw import Draw, boards, kerbs, window
from safelight.stages.networks.regions import CLASSES
from safelight.stages.networks.unet import UNet

SMALL = train.Settings(steps=4, batch=2, size=(64, 96), validate_every=2, save_every=2, mean_over=3)


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
    image = np.clip(image.astype(int) + rng.integers(-15, 16, image.shape), 0, 255).astype(np.uint8)
    return data.labelled(image, labels)


def draw() -> Draw:
    """Draws from three drawn streets in two sets."""
    return Draw([(0.5, [street(1), street(2)]), (0.5, [street(3)])], SMALL.size)


def training(folder: Path) -> train.Training:
    """A training of four steps."""
    return train.Training(SMALL, draw(), [street(9)], folder)


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
        logits = torch.zeros(1, len(CLASSES), 2, 2)
        logits[:, CLASSES.index(answer)] = 12
        return float(train.set_loss(logits, torch.full((1, 2, 2), bits, dtype=torch.uint8)))

    assert max(loss(answer) for answer in best) < 0.1
    assert min(loss(answer) for answer in worst) > 3


def test_pixels_that_may_be_anything_teach_nothing() -> None:
    """Labels that say nothing give no loss and no gradient."""
    logits = torch.randn(2, len(CLASSES), 4, 4, requires_grad=True)
    loss = train.set_loss(logits, torch.full((2, 4, 4), ANY, dtype=torch.uint8))
    loss.backward()
    assert float(loss.detach()) == 0
    assert float(logits.grad.abs().sum()) == 0


def test_learning_rate_rises_then_falls() -> None:
    """The rate warms up, peaks at the setting, and ends near nothing."""
    rates = [train.rate(step, train.Settings(steps=200)) for step in range(201)]
    assert max(rates) == pytest.approx(train.Settings.rate)
    assert rates[0] < rates[5] < rates[9]
    assert rates[-1] == pytest.approx(0.01 * train.Settings.rate)


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
    assert image.shape == (*SMALL.size, 3)
    assert labels.shape == SMALL.size
    assert labels.dtype == np.uint8
    assert labels.all()


def test_two_epochs_never_draw_the_same() -> None:
    """Four hundred draws of three pictures are four hundred different pictures."""
    maker = draw()
    assert len({maker((1, step, index))[0].tobytes() for step in range(40) for index in range(10)}) == 400


def test_labels_move_with_the_picture() -> None:
    """Before the light changes, pixels labelled car look like the car: picture and labels take the same way."""
    picture = street(4)
    rng = np.random.default_rng(5)
    for _ in range(30):
        view = (rng.uniform(30, 90), rng.uniform(30, 60), rng.uniform(40, 120))
        image, labels = window(picture, view, SMALL.size, rng)
        inner = cv2.erode((labels == BIT["car"]).astype(np.uint8), np.ones((7, 7))) > 0
        if inner.any():
            assert np.abs(image[inner].mean(0) - (220, 30, 30)).max() < 12


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


# --- data sets ---------------------------------------------------------------------------------------------------


def test_coco_polygons_become_sets(tmp_path: Path) -> None:
    """A person, a car and a chair in polygons; the rest is anything but car, person and sign; no label file, no objects."""
    (tmp_path / "images" / "train2017").mkdir(parents=True)
    (tmp_path / "labels" / "train2017").mkdir(parents=True)
    for name in ("a", "b"):
        Pillow.new("RGB", (100, 80)).save(tmp_path / "images" / "train2017" / f"{name}.jpg")
    rows = ["2 .1 .1 .6 .1 .6 .6 .1 .6", "0 .3 .3 .5 .3 .5 .5 .3 .5", "56 .7 .7 .9 .7 .9 .9 .7 .9"]
    (tmp_path / "labels" / "train2017" / "a.txt").write_text("\n".join(rows))
    first, second = data.coco(tmp_path)
    at = {"car": (15, 20), "person": (32, 40), "other": (64, 80)}
    for kind, (row, column) in at.items():
        assert first.labels[row, column] == BIT[kind]
    assert first.labels[2, 2] == STUFF
    assert (second.labels == STUFF).all()
    assert {thing.kind for thing in first.things} == {"car"}  # the person is smaller than anything worth enlarging


def test_camvid_indices_become_sets(tmp_path: Path) -> None:
    """Palette indices are read as indices; void says nothing; pavement is road; a picture without its file raises."""
    ids = np.repeat(np.arange(12, dtype=np.uint8), 10)[None].repeat(8, 0)
    label = Pillow.fromarray(ids, "P")
    label.putpalette(list(range(256)) * 3)
    label.save(tmp_path / "l.png")
    Pillow.new("RGB", (120, 8), (9, 9, 9)).save(tmp_path / "p.png")
    (tmp_path / "train.txt").write_text("p.png l.png\n")
    labels = data.camvid(tmp_path, "train")[0].labels
    assert labels[0, 5] == BIT["sky"]
    assert labels[0, 45] == BIT["road"]
    assert labels[0, 85] == BIT["car"]
    assert labels[0, 115] == ANY
    (tmp_path / "train.txt").write_text("q.png l.png\n")
    with pytest.raises(ValueError, match="is not a picture"):
        data.camvid(tmp_path, "train")


def test_labels_of_another_size_are_refused() -> None:
    """Labels that do not fit the picture raise with both sizes."""
    with pytest.raises(ValueError, match="do not fit"):
        data.labelled(np.zeros((4, 5, 3), np.uint8), np.zeros((5, 4), np.uint8))


# --- training ----------------------------------------------------------------------------------------------------


def test_a_resumed_run_ends_with_the_same_weights(tmp_path: Path) -> None:
    """Stopped after two steps and started again, training ends where an uninterrupted run ends, bit by bit."""
    lines: list[str] = []
    whole = training(tmp_path / "whole")
    whole.run(lines.append)
    training(tmp_path / "parts").run(lines.append, until=2)
    rest = training(tmp_path / "parts")
    rest.resume()
    assert rest.step == 2
    rest.run(lines.append)
    for name, value in whole.mean.state_dict().items():
        assert torch.equal(value, rest.mean.state_dict()[name]), name
    assert any("min left" in line for line in lines)


def test_exported_weights_load_again(tmp_path: Path) -> None:
    """What is exported is complete but for counters, in 16 bit, and answers like the network it came from."""
    from safetensors.torch import load_file

    net = UNet(len(CLASSES)).eval()
    train.export(net, tmp_path / "w.safetensors")
    tensors = load_file(tmp_path / "w.safetensors")
    assert {tensor.dtype for tensor in tensors.values()} == {torch.float16}
    other = UNet(len(CLASSES)).eval()
    missing, unexpected = other.load_state_dict({name: t.float() for name, t in tensors.items()}, strict=False)
    assert not unexpected
    assert all(name.endswith("num_batches_tracked") for name in missing)
    x = torch.rand(1, 3, 64, 64)
    assert torch.allclose(net(x), other(x), atol=2e-2)


def test_iou_by_hand() -> None:
    """A network that always says road has the road's share as its IoU, nought elsewhere, and no figure for absent classes."""
    net = UNet(len(CLASSES)).eval()
    with torch.no_grad():
        net.head.weight.zero_()
        net.head.bias.zero_()
        net.head.bias[CLASSES.index("road")] = 5
    picture = street(1)
    scores = train.evaluate(net, [picture])
    assert scores["road"] == pytest.approx(float((picture.labels == BIT["road"]).mean()))
    assert scores["car"] == 0
    assert np.isnan(scores["building"])


def test_painted_scenes_label_stands_as_either() -> None:
    """Of a painter's masks the nearer thing wins; a speck of a person may as well be the stand."""
    masks = {name: np.zeros((60, 80), bool) for name in (*CLASSES[1:], "advertising", "face")}
    masks["road"][30:] = True
    masks["car"][25:45, 10:50] = True
    masks["person"][28:58, 40:52] = True
    masks["person"][5:7, 5:7] = True
    labels = data._scene_labels(masks, (60, 80))
    assert labels[55, 5] == BIT["road"]
    assert labels[40, 20] == BIT["car"]
    assert labels[40, 45] == BIT["person"]
    assert labels[5, 5] == BIT["person"] | BIT["other"] | BIT["building"]
    assert labels[0, 70] == BIT["other"]
