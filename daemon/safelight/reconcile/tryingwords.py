"""What `x.why.txt` in `try/` says: what would become of the picture, which rules applied and why others did not, masks,
times. Pure text, in the event's language.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from safelight.model.errors import SafelightError
from safelight.model.recipe import Recipe, RetouchRule
from safelight.model.signals import Verdict, say_reason
from safelight.model.typography import french
from safelight.plan.planner import say_percent
from safelight.plan.steps import Need, PhotoPlan, RuleNote
from safelight.projection.state import Done
from safelight.reconcile.rehearsal import Rehearsal
from safelight.reconcile.rulewords import duration
from safelight.rulebook import words
from safelight.stages import prompts

TEXT: dict[str, tuple[str, str]] = {
    "painted": ("It would be painted: {result} shows it.", "Elle serait peinte : voir {result}."),
    "retouched": ("It would be retouched: {result} shows it.", "Elle serait retouchée : voir {result}."),
    "both": ("It would be retouched and painted: {result} shows it.", "Elle serait retouchée et peinte : voir {result}."),
    "as_it_is": ("It would be used as it is: {result} shows it.", "Elle serait utilisée telle quelle : voir {result}."),
    "excluded": ("It would be left out of the book.", "Elle resterait hors du livre."),
    "stuck": ("It would wait for you.", "Elle attendrait votre avis."),
    "bad": ("It could not be used.", "Elle ne peut pas être utilisée."),
    "asked": (
        "A real photo would wait for you here: {what} Shown as if you had said {answer}.",
        "Une vraie photo attendrait ici votre avis : {what} Montrée comme si vous aviez dit {answer}.",
    ),
    "go_on": ("“go on”", "« continuez »"),
    "sorted_rule": ("Sorted as {verdict} by the rule “{rule}”.", "Triée {verdict} par la règle « {rule} »."),
    "sorted": ("Sorted as {verdict}, {sure} sure:", "Triée {verdict}, sûr à {sure} :"),
    "model": (
        "The model alone says {verdict}, {sure} sure:", "Le modèle seul dit {verdict}, sûr à {sure} :",
    ),
    "rules_of": ("Rules of {file}:", "Règles de {file} :"),
    "no_rules": ("{file} has no rules that were asked.", "{file} n’a aucune règle à demander."),
    "applied": ("“{rule}” applies: {verb}", "« {rule} » s’applique : {verb}"),
    "skipped": ("“{rule}” does not apply: {why}", "« {rule} » ne s’applique pas : {why}"),
    "mask": ("mask {what}: {area} of the picture ({time})", "masque {what} : {area} de l’image ({time})"),
    "no_mask": ("mask {what}: nothing found ({time})", "masque {what} : rien trouvé ({time})"),
    "change": ("{verb} {words} ({backend}, {time})", "{verb} {words} ({backend}, {time})"),
    "paint": ("painted like {style} ({backend}, {time})", "peinte comme {style} ({backend}, {time})"),
    "took": ("All of it took {time}.", "Le tout a pris {time}."),
    "only_try": (
        "Nothing of this is recorded; the picture stays in try/ and is tried again when it or the rules change.",
        "Rien de tout cela n’est enregistré ; l’image reste dans try/ et l’essai recommence si elle ou les règles changent.",
    ),
}  # fmt: skip
_VERBS = {"sort": words.SORT_VERBS, "retouch": words.RETOUCH_VERBS, "style": words.STYLE_VERBS}


@dataclass(frozen=True)
class Tried:
    """All that is known of one try. `result` is empty where there is no picture; `first` is the plan before questions
    were answered for the person, `plan` the last one; `code` or `fault` say why there is none.
    """

    name: str
    result: str
    code: str
    format: str
    fault: SafelightError | None
    first: PhotoPlan | None
    plan: PhotoPlan | None
    asked: tuple[Need, ...]
    rehearsal: Rehearsal | None


def say(key: str, language: str, **values: object) -> str:
    """A sentence of the table above."""
    english, said = TEXT[key]
    return french(said.format(**values)) if language == "fr" else english.format(**values)


def why_lines(tried: Tried, language: str, recipe: Recipe | None) -> list[str]:
    """The whole text, a line each."""
    lines = [tried.name, "", *_outcome(tried, language)]
    if tried.plan is not None and tried.first is not None and tried.rehearsal is not None:
        lines += ["", *_sorted(tried, language)]
        lines += _rules("sort", tried.first.notes, tried, language, recipe)
        for part in ("retouch", "style"):
            lines += _rules(part, tried.plan.notes, tried, language, recipe)
        seconds = sum(done.step.seconds for done in tried.rehearsal.state.steps.values())
        lines += ["", say("took", language, time=_time(seconds, language))]
    return [*lines, "", say("only_try", language)]


def _outcome(tried: Tried, language: str) -> Iterator[str]:
    if tried.code or tried.fault is not None:
        need = Need(tried.code, "", {"format": tried.format}) if tried.code else None
        if need is None:
            assert tried.fault is not None
            need = Need(tried.fault.code, "", dict(tried.fault.values))
        yield say("bad", language)
        yield from need.say(language)
        return
    plan = tried.plan
    if plan is None:
        return
    if plan.standing == "done":
        key = "both" if plan.painted and plan.retouched else "painted" if plan.painted else "as_it_is"
        yield say("retouched" if key == "as_it_is" and plan.retouched else key, language, result=tried.result)
    elif plan.standing == "excluded":
        yield say("excluded", language)
    else:
        yield say("stuck", language)
    if plan.need is not None:
        yield from plan.need.say(language)
    for need in tried.asked:
        answer = say("go_on", language)
        if need.code in {"doubt", "doubt_promise", "ask"}:
            answer = str(plan.verdict)
        yield say("asked", language, what=need.say(language)[0], answer=answer)


def _sorted(tried: Tried, language: str) -> Iterator[str]:
    assert tried.first is not None
    assert tried.rehearsal is not None
    judged = tried.rehearsal.state.latest.get("classify")
    if judged is None:
        return
    verdict = Verdict.from_json(judged.step.facts)
    by = tried.first.decided_by
    rules = [note.rule for note in tried.first.notes if note.part == "sort" and note.applied]
    if by.startswith("rule:") and rules:
        sorted_as = "retoucher" if any(note.part == "retouch" for note in tried.first.notes) else tried.first.verdict
        yield say("sorted_rule", language, verdict=sorted_as, rule=rules[0])
    key = "sorted" if by == "model" else "model"
    yield say(key, language, verdict=verdict.likeliest, sure=say_percent(verdict.sure, language))
    yield from (f"    {say_reason(reason, language)}" for reason in verdict.reasons[:3])


def _rules(part: str, notes: tuple[RuleNote, ...], tried: Tried, language: str, recipe: Recipe | None) -> Iterator[str]:
    """The rules of one part in their order, and under each that applied what was done by it."""
    assert tried.rehearsal is not None
    asked = [note for note in notes if note.part == part]
    if not asked:
        return
    yield ""
    yield say("rules_of", language, file=f"{part}.yaml")
    steps = sorted(tried.rehearsal.state.steps.values(), key=lambda done: done.sequence)
    for note in asked:
        if not note.applied:
            yield f"  {say('skipped', language, rule=note.rule, why=note.why)}"
            continue
        verb = words.shown(_VERBS[part], note.why, language == "fr") if note.why in _VERBS[part] else note.why
        yield f"  {say('applied', language, rule=note.rule, verb=verb)}"
        if part != "sort":
            rule = _rule_of(recipe, note.rule) if part == "retouch" else None
            for done in steps:
                line = _step(done, rule, language, recipe) if done.step.rule == note.rule else ""
                if line and (done.step.stage == "stylize") == (part == "style"):
                    yield f"      {line}"


def _rule_of(recipe: Recipe | None, name: str) -> RetouchRule | None:
    rules = recipe.retouch.rules if recipe is not None and recipe.retouch is not None else ()
    return next((rule for rule in rules if rule.name == name), None)


def _step(done: Done, rule: RetouchRule | None, language: str, recipe: Recipe | None) -> str:
    step, time = done.step, _time(done.step.seconds, language)
    if step.stage == "mask":
        masked = [prompts.told(word, language) for word in step.params.get("mask", ())]
        what, area = ", ".join(masked), float(step.facts.get("area", 0.0))
        key = "mask" if area > 0 else "no_mask"
        return say(key, language, what=what, area=say_percent(area, language), time=time)
    if step.stage == "stylize":
        styles = recipe.style.styles if recipe is not None and recipe.style is not None else ()
        style = next((one.name for one in styles if one.object == step.inputs.get("style")), "?")
        return say("paint", language, style=style, backend=step.backend, time=time)
    if step.stage in {"inpaint", "alter"}:
        verb = words.shown(words.RETOUCH_VERBS, rule.do, language == "fr") if rule is not None else step.stage
        told = prompts.told(str(step.params.get("with") or step.params.get("strength") or ""), language)
        return say("change", language, verb=verb, words=told, backend=step.backend, time=time).replace("  ", " ")
    return ""


def _time(seconds: float, language: str) -> str:
    """`0.4 s`, `12 s`, `3 min`."""
    if seconds < 9.95:
        tenths = f"{seconds:.1f} s"
        return tenths.replace(".", ",") if language == "fr" else tenths
    return duration(seconds, language)
