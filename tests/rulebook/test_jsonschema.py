"""The schemas for editors: draft 7 as the YAML server knows it, both languages, right files pass and typing mistakes show.

A small validator stands here for the editor's, so that no package is needed for it; it knows just the keywords we use
and fails on any other.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from safelight.rulebook.jsonschema import schemas

RULES = Path(__file__).parents[2] / "rules"
FRENCH = Path(__file__).with_name("french")
TYPES = {"string": str, "number": (int, float), "integer": int, "array": list, "object": dict, "null": type(None)}
NOTES = {"$schema", "title", "examples", "definitions"}


def valid(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Whether a value fits, by the keywords in use."""

    def check(keyword: str, said: Any) -> bool:
        match keyword:
            case "$ref":
                return valid(value, root["definitions"][said.removeprefix("#/definitions/")], root)
            case "type":
                return any(
                    isinstance(value, TYPES[name]) and not isinstance(value, bool)
                    for name in ([said] if isinstance(said, str) else said)
                )
            case "enum":
                return any(value == item and type(value) is type(item) for item in said)
            case "anyOf":
                return any(valid(value, one, root) for one in said)
            case "allOf":
                return all(valid(value, one, root) for one in said)
            case "if":
                return valid(value, schema["then"], root) if valid(value, said, root) else True
            case "properties":
                return not isinstance(value, dict) or all(
                    valid(value[key], of, root) for key, of in said.items() if key in value
                )
            case "additionalProperties":
                return not isinstance(value, dict) or set(value) <= set(schema["properties"])
            case "propertyNames":
                return not isinstance(value, dict) or all(valid(key, said, root) for key in value)
            case "required":
                return not isinstance(value, dict) or set(said) <= set(value)
            case "items":
                return not isinstance(value, list) or all(valid(item, said, root) for item in value)
            case "minItems":
                return not isinstance(value, list) or len(value) >= said
            case "maxItems":
                return not isinstance(value, list) or len(value) <= said
            case "minimum":
                return not isinstance(value, int) or value >= said
            case "maximum":
                return not isinstance(value, int) or value <= said
            case "then":
                return True
        raise AssertionError(f"a keyword this test does not know: {keyword}")

    return all(check(keyword, said) for keyword, said in schema.items() if keyword not in NOTES)


class Editor(yaml.SafeLoader):
    """YAML 1.2 as editors read it: yes and no are texts, as are times and dates."""


Editor.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag.rpartition(":")[2] in {"int", "float", "null"}]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def fits(name: str, text: str) -> bool:
    """Whether an editor would be content with this file."""
    schema = json.loads(schemas()[f"{name}.schema.json"])
    return valid(yaml.load(text, Loader=Editor), schema, schema)


@pytest.mark.parametrize("folder", [RULES, FRENCH])
@pytest.mark.parametrize("name", ["event", "sort", "retouch", "style", "book"])
def test_default_files_fit(folder: Path, name: str) -> None:
    """Right files show no red line, in English or French, and name their schema where editors look for it."""
    text = (folder / f"{name}.yaml").read_text(encoding="utf-8")
    assert fits(name, text)
    if folder == RULES:
        assert text.startswith(f"# yaml-language-server: $schema=.schema/{name}.schema.json\n")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("retouch", "strength: 6", "strenght: 6"),
        ("retouch", "strength: 6", "strength: 11"),
        ("retouch", "do: blur", "do: blurr"),
        ("retouch", "with: plain wall", "strength: 6"),
        ("retouch", "version: 1", "version: 2"),
        ("retouch", "reason: signs", "reason: clouds"),
        ("style", "choose: rotate", "choose: never"),
        ("event", "language: en", "language: de"),
        ("book", "pages: 96", "pages: 9999"),
        ("sort", "culling: balanced", "culling: wild"),
    ],
)
def test_typing_mistakes_show(name: str, old: str, new: str) -> None:
    """An editor underlines a wrong key, a wrong word, a word of another verb, a number out of range."""
    text = (RULES / f"{name}.yaml").read_text(encoding="utf-8")
    assert old in text
    assert not fits(name, text.replace(old, new))


@pytest.mark.parametrize("name", ["event", "sort", "retouch", "style", "book"])
def test_draft_seven_only(name: str) -> None:
    """No keyword of later drafts, every reference leads somewhere, and the text is the same each time."""
    text = schemas()[f"{name}.schema.json"]
    assert text == schemas()[f"{name}.schema.json"]
    assert not re.search(r'"(\$defs|prefixItems|unevaluated\w+|dependentSchemas)"', text)
    referred = set(re.findall(r'"#/definitions/(\w+)"', text))
    assert referred == set(json.loads(text)["definitions"])
