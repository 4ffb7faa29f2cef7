"""Commands about what people decided: taking a head that was learnt from it, handing it on as a labelled folder.

`train classifier --from-event` stands in `learning`, where that command is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from safelight.cli.common import Json, asked_line, show, spoken, this_event
from safelight.cli.learning import export_app
from safelight.cli.root import app
from safelight.model.errors import UsageError


@app.command()
def adopt(
    file: Annotated[Path | None, typer.Argument(help="A head.json that `train classifier --from-event` wrote.")] = None,
    shipped: Annotated[bool, typer.Option("--shipped", help="Go back to the model that comes with Safelight.")] = False,
    as_json: Json = False,
) -> None:
    """Take a trained head for sorting in this event: recorded, from the next photo on; finished photos stay."""
    from safelight import app as use

    if (file is None) != shipped:
        raise UsageError(reason="Say which file to take, or --shipped.")
    asked = use.adopt(this_event(), file, spoken())
    show(vars(asked), as_json, lambda: [asked_line(asked)])


@export_app.command("dataset")
def export_dataset(folder: Path, as_json: Json = False) -> None:
    """Copy every photo that a person decided into FOLDER/train, validation and test, one sub-folder a class, with a table."""
    from safelight import app as use

    told = use.export_dataset(this_event(), folder)
    show(told, as_json, lambda: use.exported_dataset_lines(told, spoken()))
