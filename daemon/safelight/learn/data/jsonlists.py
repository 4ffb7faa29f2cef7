"""The lists of a large JSON file, one item after the other with its place in the file, so that items can be read again.

The file is read once from end to end; of its items only what the caller keeps is held. Places are in bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from safelight.learn.data.errors import broken_json
from safelight.learn.data.files import read_bytes

_SPACE = re.compile(r"[ \t\r\n]*")


class Item(NamedTuple):
    """An item of the list `key`: where its bytes are, and its value."""

    key: str
    start: int
    end: int
    value: Any


def items(path: Path) -> Iterator[Item]:
    """Every item of every list directly in the outermost object; raises MissingFile, DamagedFile or BrokenJson."""
    data = read_bytes(path)
    skip = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    # One character a byte: places stay true, and the little text within is set right below.
    text = data.decode("latin-1")
    del data
    try:
        yield from _object(text, skip)
    except (ValueError, RecursionError) as fault:
        raise broken_json(path, fault) from None


def _object(text: str, at: int) -> Iterator[Item]:
    decoder = json.JSONDecoder()
    at = _expect(text, at, "{")
    if text[at : at + 1] == "}":
        return
    while True:
        key, at = decoder.raw_decode(text, at)
        at = _expect(text, at, ":")
        if text[at : at + 1] == "[":
            at = _past(text, at + 1)
            while text[at : at + 1] != "]":
                value, end = decoder.raw_decode(text, at)
                yield Item(str(key), at, end, _mended(value))
                at = _past(text, end)
                if text[at : at + 1] == ",":
                    at = _past(text, at + 1)
                elif text[at : at + 1] != "]":
                    raise json.JSONDecodeError("a list goes on or ends", text, at)
            at = _past(text, at + 1)
        else:
            _, at = decoder.raw_decode(text, at)
            at = _past(text, at)
        if text[at : at + 1] == "}":
            return
        at = _expect(text, at, ",")


def _past(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _expect(text: str, at: int, sign: str) -> int:
    at = _past(text, at)
    if text[at : at + 1] != sign:
        raise json.JSONDecodeError(f"{sign} is expected", text, at)
    return _past(text, at + 1)


def _mended(value: Any) -> Any:
    """An item whose direct texts are read as the UTF-8 they are."""
    if isinstance(value, dict):
        return {key: _utf8(given) for key, given in value.items()}
    return _utf8(value)


def _utf8(value: Any) -> Any:
    if not isinstance(value, str) or value.isascii():
        return value
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value  # written with escapes (\\u00e9): right already
