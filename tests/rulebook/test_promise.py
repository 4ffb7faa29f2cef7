"""What the rules say of a promise that the model which sorts here cannot keep: a remark at its place, in both languages."""

from __future__ import annotations

import pytest

from safelight.model.promise import Answer
from safelight.rulebook.compile import Seen, compile_rules

ENGLISH = "version: 1\ndefaults:\n  promise: at most 5% wrong\n"
FRENCH = "version: 1\npar défaut:\n  promesse: au plus 5 % d'erreurs\n"
POOR = tuple(Answer(0.9, right) for right in [True] * 50 + [False] * 26)
GOOD = (Answer(0.9, True),) * 80


@pytest.mark.parametrize(
    ("text", "answers", "told"),
    [
        (ENGLISH, None, ""),
        (ENGLISH, GOOD, ""),
        (ENGLISH, POOR, "26 were wrong"),
        (ENGLISH, (), "Too few examples"),
        (ENGLISH, GOOD[:40], "Too few examples"),
        (FRENCH, POOR, "26 were wrong"),
        ("version: 1\ndefaults:\n  promise: none\n", POOR, ""),
        ("version: 1\n", POOR, ""),
    ],
)
def test_a_promise_that_cannot_be_kept_is_told(text: str, answers: tuple[Answer, ...] | None, told: str) -> None:
    """Factors: promise written, in which language, what the model was checked on. The file stays in force."""
    made = compile_rules({"sort.yaml": text.encode()}, (), Seen(answers=answers))
    assert not made.problems
    assert made.recipe.sort is not None
    remarks = [warning for warning in made.warnings if warning.code == "w_promise"]
    assert len(remarks) == bool(told)
    for remark in remarks:
        assert told in remark.block("en")
        assert (remark.file, remark.place.line, remark.place.column) == ("sort.yaml", 3, 3)
        assert "promesse" in remark.block("fr")
