"""What the YAML parser complains about, put into words that name the likely cause. Pure; `source` asks.

The parser reports where it gave up, which is often not where the mistake is: an open quote shows at the end of the file,
a missing space one line below. So the lines around are looked at before its message is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from safelight.rulebook.problems import Place, Said

_KEY = r"^(\s*(?:- +)*)([^\s:#\"'\[{][^:#\"'\[{]*?)\s*:"
_SPECIAL = "@*&{[`%|>!,]}"


@dataclass(frozen=True)
class Fault:
    """A problem that does not know its file yet."""

    code: str
    place: Place
    values: Mapping[str, Said] = field(default_factory=dict)


def explain(lines: tuple[str, ...], said: str, line: int, column: int, opened: int | None) -> Fault:
    """The parser said `said` at `line`, `column` (from 0), about something it began in line `opened`."""
    line = min(line, len(lines) - 1)
    opened = None if opened is None else min(opened, len(lines) - 1)
    if "escape" in said and "quoted scalar" in said:
        return Fault("backslash", Place(line + 1, column, column + 2) if column else _whole(lines, line))
    if "quoted scalar" in said and opened is not None:
        return _quote(lines, opened)
    if "another document" in said:
        return Fault("documents", _whole(lines, line))
    unclosed = _unclosed(lines, line)
    if unclosed is not None and unclosed < line:
        return _quote(lines, unclosed)
    for near in (line, line - 1):
        if near >= 0:
            found = _special(lines, near) or (_inside(lines, near) if near == line else None)
            if found:
                return found
    if "flow" in said and opened is not None and any(sign in lines[opened] for sign in "[{"):
        at = _last_of(lines[opened], "[{")
        return Fault("bracket", Place(opened + 1, at + 1, at + 2), {"sign": lines[opened][at], "line": str(opened + 1)})
    for near in (line, line - 1):
        if near >= 0 and (found := _space(lines, near)):
            return found
    if "mapping values" in said:
        return _colon(lines, line, column) or Fault("indent", _whole(lines, line))
    if "expected <block end>" in said or "not allowed here" in said:
        return Fault("indent", _whole(lines, line))
    return Fault("unreadable", _whole(lines, line))


def _quote(lines: tuple[str, ...], line: int) -> Fault:
    text = lines[line]
    value = re.match(_KEY + r"\s+", text) or re.match(r"^\s*(?:- +)*", text)
    start = value.end() if value else 0
    if text[start : start + 1] not in {'"', "'"}:
        start = min((at for at in (text.find('"'), text.find("'")) if at >= 0), default=0)
    return Fault("quote", Place(line + 1, start + 1, max(len(text), start + 1) + 1), {"line": str(line + 1)})


def _unclosed(lines: tuple[str, ...], upto: int) -> int | None:
    """The last line at or before `upto` whose value opens a quote and does not close it."""
    for line in range(upto, -1, -1):
        value = _value(lines[line])[1]
        if value[:1] in {'"', "'"} and value.count(value[0]) == 1:
            return line
    return None


def _value(line: str) -> tuple[int, str]:
    """Where the value of a line begins (from 0), and the value; the whole entry for lines without a key."""
    match = re.match(_KEY + r"\s+(?=\S)", line) or re.match(r"^\s*(?:- +)+(?=\S)", line)
    start = match.end() if match else len(line)
    return start, line[start:].rstrip()


def _special(lines: tuple[str, ...], line: int) -> Fault | None:
    """A value that starts with a sign of YAML's own and cannot have been meant so."""
    start, value = _value(lines[line])
    if not value or value[0] not in _SPECIAL:
        return None
    closing = {"[": "]", "{": "}"}.get(value[0])
    bare = re.sub(r"\s#.*$", "", value)
    if closing and (closing not in bare or bare.endswith(closing)):
        return None
    values: dict[str, Said] = {"sign": value[0], "example": _quoted(lines[line][:start].strip(), bare)}
    return Fault("special", Place(line + 1, start + 1, start + len(value) + 1), values)


def _inside(lines: tuple[str, ...], line: int) -> Fault | None:
    start, value = _value(lines[line])
    if value[:1] in {'"', "'"} and value.count(value[0]) > 1 and not value.endswith(value[0]):
        return Fault("quote_inside", Place(line + 1, start + 1, start + len(value) + 1))
    return Fault("quote_inside", Place(line + 1, start + 1, start + len(value) + 1)) if (
        value[:1] in {'"', "'"} and value.count(value[0]) % 2
    ) else None  # fmt: skip


def _space(lines: tuple[str, ...], line: int) -> Fault | None:
    match = re.match(r"^(\s*(?:- +)*)([^\W\d][\w -]*):([^\s:/\\].*)$", lines[line])
    if not match:
        return None
    example = f"{match[2]}: {match[3].strip()}"
    start = len(match[1])
    return Fault("space", Place(line + 1, start + 1, start + len(match[2]) + 2), {"example": example})


def _colon(lines: tuple[str, ...], line: int, column: int) -> Fault | None:
    start, value = _value(lines[line])
    if not value or column <= start or value[0] in "\"'[{":
        return None
    bare = re.sub(r"\s#.*$", "", value)
    place = Place(line + 1, start + 1, start + len(bare) + 1)
    return Fault("colon", place, {"example": _quoted(lines[line][:start].strip(), bare)})


def _quoted(key: str, value: str) -> str:
    safe = value.replace('"', "'")
    return f'{key} "{safe}"'.strip()


def _last_of(text: str, signs: str) -> int:
    return max(*(text.rfind(sign) for sign in signs), 0)


def _whole(lines: tuple[str, ...], line: int) -> Place:
    text = lines[line] if lines else ""
    start = len(text) - len(text.lstrip())
    return Place(line + 1, start + 1, max(len(text.rstrip()), start + 1) + 1)
