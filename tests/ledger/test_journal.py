"""The chain and its files: links, epochs, torn lines, takeovers."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.ledger.chain import GENESIS, Head, follow, link
from safelight.ledger.journal import Journal
from safelight.ledger.lease import Lease
from safelight.model.digests import PhotoId
from safelight.model.errors import BrokenChain, LostOwnership, OwnedByAnother
from safelight.model.records import KINDS, Chose, Decided, Noted, Opened, StepDone, StepKey, fact_from

NOW = "2026-06-13T16:00:00Z"


def started(folder: Path, epoch: int = 1, head: Head | None = None) -> Journal:
    """A journal owned by this process."""
    journal = Journal(folder)
    head = head or Head()
    journal.begin(epoch, Opened("box", 1, head.hash), NOW, head)
    return journal


def test_what_is_appended_is_read(tmp_path: Path) -> None:
    """Facts come back in order, numbered from 1, chained from the genesis hash."""
    journal = started(tmp_path)
    for name in "abc":
        journal.append(Noted(name, "x"), NOW)
    ledger = Journal(tmp_path).read()
    assert [record.sequence for record in ledger.records] == [1, 2, 3, 4]
    assert ledger.records[0].previous == GENESIS
    assert [record.fact for record in ledger.records[1:]] == [Noted(name, "x") for name in "abc"]


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=60)
def test_any_changed_bit_is_found(position: int) -> None:
    """One bit anywhere in a chain (but its last line) breaks it at that record or the one after, never later."""
    head, lines, ends = Head(), [], []
    for index in range(6):
        line, record = link(head, 1, NOW, Noted(f"request {index}", "code"))
        head = Head(record.sequence, record.hash)
        lines.append(line)
        ends.append(sum(map(len, lines)))
    data = bytearray(b"".join(lines))
    position %= ends[-2]
    data[position] ^= 1
    hit = next(index for index, end in enumerate(ends) if position < end)
    cut = [bytes(data[end - len(line) : end]) for line, end in zip(lines, ends, strict=True)]
    with pytest.raises(BrokenChain) as fault:
        list(follow(Head(), cut))
    assert int(fault.value.values["sequence"]) in {hit + 1, hit + 2}


def test_a_torn_last_line_is_set_aside_at_every_byte(tmp_path: Path) -> None:
    """Cut anywhere in its last record, the journal reads up to the record before and says what it left aside."""
    journal = started(tmp_path)
    journal.append(Noted("kept", "x"), NOW)
    journal.append(Noted("torn", "x"), NOW)
    path = next(tmp_path.glob("*.jsonl"))
    whole = path.read_bytes()
    begin = whole.rstrip(b"\n").rfind(b"\n") + 1
    for cut in range(begin + 1, len(whole)):
        path.write_bytes(whole[:cut])
        ledger = Journal(tmp_path).read()
        assert [record.sequence for record in ledger.records] == [1, 2]
        assert len(ledger.torn) == 1
    path.write_bytes(whole[: begin + 5])
    second = started(tmp_path, 2, Journal(tmp_path).read().head)
    second.append(Noted("after", "x"), NOW)
    assert [record.sequence for record in Journal(tmp_path).read().records] == [1, 2, 3, 4]


def test_an_owner_who_lost_the_event_stops_and_its_lines_are_orphans(tmp_path: Path) -> None:
    """A sleeper that wakes after a takeover cannot append; a line it got in between is kept but never folded."""
    first = started(tmp_path)
    first.append(Noted("a", "x"), NOW)
    head = first.head
    first.append(Noted("too late", "x"), NOW)
    second = started(tmp_path, 2, head)
    second.append(Noted("b", "x"), NOW)
    with pytest.raises(LostOwnership):
        first.append(Noted("c", "x"), NOW)
    ledger = Journal(tmp_path).read()
    assert [getattr(record.fact, "request", "") for record in ledger.records] == ["", "a", "", "b"]
    assert [record.fact for record in ledger.orphans] == [Noted("too late", "x")]


def test_a_share_mounted_anew_is_gone_on_with(tmp_path: Path) -> None:
    """Another file under the segment's name, ending with our very last record: appended to. Any other: refused."""
    journal = started(tmp_path / "journal")
    journal.append(Noted("a", "x"), NOW)
    path = tmp_path / "journal" / "00000001.jsonl"
    whole = path.read_bytes()

    def anew(data: bytes) -> None:
        path.with_suffix(".new").write_bytes(data)
        path.with_suffix(".new").rename(path)

    anew(whole)
    journal.append(Noted("b", "x"), NOW)
    grown = path.read_bytes()
    assert grown.startswith(whole)
    assert len(Journal(path.parent).read().records) == 3
    for other in (whole, grown[:-40], b"", grown.replace(b'"b"', b'"c"'), b"x" * len(grown)):
        anew(other)
        with pytest.raises(OSError, match="not where it was"):
            journal.append(Noted("d", "x"), NOW)
        assert path.read_bytes() == other
    anew(grown + b"torn")
    journal.append(Noted("d", "x"), NOW)
    assert len(Journal(path.parent).read().records) == 4


def test_one_epoch_has_one_owner(tmp_path: Path) -> None:
    """The segment is created exclusively: of two takers of one epoch the second is told."""
    started(tmp_path)
    with pytest.raises(FileExistsError):
        started(tmp_path)


def test_every_kind_survives_the_ledger() -> None:
    """A fact goes to JSON and back unchanged; a kind of a newer version is carried along."""
    for fact in (
        Decided(PhotoId("a" * 64), "ok", "folder"),
        Chose("mask:advertising", "boards"),
        StepDone(PhotoId("a"), StepKey("k"), "look", 0, "", {"image": "a"}, {}, "measured", 1, "", False, 5, {}, {"x": 1.5}, "m", "cpu", 0.5, ("b: stage",)),
    ):  # fmt: skip
        again = fact_from(fact.kind, json.loads(json.dumps(fact.to_json())))
        assert again == fact
    assert fact_from("of tomorrow", {"x": 1}).to_json()["body"] == {"x": 1}
    assert len(KINDS) == len({kind.kind for kind in KINDS.values()})


def test_a_live_owner_is_named_and_a_dead_one_replaced(tmp_path: Path) -> None:
    """Our own living process refuses a second taker; a lease of a process that is gone is taken over at once."""
    journal, lease = Journal(tmp_path / "journal"), Lease(tmp_path / "lease")
    lease.take(journal, lambda: NOW, "1")
    with pytest.raises(OwnedByAnother, match="already run"):
        Lease(tmp_path / "lease").take(Journal(tmp_path / "journal"), lambda: NOW, "1")
    data = json.loads((tmp_path / "lease").read_text())
    (tmp_path / "lease").write_text(json.dumps({**data, "started": "1"}))
    second = Lease(tmp_path / "lease")
    second.take(Journal(tmp_path / "journal"), lambda: NOW, "1")
    assert second.held is not None
    assert second.held.epoch == 2


def test_a_stranger_is_waited_for_until_silent(tmp_path: Path) -> None:
    """A lease of another machine is taken only after 60 s in which this process saw it unchanged; a beating one never."""
    journal, lease = Journal(tmp_path / "journal"), Lease(tmp_path / "lease")
    lease.take(journal, lambda: NOW, "1")
    data = json.loads((tmp_path / "lease").read_text()) | {"boot": "elsewhere"}
    (tmp_path / "lease").write_text(json.dumps(data))
    slept: list[float] = []
    silent = Lease(tmp_path / "lease")
    silent.take(Journal(tmp_path / "journal"), lambda: NOW, "1", sleep=slept.append)
    assert sum(slept) >= 60

    def beats(_seconds: float) -> None:
        data["beat"] += 1
        (tmp_path / "lease").write_text(json.dumps(data))

    (tmp_path / "lease").write_text(json.dumps(data))
    with pytest.raises(OwnedByAnother):
        Lease(tmp_path / "lease").take(Journal(tmp_path / "journal"), lambda: NOW, "1", sleep=beats)
