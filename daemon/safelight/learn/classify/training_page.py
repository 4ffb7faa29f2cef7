"""What a training was, as one page that stands alone: curves by step, layers, settings, one photo under each augmentation.

It is written when a training ends or stops, from what the training holds; English or French; it loads nothing. It shows one of
the pictures that were learnt from.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from safelight.files import write_through
from safelight.learn.classify import plots
from safelight.learn.classify.augment import AUGMENTATIONS
from safelight.learn.classify.report_words import STYLE, embedded, number, percent
from safelight.learn.classify.sheets import Sheet, sheets
from safelight.learn.classify.training import Training
from safelight.learn.classify.training_words import SETTINGS, WORDS
from safelight.model.typography import typeset
from safelight.stages.networks.classifiers import layers

NAME = "training.html"
MORE = """
.sheet{display:flex;gap:.5rem;align-items:center;margin:.5rem 0;padding-left:.6rem;border-left:4px solid #e4e4e4}
.sheet.used{border-color:#3c8c46} .sheet div{flex:0 0 15rem;font-size:.9rem} .sheet span{display:flex;gap:.4rem;flex-wrap:wrap}
.sheet img{width:96px;height:96px;image-rendering:auto;border-radius:3px}
@media(max-width:40rem){.sheet{display:block}.sheet img{width:72px;height:72px}}
"""


def write(training: Training, language: str = "en") -> Path:
    """Write the page into the training's folder; returns it. The training has a history (it ran)."""
    path = training.folder / NAME
    write_through(path, page(training, language).encode())
    return path


def page(training: Training, language: str = "en") -> str:
    """The page, as HTML."""
    best = training.history[training.best_epoch] if training.best_epoch else training.history[-1]
    title = _say("title", language, folder=training.labels.folder.name, rate=percent(best["accuracy"], language))
    lead = _say(
        "lead", language, kept=len(training.kept), held=len(training.held), classes=", ".join(training.labels.classes),
        best=best["epoch"], epochs=training.epoch, minutes=number(training.spent / 60, language, 1),
    )  # fmt: skip
    unfinished = "" if training.ended else f"<p class=warn>{_word('unfinished', language)}</p>"
    return f"""<!doctype html><html lang={language}><meta charset=utf-8><meta name=viewport content="width=device-width">
<title>{html.escape(title)}</title><style>{STYLE}{MORE}</style><h1>{html.escape(title)}</h1><p>{html.escape(lead)}</p>{unfinished}
<div class=wide>{_scores(training, best, language)}</div>
<h2>{_word("curves", language)}</h2><div class=plots>{_curves(training, language)}</div>
<h2>{_word("layers", language)}</h2>{_layers(training, language)}
<h2>{_word("settings", language)}</h2><div class=wide>{_settings(training, language)}</div>
<h2>{_word("sheets", language)}</h2>{_sheets(training, language)}</html>"""


def _scores(training: Training, best: dict[str, float], language: str) -> str:
    """What the untrained network reaches, and the best epoch."""
    rows = "".join(
        f"<tr><th>{_word(key, language)}<td>{percent(row['accuracy'], language)}<td>{percent(row['balanced'], language)}"
        f"<td>{number(row['validation_loss'], language)}"
        for key, row in (("untrained", training.history[0]), ("best", best))
    )
    head = "".join(f"<th>{_word(key, language)}" for key in ("rate", "balanced", "loss"))
    return f"<table><tr><th>{head}{rows}</table>"


def _curves(training: Training, language: str) -> str:
    losses = training.losses
    per_epoch = len(losses) / max(1, training.epoch)
    places = [(row["epoch"] * per_epoch, row) for row in training.history]
    held = [(at, float(row["validation_loss"])) for at, row in places]
    lines = [(_say("held", language), plots.ORANGE, held)]
    if losses:
        lines.insert(0, (_say("each", language), plots.PALE, thinned(list(enumerate(losses, 1)))))
        lines.insert(1, (_say("mean", language), plots.BLUE, thinned(running(losses, max(1, round(per_epoch))))))
    # One bad step must not press everything else flat.
    top = plots.round_up(max(1.25 * float(np.quantile([*losses, held[0][1]], 0.98)), min(y for _, y in held)))
    scores = [
        (_say(key, language), colour, [(at, 100 * row[name]) for at, row in places])
        for key, name, colour in (("rate", "accuracy", plots.GREEN), ("balanced", "balanced", plots.ORANGE))
    ]
    drawn = (
        (plots.curves(lines, _say("loss_title", language), _say("steps", language), top), "loss"),
        (plots.curves(scores, _say("score_title", language), _say("steps", language), 100.0), "score"),
    )
    return "".join(
        f"<figure><figcaption><b>{_word(key + '_title', language)}</b></figcaption>{svg}"
        f"<figcaption>{_word(key + '_told', language)}</figcaption></figure>"
        for svg, key in drawn
    )


def running(values: Sequence[float], width: int) -> list[tuple[float, float]]:
    """[(step, mean of the last `width` values)], from the first step on."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(0, ends - width)
    means = (total[ends] - total[starts]) / (ends - starts)
    return [(float(end), float(mean)) for end, mean in zip(ends, means, strict=True)]


def thinned(points: Sequence[tuple[float, float]], most: int = 1500) -> list[tuple[float, float]]:
    """At most about so many of the points, first and last among them: a curve of a page holds no more."""
    kept = list(points[:: max(1, len(points) // most)])
    return kept if not points or kept[-1] == points[-1] else [*kept, points[-1]]


def _layers(training: Training, language: str) -> str:
    rows = layers(training.net, training.settings.size)
    total = max(1, sum(count for *_, count in rows))
    learnt = sum(value.numel() for value in training.net.parameters() if value.requires_grad)
    told = _say("layers_told", language, total=_count(total), learnt=_count(learnt))
    cells = "".join(
        f"<tr><td class=t>{html.escape(name)}<td class=t>{kind}<td>{shape}<td>{_count(count)}<td>{percent(count / total, language)}"
        for name, kind, shape, count in rows
    )
    head = f"<th>{_word('layer', language)}<th class=t>{_word('kind', language)}"
    head += "".join(f"<th>{_word(key, language)}" for key in ("shape", "numbers", "share"))
    return f"<p>{html.escape(told)}</p><div class=wide><table><tr>{head}{cells}</table></div>"


def _settings(training: Training, language: str) -> str:
    rows = []
    for key, value in training.settings.to_json().items():
        shown = ", ".join(value) or "–" if isinstance(value, list) else _plain(value, language)
        rows.append(f"<tr><th>{key}<td>{html.escape(shown)}<td class=t>{html.escape(SETTINGS[key][language == 'fr'])}")
    return f"<table class=facts>{''.join(rows)}</table>"


def _plain(value: object, language: str) -> str:
    if isinstance(value, bool):
        return (("no", "yes"), ("non", "oui"))[language == "fr"][value]
    return str(value).replace(".", ",") if language == "fr" and isinstance(value, float) else str(value)


def _sheets(training: Training, language: str) -> str:
    settings = training.settings
    item = training.labels.pictures[training.kept[0]]
    told = html.escape(_say("sheets_told", language, name=item.path.name))
    found = sheets(item.pixels, settings.size, settings.augment, settings.crop)
    return f"<p>{told}</p>" + "".join(_sheet(row, language) for row in found)


def _sheet(row: Sheet, language: str) -> str:
    sentence = (
        AUGMENTATIONS[row.name][language == "fr"] if row.name in AUGMENTATIONS else _say(f"{row.name}_told", language)
    )
    sentence = typeset(sentence) if language == "fr" else sentence
    pictures = "".join(f'<img alt="" src="{embedded(look)}">' for look in row.looks)
    return (
        f"<div class='sheet{' used' if row.used else ''}'><div><b>{_word(row.name, language)}</b><br>{html.escape(sentence)}</div>"
        f"<span>{pictures}</span></div>"
    )


def _count(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f")


def _say(key: str, language: str, **values: object) -> str:
    return WORDS[key][language == "fr"].format(**values)


def _word(key: str, language: str) -> str:
    return html.escape(_say(key, language), quote=False)
