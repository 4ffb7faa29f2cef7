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
