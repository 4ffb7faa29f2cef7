"""The folder listens: the decision table of the design's gestures, on a real event folder with a clock of our own.

Factors: an owner running or not; its memory (the cache) kept or lost; one file, a photographer's folder, or all; moved,
deleted, edited in the ways editors save, only described anew, or an unknown picture put in.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from loop_world import Day, day, digest_of, edit
from safelight.model.records import Decided, Dropped, Duplicate, Edited, Kept, LeftOut, PutBack, StepDone
from world import jpeg, listing, put

NAMES = [f"marie/ok {number}.jpg" for number in range(8)] + [f"jean/ok {number}.jpg" for number in range(20, 24)]
AMOUNTS = {"one": NAMES[:1], "a folder": NAMES[8:], "all": NAMES}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve photos of two photographers, sorted and painted."""
    root = tmp_path_factory.mktemp("day")
    made = day(root, 8)
    for number in range(20, 24):
        put(made.root / f"inbox/jean/ok {number}.jpg", jpeg(number))
    made.later(20).stop()
    assert {f"ok/{name}" for name in NAMES} <= listing(made.library)
    return root


@pytest.fixture(params=["running", "stopped"])
def owner(request: pytest.FixtureRequest) -> str:
    """Whether somebody works on the event while people act."""
    return str(request.param)


@pytest.fixture(params=["kept", "lost"])
def memory(request: pytest.FixtureRequest) -> str:
    """Whether the cache of the process survived."""
    return str(request.param)


@pytest.fixture
def act(finished: Path, tmp_path: Path, owner: str, memory: str) -> Callable[[Callable[[Day], None]], Day]:
    """Lets people do something on a copy of the finished day, with or without an owner, and lets 100 s pass."""

    def do(what: Callable[[Day], None]) -> Day:
        shutil.copytree(finished, tmp_path / "day")
        made = Day(tmp_path / "day/event", tmp_path / "day/cache")
        if memory == "lost":
            shutil.rmtree(made.cache)
        if owner == "running":
            made.start().later(20)
            what(made)
        else:
            what(made)
            made.start()
        return made.later(100)

    return do


@pytest.mark.parametrize("amount", list(AMOUNTS))
def test_moved(act, amount: str) -> None:  # type: ignore[no-untyped-def]
    """A move counts however many, whether or not anybody was running, with or without memory."""

    def move(made: Day) -> None:
        for name in AMOUNTS[amount]:
            put(made.library / "exclure" / name, b"").unlink()
            os.rename(made.library / "ok" / name, made.library / "exclure" / name)

    made = act(move)
    assert len(made.facts(Decided)) == len(AMOUNTS[amount])
    there = listing(made.library)
    assert all(f"exclure/{name}" in there and f"ok/{name}" not in there for name in AMOUNTS[amount])
    assert made.facts(LeftOut) == []


@pytest.mark.parametrize("amount", list(AMOUNTS))
def test_deleted(act, owner: str, amount: str) -> None:  # type: ignore[no-untyped-def]
    """Few, seen before by a process that still runs: left out. Many, or while nobody ran: put back."""

    def delete(made: Day) -> None:
        for name in AMOUNTS[amount]:
            (made.library / "ok" / name).unlink()

    made = act(delete)
    believed = owner == "running" and amount != "all"
    assert {fact.places for fact in made.facts(LeftOut)} == ({("class",)} if believed else set())
    assert len(made.facts(LeftOut)) == (len(AMOUNTS[amount]) if believed else 0)
    for name in AMOUNTS[amount]:
        assert (made.library / "ok" / name).exists() is not believed
        assert (made.library / "stylized" / name).exists() is not believed
    assert bool([text for text in made.told if "at once" in text]) is (owner == "running" and amount == "all")


def in_place(path: Path, data: bytes) -> None:
    """GIMP, Paint: the file is emptied and written anew."""
    with path.open("r+b") as file:
        file.truncate(0)
        file.write(data)


def renamed(path: Path, data: bytes) -> None:
    """Lightroom and most others: a temporary file beside it is renamed over it."""
    put(path.with_name(f".{path.name}.tmp"), data)
    os.replace(path.with_name(f".{path.name}.tmp"), path)


def swapped(path: Path, data: bytes) -> None:
    """Photoshop: the new file takes the name while the old one steps aside, and is deleted in the end."""
    put(path.with_name("psA1B2.tmp"), data)
    os.rename(path, path.with_name("~psC3D4.tmp"))
    os.rename(path.with_name("psA1B2.tmp"), path)
    path.with_name("~psC3D4.tmp").unlink()


def with_backup(path: Path, data: bytes) -> None:
    """The old file stays beside it under another name."""
    os.rename(path, path.with_name(path.stem + " (backup).jpg"))
    put(path, data)


SAVES = {"in place": in_place, "renamed": renamed, "swapped": swapped, "with backup": with_backup}


@pytest.mark.parametrize("save", list(SAVES))
@pytest.mark.parametrize("amount", ["one", "all"])
def test_class_view_edited(act, save: str, amount: str) -> None:  # type: ignore[no-untyped-def]
    """However it was saved: the edit stays where it is and is what gets painted; the original stays the source of proof."""
    data: dict[str, bytes] = {}

    def change(made: Day) -> None:
        for name in AMOUNTS[amount]:
            path = made.library / "ok" / name
            data[name] = edit(path)
            SAVES[save](path, data[name])

    made = act(change)
    edits = made.facts(Edited)
    assert len(edits) == len(AMOUNTS[amount])
    assert all(fact.pixels and fact.place == "class" for fact in edits)
    for name in AMOUNTS[amount]:
        assert (made.library / "ok" / name).read_bytes() == data[name]
        photo = made.photo(name.split("/")[1])
        plan = made.at_work.work.planner.plans[photo.photo]
        assert photo.base == digest_of(made.library / "ok" / name)
        assert [done.step.backend for done in plan.trail] == ["hand", "rote"]
        assert plan.trail[0].step.inputs == {"image": photo.photo}
        assert digest_of(made.library / "stylized" / name) == plan.painted
    assert made.facts(LeftOut) == made.facts(Decided) == []
    assert not [name for name in listing(made.library) if "backup" in name]


@pytest.mark.parametrize("save", ["in place", "renamed"])
def test_only_described_anew(act, save: str) -> None:  # type: ignore[no-untyped-def]
    """The same pixels with a caption: metadata only. The file stays as the person saved it and nothing is done again."""
    written: dict[str, bytes] = {}

    def describe(made: Day) -> None:
        path = made.library / "ok" / NAMES[0]
        exif = Image.Exif()
        exif[0x010E] = "The winner"
        data = path.read_bytes()
        # the same compressed pixels behind another header
        buffer = io.BytesIO()
        Image.new("RGB", (8, 8)).save(buffer, "JPEG", exif=exif)
        header = buffer.getvalue()
        app1 = header[
            2 : header.index(b"\xff\xe1") + 2 + int.from_bytes(header[header.index(b"\xff\xe1") + 2 :][:2], "big")
        ]
        written["data"] = data[:2] + app1[app1.index(b"\xff\xe1") :] + data[2:]
        SAVES[save](path, written["data"])

    made = act(describe)
    before = len([fact for fact in made.facts(StepDone) if fact.stage == "stylize"])
    fact = made.facts(Edited)[0]
    assert (fact.pixels, fact.place) == (False, "class")
    assert before == len(NAMES)
    assert (made.library / "ok" / NAMES[0]).read_bytes() == written["data"]
    photo = made.photo("ok 0.jpg")
    assert photo.base == photo.photo
    assert made.at_work.work.owner.of(photo.photo).caption == "The winner"


@pytest.mark.parametrize("place", ["exclure/new.jpg", "ok/paul/new.jpg", "retoucher/paul/day 2/new.jpg"])
def test_unknown_picture_put_into_a_class_folder(act, place: str) -> None:  # type: ignore[no-untyped-def]
    """With or without a photographer's folder: dropped and decided in one, and shown in that class."""
    made = act(lambda made: put(made.library / place, jpeg(77)) and None)
    dropped = [fact for fact in made.facts(Dropped) if fact.by == "folder"]
    assert [fact.decided for fact in dropped] == [place.split("/", maxsplit=1)[0]]
    photo = made.photo("new.jpg")
    assert photo.decision.verdict == place.split("/", maxsplit=1)[0]
    detail = made.at_work.work.owner.of(photo.photo)
    assert detail.photographer == ("paul" if "paul" in place else "")
    shown = "/".join(filter(None, (place.split("/", maxsplit=1)[0], detail.photographer, "new.jpg")))
    assert (made.library / shown).read_bytes() == jpeg(77)


def test_another_shot_of_the_same_name(act) -> None:  # type: ignore[no-untyped-def]
    """A new picture under a name that another photo's view bears, in another class folder: both are there."""
    made = act(lambda made: put(made.library / "exclure" / NAMES[0], jpeg(78)) and None)
    assert len(made.facts(Dropped)) == len(NAMES) + 1
    assert made.facts(Edited) == []
    assert (made.library / "ok" / NAMES[0]).read_bytes() == jpeg(0)


def test_what_is_no_picture_is_left_alone_and_counted(act) -> None:  # type: ignore[no-untyped-def]
    """Texts, half pictures and files in the wrong folders stay where they are; each counts once as ignored."""
    files = {
        "ok/list.txt": b"shopping",
        "ok/marie/half.jpg": jpeg(5)[:900],
        "stylized/own.jpg": jpeg(66),
        "need-you/x": b"?",
    }

    def strew(made: Day) -> None:
        for name, data in files.items():
            put(made.library / name, data)

    made = act(strew)
    assert all((made.library / name).read_bytes() == data for name, data in files.items())
    assert made.at_work.tally().ignored == len(files)
    assert len(made.facts(Dropped)) == len(NAMES)


def test_a_deleted_view_put_back(finished: Path, tmp_path: Path) -> None:
    """Left out while it is gone, back in the book with all its views when it stands again."""
    made = copied(finished, tmp_path)
    path, data = made.library / "stylized" / NAMES[0], (made.library / "stylized" / NAMES[0]).read_bytes()
    path.unlink()
    made.later(100)
    assert made.plan("ok 0.jpg").standing == "left_out"
    why = (made.library / "ok" / (NAMES[0] + ".why.txt")).read_text("utf-8-sig")
    assert "Left out of the book" in why
    put(path, data)
    made.later(20)
    assert (len(made.facts(PutBack)), made.plan("ok 0.jpg").standing) == (1, "done")
    assert not (made.library / "ok" / (NAMES[0] + ".why.txt")).exists()


def test_the_original_in_the_inbox_brings_back_and_tries_again(finished: Path, tmp_path: Path) -> None:
    """A class view moved into the inbox: next attempt, no deletion; a copy of it there is a duplicate only."""
    made = copied(finished, tmp_path)
    os.rename(made.library / "ok" / NAMES[0], made.root / "inbox" / "marie" / "ok 0.jpg")
    shutil.copy(made.library / "ok" / NAMES[1], made.root / "inbox" / "marie" / "ok 1.jpg")
    made.later(100)
    assert [fact.again for fact in made.facts(Duplicate)] == [True, False]
    assert made.facts(LeftOut) == []
    assert (made.library / "ok" / NAMES[0]).exists()
    assert made.photo("ok 0.jpg").attempts["look"] == 1
    assert "look" not in made.photo("ok 1.jpg").attempts


def copied(finished: Path, tmp_path: Path) -> Day:
    """A running copy of the finished day."""
    shutil.copytree(finished, tmp_path / "day")
    return Day(tmp_path / "day/event", tmp_path / "day/cache").start().later(20)


def test_a_hand_edited_painting_is_held(finished: Path, tmp_path: Path) -> None:
    """The result of that step from now on; newer work asks a person instead of overwriting; deleting the card keeps it."""
    made = copied(finished, tmp_path)
    path = made.library / "stylized" / NAMES[0]
    data = edit(path)
    renamed(path, data)
    made.later(100)
    assert made.plan("ok 0.jpg").painted == digest_of(path)
    assert made.plan("ok 0.jpg").standing == "done"
    rules = made.root / "rules/style.yaml"
    rules.write_text(rules.read_text() + "    strength: 30%\n")
    made.later(30)
    assert made.plan("ok 0.jpg").need.code == "hand_edit"
    assert path.read_bytes() == data
    assert (made.library / "need-you" / NAMES[0]).exists()
    assert made.plan("ok 1.jpg").standing == "done"
    (made.library / "need-you" / NAMES[0]).unlink()
    made.later(100)
    assert len(made.facts(Kept)) == 1
    assert (made.plan("ok 0.jpg").standing, path.read_bytes()) == ("done", data)
    rules.write_text(rules.read_text().replace("30%", "40%"))
    made.later(30)
    assert made.plan("ok 0.jpg").need.code == "hand_edit"
    assert path.read_bytes() == data


def test_a_hand_edit_taken_back(finished: Path, tmp_path: Path) -> None:
    """Saving the old bytes again ends the edit: what was finished before is finished again, without a step."""
    made = copied(finished, tmp_path)
    path = made.library / "ok" / NAMES[0]
    original, painted = path.read_bytes(), made.plan("ok 0.jpg").painted
    renamed(path, edit(path))
    made.later(100)
    assert made.plan("ok 0.jpg").painted != painted
    steps = len(made.facts(StepDone))
    renamed(path, original)
    made.later(100)
    assert made.plan("ok 0.jpg").painted == painted
    assert len(made.facts(StepDone)) == steps


def test_a_view_saved_slowly_is_read_once_it_stands_still(finished: Path, tmp_path: Path) -> None:
    """Half-written for a minute: nothing is believed, nothing replaced; then exactly one edit."""
    made = copied(finished, tmp_path)
    path = made.library / "ok" / NAMES[0]
    data = edit(path)
    for count in range(1, 10):
        path.write_bytes(data[: len(data) * count // 10])
        made.later(8)
        assert made.facts(Edited) == []
        assert len(path.read_bytes()) < len(data)
    path.write_bytes(data)
    made.later(70)
    assert len(made.facts(Edited)) == 1
    assert path.read_bytes() == data


def test_a_card_deleted_accepts_its_proposal(tmp_path: Path) -> None:
    """The likeliest class counts as decided; a card without a proposal comes back; a refused file's card goes for good."""
    sort = (
        'version: 1\nsort:\n  - rule: all\n    do: ask\n    when: {file: "ask*"}\n  - rule: others\n    do: retoucher\n'
    )
    retouch = 'version: 1\nretouch:\n  - rule: never\n    do: leave\n    when: {file: "nothing"}\n'
    made = day(tmp_path, 2, sort=sort, retouch=retouch)
    put(made.root / "inbox/marie/ask me.jpg", jpeg(50))
    put(made.root / "inbox/marie/broken.jpg", b"no picture at all")
    made.later(30)
    cards = {name for name in listing(made.library) if name.startswith("need-you/") and not name.endswith(".txt")}
    assert cards == {f"need-you/marie/{name}.jpg" for name in ("ok 0", "ok 1", "ask me", "broken")}
    assert made.at_work.tally().needs_you == 4
    for name in cards:
        (made.library / name).unlink()
    made.later(100)
    assert [(fact.verdict, fact.by) for fact in made.facts(Decided)] in ([("ok", "card")], [])
    cards = {name for name in listing(made.library) if name.startswith("need-you/") and not name.endswith(".txt")}
    assert {"need-you/marie/ok 0.jpg", "need-you/marie/ok 1.jpg"} <= cards
    assert "need-you/marie/broken.jpg" not in listing(made.library)
    tally = made.at_work.tally()
    assert tally.arrived == 4


def test_the_share_away_is_no_deletion(finished: Path, tmp_path: Path) -> None:
    """The library gone for ten minutes and back: nothing is believed, nothing written elsewhere, all goes on."""
    made = copied(finished, tmp_path)
    before = listing(made.library)
    os.rename(made.library, tmp_path / "elsewhere")
    made.later(600, 20)
    assert not made.library.exists()
    os.rename(tmp_path / "elsewhere", made.library)
    made.later(100)
    assert listing(made.library) == before
    assert made.facts(LeftOut) == made.facts(Decided) == []


def test_a_decision_brings_a_moved_view_to_where_it_says(finished: Path, tmp_path: Path) -> None:
    """The file a person moved stands in the old folder for a moment longer: that is not a second decision."""
    made = copied(finished, tmp_path)
    (made.library / "exclure/marie").mkdir(parents=True)
    os.rename(made.library / "ok" / NAMES[0], made.library / "exclure" / NAMES[0])
    made.later(2)
    owner = made.at_work.work.owner
    owner.append(Decided(made.photo("ok 0.jpg").photo, "ok", "command"))
    made.later(30)
    assert [fact.verdict for fact in made.facts(Decided)] == ["exclure", "ok"]
    assert f"ok/{NAMES[0]}" in listing(made.library)
    assert f"exclure/{NAMES[0]}" not in listing(made.library)
    os.rename(made.library / "ok" / NAMES[0], put(made.library / "exclure" / NAMES[0], b""))
    made.later(10)
    assert [fact.verdict for fact in made.facts(Decided)] == ["exclure", "ok", "exclure"]


def test_a_view_renamed_in_its_folder_is_not_deleted(finished: Path, tmp_path: Path) -> None:
    """Another name, another photographer's folder, another view folder: the bytes are still there, so nobody left it out."""
    made = copied(finished, tmp_path)
    os.rename(made.library / "ok" / NAMES[0], made.library / "ok/marie/the best one.jpg")
    os.rename(made.library / "ok" / NAMES[1], made.library / "ok/jean/ok 1.jpg")
    os.rename(made.library / "ok" / NAMES[2], made.library / "need-you/ok 2.jpg")
    made.later(150)
    assert made.facts(LeftOut) == made.facts(Decided) == made.facts(Edited) == []
    assert all((made.library / "ok" / name).exists() for name in NAMES[:3])
    assert len([name for name in listing(made.library) if name.startswith("ok/")]) == len(NAMES)


def test_a_card_put_into_the_folder_it_proposed_is_a_decision(tmp_path: Path) -> None:
    """Its picture already stands there in doubt: moving the card there says yes, once."""
    sort = "version: 1\nsort:\n  - rule: asked\n    do: ask\n"
    made = day(tmp_path, 1, sort=sort)
    card = made.library / "need-you/marie/ok 0.jpg"
    assert made.photo("ok 0.jpg").placed == "ok"
    os.rename(card, made.library / "ok/marie/card.jpg")
    made.later(30)
    assert [(fact.verdict, fact.by) for fact in made.facts(Decided)] == [("ok", "card")]
    assert made.plan("ok 0.jpg").standing == "done"
    assert {name for name in listing(made.library) if "card" in name or "need-you" in name} == set()


def test_a_style_put_into_a_class_folder_is_a_picture_like_any_other(finished: Path, tmp_path: Path) -> None:
    """The store holds its bytes already, as a style: it is taken in and never simply taken away."""
    made = copied(finished, tmp_path)
    shutil.copy(made.root / "rules/styles/strokes.png", made.library / "ok/strokes.png")
    made.later(40)
    assert made.photo("strokes.png").decision.verdict == "ok"


def test_files_beside_the_view_folders_are_counted(finished: Path, tmp_path: Path) -> None:
    """Left alone wherever they lie in library/."""
    made = copied(finished, tmp_path)
    put(made.library / "my list.txt", b"?")
    made.later(70)
    assert made.at_work.tally().ignored == 1
