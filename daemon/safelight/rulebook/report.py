"""Where problems and warnings of one file are collected, and the small helpers that put typed words into them."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping

from safelight.rulebook import words as w
from safelight.rulebook.problems import Place, Problem, Said


class Report:
    """Collects problems and warnings of one file, in the order found; `compile` sorts them by line."""

    def __init__(self, file: str, lines: tuple[str, ...]) -> None:
        self.file, self.lines = file, lines
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def problem(self, code: str, at: Place, /, **values: Said) -> None:
        """A problem at this place."""
        self.problems.append(Problem(self.file, code, at, values, self.lines[max(at.line - 1, 0) : at.line]))

    def key_problem(self, code: str, at: Place, /, **values: Said) -> None:
        """A problem with a key, told with the line above: it depends on its neighbours."""
        self.problems.append(Problem(self.file, code, at, values, self.lines[max(at.line - 2, 0) : at.line]))

    def warn(self, code: str, at: Place, /, **values: Said) -> None:
        """Something doubtful at this place."""
        self.warnings.append(Problem(self.file, code, at, values))


def near(typed: str, known: w.Words | Iterable[str]) -> Said:
    """` Did you mean "blur"?` or nothing, by difflib over folded words; of a table the reader's own language first."""
    if isinstance(known, Mapping):
        mine = [_closest(typed, [word for words in known.values() for word in words[index]]) for index in (0, 1)]
        every = _closest(typed, w.every(known))
        found = [word or every for word in mine]
    else:
        found = [_closest(typed, known)] * 2
    if not found[0] or not found[1]:
        return ""
    return f' Did you mean "{found[0]}"?', f" Vouliez-vous dire «\u202f{found[1]}\u202f»\u202f?"


def _closest(typed: str, known: Iterable[str]) -> str:
    by_fold = {w.fold(word): word for word in known}
    found = difflib.get_close_matches(w.fold(typed), list(by_fold), n=1, cutoff=0.7)
    return by_fold[found[0]] if found else ""


def guess(typed: str, table: w.Words) -> str | None:
    """The name of a table's word nearest to what was typed, or None."""
    return w.find(table, _closest(typed, w.every(table)))


def tidy(text: str) -> str:
    """Free text as kept: NFC, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def listed(table: w.Words) -> tuple[str, str]:
    """The words of a table for messages."""
    return tuple(", ".join(dict.fromkeys(w.shown(table, n, fr) for n in table)) for fr in (False, True))  # type: ignore[return-value]


def short(text: str) -> str:
    """A typed text as quoted in messages."""
    text = tidy(text)
    return text if len(text) <= 60 else text[:59] + "…"
