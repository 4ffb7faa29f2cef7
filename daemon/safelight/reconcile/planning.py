"""All photos' plans together: incremental, and the brake on redoing finished work.

A photo is planned again only when a record was about it or the recipe changed. When the rules changed and redoing what
is finished would take longer than `redo_limit`, that part (sort, retouch or style) is not allowed to redo until a person
gives the word; new photos go on by the new rules meanwhile.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from statistics import median

from safelight.model.digests import PhotoId, digest
from safelight.model.recipe import Recipe, plain
from safelight.plan.planner import PARTS, Setting, plan_photo
from safelight.plan.steps import PhotoPlan, Step
from safelight.projection.state import State
from safelight.reconcile.event import World
from safelight.reconcile.promises import Promises

GUESS = {"probe": 0.5, "look": 3.0, "classify": 0.3, "mask": 4.0, "inpaint": 3.0, "alter": 1.0, "stylize": 8.0}
"""Seconds a stage takes before this event has measured its own."""
ALL_PARTS = frozenset({"sort", "retouch", "style"})


_Told = tuple[str, frozenset[str], frozenset[str]]
"""What plans follow from: a digest of the recipe and of what its promise comes to, the parts that may redo finished work, those that are silent about it."""


@dataclass
class _Plans:
    """Every photo's plan under one recipe, with some parts allowed to redo finished work."""

    told: _Told = ("", frozenset(), frozenset())
    plans: dict[PhotoId, PhotoPlan] = field(default_factory=dict)
    redoing: dict[PhotoId, PhotoPlan] = field(default_factory=dict)

    def update(self, world: World, setting: Setting, told: _Told, changed: Iterable[PhotoId]) -> set[PhotoId]:
        """Plan what changed, or everything when the recipe did; returns the photos whose plan is another now."""
        photos = world.state.photos
        stale = photos if told != self.told else changed
        self.told = told
        others = set()
        for photo in stale:
            plan = plan_photo(photos[photo], world.of(photo), setting)
            if plan.held is not None and PARTS[plan.held.stage] in told[2]:
                plan = replace(plan, held=None)
            if plan != self.plans.get(photo):
                others.add(photo)
            self.plans[photo] = plan
            self.redoing.pop(photo, None)
            if plan.step is not None and plan.step.why == "rules":
                self.redoing[photo] = plan
        return others


class Queue:
    """Steps that can run now: sorting before everything else, then photos in order of arrival."""

    def __init__(self) -> None:
        self.ready: dict[PhotoId, PhotoPlan] = {}
        self.ways: Counter[tuple[str, ...]] = Counter()
        self._heap: list[tuple[bool, int, PhotoId]] = []

    def put(self, photo: PhotoId, order: int, plan: PhotoPlan | None) -> None:
        """What a photo wants now; None or a plan without a step takes it out."""
        old = self.ready.pop(photo, None)
        if old is not None:
            self.ways[way(old)] -= 1
        if plan is not None and plan.step is not None:
            self.ready[photo] = plan
            self.ways[way(plan)] += 1
            heapq.heappush(self._heap, (_later(plan), order, photo))

    def take(self, room: int, may: Callable[[Step], bool]) -> list[Step]:
        """Up to `room` steps, best first; what may not run now stays in the queue, as do those taken."""
        steps: list[Step] = []
        kept = []
        seen: set[PhotoId] = set()
        while self._heap and len(steps) < room:
            row = heapq.heappop(self._heap)
            plan = self.ready.get(row[2])
            if plan is None or plan.step is None or row[2] in seen or _later(plan) != row[0]:
                continue  # an older wish of this photo
            seen.add(row[2])
            kept.append(row)
            if may(plan.step):
                steps.append(plan.step)
        for row in kept:
            heapq.heappush(self._heap, row)
        return steps


def _later(plan: PhotoPlan) -> bool:
    return plan.step is not None and plan.step.stage not in {"look", "classify"}


def way(plan: PhotoPlan) -> tuple[str, ...]:
    """The stages a plan still wants, as far as they can be told."""
    if plan.step is None:
        return ()
    if plan.then and plan.then[0] == "retouch":
        return (plan.step.stage, "stylize")
    return (plan.step.stage, *plan.then)


@dataclass
class Planner:
    """Plans by photo, kept while nothing about a photo changed. `words` are those of doubt codes.

    `changed` collects photos whose plan or state is another since somebody emptied it. `paused` parts may not redo for
    the moment either (a preview of the rules is being made): old results stay, and nothing is said of it.
    """

    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    promises: Promises = field(default_factory=Promises)
    plans: dict[PhotoId, PhotoPlan] = field(default_factory=dict)
    changed: set[PhotoId] = field(default_factory=set)
    queue: Queue = field(default_factory=Queue)
    held: frozenset[str] = frozenset()
    paused: frozenset[str] = frozenset()
    _free: _Plans = field(default_factory=_Plans)
    _braked: _Plans = field(default_factory=_Plans)
    _recipe: tuple[Recipe | None, str] = (None, "")

    def plan(self, world: World, recipe: Recipe) -> frozenset[str]:
        """Bring all plans up to date; returns the parts that wait for a word."""
        state = world.state
        touched = set(state.changed)
        state.changed.clear()
        before = self.plans
        if recipe is not self._recipe[0]:
            self._recipe = recipe, recipe.digest
        self.promises.learn(world)
        kept = self.promises.kept(recipe)
        told = digest([self._recipe[1], {model: each.limit for model, each in kept.items()}])
        others = self._free.update(
            world, Setting(recipe, ALL_PARTS, self.words, kept), (told, ALL_PARTS, frozenset()), touched
        )
        self.held = self._held(state, recipe)
        self.plans = self._free.plans
        if self.held or self.paused:
            parts, silent = ALL_PARTS - self.held - self.paused, self.paused - self.held
            others |= self._braked.update(
                world, Setting(recipe, parts, self.words, kept), (told, parts, silent), touched
            )
            self.plans = self._braked.plans
        else:
            self._braked = _Plans()
        if self.plans is not before:
            others |= {photo for photo, plan in self.plans.items() if before.get(photo) != plan}
        for photo in others:
            self.queue.put(photo, state.photos[photo].order, self.plans[photo])
        self.changed |= others | touched
        return self.held

    def setting(self, recipe: Recipe) -> Setting:
        """What a rehearsal by this recipe needs: everything may be done anew."""
        return Setting(recipe, ALL_PARTS, self.words, self.promises.kept(recipe))

    def seconds_left(self, state: State) -> float:
        """Seconds of one lane's work that is still wanted."""
        return _seconds(self.queue.ways, state)

    def redo_seconds(self, state: State) -> float:
        """Seconds of one lane's work that redoing finished work by changed rules would take, held or not."""
        return _seconds(Counter(way(plan) for plan in self._free.redoing.values()), state)

    def _held(self, state: State, recipe: Recipe) -> frozenset[str]:
        """Parts whose redo is longer than the limit and has no word yet. Every redo is counted with what follows."""
        ways: dict[str, Counter[tuple[str, ...]]] = {}
        for plan in self._free.redoing.values():
            assert plan.step is not None
            ways.setdefault(PARTS[plan.step.stage], Counter())[way(plan)] += 1
        if sum(_seconds(counts, state) for counts in ways.values()) <= recipe.event.redo_limit:
            return frozenset()
        return frozenset(part for part in ways if (part, rules_digest(recipe, part)) not in state.words)


def rules_digest(recipe: Recipe, part: str) -> str:
    """Digest of one rule file's meaning: what a word to redo is about."""
    return digest(plain(getattr(recipe, part)) if getattr(recipe, part) is not None else None)


def seconds_of(stage: str, state: State) -> float:
    """What a stage takes here: the median of its last fifty, or a guess."""
    times = state.seconds.get(stage)
    return median(times) if times else GUESS.get(stage, 2.0)


def _seconds(ways: Mapping[tuple[str, ...], int], state: State) -> float:
    medians = {stage: seconds_of(stage, state) for stage in {stage for stages in ways for stage in stages}}
    return sum(count * sum(medians[stage] for stage in stages) for stages, count in ways.items())


def estimate(plans: Iterable[PhotoPlan], state: State) -> float:
    """Seconds of one lane's work that these plans still want."""
    return _seconds(Counter(way(plan) for plan in plans), state)
