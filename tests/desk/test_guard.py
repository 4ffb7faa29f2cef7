"""The guard as a decision table: host, token, cookie, method, origin; each row one request and its one answer."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk_world import SETTINGS, TOKEN
from safelight.desk.guard import Asked, enters, host_name, judge, same

# factors: where it came (host) x what it shows (nothing, header, cookie; right or wrong) x method x who asks (browser's word)
HOSTS = {"127.0.0.1:8731": True, "localhost": True, "[::1]:8731": True, "Desk.Example.org": True, "evil.example": False,
         "127.0.0.1.evil.example": False, "": False, "localhost@evil.example": False, "localhost:port": False}  # fmt: skip
SHOWN = {
    "nothing": ({}, {}, "no_token"),
    "header": ({"authorization": f"Bearer {TOKEN}"}, {}, "header"),
    "small header": ({"authorization": f"bearer {TOKEN}"}, {}, "header"),
    "wrong header": ({"authorization": "Bearer wrong"}, {}, "wrong_token"),
    "empty header": ({"authorization": "Bearer "}, {}, "wrong_token"),
    "other scheme": ({"authorization": f"Basic {TOKEN}"}, {}, "no_token"),
    "cookie": ({}, {SETTINGS.cookie: SETTINGS.key}, "cookie"),
    "token as cookie": ({}, {SETTINGS.cookie: TOKEN}, "wrong_token"),
    "cookie of another port": ({}, {"safelight_desk_1": SETTINGS.key}, "no_token"),
    "wrong header and cookie": ({"authorization": "Bearer wrong"}, {SETTINGS.cookie: SETTINGS.key}, "wrong_token"),
}
WHO = {
    "own page": ({"sec-fetch-site": "same-origin"}, True),
    "own page, old browser": ({"origin": "OWN"}, True),
    "own page, both": ({"sec-fetch-site": "same-origin", "origin": "OWN"}, True),
    "other site": ({"sec-fetch-site": "cross-site"}, False),
    "other port": ({"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:9"}, False),
    "other origin": ({"origin": "http://evil.example"}, False),
    "no origin": ({"origin": "null"}, False),
    "typed": ({"sec-fetch-site": "none"}, False),
    "says nothing": ({}, False),
}
METHODS = {"GET": True, "HEAD": True, "OPTIONS": True, "POST": False, "PUT": False, "DELETE": False, "PATCH": False}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("shown", SHOWN)
def test_every_way_to_ask(host: str, shown: str) -> None:
    """Wrong host before all, then token, then, for changes by cookie only, whose page it was."""
    headers, cookies, means = SHOWN[shown]
    for method, who in itertools.product(METHODS, WHO):
        said, own = WHO[who]
        told = {key: f"http://{host}" if value == "OWN" else value for key, value in said.items()}
        fault = judge(Asked(method, "/api/segment", "", {"host": host, **headers, **told}, cookies), SETTINGS)
        if not HOSTS[host]:
            expected = "wrong_host"
        elif means not in {"header", "cookie"}:
            expected = means
        else:
            expected = "" if means == "header" or METHODS[method] or own else "from_elsewhere"
        assert (fault.code if fault else "") == expected, (method, who)


@pytest.mark.parametrize(
    ("path", "free"),
    [
        ("/healthz", True),
        ("/static/desk.css", True),
        ("/", False),
        ("/static", False),
        ("/healthz/", False),
        ("/api/x", False),
    ],
)
def test_what_needs_no_token(path: str, free: bool) -> None:
    """Health and the files every browser may have; nothing that only begins like them."""
    assert (judge(Asked("GET", path, "", {"host": "localhost"}), SETTINGS) is None) is free


def test_health_answers_to_any_name() -> None:
    """A machine that looks after containers asks by number."""
    assert judge(Asked("GET", "/healthz", "", {"host": "10.1.2.3"}), SETTINGS) is None


@pytest.mark.parametrize(
    ("method", "host", "query", "opens"),
    [
        ("GET", "localhost", f"token={TOKEN}".replace(" ", "+"), True),
        ("GET", "localhost", "a=1&token=wrong", False),
        ("GET", "localhost", "token=", None),
        ("GET", "localhost", "a=1", None),
        ("POST", "localhost", f"token={TOKEN}", None),
        ("GET", "evil.example", f"token={TOKEN}", None),
    ],
)
def test_who_enters(method: str, host: str, query: str, opens: bool | None) -> None:
    """Only a GET under a name of ours exchanges a token."""
    assert enters(Asked(method, "/", query, {"host": host}), SETTINGS) is opens


@pytest.mark.parametrize(
    ("path", "query", "address"),
    [
        ("/", "token=x", "/"),
        ("/d/camvid", "a=1&token=x&b=", "/d/camvid?a=1&b="),
        ("//evil.example/", "token=x", "/evil.example/"),
        ("/\\evil.example", "token=x", "/evil.example"),
    ],
)
def test_the_way_on_stays_here(path: str, query: str, address: str) -> None:
    """The token is gone from the address, and no path leads to another host."""
    assert Asked("GET", path, query).without_token() == address


@given(st.text(), st.text())
@settings(deadline=None)
def test_secrets_are_equal_only_when_they_are(one: str, other: str) -> None:
    """Whatever signs they hold; an empty secret equals nothing."""
    assert same(one, other) is (one == other and bool(other))
    assert same(one, one) is bool(one)


@given(st.text(max_size=40))
@settings(deadline=None)
def test_no_host_header_breaks_the_guard(host: str) -> None:
    """Any text is a name or none; never an exception."""
    assert isinstance(host_name(host), str)
