"""What bytes must be and what answers mean: decision tables."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import models_world as world
from safelight.stages.models.entries import File, Hub
from safelight.stages.models.seals import Digests, Next, Seal, meaning, seal, tag

HUB = Hub("of/two", world.REVISION)
LARGE, SMALL = "b" * 64, "c" * 40


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        (
            {"x-linked-etag": f'"{LARGE}"', "etag": f'"{SMALL}"', "x-linked-size": "12", "content-length": "3"},
            Seal(12, LARGE),
        ),
        ({"etag": f'W/"{SMALL}"', "content-length": "9"}, Seal(9, git=SMALL)),
        ({"etag": f'"{SMALL}"', "x-repo-commit": world.REVISION}, Seal(0, git=SMALL)),
        ({"etag": f'"{SMALL}"', "x-repo-commit": "d" * 40}, Seal()),
        ({"etag": '"some-proxy"'}, Seal()),
        ({}, Seal()),
    ],
)
def test_a_hub_says_what_its_file_is(headers: dict[str, str], wanted: Seal) -> None:
    """Large files by SHA-256, small ones by git's id; another commit or no digest is not trusted."""
    assert seal(File("a"), HUB, headers) == wanted
    assert wanted.pinned == bool(wanted.sha256 or wanted.git)


def test_a_known_digest_is_not_overruled() -> None:
    """What the registry says counts, whatever the server says; without a hub nobody else may say it."""
    assert seal(File("a", 5, LARGE), HUB, {"x-linked-etag": "d" * 64}) == Seal(5, LARGE)
    assert not seal(File("a"), None, {"etag": SMALL}).pinned


@pytest.mark.parametrize(
    ("status", "span", "have", "wanted"),
    [
        (206, "bytes 5-9/10", 5, "append"),
        (206, "bytes 0-9/10", 5, "refused"),
        (206, "", 5, "refused"),
        (200, "", 5, "restart"),
        (200, "", 0, "restart"),
        (416, "", 10, "whole"),
        (416, "", 0, "refused"),
        (404, "", 0, "refused"),
        (503, "", 4, "refused"),
    ],
)
def test_meaning_of_an_answer(status: int, span: str, have: int, wanted: Next) -> None:
    """Only bytes that follow what is there are appended; a server that knows no ranges starts again."""
    assert meaning(status, {"content-range": span}, have) == wanted


@settings(deadline=None, max_examples=50)
@given(st.lists(st.binary(max_size=40), max_size=6))
def test_digests_do_not_depend_on_the_pieces(pieces: list[bytes]) -> None:
    """Bytes that come in any pieces have the digests of the whole, and fit those only."""
    digests, whole = Digests(), b"".join(pieces)
    for piece in pieces:
        digests.add(piece)
    assert (digests.sha256, digests.git) == (world.sha256(whole), world.git_id(whole))
    assert digests.fit(Seal(len(whole), world.sha256(whole)))
    assert digests.fit(Seal(0, git=world.git_id(whole)))
    assert not digests.fit(Seal(len(whole) + 1, world.sha256(whole)))
    assert not digests.fit(Seal(0, world.sha256(whole + b"x")))
    assert not digests.fit(Seal())


def test_tags() -> None:
    """Quotes and the mark of weakness are not part of a tag."""
    assert tag('W/"AB"') == tag('"ab"') == tag("ab ") == "ab"
