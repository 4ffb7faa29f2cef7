"""All photos' plans together: incremental, and the brake on redoing finished work.

A photo is planned again only when a record was about it or the recipe changed. When the rules changed and redoing what
is finished would take longer than `redo_limit`, that part (sort, retouch or style) is not allowed to redo until a person
gives the word; new photos go on by the new rules meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from safelight.model.digests import PhotoId, digest
from safelight.model.recipe import Recipe, plain
from safelight.plan.planner import PARTS, Setting, plan_photo
from safelight.plan.steps import PhotoPlan
from safelight.projection.state import State
from safelight.reconcile.event import World

GUESS = {"probe": 0.5, "look": 3.0, "classify": 0.3, "mask": 4.0, "inpaint": 3.0, "alter": 1.0, "stylize": 8.0}
"""Seconds a stage takes before this event has measured its own."""
ALL_PARTS = frozenset({"sort", "retouch", "style"})


_Cache = dict[PhotoId, tuple[tuple[int, tuple[str, frozenset[str]]], PhotoPlan]]


@dataclass
class Planner:
    """Plans by photo, kept while nothing about a photo changed. `words` are those of doubt codes."""

    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    plans: dict[PhotoId, PhotoPlan] = field(default_factory=dict)
    _free: _Cache = field(default_factory=dict)
    _braked: _Cache = field(default_factory=dict)

    def plan(self, world: World, recipe: Recipe) -> frozenset[str]:
        """Bring all plans up to date; returns the parts that wait for a word."""
        told = recipe.digest
        self.plans = self._all(world, recipe, (told, ALL_PARTS), self._free)
        held = self._held(world.state, recipe)
        if held:
            self.plans = self._all(world, recipe, (told, ALL_PARTS - held), self._braked)
        return held

    def _all(
        self, world: World, recipe: Recipe, told: tuple[str, frozenset[str]], cache: _Cache
    ) -> dict[PhotoId, PhotoPlan]:
        setting = Setting(recipe, told[1], self.words)
        plans = {}
        for photo in world.state.photos.values():
            mark = (photo.version, told)
            known = cache.get(photo.photo)
            if known is None or known[0] != mark:
                known = (mark, plan_photo(photo, world.of(photo.photo), setting))
                cache[photo.photo] = known
            plans[photo.photo] = known[1]
        return plans

    def _held(self, state: State, recipe: Recipe) -> frozenset[str]:
        """Parts whose redo is longer than the limit and has no word yet. Every redo is counted with what follows."""
        cost: dict[str, float] = {}
        for plan in self.plans.values():
            step = plan.step
            if step is not None and step.why == "rules":
                cost[PARTS[step.stage]] = cost.get(PARTS[step.stage], 0.0) + estimate([plan], state)
        if sum(cost.values()) <= recipe.event.redo_limit:
            return frozenset()
        return frozenset(part for part in cost if (part, rules_digest(recipe, part)) not in state.words)


def rules_digest(recipe: Recipe, part: str) -> str:
    """Digest of one rule file's meaning: what a word to redo is about."""
    return digest(plain(getattr(recipe, part)) if getattr(recipe, part) is not None else None)


def seconds_of(stage: str, state: State) -> float:
    """What a stage takes here: the median of its last fifty, or a guess."""
    times = state.seconds.get(stage)
    return median(times) if times else GUESS.get(stage, 2.0)


def estimate(plans: Iterable[PhotoPlan], state: State) -> float:
    """Seconds of one lane's work that these plans still want."""
    total = 0.0
    medians = {stage: seconds_of(stage, state) for stage in GUESS}
    for plan in plans:
        if plan.step is None:
            continue
        stages = [plan.step.stage, *plan.then]
        if plan.then and plan.then[0] == "retouch":
            stages = [plan.step.stage, "stylize"]
        total += sum(medians.get(stage, 2.0) for stage in stages)
    return total
