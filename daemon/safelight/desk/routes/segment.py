"""POST /api/segment: a picture goes in, its label map, an overlay and the areas of the classes come out; nothing is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response

from safelight.app import Made
from safelight.desk.errors import NotMultipart, TooSlow, Unacceptable, WrongValue
from safelight.desk.routes.common import JPEG, JSON, PNG, errors, inside, preferred, settings_of, studio_of, works
from safelight.desk.routes.shapes import Segmented

router = APIRouter(prefix="/api", tags=["segment"])
PARTS = {"labels": PNG, "overlay": JPEG, "preview": JPEG}
FIELD = "picture"

_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": [FIELD],
                "properties": {
                    FIELD: {"type": "string", "format": "binary", "description": "JPEG, PNG, TIFF, WebP or GIF"}
                },
            }
        }
    },
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "JSON, or the file itself where `answer` or the Accept header asks for it",
        "model": Segmented,
        "content": {PNG: {}, JPEG: {}},
    },
    **errors(400, 406, 408, 413, 415, 422, 429, 503),
}


@router.post("/segment", summary="Segment a picture", responses=_ANSWERS, openapi_extra={"requestBody": _BODY})
async def segment(
    request: Request,
    categories: Annotated[
        Literal["8"] | None, Query(description="8: void, flat, construction, object, nature, sky, human, vehicle")
    ] = None,
    answer: Annotated[
        Literal["json", "labels", "overlay"] | None, Query(description="comes before the Accept header")
    ] = None,
    parts: Annotated[str, Query(description="files inside the JSON: labels, overlay, preview")] = "labels,overlay",
) -> Response:
    """Label map (PNG with a palette), overlay and areas of the classes. Nothing of the picture is kept."""
    wanted = answer or _by_accept(request)
    views = _parts(parts) if wanted == "json" else (wanted,)
    async with works(request).passed(), _upload(request) as picture:
        studio = studio_of(request)
        made = await run_in_threadpool(
            studio.segment,
            picture,
            categories=categories is not None,
            views=[view for view in views if view != "labels"],
        )
    return _told(made, wanted, views)


def _by_accept(request: Request) -> str:
    kind = preferred(request.headers.get("accept", ""), (JSON, PNG, JPEG))
    if kind is None:
        raise Unacceptable(kinds=f"{JSON}, {PNG}, {JPEG}")
    return {JSON: "json", PNG: "labels", JPEG: "overlay"}[kind]


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(filter(None, (part.strip() for part in text.split(","))))
    for part in parts:
        if part not in PARTS:
            raise WrongValue(reason=f"parts: “{part}” is none of {', '.join(PARTS)}", where="query parts")
    return parts


def _told(made: Made, wanted: str, views: tuple[str, ...]) -> Response:
    if wanted != "json":
        return Response(made.files[wanted], media_type=PARTS[wanted], headers={"Cache-Control": "no-store"})
    told = Segmented.model_validate(
        {**made.facts, "seconds": made.seconds, **{part: inside(made.files[part], PARTS[part]) for part in views}}
    )
    return JSONResponse(told.model_dump(exclude_none=True), headers={"Cache-Control": "no-store"})


@asynccontextmanager
async def _upload(request: Request) -> AsyncIterator[IO[bytes]]:
    """The uploaded file while the block runs; its temporary file is gone afterwards.

    Raises NotMultipart, WrongValue where the field is missing, TooSlow, and what the bound on the body raises.
    """
    if not request.headers.get("content-type", "").casefold().startswith("multipart/form-data"):
        raise NotMultipart
    seconds = settings_of(request).seconds
    try:
        async with asyncio.timeout(seconds):
            form = await request.form(max_files=1, max_fields=8)
        picture = form.get(FIELD)
        if not isinstance(picture, UploadFile):
            raise WrongValue(reason=f"the form has no file “{FIELD}”", where=f"field {FIELD}")
        yield picture.file
    except TimeoutError:
        raise TooSlow(seconds=round(seconds)) from None
    finally:
        await request.close()
