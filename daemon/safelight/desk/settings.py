"""What a desk was started with: plain values, nothing read from the environment here."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names by which this machine reaches itself."""


@dataclass(frozen=True)
class Settings:
    """`token` opens the desk, `names` are the host names it answers to (besides loopback), `port` where it listens.

    `body` is the most bytes a request may bring, `seconds` how long it may take to bring them, `at_once` how many
    pictures may be worked on or waited for at one time; `secure` says that browsers reach it by https.
    """

    token: str
    port: int = 8731
    names: tuple[str, ...] = ()
    body: int = 64 << 20
    seconds: float = 120.0
    at_once: int = 8
    secure: bool = False

    @property
    def cookie(self) -> str:
        """The cookie's name. Cookies know no ports: two desks on one machine must not overwrite each other's."""
        return f"safelight_desk_{self.port}"

    @property
    def key(self) -> str:
        """The cookie's value: proves that the token was known, and does not tell it."""
        return hmac.new(self.token.encode(), b"safelight desk cookie", hashlib.sha256).hexdigest()
