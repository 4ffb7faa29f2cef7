"""Which pictures the book prints, in which chapters and order; pure. `layout` then places them.

Order is time: the camera's, when it falls into the race; else words in the name (Départ, Nuit, Matin, …) give the
hour; else a timed picture of the same series; else the picture stands in a last chapter that says so. Of a burst only the
preferred picture is a candidate (see `culling`). When there are
more pictures than pages, quality decides, less for every picture already taken from the same hour and series, and
each one left out has a reason code.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime, timedelta

from safelight.book import words
from safelight.book.context import BookInput, BookPicture
from safelight.book.culling import BURST, folded
from safelight.model.digests import PhotoId
from safelight.model.recipe import Chapter

START_HOUR = 16
"""Clock hour at which a race whose rules name no start is taken to begin: as at Le Mans."""

NOT_CHOSEN: dict[str, tuple[str, str]] = {
    "weaker": ("the pages are full; stronger pictures of the same hours were preferred", "les pages sont pleines ; de meilleures images des mêmes heures ont été préférées"),
    "series": ("another picture of the same series was preferred", "une autre image de la même série a été préférée"),
    "small": ("the picture is too small to print", "l’image est trop petite pour l’impression"),
    **BURST,
}  # fmt: skip
"""Why a picture was not chosen: code → (English, French). Those of bursts are followed by `:` and the photo preferred."""


def why_not(code: str, name: Callable[[PhotoId], str], known: Container[PhotoId]) -> tuple[str, str]:
    """The words (English, French) of a code, an unknown one as it is; `name` tells a `known` photo that was preferred."""
    kind, _, other = code.rpartition(":")
    words = NOT_CHOSEN.get(kind) or NOT_CHOSEN.get(code)
    if words is None:
        return code, code
    shown = name(PhotoId(other)) if other in known else other
    return words[0].format(other=shown), words[1].format(other=shown)


SMALLEST = 240
"""Pixels on the longest side below which a picture is not printed: under 110 ppi in the smallest frame."""

_HOURS: tuple[tuple[str, float], ...] = (
    ("depart", 0.1), ("start", 0.1), ("grid", 0.05), ("grille", 0.05),
    ("soiree", 4.5), ("soir", 4.5), ("evening", 4.5), ("dusk", 5.5), ("crepuscule", 5.5), ("sunset", 5.5),
    ("nuit", 9.0), ("night", 9.0), ("minuit", 8.0), ("midnight", 8.0),
    ("aube", 14.0), ("dawn", 14.0), ("sunrise", 14.5), ("matin", 16.0), ("matinee", 16.0), ("morning", 16.0),
    ("arrivee", 23.8), ("finish", 23.8), ("podium", 23.95), ("victoire", 23.95),
)  # fmt: skip


@dataclass(frozen=True)
class Placed:
    """A picture and where in the race it stands. `hour` is from the start (None: unknown); `shown` is its caption's time."""

    picture: BookPicture
    hour: float | None
    shown: datetime | None


@dataclass(frozen=True)
class Section:
    """A chapter with its pictures in time order; `folded` names chapters without pictures that it took in."""

    title: str
    from_hour: float | None
    to_hour: float | None
    text: str
    pictures: tuple[Placed, ...]
    folded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """The book's sections, and why the others are not in it."""

    sections: tuple[Section, ...]
    not_chosen: dict[PhotoId, str]

    @property
    def pictures(self) -> tuple[Placed, ...]:
        """All chosen pictures in the order of the book."""
        return tuple(placed for section in self.sections for placed in section.pictures)


@dataclass(frozen=True)
class Race:
    """The race's clock. `dated` False: only the time of day is known, and `start` is an arbitrary day."""

    start: datetime
    length: float
    dated: bool

    def clock(self, hour: float) -> datetime:
        """Local time at this hour of the race."""
        return self.start + timedelta(hours=hour)


def race_of(book: BookInput) -> Race:
    """The race's start and length from the rules; else from the pictures if they fit into 24 hours; else by the clock."""
    start = _time(book.form.start) or _time(book.event.race_start)
    end = _time(book.form.end) or _time(book.event.race_end)
    if start:
        hours = (end - start).total_seconds() / 3600 if end else 24.0
        return Race(start, hours if 0 < hours <= 48 else 24.0, dated=True)
    times = sorted(t for p in book.pictures if (t := _time(p.taken)))
    if times and times[-1] - times[0] <= timedelta(hours=24):
        return Race(times[0].replace(minute=0, second=0, microsecond=0), 24.0, dated=True)
    return Race(datetime(2000, 1, 1, START_HOUR), 24.0, dated=False)


@dataclass(frozen=True)
class Candidates:
    """All printable pictures in time order, the order in which they would be taken, and why others are not printable."""

    placed: tuple[Placed, ...]
    best: tuple[PhotoId, ...]
    unfit: dict[PhotoId, str]


def candidates(book: BookInput, race: Race, most: int) -> Candidates:
    """What there is to choose from; `best` ranks the first `most`, each against those taken before it."""
    unfit: dict[PhotoId, str] = {}
    seen: dict[PhotoId, BookPicture] = {}
    for picture in sorted(book.pictures, key=lambda p: (p.photo, p.picture)):
        if picture.photo not in seen and max(picture.width, picture.height) < SMALLEST:
            unfit[picture.photo] = "small"
        elif picture.photo not in seen:
            seen[picture.photo] = picture
    alike = folded(seen.values(), book.culling)
    unfit |= alike
    placed = place(tuple(picture for photo, picture in seen.items() if photo not in alike), race)
    return Candidates(tuple(placed), _ranked(placed, most), unfit)


def choose(book: BookInput, limit: int, among: Candidates | None = None) -> Chosen:
    """At most `limit` pictures in sections, in time order, and a reason code for every other picture.

    `among` spares ranking them again where several limits are tried.
    """
    race = race_of(book)
    among = among or candidates(book, race, limit)
    kept = set(among.best[:limit])
    shown = [item for item in among.placed if item.picture.photo in kept]
    families = {series(item.picture) for item in shown}
    reasons = dict(among.unfit)
    for item in among.placed:
        if item.picture.photo not in kept:
            reasons[item.picture.photo] = "series" if series(item.picture) in families else "weaker"
    return Chosen(_sections(shown, book, race), reasons)


def place(pictures: tuple[BookPicture, ...], race: Race) -> list[Placed]:
    """Every picture with its hour of the race, sorted by it; the unknown last."""
    found = [_place(picture, race) for picture in pictures]
    by_series: dict[tuple[str, str], list[Placed]] = {}
    for item in found:
        if item.hour is not None and item.shown is not None:
            by_series.setdefault(series(item.picture), []).append(item)
    settled = [
        Placed(item.picture, _beside(item, by_series.get(series(item.picture), [])), None)
        if item.hour is None
        else item
        for item in found
    ]
    return sorted(settled, key=_order)


def series(picture: BookPicture) -> tuple[str, str]:
    """Photographer and file name without its counter: what pictures of one series share."""
    stem = unicodedata.normalize("NFC", picture.name).casefold().rsplit(".", 1)[0]
    return picture.photographer.casefold(), re.sub(r"[\s_\-]*\(?\d+\)?$", "", stem)


def _order(item: Placed) -> tuple[float, float, list[object], str]:
    """By hour, then time, then the name read as people do (2 before 10)."""
    parts: list[object] = [
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in re.split(r"(\d+)", unicodedata.normalize("NFC", item.picture.name).casefold())
    ]
    known = item.hour if item.hour is not None else float("inf")
    return known, item.shown.timestamp() if item.shown else float("inf"), parts, item.picture.photo


def _place(picture: BookPicture, race: Race) -> Placed:
    taken = _time(picture.taken)
    if taken and race.dated:
        hour = (taken - race.start).total_seconds() / 3600
        # Half a day around the race still belongs to it (grid, podium); any other day means a wrong camera clock.
        if -12 <= hour <= race.length + 12:
            return Placed(picture, hour, taken)
    elif taken:
        clock = taken.hour + taken.minute / 60 + taken.second / 3600
        return Placed(picture, (clock - race.start.hour) % 24, taken)
    return Placed(picture, hour_of_words(picture.name, race), None)


def hour_of_words(text: str, race: Race) -> float | None:
    """Hour of the race that words in a name speak of, whatever their accents' form, or None."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    tokens = set(re.findall(r"[a-z]+", plain))
    for word, hour in _HOURS:
        if word in tokens:
            return hour if race.length >= 24 else hour * race.length / 24
    return None


def _beside(item: Placed, siblings: list[Placed]) -> float | None:
    """An untimed picture of a timed series stands just behind the sibling before it."""
    if not siblings:
        return None
    name = _order(item)[2]
    before = [s for s in siblings if _order(s)[2] <= name]
    chosen = max(before, key=lambda s: _order(s)[2]) if before else min(siblings, key=lambda s: _order(s)[2])
    return chosen.hour


def _ranked(placed: list[Placed], most: int) -> tuple[PhotoId, ...]:
    """Greedy: the best next picture, counting less for each one taken from its hour and series."""
    most = min(len(placed), most)
    rest = {item.picture.photo: (item, _slot(item), series(item.picture)) for item in placed}
    hours: Counter[int | None] = Counter()
    groups: Counter[tuple[str, str]] = Counter()

    def worth(photo: PhotoId) -> tuple[float, str]:
        item, slot, family = rest[photo]
        return item.picture.score - 0.06 * hours[slot] - 0.10 * groups[family], photo

    order: list[PhotoId] = []
    while len(order) < most:
        photo = max(rest, key=worth)
        _, slot, family = rest.pop(photo)
        order.append(photo)
        hours[slot] += 1
        groups[family] += 1
    return tuple(order)


def _slot(item: Placed) -> int | None:
    return None if item.hour is None else int(item.hour // 1)


def default_chapters(book: BookInput, race: Race) -> tuple[Chapter, ...]:
    """Chapters for any start and length: start, then by the light of the hour, then finish."""
    edge = min(3.0, race.length / 4)
    kinds = [(0.0, "start")]
    hour = edge
    while hour < race.length - edge:
        kind = _light(race.clock(hour).hour, book.event.night_from, book.event.night_to)
        if kind != kinds[-1][1]:
            kinds.append((hour, kind))
        hour += 1
    kinds.append((race.length - edge, "finish"))
    ends = [begin for begin, _ in kinds[1:]] + [race.length]
    return tuple(
        Chapter(words.say(kind, book.language), begin, end) for (begin, kind), end in zip(kinds, ends, strict=True)
    )


def _light(clock: int, night_from: int, night_to: int) -> str:
    if clock >= night_from or clock < night_to:
        return "night"
    if clock < 13:
        return "morning"
    return "afternoon" if clock < 18 else "evening"


def _sections(placed: list[Placed], book: BookInput, race: Race) -> tuple[Section, ...]:
    chapters = book.form.chapters or default_chapters(book, race)
    rooms: list[list[Placed]] = [[] for _ in chapters]
    lost: list[Placed] = []
    for item in placed:
        index = _room(item, chapters)
        (lost if index is None else rooms[index]).append(item)
    sections: list[Section] = []
    folded: list[str] = []
    for chapter, pictures in zip(chapters, rooms, strict=True):
        if not pictures:
            folded.append(chapter.title)
            continue
        sections.append(
            Section(chapter.title, chapter.from_hour, chapter.to_hour, chapter.text, tuple(pictures), tuple(folded))
        )
        folded = []
    if folded and sections:
        last = sections.pop()
        sections.append(
            Section(last.title, last.from_hour, last.to_hour, last.text, last.pictures, last.folded + tuple(folded))
        )
    if lost:
        sections.append(Section(words.say("untimed", book.language), None, None, "", tuple(lost)))
    return tuple(sections)


def _room(item: Placed, chapters: tuple[Chapter, ...]) -> int | None:
    """By a chapter's words first, then by its hours; outside all hours, the nearest chapter."""
    plain = unicodedata.normalize("NFC", item.picture.name).casefold()
    for index, chapter in enumerate(chapters):
        if any(unicodedata.normalize("NFC", word).casefold() in plain for word in chapter.words if word):
            return index
    if item.hour is None:
        return None
    spans = [(i, c.from_hour or 0.0, 24.0 if c.to_hour is None else c.to_hour) for i, c in enumerate(chapters)
             if c.from_hour is not None or c.to_hour is not None]  # fmt: skip
    if not spans:
        return 0 if chapters and not any(chapter.words for chapter in chapters) else None

    def away(span: tuple[int, float, float]) -> tuple[float, int]:
        _, begin, end = span
        hour = item.hour or 0.0
        return (begin - hour if hour < begin else hour - end + 1e-9 if hour >= end else 0.0), span[0]

    return min(spans, key=away)[0]


def _time(text: str | None) -> datetime | None:
    """A naive local time, or None where there is none or it is no time."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None) if text else None
    except ValueError:
        return None
