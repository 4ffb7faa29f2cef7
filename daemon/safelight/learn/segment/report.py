"""An evaluation as files: `evaluation.json`, and `evaluation.html`, one page to look at that stands alone.

The page says in one sentence what each figure means, shows the figures of every class and the worst pictures side by
side: the picture, what was drawn by hand, what the network said. English or French. It loads nothing and runs nothing.
"""

from __future__ import annotations

import base64
import html
import json
import math
from pathlib import Path

import cv2
import numpy as np

from safelight.files import write_through
from safelight.learn.segment.evaluate import Evaluation, Shown
from safelight.learn.segment.metrics import EXPLANATIONS
from safelight.pictures.formats import Image
from safelight.stages.networks.segmenters import ARCHITECTURES

WORDS: dict[str, tuple[str, str]] = {
    "title": ("{n} pictures, mean IoU {miou}", "{n} images, IoU moyen {miou}"),
    "lead": (
        "{file}: {network}, {parameters} learnt numbers, trained on {trained}. Asked about {data}{how}.",
        "{file}\u00a0: {network}, {parameters} nombres appris, entraîné sur {trained}. Interrogé sur {data}{how}.",
    ),
    "careful": (
        ", each picture at three scales and mirrored",
        ", chaque image à trois échelles et en miroir",
    ),
    "figure": ("figure", "mesure"),
    "value": ("value", "valeur"),
    "means": ("what it says", "ce qu'elle dit"),
    "class": ("class", "classe"),
    "share": ("of the pixels", "des pixels"),
    "miou": ("mean IoU", "IoU moyen"),
    "iou": ("IoU", "IoU"),
    "dice": ("Dice", "Dice"),
    "accuracy": ("pixel accuracy", "exactitude par pixel"),
    "recall": ("recall", "rappel"),
    "precision": ("precision", "précision"),
    "boundary_f1": ("boundary F1", "F1 des contours"),
    "by_class": ("Class by class", "Classe par classe"),
    "confused": ("What is taken for what", "Ce qui est pris pour quoi"),
    "confused_row": (
        "{share} of “{real}” is taken for “{said}”.",
        "{share} de «\u202f{real}\u202f» est pris pour «\u202f{said}\u202f».",
    ),
    "worst": ("The worst pictures", "Les images les moins bonnes"),
    "sides": (
        "Of neighbours in the list only one is shown. The picture, what was drawn by hand, what the network says; black is unlabelled and counts nowhere.",
        "De voisines dans la liste une seule est montrée. L'image, ce qui a été dessiné à la main, ce que dit le réseau\u202f; le noir n'est pas étiqueté et ne compte pas.",
    ),
    "no_figure": (
        "A dash: there is nothing to judge by (precision: never answered; recall: never labelled; else neither); it is left "
        "out of the means.",
        "Un tiret\u00a0: rien ne permet d'en juger (précision\u00a0: jamais répondue\u202f; rappel\u00a0: jamais étiquetée\u202f; sinon ni l'un "
        "ni l'autre)\u202f; la classe est laissée hors des moyennes.",
    ),
}
CONFUSED = 6
"""The largest confusions told in words."""
ACROSS = 480
"""Pixels across each of the three pictures of a row, at most."""


def write(evaluation: Evaluation, folder: Path, language: str = "en") -> None:
    """Write both files into `folder`, which is made when missing."""
    told = json.dumps(evaluation.to_json(), ensure_ascii=False, indent=1)
    write_through(folder / "evaluation.json", told.encode())
    write_through(folder / "evaluation.html", page(evaluation, language).encode())


def page(evaluation: Evaluation, language: str = "en") -> str:
    """The page, as HTML."""
    found, about = evaluation.measured, evaluation.about
    network = ARCHITECTURES[about.network]
    title = _say("title", language, n=len(found.pictures), miou=_share(found.miou, language))
    lead = _say(
        "lead", language, file=evaluation.file, network=network.fr if language == "fr" else network.en,
        parameters=_thousands(evaluation.parameters), trained=about.trained.get("data", "?"), data=evaluation.data,
        how=_say("careful", language) if evaluation.careful else "",
    )  # fmt: skip
    rows = "".join(
        f"<tr><th>{_word(key, language)}<td>{_share(value, language)}<td class=t>{_explained(key, language)}"
        for key, value in found.figures().items()
    )
    return f"""<!doctype html><html lang={language}><meta charset=utf-8>
<meta name=viewport content="width=device-width"><title>{html.escape(title)}</title><style>
body{{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#222;background:#fff}}
table{{border-collapse:collapse}} td,th{{padding:.3rem .9rem;text-align:right;border-bottom:1px solid #e4e4e4}}
th:first-child,.t{{text-align:left}} th{{font-weight:600}} .t{{color:#555;font-size:.9rem}} .wide{{overflow-x:auto}}
.chip{{display:inline-block;width:.9em;height:.9em;border-radius:2px;margin-right:.5em;border:1px solid #0003}}
.bar{{display:inline-block;height:.6em;background:#3b6ea5;margin-right:.5em}}
figure{{margin:1.5rem 0}} figure div{{display:grid;grid-template-columns:repeat(3,1fr);gap:.4rem}} img{{width:100%;display:block}}
figcaption{{font-size:.9rem;color:#444;margin-bottom:.3rem}} .key span{{margin-right:1.2rem;white-space:nowrap}}
@media(max-width:40rem){{figure div{{grid-template-columns:1fr}} td,th{{padding:.3rem .4rem}}}}
</style><h1>{html.escape(title)}</h1><p>{html.escape(lead)}</p>
<table><tr><th>{_word("figure", language)}<th>{_word("value", language)}<th class=t>{_word("means", language)}{rows}</table>
<h2>{_word("by_class", language)}</h2><div class=wide>{_classes(evaluation, language)}</div>
{_confused(evaluation, language)}
<h2>{_word("worst", language)}</h2><p>{_word("sides", language)}</p><p class=key>{_key(evaluation)}</p>
{"".join(_row(evaluation, item, language) for item in evaluation.worst)}</html>"""


def _classes(evaluation: Evaluation, language: str) -> str:
    """One line a class, the figures as numbers and IoU as a bar; below what the columns mean."""
    found = evaluation.measured
    table = found.table()
    pixels = found.counts.sum(1)
    head = "".join(f"<th>{_word(key, language)}" for key in table)
    rows = []
    for index, name in enumerate(found.classes):
        red, green, blue = evaluation.classes.colours[index]
        share = _share(pixels[index] / max(1, pixels.sum()), language)
        cells = "".join(
            f"<td>{_bar(float(values[index])) if key == 'iou' else ''}{_share(float(values[index]), language)}"
            for key, values in table.items()
        )
        chip = f'<span class=chip style="background:rgb({red},{green},{blue})"></span>'
        rows.append(f"<tr><th>{chip}{html.escape(name)}<td>{share}{cells}")
    told = [f"<li>{_explained(key, language)}" for key in table if key not in found.figures()]
    missing = f"<li>{_word('no_figure', language)}" if any(np.isnan(values).any() for values in table.values()) else ""
    return (
        f"<table><tr><th>{_word('class', language)}<th>{_word('share', language)}{head}{''.join(rows)}</table>"
        f"<ul class=t>{''.join(told)}{missing}</ul>"
    )


def _bar(value: float) -> str:
    return "" if math.isnan(value) else f'<span class=bar style="width:{5 * value:.2f}em"></span>'


def _confused(evaluation: Evaluation, language: str) -> str:
    """The largest confusions in words: shares of a class that are taken for another."""
    counts, names = evaluation.measured.counts, evaluation.measured.classes
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    np.fill_diagonal(shares, 0)
    order = np.argsort(-shares, axis=None)[:CONFUSED]
    rows = []
    for place in order:
        real, said = divmod(int(place), len(names))
        if shares[real, said] >= 0.05:
            share = _share(float(shares[real, said]), language)
            rows.append(
                f"<li>{html.escape(_say('confused_row', language, share=share, real=names[real], said=names[said]))}"
            )
    return f"<h2>{_word('confused', language)}</h2><ul>{''.join(rows)}</ul>" if rows else ""


def _key(evaluation: Evaluation) -> str:
    pairs = zip(evaluation.classes.names, evaluation.classes.colours, strict=True)
    return " ".join(
        f'<span><span class=chip style="background:rgb{colour}"></span>{html.escape(name)}</span>'
        for name, colour in pairs
    )


def _row(evaluation: Evaluation, item: Shown, language: str) -> str:
    sides = (item.image, evaluation.classes.paint(item.truth), evaluation.classes.paint(item.answer))
    pictures = "".join(
        f'<img alt="" src="data:image/{kind};base64,{base64.b64encode(_encoded(side, kind)).decode()}">'
        for side, kind in zip(sides, ("jpeg", "png", "png"), strict=True)
    )
    words = f"{item.id}: IoU {_share(item.miou, language)}"
    return f"<figure><figcaption>{html.escape(words)}</figcaption><div>{pictures}</div></figure>"


def _encoded(image: Image, kind: str) -> bytes:
    scale = min(1.0, ACROSS / image.shape[1])
    if scale < 1:
        how = cv2.INTER_AREA if kind == "jpeg" else cv2.INTER_NEAREST
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=how)
    return bytes(cv2.imencode(f".{kind}", np.ascontiguousarray(image[..., ::-1]))[1])


def _say(key: str, language: str, **values: object) -> str:
    return WORDS[key][1 if language == "fr" else 0].format(**values)


def _word(key: str, language: str) -> str:
    return html.escape(_say(key, language), quote=False)


def _explained(key: str, language: str) -> str:
    return html.escape(EXPLANATIONS[key][1 if language == "fr" else 0], quote=False)


def _share(value: float, language: str) -> str:
    """As a percentage, or a dash where there is no figure."""
    if math.isnan(value):
        return "–"
    text = f"{100 * value:.1f}"
    return text.replace(".", ",") + "\u202f%" if language == "fr" else text + "%"


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
