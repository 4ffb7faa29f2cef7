"""Commands about one event: its work, its people's words, its rules and its proof."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from safelight.cli.common import Json, Screen, asked_line, event_folder, show, spoken, surroundings, this_event
from safelight.cli.root import app
from safelight.model.errors import DAMAGE, WAITS, WRONG, UsageError

rules_app = typer.Typer(no_args_is_help=True, help="The rule files.")
audit_app = typer.Typer(no_args_is_help=True, help="The proof.")
app.add_typer(rules_app, name="rules")
app.add_typer(audit_app, name="audit")

Log = Annotated[str, typer.Option("--log", help="How the event's log is written: text or json (a line a fact).")]


@app.command()
def init(folder: Path) -> None:
    """Make a new event: folders, rule files, styles of our own drawing."""
    from safelight import app as use

    use.init(folder)
    print(f"{folder} is ready. Drop pictures into {folder / 'inbox'}/<photographer>/ and run `safelight watch` there.")


@app.command()
def run(as_json: Json = False, log: Log = "text") -> None:
    """Work until nothing is missing and the book is made."""
    from safelight import app as use

    screen = Screen(quiet=as_json)
    outcome = use.work(this_event(), replace(surroundings(), log=_log_form(log)), screen)
    screen.end()
    show(outcome.to_json(), as_json, lambda: use.outcome_lines(outcome, spoken()))
    if outcome.tally.needs_you or outcome.tally.waiting or outcome.held:
        raise typer.Exit(WAITS)


def _log_form(wanted: str) -> str:
    if wanted not in {"text", "json"}:
        raise UsageError(reason=f"“{wanted}” is no form of a log: say text or json.")
    return wanted


@app.command()
def watch(log: Log = "text") -> None:
    """Keep working: pictures dropped are sorted, retouched and painted as they come."""
    from safelight import app as use

    stop = threading.Event()
    use.stop_on_signals(stop)
    screen = Screen(quiet=False)
    screen.say(f"Watching {(event_folder() / 'inbox').resolve()} (Ctrl-C ends it).")
    around = replace(surroundings(), log=_log_form(log))
    use.watch(this_event(), around, screen, stop, use.Signs(os.environ))
    screen.end()


@app.command()
def status(as_json: Json = False) -> None:
    """Where everything stands; looks only."""
    from safelight import app as use

    event = this_event()
    look = use.overview(event, surroundings().cache_of(event))
    show(look.to_json(), as_json, lambda: use.status_lines(look))


@app.command()
def plan(as_json: Json = False) -> None:
    """What would be done now, and why; looks only."""
    from safelight import app as use

    look = use.overview(this_event())
    steps = [row for row in (use.plan_row(look, photo) for photo in look.plans) if row]
    show(
        {"steps": steps, "seconds": round(look.left, 1)},
        as_json,
        lambda: use.plan_lines(steps, look.left, look.recipe.event.language),
    )


@app.command()
def explain(photo: str, as_json: Json = False) -> None:
    """Everything about one photo: a name, a file, or the first digits of its number."""
    from safelight import app as use

    told = use.explain(this_event(), photo)
    show(told, as_json, lambda: use.explain_lines(told))


@app.command()
def decide(photo: str, verdict: str, as_json: Json = False) -> None:
    """Decide a photo: ok, retoucher or exclure. Never overruled by a model."""
    from safelight import app as use

    _asked([use.decide(this_event(), photo, verdict)], as_json)


@app.command()
def redo(what: Annotated[str | None, typer.Argument()] = None, as_json: Json = False) -> None:
    """Do work again: a photo, a stage, sort, retouch, style or book. Without a word: what waits for one."""
    from safelight import app as use

    if what is None:
        held = sorted(use.overview(this_event()).held)
        show(
            {"waits_for_word": held},
            as_json,
            lambda: [f"{part} waits for a word" for part in held] or ["Nothing waits."],
        )
        return
    if what.casefold() == "book":
        book(as_json=as_json)
        return
    _asked(use.redo(this_event(), what), as_json)


def _asked(asked: list[Any], as_json: bool) -> None:
    show([vars(item) for item in asked], as_json, lambda: [asked_line(item) for item in asked])


@app.command()
def book(as_json: Json = False) -> None:
    """Make the book now from what is finished."""
    from safelight import app as use

    screen = Screen(quiet=as_json)
    made = use.book(this_event(), surroundings(), screen)
    if isinstance(made, use.Asked):
        _asked([made], as_json)
        return
    show(made.to_json(), as_json, lambda: use.outcome_lines(made, spoken()))


@rules_app.command("check")
def rules_check(as_json: Json = False) -> None:
    """Read the rule files and tell every problem with its line."""
    from safelight import app as use

    problems, warnings = use.check_rules(this_event())
    good = ["The rules are right."] if not problems else []
    show({"problems": problems, "warnings": warnings}, as_json, lambda: [*problems.values(), *warnings, *good])
    if problems:
        raise typer.Exit(WRONG)


@audit_app.command("verify")
def audit_verify(as_json: Json = False) -> None:
    """Hash every object again, follow the chain, look up every reference."""
    from safelight import app as use

    found = use.verify(this_event())
    show(found.to_json(), as_json, lambda: use.verify_lines(found, spoken()))
    if found.damage:
        raise typer.Exit(DAMAGE)
