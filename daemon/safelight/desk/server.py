"""Starting and ending the desk: the port is taken before anything is said, the address told once the desk answers.

The server speaks HTTP/1.1 only, names itself nowhere, opens no websocket, and ends within seconds of a signal: what is
being answered is finished first.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from urllib.parse import quote

import uvicorn
from starlette.types import ASGIApp

from safelight.app import Place, Studio, Surroundings, turn_over
from safelight.desk.build import build
from safelight.desk.protocol import Protocol
from safelight.desk.settings import LOOPBACK, Settings
from safelight.model.errors import CannotWork, UsageError

GRACE = 20
"""Seconds that running answers have when the desk is asked to end."""


@dataclass(frozen=True)
class Wanted:
    """What the command line asked for. `log` is a file, or None for standard error."""

    host: str = "127.0.0.1"
    port: int = 8731
    token: str = ""
    names: tuple[str, ...] = ()
    expose: bool = False
    https: bool = False
    log: Path | None = None
    data: tuple[Place, ...] = ()
    lanes: int = 1
    network: Path | None = None


def serve(around: Surroundings, wanted: Wanted, tell: Callable[[str], None], warn: Callable[[str], None]) -> None:
    """Answer until a signal comes. `tell` gets the address in one line. Raises UsageError, CannotWork."""
    check(wanted)
    if wanted.host not in LOOPBACK:
        warn(warning(wanted))
    with listening(wanted.host, wanted.port) as sock:
        port = int(sock.getsockname()[1])
        settings = Settings(wanted.token or secrets.token_urlsafe(24), port, wanted.names, secure=wanted.https)
        _log_to(wanted.log)
        words = around.cache / "log" / "desk-lanes.log"
        turn_over(words)
        with Studio(around, wanted.data, wanted.lanes, wanted.network, words) as studio:
            run(build(settings, studio), sock, lambda: tell(address(wanted, settings)))


def check(wanted: Wanted) -> None:
    """Refuse what would open the desk wider than was said, or could not be secure."""
    if wanted.host not in LOOPBACK and not wanted.expose:
        raise UsageError(
            reason=f"{wanted.host} can be reached from other machines: say --expose as well if that is meant."
        )
    if wanted.host not in LOOPBACK and not wanted.names:
        raise UsageError(
            reason="Say under which name the desk is reached from other machines: --name desk.example.org."
        )
    if wanted.token and len(wanted.token) < 16:
        raise UsageError(reason="SAFELIGHT_DESK_TOKEN is too short: take at least 16 characters, at random.")


def warning(wanted: Wanted) -> str:
    """Said before a desk opens to others."""
    plain = "" if wanted.https else " Without https in front of it, token and pictures travel readable by others."
    return f"Warning: the desk listens on {wanted.host}, whoever has the token can use it from other machines.{plain}"


def address(wanted: Wanted, settings: Settings) -> str:
    """Where to open the desk, token included."""
    token = quote(settings.token, safe="")
    if wanted.names:
        scheme = "https" if wanted.https else "http"
        return f"{scheme}://{wanted.names[0]}{'' if wanted.https else f':{settings.port}'}/?token={token}"
    host = f"[{wanted.host}]" if ":" in wanted.host else wanted.host
    return f"http://{host}:{settings.port}/?token={token}"


def listening(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 means any that is free. Raises CannotWork where it is taken."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        sock = socket.create_server((host, port), family=family, backlog=128)
    except OSError as fault:
        told = fault.strerror or str(fault)
        raise CannotWork(reason=f"port {port} of {host} cannot be taken ({told}); choose another with --port") from None
    except OverflowError:
        raise UsageError(reason=f"{port} is no port: say a number up to 65535.") from None
    sock.set_inheritable(False)
    return sock


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def run(app: ASGIApp, sock: socket.socket, ready: Callable[[], None]) -> None:
    """Serve on an open socket until SIGINT or SIGTERM."""
    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,  # its lines hold the address with the token; the shell writes its own
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE,
    )
    # the server gives the signal on once it has ended; without a handler that would end us before we tidied up
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        _Server(config, ready).run(sockets=[sock])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _log_to(path: Path | None) -> None:
    """Lines of the desk and of its server into a file that turns over by itself, or to standard error."""
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handler = RotatingFileHandler(path, maxBytes=5_000_000, backupCount=3, encoding="utf-8")
            os.chmod(path, 0o600)
        except OSError as fault:
            raise CannotWork(reason=f"the log {path} cannot be written ({fault.strerror})") from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for name in ("safelight.desk", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)
