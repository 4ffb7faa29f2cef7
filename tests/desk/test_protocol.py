"""The server's patience with lines through which no whole request comes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from safelight.desk.protocol import Protocol

WHOLE = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Hasty(Protocol):
    """As the desk's, with hardly any patience."""

    patience = 0.3


async def slow(scope: Any, receive: Any, send: Any) -> None:
    """An application that takes longer than the patience with heads."""
    del scope, receive
    await asyncio.sleep(3 * Hasty.patience)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def _talk(pieces: list[bytes]) -> bytes:
    config = uvicorn.Config(slow, http=Hasty, ws="none", lifespan="off", log_config=None, timeout_keep_alive=1)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Hasty(config, state, {}), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    answer = b""
    for piece in pieces:
        writer.write(piece)
        if piece.endswith(b"\r\n\r\n"):
            answer += await reader.readuntil(b"ok")
    answer += await asyncio.wait_for(reader.read(), 60)
    writer.close()
    server.close()
    return answer


@pytest.mark.parametrize(
    ("pieces", "answered", "timed_out"),
    [
        ([], 0, True),
        ([b"GET / HT"], 0, True),
        ([b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "], 0, True),
        ([WHOLE], 1, False),
        ([WHOLE, WHOLE], 2, False),
        ([WHOLE, b"GET / HTTP/1.1\r\nHost:"], 1, True),
    ],
)
def test_a_head_that_never_ends_is_told_and_cut(pieces: list[bytes], answered: int, timed_out: bool) -> None:
    """Nothing, half a first head and half a second one end with 408 in our shape; an answer that takes long does not, nor
    does a line that rests between requests.
    """
    answer = asyncio.run(_talk(pieces))
    assert answer.count(b"\r\n\r\nok") == answered
    assert (b" 408 Request Timeout" in answer) is timed_out
    assert (b'"code": "slow_request"' in answer) is timed_out
