"""From a tree of texts to named values: which keys a place has, how each is read, every mistake reported, none twice.

`read_map` is the one way in for every map of every file. It returns only what was right, so that one bad value does not
hide the next; whoever builds the recipe looks into the report before believing the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from safelight.rulebook import kinds as k
from safelight.rulebook import report as r
from safelight.rulebook import shapes
from safelight.rulebook import words as w
from safelight.rulebook.problems import Said
from safelight.rulebook.source import Node

LIMITS = {
    "share": (("a share", "une part"), ("below 1%", "moins de 1\u202f%")),
    "score": (("a number from 0 to 1", "un nombre de 0 à 1"), ("at least 0.5", "au moins 0,5")),
    "count": (("a whole number", "un nombre entier"), ("at least 2", "au moins 2")),
}  # fmt: skip
FREE_TEXT = {"title", "subtitle", "text", "name", "circuit", "notify", "credits", "start", "end"}
"""Keys of the forms that may stand empty, as in a template yet to be filled."""


@dataclass
class Got:
    """What a map said: values by key, and the nodes of key and value for later messages."""

    node: Node
    values: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Node] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    guessed: set[str] = field(default_factory=set)
    """Keys that were probably meant by unknown ones: they are not told missing as well."""


def key_names(names: tuple[str, ...] | list[str]) -> Said:
    """Keys as people type them, for messages."""
    table = {**w.KEYS, **w.LISTS}
    return tuple(", ".join(w.shown(table, name, fr) for name in names) for fr in (False, True))  # type: ignore[return-value]


def key_table(names: list[str]) -> w.Words:
    """The words of these keys."""
    return {name: w.KEYS.get(name) or w.LISTS[name] for name in names}


@dataclass(frozen=True)
class Room:
    """A place of a file as messages name it; `elsewhere` says where else a key is at home, `more` what else fits here."""

    said: Said
    elsewhere: Mapping[str, Said] = field(default_factory=dict)
    more: w.Words = field(default_factory=dict)
    more_said: Said = ""


def keys_of(node: Node, names: list[str], report: r.Report, room: Room) -> Got:
    """The keys of a map; unknown and repeated ones are reported."""
    got = Got(node)
    if node.kind != "map":
        return got
    table = key_table(names)
    strange: dict[str, Node] = {}
    for key, value in node.entries:
        name = w.find(table, key.text)
        known = got.keys.get(name) if name else strange.get(w.fold(key.text))
        if known is not None:
            report.problem("repeated", key.place, word=r.short(key.text), line=str(known.place.line))
        elif name is None:
            strange[w.fold(key.text)] = key
        else:
            got.keys[name], got.nodes[name] = key, value
    for key in strange.values():
        _unknown(key, table, got, report, room)
    return got


def _unknown(key: Node, table: w.Words, got: Got, report: r.Report, room: Room) -> None:
    """What the place may have instead: of a rule's words only those it does not have yet."""
    homes = key_table(list(room.elsewhere))
    here = {**table, **room.more}
    guessed = r.guess(key.text, here)
    other = w.find(homes, key.text) or (r.guess(key.text, homes) if guessed is None else None)
    values: dict[str, Said] = {"word": r.short(key.text), "near": r.near(key.text, here), "elsewhere": room.more_said}
    if other is not None:
        values["near"], values["elsewhere"] = "", room.elsewhere[other]
    elif guessed is not None:
        got.guessed.add(guessed)
    left = [name for name in table if name not in got.keys]
    free = [name for name in left if name not in {"version", "rule", "on", "last", "when", "do"}] or left
    report.key_problem("unknown_key", key.place, **values, place=room.said, allowed=key_names(free or list(table)))


def fill(got: Got, fields: shapes.Fields, report: r.Report, *, form: bool = False) -> Got:
    """Read the values of these fields. In a form an empty text counts as not given; in a rule it is a problem."""
    for name, kind in fields.items():
        node = got.nodes.get(name)
        if node is None:
            continue
        if node.kind == "text" and not node.text.strip():
            if not form or name not in FREE_TEXT:
                report.problem("empty", got.keys[name].place, word=r.short(got.keys[name].text))
            continue
        value = kind.read(node, report)
        if not k.is_bad(value):
            got.values[name] = value
    return got


def is_map(got: Got, name: str, report: r.Report, example: Said) -> Node | None:
    """The node of a key whose value must be a map; None when it is absent or was reported."""
    node = got.nodes.get(name)
    if node is None or node.kind == "map":
        return node
    report.problem("want_map", got.keys[name].place, word=r.short(got.keys[name].text), example=example)
    return None


def is_list(got: Got, name: str, report: r.Report) -> tuple[Node, ...]:
    """The items of a key whose value must be a list; nothing where it is absent, empty or was reported."""
    node = got.nodes.get(name)
    if node is None or (node.kind == "text" and not node.text.strip()):
        return ()
    if node.kind == "list":
        return node.items
    if name in w.LISTS:
        report.problem("want_rules", got.keys[name].place, word=r.short(got.keys[name].text), rule=("rule", "règle"))
    else:
        report.problem("want_list", got.keys[name].place, word=r.short(got.keys[name].text))
    return ()


def version(got: Got, report: r.Report) -> None:
    """`version: 1` must be there and be 1."""
    node = got.nodes.get("version")
    if node is None:
        hint: Said = ("Write as the first line: version: 1", "Écrivez en première ligne\u00a0: version: 1")
        if got.node.kind == "map" and got.node.entries:
            report.problem("missing", got.node.entries[0][0].place, word="version", hint=hint)
    elif node.kind != "text" or node.text.strip() != "1":
        report.problem("version", node.place, word=r.short(node.text))
