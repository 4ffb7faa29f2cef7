"""Labels as sets of what is possible, painted scenes as data, and data sets mixed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import data_world as world
from safelight.learn.data import VOID, Arrays, Classes, camvid, cityscapes, open_dataset
from safelight.learn.data.augment import Recipe
from safelight.learn.data.coco_text import COCO_80
from safelight.learn.data.errors import NoSuchClass, NoSuchSample
from safelight.learn.data.generator import Cache, Generator
from safelight.learn.data.painted import CLASSES as PAINTED_CLASSES
from safelight.learn.data.painted import PaintedScenes, label_map
from safelight.learn.data.sets import (
    CAMVID,
    CITYSCAPES,
    COCO,
    COCO_REST,
    PAINTED,
    ROAD_CLASSES,
    Repeated,
    SetLabels,
    set_table,
)
from safelight.stages.networks.regions import CLASSES as SHIPPED


def bits(*names: str) -> int:
    """The set of these classes."""
    return sum(1 << ROAD_CLASSES.index(name) for name in names)


def test_the_sets_say_what_the_shipped_network_learns() -> None:
    """CamVid names every pixel, COCO its objects, and of its background only that it is none of the three."""
    assert ROAD_CLASSES.names == SHIPPED
    table = set_table(camvid.CLASSES, ROAD_CLASSES, CAMVID)
    wanted = {"sky": ("sky",), "pavement": ("road",), "pole": ("sign",), "fence": ("other", "building"),
              "bicyclist": ("person",), "car": ("car",)}  # fmt: skip
    for name, classes in wanted.items():
        assert table[camvid.CLASSES.index(name)] == bits(*classes)
    assert table[VOID] == VOID
    source = Classes.named(("background", *COCO_80))
    table = set_table(source, ROAD_CLASSES, COCO, COCO_REST)
    assert table[0] == bits("other", "road", "sky", "vegetation", "building")
    assert table[source.index("truck")] == table[source.index("motorcycle")] == bits("car")
    assert table[source.index("backpack")] == bits("other", "person")
    assert table[source.index("chair")] == bits("other")


def test_every_class_of_every_data_set_means_something() -> None:
    """No class is forgotten, no word is misspelt."""
    assert set(CAMVID) == set(camvid.CLASSES.names)
    assert set(CITYSCAPES) == set(cityscapes.CLASSES.names)
    assert set(PAINTED) == set(PAINTED_CLASSES.names)
    for source, meaning in ((camvid.CLASSES, CAMVID), (cityscapes.CLASSES, CITYSCAPES), (PAINTED_CLASSES, PAINTED)):
        assert (set_table(source, ROAD_CLASSES, meaning)[: len(source)] > 0).all()
    assert set_table(cityscapes.CLASSES, ROAD_CLASSES, CITYSCAPES)[0] == VOID


def test_tables_refuse_what_cannot_be_meant() -> None:
    """A class the data does not have, one the network does not have, nine bits in a byte."""
    source = Classes.named(("a", "b"))
    with pytest.raises(ValueError, match="unknown"):
        set_table(source, ROAD_CLASSES, {"c": ("car",)})
    with pytest.raises(NoSuchClass):
        set_table(source, ROAD_CLASSES, {"a": ("cat",)})
    with pytest.raises(ValueError, match="9 targets"):
        set_table(source, Classes.named("abcdefghi"), {})
    assert set_table(source, ROAD_CLASSES, {"a": ("other", "car")})[:3].tolist() == [3, VOID, VOID]


def test_a_dataset_of_sets_goes_through_batches(tmp_path: Path) -> None:
    """Beyond the border all is possible; only sets of the table come out."""
    data = SetLabels(open_dataset(world.camvid(tmp_path)), ROAD_CLASSES, CAMVID)
    assert data.classes is ROAD_CLASSES
    batch = next(Generator(data, 3, Recipe.full((16, 16), 1.0)).epoch(0))
    assert set(np.unique(batch.labels)) <= set(data.table.tolist())
    assert (batch.labels == VOID).any()


def test_parts_come_as_often_as_told(tmp_path: Path) -> None:
    """Each turn of a sample is drawn anew; the cache below keeps it once."""
    image = np.random.default_rng(0).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    classes = Classes.named(["x"])
    one = Arrays("one", classes, {"a": (image, np.zeros((20, 20), np.uint8))})
    two = Arrays("two", classes, {"a": (image // 2, np.zeros((20, 20), np.uint8))})
    cache = Cache(one)
    mixed = Repeated("mixed", [(cache, 3), (two, 1)])
    assert len(mixed.ids) == 4
    batch = next(Generator(mixed, 4, Recipe.full((10, 10)), cache_mb=0).epoch(0))
    assert len({picture.tobytes() for picture in batch.images}) == 4
    assert cache.held == image.nbytes + 400
    assert cache.ids == ("a",)
    with pytest.raises(ValueError, match="different classes"):
        Repeated("mixed", [(one, 1), (Arrays("y", Classes.named(["y"]), {}), 1)])


def test_painted_scenes_are_painted_once_and_the_same_again(tmp_path: Path) -> None:
    """Picture and labels of one size; kept files count; another folder gives the same pixels."""
    data = PaintedScenes(tmp_path / "a", 1, (96, 64))
    sample = data.ids[0]
    image, labels = data.image(sample), data.labels(sample)
    assert image.shape == (64, 96, 3)
    assert labels.shape == (64, 96)
    assert labels.max() < len(PAINTED_CLASSES)
    assert len(list((tmp_path / "a").iterdir())) == 2
    again = PaintedScenes(tmp_path / "b", 3, (96, 64))
    assert (again.image(sample) == image).all()
    assert (again.labels(sample) == labels).all()
    assert len(again.ids) == 3 * len(data.ids)
    with pytest.raises(NoSuchSample):
        data.image("no such-0")


def test_painted_scenes_label_stands_as_either() -> None:
    """Of a painter's masks the nearer thing wins; a speck of a person may as well be the stand."""
    names = ("car", "person", "face", "advertising", "sign", "road", "sky", "vegetation", "building")
    masks = {name: np.zeros((60, 80), bool) for name in names}
    masks["road"][30:] = True
    masks["car"][25:45, 10:50] = True
    masks["person"][28:58, 40:52] = True
    masks["person"][5:7, 5:7] = True
    labels = set_table(PAINTED_CLASSES, ROAD_CLASSES, PAINTED)[label_map(masks)]
    assert labels[55, 5] == bits("road")
    assert labels[40, 20] == bits("car")
    assert labels[40, 45] == bits("person")
    assert labels[5, 5] == bits("person", "other", "building")
    assert labels[0, 70] == bits("other")
