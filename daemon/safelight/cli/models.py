"""Commands about optional models: fetched only by these, never by themselves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from safelight.cli.common import Json, Screen, event_folder, show, spoken, surroundings
from safelight.cli.root import app
from safelight.model.errors import CANNOT

models_app = typer.Typer(
    no_args_is_help=True, help="Optional models: fetched only by these commands, never by themselves."
)
app.add_typer(models_app, name="models")


def _shelf() -> Any:
    from safelight import app as use

    return use.Shelf.of(os.environ, event_folder())


@models_app.command("list")
def models_list(as_json: Json = False) -> None:
    """Every optional model: what it is for, its licence and size, whether it is here."""
    from safelight import app as use

    rows = use.list_models(_shelf())
    show({"models": rows}, as_json, lambda: use.models_lines(rows, spoken()))


@models_app.command("fetch")
def models_fetch(
    name: str,
    source: Annotated[
        Path | None, typer.Option("--from", help="A folder that holds the files, for machines without internet.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Bring a model here; what was begun goes on, and bytes are compared before they are put in place."""
    from safelight import app as use

    screen, language = Screen(quiet=as_json), spoken()
    told = use.fetch_model(name, _shelf(), os.environ, screen, source=source, language=language)
    screen.end()
    show(told, as_json, lambda: use.fetched_lines(told, language))


@models_app.command("remove")
def models_remove(name: str, as_json: Json = False) -> None:
    """Take a fetched model away."""
    from safelight import app as use

    told = use.remove_model(name, _shelf())
    show(told, as_json, lambda: use.removed_lines(told, spoken()))


@models_app.command("path")
def models_path(name: str, as_json: Json = False) -> None:
    """The folder in which a model lies."""
    folder = str(_shelf().folder(name))
    show({"name": name, "folder": folder}, as_json, lambda: [folder])


@models_app.command("selftest")
def models_selftest(name: Annotated[str | None, typer.Argument()] = None, as_json: Json = False) -> None:
    """Try a model (or all that are here) on a scene painted for it: pass or fail."""
    from safelight import app as use

    screen, language = Screen(quiet=as_json), spoken()
    rows = use.selftest_models(surroundings(), _shelf(), name, screen, language)
    screen.end()
    show({"models": rows}, as_json, lambda: use.selftest_lines(rows, language))
    if not all(row["passed"] for row in rows):
        raise typer.Exit(CANNOT)
