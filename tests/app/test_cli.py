"""The command line: statuses, one JSON document, sentences instead of tracebacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from e2e_world import Runner
from safelight.app.working import init, lanes_for
from safelight.cli.files import parse_percent
from safelight.model.errors import UsageError
from safelight.reconcile.event import Event
from world import put


@pytest.fixture
def safelight(tmp_path: Path) -> Runner:
    """The command line with a cache of its own."""
    return Runner(tmp_path / "cache")


@pytest.fixture
def event(tmp_path: Path) -> Event:
    """A new event as `init` makes it."""
    init(tmp_path / "event")
    return Event(tmp_path / "event")


def test_init_lays_out_a_right_event(event: Event, safelight: Runner) -> None:
    """All folders, rule files without a problem or warning, styles of our own, schemas for editors."""
    for name in ("inbox", "library", "templates", "rules/styles", "rules/texts", "try"):
        assert (event.root / name).is_dir()
    told = json.loads(safelight(event, "rules", "check", "--json"))
    assert told == {"problems": {}, "warnings": []}
    assert list((event.rules / "styles").glob("*.jpg"))
    assert (event.rules / ".schema" / "retouch.schema.json").is_file()


def test_init_refuses_a_folder_in_use(tmp_path: Path) -> None:
    """Nothing of anybody's is written over."""
    put(tmp_path / "mine.txt", b"x")
    with pytest.raises(UsageError, match="not empty"):
        init(tmp_path)


def test_looking_writes_nothing(event: Event, safelight: Runner) -> None:
    """status, plan and rules check take no lease and leave no trace in the event."""
    before = sorted(event.root.rglob("*"))
    for words in (("status",), ("plan",), ("rules", "check"), ("redo",)):
        json.loads(safelight(event, *words, "--json"))
        safelight(event, *words)
    assert sorted(event.root.rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("explain", "nobody.jpg"), 2, "No photo of this event is called “nobody.jpg”"),
        (("decide", "x", "maybe"), 2, "is no verdict"),
        (("frobnicate",), 2, "No such command"),
        (("mask", "gone.jpg", "car", "-o", "m.png"), 2, "There is no file gone.jpg"),
        (("stylize", "a", "b", "-o", "c.png", "--strength", "160%"), 2, "is no strength"),
        (("evaluate", "no such folder"), 2, "There is no folder"),
    ],
)
def test_wrong_use_is_a_sentence_and_status_2(
    event: Event, safelight: Runner, words: tuple[str, ...], status: int, told: str
) -> None:
    """Never a traceback on the screen."""
    process = safelight.start(event, *words)
    out, err = process.communicate(timeout=60)
    assert process.returncode == status, err
    assert told in err
    assert "Traceback" not in out + err


def test_a_folder_that_is_no_event_is_told_so(tmp_path: Path, safelight: Runner) -> None:
    """What, where and what to do."""
    process = safelight.start(Event(tmp_path), "run")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "is not a Safelight event" in err
    assert "safelight init" in err


def test_wrong_rules_have_status_2_and_a_line(event: Event, safelight: Runner) -> None:
    """`rules check` tells the line and what was meant; the run goes on with what is right."""
    path = event.rules / "retouch.yaml"
    path.write_text(path.read_text().replace("do: blur", "do: blurr", 1))
    told = json.loads(safelight(event, "rules", "check", "--json", status=(2,)))
    assert "Did you mean" in told["problems"]["retouch.yaml"]
    safelight(event, "run")
    assert list(event.rules.glob("retouch.yaml - 1 PROBLEM*.txt"))
    path.write_text(path.read_text().replace("do: blurr", "do: blur", 1))
    safelight(event, "run")
    assert not list(event.rules.glob("*PROBLEM*"))


@pytest.mark.parametrize(("text", "share"), [("60%", 0.6), ("60 %", 0.6), ("0.25", 0.25), ("100%", 1.0), ("0,5", 0.5)])
def test_percent_is_read_as_people_write_it(text: str, share: float) -> None:
    """With and without a space, a comma or the sign."""
    assert parse_percent(text) == share


@pytest.mark.parametrize(
    ("wanted", "processors", "expected"), [(0, 2, (2, 1)), (0, 16, (4, 4)), (1, 2, (1, 2)), (0, 1, (1, 1))]
)
def test_lanes_fill_the_machine(wanted: int, processors: int, expected: tuple[int, int]) -> None:
    """One lane a processor up to four; what is left goes to threads."""
    assert lanes_for(wanted, processors) == expected
