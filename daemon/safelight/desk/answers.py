"""The one shape of every error: `{"error": {"code", "message", "what_to_do", "where"}}`, or a page saying the same.

`code` is stable and for programs, `message` and `what_to_do` are for people in the request's language, `where` names
the part of the request that is meant. Programs get JSON; a browser that asks for a page gets a page.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from safelight.desk.errors import NoToken, status_of, what_to_do
from safelight.desk.language import COOKIE, wanted
from safelight.desk.templating import page
from safelight.model.errors import SafelightError

API = "/api/"


def language_of(request: Request) -> str:
    """The language this request is answered in."""
    chosen = request.query_params.get("lang") or request.cookies.get(COOKIE, "")
    return wanted(request.headers.get("accept-language", ""), chosen)


def refusal(
    request: Request, fault: SafelightError, where: str = "", headers: dict[str, str] | None = None
) -> Response:
    """The answer that tells `fault`; `where` is the path unless something nearer is known."""
    language, status = language_of(request), status_of(fault)
    told = {
        "code": fault.code,
        "message": _printed(fault.what(language), language),
        "what_to_do": _printed(what_to_do(fault, language), language),
        "where": where or fault.values.get("where") or f"{request.method} {request.url.path}",
    }
    more = {"Vary": "Accept-Language", "Content-Language": language, **(headers or {})}
    if isinstance(fault, NoToken):
        more["WWW-Authenticate"] = 'Bearer realm="safelight"'
    if fault.retry:
        more["Retry-After"] = "3" if status == 429 else "10"
    if wants_page(request):
        return page("fault.html", language, status, more, fault=told, locked=isinstance(fault, NoToken))
    return JSONResponse({"error": told}, status, {"Cache-Control": "no-store", **more})


def _printed(text: str, language: str) -> str:
    """French with the apostrophe of print; what stands in `backticks` is typed and stays as it is."""
    if language != "fr":
        return text
    return "`".join(part if at % 2 else part.replace("'", "’") for at, part in enumerate(text.split("`")))


def wants_page(request: Request) -> bool:
    """Whether a person looks: a browser's own request outside the interface for programs."""
    return not request.url.path.startswith(API) and "text/html" in request.headers.get("accept", "")
