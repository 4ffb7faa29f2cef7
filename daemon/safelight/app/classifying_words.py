"""What training and evaluating a classifier tell, in words. Pure text, English and French."""

from __future__ import annotations

from typing import Any

from safelight.app.learning_words import number
from safelight.model.typography import typeset

WORDS: dict[str, tuple[str, str]] = {
    "reading": ("{done} of {total} pictures read", "{done} images lues sur {total}"),
    "start": (
        "{folder}: {classes}; {pictures} pictures to learn from, {held} to validate on. {total} numbers, {learnt} of them learnt.",
        "{folder} : {classes} ; {pictures} images pour apprendre, {held} pour valider. {total} nombres, dont {learnt} appris.",
    ),
    "shared": (
        "{count} of the {held} pictures to validate on have pictures of their source among those learnt from: these figures flatter.",
        "{count} des {held} images de validation ont des images de leur source parmi celles apprises : ces chiffres sont flatteurs.",
    ),
    "untrained": (
        "before learning: {balanced} % balanced, {accuracy} % right (chance)",
        "avant d'apprendre : {balanced} % équilibré, {accuracy} % juste (le hasard)",
    ),
    "epoch": ("epoch {epoch}, loss {loss}, at most {left} left", "époque {epoch}, perte {loss}, encore {left} au plus"),
    "validated": (
        "epoch {epoch}: {balanced} % balanced, {accuracy} % right, log loss {loss}{best}",
        "époque {epoch} : {balanced} % équilibré, {accuracy} % juste, perte {loss}{best}",
    ),
    "best": (" (best so far)", " (la meilleure jusqu'ici)"),
    "trained": (
        "Trained: {weights}, epoch {epoch} of {epochs}: {balanced} % balanced on validation ({chance} % before). All of it: {page}",
        "Appris : {weights}, époque {epoch} sur {epochs} : {balanced} % équilibré en validation ({chance} % avant). Le tout : {page}",
    ),
    "stopped": (
        "Stopped after epoch {epochs}, nothing before it is lost. Go on with: {command}",
        "Arrêté après l'époque {epochs}, rien d'avant n'est perdu. Pour poursuivre : {command}",
    ),
    "own": ("The sort of Safelight", "Le tri de Safelight"),
    "figures": (
        "{n} pictures: {accuracy} % right (95 %: {low} to {high}), balanced {balanced} %, macro F1 {f1} %",
        "{n} images : {accuracy} % justes (95 % : {low} à {high}), équilibré {balanced} %, F1 macro {f1} %",
    ),
    "doubt": (
        "log loss {loss} (without looking {loss_prior}), Brier {brier} ({brier_prior}), calibration error {calibration}",
        "perte {loss} (sans regarder {loss_prior}), Brier {brier} ({brier_prior}), erreur de calibration {calibration}",
    ),
    "ten": ("with ten looks a picture: {accuracy} % right, balanced {balanced} %", "avec dix regards par image : {accuracy} % justes, équilibré {balanced} %"),
    "given": ("given →", "donné →"),
    "dreaming": ("Asking the network what it looks for …", "Le réseau montre ce qu'il cherche …"),
    "report": ("Report: {file}", "Rapport : {file}"),
}  # fmt: skip


def say(key: str, language: str, **values: object) -> str:
    """A sentence of the table above; what is French in it is spaced as French print wants."""
    english, other = WORDS[key]
    return typeset(other).format(**values) if language == "fr" else english.format(**values)


def classifier_trained_lines(told: dict[str, Any], language: str = "en") -> list[str]:
    """How a training ended, and how to go on with one that was stopped."""
    if not told["finished"]:
        return [say("stopped", language, epochs=told["epochs"], command=told["resume"])]
    return [
        say(
            "trained", language, weights=told["weights"], epoch=told["best_epoch"], epochs=told["epochs"], page=told["page"],
            balanced=number(100 * told["balanced_accuracy"], 1, language),
            chance=number(100 * told["untrained"]["balanced"], 1, language),
        )
    ]  # fmt: skip


def classifier_lines(told: dict[str, Any], language: str = "en") -> list[str]:
    """The figures, the confusion matrix, warnings, and where the page is."""

    def percent(value: float) -> str:
        return number(100 * value, 1, language)

    low, high = told["accuracy_95"]
    rows = [
        say("figures", language, n=told["n"], accuracy=percent(told["accuracy"]), low=percent(low), high=percent(high),
            balanced=percent(told["balanced_accuracy"]), f1=percent(told["macro_f1"])),
        say("doubt", language, calibration=number(told["calibration_error"], 3, language),
            **{key: number(told[name], 3, language) for key, name in (
                ("loss", "log_loss"), ("loss_prior", "log_loss_prior"), ("brier", "brier"), ("brier_prior", "brier_prior"))}),
    ]  # fmt: skip
    if "ten_looks" in told:
        many = told["ten_looks"]
        rows.append(
            say("ten", language, accuracy=percent(many["accuracy"]), balanced=percent(many["balanced_accuracy"]))
        )
    wide = max(11, *(len(name) + 2 for name in told["classes"]))
    rows.append(f"{say('given', language):<{wide}}" + "".join(f"{name:>{wide}}" for name in told["classes"]))
    for name, counts in zip(told["classes"], told["confusion"], strict=True):
        rows.append(f"{name:<{wide}}" + "".join(f"{count:>{wide}}" for count in counts))
    return [*rows, *told["warnings"], *([say("report", language, file=told["report"])] if "report" in told else [])]
