"""The text of every problem and warning, English and French, in the shape that people can act on.

A problem is a place (line, first and last column), a code and the words that fill its sentences; `say` prints headline,
source line, caret and what would be right. No type name, no parser's message, no traceback ever gets here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from safelight.rulebook.texts import TEXTS

Said = str | tuple[str, str]
"""A word of a message: the same in both languages, or (English, French)."""

MOST = 10
"""Problems shown at once; more than that helps nobody."""


@dataclass(frozen=True)
class Place:
    """Where something stands: `line` and `column` from 1, `end` the column after its last sign on that line."""

    line: int
    column: int
    end: int


@dataclass(frozen=True)
class Problem:
    """One thing wrong (or, as a warning, doubtful) in a rule file."""

    file: str
    code: str
    place: Place
    values: Mapping[str, Said] = field(default_factory=dict)
    source: tuple[str, ...] = ()
    """The line itself, preceded by the line above where that helps."""

    def say(self, language: str) -> str:
        """As a warning is told: `retouch.yaml, line 12: …` in one paragraph."""
        headline, after = self._sentences(language)
        where = (
            f"{self.file}, ligne\u00a0{self.place.line}\u00a0: "
            if language == "fr"
            else f"{self.file}, line {self.place.line}: "
        )
        return " ".join([where + headline, *after])

    def block(self, language: str) -> str:
        """As a problem is told: headline, source with caret, what would be right."""
        headline, after = self._sentences(language)
        start = f"Ligne\u00a0{self.place.line}\u00a0: " if language == "fr" else f"Line {self.place.line}: "
        rows = [start + headline]
        for offset, text in enumerate(self.source):
            number = self.place.line - len(self.source) + 1 + offset
            if text.strip():
                rows.append(f"{number:>4} | {text}".rstrip().replace("\t", "→"))
        if self.source and self.source[-1].strip():
            width = max(1, self.place.end - self.place.column)
            rows.append("     | " + " " * (self.place.column - 1) + "^" * width)
        return "\n".join([*rows, *(f"  {sentence}" for sentence in after)])

    def _sentences(self, language: str) -> tuple[str, list[str]]:
        index = 1 if language == "fr" else 0
        words = {name: said if isinstance(said, str) else said[index] for name, said in self.values.items()}
        rows = [row.format(**words) for row in TEXTS[self.code][index].split("\n")]
        return rows[0] if index else rows[0][:1].upper() + rows[0][1:], [row for row in rows[1:] if row.strip()]


def tell(file: str, problems: tuple[Problem, ...], language: str, since: str = "") -> str:
    """The whole note beside a broken file. `since` names the version still in force, if the caller knows it."""
    amount = len(problems)
    if language == "fr":
        head = f"{file}\u00a0: {amount} problème{'s' if amount > 1 else ''}. Fichier NON pris en compte. "
        head += f"Votre version du {since} reste en service." if since else (
            "La dernière version correcte reste en service\u202f; s’il n’y en a pas, les photos attendent."
        )  # fmt: skip
        more = f"… et {amount - MOST} de plus."
    else:
        head = f"{file}: {amount} problem{'s' if amount > 1 else ''}. NOT in use. "
        head += f"Still working with your version of {since}." if since else (
            "The last version that was right stays in use; if there is none, the photos wait."
        )  # fmt: skip
        more = f"… and {amount - MOST} more."
    blocks = [problem.block(language) for problem in problems[:MOST]]
    return "\n\n".join([head, *blocks, *([more] if amount > MOST else [])])
