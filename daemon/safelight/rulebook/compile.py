"""The rule files of an event to its Recipe: pure, no file read, no clock asked. `reconcile/rules` brings the bytes.

Each file stands alone: a broken one gives None in its part of the Recipe (event.yaml: the defaults) and problems, and
never stops the others. Keeping the last version that was right is the caller's business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from safelight.model.recipe import (
    BookForm,
    EventForm,
    Recipe,
    RetouchRule,
    RetouchRules,
    SortRule,
    SortRules,
    StyleImage,
    StyleRule,
    StyleRules,
)
from safelight.rulebook import meaning, shapes
from safelight.rulebook import report as r
from safelight.rulebook.forms import book_form, event_form
from safelight.rulebook.meaning import Seen
from safelight.rulebook.problems import Place, Problem, tell
from safelight.rulebook.rules import rule_file
from safelight.rulebook.source import read

__all__ = ["Compiled", "Seen", "compile_rules", "file_key"]

Part = SortRules | RetouchRules | StyleRules | BookForm | EventForm


@dataclass(frozen=True)
class Compiled:
    """The recipe, the problems of each broken file in line order, and the warnings of the others."""

    recipe: Recipe
    problems: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()

    def text(self, file: str, language: str = "en", since: str = "") -> str:
        """All that is wrong with a file, as people read it: at most ten problems. `since`: the version still in force."""
        return tell(file, self.problems[file], language, since)


def compile_rules(files: Mapping[str, bytes], styles: Sequence[StyleImage], seen: Seen) -> Compiled:
    """Compile the files (name → bytes; a missing one is absent, `Retouch.yaml.txt` counts as retouch.yaml).

    Never raises, whatever the bytes. `styles` are the usable pictures of rules/styles/.
    """
    parts: dict[str, Part] = {}
    problems: dict[str, tuple[Problem, ...]] = {}
    warnings: list[Problem] = []
    for name, data in sorted(files.items(), key=lambda pair: (pair[0].casefold() not in shapes.FILES, pair[0])):
        key = file_key(name)
        if key is None or key in parts or key in problems:
            continue
        part, report = _file(key, data, styles, seen)
        if report.problems:
            problems[key] = tuple(sorted(report.problems, key=lambda p: (p.place.line, p.place.column)))
        elif part is not None:
            parts[key] = part
            warnings += sorted(report.warnings, key=lambda p: (p.place.line, p.place.column))
    event: Any = parts.get("event.yaml", EventForm())
    rest: list[Any] = [parts.get(name) for name in ("sort.yaml", "retouch.yaml", "style.yaml", "book.yaml")]
    return Compiled(Recipe(event, *rest), problems, tuple(warnings))


def file_key(name: str) -> str | None:
    """Which rule file a name means, in any case, `.yml` and a hidden `.txt` ending included; None for any other."""
    plain = name.casefold().removesuffix(".txt")
    plain = plain.removesuffix(".yml") + ".yaml" if plain.endswith(".yml") else plain
    return plain if plain in shapes.FILES else None


def _file(key: str, data: bytes, styles: Sequence[StyleImage], seen: Seen) -> tuple[Part | None, r.Report]:
    source = read(data)
    report = r.Report(key, source.lines)
    for fault in source.faults:
        report.problem(fault.code, fault.place, **fault.values)
    for doubt in source.doubts:
        report.warn(doubt.code, doubt.place, **doubt.values)
    if source.faults:
        return None, report
    root = source.root
    if root is None:
        report.problem("empty_file", Place(1, 1, 2))
        return None, report
    if root.kind != "map":
        report.problem("want_file", root.place)
        return None, report
    if key == "event.yaml":
        return event_form(root, report), report
    if key == "book.yaml":
        return book_form(root, report), report
    part = shapes.RULED[key]
    defaults, ruled = rule_file(part, root, report)
    meaning.check(part, ruled, styles, seen, report)
    rules = [rule.rule for rule in ruled if rule.on and rule.rule is not None]
    if part == "sort":
        meaning.promise(root, defaults.get("promise"), seen, report)
        return SortRules(tuple(r for r in rules if isinstance(r, SortRule)), **defaults), report
    if part == "retouch":
        return RetouchRules(tuple(r for r in rules if isinstance(r, RetouchRule))), report
    return StyleRules(tuple(r for r in rules if isinstance(r, StyleRule)), tuple(styles)), report
