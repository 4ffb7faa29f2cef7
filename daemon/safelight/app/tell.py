"""Results as lines for people. Pure text."""

from __future__ import annotations

import shlex
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safelight.model.moments import since
from safelight.model.signals import Verdict, say_reason, say_value
from safelight.plan.needs import doing
from safelight.reconcile.rulewords import part_word, redo_word
from safelight.reconcile.tally import CORRECTIONS
from safelight.stages.base import DOUBTS

if TYPE_CHECKING:
    from safelight.app.looking import Overview
    from safelight.app.working import Outcome
    from safelight.reconcile.loop import Report
    from safelight.reconcile.verify import Findings

WORDS: dict[str, tuple[str, str]] = {
    "sums": (
        "{arrived} arrived = {ignored} ignored + {duplicates} duplicates + {needs_you} need you + {waiting} waiting + "
        "{in_book} in the book + {not_chosen} not chosen.",
        "{arrived} arrivées = {ignored} ignorées + {duplicates} doublons + {needs_you} ont besoin de vous + "
        "{waiting} en attente + {in_book} dans le livre + {not_chosen} non retenues.",
    ),
    "need_you": (
        "What needs you lies in library/need-you/, each with its reason.",
        "Ce qui a besoin de vous est dans library/need-you/, chaque fois avec la raison.",
    ),
    "held": (
        "The changed {rules} rules wait for a word: a file named “redo {word}” in rules/, or `safelight redo {part}`.",
        "Les règles {rules} modifiées attendent votre accord\u00a0: un fichier nommé «\u202frefaire {word}\u202f» dans rules/, ou `safelight redo {part}`.",
    ),
    "book": ("The book ({pages} pages): {path}", "Le livre ({pages} pages)\u00a0: {path}"),
    "ignored": ("ignored", "ignorées"),
    "duplicates": ("duplicates", "doublons"),
    "needs_you": ("need you", "ont besoin de vous"),
    "waiting": ("waiting", "en attente"),
    "in_book": ("in the book", "dans le livre"),
    "not_chosen": ("not chosen", "non retenues"),
    "arrived": ("arrived", "arrivées"),
    "owner": ("process {pid} on {host} since {since}", "processus {pid} sur {host} depuis {since}"),
    "nobody": ("nobody is running this event now", "personne ne fait tourner cet événement en ce moment"),
    "better_one": (
        "one picture could be better if redone: {stage}",
        "une image pourrait être meilleure si on refait\u00a0: {stage}",
    ),
    "better": (
        "{n} pictures could be better if redone: {stage}",
        "{n} images pourraient être meilleures si on refait\u00a0: {stage}",
    ),
    "pages": ("the book has {n} pages", "le livre a {n} pages"),
    "no_book": ("no book yet", "pas encore de livre"),
    "learn": (
        "{n} pictures were sorted otherwise by people: a model can learn from that (safelight train classifier --from-event {event})",
        "{n} images ont été triées autrement par des personnes\u00a0: un modèle peut en apprendre (safelight train classifier "
        "--from-event {event})",
    ),
    "nothing": ("Nothing is missing.", "Rien ne manque."),
    "step": ("{name}: {stage} because {why}", "{name}\u00a0: {stage}, car {why}"),
    "waits": (" (held)", " (en suspens)"),
    "then": (", then {then}", ", puis {then}"),
    "work": ("{n} photos, about {seconds} s of work.", "{n} photos, environ {seconds} s de travail."),
    "idle": ("{arrived} arrived, {needs} need you", "{arrived} arrivées, {needs} ont besoin de vous"),
    "progress": ("{done} steps done, {left} left: {running}", "{done} étapes faites, encore {left}\u00a0: {running}"),
    "verified": (
        "{records} records, {objects} objects, root {root}",
        "{records} entrées, {objects} objets, racine {root}",
    ),
    "unreferenced": (
        "{n} objects that nothing refers to (no damage).",
        "{n} objets auxquels rien ne renvoie (aucun dégât).",
    ),
    "torn": (
        "A last line was cut by a crash, nothing else lost: {row}",
        "Une dernière ligne a été coupée par un arrêt brutal, rien d'autre n'est perdu\u00a0: {row}",
    ),
    "orphans": (
        "{n} records of an owner who had lost the event (kept, not counted).",
        "{n} entrées d'un propriétaire qui avait perdu l'événement (gardées, non comptées).",
    ),
    "whole": ("Everything is whole.", "Tout est intact."),
}
COUNTS = ("ignored", "duplicates", "needs_you", "waiting", "in_book", "not_chosen", "arrived")


def say(key: str, language: str, **values: object) -> str:
    """A sentence of the table above."""
    return WORDS[key][1 if language == "fr" else 0].format(**values)


def progress_line(report: Report, language: str = "en") -> str:
    """`12 steps done, 3 min left: painting IMG_0007.JPG`."""
    if not report.running and not report.left:
        return say("idle", language, arrived=report.tally.arrived, needs=report.tally.needs_you)
    minutes = report.left / 60
    left = f"{minutes:.0f} min" if minutes >= 1.5 else f"{max(1, round(report.left))} s"
    return say("progress", language, done=report.done, left=left, running=", ".join(report.running[:3]))


def outcome_lines(outcome: Outcome, language: str = "en") -> list[str]:
    """What a run ended with."""
    lines = [say("sums", language, **outcome.tally.to_json())]
    if outcome.tally.needs_you:
        lines.append(say("need_you", language))
    lines += [_held(part, language) for part in outcome.held]
    if outcome.book_reason:
        lines.append(outcome.book_reason)
    if outcome.book:
        lines.append(say("book", language, pages=outcome.pages, path=outcome.book))
    return lines


def _held(part: str, language: str) -> str:
    return say("held", language, part=part, rules=part_word(part, language), word=redo_word(part, language))


def status_lines(look: Overview, zone: tzinfo | None = None) -> list[str]:
    """Counts, owner, what waits for a word. Times in `zone`, None the machine's own."""
    language, counts = look.recipe.event.language, look.tally.to_json()
    rows = [f"{counts[name]:6d}  {say(name, language)}" for name in COUNTS]
    if look.holder is not None:
        at = since(look.holder.since, language, zone)
        rows.append(say("owner", language, pid=look.holder.pid, host=look.holder.host, since=at))
    else:
        rows.append(say("nobody", language))
    rows += [_held(part, language) for part in sorted(look.held)]
    rows += [
        say("better_one" if count == 1 else "better", language, n=count, stage=doing(stage, language))
        for stage, count in sorted(look.better.items())
    ]
    if look.corrections >= CORRECTIONS:
        rows.append(say("learn", language, n=look.corrections, event=shlex.quote(str(look.world.event.root))))
    if look.promise is not None:
        rows.append(look.promise.say(language))
    book = look.world.state.book
    rows.append(say("pages", language, n=book.made.page_count) if book else say("no_book", language))
    return rows


def plan_lines(steps: list[dict[str, Any]], seconds: float, language: str = "en") -> list[str]:
    """One line a photo: what is missing and why."""
    if not steps:
        return [say("nothing", language)]
    rows = []
    for row in steps:
        line = say("step", language, name=row["name"], stage=doing(row["stage"], language), why=row["why"])
        then = ", ".join(_then(stage, language) for stage in row["then"])
        line += say("then", language, then=then) if then else ""
        rows.append(line + (say("waits", language) if row["held"] else ""))
    return [*rows, say("work", language, n=len(steps), seconds=round(seconds))]


def _then(stage: str, language: str) -> str:
    """What follows: a stage, or all retouching where it is not known yet which."""
    return doing("alter" if stage == "retouch" else stage, language)


def verify_lines(found: Findings, language: str = "en") -> list[str]:
    """What verification found."""
    rows = [say("verified", language, records=found.records, objects=found.objects, root=found.root)]
    if found.unreferenced:
        rows.append(say("unreferenced", language, n=found.unreferenced))
    rows += [say("torn", language, row=row) for row in found.torn]
    if found.orphans:
        rows.append(say("orphans", language, n=found.orphans))
    return [*rows, *(found.damage or [say("whole", language)])]


def verdict_lines(verdict: Verdict, language: str = "en") -> list[str]:
    """The verdict, how sure, and the three signals that weighed most."""
    sure = say_value("car_area", verdict.sure, language)
    return [
        f"{verdict.likeliest}: {sure} sure",
        *(f"  {say_reason(reason, language)}" for reason in verdict.reasons[:3]),
    ]


def mask_lines(facts: dict[str, Any], output: Path) -> list[str]:
    """What was found, and that a doubtful find gives a black mask."""
    if facts["doubt"]:
        return [f"{output}: left black, the find is doubtful ({DOUBTS.get(facts['doubt'], (facts['doubt'],))[0]})."]
    if not facts["area"]:
        return [f"{output}: nothing found, all black."]
    return [f"{output}: {say_value('car_area', facts['area'])} of the picture."]


def doctor_lines(told: dict[str, Any]) -> list[str]:
    """What works here and what does not, and why."""
    rows = [f"{name}: {value}" for name, value in told["versions"].items()]
    for backend in told["backends"]:
        state = "ready" if not backend["unavailable"] else f"not available: {backend['unavailable']}"
        rows.append(f"{backend['stage']:9} {backend['name']:10} {state}")
    rows += [f"{name}: {value}" for name, value in told["machine"].items()]
    return rows + [f"PROBLEM: {problem}" for problem in told["problems"]]
