"""What the rules folder and `try/` say to people, in English and French. Pure text.

Sentences are written here with plain spaces; `say` sets French ones as French print wants.
"""

from __future__ import annotations

from safelight.model.typography import french

TEXT: dict[str, tuple[str, str]] = {
    "accepted": ("{file}: version {version} is in force.", "{file} : la version {version} est en vigueur."),
    "unreadable": (
        "{file} cannot be read at the moment; the last version stays in force.",
        "{file} ne peut pas être lu pour l’instant ; la dernière version reste en vigueur.",
    ),
    "lost": (
        "The folder {folder} is away or empty; the last rules stay in force until it is back.",
        "Le dossier {folder} a disparu ou est vide ; les dernières règles restent en vigueur jusqu’à son retour.",
    ),
    "found": ("The folder {folder} is back.", "Le dossier {folder} est de retour."),
    "file_back": ("{file} is back.", "{file} est de retour."),
    "missing_soon": (
        "{file} is missing. Its last version stays in force for {seconds} s; then {then}.",
        "{file} a disparu. Sa dernière version reste en vigueur pendant {seconds} s ; ensuite {then}.",
    ),
    "missing_rules": (
        "{file} is missing: there are no {part} rules in force, and the photos that need them wait.",
        "{file} a disparu : aucune règle {part} n’est en vigueur, et les photos concernées attendent.",
    ),
    "missing_form": (
        "{file} is missing: its last version stays in force.",
        "{file} a disparu : sa dernière version reste en vigueur.",
    ),
    "missing_do": (
        "Put the file back and work goes on by itself. Your last version: rules/.history/{history}",
        "Remettez le fichier et le travail reprend de lui-même. Votre dernière version : rules/.history/{history}",
    ),
    "then_wait": ("the photos that need it wait", "les photos concernées attendront"),
    "then_stay": ("it goes on counting all the same", "elle comptera tout de même"),
    "noted": ("{file}: in force, with {n} remark.", "{file} : en vigueur, avec {n} remarque."),
    "noted_many": ("{file}: in force, with {n} remarks.", "{file} : en vigueur, avec {n} remarques."),
    "twins": (
        "Two files mean {file}: {names}. Only {counts} counts; please keep one.",
        "Deux fichiers désignent {file} : {names}. Seul {counts} compte ; n’en gardez qu’un.",
    ),
    "bad_style": (
        "rules/styles/{file} is not a picture and is left out.",
        "rules/styles/{file} n’est pas une image et n’est pas pris en compte.",
    ),
    "in_the_way": (
        "rules/{file} is your own file and stays as it is; nothing of ours is written under that name.",
        "rules/{file} est un fichier à vous et reste tel quel ; rien n’est écrit sous ce nom.",
    ),
}
PARTS = {"sort": ("sorting", "de tri"), "retouch": ("retouch", "de retouche"), "style": ("style", "de style")}


def say(key: str, language: str, **values: object) -> str:
    """A sentence of the table above."""
    english, said = TEXT[key]
    return french(said.format(**values)) if language == "fr" else english.format(**values)


def part_word(part: str, language: str) -> str:
    """`sorting`, `de tri` …: what kind of rules."""
    return PARTS[part][1 if language == "fr" else 0]


def text_file(text: str) -> bytes:
    """A text for Notepad and TextEdit alike: UTF-8 with a byte-order mark, CRLF. Empty lines stay."""
    return b"\xef\xbb\xbf" + (text.rstrip("\n") + "\n").replace("\n", "\r\n").encode("utf-8", "replace")
