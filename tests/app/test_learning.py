"""`safelight train segmenter` and `safelight evaluate segmenter` as people use them: to the end, stopped, gone on with."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import segment_world as world
from safelight import cli
from safelight.app import Order, Surroundings, train_segmenter, trained_lines
from safelight.app.learning_words import WORDS, duration, say
from safelight.learn.segment.errors import BadSettings, FolderInUse
from safelight.model.errors import UsageError

DAEMON = Path(cli.__file__).parents[1]
SMALL = ("--network", "residual", "--width", "4", "--threads", "1")


@dataclass
class Safelight:
    """Runs the command line in a folder of its own: within this process, or as one of its own to be stopped."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    def start(self, *words: object) -> subprocess.Popen[str]:
        """A process of its own."""
        command = [sys.executable, "-m", "safelight.cli", *map(str, words)]
        environment = {**os.environ, "PYTHONPATH": str(DAEMON), "SAFELIGHT_CACHE": str(self.folder)}
        return subprocess.Popen(
            command, env=environment, cwd=self.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def __call__(self, *words: object) -> tuple[int, str, str]:
        """Run a command to its end: (status, output, errors)."""
        self.patch.setattr(sys, "argv", ["safelight", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = self.capture.readouterr()
        assert "Traceback" not in err
        return int(ended.value.code or 0), out, err


@pytest.fixture
def safelight(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Safelight]:
    """The command line; what it does about signals is undone."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAFELIGHT_CACHE", str(tmp_path))
    yield Safelight(tmp_path, capsys, monkeypatch)
    for number, handler in before.items():
        signal.signal(number, handler)


def test_train_stop_resume_evaluate(safelight: Safelight, tmp_path: Path) -> None:
    """The whole way: Ctrl-C leaves a checkpoint and says how to go on; that very command ends it; then it is evaluated."""
    data = world.folder(tmp_path / "my data")
    process = safelight.start("train", "segmenter", data, "--out", "net", "--epochs", 3000, *SMALL)
    assert process.stderr is not None
    lines = []
    while not any("epoch" in line for line in lines):
        lines.append(process.stderr.readline())
        assert process.poll() is None, lines
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "Go on with: safelight train segmenter" in out
    assert (tmp_path / "net" / "checkpoint.pt").is_file()
    again = shlex.split(out.split("Go on with: safelight ")[1])
    status, out, err = safelight(*again, "--minutes", "0.01", "--threads", 1, "--json")
    assert status == 0, err
    told = json.loads(out)
    assert told["finished"] is True
    assert told["weights"] == "net/segmenter.safetensors"
    status, out, err = safelight(
        "evaluate", "segmenter", "net/segmenter.safetensors", data, "-o", "report", "--quick", "--threads", 1
    )
    assert status == 0, err
    assert "mean IoU: 0." in out
    assert "report/evaluation.html" in out
    assert (tmp_path / "report" / "evaluation.html").is_file()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("train", "segmenter", "nowhere"), "There is no folder nowhere"),
        (("train", "segmenter", "data", "--preset", "sea"), "road, polygons"),
        (("train", "segmenter", "data", "--network", "giant"), "unet, separable, residual, squeeze"),
        (("train", "segmenter", "data", "--loss", "hinge"), "cross-entropy, dice, both, mse"),
        (("train", "segmenter", "data", "--resume", "--out", "none"), "holds no training"),
        (("train", "segmenter", "data", "--device", "tpu"), "no device “tpu”"),
        (("train", "segmenter", "data", "--pretrained", "x.pth"), "takes no pretrained weights"),
        (("train", "segmenter", "data", "--format", "via"), "nothing in the format via"),
        (("evaluate", "segmenter", "none.safetensors", "data"), "there is no such file"),
        (("evaluate", "segmenter", "data/images/s00.png", "data"), "does not say what it is"),
        (("evaluate", "nowhere"), "There is no folder nowhere"),
    ],
)
def test_mistakes_are_told_in_a_sentence(
    safelight: Safelight, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    """Status 2, one sentence on standard error, nothing on standard output, no folder left behind."""
    world.folder(tmp_path / "data", 2)
    before = {path.name for path in tmp_path.iterdir()}
    status, out, err = safelight(*words)
    assert (status, out) == (2, "")
    assert told in err
    assert {path.name for path in tmp_path.iterdir()} == before


def test_results_that_cannot_be_written(safelight: Safelight, tmp_path: Path) -> None:
    """A file where the folder should be: status 3 and a sentence, for training and report alike."""
    world.folder(tmp_path / "data", 2)
    (tmp_path / "taken").write_text("mine")
    status, _, err = safelight("train", "segmenter", "data", "--out", "taken", "--epochs", 1, *SMALL)
    assert status == 3
    assert "Nothing can be written to taken (File exists)" in err
    safelight("train", "segmenter", "data", "--out", "net", "--epochs", 1, *SMALL)
    status, _, err = safelight("evaluate", "segmenter", "net/segmenter.safetensors", "data", "-o", "taken", "--quick")
    assert status == 3
    assert "Nothing can be written to taken" in err
    assert (tmp_path / "taken").read_text() == "mine"


# --- within this process -----------------------------------------------------------------------------------------


class Told:
    """Keeps lines and sentences."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.said: list[str] = []

    def line(self, text: str) -> None:
        """The moving line."""
        self.lines.append(text)

    def say(self, text: str) -> None:
        """A sentence."""
        self.said.append(text)


def order(tmp_path: Path, **words: object) -> Order:
    """A small training of drawn streets."""
    data = tmp_path / "data"
    if not data.exists():
        world.folder(data, 4)
    base = {"network": "residual", "width": 4, "epochs": 1, "threads": 1}
    return Order(data, tmp_path / "net", **{**base, **words})  # type: ignore[arg-type]


def train(tmp_path: Path, language: str = "en", **words: object) -> tuple[Told, list[str]]:
    """Train; what was told on the way and at the end."""
    told = Told()
    around = Surroundings(tmp_path / "cache", 1)
    trained = train_segmenter(order(tmp_path, **words), around, told, threading.Event(), language)
    return told, trained_lines(trained, language)


def test_what_is_told_in_french(tmp_path: Path) -> None:
    """Start, progress, validation and end, in French print."""
    told, end = train(tmp_path, "fr")
    assert "pour la validation" in told.said[0]
    assert "époque 1/1, perte " in told.lines[0]
    assert "encore" in told.lines[0]
    assert "IoU moyen 0," in told.said[-1]
    assert "le meilleur jusqu'ici" in told.said[-1]
    assert "Appris\u00a0:" in end[0]


def test_a_training_is_never_written_over(tmp_path: Path) -> None:
    """A folder with a checkpoint is refused without --resume; resumed with other settings as well, naming those before."""
    train(tmp_path)
    with pytest.raises(FolderInUse, match="--resume"):
        train(tmp_path)
    with pytest.raises(BadSettings, match=r"“unet” makes no sense for network. Expected is: residual \(--resume\)"):
        train(tmp_path, resume=True, network="unet")
    told, _ = train(tmp_path, resume=True, epochs=2)
    assert "epoch 2/2" in told.lines[-1]


def test_squeeze_without_weights_says_so(tmp_path: Path) -> None:
    """It starts from nothing, and how to give it weights is told."""
    told, _ = train(tmp_path, network="squeeze", width=8)
    assert any("starts from nothing (--pretrained FILE)" in text for text in told.said)


def test_presets_reach_the_training(tmp_path: Path) -> None:
    """`polygons` trains a U-Net with mean square error, three at a time."""
    train(tmp_path, preset="polygons", network=None, width=4)
    settings = json.loads((tmp_path / "net" / "settings.json").read_text())
    assert (settings["network"], settings["loss"], settings["batch"], settings["rate"]) == ("unet", "mse", 3, 0.005)


def test_no_folder_of_data_is_a_usage_error(tmp_path: Path) -> None:
    """Unknown networks are a mistake of the command."""
    with pytest.raises(UsageError, match="no network"):
        train(tmp_path, network="giant")


def test_durations_and_words() -> None:
    """Seconds, minutes, hours; every sentence has its French."""
    assert [duration(value) for value in (0, 40, 89, 91, 3599, 7500)] == [
        "0 s", "40 s", "89 s", "2 min", "1 h 00 min", "2 h 05 min"
    ]  # fmt: skip
    for key, (english, french) in WORDS.items():
        assert english != french or key == "class"
    assert say("report", "fr", file="x") == "Rapport\u00a0: x"
