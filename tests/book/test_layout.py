"""Geometry as properties: whatever the shapes, boxes and scores, pages stay printable and in rhythm."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import book_samples as samples
from safelight.book.album import Album
from safelight.book.choose import Placed
from safelight.book.crop import MAX_CUT, crop_to, subject
from safelight.book.layout import (
    BLEED,
    BLEEDING,
    DENSITY,
    LIVE_W,
    PAGE_H,
    PAGE_W,
    TOP,
    Option,
    Sheet,
    block_top,
    columns,
    left_edge,
)
from safelight.book.paper import PAPERS
from safelight.book.rhythm import _append, _Way, pages
from safelight.model.signals import Box

ALBUM = Album(PAPERS["a4 landscape"])
ONE = samples.ONE


@settings(deadline=None, max_examples=60)
@given(samples.placed(), st.booleans())
def test_every_page_is_printable(items: list[Placed], finish: bool) -> None:
    """Promise: each picture once and in order, inside page or bleed, no overlap, subjects whole, rhythm kept."""
    sheets = pages(items, ALBUM, finish=finish)
    assert len(sheets) % 2 == 1, "the next opener is a verso again"
    assert [frame.number for sheet in sheets for frame in sheet.frames] == list(range(len(items)))
    for at, sheet in enumerate(sheets):
        x0 = 0.0 if sheet.kind in BLEEDING else left_edge("verso" if at % 2 else "recto")
        rects = [replace(frame.rect, x=frame.rect.x + x0) for frame in sheet.frames]
        for rect in rects:
            if sheet.kind in BLEEDING:
                assert rect.x == rect.y == -BLEED
                assert rect.right == PAGE_W + BLEED
                assert rect.bottom <= PAGE_H + BLEED
            else:
                assert x0 - 1e-6 <= rect.x and rect.right <= x0 + LIVE_W + 1e-6
                assert rect.y >= TOP and rect.bottom + 7.5 <= 190 + 1e-6, "with its caption above the folio"
        for index, one in enumerate(rects):
            for other in rects[index + 1 :]:
                assert one.right <= other.x + 1e-6 or one.bottom <= other.y + 1e-6 or other.bottom <= one.y + 1e-6
        for frame in sheet.frames:
            keep, crop = subject(items[frame.number].picture), frame.crop
            assert 0 <= crop.left < crop.right <= 1 and 0 <= crop.top < crop.bottom <= 1
            picture = items[frame.number].picture
            shown = picture.width * (crop.right - crop.left) / (picture.height * (crop.bottom - crop.top))
            assert shown == pytest.approx(frame.rect.w / frame.rect.h, rel=1e-6), "never stretched"
            if keep:
                assert crop.left <= keep.left + 1e-6 and crop.right >= keep.right - 1e-6
                assert crop.top <= keep.top + 1e-6 and crop.bottom >= keep.bottom - 1e-6
    densities = [DENSITY[sheet.kind] for sheet in sheets]
    assert not any(all(d >= 3 for d in densities[i : i + 3]) for i in range(len(densities) - 2))
    assert all(1 in densities[i : i + 6] for i in range(len(densities) - 5))
    for verso, recto in pairwise(range(1, len(sheets))):
        if verso % 2:
            assert (sheets[verso].kind, sheets[recto].kind).count("bleed") == 0 or not (
                sheets[verso].kind in BLEEDING and sheets[recto].kind in BLEEDING
            ), "a bleed's caption needs the facing page"


@settings(deadline=None, max_examples=20)
@given(samples.placed(8))
def test_pages_depend_on_nothing_else(items: list[Placed]) -> None:
    """Promise: the same pictures give the same pages."""
    assert pages(items, ALBUM) == pages(list(items), ALBUM)


@pytest.mark.parametrize(("count", "wide"), [(4, 84), (5, 106), (6, 128), (7, 150), (8, 172), (12, 260)])
def test_columns_are_those_of_the_grid(count: int, wide: float) -> None:
    """Promise: W4 84, W5 106, … as the design says."""
    assert columns(count) == wide


@pytest.mark.parametrize(("height", "y"), [(80 + 7.5, 50), (105 + 7.5, 40), (104 + 11.25, 35), (130 + 7.5, 30)])
def test_blocks_stand_where_the_design_puts_them(height: float, y: float) -> None:
    """Promise: pair at 50, triptych at 40, rows at 35, detail at 30."""
    assert block_top(height) == y


def test_crop_keeps_the_subject_or_refuses() -> None:
    """Promise: a car at the edge is never cut; without a known subject at most 8 % of a side goes."""
    wide = replace(ONE, width=1600, height=900, boxes=(Box("car", 0.0, 0.2, 0.3, 0.9),))
    crop = crop_to(wide, 1.5, 0.25)
    assert crop and crop.left == 0.0 and crop.right == pytest.approx(1.5 / (16 / 9))
    assert crop_to(replace(wide, boxes=(Box("car", 0.0, 0.2, 0.95, 0.9),)), 1.5, 0.25) is None
    assert crop_to(replace(wide, boxes=()), 1.5, 0.25) is None
    assert crop_to(replace(wide, boxes=(Box("advertising", 0.0, 0.0, 1.0, 1.0),)), 16 / 9 * (1 - MAX_CUT), 0.25)


@pytest.mark.parametrize(
    ("way", "kind", "allowed"),
    [
        ({"heavy": 2}, "rows", False), ({"heavy": 2}, "triptych", False), ({"heavy": 2}, "pair", True),
        ({"heavy": 1}, "rows", True), ({"light_ago": 5}, "pair", False), ({"light_ago": 5}, "single", True),
        ({"light_ago": 4}, "pair", True), ({"last": "bleed", "odd": False}, "foot", True),
        ({"last": "bleed", "odd": False}, "bleed", False), ({"last": "foot", "odd": False}, "foot", False),
        ({"last": "bleed", "odd": True}, "bleed", True),
    ],
)  # fmt: skip
def test_rhythm_as_a_table(way: dict[str, object], kind: str, allowed: bool) -> None:
    """Promise: no third dense page, one picture in any six pages, a bleed always faces a page that can caption it."""
    sheet = Sheet(kind, ())  # type: ignore[arg-type]
    after = _append(replace(_Way(0.0, (sheet,)), **way), Option(sheet, 1, 0.0), ALBUM)  # type: ignore[arg-type]
    assert (after is not None) is allowed
