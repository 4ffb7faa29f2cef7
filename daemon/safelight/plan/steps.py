"""What a plan is made of: steps with keys and reasons, what a photo waits for, and where it stands.

A step's key is the digest of its stage, inputs, parameters and attempt; who will do it is no part of it. The seed comes
from the key. Everything here is plain values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from safelight.model.digests import PhotoId, StepKey, digest
from safelight.model.signals import ClassName
from safelight.plan.needs import NEEDS, Need, proposal
from safelight.projection.state import Done

__all__ = ["NEEDS", "WHY", "Need", "PhotoPlan", "RuleNote", "Standing", "Step", "Why", "proposal", "step_key"]

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
