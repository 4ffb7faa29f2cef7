"""Labelled pictures of the datasets the desk was started with: lists, pictures, true masks, predictions with their IoU."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from safelight.desk.errors import Unacceptable
from safelight.desk.routes.common import JPEG, JSON, PNG, errors, inside, preferred, studio_of, works
from safelight.desk.routes.shapes import Datasets, Images, Mask, Prediction

router = APIRouter(prefix="/api/datasets", tags=["datasets"])

Name = Annotated[str, Path(description="a name of /api/datasets")]
Sample = Annotated[str, Path(description="the id of a picture")]
Split = Annotated[str, Query(description="the part of the data (train, val, test …); empty: wherever the picture is")]
Categories = Annotated[
    Literal["8"] | None, Query(description="8: void, flat, construction, object, nature, sky, human, vehicle")
]
_KEPT = {"Cache-Control": "private, max-age=300", "Vary": "Accept, Accept-Language, Authorization, Cookie"}
_EITHER: dict[int | str, dict[str, Any]] = {
    200: {"content": {PNG: {}}, "description": "PNG, or JSON by the Accept header"}
}


@router.get("", summary="The datasets", responses=errors(), response_model=Datasets)
def datasets(request: Request) -> Any:
    """What the desk was started with (`--data NAME=FOLDER`)."""
    places = studio_of(request).places
    return {
        "datasets": [
            {"name": at.name, "format": at.format, "images": f"/api/datasets/{at.name}/images"} for at in places
        ]
    }


@router.get("/{name}/images", summary="Pictures of a dataset", responses=errors(404, 422, 503), response_model=Images)
def images(
    request: Request,
    name: Name,
    split: Annotated[str, Query(description="the part of the data; empty: test, or the first there is")] = "",
    offset: Annotated[int, Query(ge=0, le=10**9, description="how many to leave out first")] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="how many at most")] = 60,
    contains: Annotated[str, Query(max_length=200, description="only ids with this in them, large or small")] = "",
) -> Any:
    """A page of ids with their addresses, in the data's own order."""
    facts = studio_of(request).images(name, split).facts
    sought, part = contains.casefold(), facts["split"]
    ids = [sample for sample in facts["ids"] if sought in sample.casefold()]
    after = offset + limit
    following = urlencode(
        {"split": part, "offset": after, "limit": limit, **({"contains": contains} if contains else {})}
    )
    return {
        **{key: facts[key] for key in ("title", "split", "splits", "classes", "comparable")},
        "dataset": name,
        "total": len(ids),
        "offset": offset,
        "limit": limit,
        "next": f"/api/datasets/{name}/images?{following}" if after < len(ids) else None,
        "images": [_row(name, part, sample) for sample in ids[offset:after]],
    }


def _row(name: str, split: str, sample: str) -> dict[str, str]:
    base, part = f"/api/datasets/{name}/images/{quote(sample, safe='')}", urlencode({"split": split})
    return {
        "id": sample,
        "image": f"{base}?{part}",
        "mask": f"{base}/mask?{part}",
        "prediction": f"{base}/prediction?{part}",
    }


@router.get(
    "/{name}/images/{sample}",
    summary="A picture",
    responses={200: {"content": {JPEG: {}}}, **errors(404, 422, 503)},
    response_class=Response,
)
def image(
    request: Request,
    name: Name,
    sample: Sample,
    split: Split = "",
    size: Annotated[int, Query(ge=0, le=8192, description="longest side in pixels; 0: as it is")] = 0,
) -> Response:
    """The picture as JPEG, upright, without metadata."""
    made = studio_of(request).image(name, split, sample, size)
    return Response(made.files["image"], media_type=JPEG, headers=_KEPT)


@router.get(
    "/{name}/images/{sample}/mask",
    summary="Its true mask",
    responses={200: {**_EITHER[200], "model": Mask}, **errors(404, 406, 422, 503)},
)
def mask(request: Request, name: Name, sample: Sample, split: Split = "", categories: Categories = None) -> Response:
    """What people labelled: PNG with a palette, a value a class (255: unlabelled); JSON has the areas as well."""
    kind = _kind(request)
    made = studio_of(request).mask(name, split, sample, categories=categories is not None)
    if kind == PNG:
        return Response(made.files["labels"], media_type=PNG, headers=_KEPT)
    told = Mask.model_validate({**made.facts, "labels": inside(made.files["labels"], PNG)})
    return JSONResponse(told.model_dump(), headers=_KEPT)


@router.get(
    "/{name}/images/{sample}/prediction",
    summary="What the network says of it",
    responses={200: {**_EITHER[200], "model": Prediction}, **errors(404, 406, 422, 429, 503)},
)
async def prediction(
    request: Request, name: Name, sample: Sample, split: Split = "", categories: Categories = None
) -> Response:
    """The predicted label map; JSON also says how it agrees with the true mask, class by class."""
    kind = _kind(request)
    async with works(request).passed():
        made = await run_in_threadpool(
            studio_of(request).prediction, name, split, sample, categories=categories is not None
        )
    if kind == PNG:
        return Response(made.files["labels"], media_type=PNG, headers=_KEPT)
    told = Prediction.model_validate(
        {**made.facts, "seconds": made.seconds, "labels": inside(made.files["labels"], PNG)}
    )
    return JSONResponse(told.model_dump(), headers=_KEPT)


def _kind(request: Request) -> str:
    kind = preferred(request.headers.get("accept", ""), (PNG, JSON))
    if kind is None:
        raise Unacceptable(kinds=f"{PNG}, {JSON}")
    return kind
