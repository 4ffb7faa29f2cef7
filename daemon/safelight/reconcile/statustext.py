"""What the status file says inside: who works, what is being done, the counts, rules and book, what to do next. Pure: lines.

`News` is what the loop knows at one moment; the status file and `_status.html` are both made of it and of one `Tally`, so
that they never tell different things. For somebody who sees only the share, in Notepad or TextEdit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from safelight.model.moments import moment, since
from safelight.model.typography import typeset
from safelight.reconcile.rulewords import duration, part_word, redo_word
from safelight.reconcile.tally import CORRECTIONS, Tally
from safelight.reconcile.words import COUNTS, count

TEXT: dict[str, tuple[str, str]] = {
    "on": ("Safelight is running.", "Safelight est en marche."),
    "off": ("Safelight is stopped.", "Safelight est arrêté."),
    "who": ("At work on {host} since {since} (process {pid}).", "Au travail sur {host} depuis {since} (processus {pid})."),
    "who_off": ("Last at work on {host}, until {now}.", "Dernier au travail : {host}, jusqu'au {now}."),
    "sign": (
        "Last sign of life: {now}. Older than a minute? Then nobody is at work, whatever stands here: is that computer on, "
        "is this folder still connected?",
        "Dernier signe de vie : {now}. Plus d'une minute ? Alors personne n'est au travail, quoi qu'il soit écrit ici : "
        "l'ordinateur est-il allumé, ce dossier est-il encore connecté ?",
    ),
    "doing": ("Now: {what}.", "En ce moment : {what}."),
    "doing_left": ("Now: {what}. About {time} of work left.", "En ce moment : {what}. Encore environ {time} de travail."),
    "left": ("Now: nothing; about {time} of work waits.", "En ce moment : rien ; environ {time} de travail attend."),
    "idle": ("Now: nothing; it waits for new pictures.", "En ce moment : rien ; on attend de nouvelles photos."),
    "making_book": ("the book is being laid out", "mise en page du livre"),
    "more": ("{n} more", "{n} de plus"),
    "arrived": ("What arrived", "Ce qui est arrivé"),
    "rules": ("Rules", "Règles"),
    "rule": ("{file}: version {version}, in force since {since}.", "{file} : version {version}, en vigueur depuis {since}."),
    "rule_none": ("{file}: there is none; what needs it waits.", "{file} : absent ; ce qui en a besoin attend."),
    "rule_gone": (
        "{file}: MISSING; see the note beside it. The last one was version {version} of {at}.",
        "{file} : ABSENT ; voyez la note à côté. Le dernier était la version {version} du {at}.",
    ),
    "rule_broken": (
        "{file}: NOT in use as it stands. Version {version} stays in force, since {since}.",
        "{file} : PAS pris en compte tel qu'il est. La version {version} reste en vigueur, depuis {since}.",
    ),
    "rule_broken_none": (
        "{file}: NOT in use as it stands, and there is no earlier version.",
        "{file} : PAS pris en compte tel qu'il est, et il n'y a pas de version antérieure.",
    ),
    "problems_more": ("… and {n} more, in the note beside the file.", "… et {n} de plus, dans la note à côté du fichier."),
    "book": ("The book", "Le livre"),
    "book_is": ("{pages} pages, made {at}: library/book/book.pdf", "{pages} pages, fait le {at} : library/book/book.pdf"),
    "book_none": ("Not made yet.", "Pas encore fait."),
    "next": ("What you can do", "Ce que vous pouvez faire"),
    "next_need": (
        "Open the folder need-you: each card says what it is and what you can do.",
        "Ouvrez le dossier need-you : chaque fiche dit ce qu'il y a et ce que vous pouvez faire.",
    ),
    "next_rules": (
        "Mend {files} in the folder rules: it counts as soon as it is saved.",
        "Corrigez {files} dans le dossier rules : le fichier compte dès qu'il est enregistré.",
    ),
    "next_missing": (
        "Put {files} back into the folder rules; earlier versions lie in rules/.history.",
        "Remettez {files} dans le dossier rules ; les versions antérieures sont dans rules/.history.",
    ),
    "next_word": (
        "The changed {rules} rules would redo finished pictures and wait for your word: put an empty file named “redo "
        "{word}” into the folder rules.",
        "Les règles {rules} modifiées feraient refaire des images finies et attendent votre accord : mettez un fichier vide "
        "nommé « refaire {word} » dans le dossier rules.",
    ),
    "next_start": (
        "Start it again on its computer: `safelight watch` in the event's folder. What people move or drop meanwhile counts.",
        "Relancez-le sur son ordinateur : `safelight watch` dans le dossier de l'événement. Ce qu'on déplace ou dépose entre-temps "
        "compte.",
    ),
    "next_learn": (
        "{n} pictures were sorted otherwise by people. A model can learn from that: `safelight train classifier --from-event .` in the "
        "event's folder; it changes nothing before somebody takes it.",
        "{n} images ont été triées autrement par des personnes. Un modèle peut en apprendre : `safelight train classifier "
        "--from-event .` dans le dossier de l'événement ; il ne change rien avant que quelqu'un ne l'adopte.",
    ),
    "next_nothing": (
        "Nothing: it goes on by itself. New pictures go into inbox, into a folder with your name.",
        "Rien : tout avance tout seul. Les nouvelles photos vont dans inbox, dans un dossier à votre nom.",
    ),
}  # fmt: skip
DOING, PROBLEMS = 3, 3
"""Jobs, and problems of one file, told by name."""


@dataclass(frozen=True)
class RuleTold:
    """One rule file: the version in force (0: none) since a record's time, and what is wrong with the file as it stands.

    `problems` are (English, French) sentences; `gone` says that the file is no longer there.
    """

    file: str
    version: int = 0
    since: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    gone: bool = False


@dataclass(frozen=True)
class News:
    """What the loop knows beside the counts. Times are records' times (UTC); `left` are seconds of work.

    `trouble` (a full disk) and `book_reason` are sentences in the event's language; `held` the parts of the rules whose
    redo waits for a word; `corrections` how many photos people sorted otherwise than the model.
    """

    host: str = "?"
    pid: int = 0
    since: str = ""
    doing: tuple[str, ...] = ()
    laying_out: bool = False
    left: float = 0.0
    rules: tuple[RuleTold, ...] = ()
    held: tuple[str, ...] = ()
    trouble: str = ""
    pages: int = 0
    book_made: str = ""
    book_reason: str = ""
    corrections: int = 0


Block = tuple[str, tuple[str, ...]]
"""A heading (empty: none) and its lines."""


def say(key: str, language: str, **values: object) -> str:
    """A sentence of the table above."""
    english, french = TEXT[key]
    return (typeset(french) if language == "fr" else english).format(**values)


def lines(
    tally: Tally, news: News, language: str, now: datetime, zone: tzinfo | None = None, *, running: bool
) -> list[str]:
    """The whole text, a line each; a lone space is a gap. `now` (aware) is the sign of life."""
    at = moment(now.isoformat(), language, zone, seconds=True)
    head = [say("on" if running else "off", language), *_who(news, language, at, zone, running=running)]
    counts = tally.to_json()
    numbers = tuple(f"  {count(key, counts[key], language)}" for key in COUNTS)
    total = " + ".join(str(counts[key]) for key in COUNTS)
    sums = (*numbers, f"  = {count('arrived', tally.arrived, language)} ({total})")
    rows = [*head]
    for heading, told in (
        ("", tuple(at_work(news, language, running=running))),
        (say("arrived", language), sums),
        (say("rules", language), tuple(rule_lines(news.rules, language, zone))),
        (say("book", language), tuple(book_lines(news, language, zone))),
        (say("next", language), tuple(next_lines(tally, news, language, running=running))),
    ):
        if told:
            rows += [" ", *([heading] if heading else []), *told]
    return rows


def _who(news: News, language: str, at: str, zone: tzinfo | None, *, running: bool) -> Iterator[str]:
    if not running:
        yield say("who_off", language, host=news.host, now=at)
        return
    yield who(news, language, zone)
    yield say("sign", language, now=at)


def who(news: News, language: str, zone: tzinfo | None) -> str:
    """Who works on the event, since when."""
    return say("who", language, host=news.host, since=since(news.since, language, zone), pid=news.pid)


def at_work(news: News, language: str, *, running: bool) -> Iterator[str]:
    """What is wrong, what is being done at this moment, and how long it takes as far as that is known."""
    if news.trouble:
        yield news.trouble
    if not running:
        return
    doing = [say("making_book", language)] if news.laying_out else []
    doing += news.doing[:DOING]
    if len(news.doing) > DOING:
        doing.append(say("more", language, n=len(news.doing) - DOING))
    time = duration(news.left, language)
    if doing:
        yield say("doing_left" if news.left >= 1 else "doing", language, what=", ".join(doing), time=time)
    else:
        yield say("left" if news.left >= 1 else "idle", language, time=time)


def rule_lines(told: tuple[RuleTold, ...], language: str, zone: tzinfo | None) -> Iterator[str]:
    """Each rule file: which version is in force since when, and what is wrong with the one that lies there."""
    for rule in told:
        key = "rule" if rule.version else "rule_none"
        if rule.gone:
            key = "rule_gone"
        elif rule.problems:
            key = "rule_broken" if rule.version else "rule_broken_none"
        at = moment(rule.since, language, zone)
        began = since(rule.since, language, zone)
        yield say(key, language, file=rule.file, version=rule.version, since=began, at=at)
        yield from (f"    {problem[language == 'fr']}" for problem in rule.problems[:PROBLEMS])
        if len(rule.problems) > PROBLEMS:
            yield f"    {say('problems_more', language, n=len(rule.problems) - PROBLEMS)}"


def book_lines(news: News, language: str, zone: tzinfo | None) -> Iterator[str]:
    """How many pages, made when; and why a newer one could not be made."""
    if news.pages:
        yield say("book_is", language, pages=news.pages, at=moment(news.book_made, language, zone))
    else:
        yield say("book_none", language)
    if news.book_reason:
        yield news.book_reason


def next_lines(tally: Tally, news: News, language: str, *, running: bool) -> Iterator[str]:
    """What whoever reads this can do, the most urgent first; never nothing at all."""
    told = False
    if not running:
        told = True
        yield say("next_start", language)
    broken = [rule.file for rule in news.rules if rule.problems]
    gone = [rule.file for rule in news.rules if rule.gone]
    for key, files in (("next_rules", broken), ("next_missing", gone)):
        if files:
            told = True
            yield say(key, language, files=", ".join(files))
    if tally.needs_you:
        told = True
        yield say("next_need", language)
    for part in news.held:
        told = True
        yield say("next_word", language, rules=part_word(part, language), word=redo_word(part, language))
    if news.corrections >= CORRECTIONS:
        told = True
        yield say("next_learn", language, n=news.corrections)
    if not told:
        yield say("next_nothing", language)
