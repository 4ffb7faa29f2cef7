"""JSON schemas of the rule files for editors (draft 7), in both languages, made from the tables that `schema` reads by.

Editors complete words and mark unknown ones by them. They compare letter by letter where we are lenient, so all words of
both languages are listed, with and without underscores.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from safelight.rulebook import schema as s
from safelight.rulebook import shapes
from safelight.rulebook import words as w

Json = dict[str, Any]
_LIMIT: Json = {"type": "string", "examples": ["below 1%", "at least 2", "moins de 1 %", "au moins 2"]}


def schemas() -> dict[str, str]:
    """File name in `rules/.schema/` → its text."""
    made = {"event": _event(), "book": _book()} | {part: _ruled(part) for part in shapes.RULED.values()}
    return {f"{name}.schema.json": _render(name, body) for name, body in made.items()}


def _render(name: str, body: Json) -> str:
    """Parts said more than once (the words of a list, under each spelling of a key) are said once and referred to."""
    times: Counter[str] = Counter()
    _walk(body, lambda part: times.update([json.dumps(part, ensure_ascii=False)]))
    shared: dict[str, str] = {}
    definitions: Json = {}

    def named(parts: Json) -> Json:
        """The properties of an object: a table of schemas and no schema itself, so never referred to as a whole."""
        return {key: refer(value) for key, value in parts.items()}

    def refer(part: Any, *, top: bool = False) -> Any:
        if isinstance(part, list):
            return [refer(item) for item in part]
        if not isinstance(part, dict):
            return part
        text = json.dumps(part, ensure_ascii=False)
        if top or times[text] < 2 or len(text) < 80:
            return {key: named(value) if key == "properties" else refer(value) for key, value in part.items()}
        if text not in shared:
            shared[text] = f"part{len(shared) + 1}"
            definitions[shared[text]] = refer(part, top=True)
        return {"$ref": f"#/definitions/{shared[text]}"}

    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": f"{name}.yaml", **refer(body, top=True)}
    return json.dumps(head | {"definitions": definitions}, ensure_ascii=False, indent=1) + "\n"


def _walk(part: Any, visit: Callable[[Json], None]) -> None:
    if isinstance(part, dict):
        visit(part)
    for item in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _walk(item, visit)


def _spellings(name: str) -> list[str]:
    return w.every(s.key_table([name]))


def _properties(fields: Mapping[str, Json]) -> Json:
    return {word: body for name, body in fields.items() for word in _spellings(name)}


def _object(fields: Mapping[str, Json], required: Iterable[str] = ()) -> Json:
    made: Json = {"type": "object", "properties": _properties(fields), "additionalProperties": False}
    needs = [{"anyOf": [{"required": [word]} for word in _spellings(name)]} for name in required]
    return made | ({"allOf": needs} if needs else {})


def _of(fields: shapes.Fields) -> dict[str, Json]:
    return {name: kind.schema() for name, kind in fields.items()}


def _may_be_empty(fields: dict[str, Json]) -> dict[str, Json]:
    return {name: {"anyOf": [body, {"type": "null"}]} if name in s.FREE_TEXT else body for name, body in fields.items()}


_VERSION: Json = {"enum": [1, "1"]}


def _event() -> Json:
    race = _object(_may_be_empty(_of(shapes.RACE)))
    return _object({"version": _VERSION, **_may_be_empty(_of(shapes.EVENT)), "race": race}, ["version"])


def _book() -> Json:
    chapter = _object(_of(shapes.CHAPTER), ["title"])
    fields = {"version": _VERSION, **_may_be_empty(_of(shapes.BOOK)), "chapters": {"type": "array", "items": chapter}}
    return _object(fields, ["version"])


def _ruled(part: str) -> Json:
    when = _object({**_of(shapes.CONDITIONS), "taken": _object(_of(shapes.TAKEN))})
    if part == "sort":
        limits = dict.fromkeys(w.every(w.SIGNAL_WORDS), _LIMIT)
        when["properties"] = {**limits, **when["properties"]}
    verbs = shapes.VERB_FIELDS[part]
    verb: Json = {"enum": w.every(shapes.VERBS[part])}
    fields: dict[str, Json] = {**_of(shapes.RULE), "when": when, "do": verb}
    for of in verbs.values():
        fields |= _of(of)
    rule = _object(fields, ["rule"])
    rule["allOf"] += [_only(part, name, of) for name, of in verbs.items()]
    rules = {"anyOf": [{"type": "array", "items": rule}, {"type": "null"}]}
    defaults = _object(_of(shapes.DEFAULTS[part]))
    return _object({"version": _VERSION, "defaults": defaults, part: rules}, ["version"])


def _only(part: str, verb: str, fields: shapes.Fields) -> Json:
    """With this verb no words but its own."""
    words = w.every({verb: shapes.VERBS[part][verb]})
    names = ["rule", "on", "last", "when", "do", *fields]
    asked = {"anyOf": [{"required": [key], "properties": {key: {"enum": words}}} for key in _spellings("do")]}
    return {"if": asked, "then": {"propertyNames": {"enum": [word for name in names for word in _spellings(name)]}}}
