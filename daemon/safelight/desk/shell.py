"""Around the whole application: security headers on every answer, the guard, a bound on what a body may hold, the exchange
of the token for a cookie, and the last door, where an unforeseen fault becomes a sentence and its traceback goes to the log.
"""

from __future__ import annotations

import logging
import secrets
import time
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from safelight.desk.answers import language_of, refusal, wants_page
from safelight.desk.errors import BodyTooLarge, NoToken, Unforeseen, WrongToken
from safelight.desk.guard import Asked, enters, judge
from safelight.desk.settings import Settings
from safelight.desk.templating import page

log = logging.getLogger("safelight.desk")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""On every answer. No header of CORS is ever sent: pages of other sites read nothing here."""


class Shell:
    """The application as the server sees it."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; other kinds of connection are closed, start and end are passed on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, door, started = Request(scope), _Door(send), time.monotonic()
        try:
            early = self._early(request)
            answer: ASGIApp = self._app if early is None else early
            await answer(scope, _Bounded(receive, self._settings.body), door)
        except ClientDisconnect:
            log.info("%s %s: went away", request.method, request.url.path)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("unforeseen fault, reference %s: %s %s", reference, request.method, request.url.path)
            if door.status == 0:
                await refusal(request, Unforeseen(reference=reference))(scope, receive, door)
        finally:
            # the path only: what stands behind the question mark may be a token
            log.info(
                "%s %s %s %d ms", request.method, request.url.path, door.status, (time.monotonic() - started) * 1000
            )

    def _early(self, request: Request) -> Response | None:
        """What is answered before the application is asked: refusals, and the exchange of a token."""
        settings = self._settings
        headers = dict(request.headers)
        asked = Asked(request.method, request.url.path, request.url.query, headers, request.cookies)
        fault = judge(asked, settings)
        opens = enters(asked, settings)
        if opens or (opens is False and fault is None):
            return self._entered(request, asked.without_token(), with_cookie=bool(opens))
        if opens is False:
            fault = WrongToken()
        if isinstance(fault, NoToken) and _from_another_site(request):
            return page("bounce.html", language_of(request), address=asked.without_token())
        if fault is None:
            length = headers.get("content-length", "")
            if length.isdecimal() and int(length) > settings.body:
                fault = BodyTooLarge(limit=settings.body >> 20)
        return None if fault is None else refusal(request, fault, "header Host" if fault.code == "wrong_host" else "")

    def _entered(self, request: Request, address: str, *, with_cookie: bool) -> Response:
        """To the same address without the token, with the cookie."""
        answer: Response
        if _from_another_site(request):
            answer = page("bounce.html", language_of(request), address=address)
        else:
            answer = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
        if with_cookie:
            settings = self._settings
            answer.set_cookie(settings.cookie, settings.key, httponly=True, samesite="strict", secure=settings.secure)
        return answer


def _from_another_site(request: Request) -> bool:
    """A link on another site, in a chat for instance, was followed: the browser then keeps our strict cookie back.

    A page of our own that goes on by itself is no other site's any more; it can happen once only, since its request comes
    from here.
    """
    return wants_page(request) and request.headers.get("sec-fetch-site") == "cross-site"


class _Door:
    """`send` with the security headers added; remembers what status went out (0: none yet)."""

    def __init__(self, send: Send) -> None:
        self._send, self.status = send, 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            given: list[tuple[bytes, bytes]] = list(message.get("headers", []))
            have = {name.lower() for name, _ in given}
            more: list[Any] = [(k.lower().encode(), v.encode()) for k, v in HEADERS.items()]
            message = {**message, "headers": [*given, *(pair for pair in more if pair[0] not in have)]}
        await self._send(message)


class _Bounded:
    """`receive` that raises BodyTooLarge once more came than may, whatever the request said about its length."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._limit, self._came = receive, limit, 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._came += len(message.get("body", b""))
        if self._came > self._limit:
            raise BodyTooLarge(limit=self._limit >> 20)
        return message
