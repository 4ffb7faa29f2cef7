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
    # what a change touches
    "touched": ("{n} photos touched", "{n} photos concernées"),
    "touched_one": ("1 photo touched", "1 photo concernée"),
    "touched_none": ("no photo touched", "aucune photo concernée"),
    "retouch_new": ("{n} new", "{n} en plus"),
    "retouch_masked": ("{n} masked differently", "{n} au masque différent"),
    "retouch_painted": ("{n} changed differently", "{n} au résultat différent"),
    "retouch_waits": ("{n} will need you", "{n} auront besoin de vous"),
    "retouch_goes_on": ("{n} will go on", "{n} pourront avancer"),
    "retouch_out": ("{n} left out", "{n} hors du livre"),
    "retouch_in": ("{n} no longer left out", "{n} de retour"),
    "retouch_gone": ("{n} no longer", "{n} en moins"),
    "style_new": ("{n} new", "{n} en plus"),
    "style_style": ("{n} in another style", "{n} dans un autre style"),
    "style_settings": ("{n} painted differently", "{n} au rendu différent"),
    "style_gone": ("{n} no longer painted", "{n} non peintes désormais"),
    "sort_move": ("{n} {before} → {after}", "{n} {before} → {after}"),
    # the preview
    "preview_title": ("{file}, version {version}", "{file}, version {version}"),
    "before": ("before", "avant"),
    "mask": ("mask", "masque"),
    "after": ("after", "après"),
    "style": ("style", "style"),
    "nothing_masked": ("nothing found to mask", "rien à masquer trouvé"),
    "left_out": ("left out of the book", "hors du livre"),
    "left_alone": ("left as it is", "laissée telle quelle"),
    "failed": ("could not be shown", "n’a pas pu être montrée"),
    "in_force_since": ("In force since {time}.", "En vigueur depuis {time}."),
    "redo_soon": (
        "Redoing what is finished takes about {time} and begins by itself.",
        "Refaire ce qui est fini prend environ {time} et commence de soi-même.",
    ),
    "redo_waits": (
        "Redoing what is finished takes about {time}; it waits for your word: put an empty file named “redo {word}” "
        "into rules/, or say `safelight redo {part}`.",
        "Refaire ce qui est fini prend environ {time} et attend votre accord : mettez un fichier vide nommé "
        "« refaire {word} » dans rules/, ou tapez `safelight redo {part}`.",
    ),
    "redo_nothing": ("Nothing that is finished has to be redone.", "Rien de ce qui est fini n’est à refaire."),
    "undo": (
        "To undo: copy rules/.history/{history} over {file}.",
        "Pour annuler : copiez rules/.history/{history} par-dessus {file}.",
    ),
    # a file named `redo …`
    "redo_taken": ("“{file}”: {told}.", "« {file} » : {told}."),
    "redo_word": (
        "the changed {part} rules redo what is finished",
        "les règles {part} modifiées refont ce qui est fini",
    ),
    "redo_all": ("{what}: all photos again", "{what} : toutes les photos à nouveau"),
    "redo_photo": ("{what}: again", "{what} : à nouveau"),
    "redo_book": ("the book is made now", "le livre est fait maintenant"),
    "redo_unknown": (
        "“{word}” is nothing that can be done again, and no photo of this event is called so.",
        "« {word} » n’est rien qui puisse être refait, et aucune photo de l’événement ne porte ce nom.",
    ),
    "redo_several": (
        "Several photos are called “{word}”. Say which by its number: rename this file to one of",
        "Plusieurs photos s’appellent « {word} ». Dites laquelle par son numéro : renommez ce fichier en",
    ),
    "redo_near": ("Did you mean “redo {near}”?", "Vouliez-vous dire « refaire {near} » ?"),
    "redo_can": (
        "What a file in this folder may be named: redo sort, redo retouch, redo style, redo book, or redo and the name of "
        "a photo (redo IMG_4711). Rename this one and it counts; or delete it.",
        "Un fichier de ce dossier peut se nommer : refaire tri, refaire retouche, refaire style, refaire livre, ou "
        "refaire suivi du nom d’une photo (refaire IMG_4711). Renommez celui-ci et il compte ; ou supprimez-le.",
    ),
    "more_photos": ("… and {n} more.", "… et {n} de plus."),
}
PARTS = {"sort": ("sorting", "de tri"), "retouch": ("retouch", "de retouche"), "style": ("style", "de style")}

REDO = {"sort": ("sort", "tri"), "retouch": ("retouch", "retouche"), "style": ("style", "style")}


def say(key: str, language: str, **values: object) -> str:
    """A sentence of the table above."""
    english, said = TEXT[key]
    return french(said.format(**values)) if language == "fr" else english.format(**values)


def part_word(part: str, language: str) -> str:
    """`sorting`, `de tri` …: what kind of rules."""
    return PARTS[part][1 if language == "fr" else 0]


def duration(seconds: float, language: str) -> str:
    """`40 s`, `4 min`, `2 h 10 min`: as people say it, rounded up to something honest."""
    del language
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def text_file(text: str) -> bytes:
    """A text for Notepad and TextEdit alike: UTF-8 with a byte-order mark, CRLF. Empty lines stay."""
    return b"\xef\xbb\xbf" + (text.rstrip("\n") + "\n").replace("\n", "\r\n").encode("utf-8", "replace")


def redo_word(part: str, language: str) -> str:
    """What a file that asks for this part again is named after: `redo retouch`, `refaire retouche`."""
    return REDO[part][1 if language == "fr" else 0]
