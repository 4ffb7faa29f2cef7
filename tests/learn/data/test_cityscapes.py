"""Cityscapes: the table of categories, both layouts, pairs missing either way; and real label files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import data_world as world
from safelight.learn.data import VOID, open_dataset, read, splits
from safelight.learn.data.cityscapes import CLASSES, TABLE
from safelight.learn.data.errors import NoMask, NoPicture, TwiceTheSame, UnknownLabels

OFFICIAL = {
    "void": ["unlabeled", "ego vehicle", "rectification border", "out of roi", "static", "dynamic", "ground"],
    "flat": ["road", "sidewalk", "parking", "rail track"],
    "construction": ["building", "wall", "fence", "guard rail", "bridge", "tunnel"],
    "object": ["pole", "polegroup", "traffic light", "traffic sign"],
    "nature": ["vegetation", "terrain"],
    "sky": ["sky"],
    "human": ["person", "rider"],
    "vehicle": ["car", "truck", "bus", "caravan", "trailer", "train", "motorcycle", "bicycle"],
}
"""The official label table: ids count through it from 0."""


def test_the_table_is_the_official_one() -> None:
    """34 ids in eight categories, in order; 255 is left out."""
    assert tuple(OFFICIAL) == CLASSES.names
    expected = [CLASSES.index(category) for category, labels in OFFICIAL.items() for _ in labels]
    assert [TABLE.known[number] for number in range(34)] == expected
    assert TABLE.known[255] == VOID
    assert len(TABLE.known) == 35


def write(folder: Path, part: str, *names: str, pictures: str = "leftImg8bit", labels: str = "gtFine") -> None:
    """Pictures with label ids 0-33 and 255 as the data set lays them out."""
    values = np.append(np.arange(34), [255] * 14).reshape(6, 8)
    for name in names:
        city = name.split("_")[0]
        world.photo(folder / pictures / part / city / f"{name}_leftImg8bit.png", (8, 6))
        world.grey(folder / labels / part / city / f"{name}_{labels or 'gtFine'}_labelIds.png", values)


def test_the_usual_folders(tmp_path: Path) -> None:
    """leftImg8bit/ and gtFine/ with parts and cities; instances, colours and polygons beside do not disturb."""
    write(tmp_path, "train", "aachen_000000_000019", "bochum_000000_000313")
    write(tmp_path, "val", "munster_000000_000019")
    for extra in ("gtFine_color.png", "gtFine_instanceIds.png", "gtFine_polygons.json"):
        (tmp_path / "gtFine" / "train" / "aachen" / f"aachen_000000_000019_{extra}").write_bytes(b"x")
    assert splits(tmp_path) == ("train", "val")
    data = open_dataset(tmp_path)
    assert data.ids == ("aachen_000000_000019", "bochum_000000_000313")
    _, labels = read(data, data.ids[0])
    assert labels.ravel()[:34].tolist() == [TABLE.known[number] for number in range(34)]
    assert (labels.ravel()[34:] == VOID).all()
    assert open_dataset(tmp_path, split="val").ids == ("munster_000000_000019",)


def test_flat_and_prefixed_folders(tmp_path: Path) -> None:
    """Side by side in one folder, undivided; or train_img/ with train_label/."""
    write(tmp_path / "flat", "", "aachen_000001_000019")
    found = sorted((tmp_path / "flat").rglob("*.png"))
    for path in found:
        path.rename(tmp_path / "flat" / path.name)
    assert splits(tmp_path / "flat") == ()
    assert open_dataset(tmp_path / "flat").ids == ("aachen_000001_000019",)
    for name, path in (("train_img", "leftImg8bit"), ("train_label", "gtFine_labelIds")):
        (tmp_path / "two" / name).mkdir(parents=True)
        for file in (tmp_path / "flat").glob(f"*{path}.png"):
            file.rename(tmp_path / "two" / name / file.name)
    assert splits(tmp_path / "two") == ("train",)
    assert open_dataset(tmp_path / "two").ids == ("aachen_000001_000019",)


def test_pairs_missing_either_way(tmp_path: Path) -> None:
    """Labels without a picture are left out and told; a picture without labels stops."""
    write(tmp_path, "train", "a_1_1", "b_1_1", "c_1_1")
    (tmp_path / "leftImg8bit/train/b/b_1_1_leftImg8bit.png").unlink()
    data = open_dataset(tmp_path)
    assert data.ids == ("a_1_1", "c_1_1")
    assert [type(fault) for fault in data.complaints] == [NoPicture]
    (tmp_path / "gtFine/train/c/c_1_1_gtFine_labelIds.png").unlink()
    with pytest.raises(NoMask, match=r"c_1_1_leftImg8bit.png has no mask: c_1_1_gtFine_labelIds.png is missing"):
        open_dataset(tmp_path)


def test_twice_the_same_and_unknown_ids(tmp_path: Path) -> None:
    """The first of two counts; ids beyond the table are counted."""
    write(tmp_path, "train", "a_1_1")
    write(tmp_path, "train/again", "a_1_1")
    data = open_dataset(tmp_path)
    assert {type(fault) for fault in data.complaints} == {TwiceTheSame}
    world.grey(tmp_path / "gtFine/train/a/a_1_1_gtFine_labelIds.png", np.full((6, 8), 34))
    with pytest.raises(UnknownLabels, match=r"48 pixels .*: 34 \(48\)\. Known values are 0-33, 255"):
        data.labels("a_1_1")


@pytest.mark.shared
def test_the_real_sample(shared: Path) -> None:
    """One photo with labels, three label files alone; road is the commonest, no one walks there."""
    data = open_dataset(shared / "annotations" / "cityscapes-sample")
    assert data.ids == ("aachen_000001_000019",)
    assert [type(fault) for fault in data.complaints] == [NoPicture] * 3
    image, labels = read(data, data.ids[0])
    assert image.shape == (1024, 2048, 3)
    counts = np.bincount(labels.ravel(), minlength=256)
    assert counts.argmax() == CLASSES.index("flat")
    assert not counts[CLASSES.index("human")]
    assert counts[:8].sum() == labels.size
