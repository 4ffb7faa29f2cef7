"""A file named `redo …` in rules/ is a word: what a name means as a table, asked exactly once, answered when unknown."""

from __future__ import annotations

import pytest

from rules_world import RETOUCH, Desk, Desks
from safelight.model.records import Noted, Redo, Word
from safelight.reconcile.asked import record_requests
from safelight.reconcile.redofiles import Asked, meaning, read_name
from world import drop, jpeg, put

NAMES: list[tuple[str, str | None]] = [
    ("redo retouch", "retouch"),
    ("Redo Retouch.TXT", "Retouch"),
    ("REDO_STYLE.txt.txt", "STYLE"),
    ("redo-book.rtf", "book"),
    ("refaire retouche.txt", "retouche"),
    ("Refaire  IMG_4711.JPG.txt", "IMG_4711.JPG"),
    ("redo Zoe\u0301 1.jpg", "Zoé 1.jpg"),
    ("redo", ""),
    ("redo.txt", ""),
    ("redone.txt", None),
    ("redo xyz - NOT UNDERSTOOD.txt", None),
    ("refaire xyz - PAS COMPRIS.txt", None),
    ("~$redo retouch.txt", None),
    (".redo retouch.swp", None),
    ("redo retouch.part", None),
    ("retouch.yaml", None),
    ("what to redo.txt", None),
]


@pytest.mark.parametrize(("name", "word"), NAMES)
def test_what_a_name_asks_for(name: str, word: str | None) -> None:
    """Any case, blanks, hidden endings, decomposed accents; never an editor's file nor a person's text."""
    assert read_name(name) == word


def facts(desk: Desk) -> list[object]:
    """Requests recorded, without the name that is different each time."""
    record_requests(desk.work)
    kinds = (Redo, Word, Noted)
    return [record.fact for record in desk.event.journal.read().records if isinstance(record.fact, kinds)]


MEANINGS: list[tuple[str, str, dict[str, object]]] = [
    ("retouch", "redo", {"stage": "retouch"}),
    ("Retouches", "redo", {"stage": "retouch"}),
    ("tri", "redo", {"stage": "sort"}),
    ("Peinture", "redo", {"stage": "style"}),
    ("inpaint", "redo", {"stage": "inpaint"}),
    ("livre", "book", {}),
    ("IMG_4711", "redo", {"stage": "photo", "photos": ["0"]}),
    ("img_4711.jpg", "redo", {"stage": "photo", "photos": ["0"]}),
]


@pytest.mark.parametrize(("word", "kind", "body"), MEANINGS, ids=[row[0] for row in MEANINGS])
def test_what_a_word_means(desk: Desk, word: str, kind: str, body: dict[str, object]) -> None:
    """Parts and stages in both languages, the book, photos by name with or without the ending."""
    photos = [drop(desk.owner, jpeg(seed), f"IMG_{4711 + seed}.JPG") for seed in range(2)]
    asked = meaning(desk.work, word)
    assert isinstance(asked, Asked)
    if "photos" in body:
        body = {**body, "photos": [photos[0]]}
    assert (asked.kind, asked.body) == (kind, body)


def test_taken_as_exactly_one_request_then_gone(desk: Desk) -> None:
    """The file becomes a request and goes; the same word said again later counts again."""
    for times in (1, 2):
        path = put(desk.event.rules / "redo retouch.txt", b"")
        desk.after(1)
        assert not path.exists()
        assert len(facts(desk)) == times


@pytest.mark.parametrize("label", ["redo asked", "request recorded", "request removed"])
def test_a_crash_in_between_asks_once(desk: Desk, desks: Desks, label: str) -> None:
    """Killed after asking, or after the record: the file is still there, the word counts once."""

    class Killed(BaseException):
        pass

    def at(reached: str) -> None:
        if reached == label:
            raise Killed

    path = put(desk.event.rules / "redo retouch.txt", b"")
    desk.work.at = at
    with pytest.raises(Killed):
        desk.after(1)
        record_requests(desk.work)
    again = desks.again(desk.event) if desk.close() is None else desk
    record_requests(again.work)
    again.after(2)
    assert not path.exists()
    assert [type(fact) for fact in facts(again)] == [Redo]


def test_a_folder_of_that_name_counts_too(desk: Desk) -> None:
    """Where a file browser makes no empty files people make a folder."""
    (desk.event.rules / "redo style").mkdir()
    desk.after(1)
    assert not (desk.event.rules / "redo style").exists()
    assert len(facts(desk)) == 1


def test_it_waits_for_the_rules_it_is_about(desk: Desk) -> None:
    """A word saved together with changed rules is about the changed ones: taken once they stand still."""
    put(desk.event.rules / "retouch.yaml", RETOUCH.replace(b"6", b"9"))
    path = put(desk.event.rules / "redo retouch", b"")
    desk.after(2)
    assert path.exists()
    desk.after(2)
    assert not path.exists()


def test_what_is_not_understood_is_answered_in_the_folder(desk: Desk) -> None:
    """Renamed, with what was wrong, the near word and what can be said; nothing is asked; a person's words stay in it."""
    put(desk.event.rules / "redo retuoch.txt", b"please, the boards are ugly")
    desk.after(3)
    assert desk.notes() == {"redo retuoch - NOT UNDERSTOOD.txt"}
    answer = desk.event.rules / "redo retuoch - NOT UNDERSTOOD.txt"
    text = answer.read_text("utf-8-sig")
    assert text.startswith("“retuoch” is nothing that can be done again")
    assert "Did you mean “redo retouch”?" in text
    assert text.rstrip().endswith("please, the boards are ugly")
    assert facts(desk) == []
    answer.rename(desk.event.rules / "redo retouch.txt")
    desk.after(1)
    assert (desk.notes(), len(facts(desk))) == (set(), 1)


def test_a_long_text_or_no_text_stays_untouched(desk: Desk) -> None:
    """More than a few words, or bytes that are no text, are a person's own file."""
    long = put(desk.event.rules / "redo things.txt", b"a list\n" * 2000)
    odd = put(desk.event.rules / "redo stuff.rtf", b"\xff\xfe\x00rtf")
    desk.after(3)
    assert (long.read_bytes(), odd.read_bytes()) == (b"a list\n" * 2000, b"\xff\xfe\x00rtf")
    assert desk.notes() == {"redo things.txt"}
    assert sum("redo things.txt" in told for told in desk.told) == 1


def test_several_photos_of_one_name_are_told_apart(desk: Desk) -> None:
    """Two cameras' IMG_1: the answer lists both with their numbers, and such a number is understood."""
    photos = [drop(desk.owner, jpeg(seed), "IMG_1.JPG", who) for seed, who in enumerate(("marie", "jean"))]
    put(desk.event.rules / "redo IMG_1", b"")
    desk.after(1)
    text = (desk.event.rules / "redo IMG_1 - NOT UNDERSTOOD.txt").read_text("utf-8-sig")
    assert f"  redo {photos[1][:12]}   (jean/IMG_1.JPG)" in text
    put(desk.event.rules / f"redo {photos[1][:12]}", b"")
    desk.after(1)
    assert [fact.photos for fact in facts(desk) if isinstance(fact, Redo)] == [(photos[1],)]


def test_french_answers(desks: Desks) -> None:
    """Named and written in the event's language."""
    desk = desks.new(event=b"version: 1\nlangue: fr\n")
    put(desk.event.rules / "refaire retouhce.txt", b"")
    desk.after(1)
    text = (desk.event.rules / "refaire retouhce - PAS COMPRIS.txt").read_text("utf-8-sig")
    assert "Vouliez-vous dire «\u202frefaire retouche\u202f»\u202f?" in text
