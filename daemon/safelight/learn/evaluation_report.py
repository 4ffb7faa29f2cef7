"""An evaluation as files: `evaluation.csv` (a row a picture), `evaluation.json`, and one page to look at.

The page stands alone (small pictures are inside it): the figures, the confusion matrix, and the pictures judged wrong,
the surest mistakes first, with the reasons given.
"""

from __future__ import annotations

import base64
import csv
import html
import io
import json
from collections.abc import Sequence
from pathlib import Path

from safelight.files import write_through
from safelight.learn.evaluate import Evaluation, Judged
from safelight.model.errors import PictureError
from safelight.pictures.resize import thumbnail_jpeg

COLUMNS = ("file", "expected", "given", "right or wrong", "probability", "reason")
SHOWN = 60
"""Mistakes shown as pictures; the table has them all."""


def write(evaluation: Evaluation, folder: Path) -> None:
    """Write the three files into `folder`, which is made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    write_through(folder / "evaluation.csv", table(evaluation.files).encode("utf-8-sig"))
    write_through(folder / "evaluation.json", json.dumps(evaluation.to_json(), ensure_ascii=False, indent=1).encode())
    write_through(folder / "evaluation.html", page(evaluation).encode())


def table(files: Sequence[Judged]) -> str:
    """The rows as CSV; a picture that could not be judged has neither class nor probability, its reason says why."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for item in files:
        sure = f"{item.verdict.sure:.4f}" if item.verdict else ""
        right = "" if item.verdict is None else "right" if item.right else "wrong"
        writer.writerow([str(item.path), item.expected, item.given or "", right, sure, item.reason()])
    return buffer.getvalue()


def page(evaluation: Evaluation) -> str:
    """The page, as HTML."""
    figures = evaluation.figures
    head = "".join(f"<th>{name}</th>" for name in figures.classes)
    rows = "".join(
        f"<tr><th>{name}</th>" + "".join(f"<td>{count}</td>" for count in counts) + "</tr>"
        for name, counts in zip(figures.classes, figures.confusion, strict=True)
    )
    warned = "".join(f"<p class=warn>{html.escape(english)}</p>" for english, _ in evaluation.warnings)
    wrong = [item for item in evaluation.files if item.verdict is not None and not item.right]
    wrong.sort(key=lambda item: -(item.verdict.sure if item.verdict else 0.0))
    cards = "".join(_card(item) for item in wrong[:SHOWN])
    return f"""<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">
<title>Evaluation</title><style>
body{{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#222}}
td,th{{padding:.3rem 1rem;text-align:right}} .warn{{background:#fff3cd;padding:.5rem 1rem}}
.cards{{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1rem}}
.cards img{{width:100%;border-radius:4px}} .cards p{{margin:.2rem 0;font-size:.85rem}}
</style><h1>{figures.n} pictures, {figures.accuracy:.1%} right</h1>
<p>Balanced accuracy {figures.balanced_accuracy:.1%}; log loss {figures.log_loss:.3f} (answering the class shares:
{figures.log_loss_prior:.3f}); Brier {figures.brier:.3f} ({figures.brier_prior:.3f}).</p>{warned}
<table><tr><th>is ↓ given →</th>{head}</tr>{rows}</table>
<h2>Judged wrong, the surest first</h2><div class=cards>{cards}</div></html>"""


def _card(item: Judged) -> str:
    """One mistake: small picture, what it is, what was given, why."""
    try:
        data = thumbnail_jpeg(item.path.read_bytes(), 320)
    except (PictureError, OSError):
        data = b""
    picture = f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(data).decode()}">' if data else ""
    sure = f"{item.verdict.sure:.0%}" if item.verdict else ""
    words = f"{item.expected}, given {item.given} ({sure}): {item.reason()}"
    return f"<div>{picture}<p><b>{html.escape(item.path.name)}</b></p><p>{html.escape(words)}</p></div>"
