"""The learning curves of a training as one picture: loss, learning rate, validation, over epochs. Drawn with Pillow."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from safelight.files import write_through

SIZE = (900, 640)
PLOTS = ((70, 50, 870, 290), (70, 360, 870, 600))
Colour = tuple[int, int, int]
INK, PALE, LOSS, MIOU, ACCURACY = (40, 40, 40), (220, 220, 220), (20, 90, 170), (190, 70, 20), (60, 140, 70)

SEGMENTING: tuple[tuple[str, str, Colour], ...] = (("miou", "mean IoU", MIOU), ("accuracy", "pixel accuracy", ACCURACY))
CLASSIFYING: tuple[tuple[str, str, Colour], ...] = (
    ("balanced", "balanced accuracy", MIOU), ("accuracy", "success rate", ACCURACY),
)  # fmt: skip
"""(key in the history, name, colour) of what validation tells."""


def draw(
    history: Sequence[dict[str, Any]], path: Path, figures: Sequence[tuple[str, str, Colour]] = SEGMENTING
) -> None:
    """Replace the picture at `path`; rows need `epoch` and `loss`, validated ones also the keys of `figures`."""
    picture = Image.new("RGB", SIZE, (255, 255, 255))
    pen = ImageDraw.Draw(picture)
    losses = [(float(row["epoch"]), float(row["loss"])) for row in history]
    curves = [
        (name, colour, [(float(r["epoch"]), float(r[key])) for r in history if r.get(key) is not None])
        for key, name, colour in figures
    ]
    last = max((epoch for epoch, _ in losses), default=1.0)
    ceiling = _round_up(max((value for _, value in losses), default=1.0))
    _plot(pen, PLOTS[0], "Loss on the pictures learnt from", last, ceiling, [("loss", LOSS, losses)])
    _plot(pen, PLOTS[1], "Validation", last, 1.0, curves)
    held = io.BytesIO()
    picture.save(held, "PNG", optimize=True)
    write_through(path, held.getvalue())


def _plot(
    pen: ImageDraw.ImageDraw,
    box: tuple[int, int, int, int],
    title: str,
    last: float,
    ceiling: float,
    curves: Sequence[tuple[str, tuple[int, int, int], list[tuple[float, float]]]],
) -> None:
    left, top, right, bottom = box
    font, large = ImageFont.load_default(14), ImageFont.load_default(17)
    pen.text((left, top - 30), title, INK, large)
    for share in range(6):
        y = bottom - (bottom - top) * share / 5
        pen.line((left, y, right, y), PALE)
        pen.text((left - 8, y), f"{ceiling * share / 5:.3g}", INK, font, anchor="rm")
    for epoch in _ticks(last):
        x = left + (right - left) * epoch / last
        pen.line((x, bottom, x, bottom + 5), INK)
        pen.text((x, bottom + 8), f"{epoch:g}", INK, font, anchor="mt")
    pen.text((right, bottom + 24), "epochs", INK, font, anchor="rt")
    pen.line((left, top, left, bottom, right, bottom), INK)
    legend = right
    for name, colour, points in reversed(curves):
        placed = [
            (left + (right - left) * x / last, bottom - (bottom - top) * min(1.0, y / ceiling)) for x, y in points
        ]
        if len(placed) > 1:
            pen.line(placed, colour, 2, joint="curve")
        for x, y in placed if len(placed) <= 60 else placed[-1:]:
            pen.ellipse((x - 3, y - 3, x + 3, y + 3), colour)
        if points:
            text = f"{name} {points[-1][1]:.3f}"
            pen.text((legend, top - 28), text, colour, font, anchor="rt")
            legend -= int(font.getlength(text)) + 24


def _ticks(last: float) -> list[float]:
    """About eight round numbers from nought to `last`."""
    step = _round_up(last / 8)
    step = max(1.0, step)
    return [step * index for index in range(int(last / step) + 1)]


def _round_up(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    if not 0 < value < math.inf:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.999)
