"""The scene painter: exact truth about what is drawn, the same bytes for the same seed, letters that can be read."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from safelight.learn.scenes import KINDS, MASKS, Scene, paint
from safelight.learn.scenes.lettering import WORDS
from safelight.learn.scenes.livery import TEAMS

SMALL = (640, 427)


@pytest.fixture(scope="module")
def board():
    """A sharp car before boards."""
    return paint(Scene("boards", 0), SMALL, 5)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_keeps_the_contract(kind: str) -> None:
    """Image and masks have the asked size and types, the verdict is one of three, boxes lie within the picture."""
    painted = paint(Scene(kind, 1), (320, 214), 2)
    assert painted.image.shape == (214, 320, 3)
    assert painted.image.dtype == np.uint8
    assert set(painted.masks) == set(MASKS)
    assert all(mask.shape == (214, 320) and mask.dtype == bool for mask in painted.masks.values())
    assert painted.verdict in {"ok", "retoucher", "exclure"}
    assert all(0 <= b.left < b.right <= 1 and 0 <= b.top < b.bottom <= 1 for b in painted.boxes)
    assert float(painted.image.std()) > 8


@pytest.mark.parametrize(
    ("kind", "concept"),
    [
        ("panned", "car"),
        ("boards", "advertising"),
        ("pits", "person"),
        ("spectators", "face"),
        ("post", "sign"),
        ("sign", "sign"),
    ],
)
def test_the_masks_hold_what_the_kind_is_about(kind: str, concept: str) -> None:
    """A shot about something has that something in its truth."""
    assert paint(Scene(kind, 0), (320, 214), 3).masks[concept].sum() > 20


@pytest.mark.parametrize(("kind", "concept"), [("boards", "car"), ("post", "sign"), ("pits", "person")])
def test_a_mask_is_where_the_picture_differs_from_the_one_without(kind: str, concept: str) -> None:
    """Inside the mask the picture differs from the same picture without the thing; far outside (shadows and rims aside)

    it is the same up to JPEG: the mask neither misses nor invents.
    """
    with_it = paint(Scene(kind, 0), SMALL, 5)
    without = paint(Scene(kind, 0), SMALL, 5, without=concept)
    change = np.abs(with_it.image.astype(int) - without.image.astype(int)).max(axis=2)
    mask = with_it.masks[concept]
    assert not without.masks[concept].any() or kind == "boards" or without.masks[concept].sum() < mask.sum()
    assert (change[mask] > 10).mean() > 0.80
    upper = np.zeros_like(mask)
    upper[: mask.shape[0] // 4] = True
    assert (change[upper & ~mask] > 30).mean() < 0.02


def test_nothing_is_two_things_at_once(board) -> None:
    """Occlusion is exact: car, boards, road, sky and plants share no pixel."""
    names = ("car", "advertising", "road", "sky", "vegetation")
    total = sum(board.masks[name].astype(int) for name in names)
    assert int(total.max()) == 1
    assert board.masks["car"].sum() > 5000


def test_a_car_hides_the_board_behind_it() -> None:
    """Without the car the boards' mask grows, by pixels that the car covered and no others."""
    with_car, without = (paint(Scene("boards", 0), SMALL, 5, without=w).masks for w in ("", "car"))
    gained = without["advertising"] & ~with_car["advertising"]
    assert gained.sum() > 300
    assert (gained & with_car["car"]).sum() > 0.9 * gained.sum()
    assert not (with_car["advertising"] & ~without["advertising"]).any()


def test_same_seed_same_bytes_other_seed_other_picture(board) -> None:
    """Painting is a function of scene, size and seed."""
    assert paint(Scene("boards", 0), SMALL, 5).jpeg == board.jpeg
    assert paint(Scene("boards", 0), SMALL, 6).jpeg != board.jpeg


def test_the_file_decodes_to_the_picture(board) -> None:
    """What a viewer sees is what the truth speaks of."""
    with Image.open(io.BytesIO(board.jpeg)) as opened:
        assert (np.asarray(opened.convert("RGB")) == board.image).all()


def test_a_pan_keeps_the_car_sharp_and_sweeps_the_rest() -> None:
    """Motion blur lies on the world, not on what the camera follows."""
    painted = paint(Scene("panned", 1), SMALL, 5)
    grey = painted.image.astype(float).mean(axis=2)
    steps = np.abs(np.diff(grey, axis=1))[:, 1:]
    car = painted.masks["car"][:, 1:-1]
    world = painted.masks["vegetation"][:, 1:-1]
    assert np.percentile(steps[car], 98) > 2 * np.percentile(steps[world], 98)


def test_words_are_invented_and_plain() -> None:
    """Boards carry capitals only, no word twice, and start numbers are numbers."""
    assert all(word.isascii() and word.isalpha() and word.isupper() for word in WORDS)
    assert len(set(WORDS)) == len(WORDS)
    assert len({team.number for team in TEAMS}) == len(TEAMS)
    assert all(team.number.isdigit() for team in TEAMS)


def test_ocr_reads_the_boards_of_a_day_scene() -> None:
    """Letters behave as on photographs: most words that the truth calls legible are read."""
    from rapidocr import RapidOCR

    reader = RapidOCR()
    told, read = 0, 0
    for variant in (0, 5):
        painted = paint(Scene("boards", variant), (1280, 853), 24)
        found = "".join(reader(painted.image[..., ::-1]).txts or ()).upper().replace(" ", "")
        told += len(painted.texts)
        read += sum(text in found for text in painted.texts)
    assert told >= 3
    assert read >= 0.6 * told
