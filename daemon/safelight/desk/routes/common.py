"""What routes share: the studio and the gates behind a request, what a program wants to get, and error rows for OpenAPI."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from safelight.app import Studio
from safelight.desk.gate import Gate
from safelight.desk.routes.shapes import ErrorAnswer
from safelight.desk.settings import Settings

PNG, JPEG, JSON = "image/png", "image/jpeg", "application/json"


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route for OpenAPI; what the shell answers by itself is always among them."""
    return {status: {"model": ErrorAnswer} for status in sorted({401, 421, *statuses})}


def studio_of(request: Request) -> Studio:
    """The one studio."""
    studio: Studio = request.app.state.studio
    return studio


def settings_of(request: Request) -> Settings:
    """What the desk was started with."""
    settings: Settings = request.app.state.settings
    return settings


def works(request: Request) -> Gate:
    """The gate before what takes a second or more."""
    gate: Gate = request.app.state.works
    return gate


def inside(data: bytes, kind: str) -> dict[str, str]:
    """A file inside JSON."""
    return {"type": kind, "base64": base64.b64encode(data).decode()}


def preferred(accept: str, offered: Sequence[str]) -> str | None:
    """Which of the kinds `offered` (the usual one first) the Accept header likes best, or None. Pure.

    Of all that fits a kind the nearest name counts; of equal weights the kind named itself, then the usual one.
    """
    if not accept.strip():
        return offered[0]
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        kind, *rest = (piece.strip().casefold() for piece in part.split(";"))
        ranges[kind] = _weight(rest)

    def liked(offer: str) -> tuple[float, int]:
        names = (offer, f"{offer.split('/', maxsplit=1)[0]}/*", "*/*")
        near = next((index for index, name in enumerate(names) if name in ranges), None)
        return (0.0, -9) if near is None else (ranges[names[near]], -near)

    best = max(offered, key=liked)
    return best if liked(best)[0] else None


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return max(0.0, min(1.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
