"""What is no HTTP at all is answered in the one shape too, before any application could see it: in English, since nothing
of it can be read.
"""

from __future__ import annotations

import json

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from safelight.desk.errors import BadRequest
from safelight.desk.shell import HEADERS


class Protocol(H11Protocol):
    """The server's HTTP/1.1 with our words for what it cannot read."""

    def send_400_response(self, msg: str) -> None:
        """Say that this was no request, and hang up."""
        del msg
        fault = BadRequest(reason="it is not HTTP/1.1 as it should be")
        told = {"code": fault.code, "message": fault.what(), "what_to_do": fault.what_to_do(), "where": "request"}
        body = json.dumps({"error": told}).encode()
        headers = {
            **HEADERS,
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        for event in (
            h11.Response(status_code=400, headers=list(headers.items()), reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
