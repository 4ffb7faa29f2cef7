"""One real studio for the tests of the interface: a child process that decodes and runs the network."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from desk_world import BEARER, SETTINGS, camvid, client, studio_of
from safelight.app import Place, Studio


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """With a tiny dataset `street`, and `empty`, a folder that holds none."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "nothing").mkdir()
    places = (Place("street", camvid(folder / "street")), Place("empty", folder / "nothing"))
    with studio_of(folder, *places) as made:
        yield made


@pytest.fixture
def program(studio: Studio) -> TestClient:
    """A program that knows the token."""
    made = client(SETTINGS, studio)
    made.headers.update(BEARER)
    return made
