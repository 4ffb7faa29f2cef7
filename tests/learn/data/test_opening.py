"""Which format lies in a folder, and which of its parts."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import data_world as world
from safelight.learn.data import FORMATS, open_dataset, read
from safelight.learn.data.errors import (
    EXPECTS,
    NoPictures,
    NoSplit,
    NoSuchFolder,
    NoSuchFormat,
    NotThisFormat,
    UnknownFormat,
)


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    """No folder, no known format, a format that does not exist or does not fit: each its own sentence."""
    with pytest.raises(NoSuchFolder, match="no folder"):
        open_dataset(tmp_path / "nowhere")
    with pytest.raises(UnknownFormat, match=r"camvid: lists .*; cityscapes: .*; via: .*; coco: .*; folders: "):
        open_dataset(tmp_path)
    with pytest.raises(NoSuchFormat, match="“voc” is no format"):
        open_dataset(tmp_path, "voc")
    with pytest.raises(
        NotThisFormat,
        match=r"in the format camvid\. Expected is: lists train.txt, val.txt, test.txt with a picture and a label file a line\.$",
    ):
        open_dataset(tmp_path, "camvid")


def test_a_part_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    """Never another part instead."""
    world.camvid(tmp_path)
    (tmp_path / "val.txt").unlink()
    with pytest.raises(NoSplit, match="no part “val”: there is train, test"):
        open_dataset(tmp_path, split="val")


def test_empty_data_is_an_error(tmp_path: Path) -> None:
    """A list of nothing trains nothing."""
    world.camvid(tmp_path, (1, 1, 0))
    with pytest.raises(NoPictures):
        open_dataset(tmp_path, "camvid", "test")


def test_nothing_is_held_but_names(tmp_path: Path) -> None:
    """Reading every picture leaves less behind than one picture takes; a sample's entry is small."""
    world.camvid(tmp_path, (60, 1, 1))
    for path in (tmp_path / "train").iterdir():
        world.photo(path, (120, 80))
        world.grey(tmp_path / "trainannot" / path.name, np.zeros((80, 120)))
    read(open_dataset(tmp_path, split="val"), "v_00")
    tracemalloc.start()
    data = open_dataset(tmp_path)
    listed = tracemalloc.get_traced_memory()[0]
    for sample in data.ids:
        read(data, sample)
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - listed
    tracemalloc.stop()
    assert held < 120 * 80 * 3
    assert listed < 60 * 2000


def test_formats_are_told_apart(tmp_path: Path) -> None:
    """Each is recognised by what lies there, and by no other format."""
    world.camvid(tmp_path / "camvid")
    world.via(tmp_path / "via", {"a.png": []})
    world.coco(tmp_path / "coco")
    world.coco_text(tmp_path / "text")
    world.photo(tmp_path / "folders" / "images" / "a.jpg")
    world.grey(tmp_path / "folders" / "masks" / "a.png", np.zeros((8, 12)))
    world.photo(tmp_path / "cityscapes" / "a_1_1_leftImg8bit.png")
    world.grey(tmp_path / "cityscapes" / "a_1_1_gtFine_labelIds.png", np.zeros((8, 12)))
    for folder in tmp_path.iterdir():
        found = {name for name, form in FORMATS.items() if form.fits(folder)}
        assert found == {"coco" if folder.name == "text" else folder.name}
        assert open_dataset(folder).ids
    assert list(FORMATS) == list(EXPECTS)
