"""Signs of life for whoever started the watch (systemd): ready, still turning, stopping.

A message is one datagram to the socket that `NOTIFY_SOCKET` names; without it every call does nothing. A socket that
is gone never disturbs the work. Pings are sent by the watch's own cycle, and within long passes by the same calls that keep
the lease alive; never by a thread of their own: a cycle that hangs must fall silent, so that it is started again.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping


class Signs:
    """Speaks to the service manager. `environment` is where `NOTIFY_SOCKET` is looked up."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.address = address_of(environment.get("NOTIFY_SOCKET", ""))

    def ready(self) -> None:
        """The event is owned and the watch begins."""
        self.send("READY=1")

    def alive(self) -> None:
        """One more cycle was done, or one more file of a long pass."""
        self.send("WATCHDOG=1")

    def stopping(self) -> None:
        """The watch ends because it was told to."""
        self.send("STOPPING=1")

    def send(self, text: str) -> None:
        """One datagram; never waits and never raises."""
        if not self.address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaker:
            speaker.setblocking(False)
            speaker.sendto(text.encode(), self.address)


def address_of(told: str) -> str:
    """The socket's address: a path, or `@name` for an abstract one; anything else, and no Unix sockets, is none."""
    if not hasattr(socket, "AF_UNIX"):
        return ""
    if told.startswith("@"):
        return "\0" + told[1:]
    return told if told.startswith("/") else ""
