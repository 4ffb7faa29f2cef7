"""A picture that a person deleted leaves a note where it stood, and the note is nothing but a note."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from e2e_world import RULES
from loop_world import Day, day, digest_of
from safelight.model.records import Decided, Dropped, Edited, LeftOut, PutBack
from world import listing, put

NAME = "ok/marie/ok 0.jpg"
NOTE = NAME + ".why.txt"


def left_out(root: Path, language: str = "en", name: str = NAME, **rules: str) -> Day:
    """A day on which a person deleted one of three pictures and it was believed."""
    made = day(root, 3, event=RULES["event.yaml"].replace("language: en", f"language: {language}"), **rules).later(20)
    (made.library / name).unlink()
    made.later(100)
    assert len(made.facts(LeftOut)) == 1
    return made


def quiet(made: Day) -> None:
    """Nothing but the one deletion was understood."""
    assert len(made.facts(LeftOut)) == 1
    assert made.facts(Decided) == made.facts(Edited) == []
    assert len(made.facts(Dropped)) == 3


@pytest.mark.parametrize(
    ("language", "says", "back"),
    [
        ("en", "Left out of the book: a person deleted it from library/ok.", "To bring it back, put the file back"),
        (
            "fr",
            "Hors du livre\u00a0: une personne l’a supprimée de library/ok.",
            "Pour la reprendre, remettez le fichier",
        ),
    ],
)
def test_the_note_says_why_and_how_to_bring_it_back(tmp_path: Path, language: str, says: str, back: str) -> None:
    """Whoever looks for the picture finds the reason in its place, in the event's language."""
    made = left_out(tmp_path, language)
    text = (made.library / NOTE).read_text("utf-8-sig")
    assert says in text
    assert back in text
    assert 'safelight decide "ok 0.jpg" ok' in text
    assert {name for name in listing(made.library) if "ok 0" in name} == {NOTE}
    quiet(made)


def test_the_note_goes_when_the_picture_comes_back(tmp_path: Path) -> None:
    """Put back where it stood: no note, the picture and its painting again."""
    made = left_out(tmp_path)
    original = made.event.store.path(made.photo("ok 0.jpg").photo)
    shutil.copyfile(original, made.library / NAME)
    made.later(100)
    assert len(made.facts(PutBack)) == 1
    assert {name for name in listing(made.library) if "ok 0" in name} == {NAME, "stylized/marie/ok 0.jpg"}
    quiet(made)


def test_the_note_goes_when_the_original_is_dropped_again(tmp_path: Path) -> None:
    """The way that the note names second."""
    made = left_out(tmp_path)
    shutil.copyfile(made.event.store.path(made.photo("ok 0.jpg").photo), made.root / "inbox/marie/ok 0.jpg")
    made.later(100)
    assert made.plan("ok 0.jpg").standing == "done"
    assert not (made.library / NOTE).exists()
    assert (made.library / NAME).exists()


@pytest.mark.parametrize("memory", ["kept", "lost"])
def test_it_stays_over_a_restart(tmp_path: Path, memory: str) -> None:
    """Also without the cache: the ledger knows, and neither the note nor the gap means anything new."""
    made = left_out(tmp_path)
    made.stop()
    if memory == "lost":
        shutil.rmtree(made.cache)
    made.start().later(100)
    assert (made.library / NOTE).exists()
    assert not (made.library / NAME).exists()
    quiet(made)


@pytest.mark.parametrize(
    "folder", ["exclure/marie", "retoucher/marie", "exclure", "retouched/marie", "stylized/marie", "need-you/marie"]
)
def test_the_note_moved_elsewhere_decides_nothing(tmp_path: Path, folder: str) -> None:
    """It is no picture and no view: it comes back where it belongs, and no photo is moved, edited or dropped."""
    made = left_out(tmp_path)
    (made.library / folder).mkdir(parents=True, exist_ok=True)
    os.replace(made.library / NOTE, made.library / folder / Path(NOTE).name)
    made.later(100)
    assert (made.library / NOTE).exists()
    assert made.plan("ok 0.jpg").standing == "left_out"
    quiet(made)


@pytest.mark.parametrize("what", ["deleted", "edited", "folder deleted"])
def test_the_note_deleted_or_edited_means_nothing(tmp_path: Path, what: str) -> None:
    """It is written again; the other pictures of a folder deleted with it are judged by themselves."""
    made = left_out(tmp_path)
    before = (made.library / NOTE).read_bytes()
    if what == "deleted":
        (made.library / NOTE).unlink()
    elif what == "edited":
        put(made.library / NOTE, before + b"my own words\r\n")
    else:
        for path in (made.library / "ok/marie").iterdir():
            path.unlink()
        (made.library / "ok/marie").rmdir()
    made.later(200)
    assert (made.library / NOTE).read_bytes()[:3] == before[:3]
    assert made.facts(Decided) == made.facts(Edited) == made.facts(PutBack) == []
    assert made.plan("ok 0.jpg").standing == "left_out"
    others = [fact.photo for fact in made.facts(LeftOut)][1:]
    assert len(others) == (2 if what == "folder deleted" else 0)


def test_one_that_a_rule_had_sorted_keeps_its_place(tmp_path: Path) -> None:
    """The model says ok, a rule said retoucher: the note stands in retoucher, and putting the picture back is no decision."""
    sort = RULES["sort.yaml"].replace(
        "sort:\n", 'sort:\n  - rule: zero\n    when: {file: "ok 0*"}\n    do: retoucher\n'
    )
    made = left_out(tmp_path, name="retoucher/marie/ok 0.jpg", sort=sort)
    note = made.library / "retoucher/marie/ok 0.jpg.why.txt"
    assert "library/retoucher" in note.read_text("utf-8-sig")
    assert not (made.library / NOTE).exists()
    photo = made.photo("ok 0.jpg").photo
    shutil.copyfile(made.event.store.path(photo), made.library / "retoucher/marie/ok 0.jpg")
    made.later(100)
    assert len(made.facts(PutBack)) == 1
    assert made.facts(Decided) == []
    assert not note.exists()
    assert digest_of(made.library / "retoucher/marie/ok 0.jpg") == photo
