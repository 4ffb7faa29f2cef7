"""Training and evaluating a classifier from the command line: what people type, what they read, what ends it."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from safelight.app.around import Surroundings
from safelight.app.classifying import ClassifierOrder, evaluate_classifier, train_classifier
from safelight.app.classifying_words import classifier_lines, classifier_trained_lines
from safelight.learn.classify.errors import OneClass
from safelight.learn.segment.errors import BadSettings, FolderInUse, NothingToResume
from safelight.model.errors import BackendUnavailable


class Said:
    """Keeps what was told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def line(self, text: str) -> None:
        """Where things stand."""
        self.lines.append(text)

    def say(self, text: str) -> None:
        """A sentence."""
        self.lines.append(text)

    def progress(self, report: object) -> None:
        """Not used here."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Dark and light noise."""
    torch.set_num_threads(1)
    for number, name in enumerate(("dark", "light")):
        (tmp_path / "data" / name).mkdir(parents=True)
        for index in range(8):
            rng = np.random.default_rng(index)
            image = rng.integers(150 * number, 100 + 150 * number, (30, 40, 3)).astype(np.uint8)
            cv2.imwrite(str(tmp_path / "data" / name / f"{'abcd'[index % 4]}-{index}.png"), image)
    return tmp_path / "data"


def around() -> Surroundings:
    """One processor."""
    return Surroundings.of({}, 1)


def order(data: Path, **words: object) -> ClassifierOrder:
    """A training of moments."""
    values = {"size": 32, "epochs": 3, "batch": 4, "augment": "mirror", **words}
    return ClassifierOrder(data, data.parent / "net", **values)  # type: ignore[arg-type]


def test_trained_stopped_resumed_and_evaluated(data: Path) -> None:
    """Stopped at once it says how to go on; resumed it ends; its file is measured, in French too; the folder is not reused."""
    said, stop = Said(), threading.Event()
    stop.set()
    told = train_classifier(order(data), around(), said, stop)
    assert not told["finished"] and "--resume" in classifier_trained_lines(told)[0]
    with pytest.raises(FolderInUse):
        train_classifier(order(data), around(), said, threading.Event())
    told = train_classifier(order(data, resume=True), around(), said, threading.Event(), "fr")
    assert told["finished"] and told["epochs"] == 3 and "\u202f%" in classifier_trained_lines(told, "fr")[0]
    text = "\n".join(said.lines)
    assert "before learning" in text and "Linear" in text and "encore" in text and "Only 8 pictures" in text
    model = data.parent / "net" / "classifier.safetensors"
    told = evaluate_classifier(data, model, around(), said, report=data.parent / "report", language="fr")
    assert told["trained_on"] > 0 and json.loads(json.dumps(told))["n"] == 16
    lines = classifier_lines(told, "fr")
    assert "flatteurs" in "\n".join(lines)
    page = (data.parent / "report" / "evaluation.html").read_text()
    assert page.count("du bruit") == 2 and "parlé pour la classe" in page and "avant d’apprendre" in page
    assert "du bruit" not in "\n".join(said.lines) and "ce qu’il cherche" in "\n".join(said.lines)


def test_what_makes_no_sense_is_said_before_any_work(data: Path) -> None:
    """Settings, a backbone without weights, CLIP, nothing to resume, one class."""
    said, go = Said(), threading.Event()
    for words, error in (
        ({"rate": -1.0}, BadSettings), ({"augment": "magic"}, BadSettings), ({"backbone": "clip"}, BackendUnavailable),
        ({"backbone": "vgg16", "weights": data / "none.pth"}, BackendUnavailable), ({"resume": True}, NothingToResume),
    ):  # fmt: skip
        with pytest.raises(error):
            train_classifier(order(data, **words), around(), said, go)
    with pytest.raises(OneClass):
        train_classifier(ClassifierOrder(data / "dark", data.parent / "o"), around(), said, go)
