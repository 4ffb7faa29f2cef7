"""What training and evaluation tell, in words: progress, ends, tables of figures. Pure text, English and French."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from safelight.model.typography import french
from safelight.stages.models.sizes import readable

if TYPE_CHECKING:
    from safelight.app.learning import Trained

WORDS: dict[str, tuple[str, str]] = {
    "start": (
        "{data}: {pictures} pictures, {classes} classes, {held} for validation. {network}, {parameters} million learnt "
        "numbers, on {device}, threads: {threads}.",
        "{data} : {pictures} images, {classes} classes, {held} pour la validation. {network}, {parameters} millions de "
        "nombres appris, sur {device}, fils : {threads}.",
    ),
    "fresh": (
        "No pretrained weights were given: {network} starts from nothing (--pretrained FILE).",
        "Aucun poids préentraîné n'a été donné : {network} part de rien (--pretrained FICHIER).",
    ),
    "epoch": ("epoch {epoch}, loss {loss}, {left} left", "époque {epoch}, perte {loss}, encore {left}"),
    "validated": (
        "epoch {epoch}: mean IoU {miou}, pixel accuracy {accuracy}{best}",
        "époque {epoch} : IoU moyen {miou}, exactitude par pixel {accuracy}{best}",
    ),
    "best": (" (best so far, written)", " (le meilleur jusqu'ici, écrit)"),
    "stopped": (
        "Stopped after {minutes} of training, nothing is lost. Go on with: {command}",
        "Arrêté après {minutes} d'apprentissage, rien n'est perdu. Pour poursuivre : {command}",
    ),
    "trained": ("Trained: {weights}{score}. Curves: {curves}", "Appris : {weights}{score}. Courbes : {curves}"),
    "score": (", mean IoU {miou} on validation", ", IoU moyen {miou} en validation"),
    "asked": ("{done} of {total} pictures", "{done} images sur {total}"),
    "class": ("class", "classe"),
    "exported": (
        "{file}: {size}. On {count} random pictures no chance differs from torch by more than {difference}.",
        "{file} : {size}. Sur {count} images au hasard, aucune probabilité ne diffère de torch de plus de {difference}.",
    ),
    "shown": (
        "It was trained on pictures whose longest side has {longest} pixels: bring yours to that.",
        "Il a été entraîné sur des images dont le plus grand côté a {longest} pixels : ramenez-y les vôtres.",
    ),
    "report": ("Report: {file}", "Rapport : {file}"),
}


def say(key: str, language: str, **values: object) -> str:
    """A sentence of the table above; what is French in it is spaced as French print wants."""
    english, other = WORDS[key]
    return french(other).format(**values) if language == "fr" else english.format(**values)


def number(value: float, places: int, language: str) -> str:
    """With a decimal comma in French, a dash where there is none."""
    if value != value:  # noqa: PLR0124 - not a number
        return "–"
    text = f"{value:.{places}f}"
    return text.replace(".", ",") if language == "fr" else text


def duration(seconds: float) -> str:
    """`2 h 05 min`, `7 min` or `40 s`."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{max(0, round(seconds))} s"
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"


def trained_lines(trained: Trained, language: str = "en") -> list[str]:
    """How a training ended, and how to go on with one that was stopped."""
    if not trained.finished:
        return [say("stopped", language, minutes=duration(60 * trained.minutes), command=trained.again)]
    score = "" if trained.miou is None else say("score", language, miou=number(trained.miou, 3, language))
    curves = trained.weights.with_name("curves.png") if trained.weights else ""
    return [say("trained", language, weights=trained.weights, score=score, curves=curves)]


def exported_lines(told: dict[str, Any], language: str = "en") -> list[str]:
    """How large the file is, how near to torch, and at what size it wants pictures."""
    difference = f"{told['difference']:.1g}"
    size, count = readable(told["bytes"], language), len(told["pictures"])
    rows = [say("exported", language, file=told["file"], size=size, count=count, difference=difference)]
    return rows + ([say("shown", language, longest=told["longest"])] if told["longest"] else [])


def segmenter_lines(told: dict[str, Any], language: str = "en") -> list[str]:
    """The figures, the classes, and where the page is."""
    from safelight.learn.segment.report import WORDS as NAMES

    def name(key: str) -> str:
        return NAMES[key][1 if language == "fr" else 0]

    def shown(value: float | None) -> str:
        return number(float("nan") if value is None else value, 3, language)

    rows = [f"{name(key)}: {shown(told[key])}" for key in ("miou", "dice", "accuracy", "boundary_f1")]
    if language == "fr":
        rows = [row.replace(": ", "\u00a0: ", 1) for row in rows]
    columns = ("iou", "recall", "precision", "boundary_f1")
    wide = max(len(item["name"]) for item in told["classes"]) + 2
    rows.append(f"{say('class', language):<{wide}}" + "".join(f"{name(key):>17}" for key in columns))
    rows += [
        f"{item['name']:<{wide}}" + "".join(f"{shown(item[key]):>17}" for key in columns) for item in told["classes"]
    ]
    return rows + ([say("report", language, file=told["report"])] if "report" in told else [])
