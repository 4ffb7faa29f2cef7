"""Pictures and masks in two folders: pairs, what the masks mean, and classes.txt."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

import data_world as world
from safelight.learn.data import VOID, open_dataset, read, splits
from safelight.learn.data.errors import (
    BrokenClassLine,
    LossyMask,
    NoLabelMap,
    NoMask,
    NoPicture,
    TooManyClasses,
    TwiceTheSame,
    UnknownLabels,
)
from safelight.learn.data.folders import FORMAT

SIZE = (6, 4)


def write(folder: Path, *masks: np.ndarray, save: str = "grey") -> Path:
    """Pictures `0.jpg`, `1.jpg`, … with these masks."""
    for index, values in enumerate(masks):
        photo = world.photo(folder / "images" / f"{index}.jpg", SIZE, index)
        assert photo.shape[:2] == values.shape[:2]
        path = folder / "masks" / f"{index}.png"
        path.parent.mkdir(exist_ok=True)
        if save == "colour":
            cv2.imwrite(str(path), np.asarray(values, np.uint8)[..., ::-1])
        elif save == "bit":
            Pillow.fromarray(values.astype(bool)).save(path)
        elif save == "sixteen":
            Pillow.fromarray(values.astype(np.uint16)).save(path)
        else:
            getattr(world, save)(path, values)
    return folder


def half(low: int, high: int) -> np.ndarray:
    """A mask of two halves."""
    values = np.full((4, 6), low)
    values[:, 3:] = high
    return values


@pytest.mark.parametrize(
    ("masks", "save", "names", "indices"),
    [
        ([half(0, 255), half(0, 0)], "grey", ("background", "object"), [0, 1]),
        ([half(0, 1)], "grey", ("background", "object"), [0, 1]),
        ([half(0, 1)], "bit", ("background", "object"), [0, 1]),
        ([half(0, 255)], "indexed", ("background", "object"), [0, 1]),
        ([half(0, 2), half(1, 255)], "grey", ("class 0", "class 1", "class 2"), [0, 2]),
        ([half(0, 1), half(1, 255)], "grey", ("class 0", "class 1"), [0, 1]),
        ([half(3, 100)], "indexed", tuple(f"class {index}" for index in range(101)), [3, 100]),
        ([half(0, 128), half(128, 255)], "grey", ("grey 0", "grey 128", "grey 255"), [0, 1]),
        ([half(0, 7)], "sixteen", tuple(f"class {index}" for index in range(8)), [0, 7]),
    ],
)
def test_what_numbers_mean(tmp_path: Path, masks: list, save: str, names: tuple, indices: list) -> None:
    """Binary, indices of a palette or of grey, levels of grey: classes by what all masks hold together."""
    data = open_dataset(write(tmp_path, *masks, save=save))
    assert data.classes.names == names
    _, labels = read(data, "0")
    assert [labels[0, 0], labels[0, 5]] == indices
    if names == ("class 0", "class 1", "class 2"):
        assert data.labels("1")[0, 5] == VOID
        assert data.labels("1")[0, 0] == 1


def test_colours_are_classes_in_their_own_colour(tmp_path: Path) -> None:
    """Named by their code; black may be one of them, though it is then shown otherwise."""
    values = np.zeros((4, 6, 3), np.uint8)
    values[:, :2], values[:, 2:] = (128, 64, 128), (0, 0, 142)
    data = open_dataset(write(tmp_path, values, save="colour"))
    assert data.classes.names == ("#00008e", "#804080")
    assert (data.classes.paint(data.labels("0")) == values).all()
    values[0, 0] = 0
    data = open_dataset(write(tmp_path, values, save="colour"))
    assert data.classes.names == ("#000000", "#00008e", "#804080")
    assert data.labels("0")[0, :3].tolist() == [0, 2, 1]


def test_classes_txt_names_what_the_masks_hold(tmp_path: Path) -> None:
    """Line numbers for grey masks, colours for colour masks in either order; void lines are left out."""
    write(tmp_path / "a", half(0, 2))
    (tmp_path / "a" / "classes.txt").write_text("sky\nvoid\nroad, 128, 64, 128\n")
    data = open_dataset(tmp_path / "a")
    assert data.classes.names == ("sky", "road")
    assert data.labels("0")[0].tolist() == [0] * 3 + [1] * 3
    values = np.zeros((4, 6, 3), np.uint8)
    values[:, 3:] = (128, 64, 128)
    write(tmp_path / "b", values, save="colour")
    (tmp_path / "b" / "classes.txt").write_text("# R G B name\n128 64 128 main road\nVoid 0 0 0\n")
    data = open_dataset(tmp_path / "b")
    assert data.classes.names == ("main road",)
    assert data.classes.colours == ((128, 64, 128),)
    assert data.labels("0")[0].tolist() == [VOID] * 3 + [0] * 3


@pytest.mark.parametrize("text", ["sky\nsky\n", "sky\n", "void 0 0 0\n", "", "sky 300 0 0\n"])
def test_a_broken_classes_txt_names_its_row(tmp_path: Path, text: str) -> None:
    """Twice the same, without the colours that colour masks need, or nothing but void."""
    write(tmp_path, np.zeros((4, 6, 3)), save="colour")
    (tmp_path / "classes.txt").write_text(text)
    with pytest.raises(BrokenClassLine, match=r"classes.txt, row \d"):
        open_dataset(tmp_path)


def test_values_seen_in_no_class_stop(tmp_path: Path) -> None:
    """A value beyond classes.txt, a colour that is none of them, a colour among grey masks."""
    write(tmp_path, half(0, 2))
    (tmp_path / "classes.txt").write_text("sky\nroad\n")
    with pytest.raises(UnknownLabels, match=r"12 pixels .*: 2 \(12\)\. Known values are 0-1, 255"):
        open_dataset(tmp_path).labels("0")
    world.photo(tmp_path / "masks" / "0.png", SIZE)
    data = open_dataset(write(tmp_path / "more", half(0, 1), half(0, 1)))
    world.photo(tmp_path / "more" / "masks" / "1.png", SIZE)
    with pytest.raises(NoLabelMap, match="mode RGB"):
        data.labels("1")
    colours = np.zeros((4, 6, 3), np.uint8)
    data = open_dataset(write(tmp_path / "colours", colours, save="colour"))
    colours[0, 0] = (1, 2, 3)
    write(tmp_path / "colours", colours, save="colour")
    with pytest.raises(UnknownLabels, match=r"1 pixels .*: #010203 \(1\)\. Known values are #000000"):
        data.labels("0")


def test_lossy_masks_and_photos_as_masks_are_refused(tmp_path: Path) -> None:
    """JPEG blurs borders; hundreds of colours are a photo."""
    write(tmp_path, half(0, 255))
    cv2.imwrite(str(tmp_path / "masks" / "0.jpg"), half(0, 255).astype(np.uint8))
    (tmp_path / "masks" / "0.png").unlink()
    with pytest.raises(LossyMask, match=r"0.jpg is a JPEG"):
        open_dataset(tmp_path).labels("0")
    world.photo(tmp_path / "photos" / "images" / "0.png", (20, 20))
    world.photo(tmp_path / "photos" / "masks" / "0.png", (20, 20))
    with pytest.raises(TooManyClasses, match="names 400 classes, at most 64"):
        open_dataset(tmp_path / "photos")


def test_pairs(tmp_path: Path) -> None:
    """a_mask.png goes with a.jpg; what has no partner is told, a picture without mask stops."""
    write(tmp_path, half(0, 1), half(0, 1), half(0, 1))
    (tmp_path / "masks" / "0.png").rename(tmp_path / "masks" / "0_mask.png")
    (tmp_path / "images" / "1.jpg").unlink()
    world.photo(tmp_path / "images" / "2.png", SIZE)
    data = open_dataset(tmp_path)
    assert data.ids == ("0", "2")
    assert {type(fault) for fault in data.complaints} == {NoPicture, TwiceTheSame}
    (tmp_path / "masks" / "2.png").unlink()
    with pytest.raises(NoMask, match=r"2.jpg has no mask: masks/2.png is missing"):
        open_dataset(tmp_path)


def test_divided_folders_in_both_orders(tmp_path: Path) -> None:
    """train/images or images/train; classes are those of all parts together."""
    write(tmp_path / "a" / "train", half(0, 1))
    write(tmp_path / "a" / "val", half(0, 2))
    assert splits(tmp_path / "a") == ("train", "val")
    assert len(open_dataset(tmp_path / "a").classes) == len(open_dataset(tmp_path / "a", split="val").classes) == 3
    for part in ("train", "val"):
        for kind in ("images", "masks"):
            (tmp_path / "b" / kind).mkdir(parents=True, exist_ok=True)
            (tmp_path / "a" / part / kind).rename(tmp_path / "b" / kind / part)
    assert splits(tmp_path / "b") == ("train", "val")
    assert open_dataset(tmp_path / "b", "folders", "val").labels("0").max() == 2


def test_folders_without_pictures_are_not_recognised(tmp_path: Path) -> None:
    """Names alone are not enough: labels/ may hold text."""
    world.photo(tmp_path / "images" / "0.jpg")
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "0.txt").write_text("0 .1 .1 .2 .2 .3 .1")
    assert not FORMAT.fits(tmp_path)
