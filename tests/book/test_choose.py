"""Order, chapters and choice as decision tables."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime

import pytest

import book_samples as samples
from safelight.book.choose import NOT_CHOSEN, Race, choose, hour_of_words, race_of, series
from safelight.book.hours import hour_counts
from safelight.model.digests import PhotoId
from safelight.model.recipe import BookForm, Chapter, EventForm

RACE = Race(datetime(2023, 6, 10, 16), 24.0, dated=True)
BASE = samples.picture(1, {}, steps=False)


def shot(name: str, taken: str | None = None, score: float = 0.5, who: str = "A") -> object:
    """A picture of this name and time; its id comes from both."""
    return replace(BASE, photo=PhotoId(f"{name}{taken}{who}"), name=name, taken=taken, score=score, photographer=who)


def order(
    *pictures: object, event: EventForm | None = None, form: BookForm | None = None
) -> list[tuple[str, list[str]]]:
    """Titles of the sections with the names in each."""
    book, _ = samples.book(0, "en")
    book = replace(book, pictures=pictures, event=event or book.event, form=form or book.form)
    return [(s.title, [p.picture.name for p in s.pictures]) for s in choose(book, 99).sections]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("name", "hour"),
    [("Départ 4.jpg", 0.1), ("Soirée.jpg", 4.5), ("Nuit 2.jpg", 9.0), ("MATIN.JPG", 16.0), ("Arrivée 1.jpg", 23.8),
     ("night_07.png", 9.0), ("Finish.jpg", 23.8), ("Pluie 3.jpg", None), ("Course 1.jpg", None), ("Matinal.jpg", None)],
)  # fmt: skip
def test_words_in_names_give_the_hour(name: str, hour: float | None, form: str) -> None:
    """Promise: words speak of an hour in both Unicode forms, whole words only."""
    assert hour_of_words(unicodedata.normalize(form, name), RACE) == hour


def test_time_decides_then_words_then_series_then_last() -> None:
    """Promise: camera time first, a word's hour next, a timed sibling's, and the rest in a last chapter."""
    assert order(
        shot("Pluie 2.jpg"), shot("b.jpg", "2023-06-10T16:30"), shot("Nuit 7.jpg"), shot("lap-1.jpg", "2023-06-11T08:00"),
        shot("lap-2.jpg"), shot("Arrivée.jpg"), shot("c.jpg", "2023-06-10T20:00"),
    ) == [
        ("The start", ["b.jpg"]), ("The evening", ["c.jpg"]), ("The night", ["Nuit 7.jpg"]),
        ("The morning", ["lap-1.jpg", "lap-2.jpg"]), ("The finish", ["Arrivée.jpg"]), ("Time unknown", ["Pluie 2.jpg"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("taken", "title"),
    [("2023-06-10T15:00", "The start"), ("2023-06-10T16:00", "The start"), ("2023-06-10T22:00", "The night"),
     ("2023-06-11T05:59", "The night"), ("2023-06-11T06:00", "The morning"), ("2023-06-11T16:20", "The finish"),
     ("2019-03-01T12:00", "Time unknown"), ("nonsense", "Time unknown"), (None, "Time unknown")],
)  # fmt: skip
def test_chapters_by_hour_of_the_race(taken: str | None, title: str) -> None:
    """Promise: just before and after the race still belongs to it; another day's clock is not believed."""
    assert order(shot("x.jpg", taken)) == [(title, ["x.jpg"])]


def test_a_race_without_dates_goes_by_the_clock() -> None:
    """Promise: without a race in the rules, pictures years apart stand by their time of day from 16 h on."""
    undated = EventForm(name="x")
    assert order(
        shot("a.jpg", "2015-01-01T03:00"),
        shot("b.jpg", "2019-05-04T17:00"),
        shot("c.jpg", "2022-02-02T15:00"),
        event=undated,
    ) == [("The start", ["b.jpg"]), ("The night", ["a.jpg"]), ("The finish", ["c.jpg"])]


def test_a_race_without_dates_begins_with_its_pictures_of_one_day() -> None:
    """Promise: pictures within 24 hours give the race its start: the full hour before the first."""
    book, _ = samples.book(0, "en")
    pictures = (shot("a.jpg", "2023-06-10T14:20"), shot("b.jpg", "2023-06-11T02:00"))
    race = race_of(replace(book, pictures=pictures, event=EventForm()))
    assert (race.start, race.dated) == (datetime(2023, 6, 10, 14), True)


def test_chapters_of_the_form_by_words_and_hours() -> None:
    """Promise: a chapter's words win over hours; empty chapters are folded into the next and named."""
    form = BookForm(chapters=(Chapter("Rain", words=("Pluie",)), Chapter("Day", 0, 6), Chapter("Dark", 6, 24)))
    book, _ = samples.book(0, "en")
    book = replace(book, form=form, pictures=(shot("Pluie.jpg", "2023-06-10T17:00"), shot("x.jpg", "2023-06-11T03:00")))
    sections = choose(book, 9).sections
    assert [(s.title, s.folded) for s in sections] == [("Rain", ()), ("Dark", ("Day",))]


def test_the_strongest_are_chosen_with_variety_and_reasons() -> None:
    """Promise: quality decides, hours share the pages, and everything left out says why."""
    same = [shot(f"burst-{i}.jpg", "2023-06-10T16:30", 0.9) for i in range(4)]
    other = shot("other.jpg", "2023-06-11T03:00", 0.7)
    tiny = replace(shot("tiny.jpg", "2023-06-10T18:00", 1.0), width=200, height=150)
    book, _ = samples.book(0, "en")
    chosen = choose(replace(book, pictures=(*same, other, tiny)), 3)
    assert "other.jpg" in [p.picture.name for p in chosen.pictures]
    assert len(chosen.pictures) == 3
    assert sorted(chosen.not_chosen.values()) == ["series", "series", "small"]
    assert set(chosen.not_chosen.values()) <= set(NOT_CHOSEN)
    assert not {p.picture.photo for p in chosen.pictures} & set(chosen.not_chosen)


def test_series_is_the_name_without_its_counter() -> None:
    """Promise: `24h-Race-18` and `24h-Race-19` of one photographer are one series."""
    assert series(shot("24h-Race-18.jpg")) == series(shot("24h-Race-19.JPG"))
    assert series(shot("a-1.jpg", who="A")) != series(shot("a-1.jpg", who="B"))


def test_counts_turn_with_a_start_taken_from_the_pictures() -> None:
    """Promise: without a start in the rules the counts come by the clock from 16 h; the graph begins at the race's hour."""
    book, _ = samples.book(0, "en")
    counts = tuple(range(24))
    pictures = (shot("a.jpg", "2023-06-10T14:20"), shot("b.jpg", "2023-06-11T02:00"))
    book = replace(book, pictures=pictures, event=EventForm(), hour_counts=counts)
    assert hour_counts(book, race_of(book))[:3] == (22, 23, 0), "14 h, 15 h, 16 h"
    ruled = replace(book, event=EventForm(race_start="2023-06-10T14:00"))
    assert hour_counts(ruled, race_of(ruled)) == counts
