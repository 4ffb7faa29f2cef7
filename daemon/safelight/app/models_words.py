"""What `safelight models` says: tables and sentences, English and French. Pure text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from safelight.model.typography import typeset
from safelight.stages.models.sizes import readable

WORDS: dict[str, tuple[str, str]] = {
    "about": ("{name}: {use}. {size}.", "{name} : {use}. {size}."),
    "licence": ("Licence: {licence}. Source: {home}", "Licence : {licence}. Source : {home}"),
    "coming": ("{file}: {done}", "{file} : {done}"),
    "left": ("{file}: {done} of {total}, {seconds} s left", "{file} : {done} sur {total}, encore {seconds} s"),
    "fetched": ("{name} is in {folder} ({size} came).", "{name} est dans {folder} ({size} reçus)."),
    "there": ("{name} is in {folder}; nothing had to come.", "{name} est dans {folder} ; rien n'a dû être téléchargé."),
    "unproven": (
        "These texts were taken by their name, nobody knows their digest: {files}",
        "Ces textes ont été pris d'après leur nom, leur empreinte n'étant pas connue : {files}",
    ),
    "removed": ("{name} is gone, {size} are free again.", "{name} est retiré, {size} sont libérés."),
    "elsewhere": (
        "{name} still lies in {folder}, which is not ours to clean.",
        "{name} se trouve encore dans {folder}, que nous ne vidons pas.",
    ),
    "here": ("here", "présent"),
    "begun": ("{size} begun", "{size} reçus"),
    "absent": ("not fetched", "à obtenir"),
    "row": ("{use}. Licence: {licence}", "{use}. Licence : {licence}"),
    "foot": ("Fetch one with `safelight models fetch NAME`.", "Pour en obtenir un : `safelight models fetch NOM`."),
    "testing": ("trying {name} …", "essai de {name} …"),
    "passed": ("{name}: passed, {told}", "{name} : réussi, {told}"),
    "failed": ("{name}: FAILED, {told}", "{name} : ÉCHEC, {told}"),
    "none": ("No model is here to be tried.", "Aucun modèle n'est là pour être essayé."),
}


def say(key: str, language: str, **values: object) -> str:
    """A sentence of the table above, spaced as its language wants."""
    english, french = WORDS[key]
    return typeset(french).format(**values) if language == "fr" else english.format(**values)


def spoken(words: tuple[str, str], language: str) -> str:
    """A sentence that a model brings, in the language, set as it wants."""
    return typeset(words[1]) if language == "fr" else words[0]


def models_lines(rows: Sequence[dict[str, Any]], language: str = "en") -> list[str]:
    """A line a model: name, whether it is here, size; then what it is for and its licence."""
    wide = max(len(row["name"]) for row in rows)
    lines = []
    for row in rows:
        begun = say("begun", language, size=readable(row["begun"], language)) if row["begun"] else ""
        state = say("here", language) if row["here"] else begun or say("absent", language)
        lines.append(f"{row['name']:<{wide}}  {state:<12} {readable(row['bytes'], language):>8}")
        use, licence = (spoken((row[key]["en"], row[key]["fr"]), language) for key in ("use", "licence"))
        lines.append("    " + say("row", language, use=_capital(use), licence=licence))
    return [*lines, say("foot", language)]


def fetched_lines(told: dict[str, Any], language: str = "en") -> list[str]:
    """Where the model is now."""
    size = readable(told["bytes"], language)
    lines = [
        say("fetched" if told["bytes"] else "there", language, name=told["name"], folder=told["folder"], size=size)
    ]
    if told["unproven"]:
        lines.append(say("unproven", language, files=", ".join(told["unproven"])))
    return lines


def removed_lines(told: dict[str, Any], language: str = "en") -> list[str]:
    """What went, and where the model still is."""
    lines = []
    if told["bytes"]:
        lines.append(say("removed", language, name=told["name"], size=readable(told["bytes"], language)))
    if told["left"]:
        lines.append(say("elsewhere", language, name=told["name"], folder=told["left"]))
    return lines


def selftest_lines(rows: Sequence[dict[str, Any]], language: str = "en") -> list[str]:
    """Pass or fail, a line a model."""
    if not rows:
        return [say("none", language)]
    key = {True: "passed", False: "failed"}
    return [
        say(key[row["passed"]], language, name=row["name"], told=spoken((row["en"], row["fr"]), language))
        for row in rows
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
