"""VGG Image Annotator: three versions, two forms, every shape, and files as they really are."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

import data_world as world
from safelight.learn.data import VOID, open_dataset
from safelight.learn.data.errors import (
    BrokenCell,
    BrokenEntry,
    BrokenJson,
    BrokenRow,
    BrokenShape,
    DataError,
    NoArea,
    NoClass,
    NoPicture,
    NotAnnotated,
    OtherBytes,
    OutOfBounds,
    RowsMissing,
    SeveralAnnotations,
    TwiceTheSame,
    UnknownShape,
)
from safelight.learn.data.via import FORMAT, Via
from safelight.learn.data.via_regions import lenient

BOX = world.via_rect(2, 3, 4, 5)


def kinds(found: tuple[DataError, ...] | list[DataError]) -> list[type[DataError]]:
    """What is complained about."""
    return [type(fault) for fault in found]


def test_undefined_and_trailing_commas_are_read_outside_of_text_only() -> None:
    """What real exports hold; text that says the same stays as it is."""
    assert lenient('{"a": undefined, "b": [1, 2, ], "c": "undefined, ]",}') == {
        "a": None,
        "b": [1, 2],
        "c": "undefined, ]",
    }
    assert lenient(r'{"a": "say \"undefined\", }"}') == {"a": 'say "undefined", }'}


@pytest.mark.parametrize(
    ("shape", "pixels"),
    [
        (BOX, 20),
        (world.via_polygon((2, 3), (6, 3), (6, 8), (2, 8)), 20),
        ({"name": "circle", "cx": 5, "cy": 5, "r": 3}, 32),
        ({"name": "ellipse", "cx": 10, "cy": 5, "rx": 6, "ry": 2}, 40),
        ({"name": "ellipse", "cx": 10, "cy": 5, "rx": 2, "ry": 4.2, "theta": 0}, 28),
        ({"name": "polyline", "all_points_x": [0, 20], "all_points_y": [5.5, 5.5]}, 60),
        ({"name": "polyline", "all_points_x": [2, 6, 6, 2, 2], "all_points_y": [3, 3, 8, 8, 3]}, 20),
        ({"name": "point", "cx": 3, "cy": 3}, 0),
    ],
)
def test_every_shape_covers_its_pixels(tmp_path: Path, shape: dict, pixels: int) -> None:
    """Polygons, rectangles, circles, ellipses, lines open and closed; points have no area."""
    world.via(tmp_path, {"a.png": [world.via_region(shape, name="dent")]})
    labels = open_dataset(tmp_path).labels("a")
    assert labels.shape == (10, 20)
    assert (labels == 1).sum() == pixels


def test_later_regions_lie_in_front(tmp_path: Path) -> None:
    """Overlap goes to the region drawn later; classes are sorted, letter case and spaces do not matter."""
    regions = [world.via_region(world.via_rect(0, 0, 10, 10), name="Road"), world.via_region(BOX, name="car "),
               world.via_region(world.via_rect(4, 3, 1, 1), name="road")]  # fmt: skip
    data = open_dataset(world.via(tmp_path, {"a.png": regions}))
    assert data.classes.names == ("background", "car", "Road")
    labels = data.labels("a")
    assert [(labels == index).sum() for index in range(3)] == [100, 19, 81]
    assert labels[3, 4] == 2


def test_the_attribute_that_most_regions_bear_names_the_classes(tmp_path: Path) -> None:
    """Of two equally common, `class` before others; a region without it, or with two boxes ticked, is unlabelled."""
    regions = [world.via_region(BOX, part="left", **{"class": "car"}), world.via_region(BOX, part="right", **{"class": "bus"}),
               world.via_region(world.via_rect(0, 0, 1, 1), note="?"),
               world.via_region(world.via_rect(1, 0, 1, 1), **{"class": {"car": True, "bus": True}}),
               world.via_region(world.via_rect(2, 0, 1, 1), **{"class": {"car": True, "bus": False}})]  # fmt: skip
    data = open_dataset(world.via(tmp_path, {"a.png": regions}))
    assert isinstance(data, Via)
    assert data.attribute == "class"
    assert data.labels("a")[0, :4].tolist() == [VOID, VOID, 2, 0]
    assert kinds(data.look("a")) == [NoClass, NoClass]
    assert "region 3" in str(data.look("a")[0])
    assert Via(tmp_path, attribute="part").classes.names == ("background", "left", "right")


def test_regions_without_any_attribute_are_objects(tmp_path: Path) -> None:
    """One class where nobody named any; a picture without regions is background alone."""
    data = open_dataset(world.via(tmp_path, {"a.png": [world.via_region(BOX)], "b.png": []}))
    assert data.classes.names == ("background", "object")
    assert (data.labels("a") == 1).sum() == 20
    assert not data.labels("b").any()
    assert data.ids == ("a", "b")


def test_version_1_and_projects_hold_the_same(tmp_path: Path) -> None:
    """Regions in a dictionary (1), or inside a project (2): the same labels."""
    folder = world.via(tmp_path, {"a.png": [world.via_region(BOX, name="x")]})
    expected = open_dataset(folder).labels("a")
    entries = json.loads((folder / "via_region_data.json").read_text())
    project = {"_via_settings": {}, "_via_img_metadata": entries, "_via_attributes": {}}
    for value in entries.values():
        assert isinstance(value["regions"], list)
    (folder / "via_region_data.json").write_text(json.dumps(project))
    assert (open_dataset(folder).labels("a") == expected).all()
    for value in entries.values():
        value |= {"regions": dict(enumerate(value["regions"])), "fileref": "", "base64_img_data": ""}
    (folder / "via_region_data.json").write_text("\ufeff" + json.dumps(entries))
    assert (open_dataset(folder).labels("a") == expected).all()


V3 = {
    "project": {"pid": "__VIA__", "vid_list": ["1"]},
    "attribute": {"1": {"aname": "class", "type": 4, "options": {"0": "car", "1": "bus"}},
                  "2": {"aname": "note", "type": 1, "options": {"default": ""}}},
    "file": {"1": {"fid": "1", "fname": "a.png", "type": 2, "loc": 1, "src": ""}},
    "view": {"1": {"fid_list": ["1"]}},
    "metadata": {
        "1_a": {"vid": "1", "flg": 0, "z": [], "xy": [2, 2, 3, 4, 5], "av": {"1": "0"}},
        "1_b": {"vid": "1", "flg": 0, "z": [], "xy": [7, 10, 0, 12, 0, 12, 2, 10, 2], "av": {"1": "1", "2": "free"}},
        "1_c": {"vid": "1", "flg": 0, "z": [], "xy": [8, 14, 1, 16, 0, 18, 2, 15, 4], "av": {"1": "1"}},
        "1_d": {"vid": "1", "flg": 0, "z": [], "xy": [9, 16, 7, 18, 9, 16, 9.83], "av": {"1": "0,1"}},
        "1_e": {"vid": "1", "flg": 0, "z": [1.5], "xy": [], "av": {"2": "a word on the picture"}},
    },
}  # fmt: skip


def test_version_3_projects(tmp_path: Path) -> None:
    """Shapes by number, classes by the choice's id, two boxes ticked is no class, words on the whole picture no region."""
    world.photo(tmp_path / "a.png", (20, 10))
    (tmp_path / "project.json").write_text(json.dumps(V3))
    data = open_dataset(tmp_path)
    assert data.classes.names == ("background", "bus", "car")
    labels = data.labels("a")
    assert (labels == 2).sum() == 20
    assert (labels == 1).sum() == 4 + 16
    assert (labels == VOID).sum() > 3
    assert data.name == tmp_path.name


def test_version_3_csv(tmp_path: Path) -> None:
    """The same as rows under comment lines."""
    world.photo(tmp_path / "a.png", (20, 10))
    (tmp_path / "project.json").write_text(json.dumps(V3))
    expected = open_dataset(tmp_path).labels("a")
    (tmp_path / "project.json").unlink()
    text = io.StringIO(newline="")
    text.write("# Exported using VGG Image Annotator\n# ATTRIBUTE = " + json.dumps(V3["attribute"]) + "\n")
    text.write("# CSV_HEADER = metadata_id,file_list,flags,temporal_coordinates,spatial_coordinates,metadata\n")
    for key, value in V3["metadata"].items():
        csv.writer(text).writerow([key, '["a.png"]', 0, "[]", json.dumps(value["xy"]), json.dumps(value["av"])])
    (tmp_path / "project.csv").write_text(text.getvalue())
    data = open_dataset(tmp_path)
    assert data.classes.names == ("background", "bus", "car")
    assert (data.labels("a") == expected).all()


HEADER = "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes"
ROW = 'a.png,{size},"{{}}",{count},{id},"{{""name"":""rect"",""x"":2,""y"":3,""width"":4,""height"":5}}","{{""name"":""dent"",""type"":undefined}}"'


def csv_folder(folder: Path, *rows: str) -> Path:
    """A picture with a CSV of these rows."""
    world.photo(folder / "a.png", (20, 10))
    (folder / "via_region_data.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    return folder


def test_csv_with_undefined(tmp_path: Path) -> None:
    """A real export's `"type":undefined`; an unannotated picture has one row that says so."""
    world.photo(tmp_path / "b.png", (20, 10))
    data = open_dataset(csv_folder(tmp_path, ROW.format(size=-1, count=1, id=0), 'b.png,9,"{}",0,0,"{}","{}"'))
    assert (data.labels("a") == 1).sum() == 20
    assert not data.labels("b").any()
    assert kinds(data.look("b")) == [OtherBytes]
    assert data.complaints == ()


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("a.png,1,2", BrokenRow),
        ('a.png,0,"{}",1,0,"{not json","{}"', BrokenCell),
        ('a.png,0,"{}",1,0,"{}","{""name"":}"', BrokenCell),
        (',0,"{}",1,0,"{}","{}"', BrokenCell),
        ('a.png,0,"{}",1,0,"{""name"":""star"",""x"":1}","{}"', UnknownShape),
        ('a.png,0,"{}",1,0,"{""name"":""rect"",""x"":1}","{}"', BrokenShape),
        ('a.png,0,"{}"x,1,0,"{}","{}"', BrokenCell),
        ('a.png,0,"{},1,0', BrokenCell),
    ],
)
def test_a_broken_row_stops_and_is_named(tmp_path: Path, row: str, kind: type) -> None:
    """Row 3 of the file, whatever is broken in it; no region is silently lost."""
    csv_folder(tmp_path, ROW.format(size=0, count=1, id=0), row)
    with pytest.raises(DataError) as caught:
        open_dataset(tmp_path)
    assert type(caught.value) is kind
    told = caught.value.say("en")
    assert "via_region_data.csv" in told
    assert "row 3" in told or ".csv:3" in told


def test_rows_that_were_lost_are_noticed(tmp_path: Path) -> None:
    """Two regions announced, one there."""
    with pytest.raises(RowsMissing, match=r"row 2: 2 regions are announced for a.png, 1 are there"):
        open_dataset(csv_folder(tmp_path, ROW.format(size=0, count=2, id=0)))


@pytest.mark.parametrize("shape", [
    {"name": "polygon", "all_points_x": [1, 2], "all_points_y": [1]}, {"name": "polygon", "all_points_x": [], "all_points_y": []},
    {"name": "circle", "cx": 1, "cy": 1, "r": None}, {"name": "rect", "x": "one", "y": 1, "width": 2, "height": 2},
    {"name": "rect", "x": float("nan"), "y": 1, "width": 2, "height": 2}, {"name": "polygon", "all_points_x": 3, "all_points_y": 4},
])  # fmt: skip
def test_shapes_without_numbers_stop(tmp_path: Path, shape: dict) -> None:
    """Half a shape would teach that the rest is background."""
    world.via(tmp_path, {"a.png": [world.via_region(BOX), world.via_region(shape)]})
    with pytest.raises(BrokenShape, match=r"via_region_data.json, a.png, region 2"):
        open_dataset(tmp_path)


@pytest.mark.parametrize(
    "text", ['{"a": {"filename": "a.png", "regions": [', '{"shape_attributes": }', "[" * 100_000 + '"shape_attributes"']
)
def test_text_that_is_no_json_names_row_and_column(tmp_path: Path, text: str) -> None:
    """Even leniency ends somewhere, depth too."""
    (tmp_path / "via_region_data.json").write_text("\n" + text)
    with pytest.raises(BrokenJson, match=r"via_region_data.json, row \d, column \d+"):
        open_dataset(tmp_path, "via") if FORMAT.fits(tmp_path) else Via(tmp_path)


@pytest.mark.parametrize("entry", [{"regions": []}, {"filename": "a.png", "regions": 7}, ["a.png"], None])
def test_entries_that_are_none_stop(tmp_path: Path, entry: object) -> None:
    """What the program never writes is no picture without regions."""
    world.via(tmp_path, {"a.png": [world.via_region(BOX)]})
    text = json.loads((tmp_path / "via_region_data.json").read_text()) | {"odd": entry}
    (tmp_path / "via_region_data.json").write_text(json.dumps(text))
    with pytest.raises(BrokenEntry, match="“odd”"):
        open_dataset(tmp_path)


def test_what_can_be_lived_with_is_told(tmp_path: Path) -> None:
    """Beyond the picture: cut. No area: left out. Pictures missing, not named or named twice: left out. All reported."""
    regions = [world.via_region(world.via_rect(15, 5, 30, 30), name="x"), world.via_region(world.via_polygon((1, 1), (2, 2)), name="x"),
               world.via_region(world.via_rect(50, 50, 3, 3), name="x")]  # fmt: skip
    world.via(tmp_path, {"a.png": regions, "gone.png": [], "b.png": []})
    (tmp_path / "gone.png").unlink()
    world.photo(tmp_path / "new.png")
    entries = json.loads((tmp_path / "via_region_data.json").read_text())
    entries["again"] = entries["b.png" + str((tmp_path / "b.png").stat().st_size)]
    (tmp_path / "via_region_data.json").write_text(json.dumps(entries))
    data = open_dataset(tmp_path)
    assert data.ids == ("a", "b")
    assert (data.labels("a") == 1).sum() == 25
    assert sorted(kind.__name__ for kind in kinds(data.complaints)) == ["NoPicture", "NotAnnotated", "TwiceTheSame"]
    assert {NoPicture, NotAnnotated, TwiceTheSame} == set(kinds(data.complaints))
    assert kinds(data.look("a")) == [OutOfBounds, NoArea, NoArea, OutOfBounds]
    assert "region 1 reaches x 15 to 45, y 5 to 35 in a picture of 20 × 10" in str(data.look("a")[0])


def test_a_file_changed_since_is_told(tmp_path: Path) -> None:
    """Resized since it was annotated: its regions may not fit."""
    world.via(tmp_path, {"a.png": [world.via_region(BOX)]})
    world.photo(tmp_path / "a.png", (10, 9))
    assert kinds(open_dataset(tmp_path).look("a")) == [OtherBytes]


def test_divided_data_has_the_same_classes_in_each_part(tmp_path: Path) -> None:
    """train/ and val/ with a file each; a class that only one has keeps its index in both."""
    world.via(tmp_path / "train", {"a.png": [world.via_region(BOX, name="dent")]})
    world.via(tmp_path / "val", {"b.png": [world.via_region(BOX, name="crack")]})
    train, val = open_dataset(tmp_path), open_dataset(tmp_path, split="val")
    assert train.classes == val.classes
    assert (train.ids, val.ids) == (("a",), ("b",))
    assert (train.labels("a").max(), val.labels("b").max()) == (2, 1)


def test_several_annotation_files_are_no_guess(tmp_path: Path) -> None:
    """Two exports, neither by the usual name; and names outside of the folder are not followed."""
    world.via(tmp_path / "x", {"a.png": [world.via_region(BOX)], "../out.png": []})
    data = open_dataset(tmp_path / "x")
    assert data.ids == ("a",)
    assert kinds(data.complaints) == [NoPicture]
    text = (tmp_path / "x" / "via_region_data.json").read_text()
    for name in ("one.json", "two.json"):
        (tmp_path / "x" / name).write_text(text)
    assert open_dataset(tmp_path / "x").ids == ("a",)
    (tmp_path / "x" / "via_region_data.json").unlink()
    with pytest.raises(SeveralAnnotations, match=r"one.json, two.json"):
        open_dataset(tmp_path / "x")


def test_pictures_in_a_folder_beside_and_with_accents(tmp_path: Path) -> None:
    """images/ is looked into; é is é however the file system writes it."""
    world.via(tmp_path, {"été.png": [world.via_region(BOX)]})
    (tmp_path / "images").mkdir()
    (tmp_path / "été.png").rename(tmp_path / "images" / "e\u0301te\u0301.png")
    data = open_dataset(tmp_path)
    assert len(data.ids) == 1
    assert (data.labels(data.ids[0]) == 1).sum() == 20


@pytest.mark.shared
def test_the_real_export_says_the_same_as_json_and_csv(shared: Path) -> None:
    """Eight photos, twelve polygons of one class; `"type":undefined` in the CSV; nothing to complain about."""
    folder = shared / "annotations" / "via-car-damage"
    data = open_dataset(folder)
    rows = Via(folder, file=folder / "via_region_data.csv")
    assert data.classes.names == rows.classes.names == ("background", "damage")
    assert data.ids == rows.ids == ("1", "4", "31", "47", "50", "58", "69", "77")
    assert data.complaints == rows.complaints == ()
    shares = []
    for sample in data.ids:
        labels = data.labels(sample)
        assert (labels == rows.labels(sample)).all()
        assert data.look(sample) == []
        shares.append(float(np.mean(labels == 1)))
    assert 0.01 < min(shares) < max(shares) < 0.3
