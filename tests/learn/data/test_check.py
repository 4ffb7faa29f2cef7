"""Checking: every problem with its file and place, all at once, one broken file never hiding another."""

from __future__ import annotations

import copy
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data_world as world
from safelight.learn.data import VOID, Arrays, Classes, DataError, recognise
from safelight.learn.data.check import Report, check, check_folder
from safelight.learn.data.errors import AmbiguousFormat, UnknownFormat
from safelight.learn.data.opening import open_for_check
from safelight.model.errors import SafelightError


def codes(report: Report) -> Counter[str]:
    """How often each kind of problem came up, without the common beginning."""
    return Counter(fault.code.removeprefix("data_") for fault in report.problems)


def test_sound_data_has_no_problems(tmp_path: Path) -> None:
    """Counts and shares of every part; nothing to complain about."""
    report = check_folder(world.camvid(tmp_path))
    assert report.sound
    assert report.problems == ()
    assert [(part.name, part.pictures) for part in report.parts] == [("train", 3), ("val", 1), ("test", 1)]
    part = report.parts[0]
    assert part.sizes == {(12, 8): 3}
    assert part.void == 3 * 8
    assert part.share("sky") == pytest.approx(1 / 11)
    assert sum(part.share(name) for name in part.pixels) == pytest.approx(1)


def test_all_problems_at_once(tmp_path: Path) -> None:
    """A list with broken rows, masks of another size, unknown values, damaged and missing files: each told once."""
    folder = world.camvid(tmp_path, (8, 1, 1))
    annot = folder / "trainannot"
    world.indexed(annot / "t_00.png", np.zeros((4, 4)))
    world.indexed(annot / "t_01.png", np.full((8, 12), 77))
    (annot / "t_02.png").write_bytes((annot / "t_02.png").read_bytes()[:-20])
    (folder / "train" / "t_03.png").write_bytes(b"not a picture at all")
    (folder / "train" / "t_04.png").write_bytes(b"")
    (annot / "t_05.png").unlink()
    world.grey(annot / "t_06.png", np.full((8, 12), 11))
    flipped = bytearray((annot / "t_07.png").read_bytes())
    flipped[-20] ^= 1
    (annot / "t_07.png").write_bytes(flipped)
    with (folder / "train.txt").open("a") as file:
        file.write("only_one_name.png\ntrain/t_00.png trainannot/t_00.png\n/etc/passwd /etc/passwd\n")
    world.photo(folder / "val" / "v_00.png", seed=0)
    report = check_folder(folder)
    assert not report.sound
    assert codes(report) == {
        "other_size": 1, "unknown_labels": 1, "damaged_file": 4, "missing_file": 2, "empty_mask": 1, "broken_line": 1,
        "twice": 1, "same_picture": 1,
    }  # fmt: skip
    told = {fault.code: fault for fault in report.problems}
    assert "t_00.png is 4 × 4 pixels, its picture 12 × 8" in str(told["data_other_size"])
    assert "96 pixels bear values that mean no class: 77 (96)" in str(told["data_unknown_labels"])
    assert told["data_broken_line"].place == "row 9"
    damaged = sorted(Path(fault.file).name for fault in report.problems if fault.code == "data_damaged_file")
    assert damaged == ["t_02.png", "t_03.png", "t_04.png", "t_07.png"]
    assert [fault.stops for fault in report.problems] == sorted(
        (fault.stops for fault in report.problems), reverse=True
    )


def test_annotations_of_every_kind_of_wrong(tmp_path: Path) -> None:
    """Regions broken, without area, out of bounds, without class; pictures missing, not named, of other modes, empty."""
    box = world.via_rect(2, 3, 4, 5)
    world.via(tmp_path, {
        "a.png": [world.via_region({"name": "rect", "x": 1}, name="x"), world.via_region(world.via_polygon((1, 1)), name="x"),
                  world.via_region(world.via_rect(-4, 0, 40, 5), name="x"), world.via_region(box)],
        "b.png": [], "gone.png": [world.via_region(box, name="x")],
    })  # fmt: skip
    (tmp_path / "gone.png").unlink()
    world.grey(tmp_path / "c.png", np.zeros((5, 5)))
    world.grey(tmp_path / "b.png", np.random.default_rng(0).integers(0, 255, (10, 20)))
    report = check_folder(tmp_path)
    assert codes(report) == {
        "broken_shape": 1, "no_area": 2, "out_of_bounds": 1, "no_class_given": 1, "no_picture": 1, "not_annotated": 1,
        "other_mode": 1, "other_bytes": 1, "empty_mask": 1,
    }  # fmt: skip
    assert {fault.place for fault in report.problems if fault.code == "data_no_area"} == {"region 1", "region 2"}


def test_a_part_that_cannot_be_opened_hides_no_other(tmp_path: Path) -> None:
    """Broken JSON in one part; the other is looked at."""
    box = world.via_region(world.via_rect(2, 3, 4, 5), name="x")
    world.via(tmp_path / "train", {"a.png": [box]})
    world.via(tmp_path / "val", {"b.png": [box]})
    path = tmp_path / "val" / "via_region_data.json"
    path.write_text(path.read_text()[:-3])
    report = check_folder(tmp_path)
    assert not report.sound
    assert set(codes(report)) == {"broken_json"}
    assert {Path(fault.file) for fault in report.problems} == {path}


def test_the_same_picture_in_two_parts_is_told(tmp_path: Path) -> None:
    """A test on what was learnt is no test."""
    world.camvid(tmp_path)
    world.photo(tmp_path / "val" / "v_00.png", seed=1)
    report = check_folder(tmp_path)
    assert codes(report) == {"same_picture": 1}
    assert "val, v_00 is the same picture as" in str(report.problems[0])
    assert report.sound


def test_a_problem_met_twice_is_told_once(tmp_path: Path) -> None:
    """Reading the labels and looking at the regions meet the same broken shape."""
    world.coco(tmp_path)
    path = tmp_path / "annotations" / "instances_train2017.json"
    path.write_text(path.read_text().replace("[[2, 3, 6, 3, 6, 8]]", "[[2, 3]]"))
    _, found = check(open_for_check(tmp_path, recognise(tmp_path), "train"))
    assert [fault.code for fault in found] == ["data_broken_shape"]


def test_data_in_memory_is_checked_too() -> None:
    """Any dataset: sizes, and labels in which nothing is marked."""
    image = np.random.default_rng(0).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    pictures = {
        "good": (image, np.ones((4, 5), np.uint8)), "void": (image + 1, np.full((4, 5), VOID, np.uint8)),
        "back": (image + 2, np.zeros((4, 5), np.uint8)), "small": (image + 3, np.zeros((4, 4), np.uint8)),
    }  # fmt: skip
    part, found = check(Arrays("m", Classes.named(["background", "x"]), pictures))
    assert [(fault.code, fault.values.get("sample")) for fault in found] == [
        ("data_empty_mask", "void"), ("data_empty_mask", "back"), ("data_other_size", None),
    ]  # fmt: skip
    assert (part.pictures, part.void, part.pixels) == (3, 20, {"background": 20, "x": 20})
    assert check(Arrays("m", Classes.named(["x"]), {}))[1][0].code == "data_no_pictures"


def test_nothing_to_check_is_raised(tmp_path: Path) -> None:
    """No known format, or two at once: a sentence with what is expected."""
    with pytest.raises(UnknownFormat):
        check_folder(tmp_path)
    world.camvid(tmp_path)
    world.via(tmp_path, {"a.png": []})
    with pytest.raises(AmbiguousFormat, match="camvid, via"):
        check_folder(tmp_path)
    assert check_folder(tmp_path, "camvid").sound


def test_progress_counts_all_parts(tmp_path: Path) -> None:
    """One count from the first picture of the first part to the last of the last."""
    told: list[tuple[int, int]] = []
    check_folder(world.camvid(tmp_path), progress=lambda done, total: told.append((done, total)))
    assert told == [(done, 5) for done in range(1, 6)]


def test_the_report_is_json_in_both_languages(tmp_path: Path) -> None:
    """Files, places, codes and both sentences."""
    folder = world.camvid(tmp_path)
    world.indexed(folder / "valannot" / "v_00.png", np.full((8, 12), 99))
    told = json.loads(json.dumps(check_folder(folder).to_json()))
    assert told["sound"] is False
    assert told["problems"][0]["code"] == "data_unknown_labels"
    assert told["problems"][0]["file"].endswith("v_00.png")
    assert "ne désignent aucune classe" in told["problems"][0]["message_fr"]
    assert told["parts"][0]["classes"]["sky"] == pytest.approx(1 / 11, abs=1e-5)


@given(st.data())
@settings(deadline=None, max_examples=40)
def test_no_bytes_whatever_end_a_check(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Any file of any format cut, flipped or replaced: a report or a DataError, never another fault."""
    folder = tmp_path_factory.mktemp("any")
    box = world.via_region(world.via_rect(2, 3, 4, 5), name="x")
    kind = data.draw(st.sampled_from(["camvid", "via", "csv", "coco", "text", "folders"]))
    if kind == "camvid":
        world.camvid(folder, (1, 1, 1))
    elif kind == "coco":
        world.coco(folder)
    elif kind == "text":
        world.coco_text(folder)
    elif kind == "folders":
        world.photo(folder / "images" / "a.jpg")
        world.grey(folder / "masks" / "a.png", np.zeros((8, 12)))
        (folder / "classes.txt").write_text("sky\nroad\n")
    else:
        world.via(folder, {"a.png": [box], "b.png": []})
        if kind == "csv":
            world.via_csv(folder)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = bytearray(path.read_bytes())
        how = data.draw(st.sampled_from(["keep", "keep", "cut", "flip", "bytes", "gone"]))
        if how == "cut":
            content = content[: data.draw(st.integers(0, len(content)))]
        elif how == "flip" and content:
            for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
                content[at] ^= 1 << data.draw(st.integers(0, 7))
        elif how == "bytes":
            content = bytearray(data.draw(st.binary(max_size=60)))
        path.write_bytes(content)
        if how == "gone":
            path.unlink()
    for form in ("auto", "camvid", "via", "coco", "folders", "cityscapes"):
        try:
            report = check_folder(folder, form)
        except DataError as fault:
            assert fault.say("fr") != fault.say("en")
        else:
            assert all(isinstance(fault, SafelightError) and fault.say("fr") for fault in report.problems)
            json.dumps(report.to_json())


V3 = {
    "project": {"pid": "x"}, "attribute": {"1": {"aname": "class", "type": 4, "options": {"0": "car", "1": "bus"}}},
    "file": {"1": {"fid": "1", "fname": "a.png"}}, "view": {"1": {"fid_list": ["1"]}},
    "metadata": {"1_a": {"vid": "1", "z": [], "xy": [2, 2, 3, 4, 5], "av": {"1": "0"}}, "1_b": {"vid": "1", "xy": [7, 1, 1, 5, 1, 5, 5], "av": {}}},
}  # fmt: skip
STRANGE = [
    None,
    True,
    -1,
    0,
    3,
    1e308,
    float("inf"),
    float("nan"),
    10**400,
    "",
    "x",
    "a.png",
    "../../x",
    [],
    [[]],
    {},
    {"a": 1},
    [1, "2", None],
    "0,1",
]


def _places(value: object, at: tuple = ()) -> list[tuple]:
    """The way to every value inside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, child in inner for place in _places(child, (*at, key)))]


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_no_json_whatever_ends_a_check(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Annotations with any value in any place: a report or a DataError, never another fault."""
    folder = tmp_path_factory.mktemp("json")
    kind = data.draw(st.sampled_from(["via", "csv", "via3", "coco"]))
    if kind == "coco":
        path = world.coco(folder) / "annotations" / "instances_train2017.json"
    else:
        regions = [world.via_region(shape, name="x", type={"car": True}) for shape in (
            world.via_rect(2, 3, 4, 5), world.via_polygon((1, 1), (5, 1), (5, 5)), {"name": "circle", "cx": 3, "cy": 3, "r": 2},
            {"name": "ellipse", "cx": 3, "cy": 3, "rx": 2, "ry": 1, "theta": 0.1},
        )]  # fmt: skip
        path = world.via(folder, {"a.png": regions, "b.png": []}) / "via_region_data.json"
    value = V3 if kind == "via3" else json.loads(path.read_text())
    value = json.loads(json.dumps(value))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(_places(value)[1:] or [()]))
        if place:
            target = value
            for key in place[:-1]:
                target = target[key]
            target[place[-1]] = copy.deepcopy(data.draw(st.sampled_from(STRANGE)))
    path.write_text(json.dumps(value))
    if kind == "csv":
        try:
            world.via_csv(folder)
        except (AttributeError, KeyError, TypeError):
            return
    try:
        report = check_folder(folder)
    except DataError:
        return
    assert all(fault.say("fr") for fault in report.problems)
    json.dumps(report.to_json())
