"""A desk for tests: the application with a known token, and a client that looks like a browser or like a program."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from safelight.desk.build import build
from safelight.desk.settings import Settings

TOKEN = "a token of twenty-four signs"
SETTINGS = Settings(TOKEN, 8731, ("desk.example.org",))
HERE = "http://127.0.0.1:8731"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
COOKIE = {SETTINGS.cookie: SETTINGS.key}


def client(settings: Settings = SETTINGS, **more: Any) -> TestClient:
    """A client without token or cookie; faults of the application come as answers, redirects as they are."""
    return TestClient(build(settings, **more), base_url=HERE, raise_server_exceptions=False, follow_redirects=False)
