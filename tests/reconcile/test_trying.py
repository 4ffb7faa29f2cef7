"""try/: through everything and back with a picture and the reasons, and no trace of it anywhere else."""

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
from safelight.model.errors import DiskFull, WorkerLost
from safelight.reconcile.trial import with_comment
from safelight.reconcile.trying import result_names
from safelight.reconcile.tryingwords import TEXT
from safelight.store import Store
from safelight.workers.lanes import Answer
from world import jpeg, put


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day with two photos, finished."""
    folder = tmp_path_factory.mktemp("try")
    day(folder, 2).stop()
    return folder


@pytest.fixture
def made(finished: Path, tmp_path: Path) -> Day:
    """A copy at work, with an empty try/."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    (tmp_path / "event/try").mkdir()
    return Day(tmp_path / "event", tmp_path / "cache").start().later(6)


def names(made: Day) -> set[str]:
    """Everything in try/."""
    return {path.relative_to(made.root / "try").as_posix() for path in (made.root / "try").rglob("*") if path.is_file()}


def why(made: Day, name: str) -> str:
    """A reason as people read it."""
    data = (made.root / "try" / name).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return data.decode("utf-8-sig").replace("\r\n", "\n")


def rehearsed(made: Day) -> int:
    """Jobs done without being recorded."""
    return sum(stage.startswith("rehearse") for stage in made.at_work.work.lanes.did)  # type: ignore[attr-defined]


def test_a_picture_comes_back_with_result_and_reasons(made: Day) -> None:
    """Retouched and painted beside it; the text tells sorting, rules, masks and times; the picture itself stays."""
    data = jpeg(50)
    put(made.root / "try/board x.jpg", data)
    made.later(20)
    assert names(made) == {"board x.jpg", "board x.result.jpg", "board x.why.txt"}
    assert (made.root / "try/board x.jpg").read_bytes() == data
    with Image.open(made.root / "try/board x.result.jpg") as opened:
        assert opened.format == "JPEG"
    told = why(made, "board x.why.txt")
    assert "It would be retouched and painted: board x.result.jpg shows it." in told
    assert "Sorted as retoucher by the rule “boards”." in told
    assert "  “good ones” does not apply: file is not ok*" in told
    assert (
        "  “Boards” applies: inpaint\n      mask text: 10 % of the picture (0.5 s)\n      inpaint plain wall (rote, 0.5 s)"
        in told
    )
    assert "      painted like strokes (rote, 0.5 s)" in told


def test_it_leaves_no_trace(made: Day) -> None:
    """No record, no object, no view, no count: the event is what it was."""
    records, objects = len(made.event.journal.read().records), set(made.event.store.names())
    counts, library = made.at_work.tally(), {path for path in made.library.rglob("*") if path.is_file()}
    put(made.root / "try/ok x.jpg", jpeg(51))
    made.later(30)
    assert "ok x.result.jpg" in names(made)
    assert len(made.event.journal.read().records) == records
    assert set(made.event.store.names()) == objects
    assert made.at_work.tally() == counts
    assert {path for path in made.library.rglob("*") if path.is_file()} == library
    assert not (made.cache / "scratch/try").exists()


def test_done_once_and_again_when_picture_or_rules_change(made: Day) -> None:
    """Not at every look, not for a new time on the same bytes; again for other bytes, other rules, a lost result."""
    path = put(made.root / "try/ok x.jpg", jpeg(52))
    made.later(20)
    once = rehearsed(made)
    made.later(60)
    path.touch()
    made.later(20)
    assert rehearsed(made) == once
    result = made.root / "try/ok x.result.jpg"
    first = result.read_bytes()
    path.write_bytes(jpeg(53))
    made.later(20)
    second = result.read_bytes()
    assert second != first
    style = made.root / "rules/style.yaml"
    style.write_text(style.read_text() + "    strength: 20%\n")
    made.later(40)
    third = result.read_bytes()
    assert third != second
    result.unlink()
    made.later(20)
    assert result.read_bytes() == third
    book = made.root / "rules/book.yaml"
    book.write_text(book.read_text() + "subtitle: of no concern\n")
    count = rehearsed(made)
    made.later(20)
    assert rehearsed(made) == count


def test_results_go_with_their_picture(made: Day) -> None:
    """Also when it was removed while nobody ran, or the cache was lost; a person's own files stay."""
    for name in ("ok a.jpg", "ok b.jpg", "ok c.jpg"):
        put(made.root / "try" / name, jpeg(len(name) + ord(name[3])))
    note = put(made.root / "try/my notes.txt", b"mine")
    made.later(30)
    assert len(names(made)) == 10
    (made.root / "try/ok a.jpg").unlink()
    made.later(10)
    made.stop()
    (made.root / "try/ok b.jpg").unlink()
    made.start().later(10)
    made.stop()
    shutil.rmtree(made.cache)
    (made.root / "try/ok c.jpg").unlink()
    made.start().later(10)
    assert names(made) == {"my notes.txt"}
    assert note.read_bytes() == b"mine"


def test_a_restart_does_nothing_again(made: Day) -> None:
    """What was answered is remembered; with a lost cache it is done once more over our own files."""
    put(made.root / "try/ok x.jpg", jpeg(54))
    made.later(20).stop()
    made.start().later(20)
    assert rehearsed(made) == 0
    made.stop()
    shutil.rmtree(made.cache)
    made.start().later(2)
    assert "ok x.result.jpg" in names(made)
    made.later(20)
    assert rehearsed(made) > 0
    assert names(made) == {"ok x.jpg", "ok x.result.jpg", "ok x.why.txt"}


def test_a_bad_file_gets_only_a_reason(made: Day) -> None:
    """No picture at all, cut off, damaged: said in the words of need-you, and the file stays."""
    put(made.root / "try/letter.jpg", b"Dear all, this is no picture")
    put(made.root / "try/half.jpg", jpeg(55, (400, 300))[:3000])
    made.later(20)
    assert names(made) == {"letter.jpg", "letter.why.txt", "half.jpg"}
    assert "It could not be used." in why(made, "letter.why.txt")
    assert not made.at_work.idle()
    made.later(620)
    assert "half.why.txt" in names(made)
    assert made.at_work.idle()
    put(made.root / "try/half.jpg", jpeg(55, (400, 300)))
    made.later(20)
    assert "It would be left out of the book." in why(made, "half.why.txt")


def test_two_endings_of_one_stem_do_not_collide(made: Day) -> None:
    """Both keep their endings in the names of their results, from the moment the second one comes until it goes."""
    buffer = io.BytesIO()
    Image.open(io.BytesIO(jpeg(56))).save(buffer, "PNG")
    put(made.root / "try/ok x.jpg", jpeg(56))
    made.later(20)
    count = rehearsed(made)
    put(made.root / "try/ok x.png", buffer.getvalue())
    made.later(20)
    both = {f"ok x.{ending}{made_}" for ending in ("jpg", "png") for made_ in ("", ".result.jpg", ".why.txt")}
    assert names(made) == both
    (made.root / "try/ok x.png").unlink()
    made.later(20)
    assert names(made) == {"ok x.jpg", "ok x.result.jpg", "ok x.why.txt"}
    assert rehearsed(made) <= 2 * count


def test_a_person_s_file_in_the_way_stays(made: Day) -> None:
    """Their `x.why.txt` and `x.result.jpg` are not overwritten; the latter is a picture like any other."""
    put(made.root / "try/ok x.jpg", jpeg(57))
    note, picture = put(made.root / "try/ok x.why.txt", b"mine"), put(made.root / "try/ok x.result.jpg", jpeg(58))
    made.later(40)
    assert (note.read_bytes(), picture.read_bytes()) == (b"mine", jpeg(58))
    assert "ok x.result.result.jpg" in names(made)


def test_a_folder_in_try_is_a_photographer(made: Day) -> None:
    """As in inbox/: rules about a photographer can be tried; results stand beside the picture."""
    sort = made.root / "rules/sort.yaml"
    sort.write_text("version: 1\nsort:\n  - rule: hers\n    when: {photographer: marie}\n    do: ok\n")
    put(made.root / "try/marie/x.jpg", jpeg(59))
    made.later(30)
    assert names(made) == {"marie/x.jpg", "marie/x.result.jpg", "marie/x.why.txt"}
    assert "Sorted as ok by the rule “hers”." in why(made, "marie/x.why.txt")


def test_in_doubt_it_is_shown_as_if_somebody_had_answered(made: Day) -> None:
    """The question is in the text with the answer that was taken; excluded pictures have no result."""
    sort = made.root / "rules/sort.yaml"
    sort.write_text("version: 1\nsort:\n  - rule: please look\n    do: ask\n")
    put(made.root / "try/ok x.jpg", jpeg(60))
    made.later(30)
    told = why(made, "ok x.why.txt")
    assert (
        "wait for you here: The rule “please look” asks for you. Safelight alone would sort this picture as ok ("
        in told
    )
    assert " sure). Shown as if you had said ok." in told
    assert "ok x.result.jpg" in names(made)
    sort.write_text("version: 1\nsort:\n  - rule: none\n    do: exclure\n")
    made.later(30)
    assert names(made) == {"ok x.jpg", "ok x.why.txt"}
    assert "It would be left out of the book." in why(made, "ok x.why.txt")


def test_it_waits_while_the_lanes_have_better_to_do(made: Day) -> None:
    """Real photos first: nothing of try/ begins while a step of theirs is ready or runs."""

    class Busy(Inline):
        order: list[str]

        def submit(self, job: Mapping[str, Any]) -> Future[Answer]:
            self.order.append("try" if "scratch" in job else "real")
            return super().submit(job)

    lanes = Busy(made.event)
    lanes.order = []
    made.at_work.work.lanes = lanes  # type: ignore[assignment]
    put(made.root / "try/ok x.jpg", jpeg(61))
    for number in range(5):
        put(made.root / f"inbox/marie/ok n{number}.jpg", jpeg(200 + number))
    made.later(30)
    real = [index for index, kind in enumerate(lanes.order) if kind == "real"]
    tried = [index for index, kind in enumerate(lanes.order) if kind == "try"]
    assert tried
    assert max(real) < min(tried)


def test_in_french(made: Day) -> None:
    """The text is in the event's language, with French spaces."""
    event = made.root / "rules/event.yaml"
    event.write_text(event.read_text().replace("language: en", "langue: fr"))
    put(made.root / "try/board x.jpg", jpeg(62))
    made.later(30)
    told = why(made, "board x.why.txt")
    assert "Elle serait retouchée et peinte\u00a0: voir board x.result.jpg." in told
    assert (
        "«\u202fBoards\u202f» s’applique\u00a0: remplacer\n      masque texte\u00a0: 10\u202f% de l’image (0,5 s)"
        in told
    )


def test_names_of_results() -> None:
    """Alone by the stem, together by the whole name; folders and case kept apart or together as file systems do."""
    assert result_names({"a.jpg": 1}) == {"a.jpg": ("a.result.jpg", "a.why.txt")}
    assert result_names({"a.jpg": 1, "A.png": 1})["A.png"] == ("A.png.result.jpg", "A.png.why.txt")
    assert result_names({"m/a.jpg": 1, "a.png": 1})["m/a.jpg"] == ("m/a.result.jpg", "m/a.why.txt")


def test_the_mark_changes_no_pixel() -> None:
    """A result of ours is known by its comment, and is the same picture."""
    data = jpeg(63)
    with Image.open(io.BytesIO(data)) as plain, Image.open(io.BytesIO(with_comment(data))) as marked:
        assert marked.info["comment"] == b"Safelight try"
        assert plain.tobytes() == marked.tobytes()


def test_every_sentence_is_in_both_languages() -> None:
    """The same placeholders in both."""
    for english, french in TEXT.values():
        assert sorted(part.partition("}")[0] for part in english.split("{")[1:]) == sorted(
            part.partition("}")[0] for part in french.split("{")[1:]
        )
        assert "'" not in french


def test_a_full_cache_stops_nothing_but_tries(made: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real work goes on, a run may end, and the try is made when there is room."""
    full = [True]
    put_file = Store.put_file

    def perhaps(self: Store, source: Path) -> Any:
        if full[0] and "scratch" in str(self.root):
            raise DiskFull(free=0, needed=1)
        return put_file(self, source)

    monkeypatch.setattr(Store, "put_file", perhaps)
    put(made.root / "try/ok x.jpg", jpeg(70))
    put(made.root / "inbox/marie/ok new.jpg", jpeg(71))
    made.later(20)
    assert names(made) == {"ok x.jpg"}
    assert made.at_work.work.full is None
    assert made.plan("ok new.jpg").standing == "done"
    assert made.at_work.idle()
    full[0] = False
    made.later(60)
    assert "ok x.result.jpg" in names(made)


def test_a_lost_child_is_no_answer(made: Day) -> None:
    """What a later try can help is tried again later, and nothing is said of the picture meanwhile."""

    class Dying(Inline):
        dies = True

        def submit(self, job: Mapping[str, Any]) -> Future[Answer]:
            if self.dies and job["stage"] == "mask":
                future: Future[Answer] = Future()
                future.set_exception(WorkerLost(reason="killed"))
                return future
            return super().submit(job)

    lanes = Dying(made.event)
    made.at_work.work.lanes = lanes  # type: ignore[assignment]
    put(made.root / "try/board x.jpg", jpeg(72))
    made.later(20)
    assert names(made) == {"board x.jpg"}
    lanes.dies = False
    made.later(60)
    assert "board x.result.jpg" in names(made)
