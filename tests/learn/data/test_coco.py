"""COCO: instances as JSON with polygons and run lengths, and one polygon a line of text."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data_world as world
from safelight.learn.data import VOID, open_dataset, read, rle, splits
from safelight.learn.data.coco_json import CocoJson
from safelight.learn.data.coco_text import COCO_80, class_names
from safelight.learn.data.errors import (
    BoxOnly,
    BrokenEntry,
    BrokenJson,
    BrokenPolygonRow,
    BrokenShape,
    DamagedFile,
    DataError,
    NoArea,
    NoPicture,
    OtherMode,
    OtherSize,
    OutOfBounds,
    SeveralAnnotations,
    TwiceTheSame,
    UnknownClass,
)
from safelight.learn.data.jsonlists import items

CATEGORIES = [
    {"id": 7, "name": "train"},
    {"id": 3, "name": "car", "supercategory": "vehicle"},
    {"id": 44, "name": "café"},
]
SQUARE = [2, 3, 6, 3, 6, 8, 2, 8]


def annotation(number: int, segmentation: object, category: int = 3, image: int = 1, **more: object) -> dict:
    """An object as COCO writes it."""
    return {
        "id": number,
        "image_id": image,
        "category_id": category,
        "segmentation": segmentation,
        "iscrowd": 0,
        **more,
    }


def write(folder: Path, *annotations: dict, name: str = "annotations/instances_train2017.json", **more: object) -> Path:
    """Pictures 1 and 2 of 20 × 10 in train2017/ with these objects."""
    for index in (1, 2):
        world.photo(folder / "train2017" / f"{index:03}.jpg", (20, 10), index)
    images = [{"id": index, "file_name": f"{index:03}.jpg", "width": 20, "height": 10} for index in (1, 2)]
    value = {
        "info": {"year": 2017},
        "images": images,
        "annotations": list(annotations),
        "categories": CATEGORIES,
        **more,
    }
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    return folder


def kinds(found: object) -> list[type[DataError]]:
    """What is complained about."""
    return [type(fault) for fault in found]


# --- run lengths ---


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 12), st.sampled_from([0.0, 0.1, 0.5, 1.0]))
@settings(deadline=None, max_examples=60)
def test_run_lengths_survive_both_forms(seed: int, height: int, width: int, share: float) -> None:
    """A mask through counts and through compressed text is the same mask."""
    mask = np.random.default_rng(seed).random((height, width)) < share
    counts = world.runs(mask)
    assert (rle.decode(counts, height, width) == mask).all()
    assert (rle.decode(world.compressed(counts), height, width) == mask).all()


def test_a_known_compressed_text() -> None:
    """Text worked out by hand: columns 2 and 3 of a 3 × 5 picture, and a long run with a negative difference."""
    mask = np.zeros((3, 5), bool)
    mask[:, 1:3] = True
    assert world.runs(mask) == [3, 6, 6]
    assert world.compressed([3, 6, 6]) == "366"
    assert (rle.decode("366", 3, 5) == mask).all()
    assert world.compressed([100, 1, 5, 94, 0]) == "T315m2K"
    assert world.runs(rle.decode("T315m2K", 10, 20)) == [100, 1, 5, 94]


@pytest.mark.parametrize("counts", [[1, 2], [-1, 201], [1.5, 198.5], "~", "5\x00", "P", None, {"a": 1}, [True, 199]])
def test_run_lengths_that_do_not_fit_are_refused(counts: object) -> None:
    """Too few pixels, negative runs, no digits, text that ends within a number."""
    with pytest.raises(ValueError, match=r"."):
        rle.decode(counts, 10, 20)


# --- lists of a JSON file ---


def test_items_tell_where_their_bytes_are(tmp_path: Path) -> None:
    """Reading the bytes again gives the item, accents and all; what is no list is stepped over."""
    path = tmp_path / "x.json"
    value = {
        "a": {"b": [1]},
        "images": [{"n": "café", "m": "\u20ac"}, 5, []],
        "s": "x",
        "more": [],
        "last": [{"k": "é"}],
    }
    for text in (json.dumps(value, ensure_ascii=False), json.dumps(value, indent=2), "\ufeff" + json.dumps(value)):
        path.write_text(text, "utf-8")
        found = list(items(path))
        assert [(item.key, item.value) for item in found] == [
            ("images", value["images"][0]), ("images", 5), ("images", []), ("last", {"k": "é"}),
        ]  # fmt: skip
        data = path.read_bytes()
        assert [json.loads(data[item.start : item.end]) for item in found] == [item.value for item in found]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"a": [1, 2}',
        '{"a": [1 2]}',
        '{"a": [1]',
        '{"a" [1]}',
        '{"a": [1]]}',
        '{"a": [1],}',
        '{"a": [' + "[" * 99999,
    ],
)
def test_a_broken_file_names_row_and_column(tmp_path: Path, text: str) -> None:
    """Where reading ended."""
    (tmp_path / "x.json").write_text("\n" + text)
    with pytest.raises(BrokenJson, match=r"row \d, column \d+"):
        list(items(tmp_path / "x.json"))


# --- instances ---


def test_polygons_crowds_and_order(tmp_path: Path) -> None:
    """Classes by category id after background; the smaller lies in front whatever the order; crowds are VOID below all."""
    crowd = {"counts": world.runs(np.ones((10, 20), bool)), "size": [10, 20]}
    write(
        tmp_path, annotation(1, [[4, 4, 6, 4, 6, 6, 4, 6]], 7), annotation(2, [SQUARE]), annotation(3, crowd, iscrowd=1)
    )
    data = open_dataset(tmp_path)
    assert splits(tmp_path) == ("train",)
    assert data.classes.names == ("background", "car", "train", "café")
    assert data.ids == ("001", "002")
    _, labels = read(data, "001")
    assert [(labels == value).sum() for value in (0, 1, 2, VOID)] == [0, 16, 4, 180]
    assert not data.labels("002").any()


def test_run_lengths_and_several_pieces(tmp_path: Path) -> None:
    """Both forms of run lengths for ordinary objects too; pieces of one object are one."""
    mask = np.zeros((10, 20), bool)
    mask[1:3, 10:15] = True
    pieces = [SQUARE, [16, 0, 20, 0, 20, 2, 16, 2]]
    for counts in (world.runs(mask), world.compressed(world.runs(mask))):
        write(tmp_path, annotation(1, {"counts": counts, "size": [10, 20]}, 44), annotation(2, pieces))
        data = open_dataset(tmp_path)
        labels = data.labels("001")
        assert ((labels == 3) == mask).all()
        assert (labels == 1).sum() == 28
        assert data.look("001") == []


def test_a_box_alone_is_unlabelled(tmp_path: Path) -> None:
    """Its shape is unknown: neither background nor object may be learnt there."""
    write(tmp_path, annotation(5, [], bbox=[2, 3, 4, 5]), annotation(6, None, bbox=[0, 0, 1, 1]))
    data = open_dataset(tmp_path)
    assert (data.labels("001") == VOID).sum() == 21
    assert kinds(data.look("001")) == [BoxOnly, BoxOnly]
    assert "region 5" in str(data.look("001")[0])
    write(tmp_path, annotation(7, [], bbox=[2, 3, 0, 5]))
    assert kinds(open_dataset(tmp_path).look("001")) == [NoArea]
    with pytest.raises(BrokenShape):
        open_dataset(write(tmp_path, annotation(8, [], bbox=[2, 3, float("inf"), 5]))).labels("001")


@pytest.mark.parametrize("form", [[[1, 2, 3]], [[1, 2, 3, 4]], [["a"] * 6], {"counts": [5], "size": [10, 20]}, {"size": [10, 20]},
                                  {"counts": [200], "size": [20, 10]}, 7, [[float("nan")] * 6], [], None])  # fmt: skip
def test_shapes_that_are_none_stop(tmp_path: Path, form: object) -> None:
    """Numbers missing, no numbers, run lengths of another size: the region is named by its id."""
    data = open_dataset(write(tmp_path, annotation(12, form)))
    with pytest.raises(BrokenShape, match=r"instances_train2017.json, 001, region 12"):
        data.labels("001")
    with pytest.raises(BrokenShape):
        data.look("001")


def test_what_can_be_lived_with_is_told(tmp_path: Path) -> None:
    """Out of bounds, without area, pictures missing, annotations of no picture, ids that come twice."""
    far = annotation(1, [[15, 5, 45, 5, 45, 35, 15, 35]])
    write(tmp_path, far, far, annotation(2, [[1, 1, 1, 1, 1, 1]]), annotation(3, [SQUARE], image=9))
    (tmp_path / "train2017" / "002.jpg").unlink()
    data = open_dataset(tmp_path)
    assert data.ids == ("001",)
    assert sorted(kind.__name__ for kind in kinds(data.complaints)) == ["NoPicture", "NoPicture", "TwiceTheSame"]
    assert {NoPicture, TwiceTheSame} == set(kinds(data.complaints))
    assert kinds(data.look("001")) == [OutOfBounds, NoArea]


def test_what_would_teach_something_false_stops(tmp_path: Path) -> None:
    """Another size than declared, a category without a name, entries that are none."""
    write(tmp_path, annotation(1, [SQUARE]))
    world.photo(tmp_path / "train2017" / "001.jpg", (10, 20))
    with pytest.raises(OtherSize, match=r"001 is 20 × 10 pixels, its picture 10 × 20"):
        open_dataset(tmp_path).labels("001")
    with pytest.raises(UnknownClass, match=r"class 99 has no name \(regions: 2\)"):
        open_dataset(write(tmp_path, annotation(1, [SQUARE], 99), annotation(2, [SQUARE], 99)))
    with pytest.raises(BrokenEntry, match="annotations None"):
        open_dataset(write(tmp_path, {"segmentation": []}))


def test_a_file_changed_while_open_is_noticed(tmp_path: Path) -> None:
    """Places in the file no longer hold what they held."""
    data = open_dataset(write(tmp_path, annotation(1, [SQUARE])))
    path = tmp_path / "annotations" / "instances_train2017.json"
    path.write_text("x" * path.stat().st_size)
    with pytest.raises(DamagedFile, match="changed"):
        data.labels("001")


def test_other_layouts(tmp_path: Path) -> None:
    """A file a part beside its pictures; one file for all; two that are no guess."""
    for part in ("train", "valid"):
        write(tmp_path / "a" / part, annotation(1, [SQUARE]), name="_annotations.coco.json")
        for path in (tmp_path / "a" / part / "train2017").iterdir():
            path.rename(tmp_path / "a" / part / path.name)
    assert splits(tmp_path / "a") == ("train", "val")
    assert open_dataset(tmp_path / "a", split="val").ids == ("001", "002")
    write(tmp_path / "b", annotation(1, [SQUARE]), name="labels.json")
    (tmp_path / "b" / "train2017").rename(tmp_path / "b" / "images")
    assert splits(tmp_path / "b") == ()
    data = open_dataset(tmp_path / "b")
    assert isinstance(data, CocoJson)
    assert (data.labels("001") == 1).sum() == 20
    write(tmp_path / "b", annotation(1, [SQUARE]), name="more.json")
    with pytest.raises(SeveralAnnotations, match=r"labels.json, more.json"):
        open_dataset(tmp_path / "b")


# --- text ---


def text_folder(folder: Path, *rows: str) -> Path:
    """Pictures a and b of 20 × 10, a with these rows."""
    for name in "ab":
        world.photo(folder / "images" / "train2017" / f"{name}.jpg", (20, 10))
    (folder / "labels" / "train2017").mkdir(parents=True, exist_ok=True)
    (folder / "labels" / "train2017" / "a.txt").write_text("\n".join(rows) + "\n")
    return folder


def test_polygons_a_line(tmp_path: Path) -> None:
    """Fractions of the picture; COCO's 80 classes after background; no text file, no objects."""
    data = open_dataset(text_folder(tmp_path, "2 .1 .3 .3 .3 .3 .8 .1 .8", "", "0 .2 .4 .25 .4 .25 .5 .2 .5"))
    assert splits(tmp_path) == ("train",)
    assert data.classes.names == ("background", *COCO_80)
    labels = data.labels("a")
    assert (labels == data.classes.index("car")).sum() == 19
    assert (labels == data.classes.index("person")).sum() == 1
    assert not data.labels("b").any()
    assert data.complaints == ()


@pytest.mark.parametrize(
    "row",
    [
        "2 .5 .5 .1 .1",
        "2 .1 .2 .3",
        "x .1 .1 .2 .2 .3 .3",
        "2 a b c d e f",
        "2",
        "2 .1 .1 .2 .2 .3 nan",
        "-1 .1 .1 .2 .2 .3 .3",
    ],
)
def test_rows_that_are_no_polygon_stop(tmp_path: Path, row: str) -> None:
    """Boxes, odd numbers of coordinates, words: file and row."""
    data = open_dataset(text_folder(tmp_path, "0 .1 .1 .2 .1 .2 .2", row))
    with pytest.raises(BrokenPolygonRow, match=r"a.txt, row 2"):
        data.labels("a")


def test_unknown_numbers_and_stray_text(tmp_path: Path) -> None:
    """A class beyond the names; a text without picture; polygons out of bounds or without area."""
    data = open_dataset(text_folder(tmp_path, "80 .1 .1 .2 .1 .2 .2"))
    with pytest.raises(UnknownClass, match=r"a.txt:1: class 80 has no name"):
        data.labels("a")
    (tmp_path / "labels" / "train2017" / "c.txt").write_text("")
    data = open_dataset(text_folder(tmp_path, "0 .1 .1 1.2 .1 .2 .9", "0 .1 .1 .1 .1 .1 .1"))
    assert kinds(data.complaints) == [NoPicture]
    assert kinds(data.look("a")) == [OutOfBounds, NoArea]
    assert data.look("a")[1].place == "row 2, region 2"


@pytest.mark.parametrize(
    ("file", "text"),
    [("classes.txt", "dent\ncrack\n\n"), ("data.yaml", "train: x\nnames: [dent, 'crack']\nnc: 2\n"),
     ("data.yaml", "names:\n  - dent  # a\n  - crack\nnc: 2\n"), ("data.yml", 'path: ..\nnames:\n  0: dent\n  1: "crack"\n'),
     ("data.yaml", "names: {0: dent, 1: crack}\n")],
)  # fmt: skip
def test_names_from_files_beside(tmp_path: Path, file: str, text: str) -> None:
    """A list of classes, or the `names` of a data file in its usual forms."""
    (tmp_path / file).write_text(text)
    assert class_names(tmp_path) == ("dent", "crack")
    data = open_dataset(text_folder(tmp_path, "1 .1 .3 .3 .3 .3 .8 .1 .8"))
    assert (data.labels("a") == 2).sum() == 20
    (tmp_path / "classes.txt").write_text("background\ndent\ndent\n")
    assert class_names(tmp_path) == ("background 0", "dent 1", "dent 2")


@pytest.mark.shared
def test_the_real_text_labels(shared: Path) -> None:
    """128 photos, two without objects; people and cars in as many photos as told; nothing out of order."""
    data = open_dataset(shared / "datasets" / "coco128-seg")
    assert len(data.ids) == 128
    assert data.complaints == ()
    person, car = (data.classes.index(name) for name in ("person", "car"))
    have = {person: 0, car: 0}
    for sample in data.ids[:40]:
        image, labels = read(data, sample)
        assert image.shape[:2] == labels.shape
        assert set(kinds(data.look(sample))) <= {NoArea, OutOfBounds, OtherMode}
        for kind in have:
            have[kind] += bool((labels == kind).any())
    assert have[person] > 10
    assert have[car] > 2
