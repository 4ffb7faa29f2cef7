"""CamVid folders: lists, indices, void; and the real one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import data_world as world
from safelight.learn.data import VOID, open_dataset, read, splits
from safelight.learn.data.camvid import FORMAT
from safelight.learn.data.errors import BrokenLine, DamagedFile, MissingFile, NoLabelMap, Outside, UnknownLabels


def test_indices_count_and_eleven_is_void(tmp_path: Path) -> None:
    """The numbers of a palette picture, not its colours; 11 is left out."""
    folder = world.camvid(tmp_path / "CamVid")
    values = world.indexed(folder / "trainannot" / "t_00.png", np.arange(96).reshape(8, 12) % 12)
    data = open_dataset(folder)
    assert data.ids == ("t_00", "t_01", "t_02")
    assert data.name == "CamVid train"
    image, labels = read(data, "t_00")
    assert (labels == np.where(values == 11, VOID, values)).all()
    assert (image == world.photo(tmp_path / "same.png", seed=0)).all()
    assert splits(folder) == ("train", "val", "test")
    assert open_dataset(folder, "camvid", "val").ids == ("v_00",)


def test_grey_label_files_count_too(tmp_path: Path) -> None:
    """The original label files are 8-bit grey."""
    folder = world.camvid(tmp_path)
    values = world.grey(folder / "trainannot" / "t_01.png", np.full((8, 12), 10))
    assert (open_dataset(folder).labels("t_01") == values).all()


def test_names_absolute_elsewhere_are_found(tmp_path: Path) -> None:
    """The original lists begin every name with /SegNet/CamVid/."""
    folder = world.camvid(tmp_path)
    rows = (folder / "train.txt").read_text().split()
    pairs = zip(rows[::2], rows[1::2], strict=True)
    (folder / "train.txt").write_text("\n".join(f"/SegNet/CamVid/{a} /SegNet/CamVid/{b}" for a, b in pairs))
    assert len(open_dataset(folder).ids) == 3


@pytest.mark.parametrize(
    ("line", "kind", "row"),
    [("train/t_00.png", BrokenLine, "4"), ("a b c", BrokenLine, "4"), ("../x.png trainannot/t_00.png", Outside, "4"),
     ("train/none.png trainannot/t_00.png", MissingFile, None), ("x" * 300 + ".png trainannot/t_00.png", MissingFile, None)],
)  # fmt: skip
def test_a_broken_list_names_its_row(tmp_path: Path, line: str, kind: type, row: str | None) -> None:
    """File and row, before anything is trained on a part of the data."""
    folder = world.camvid(tmp_path)
    with (folder / "train.txt").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(kind) as caught:
        open_dataset(folder)
    assert caught.value.values.get("row") == row
    assert "train.txt" in str(caught.value)


def test_unknown_values_are_counted(tmp_path: Path) -> None:
    """Which values, how many pixels of each, and which are known."""
    folder = world.camvid(tmp_path)
    values = np.zeros((8, 12), np.uint8)
    values[0, :5], values[1, :2] = 12, 200
    world.indexed(folder / "trainannot" / "t_00.png", values)
    with pytest.raises(UnknownLabels, match=r"t_00.png: 7 pixels .*: 12 \(5\), 200 \(2\)\. Known values are 0-11"):
        open_dataset(folder).labels("t_00")


def test_labels_that_are_no_map_are_refused(tmp_path: Path) -> None:
    """A colour picture, a damaged one, a vanished one: an error that names the file, never empty labels."""
    folder = world.camvid(tmp_path)
    data = open_dataset(folder)
    world.photo(folder / "trainannot" / "t_00.png")
    with pytest.raises(NoLabelMap, match=r"t_00.png is a picture of mode RGB"):
        data.labels("t_00")
    (folder / "trainannot" / "t_01.png").write_bytes(b"\x89PNG\r\n\x1a\n rubbish")
    with pytest.raises(DamagedFile, match=r"t_01.png"):
        data.labels("t_01")
    (folder / "train" / "t_02.png").unlink()
    with pytest.raises(MissingFile, match=r"t_02.png"):
        data.image("t_02")


def test_other_lists_are_not_taken_for_camvid(tmp_path: Path) -> None:
    """A train.txt of single names (or of words) is something else."""
    for text in ("a.jpg\nb.jpg\n", "", "hello world\n"):
        (tmp_path / "train.txt").write_text(text)
        assert not FORMAT.fits(tmp_path)


@pytest.mark.shared
def test_the_real_one(shared: Path) -> None:
    """367/101/233 pictures of 480 × 360; the pixel counts told with the data come out again for the validation part."""
    folder = shared / "datasets" / "camvid"
    assert [len(open_dataset(folder, split=split).ids) for split in splits(folder)] == [367, 101, 233]
    data = open_dataset(folder, split="val")
    counts = np.zeros(256, int)
    for sample in data.ids[::10]:
        image, labels = read(data, sample)
        assert image.shape == (360, 480, 3)
        counts += np.bincount(labels.ravel(), minlength=256)
    assert not counts[11:VOID].any()
    assert (counts[:10] > 0).all()
