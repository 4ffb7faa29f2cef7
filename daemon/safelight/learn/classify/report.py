"""An evaluation as files: evaluation.csv (a row a picture), evaluation.json, evaluation.html, one page that stands alone.

The page says of each figure in one sentence what it means and what it must beat, draws reliability, errors against answers
and margins, and shows the pictures most wrong, least sure and most surely right. English or French; it loads nothing.
"""

from __future__ import annotations

import base64
import csv
import html
import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from safelight.files import write_through
from safelight.learn.classify import plots
from safelight.learn.classify.evaluate import Evaluation
from safelight.learn.classify.measures import calibration, measure, risk_coverage
from safelight.learn.classify.report_words import SENTENCES, WORDS
from safelight.model.errors import PictureError
from safelight.pictures.resize import thumbnail_jpeg

COLUMNS = ("file", "expected", "given", "right or wrong", "probability", "margin", "reason")
SHOWN = 12
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#222;background:#fff}
table{border-collapse:collapse} td,th{padding:.3rem .9rem;text-align:right;border-bottom:1px solid #e4e4e4;white-space:nowrap}
th:first-child,.t{text-align:left} .t{color:#555;font-size:.9rem;white-space:normal} .warn{background:#fff3cd;padding:.5rem 1rem}
.wide{overflow-x:auto} .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:1rem}
.plots figure{margin:0} figcaption{font-size:.9rem;color:#444} svg{width:100%;height:auto}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:1rem} .cards img{width:100%;border-radius:4px}
.cards p{margin:.2rem 0;font-size:.85rem;overflow-wrap:anywhere} .yes{background:#e7f1e7} .no{background:#fbe9e2}
@media(max-width:40rem){td,th{padding:.3rem .4rem}}
"""


def write(found: Evaluation, folder: Path, language: str = "en") -> None:
    """Write the three files into `folder`, which is made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    write_through(folder / "evaluation.csv", table(found).encode("utf-8-sig"))
    write_through(folder / "evaluation.json", json.dumps(found.to_json(), ensure_ascii=False, indent=1).encode())
    write_through(folder / "evaluation.html", page(found, language).encode())


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


def page(found: Evaluation, language: str = "en") -> str:
    """The page, as HTML."""
    answers, figures = found.answers, found.figures
    french = language == "fr"
    title = _say("title", language, n=figures.n, rate=_percent(figures.accuracy, language))
    lead = _say("lead", language, name=found.name, folder=found.folder)
    warned = "".join(f"<p class=warn>{html.escape(pair[french])}</p>" for pair in found.warnings)
    wrong = [row for row in np.argsort(answers.margins, kind="stable") if not answers.right[row]]
    doubt = list(np.argsort(answers.sure, kind="stable"))
    right = [row for row in np.argsort(-answers.margins, kind="stable") if answers.right[row]]
    shown = "".join(
        f"<h2>{_word(key, language)}</h2><div class=cards>{_cards(found, rows[:SHOWN], language)}</div>"
        for key, rows in (("wrong", wrong), ("doubt", doubt), ("right", right))
        if len(rows)
    )
    return f"""<!doctype html><html lang={language}><meta charset=utf-8><meta name=viewport content="width=device-width">
<title>{html.escape(title)}</title><style>{STYLE}</style><h1>{html.escape(title)}</h1><p>{html.escape(lead)}</p>{warned}
<div class=wide>{_figures(found, language)}</div>
<h2>{_word("confusion", language)}</h2><div class=wide>{_confusion(found, language)}</div>
<h2>{_word("plots", language)}</h2><div class=plots>{_plots(found, language)}</div>{shown}</html>"""


def _figures(found: Evaluation, language: str) -> str:
    """A row a figure: value, interval or what it must beat, with ten looks, its sentence."""
    one = found.figures
    many = None if found.many is None else measure(found.many)

    def share(value: float) -> str:
        return _percent(value, language)

    def number(value: float) -> str:
        return _number(value, language)

    rows = [
        ("accuracy", share, one.accuracy, many and many.accuracy, _range(one.accuracy_95, language)),
        ("balanced", share, one.balanced, many and many.balanced, _range(one.balanced_95, language)),
        ("macro_f1", share, one.macro_f1, many and many.macro_f1, ""),
        ("log_loss", number, one.log_loss, many and many.log_loss, _beat(one.log_loss_prior, language)),
        ("brier", number, one.brier, many and many.brier, _beat(one.brier_prior, language)),
        ("calibration", number, one.calibration, many and many.calibration, ""),
    ]
    cells = "".join(
        f"<tr><th>{_word(key, language)}<td>{form(value)}"
        + ("" if many is None else f"<td>{form(other or 0.0)}")
        + f"<td>{aside}<td class=t>{html.escape(SENTENCES[key][language == 'fr'])}"
        for key, form, value, other, aside in rows
    )
    head = f"<th>{_word('value', language)}" + ("" if many is None else f"<th>{_word('ten', language)}")
    timed = (
        ""
        if np.isnan(found.seconds)
        else html.escape(_say("time", language, ms=_number(1000 * found.seconds, language, 1)))
    )
    return f"<table><tr><th>{_word('figure', language)}{head}<th><th class=t>{_word('means', language)}{cells}</table><p>{timed}</p>"


def _confusion(found: Evaluation, language: str) -> str:
    """Rows are what a picture is, columns what it was given; with recall and the margin's mean and variance."""
    figures, classes = found.figures, found.answers.classes
    head = "".join(f"<th>{html.escape(name)}" for name in classes)
    rows = []
    for number, name in enumerate(classes):
        cells = "".join(
            f"<td class={'yes' if number == other else 'no' if count else 'z'}>{count}"
            for other, count in enumerate(figures.confusion[number])
        )
        mean, variance = figures.margins[number]
        told = f"<td>{_percent(figures.recall[number], language)}<td>{_number(mean, language, 2)}<td>{_number(variance, language)}"
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
    """One picture: what it is, what was given, how sure, why."""
    answers, path = found.answers, found.paths[row]
    try:
        data = thumbnail_jpeg(path.read_bytes(), 280)
    except (PictureError, OSError):
        data = b""
    picture = f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(data).decode()}">' if data else ""
    key = "card_right" if answers.right[row] else "card_wrong"
    said = _say(
        key, language, real=answers.classes[answers.truth[row]], given=answers.classes[answers.given[row]],
        sure=_percent(float(answers.sure[row]), language, 0),
    )  # fmt: skip
    why = f"<p>{html.escape(found.reasons[row])}</p>" if found.reasons[row] else ""
    return f"<div>{picture}<p><b>{html.escape(path.name)}</b></p><p>{html.escape(said)}</p>{why}</div>"


def _say(key: str, language: str, **values: object) -> str:
    return WORDS[key][language == "fr"].format(**values)


def _word(key: str, language: str) -> str:
    return html.escape(_say(key, language), quote=False)


def _percent(value: float, language: str, places: int = 1) -> str:
    if np.isnan(value):
        return "–"
    text = f"{100 * value:.{places}f}"
    return text.replace(".", ",") + "\u202f%" if language == "fr" else text + "%"


def _number(value: float, language: str, places: int = 3) -> str:
    if np.isnan(value):
        return "–"
    text = f"{value:.{places}f}"
    return text.replace(".", ",") if language == "fr" else text


def _range(ends: tuple[float, float], language: str) -> str:
    return _say("interval", language, low=_percent(ends[0], language), high=_percent(ends[1], language))


def _beat(prior: float, language: str) -> str:
    return _say("beat", language, prior=_number(prior, language))
