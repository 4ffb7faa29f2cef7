"""Any bytes become a tree or a sentence: encodings, line ends, refusals, and never an exception."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.rulebook.source import Node, read

TEXT = "version: 1\nrègle: été\n"


def plain(node: Node | None):
    """A tree as plain values."""
    if node is None:
        return None
    if node.kind == "map":
        return {key.text: plain(value) for key, value in node.entries}
    return [plain(item) for item in node.items] if node.kind == "list" else node.text


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace(": ", "\u00a0: ").replace("version\u00a0", "version").encode(),
    ],
)
def test_encodings_and_line_ends_read_the_same(data: bytes) -> None:
    """BOM, CRLF, CR, UTF-16 of either kind and French spaces before a colon make no difference and no noise."""
    source = read(data)
    assert {key.strip(): value for key, value in plain(source.root).items()} == {"version": "1", "règle": "été"}
    assert not source.faults
    assert not source.doubts


def test_windows_1252_is_read_with_a_note() -> None:
    """An old editor's file is read, and said to be old."""
    source = read(TEXT.encode("cp1252"))
    assert plain(source.root) == {"version": "1", "règle": "été"}
    assert [doubt.code for doubt in source.doubts] == ["w_encoding"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{\\rtf1\\ansi", "rtf"),
        (b"\xef\xbb\xbf{\\rtf1", "rtf"),
        (b"PK\x03\x04docx", "binary"),
        (b"a\0b", "binary"),
        (b"\xd0\xcf\x11\xe0doc", "binary"),
        (b"a: 1\n" * 50_000, "big"),
        (b"a: \x07bell", "control"),
        (b"a: " + b"[" * 5000, "nested"),
        (b"a: " + b"[" * 40 + b"]" * 40, "nested"),
        (b"a: 1\n---\nb: 2\n", "documents"),
        (b'a: "\\q"\n', "backslash"),
        (b"a: !tag x\n", "special"),
        (b"a: &x 1\nb: *x\n", "special"),
        (b"%YAML 1.2\n---\na: 1\n", "unreadable"),
        (b"? [a]\n: b\n", "unreadable"),
    ],
)
def test_what_is_refused(data: bytes, code: str) -> None:
    """Each with a sentence of its own, and without a tree."""
    source = read(data)
    assert [fault.code for fault in source.faults] == [code]
    assert source.root is None


def test_aliases_cannot_grow() -> None:
    """A few lines of aliases that would unfold to a billion texts are refused at the first anchor."""
    rows = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    assert read("\n".join(["a0: &a0 x", *rows]).encode()).faults[0].place.line == 1


def test_text_is_text() -> None:
    """no, 12:30, 007 and null stay what was typed."""
    assert plain(read(b"a: no\nb: 12:30\nc: 007\nd: null\ne: 2026-06-13 16:00\n").root) == {
        "a": "no", "b": "12:30", "c": "007", "d": "null", "e": "2026-06-13 16:00",
    }  # fmt: skip


def test_comments_that_are_meant_are_silent() -> None:
    """Only a # without a space behind it, right after a value, is doubted."""
    assert not read(b"a: 1  # a remark\n#b\nc: '#3'\n").doubts
    assert [doubt.code for doubt in read(b"a: [x, y] \nb: wall #3\n").doubts] == ["w_comment"]


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
def test_never_raises(data: bytes) -> None:
    """Any bytes: a tree, or nothing and a reason, or an empty file; positions lie inside the file."""
    source = read(data)
    for fault in (*source.faults, *source.doubts):
        assert 1 <= fault.place.line <= max(len(source.lines), 1)
        assert 1 <= fault.place.column < fault.place.end
