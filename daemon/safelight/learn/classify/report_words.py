"""The words of the report of a classifier, (English, French), and how its pages write numbers and hold pictures."""

from __future__ import annotations

import base64
import math

from safelight.model.typography import typeset
from safelight.pictures.encode import jpeg
from safelight.pictures.formats import Image

Pairs = dict[str, tuple[str, str]]


def spaced(words: Pairs) -> Pairs:
    """The French of each pair with the spaces of French print."""
    return {key: (english, typeset(other)) for key, (english, other) in words.items()}


STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#222;background:#fff}
table{border-collapse:collapse} td,th{padding:.3rem .9rem;text-align:right;border-bottom:1px solid #e4e4e4;white-space:nowrap}
th:first-child,.t{text-align:left} .t{color:#555;font-size:.9rem;white-space:normal} .warn{background:#fff3cd;padding:.5rem 1rem}
.wide{overflow-x:auto} .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:1rem}
.plots figure{margin:0} figcaption{font-size:.9rem;color:#444} svg{width:100%;height:auto}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:1rem} .cards img{width:100%;border-radius:4px}

.cards.two{grid-template-columns:repeat(auto-fill,minmax(17rem,1fr))} .pair{display:flex;gap:.3rem} .pair img{min-width:0;flex:1 1 0}
.cards p{margin:.2rem 0;font-size:.85rem;overflow-wrap:anywhere} .yes{background:#e7f1e7} .no{background:#fbe9e2}
@media(max-width:40rem){td,th{padding:.3rem .4rem} th{white-space:normal}
.facts,.facts tbody{display:block} .facts tr{display:flex;flex-wrap:wrap;justify-content:space-between;border-bottom:1px solid #e4e4e4}
.facts td,.facts th{border:0} .facts th:first-child{flex:1 1 8rem} .facts .t{flex-basis:100%} .facts th.t{display:none}}
"""


def percent(value: float, language: str, places: int = 1) -> str:
    """A share as people read it; a dash for NaN."""
    if math.isnan(value):
        return "–"
    text = f"{100 * value:.{places}f}"
    return text.replace(".", ",") + "\u202f%" if language == "fr" else text + "%"


def number(value: float, language: str, places: int = 3) -> str:
    """A number as people read it; a dash for NaN."""
    if math.isnan(value):
        return "–"
    text = f"{value:.{places}f}"
    return text.replace(".", ",") if language == "fr" else text


def embedded(pixels: Image, quality: int = 85) -> str:
    """A picture as an address that holds it."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg(pixels, quality)).decode()


WORDS: Pairs = spaced({
    "title": ("{n} pictures, {rate} right", "{n} images, {rate} de réussite"),
    "lead": ("{name} asked about {folder}.", "{name} interrogé sur {folder}."),
    "figure": ("figure", "mesure"),
    "value": ("one look", "un regard"),
    "ten": ("ten looks", "dix regards"),
    "means": ("what it says", "ce qu'elle dit"),
    "accuracy": ("success rate", "taux de réussite"),
    "balanced": ("balanced accuracy", "exactitude équilibrée"),
    "macro_f1": ("macro F1", "F1 macro"),
    "log_loss": ("log loss", "perte logarithmique"),
    "brier": ("Brier score", "score de Brier"),
    "calibration": ("calibration error", "erreur de calibration"),
    "interval": ("95 %: {low} to {high}", "95 % : {low} à {high}"),
    "beat": ("without looking: {prior}", "sans regarder : {prior}"),
    "time": ("One look takes {ms} ms.", "Un regard prend {ms} ms."),
    "confusion": ("What is taken for what", "Ce qui est pris pour quoi"),
    "corner": ("is ↓ given →", "est ↓ donné →"),
    "recall": ("found", "trouvées"),
    "margin_mean": ("margin, mean", "marge, moyenne"),
    "margin_variance": ("margin, variance", "marge, variance"),
    "plots": ("Can it be believed?", "Peut-on le croire ?"),
    "reliability": ("Right against sure", "Juste contre sûr"),
    "sure_axis": ("how sure, in %", "sûreté, en %"),
    "risk": ("Wrong among the surest", "Faux parmi les plus sûres"),
    "coverage_axis": ("pictures answered, in %", "images décidées, en %"),
    "margins": ("Margins by class", "Marges par classe"),
    "wrong": ("Most wrong", "Les plus fausses"),
    "doubt": ("Least sure", "Les moins sûres"),
    "right": ("Most surely right", "Les plus sûrement justes"),
    "card_right": ("{real} ({sure}); next {other} ({rest})", "{real} ({sure}) ; ensuite {other} ({rest})"),
    "card_wrong": ("is {real}, given {given} ({sure})", "est {real}, donné {given} ({sure})"),
    "chance_accuracy": ("success rate before learning", "taux de réussite avant d'apprendre"),
    "chance_balanced": ("balanced, before learning", "exactitude équilibrée avant d'apprendre"),
    "seen": ("Where it saw what it gave", "Où il a vu ce qu'il a donné"),
    "dreams": ("What the network looks for", "Ce que le réseau cherche"),
    "dreamt": ("{before} on noise, {after} on this", "{before} sur du bruit, {after} sur ceci"),
})  # fmt: skip

SENTENCES: Pairs = spaced({
    "accuracy": ("Share of pictures whose likeliest class is the right one.", "Part des images dont la classe la plus probable est la bonne."),
    "balanced": (
        "The same, each class counting alike; chance reaches 1 divided by the number of classes.",
        "De même, chaque classe comptant autant ; le hasard atteint 1 divisé par le nombre de classes.",
    ),
    "macro_f1": (
        "Also counts what was wrongly given to a class; mean over classes.",
        "Compte aussi ce qui fut donné à tort à une classe ; moyenne sur les classes.",
    ),
    "log_loss": (
        "Punishes being sure and wrong; must be below that of a model that only knows how common classes are.",
        "Punit d'être sûr et dans l'erreur ; doit rester sous celle d'un modèle qui ne sait que la fréquence des classes.",
    ),
    "brier": (
        "Squared distance of probabilities to the truth, 0 to 2; must be below that of a model that does not look.",
        "Distance au carré des probabilités à la vérité, de 0 à 2 ; doit rester sous celle d'un modèle qui ne regarde pas.",
    ),
    "calibration": (
        "How far sureness is from being right, less what so few pictures show by chance; 0 is best.",
        "Écart entre sûreté et justesse, moins ce que si peu d'images montrent par hasard ; 0 est le mieux.",
    ),
    "margin": (
        "Margin: probability of the true class less that of the likeliest other, −1 to 1; below 0 the answer is wrong.",
        "Marge : probabilité de la vraie classe moins celle de l'autre la plus probable, de −1 à 1 ; sous 0 la réponse est fausse.",
    ),
    "reliability": (
        "Upwards: % right. Each point holds about as many pictures; on the dashed line the model is as right as it is sure.",
        "En hauteur : % juste. Chaque point réunit à peu près autant d'images ; sur le tireté le modèle est aussi juste qu'il est sûr.",
    ),
    "risk": (
        "Upwards: % wrong. If only the surest pictures are decided and a person looks at the rest, so many are wrong.",
        "En hauteur : % faux. Si seules les images les plus sûres sont décidées et qu'une personne regarde le reste, voilà la part d'erreurs.",
    ),
    "margins": (
        "A stroke a picture: left of the dashed line wrong, right of it right; the thick one is the mean.",
        "Un trait par image : à gauche du tireté faux, à droite juste ; le trait épais est la moyenne.",
    ),
    "chance": (
        "The untrained network on the pictures held out of its training: what chance reaches.",
        "Le réseau qui n'a rien appris, sur les images mises de côté à l'entraînement : ce qu'atteint le hasard.",
    ),
    "seen": (
        "Beside each picture below: orange places spoke for the class it was given, blue ones for the other (the true one where it is wrong, else the "
        "next likeliest). The mean over all places, and a share that no place shows, is the answer itself. The strongest place of a picture has full "
        "colour: how strong that is tells the percentage.",
        "À côté de chaque image ci-dessous : les endroits orange ont parlé pour la classe donnée, les bleus pour l'autre (la vraie en cas d'erreur, "
        "sinon la plus probable ensuite). La moyenne des endroits, avec une part que nul endroit ne montre, est la réponse même. L'endroit le plus "
        "fort d'une image a la pleine couleur : ce qu'il pèse, le pourcentage le dit.",
    ),
    "dreams": (
        "A picture that climbed the score of its class from grey noise: shapes and textures that this network answers to, not what the class looks like.",
        "Une image partie d'un bruit gris qui a gravi le score de sa classe : les formes et textures auxquelles ce réseau répond, pas l'aspect de la classe.",
    ),
})  # fmt: skip
