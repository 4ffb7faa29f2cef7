"""What a file of rules cannot mean although every word is right, and what it probably does not mean. Pure.

Problems keep the file out of force; warnings only speak. What was seen so far comes in as an argument.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from safelight.model.conditions import plain_name
from safelight.model.promise import Answer, kept
from safelight.model.recipe import RetouchRule, SortRule, StyleImage, StyleRule
from safelight.rulebook import report as r
from safelight.rulebook import schema as s
from safelight.rulebook.problems import Said
from safelight.rulebook.rules import Ruled, like_names
from safelight.rulebook.source import Node


@dataclass(frozen=True)
class Seen:
    """What the event has seen and what the engines know; None or empty means unknown, and then nothing is said of it.

    `prompts` are the words that the own inpainting engines can paint, `concepts` those that something here can find in a
    photo; both casefolded.
    """

    photographers: tuple[str, ...] = ()
    prompts: frozenset[str] | None = None
    answers: tuple[Answer, ...] | None = None
    """What the model that sorts here was checked on."""
    concepts: frozenset[str] | None = None


def check(part: str, rules: Sequence[Ruled], styles: Sequence[StyleImage], seen: Seen, report: r.Report) -> None:
    """Everything there is to say about these rules as a whole."""
    _names(rules, report)
    _never(part, rules, report)
    for place, ruled in enumerate(rules):
        if ruled.on:
            _people(ruled, seen, report)
            # "everything else is left out" below other sort rules is a common wish
            if part != "sort" or not any(other.on for other in rules[:place]):
                _nothing_left(ruled, report)
            if isinstance(ruled.rule, RetouchRule):
                _findable(ruled, ruled.rule, seen, report)
            if isinstance(ruled.rule, RetouchRule) and ruled.rule.do == "inpaint":
                _paintable(ruled, ruled.rule, seen, report)
            if isinstance(ruled.rule, StyleRule) and "like" in ruled.got.nodes:
                _styles(ruled, styles, report)


def promise(root: Node, value: float | None, seen: Seen, report: r.Report) -> None:
    """A promise that was written and cannot be kept by the model that sorts here."""
    defaults = s.keys_of(root, ["defaults"], r.Report("", ()), s.Room("")).nodes.get("defaults")
    if defaults is None or value is None or seen.answers is None:
        return
    key = s.keys_of(defaults, ["promise"], r.Report("", ()), s.Room("")).keys.get("promise")
    found = kept(seen.answers, value)
    if key is not None and found.limit is None:
        report.warn("w_promise", key.place, told=(found.say("en"), found.say("fr")))


def _names(rules: Sequence[Ruled], report: r.Report) -> None:
    first: dict[str, Ruled] = {}
    for ruled in rules:
        key = plain_name(ruled.name)
        if ruled.name and key in first:
            report.problem("same_name", ruled.place, word=r.short(ruled.name), line=str(first[key].place.line))
        first.setdefault(key, ruled)


def _never(part: str, rules: Sequence[Ruled], report: r.Report) -> None:
    """Sorting and painting stop at the first rule that matches, retouching at `last: yes`."""
    wall: Ruled | None = None
    for ruled in rules:
        if not ruled.on:
            continue
        if wall is not None:
            report.warn(
                "w_never", ruled.place, word=r.short(ruled.name), other=r.short(wall.name), line=str(wall.place.line)
            )
        elif ruled.open and (part != "retouch" or ruled.last):
            wall = ruled


def _people(ruled: Ruled, seen: Seen, report: r.Report) -> None:
    if ruled.when is None or not seen.photographers or "photographer" not in ruled.when.values:
        return
    known = {plain_name(name) for name in seen.photographers}
    for name in ruled.when.values["photographer"]:
        if plain_name(name) not in known:
            place = ruled.when.nodes["photographer"].place
            near = r.near(name, seen.photographers)
            report.warn(
                "w_photographer", place, word=r.short(name), allowed=", ".join(seen.photographers[:12]), near=near
            )


def _nothing_left(ruled: Ruled, report: r.Report) -> None:
    rule = ruled.rule
    takes_out = (isinstance(rule, RetouchRule) and rule.do == "exclude") or (
        isinstance(rule, SortRule) and rule.do == "exclure"
    )
    if ruled.open and takes_out:
        report.warn("w_exclude_all", ruled.place, word=r.short(ruled.name))


def _findable(ruled: Ruled, rule: RetouchRule, seen: Seen, report: r.Report) -> None:
    """Words of `mask` and `keep` that nothing here can find: such photos will wait."""
    if seen.concepts is None:
        return
    for key, words in (("mask", rule.mask if rule.backend == "auto" else ()), ("keep", rule.keep)):
        for word in words:
            if " ".join(word.casefold().split()) in seen.concepts:
                continue
            node = ruled.got.nodes.get(key)
            places = {r.tidy(item.text): item.place for item in node.items} if node else {}
            place = places.get(word) or (node.place if node else ruled.place)
            report.warn("w_concept", place, word=r.short(word), near=r.near(word, seen.concepts))


def _paintable(ruled: Ruled, rule: RetouchRule, seen: Seen, report: r.Report) -> None:
    if seen.prompts is None or rule.backend != "auto" or rule.prompt.casefold() in seen.prompts:
        return
    allowed = ", ".join(sorted(seen.prompts))
    report.warn("w_prompt", ruled.got.nodes["with"].place, word=r.short(rule.prompt), allowed=allowed)


def _styles(ruled: Ruled, styles: Sequence[StyleImage], report: r.Report) -> None:
    """One picture missing of several is a warning, all missing a problem: the rule could do nothing."""
    node = ruled.got.nodes["like"]
    known = {plain_name(style.name) for style in styles}
    wanted = like_names(ruled.got.values.get("like", ()))
    missing = [name for name in wanted if plain_name(name) not in known]
    names = [style.name for style in styles]
    allowed: Said = ", ".join(names[:20]) if names else ("none", "aucune")
    for name in missing:
        places = {r.tidy(item.text): item.place for item in node.items}
        place = next((place for text, place in places.items() if like_names((text,)) == (name,)), node.place)
        values: dict[str, Said] = {"word": r.short(name), "near": r.near(name, names)}
        if len(missing) == len(wanted):
            report.problem("no_style", place, **values, allowed=allowed)
        else:
            report.warn("w_no_style", place, **values)
