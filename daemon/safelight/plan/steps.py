"""What a plan is made of: steps with keys and reasons, what a photo waits for, and where it stands.

A step's key is the digest of its stage, inputs, parameters and attempt; who will do it is no part of it. The seed comes
from the key. Everything here is plain values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from safelight.model.digests import PhotoId, StepKey, digest
from safelight.model.errors import by_code
from safelight.model.signals import ClassName
from safelight.model.typography import french
from safelight.projection.state import Done

Why = Literal["first", "rules", "redo", "input"]

WHY: dict[str, tuple[str, str]] = {
    "first": ("not done yet", "pas encore fait"),
    "rules": ("the rules changed", "les règles ont changé"),
    "redo": ("asked to do it again", "demande de refaire"),
    "input": ("what it works on changed", "ce sur quoi elle travaille a changé"),
}


@dataclass(frozen=True)
class Step:
    """One stage with its inputs and parameters for one photo, and why it is missing."""

    photo: PhotoId
    stage: str
    inputs: dict[str, str]
    params: dict[str, Any]
    attempt: int
    rule: str
    backend: str
    why: Why
    tries: int = 0

    @property
    def key(self) -> StepKey:
        """The name of this step for ever."""
        return step_key(self.stage, self.inputs, self.params, self.attempt, self.backend)

    @property
    def seed(self) -> int:
        """The only randomness a backend gets, 0 to 2^31 - 1."""
        return int(self.key[:8], 16) & 0x7FFFFFFF


def step_key(stage: str, inputs: dict[str, str], params: dict[str, Any], attempt: int, backend: str) -> StepKey:
    """Digest of what a step is. A pinned backend is part of it; `auto` is not."""
    told: dict[str, Any] = {"stage": stage, "inputs": inputs, "params": params, "attempt": attempt}
    if backend != "auto":
        told["backend"] = backend
    return StepKey(digest(told))


@dataclass(frozen=True)
class Need:
    """Why a photo waits for a person: a code with its words in NEEDS or in the error tree."""

    code: str
    rule: str = ""
    values: dict[str, str] = field(default_factory=dict)

    def say(self, language: str) -> tuple[str, str]:
        """(what and why, what you can do)."""
        if self.code in NEEDS:
            row = NEEDS[self.code]
            what, do = (row[2], row[3]) if language == "fr" else (row[0], row[1])
        else:
            kind = by_code(self.code)
            what, do = (kind.fr, kind.do_fr) if language == "fr" else (kind.en, kind.do_en)
        values = _Shown({"rule": self.rule, **self.values})
        told = what.format_map(values), do.format_map(values)
        return (french(told[0]), french(told[1])) if language == "fr" else told


class _Shown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return key


def proposal(need: Need) -> str | None:
    """The verdict that deleting the need-you card accepts; None where the card proposes nothing and returns."""
    if need.code in {"doubt", "ask"}:
        return need.values.get("verdict")
    return "retoucher" if need.code in {"too_much", "mask_doubt", "nothing_found"} else None


_MOVE_EN = "Move the picture into ok, retoucher or exclure: your decision counts and is never overruled."
_MOVE_FR = "Déplacez la photo dans ok, retoucher ou exclure : votre décision compte et n'est jamais annulée."

NEEDS: dict[str, tuple[str, str, str, str]] = {
    "doubt": (
        "Not sure enough: {verdict} with {sure}. {reasons}", _MOVE_EN,
        "Pas assez sûr : {verdict} à {sure}. {reasons}", _MOVE_FR,
    ),
    "ask": ("The rule “{rule}” asks for you.", _MOVE_EN, "La règle « {rule} » vous demande votre avis.", _MOVE_FR),
    "no_rule": (
        "No retouch rule fits this photo.", "Add a rule to rules/retouch.yaml, or move the picture into ok or exclure.",
        "Aucune règle de retouche ne convient à cette photo.",
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
        "Move it out of retoucher and back to accept this, move it into ok or exclure, or raise max_area in the rule.",
        "La règle « {rule} » repeindrait {area} de l'image ; {limit} au plus est permis.",
        "Sortez-la de retoucher puis remettez-la pour accepter, déplacez-la dans ok ou exclure, "
        "ou augmentez surface max dans la règle.",
    ),
    "mask_doubt": (
        "The mask of the rule “{rule}” is doubtful: {doubt}.",
        "Move it out of retoucher and back to accept the mask, or into ok or exclure.",
        "Le masque de la règle « {rule} » est douteux : {doubt}.",
        "Sortez-la de retoucher puis remettez-la pour accepter le masque, ou déplacez-la dans ok ou exclure.",
    ),
    "hand_edit": (
        "You edited this picture by hand; newer work would replace your edit.",
        "Delete this card to keep your edited picture, or put the original into the inbox again to have it done anew.",
        "Vous avez retouché cette image à la main ; un travail plus récent remplacerait votre retouche.",
        "Supprimez cette carte pour garder votre image, ou remettez l'original dans inbox pour la refaire.",
    ),
    "no_sort_rules": (
        "There are no sorting rules in force.", "Put sort.yaml back into rules.",
        "Aucune règle de tri n'est en vigueur.", "Remettez sort.yaml dans rules.",
    ),
    "no_retouch_rules": (
        "There are no retouch rules in force: the photo waits.", "Put retouch.yaml back into rules.",
        "Aucune règle de retouche n'est en vigueur : la photo attend.", "Remettez retouch.yaml dans rules.",
    ),
    "no_style_rules": (
        "There are no style rules in force: the photo waits.", "Put style.yaml back into rules.",
        "Aucune règle de style n'est en vigueur : la photo attend.", "Remettez style.yaml dans rules.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class RuleNote:
    """One line of an explanation: a rule and what came of it."""

    part: Literal["sort", "retouch", "style"]
    rule: str
    applied: bool
    why: str


Standing = Literal["working", "needs_you", "excluded", "left_out", "done", "waits_rules"]


@dataclass(frozen=True)
class PhotoPlan:
    """One photo against the recipe: the step that can run now, what would follow, or why it waits or is finished.

    `base` is what all work on it starts from: the original or a person's edit of it. `retouched` and `painted` are the
    pictures in force (objects); with a held redo they are the old results. `trail` is the lineage of the picture to
    print, in order.
    """

    photo: PhotoId
    standing: Standing
    verdict: ClassName | None = None
    decided_by: str = ""
    step: Step | None = None
    then: tuple[str, ...] = ()
    held: Step | None = None
    need: Need | None = None
    retouched: str | None = None
    painted: str | None = None
    trail: tuple[Done, ...] = ()
    notes: tuple[RuleNote, ...] = ()
    base: str = ""

    @property
    def print(self) -> str | None:
        """The object that the book prints: painted, else retouched, else what they start from; None unless finished."""
        return (self.painted or self.retouched or self.base or self.photo) if self.standing == "done" else None
