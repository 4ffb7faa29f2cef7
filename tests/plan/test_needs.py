"""Every need and every note in both languages: whole sentences, no name of ours in them, a file that Notepad shows right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from string import Formatter

import pytest

from french_words import ONLY_ENGLISH, english_in
from safelight.model.digests import ObjectId, PhotoId, StepKey
from safelight.model.errors import PictureError, SafelightError, StageError, by_code
from safelight.model.moments import moment
from safelight.model.records import Dropped, StepDone
from safelight.model.signals import Reason, Verdict
from safelight.plan.needs import IF_DELETED, NEEDS, Need, if_deleted, proposal
from safelight.plan.planner import PARTS
from safelight.plan.steps import PhotoPlan, Step
from safelight.projection.state import Done, PhotoState
from safelight.reconcile.notes import card_lines, duplicate_lines, held_lines, why_lines
from safelight.reconcile.words import COUNTS, TEXT, count, note
from safelight.stages.prompts import KNOWN

AT = "2026-06-13T16:00:00Z"
PHOTO = PhotoId("a" * 64)
NEED_VALUES: dict[str, dict[str, str]] = {
    "doubt": {
        "verdict": "exclure",
        "sure": "45\u202f%",
        "reasons": "La voiture couvre 2\u202f% de l'image ; voitures vues : 0.",
    },
    "doubt_promise": {
        "verdict": "exclure",
        "sure": "45\u202f%",
        "promised": "5,0\u202f%",
        "limit": "62\u202f%",
        "reasons": "Voitures vues : 0.",
    },
    "ask": {"likeliest": "ok", "sure": "71\u202f%"},
    "nothing_found": {"what": "advertising, signs"},
    "too_much": {"area": "52\u202f%", "limit": "35\u202f%"},
    "mask_doubt": {"doubt": "la détection est incertaine"},
    "hand_edit": {"place": "retouched", "against": "f" * 64},
    "worker_lost": {"reason": "the worker died with signal 9 in crop_away"},
}
"""What the planner fills in: its own sentences in the event's language (French here), words of rules as typed."""
ERROR_VALUES = {
    "pixels": "240", "limit": "200", "bytes": "900", "format": "RAW", "stage": "crop_away",
    "reason": "bad_alloc in remap_table {0}", "wanted": "plain wall", "known": ", ".join(sorted(KNOWN)), "backend": "flux",
    "model": "sd2-inpainting", "device": "cuda", "library": "torch",
}  # fmt: skip
"""What stages and the decoder fill in, with the worst that a library says."""


def _below(kind: type[SafelightError]) -> Iterator[str]:
    yield kind.code
    for lower in kind.__subclasses__():
        yield from _below(lower)


REFUSED = sorted(set(_below(PictureError)))
ERRORS = sorted({*REFUSED, *_below(StageError)} - {"backend_unavailable"})
ALL = [*NEEDS, *ERRORS]
LANGUAGES = ("en", "fr")


def need_of(code: str) -> Need:
    """A need as the planner makes it."""
    return Need(code, "pit wall", NEED_VALUES.get(code, {}) if code in NEEDS else ERROR_VALUES)


def readable(data: bytes, language: str) -> list[str]:
    """The file's lines, after everything that a text for people promises was looked at."""
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")
    assert data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n")
    lines = data.decode("utf-8-sig").split("\r\n")[:-1]
    for line in lines:
        assert line.strip()
        assert len(line) <= 200, line
        assert "{" not in line, line
        assert not re.search(r"[A-Za-z]_[A-Za-z]", line), line
        if language == "fr":
            assert not re.search(r" [;!?%»]|« |[^\u202f];|\S :(?!\S)|'", line), line
            assert not english_in(line), line
    return lines


def test_the_search_for_english_finds_it() -> None:
    """The table above is worth something: a word that slipped through is seen, French and names are not."""
    assert english_in("La règle n’a rien trouvé à masquer (advertising).") == ["advertising"]
    assert english_in("Masking n’a pas fonctionné : the disk is full.") == ["Masking", "disk", "full", "the"]
    assert (
        english_in("La règle « the wall », `safelight redo retouch`, rules/book.yaml : dans inbox, ok, exclure.") == []
    )
    assert len(ONLY_ENGLISH) > 300


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ALL)
def test_every_card_says_what_why_what_to_do_and_what_deleting_means(code: str, language: str) -> None:
    """A card's text is whole in both languages, whatever a library said when work failed."""
    need = need_of(code)
    lines = readable(note(card_lines("marie/IMG 7.JPG", need, AT, language, UTC, refused=code in REFUSED)), language)
    assert lines[0] == "marie/IMG 7.JPG"
    assert len(lines) >= 5
    assert if_deleted(need, language, refused=code in REFUSED) in lines


@pytest.mark.parametrize("code", NEEDS)
def test_every_value_in_a_sentence_is_one_that_the_planner_gives(code: str) -> None:
    """A field without a value would show its own name to a photographer."""
    for template in (*NEEDS[code], *IF_DELETED.get(code, ())):
        fields = {name for _, name, _, _ in Formatter().parse(template) if name}
        assert fields <= {"rule", *NEED_VALUES.get(code, {})}, template


@pytest.mark.parametrize("code", ERRORS)
def test_every_value_in_an_error_is_known(code: str) -> None:
    """As above, for what stages and the decoder say."""
    kind = by_code(code)
    for template in (kind.en, kind.fr, kind.do_en, kind.do_fr):
        assert {name for _, name, _, _ in Formatter().parse(template) if name} <= set(ERROR_VALUES), template


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("doubt", "exclure"), ("doubt_promise", "exclure"), ("ask", "ok"), ("too_much", "retoucher"), ("mask_doubt", "retoucher"),
        ("nothing_found", "retoucher"), ("hand_edit", None), ("no_rule", None), ("no_sort_rules", None),
        ("undecodable", None),
    ],
)  # fmt: skip
def test_deleting_a_card_records_what_it_proposes(code: str, verdict: str | None) -> None:
    """A proposal is there exactly where the card's text says that deleting it decides something."""
    assert proposal(need_of(code)) == verdict
    assert proposal(Need(code, "pit wall", {"verdict": "maybe", "likeliest": "maybe"})) in {None, "retoucher"}
    settled = if_deleted(need_of(code), "en") == IF_DELETED["returns"][0]
    assert settled == (verdict is None and code != "hand_edit")


def test_a_card_word_for_word() -> None:
    """The golden card: each line where a photographer looks for it."""
    text = note(card_lines("marie/IMG_7.JPG", need_of("ask"), "2026-06-01T16:00:00Z", "fr", UTC))
    assert text.decode("utf-8-sig").split("\r\n") == [
        "marie/IMG_7.JPG",
        "La règle «\u202fpit wall\u202f» demande votre avis. Seul, Safelight classerait cette photo dans ok (sûr à 71\u202f%).",
        "Déplacez la photo dans ok, retoucher ou exclure\u00a0: votre décision compte et n’est jamais annulée.",
        "Si vous supprimez cette fiche (image et note), la photo compte comme ok.",
        "Arrivée le 1er juin 2026, 16:00 (UTC).",
        "",
    ]


def photo_of(*, left_out: tuple[str, ...] = ()) -> PhotoState:
    """A photo that was sorted."""
    verdict = Verdict(
        {"ok": 0.1, "retoucher": 0.1, "exclure": 0.8}, (Reason("car_area", 0.02, 1.2), Reason("cars", 0, 1))
    )
    fact = StepDone(
        PHOTO, StepKey("b" * 64), "classify", 0, "", {}, {}, "linear", 1, "", False, 1, {}, verdict.to_json(), "", "cpu", 0.1
    )  # fmt: skip
    dropped = Dropped(PHOTO, ObjectId("c" * 64), 1000, 60, 40, "JPEG")
    return PhotoState(PHOTO, 0, dropped, AT, latest={"classify": Done(fact, 1, AT)}, left_out=left_out)


PLAN = PhotoPlan(PHOTO, "done", "exclure", "model")
FULL = ("the pages are full", "les pages sont pleines")
WHYS: dict[str, tuple[PhotoState, PhotoPlan, tuple[str, str] | None]] = {
    "excluded by the model": (photo_of(), replace(PLAN, standing="excluded"), None),
    "excluded by a rule": (photo_of(), replace(PLAN, standing="excluded", decided_by="rule:no people"), None),
    "excluded by a person": (photo_of(), replace(PLAN, standing="excluded", decided_by="person"), None),
    "left out": (photo_of(left_out=("class",)), replace(PLAN, standing="left_out"), None),
    "left out in part": (photo_of(left_out=("retouched", "stylized")), replace(PLAN, standing="left_out"), None),
    "waits for rules": (photo_of(), replace(PLAN, standing="waits_rules", need=Need("no_style_rules")), None),
    "not chosen": (photo_of(), PLAN, FULL),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", WHYS)
def test_every_note_says_why_a_picture_is_not_in_the_book(case: str, language: str) -> None:
    """Name, reason, what can be done, when it arrived."""
    photo, plan, not_chosen = WHYS[case]
    told = why_lines("marie/IMG 7.JPG", photo, plan, not_chosen, language, UTC, card="marie/IMG 7.jpg")
    lines = readable(note(told), language)
    assert lines[0] == "marie/IMG 7.JPG"
    assert len(lines) >= 4
    assert lines[-1] == (
        "Arrivée le 13 juin 2026, 16:00 (UTC)." if language == "fr" else "Arrived 13 June 2026, 16:00 (UTC)."
    )


@pytest.mark.parametrize(
    "plan", [PLAN, replace(PLAN, standing="working"), replace(PLAN, standing="needs_you", need=Need("no_rule"))]
)
def test_no_note_while_work_goes_on(plan: PhotoPlan) -> None:
    """One write and one removal for every photo would be too dear; a card says what waits for a person."""
    assert why_lines("a.jpg", photo_of(), plan, None, "en") == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", PARTS)
def test_held_work_says_which_word_it_waits_for(stage: str, language: str) -> None:
    """The very word that rules/ and the command line take."""
    held = replace(PLAN, held=Step(PHOTO, stage, {}, {}, 0, "", "auto", "rules"))
    lines = readable(note(held_lines("marie/IMG 7.JPG", held, language)), language)
    assert f"redo {PARTS[stage]}" in lines[-1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("again", [False, True])
def test_a_duplicate_says_of_what(language: str, again: bool) -> None:
    """The name under which the picture came before."""
    lines = readable(note(duplicate_lines("b/IMG 8.JPG", "a/IMG 7.JPG", AT, language, UTC, again=again)), language)
    assert "a/IMG 7.JPG" in lines[1]
    assert len(lines) == 4 + again


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_folder_is_one_that_can_be_filled(language: str) -> None:
    """Each row of the table, and each count for none, one and many."""
    for english, french in TEXT.values():
        fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (english, french)]
        assert fields[0] == fields[1], english
    for key in (*COUNTS, "arrived"):
        for n in (0, 1, 12):
            assert str(n) in count(key, n, language)
    assert count("ignored", 2, "fr") == "2 ignorées"
    assert moment("never", language, UTC) == "never"
