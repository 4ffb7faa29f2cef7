"""The door: the commands' tree, the event they are about, and the way out: faults to a sentence and an exit status.

People get a sentence, never a traceback; that goes to the log.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from safelight import __version__
from safelight.cli.common import event_folder, print_error, set_event_folder, spoken, surroundings
from safelight.model.errors import DONE, UNEXPECTED, WRONG, SafelightError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Safelight: from dropped pictures to a printed book that proves them.",
)


@app.callback()
def _main(
    event: Annotated[Path, typer.Option("--event", help="The event's folder (default: here).")] = Path(),
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print(f"safelight {__version__}")
        raise typer.Exit
    set_event_folder(event)


def main() -> None:
    """Entry point: run a command, turn faults into a sentence and an exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name that is no UTF-8 must not end a command
    try:
        status = app(standalone_mode=False)
    except SafelightError as fault:
        print_error(fault.say(spoken()))
        status = fault.exit_status
    except typer.TyperException as fault:
        told = getattr(fault, "format_message", None)
        print_error(told() if told else str(fault))
        status = WRONG
    except (KeyboardInterrupt, typer.Abort):
        status = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        status = DONE
    except Exception:  # noqa: BLE001 - the last door: people get a sentence, the log gets the traceback
        print_error(f"Something unexpected went wrong. The details are in {_log_fault()}.")
        status = UNEXPECTED
    sys.exit(status if isinstance(status, int) else DONE)


def _log_fault() -> Path:
    """Where the traceback went: the event's log, else the cache."""
    from safelight import app as use

    folder = event_folder() / "library" / ".safelight" / "log"
    if not folder.parent.is_dir():
        folder = surroundings().cache / "log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        use.turn_over(folder / "faults.log")
        with (folder / "faults.log").open("a", encoding="utf-8") as file:
            traceback.print_exc(file=file)
    except OSError:
        traceback.print_exc()
    return folder / "faults.log"
