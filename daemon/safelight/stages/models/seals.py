"""What the bytes of a download must be, and what a server's answer means for it. Pure decisions, no sockets, no files.

A hub answers for a large file with its SHA-256 (`X-Linked-Etag`), for a small one with the id git gives its content
(`ETag`): at a pinned commit both say what the bytes must be.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from safelight.stages.models.entries import File, Hub

MOST_UNKNOWN = 32_000_000
"""Bytes a file may have whose size nobody knew before: such are only small texts beside weights."""

Headers = Mapping[str, str]
"""An answer's headers, names in small letters."""


@dataclass(frozen=True)
class Seal:
    """What a file must be: bytes (0: not known), SHA-256, id in git (empty: not known)."""

    bytes: int = 0
    sha256: str = ""
    git: str = ""

    @property
    def pinned(self) -> bool:
        """Whether anything says what the bytes must be."""
        return bool(self.sha256 or self.git)

    @property
    def most(self) -> int:
        """Bytes after which a download is stopped: it cannot be the file any more."""
        return self.bytes or MOST_UNKNOWN

    @property
    def short(self) -> str:
        """The first digits of what is expected, for people."""
        return (self.sha256 or self.git)[:12]


def seal(file: File, hub: Hub | None, headers: Headers) -> Seal:
    """What `file` must be, by its entry, completed by what a hub's first answer says (`headers`, empty for none).

    An answer of another commit gives a seal that is not pinned: nothing in it can be trusted.
    """
    if file.sha256:
        return Seal(file.bytes, file.sha256)
    if hub is None or headers.get("x-repo-commit", hub.revision) != hub.revision:
        return Seal()
    told = tag(headers.get("x-linked-etag") or headers.get("etag", ""))
    size = file.bytes or _number(headers.get("x-linked-size") or headers.get("content-length", ""))
    if re.fullmatch(r"[0-9a-f]{64}", told):
        return Seal(size, sha256=told)
    return Seal(size, git=told) if re.fullmatch(r"[0-9a-f]{40}", told) else Seal()


def tag(header: str) -> str:
    """An entity tag without its weakness mark and quotes."""
    return header.strip().removeprefix("W/").strip('"').lower()


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


class Digests:
    """The digests of bytes as they come: SHA-256, and the id in git once their number is known."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._bytes = bytearray()
        self.bytes = 0

    def add(self, piece: bytes) -> None:
        """The next bytes."""
        self._sha256.update(piece)
        self.bytes += len(piece)
        if self.bytes <= MOST_UNKNOWN:
            self._bytes += piece

    @property
    def sha256(self) -> str:
        """Of all bytes so far."""
        return self._sha256.hexdigest()

    @property
    def git(self) -> str:
        """The id git gives this content; empty for what is too large to be in git itself."""
        if self.bytes > MOST_UNKNOWN:
            return ""
        return hashlib.sha1(b"blob %d\0" % self.bytes + bytes(self._bytes)).hexdigest()

    def fit(self, wanted: Seal) -> bool:
        """Whether the bytes are the ones meant."""
        if wanted.bytes and self.bytes != wanted.bytes:
            return False
        if wanted.sha256:
            return self.sha256 == wanted.sha256
        return bool(wanted.git) and self.git == wanted.git


Next = Literal["append", "restart", "whole", "refused"]


def meaning(status: int, headers: Headers, have: int) -> Next:
    """What an answer to "from byte `have` on" means for the part that is there.

    append: these bytes follow; restart: the answer is the whole file from its first byte; whole: there is nothing after
    what we have; refused: no file.
    """
    if status == 206:
        follows = re.match(r"bytes (\d+)-", headers.get("content-range", ""))
        return "append" if follows and int(follows[1]) == have else "refused"
    if status == 200:
        return "restart"
    return "whole" if status == 416 and have else "refused"
