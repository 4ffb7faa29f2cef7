"""The book's sentences: captions, openers, the page of facts. Pure; credits are in `colophon`.

Every sentence says a counted fact or quotes a rule, a name or a caption; none of them guesses. Numbers come from the
input, words from `words`, line breaks from the templates.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from safelight.book import metrics, words
from safelight.book.choose import Chosen, Placed, Race, Section
from safelight.book.context import (
    BookInput,
    Caption,
    OpenerPage,
    Rect,
)
from safelight.book.hours import graph, hour_counts, hours_of, is_dark
from safelight.book.layout import LIVE_W
from safelight.book.proofs import quoted

FEWEST = 12
"""Under so many arrivals a graph says less than a sentence."""
_NOWHERE = Rect(0, 0, 0, 0)


def titles(book: BookInput) -> tuple[str, str]:
    """Title and subtitle; the event's name stands in for a title, its circuit and year for a subtitle."""
    title = book.form.title or book.event.name or words.say("untitled", book.language)
    start = book.event.race_start or book.form.start or ""
    subtitle = book.form.subtitle or ", ".join(part for part in (book.event.circuit, start[:4]) if part)
    return words.typeset(title, book.language), words.typeset(subtitle, book.language)


def caption(book: BookInput, item: Placed) -> Caption:
    """Time, what, photographer."""
    picture, language = item.picture, book.language
    time = words.clock_of(item.shown, language) if item.shown else words.say("unknown_time", language)
    told = words.typeset(picture.caption, language) if picture.caption else words.words_of_name(picture.name, language)
    if told and told[-1] not in ".!?…":
        told += "."
    who = words.typeset(picture.photographer, language) or words.say("unknown_photographer", language)
    return Caption(_NOWHERE, "", time, told, who)


def is_night(book: BookInput, section: Section, race: Race) -> bool:
    """Whether most hours of this chapter are night by the event's setting."""
    if section.from_hour is None or section.to_hour is None:
        return False
    hours = range(int(section.from_hour), max(int(section.from_hour) + 1, int(section.to_hour)))
    dark = sum(is_dark(race.clock(hour).hour, book) for hour in hours)
    return dark * 2 > len(hours)


def opener(book: BookInput, section: Section, race: Race, *, night: bool, **side: Any) -> OpenerPage:
    """The first page of a chapter: hour, title, facts or the editor's text, the sentence of counts, the graph."""
    language = book.language
    hour, tail = "", ""
    if section.from_hour is not None:
        when = race.clock(section.from_hour)
        hour = str(when.hour) if language == "fr" else f"{when.hour:02d}"
        minutes = f"{when.minute:02d}"
        tail = ("h" if minutes == "00" else f"h{words.NARROW}{minutes}") if language == "fr" else f":{minutes}"
    told = _fitted(editors(book, section))
    title = words.typeset(section.title, language)
    return OpenerPage(
        kind="opener", hour=hour, hour_caps=hour, hour_tail=tail, title=title, display=_display(title), night=night, folio=True, name=title,
        paragraphs=tuple(told or _chapter_facts(book, section, race)), sentence=_sentence(book, section, race),
        graph=graph(book, section, race) if book.arrived >= FEWEST and any(book.hour_counts) else None, **side,
    )  # fmt: skip


OPENER_LINES = 7
"""Lines of text between an opener's title and its graph."""


def editors(book: BookInput, section: Section) -> list[str]:
    """What the editor wrote for this chapter, by paragraphs; empty where the facts must do."""
    return [words.typeset(part, book.language) for part in section.text.split("\n") if part.strip()]


def _fitted(paragraphs: list[str]) -> list[str]:
    """As much of it as the opener holds; the whole then stands behind the proofs."""
    room, kept = OPENER_LINES, []
    for paragraph in paragraphs:
        if room > 0:
            kept.append(metrics.cut(paragraph, 108, 11.5, room))
            room -= len(metrics.lines(kept[-1], 108, 11.5))
    return kept


def _display(title: str) -> float:
    """Size in points of a title that stands where an hour would: the largest that keeps it on one line."""
    return next((size for size in (72.0, 60.0, 48.0, 36.0) if metrics.width(title, size) <= LIVE_W), 24.0)


def arrived_in(book: BookInput, section: Section, race: Race) -> int:
    """Photos that arrived from this chapter's hours, at least those printed."""
    hours = hours_of(section) if section.from_hour is not None else set()
    counts = hour_counts(book, race)
    counted = sum(counts[hour] for hour in hours)
    return max(counted, len(section.pictures))


def _sentence(book: BookInput, section: Section, race: Race) -> str:
    fr = book.language == "fr"
    mine, all_ = arrived_in(book, section, race), words.number(book.arrived, book.language)
    bars = book.arrived >= FEWEST and sum(book.hour_counts) > 0
    if fr:
        text = f"{words.count(mine, 'photographie', 'photographies', 'fr')} dans ce chapitre, {all_} en tout"
        return words.typeset(text + (" ; une barre par heure." if bars else "."), "fr")
    text = f"{words.count(mine, 'photograph', 'photographs', 'en')} in this chapter, {all_} in all"
    return text + ("; one bar an hour." if bars else ".")


def ways(pictures: tuple[Placed, ...]) -> tuple[int, int]:
    """How many were retouched and how many painted."""
    retouched = sum(any(s.kind == "retouched" for s in p.picture.proof.steps) for p in pictures)
    return retouched, sum(p.picture.painted for p in pictures)


def _people(pictures: tuple[Placed, ...]) -> int:
    return len({p.picture.photographer for p in pictures if p.picture.photographer})


def _chapter_facts(book: BookInput, section: Section, race: Race) -> list[str]:
    language, n = book.language, len(section.pictures)
    retouched, painted = ways(section.pictures)
    people = _people(section.pictures)
    span = ""
    if section.from_hour is not None and section.to_hour is not None:
        begin, end = race.clock(section.from_hour), race.clock(section.to_hour)
        first, last = (words.clock(t.hour, t.minute, language) for t in (begin, end))
        span = f"De {first} à {last} : " if language == "fr" else f"From {first} to {last}: "
    if language == "fr":
        text = f"{span}{words.counted(n, 'image imprimée', 'images imprimées', 'fr', feminine=True)}"
        text += f"{_by_fr(people)}."
        text += " " + (_inked_fr(n, retouched) if book.inked else _parts_fr(n, retouched, painted))
        if section.folded:
            names = ", ".join(quoted(name, "fr") for name in section.folded)
            text += f" Sans images, {names} {'se range' if len(section.folded) == 1 else 'se rangent'} ici."
        if all(placed.hour is None for placed in section.pictures):
            text += " L’appareil n’a pas dit l’heure, ou la date n’est pas celle de la course."
    else:
        text = f"{span}{words.counted(n, 'picture', 'pictures', 'en')} printed"
        text += f", by {words.counted(people, 'photographer', 'photographers', 'en')}." if people else "."
        text += " " + (_inked_en(n, retouched) if book.inked else _parts_en(n, retouched, painted))
        if section.folded:
            names = ", ".join(quoted(name, "en") for name in section.folded)
            text += f" Without pictures, {names} {'is' if len(section.folded) == 1 else 'are'} folded in here."
        if all(placed.hour is None for placed in section.pictures):
            text += " The camera gave no time, or a day that is not the race’s."
    return [words.typeset(_begun(text), language)]


def _by_fr(people: int) -> str:
    if people == 1:
        return ", d’un photographe"
    return f", de {words.counted(people, 'photographe', 'photographes', 'fr')}" if people else ""


def _parts_fr(n: int, retouched: int, painted: int) -> str:
    """« Deux retouchées, trois peintes » in figures; nothing where there is nothing to say."""
    told = []
    if painted:
        told.append(
            "toutes peintes" if painted == n > 1 else words.counted(painted, "peinte", "peintes", "fr", feminine=True)
        )
    if retouched:
        told.append(words.counted(retouched, "retouchée", "retouchées", "fr", feminine=True))
    if not told:
        return "Ni peinture, ni retouche."
    text = ", dont ".join(told) if painted == n > 1 and retouched else ", ".join(told)
    return f"{text[:1].upper()}{text[1:]}."


def _parts_en(n: int, retouched: int, painted: int) -> str:
    told = []
    if painted:
        told.append("all painted" if painted == n > 1 else f"{words.spelled(painted, 'en')} painted")
    if retouched:
        told.append(f"{words.spelled(retouched, 'en')} retouched")
    if not told:
        return "None painted, none retouched."
    text = ", ".join(told)
    return f"{text[:1].upper()}{text[1:]}."


def _inked_fr(n: int, retouched: int) -> str:
    told = "Toutes passées à l’encre" if n > 1 else "Passée à l’encre"
    return (
        f"{told}, {words.counted(retouched, 'retouchée', 'retouchées', 'fr', feminine=True)}."
        if retouched
        else f"{told}."
    )


def _inked_en(n: int, retouched: int) -> str:
    told = "All inked" if n > 1 else "Inked"
    return f"{told}, {words.spelled(retouched, 'en')} retouched." if retouched else f"{told}."


def contents_line(book: BookInput, section: Section, race: Race) -> str:
    """The italic line under a chapter in the contents."""
    n = len(section.pictures)
    if book.language == "fr":
        return f"{words.count(n, 'image', 'images', 'fr')} sur {words.number(arrived_in(book, section, race), 'fr')}."
    return f"{words.count(n, 'picture', 'pictures', 'en')} of {words.number(arrived_in(book, section, race), 'en')}."


def facts(book: BookInput, chosen: Chosen, race: Race) -> tuple[str, ...]:
    """The drafted foreword: what arrived, what was done to it, what is missing; counted, never embroidered."""
    told = _facts_fr(book, chosen, race) if book.language == "fr" else _facts_en(book, chosen, race)
    return tuple(words.typeset(" ".join(_begun(part) for part in parts), book.language) for parts in told if parts)


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _facts_fr(book: BookInput, chosen: Chosen, race: Race) -> list[list[str]]:
    n, (retouched, painted) = len(chosen.pictures), ways(chosen.pictures)
    people, left, untimed = _people(chosen.pictures), len(chosen.not_chosen), _untimed(chosen)

    def said(amount: int, one: str, many: str) -> str:
        return words.counted(amount, one, many, "fr", feminine=True)

    by = _by_fr(people)
    first = [
        f"{said(book.arrived, 'photographie est arrivée', 'photographies sont arrivées')}.",
        f"{said(n, 'est imprimée', 'sont imprimées')} ici{by}, dans l’ordre de la course : l’heure de la prise de vue "
        "décide de la place.",
    ]
    if untimed:
        first.append(
            f"{said(untimed, 'ne dit pas la sienne', 'ne disent pas la leur')} ; le nom du fichier ou sa série y supplée."
        )
    made = [f"{said(painted, 'image est peinte', 'images sont peintes')} d’après photographie."] if painted else []
    if book.inked:
        made.append("Toutes sont passées à l’encre ; personne n’y parle qui n’ait parlé.")
    if retouched:
        made.append(f"{said(retouched, 'est retouchée', 'sont retouchées')} selon des règles écrites.")
    made.append(
        "Chaque page peut être vérifiée : en fin d’ouvrage, une bande montre pour chaque image l’original, le masque, "
        "la retouche et la peinture, avec leurs empreintes et les décisions prises."
    )
    gap = _gap(book, race)
    missing = [f"Il manque des heures : {gap}, rien n’est arrivé."] if gap else []
    if left:
        missing.append(
            f"{said(left, 'autre image était prête et n’a', 'autres images étaient prêtes et n’ont')} pas trouvé de page."
        )
    return [first, made, missing]


def _facts_en(book: BookInput, chosen: Chosen, race: Race) -> list[list[str]]:
    n, (retouched, painted) = len(chosen.pictures), ways(chosen.pictures)
    people, left, untimed = _people(chosen.pictures), len(chosen.not_chosen), _untimed(chosen)

    def said(amount: int, one: str, many: str) -> str:
        return words.counted(amount, one, many, "en")

    by = f", by {said(people, 'photographer', 'photographers')}" if people else ""
    first = [
        f"{said(book.arrived, 'photograph', 'photographs')} arrived.",
        f"{said(n, 'is', 'are')} printed here{by}, in the order of the race: the time at which a picture was taken "
        "decides its place.",
    ]
    if untimed:
        first.append(f"{said(untimed, 'gives', 'give')} no time; the file’s name or its series stands in.")
    made = [f"{said(painted, 'picture is', 'pictures are')} painted from photographs."] if painted else []
    if book.inked:
        made.append("All are drawn in ink; nobody in them is given words.")
    if retouched:
        made.append(f"{said(retouched, 'is', 'are')} retouched by written rules.")
    made.append(
        "Every page can be checked: at the end of the book a strip shows, for each picture, the original, the mask, "
        "the retouched and the painted version, with their digests and the decisions taken."
    )
    gap = _gap(book, race)
    missing = [f"Hours are missing: {gap}, nothing arrived."] if gap else []
    if left:
        missing.append(f"{said(left, 'other picture was', 'other pictures were')} ready and found no page.")
    return [first, made, missing]


def _untimed(chosen: Chosen) -> int:
    return sum(placed.shown is None for placed in chosen.pictures)


def _gap(book: BookInput, race: Race) -> str:
    """The longest run of hours without arrivals, from two hours on and between hours with some; else empty."""
    counts = hour_counts(book, race)
    if book.arrived < FEWEST or sum(counts) == 0:
        return ""
    filled = [hour for hour, amount in enumerate(counts) if amount]
    runs = [(b - a - 1, a + 1, b) for a, b in pairwise(filled) if b - a > 2]
    if not runs:
        return ""
    _, begin, end = max(runs, key=lambda run: (run[0], -run[1]))
    if book.language == "fr":
        return f"de la {_nth(begin + 1, 'fr')} à la {_nth(end, 'fr')} heure de course"
    return f"from the {_nth(begin + 1, 'en')} to the {_nth(end, 'en')} hour of the race"


def _nth(n: int, language: str) -> str:
    if language == "fr":
        return "1re" if n == 1 else f"{n}e"
    return f"{n}{'th' if 10 <= n % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"
