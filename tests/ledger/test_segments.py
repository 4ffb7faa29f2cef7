"""The segments of several owners as one chain: who followed whom decides what counts, and damage is named exactly."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.ledger.chain import GENESIS, Head, follow, link
from safelight.ledger.journal import Journal
from safelight.model.digests import PhotoId, StepKey
from safelight.model.errors import BrokenChain
from safelight.model.records import Noted, Opened, Record, StepDone

NOW = "2026-06-13T16:00:00Z"


def segment(folder: Path, epoch: int, head: Head, *names: str) -> list[Head]:
    """A segment that follows `head`: its opening and one note for each name; the heads after each."""
    heads, lines = [], []
    for fact in (Opened("box", epoch, head.hash), *(Noted(name, "x") for name in names)):
        line, record = link(head, epoch, NOW, fact)
        head = Head(record.sequence, record.hash)
        heads.append(head)
        lines.append(line + b"\n")
    folder.mkdir(exist_ok=True)
    (folder / f"{epoch:08d}.jsonl").write_bytes(b"".join(lines))
    return heads


def told(folder: Path) -> tuple[str, str]:
    """Chain and orphans, as the names of their notes."""
    ledger = Journal(folder).read()
    names = [[getattr(r.fact, "request", "") for r in part] for part in (ledger.records, ledger.orphans)]
    sequences = [record.sequence for record in ledger.records]
    assert sequences == list(range(1, len(sequences) + 1))
    return "".join(names[0]), "".join(names[1])


def test_two_heads(tmp_path: Path) -> None:
    """Two owners who both followed the same record: the later counts, the other's work is set aside."""
    one = segment(tmp_path, 1, Head(), "a", "b")
    segment(tmp_path, 2, one[-1], "c", "d")
    segment(tmp_path, 3, one[-1], "e")
    assert told(tmp_path) == ("abe", "cd")


def test_a_later_owner_may_leave_several_behind(tmp_path: Path) -> None:
    """It follows a record far back: all that came after it, in every segment, is set aside; what follows it counts."""
    one = segment(tmp_path, 1, Head(), "a", "b", "c")
    two = segment(tmp_path, 2, one[2], "d")
    three = segment(tmp_path, 3, one[1], "e", "f")
    segment(tmp_path, 6, three[1], "g")
    assert told(tmp_path) == ("aeg", "bcdf")
    segment(tmp_path, 7, two[-1], "h")
    with pytest.raises(BrokenChain, match=r"00000007\.jsonl follows a record that is not there"):
        Journal(tmp_path).read()


def test_two_takers_of_an_empty_ledger(tmp_path: Path) -> None:
    """Both saw nothing and began: the later counts. But with work in the other nobody may begin anew."""
    segment(tmp_path, 1, Head())
    segment(tmp_path, 2, Head(), "a")
    assert told(tmp_path) == ("a", "")
    segment(tmp_path, 1, Head(), "b")
    with pytest.raises(BrokenChain, match="begins anew"):
        Journal(tmp_path).read()


def test_a_missing_segment_is_named(tmp_path: Path) -> None:
    """A file of the journal that is gone breaks the chain where the next one follows it."""
    one = segment(tmp_path, 1, Head(), "a")
    two = segment(tmp_path, 2, one[-1], "b")
    segment(tmp_path, 3, two[-1], "c")
    (tmp_path / "00000002.jsonl").unlink()
    with pytest.raises(BrokenChain, match=r"record 3: 00000003\.jsonl follows a record that is not there"):
        Journal(tmp_path).read()


def test_every_byte_of_the_middle(tmp_path: Path) -> None:
    """A chain cut in its middle, at every byte of a record: the exact record is named, whatever stands there then."""
    heads = segment(tmp_path, 1, Head(), "a", "b", "c")
    path = tmp_path / "00000001.jsonl"
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    begin, end = len(lines[0]), len(lines[0]) + len(lines[1])
    for cut in range(begin, end):
        path.write_bytes(whole[:cut] + whole[end:])
        with pytest.raises(BrokenChain) as fault:
            Journal(tmp_path).read()
        if cut == begin:
            said = "record 3: it does not follow the record before it"
        else:
            said = "record 2: this line is not readable"
        assert said in str(fault.value)
    assert len(heads) == 4


def test_every_byte_torn_and_gone_on(tmp_path: Path) -> None:
    """Cut at every byte of its last record, the next owner goes on after the one before: nothing is lost but that one."""
    heads = segment(tmp_path / "whole", 1, Head(), "a", "b")
    whole = (tmp_path / "whole" / "00000001.jsonl").read_bytes()
    begin = whole.rstrip(b"\n").rfind(b"\n") + 1
    for cut in range(begin, len(whole)):
        folder = tmp_path / str(cut)
        folder.mkdir()
        (folder / "00000001.jsonl").write_bytes(whole[:cut])
        ledger = Journal(folder).read()
        assert (ledger.head, len(ledger.torn)) == (heads[1], int(cut > begin))
        segment(folder, 2, ledger.head, "c")
        assert told(folder) == ("ac", "")


def step(**facts: object) -> StepDone:
    """A step with such facts."""
    return StepDone(
        PhotoId("a" * 64), StepKey("k"), "look", 0, "a rule", {"image": "a" * 64}, {"n": 1}, "b", 1, "", False, 5, {},
        dict(facts), "m", "cpu", 0.5,
    )  # fmt: skip


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.floats(-1e9, 1e9) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.sampled_from(["inputs", "facts"]), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=8) | st.sampled_from(["inputs", "facts", ',"inputs":{']), VALUES, max_size=4))
@settings(deadline=None, max_examples=300)
def test_facts_kept_as_bytes_say_the_same(facts: dict[str, object]) -> None:
    """Whatever a step measured, with names that could be mistaken for the line's own, comes back as it was."""
    line, record = link(Head(), 1, NOW, step() if not facts else StepDone(**{**step().to_json(), "facts": facts}))
    (again,) = follow(Head(), [line])
    assert again == record
    assert again.fact.facts == facts  # type: ignore[attr-defined]
    assert link(Head(), 1, NOW, again.fact)[0] == line


@given(st.integers(0, 10_000), st.integers(0, 7))
@settings(deadline=None, max_examples=200)
def test_any_changed_bit_of_a_step_is_found(tmp_path_factory: pytest.TempPathFactory, place: int, bit: int) -> None:
    """Also inside the facts that are not read: the next line's hash tells; the last line itself must at least be JSON."""
    head, lines, records = Head(), [], []
    for fact in (Opened("box", 1, GENESIS), step(a=1.5, b=["x", 2]), step(c={"inputs": {}}), Noted("n", "x")):
        line, record = link(head, 1, NOW, fact)
        head = Head(record.sequence, record.hash)
        lines.append(line)
        records.append(record)
    data = bytearray(b"\n".join(lines[:-1]))
    place %= len(data)
    data[place] ^= 1 << bit
    hit = bytes(data[:place]).count(b"\n") + 1
    found: list[Record] = []
    with pytest.raises(BrokenChain) as fault:
        for record in follow(Head(), [*bytes(data).split(b"\n"), lines[-1]]):
            found.append(record)  # noqa: PERF402 - what came before the fault is looked at
    assert found[: hit - 1] == records[: hit - 1]
    assert int(fault.value.values["sequence"]) in {hit, hit + 1}


def test_the_last_line_is_read_whole(tmp_path: Path) -> None:
    """No other line vouches for it: facts that are no JSON are found there."""
    heads = segment(tmp_path, 1, Head(), "a")
    line, _ = link(heads[-1], 1, NOW, step(value=[1, 2]))
    path = tmp_path / "00000001.jsonl"
    path.write_bytes(path.read_bytes() + line.replace(b"[1,2]", b"[1,2}") + b"\n")
    with pytest.raises(BrokenChain, match="record 3: this line is not readable"):
        Journal(tmp_path).read()
