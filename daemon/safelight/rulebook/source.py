"""Rule files as a tree of texts with positions: the only door to YAML. Nothing is typed here, text is text.

Any bytes give a tree or problems, never an exception: byte order marks, CRLF, UTF-16 and Windows-1252 are read, RTF and
documents are refused with a sentence, and what the YAML parser says is put into words (`mend`). Anchors, aliases and
tags are refused before the tree is built, so that no text can grow into more than was typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import yaml

from safelight.rulebook.mend import Fault, explain
from safelight.rulebook.problems import Place

LARGEST = 200_000
"""Bytes. A person's rules are a hundredth of this; the parser needs about 10 s for a megabyte."""
DEEPEST = 12
CROWDED = 100
"""Opening brackets in one line: more than that is no rule, and costs the parser the square of their number."""
CURLY = {"“": "”", "”": "”", "„": "“”", "«": "»", "‘": "’", "‚": "‘’", "‹": "›"}


@dataclass(frozen=True)
class Node:
    """A text, a list or a map of the file. `items` of a list; `entries` of a map, in order, keys included twice or not."""

    kind: Literal["text", "list", "map"]
    place: Place
    text: str = ""
    plain: bool = True
    items: tuple[Node, ...] = ()
    entries: tuple[tuple[Node, Node], ...] = ()


@dataclass(frozen=True)
class Source:
    """A file as read: its lines, its tree (None when empty or not readable), what is wrong and what is doubtful."""

    lines: tuple[str, ...]
    root: Node | None
    faults: tuple[Fault, ...] = ()
    doubts: tuple[Fault, ...] = ()


def read(data: bytes) -> Source:
    """The tree of a file's bytes. Never raises."""
    if len(data) > LARGEST:
        return _refused("big")
    if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf"):
        return _refused("rtf")
    text, old = _decode(data)
    if text is None:
        return _refused("binary")
    lines = _lines(text)
    source = _parse(lines)
    if not old or source.faults:
        return source
    return Source(source.lines, source.root, source.faults, (Fault("w_encoding", Place(1, 1, 2)), *source.doubts))


def _refused(code: str) -> Source:
    return Source((), None, (Fault(code, Place(1, 1, 2)),))


def _decode(data: bytes) -> tuple[str | None, bool]:
    """The text, None when it is none; and whether it had to be read as Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), False
    sample = data[:400]
    if len(sample) >= 4 and sample.count(0) > len(sample) // 4:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        text = data.decode("utf-16-le" if odd > even else "utf-16-be", errors="replace")
        return (None, False) if "\0" in text else (text, False)
    if b"\0" in data or data.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")):
        return None, False
    try:
        return data.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), True
    except UnicodeDecodeError:
        return None, False


def _lines(text: str) -> tuple[str, ...]:
    """Lines with one kind of end; other signs that YAML takes for one, and tabs inside a line, become spaces."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    text = re.sub("[\x0b\x0c\x85\u2028\u2029]", " ", text)
    lines = []
    for line in text.rstrip("\n").split("\n"):
        rest = line.lstrip(" \t\u00a0\u202f")
        start = re.sub("[\u00a0\u202f]", " ", line[: len(line) - len(rest)])
        if not rest or rest.startswith("#"):
            start = start.replace("\t", " ")
        lines.append(start + rest.replace("\t", " "))
    return tuple(lines)


def _parse(lines: tuple[str, ...]) -> Source:
    text = "\n".join(lines) + "\n"
    for number, line in enumerate(lines, 1):
        found = yaml.reader.Reader.NON_PRINTABLE.search(line.replace("\t", " "))
        if found:
            return Source(lines, None, (Fault("control", Place(number, found.start() + 1, found.start() + 2)),))
    tabs = [number for number, line in enumerate(lines, 1) if "\t" in line]
    if tabs:
        faults = tuple(Fault("tab", Place(n, lines[n - 1].index("\t") + 1, lines[n - 1].index("\t") + 2)) for n in tabs)
        return Source(lines, None, faults)
    crowded = [n for n, line in enumerate(lines, 1) if line.count("[") + line.count("{") > CROWDED]
    if crowded:
        return Source(lines, None, (Fault("nested", Place(crowded[0], 1, 2)),))
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.TagToken | yaml.DirectiveToken):
                start = token.start_mark
                return Source(lines, None, (explain(lines, "special", start.line, start.column, None),))
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        if tree is None:
            return Source(lines, None)
        builder = _Builder(lines)
        root = builder.node(tree, 0)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        row, column = (mark.line, mark.column) if mark else (0, 0)
        said = f"{error.context or ''}: {error.problem or ''}"
        opened = error.context_mark.line if error.context_mark else None
        return Source(lines, None, (explain(lines, said, row, column, opened),))
    except RecursionError:
        return Source(lines, None, (Fault("nested", Place(1, 1, 2)),))
    except (yaml.YAMLError, ValueError):
        # the parser's few unmarked complaints; its ValueError is a number too large in a \U escape
        return Source(lines, None, (Fault("unreadable", Place(1, 1, 2)),))
    return Source(lines, root if not builder.faults else None, tuple(builder.faults), tuple(builder.doubts))


class _Builder:
    """From the parser's nodes to ours: positions from 1, curly quotes off, swallowed comments noted."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines
        self.faults: list[Fault] = []
        self.doubts: list[Fault] = []

    def node(self, node: yaml.Node, depth: int) -> Node:
        place = self._place(node)
        if depth > DEEPEST:
            self.faults.append(Fault("nested", place))
            return Node("text", place)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, place)
        if isinstance(node, yaml.SequenceNode):
            return Node("list", place, items=tuple(self.node(item, depth + 1) for item in node.value))
        entries = []
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.faults.append(explain(self.lines, "special", key.start_mark.line, key.start_mark.column, None))
                continue
            entries.append((self.node(key, depth + 1), self.node(value, depth + 1)))
        return Node("map", place, entries=tuple(entries))

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> Node:
        text, plain = node.value, node.style is None
        first, last = node.start_mark.line, node.end_mark.line
        if not plain and node.style in "'\"" and last > first and re.search(r"^\s*(- )?[\w ]+:( |$)", text, re.M):
            # a quote left open that met another one lines below: what it swallowed looks like keys
            self.faults.append(Fault("quote", place, {"line": str(place.line)}))
        if plain and first == last:
            self._swallowed(node)
            stripped = text.strip()
            if len(stripped) >= 2 and stripped[-1] in CURLY.get(stripped[0], ""):
                text = stripped[1:-1].strip()
                self.doubts.append(Fault("w_curly", place, {"word": text}))
        return Node("text", place, text, plain)

    def _swallowed(self, node: yaml.ScalarNode) -> None:
        """`wall #3 left`: a # with no space after it, right behind a value, was hardly meant as a comment."""
        rest = self.lines[node.end_mark.line][node.end_mark.column :] if node.end_mark.line < len(self.lines) else ""
        found = re.match(r"\s+(#[^\s#].*)", rest)
        if found and node.value:
            column = node.end_mark.column + found.start(1) + 1
            place = Place(node.end_mark.line + 1, column, column + len(found[1]))
            self.doubts.append(Fault("w_comment", place, {"word": found[1].strip()}))

    def _place(self, node: yaml.Node) -> Place:
        start, end = node.start_mark, node.end_mark
        width = len(self.lines[start.line]) if start.line < len(self.lines) else 0
        if isinstance(node, yaml.ScalarNode) and start.line == end.line:
            last = end.column
        else:
            last = min(width, end.column) if start.line == end.line else width
        return Place(start.line + 1, start.column + 1, max(last, start.column + 1) + 1)
