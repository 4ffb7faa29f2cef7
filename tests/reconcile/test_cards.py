"""Need-you cards through the real loop: a card about a mask shows that mask, and is a card like any other."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from e2e_world import RULES
from loop_world import Day, Inline, day, digest_of
from safelight.model.digests import ObjectId
from safelight.model.records import Decided, Dismissed, Refused, StepDone
from world import jpeg, listing, put

ASKS = RULES["retouch.yaml"].replace("max_area: 60%", "max_area: 5%")
"""The stages of these tests find a tenth of every picture."""
CARD = "need-you/marie/board.jpg"


def asked(root: Path, *, cards: bool = True, retouch: str = ASKS) -> Day:
    """A day whose one photo to retouch has too large a mask."""
    made = day(root, 2, retouch=retouch)
    lanes = made.at_work.work.lanes
    assert isinstance(lanes, Inline)
    lanes.cards = cards
    put(made.root / "inbox/marie/board.jpg", jpeg(50))
    made.later(20)
    return made


def masked(made: Day) -> StepDone:
    """The mask step of that photo."""
    (fact,) = [fact for fact in made.facts(StepDone) if fact.stage == "mask"]
    return fact  # type: ignore[no-any-return]


def test_a_card_about_a_mask_shows_the_mask(tmp_path: Path) -> None:
    """The card's picture is the one that the mask step made, byte for byte; its text stands beside it."""
    made = asked(tmp_path)
    assert made.plan("board.jpg").need.code == "too_much"
    assert digest_of(made.library / CARD) == masked(made).outputs["card"]
    assert "10" in (made.library / f"{CARD}.why.txt").read_text("utf-8-sig")


def test_a_record_of_before_shows_the_photo(tmp_path: Path) -> None:
    """Mask steps that were recorded without a card stay readable, and are not done again for it."""
    made = asked(tmp_path, cards=False)
    assert made.plan("board.jpg").need.code == "too_much"
    assert digest_of(made.library / CARD) == made.photo("board.jpg").thumb
    made.stop()
    made.start().later(20)
    assert "mask" not in made.at_work.work.lanes.did  # type: ignore[attr-defined]
    assert digest_of(made.library / CARD) == made.photo("board.jpg").thumb


def test_a_card_without_mask_shows_the_photo(tmp_path: Path) -> None:
    """No rule fits: there is no mask to show."""
    made = asked(tmp_path, retouch="version: 1\nretouch:\n  - rule: Never\n    on: no\n    do: leave\n")
    assert made.plan("board.jpg").need.code == "no_rule"
    assert digest_of(made.library / CARD) == made.photo("board.jpg").thumb


@pytest.mark.parametrize("folder", ["ok", "exclure", "retoucher"])
def test_the_marked_picture_moved_into_a_class_folder_decides(tmp_path: Path, folder: str) -> None:
    """It is known for this photo's, wherever it is put; the photo itself stands there afterwards, not the card."""
    made = asked(tmp_path)
    (made.library / folder / "marie").mkdir(parents=True, exist_ok=True)
    os.replace(made.library / CARD, made.library / folder / "marie/card.jpg")
    made.later(100)
    assert [fact.verdict for fact in made.facts(Decided)] == [folder]
    there = listing(made.library)
    assert not {name for name in there if name.startswith("need-you/") or "card.jpg" in name}
    assert digest_of(made.library / folder / "marie/board.jpg") == made.photo("board.jpg").photo


def test_the_card_deleted_accepts_the_mask(tmp_path: Path) -> None:
    """As the card's text says: the mask counts as right and is used."""
    made = asked(tmp_path)
    made.later(20)
    (made.library / CARD).unlink()
    (made.library / f"{CARD}.why.txt").unlink()
    made.later(100)
    assert [(fact.verdict, fact.by) for fact in made.facts(Decided)] == [("retoucher", "card")]
    assert made.plan("board.jpg").standing == "done"
    assert made.plan("board.jpg").retouched
    assert not (made.library / CARD).exists()


def test_the_card_survives_loss_of_the_cache(tmp_path: Path) -> None:
    """It is made from the ledger and the store alone."""
    made = asked(tmp_path)
    made.stop()
    shutil.rmtree(made.cache)
    (made.library / CARD).unlink()
    made.start().later(20)
    assert digest_of(made.library / CARD) == masked(made).outputs["card"]
    assert made.event.store.has(ObjectId(masked(made).outputs["card"]))


def test_a_deleted_card_of_a_refused_file_stays_away_and_other_reasons_are_asked(tmp_path: Path) -> None:
    """The same file under another reason, or another file, is another arrival: it has a card of its own."""
    made = day(tmp_path, 2)
    put(made.root / "inbox/marie/notes.jpg", b"no picture at all")
    made.later(60)
    card = made.library / "need-you/marie/notes.jpg"
    card.unlink()
    made.later(100)
    (fact,) = made.facts(Dismissed)
    (refused,) = made.facts(Refused)
    assert fact.detail == refused.detail
    assert not card.exists()
    made.stop()
    shutil.rmtree(made.cache)
    made.start().later(60)
    assert not card.exists()
    put(made.root / "inbox/marie/notes.jpg", b"RIFF\0\0\0\0nothing either")
    made.later(60)
    assert card.exists()
    assert len(made.facts(Refused)) == 2
    assert len(made.facts(Dismissed)) == 1
