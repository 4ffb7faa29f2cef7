"""The status file's text: true, whole, in both languages, and never other than the page says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from french_words import english_in
from loop_world import RULES, day
from safelight.reconcile.event import Event
from safelight.reconcile.shelf import Shelf
from safelight.reconcile.statustext import News, RuleTold, lines, next_lines
from safelight.reconcile.tally import Tally
from safelight.reconcile.words import note
from world import jpeg, put

NOW = datetime(2026, 6, 13, 19, 4, 10, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
COUNTS = Tally(ignored=1, duplicates=2, needs_you=3, waiting=4, in_book=50, not_chosen=6)
AT = "2026-06-13T15:50:00Z"
WRONG = (
    ("retouch.yaml, line 7: unknown key “maks”.", "retouch.yaml, ligne 7\u00a0: clé inconnue «\u202fmaks\u202f»."),
)
NEWS = News(
    "studio-pc", 4711, "2026-06-13T14:00:00Z", (), False, 0.0, (RuleTold("sort.yaml", 2, AT),), (), "", 24, AT
)  # fmt: skip
CASES = {
    "all well": NEWS,
    "busy": replace(NEWS, doing=("masquage a.jpg",) * 5, left=250.0),
    "laying out": replace(NEWS, laying_out=True),
    "work that waits": replace(NEWS, left=40.0),
    "full": replace(NEWS, trouble="Le disque est plein\u202f: 0 Mo libres, 1 nécessaires."),
    "a broken rule": replace(NEWS, rules=(RuleTold("retouch.yaml", 3, AT, WRONG * 5),)),
    "a broken first rule": replace(NEWS, rules=(RuleTold("retouch.yaml", problems=WRONG),)),
    "a missing rule": replace(NEWS, rules=(RuleTold("style.yaml", 1, AT, (), True), RuleTold("sort.yaml"))),
    "a held redo": replace(NEWS, held=("retouch", "style")),
    "no book": replace(NEWS, pages=0, book_made="", book_reason="Le livre n’a pas pu être fait."),
}


@given(*[st.integers(0, 10**6)] * 6)
@settings(deadline=None, max_examples=60)
def test_the_counts_add_up(a: int, b: int, c: int, d: int, e: int, f: int) -> None:
    """One a line, in the design's order; their sum is what arrived, and is shown as a sum."""
    told = lines(Tally(a, b, c, d, e, f), NEWS, "en", NOW, UTC, running=True)
    first = told.index("What arrived") + 1
    numbers = [int(re.findall(r"\d+", line)[0]) for line in told[first : first + 7]]
    assert numbers[:-1] == [a, b, c, d, e, f]
    assert sum(numbers[:-1]) == numbers[-1]
    parts = re.search(r"\((.*)\)", told[first + 6])
    assert parts
    assert [int(part) for part in parts[1].split(" + ")] == [a, b, c, d, e, f]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("running", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_every_state_is_told_in_both_languages(case: str, running: bool, language: str) -> None:
    """No field is left, no English in French, readable in Notepad, and always something to do or the word that nothing is."""
    text = note(lines(COUNTS, CASES[case], language, NOW, PARIS, running=running)).decode("utf-8-sig")
    assert text.count("\n") == text.count("\r\n")
    for line in text.split("\r\n"):
        assert len(line) <= 200
        assert "{" not in line
        if language == "fr":
            assert not english_in(line), line
            assert not re.search(r" [;!?%»]|« |'", line), line
    assert "studio-pc" in text
    assert "21:04:10" in text
    assert list(next_lines(Tally(), CASES[case], language, running=running))


def test_word_for_word() -> None:
    """What somebody who sees only the share reads."""
    news = replace(
        CASES["busy"], doing=("masking a.jpg", "painting b.jpg"), rules=(RuleTold("retouch.yaml", 3, AT, WRONG),)
    )
    assert lines(replace(COUNTS, needs_you=1), news, "en", NOW, PARIS, running=True) == [
        "Safelight is running.",
        "At work on studio-pc since 13 June 2026, 16:00 (process 4711).",
        "Last sign of life: 13 June 2026, 21:04:10. Older than a minute? Then nobody is at work, whatever stands here: is that "
        "computer on, is this folder still connected?",
        " ",
        "Now: masking a.jpg, painting b.jpg. About 4 min of work left.",
        " ", "What arrived", "  1 ignored", "  2 duplicates", "  1 needs you", "  4 waiting", "  50 in the book",
        "  6 not chosen", "  = 64 arrived (1 + 2 + 1 + 4 + 50 + 6)",
        " ", "Rules",
        "retouch.yaml: NOT in use as it stands. Version 3 stays in force, since 13 June 2026, 17:50.",
        "    retouch.yaml, line 7: unknown key “maks”.",
        " ", "The book", "24 pages, made 13 June 2026, 17:50: library/book/book.pdf",
        " ", "What you can do",
        "Mend retouch.yaml in the folder rules: it counts as soon as it is saved.",
        "Open the folder need-you: each card says what it is and what you can do.",
    ]  # fmt: skip


TALLIES = st.builds(Tally, *[st.integers(0, 3)] * 6)


@given(
    st.lists(st.tuples(TALLIES, st.floats(0, 20), st.sampled_from(["run", "run", "run", "lose", "end"])), max_size=12)
)
@settings(deadline=None, max_examples=40)
def test_name_text_and_page_never_disagree(tmp_path_factory: pytest.TempPathFactory, steps) -> None:  # type: ignore[no-untyped-def]
    """After whatever sequence of counts, pauses, deleted files and ends: all three say the same, and there is one file."""
    event, clock = Event(tmp_path_factory.mktemp("status")), [100.0]
    event.library.mkdir()
    shelf = Shelf(event, lambda: clock[0], lambda: NOW + timedelta(seconds=clock[0]))
    for counts, pause, what in steps:
        clock[0] += pause
        if what == "lose":
            for path in event.library.glob("_STATUS *"):
                path.unlink()
        shelf.status(counts, "en", running=what != "end", news=NEWS, zone=UTC)
        (path,) = event.library.glob("_STATUS *")
        text = path.read_text("utf-8-sig")
        page = (event.library / "_status.html").read_text("utf-8")
        rows = dict(re.findall(r'<th scope="row">([\w ]+)</th><td>(\d+)</td>', page))
        inside = {
            key: number for number, key in re.findall(r"^  =? ?(\d+) ([\w ]+?)(?: \(.*)?\r?$", text, re.MULTILINE)
        }
        alike = {"need you": "needs you", "duplicate": "duplicates"}
        assert rows == {alike.get(key, key): number for key, number in inside.items()}
        assert f"{rows['in the book']} in the book" in path.name
        assert (f"{rows['waiting']} waiting" in path.name) == (rows["waiting"] != "0")
        assert ("running" in path.name) == ('data-run="yes"' in page) == text.startswith("Safelight is running.")


def test_through_the_loop(tmp_path: Path) -> None:
    """A real day: who, the versions in force, a broken file by its problem, and who was there last once it ended."""
    made = day(tmp_path, 2)

    def text() -> str:
        (path,) = made.library.glob("_STATUS *")
        return path.read_text("utf-8-sig").replace("\r", "")

    mine = made.at_work.work.event.lease.held
    assert mine
    assert f"At work on {mine.host} since " in text()
    assert "retouch.yaml: version 1, in force since 13 June 2026, 16:00 (UTC)." in text()
    put(made.root / "rules/retouch.yaml", RULES["retouch.yaml"].replace("mask:", "maks:").encode())
    put(made.root / "inbox/marie/half.jpg", jpeg(9)[:800])
    made.later(60)
    assert "retouch.yaml: NOT in use as it stands. Version 1 stays in force" in text()
    assert "maks" in text()
    assert "Mend retouch.yaml in the folder rules" in text()
    assert "maks" in (made.library / "_status.html").read_text("utf-8")
    made.at_work.farewell()
    assert text().startswith("Safelight is stopped.\nLast at work on " + mine.host)
