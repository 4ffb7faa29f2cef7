"""`safelight explain` as lines for people: one photo's whole story, in the event's language and local time. Pure text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from safelight.model.moments import moment
from safelight.model.signals import Reason, say_reason, say_value
from safelight.model.typography import typeset
from safelight.plan.needs import doing
from safelight.reconcile.rulewords import part_word
from safelight.rulebook import words

TEXT: dict[str, tuple[str, str]] = {
    "head": ("{name} ({who}, {taken}, {camera})", "{name} ({who}, {taken}, {camera})"),
    "page": (", page {page}", ", page {page}"),
    "no_time": ("time unknown", "heure inconnue"),
    "stands": ("{verdict}, decided by {by}; {standing}", "{verdict}, décidé par {by} ; {standing}"),
    "stands_open": ("not sorted yet; {standing}", "pas encore triée ; {standing}"),
    "sure": ("; the model was {sure} sure", " ; le modèle était sûr à {sure}"),
    "by_model": ("the model", "le modèle"),
    "by_person": ("a person", "une personne"),
    "by_rule": ("the rule “{rule}”", "la règle « {rule} »"),
    "working": ("work goes on", "le travail continue"),
    "needs_you": ("needs you", "a besoin de vous"),
    "excluded": ("left out of the book", "hors du livre"),
    "left_out": ("left out: a person deleted its view", "écartée : une personne a supprimé sa vue"),
    "done": ("finished", "terminée"),
    "waits_rules": ("waits for rules", "attend des règles"),
    "rule_applied": ("{part} rule “{rule}” applied: {why}", "règle {part} « {rule} » appliquée : {why}"),
    "rule_skipped": ("{part} rule “{rule}” skipped: {why}", "règle {part} « {rule} » ignorée : {why}"),
    "step": ("{time}: {stage} ({by}, {seconds} s, record {record})", "{time} : {stage} ({by}, {seconds} s, entrée {record})"),
    "step_rule": (
        "{time}: {stage} by rule “{rule}” ({by}, {seconds} s, record {record})",
        "{time} : {stage} par la règle « {rule} » ({by}, {seconds} s, entrée {record})",
    ),
    "decision": ("{time}: a person decided {verdict} ({door})", "{time} : une personne a décidé {verdict} ({door})"),
    "edit": ("{time}: edited by hand in {place} (record {record})", "{time} : retouchée à la main dans {place} (entrée {record})"),
    "folder": ("in the folder", "dans le dossier"),
    "card": ("by its card", "par sa fiche"),
    "command": ("by command", "en ligne de commande"),
    "desk": ("at the desk", "au bureau"),
    "not_chosen": ("not in the book: {why}", "pas dans le livre : {why}"),
    "next": ("next: {stage}", "ensuite : {stage}"),
    "need": ("needs you: {what}", "a besoin de vous : {what}"),
}  # fmt: skip
_VERBS = {"sort": words.SORT_VERBS, "retouch": words.RETOUCH_VERBS, "style": words.STYLE_VERBS}


def say(key: str, language: str, **values: object) -> str:
    """A sentence of the table above."""
    english, french = TEXT[key]
    return (typeset(french) if language == "fr" else english).format(**values)


def explain_lines(told: dict[str, Any], zone: tzinfo | None = None) -> list[str]:
    """One photo's whole story, `told` as `looking.explain` gives it. Times in `zone`, None the machine's own."""
    return list(_lines(told, told["language"], zone))


def _lines(told: dict[str, Any], language: str, zone: tzinfo | None) -> Iterator[str]:
    taken = told["taken"] or say("no_time", language)
    head = say(
        "head", language, name=told["name"], who=told["photographer"] or "?", taken=taken, camera=told["camera"] or "?"
    )
    yield head + (say("page", language, page=told["page"]) if told["page"] else "")
    yield f"  {told['photo']}"
    yield f"  {_stands(told, language)}"
    yield from (f"    {_reason(Reason(*row), language)}" for row in told["reasons"][:3])
    if told.get("promise"):
        yield f"    {told['promise']}"
    for note in told["rules"]:
        why = note["why"]
        if note["applied"] and why in _VERBS[note["part"]]:
            why = words.shown(_VERBS[note["part"]], why, language == "fr")
        key = "rule_applied" if note["applied"] else "rule_skipped"
        yield "  " + say(key, language, part=part_word(note["part"], language), rule=note["rule"], why=why)
    for step in told["steps"]:
        yield "  " + say(
            "step_rule" if step["rule"] else "step", language, time=moment(step["time"], language, zone),
            stage=doing(step["stage"], language), rule=step["rule"], by=f"{step['backend']} {step['version']}",
            seconds=_number(step["seconds"], language), record=step["record"],
        )  # fmt: skip
    for time, verdict, door in told["decisions"]:
        by = say(door, language) if door in TEXT else door
        yield "  " + say("decision", language, time=moment(time, language, zone), verdict=verdict, door=by)
    for time, place, record in told["edits"]:
        folder = f"library/{place}" if place != "class" else "library"
        yield "  " + say("edit", language, time=moment(time, language, zone), place=folder, record=record)
    if told.get("not_chosen"):
        yield "  " + say("not_chosen", language, why=told["not_chosen"])
    if told["missing"]:
        yield "  " + say("next", language, stage=doing(told["missing"], language))
    if told["need"]:
        yield "  " + say("need", language, what=told["need"][0])
        yield f"    {told['need'][1]}"


def _stands(told: dict[str, Any], language: str) -> str:
    standing = say(told["standing"], language)
    if not told["verdict"]:
        return say("stands_open", language, standing=standing)
    by = told["decided_by"]
    rule = by.removeprefix("rule:")
    who = (
        say("by_rule", language, rule=rule)
        if rule != by
        else say("by_person" if by == "person" else "by_model", language)
    )
    text = say("stands", language, verdict=told["verdict"], by=who, standing=standing)
    sure = max(told["probabilities"].values(), default=0.0)
    return text + (say("sure", language, sure=say_value("car_area", sure, language)) if told["probabilities"] else "")


def _number(value: float, language: str) -> str:
    return str(value).replace(".", ",") if language == "fr" else str(value)


def _reason(reason: Reason, language: str) -> str:
    text = say_reason(reason, language)
    return typeset(text) if language == "fr" else text
