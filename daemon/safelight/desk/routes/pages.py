"""The desk's pages: one that shows datasets and takes pictures, and one that tells programs how to ask."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from safelight.desk.answers import language_of
from safelight.desk.language import COOKIE, LANGUAGES
from safelight.desk.routes.common import settings_of, studio_of
from safelight.desk.templating import page
from safelight.desk.words import for_scripts
from safelight.model.kinds import FRENCH

router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=["GET", "HEAD"])
def start(request: Request) -> Response:
    """Pictures of datasets with true and predicted masks; a picture of one's own."""
    language = language_of(request)
    told = {
        "words": for_scripts(language),
        "classes": FRENCH if language == "fr" else {},
        "datasets": [place.name for place in studio_of(request).places],
        "comparable": studio_of(request).comparable(),
        "megabytes": settings_of(request).body >> 20,
    }
    answer = _chosen(request, page("start.html", language, told=told))
    answer.background = BackgroundTask(studio_of(request).warm)  # whoever opened the page will soon ask the network
    return answer


@router.api_route("/api", methods=["GET", "HEAD"])
def interface(request: Request) -> Response:
    """What /api/openapi.json says, for people."""
    language = language_of(request)
    described: dict[str, Any] = request.app.openapi()
    routes = [
        {"method": method.upper(), "path": path, **route}
        for path, methods in described["paths"].items()
        for method, route in methods.items()
    ]
    return _chosen(request, page("api.html", language, routes=routes, base=str(request.base_url).rstrip("/")))


def _chosen(request: Request, answer: Response) -> Response:
    """Remember the language where the page's switch was used."""
    wanted = request.query_params.get("lang", "")
    if wanted in LANGUAGES:
        secure = settings_of(request).secure
        answer.set_cookie(COOKIE, wanted, max_age=400 * 86400, samesite="strict", secure=secure)
    return answer
