"""Words of `status`: one is told as one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from safelight.app.looking import Overview
from safelight.app.tell import COUNTS, status_lines


@pytest.mark.parametrize(
    ("language", "count", "told"),
    [
        pytest.param("en", 1, "one picture could be better", id="one"),
        pytest.param("en", 3, "3 pictures could be better", id="several"),
        pytest.param("fr", 1, "une image pourrait être meilleure", id="une"),
        pytest.param("fr", 3, "3 images pourraient être meilleures", id="plusieurs"),
    ],
)
def test_what_could_be_better_is_counted_in_words(language: str, count: int, told: str) -> None:
    """Singular and plural, in both languages."""
    look = SimpleNamespace(
        recipe=SimpleNamespace(event=SimpleNamespace(language=language)),
        tally=SimpleNamespace(to_json=lambda: dict.fromkeys(COUNTS, 0)),
        holder=None,
        promise=None,
        corrections=0,
        held=(),
        better={"look": count},
        world=SimpleNamespace(state=SimpleNamespace(book=None)),
    )
    assert any(row.startswith(told) for row in status_lines(cast("Overview", look)))
