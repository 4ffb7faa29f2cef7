"""The whole way with real stages and the real command line: drop, sort, retouch, paint, book, verify."""

from __future__ import annotations

import json
import random
import shutil
import time
from pathlib import Path

import pytest

from e2e_world import Runner, photo, small_event, wait_for  # type: ignore[import-not-found]
from safelight.model.records import BookMade, StepDone
from safelight.reconcile.event import Event, look_at
from world import listing, put


def views(event: Event) -> dict[str, bytes]:
    """All views with their bytes."""
    return {name: (event.library / name).read_bytes() for name in listing(event.library)}


def results(event: Event) -> dict[tuple[str, str, str], dict[str, str]]:
    """What every step of every photo gave: the digests that must be the same however often a run was killed."""
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for record in look_at(event).ledger.records:
        if isinstance(record.fact, StepDone):
            found.setdefault((record.fact.photo, record.fact.stage, record.fact.key), record.fact.outputs)
    return found


def copied(finished: tuple[Event, Runner], folder: Path) -> tuple[Event, Runner]:
    """A copy of the finished event, with its cache."""
    event, runner = finished
    shutil.copytree(event.root, folder / "event")
    shutil.copytree(runner.environment["SAFELIGHT_CACHE"], folder / "cache")
    return Event(folder / "event"), Runner(folder / "cache")


def test_every_photo_has_a_place_and_a_reason(finished: tuple[Event, Runner]) -> None:
    """Sorted by rule, retouched where asked, one style a photo, the bad file in need-you, sums that add up."""
    event, safelight = finished
    names = set(views(event))
    assert {"ok/marie/ok 1.jpg", "ok/marie/ok 2.jpg", "retoucher/jean/board 1.jpg", "exclure/jean/zoo.jpg"} <= names
    assert {"stylized/marie/ok 1.jpg", "stylized/jean/board 1.jpg"} <= names
    assert {"exclure/jean/zoo.jpg.why.txt", "need-you/jean/half.jpg", "need-you/jean/half.jpg.why.txt"} <= names
    assert any(name.startswith("retouched/jean/board 1.") for name in names)
    assert not [path for path in event.inbox.rglob("*") if path.is_file()]
    counts = json.loads(safelight(event, "status", "--json"))
    assert counts["arrived"] == 6
    assert counts["in_book"] == 4
    assert (counts["needs_you"], counts["not_chosen"], counts["waiting"]) == (1, 1, 0)
    why = (event.library / "exclure/jean/zoo.jpg.why.txt").read_text("utf-8-sig")
    assert "“others”" in why


def test_originals_stay_bit_identical(finished: tuple[Event, Runner]) -> None:
    """A class view is the very bytes that were dropped."""
    event, _ = finished
    assert (event.library / "ok/marie/ok 1.jpg").read_bytes() == photo(1)


def test_the_book_is_there_and_its_root_is_that_of_the_ledger(finished: tuple[Event, Runner]) -> None:
    """A PDF and HTML pages; the colophon's root covers the ledger up to the last record that shaped a page."""
    event, safelight = finished
    assert (event.library / "book/book.pdf").read_bytes()[:5] == b"%PDF-"
    assert (event.library / "book/html/index.html").is_file()
    made = [record.fact for record in look_at(event).ledger.records if isinstance(record.fact, BookMade)]
    assert len(made) == 1
    assert len(made[0].pages) == 4
    found = json.loads(safelight(event, "audit", "verify", "--json"))
    assert found["ok"]


def test_again_at_once_does_nothing(finished: tuple[Event, Runner], tmp_path: Path) -> None:
    """The second of two runs plans nothing, starts no step, makes no book and changes no view."""
    event, safelight = copied(finished, tmp_path)
    before, records = views(event), len(look_at(event).ledger.records)
    plan = json.loads(safelight(event, "plan", "--json"))
    assert plan["steps"] == []
    outcome = json.loads(safelight(event, "run", "--json", status=(1,)))
    assert outcome["steps"] == 0
    assert len(look_at(event).ledger.records) == records + 1
    assert views(event) == before


def test_views_and_cache_come_back(finished: tuple[Event, Runner], tmp_path: Path) -> None:
    """Deleting the cache and every view with no owner running is no wish: all comes back identical, no step runs."""
    event, safelight = copied(finished, tmp_path)
    before, book = views(event), (event.library / "book/book.pdf").read_bytes()
    shutil.rmtree(tmp_path / "cache")
    for entry in event.library.iterdir():
        if entry.name != ".safelight":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    outcome = json.loads(safelight(event, "run", "--json", status=(1,)))
    assert outcome["steps"] == 0
    assert views(event) == before
    assert (event.library / "book/book.pdf").read_bytes() == book


def test_a_changed_rule_redoes_its_photos_only(finished: tuple[Event, Runner], tmp_path: Path) -> None:
    """Another word to paint: exactly the photos of that rule redo inpaint and what follows, then the book."""
    event, safelight = copied(finished, tmp_path)
    path = event.rules / "retouch.yaml"
    path.write_text(path.read_text().replace("plain wall", "plain board"))
    before = len(look_at(event).ledger.records)
    safelight(event, "run", status=(1,))
    new = [record.fact for record in look_at(event).ledger.records[before:]]
    stages = sorted((fact.stage, fact.rule) for fact in new if isinstance(fact, StepDone))
    assert stages == [("inpaint", "Boards")] * 2 + [("stylize", "All painted")] * 2
    assert sum(isinstance(fact, BookMade) for fact in new) == 1


def test_a_long_redo_waits_for_a_word(finished: tuple[Event, Runner], tmp_path: Path) -> None:
    """Above redo_limit old results stay and the redo waits; the word lets it go."""
    event, safelight = copied(finished, tmp_path)
    path = event.rules / "event.yaml"
    path.write_text(path.read_text() + "redo_limit: 0 seconds\n")
    path = event.rules / "style.yaml"
    path.write_text(path.read_text() + "    strength: 30%\n")
    before = views(event)
    outcome = json.loads(safelight(event, "run", "--json", status=(1,)))
    assert (outcome["steps"], outcome["waits_for_word"], outcome["in_book"]) == (0, ["style"], 4)
    assert {name: data for name, data in views(event).items() if not name.endswith(".why.txt")} == {
        name: data for name, data in before.items() if not name.endswith(".why.txt")
    }
    assert "style" in safelight(event, "redo")
    safelight(event, "redo", "style")
    outcome = json.loads(safelight(event, "run", "--json", status=(1,)))
    assert (outcome["steps"], outcome["waits_for_word"]) == (4, [])


def test_a_moved_view_is_a_decision(finished: tuple[Event, Runner], tmp_path: Path) -> None:
    """Moved into another class folder while nobody ran: recorded, replanned, the view stays where the person put it."""
    event, safelight = copied(finished, tmp_path)
    target = event.library / "exclure/marie"
    target.mkdir(parents=True)
    shutil.move(event.library / "ok/marie/ok 1.jpg", target / "ok 1.jpg")
    safelight(event, "run", status=(1,))
    told = json.loads(safelight(event, "explain", "ok 1.jpg", "--json"))
    assert (told["verdict"], told["decided_by"], told["page"]) == ("exclure", "person", None)
    assert not (event.library / "ok/marie/ok 1.jpg").exists()
    assert "stylized/marie/ok 1.jpg" not in views(event)
    safelight(event, "decide", "ok 1.jpg", "ok")
    safelight(event, "run", status=(1,))
    assert "stylized/marie/ok 1.jpg" in views(event)


def test_known_bytes_again_are_a_duplicate(finished: tuple[Event, Runner], tmp_path: Path) -> None:
    """The same card twice: explained in duplicates/, nothing done again, both names kept."""
    event, safelight = copied(finished, tmp_path)
    put(event.inbox / "paul" / "other name.jpg", photo(1))
    outcome = json.loads(safelight(event, "run", "--json", status=(1,)))
    assert (outcome["duplicates"], outcome["arrived"], outcome["in_book"]) == (1, 7, 4)
    assert "ok 1.jpg" in (event.library / "duplicates/paul/other name.jpg.why.txt").read_text("utf-8-sig")


def test_damage_is_found_and_named(finished: tuple[Event, Runner], tmp_path: Path) -> None:
    """One flipped bit of an object and a cut journal: verify says which, status 4, and nothing else is lost."""
    event, safelight = copied(finished, tmp_path)
    record = next(
        item for item in look_at(event).ledger.records if isinstance(item.fact, StepDone) and item.fact.outputs
    )
    name = next(iter(record.fact.outputs.values()))  # type: ignore[attr-defined]
    path = event.store.path(name)
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    found = json.loads(safelight(event, "audit", "verify", "--json", status=(4,)))
    assert found["damaged"] == [name]
    assert f"record {record.sequence}" in found["damage"][0]
    journal = max(event.journal.folder.glob("*.jsonl"))
    journal.write_bytes(journal.read_bytes()[:-20])
    found = json.loads(safelight(event, "audit", "verify", "--json", status=(4,)))
    assert len(found["torn"]) == 1
    assert found["damaged"] == [name]


@pytest.mark.parametrize("kills", [3, pytest.param(10, marks=pytest.mark.torture)])
def test_killed_at_any_moment_the_end_is_the_same(finished: tuple[Event, Runner], tmp_path: Path, kills: int) -> None:
    """Kill -9 of the whole process group again and again: same verdicts, same objects, same pages, chain whole."""
    reference, _ = finished
    event, safelight = small_event(tmp_path / "event"), Runner(tmp_path / "cache")
    chance = random.Random(kills)
    for _ in range(kills):
        process = safelight.start(event, "run")
        time.sleep(chance.uniform(1.5, 9.0))
        Runner.kill(process)
    safelight(event, "run", status=(1,))
    assert results(event) == results(reference)
    assert set(views(event)) == set(views(reference))
    for name, data in views(reference).items():
        if not name.endswith(".why.txt"):
            assert (event.library / name).read_bytes() == data, name
    made, expected = (book_of(which) for which in (event, reference))
    assert (made.pages, made.page_count, made.not_chosen) == (expected.pages, expected.page_count, expected.not_chosen)
    assert json.loads(safelight(event, "audit", "verify", "--json"))["ok"]


def book_of(event: Event) -> BookMade:
    """The last book's record."""
    return [record.fact for record in look_at(event).ledger.records if isinstance(record.fact, BookMade)][-1]


def test_watch_takes_pictures_and_rules_as_they_come(event: Event, safelight: Runner) -> None:
    """Dropped while watching: in its folder after the settle time; a rule edit counts without a restart."""
    process = safelight.start(event, "watch")
    try:
        wait_for(lambda: (event.library / "ok/marie/ok 1.jpg").exists())
        put(event.inbox / "marie" / "ok 9.jpg", photo(9))
        wait_for(lambda: (event.library / "ok/marie/ok 9.jpg").exists())
        path = event.rules / "sort.yaml"
        path.write_text(path.read_text().replace('"ok*"', '"ok 1*"'))
        wait_for(lambda: (event.library / "exclure/marie/ok 9.jpg").exists())
        refused = safelight.start(event, "run")
        out, err = refused.communicate(timeout=60)
        assert refused.returncode == 3, out
        assert "already run by process" in err
    finally:
        process.terminate()
        process.communicate(timeout=60)
