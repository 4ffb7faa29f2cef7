"""Training data as people ask about it: what is in a folder and what is wrong with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from safelight.app.around import Audience
from safelight.model.typography import french

if TYPE_CHECKING:
    from safelight.learn.data.check import Report

_EVERY = 2.0  # seconds between two signs of life
WORDS: dict[str, tuple[str, str]] = {
    "progress": ("{done} of {total} pictures, {left} s left", "{done} images sur {total}, encore {left} s"),
    "head": ("{folder} ({format})", "{folder} ({format})"),
    "class": ("class", "classe"),
    "whole": ("all", "tout"),
    "pictures": ("pictures", "images"),
    "unlabelled": ("(unlabelled)", "(sans étiquette)"),
    "sizes": ("{part}: {sizes}", "{part} : {sizes}"),
    "size": ("{count} of {width} × {height}", "{count} en {width} × {height}"),
    "more": ("{count} of {kinds} other sizes", "{count} en {kinds} autres tailles"),
    "absent": ("In none of the pictures: {names}.", "Dans aucune image : {names}."),
    "problems": ("{count} problems stop a training:", "{count} problèmes empêchent un apprentissage :"),
    "problem": ("1 problem stops a training:", "1 problème empêche un apprentissage :"),
    "remarks": ("{count} remarks:", "{count} remarques :"),
    "remark": ("1 remark:", "1 remarque :"),
    "right": ("Nothing wrong found.", "Rien d'anormal."),
}


def check_data(
    folder: Path, form: str, audience: Audience, language: str = "en", clock: Callable[[], float] = time.monotonic
) -> Report:
    """Everything that is in a folder of training data and wrong with it; raises DataError where nothing can be checked."""
    from safelight.learn.data.check import check_folder

    started = told = clock()

    def progress(done: int, total: int) -> None:
        nonlocal told
        if clock() - told >= _EVERY:
            told = clock()
            left = (told - started) / done * (total - done)
            audience.say(_say("progress", language, done=done, total=total, left=f"{left:.0f}"))

    return check_folder(folder, form, progress)


def data_lines(report: Report, language: str = "en") -> list[str]:
    """The report for people: a table of classes by part, sizes, then every problem and remark."""
    lines = [_say("head", language, folder=report.folder, format=report.format)]
    if report.parts:
        lines += ["", *_table(report, language), "", *_sizes(report, language)]
    problems = [fault for fault in report.problems if fault.stops]
    remarks = [fault for fault in report.problems if not fault.stops]
    for word, faults in (("problem", problems), ("remark", remarks)):
        lines += _listed(word, [_short(fault.say(language), report.folder) for fault in faults], language)
    return lines if report.problems else [*lines, "", _say("right", language)]


def _say(word: str, language: str, **values: object) -> str:
    text = WORDS[word][1 if language == "fr" else 0].format(**values)
    return french(text) if language == "fr" else text


def _table(report: Report, language: str) -> list[str]:
    parts = report.parts
    names = [name for name in parts[0].pixels if any(part.pixels[name] for part in parts)]
    rows = [[_say("class", language), *(part.name or _say("whole", language) for part in parts)]]
    rows.append([_say("pictures", language), *(str(part.pictures) for part in parts)])
    rows += [[name, *(_percent(part.share(name), language) for part in parts)] for name in names]
    void = [part.void / max(1, part.void + sum(part.pixels.values())) for part in parts]
    rows.append([_say("unlabelled", language), *(_percent(share, language) for share in void)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(parts) + 1)]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    absent = [name for name in parts[0].pixels if name not in names]
    return [*lines, *([_say("absent", language, names=", ".join(absent))] if absent else [])]


def _sizes(report: Report, language: str) -> list[str]:
    lines = []
    for part in report.parts:
        common = part.sizes.most_common(3)
        told = [_say("size", language, count=count, width=wide, height=tall) for (wide, tall), count in common]
        rest = part.sizes.total() - sum(count for _, count in common)
        if rest:
            told.append(_say("more", language, count=rest, kinds=len(part.sizes) - len(common)))
        if told:
            lines.append(_say("sizes", language, part=part.name or _say("whole", language), sizes=", ".join(told)))
    return lines


def _listed(word: str, told: list[str], language: str) -> list[str]:
    if not told:
        return []
    head = _say(word if len(told) == 1 else f"{word}s", language, count=len(told))
    return ["", head, *(f"- {line}" for line in told)]


def _short(text: str, folder: str) -> str:
    """Files as seen from the folder, which stands above."""
    return text.replace(folder.rstrip("/") + "/", "")


def _percent(share: float, language: str) -> str:
    """`12.3 %`; a share too small to show is told from none."""
    text = "< 0.1 %" if 0 < share < 0.0005 else f"{100 * share:.1f} %"
    return french(text.replace(".", ",")) if language == "fr" else text
