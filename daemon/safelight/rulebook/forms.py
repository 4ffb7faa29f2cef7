"""The two files that are forms: event.yaml and book.yaml to their parts of the Recipe."""

from __future__ import annotations

from typing import Any

from safelight.model.recipe import BookForm, Chapter, EventForm
from safelight.rulebook import report as r
from safelight.rulebook import schema as s
from safelight.rulebook import shapes
from safelight.rulebook.problems import Said
from safelight.rulebook.source import Node


def event_form(root: Node, report: r.Report) -> EventForm:
    """event.yaml; what was wrong is in the report and missing in the form."""
    got = s.keys_of(root, ["version", *shapes.EVENT, "race"], report, s.Room(shapes.PLACES["file"]))
    s.version(got, report)
    values: dict[str, Any] = dict(s.fill(got, shapes.EVENT, report, form=True).values)
    node = _open_map(got, "race", report, ('{start: "2026-06-13 16:00"}', '{départ: "2026-06-13 16:00"}'))
    if node is not None:
        race = s.fill(
            s.keys_of(node, list(shapes.RACE), report, s.Room(shapes.PLACES["race"])), shapes.RACE, report, form=True
        )
        _in_order(race, report)
        values |= {"race_start": race.values.get("start"), "race_end": race.values.get("end")}
        values["circuit"] = race.values.get("circuit", "")
    if "night" in values:
        first, last = values.pop("night")
        values |= {"night_from": int(first), "night_to": int(last)}
    return EventForm(**values)


def book_form(root: Node, report: r.Report) -> BookForm:
    """book.yaml; what was wrong is in the report and missing in the form."""
    got = s.keys_of(root, ["version", *shapes.BOOK, "chapters"], report, s.Room(shapes.PLACES["file"]))
    s.version(got, report)
    values: dict[str, Any] = dict(s.fill(got, shapes.BOOK, report, form=True).values)
    _in_order(got, report)
    chapters = [_chapter(item, report) for item in s.is_list(got, "chapters", report)]
    return BookForm(chapters=tuple(chapter for chapter in chapters if chapter is not None), **values)


def _chapter(node: Node, report: r.Report) -> Chapter | None:
    if node.kind != "map":
        report.problem("want_map", node.place, word="-", example=('- title: "Night"', '- titre: "Nuit"'))
        return None
    got = s.fill(
        s.keys_of(node, list(shapes.CHAPTER), report, s.Room(shapes.PLACES["chapter"])), shapes.CHAPTER, report
    )
    if "title" not in got.nodes and "title" not in got.guessed:
        first = node.entries[0][0].place if node.entries else node.place
        hint: Said = ("A chapter has a title: - title: TEXT", "Un chapitre a un titre\u00a0: - titre: TEXTE")
        report.problem("missing", first, word=("title", "titre"), hint=hint)
    first_hour, last_hour = got.values.get("hours", (None, None))
    return Chapter(
        got.values.get("title", ""), first_hour, last_hour, got.values.get("words", ()), got.values.get("text", "")
    )


def _open_map(got: s.Got, name: str, report: r.Report, example: Said) -> Node | None:
    node = got.nodes.get(name)
    if node is not None and node.kind == "text" and not node.text.strip():
        return None
    return s.is_map(got, name, report, example)


def _in_order(got: s.Got, report: r.Report) -> None:
    start, end = got.values.get("start"), got.values.get("end")
    if start and end and start >= end:
        report.problem(
            "from_after_to", got.nodes["start"].place, first=got.nodes["start"].text, last=got.nodes["end"].text
        )
