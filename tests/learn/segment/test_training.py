"""Training: the same twice, the same in pieces, ending when told; what it leaves behind, and what it refuses."""

from __future__ import annotations

import dataclasses
import itertools
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as Pillow

from safelight.learn.data.base import Arrays
from safelight.learn.data.errors import OtherSize
from safelight.learn.segment import checkpoint
from safelight.learn.segment.errors import BadDevice, BrokenCheckpoint, Diverged, NothingToResume
from safelight.learn.segment.learner import coarse, resolve
from safelight.learn.segment.settings import Settings
from safelight.learn.segment.training import WEIGHTS, Training
from safelight.stages.networks.segmenters.files import load
from segment_world import CLASSES, TINY, Heard, Seconds, street, streets


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def training(folder: Path, settings: Settings = TINY, count: int = 5) -> Training:
    """A training of six steps or so."""
    return Training(streets(count), streets(2, 20), settings, folder)


def resumed(folder: Path) -> Training:
    """The training in a folder, as its checkpoint left it."""
    state = checkpoint.read(folder)
    found = training(folder, checkpoint.settings_of(state))
    found.resume(state)
    return found


def same(one: Training, other: Training) -> bool:
    """Whether two trainings stand at the same weights, running means, scores and history (but for the time spent)."""
    pairs = [
        *zip(one.learner.net.state_dict().values(), other.learner.net.state_dict().values(), strict=True),
        *zip(one.learner.mean.state_dict().values(), other.learner.mean.state_dict().values(), strict=True),
    ]
    histories = [[{**row, "spent": 0} for row in item.history] for item in (one, other)]
    return all(torch.equal(a, b) for a, b in pairs) and histories[0] == histories[1] and one.best == other.best


# --- going on ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stops", [(2,), (3,), (1, 4)])
def test_in_pieces_it_ends_with_the_same_weights(tmp_path: Path, stops: tuple[int, ...]) -> None:
    """Stopped at the end of an epoch, in the middle of one, or twice, and started again: bit by bit the same."""
    whole = training(tmp_path / "whole")
    assert whole.run(Heard())
    assert whole.step == 6
    for stop in stops:
        part = training(tmp_path / "parts") if stop == stops[0] else resumed(tmp_path / "parts")
        assert not part.run(Heard(), lambda part=part, stop=stop: part.step >= stop)
        assert part.step == stop
    last = resumed(tmp_path / "parts")
    assert last.run(Heard())
    assert same(whole, last)
    assert (tmp_path / "whole" / WEIGHTS).stat().st_size == (tmp_path / "parts" / WEIGHTS).stat().st_size


def test_the_same_twice_and_another_with_another_seed(tmp_path: Path) -> None:
    """Two runs are equal; another seed gives other weights."""
    runs = [training(tmp_path / name, TINY.with_words(seed=seed)) for name, seed in (("a", 1), ("b", 1), ("c", 2))]
    for run in runs:
        run.run(Heard())
    assert same(runs[0], runs[1])
    assert not same(runs[0], runs[2])


def test_a_finished_training_does_nothing_more(tmp_path: Path) -> None:
    """Resumed after its end, it takes no step and validates nothing; with more epochs it goes on."""
    training(tmp_path).run(Heard())
    again, heard = resumed(tmp_path), Heard()
    assert again.run(heard)
    assert not heard.steps
    assert not heard.validations
    state = checkpoint.read(tmp_path)
    more = training(tmp_path, checkpoint.settings_of(state).with_words(epochs=4))
    more.resume(state)
    assert more.run(Heard())
    assert more.step == 8


def test_a_kill_loses_no_more_than_since_the_last_checkpoint(tmp_path: Path) -> None:
    """Ended by an exception in the third epoch, it goes on from the checkpoint of the second one's end."""

    class Fault(Exception):
        """What ends it."""

    heard = Heard()

    def fall(_progress: object) -> None:
        if len(heard.validations) == 2:
            raise Fault

    heard.progress = fall  # type: ignore[method-assign]
    broken = training(tmp_path / "parts")
    with pytest.raises(Fault):
        broken.run(heard)
    rest = resumed(tmp_path / "parts")
    assert rest.step == 4
    rest.run(Heard())
    whole = training(tmp_path / "whole")
    whole.run(Heard())
    assert same(whole, rest)


def test_ended_by_other_words_it_still_validates(tmp_path: Path) -> None:
    """Stopped after an epoch that was not validated, then told that its time is over: it validates and writes weights."""
    rare = TINY.with_words(validate_every=50)
    first = training(tmp_path, rare)
    assert not first.run(Heard(), lambda: first.step >= 2)
    assert not (tmp_path / WEIGHTS).exists()
    last = training(tmp_path, rare.with_words(epochs=1))
    last.resume(checkpoint.read(tmp_path))
    heard = Heard()
    assert last.run(heard)
    assert not heard.steps
    assert len(heard.validations) == len(last.history) == 1
    assert load(tmp_path / WEIGHTS).about.trained["step"] == 2


# --- time --------------------------------------------------------------------------------------------------------


def test_minutes_end_by_the_clock(tmp_path: Path) -> None:
    """A training of half a minute ends when its clock says so; in pieces, the time before counts."""
    settings = TINY.with_words(minutes=0.5, validate_every=1000)
    heard = Heard()
    assert training(tmp_path / "a", settings).run(heard, clock=Seconds())
    assert heard.steps[-1].spent >= 30
    assert heard.steps[-2].spent < 30
    assert heard.steps[-1].left == 0
    assert [item.left for item in heard.steps] == sorted((item.left for item in heard.steps), reverse=True)
    assert heard.steps[0].epochs is None
    first = training(tmp_path / "b", settings)
    first.run(Heard(), lambda: first.spent >= 20, Seconds())
    rest, told = resumed(tmp_path / "b"), Heard()
    rest.run(told, clock=Seconds())
    assert told.steps[0].spent > 20
    assert 5 <= len(told.steps) <= 12


def test_time_left_is_told(tmp_path: Path) -> None:
    """By epochs: what the steps so far took, times the steps to come; nought at the end."""
    heard = Heard()
    training(tmp_path).run(heard, clock=Seconds())
    assert [item.step for item in heard.steps] == [1, 2, 3, 4, 5, 6]
    assert [item.epoch for item in heard.steps] == [1, 1, 2, 2, 3, 3]
    assert {item.epochs for item in heard.steps} == {3}
    assert heard.steps[0].left > heard.steps[4].left > heard.steps[5].left == 0


def test_checkpoints_come_by_the_clock(tmp_path: Path) -> None:
    """Every `save_every` seconds, also within an epoch."""
    run = training(tmp_path, TINY.with_words(save_every=1.5, epochs=1, validate_every=50), count=12)
    seen = []

    class Watching(Heard):
        def progress(self, progress: object) -> None:
            seen.append((tmp_path / checkpoint.NAME).exists())

    run.run(Watching(), clock=Seconds())
    assert seen[0] is False
    assert seen[-1] is True


# --- what is learnt ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("network", "loss"), [("residual", "both"), ("unet", "mse"), ("separable", "cross-entropy"), ("squeeze", "dice")]
)
def test_streets_are_learnt(tmp_path: Path, network: str, loss: str) -> None:
    """Every network with one of the losses: after a few seconds it knows sky, road and car of streets it never saw."""
    settings = Settings(
        network=network, width=8 if network == "squeeze" else 4, loss=loss, size=(48, 64), longest=64, batch=4,
        augment="mirror", epochs=20, validate_every=20, rate=0.01, memory=4, aside=0.2, dropout=0.0,
    )  # fmt: skip
    heard = Heard()
    assert training(tmp_path, settings, count=12).run(heard)
    assert heard.validations[-1][1].miou > 0.7
    losses = [row["loss"] for row in json.loads((tmp_path / "history.json").read_text())]
    assert losses[-1] < 0.7 * losses[0]


def test_the_best_weights_are_what_is_written(tmp_path: Path) -> None:
    """The file holds the weights of the best validation, says how good they were, and answers as the mean network did."""
    heard = Heard()
    run = training(tmp_path)
    run.run(heard)
    best = max(measured.miou for _, measured, _ in heard.validations)
    loaded = load(tmp_path / WEIGHTS)
    assert loaded.about.scores["miou"] == pytest.approx(best, abs=1e-4)
    assert loaded.about.classes == CLASSES.names
    assert loaded.about.colours == CLASSES.colours
    assert loaded.about.longest == 64
    assert loaded.about.trained["pictures"] == 5
    assert Settings.from_json(loaded.about.trained["settings"]) == TINY
    assert heard.validations[0][2] is True


def test_worse_weights_are_not_written(tmp_path: Path) -> None:
    """A run resumed with a best that nothing reaches keeps it, says so, and leaves the file alone."""
    first = training(tmp_path)
    first.run(Heard(), lambda: first.step >= 2)
    before = (tmp_path / WEIGHTS).read_bytes()
    rest = training(tmp_path)
    rest.resume({**checkpoint.read(tmp_path), "best": 0.999})
    heard = Heard()
    rest.run(heard)
    assert [best for _, _, best in heard.validations] == [False, False]
    assert rest.best == checkpoint.read(tmp_path)["best"] == 0.999
    assert (tmp_path / WEIGHTS).read_bytes() == before


def test_without_held_pictures_the_last_weights_are_written(tmp_path: Path) -> None:
    """No validation set: every time it would validate, the mean weights are written."""
    run = Training(streets(4), None, TINY, tmp_path)
    run.run(Heard())
    loaded = load(tmp_path / WEIGHTS)
    assert loaded.about.scores == {}
    assert loaded.about.trained["step"] == run.step


def test_curves_are_drawn(tmp_path: Path) -> None:
    """A picture of two plots, with ink of every curve."""
    training(tmp_path).run(Heard())
    with Pillow.open(tmp_path / "curves.png") as opened:
        pixels = np.array(opened.convert("RGB")).reshape(-1, 3)
    for colour in ((20, 90, 170), (190, 70, 20), (60, 140, 70)):
        assert (pixels == colour).all(1).sum() > 20


def test_the_running_mean_is_steadier(tmp_path: Path) -> None:
    """The mean network is not the one that learns, and with no memory it is."""
    run = training(tmp_path / "a")
    run.run(Heard())
    assert not torch.equal(*(net.state_dict()["stem.0.weight"] for net in (run.learner.net, run.learner.mean)))
    run = training(tmp_path / "b", TINY.with_words(memory=0))
    run.run(Heard())
    assert torch.equal(*(net.state_dict()["stem.0.weight"] for net in (run.learner.net, run.learner.mean)))


def test_auxiliary_labels_are_those_of_the_cells_middle() -> None:
    """A map of 5 x 7, stride 4, answered in cells of 2: padded with VOID to 8 x 8, the pixel right below the middle."""
    labels = torch.arange(35, dtype=torch.uint8).view(1, 5, 7)
    small = coarse(labels, 4, 4)
    assert small.shape == (1, 4, 4)
    assert small[0, 0].tolist() == [8, 10, 12, 255]
    assert small[0, 3].tolist() == [255] * 4


# --- what is refused ---------------------------------------------------------------------------------------------


def test_a_rate_too_high_is_told(tmp_path: Path) -> None:
    """A loss that is no number ends the training before it spoils the weights, and says what to change."""
    with pytest.raises(Diverged, match="lower learning rate") as caught:
        training(tmp_path, TINY.with_words(rate=1e30, clip=0.0, warm=0.0, optimizer="sgd", epochs=9)).run(Heard())
    assert "taux d'apprentissage" in caught.value.say("fr")


def test_broken_checkpoints_are_told(tmp_path: Path) -> None:
    """None, cut off, not ours, one that would run code: a sentence each, and the code is not run."""

    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.mkdir, (tmp_path / "harm",))  # type: ignore[return-value]

    with pytest.raises(NothingToResume):
        checkpoint.read(tmp_path)
    training(tmp_path).run(Heard())
    path = tmp_path / checkpoint.NAME
    whole = path.read_bytes()
    for data in (b"", whole[: len(whole) // 2], b"hello", pickle.dumps(Bomb())):
        path.write_bytes(data)
        with pytest.raises(BrokenCheckpoint, match="damaged or of another kind"):
            checkpoint.read(tmp_path)
    torch.save({"form": checkpoint.FORM}, path)
    with pytest.raises(BrokenCheckpoint):
        checkpoint.read(tmp_path)
    assert not (tmp_path / "harm").exists()


def test_other_data_or_another_network_are_refused(tmp_path: Path) -> None:
    """A checkpoint goes on only with the pictures, classes and network it was made with."""
    training(tmp_path).run(Heard())
    state = checkpoint.read(tmp_path)
    with pytest.raises(BrokenCheckpoint, match="other pictures"):
        training(tmp_path, count=4).resume(state)
    with pytest.raises(BrokenCheckpoint, match="another network"):
        training(tmp_path, TINY.with_words(width=8)).resume(state)


def test_a_broken_picture_is_named(tmp_path: Path) -> None:
    """Labels of another size end the training with the picture's name; the checkpoint before stays."""
    pictures = {"good": street(1), "bad": (street(2)[0], np.zeros((3, 3), np.uint8))}
    run = Training(Arrays("mixed", CLASSES, pictures), None, TINY.with_words(balance="none"), tmp_path)
    with pytest.raises(OtherSize, match="bad"):
        run.run(Heard())


def test_devices() -> None:
    """The processor is always there; an unknown device, and a graphics card where there is none, are told."""
    assert resolve("cpu").type == "cpu"
    assert resolve("auto").type in {"cpu", "cuda"}
    with pytest.raises(BadDevice, match="no device “tpu”"):
        resolve("tpu")
    if not torch.cuda.is_available():
        with pytest.raises(BadDevice):
            resolve("cuda")


def test_every_setting_that_matters_is_kept(tmp_path: Path) -> None:
    """settings.json and the checkpoint hold all fields, as given."""
    settings = TINY.with_words(epochs=1, augment="none", schedule="cosine", optimizer="adam", balance="none")
    training(tmp_path, settings).run(Heard())
    assert Settings.from_json(json.loads((tmp_path / "settings.json").read_text())) == settings
    assert checkpoint.settings_of(checkpoint.read(tmp_path)) == settings
    assert len(settings.to_json()) == len(dataclasses.fields(Settings))
    assert len(set(itertools.chain(settings.to_json()))) == len(settings.to_json())
