"""The three files that are lists of rules: one rule's node to its part of the Recipe, with the files' defaults.

A rule that has any mistake gives nothing; the file is then not accepted as a whole, so nothing is ever half in force.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safelight.model.recipe import Conditions, RetouchRule, SignalLimit, SortRule, StyleRule
from safelight.model.signals import SIGNALS
from safelight.rulebook import kinds as k
from safelight.rulebook import report as r
from safelight.rulebook import schema as s
from safelight.rulebook import shapes
from safelight.rulebook import words as w
from safelight.rulebook.problems import Place, Said
from safelight.rulebook.source import Node

HEAD = ["rule", "on", "last", "when", "do"]
AnyRule = SortRule | RetouchRule | StyleRule


@dataclass(frozen=True)
class Ruled:
    """A rule with the nodes that meaning checks point at. `rule` is None where it had mistakes."""

    name: str
    place: Place
    rule: AnyRule | None
    on: bool
    last: bool
    open: bool
    """No condition at all: it takes every photo it sees."""
    got: s.Got
    when: s.Got | None


def rule_file(part: str, root: Node, report: r.Report) -> tuple[dict[str, Any], list[Ruled]]:
    """The defaults and rules of sort, retouch or style."""
    top = s.keys_of(root, ["version", "defaults", part], report, s.Room(shapes.PLACES["file"]))
    s.version(top, report)
    defaults: dict[str, Any] = {}
    node = s.is_map(top, "defaults", report, ("{max area: 35%}", "{surface max: 35\u202f%}"))
    if node is not None:
        fields = shapes.DEFAULTS[part]
        defaults = s.fill(
            s.keys_of(node, list(fields), report, s.Room(shapes.PLACES["defaults"])), fields, report
        ).values
    rules = [_rule(part, item, defaults, report) for item in s.is_list(top, part, report)]
    return defaults, [rule for rule in rules if rule is not None]


def _rule(part: str, node: Node, defaults: Mapping[str, Any], report: r.Report) -> Ruled | None:
    if node.kind != "map":
        report.problem("want_map", node.place, word="-", example=("- rule: NAME", "- règle: NOM"))
        return None
    before = len(report.problems)
    verbs = shapes.VERB_FIELDS[part]
    verb = _verb(part, node, report)
    fields = verbs[verb] if verb else {name: kind for of in verbs.values() for name, kind in of.items()}
    got = s.keys_of(node, [*HEAD, *fields], report, s.Room(_place(part, verb), _elsewhere(part, verb)))
    s.fill(got, {**shapes.RULE, **fields}, report)
    if "rule" not in {*got.nodes, *got.guessed}:
        hint: Said = (
            "Each rule has a name, which the book quotes: - rule: NAME",
            "Chaque règle a un nom, que le livre cite\u00a0: - règle: NOM",
        )
        report.problem("missing", _first(node), word=("rule", "règle"), hint=hint)
    if verb is None and "do" not in {*got.nodes, *got.guessed}:
        hint = tuple(
            f"{word}{w_}" for word, w_ in zip(("I can: ", "Je sais\u00a0: "), r.listed(shapes.VERBS[part]), strict=True)
        )  # type: ignore[assignment]
        report.problem("missing", _first(node), word=("do", "faire"), hint=hint)
    for needed in shapes.NEEDED.get(verb or "", ()) if part == "retouch" else ():
        if needed not in {*got.nodes, *got.guessed} or got.values.get(needed) == ():
            english, french = (w.shown(w.RETOUCH_VERBS, str(verb), fr) for fr in (False, True))
            hint = (f'"do: {english}" needs it.', f"«\u202ffaire: {french}\u202f» en a besoin.")
            word: Said = (w.shown(w.KEYS, needed, french=False), w.shown(w.KEYS, needed, french=True))
            report.problem("missing", _first(node), word=word, hint=hint)
    when_node = s.is_map(got, "when", report, ("{reason: advertising}", "{raison: publicité}"))
    when, conditions = _conditions(part, when_node, report) if when_node else (None, Conditions())
    name = got.values.get("rule", "")
    rule = (
        _build(part, str(verb), name, conditions, {**_usable(defaults, fields), **got.values})
        if len(report.problems) == before
        else None
    )
    key = got.nodes.get("rule")
    return Ruled(
        name, key.place if key else _first(node), rule, got.values.get("on", True), got.values.get("last", False),
        "when" not in got.nodes or (when is not None and not when.nodes and not conditions.signals), got, when,
    )  # fmt: skip


def _verb(part: str, node: Node, report: r.Report) -> str | None:
    """The verb. "remplacer par: mur uni" with a mask and no verb says it all: that is inpainting."""
    got = s.keys_of(node, ["do", "mask", "with"], r.Report("", ()), s.Room(""))
    if "do" not in got.nodes:
        return "inpaint" if part == "retouch" and {"mask", "with"} <= set(got.nodes) else None
    if not got.nodes["do"].text.strip() and got.nodes["do"].kind == "text":
        report.problem("empty", got.keys["do"].place, word=got.keys["do"].text)
        return None
    read = k.Choice(shapes.VERBS[part], "verb").read(got.nodes["do"], report)
    return read if isinstance(read, str) else None


def _first(node: Node) -> Place:
    return node.entries[0][0].place if node.entries else node.place


def _place(part: str, verb: str | None) -> Said:
    if verb is None:
        return shapes.PLACES["rule"]
    english, french = (w.shown(shapes.VERBS[part], verb, fr) for fr in (False, True))
    return f'A rule with "do: {english}"', f"Une règle avec «\u202ffaire: {french}\u202f»"


def _elsewhere(part: str, verb: str | None) -> dict[str, Said]:
    """For keys of other verbs: `(There is "strength", but only for "do: blur" and "do: pixelate".)`."""
    said: dict[str, Said] = {}
    verbs = shapes.VERB_FIELDS[part]
    mine = verbs.get(verb or "", {})
    for name in {name for fields in verbs.values() for name in fields if name not in mine}:
        homes = [home for home, fields in verbs.items() if name in fields]
        english = _and([f'"do: {w.shown(shapes.VERBS[part], home, french=False)}"' for home in homes], "and")
        french = _and(
            [f"«\u202ffaire: {w.shown(shapes.VERBS[part], home, french=True)}\u202f»" for home in homes], "et"
        )
        words = [w.shown(w.KEYS, name, fr) for fr in (False, True)]
        said[name] = (
            f'(There is "{words[0]}", but only for {english}.)',
            f"(«\u202f{words[1]}\u202f» existe, mais seulement pour {french}.)",
        )
    for name in ("max_area", "keep", "promise", "culling"):
        if name in shapes.DEFAULTS[part] and name not in mine and name not in said:
            words = [w.shown(w.KEYS, name, fr) for fr in (False, True)]
            said[name] = (
                f'("{words[0]}" belongs under "defaults:".)',
                f"(«\u202f{words[1]}\u202f» va sous «\u202fpar défaut\u202f».)",
            )
    return said


def _and(words: list[str], joint: str) -> str:
    return f" {joint} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _usable(defaults: Mapping[str, Any], fields: shapes.Fields) -> dict[str, Any]:
    return {name: value for name, value in defaults.items() if name in fields}


def _build(part: str, verb: str, name: str, when: Conditions, values: Mapping[str, Any]) -> AnyRule:
    fields = {key: value for key, value in values.items() if key not in {"rule", "on", "last", "do", "with"}}
    if part == "sort":
        return SortRule(name, verb, when)  # type: ignore[arg-type]
    if part == "retouch":
        return RetouchRule(name, verb, when, prompt=values.get("with", ""), last=values.get("last", False), **fields)  # type: ignore[arg-type]
    fields["like"] = like_names(fields.get("like", ()))
    return StyleRule(name, verb, when, **fields)  # type: ignore[arg-type]


def like_names(like: tuple[str, ...]) -> tuple[str, ...]:
    """File names without ending; "all" is the empty list."""
    if any(w.find(w.ALL, name) for name in like):
        return ()
    return tuple(re.sub(r"\.(jpe?g|png|webp|tiff?)$", "", name, flags=re.IGNORECASE) for name in like)


def _conditions(part: str, node: Node, report: r.Report) -> tuple[s.Got, Conditions]:
    names = [*shapes.CONDITIONS, "taken"]
    signals: list[SignalLimit] = []
    if part == "sort":
        entries = [(key, value) for key, value in node.entries if not _signal(key, value, names, signals, report)]
        node = Node("map", node.place, entries=tuple(entries))
    got = s.keys_of(node, names, report, _when_room(part))
    values = dict(s.fill(got, shapes.CONDITIONS, report).values)
    taken = s.is_map(got, "taken", report, ('{from: "2026-06-13 15:00"}', '{de: "2026-06-13 15:00"}'))
    span = (
        s.fill(s.keys_of(taken, ["from", "to"], report, s.Room(shapes.PLACES["taken"])), shapes.TAKEN, report)
        if taken
        else None
    )
    if span is not None:
        values["taken_from"], values["taken_to"] = span.values.get("from"), span.values.get("to")
        first, last = values["taken_from"], values["taken_to"]
        if first and last and first > last:
            shown = {key: span.nodes[key].text for key in ("from", "to")}
            report.problem("from_after_to", span.nodes["from"].place, first=shown["from"], last=shown["to"])
    values["sure_at_least"] = values.pop("sure", None)
    return got, Conditions(signals=tuple(signals), **values)


def _when_room(part: str) -> s.Room:
    if part != "sort":
        return s.Room(shapes.PLACES["when"])
    english, french = r.listed(w.SIGNAL_WORDS)
    said = (f"With a limit also: {english}.", f"Avec une limite aussi\u00a0: {french}.")
    return s.Room(shapes.PLACES["when"], {}, w.SIGNAL_WORDS, said)


def _signal(key: Node, value: Node, names: list[str], found: list[SignalLimit], report: r.Report) -> bool:
    """Whether the key is a signal's name; its limit is then read. Keys of conditions come first."""
    signal = None if w.find(s.key_table(names), key.text) else w.find(w.SIGNAL_WORDS, key.text)
    if signal is None:
        return False
    unit, example = s.LIMITS[SIGNALS[signal].unit]
    match = None
    if value.kind == "text":
        folded = w.fold(value.text)
        starts = sorted(
            ((w.fold(word), name) for name in w.COMPARE for word in w.every({name: w.COMPARE[name]})),
            key=lambda pair: -len(pair[0]),
        )
        compare = next(((word, name) for word, name in starts if folded.startswith(word)), None)
        if compare:
            rest = folded[len(compare[0]) :]
            match = re.fullmatch(r"(?: de| a)? ?(\d{1,9}(?:[.,]\d{1,6})?) ?(%?)", rest)
            number = _value(SIGNALS[signal].unit, match[1], match[2]) if match else None
            if number is not None:
                found.append(SignalLimit(signal, compare[1], number))  # type: ignore[arg-type]
                return True
    report.problem("limit", value.place, word=r.short(value.text), unit=unit, example=example)
    return True


def _value(unit: str, digits: str, percent: str) -> float | None:
    value = k.number(digits)
    if unit == "count":
        return value if value.is_integer() and not percent else None
    if unit == "share" and not percent:
        return None
    value = value / 100 if percent else value
    return round(value, 8) if 0 <= value <= 1 else None
