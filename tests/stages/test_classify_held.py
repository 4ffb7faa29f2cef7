"""Answers in a head's file: read from its figures, none where there are none, never a fault."""

from __future__ import annotations

import hashlib
import json

import pytest

from safelight.model.promise import Answer
from safelight.stages.classify import held


@pytest.mark.parametrize(
    ("data", "answers"),
    [
        (json.dumps({"figures": {"answers": [[0.8, 1], [0.5, 0]]}}).encode(), (Answer(0.8, True), Answer(0.5, False))),
        (json.dumps({"figures": {"n": 3}}).encode(), ()),
        (json.dumps({"figures": None}).encode(), ()),
        (json.dumps({"figures": {"answers": [[8, 1]]}}).encode(), ()),
        (json.dumps({"figures": {"answers": [[0.8]]}}).encode(), ()),
        (json.dumps([1]).encode(), ()),
        (b"\xff{", ()),
    ],
)
def test_what_a_file_bears(data: bytes, answers: tuple[Answer, ...]) -> None:
    """Rows of probability and right or wrong; anything else is nothing to promise with."""
    assert held.held(data) == answers


def test_shipped_heads_are_known_by_their_fingerprint() -> None:
    """Every head in the package, by the digest that its records bear."""
    files = list(held.FOLDER.glob("*_head.json"))
    assert files
    assert held.shipped().keys() == {hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
