"""What the folder says to people, in English and French: the words, and how a text file is made of them. Pure.

Plain text for Notepad and TextEdit alike: CRLF, UTF-8 with a byte-order mark, no line longer than WIDTH. The counts'
words are those of the command line as well. Sentences are written with plain spaces; `say` sets French ones as French
print wants, before names are filled in.
"""

from __future__ import annotations

import textwrap

from safelight.model.system import said
from safelight.model.typography import typeset

WIDTH = 160
COUNTS = ("ignored", "duplicates", "needs_you", "waiting", "in_book", "not_chosen")
"""The counts in the design's order; with `arrived` they are what `count` can say."""

TEXT: dict[str, tuple[str, str]] = {
    "running": ("running", "en marche"),
    "stopped": ("stopped", "arrêté"),
    "waiting": ("{n} waiting", "{n} en attente"),
    "needs_you": ("{n} need you", "{n} ont besoin de vous"),
    "needs_you_one": ("1 needs you", "1 a besoin de vous"),
    "need_you": ("{n} need you", "{n} ont besoin de vous"),
    "need_you_one": ("1 needs you", "1 a besoin de vous"),
    "in_book": ("{n} in the book", "{n} dans le livre"),
    "not_chosen": ("{n} not chosen", "{n} non retenues"),
    "not_chosen_one": ("1 not chosen", "1 non retenue"),
    "duplicates": ("{n} duplicates", "{n} doublons"),
    "duplicates_one": ("1 duplicate", "1 doublon"),
    "ignored": ("{n} ignored", "{n} ignorées"),
    "ignored_one": ("1 ignored", "1 ignorée"),
    "arrived": ("{n} arrived", "{n} arrivées"),
    "arrived_one": ("1 arrived", "1 arrivée"),
    "excluded_because": ("Left out of the book: {why}.", "Hors du livre : {why}."),
    "by_person": ("a person decided so", "une personne l'a décidé"),
    "by_rule": ("the rule “{rule}” says so", "la règle « {rule} » le dit"),
    "by_model": ("sorted as {verdict}, {sure} sure", "triée comme {verdict}, sûr à {sure}"),
    "by_model_why": (
        "sorted as {verdict}, {sure} sure, because {reasons}", "triée comme {verdict}, sûr à {sure}, car {reasons}",
    ),
    "move_back": (
        "To use it all the same, move it into ok or retoucher: your decision counts and is never overruled.",
        "Pour l'utiliser quand même, déplacez-la dans ok ou retoucher : votre décision compte et n'est jamais annulée.",
    ),
    "left_out": (
        "Left out of the book: a person deleted it from {places}.",
        "Hors du livre : une personne l'a supprimée de {places}.",
    ),
    "bring_back": (
        "To bring it back, put the file back where it was, drop it into the inbox again, or type `safelight decide "
        '"{name}" {verdict}`.',
        "Pour la reprendre, remettez le fichier à sa place, déposez-la de nouveau dans inbox, ou tapez `safelight decide "
        '"{name}" {verdict}`.',
    ),
    "duplicate_of": (
        "The same picture arrived before as {name}.", "La même image est déjà arrivée sous le nom {name}.",
    ),
    "duplicate_again": (
        "It was taken as the wish to have that picture done again.",
        "C'est compris comme le souhait de refaire cette image.",
    ),
    "duplicate_do": (
        "Nothing is lost: both names are kept. You can delete this file; it stays counted as a duplicate.",
        "Rien n'est perdu : les deux noms sont gardés. Vous pouvez supprimer ce fichier ; il reste compté comme doublon.",
    ),
    "not_in_book": ("Not in the book: {why}.", "Pas dans le livre : {why}."),
    "not_yet_rules": ("Not in the book yet: it waits for rules.", "Pas encore dans le livre : elle attend des règles."),
    "see_card": (
        "More on its card in library/need-you: {card}", "Plus de détails sur sa fiche dans library/need-you : {card}",
    ),
    "pages_full": (
        "To have another choice, raise the number of pages in rules/book.yaml.",
        "Pour un autre choix, augmentez le nombre de pages dans rules/book.yaml.",
    ),
    "burst_choose": (
        'To print this one instead, give it more stars in your photo program, type `safelight decide "{name}" {verdict}`, or delete the '
        "preferred picture from its class folder.",
        "Pour imprimer celle-ci à la place, donnez-lui plus d'étoiles dans votre logiciel photo, tapez `safelight decide \"{name}\" "
        "{verdict}`, ou supprimez de son dossier de classe l'image préférée.",
    ),
    "arrived_at": ("Arrived {time}.", "Arrivée le {time}."),
    "held": (
        "The {rules} changed since this picture was done. Redoing it takes long and waits for your word; the old result "
        "stays until then.",
        "Les {rules} ont changé depuis que cette image a été faite. La refaire est long et attend votre accord ; l'ancien "
        "résultat reste en attendant.",
    ),
    "held_do": (
        "To have it redone, put an empty file named “redo {word}” into rules, or type `safelight redo {part}`.",
        "Pour la faire refaire, mettez un fichier vide nommé « refaire {word} » dans rules, ou tapez `safelight redo {part}`.",
    ),
    "rules_sort": ("sorting rules", "règles de tri"),
    "rules_retouch": ("retouch rules", "règles de retouche"),
    "rules_style": ("style rules", "règles de style"),
    "book_none": ("the book was not made yet", "le livre n'a pas encore été fait"),
    "no_design": (
        "The book could not be made: there is no design “{design}” in templates.",
        "Le livre n'a pas pu être fait : il n'y a pas de maquette « {design} » dans templates.",
    ),
    "away": (
        "The folder {folder} cannot be reached; everything waits until it is back.",
        "Le dossier {folder} est inaccessible ; tout attend son retour.",
    ),
    "brake": (
        "{n} pictures disappeared from the library at once: that is taken for an accident, and they are put back.",
        "{n} images ont disparu de la bibliothèque d'un coup\u00a0: c'est pris pour un accident, elles sont remises.",
    ),
    "put_back": (
        "To bring it back, put that file back, or drop the photo into the inbox again.",
        "Pour la reprendre, remettez ce fichier, ou déposez de nouveau la photo dans inbox.",
    ),
    "back": (
        "The folder {folder} is back; work goes on.",
        "Le dossier {folder} est de retour\u00a0; le travail reprend.",
    ),
    "goes_on": ("The trouble is over; work goes on.", "L'ennui est passé\u00a0; le travail reprend."),
    "links": (
        "{n} links or special files in inbox/ are left alone: only real files are taken.",
        "{n} liens ou fichiers spéciaux dans inbox/ sont laissés là\u00a0: seuls de vrais fichiers sont pris.",
    ),
    "denied": (
        "inbox: nobody allowed Safelight to read “{name}”. Change its permissions; it is taken then.",
        "inbox\u00a0: Safelight n'a pas le droit de lire «\u202f{name}\u202f». Changez ses droits\u00a0; il sera pris ensuite.",
    ),
    "stuck": (
        "inbox: “{name}” does not come to rest or cannot be moved; it stays there and is looked at again.",
        "inbox\u00a0: «\u202f{name}\u202f» change sans cesse ou ne peut être déplacé\u00a0; il y reste et sera revu.",
    ),
    "fault_with": (
        "{name}: {why}. Safelight tries again by itself.",
        "{name}\u00a0: {why}. Safelight réessaie tout seul.",
    ),
    "kept": ("The file is kept as it came.", "Le fichier est conservé tel quel."),
}  # fmt: skip


def say(key: str, language: str, **values: object) -> str:
    """A sentence of the table above."""
    english, french = TEXT[key]
    return (typeset(french) if language == "fr" else english).format(**values)


def count(key: str, n: int, language: str) -> str:
    """`1 needs you`, `5 waiting`: a count of COUNTS, or `arrived`, in words."""
    return say(f"{key}_one" if n == 1 and f"{key}_one" in TEXT else key, language, n=n)


def fault_words(fault: Exception, language: str) -> str:
    """What the system said of a file, without its numbers."""
    name, why = getattr(fault, "filename", None), getattr(fault, "strerror", None)
    return say("fault_with", language, name=name or "library", why=said(why or str(fault), language))


def note(lines: list[str]) -> bytes:
    """A text file for people; long lines are broken at spaces, empty ones left out (a lone space stays as a gap)."""
    rows: list[str] = []
    for line in filter(None, lines):
        rows += textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
    return b"\xef\xbb\xbf" + "".join(f"{row}\r\n" for row in rows).encode("utf-8", "replace")
