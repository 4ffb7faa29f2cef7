"""The evaluation of a classifier: one look and ten, what is warned of, files that hold every answer, a page in two languages."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from safelight.learn import evaluate as sorting
from safelight.learn.classify.errors import LabelledFolderError, OtherLabels
from safelight.learn.classify.evaluate import Evaluation, of_file, of_sort
from safelight.learn.classify.measures import Answers
from safelight.learn.classify.report import COLUMNS, page, table, write
from safelight.learn.classify.report_words import SENTENCES, WORDS
from safelight.learn.folders import read
from safelight.model.errors import NotAPicture
from safelight.model.signals import Reason, Verdict
from safelight.stages.networks.classifiers import About, build, save


def put(folder: Path, name: str, seed: int) -> Path:
    """A picture of noise."""
    folder.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / name), np.random.default_rng(seed).integers(0, 255, (30, 40, 3)).astype(np.uint8))
    return folder / name


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A network of drawn weights for three classes."""
    torch.manual_seed(1)
    torch.set_num_threads(1)
    path = tmp_path / "classifier.safetensors"
    save(build("none", 4, 3), About("none", 4, ("a", "b", "c"), 32, (0.5, 0.3, 0.2)), path)
    return path


def test_a_file_is_asked_once_and_with_ten_looks(model: Path, tmp_path: Path) -> None:
    """A folder of two of its three classes: every picture in the table, unreadable ones last, figures in JSON with no NaN."""
    for index in range(4):
        put(tmp_path / "data" / "ac"[index % 2], f"<p{index}.png", index)
    (tmp_path / "data" / "a" / "broken.jpg").write_bytes(b"x")
    ticks = iter(range(1000))
    found = of_file(model, tmp_path / "data", clock=lambda: next(ticks))
    assert found.seconds == 1.0 and found.many is not None and found.many.shares.shape == (4, 3)
    assert found.answers.truth.tolist() == [0, 0, 2, 2]
    write(found, tmp_path / "report")
    rows = list(csv.reader(io.StringIO((tmp_path / "report" / "evaluation.csv").read_text("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS and len(rows) == 6 and rows[-1][1] == ""
    told = json.loads((tmp_path / "report" / "evaluation.json").read_text())
    assert told["recall"]["b"] is None and told["n"] == 4 and "ten_looks" in told and "NaN" not in json.dumps(told)
    assert told["log_loss_prior"] == pytest.approx(-(np.log(0.5) + np.log(0.2)) / 2, abs=1e-4)
    assert any("could not be read" in warning for warning in told["warnings"])
    text = (tmp_path / "report" / "evaluation.html").read_text()
    assert "&lt;p0.png" in text and "<p0.png" not in text and text.count("<svg") == 3


def test_other_classes_are_refused(model: Path, tmp_path: Path) -> None:
    """A folder with a class the file never learnt: no figure."""
    put(tmp_path / "data" / "a", "p.png", 1)
    put(tmp_path / "data" / "z", "p.png", 2)
    with pytest.raises(OtherLabels, match="z"):
        of_file(model, tmp_path / "data")


def test_the_sort_comes_to_the_same_report(tmp_path: Path) -> None:
    """Its reasons stand in the table; where nothing could be read there is an error instead of figures."""
    put(tmp_path / "ok", "one.png", 1)
    put(tmp_path / "exclure", "two.png", 2)
    files = read(tmp_path).files
    verdict = Verdict({"ok": 0.7, "retoucher": 0.2, "exclure": 0.1}, (Reason("advertising", 0.07, 1.0),))
    found = of_sort(sorting.evaluate(files, lambda _: verdict), tmp_path, "sort", "fr")
    assert found.figures.confusion == ((1, 0, 0), (0, 0, 0), (1, 0, 0))
    assert "une publicité lisible" in table(found)

    def blind(path: Path) -> Verdict:
        raise NotAPicture

    with pytest.raises(LabelledFolderError):
        of_sort(sorting.evaluate(files, blind), tmp_path, "sort")


def test_the_page_is_french_where_it_is_french(tmp_path: Path) -> None:
    """No English sentence on the French page, commas in numbers, the most wrong first."""
    paths = tuple(put(tmp_path, f"p{index}.png", index) for index in range(3))
    shares = np.array([[0.9, 0.1], [0.3, 0.7], [0.05, 0.95]])
    answers = Answers(("a", "b"), np.array([0, 0, 0]), shares)
    found = Evaluation("f", tmp_path, answers, paths, ("", "", ""), None, float("nan"), (), ())
    text = page(found, "fr")
    assert "33,3\u202f%" in text
    assert text.index("p2.png") < text.index("p1.png")
    for english, french in (*WORDS.values(), *SENTENCES.values()):
        plain = re.sub(r"\{.*", "", english)
        if len(plain) > 15:
            assert plain not in text
        assert english == french or french
