"""One photo's story on the command line, in both languages."""

from __future__ import annotations

import re
from datetime import UTC
from pathlib import Path
from typing import Any, get_args

import pytest

from french_words import english_in
from loop_world import day
from safelight.app.explaining import TEXT, explain_lines
from safelight.app.looking import explain
from safelight.plan.steps import Standing

AT = "2026-06-13T16:00:00Z"


def story(language: str, **other: Any) -> dict[str, Any]:
    """What `explain` tells of a photo with everything in its life."""
    told = {
        "photo": "a" * 64, "name": "IMG_7.JPG", "photographer": "marie", "taken": None, "camera": "NIKON D6",
        "verdict": "retoucher", "decided_by": "rule:no boards", "standing": "needs_you",
        "probabilities": {"ok": 0.2, "retoucher": 0.7, "exclure": 0.1}, "reasons": [["advertising", 0.07, 1.2]],
        "rules": [
            {"part": "retouch", "rule": "Boards", "applied": True, "why": "inpaint"},
            {"part": "sort", "rule": "Night", "applied": False, "why": "…"},
        ],
        "need": None, "missing": "mask",
        "steps": [{"time": AT, "record": 7, "stage": "mask", "rule": "Boards", "backend": "neutral", "version": 2, "seconds": 1.5}],
        "decisions": [[AT, "ok", door] for door in ("folder", "card", "command", "desk")],
        "edits": [[AT, "retouched", 9]], "left_out": [], "page": 12, "language": language,
    }  # fmt: skip
    return {**told, **other}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("standing", get_args(Standing))
@pytest.mark.parametrize("by", ["model", "person", "rule:no boards"])
def test_every_standing_is_told_in_both_languages(language: str, standing: str, by: str) -> None:
    """No code of ours, no field left, no English in French."""
    for line in explain_lines(story(language, standing=standing, decided_by=by), UTC):
        assert "{" not in line
        assert not re.search(r"[a-z]_[a-z]|rule:|inpaint\b" if language == "fr" else r"[a-z]_[a-z]|rule:", line), line
        if language == "fr":
            assert not english_in(line), line


def test_word_for_word() -> None:
    """As a French photographer reads it."""
    told = explain_lines(story("fr", decisions=[[AT, "ok", "card"]], need=["Quoi.", "Faites ceci."]), UTC)
    assert [line.replace("\u202f", " ").replace("\u00a0", " ") for line in told] == [
        "IMG_7.JPG (marie, heure inconnue, NIKON D6), page 12",
        "  " + "a" * 64,
        "  retoucher, décidé par la règle « no boards » ; a besoin de vous ; le modèle était sûr à 70 %",
        "    une publicité lisible couvre 7,0 % de l’image",
        "  règle de retouche « Boards » appliquée : remplacer",
        "  règle de tri « Night » ignorée : …",
        "  13 juin 2026, 16:00 (UTC) : masquage par la règle « Boards » (neutral 2, 1,5 s, entrée 7)",
        "  13 juin 2026, 16:00 (UTC) : une personne a décidé ok (par sa fiche)",
        "  13 juin 2026, 16:00 (UTC) : retouchée à la main dans library/retouched (entrée 9)",
        "  ensuite : masquage",
        "  a besoin de vous : Quoi.",
        "    Faites ceci.",
    ]


def test_of_a_real_photo(tmp_path: Path) -> None:
    """What a real event tells fits the words."""
    made = day(tmp_path, 2)
    made.stop()
    told = explain_lines(explain(made.event, "ok 1.jpg"), UTC)
    assert any("decided by the rule “good ones”; finished" in line for line in told)
    assert sum("13 June 2026, 16:00 (UTC): " in line for line in told) == 3
    assert set(get_args(Standing)) <= set(TEXT)
