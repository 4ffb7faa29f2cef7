"""Training a classifier: the same twice and in pieces, better than before it learnt, files that are checked, bad folders refused."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from safelight.learn.classify import pictures
from safelight.learn.classify.augment import AUGMENTATIONS, varied, views
from safelight.learn.classify.errors import EmptyClass, LabelledFolderError, OneClass, TooFew
from safelight.learn.classify.measures import Figures
from safelight.learn.classify.settings import Settings
from safelight.learn.classify.training import FORM, KEYS, WEIGHTS, Progress, Training
from safelight.learn.segment import checkpoint
from safelight.learn.segment.errors import BadSettings, BrokenCheckpoint
from safelight.stages.networks.classifiers import BadClassifier, layers, load

SMALL = Settings(width=4, size=32, batch=4, epochs=4, patience=0, rate=0.01, dropout=0.1)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def drawn(folder: Path, count: int = 10, classes: tuple[str, ...] = ("bar", "disc")) -> Path:
    """Discs and bars in noise, five series a class."""
    rng = np.random.default_rng(5)
    for number, name in enumerate(classes):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for index in range(count):
            image = rng.integers(0, 60, (48, 64, 3)).astype(np.uint8)
            centre = (int(rng.integers(16, 48)), int(rng.integers(14, 34)))
            if number == 0:
                cv2.rectangle(image, (centre[0] - 3, 2), (centre[0] + 3, 45), (60, 220, 60), -1)
            else:
                cv2.circle(image, centre, 12, (60, 60, 220), -1)
            assert cv2.imwrite(str(folder / name / f"{name}{'abcde'[index % 5]}-{index}.png"), image)
    return folder


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> pictures.Labels:
    """Ten of each, read once."""
    return pictures.read(drawn(tmp_path_factory.mktemp("drawn")), 40)


class Heard:
    """Keeps what a training tells."""

    def __init__(self) -> None:
        self.steps: list[Progress] = []
        self.found: list[tuple[int, Figures, bool]] = []

    def progress(self, progress: Progress) -> None:
        """After every step."""
        self.steps.append(progress)

    def validated(self, epoch: int, found: Figures, best: bool) -> None:
        """After every epoch."""
        self.found.append((epoch, found, best))


def test_stopped_and_resumed_it_ends_as_in_one_run(labels: pictures.Labels, tmp_path: Path) -> None:
    """In the middle of an epoch, then to the end: the same weights and history; another seed gives others."""
    whole, heard = Training(labels, SMALL, tmp_path / "whole"), Heard()
    assert whole.run(heard)
    assert [epoch for epoch, _, _ in heard.found] == [0, 1, 2, 3, 4]
    assert heard.steps[-1].left == 0 and heard.steps[0].left > 0
    part, steps = Training(labels, SMALL, tmp_path / "part"), Heard()
    assert not part.run(steps, lambda: len(steps.steps) >= 6)
    again = Training(labels, SMALL, tmp_path / "part")
    again.resume(checkpoint.read(tmp_path / "part", FORM, KEYS))
    assert 0 < again.epoch < 4
    assert again.run(Heard())
    assert all(
        torch.equal(a, b) for a, b in zip(whole.net.state_dict().values(), again.net.state_dict().values(), strict=True)
    )
    strip = [[{**row, "spent": 0} for row in item.history] for item in (whole, again)]
    assert strip[0] == strip[1] and whole.losses == again.losses
    other = Training(labels, Settings(**{**SMALL.to_json(), "augment": SMALL.augment, "seed": 7}), tmp_path / "other")
    assert not torch.equal(other.net.head.weight, Training(labels, SMALL, tmp_path / "x").net.head.weight)


def test_it_learns_and_says_what_chance_was(labels: pictures.Labels, tmp_path: Path) -> None:
    """Discs from bars after a few epochs; the file knows the untrained network's score, its classes and pictures."""
    training = Training(
        labels, Settings(**{**SMALL.to_json(), "augment": ("mirror",), "epochs": 12, "patience": 6}), tmp_path
    )
    assert training.run(Heard())
    found = load(tmp_path / WEIGHTS)
    assert found.about.classes == ("bar", "disc")
    assert found.about.scores["balanced"] >= 0.9 > 0.8 >= found.about.scores["untrained_balanced"]
    assert len(found.about.trained_on) == len(training.kept)
    assert (tmp_path / "curves.png").is_file() and (tmp_path / "losses.csv").read_text().startswith("step,loss\n1,")
    table = layers(found.net, 32)
    assert sum(count for *_, count in table) == sum(value.numel() for value in found.net.parameters())
    assert table[0][2] == "4 × 32 × 32" and table[-1][2] == "2"


def test_no_source_stands_on_both_sides(labels: pictures.Labels) -> None:
    """Series stay together and both classes are on both sides; one more picture of a series moves no other series."""
    kept, held = pictures.split(labels, 0.2, 1)
    assert sorted(kept + held) == list(range(20))
    assert pictures.shared_sources(labels, kept, held) == 0
    assert {labels.pictures[i].truth for i in held} == {labels.pictures[i].truth for i in kept} == {0, 1}


@pytest.mark.parametrize(
    ("counts", "error"),
    [({}, OneClass), ({"a": 5}, OneClass), ({"a": 5, "b": 0}, EmptyClass), ({"a": 0, "b": 0}, EmptyClass), ({"a": 5, "b": 2}, TooFew)],
)  # fmt: skip
def test_folders_that_teach_nothing_are_refused(tmp_path: Path, counts: dict, error: type) -> None:
    """No class, one, an empty one, too few pictures: an error in both languages, never a number."""
    for name, count in counts.items():
        (tmp_path / name).mkdir()
        for index in range(count):
            cv2.imwrite(str(tmp_path / name / f"p{index}.png"), np.full((20, 20, 3), 9 * index, np.uint8))
    with pytest.raises(error) as caught:
        pictures.split(pictures.read(tmp_path, 20), 0.2, 1)
    assert caught.value.say("en") != caught.value.say("fr")
    with pytest.raises(LabelledFolderError):
        pictures.read(tmp_path / "nowhere", 20)


def test_unreadable_and_uneven_are_told(tmp_path: Path) -> None:
    """A text named .jpg is listed and not counted; a class twelve times as large gives a warning."""
    drawn(tmp_path, 3)
    for index in range(40):
        cv2.imwrite(str(tmp_path / "bar" / f"more{index}.png"), np.full((20, 20, 3), index, np.uint8))
    (tmp_path / "bar" / "broken.jpg").write_bytes(b"no picture")
    (tmp_path / "bar" / "notes.txt").write_text("x")
    found = pictures.read(tmp_path, 20)
    assert (found.counts, len(found.unreadable), found.ignored) == ([43, 3], 1, 1)
    told = " ".join(english for english, _ in pictures.warnings(found))
    assert "Only 3 pictures" in told and "could not be read" in told and "43" in told


@pytest.mark.parametrize("fault", ["version", "digest", "cut", "foreign", "absent", "weights"])
def test_other_files_are_refused(labels: pictures.Labels, tmp_path: Path, fault: str) -> None:
    """Another version, a changed byte, half a file, something else, none: a sentence, never another answer."""
    training = Training(labels, Settings(width=4, size=32, epochs=1), tmp_path)
    training.run(Heard())
    path = tmp_path / WEIGHTS
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    head = json.loads(data[8 : 8 + length])
    if fault == "version":
        head["__metadata__"]["form"] = "safelight-classifier/9"
    if fault == "digest":
        about = json.loads(head["__metadata__"]["about"])
        head["__metadata__"]["about"] = json.dumps({**about, "temperature": 2.5})
    packed = json.dumps(head).encode()
    changed = struct.pack("<Q", len(packed)) + packed + data[8 + length :]
    changed = {"cut": data[: len(data) // 2], "foreign": b"x" * 50, "weights": data[:-1] + bytes([data[-1] ^ 1])}.get(
        fault, changed
    )
    path.write_bytes(changed)
    if fault == "absent":
        path.unlink()
    with pytest.raises(BadClassifier) as caught:
        load(path)
    assert fault != "version" or "safelight-classifier/9" in caught.value.say("fr")


def test_a_checkpoint_of_other_pictures_is_refused(labels: pictures.Labels, tmp_path: Path) -> None:
    """Going on with other data would mix two trainings."""
    training = Training(labels, Settings(width=4, size=32, epochs=1), tmp_path)
    training.run(Heard())
    fewer = pictures.Labels(labels.folder, labels.classes, labels.pictures[:-1])
    with pytest.raises(BrokenCheckpoint):
        Training(fewer, training.settings, tmp_path).resume(checkpoint.read(tmp_path, FORM, KEYS))


@pytest.mark.parametrize("values", [{"rate": 0}, {"batch": 1}, {"augment": ("magic",)}, {"hold": 0.9}, {"size": 4}])
def test_senseless_settings_are_refused(values: dict) -> None:
    """With what was expected, before any picture is read."""
    with pytest.raises(BadSettings):
        Settings(**values)


def test_each_way_of_varying_does_something_and_keeps_the_shape() -> None:
    """Same draw, same look; every way changes a picture that can be changed; ten views of one picture."""
    image = np.random.default_rng(1).integers(0, 255, (40, 40, 3)).astype(np.uint8)
    plain = varied(image, 32, (), np.random.default_rng(3))
    for name in AUGMENTATIONS:
        look = varied(image, 32, (name,), np.random.default_rng(3))
        assert look.shape == (32, 32, 3) and look.dtype == np.uint8
        assert not np.array_equal(look, plain), name
        assert np.array_equal(look, varied(image, 32, (name,), np.random.default_rng(3)))
    assert len(views(image, 32)) == 10
