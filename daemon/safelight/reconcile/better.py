"""*Could be better*: finished work that today would be done by another backend, a newer version, or other weights.

Never missing, never redone by itself: a count for people. Pure; which backends there are is told by the last owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from safelight.model.digests import PhotoId
from safelight.model.records import StepDone
from safelight.plan.steps import PhotoPlan
from safelight.projection.state import PhotoState

Backends = Sequence[Sequence[object]]
"""Rows of (stage, name, version, trained, why unavailable, fingerprint of its weights), best first within a stage. Older
rows lack the fingerprint; it is told only for stages of CHOOSES_FIRST."""

CHOOSES_FIRST = frozenset({"look", "classify", "stylize"})
"""Stages in which every backend can do all work, so that the first available one is what `auto` would take now."""


LOOKED = ("look", "classify")
"""Stages that make no picture, and so stand in no picture's lineage."""


def could_be_better(
    plans: Iterable[PhotoPlan], backends: Backends, photos: Mapping[PhotoId, PhotoState] | None = None
) -> dict[str, int]:
    """Stage → how many finished pictures hold a result that today's backends would make anew.

    `photos` tell how each was looked at and sorted; without them only what made its pictures counts.
    """
    today = _Today(backends)
    counts: dict[str, int] = {}
    for plan in plans:
        steps = [done.step for done in plan.trail]
        if photos is not None:
            latest = photos[plan.photo].latest
            steps += [latest[stage].step for stage in LOOKED if stage in latest]
        for stage in {step.stage for step in steps if today.would_differ(step)}:
            counts[stage] = counts.get(stage, 0) + 1
    return counts


def with_adopted(backends: Backends, adopted: str) -> Backends:
    """Today's backends where a person took a head for sorting: none other would sort now."""
    if not adopted:
        return backends
    return [*(row for row in backends if row[0] != "classify"), ["classify", "signals", 1, True, "", adopted]]


class _Today:
    """The backends that can work, as rows tell them."""

    def __init__(self, backends: Backends) -> None:
        rows = [row for row in backends if not row[4]]
        self._versions = {(str(row[0]), str(row[1])): int(str(row[2])) for row in rows}
        self._models = {(str(row[0]), str(row[1])): str(row[5]) for row in rows if len(row) > 5}
        self._first: dict[str, str] = {}
        for stage, name in self._versions:
            self._first.setdefault(stage, name)
        self._rank = {(str(row[0]), str(row[1])): rank for rank, row in enumerate(backends)}

    def would_differ(self, step: StepDone) -> bool:
        """A newer version, another backend first, or the same one with other weights."""
        known = [(step.stage, name) for name in step.backend.split("+") if (step.stage, name) in self._versions]
        if known and max(self._versions[each] for each in known) > step.version:
            return True
        if step.stage not in CHOOSES_FIRST:
            return False
        first = self._first.get(step.stage, step.backend)
        if first != step.backend:  # a model that went again makes nothing better
            here = self._rank[step.stage, first]
            return here < self._rank.get((step.stage, step.backend), here + 1)
        model = self._models.get((step.stage, step.backend), "")
        return bool(model and step.model) and model != step.model
