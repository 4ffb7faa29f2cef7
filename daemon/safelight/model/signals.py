"""What is measured on a photo, and what sorting concludes: signals, boxes, verdicts, the closed lists of their names.

A signal is one number with a unit; its name is what rule files say and what reasons quote. The table here is the
only list: the look backend fills it, the classifier weighs it, the rulebook offers it, the book words it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

ClassName = Literal["ok", "retoucher", "exclure"]
CLASSES: tuple[ClassName, ...] = get_args(ClassName)


@dataclass(frozen=True)
class SignalKind:
    """One measurable thing. `share` is a part of the picture 0–1, `score` any 0–1 number, `count` a whole number."""

    name: str
    unit: Literal["share", "score", "count"]
    en: str
    fr: str
    en_name: str
    fr_name: str


def _kinds(*rows: tuple[str, Literal["share", "score", "count"], str, str, str, str]) -> dict[str, SignalKind]:
    return {row[0]: SignalKind(*row) for row in rows}


SIGNALS: dict[str, SignalKind] = _kinds(
    ("car_area", "share", "the car covers {v} of the picture", "la voiture couvre {v} de l'image", "car area", "surface voiture"),
    ("car_sharpness", "score", "the car's sharpness is {v}", "la netteté de la voiture est de {v}", "car sharpness", "netteté voiture"),
    ("car_contrast", "score", "the car is {v} sharper than its background", "la voiture est {v} plus nette que le fond", "car against background", "voiture contre fond"),
    ("cars", "count", "cars seen: {v}", "voitures vues\u00a0: {v}", "cars", "voitures"),
    ("people", "count", "people seen: {v}", "personnes vues\u00a0: {v}", "people", "personnes"),
    ("people_area", "share", "people cover {v} of the picture", "des personnes couvrent {v} de l'image", "people area", "surface personnes"),
    ("faces", "count", "identifiable faces: {v}", "visages reconnaissables\u00a0: {v}", "faces", "visages"),
    ("face_size", "share", "the largest face is {v} of the picture's height", "le plus grand visage fait {v} de la hauteur", "face size", "taille visage"),
    ("advertising", "share", "legible advertising covers {v} of the picture", "une publicité lisible couvre {v} de l'image", "advertising", "publicité"),
    ("text_area", "share", "legible text covers {v} of the picture", "du texte lisible couvre {v} de l'image", "text area", "surface texte"),
    ("signs", "share", "traffic signs or green posts cover {v} of the picture", "des panneaux ou poteaux verts couvrent {v} de l'image", "signs", "panneaux"),
    ("sharpness", "score", "the picture's sharpness is {v}", "la netteté de l'image est de {v}", "sharpness", "netteté"),
    ("motion", "score", "motion blur is {v}", "le flou de bougé est de {v}", "motion blur", "flou de bougé"),
    ("brightness", "score", "brightness is {v}", "la luminosité est de {v}", "brightness", "luminosité"),
    ("contrast", "score", "contrast is {v}", "le contraste est de {v}", "contrast", "contraste"),
    ("colourfulness", "score", "colourfulness is {v}", "la vivacité des couleurs est de {v}", "colourfulness", "couleurs"),
    ("clipped", "share", "{v} of the picture is burnt out or black", "{v} de l'image est brûlée ou bouchée", "clipped", "hors plage"),
    ("road", "share", "road covers {v} of the picture", "la piste couvre {v} de l'image", "road", "piste"),
    ("sky", "share", "sky covers {v} of the picture", "le ciel couvre {v} de l'image", "sky", "ciel"),
    ("green", "share", "grass and trees cover {v} of the picture", "l'herbe et les arbres couvrent {v} de l'image", "green", "verdure"),
    ("building", "share", "buildings cover {v} of the picture", "des bâtiments couvrent {v} de l'image", "buildings", "bâtiments"),
    ("car_central", "score", "a car fills the middle with {v}", "une voiture occupe le centre à {v}", "car in the middle", "voiture au centre"),
    ("background_motion", "score", "the streaks around the car are {v}", "le filé autour de la voiture est de {v}", "streaks around the car", "filé autour de la voiture"),
    ("busy", "score", "detail is spread over the picture with {v}", "les détails sont répartis sur l'image à {v}", "spread of detail", "dispersion des détails"),
    ("upright", "score", "upright edges make {v} of all edges", "les lignes verticales font {v} des contours", "upright edges", "lignes verticales"),
    ("race_scene", "score", "the scene looks like a race with {v}", "la scène ressemble à une course à {v}", "race scene", "scène de course"),
    ("person_height", "share", "the largest person is {v} of the picture's height", "la plus grande personne fait {v} de la hauteur", "largest person", "plus grande personne"),
    ("texts", "count", "legible texts off the main car: {v}", "textes lisibles hors de la voiture\u00a0: {v}", "texts", "textes"),
    ("subject_area", "share", "the subject covers {v} of the picture", "le sujet couvre {v} de l'image", "subject area", "surface du sujet"),
    ("subject_contrast", "score", "the subject is {v} sharper than the rest", "le sujet est {v} plus net que le reste", "subject against the rest", "sujet contre le reste"),
    ("subject_centred", "score", "the subject stands out with {v}", "le sujet se détache à {v}", "subject", "sujet"),
)  # fmt: skip


@dataclass(frozen=True)
class Box:
    """A rectangle in shares of width and height, 0–1, origin top left; `kind` is a concept, `score` 0–1."""

    kind: str
    left: float
    top: float
    right: float
    bottom: float
    score: float = 1.0
    text: str = ""


@dataclass(frozen=True)
class Signals:
    """The numbers of one photo (name → value, see SIGNALS), the boxes found, and hidden `features` for classifiers.

    Values are rounded to five decimals so that records are short and equal everywhere.
    """

    values: dict[str, float]
    boxes: tuple[Box, ...] = ()
    features: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        unknown = set(self.values) - set(SIGNALS)
        if unknown:
            raise ValueError(f"unknown signals: {', '.join(sorted(unknown))}")

    def to_json(self) -> dict[str, Any]:
        """Plain values for a record."""
        return {
            "values": {name: round(float(value), 5) for name, value in sorted(self.values.items())},
            "boxes": [
                [box.kind, *(round(float(v), 4) for v in (box.left, box.top, box.right, box.bottom, box.score))]
                for box in self.boxes
            ],
            "features": [round(float(value), 5) for value in self.features],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Signals:
        """The inverse of to_json. Texts of boxes are not kept: they may be personal."""
        boxes = tuple(Box(kind, *numbers) for kind, *numbers in data["boxes"])
        return cls(dict(data["values"]), boxes, tuple(data.get("features", ())))


@dataclass(frozen=True)
class Reason:
    """Why a verdict: a signal, its value, and its pull towards the verdict (log-odds, signed)."""

    signal: str
    value: float
    weight: float


@dataclass(frozen=True)
class Verdict:
    """Probabilities over CLASSES (sum 1) and the reasons, the heaviest first."""

    probabilities: dict[str, float]
    reasons: tuple[Reason, ...] = field(default=())

    @property
    def likeliest(self) -> ClassName:
        """The class with the highest probability; ties go to the class asked about first (a person is safer)."""
        order: tuple[ClassName, ...] = ("retoucher", "exclure", "ok")
        return max(order, key=lambda name: self.probabilities[name])

    @property
    def sure(self) -> float:
        """Probability of the likeliest class, 0–1."""
        return self.probabilities[self.likeliest]

    def to_json(self) -> dict[str, Any]:
        """Plain values for a record."""
        return {
            "probabilities": {name: round(float(self.probabilities[name]), 5) for name in CLASSES},
            "reasons": [[r.signal, round(float(r.value), 5), round(float(r.weight), 4)] for r in self.reasons],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Verdict:
        """The inverse of to_json."""
        return cls(dict(data["probabilities"]), tuple(Reason(*row) for row in data["reasons"]))


def say_value(name: str, value: float, language: str = "en") -> str:
    """A signal's value for people: shares in percent (French with a comma and a narrow space), counts whole."""
    kind = SIGNALS[name]
    if kind.unit == "count":
        return str(round(value))
    if kind.unit == "share":
        percent = value * 100
        number = f"{percent:.0f}" if percent >= 10 or percent == 0 else f"{percent:.1f}"
        return f"{number.replace('.', ',')}\u202f%" if language == "fr" else f"{number} %"
    number = f"{value:.2f}"
    return number.replace(".", ",") if language == "fr" else number


def say_reason(reason: Reason, language: str = "en") -> str:
    """One reason as a clause: "legible advertising covers 7 % of the picture"."""
    kind = SIGNALS[reason.signal]
    template = kind.fr if language == "fr" else kind.en
    return template.format(v=say_value(reason.signal, reason.value, language))
