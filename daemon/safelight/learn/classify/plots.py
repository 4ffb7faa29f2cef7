"""Plots of evaluations and trainings as SVG texts that stand in a page: reliability, errors, margins, curves. Pure."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

WIDE, HIGH = 360, 260
LEFT, TOP, RIGHT, BOTTOM = 48, 16, 344, 216
BLUE, ORANGE, GREEN, GREY, PALE = "#1b5aa0", "#b4500f", "#3c8c46", "#767676", "#b9c9de"


def _x(value: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * value, 1)


def _y(value: float, top: float = 1.0) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * min(1.0, value / top), 1)


def _frame(title: str, across: str, inside: str, top: float = 1.0) -> str:
    """Axes from 0 to 1 across and 0 to `top` upwards, in percent."""
    lines = []
    for part in range(5):
        share = part / 4
        lines.append(
            f'<path d="M{LEFT} {_y(share * top, top)}H{RIGHT}" stroke="#ddd"/>'
            f'<text x="{LEFT - 6}" y="{_y(share * top, top) + 4}" text-anchor="end">{100 * share * top:.0f}</text>'
            f'<text x="{_x(share)}" y="{BOTTOM + 16}" text-anchor="middle">{100 * share:.0f}</text>'
        )
    name = html.escape(title)
    return (
        f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{name}" font-size="12" fill="#333"><title>{name}</title>'
        f'{"".join(lines)}{inside}<text x="{(LEFT + RIGHT) / 2}" y="{HIGH - 8}" text-anchor="middle">{html.escape(across)}</text></svg>'
    )


def reliability(rows: Sequence[tuple[float, float, int]], title: str, across: str) -> str:
    """A point a bin (mean sureness, share right); its area by its count. On the line the model is as right as it is sure."""
    total = max(1, sum(count for *_, count in rows))
    dots = "".join(
        f'<circle cx="{_x(sure)}" cy="{_y(right)}" r="{4 + 14 * (count / total) ** 0.5:.1f}" fill="{BLUE}" fill-opacity=".55"/>'
        for sure, right, count in rows
    )
    line = f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="{GREY}" stroke-dasharray="5 4"/>'
    return _frame(title, across, line + dots)


def risk(curve: Sequence[tuple[float, float]], title: str, across: str) -> str:
    """Share wrong among the surest answers, against how many are answered."""
    top = max(0.25, *(wrong for _, wrong in curve))
    path = "L".join(f"{_x(share)} {_y(wrong, top)}" for share, wrong in curve)
    return _frame(title, across, f'<path d="M{path}" fill="none" stroke="{ORANGE}" stroke-width="2.5"/>', top)


def margins(rows: Sequence[tuple[str, Sequence[float]]], title: str) -> str:
    """One line a class with a stroke a picture, from −1 (surely wrong) to 1 (surely right); the thick one is the mean."""
    gap = (BOTTOM - TOP) / max(1, len(rows))
    parts = [f'<path d="M{_x(0.5)} {TOP}V{BOTTOM}" stroke="{GREY}" stroke-dasharray="5 4"/>']
    for number, (name, values) in enumerate(rows):
        low = TOP + gap * number + 16
        high = TOP + gap * (number + 1) - 4
        parts.append(f'<text x="{LEFT}" y="{low - 4:.1f}">{html.escape(name)}</text>')
        parts += [
            f'<path d="M{_x((value + 1) / 2)} {low:.1f}V{high:.1f}" stroke="{BLUE if value > 0 else ORANGE}" stroke-opacity=".5"/>'
            for value in values
        ]
        if len(values):
            mean = sum(values) / len(values)
            parts.append(
                f'<path d="M{_x((mean + 1) / 2)} {low - 3:.1f}V{high + 3:.1f}" stroke="#111" stroke-width="3"/>'
            )
    ends = "".join(
        f'<text x="{_x((value + 1) / 2)}" y="{BOTTOM + 16}" text-anchor="middle">{value:+d}</text>'.replace("+0", "0")
        for value in (-1, 0, 1)
    )
    name = html.escape(title)
    return (
        f'<svg viewBox="0 0 {WIDE} {HIGH - 16}" role="img" aria-label="{name}" font-size="12" fill="#333">'
        f"<title>{name}</title>{''.join(parts)}{ends}</svg>"
    )


def curves(
    lines: Sequence[tuple[str, str, Sequence[tuple[float, float]]]], title: str, across: str, top: float | None = None
) -> str:
    """Lines (name, colour, [(x, y), …]) over one axis from 0 to the largest x; upwards from 0 to `top`, or to their highest."""
    right = max((x for *_, points in lines for x, _ in points), default=1.0) or 1.0
    top = top or round_up(max((y for *_, points in lines for _, y in points), default=1.0))
    parts = []
    for tick in range(5):
        share = tick / 4
        parts.append(
            f'<path d="M{LEFT} {_y(share)}H{RIGHT}" stroke="#ddd"/>'
            f'<text x="{LEFT - 6}" y="{_y(share) + 4}" text-anchor="end">{share * top:.3g}</text>'
            f'<text x="{_x(share)}" y="{BOTTOM + 16}" text-anchor="middle">{share * right:.3g}</text>'
        )
    for number, (name, colour, points) in enumerate(lines):
        path = "L".join(f"{_x(x / right)} {_y(y, top)}" for x, y in points)
        # One that lies on the next must still be seen.
        width = {PALE: 1, GREEN: 6}.get(colour, 2.5)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>')
        if len(points) == 1:
            parts.append(
                f'<circle cx="{_x(points[0][0] / right)}" cy="{_y(points[0][1], top)}" r="4" fill="{colour}"/>'
            )
        place = LEFT + (RIGHT - LEFT) * number / len(lines)
        parts.append(
            f'<path d="M{place:.0f} -4h14" stroke="{colour}" stroke-width="4"/>'
            f'<text x="{place + 19:.0f}" y="0">{html.escape(name)}</text>'
        )
    name = html.escape(title)
    return (
        f'<svg viewBox="0 -16 {WIDE} {HIGH + 16}" role="img" aria-label="{name}" font-size="12" fill="#333"><title>{name}</title>'
        f'{"".join(parts)}<text x="{(LEFT + RIGHT) / 2}" y="{HIGH - 8}" text-anchor="middle">{html.escape(across)}</text></svg>'
    )


def round_up(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    if not 0 < value < math.inf:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if value <= step * power * (1 + 1e-9))
