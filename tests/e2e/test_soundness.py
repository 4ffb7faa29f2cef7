"""The checker of all fault tests finds what it is there to find: each kind of trouble made by hand is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e_world import Runner, photo
from safelight.reconcile.event import Event
from soundness import assert_sound, unsound
from world import put

DROPPED = [photo(1), photo(2, taken="2026:06:13 23:30:00"), photo(3, "VELOX", taken="2026:06:14 05:30:00"),
           photo(4, "NORDA", taken="2026:06:14 11:00:00"), photo(5), photo(6)[:3000]]  # fmt: skip


def test_a_finished_event_is_sound(finished: tuple[Event, Runner]) -> None:
    """After one quiet run nothing is found."""
    assert assert_sound(finished[0], DROPPED).tally.arrived == 6


def _flip(event: Event) -> None:
    path = next(path for path in event.store.root.rglob("*") if path.is_file())
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"?")


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        (_flip, "changed or damaged"),
        (lambda event: put(event.store.root / "tmp" / "1-ab", b""), "left over"),
        (lambda event: put(event.library / "ok/marie/.12-0123456789abcdef.tmp", b""), "left over"),
        (lambda event: put(event.claimed / "x" / "note.json", b"{}"), "left over"),
        (lambda event: put(event.library / "exclure/marie/twin.jpg", photo(1)), "stands in"),
        (lambda event: (event.library / "ok/marie/ok 1.jpg").unlink(), "stands in"),
        (lambda event: (event.library / "stylized/marie/ok 1.jpg").unlink(), "is missing"),
        (lambda event: shutil.rmtree(event.library / "need-you"), "not in need-you"),
        (lambda event: put(event.library / "_STATUS two.txt", b""), "status files"),
    ],
)
def test_trouble_is_named(
    finished: tuple[Event, Runner], tmp_path: Path, harm: Callable[[Event], object], word: str
) -> None:
    """One kind of harm, one complaint."""
    shutil.copytree(finished[0].root, tmp_path / "event")
    event = Event(tmp_path / "event")
    harm(event)
    assert any(word in fault for fault in unsound(event, DROPPED))


def test_lost_and_double_arrivals_are_named(finished: tuple[Event, Runner]) -> None:
    """A drop that no record tells of, and a record that no drop explains."""
    assert any("never dropped" in fault for fault in unsound(finished[0], DROPPED[1:]))
    assert any("lost" in fault for fault in unsound(finished[0], [*DROPPED, photo(77)]))
    assert any("2 times" in fault for fault in unsound(finished[0], [*DROPPED, photo(1)]))
