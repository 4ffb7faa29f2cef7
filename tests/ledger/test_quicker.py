"""Two takers at one moment: the one that only created its segment yet is not passed over by the other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from safelight.ledger.journal import Journal
from safelight.ledger.lease import Lease, this_process
from safelight.model.errors import OwnedByAnother

NOW = "2026-06-13T16:00:00Z"


def test_a_segment_without_a_record_is_somebodys_who_is_quicker(tmp_path: Path) -> None:
    """Its file stands, its first record and its lease come a moment later: the slower one waits and gives way."""
    journal = Journal(tmp_path / "journal")
    journal.folder.mkdir()
    (journal.folder / "00000001.jsonl").touch()
    other, lease = Lease(tmp_path / "lease"), Lease(tmp_path / "lease")
    mine = this_process(1, NOW)

    def a_moment_later(_seconds: float) -> None:
        other._write(mine)

    with pytest.raises(OwnedByAnother) as fault:
        lease.take(journal, lambda: NOW, "test", a_moment_later)
    assert fault.value.values["pid"] == str(os.getpid())
    assert journal.epochs() == [1]


def test_a_segment_that_a_crash_left_empty_is_followed(tmp_path: Path) -> None:
    """Nobody comes: after a moment the next epoch begins."""
    journal = Journal(tmp_path / "journal")
    journal.folder.mkdir()
    (journal.folder / "00000001.jsonl").touch()
    waits: list[float] = []
    Lease(tmp_path / "lease").take(journal, lambda: NOW, "test", waits.append)
    assert journal.epochs() == [1, 2]
    assert 0 < sum(waits) <= 3
