"""The event's log: a line a fact, text or JSON, turning over, and never in the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loop_world import day
from safelight.app.log import KEPT, EventLog, turn_over
from safelight.app.looking import overview
from world import put


@pytest.mark.parametrize("form", ["text", "json"])
def test_every_fact_is_a_line(tmp_path: Path, form: str) -> None:
    """Arrivals, steps with their seconds, rules: each once, photos by number, and no file name."""
    made = day(tmp_path, 0)
    folder = made.event.log
    log = EventLog(folder, form)  # type: ignore[arg-type]
    made.at_work.work.owner.observe = log.record  # type: ignore[method-assign, assignment]
    put(made.root / "inbox/marie/secret name.jpg", (Path(made.root) / "rules/styles/strokes.png").read_bytes())
    made.later(20)
    log.owned("2026-06-13T16:00:00Z", "given up", 1)
    log.close()
    text = (folder / ("event.jsonl" if form == "json" else "event.log")).read_text()
    photo = next(iter(made.at_work.work.owner.state.photos))
    assert photo[:12] in text and photo[:14] not in text
    assert "secret" not in text and "marie" not in text
    lines = text.splitlines()
    if form == "json":
        kinds = [json.loads(line)["kind"] for line in lines]
        assert {"dropped", "done", "placed", "given up"} <= set(kinds)
        assert json.loads(lines[0])["record"] < json.loads(lines[1])["record"]
    else:
        assert any(" done " in line and "stage=look" in line and "seconds=" in line for line in lines)
    made.stop()


def test_it_turns_over_and_keeps_a_few(tmp_path: Path) -> None:
    """Never more than the named number of files of about the named size."""
    (tmp_path / "log").mkdir()
    log = EventLog(tmp_path / "log", "text", largest=2000)
    for number in range(2000):
        log.told("2026-06-13T16:00:00Z", f"sentence {number}")
    log.close()
    files = list((tmp_path / "log").iterdir())
    assert len(files) == KEPT + 1
    assert all(path.stat().st_size <= 2100 for path in files)
    assert "sentence 1999" in (tmp_path / "log/event.log").read_text()


def test_a_folder_that_is_away_loses_lines_only(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """No folder is made where an absent share was, nothing is raised, nothing printed; later lines are written again."""
    hidden = tmp_path / "library/.safelight"
    log = EventLog(hidden / "log", "json")
    log.told("t", "lost")
    assert not (tmp_path / "library").exists()
    (hidden / "log").mkdir(parents=True)
    log.told("t", "kept")
    log.close()
    assert [json.loads(line)["text"] for line in (hidden / "log/event.jsonl").read_text().splitlines()] == ["kept"]
    assert capfd.readouterr().err == ""


def test_logs_of_others_move_aside_when_large(tmp_path: Path) -> None:
    """A child's log that has grown is set aside once; one that is missing is no trouble."""
    path = put(tmp_path / "workers.log", b"x" * 300)
    turn_over(path, 200)
    assert not path.exists() and (tmp_path / "workers.log.1").stat().st_size == 300
    turn_over(path, 200)


def test_status_tells_a_monitor_what_it_needs(tmp_path: Path) -> None:
    """Running or stopped with a beat to compare, problems of rules by name, disk, book."""
    made = day(tmp_path, 1)
    put(made.root / "rules/style.yaml", b"version: 1\nstyle:\n  - rule: x\n    do: fly\n")
    made.later(30)
    told = overview(made.event).to_json()
    assert (told["state"], told["owner_since"] != "", told["beat"] > 0) == ("running", True, True)
    assert [name.split(" - ")[0] for name in told["rule_problems"]] == ["style.yaml"]
    assert told["disk_free_mb"] > 0 and told["book_made"] == ""
    made.stop()
    told = overview(made.event).to_json()
    assert (told["state"], told["beat"], told["owner_since"]) == ("stopped", 0, "")
