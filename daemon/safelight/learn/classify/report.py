"""An evaluation as files: evaluation.csv (a row a picture), evaluation.json, evaluation.html, one page that stands alone.

The page says of each figure in one sentence what it means and what it must beat, draws reliability, errors against answers
and margins, shows the pictures most wrong, least sure and most surely right, where in them a network saw what it gave, and what
it looks for. English or French; it loads nothing.
"""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from safelight.files import write_through
from safelight.learn.classify import plots
from safelight.learn.classify.attention import overlay
from safelight.learn.classify.dreams import Dream
from safelight.learn.classify.evaluate import Evaluation
from safelight.learn.classify.measures import Answers, calibration, measure, risk_coverage
from safelight.learn.classify.report_words import SENTENCES, STYLE, WORDS, embedded, number, percent
from safelight.model.errors import PictureError
from safelight.pictures.resize import fit, thumbnail

COLUMNS = ("file", "expected", "given", "right or wrong", "probability", "margin", "reason")
SHOWN = 12
WIDE, SEEN = 280, 560
"""Pixels on the longer side of a picture on the page, and of one that a network is shown once more."""


def write(found: Evaluation, folder: Path, language: str = "en", dreams: Sequence[Dream] = ()) -> None:
    """Write the three files into `folder`, which is made when missing; `dreams`: what the network looks for, if it was asked."""
    folder.mkdir(parents=True, exist_ok=True)
    write_through(folder / "evaluation.csv", table(found).encode("utf-8-sig"))
    write_through(folder / "evaluation.json", json.dumps(found.to_json(), ensure_ascii=False, indent=1).encode())
    write_through(folder / "evaluation.html", page(found, language, dreams).encode())


def table(found: Evaluation) -> str:
    """The rows as CSV; files that could not be read come last, with the reason."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    answers = found.answers
    for row, path in enumerate(found.paths):
        writer.writerow([
            str(path), answers.classes[answers.truth[row]], answers.classes[answers.given[row]],
            "right" if answers.right[row] else "wrong", f"{answers.sure[row]:.4f}", f"{answers.margins[row]:.4f}", found.reasons[row],
        ])  # fmt: skip
    writer.writerows([str(path), "", "", "", "", "", why] for path, why in found.unreadable)
    return buffer.getvalue()


def page(found: Evaluation, language: str = "en", dreams: Sequence[Dream] = ()) -> str:
    """The page, as HTML."""
    answers, figures = found.answers, found.figures
    french = language == "fr"
    title = _say("title", language, n=figures.n, rate=percent(figures.accuracy, language))
    lead = _say("lead", language, name=found.name, folder=found.folder)
    warned = "".join(f"<p class=warn>{html.escape(pair[french])}</p>" for pair in found.warnings)
    wrong = [row for row in np.argsort(answers.margins, kind="stable") if not answers.right[row]]
    doubt = list(np.argsort(answers.sure, kind="stable"))
    right = [row for row in np.argsort(-answers.margins, kind="stable") if answers.right[row]]
    shown = "".join(
        f"<h2>{_word(key, language)}</h2><div class='cards{' two' if found.eyes else ''}'>{_cards(found, rows[:SHOWN], language)}</div>"
        for key, rows in (("wrong", wrong), ("doubt", doubt), ("right", right))
        if len(rows)
    )
    return f"""<!doctype html><html lang={language}><meta charset=utf-8><meta name=viewport content="width=device-width">
<title>{html.escape(title)}</title><style>{STYLE}</style><h1>{html.escape(title)}</h1><p>{html.escape(lead)}</p>{warned}
<div class=wide>{_figures(found, language)}</div>
<h2>{_word("confusion", language)}</h2><div class=wide>{_confusion(found, language)}</div>
<h2>{_word("plots", language)}</h2><div class=plots>{_plots(found, language)}</div>{_dreams(dreams, language)}{_seen(found, language)}{shown}</html>"""


def _figures(found: Evaluation, language: str) -> str:
    """A row a figure: value, interval or what it must beat, with ten looks, its sentence."""
    one = found.figures
    many = None if found.many is None else measure(found.many)

    def share(value: float) -> str:
        return percent(value, language)

    def plain(value: float) -> str:
        return number(value, language)

    rows = [
        ("accuracy", share, one.accuracy, many and many.accuracy, _range(one.accuracy_95, language)),
        ("balanced", share, one.balanced, many and many.balanced, _range(one.balanced_95, language)),
        ("macro_f1", share, one.macro_f1, many and many.macro_f1, ""),
        ("log_loss", plain, one.log_loss, many and many.log_loss, _beat(one.log_loss_prior, language)),
        ("brier", plain, one.brier, many and many.brier, _beat(one.brier_prior, language)),
        ("calibration", plain, one.calibration, many and many.calibration, ""),
    ]
    cells = "".join(
        f"<tr><th>{_word(key, language)}<td>{form(value)}"
        + ("" if many is None else f"<td>{form(other or 0.0)}")
        + f"<td>{aside}<td class=t>{html.escape(SENTENCES[key][language == 'fr'])}"
        for key, form, value, other, aside in rows
    )
    if found.chance is not None:
        cells += _chance(found.chance, many is not None, language)
    head = f"<th>{_word('value', language)}" + ("" if many is None else f"<th>{_word('ten', language)}")
    timed = (
        ""
        if np.isnan(found.seconds)
        else html.escape(_say("time", language, ms=number(1000 * found.seconds, language, 1)))
    )
    return f"<table class=facts><tr><th>{_word('figure', language)}{head}<th><th class=t>{_word('means', language)}{cells}</table><p>{timed}</p>"


def _confusion(found: Evaluation, language: str) -> str:
    """Rows are what a picture is, columns what it was given; with recall and the margin's mean and variance."""
    figures, classes = found.figures, found.answers.classes
    head = "".join(f"<th>{html.escape(name)}" for name in classes)
    rows = []
    for row, name in enumerate(classes):
        cells = "".join(
            f"<td class={'yes' if row == other else 'no' if count else 'z'}>{count}"
            for other, count in enumerate(figures.confusion[row])
        )
        mean, variance = figures.margins[row]
        told = f"<td>{percent(figures.recall[row], language)}<td>{number(mean, language, 2)}<td>{number(variance, language)}"
        rows.append(f"<tr><th>{html.escape(name)}{cells}{told}")
    more = "".join(f"<th>{_word(key, language)}" for key in ("recall", "margin_mean", "margin_variance"))
    explained = html.escape(SENTENCES["margin"][language == "fr"])
    return f"<table><tr><th>{_word('corner', language)}{head}{more}{''.join(rows)}</table><p class=t>{explained}</p>"


def _plots(found: Evaluation, language: str) -> str:
    answers = found.answers
    by_class = [(name, answers.margins[answers.truth == i].tolist()) for i, name in enumerate(answers.classes)][:8]
    drawn = [
        (
            "reliability",
            plots.reliability(calibration(answers)[1], _say("reliability", language), _say("sure_axis", language)),
        ),
        ("risk", plots.risk(risk_coverage(answers), _say("risk", language), _say("coverage_axis", language))),
        ("margins", plots.margins(by_class, _say("margins", language))),
    ]
    return "".join(
        f"<figure>{svg}<figcaption>{html.escape(SENTENCES[key][language == 'fr'])}</figcaption></figure>"
        for key, svg in drawn
    )


def _cards(found: Evaluation, rows: Sequence[int], language: str) -> str:
    return "".join(_card(found, int(row), language) for row in rows)


def _card(found: Evaluation, row: int, language: str) -> str:
    """One picture: what it is, what was given, how sure, why; with eyes also where that was seen."""
    answers, path = found.answers, found.paths[row]
    given, other = int(answers.given[row]), rival(answers, row)
    try:
        image = thumbnail(path.read_bytes(), SEEN if found.eyes else WIDE)
    except (PictureError, OSError):
        pictures = ""
    else:
        shown = [image] if found.eyes is None else [image, overlay(image, found.eyes.evidence(image, given, other))]
        pictures = "".join(f'<img alt="" src="{embedded(fit(picture, WIDE))}">' for picture in shown)
    key = "card_right" if answers.right[row] else "card_wrong"
    said = _say(
        key, language, real=answers.classes[answers.truth[row]], given=answers.classes[given],
        sure=percent(float(answers.sure[row]), language, 0), other=answers.classes[other],
        rest=percent(float(answers.shares[row, other]), language, 0),
    )  # fmt: skip
    why = f"<p>{html.escape(found.reasons[row])}</p>" if found.reasons[row] else ""
    return f"<div><div class=pair>{pictures}</div><p><b>{html.escape(path.name)}</b></p><p>{html.escape(said)}</p>{why}</div>"


def rival(answers: Answers, row: int) -> int:
    """The class that the one given is weighed against: the true one where the answer is wrong, else the next likeliest."""
    if not answers.right[row]:
        return int(answers.truth[row])
    shares = answers.shares[row].copy()
    shares[answers.given[row]] = -1.0
    return int(shares.argmax())


def _chance(chance: tuple[float, float], many: bool, language: str) -> str:
    """Rows of the untrained network: what chance reaches, on the pictures held out of its training."""
    told = html.escape(SENTENCES["chance"][language == "fr"])
    wide = "<td>" * (2 if many else 1)
    return "".join(
        f"<tr><th>{_word(f'chance_{key}', language)}<td>{percent(value, language)}{wide}<td class=t>{told if key == 'accuracy' else ''}"
        for key, value in zip(("accuracy", "balanced"), chance, strict=True)
    )


def _seen(found: Evaluation, language: str) -> str:
    """How the overlays of the cards are read."""
    if found.eyes is None:
        return ""
    return f"<h2>{_word('seen', language)}</h2><p class=t>{html.escape(SENTENCES['seen'][language == 'fr'])}</p>"


def _dreams(dreams: Sequence[Dream], language: str) -> str:
    """What the network looks for, a picture a class."""
    if not dreams:
        return ""
    cards = "".join(
        f'<div><img alt="" src="{embedded(dream.pixels)}"><p><b>{html.escape(dream.name)}</b></p><p>'
        + html.escape(
            _say("dreamt", language, before=percent(dream.before, language, 0), after=percent(dream.after, language, 0))
        )
        + "</p></div>"
        for dream in dreams
    )
    told = html.escape(SENTENCES["dreams"][language == "fr"])
    return f"<h2>{_word('dreams', language)}</h2><p class=t>{told}</p><div class=cards>{cards}</div>"


def _say(key: str, language: str, **values: object) -> str:
    return WORDS[key][language == "fr"].format(**values)


def _word(key: str, language: str) -> str:
    return html.escape(_say(key, language), quote=False)


def _range(ends: tuple[float, float], language: str) -> str:
    return _say("interval", language, low=percent(ends[0], language), high=percent(ends[1], language))


def _beat(prior: float, language: str) -> str:
    return _say("beat", language, prior=number(prior, language))
