"""Commands about one picture: sort, mask, repaint, paint it; no event is needed and nothing is recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from safelight.cli.common import Json, Output, show, surroundings
from safelight.cli.root import app
from safelight.model.errors import UsageError


@app.command()
def classify(file: Path, as_json: Json = False) -> None:
    """Sort one picture by the model alone."""
    from safelight import app as use

    with use.Bench(surroundings()) as bench:
        verdict, looked = use.classify_file(bench, file)
    value = {"file": str(file), "verdict": verdict.likeliest, **verdict.to_json(), "signals": looked["values"]}
    show(value, as_json, lambda: use.verdict_lines(verdict))


@app.command()
def mask(
    file: Path,
    concept: str,
    output: Output,
    soft: Annotated[bool, typer.Option("--soft", help="Soft edges instead of pure black and white.")] = False,
    as_json: Json = False,
) -> None:
    """Find a concept (advertising, person, face, car, sign …) in one picture and write its mask."""
    from safelight import app as use

    with use.Bench(surroundings()) as bench:
        facts = use.mask_file(bench, file, concept, output, soft=soft)
    show({"file": str(output), **facts}, as_json, lambda: use.mask_lines(facts, output))


@app.command()
def inpaint(file: Path, mask: Path, prompt: str, output: Output, as_json: Json = False) -> None:
    """Repaint one picture where the mask is white."""
    from safelight import app as use

    with use.Bench(surroundings()) as bench:
        facts = use.inpaint_file(bench, file, mask, prompt, output)
    show({"file": str(output), **facts}, as_json, lambda: [f"{output} ({facts['backend']})"])


@app.command()
def stylize(
    file: Path,
    style: Path,
    output: Output,
    strength: Annotated[str, typer.Option(help="0% to 100%.")] = "60%",
    size: Annotated[int, typer.Option(help="Longest side in pixels, never enlarged.")] = 1600,
    as_json: Json = False,
) -> None:
    """Paint one picture in the manner of a style picture."""
    from safelight import app as use

    share = parse_percent(strength)
    with use.Bench(surroundings()) as bench:
        facts = use.stylize_file(bench, file, style, output, share, size)
    show({"file": str(output), **facts}, as_json, lambda: [f"{output} ({facts['backend']})"])


def parse_percent(text: str) -> float:
    """`60%`, `60 %` or `0.6` as a share; raises UsageError outside 0–100 %."""
    tidy = text.replace(" ", "").replace("\u202f", "").replace(",", ".")
    try:
        share = float(tidy.rstrip("%")) / (100 if tidy.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageError(reason=f"“{text}” is no strength: say 0% to 100%.")
    return share
