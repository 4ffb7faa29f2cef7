"""What is no HTTP at all, or never becomes a whole request, is answered in the one shape too, before any application could
see it: in English, since nothing of it can be read.
"""

from __future__ import annotations

import asyncio
import json
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from safelight.desk.errors import BadRequest, DeskError, SlowRequest
from safelight.desk.shell import HEADERS


class Protocol(H11Protocol):
    """The server's HTTP/1.1 with our words for what it cannot read, and an end to requests that trickle in.

    The server below waits for ever for the rest of a request's head; a few hundred such lines would use up its files.
    """

    patience: ClassVar[float] = 20.0
    """Seconds in which the head of a request has to be whole: from its first byte, on a new line from its opening.

    Between two requests of one line the server's own keep-alive counts instead.
    """
    _clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait no longer once a request is whole; wait anew where the next one has begun."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            self._waited()
        elif self._clock is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave no clock behind."""
        self._waited()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Say that this was no request, and hang up."""
        del msg
        self._refuse(BadRequest(reason="it is not HTTP/1.1 as it should be"), b"Bad Request")

    def _wait(self) -> None:
        self._clock = self.loop.call_later(self.patience, self._too_slow)

    def _waited(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _too_slow(self) -> None:
        self._clock = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._refuse(SlowRequest(seconds=round(self.patience)), b"Request Timeout")

    def _refuse(self, fault: DeskError, reason: bytes) -> None:
        told = {"code": fault.code, "message": fault.what(), "what_to_do": fault.what_to_do(), "where": "request"}
        body = json.dumps({"error": told}).encode()
        headers = {
            **HEADERS,
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        for event in (
            h11.Response(status_code=fault.status, headers=list(headers.items()), reason=reason),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
