"""The words of the report of a classifier: (English, French)."""

from __future__ import annotations

from safelight.model.typography import typeset

Pairs = dict[str, tuple[str, str]]


def _spaced(words: Pairs) -> Pairs:
    return {key: (english, typeset(other)) for key, (english, other) in words.items()}


WORDS: Pairs = _spaced({
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
    "card_right": ("{real} ({sure})", "{real} ({sure})"),
    "card_wrong": ("is {real}, given {given} ({sure})", "est {real}, donné {given} ({sure})"),
})  # fmt: skip

SENTENCES: Pairs = _spaced({
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
})  # fmt: skip
