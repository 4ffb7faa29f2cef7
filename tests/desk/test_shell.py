"""The shell around every route: headers, the exchange of the token, one shape for every error, bounds, the last door.

The shape: {"error": {"code": "no_token", "message": "…", "what_to_do": "…", "where": "GET /api/x"}}.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from desk_world import BEARER, COOKIE, HERE, TOKEN, client
from safelight.desk.build import handled
from safelight.desk.errors import ADVICE, STATUS, DeskError, status_of, what_to_do
from safelight.desk.settings import Settings
from safelight.desk.shell import Shell
from safelight.model.errors import NotAPicture, SafelightError, WorkerLost

PAGE = {"Accept": "text/html,application/xhtml+xml"}


@pytest.mark.parametrize("path", ["/healthz", "/", "/nothing", "/static/desk.css", "/api/openapi.json", "/boom"])
@pytest.mark.parametrize("headers", [{}, BEARER, {**BEARER, **PAGE}], ids=["locked", "program", "browser"])
def test_every_answer_has_the_security_headers(path: str, headers: dict[str, str]) -> None:
    """Good or bad, page or file: a strict policy without inline or eval, no sniffing, no frames, nothing for other sites."""
    answer = client().get(path, headers=headers)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in policy
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert "server" not in answer.headers


def test_health_tells_no_more_than_that() -> None:
    """No token needed, nothing told."""
    answer = client().get("/healthz")
    assert answer.status_code == 200
    assert set(answer.json()) == {"ok", "version"}


def test_the_printed_address_opens_the_desk() -> None:
    """Once: the token goes, a cookie that scripts cannot read and other sites cannot send comes, the page opens."""
    browser = client()
    answer = browser.get("/", params={"token": TOKEN, "lang": "fr"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/?lang=fr")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.casefold()
    assert TOKEN not in cookie
    assert "Secure" not in cookie
    assert browser.get("/").status_code == 200
    assert "Secure" in client(Settings(TOKEN, secure=True)).get("/", params={"token": TOKEN}).headers["set-cookie"]


def test_a_link_followed_from_another_site_opens_it_too() -> None:
    """A strict cookie is not sent on a way that began elsewhere: a page of ours goes on by itself, once."""
    browser = client()
    there = {**PAGE, "Sec-Fetch-Site": "cross-site"}
    answer = browser.get("/", params={"token": TOKEN}, headers=there)
    assert answer.status_code == 200
    assert 'http-equiv="refresh" content="0; url=/"' in answer.text
    assert TOKEN not in answer.text
    assert "set-cookie" in answer.headers
    assert 'data-address="/?lang=fr"' in client().get("/?lang=fr", headers=there).text
    assert client().get("/", headers={**PAGE, "Sec-Fetch-Site": "same-origin"}).status_code == 401


def test_an_old_address_opens_nothing_but_does_not_lock_out() -> None:
    """A wrong token is told as such; with a cookie that is right it is dropped."""
    assert client().get("/?token=old").json()["error"]["code"] == "wrong_token"
    browser = client()
    browser.cookies.update(COOKIE)
    answer = browser.get("/?token=old")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


# factors: what is asked x what is shown: the whole table of early answers
@pytest.mark.parametrize(
    ("method", "path", "shown", "status", "code"),
    [
        ("GET", "/api/nothing", {}, 401, "no_token"),
        ("GET", "/api/nothing", {"Authorization": "Bearer x"}, 401, "wrong_token"),
        ("GET", "/api/nothing", BEARER, 404, "not_found"),
        ("GET", "/nothing", BEARER, 404, "not_found"),
        ("GET", "/static/nothing", {}, 404, "not_found"),
        ("GET", "/static/../../settings.py", {}, 401, "no_token"),
        ("GET", "/static/%2e%2e/settings.py", {}, 404, "not_found"),
        ("POST", "/", BEARER, 405, "wrong_method"),
        ("DELETE", "/healthz", {}, 405, "wrong_method"),
        ("OPTIONS", "/", BEARER, 405, "wrong_method"),
        ("GET", "/", {**BEARER, "Host": "evil.example"}, 421, "wrong_host"),
        ("POST", "/", {**BEARER, "Content-Length": str(65 << 20)}, 413, "body_too_large"),
    ],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_one_shape_for_every_refusal(
    method: str, path: str, shown: dict[str, str], status: int, code: str, language: str
) -> None:
    """Status, code and four fields, in the language asked for."""
    answer = client().request(method, path, headers={**shown, "Accept-Language": language})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    (error,) = answer.json().values()
    assert set(error) == {"code", "message", "what_to_do", "where"}
    assert error["code"] == code
    assert all(error.values())
    assert answer.headers["content-language"] == language
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
    if status == 405:
        assert answer.headers["allow"]


def test_people_get_the_same_as_a_page() -> None:
    """A browser that asks for a page sees sentences, escaped; the interface for programs answers JSON even then."""
    answer = client().get("/<script>alert(1)</script>", headers={**BEARER, **PAGE, "Accept-Language": "fr"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "<script" not in answer.text
    assert "Il n’y a rien à l’adresse" in answer.text
    assert client().get("/api/nothing", headers={**BEARER, **PAGE}).headers["content-type"] == "application/json"


@pytest.fixture
def broken() -> Iterator[TestClient]:
    """A desk with routes that go wrong in every way."""
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False})

    @app.get("/boom")
    def boom() -> None:
        raise ZeroDivisionError("a secret of the house")

    @app.get("/lost")
    def lost() -> None:
        raise WorkerLost(reason="killed")

    @app.post("/read")
    async def read(request: Request) -> int:
        return len(await request.body())

    @app.get("/number")
    def number(of: int) -> int:
        return of

    handled(app)
    settings = Settings(TOKEN, body=1000)
    with TestClient(Shell(app, settings), HERE, raise_server_exceptions=False) as made:
        made.headers.update(BEARER)
        yield made


def test_an_unforeseen_fault_is_a_sentence(broken: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing of it is shown but a reference; the log has that and the traceback."""
    caplog.set_level(logging.INFO, "safelight.desk")
    answer = broken.get("/boom")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (500, "unforeseen")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    (record,) = [record for record in caplog.records if record.exc_info]
    assert record.getMessage().split("reference ")[1][:8] in error["what_to_do"]
    assert broken.get("/number?of=3").json() == 3


def test_what_may_pass_by_itself_says_when_to_try_again(broken: TestClient) -> None:
    """A lost child is 503 with Retry-After."""
    answer = broken.get("/lost")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "worker_lost")
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("sizes", [[1001], [500, 501], [1] * 1001], ids=["one", "two", "drops"])
def test_a_body_without_length_is_bounded_as_it_comes(broken: TestClient, sizes: list[int]) -> None:
    """Nobody has to say how much is coming; more than may come is refused when it does."""
    answer = broken.post("/read", content=(b"x" * size for size in sizes))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")
    assert broken.post("/read", content=(b"x" * size for size in [500, 500])).json() == 1000


def test_wrong_values_are_named(broken: TestClient) -> None:
    """`where` is the value's own name."""
    answer = broken.get("/number?of=many")
    assert answer.status_code == 422
    assert answer.json()["error"]["where"] == "query of"


def test_no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The log has paths, never what stands behind the question mark."""
    caplog.set_level(logging.DEBUG)
    client().get("/", params={"token": TOKEN})
    ours = [record.getMessage() for record in caplog.records if record.name == "safelight.desk"]
    assert ours
    assert not [line for line in ours if TOKEN in line or "token=" in line]


def everyone(kind: type[SafelightError] = SafelightError) -> list[type[SafelightError]]:
    """All classes of the tree."""
    return [kind, *(found for below in kind.__subclasses__() for found in everyone(below))]


@pytest.mark.parametrize("kind", everyone(), ids=lambda kind: kind.code)
def test_every_error_of_the_tree_has_a_status(kind: type[SafelightError]) -> None:
    """Of the request (4xx) or ours (5xx); never a word about an inbox to somebody at a page."""
    fault = kind()
    assert 400 <= status_of(fault) < 600
    if issubclass(kind, tuple(ADVICE)):
        assert "inbox" not in what_to_do(fault, "en") + what_to_do(fault, "fr")
    if kind in STATUS or issubclass(kind, DeskError):
        assert status_of(fault) != 500 or kind.code == "stage"


def test_the_nearest_class_counts() -> None:
    """A class below another has its own status."""
    assert (status_of(NotAPicture()), status_of(WorkerLost()), status_of(SafelightError())) == (415, 503, 500)


def test_a_websocket_is_closed() -> None:
    """There are none; an attempt ends at once, unanswered."""
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), client().websocket_connect("/"):
        pass
