"""Evaluation: right figures of a known network, the worst pictures first, a page that tells all of it in both languages."""

from __future__ import annotations

import html
import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from safelight.learn.data.base import VOID, Arrays, Classes
from safelight.learn.segment.errors import OtherClasses
from safelight.learn.segment.evaluate import WORST, evaluate, in_order, poorest
from safelight.learn.segment.measure import measure
from safelight.learn.segment.metrics import EXPLANATIONS
from safelight.learn.segment.report import WORDS, page, write
from safelight.stages.networks.segmenters import build
from safelight.stages.networks.segmenters.files import About, save
from segment_world import CLASSES, street, streets


def always(folder: Path, answer: int, names: tuple[str, ...] = CLASSES.names) -> Path:
    """A weight file of a network that says `answer` everywhere."""
    torch.manual_seed(0)
    net = build("residual", len(names), 4)
    last = net.head[1]
    torch.nn.init.zeros_(last.weight)
    with torch.no_grad():
        last.bias.copy_(torch.eye(len(names))[answer])
    about = About("residual", 4, names, tuple((9, 9, index) for index in range(len(names))), 64, {"data": "<drawn>"})
    save(net, about, folder / "w.safetensors")
    return folder / "w.safetensors"


@pytest.mark.parametrize("careful", [False, True])
def test_figures_of_a_network_that_always_says_road(tmp_path: Path, careful: bool) -> None:
    """IoU of road is its share of the labelled pixels, the others' 0; accuracy is that share too."""
    data = streets(3)
    truth = np.stack([data.labels(name) for name in data.ids])
    share = (truth == 1).sum() / (truth != VOID).sum()
    found = evaluate(always(tmp_path, 1), data, careful=careful)
    assert found.measured.figures()["accuracy"] == pytest.approx(share)
    assert found.measured.table()["iou"].tolist() == pytest.approx([0, share, 0])
    assert found.measured.miou == pytest.approx(share / 3)
    assert found.measured.figures()["boundary_f1"] == 0
    told = json.loads(json.dumps(found.to_json()))
    assert told["miou"] == round(share / 3, 4)
    assert told["mirror"] is careful
    assert [item["name"] for item in told["classes"]] == ["sky", "road", "car"]
    assert sum(map(sum, told["confusion"])) == (truth != VOID).sum()


def test_the_worst_pictures_come_first(tmp_path: Path) -> None:
    """Ranked by their own mean IoU; pictures without any label last; no more than were asked for."""
    blank = (street(3)[0], np.full((48, 64), VOID, np.uint8))
    good = (street(3)[0], np.ones((48, 64), np.uint8))
    data = Arrays("mixed", CLASSES, {"blank": blank, "good": good, **streets(WORST).pictures})
    found = evaluate(always(tmp_path, 1), data, careful=False)
    assert len(found.worst) == WORST
    assert "good" not in {item.id for item in found.worst}
    alone = [measure_one(tmp_path, data, item.id) for item in found.worst]
    assert alone == sorted(alone)
    assert [item.id for item in evaluate(tmp_path / "w.safetensors", data, careful=False, worst=9).worst][-2:] == [
        "good",
        "blank",
    ]


@given(st.lists(st.one_of(st.floats(0, 1), st.just(np.nan)), min_size=1, max_size=60), st.integers(1, 8))
def test_the_poorest_are_spread(figures: list[float], most: int) -> None:
    """The lowest is there and first, they rise, none twice, no two neighbours; as many as asked for where there are enough."""
    chosen = poorest(figures, most)
    values = [figures[place] for place in chosen]
    known = [value for value in values if not np.isnan(value)]
    assert known == sorted(known)
    assert values[: len(known)] == known
    assert np.isnan(figures).all() or values[0] == np.nanmin(figures)
    apart = len(figures) // (3 * most)
    assert all(abs(a - b) > apart for a, b in itertools.combinations(chosen, 2))
    assert len(chosen) == min(most, len(figures))


def measure_one(folder: Path, data: Arrays, sample: str) -> float:
    """The mean IoU of one picture."""
    only = Arrays("one", CLASSES, {sample: data.pictures[sample]})
    return evaluate(folder / "w.safetensors", only, careful=False).measured.miou


def test_classes_in_another_order_are_the_same_classes(tmp_path: Path) -> None:
    """Names count, not numbers; colours go with their names; other names are told with both lists."""
    names = ("car", "sky", "road")
    found = evaluate(always(tmp_path, 2, names), streets(2), careful=False)
    same = evaluate(always(tmp_path, 1), streets(2), careful=False)
    assert found.measured.miou == same.measured.miou
    assert found.measured.classes == names
    assert found.classes.colours[0] == CLASSES.colours[2]
    with pytest.raises(OtherClasses, match=r"knows the classes car, moon; streets has sky, road, car"):
        in_order(streets(1), ("car", "moon"), tmp_path / "w.safetensors")


def test_only_some_pictures_may_be_asked() -> None:
    """Those of `ids`; every one is counted aloud."""
    net, heard = build("residual", 3, 4), []
    found = measure(net, streets(4), 64, ids=["s03", "s01"], each=lambda done, total: heard.append((done, total)))
    assert [name for name, _ in found.pictures] == ["s03", "s01"]
    assert heard == [(1, 2), (2, 2)]
    assert found.boundary is None
    assert "boundary_f1" not in found.figures()


# --- the page ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_tells_everything(tmp_path: Path, language: str) -> None:
    """Every figure with its sentence, every class, three pictures a row; nothing is loaded, nothing runs, names are text."""
    data = Arrays("<b>data", Classes(("sky", "road", "<car>"), CLASSES.colours), streets(3).pictures)
    weights = always(tmp_path, 1, ("sky", "road", "<car>"))
    text = page(evaluate(weights, data, careful=False), language)
    for english, french in EXPLANATIONS.values():
        assert html.escape(french if language == "fr" else english, quote=False) in text
    assert text.count("<img") == text.count("src=") == 9
    assert text.count("data:image/") == 9
    assert "&lt;car&gt;" in text
    assert "&lt;b&gt;data" in text
    assert "&lt;drawn&gt;" in text
    assert not re.search(r"<(b|car|drawn|script|link)>|http|NaN|nan", re.sub(r"base64,[^\"]*", "", text))
    assert f"lang={language}" in text
    assert ("IoU moyen" in text) == (language == "fr")
    assert ("," in re.findall(r"IoU ([^<]+)</figcaption>", text)[0]) == (language == "fr")


def test_a_class_without_a_figure_is_a_dash(tmp_path: Path) -> None:
    """And the page says what a dash means."""
    labels = np.ones((48, 64), np.uint8)
    found = evaluate(always(tmp_path, 1), Arrays("d", CLASSES, {"x": (street(1)[0], labels)}), careful=False)
    text = page(found)
    assert "<td>–" in text
    assert WORDS["no_figure"][0] in text
    assert found.to_json()["classes"][0]["iou"] is None


def test_files_are_written(tmp_path: Path) -> None:
    """evaluation.json and evaluation.html, in a folder made when missing."""
    found = evaluate(always(tmp_path, 0), streets(2), careful=False)
    write(found, tmp_path / "deep" / "report", "fr")
    told = json.loads((tmp_path / "deep" / "report" / "evaluation.json").read_text())
    assert told == json.loads(json.dumps(found.to_json()))
    assert (tmp_path / "deep" / "report" / "evaluation.html").read_text().startswith("<!doctype html>")


def test_words_of_the_page_are_in_both_languages() -> None:
    """Every word has its French, spaced as French print wants."""
    for key, (english, french) in WORDS.items():
        assert english
        assert (english != french) or key in {"iou", "dice"}
        assert not re.search(r" [:;!?%»]|« ", french), key
