"""The desk as a process: it says where it is once it answers, ends when asked, and opens no wider than was said."""

from __future__ import annotations

import re
import signal
import socket
import urllib.request
from pathlib import Path

import pytest

from desk_world import started
from safelight.desk.server import Wanted, address, check, warning
from safelight.desk.settings import Settings
from safelight.model.errors import UsageError


def ask(url: str, **headers: str) -> tuple[int, str]:
    """Status and text of one GET."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as fault:
        return fault.code, fault.read().decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_and_ends_when_asked(tmp_path: Path, number: int) -> None:
    """The first line opens it at once; each start has its own token; the end is quiet and leaves nothing behind."""
    with started(tmp_path) as (process, line):
        found = re.fullmatch(r"(http://127\.0\.0\.1:\d+)/\?token=([\w-]{32})", line)
        assert found, line
        assert ask(found[1] + "/healthz")[0] == 200
        assert ask(found[1] + "/")[0] == 401
        assert ask(found[1] + "/", Authorization=f"Bearer {found[2]}")[0] == 200
        process.send_signal(number)
        assert process.wait(30) == 0
        assert process.stderr
        assert process.stderr.read() == ""
    log = (tmp_path / "safelight" / "log" / "desk.log").read_text()
    assert "GET /healthz 200" in log
    assert found[2] not in log
    assert [path.name for path in tmp_path.iterdir()] == ["safelight"]


def test_a_given_token_is_taken(tmp_path: Path) -> None:
    """SAFELIGHT_DESK_TOKEN keeps the address the same over starts, whatever signs it holds; a short one is refused."""
    with started(tmp_path, SAFELIGHT_DESK_TOKEN="+/= &%signs of all kinds") as (_, line):
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        assert opener.open(line, timeout=20).status == 200
    with started(tmp_path, SAFELIGHT_DESK_TOKEN="sixteen-signs-ok") as (_, line):
        assert line.endswith("/?token=sixteen-signs-ok")
    with started(tmp_path, SAFELIGHT_DESK_TOKEN="short") as (process, line):
        assert (line, process.wait(30)) == ("", 2)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    """One sentence and status 3, no traceback."""
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        started(tmp_path, "--port", str(taken.getsockname()[1])) as (process, _),
    ):
        assert process.wait(30) == 3
        assert process.stderr
        told = process.stderr.read()
        assert "--port" in told
        assert "Traceback" not in told


def raw(port: int, *pieces: bytes) -> bytes:
    """What comes back for bytes sent as they are; sending may be cut off by the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        try:
            for piece in pieces:
                line.sendall(piece)
        except OSError:
            pass
        answer = b""
        try:
            while part := line.recv(65536):
                answer += part
                if b"}}" in answer:
                    break
        except OSError:
            pass
        return answer


UPLOAD = b"POST /api/segment HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sixteen-signs-ok\r\n"
FORM = b"Content-Type: multipart/form-data; boundary=x\r\n"
BEGIN = b'--x\r\nContent-Disposition: form-data; name="picture"; filename="a.jpg"\r\n\r\n'


def chunk(data: bytes) -> bytes:
    """One piece of a body without a length."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def test_whatever_comes_through_the_wire(tmp_path: Path) -> None:
    """No HTTP, two hosts, a giant header, a body of more than it may be with and without length: told, and the desk goes on."""
    with started(tmp_path, SAFELIGHT_DESK_TOKEN="sixteen-signs-ok") as (_, line):
        port = int(line.split(":")[2].split("/")[0])
        endless = [chunk(bytes(1 << 20))] * 80
        for pieces, status, code in (
            ([b"GARBAGE\r\n\r\n"], b"400", b"bad_request"),
            ([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"], b"400", b"bad_request"),
            ([b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: b\r\n\r\n"], b"400", b"bad_request"),
            ([b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n"], b"400", b"bad_request"),
            ([UPLOAD + FORM + b"Content-Length: 99999999999\r\n\r\n"], b"413", b"body_too_large"),
            (
                [UPLOAD + FORM + b"Transfer-Encoding: chunked\r\n\r\n", chunk(BEGIN), *endless],
                b"413",
                b"body_too_large",
            ),
            ([b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"], b"401", b"no_token"),
            ([b"GET / HTTP/1.1\r\n\r\n"], b"400", b"bad_request"),
        ):
            answer = raw(port, *pieces)
            assert answer.split(b" ")[1] == status, answer[:300]
            assert b'"code": "%b"' % code in answer.replace(b'":"', b'": "'), answer[:300]
            assert b"content-security-policy" in answer.lower()
            assert ask(f"http://127.0.0.1:{port}/healthz")[0] == 200
    assert "Traceback" not in (tmp_path / "safelight" / "log" / "desk.log").read_text()


@pytest.mark.parametrize(
    ("wanted", "right"),
    [
        (Wanted(), True),
        (Wanted("::1"), True),
        (Wanted("0.0.0.0"), False),
        (Wanted("0.0.0.0", names=("desk.example.org",)), False),
        (Wanted("0.0.0.0", expose=True), False),
        (Wanted("0.0.0.0", expose=True, names=("desk.example.org",)), True),
        (Wanted(token="x" * 15), False),
        (Wanted(token="x" * 16), True),
    ],
)
def test_it_opens_no_wider_than_said(wanted: Wanted, right: bool) -> None:
    """Other machines come in by an explicit word and under a name only."""
    if right:
        check(wanted)
    else:
        with pytest.raises(UsageError):
            check(wanted)


def test_an_open_desk_warns() -> None:
    """And more so without https."""
    assert "https" in warning(Wanted("0.0.0.0"))
    assert "https" not in warning(Wanted("0.0.0.0", https=True))


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (Wanted(), "http://127.0.0.1:8731/?token=t"),
        (Wanted("::1"), "http://[::1]:8731/?token=t"),
        (Wanted("0.0.0.0", names=("desk.example.org", "b")), "http://desk.example.org:8731/?token=t"),
        (Wanted("0.0.0.0", names=("desk.example.org",), https=True), "https://desk.example.org/?token=t"),
    ],
)
def test_the_address_is_the_one_to_open(wanted: Wanted, told: str) -> None:
    """Behind a proxy it is the proxy's."""
    assert address(wanted, Settings("t")) == told
