"""Who may ask: decided by the pure `judge`, acted upon by the `Guard` around the whole application.

Rules, each one refusal: the Host must be a name of ours (a foreign page may point its own name at this machine); all but
the health route and the static files need the token, as `Authorization: Bearer`, or as the cookie that the printed
address was exchanged for; whatever changes something by cookie must come from the desk's own pages. The token is never
in an address again after the exchange, and compared without telling by time how much of it was right.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from safelight.desk.errors import DeskError, FromElsewhere, NoToken, WrongHost, WrongToken
from safelight.desk.settings import LOOPBACK, Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEALTH = "/healthz"
OPEN = "/static/"


@dataclass(frozen=True)
class Asked:
    """What counts of a request. Header names are in small letters; `query` is as sent."""

    method: str = "GET"
    path: str = "/"
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)

    def token(self) -> str | None:
        """The token in the address, if there is one."""
        return dict(parse_qsl(self.query)).get("token")

    def without_token(self) -> str:
        """The same address with the token taken out; always one of this desk."""
        rest = urlencode(
            [(key, value) for key, value in parse_qsl(self.query, keep_blank_values=True) if key != "token"]
        )
        return "/" + self.path.lstrip("/\\") + (f"?{rest}" if rest else "")


def judge(asked: Asked, settings: Settings) -> DeskError | None:
    """Why this request may not pass, or None."""
    if asked.path == HEALTH:
        return None
    host = host_name(asked.headers.get("host", ""))
    if host not in {*LOOPBACK, *map(str.casefold, settings.names)}:
        return WrongHost(host=host or "?")
    if asked.path.startswith(OPEN):
        return None
    scheme, _, given = asked.headers.get("authorization", "").partition(" ")
    if scheme.casefold() == "bearer":
        return None if same(given.strip(), settings.token) else WrongToken()
    if not same(asked.cookies.get(settings.cookie, ""), settings.key):
        return WrongToken() if settings.cookie in asked.cookies else NoToken()
    if asked.method in SAFE or own_page(asked.headers):
        return None
    return FromElsewhere()


def enters(asked: Asked, settings: Settings) -> bool | None:
    """Whether the token in the address opens the desk; None where the address holds none. Only after a right Host."""
    given = asked.token()
    if asked.method != "GET" or given is None or isinstance(judge(asked, settings), WrongHost):
        return None
    return same(given, settings.token)


def own_page(headers: Mapping[str, str]) -> bool:
    """Whether a page of this desk asks: as the browser says itself, else by the Origin it sends."""
    site = headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = headers.get("origin")
    if origin is None:
        return site is not None
    return urlsplit(origin).netloc.casefold() == headers.get("host", "").casefold()


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets, in small letters; empty when it makes no sense."""
    try:
        split = urlsplit(f"//{host}")
        _ = split.port
        tidy = not (split.path or split.query or split.fragment or "@" in split.netloc)
        return (split.hostname or "") if tidy else ""
    except ValueError:
        return ""


def same(given: str, wanted: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing."""
    return bool(wanted) and hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode("utf-8", "replace"))
