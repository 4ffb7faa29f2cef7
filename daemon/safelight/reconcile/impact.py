"""What a change of rules touches, counted before it takes effect. Pure: no step runs, nothing is written.

Every photo that was sorted is planned under the old and the new recipe to its end: steps that were done answer as they
did, the others as if they had worked. Each photo counts once, in the first part that treats it otherwise: sorting, else
retouching, else painting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from safelight.model.digests import ObjectId, PhotoId, StepKey, digest
from safelight.model.recipe import Recipe, RetouchRule
from safelight.model.records import Detail, StepDone
from safelight.plan.planner import DEFAULT_STYLE, Setting, choose_style, plan_photo
from safelight.plan.steps import PhotoPlan
from safelight.projection.state import Done, PhotoState
from safelight.reconcile.event import World
from safelight.reconcile.promises import SHIPPED, Promises


@dataclass(frozen=True)
class Impact:
    """What one part's change touches: photos newest first, and how many in which way (kind of change → count)."""

    part: str
    photos: tuple[PhotoId, ...]
    counts: Mapping[str, int]
    kinds: Mapping[PhotoId, str]

    @property
    def touched(self) -> int:
        """How many photos are treated otherwise."""
        return len(self.photos)


ORDER = {
    "retouch": ("new", "masked", "painted", "waits", "goes_on", "out", "in", "gone"),
    "style": ("new", "style", "settings", "gone"),
}
"""Kinds of change in the order people are told; those of sorting are pairs `ok>exclure`."""


@dataclass(frozen=True)
class Treatment:
    """What a recipe wants for one photo: its class, the retouch rules' meaning and what comes of them, the painting."""

    verdict: str
    masks: tuple[Any, ...] = ()
    changes: tuple[Any, ...] = ()
    outcome: str = ""
    style: tuple[Any, ...] | None = None


class Counting:
    """The count under way: a big event takes seconds, and whoever counts has other things to do in between."""

    def __init__(self, world: World, old: Recipe, new: Recipe, promises: Promises = SHIPPED) -> None:
        self._world, self._old, self._new, self._promises = world, old, new, promises
        self._left = list(reversed(world.state.photos)) if old != new else []
        self._kinds: dict[str, dict[PhotoId, str]] = {"sort": {}, "retouch": {}, "style": {}}

    def go_on(self, enough: Callable[[], bool]) -> bool:
        """Count until all is counted (True) or `enough` says so after a photo."""
        while self._left:
            photo = self._world.state.photos[self._left.pop()]
            part, kind = changed(photo, self._world.of(photo.photo), self._old, self._new, self._promises)
            if kind:
                self._kinds[part][photo.photo] = kind
            if enough():
                break
        return not self._left

    def found(self) -> dict[str, Impact]:
        """Part (sort, retouch, style) → what its change touches; parts that touch nothing are left out."""
        return {part: _impact(part, kinds) for part, kinds in self._kinds.items() if kinds}


def impact(world: World, old: Recipe, new: Recipe) -> dict[str, Impact]:
    """The whole count at once."""
    counting = Counting(world, old, new)
    counting.go_on(lambda: False)
    return counting.found()


def _impact(part: str, kinds: Mapping[PhotoId, str]) -> Impact:
    found: dict[str, int] = {}
    for kind in kinds.values():
        found[kind] = found.get(kind, 0) + 1
    order = ORDER.get(part, tuple(sorted(found, key=lambda kind: -found[kind])))
    return Impact(
        part, tuple(reversed(list(kinds))), {kind: found[kind] for kind in order if kind in found}, dict(kinds)
    )


def changed(
    photo: PhotoState, detail: Detail, old: Recipe, new: Recipe, promises: Promises = SHIPPED
) -> tuple[str, str]:
    """(part, kind of change) of one photo; ("", "") when both recipes treat it alike or it was not sorted yet."""
    if photo.judged is None:
        return "", ""
    pretended = replace(photo, steps=_Pretended(photo))
    before, after = (treatment(pretended, detail, recipe, promises) for recipe in (old, new))
    if before.verdict != after.verdict:
        return "sort", f"{before.verdict}>{after.verdict}"
    kind = _retouched_otherwise(before, after)
    if kind:
        return "retouch", kind
    kind = _painted_otherwise(before, after)
    return ("style", kind) if kind else ("", "")


def _retouched_otherwise(before: Treatment, after: Treatment) -> str:
    if before.outcome != after.outcome:
        if "excluded" in {before.outcome, after.outcome}:
            return "out" if after.outcome == "excluded" else "in"
        if after.outcome:
            return "waits"
        if before.outcome and before.changes == after.changes:
            return "goes_on"
    if before.changes == after.changes:
        return ""
    if not before.changes or not after.changes:
        return "new" if after.changes else "gone"
    return "masked" if before.masks != after.masks else "painted"


def _painted_otherwise(before: Treatment, after: Treatment) -> str:
    if before.style == after.style or before.outcome or after.outcome:
        return ""
    if before.style is None or after.style is None:
        return "new" if after.style else "gone"
    return "style" if before.style[0] != after.style[0] else "settings"


def treatment(photo: PhotoState, detail: Detail, recipe: Recipe, promises: Promises = SHIPPED) -> Treatment:
    """What this recipe wants for a sorted photo whose missing steps answer as if they had worked."""
    plan = plan_photo(photo, detail, Setting(recipe, kept=promises.kept(recipe)))
    asked = plan.need is not None and plan.need.code in {"doubt", "doubt_promise", "ask", "no_sort_rules"}
    verdict = "need-you" if asked else str(plan.verdict)
    notes = [note for note in plan.notes if note.part == "retouch"]
    if not asked and notes:
        verdict = "retoucher"
    rules = {rule.name: rule for rule in recipe.retouch.rules} if recipe.retouch else {}
    applied = [rules[note.rule] for note in notes if note.applied and note.rule in rules]
    acting = [rule for rule in applied if rule.do not in {"leave", "exclude"}]
    outcome = "excluded" if plan.standing == "excluded" and notes else plan.need.code if plan.need and not asked else ""
    return Treatment(
        verdict,
        tuple((rule.mask, rule.keep, rule.grow, rule.threshold, rule.do == "crop_away") for rule in acting),
        tuple(_meaning(rule) for rule in acting),
        outcome,
        _style(plan, photo, detail, recipe),
    )


def _meaning(rule: RetouchRule) -> tuple[Any, ...]:
    words = {"inpaint": (rule.prompt, rule.backend), "crop_away": ()}.get(rule.do, (rule.strength,))
    return (rule.do, rule.mask, rule.keep, rule.grow, rule.threshold, *words)


def _style(plan: PhotoPlan, photo: PhotoState, detail: Detail, recipe: Recipe) -> tuple[Any, ...] | None:
    """(style picture, strength, colour, backend), or None where nothing is painted."""
    if plan.standing != "done" or recipe.style is None:
        return None
    named = {rule.name: rule for rule in recipe.style.rules}
    applied = [named[note.rule] for note in plan.notes if note.part == "style" and note.applied and note.rule in named]
    rule = applied[0] if applied else DEFAULT_STYLE
    style = choose_style(recipe.style, rule, photo.photo, detail.taken) if rule.do == "stylize" else None
    return (style.object, rule.strength, rule.colour, rule.backend) if style else None


class _Pretended(dict[StepKey, Done]):
    """A photo's steps, where those never done answer as if they had worked: a mask was found, a picture was made.

    Asked by key only; made once for both recipes, since reading what was measured is most of the work.
    """

    def __init__(self, photo: PhotoState) -> None:
        super().__init__()
        self._photo = photo
        self._facts: dict[str, Any] | None = None

    def get(self, key: StepKey, default: Any = None) -> Any:  # noqa: ARG002 - the mapping's own signature
        """The real result, else a pretended one."""
        return self._photo.steps.get(key) or super().get(key) or self._made(key)

    def __getitem__(self, key: StepKey) -> Done:
        done: Done = self.get(key)
        return done

    def _made(self, key: StepKey) -> Done:
        if self._facts is None:
            looked, judged = (self._photo.latest[stage].step.facts for stage in ("look", "classify"))
            self._facts = {"area": 0.01, "doubt": "", **looked, **judged}
        name = ObjectId(digest(["pretended", key]))
        step = StepDone(
            self._photo.photo, key, "pretended", 0, "", {}, {}, "", 0, "", False, 0, {"image": name, "mask": name},
            self._facts, "", "", 0.0,
        )  # fmt: skip
        self[key] = Done(step, 0, "")
        return super().__getitem__(key)
