"""The answers that trained heads gave about photos they had not learnt from, by the head's fingerprint.

They stand in the head's own file, under its digest, among the figures that training measured: a probability and right or
wrong of each, no picture and no name. A head without them, or a file that is none, has no answers: nothing is promised.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from safelight.model.promise import Answer, answers_of

FOLDER = Path(__file__).parent


@cache
def shipped() -> dict[str, tuple[Answer, ...]]:
    """Those of the heads that come with the package."""
    return {hashlib.sha256(data).hexdigest(): held(data) for data in map(Path.read_bytes, FOLDER.glob("*_head.json"))}


def held(data: bytes) -> tuple[Answer, ...]:
    """Those in a head's file; none where it bears none or is damaged (its digest is checked by who judges with it)."""
    try:
        return answers_of(json.loads(data)["figures"]["answers"])
    except (ValueError, KeyError, TypeError):
        return ()
