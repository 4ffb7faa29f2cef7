"""Promises of stages.inpaint.patches: where patches come from, what is never copied, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from safelight.model.errors import NothingToCopy
from safelight.stages.base import Image, Mask
from safelight.stages.inpaint.patches import Patches, ground


def field(height: int = 120, width: int = 180) -> Image:
    """Sky above, a red board across the middle, grass on the left and asphalt on the right below; all with grain."""
    rng = np.random.default_rng(4)
    picture = np.empty((height, width, 3))
    picture[: height // 3] = (140, 175, 215)
    picture[height // 3 : height // 2] = (200, 30, 30)
    picture[height // 2 :, : width // 2] = (70, 120, 45)
    picture[height // 2 :, width // 2 :] = (95, 95, 97)
    grain = rng.normal(0, 5, (height, width, 1))
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def board(picture: Image) -> Mask:
    """The red board's mask."""
    mask = np.zeros(picture.shape[:2], np.float32)
    mask[picture.shape[0] // 3 : picture.shape[0] // 2] = 1
    return mask


@pytest.mark.parametrize(
    ("prompt", "colour"),
    [("grass", (70, 120, 45)), ("pelouse", (70, 120, 45)), ("mur gris", (95, 95, 97)), ("road", (95, 95, 97)), ("sky", (140, 175, 215))],
)  # fmt: skip
def test_the_word_chooses_the_ground(prompt: str, colour: tuple[int, int, int]) -> None:
    """What grows in the gap has the colour of that ground in the photo, and its grain, not a smooth smear."""
    photo = field()
    result, wide = Patches().inpaint(photo, board(photo), prompt, 1)
    inside = result[wide > 0].astype(float)
    assert np.abs(inside.mean(0) - colour).max() < 6
    assert inside.std(0).min() > 2.5


def test_nothing_takes_what_surrounds() -> None:
    """Prompt nothing: no red is left, the gap is filled with the neighbours."""
    photo = field()
    result, wide = Patches().inpaint(photo, board(photo), "rien", 1)
    red = (result[..., 0] > 150) & (result[..., 1] < 90)
    assert not red[wide > 0].any()


def test_only_the_declared_rim_is_painted_beyond_the_mask() -> None:
    """The widened mask holds the given one and reaches at most `rim` pixels (at 1,600) further."""
    photo = np.tile(field(), (5, 9, 1))[:600, :1600]
    mask = np.zeros(photo.shape[:2], np.float32)
    mask[300:330, 700:760] = 1
    result, wide = Patches().inpaint(photo, mask, "nothing", 1)
    rows, columns = np.nonzero(wide)
    reach = Patches.rim
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (
        300 - reach,
        329 + reach,
        700 - reach,
        759 + reach,
    )
    assert (result[wide == 0] == photo[wide == 0]).all()


@pytest.mark.parametrize(
    ("prompt", "change"),
    [("grass", "no grass"), ("grass", "all"), ("a cartoon kart", "none"), ("nothing", "all")],
)
def test_what_cannot_be_grown_is_refused(prompt: str, change: str) -> None:
    """No such ground in the photo, no photo outside the mask, or an unknown word: NothingToCopy, never a guess."""
    photo = field()
    mask = board(photo)
    if change == "no grass":
        photo[60:, :90] = (95, 95, 97)
    if change == "all":
        mask[:] = 1
    with pytest.raises(NothingToCopy):
        Patches().inpaint(photo, mask, prompt, 1)


def test_it_understands_the_closed_list_only() -> None:
    """English and French words of the list, whatever the case; nothing else."""
    engine = Patches()
    assert engine.understands("Mur Uni")
    assert engine.understands("plain board")
    assert not engine.understands("a cartoon kart")


def test_writing_on_the_ground_is_no_source() -> None:
    """A watermark over the asphalt is left out of the ground, the asphalt around it is not."""
    photo = np.full((200, 320, 3), 90, np.uint8)
    photo += np.random.default_rng(1).integers(0, 6, (*photo.shape[:2], 1), dtype=np.uint8)
    photo[150:170, 100:200:6] = 250
    hole = np.zeros(photo.shape[:2], np.bool_)
    hole[20:60, 20:300] = True
    chosen = ground(photo, hole, "road")
    assert not chosen[150:170, 100:200].any()
    assert chosen[120:140].mean() > 0.8
    assert not (chosen & hole).any()
