"""What the folder says to people, in English and French: status, cards, reasons. Pure text.

Plain text for Notepad and TextEdit alike: CRLF, UTF-8 with a byte-order mark.
"""

from __future__ import annotations

from safelight.model.signals import Verdict, say_reason

TEXT: dict[str, tuple[str, str]] = {
    "running": ("running", "en marche"),
    "stopped": ("stopped", "arrêté"),
    "waiting": ("{n} waiting", "{n} en attente"),
    "need_you": ("{n} need you", "{n} ont besoin de vous"),
    "need_you_one": ("1 needs you", "1 a besoin de vous"),
    "in_book": ("{n} in the book", "{n} dans le livre"),
    "not_chosen": ("{n} not chosen", "{n} non retenues"),
    "duplicates": ("{n} duplicates", "{n} doublons"),
    "ignored": ("{n} ignored", "{n} ignorés"),
    "arrived": ("{n} arrived", "{n} arrivées"),
    "excluded_because": ("Left out of the book: {why}.", "Hors du livre\u00a0: {why}."),
    "by_person": ("a person decided so", "une personne l'a décidé"),
    "by_rule": ("the rule “{rule}” says so", "la règle «\u202f{rule}\u202f» le dit"),
    "by_model": ("sorted as “{verdict}” ({sure} sure)", "triée «\u202f{verdict}\u202f» (sûr à {sure})"),
    "move_back": (
        "To use it all the same, move it into ok or retoucher: your decision counts.",
        "Pour l'utiliser quand même, déplacez-la dans ok ou retoucher\u00a0: votre décision compte.",
    ),
    "duplicate_of": (
        "The same picture arrived before as {name}.",
        "La même image est déjà arrivée sous le nom {name}.",
    ),
    "duplicate_do": ("Nothing is lost: both names are kept.", "Rien n'est perdu\u00a0: les deux noms sont gardés."),
    "not_in_book": ("Not in the book: {why}.", "Pas dans le livre\u00a0: {why}."),
    "arrived_at": ("Arrived {time} (UTC).", "Arrivée le {time} (UTC)."),
    "held": (
        "The rules changed; redoing this picture waits for your word (a file named “redo {part}” in rules/, or `safelight redo {part}`).",
        "Les règles ont changé\u00a0; refaire cette image attend votre accord (un fichier nommé «\u202fredo {part}\u202f» dans rules/, ou `safelight redo {part}`).",
    ),
    "book_none": ("the book was not made yet", "le livre n'a pas encore été fait"),
    "away": (
        "The folder {folder} cannot be reached; everything waits until it is back.",
        "Le dossier {folder} est inaccessible\u00a0; tout attend son retour.",
    ),
    "brake": (
        "{n} pictures disappeared from the library at once: that is taken for an accident, and they are put back.",
        "{n} images ont disparu de la bibliothèque d'un coup\u00a0: c'est pris pour un accident, elles sont remises.",
    ),
    "left_out": (
        "Left out of the book: a person deleted a file of this picture in the library.",
        "Hors du livre\u00a0: une personne a supprimé un fichier de cette photo dans la bibliothèque.",
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
}


def say(key: str, language: str, **values: object) -> str:
    """A sentence of the table above."""
    english, french = TEXT[key]
    return (french if language == "fr" else english).format(**values)


def fault_words(fault: Exception, language: str) -> str:
    """What the system said of a file, without its numbers."""
    name, why = getattr(fault, "filename", None), getattr(fault, "strerror", None)
    return say("fault_with", language, name=name or "library", why=why or str(fault))


def note(lines: list[str]) -> bytes:
    """A text file for people."""
    return b"\xef\xbb\xbf" + "".join(f"{line}\r\n" for line in lines if line).encode("utf-8", "replace")


def why_verdict(by: str, verdict: Verdict | None, sure: str, language: str) -> str:
    """Who sorted a photo so, and the three signals that weighed most."""
    if by == "person":
        return say("by_person", language)
    if by.startswith("rule:"):
        return say("by_rule", language, rule=by.removeprefix("rule:"))
    if verdict is None:
        return ""
    reasons = "; ".join(say_reason(reason, language) for reason in verdict.reasons[:3])
    told = say("by_model", language, verdict=verdict.likeliest, sure=sure)
    return f"{told}: {reasons}" if reasons else told
