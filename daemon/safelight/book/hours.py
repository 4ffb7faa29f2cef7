"""Arrivals by hour of the race: the counts, the hours of a chapter, and the graph of 24 bars. Pure."""

from __future__ import annotations

from itertools import groupby

from safelight.book import words
from safelight.book.choose import START_HOUR, Race, Section
from safelight.book.context import Bar, BookInput, Graph, GraphLabel
from safelight.book.layout import LIVE_W

GRAPH_H, BAR_SHARE, SLIVER = 25.0, 0.62, 0.3


def hour_counts(book: BookInput, race: Race) -> tuple[int, ...]:
    """Arrivals by hour of this race: where its start is not the rules' but the first picture's, the counts by the
    clock are turned to begin there.
    """
    counts = (*book.hour_counts, *([0] * 24))[:24]
    ruled = book.form.start or book.event.race_start
    turn = 0 if ruled else (race.start.hour - START_HOUR) % 24
    return counts[turn:] + counts[:turn]


def hours_of(section: Section) -> set[int]:
    """The whole hours of the race that a chapter covers: its own, else those of its pictures."""
    if section.from_hour is None:
        return {int(p.hour) for p in section.pictures if p.hour is not None and 0 <= p.hour < 24}
    end = 24 if section.to_hour is None else round(section.to_hour)
    return set(range(max(0, int(section.from_hour)), min(24, max(end, int(section.from_hour) + 1))))


def is_dark(clock: int, book: BookInput) -> bool:
    """Whether this hour of the clock is night by the event's setting."""
    return clock >= book.event.night_from or clock < book.event.night_to


def graph(book: BookInput, section: Section, race: Race) -> Graph:
    """24 bars on one scale; an hour without pictures keeps a sliver, so that the gap is seen."""
    counts = hour_counts(book, race)
    step, top = LIVE_W / 24, max(counts)
    mine = hours_of(section)
    bars = tuple(
        Bar(
            round(step * (hour + (1 - BAR_SHARE) / 2), 3), round(step * BAR_SHARE, 3),
            round(max(SLIVER, GRAPH_H * amount / top if top else 0.0), 3), hour in mine,
        )
        for hour, amount in enumerate(counts)
    )  # fmt: skip
    labels = tuple(
        GraphLabel(
            round(step * hour, 3), words.clock(race.clock(hour).hour, race.start.minute, book.language),
            "left" if hour == 0 else "right" if hour == 24 else "center",
        )
        for hour in range(0, 25, 4)
    )  # fmt: skip
    nights: list[tuple[float, float]] = []
    for dark, group in groupby(range(24), key=lambda hour: is_dark(race.clock(hour).hour, book)):
        hours = list(group)
        if dark:
            nights.append((round(step * hours[0], 3), round(step * len(hours), 3)))
    return Graph(bars, labels, tuple(nights))


def small_bars(book: BookInput, section: Section, race: Race) -> tuple[Bar, ...]:
    """The chapter's own hours for a table of contents: bars 11 apart (closer where they are many), at most 12 high."""
    counts = hour_counts(book, race)
    mine, top = sorted(hours_of(section)), max(counts)
    step = min(11.0, 86 / max(1, len(mine)))
    return tuple(
        Bar(
            round(step * place, 3),
            round(step * 0.78, 3),
            round(max(SLIVER, 12 * counts[hour] / top if top else 0), 3),
            True,
        )
        for place, hour in enumerate(mine)
    )
