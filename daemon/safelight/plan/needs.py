"""What waits for a person: a code with its words, and what deleting its card means. Pure.

Every code is in NEEDS or is that of an error class. Cards, the status page and `explain` all speak through this module, so
that no name of a stage, a backend or an exception reaches a person, in either language.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from safelight.model.errors import by_code
from safelight.model.signals import CLASSES
from safelight.model.typography import typeset
from safelight.stages import prompts


@dataclass(frozen=True)
class Need:
    """Why a photo waits for a person: a code with its words in NEEDS or in the error tree.

    `picture` is the object that the card shows (the photo with the mask in question marked); empty: the photo as it is.
    """

    code: str
    rule: str = ""
    values: dict[str, str] = field(default_factory=dict)
    picture: str = ""

    def say(self, language: str) -> tuple[str, str]:
        """(what and why, what you can do)."""
        if self.code in NEEDS:
            row = NEEDS[self.code]
            what, do = (row[2], row[3]) if language == "fr" else (row[0], row[1])
        else:
            kind = by_code(self.code)
            what, do = (kind.fr, kind.do_fr) if language == "fr" else (kind.en, kind.do_en)
        return _told(what, self, language), _told(do, self, language)


def proposal(need: Need) -> str | None:
    """The verdict that deleting the card records; None where it proposes none.

    A hand edit and a refused file propose something too, but no verdict: the edit stays, the file is not used.
    """
    if need.code in {"too_much", "mask_doubt", "nothing_found"}:
        return "retoucher"
    said = {"doubt": "verdict", "doubt_promise": "verdict", "ask": "likeliest"}
    verdict = need.values.get(said.get(need.code, ""), "")
    return verdict if verdict in CLASSES else None


def if_deleted(need: Need, language: str, *, refused: bool = False) -> str:
    """What it means to delete the card, one sentence. `refused`: the card of a file that is no photo of ours."""
    key = "refused" if refused else need.code if need.code in IF_DELETED else "returns"
    english, said = IF_DELETED[key]
    return _told(said if language == "fr" else english, need, language)


class _Shown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return key


def _told(template: str, need: Need, language: str) -> str:
    values = {"rule": need.rule, **need.values}
    for key, words in (("stage", _stage), ("reason", _reason), ("backend", _backend)):
        if key in values:
            values[key] = words(values[key], need.code)[1 if language == "fr" else 0]
    if "what" in values:
        values["what"] = ", ".join(prompts.told(word, language) for word in values["what"].split(", "))
    if "wanted" in values:
        values["wanted"] = prompts.told(values["wanted"], language)
    if "known" in values:
        values["known"] = prompts.listed(values["known"], language)
    if language == "fr":
        template = typeset(template)
        values = {key: typeset(value) if key in OUR_WORDS else value for key, value in values.items()}
    return template.format_map(_Shown(values)).strip()


def doing(stage: str, language: str) -> str:
    """What a step does, as a word: `masking`, `masquage`. A stage of a newer version by its name."""
    return DOING.get(stage, (stage, stage))[language == "fr"]


def _stage(value: str, _: str) -> tuple[str, str]:
    return STAGES.get(value, ("The work", "Le travail"))


def _reason(value: str, code: str) -> tuple[str, str]:
    """A program's reason in plain words; what a library says is for the log."""
    known = next((words for start, words in REASONS.items() if value.startswith(start)), None)
    if known is None and code == "backend_unavailable":
        return value, "`safelight doctor` dit pourquoi"
    return known or (UNREADABLE if code in {"undecodable", "picture"} else UNEXPECTED)


def _backend(value: str, _: str) -> tuple[str, str]:
    return ("something else", "autre chose") if value == "another backend" else (value, value)


OUR_WORDS = frozenset({"stage", "reason", "reasons", "doubt"})
"""Values that are sentences of ours, not names that people gave."""

STAGES = {
    "look": ("Measuring", "L'analyse"),
    "classify": ("Sorting", "Le tri"),
    "signals": ("Sorting", "Le tri"),
    "mask": ("Masking", "Le masquage"),
    "inpaint": ("Repainting", "Le remplissage"),
    "alter": ("Retouching", "La retouche"),
    "crop_away": ("Cropping", "Le recadrage"),
    "stylize": ("Painting", "La peinture"),
}
"""What stages are called in the middle of an error's sentence."""

DOING = {
    "look": ("measuring", "analyse"),
    "classify": ("sorting", "tri"),
    "mask": ("masking", "masquage"),
    "inpaint": ("repainting", "remplissage"),
    "alter": ("retouching", "retouche"),
    "stylize": ("painting", "peinture"),
    "book": ("laying out the book", "mise en page du livre"),
}
"""What work is called while it is done or missing."""

UNEXPECTED = (
    "an unexpected fault, told in library/.safelight/log",
    "une erreur imprévue, notée dans library/.safelight/log",
)
UNREADABLE = ("its data cannot be read", "ses données sont illisibles")
REASONS = {
    "too little of the picture would be left": ("too little of it would be left", "il en resterait trop peu"),
    "the mask is ": ("the mask does not fit the picture", "le masque ne correspond pas à l'image"),
    "no signal was measured": ("nothing could be measured on it", "rien n'a pu y être mesuré"),
    "the trained head": ("the file of the trained sorting cannot be used", "le fichier du tri appris est inutilisable"),
    "the style picture is": ("the style picture is too small", "l'image de style est trop petite"),
    "out of memory": ("there was too little memory", "la mémoire n'a pas suffi"),
    "the worker": ("the program that did it ended", "le programme qui le faisait s'est arrêté"),
    "there is no such backend": ("nothing of that name is known here", "rien de ce nom n'est connu ici"),
    "its weight file": ("its weight file is missing", "son fichier de poids manque"),
    "its bytes were changed": ("its weight file was changed", "son fichier de poids a été modifié"),
    "its ": ("its beginning makes no sense", "son début n'a pas de sens"),
}
"""Beginnings of the reasons that parts of the program give, and how they are told."""

_MOVE_EN = "Move the picture into ok, retoucher or exclure: your decision counts and is never overruled."
_MOVE_FR = "Déplacez la photo dans ok, retoucher ou exclure : votre décision compte et n'est jamais annulée."

NEEDS: dict[str, tuple[str, str, str, str]] = {
    "doubt": (
        "Not sure enough how to sort this picture: {verdict} is likeliest, with {sure}. {reasons}", _MOVE_EN,
        "Pas assez sûr du tri de cette photo : le plus probable est {verdict}, à {sure}. {reasons}", _MOVE_FR,
    ),
    "doubt_promise": (
        "To be wrong at most {promised} of the time, Safelight must be {limit} sure; of this picture it is {sure} sure: "
        "{verdict} is likeliest. {reasons}", _MOVE_EN,
        "Pour se tromper dans {promised} des cas au plus, Safelight doit être sûr à {limit} ; pour cette photo il l'est à {sure} : "
        "le plus probable est {verdict}. {reasons}", _MOVE_FR,
    ),
    "ask": (
        "The rule “{rule}” asks for you. Safelight alone would sort this picture as {likeliest} ({sure} sure).", _MOVE_EN,
        "La règle « {rule} » demande votre avis. Seul, Safelight classerait cette photo dans {likeliest} (sûr à {sure}).",
        _MOVE_FR,
    ),
    "no_rule": (
        "This picture has to be retouched, and no retouch rule fits it.",
        "Add a rule to rules/retouch.yaml, or move the picture into ok or exclure.",
        "Cette photo est à retoucher, et aucune règle de retouche ne lui convient.",
        "Ajoutez une règle dans rules/retouch.yaml, ou déplacez la photo dans ok ou exclure.",
    ),
    "nothing_found": (
        "The rule “{rule}” found nothing to mask ({what}).",
        "Move the picture into ok if it is fine as it is, or into exclure.",
        "La règle « {rule} » n'a rien trouvé à masquer ({what}).",
        "Déplacez la photo dans ok si elle va bien ainsi, ou dans exclure.",
    ),
    "too_much": (
        "The rule “{rule}” would repaint {area} of the picture; {limit} is allowed.",
        "Move it into ok or exclure, or raise max area in the rule.",
        "La règle « {rule} » repeindrait {area} de l'image ; {limit} au plus est permis.",
        "Déplacez la photo dans ok ou exclure, ou augmentez surface max dans la règle.",
    ),
    "mask_doubt": (
        "The mask of the rule “{rule}” is doubtful: {doubt}.",
        "Move it into ok or exclure, or change the rule.",
        "Le masque de la règle « {rule} » est douteux : {doubt}.",
        "Déplacez la photo dans ok ou exclure, ou changez la règle.",
    ),
    "hand_edit": (
        "You edited this picture by hand in library/{place}, and newer work would replace it.",
        "To have it done anew, put the original into the inbox again.",
        "Vous avez retouché cette image à la main dans library/{place}, et un travail plus récent la remplacerait.",
        "Pour la faire refaire, déposez de nouveau l'original dans inbox.",
    ),
    "no_sort_rules": (
        "There are no sorting rules in force: the photo waits.", "Put sort.yaml back into rules.",
        "Aucune règle de tri n'est en vigueur : la photo attend.", "Remettez sort.yaml dans rules.",
    ),
    "no_retouch_rules": (
        "There are no retouch rules in force: the photo waits.", "Put retouch.yaml back into rules.",
        "Aucune règle de retouche n'est en vigueur : la photo attend.", "Remettez retouch.yaml dans rules.",
    ),
    "no_style_rules": (
        "There are no style rules in force: the photo waits.", "Put style.yaml back into rules.",
        "Aucune règle de style n'est en vigueur : la photo attend.", "Remettez style.yaml dans rules.",
    ),
    "worker_lost": (
        "The work on this picture stopped several times without warning: {reason}.",
        "Put the picture into the inbox again to have it tried again, or decide by moving it.",
        "Le travail sur cette photo s'est arrêté plusieurs fois sans prévenir : {reason}.",
        "Remettez la photo dans inbox pour réessayer, ou décidez en la déplaçant.",
    ),
}  # fmt: skip
"""code → (what and why, what you can do) in English, then in French."""

IF_DELETED: dict[str, tuple[str, str]] = {
    "doubt": (
        "If you delete this card (picture and note), the picture counts as {verdict}.",
        "Si vous supprimez cette fiche (image et note), la photo compte comme {verdict}.",
    ),
    "doubt_promise": (
        "If you delete this card (picture and note), the picture counts as {verdict}.",
        "Si vous supprimez cette fiche (image et note), la photo compte comme {verdict}.",
    ),
    "ask": (
        "If you delete this card (picture and note), the picture counts as {likeliest}.",
        "Si vous supprimez cette fiche (image et note), la photo compte comme {likeliest}.",
    ),
    "too_much": (
        "If you delete this card (picture and note), the mask counts as right and is used.",
        "Si vous supprimez cette fiche (image et note), le masque compte comme juste et sert tel quel.",
    ),
    "mask_doubt": (
        "If you delete this card (picture and note), the mask counts as right and is used.",
        "Si vous supprimez cette fiche (image et note), le masque compte comme juste et sert tel quel.",
    ),
    "nothing_found": (
        "If you delete this card (picture and note), the picture is left as it is.",
        "Si vous supprimez cette fiche (image et note), la photo est laissée telle quelle.",
    ),
    "hand_edit": (
        "If you delete this card (picture and note), your edited picture stays.",
        "Si vous supprimez cette fiche (image et note), votre image retouchée reste.",
    ),
    "refused": (
        "If you delete this file here, it counts as not used; its bytes are kept.",
        "Si vous supprimez ce fichier ici, il compte comme non utilisé ; ses données sont conservées.",
    ),
    "returns": (
        "This card goes by itself once that is settled; deleted before, it comes back.",
        "Cette fiche disparaît d'elle-même une fois la question réglée ; supprimée avant, elle revient.",
    ),
}
"""What deleting a card means, by the need's code: (English, French)."""
