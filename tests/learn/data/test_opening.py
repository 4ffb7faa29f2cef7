"""Which format lies in a folder, and which of its parts."""

from __future__ import annotations

from pathlib import Path

import pytest

import data_world as world
from safelight.learn.data import open_dataset
from safelight.learn.data.errors import (
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
    with pytest.raises(NotThisFormat, match="in the format camvid"):
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
