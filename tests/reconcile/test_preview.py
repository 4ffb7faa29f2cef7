"""Before changed rules redo anything: the impact is counted, shown and said; finished work waits for it, nothing else does."""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from loop_world import Day, Inline, day  # type: ignore[import-not-found]
from safelight.model.records import Accepted, Redo, StepDone, Word
from safelight.reconcile.preview import shown_rules
from safelight.workers.lanes import Answer
from world import jpeg, put

LIMIT = "version: 1\nname: Small race\nlanguage: en\nsettle: 1 s\nredo_limit: 0 seconds\n"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day with three photos in ok and eight boards retouched, all finished."""
    folder = tmp_path_factory.mktemp("boards")
    made = day(folder)
    for number in range(8):
        put(made.root / f"inbox/jean/board {number}.jpg", jpeg(100 + number))
    made.later(60).stop()
    return folder


def copied(finished: Path, tmp_path: Path) -> Day:
    """A copy at work."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    return Day(tmp_path / "event", tmp_path / "cache").start().later(6)


@pytest.fixture
def made(finished: Path, tmp_path: Path) -> Day:
    """The finished day, at work again."""
    return copied(finished, tmp_path)


class Slow(Inline):
    """Lanes in which one kind of job is never done."""

    never = ""

    def submit(self, job: Mapping[str, Any]) -> Future[Answer]:
        """As always, but for that one."""
        if job["stage"] == self.never and "scratch" in job:
            return Future()
        return super().submit(job)


def stuck(made: Day, stage: str) -> None:
    """From now on rehearsals of this stage hang."""
    lanes = Slow(made.event)
    lanes.never = stage
    made.at_work.work.lanes = lanes  # type: ignore[assignment]


def change(made: Day, file: str, old: str, new: str) -> None:
    """A person edits a rule file."""
    path = made.root / "rules" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def preview(made: Day, part: str = "retouch") -> tuple[Path, Path]:
    """The picture and the text."""
    return made.root / f"rules/preview {part}.jpg", made.root / f"rules/preview {part}.txt"


def text(path: Path) -> str:
    """What a person reads."""
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return data.decode("utf-8-sig").replace("\r\n", "\n")


def steps(made: Day) -> list[str]:
    """Stages recorded, in order."""
    return [fact.stage for fact in made.facts(StepDone)]


def test_a_changed_rule_is_shown_counted_and_then_used(made: Day) -> None:
    """Picture and text beside the rules, the line told, and then the finished work is done again."""
    before = len(steps(made))
    change(made, "retouch.yaml", "plain wall", "road")
    made.later(30)
    picture, words = preview(made)
    with Image.open(picture) as opened:
        assert opened.format == "JPEG"
        assert opened.width > 2000
    assert text(words).startswith("8 photos touched: 8 changed differently.\nretouch.yaml, version 2. In force since ")
    assert "copy rules/.history/retouch 0001" in text(words)
    assert "  jean/board 7.jpg: changed differently\n" in text(words)
    assert "retouch.yaml: 8 photos touched: 8 changed differently" in made.told
    assert sorted(steps(made)[before:]) == ["inpaint"] * 8 + ["stylize"] * 8


def test_what_is_rehearsed_is_neither_recorded_nor_kept(finished: Path, tmp_path: Path) -> None:
    """No record but the accepted version, no object but the rule file's bytes, no picture in the library."""
    made = copied(finished, tmp_path)
    put(made.root / "rules/event.yaml", LIMIT.encode())
    made.later(10)
    records, objects = len(made.event.journal.read().records), set(made.event.store.names())
    library = {path: path.stat().st_mtime_ns for path in made.library.rglob("*.jpg")}
    change(made, "retouch.yaml", "plain wall", "road")
    made.later(30)
    assert preview(made)[0].exists()
    assert made.at_work.work.lanes.did.count("rehearse inpaint") == 6  # type: ignore[attr-defined]
    new = made.event.journal.read().records[records:]
    assert [type(record.fact) for record in new] == [Accepted]
    assert set(made.event.store.names()) - objects == {new[0].fact.object}
    assert {path: path.stat().st_mtime_ns for path in made.library.rglob("*.jpg")} == library
    assert not list((tmp_path / "cache").rglob("scratch/preview"))


def test_finished_work_waits_for_the_preview_a_bounded_time(made: Day) -> None:
    """A preview that hangs holds redoing for a minute; new photos are taken and go on by the new rules at once."""
    stuck(made, "sheet")
    before = len(steps(made))
    change(made, "retouch.yaml", "plain wall", "road")
    made.later(12)
    assert made.plan("board 1.jpg").standing == "done"
    assert made.plan("board 1.jpg").held is None
    put(made.root / "inbox/jean/board new.jpg", jpeg(500))
    made.later(20)
    assert sorted(steps(made)[before:]) == ["classify", "inpaint", "look", "mask", "stylize"]
    assert [fact.params for fact in made.facts(StepDone) if fact.stage == "inpaint"][-1] == {"with": "road"}
    assert not made.at_work.idle()
    made.later(40)
    assert sorted(steps(made)[before + 5 :]) == ["inpaint"] * 8 + ["stylize"] * 8
    assert not preview(made)[0].exists()
    assert preview(made)[1].exists()


def test_a_preview_that_fails_holds_nothing(made: Day) -> None:
    """No sheet, no waiting: the text is there and work goes on."""

    class Broken(Inline):
        def submit(self, job: Mapping[str, Any]) -> Future[Answer]:
            return super().submit({**job, "inputs": {"image": "f" * 64}} if job["stage"] == "export" else job)

    made.at_work.work.lanes = Broken(made.event)  # type: ignore[assignment]
    change(made, "retouch.yaml", "plain wall", "road")
    made.later(20)
    assert made.at_work.idle()
    assert preview(made)[1].exists()


def test_above_the_limit_old_results_stay_until_the_word(finished: Path, tmp_path: Path) -> None:
    """Preview and line appear, the redo waits, a file named `redo retouch` lets exactly it go and is gone."""
    made = copied(finished, tmp_path)
    put(made.root / "rules/event.yaml", LIMIT.encode())
    made.later(10)
    before, views = len(steps(made)), {path: path.read_bytes() for path in made.library.rglob("board*.jpg")}
    change(made, "retouch.yaml", "plain wall", "road")
    change(made, "style.yaml", "like: all", "like: all\n    strength: 30%")
    made.later(40)
    assert made.at_work.held == {"retouch", "style"}
    assert steps(made)[before:] == []
    assert {path: path.read_bytes() for path in views} == views
    assert "waits for your word: put an empty file named “redo retouch”" in text(preview(made)[1])
    assert preview(made)[0].exists()
    assert preview(made, "style")[0].exists()
    assert text(preview(made, "style")[1]).startswith("3 photos touched: 3 painted differently.")
    put(made.root / "rules/Redo Retouch.txt", b"")
    made.later(30)
    assert not (made.root / "rules/Redo Retouch.txt").exists()
    assert made.at_work.held == {"style"}
    assert sorted(steps(made)[before:]) == ["inpaint"] * 8 + ["stylize"] * 8
    put(made.root / "rules/redo style", b"")
    made.later(30)
    assert made.at_work.held == frozenset()
    assert sorted(steps(made)[before:]) == ["inpaint"] * 8 + ["stylize"] * 11
    assert not list((made.root / "rules").glob("*edo *"))


def test_a_word_whose_file_cannot_go_is_said_once(finished: Path, tmp_path: Path) -> None:
    """It stays where it is (a folder with something in it): the word counts once and never becomes another redo."""
    made = copied(finished, tmp_path)
    put(made.root / "rules/event.yaml", LIMIT.encode())
    made.later(10)
    change(made, "retouch.yaml", "plain wall", "road")
    made.later(30)
    put(made.root / "rules/redo retouch/why.txt", b"because")
    made.later(60)
    assert (len(made.facts(Word)), len(made.facts(Redo))) == (1, 0)
    assert made.at_work.held == frozenset()


def test_a_preview_that_a_crash_cut_off_is_made_by_the_next_owner(made: Day) -> None:
    """Killed as soon as the rules were accepted: the redo still waits for the preview."""

    class Killed(BaseException):
        pass

    def at(label: str) -> None:
        if label == "rules accepted":
            raise Killed

    change(made, "retouch.yaml", "plain wall", "road")
    made.at_work.work.at = at
    with pytest.raises(Killed):
        made.later(20)
    made.stop()
    before = len(steps(made))
    made.start()
    stuck(made, "sheet")
    made.later(20)
    assert text(preview(made)[1]).startswith("8 photos touched: 8 changed differently.")
    assert len(steps(made)) == before
    made.at_work.work.lanes.never = ""  # type: ignore[attr-defined]


def test_undo_runs_no_step(made: Day) -> None:
    """The old version copied back: what was finished by it is finished again, its preview shows the way back."""
    old = {path: path.read_bytes() for path in made.library.rglob("board*.*g")}
    change(made, "retouch.yaml", "plain wall", "road")
    made.later(40)
    assert {path: path.read_bytes() for path in old} != old
    before = len(steps(made))
    version = next((made.root / "rules/.history").glob("retouch 0001*"))
    shutil.copyfile(version, made.root / "rules/retouch.yaml")
    made.later(40)
    assert steps(made)[before:] == []
    assert {path: path.read_bytes() for path in old} == old
    assert text(preview(made)[1]).startswith("8 photos touched: 8 changed differently.\nretouch.yaml, version 3.")


def test_a_remark_or_a_space_is_no_change_of_meaning(made: Day) -> None:
    """Accepted and kept, but nothing is previewed or done."""
    before = len(steps(made))
    change(made, "retouch.yaml", "version: 1", "version: 1   # our rules")
    made.later(20)
    assert made.facts(Accepted)[-1].version == 2
    assert not preview(made)[1].exists()
    assert len(steps(made)) == before


def test_a_person_s_file_of_that_name_stays(made: Day) -> None:
    """Neither their picture nor their text is overwritten; it is said once."""
    picture, words = preview(made)
    put(picture, jpeg(77))
    put(words, b"my own notes")
    change(made, "retouch.yaml", "plain wall", "road")
    made.later(30)
    assert (picture.read_bytes(), words.read_bytes()) == (jpeg(77), b"my own notes")
    assert sum("stays as it is" in told for told in made.told) == 2


def test_a_preview_goes_with_the_rules_it_shows(made: Day, tmp_path: Path) -> None:
    """Other rules in force, also after a restart with a lost cache: no stale picture or text is left."""
    change(made, "retouch.yaml", "plain wall", "road")
    made.later(40)
    first = shown_rules(preview(made)[0])
    assert first.startswith("Safelight preview retouch ")
    change(made, "sort.yaml", "do: exclure", "do: ok")
    made.later(20)
    assert shown_rules(preview(made)[0]) == first
    made.stop()
    shutil.rmtree(tmp_path / "cache")
    change(made, "retouch.yaml", "mask: text\n", "mask: face\n")
    stuck(made.start(), "export")
    made.later(10)
    assert not preview(made)[0].exists()
    made.stop()


def test_sorting_is_shown_as_a_strip(made: Day) -> None:
    """Old → new class of each photo, and the counts by pair."""
    change(made, "sort.yaml", 'file: "ok*"', 'file: "ok 1*"')
    made.later(30)
    picture, words = preview(made, "sort")
    assert text(words).startswith("2 photos touched: 2 ok → exclure.")
    with Image.open(io.BytesIO(picture.read_bytes())) as opened:
        assert opened.width > 600


def test_a_missing_file_is_no_preview(made: Day) -> None:
    """Its photos wait; there is nothing to show."""
    (made.root / "rules/retouch.yaml").unlink()
    made.later(90)
    assert made.plan("board 1.jpg").need.code == "no_retouch_rules"
    assert not preview(made)[1].exists()


def test_a_change_over_a_change_begins_anew(made: Day) -> None:
    """The preview under way is dropped; the new one shows the rules that are in force."""
    stuck(made, "export")
    change(made, "retouch.yaml", "plain wall", "road")
    made.later(10)
    made.at_work.work.lanes = Inline(made.event)  # type: ignore[assignment]
    change(made, "retouch.yaml", "road", "grass")
    made.later(40)
    assert "version 3" in text(preview(made)[1])
    assert [fact.params["with"] for fact in made.facts(StepDone) if fact.stage == "inpaint"][8:] == ["grass"] * 8


def test_in_french(finished: Path, tmp_path: Path) -> None:
    """The line, the text and the word for it."""
    made = copied(finished, tmp_path)
    put(made.root / "rules/event.yaml", LIMIT.replace("language: en", "langue: fr").encode())
    made.later(10)
    change(made, "retouch.yaml", "plain wall", "road")
    made.later(30)
    assert text(preview(made)[1]).startswith("8 photos concernées\u00a0: 8 au résultat différent.")
    assert "«\u202frefaire retouche\u202f»" in text(preview(made)[1])
    put(made.root / "rules/refaire Retouche", b"")
    made.later(30)
    assert made.at_work.held == frozenset()
