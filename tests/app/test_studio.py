"""The studio: what a dataset on the command line is, uploads that leave nothing, many at once, a folder that changes."""

from __future__ import annotations

import io
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desk_world import camvid, saved, street, studio_of
from safelight.app import DataTrouble, NoSuchData, NoSuchPicture, Place, Studio, Surroundings
from safelight.model.errors import NotAPicture, UsageError
from safelight.stages.networks.segmenters import build, files


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("camvid=/data/camvid", Place("camvid", Path("/data/camvid"))),
        ("a-1=/data/x:coco", Place("a-1", Path("/data/x"), "coco")),
        ("a=/data/12:30", Place("a", Path("/data/12:30"))),
        ("a=C:coco", Place("a", Path("C"), "coco")),
        ("a=x=y", Place("a", Path("x=y"))),
        ("a=:coco", Place("a", Path(":coco"))),
    ],
)
def test_a_dataset_is_said_in_one_word(text: str, place: Place) -> None:
    """NAME=FOLDER, with the format behind a colon where it is one."""
    assert Place.parse(text) == place


@pytest.mark.parametrize("text", ["", "camvid", "=x", "a=", "A=x", "a b=x", "../a=x", "-a=x", "x" * 60 + "=y"])
def test_what_is_no_dataset_is_told(text: str) -> None:
    """A name goes into addresses: small letters, digits, - and _."""
    with pytest.raises(UsageError):
        Place.parse(text)


def test_many_at_once_do_not_tread_on_each_other(tmp_path: Path) -> None:
    """The same picture from eight threads: eight equal answers, nothing left, folders used again."""
    with studio_of(tmp_path) as studio:
        picture = saved(street())

        def ask(_: int) -> tuple[bytes, object]:
            made = studio.segment(io.BytesIO(picture), categories=True)
            return made.files["labels"], made.facts

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(ask, range(16)))
        assert all(answer == answers[0] for answer in answers)
        with pytest.raises(NotAPicture):
            studio.segment(io.BytesIO(b"words"), categories=True)
        assert [path for path in studio._folder.rglob("*") if path.is_file()] == []
        assert len(studio._slots) <= 8
        scratch = studio._folder
    assert not scratch.exists()


def test_a_folder_that_changes_is_seen(tmp_path: Path) -> None:
    """A picture added while the desk runs is listed and opened; one that went is told as missing."""
    data = camvid(tmp_path / "street", test=1)
    with studio_of(tmp_path, Place("street", data)) as studio:
        (one,) = studio.images("street").facts["ids"]
        shutil.copy(data / "test" / f"{one}.jpg", data / "test" / "new.jpg")
        shutil.copy(data / "test" / f"{one}.png", data / "test" / "new.png")
        with (data / "test.txt").open("a") as file:
            file.write("test/new.jpg test/new.png\n")
        assert studio.image("street", "test", "new").files["image"][:2] == b"\xff\xd8"
        assert studio.images("street").facts["ids"] == [one, "new"]
        with pytest.raises(NoSuchPicture):
            studio.mask("street", "", "other", categories=True)
        with pytest.raises(NoSuchData):
            studio.images("elsewhere")
        (data / "test" / "new.jpg").unlink()
        with pytest.raises(DataTrouble) as fault:
            studio.image("street", "test", "new")
        assert "new.jpg" in fault.value.what("fr")


def test_lists_do_not_wait_for_the_network(tmp_path: Path) -> None:
    """They have a child of their own, which never loads a network; the network's is loaded once, when the page is opened."""
    with studio_of(tmp_path, Place("street", camvid(tmp_path / "street"))) as studio:
        studio.warm()
        studio.warm()
        (network,) = studio._lanes._children
        assert studio.images("street").facts["ids"]
        (reader,) = studio._reader._children
        loaded = Path(f"/proc/{reader._process.pid}/maps")
        if loaded.exists():
            assert "libtorch" not in loaded.read_text()
            assert "libtorch" in Path(f"/proc/{network._process.pid}/maps").read_text()
        assert [path for path in studio._folder.rglob("*") if path.is_file()] == []


def test_a_network_of_ones_own_is_shown(tmp_path: Path) -> None:
    """`--network FILE`: uploads and predictions come from it; a file that is none ends the start with its reason."""
    path = tmp_path / "segmenter.safetensors"
    about = files.About("separable", 8, ("background", "damage"), ((64, 64, 64), (0, 0, 255)), 64)
    files.save(build("separable", 2, 8), about, path)
    around = Surroundings(tmp_path, 1)
    with Studio(around, (Place("street", camvid(tmp_path / "street")),), network=path) as studio:
        assert not studio.comparable()
        made = studio.segment(io.BytesIO(saved(street())), categories=False)
        assert [row["name"] for row in made.facts["classes"]] == ["background", "damage"]
        (one, *_) = studio.images("street").facts["ids"]
        compared = studio.prediction("street", "", one, categories=False).facts["compared"]
        assert (compared["classes"], compared["miou"]) == ([], None)  # the street knows nothing of damage
    (tmp_path / "words").write_text("words")
    with pytest.raises(files.BadWeights), Studio(around, network=tmp_path / "words"):
        pass


def test_a_format_can_be_named_as_it_is_called() -> None:
    """The desk's process loads no dataset's libraries, so it has a list of its own: it must be that of the datasets."""
    from safelight.app import studio
    from safelight.learn.data import FORMATS

    assert set(studio.FORMATS) == {"auto", *FORMATS}
