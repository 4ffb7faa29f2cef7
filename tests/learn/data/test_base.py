"""The one interface: classes, colours, subsets, and the errors of the data branch."""

from __future__ import annotations

import pickle
import string
from itertools import pairwise

import numpy as np
import pytest

import data_world as world
from safelight.learn.data import VOID, Arrays, Classes, DataError, Subset, camvid, colours, join, read
from safelight.learn.data.errors import EXPECTS, DamagedFile, NoSuchClass, NoSuchSample, OtherSize
from safelight.learn.data.opening import FORMATS
from safelight.model.errors import WRONG, SafelightError


def everyone(kind: type[SafelightError] = DataError) -> list[type[SafelightError]]:
    """The class and all below it."""
    return [kind, *(found for below in kind.__subclasses__() for found in everyone(below))]


@pytest.mark.parametrize("kind", everyone(), ids=lambda kind: kind.code)
def test_every_error_speaks_both_languages(kind: type[DataError]) -> None:
    """Code of its own, status 2, the same fields in English and French apart from words quoted in each."""

    def fields(text: str) -> set[str]:
        return {
            name.removesuffix("_en").removesuffix("_fr") for _, name, _, _ in string.Formatter().parse(text) if name
        }

    assert fields(kind.en + kind.do_en) == fields(kind.fr + kind.do_fr)
    assert kind.en != kind.fr
    assert kind.exit_status == WRONG
    assert [other.code for other in everyone(SafelightError)].count(kind.code) == 1
    again = pickle.loads(pickle.dumps(kind(file="a.png", row=3)))
    assert type(again) is kind
    assert (again.file, again.place) == ("a.png", "row 3")


def test_formats_and_what_they_expect_are_one_list() -> None:
    """Whoever reads the error is told of every format there is, and of no other."""
    assert set(FORMATS) <= set(EXPECTS)


def test_classes_know_their_indices_and_colours() -> None:
    """Names to indices, indices to colours; the unlabelled is black; unknown names are told with the known ones."""
    classes = Classes.named(["road", "sky", "car"])
    assert [classes.index(name) for name in classes.names] == [0, 1, 2]
    painted = classes.paint(np.array([[0, 2], [1, VOID]], np.uint8))
    assert painted.shape == (2, 2, 3)
    assert tuple(painted[0, 1]) == classes.colours[2]
    assert not painted[1, 1].any()
    with pytest.raises(NoSuchClass, match="road, sky, car"):
        classes.index("cat")


@pytest.mark.parametrize(
    ("names", "given"),
    [((), ()), (("a", "a"), ((1, 1, 1), (2, 2, 2))), (("a", "b"), ((1, 1, 1), (1, 1, 1))), (("a",), ((0, 0, 0),)),
     (("a", "b"), ((1, 1, 1),))],
)  # fmt: skip
def test_classes_that_cannot_be_told_apart_are_refused(names: tuple[str, ...], given: tuple) -> None:
    """Equal names, equal colours, the colour of the unlabelled, or a colour missing."""
    with pytest.raises(ValueError, match="class"):
        Classes(names, given)


def test_colours_can_be_told_apart_without_red_or_green() -> None:
    """Eight chosen colours are 40 apart in Lab in every way of seeing, CamVid's eleven 29; 255 are still different."""
    assert colours.apart(colours.distinct(8)) > 40
    assert colours.apart([*camvid.CLASSES.colours, (0, 0, 0)]) > 29
    many = colours.distinct(255)
    assert len(set(many)) == 255
    assert many[:8] == colours.distinct(8)
    gaps = [colours.apart(colours.distinct(count)) for count in (2, 4, 8, 16)]
    assert all(more > fewer for more, fewer in pairwise(gaps))


def arrays(height: int = 4, width: int = 6, *, names: str = "abc") -> Arrays:
    """A dataset in memory, one picture a letter."""
    image, labels = np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.uint8)
    return Arrays("tiny", Classes.named(["x"]), dict.fromkeys(names, (image, labels)))


def test_reading_a_pair_checks_its_sizes() -> None:
    """A mask of another size is an error with both sizes, never resized."""
    data = arrays()
    image, labels = read(data, "b")
    assert image.shape[:2] == labels.shape
    data.pictures["b"] = (image, labels[:-1])
    with pytest.raises(OtherSize, match="tiny, b is 6 × 3 pixels, its picture 6 × 4"):
        read(data, "b")


def test_subsets_keep_order_and_refuse_strangers() -> None:
    """For hold-outs: the ids given, in that order; one that is not there is told."""
    some = Subset(arrays(), ("c", "a"))
    assert (some.ids, some.name, some.classes.names) == (("c", "a"), "tiny", ("x",))
    assert some.labels("c").shape == (4, 6)
    with pytest.raises(NoSuchSample, match="“z” in tiny"):
        Subset(arrays(), ("z",))
    with pytest.raises(NoSuchSample):
        arrays().image("z")


def test_parts_are_joined_in_order() -> None:
    """All ids of all parts; parts that share an id do not fit."""
    both = join("both", [arrays(names="ab"), arrays(2, 3, names="c")])
    assert both.ids == ("a", "b", "c")
    assert both.labels("c").shape == (2, 3)
    with pytest.raises(ValueError, match="do not fit"):
        join("both", [arrays(names="ab"), arrays(names="b")])


def test_a_damaged_file_says_why_in_both_languages(tmp_path) -> None:
    """What the decoder found, without its advice to copy the card again."""
    path = tmp_path / "half.png"
    world.photo(path)
    path.write_bytes(path.read_bytes()[:-30])
    from safelight.learn.data.files import read_image

    with pytest.raises(DamagedFile) as caught:
        read_image(path)
    assert "cut off" in caught.value.say("en")
    assert "coupée" in caught.value.say("fr")
    assert "inbox" not in caught.value.say("en") + caught.value.say("fr")
