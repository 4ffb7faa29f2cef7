"""Times for people: the machine's zone, both languages, never a fault."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelight.model.moments import moment, since

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("stamp", "zone", "english", "french"),
    [
        ("2026-06-13T16:00:00Z", PARIS, "13 June 2026, 18:00", "13 juin 2026, 18:00"),
        ("2026-06-30T23:30:00Z", PARIS, "1 July 2026, 01:30", "1er juillet 2026, 01:30"),
        ("2026-12-31T23:30:00Z", PARIS, "1 January 2027, 00:30", "1er janvier 2027, 00:30"),
        ("2026-06-13T16:00:00Z", UTC, "13 June 2026, 16:00 (UTC)", "13 juin 2026, 16:00 (UTC)"),
        ("2026-01-13T16:00:00Z", ZoneInfo("Europe/London"), "13 January 2026, 16:00", "13 janvier 2026, 16:00"),
        ("never", PARIS, "never", "never"),
    ],
)
def test_a_moment(stamp: str, zone: ZoneInfo, english: str, french: str) -> None:
    """Local day and hour, also over midnight, New Year and summer time; only UTC itself needs saying."""
    assert moment(stamp, "en", zone) == english
    assert moment(stamp, "fr", zone) == french


def test_since() -> None:
    """French says “depuis le”; what is no time stays as it is."""
    assert since("2026-06-13T16:00:00Z", "fr", PARIS) == "le 13 juin 2026, 18:00"
    assert since("?", "fr", PARIS) == "?"


@given(st.text())
def test_no_text_raises(stamp: str) -> None:
    """A torn lease may say anything."""
    assert moment(stamp, "en", UTC) is not None


@pytest.fixture
def nepal() -> Iterator[None]:
    """A machine far from here."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Asia/Kathmandu"
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process can only be set on Unix")
def test_without_a_zone_the_machine_has_one(nepal: None) -> None:
    """What an owner shows when nobody tells it a zone."""
    assert moment("2026-06-13T16:00:00Z", "en", None) == "13 June 2026, 21:45"
