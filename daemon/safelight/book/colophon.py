"""The last page: who made the pictures, by what means, and the root that pins the ledger. Pure."""

from __future__ import annotations

from typing import Any

from safelight.book import metrics, words
from safelight.book.choose import Chosen
from safelight.book.context import BookInput, CreditGroup, CreditsPage
from safelight.book.proofs import qr_path
from safelight.book.text import ways
from safelight.model.digests import PhotoId

FACES = {"drama": "Safelight Poster, Lato", "bd": "Safelight Lettering, Safelight Poster, Lato"}
"""The faces of each design, where they are not the album's."""


def credits(book: BookInput, chosen: Chosen, places: dict[PhotoId, int], **side: Any) -> CreditsPage:  # noqa: A001
    """Who, by what, and the root that pins the ledger."""
    language = book.language
    fr = language == "fr"
    by: dict[str, set[int]] = {}
    for item in chosen.pictures:
        name = words.typeset(item.picture.photographer, language) or words.say("unknown_photographer", language)
        by.setdefault(name, set()).add(places[item.picture.photo])
    people = [
        line
        for name, pages in sorted(by.items())
        for line in metrics.lines(f"{_begun(name)}, p.{words.FIXED}{_some(sorted(pages))}", 84, 11.5)
    ]
    tools = sorted({f"{s.backend} {s.version}" for p in chosen.pictures for s in p.picture.proof.steps if s.backend})
    networks = sorted({s.backend for p in chosen.pictures for s in p.picture.proof.steps if s.trained})
    groups = []
    if people:
        groups.append(CreditGroup(words.say("photographs", language), tuple(_fit(people, 16)), 5, 30.0))
    if book.form.credits:
        lines = [part for line in book.form.credits for part in metrics.lines(words.typeset(line, language), 84, 11.5)]
        groups.append(CreditGroup(words.say("thanks", language), tuple(_fit(lines, 16)), 9, 30.0))
    lower = 30.0 + 5 * (3 + max([1, *(len(group.lines) for group in groups)]))
    if chosen.pictures:
        made = (book.software, *_fit(tools, 6))
        groups.append(CreditGroup(words.say("made_by", language), made, 5, lower))
    retouched, painted = ways(chosen.pictures)
    return CreditsPage(
        kind="credits", title=words.say("credits", language), name=words.say("credits", language), folio=True,
        groups=tuple(groups), colophon=_colophon(book, len(chosen.pictures), retouched, painted, networks, fr=fr),
        pins=(
            (words.say("merkle", language), book.root), (words.say("head", language), book.head),
            (words.say("entries", language), words.number(book.records, language)),
        ),
        verify=words.say("verify", language), qr=qr_path(f"SL:{book.root}")[0], qr_size=qr_path(f"SL:{book.root}")[1],
        **side,
    )  # fmt: skip


def _fit(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[: most - 1], "…"]


def _begun(name: str) -> str:
    return name[:1].upper() + name[1:]


def _some(pages: list[int]) -> str:
    """`4, 6–9`: runs joined by an en dash."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)


def _colophon(
    book: BookInput, n: int, retouched: int, painted: int, networks: list[str], *, fr: bool
) -> tuple[str, ...]:
    day = words.date(book.made_at, book.language)
    faces = FACES.get(book.form.design, "EB Garamond, Lato")
    if fr:
        first = f"Composé en {faces} par {book.software}, le {day}."
        if n:
            drawn = (n, "encrée", "encrées") if book.inked else (painted, "peinte", "peintes")
            first += f" {words.count(n, 'image', 'images', 'fr')}, dont {words.count(*drawn, 'fr')}"
            first += f" et {words.count(retouched, 'retouchée', 'retouchées', 'fr')}."
            first += (
                f" Réseaux entraînés ayant pris part : {', '.join(networks)}."
                if networks
                else " Tout est calculé sans réseau entraîné ; aucune image n’est engendrée de toutes pièces."
            )
        second = (
            "Le registre et les originaux sont conservés ; la racine ci-dessous fixe l’état dont ce livre est tiré."
        )
    else:
        first = f"Set in {faces} by {book.software} on {day}."
        if n:
            count, how = (n, "inked") if book.inked else (painted, "painted")
            first += f" {words.count(n, 'picture', 'pictures', 'en')}, {words.number(count, 'en')} of them {how} and"
            first += f" {words.number(retouched, 'en')} retouched."
            first += (
                f" Trained networks took part: {', '.join(networks)}."
                if networks
                else " Everything was computed without a trained network; no picture was generated from nothing."
            )
        second = "The ledger and the originals are kept; the root below pins the state from which this book was made."
    return words.typeset(first, book.language), words.typeset(second, book.language)
