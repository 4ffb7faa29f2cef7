"""Fixtures of all tests: the trial data (`shared`) with its rule that CI never skips, and a quiet, fixed world."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def shared_folder() -> Path:
    """Where the trial data is: SAFELIGHT_SHARED, else `../shared` beside the repository."""
    return Path(os.environ.get("SAFELIGHT_SHARED") or Path(__file__).parents[2] / "shared")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The trial data; a test that needs it skips with a reason without it, and fails where CI is set."""
    folder = shared_folder()
    if not (folder / "photos").is_dir():
        reason = f"the trial data is not at {folder}; set SAFELIGHT_SHARED to where it is"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder
