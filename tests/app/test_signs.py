"""Signs of life: real datagram sockets, a real watch, a stopped process that falls silent."""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path

import pytest

from e2e_world import Runner
from safelight.app.signs import Signs, address_of
from safelight.app.working import init
from safelight.reconcile.event import Event

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="systemd's sockets are Linux's")


def listener(address: str) -> socket.socket:
    """A service manager's ear."""
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    ear.bind(address)
    ear.settimeout(60)
    return ear


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_messages_arrive_at_both_kinds_of_socket(tmp_path: Path, kind: str) -> None:
    """READY, WATCHDOG and STOPPING, one datagram each, in order."""
    told = str(tmp_path / "n") if kind == "path" else f"@safelight-{tmp_path.name}"
    with listener(address_of(told)) as ear:
        signs = Signs({"NOTIFY_SOCKET": told})
        signs.ready()
        signs.alive()
        signs.stopping()
        assert [ear.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


@pytest.mark.parametrize("told", ["", "relative", "/no/such/socket", "@nobody-listens-here", "/" + "x" * 300])
def test_nobody_listening_disturbs_nothing(told: str) -> None:
    """No manager, a wrong address or a dead socket: silence."""
    Signs({"NOTIFY_SOCKET": told}).alive()


def test_a_stopped_watch_falls_silent_and_a_woken_one_speaks_again(tmp_path: Path) -> None:
    """Pings come from the cycle: SIGSTOP ends them, SIGCONT brings them back, SIGTERM says STOPPING."""
    init(tmp_path / "event")
    runner = Runner(tmp_path / "cache")
    with listener(str(tmp_path / "n")) as ear:
        runner.environment["NOTIFY_SOCKET"] = str(tmp_path / "n")
        process = runner.start(Event(tmp_path / "event"), "watch")
        try:
            assert ear.recv(100) == b"READY=1"
            assert ear.recv(100) == b"WATCHDOG=1"
            process.send_signal(signal.SIGSTOP)
            ear.settimeout(3)
            with pytest.raises(TimeoutError):
                while True:
                    ear.recv(100)
            process.send_signal(signal.SIGCONT)
            ear.settimeout(60)
            assert ear.recv(100) == b"WATCHDOG=1"
            process.send_signal(signal.SIGTERM)
            while ear.recv(100) != b"STOPPING=1":
                pass
            process.communicate(timeout=60)
            assert process.returncode == 0
        finally:
            if process.poll() is None:
                Runner.kill(process)
