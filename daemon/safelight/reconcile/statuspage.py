"""`library/_status.html`: the state as a page that is opened from a share without a server. Pure: `page` writes nothing.

The page turns red by itself when nothing new came for a minute, and compares no clocks for that: a copy of the page in
a hidden frame tells it every five seconds what the file says now, and the page adds up the time in which that stayed
the same. It never loads itself anew: with the share gone that would end in the browser's own error page.
Everything shown is escaped; nothing is fetched but small pictures beside it.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from urllib.parse import quote

from safelight.model.moments import moment
from safelight.model.typography import french
from safelight.reconcile import statustext
from safelight.reconcile.statusscript import SCRIPT, STYLE
from safelight.reconcile.statustext import News
from safelight.reconcile.tally import Tally

NOTE = ".why.txt"
NEED_YOU = "need-you/"
CARDS = 10
"""Small pictures shown at most."""

TEXT: dict[str, tuple[str, str]] = {
    "title": ("Safelight – status", "Safelight – état"),
    "on": ("Safelight is running", "Safelight est en marche"),
    "look": ("Looking whether Safelight is still at work…", "On regarde si Safelight travaille encore…"),
    "old": ("No sign of life from Safelight.", "Safelight ne donne plus signe de vie."),
    "off": ("Safelight is stopped.", "Safelight est arrêté."),
    "rest": ("nothing is waiting", "rien n’attend"),
    "waits_one": ("1\u00a0is\u00a0waiting", "1\u00a0en\u00a0attente"),
    "waits": ("{n}\u00a0are\u00a0waiting", "{n}\u00a0en\u00a0attente"),
    "needs_one": ("1\u00a0needs\u00a0you", "1\u00a0a besoin de\u00a0vous"),
    "needs": ("{n}\u00a0need\u00a0you", "{n}\u00a0ont besoin de\u00a0vous"),
    "written": ("Last written {at}.", "Dernier signe {at}."),
    "seen": ("Last sign of life {ago} ago.", "Dernier signe de vie il y a {ago}."),
    "quiet": (
        "Nothing new for {ago}; last written {at}. Is its computer on? Is this folder still connected?",
        "Rien de neuf depuis {ago} ; dernier signe {at}. Son ordinateur est-il allumé ? Ce dossier est-il encore connecté ?",
    ),
    "since": ("Since {at}.", "Depuis {at}."),
    "no_script": (
        "This browser runs no scripts: the page cannot tell whether it still moves. Written {at}.",
        "Ce navigateur n’exécute pas de scripts : la page ne peut pas dire si elle vit encore. Écrite {at}.",
    ),
    "need_you": ("Needs you", "Besoin de vous"),
    "how": (
        "Open one to read what it is and what you can do.",
        "Ouvrez-en une pour lire ce qu’il y a et ce que vous pouvez faire.",
    ),
    "more": ("{n} more: in the folder {folder}, or waiting for mended rules.", "Encore {n} : dans le dossier {folder}, ou en attente de règles corrigées."),
    "totals": ("What arrived", "Ce qui est arrivé"),
    "in_book": ("in the book", "dans le livre"),
    "not_chosen": ("not chosen", "non retenues"),
    "waiting": ("waiting", "en attente"),
    "needs_you": ("needs you", "besoin de vous"),
    "duplicates": ("duplicates", "doublons"),
    "ignored": ("ignored", "ignorées"),
    "arrived": ("arrived", "arrivées"),
    "book": ("The book", "Le livre"),
    "pdf": ("Open the book (PDF)", "Ouvrir le livre (PDF)"),
    "leaf": ("Leaf through it here", "Le feuilleter ici"),
}  # fmt: skip


@dataclass(frozen=True)
class Card:
    """One thing that waits for a person: its name, and the picture and note of it, relative to the page; or empty."""

    name: str
    picture: str = ""
    note: str = ""


@dataclass(frozen=True)
class Told:
    """What the page tells. `pdf` and `leaf` are paths relative to the page, empty when there is no book yet."""

    tally: Tally
    running: bool
    cards: tuple[Card, ...] = ()
    pdf: str = ""
    leaf: str = ""
    news: News | None = None


def cards_of(paths: Mapping[str, str]) -> tuple[Card, ...]:
    """The cards among the views: path in library/ to its place. Only pictures made for a card are small and shown."""
    stems = {path.removesuffix(NOTE) for path in paths if path.startswith(NEED_YOU)}
    return tuple(
        Card(
            stem.removeprefix(NEED_YOU),
            stem if paths.get(stem) == "card" else "",
            stem + NOTE if stem + NOTE in paths else "",
        )
        for stem in sorted(stems)
    )


def page(told: Told, language: str, now: datetime, zone: tzinfo | None = None) -> bytes:
    """The whole page as UTF-8. `now` (aware) is the sign of life that is told apart from the one before.

    The script tells it by the reader's own clock; without scripts it stands in `zone`, None the machine's own.
    """
    say = _Words(language)
    at = f'<time datetime="{now.isoformat(timespec="milliseconds")}">{moment(now.isoformat(), language, zone)}</time>'
    state = "look" if told.running else "off"
    aside = _book(told, say, language, zone) + _rules(told, language, zone)
    aside = f"<div>{aside}</div>" if aside else ""
    text = f"""<!doctype html>
<html lang="{say.code}" data-state="{state}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>{say("title")}</title><style>{STYLE}</style></head>
<body data-token="{now.isoformat(timespec="microseconds")}" data-run="{"yes" if told.running else "no"}">
<main>{_light(told, say)}{_now(told, language, zone)}{_cards(told, say)}<div class="pair">{_totals(told.tally, say)}{aside}</div></main>
<noscript><p>{say("no_script").replace("{at}", at)}</p></noscript>
<script>{SCRIPT}</script></body></html>
"""
    return text.encode("utf-8", "replace")


class _Words:
    """The page's words in one language, escaped."""

    def __init__(self, language: str) -> None:
        self.code = "fr" if language == "fr" else "en"

    def __call__(self, key: str, **values: object) -> str:
        text = TEXT[key][self.code == "fr"]
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return html.escape(french(text) if self.code == "fr" else text)

    def count(self, key: str, number: int) -> str:
        """`1 needs you`, `2 need you`."""
        return self(key + "_one" if number == 1 else key, n=number)


def _light(told: Told, say: _Words) -> str:
    """The light and one sentence for each state; the page shows the one that holds."""
    counts = told.tally
    parts = [say.count(key, n) for key, n in (("waits", counts.waiting), ("needs", counts.needs_you)) if n]
    running = f"{say('on')}{_semicolon(say)} {', '.join(parts or [say('rest')])}."
    signs = " ".join(f'data-{key}="{say(key)}"' for key in ("written", "seen", "quiet", "since"))
    return f"""<header><i class="lamp" aria-hidden="true"></i><div role="status"><h1><span class="on">{running}</span>
<span class="look">{say("look")}</span><span class="old">{say("old")}</span><span class="off">{say("off")}</span></h1>
<p id="sign" {signs}></p></div></header>"""


def _semicolon(say: _Words) -> str:
    return "\u202f;" if say.code == "fr" else ";"


def _cards(told: Told, say: _Words) -> str:
    if not told.tally.needs_you:
        return ""
    shown = told.cards[:CARDS]
    tiles = "".join(_tile(card) for card in shown)
    tiles = f'<p>{say("how")}</p><ul class="cards">{tiles}</ul>' if tiles else ""
    left = max(0, told.tally.needs_you - len(shown))
    folder = f'<a href="{NEED_YOU}">{NEED_YOU.rstrip("/")}</a>'
    more = f"<p>{say('more', n=left).replace('{folder}', folder)}</p>" if left else ""
    return f'<section class="need"><h2>{say("need_you")} <b>{told.tally.needs_you}</b></h2>{tiles}{more}</section>'


def _tile(card: Card) -> str:
    picture = f'<img src="{_link(card.picture)}" alt="">' if card.picture else '<i class="none">!</i>'
    inner = f"{picture}<span>{html.escape(card.name)}</span>"
    target = card.note or card.picture
    return f'<li><a href="{_link(target)}">{inner}</a></li>' if target else f"<li>{inner}</li>"


def _totals(counts: Tally, say: _Words) -> str:
    keys = ("in_book", "not_chosen", "waiting", "needs_you", "duplicates", "ignored")
    numbers = counts.to_json()
    rows = "".join(_row(key, numbers[key], say) for key in keys)
    total = _row("arrived", numbers["arrived"], say)
    return f"<section><h2>{say('totals')}</h2><table><tbody>{rows}</tbody><tfoot>{total}</tfoot></table></section>"


def _row(key: str, number: int, say: _Words) -> str:
    return f'<tr class="{"" if number else "zero"}"><th scope="row">{say(key)}</th><td>{number}</td></tr>'


def _now(told: Told, language: str, zone: tzinfo | None) -> str:
    """Who works and what is being done: the status file's own sentences."""
    if told.news is None:
        return ""
    rows = [*statustext.at_work(told.news, language, running=told.running)]
    if told.running and told.news.since:
        rows.append(statustext.who(told.news, language, zone))
    return f"<section>{_paragraphs(rows)}</section>" if rows else ""


def _rules(told: Told, language: str, zone: tzinfo | None) -> str:
    """The rule files as the status file tells them; one that is not in use as it lies there stands out."""
    rows = []
    for rule in told.news.rules if told.news is not None else ():
        lines = list(statustext.rule_lines((rule,), language, zone))
        rows.append(_paragraphs(lines, "bad" if rule.problems or rule.gone else ""))
    head = html.escape(statustext.say("rules", language))
    return f"<section><h2>{head}</h2>{''.join(rows)}</section>" if rows else ""


def _paragraphs(rows: Iterable[str], kind: str = "") -> str:
    """A paragraph each; indented lines are told apart, all of them by `kind`."""
    return "".join(f'<p class="{kind}{" in" * row.startswith(" ")}">{html.escape(row.strip())}</p>' for row in rows)


def _book(told: Told, say: _Words, language: str, zone: tzinfo | None) -> str:
    links = "".join(_links(((told.pdf, say("pdf")), (told.leaf, say("leaf")))))
    rows = list(statustext.book_lines(told.news, language, zone)) if told.news is not None and links else []
    rows = [row.removesuffix("library/book/book.pdf").rstrip(": \u00a0") for row in rows]
    return f'<section class="book"><h2>{say("book")}</h2>{_paragraphs(rows)}{links}</section>' if links else ""


def _links(targets: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (f'<a class="go" href="{_link(path)}">{words}</a>' for path, words in targets if path)


def _link(path: str) -> str:
    """A relative link that no name can break out of; names may hold `#`, `?`, `%` and quotes."""
    return html.escape(quote(path, errors="replace"))
