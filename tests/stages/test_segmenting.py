"""Label maps: what the network says carried to a picture of any size, in any classes, and what is shown of it."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from safelight.model.kinds import CATEGORIES
from safelight.pictures import encode
from safelight.stages import segmenting
from safelight.stages.networks.segmenters import build, files
from safelight.stages.perform import Job, perform
from safelight.stages.segmenting import Network, Segmented


def halves(image: np.ndarray) -> np.ndarray:
    """A network that sees `sky` in the upper half and `road` in the lower, and never `car`."""
    del image
    chances = np.zeros((3, 16, 16), np.float32)
    chances[0, :8] = chances[1, 8:] = 0.9
    chances[1, :8] = chances[0, 8:] = 0.1
    return chances


HALVES = Network("halves", ("sky", "road", "car"), halves)


def scene(width: int, height: int) -> np.ndarray:
    """Blue above, grey below, the edge a little lower than the network thinks."""
    image = np.full((height, width, 3), (120, 160, 240), np.uint8)
    image[round(0.515 * height) :] = (80, 80, 80)
    return image


@pytest.mark.parametrize("size", [(640, 480), (480, 640), (3000, 2000), (64, 64), (1, 1), (900, 5)])
def test_labels_are_as_large_as_the_picture(size: tuple[int, int]) -> None:
    """Whatever its size; a class that the network rules out is nowhere."""
    found = segmenting.label(scene(*size), HALVES)
    assert found.labels.shape == size[::-1]
    assert found.labels.dtype == np.uint8
    assert set(np.unique(found.labels)) <= {0, 1}


def test_edges_are_the_pictures() -> None:
    """The network's edge is off by 1.5 % of the height: the labels come nearer to the picture's by more than half."""
    found = segmenting.label(scene(640, 480), HALVES)
    wrong = (found.labels == 0) != (np.arange(480) < round(0.515 * 480))[:, None]
    assert wrong.mean() < 0.5 * 0.015


def test_the_same_bytes_whatever_is_asked_before() -> None:
    """One picture, one label map."""
    image = np.random.default_rng(4).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    first = segmenting.label(image).labels
    segmenting.label(scene(64, 64))
    assert np.array_equal(first, segmenting.label(image).labels)


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=25)
def test_shares_are_the_whole(seed: int) -> None:
    """They sum to 1 before and after a change of classes, and no pixel is lost on the way."""
    labels = np.random.default_rng(seed).integers(0, 3, (9, 11), dtype=np.uint8)
    found = Segmented(labels, ("sky", "road", "kangaroo"))
    eight = found.as_categories()
    assert sum(found.shares()) == pytest.approx(1)
    assert sum(eight.shares()) == pytest.approx(1)
    shares = dict(zip(CATEGORIES, eight.shares(), strict=True))
    assert (shares["sky"], shares["flat"], shares["void"]) == found.shares()


@given(st.lists(st.text(min_size=1, max_size=9), unique=True, max_size=200))
@settings(deadline=None, max_examples=50)
def test_every_class_has_a_colour_of_its_own(classes: list[str]) -> None:
    """Also those that share a category, and strangers."""
    assert len(set(segmenting.colours(classes))) == len(classes)
    assert len(set(segmenting.colours(["pole", "sign", "traffic light", *CATEGORIES]))) == 11


def test_an_overlay_leaves_what_is_clear() -> None:
    """Void stays as it was; the rest is tinted, and drawn more strongly where classes meet."""
    image = np.full((20, 20, 3), 200, np.uint8)
    labels = np.zeros((20, 20), np.uint8)
    labels[10:] = 1
    seen = segmenting.overlay(image, labels, ((0, 0, 0), (0, 0, 255)))
    assert (seen[:10] == 200).all()
    assert seen[15, 5, 0] == pytest.approx(200 * 0.45, abs=1)
    assert seen[10, 5, 0] < seen[15, 5, 0]


def test_the_file_holds_indices_and_colours() -> None:
    """Values in, values out; the palette and what is transparent as told."""
    labels = np.array([[0, 1, 2], [2, 1, 255]], np.uint8)
    colours = (*((1, 2, 3), (4, 5, 6), (7, 8, 9)), *((0, 0, 0),) * 253)
    picture = Image.open(io.BytesIO(encode.labels_png(labels, colours, (0, 255))))
    assert np.array_equal(np.asarray(picture), labels)
    assert picture.getpalette("RGB")[:9] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert np.asarray(picture.convert("RGBA"))[..., 3].tolist() == [[0, 255, 255], [255, 255, 0]]
    with pytest.raises(ValueError, match="label map"):
        encode.labels_png(labels[None], colours)


def test_the_job_gives_files_and_facts() -> None:
    """What a lane answers: the label map always, views as asked; a bound on pixels is the job's own."""
    data = encode.png(scene(120, 90))
    job = Job("segment", {"image": "a"}, {"categories": True, "views": ["overlay", "preview"]})
    made = perform(job, lambda _: data)
    assert set(made.outputs) == {"labels", "overlay", "preview"}
    assert sum(row["percent"] for row in made.facts["classes"]) == pytest.approx(100, abs=0.1)
    assert set(perform(Job("segment", {"image": "a"}, {"views": []}), lambda _: data).outputs) == {"labels"}
    with pytest.raises(Exception, match="too large"):
        perform(Job("segment", {"image": "a"}, {"pixels": 1000}), lambda _: data)


def fine(image: np.ndarray) -> np.ndarray:
    """A network that answers at the size of the picture: one row of `pole` among `sky`."""
    chances = np.zeros((2, *image.shape[:2]), np.float32)
    chances[0] = 1
    chances[:, 40] = ((0.1,), (0.9,))
    return chances


def test_a_network_that_sees_finely_is_believed() -> None:
    """A thin pole stays as thin as the network found it: no filter smears it over its surroundings."""
    image = np.random.default_rng(0).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    found = segmenting.label(image, Network("fine", ("sky", "pole"), fine))
    assert (found.labels == 1).sum() == 120
    assert (found.labels[40] == 1).all()


def test_a_trained_file_labels_in_its_own_classes(tmp_path: Path) -> None:
    """Classes, colours and digest of a file that training wrote; only what says nothing is drawn transparent."""
    net = build("separable", 2, 8)
    about = files.About("separable", 8, ("background", "damage"), ((64, 64, 64), (0, 0, 255)), 64)
    files.save(net, about, tmp_path / "segmenter.safetensors")
    data = encode.png(scene(120, 90))
    params = {"network": str(tmp_path / "segmenter.safetensors"), "views": ["overlay"]}
    made = perform(Job("segment", {"image": "a"}, params), lambda _: data)
    assert [(row["name"], row["colour"]) for row in made.facts["classes"]] == [
        ("background", "#404040"),
        ("damage", "#0000ff"),
    ]
    digest = hashlib.sha256((tmp_path / "segmenter.safetensors").read_bytes()).hexdigest()
    assert made.facts["network"] == {"name": "separable", "sha256": digest}
    clear = Image.open(io.BytesIO(made.outputs["labels"])).info["transparency"]  # the one index, or a byte each
    assert clear in {0, b"\x00\xff"}
    assert segmenting.Segmented(np.zeros((1, 1), np.uint8), ("sky", "road")).clear == ()


def test_a_file_that_is_no_network_is_told() -> None:
    """As what it is, not as a picture's fault."""
    with pytest.raises(files.BadWeights):
        segmenting.network("/no/such/file")
