"""Results as lines for people. Pure text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from safelight.model.signals import Reason, Verdict, say_reason, say_value
from safelight.stages.base import DOUBTS

if TYPE_CHECKING:
    from safelight.learn.evaluate import Evaluation


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


def explain_lines(told: dict[str, Any]) -> list[str]:
    """One photo's whole story."""
    sure = max(told["probabilities"].values(), default=0.0)
    place = f", page {told['page']}" if told["page"] else ""
    rows = [
        f"{told['name']} ({told['photographer'] or '?'}, {told['taken'] or 'time unknown'}, {told['camera'] or '?'}){place}",
        f"  {told['photo']}",
        f"  {told['verdict'] or 'not sorted yet'}, decided by {told['decided_by'] or '-'}, {told['standing']}"
        + (f"; the model was {say_value('car_area', sure)} sure" if told["probabilities"] else ""),
    ]
    rows += [f"    {say_reason(Reason(*row), told['language'])}" for row in told["reasons"][:3]]
    rows += [
        f"  {note['part']} rule “{note['rule']}”: {'applied: ' if note['applied'] else 'skipped: '}{note['why']}"
        for note in told["rules"]
    ]
    for step in told["steps"]:
        by = f"{step['backend']} {step['version']}"
        rule = f" by rule “{step['rule']}”" if step["rule"] else ""
        rows.append(f"  {step['time']} {step['stage']}{rule} ({by}, {step['seconds']} s, record {step['record']})")
    rows += [f"  {time} a person decided {verdict} ({by})" for time, verdict, by in told["decisions"]]
    if told["missing"]:
        rows.append(f"  next: {told['missing']}")
    if told["need"]:
        rows += [f"  needs you: {told['need'][0]}", f"    {told['need'][1]}"]
    return rows


def evaluation_lines(evaluation: Evaluation) -> list[str]:
    """Success rate, balanced accuracy, confusion matrix, warnings."""
    figures = evaluation.figures
    rows = [
        f"{figures.n} pictures: {figures.accuracy:.1%} right, balanced {figures.balanced_accuracy:.1%}",
        "given →    " + "".join(f"{name:>11}" for name in figures.classes),
    ]
    for name, row in zip(figures.classes, figures.confusion, strict=True):
        rows.append(f"{name:<11}" + "".join(f"{count:>11}" for count in row))
    return rows + [english for english, _ in evaluation.warnings]


def doctor_lines(told: dict[str, Any]) -> list[str]:
    """What works here and what does not, and why."""
    rows = [f"{name}: {value}" for name, value in told["versions"].items()]
    for backend in told["backends"]:
        state = "ready" if not backend["unavailable"] else f"not available: {backend['unavailable']}"
        rows.append(f"{backend['stage']:9} {backend['name']:10} {state}")
    rows += [f"{name}: {value}" for name, value in told["machine"].items()]
    return rows + [f"PROBLEM: {problem}" for problem in told["problems"]]
