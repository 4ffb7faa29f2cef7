"""Lines and bars for a study, drawn with Pillow in the manner of a training's own curves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Curve = list[tuple[float, float]]
INK, PALE, UP, DOWN = (40, 40, 40), (220, 220, 220), (20, 90, 170), (190, 70, 20)


def lines(path: Path, plots: Sequence[tuple[str, Sequence[tuple[str, Colour, Sequence[Curve]]]]]) -> None:
    """Plots side by side; of each kind every curve thin, and their mean (where all have a point) thick and named."""
    wide, tall = 620, 400
    picture = Image.new("RGB", (wide * len(plots), tall), (255, 255, 255))
    pen = ImageDraw.Draw(picture)
    for place, (title, kinds) in enumerate(plots):
        _lines(pen, (place * wide + 60, 56, (place + 1) * wide - 24, tall - 50), title, kinds)
    picture.save(path, "PNG", optimize=True)


def _lines(
    pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], title: str,
    kinds: Sequence[tuple[str, Colour, Sequence[Curve]]],
) -> None:  # fmt: skip
    left, top, right, bottom = box
    font, large = ImageFont.load_default(15), ImageFont.load_default(18)
    everything = [point for _, _, curves in kinds for curve in curves for point in curve]
    last = max(x for x, _ in everything)
    ceiling = _ceiling(max(y for _, y in everything))
    pen.text((left, 8), title, INK, large)
    for part in range(6):
        y = bottom - (bottom - top) * part / 5
        pen.line((left, y, right, y), PALE)
        pen.text((left - 8, y), f"{ceiling * part / 5:.3g}", INK, font, anchor="rm")
    for part in range(5):
        x = left + (right - left) * part / 4
        pen.text((x, bottom + 8), f"{last * part / 4:.3g}", INK, font, anchor="mt")
    pen.text((right, bottom + 26), "epochs", INK, font, anchor="rt")
    pen.line((left, top, left, bottom, right, bottom), INK)

    def placed(curve: Curve) -> list[tuple[float, float]]:
        return [(left + (right - left) * x / last, bottom - (bottom - top) * min(1.0, y / ceiling)) for x, y in curve]

    legend = float(right)
    for name, colour, curves in reversed(kinds):
        for curve in curves:
            pen.line(placed(curve), tuple((value + 2 * 255) // 3 for value in colour), 1)
        together = mean(curves)
        if together:
            pen.line(placed(together), colour, 3, joint="curve")
            words = f"{name} {together[-1][1]:.3f}"
            pen.text((legend, 34), words, colour, font, anchor="rt")
            legend -= font.getlength(words) + 24


def mean(curves: Sequence[Curve]) -> Curve:
    """The mean of curves where all of them have a point."""
    tables = [dict(curve) for curve in curves]
    common = sorted(set.intersection(*(set(one) for one in tables))) if tables else []
    return [(x, sum(one[x] for one in tables) / len(tables)) for x in common]


def bars(path: Path, title: str, values: Sequence[tuple[str, float]]) -> None:
    """Lying bars from a middle line, each with its name and its figure."""
    row, left, right = 30, 110, 760
    tall = 60 + row * len(values) + 12
    picture = Image.new("RGB", (860, tall), (255, 255, 255))
    pen, font, large = ImageDraw.Draw(picture), ImageFont.load_default(15), ImageFont.load_default(18)
    pen.text((16, 12), title, INK, large)
    low, high = min(0.0, *(value for _, value in values)), max(0.0, *(value for _, value in values))
    span = (high - low) or 1.0

    def across(value: float) -> float:
        return left + 60 + (right - left - 60) * (value - low) / span

    for place, (name, value) in enumerate(values):
        y = 56 + place * row
        pen.text((left - 12, y + row / 2 - 2), name, INK, font, anchor="rm")
        ends = sorted((across(0), across(value)))
        pen.rectangle((ends[0], y + 2, ends[1], y + row - 8), UP if value >= 0 else DOWN)
        words = f"{value:+.1f}".replace("-", "−")
        pen.text(
            (across(value) + (8 if value >= 0 else -8), y + row / 2 - 2), words, INK, font,
            anchor="lm" if value >= 0 else "rm",
        )  # fmt: skip
    pen.line((across(0), 52, across(0), 56 + row * len(values)), INK)
    picture.save(path, "PNG", optimize=True)


def _ceiling(value: float) -> float:
    for power in (0.001, 0.01, 0.1, 1, 10, 100, 1000):
        for step in (1, 2, 3, 4, 5, 6, 8):
            if step * power >= value:
                return step * power
    return value
