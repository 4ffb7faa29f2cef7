"""The small detectors as a fetch from the trial data brings them, and a world without any."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import models_world as world
from safelight.stages.models import places
from safelight.stages.models.places import Places


@pytest.fixture(scope="session")
def small(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Both detectors, fetched once. Skips with a reason without the trial data."""
    return world.fetch_small(shared / "weights", tmp_path_factory.mktemp("models"))


@pytest.fixture
def detectors(small: Places) -> Iterator[Places]:
    """Both detectors are on this machine."""
    places.use(small)
    yield small
    places.use(None)


@pytest.fixture
def nothing_fetched(tmp_path: Path) -> Iterator[None]:
    """No model is on this machine."""
    places.use(Places(tmp_path / "nothing"))
    yield
    places.use(None)
