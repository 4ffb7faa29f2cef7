"""Taking in, in the loop: bursts, slow copies, writers who do not let go, twins, the same card twice."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from loop_world import PACE, Day, day
from safelight.model.digests import object_id
from safelight.model.records import Dropped, Duplicate, Refused
from soundness import assert_sound
from world import jpeg, put

SHARE = replace(PACE, scan=5.0, settle=10.0, recheck=2.0)


def finish(world: Day, dropped: list[bytes], seconds: float = 60) -> None:
    """Let everything come to rest, stop, and ask whether all is sound."""
    world.later(seconds)
    event = world.event
    world.at_work.farewell()
    world.stop()
    assert_sound(event, dropped)


@pytest.mark.parametrize("pace", [PACE, SHARE], ids=["local", "share"])
def test_three_hundred_at_once(tmp_path: Path, pace: object) -> None:
    """300 photos within a second on a polled folder, a folder moved in whole among them: all taken, none twice."""
    world = day(tmp_path, 0, pace)  # type: ignore[arg-type]
    data = [jpeg(1000 + number, (24, 16)) for number in range(300)]
    for number, picture in enumerate(data[:200]):
        put(world.event.inbox / "marie" / f"IMG_{number:04d}.JPG", picture)
    for number, picture in enumerate(data[200:]):
        put(tmp_path / "card" / "100CANON" / f"IMG_{number:04d}.JPG", picture)
    (tmp_path / "card").rename(world.event.inbox / "jean")
    world.later(90)
    assert len(world.facts(Dropped)) == 300
    assert {world.at_work.work.owner.of(photo).photographer for photo in world.at_work.work.owner.state.photos} == {
        "marie",
        "jean",
    }
    finish(world, data)


@pytest.mark.parametrize("pace", [PACE, SHARE], ids=["local", "share"])
@pytest.mark.parametrize("laid_out", [False, True], ids=["growing", "full size first"])
def test_a_copy_with_stalls_of_a_minute_is_never_taken_early(tmp_path: Path, pace: object, laid_out: bool) -> None:
    """30 MB/s and then nothing for 60 s, again and again: one photo, whole, when the last byte has come."""
    world = day(tmp_path, 0, pace)  # type: ignore[arg-type]
    data = jpeg(5, (640, 480))
    path = put(world.event.inbox / "marie" / "slow.jpg", b"")
    with path.open("r+b") as file:
        if laid_out:
            file.truncate(len(data))
        for start in range(0, len(data), len(data) // 6 + 1):
            file.write(data[start : start + len(data) // 6 + 1])
            file.flush()
            os.utime(path, ns=(0, int(world.now * 1e9)))
            assert world.facts(Dropped) == world.facts(Refused) == []
            world.later(60)
    finish(world, [data])


def test_half_a_copy_goes_to_need_you_after_ten_minutes_and_not_before(tmp_path: Path) -> None:
    """Padded with zeros or cut: never a photo; the completed copy dropped later is a new one."""
    world = day(tmp_path, 0)
    half = jpeg(5, (640, 480))[:9000]
    padded = jpeg(6, (640, 480))[:9000] + bytes(9000)
    put(world.event.inbox / "marie" / "half.jpg", half)
    put(world.event.inbox / "marie" / "padded.jpg", padded)
    world.later(590)
    assert world.facts(Refused) == []
    world.later(30)
    assert [fact.code for fact in world.facts(Refused)] == ["cut_off", "cut_off"]
    put(world.event.inbox / "marie" / "half.jpg", jpeg(5, (640, 480)))
    finish(world, [half, padded, jpeg(5, (640, 480))])


@pytest.mark.parametrize("when", ["before", "during", "after"])
def test_a_writer_who_keeps_the_file_is_not_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """Appended to after the claim, around the copy into the store and before the record: recorded as it ended."""
    world = day(tmp_path, 0, SHARE)
    whole = jpeg(5)
    end = b"what the camera writes behind the picture"
    path = put(world.event.inbox / "marie" / "held.jpg", whole)
    writer = path.open("ab")
    store, taking = world.at_work.work.event.store, world.at_work.taking
    writes = [1]

    def write() -> None:
        if writes:
            writes.pop()
            writer.write(end)
            writer.flush()

    def put_file(source: Path) -> object:
        if when == "before":
            write()
        kept = type(store).put_file(store, source)
        if when == "during":
            write()
        return kept

    answered = taking.answered

    def late(*words: object) -> None:
        if when == "after":
            write()
        answered(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "put_file", put_file)
    monkeypatch.setattr(taking, "answered", late)
    world.later(60)
    writer.close()
    assert not writes
    assert [fact.photo for fact in world.facts(Dropped)] == [object_id(whole + end)]
    finish(world, [whole + end])


def test_twins_stand_side_by_side(tmp_path: Path) -> None:
    """Composed and decomposed accents, upper and lower case, two cameras' same number: all taken, seconds numbered."""
    world = day(tmp_path, 0)
    names = [
        "Zoé.jpg",
        unicodedata.normalize("NFD", "Zoé.jpg"),
        "IMG_1.JPG",
        "img_1.jpg",
    ]
    data = [jpeg(70 + number) for number in range(6)]
    for name, picture in zip(names, data, strict=False):
        put(world.event.inbox / "marie" / name, picture)
    put(world.event.inbox / "marie" / "camera A" / "IMG_0001.JPG", data[4])
    put(world.event.inbox / "marie" / "camera B" / "IMG_0001.JPG", data[5])
    world.later(60)
    stands = [path.name for path in (world.library / "exclure/marie").iterdir() if not path.name.endswith(".txt")]
    shown = sorted(unicodedata.normalize("NFC", name).casefold() for name in stands)
    assert shown == sorted(
        ["zoé.jpg", "zoé (2).jpg", "img_1.jpg", "img_1 (2).jpg", "img_0001.jpg", "img_0001 (2).jpg"]
    ), shown
    finish(world, data)


def test_the_same_card_twice(tmp_path: Path) -> None:
    """Thirty known files under other names and of another photographer: duplicates, each counted, nothing done again."""
    world = day(tmp_path, 0)
    data = [jpeg(200 + number, (24, 16)) for number in range(30)]
    for owner in ("marie", "paul"):
        for number, picture in enumerate(data):
            put(world.event.inbox / owner / f"IMG_{number}.JPG", picture)
        world.later(60)
    assert (len(world.facts(Dropped)), len(world.facts(Duplicate))) == (30, 30)
    assert Counter(world.at_work.work.lanes.did)["look"] == 30  # type: ignore[attr-defined]
    finish(world, data * 2)


def test_odd_names_keep_their_bytes(tmp_path: Path) -> None:
    """Undecodable, 255 bytes long, blanks at the end, reserved on Windows: taken, told, counted."""
    world = day(tmp_path, 0)
    names = [
        b"Arriv\xe9e \xff.jpg",
        b"n" * 251 + b".jpg",
        ("é" * 125 + ".jpg").encode(),
        b"con.jpg",
        b"a b .jpg ",
        b"-rf.jpg",
    ]
    data = [jpeg(300 + number) for number in range(len(names))]
    for name, picture in zip(names, data, strict=True):
        put(world.event.inbox / "marie" / os.fsdecode(name), picture)
    finish(world, data, 90)


def test_a_file_nobody_can_read_is_told_once_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Denied for as long as the watch runs: waits, said once with what to do, never in the way of others."""
    from safelight.reconcile import intake

    world = day(tmp_path, 0)
    put(world.event.inbox / "marie" / "theirs.jpg", jpeg(1))
    put(world.event.inbox / "marie" / "zz mine.jpg", jpeg(2))
    real = intake.mark_of

    def denied(path: Path) -> object:
        if path.name == "theirs.jpg":
            raise PermissionError(13, "denied")
        return real(path)

    with monkeypatch.context() as patched:
        patched.setattr(intake, "mark_of", denied)
        world.later(700)
    assert sum("theirs.jpg" in text for text in world.told) == 1
    assert len(world.facts(Dropped)) == 1
    assert world.at_work.tally().waiting >= 1
    finish(world, [jpeg(1), jpeg(2)])
