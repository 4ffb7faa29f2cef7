"""Rules, previews, words and tries with the real command line and real stages, while a watch goes on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from PIL import Image

from e2e_world import Runner, photo, wait_for
from safelight.model.records import Accepted, Redo, StepDone
from safelight.reconcile.event import Event, look_at
from world import put


def copied(finished: tuple[Event, Runner], folder: Path) -> tuple[Event, Runner]:
    """A copy of the finished event, with its cache."""
    event, runner = finished
    shutil.copytree(event.root, folder / "event")
    shutil.copytree(runner.environment["SAFELIGHT_CACHE"], folder / "cache")
    return Event(folder / "event"), Runner(folder / "cache")


def facts(event: Event, kind: type) -> list[object]:
    """The facts of a kind in the ledger."""
    return [record.fact for record in look_at(event).ledger.records if isinstance(record.fact, kind)]


def test_a_day_of_changing_rules(finished: tuple[Event, Runner], tmp_path: Path) -> None:
    """Beside a watch: a broken save is told, a good one shown and used, a picture tried, a photo done again by a file."""
    event, safelight = copied(finished, tmp_path)
    rules, retouch = event.rules, event.rules / "retouch.yaml"
    good = retouch.read_text()
    process = safelight.start(event, "watch")
    try:
        wait_for(lambda: event.lease.live() is not None)
        retouch.write_text(good.replace("do: inpaint", "do: inpiant"))
        wait_for((rules / "retouch.yaml - 1 PROBLEM.txt").exists)
        assert len(facts(event, Accepted)) == 5
        fresh = put(rules / ".retouch.yaml.tmp", good.replace("plain wall", "plain board").encode())
        fresh.replace(retouch)
        wait_for((rules / "preview retouch.jpg").exists)
        assert not (rules / "retouch.yaml - 1 PROBLEM.txt").exists()
        text = (rules / "preview retouch.txt").read_text("utf-8-sig")
        assert text.startswith("2 photos touched: 2 changed differently.")
        with Image.open(rules / "preview retouch.jpg") as preview:
            preview.load()
        wait_for(lambda: sum(fact.params.get("with") == "plain board" for fact in facts(event, StepDone)) == 2)  # type: ignore[attr-defined]
        assert list((rules / ".history").glob("retouch 0002 (*).yaml"))
        put(event.root / "try/board x.jpg", photo(9, "KARO"))
        wait_for((event.root / "try/board x.why.txt").exists)
        assert (event.root / "try/board x.result.jpg").exists()
        assert len(look_at(event).state.photos) == 5
        put(rules / "redo ok 1", b"")
        wait_for(lambda: len(facts(event, Redo)) == 1)
        assert not (rules / "redo ok 1").exists()
    finally:
        safelight.kill(process)
    assert json.loads(safelight(event, "audit", "verify", "--json"))["ok"]


def test_a_run_lists_what_waits_and_a_file_lets_it_go(finished: tuple[Event, Runner], tmp_path: Path) -> None:
    """Above redo_limit: status 1, the parts that wait, a preview of them; the word as a file, then the work."""
    event, safelight = copied(finished, tmp_path)
    put(event.rules / "event.yaml", (event.rules / "event.yaml").read_bytes() + b"redo_limit: 0 seconds\n")
    style = event.rules / "style.yaml"
    style.write_text(style.read_text() + "    strength: 30%\n")
    put(event.root / "try/ok x.jpg", photo(11))
    outcome = json.loads(safelight(event, "run", "--json", status=(1,)))
    assert (outcome["steps"], outcome["waits_for_word"]) == (0, ["style"])
    assert (event.rules / "preview style.jpg").exists()
    assert (event.root / "try/ok x.result.jpg").exists()
    assert "redo style" in (event.rules / "preview style.txt").read_text("utf-8-sig")
    assert "a file named “redo style”" in safelight(event, "status")
    put(event.rules / "redo style.txt", b"")
    outcome = json.loads(safelight(event, "run", "--json", status=(1,)))
    assert (outcome["steps"], outcome["waits_for_word"]) == (4, [])
    assert not (event.rules / "redo style.txt").exists()
