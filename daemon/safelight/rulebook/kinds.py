"""The kinds of values that rule files have: how each is read from a node, and what editors are told of it.

A kind's `read` returns the value or `BAD` after it has put a problem into the report; it never raises. `schema` gives
the same in JSON Schema (draft 7), loose where editors cannot judge (an editor's "valid" is a help, ours is the verdict).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from safelight.model.recipe import PAPER_SIDES, paper_fits, paper_size
from safelight.rulebook import words as w
from safelight.rulebook.problems import Said
from safelight.rulebook.report import Report, listed, near, short, tidy
from safelight.rulebook.source import Node


class _Bad:
    """The value of what could not be read; its problem is in the report."""

    def __bool__(self) -> bool:
        return False


BAD = _Bad()


class Kind(Protocol):
    """One kind of value."""

    def read(self, node: Node, report: Report) -> Any:
        """The value, or BAD."""

    def schema(self) -> dict[str, Any]:
        """JSON Schema of it."""


def one_text(node: Node, report: Report) -> str | _Bad:
    """The text of a node that must be one."""
    if node.kind != "text":
        report.problem("want_text", node.place)
        return BAD
    return tidy(node.text)


@dataclass(frozen=True)
class Text:
    """Free text in one line."""

    example: str = ""

    def read(self, node: Node, report: Report) -> str | _Bad:
        """The text, tidied."""
        return one_text(node, report)

    def schema(self) -> dict[str, Any]:
        """Numbers are texts too, for a name such as 007."""
        return {"type": ["string", "number"]} | ({"examples": [self.example]} if self.example else {})


@dataclass(frozen=True)
class Texts:
    """A text or a list of texts; `commas` splits a plain "face, person"; `none` understands "nothing" as an empty list."""

    commas: bool = False
    none: bool = False

    def read(self, node: Node, report: Report) -> tuple[str, ...] | _Bad:
        """The texts, tidied, without empty ones."""
        if node.kind == "map" or (node.kind == "list" and any(item.kind != "text" for item in node.items)):
            report.problem("want_texts", node.place)
            return BAD
        nodes = node.items if node.kind == "list" else (node,)
        if self.none and len(nodes) == 1 and w.find(w.NONE, nodes[0].text):
            return ()
        texts = [
            part
            for item in nodes
            for part in (item.text.split(",") if self.commas and node.kind == "text" and item.plain else [item.text])
        ]
        return tuple(dict.fromkeys(text for text in map(tidy, texts) if text))

    def schema(self) -> dict[str, Any]:
        """One or several."""
        one = {"type": ["string", "number"]}
        return {"anyOf": [one, {"type": "array", "items": one}]}


@dataclass(frozen=True)
class Choice:
    """One word of a closed list."""

    table: w.Words
    code: str = "choice"

    def read(self, node: Node, report: Report) -> str | _Bad:
        """The name the word stands for."""
        text = one_text(node, report)
        if isinstance(text, _Bad):
            return BAD
        found = w.find(self.table, text)
        if found is None:
            values: dict[str, Said] = {"word": short(text), "near": near(text, self.table)}
            report.problem(self.code, node.place, **values, allowed=listed(self.table))
            return BAD
        return found

    def schema(self) -> dict[str, Any]:
        """All words of both languages."""
        found: list[Any] = list(w.every(self.table))
        if self.table is w.YES_NO:
            found += [True, False]
        return {"enum": found}


@dataclass(frozen=True)
class Paper:
    """A paper by name, or its size as width x height in mm or cm."""

    def read(self, node: Node, report: Report) -> str | _Bad:
        """The paper's name, or its size as `240 x 300 mm`."""
        text = one_text(node, report)
        if isinstance(text, _Bad):
            return BAD
        size = paper_size(text)
        if size is None:
            return Choice(w.PAPER).read(node, report)
        if not paper_fits(*size):
            low, high = (f"{side:g}" for side in PAPER_SIDES)
            report.problem("paper", node.place, word=short(text), low=low, high=high)
            return BAD
        return f"{size[0]:g} x {size[1]:g} mm"

    def schema(self) -> dict[str, Any]:
        """A name or a size."""
        return {"anyOf": [{"enum": w.every(w.PAPER)}, {"type": "string", "pattern": r"^\s*\d+([.,]\d)?\s*[x×]\s*\d+"}]}


@dataclass(frozen=True)
class Choices:
    """One or several words of a closed list."""

    table: w.Words

    def read(self, node: Node, report: Report) -> tuple[str, ...] | _Bad:
        """The names, each once."""
        if node.kind == "list" and all(item.kind == "text" for item in node.items):
            found = [Choice(self.table).read(item, report) for item in node.items]
        elif node.kind == "text" and "," in node.text and node.plain:
            found = [Choice(self.table).read(Node("text", node.place, part), report) for part in node.text.split(",")]
        elif node.kind == "text":
            found = [Choice(self.table).read(node, report)]
        else:
            report.problem("want_texts", node.place)
            return BAD
        names = tuple(dict.fromkeys(name for name in found if isinstance(name, str)))
        return names if len(names) == len(set(found)) and BAD not in found else BAD

    def schema(self) -> dict[str, Any]:
        """One or several."""
        one = Choice(self.table).schema()
        return {"anyOf": [one, {"type": "array", "items": one}]}


@dataclass(frozen=True)
class Switch:
    """yes or no."""

    def read(self, node: Node, report: Report) -> bool | _Bad:
        """True for yes."""
        found = Choice(w.YES_NO).read(node, report)
        return found if isinstance(found, _Bad) else found == "yes"

    def schema(self) -> dict[str, Any]:
        """The words, and what YAML 1.1 editors take them for."""
        return Choice(w.YES_NO).schema()


_NUMBER = r"(\d{1,9}(?:[.,]\d{1,6})?)"


def number(text: str) -> float:
    """A number with a point or a comma."""
    return float(text.replace(",", "."))


@dataclass(frozen=True)
class Percent:
    """A share `35%`, as 0–1. Words around it (at least, at most, wrong) are allowed; `none` gives None for "none"."""

    none: bool = False

    def read(self, node: Node, report: Report) -> float | _Bad | None:
        """The share."""
        text = one_text(node, report)
        if isinstance(text, _Bad):
            return BAD
        if self.none and w.find(w.NONE, text):
            return None
        around = r"(?:at least|at most|au moins|au plus|up to|jusqu'a|>=|<=|≥|≤)?"
        match = re.fullmatch(
            rf"{around}\s*{_NUMBER}\s*(?:%|percent|per cent|pour cent)?\s*(?:wrong|d'erreurs?|sure|sur)?", w.fold(text)
        )
        share = number(match[1]) / 100 if match else -1.0
        if not 0 <= share <= 1:
            report.problem("percent", node.place, word=short(text), example=("35%", "35\u202f%"))
            return BAD
        return round(share, 8)

    def schema(self) -> dict[str, Any]:
        """Texts such as 35%."""
        return {"type": ["string", "number"], "examples": ["35%"]}


@dataclass(frozen=True)
class Whole:
    """A whole number in low…high; `unit` may follow it; `auto` gives 0 for "auto"."""

    low: int
    high: int
    unit: str = ""
    auto: bool = False

    def read(self, node: Node, report: Report) -> int | _Bad:
        """The number."""
        text = one_text(node, report)
        if isinstance(text, _Bad):
            return BAD
        if self.auto and w.find(w.AUTO, text):
            return 0
        match = re.fullmatch(rf"(\d{{1,9}})\s*(?:{self.unit})?" if self.unit else r"(\d{1,9})", text.casefold())
        if not match or not self.low <= int(match[1]) <= self.high:
            report.problem("whole", node.place, word=short(text), low=str(self.low), high=str(self.high))
            return BAD
        return int(match[1])

    def schema(self) -> dict[str, Any]:
        """A number, or a text with its unit."""
        whole = {"type": "integer", "minimum": self.low, "maximum": self.high}
        return {"anyOf": [whole, {"type": "string"}]} if self.unit or self.auto else whole


_UNITS = ((r"s|sec|secs|seconds?|secondes?", 1), (r"min|mn|mins|minutes?|m", 60), (r"h|hours?|heures?|hrs?", 3600))


@dataclass(frozen=True)
class Duration:
    """A length of time `10 minutes`, in seconds."""

    def read(self, node: Node, report: Report) -> float | _Bad:
        """Seconds."""
        text = one_text(node, report)
        if isinstance(text, _Bad):
            return BAD
        folded = w.fold(text)
        mixed = re.fullmatch(r"(\d{1,4}) ?h ?(\d{1,2})(?: ?min)?", folded)
        if mixed:
            return float(int(mixed[1]) * 3600 + int(mixed[2]) * 60)
        for unit, seconds in _UNITS:
            match = re.fullmatch(rf"{_NUMBER} ?(?:{unit})", folded)
            if match:
                return number(match[1]) * seconds
        report.problem("duration", node.place, word=short(text))
        return BAD

    def schema(self) -> dict[str, Any]:
        """A text with its unit."""
        return {"type": "string", "examples": ["10 minutes", "30 s"]}


@dataclass(frozen=True)
class Moment:
    """A day and time, `YYYY-MM-DDTHH:MM`; a day alone begins at 00:00, or with `late` ends at 23:59."""

    late: bool = False

    def read(self, node: Node, report: Report) -> str | _Bad:
        """The moment, local and naive."""
        text = one_text(node, report)
        if isinstance(text, _Bad):
            return BAD
        match = re.fullmatch(
            r"(\d{4})-(\d{1,2})-(\d{1,2})(?:(?: |t|, )+(\d{1,2})(?::|h)(\d{2})?(?::\d{2})?)?", text.casefold()
        )
        if match:
            year, month, day = (int(match[index]) for index in (1, 2, 3))
            clock = (int(match[4]), int(match[5] or 0)) if match[4] else ((23, 59) if self.late else (0, 0))
            try:
                return datetime(year, month, day, *clock).isoformat(timespec="minutes")
            except ValueError:
                pass
        report.problem("moment", node.place, word=short(text))
        return BAD

    def schema(self) -> dict[str, Any]:
        """A text."""
        return {"type": "string", "examples": ["2026-06-13 16:00"]}


@dataclass(frozen=True)
class Hours:
    """Two hours `22 to 6`, `22h-6h`, `0 à 4`: (from, to). `clock` wants whole hours of the day, else hours of the race."""

    clock: bool = False

    def read(self, node: Node, report: Report) -> tuple[float, float] | _Bad:
        """The two hours; a list of two is understood as well."""
        parts = node.items if node.kind == "list" else ()
        text = " to ".join(item.text for item in parts) if len(parts) == 2 else node.text
        match = re.fullmatch(
            r"(\d{1,2}(?:[.,]\d+)?) ?(?:h|:00)? ?(?:to|until|a|au|–|—|\.\.| ) ?(\d{1,2}(?:[.,]\d+)?) ?(?:h|:00)?",
            re.sub(r"^(?:from|de) ", "", w.fold(text)),
        )
        if match:
            first, last = number(match[1]), number(match[2])
            whole = first.is_integer() and last.is_integer()
            if (whole and first < 24 and last <= 24) if self.clock else 0 <= first < last <= 48:
                return first, last % 24 if self.clock else last
        report.problem(
            "hours", node.place, word=short(text), example=("22 to 6", "22 à 6") if self.clock else ("0 to 4", "0 à 4")
        )
        return BAD

    def schema(self) -> dict[str, Any]:
        """A text, or two numbers."""
        pair = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
        return {"anyOf": [{"type": "string", "examples": ["22 to 6", "22 à 6"]}, pair]}


def is_bad(value: Any) -> bool:
    """Whether a read value is none."""
    return isinstance(value, _Bad)
