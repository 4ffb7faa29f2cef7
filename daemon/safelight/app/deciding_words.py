"""What learning from decisions, taking a head and handing decisions on tell, in words. Pure text, English and French."""

from __future__ import annotations

from typing import Any

from safelight.app.learning_words import number
from safelight.model.typography import typeset

WORDS: dict[str, tuple[str, str]] = {
    "learnt": (
        "Learnt from {decisions} decisions; {held_out} of them were held out once each, {corrections} of these are corrections.",
        "Appris de {decisions} décisions ; {held_out} d'entre elles ont été mises de côté une fois, dont {corrections} corrections.",
    ),
    "old": (
        "old: {accuracy} % right, balanced {balanced} %, log loss {loss}",
        "ancien : {accuracy} % justes, équilibré {balanced} %, perte {loss}",
    ),
    "new": (
        "new: {accuracy} % right, balanced {balanced} %, log loss {loss}",
        "nouveau : {accuracy} % justes, équilibré {balanced} %, perte {loss}",
    ),
    "against": (
        "Only the new one is right on {better}, only the old one on {worse}. Corrections are where the old one was wrong: these "
        "figures favour the new one.",
        "Seul le nouveau a raison sur {better}, seul l'ancien sur {worse}. Les corrections sont là où l'ancien se trompait : ces "
        "chiffres avantagent le nouveau.",
    ),
    "untouched": (
        "Of {untouched} photos that nobody decided, {otherwise} would be sorted otherwise.",
        "Sur {untouched} photos dont personne n'a décidé, {otherwise} seraient triées autrement.",
    ),
    "take": (
        "Nothing changes until a person takes it: safelight --event DIR adopt {head}",
        "Rien ne change avant qu'une personne ne l'adopte : safelight --event DIR adopt {head}",
    ),
    "stay": (
        "It is not better on what was held out: the old one is better kept.",
        "Il n'est pas meilleur sur ce qui a été mis de côté : mieux vaut garder l'ancien.",
    ),
    "adopted": ("{file} sorts from now on; finished photos stay (safelight redo sort)", "{file} trie désormais ; les photos finies restent (safelight redo sort)"),
    "shipped": ("the shipped model sorts again", "le modèle livré trie de nouveau"),
    "exported": ("{photos} decided photos copied to {folder}, without metadata: {parts}", "{photos} photos décidées copiées dans {folder}, sans métadonnées : {parts}"),
    "left": (
        "Left out, as their metadata cannot be taken away: {names}",
        "Laissées de côté, car leurs métadonnées ne peuvent être enlevées : {names}",
    ),
}  # fmt: skip


def say(key: str, language: str, **values: object) -> str:
    """A sentence of the table above."""
    english, other = WORDS[key]
    return typeset(other).format(**values) if language == "fr" else english.format(**values)


def better(told: dict[str, Any]) -> bool:
    """Whether the new model did better on the same held-out photos: fewer wrong, and surer of what is right."""
    return bool(told["better"] > told["worse"] and told["new"]["log_loss"] < told["old"]["log_loss"])


def learnt_lines(told: dict[str, Any], language: str = "en") -> list[str]:
    """Both models on the same photos, what would change, and how to take it."""
    rows = [say("learnt", language, **{key: told[key] for key in ("decisions", "held_out", "corrections")})]
    for name in ("old", "new"):
        found = told[name]
        rows.append(
            say(
                name, language, accuracy=number(100 * found["accuracy"], 1, language),
                balanced=number(100 * found["balanced_accuracy"], 1, language), loss=number(found["log_loss"], 3, language),
            )
        )  # fmt: skip
    rows.append(say("against", language, better=told["better"], worse=told["worse"]))
    rows.append(say("untouched", language, untouched=told["untouched"], otherwise=told["otherwise"]))
    if not better(told):
        rows.append(say("stay", language))
    return [*rows, say("take", language, head=told["head"])]


def exported_dataset_lines(told: dict[str, Any], language: str = "en") -> list[str]:
    """How many photos went where, and what was left out."""
    parts = "; ".join(
        f"{part} {', '.join(f'{name} {count}' for name, count in counts.items())}"
        for part, counts in told["parts"].items()
    )
    if language == "fr":
        parts = parts.replace("; ", "\u202f; ")
    rows = [say("exported", language, photos=told["photos"], folder=told["folder"], parts=parts)]
    return rows + ([say("left", language, names=", ".join(told["left_out"]))] if told["left_out"] else [])
