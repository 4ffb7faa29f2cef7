"""*Could be better*: finished work that a backend of today would do with a newer version, or another backend first.

Never missing, never redone by itself: a count for people. Pure; which backends there are is told by the last owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from safelight.model.records import StepDone
from safelight.plan.steps import PhotoPlan

Backends = Sequence[Sequence[object]]
"""Rows of (stage, name, version, trained, why unavailable), best first within a stage."""

CHOOSES_FIRST = frozenset({"look", "classify", "stylize"})
"""Stages in which every backend can do all work, so that the first available one is what `auto` would take now."""


def could_be_better(plans: Iterable[PhotoPlan], backends: Backends) -> dict[str, int]:
    """Stage → how many finished pictures hold a result that today's backends would make anew."""
    versions = {(str(row[0]), str(row[1])): int(str(row[2])) for row in backends if not row[4]}
    first: dict[str, str] = {}
    for stage, name in versions:
        first.setdefault(stage, name)
    counts: dict[str, int] = {}
    for plan in plans:
        stages = {done.step.stage for done in plan.trail if _older(done.step, versions, first)}
        for stage in stages:
            counts[stage] = counts.get(stage, 0) + 1
    return counts


def _older(step: StepDone, versions: Mapping[tuple[str, str], int], first: Mapping[str, str]) -> bool:
    newest = [versions[step.stage, name] for name in step.backend.split("+") if (step.stage, name) in versions]
    if newest and max(newest) > step.version:
        return True
    return step.stage in CHOOSES_FIRST and first.get(step.stage, step.backend) != step.backend
