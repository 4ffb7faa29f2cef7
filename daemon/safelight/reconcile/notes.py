"""The texts beside pictures: why one is not in the book, what a card asks for, what a duplicate is. Pure: lines of text.

A card has the picture's name and then: what and why, what you can do, what deleting the card means, when it arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from safelight.model.moments import moment
from safelight.model.signals import Verdict, say_reason
from safelight.model.typography import typeset
from safelight.plan.needs import Need, if_deleted
from safelight.plan.planner import PARTS, say_percent
from safelight.plan.steps import PhotoPlan
from safelight.projection.state import PhotoState
from safelight.reconcile.rulewords import redo_word
from safelight.reconcile.words import say

PLACES = {"class": "", "retouched": "retouched", "stylized": "stylized"}


def card_lines(
    name: str, need: Need, time: str, language: str, zone: tzinfo | None = None, *, refused: bool = False
) -> list[str]:
    """A need-you card's text. `name` with the photographer's folder; `refused` where the file is no photo of ours."""
    what, do = need.say(language)
    arrived = say("arrived_at", language, time=moment(time, language, zone))
    return [name, what, do, if_deleted(need, language, refused=refused), arrived]


def duplicate_lines(
    name: str, first: str, time: str, language: str, zone: tzinfo | None = None, *, again: bool = False
) -> list[str]:
    """The text beside a duplicate. `first` is the name under which the picture arrived before."""
    return [
        name,
        say("duplicate_of", language, name=first),
        say("duplicate_again", language) if again else "",
        say("duplicate_do", language),
        say("arrived_at", language, time=moment(time, language, zone)),
    ]


def why_lines(
    name: str,
    photo: PhotoState,
    plan: PhotoPlan,
    not_chosen: tuple[str, str] | None,
    language: str,
    zone: tzinfo | None = None,
    *,
    card: str = "",
    full: bool = True,
    burst: bool = False,
) -> list[str]:
    """Why this picture is not in the book, and what can be done about it; nothing while work on it goes on.

    `not_chosen` are the book's words (English, French) when it was made without this picture, `full` when more pages
    could help, `burst` when another of its burst was preferred; `card` is where the picture's need-you card lies.
    """
    told = _why(name, photo, plan, not_chosen, language, card, full=full, burst=burst)
    return [name, *told, say("arrived_at", language, time=moment(photo.time, language, zone))] if told else []


def _why(
    name: str,
    photo: PhotoState,
    plan: PhotoPlan,
    not_chosen: tuple[str, str] | None,
    language: str,
    card: str,
    *,
    full: bool,
    burst: bool,
) -> list[str]:
    if plan.standing == "left_out":
        return _left_out(name, photo, plan, language)
    if plan.standing == "excluded":
        why = why_verdict(plan.decided_by, _verdict(photo), language)
        return [say("excluded_because", language, why=why), say("move_back", language)]
    if plan.standing == "waits_rules" and plan.need is not None:
        what, do = plan.need.say(language)
        told = f"{say('not_yet_rules', language)} {what}"
        return [told, do, say("see_card", language, card=card) if card else ""]
    if plan.standing == "done" and not_chosen is not None:
        why = not_chosen[1 if language == "fr" else 0]
        lines = [say("not_in_book", language, why=why), say("pages_full", language) if full else ""]
        if burst:
            lines.append(say("burst_choose", language, name=name.rpartition("/")[2], verdict=plan.verdict or "ok"))
        return lines
    return []


def _left_out(name: str, photo: PhotoState, plan: PhotoPlan, language: str) -> list[str]:
    shown = ", ".join(f"library/{PLACES.get(place) or plan.verdict or 'ok'}" for place in photo.left_out)
    back = plan.verdict if plan.verdict == "retoucher" else "ok"
    told = say("left_out", language, places=shown)
    return [told, say("bring_back", language, name=name.rpartition("/")[2], verdict=back)]


def held_lines(name: str, plan: PhotoPlan, language: str) -> list[str]:
    """A finished picture whose redo by changed rules waits for a word."""
    assert plan.held is not None
    part = PARTS[plan.held.stage]
    words = say(f"rules_{part}", language)
    return [
        name,
        say("held", language, rules=words),
        say("held_do", language, part=part, word=redo_word(part, language)),
    ]


def why_verdict(by: str, verdict: Verdict | None, language: str) -> str:
    """Who sorted a photo so, as a clause: a person, a rule, or the model with the three signals that weighed most."""
    if by == "person" or verdict is None:
        return say("by_person", language)
    if by.startswith("rule:"):
        return say("by_rule", language, rule=by.removeprefix("rule:"))
    apart = " ; " if language == "fr" else "; "
    reasons = apart.join(say_reason(reason, language) for reason in verdict.reasons[:3])
    values: Mapping[str, str] = {"verdict": verdict.likeliest, "sure": say_percent(verdict.sure, language)}
    if not reasons:
        return say("by_model", language, **values)
    return say("by_model_why", language, reasons=typeset(reasons) if language == "fr" else reasons, **values)


def _verdict(photo: PhotoState) -> Verdict | None:
    judged = photo.latest.get("classify")
    return Verdict.from_json(judged.step.facts) if judged else None
