"""Which language an answer has."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.desk.language import wanted


@pytest.mark.parametrize(
    ("accept", "chosen", "language"),
    [
        ("", "", "en"),
        ("fr", "", "fr"),
        ("fr-CH, en;q=0.8", "", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "", "en"),
        ("de, fr;q=0.5, en;q=0.4", "", "fr"),
        ("en;q=0.2, FR;q=0.9", "", "fr"),
        ("fr;q=0", "", "en"),
        ("de", "", "en"),
        ("en", "fr", "fr"),
        ("fr", "en", "en"),
        ("fr", "xx", "fr"),
        ("fr;q=much", "", "en"),
    ],
)
def test_the_switch_comes_before_the_browser(accept: str, chosen: str, language: str) -> None:
    """What was chosen counts, else the best of ours by weight, else English."""
    assert wanted(accept, chosen) == language


@given(st.text(), st.text())
@settings(deadline=None)
def test_any_header_gives_a_language(accept: str, chosen: str) -> None:
    """Never an exception, always one of two."""
    assert wanted(accept, chosen) in {"en", "fr"}
