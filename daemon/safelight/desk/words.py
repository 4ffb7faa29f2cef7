"""What the pages say, in both languages: tables, so that nothing is left in English by mistake."""

from __future__ import annotations

from collections.abc import Callable

from safelight.model.typography import typeset

Say = Callable[..., str]

WORDS: dict[str, tuple[str, str]] = {
    "desk": ("Safelight desk", "Bureau Safelight"),
    "other_language": ("Français", "English"),
    "to_start": ("To the start page", "Vers la page d'accueil"),
    "fault": ("This did not work", "Cela n'a pas fonctionné"),
    "opening": ("Opening the desk…", "Ouverture du bureau…"),
    "go_on": ("Go on", "Continuer"),
    "skip": ("To the content", "Aller au contenu"),
    "no_script": (
        "This page needs JavaScript, which is off in this browser. Programs use the interface described at /api.",
        "Cette page a besoin de JavaScript, désactivé dans ce navigateur. Les programmes utilisent l'interface décrite à /api.",
    ),
    "tab_data": ("Datasets", "Jeux de données"),
    "tab_own": ("Your picture", "Votre image"),
    "api_title": ("For programs", "Pour les programmes"),
    "api_intro": (
        "What this desk does for people it does for programs too. The whole description in OpenAPI 3.1:",
        "Ce que ce bureau fait pour les personnes, il le fait aussi pour les programmes. Description complète en OpenAPI 3.1, en anglais :",
    ),
    "api_token": ("The token", "Le jeton"),
    "api_token_how": (
        "It stands in the address that `safelight desk` prints; `SAFELIGHT_DESK_TOKEN` fixes it. Programs send it in a header.",
        "Il figure dans l'adresse affichée par `safelight desk` ; `SAFELIGHT_DESK_TOKEN` le fixe. Les programmes l'envoient en en-tête.",
    ),
    "api_errors": ("Errors", "Erreurs"),
    "api_errors_how": (
        "Every error has the same shape. Its code is stable; `message` and `what_to_do` are in the language of Accept-Language (en, fr).",
        "Toutes les erreurs ont la même forme. Le code est stable ; `message` et `what_to_do` suivent Accept-Language (en, fr).",
    ),
    "api_routes": ("Routes", "Routes"),
}
"""What stands in the templates."""

SCRIPT: dict[str, tuple[str, str]] = {
    "dataset": ("Dataset", "Jeu de données"),
    "part": ("Part", "Partie"),
    "part_test": ("test", "test"),
    "part_train": ("training", "apprentissage"),
    "part_val": ("validation", "validation"),
    "search": ("Find by name", "Chercher par nom"),
    "pictures_one": ("1 picture", "1 image"),
    "pictures": ("{n} pictures", "{n} images"),
    "none_found": ("No picture has this in its name.", "Aucune image n'a cela dans son nom."),
    "more": ("Show more", "En voir plus"),
    "list": ("Pictures", "Images"),
    "choose": ("Choose a picture from the list.", "Choisissez une image dans la liste."),
    "no_data": ("No dataset is open here.", "Aucun jeu de données n'est ouvert ici."),
    "no_data_how": (
        "Start the desk with one: safelight desk --data camvid=FOLDER. You can look at a picture of your own right away.",
        "Lancez le bureau avec l'un d'eux : safelight desk --data camvid=DOSSIER. Vous pouvez dès maintenant essayer une image à vous.",
    ),
    "tab_own": ("Your picture", "Votre image"),
    "picture": ("Picture", "Image"),
    "truth": ("True mask", "Masque réel"),
    "prediction": ("Predicted mask", "Masque prédit"),
    "enlarge": ("Enlarge: {what}", "Agrandir : {what}"),
    "opacity": ("Mask opacity", "Opacité du masque"),
    "working": ("The network is looking…", "Le réseau regarde…"),
    "looked": ("found in {s} s", "trouvé en {s} s"),
    "how_well": ("How well they agree", "À quel point ils concordent"),
    "class": ("Class", "Classe"),
    "iou": ("IoU", "IoU"),
    "iou_long": (
        "IoU: the area where both masks agree, divided by the area that either of them covers. 100% is a perfect match.",
        "IoU : surface où les deux masques concordent, divisée par la surface couverte par l'un ou l'autre. 100 % : identiques.",
    ),
    "col_truth": ("true", "réel"),
    "col_found": ("predicted", "prédit"),
    "words_categories": ("8 categories", "8 catégories"),
    "words_classes": ("all classes", "toutes les classes"),
    "seen": ("What the network sees", "Ce que voit le réseau"),
    "drawn": ("What was labelled", "Ce qui est étiqueté"),
    "miou": ("mean IoU", "IoU moyen"),
    "accuracy": ("pixels right", "pixels justes"),
    "not_compared": (
        "The labels of this picture name nothing that the network knows, so there is nothing to compare.",
        "Les étiquettes de cette image ne nomment rien que le réseau connaisse : il n'y a rien à comparer.",
    ),
    "training_note": (
        "If the network was trained with this part, its results here flatter it: judge it by the test part.",
        "Si le réseau a appris sur cette partie, ces résultats le flattent : jugez-le sur la partie test.",
    ),
    "previous": ("Previous picture", "Image précédente"),
    "next": ("Next picture", "Image suivante"),
    "drop": ("Drop a picture here", "Déposez une image ici"),
    "drop_or": ("or", "ou"),
    "browse": ("Choose a file", "Choisir un fichier"),
    "drop_kinds": (
        "JPEG, PNG, TIFF, WebP or GIF, up to 64 MB. It is segmented here and nothing of it is kept.",
        "JPEG, PNG, TIFF, WebP ou GIF, jusqu'à 64 Mo. Elle est segmentée ici et rien n'en est conservé.",
    ),
    "too_big": ("This file is too large: at most {limit} MB are taken.", "Ce fichier est trop lourd : {limit} Mo au plus sont acceptés."),
    "too_big_do": ("Export the picture smaller, as JPEG.", "Exportez l'image plus petite, en JPEG."),
    "sending": ("Sending… {p}", "Envoi… {p}"),
    "cancel": ("Cancel", "Annuler"),
    "another": ("Another picture", "Une autre image"),
    "download": ("Download the mask (PNG)", "Télécharger le masque (PNG)"),
    "download_overlay": ("Download as shown (PNG)", "Télécharger tel qu'affiché (PNG)"),
    "areas": ("What covers the picture", "Ce qui couvre l'image"),
    "area": ("area", "surface"),
    "own_title": ("What does the network see in your picture?", "Que voit le réseau dans votre image ?"),
    "result_of": ("Mask of {name}", "Masque de {name}"),
    "unreached": ("The desk does not answer.", "Le bureau ne répond pas."),
    "unreached_do": ("Is it still running? Start it again and open its new address.", "Est-il toujours en marche ? Relancez-le et ouvrez sa nouvelle adresse."),
    "again": ("Try again", "Réessayer"),
}  # fmt: skip
"""What the page's scripts say."""


def speaker(language: str) -> Say:
    """A function from a key of WORDS, and the values of its fields, to the words in `language`."""

    def say(key: str, **values: object) -> str:
        text = _set(WORDS[key], language)
        return text.format(**values) if values else text

    return say


def for_scripts(language: str) -> dict[str, str]:
    """The words of the page's scripts; fields stay in braces."""
    return {key: _set(pair, language) for key, pair in SCRIPT.items()}


def _set(pair: tuple[str, str], language: str) -> str:
    return typeset(pair[1]) if language == "fr" else pair[0]
