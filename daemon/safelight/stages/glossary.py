"""Free words in French as English, for networks that read English only: a closed list of things and colours at a race track.

"poteau vert" becomes "green post". A phrase is translated whole or not at all: half a translation would ask for something
else than was typed. Articles go, colours and the other adjectives of the list come before the thing. Pure.
"""

from __future__ import annotations

THINGS: dict[str, str] = {
    "poteau": "post", "poteaux": "posts", "drapeau": "flag", "drapeaux": "flags", "barrière": "barrier",
    "barrières": "barriers", "grillage": "wire fence", "clôture": "fence", "rail": "guard rail", "rails": "guard rails",
    "casque": "helmet", "casques": "helmets", "pneu": "tyre", "pneus": "tyres", "roue": "wheel", "roues": "wheels",
    "jante": "wheel rim", "jantes": "wheel rims", "aileron": "wing", "capot": "bonnet", "phare": "headlight",
    "phares": "headlights", "numéro": "race number", "numéros": "race numbers", "autocollant": "sticker",
    "autocollants": "stickers", "parapluie": "umbrella", "parapluies": "umbrellas", "cône": "traffic cone",
    "cônes": "traffic cones", "camion": "lorry", "camions": "lorries", "moto": "motorcycle", "motos": "motorcycles",
    "kart": "kart", "karts": "karts", "vélo": "bicycle", "vélos": "bicycles", "tente": "tent", "tentes": "tents",
    "banderole": "banner", "banderoles": "banners", "tribune": "grandstand", "tribunes": "grandstands",
    "caméra": "camera", "caméras": "cameras", "photographe": "photographer", "photographes": "photographers",
    "commissaire": "marshal", "commissaires": "marshals", "pilote": "driver", "pilotes": "drivers",
    "mécanicien": "mechanic", "mécaniciens": "mechanics", "grue": "crane", "grues": "cranes", "câble": "cable",
    "câbles": "cables", "poubelle": "dustbin", "poubelles": "dustbins", "arbre": "tree", "arbres": "trees",
    "nuage": "cloud", "nuages": "clouds", "mur": "wall", "murs": "walls", "panneau": "sign", "panneaux": "signs",
    "voiture": "car", "voitures": "cars", "personne": "person", "personnes": "people", "enfant": "child",
    "enfants": "children", "chien": "dog", "oiseau": "bird", "oiseaux": "birds", "drone": "drone", "ballon": "balloon",
    "ballons": "balloons", "lampadaire": "street lamp", "lampadaires": "street lamps", "feu": "light", "feux": "lights",
    "flaque": "puddle", "flaques": "puddles", "vibreur": "kerb", "vibreurs": "kerbs", "gravier": "gravel",
    "stand": "pit garage", "stands": "pit garages", "écran": "screen", "écrans": "screens", "horloge": "clock",
    "filigrane": "watermark", "logo": "logo", "logos": "logos", "toit": "roof", "toits": "roofs", "fenêtre": "window",
    "fenêtres": "windows", "porte": "door", "portes": "doors", "échelle": "ladder", "chaise": "chair", "chaises": "chairs",
}  # fmt: skip
QUALITIES: dict[str, str] = {
    "vert": "green", "rouge": "red", "bleu": "blue", "jaune": "yellow", "blanc": "white", "noir": "black", "gris": "grey",
    "orange": "orange", "rose": "pink", "violet": "purple", "brun": "brown", "marron": "brown", "blanche": "white",
    "grand": "large", "petit": "small", "vide": "empty", "vieux": "old", "vieille": "old", "métallique": "metal",
}  # fmt: skip
"""Feminine and plural endings are found by taking them off, where they are regular."""
ARTICLES = frozenset({"le", "la", "les", "un", "une", "l"})
OF = frozenset({"de", "du", "des", "d"})
"""What stands between a thing and whose it is: the driver's helmet is "casque du pilote"."""


def in_english(words: str) -> str | None:
    """The English of a phrase of known French words with a thing among them, or None."""
    parts: list[list[str]] = [[]]
    for word in words.casefold().replace("’", " ").replace("'", " ").split():
        if word in OF:
            parts.append([])
        elif word not in ARTICLES:
            parts[-1].append(word)
    found = [_part(part) for part in parts if part]
    told = [part for part in reversed(found) if part]
    return " ".join(told) if told and len(told) == len(found) else None


def _part(words: list[str]) -> str | None:
    """One thing with its qualities before it; None for a word that is not known, or no thing, or two."""
    things = [THINGS[word] for word in words if word in THINGS]
    qualities = [_quality(word) for word in words if word not in THINGS]
    told = [quality for quality in qualities if quality]
    return " ".join([*told, *things]) if len(things) == 1 and len(told) == len(qualities) else None


def _quality(word: str) -> str | None:
    for ending in ("", "s", "e", "es"):
        if word.endswith(ending) and (stem := word.removesuffix(ending)) in QUALITIES:
            return QUALITIES[stem]
    return None
