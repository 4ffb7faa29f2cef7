"""Counting: where every arrival stands, each once, so that the sum is what arrived. Pure.

Order of the design: ignored, duplicate, needs you, waiting, in the book, not chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from safelight.model.digests import PhotoId
from safelight.model.signals import Verdict
from safelight.plan.steps import PhotoPlan
from safelight.projection.state import PhotoState, State


@dataclass(frozen=True)
class Tally:
    """The six counts. `excluded` and `unplaced` are parts of `not_chosen`, told apart for `status`."""

    ignored: int = 0
    duplicates: int = 0
    needs_you: int = 0
    waiting: int = 0
    in_book: int = 0
    not_chosen: int = 0

    @property
    def arrived(self) -> int:
        """What arrived: the sum, by construction of the order above."""
        return self.ignored + self.duplicates + self.needs_you + self.waiting + self.in_book + self.not_chosen

    def to_json(self) -> dict[str, int]:
        """Plain values."""
        return {**vars(self), "arrived": self.arrived}


def tally(
    state: State, plans: Mapping[PhotoId, PhotoPlan], pages: Mapping[str, int], ignored: int, in_inbox: int
) -> Tally:
    """Count. `pages` are those of the last book; `in_inbox` files not yet taken count as waiting."""
    gone = sum(arrival.sequence in state.dismissed for arrival in state.refused)
    needs, waiting, book, out = len(state.refused) - gone, in_inbox, 0, gone
    for photo in state.photos:
        plan = plans.get(photo)
        if plan is None or plan.standing == "working":
            waiting += 1
        elif plan.standing in {"needs_you", "waits_rules"}:
            needs += 1
        elif plan.standing == "done" and photo in pages:
            book += 1
        elif plan.standing == "done" and not pages:
            waiting += 1
        else:
            out += 1
    return Tally(ignored, len(state.duplicates), needs, waiting, book, out)


CORRECTIONS = 30
"""From so many corrections on people are told that a model can learn from them."""


def corrections(photos: Iterable[PhotoState], since: int = 0) -> int:
    """How many photos a person sorted otherwise than the model, decided after the record `since`."""
    return sum(
        Verdict.from_json(photo.latest["classify"].step.facts).likeliest != photo.decision.verdict
        for photo in photos
        if photo.decision is not None and photo.decided > since and "classify" in photo.latest
    )
