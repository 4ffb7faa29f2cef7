"""A tiny real server that gives files, whole or from a byte on, and misbehaves as told; and models that come from it."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from safelight.stages.models import fetching
from safelight.stages.models.entries import Entry, File, Hub
from safelight.stages.models.places import Places
from safelight.stages.models.registry import MODELS

REVISION = "a" * 40


def sha256(data: bytes) -> str:
    """Hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def git_id(data: bytes) -> str:
    """The id git gives this content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def bytes_of(count: int, seed: int = 1) -> bytes:
    """So many bytes that no other seed gives."""
    block = hashlib.sha256(str(seed).encode()).digest()
    return (block * (count // 32 + 1))[:count]


@dataclass
class Server:
    """`files` by path. `cuts` are the bytes after which the coming answers break off, one an answer; `statuses` likewise
    answers without a file. `ranges` off: always the whole. `asked` lists (method, path, Range) of what came in.
    """

    files: dict[str, bytes]
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    ranges: bool = True
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    address: str = ""

    def answer(self, handler: BaseHTTPRequestHandler, body: bool) -> None:
        """Answer one request."""
        path, span = handler.path, handler.headers.get("Range", "")
        self.asked.append((handler.command, path, span))
        if body and self.statuses:
            status = self.statuses.pop(0)
            if status:
                handler.send_error(status)
                return
        if path in self.moved:
            handler.send_response(302)
            self._send_headers(handler, path)
            handler.send_header("Location", self.moved[path])
            handler.end_headers()
            return
        data = self.files.get(path)
        if data is None:
            handler.send_error(404)
            return
        start = int(span.removeprefix("bytes=").rstrip("-")) if span and self.ranges else 0
        if start and start >= len(data):
            handler.send_response(416)
            handler.end_headers()
            return
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self._send_headers(handler, path)
        handler.send_header("Content-Length", str(len(data) - start))
        handler.end_headers()
        if body:
            cut = self.cuts.pop(0) if self.cuts else len(data)
            handler.wfile.write(data[start : start + cut])

    def _send_headers(self, handler: BaseHTTPRequestHandler, path: str) -> None:
        for name, value in self.headers.get(path, {}).items():
            handler.send_header(name, value)


@contextmanager
def serving(files: dict[str, bytes], **settings: Any) -> Iterator[Server]:
    """A server on this machine while the block runs."""
    world = Server(files, **settings)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            world.answer(self, body=True)

        def do_HEAD(self) -> None:
            world.answer(self, body=False)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    world.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def single(address: str, data: bytes, name: str = "one.onnx", **wrong: Any) -> Entry:
    """A model of one file at `address`/`name`."""
    file = File(name, **{"bytes": len(data), "sha256": sha256(data), "url": f"{address}/{name}", **wrong})
    return Entry("one", ("finds nothing", "ne trouve rien"), ("MIT", "MIT"), "https://example.org/one", (file,))


def hub(known: dict[str, bytes], unknown: tuple[str, ...] = ()) -> Entry:
    """A model of a hub repository: digests known for `known`, for `unknown` only the server knows them."""
    files = tuple(File(name, len(data), sha256(data)) for name, data in known.items())
    rest = tuple(File(name) for name in unknown)
    words = ("masks what words name", "masque ce que des mots désignent")
    return Entry(
        "two", words, ("Apache-2.0", "Apache-2.0"), "https://example.org/two", (*rest, *files), Hub("of/two", REVISION)
    )


def hub_path(name: str) -> str:
    """Where the hub gives a file of `hub`'s repository."""
    return f"/of/two/resolve/{REVISION}/{name}"


def weights_folder() -> Path | None:
    """The trial data's folder of weights, where there is one."""
    shared = Path(os.environ.get("SAFELIGHT_SHARED") or Path(__file__).parents[2] / "shared")
    return shared / "weights" if (shared / "weights").is_dir() else None


def fetch_small(weights: Path, folder: Path) -> Places:
    """The two small detectors as `models fetch --from` brings them; the places in which they are then found."""
    places = Places(folder)
    for name in ("yolox_nano", "face-rfb-320"):
        fetching.from_folder(MODELS[name], places, weights, lambda *_: None)
    return places
