"""Bringing one file over the net into a part file beside its place: goes on where it broke off, stops at what cannot be it.

Only the standard library, so that `fetch` can do what no hub library does for other servers; proxies of the environment
are used. A redirect from https to anything else is not followed. What to make of an answer is decided in `seals`.
"""

from __future__ import annotations

import errno
import http.client
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import urlsplit

from safelight import __version__
from safelight.stages.models.entries import Entry, File
from safelight.stages.models.errors import BrokenOff, NoNetwork, NoRoom, Refused, Unpinned, WrongDigest
from safelight.stages.models.seals import Digests, Headers, Seal, meaning, seal
from safelight.stages.models.sizes import readable

CHUNK = 1 << 18
PAUSES = (1.0, 4.0, 15.0)
"""Seconds before a broken connection is tried again."""
PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""Answers that mean "not now"."""


class Hear(Protocol):
    """Who is told how a file comes."""

    def __call__(self, file: str, done: int, total: int) -> None:
        """`done` of `total` bytes (0: not known) are here."""


@dataclass(frozen=True)
class Net:
    """The way to the servers. `pause` waits so many seconds; `timeout` is for each answer, in seconds."""

    endpoint: str
    hear: Hear
    pause: Callable[[float], None]
    timeout: float = 30.0
    pauses: tuple[float, ...] = PAUSES


def bring(entry: Entry, file: File, part: Path, net: Net) -> str:
    """Complete `part` to the whole of `file` and return its SHA-256.

    Raises NoNetwork, Refused, BrokenOff (the part stays), WrongDigest (the part goes), Unpinned, NoRoom.
    """
    address = entry.address(file, net.endpoint)
    transfer = _Transfer(entry, file, part, net, address)
    wanted = transfer.sealed()
    digests = transfer.complete(wanted)
    if not digests.fit(wanted) and transfer.resumed:  # the part may have been of another try or another file
        part.unlink(missing_ok=True)
        digests = transfer.complete(wanted)
    if not digests.fit(wanted):
        part.unlink(missing_ok=True)
        raise WrongDigest(file=file.name, found=digests.sha256[:12], expected=wanted.short)
    return digests.sha256


class _Transfer:
    def __init__(self, entry: Entry, file: File, part: Path, net: Net, address: str) -> None:
        self.entry, self.file, self.part, self.net, self.address = entry, file, part, net, address
        self.host = urlsplit(address).netloc
        self.resumed = False

    def sealed(self) -> Seal:
        """What the file must be; asks the hub where the entry does not say."""
        headers: Headers = {}
        if not self.file.sha256:
            with self._asked("HEAD", 0) as (status, answer, _):
                if status != 200:
                    raise self._refused(status)
                headers = answer
        wanted = seal(self.file, self.entry.hub, headers)
        if not wanted.pinned:
            raise Unpinned(host=self.host, file=self.file.name)
        return wanted

    def complete(self, wanted: Seal) -> Digests:
        """Ask until all bytes are here; the digests of what is here then."""
        self._room(wanted)
        self.resumed = self._have() > 0
        for pause in (*self.net.pauses, None):
            try:
                self._go_on(wanted)
                break
            except _Short as fault:
                if pause is None:
                    raise self._broken(wanted, fault) from None
                self.net.pause(pause)
        digests = Digests()
        with self.part.open("rb") as file:
            while piece := file.read(CHUNK):
                digests.add(piece)
        return digests

    def _go_on(self, wanted: Seal) -> None:
        """One request for what is missing."""
        have = self._have()
        if wanted.bytes and have >= wanted.bytes:
            return
        with self._asked("GET", have) as (status, headers, body):
            kind = meaning(status, headers, have)
            if kind == "refused":
                if status in PASSING:
                    raise _Short(f"answer {status}")
                raise self._refused(status)
            if kind == "whole":
                return
            self._write(body, wanted, have if kind == "append" else 0)
        if wanted.bytes and self._have() < wanted.bytes:
            raise _Short("the connection ended early")

    def _write(self, body: IO[bytes], wanted: Seal, at: int) -> None:
        """Append what comes from byte `at` on; more than the file can have is not taken."""
        with self.part.open("ab" if at else "wb") as file:
            done = at
            while done <= wanted.most and (piece := _read(body)):
                try:
                    file.write(piece)
                except OSError as fault:
                    raise self._full(fault, wanted) from None
                done += len(piece)
                self.net.hear(self.file.name, done, wanted.bytes)
            file.flush()
            os.fsync(file.fileno())

    def _asked(self, method: str, have: int) -> _Answer:
        # Addresses are those of the registry and the hub that the environment names, never a text from a file.
        request = urllib.request.Request(self.address, method=method)  # noqa: S310
        request.add_header("User-Agent", f"safelight/{__version__}")
        request.add_header("Accept-Encoding", "identity")  # the bytes of the file, not a packed form of them
        if have:
            request.add_header("Range", f"bytes={have}-")
        return _Answer(self, request)

    def _have(self) -> int:
        return self.part.stat().st_size if self.part.is_file() else 0

    def _room(self, wanted: Seal) -> None:
        room(self.entry, self.part.parent, wanted.bytes - self._have())

    def _full(self, fault: OSError, wanted: Seal) -> Exception:
        if fault.errno in {errno.ENOSPC, errno.EDQUOT}:
            return no_room(self.entry, self.part.parent, max(0, wanted.bytes - self._have()))
        return fault

    def _broken(self, wanted: Seal, fault: Exception) -> BrokenOff:
        done, total = self._have(), wanted.bytes
        return BrokenOff(
            file=self.file.name, model=self.entry.name, reason=str(fault) or type(fault).__name__,
            done_en=readable(done), total_en=readable(total), done_fr=readable(done, "fr"), total_fr=readable(total, "fr"),
        )  # fmt: skip

    def _refused(self, status: int) -> Refused:
        return Refused(host=self.host, file=self.file.name, status=status, model=self.entry.name)

    @property
    def begun(self) -> bool:
        """Whether bytes came before: then a server that is away has only broken off."""
        return self._have() > 0

    def unreachable(self, reason: object) -> NoNetwork:
        """No answer at all."""
        return NoNetwork(host=self.host, reason=reason, model=self.entry.name)


def _read(body: IO[bytes]) -> bytes:
    """The next bytes of an answer; whatever is wrong with the connection is one thing: it broke."""
    try:
        return body.read(CHUNK)
    except (OSError, http.client.HTTPException) as fault:
        raise _Short(getattr(fault, "strerror", None) or str(fault) or type(fault).__name__) from None


class _Short(Exception):
    """Fewer bytes came than the file has."""


class _Answer:
    """One answer as (status, headers of the first answer, body), closed at the end."""

    def __init__(self, transfer: _Transfer, request: urllib.request.Request) -> None:
        self._transfer, self._request = transfer, request
        self._body: Any = None

    def __enter__(self) -> tuple[int, Headers, IO[bytes]]:
        first = _First()
        opener = urllib.request.build_opener(first)
        try:
            self._body = opener.open(self._request, timeout=self._transfer.net.timeout)
        except urllib.error.HTTPError as answer:
            self._body = answer
        except (OSError, http.client.HTTPException) as fault:
            reason = getattr(fault, "reason", fault)
            told = reason.strerror if isinstance(reason, OSError) and reason.strerror else reason
            if self._transfer.begun:
                raise _Short(str(told)) from None
            raise self._transfer.unreachable(told) from None
        # A hub says what a file is before it sends us on to where the bytes lie.
        headers = {**small(self._body.headers), **(first.headers if self._request.method == "HEAD" else {})}
        return int(self._body.status), headers, self._body

    def __exit__(self, *_: object) -> None:
        self._body.close()


class _First(urllib.request.HTTPRedirectHandler):
    """Keeps the headers of the first answer that sends us on; from https only to https."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if urlsplit(req.full_url).scheme == "https" and urlsplit(newurl).scheme != "https":
            raise urllib.error.URLError("a redirect to an insecure address")
        self.headers = self.headers or small(headers)
        followed = super().redirect_request(req, fp, code, msg, headers, newurl)
        if followed is not None:
            followed.method = req.method
        return followed


def small(headers: Any) -> dict[str, str]:
    """Headers with their names in small letters."""
    return {str(name).lower(): str(value) for name, value in headers.items()}


def room(entry: Entry, folder: Path, needed: int) -> None:
    """Raise NoRoom unless `needed` more bytes and a little fit in `folder`."""
    if needed > 0 and shutil.disk_usage(folder).free < needed + SPARE:
        raise no_room(entry, folder, needed)


SPARE = 100_000_000
"""Bytes that stay free, so that a fetch never fills a disk on which photos arrive."""


def no_room(entry: Entry, folder: Path, needed: int) -> NoRoom:
    """The error for a disk too full for `needed` bytes."""
    free, needed = shutil.disk_usage(folder).free, needed + SPARE
    return NoRoom(
        model=entry.name, folder=folder, needed_en=readable(needed), free_en=readable(free),
        needed_fr=readable(needed, "fr"), free_fr=readable(free, "fr"),
    )  # fmt: skip
