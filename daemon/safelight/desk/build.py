"""The application put together: routes, and handlers that turn every refusal of the framework into the one shape."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from safelight import __version__
from safelight.app import Studio
from safelight.desk import errors
from safelight.desk.answers import refusal
from safelight.desk.gate import Gate
from safelight.desk.guard import HEALTH
from safelight.desk.routes import datasets, pages, segment
from safelight.desk.settings import Settings
from safelight.desk.shell import Shell
from safelight.desk.templating import HERE
from safelight.model.errors import SafelightError


def build(settings: Settings, studio: Studio) -> ASGIApp:
    """The whole desk as one ASGI application; the studio is opened and closed by whoever calls."""
    app = FastAPI(
        title="Safelight desk",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,  # they load scripts from elsewhere; ours is a page of its own
        redoc_url=None,
        redirect_slashes=False,
        # nothing is reported anywhere, whatever the environment of the process says
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.settings, app.state.studio, app.state.works = settings, studio, Gate(settings.at_once)
    handled(app)
    app.add_api_route(HEALTH, _health, methods=["GET", "HEAD"], include_in_schema=False)
    app.include_router(pages.router)
    app.include_router(segment.router)
    app.include_router(datasets.router)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    return Shell(app, settings)


def handled(app: FastAPI) -> None:
    """Have every refusal of the application and of the framework told in the one shape."""
    app.add_exception_handler(SafelightError, _told)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _wrong_values)
    app.add_exception_handler(Exception, _unforeseen)


def _health() -> dict[str, object]:
    """Whether the desk answers; says nothing else, for it needs no token."""
    return {"ok": True, "version": __version__}


async def _told(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, SafelightError)
    return refusal(request, fault)


async def _unforeseen(request: Request, fault: Exception) -> Response:
    """The framework would answer by itself: let it rise to the last door in the shell."""
    del request
    raise fault


async def _refused(request: Request, fault: Exception) -> Response:
    """What the framework refuses by itself: unknown paths and methods, bodies that make no sense."""
    assert isinstance(fault, HTTPException)
    path = request.url.path
    if fault.status_code == 404:
        return refusal(request, errors.NoSuchPage(path=path))
    if fault.status_code == 405:
        allowed = (fault.headers or {}).get("Allow", "GET")
        return refusal(
            request, errors.WrongMethod(path=path, method=request.method, allowed=allowed), headers={"Allow": allowed}
        )
    return refusal(request, errors.BadRequest(reason=str(fault.detail)))


async def _wrong_values(request: Request, fault: Exception) -> Response:
    """The first wrong value, named as the request names it."""
    assert isinstance(fault, RequestValidationError)
    first = fault.errors()[0]
    kind, *names = (str(part) for part in first["loc"])
    where = f"{kind} {'.'.join(names)}"
    return refusal(request, errors.WrongValue(reason=first["msg"]), where)
