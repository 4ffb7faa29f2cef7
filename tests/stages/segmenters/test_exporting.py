"""Segmenters as ONNX: the same answers at any size, what the file says of itself, five lines that run it, faults told."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from safelight.stages.networks.segmenters import ARCHITECTURES, build, exporting
from safelight.stages.networks.segmenters.base import Context, Segmenter
from safelight.stages.networks.segmenters.exporting import CannotExport, about_of, compared, export, session_of
from safelight.stages.networks.segmenters.files import About, Loaded, load, save

CLASSES = ("sky", "road", "car")


def lively(name: str) -> Segmenter:
    """A small network whose answers differ from place to place, as a trained one's do."""
    torch.manual_seed(3)
    net = build(name, len(CLASSES), 4)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, 0, 0.3)
            nn.init.uniform_(module.running_var, 0.1, 0.6)
            nn.init.uniform_(module.weight, 0.7, 1.5)
    return net.eval()


def written(folder: Path, name: str = "residual") -> Path:
    """A weight file of such a network."""
    path = folder / f"{name}.safetensors"
    save(lively(name), About(name, 4, CLASSES, ((1, 2, 3),) * 3, 480), path)
    return path


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_same_answers_at_any_size(name: str, tmp_path: Path) -> None:
    """Every architecture, sizes that were not traced, one pixel included; chances sum to 1 and are not all alike."""
    loaded = load(written(tmp_path, name))
    made = export(loaded, tmp_path / "net.onnx", tmp_path)
    assert made.bytes == (tmp_path / "net.onnx").stat().st_size
    assert made.difference < 1e-4
    session = session_of((tmp_path / "net.onnx").read_bytes())
    for height, width in ((1, 1), (7, 200), (64, 64), (129, 65)):
        picture = np.random.default_rng(height).random((1, 3, height, width), np.float32)
        with torch.inference_mode():
            ours = functional.softmax(loaded.net(torch.from_numpy(picture)), 1).numpy()
        theirs = session.run(None, {"picture": picture})[0]
        assert theirs.shape == (1, 3, height, width)
        assert np.abs(ours - theirs).max() < 1e-4
        assert np.allclose(theirs.sum(1), 1, atol=1e-5)
    assert float(ours.std(axis=(2, 3)).max()) > 1e-3


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 40), st.integers(1, 40))
def test_means_over_fields_are_those_of_torch(height: int, width: int) -> None:
    """The tables of shares give what adaptive pooling gives, whatever the size."""
    x = torch.rand(1, 2, height, width)
    for field in (1, 2, 4):
        down, across = exporting._shares(x, 2, field), exporting._shares(x, 3, field)
        assert torch.allclose(down @ x @ across.T, functional.adaptive_avg_pool2d(x, field), atol=1e-5)


def test_the_network_itself_is_not_changed(tmp_path: Path) -> None:
    """Exporting works on a copy."""
    loaded = load(written(tmp_path))
    before = {type(module) for module in loaded.net.modules()}
    export(loaded, tmp_path / "net.onnx", tmp_path)
    assert {type(module) for module in loaded.net.modules()} == before
    assert Context in before


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    """Classes, colours, size and the digest of the weights it was made of; a file that onnx's own checker accepts."""
    loaded = load(written(tmp_path))
    export(loaded, tmp_path / "net.onnx", tmp_path)
    data = (tmp_path / "net.onnx").read_bytes()
    told = about_of(data)
    assert tuple(told["classes"]) == CLASSES
    assert (told["longest"], told["weights"], told["colours"][0]) == (480, loaded.sha256, [1, 2, 3])
    onnx.checker.check_model(onnx.load_model_from_string(data), full_check=True)


def test_a_network_that_answers_otherwise_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A difference that is no rounding: told in both languages, no file."""
    monkeypatch.setattr(exporting._Whole, "forward", lambda self, x: functional.softmax(self.net(x) * 1.1, 1))
    loaded = load(written(tmp_path))
    with pytest.raises(CannotExport) as fault:
        export(loaded, tmp_path / "net.onnx", tmp_path / "mine.safetensors")
    assert "answers otherwise" in fault.value.say("en")
    assert "répond autrement" in fault.value.say("fr")
    assert not (tmp_path / "net.onnx").exists()


def test_another_networks_file_is_noticed(tmp_path: Path) -> None:
    """The comparison sees one changed layer."""
    loaded = load(written(tmp_path))
    export(loaded, tmp_path / "net.onnx", tmp_path)
    data = (tmp_path / "net.onnx").read_bytes()
    assert compared(loaded.net, data) < 1e-4
    with torch.no_grad():
        next(iter(loaded.net.parameters())).mul_(3)
    assert compared(loaded.net, data) > 1e-3
    assert compared(lively("unet").__class__(5, 4, 0.0).eval(), data) == float("inf")


def test_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence that says what to install."""
    monkeypatch.setattr(exporting, "unavailable", lambda: "the package onnx is not installed")
    loaded = dataclasses.replace(load(written(tmp_path)))
    assert isinstance(loaded, Loaded)
    with pytest.raises(CannotExport) as fault:
        export(loaded, tmp_path / "net.onnx", tmp_path)
    assert "pip install" in fault.value.say("fr")


def run(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The real command line."""
    environment = {**os.environ, "PYTHONPATH": str(Path("daemon").resolve()), "SAFELIGHT_CACHE": str(tmp_path)}
    command = [sys.executable, "-m", "safelight.cli", "--event", str(tmp_path), "export", "segmenter", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


FIVE_LINES = 5


@pytest.mark.parametrize("page", ["training.md", "training.fr.md"])
def test_the_guides_five_lines_run_the_file(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the guide shows works as it stands there, without Safelight and without torch."""
    import cv2

    text = Path("docs/guide", page).read_text("utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    assert len([line for line in code.splitlines() if line.strip() and not line.startswith("import")]) <= FIVE_LINES
    assert "safelight" not in code.replace('"safelight"', "")
    export(load(written(tmp_path)), tmp_path / "segmenter.onnx", tmp_path)
    cv2.imwrite(str(tmp_path / "photo.jpg"), np.random.default_rng(1).integers(0, 255, (90, 160, 3), np.uint8))
    monkeypatch.chdir(tmp_path)
    space: dict[str, object] = {}
    exec(compile(code, page, "exec"), space)
    labels = space["labels"]
    assert isinstance(labels, np.ndarray)
    assert labels.shape == (90, 160)
    assert set(np.unique(labels)) <= {0, 1, 2}


def test_the_command(tmp_path: Path) -> None:
    """Writes the file and says how near it is; what is no network, or cannot be written, is a sentence."""
    weights = written(tmp_path)
    done = run(tmp_path, str(weights), "-o", str(tmp_path / "new" / "net.onnx"), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["classes"] == list(CLASSES)
    assert told["difference"] < 1e-4
    assert (tmp_path / "new" / "net.onnx").stat().st_size == told["bytes"]
    (tmp_path / "text").write_text("no network")
    for words, status in (((str(tmp_path / "text"),), 2), ((str(weights),), 3)):
        done = run(tmp_path, *words, "-o", str(tmp_path / "text" / "net.onnx"))
        assert done.returncode == status
        assert str(tmp_path / "text") in done.stderr
        assert "Traceback" not in done.stderr
