"""The planner: one photo's state against the recipe gives the next missing step, or where the photo stands.

Pure. Each photo's steps form a chain (look, classify, then per retouch rule mask and change, crop, painting), so at
most one step of a photo can run at a time; what follows is named but not keyed, since its inputs do not exist yet.
Finished work is stable: a step is done when a record bears its key. A step whose earlier result came from other rules
is a redo; where the caller does not allow that part to redo, the old pictures stay in force and the step is held.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from safelight.model.conditions import Facts, holds
from safelight.model.digests import PhotoId, digest
from safelight.model.promise import Kept
from safelight.model.recipe import Recipe, RetouchRule, SortRules, StyleImage, StyleRule, StyleRules
from safelight.model.records import Detail
from safelight.model.signals import ClassName, Signals, Verdict, say_reason, say_value
from safelight.plan.steps import Need, PhotoPlan, RuleNote, Standing, Step, Why
from safelight.projection.state import Done, PhotoState, lineage, slot

PARTS = {
    "look": "sort", "classify": "sort", "mask": "retouch", "inpaint": "retouch", "alter": "retouch", "stylize": "style",
}  # fmt: skip
DOUBT = {"strict": 0.6, "balanced": 0.5, "generous": 0.4}
"""Below this probability of the likeliest class a person is asked, where no promise is wanted or none can be kept: then the
limit is a plain probability and the card says how sure it was. See model.promise."""
PAINT_SIZE = 1600
TRIES = 4
DEFAULT_STYLE = StyleRule("every photo", "stylize")


@dataclass(frozen=True)
class Setting:
    """What planning needs beside the photo: the recipe, which parts may redo finished work, how long steps take."""

    recipe: Recipe
    may_redo: frozenset[str] = frozenset({"sort", "retouch", "style"})
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Words for doubt codes (English, French)."""
    kept: Mapping[str, Kept] = field(default_factory=dict)
    """What each model's answers let the recipe promise, by its fingerprint."""


def plan_photo(photo: PhotoState, detail: Detail, setting: Setting) -> PhotoPlan:
    """Where this photo stands and what is missing. Never raises for a photo's own sake."""
    return _Walk(photo, detail, setting).plan()


class _Stop(Exception):
    """The walk ends here with this plan; private to the module, so that rules read top to bottom."""

    def __init__(self, plan: PhotoPlan) -> None:
        self.plan = plan


class _Walk:
    """One photo's way from look to painting. Methods return results or stop the walk with a plan."""

    def __init__(self, photo: PhotoState, detail: Detail, setting: Setting) -> None:
        self.photo, self.detail, self.setting, self.recipe = photo, detail, setting, setting.recipe
        self.notes: list[RuleNote] = []
        self.verdict: ClassName | None = None
        self.by = ""

    def plan(self) -> PhotoPlan:
        try:
            if self.photo.left_out:
                self._left_out()
            facts = self._sort()
            if "class" in self.photo.hand:
                # the verdict stays that of the original; where things are in the picture is looked at anew
                self._need("look", {"image": self.photo.base}, {}, "", ("retouch", "stylize"))
            picture = self._hand_or(lambda: self._retouch(facts), "retouched")
            return self._style(facts, picture)
        except _Stop as stop:
            return stop.plan

    def _left_out(self) -> None:
        """Left out by a person: nothing is done and nothing asked; its place is that of before, whoever sorted it there."""
        judged = self.photo.latest.get("classify")
        if self.photo.decision is not None:
            self.verdict, self.by = _class(self.photo.decision.verdict), "person"
        elif judged is not None:
            self.verdict, self.by = Verdict.from_json(judged.step.facts).likeliest, "model"
        if self.photo.placed and self.photo.decision is None:
            self.verdict = _class(self.photo.placed)  # a rule's word is not asked again
        self._stop("left_out")

    def _hand_or(self, work: Callable[[], str], place: str) -> str:
        """The result of `work`, or what a person's hand made of it.

        An edit stands for the very result it was made of. Newer work would replace it: then a person is asked, unless
        the person said before that it stays although this (a missing step, a trouble, another result) is new.
        """
        hand = self.photo.hand.get(place)
        if hand is None or (place == "retouched" and self.verdict != "retoucher"):
            return work()
        try:
            against = work() or "nothing"
            if against == hand.fact.of:
                return hand.fact.object
        except _Stop as stop:
            if stop.plan.standing == "excluded":
                raise
            need, step = stop.plan.need, stop.plan.step or stop.plan.held
            against = step.key if step else f"{need.code}:{need.rule}" if need else stop.plan.standing
        if hand.kept == against:
            return hand.fact.object
        self._stop("needs_you", Need("hand_edit", "", {"place": place, "against": against}))
        raise AssertionError

    # --- sorting ---

    def _sort(self) -> Facts:
        looked = self._need("look", {"image": self.photo.photo}, {}, "", ("classify",))
        signals = Signals.from_json(looked.step.facts)
        judged = self._need(
            "classify", {"image": self.photo.photo}, {"look": looked.step.key}, "", ("retouch", "stylize")
        )
        verdict = Verdict.from_json(judged.step.facts)
        event = self.recipe.event
        facts = Facts(
            photographer=self.detail.photographer,
            camera=self.detail.camera,
            file=self.detail.name,
            taken=self.detail.taken,
            # a signal that was nought may weigh, but it is no reason that a retouch rule could act upon
            reasons=tuple(r.signal for n, r in enumerate(verdict.reasons) if r.value > 0 and (n < 3 or r.weight > 0)),
            sure=verdict.sure,
            signals=dict(signals.values),
            night_from=event.night_from,
            night_to=event.night_to,
        )
        self.verdict, self.by = verdict.likeliest, "model"
        if self.photo.decision is not None:
            self.verdict, self.by = _class(self.photo.decision.verdict), "person"
        elif self.recipe.sort is None:
            self._stop("waits_rules", Need("no_sort_rules"))
        else:
            facts = self._sort_rules(self.recipe.sort, facts, verdict, judged.step.model)
        if self.verdict == "exclure":
            self._stop("excluded")
        return facts

    def _sort_rules(self, rules: SortRules, facts: Facts, verdict: Verdict, model: str) -> Facts:
        """The verdict by the first rule that fits, else the model's; a rule's own signals join the reasons."""
        kept = self.setting.kept.get(model) if rules.promise is not None else None
        limit = kept.limit if kept is not None else None
        for rule in rules.rules:
            fits, why = holds(rule.when, facts, self.recipe.event.language)
            self.notes.append(RuleNote("sort", rule.name, fits, rule.do if fits else why))
            if not fits:
                continue
            if rule.do == "ask":
                sure = say_percent(verdict.sure, self.recipe.event.language)
                self._stop("needs_you", Need("ask", rule.name, {"likeliest": verdict.likeliest, "sure": sure}))
            else:
                self.verdict, self.by = _class(rule.do), f"rule:{rule.name}"
            signals = tuple(limit.signal for limit in rule.when.signals)
            return replace(facts, reasons=tuple(dict.fromkeys((*signals, *facts.reasons))))
        if verdict.sure < (DOUBT[rules.culling] if limit is None else limit):
            language = self.recipe.event.language
            reasons = (" ; " if language == "fr" else "; ").join(
                say_reason(reason, language) for reason in verdict.reasons[:3]
            )
            values = {
                "verdict": verdict.likeliest,
                "sure": say_percent(verdict.sure, language),
                "reasons": reasons[:1].upper() + reasons[1:] + ("." if reasons else ""),
            }
            if kept is None or limit is None:
                self._stop("needs_you", Need("doubt", "", values))
            else:
                promise = {"promised": say_percent(kept.promised, language), "limit": say_percent(limit, language)}
                self._stop("needs_you", Need("doubt_promise", "", {**values, **promise}))
        return facts

    # --- retouching ---

    def _retouch(self, facts: Facts) -> str:
        picture: str = self.photo.base
        if self.verdict != "retoucher":
            return picture
        if self.recipe.retouch is None:
            self._stop("waits_rules", Need("no_retouch_rules"))
            return picture
        matched = False
        crops: dict[str, str] = {}
        for rule in self.recipe.retouch.rules:
            fits, why = holds(rule.when, facts, self.recipe.event.language)
            self.notes.append(RuleNote("retouch", rule.name, fits, rule.do if fits else why))
            if not fits:
                continue
            matched = True
            picture = self._apply(rule, picture, crops)
            if rule.last:
                break
        if not matched:
            self._stop("needs_you", Need("no_rule"))
        if crops:
            inputs = {"image": picture, **{f"mask{index}": name for index, name in enumerate(crops)}}
            rule_names = " + ".join(dict.fromkeys(crops.values()))
            picture = self._need("alter", inputs, {"how": "crop"}, rule_names, ("stylize",)).step.outputs["image"]
        return picture

    def _apply(self, rule: RetouchRule, picture: str, crops: dict[str, str]) -> str:
        if rule.do == "leave":
            return picture
        if rule.do == "exclude":
            self._exclude(rule.name)
            return picture
        wanted: dict[str, Any] = {"mask": list(rule.mask), "keep": list(rule.keep), "grow": rule.grow}
        if rule.threshold > 0:  # only where it is said: finished masks keep their keys
            wanted["threshold"] = rule.threshold
        pinned = rule.backend if rule.do != "inpaint" else "auto"
        then = ("inpaint" if rule.do == "inpaint" else "alter", "stylize")
        masked = self._need("mask", {"image": self.photo.base}, wanted, rule.name, then, pinned)
        if not self._worth(rule, masked):
            return picture
        mask = masked.step.outputs["mask"]
        if rule.do == "crop_away":
            crops[mask] = rule.name
            return picture
        inputs = {"image": picture, "mask": mask}
        if rule.do == "inpaint":
            made = self._need("inpaint", inputs, {"with": rule.prompt}, rule.name, ("stylize",), rule.backend)
        else:
            made = self._need("alter", inputs, {"how": rule.do, "strength": rule.strength}, rule.name, ("stylize",))
        return made.step.outputs["image"]

    def _worth(self, rule: RetouchRule, masked: Done) -> bool:
        """Whether to use the mask. A decision for `retoucher` made after it was seen accepts doubt and size."""
        language = self.recipe.event.language
        area, doubt = float(masked.step.facts["area"]), str(masked.step.facts.get("doubt") or "")
        accepted = self.photo.decision is not None and self.photo.decided > masked.sequence
        if area <= 0:
            if rule.if_nothing_found == "exclude":
                self._exclude(rule.name)
            if rule.if_nothing_found == "need-you" and not accepted:
                self._stop("needs_you", Need("nothing_found", rule.name, {"what": ", ".join(rule.mask)}))
            return False
        if area > rule.max_area and not accepted:
            if rule.if_too_much == "exclude":
                self._exclude(rule.name)
            values = {"area": say_percent(area, language), "limit": say_percent(rule.max_area, language)}
            if rule.if_too_much == "need-you":
                self._stop("needs_you", Need("too_much", rule.name, values, _marked(masked)))
            return False
        if doubt and not accepted:
            words = self.setting.words.get(doubt, (doubt, doubt))
            values = {"doubt": words[1 if language == "fr" else 0]}
            self._stop("needs_you", Need("mask_doubt", rule.name, values, _marked(masked)))
        return True

    def _exclude(self, rule: str) -> None:
        """A rule excludes; a person's own decision for retoucher outranks it: then the picture is only left as it is."""
        if self.by == "person":
            return
        self.verdict, self.by = "exclure", f"rule:{rule}"
        self._stop("excluded")

    # --- painting ---

    def _style(self, facts: Facts, picture: str) -> PhotoPlan:
        rules = self.recipe.style
        if rules is None:
            self._stop("waits_rules", Need("no_style_rules"))
            raise AssertionError
        rule = self._style_rule(rules, facts)
        style = choose_style(rules, rule, self.photo.photo, facts.taken) if rule.do == "stylize" else None
        retouched = picture if picture != self.photo.base else None

        def paint() -> str:
            if style is None:
                return ""
            params = {"strength": rule.strength, "colour": rule.colour, "size": PAINT_SIZE}
            inputs = {"image": picture, "style": style.object}
            return self._need("stylize", inputs, params, rule.name, (), rule.backend).step.outputs["image"]

        return self._finished("done", retouched, self._hand_or(paint, "stylized") or None)

    def _style_rule(self, rules: StyleRules, facts: Facts) -> StyleRule:
        for rule in rules.rules:
            fits, why = holds(rule.when, facts, self.recipe.event.language)
            self.notes.append(RuleNote("style", rule.name, fits, rule.do if fits else why))
            if fits:
                return rule
        return DEFAULT_STYLE

    # --- the chain ---

    def _need(
        self,
        stage: str,
        inputs: Mapping[str, str],
        params: dict[str, Any],
        rule: str,
        then: tuple[str, ...],
        backend: str = "auto",
    ) -> Done:
        """The result of a step, or the end of the walk because it is missing, held or failed."""
        attempt = self.photo.attempts.get(stage, 0)
        step = Step(self.photo.photo, stage, dict(inputs), params, attempt, rule, backend, "first")
        done = self.photo.steps.get(step.key)
        if done is not None:
            return done
        failure = self.photo.failures.get(step.key)
        if failure is not None and (not failure.fact.retry or failure.fact.tries >= TRIES):
            self._stop("needs_you", Need(failure.fact.code, rule, failure.fact.values, self._mask_of(inputs)))
        why = self._why(step)
        tries = failure.fact.tries if failure else 0
        step = replace(step, why=why, tries=tries)
        if why == "rules" and PARTS[stage] not in self.setting.may_redo:
            raise _Stop(replace(self._old(), held=step))
        raise _Stop(
            PhotoPlan(
                self.photo.photo, "working", self.verdict, self.by, step, then, notes=tuple(self.notes),
                retouched=self._latest_change(), base=self.photo.base,
            )
        )  # fmt: skip

    def _mask_of(self, inputs: Mapping[str, str]) -> str:
        """What a card shows when work on a mask failed: the first of its masks, marked on the photo."""
        masks = (self.photo.produced.get(name) for role, name in sorted(inputs.items()) if role.startswith("mask"))
        return next(filter(None, (_marked(done) for done in masks if done is not None)), "")

    def _why(self, step: Step) -> Why:
        """What follows from a redo that was allowed ("input") is allowed with it; only "rules" is ever held.

        A rule that is new to a photo painted before is a change of rules, too, unless a person's decision brought the
        photo to it; another style is a change of rules and not of what is worked on.
        """
        earlier = self.photo.latest.get(slot(step.stage, step.rule))
        if earlier is None:
            painted = self.photo.latest.get("stylize")
            if painted is None:
                return "first"
            return "input" if self.photo.decided > painted.sequence else "rules"
        if earlier.step.attempt < step.attempt:
            return "redo"
        before, now = dict(earlier.step.inputs), dict(step.inputs)
        before.pop("style", None)
        now.pop("style", None)
        return "input" if before != now else "rules"

    def _old(self) -> PhotoPlan:
        """The last finished pictures, kept in force while a redo waits for a word.

        What has to be retouched and never was is not finished: it may not be printed as it is.
        """
        retouched = self._latest_change()
        if self.verdict == "retoucher" and retouched is None:
            return PhotoPlan(self.photo.photo, "working", self.verdict, self.by, notes=tuple(self.notes))
        return self._finished("done", retouched, self._latest_painting())

    def _latest_painting(self) -> str | None:
        """The painting in force before what is missing: a person's edit of it, else the newest."""
        hand, painted = self.photo.hand.get("stylized"), self.photo.latest.get("stylize")
        if hand is not None:
            return hand.fact.object
        return painted.step.outputs["image"] if painted else None

    def _latest_change(self) -> str | None:
        """The newest retouched picture of this photo, if any; what a person's hand made of it comes first."""
        if (hand := self.photo.hand.get("retouched")) is not None and self.verdict == "retoucher":
            return hand.fact.object
        changes = [done for name, done in self.photo.latest.items() if name.startswith(("inpaint:", "alter:"))]
        if not changes or self.verdict == "ok":
            return None
        return max(changes, key=lambda done: done.sequence).step.outputs.get("image")

    def _finished(self, standing: Standing, retouched: str | None, painted: str | None) -> PhotoPlan:
        output = painted or retouched or self.photo.base
        trail = lineage(self.photo, output)
        return PhotoPlan(
            self.photo.photo, standing, self.verdict, self.by,
            retouched=retouched, painted=painted, trail=trail, notes=tuple(self.notes), base=self.photo.base,
        )  # fmt: skip

    def _stop(self, standing: Standing, need: Need | None = None) -> None:
        """The walk ends. While a person is asked about a hand edit, the edited pictures stay where they are."""
        asked = need is not None and need.code == "hand_edit"
        raise _Stop(
            PhotoPlan(
                self.photo.photo, standing, self.verdict, self.by, need=need, notes=tuple(self.notes),
                retouched=self._latest_change() if asked else None,
                painted=self._latest_painting() if asked else None, base=self.photo.base,
            )
        )  # fmt: skip


def choose_style(rules: StyleRules, rule: StyleRule, photo: PhotoId, taken: str | None) -> StyleImage | None:
    """One style for this photo; None where there is none.

    `rotate` goes by the photo's digest (rendezvous hashing: a new style only takes over its own share, the others keep
    theirs), `by_hour` by the hour taken, `same` the first named.
    """
    named = {style.name.casefold(): style for style in rules.styles}
    pool = (
        [named[name.casefold()] for name in rule.like if name.casefold() in named] if rule.like else list(rules.styles)
    )
    if not pool:
        return None
    if rule.choose == "same":
        return pool[0]
    if rule.choose == "by_hour" and taken:
        return pool[int(taken[11:13]) * len(pool) // 24]
    return max(pool, key=lambda style: digest([photo, style.object]))


def _marked(masked: Done) -> str:
    """The photo with the mask marked, for a card; records of earlier versions have none, nor has an empty mask."""
    return masked.step.outputs.get("card", "")


def say_percent(share: float, language: str) -> str:
    """A share in percent for people."""
    return say_value("car_area", share, language)


def _class(word: str) -> ClassName:
    for name in ("ok", "retoucher", "exclure"):
        if word == name:
            return name
    raise ValueError(f"no such verdict: {word}")
