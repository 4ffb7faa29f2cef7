"""The closed list of words that the own engines can paint, in English and French, and the concepts masks know.

Whatever is not here needs a text-to-image network; the photo is then held, never guessed at.
"""

from __future__ import annotations

from typing import Literal

PromptClass = Literal["wall", "road", "sky", "grass", "board", "nothing"]

KNOWN: dict[str, PromptClass] = {
    "wall": "wall", "plain wall": "wall", "grey wall": "wall", "gray wall": "wall", "concrete wall": "wall",
    "mur": "wall", "mur uni": "wall", "mur gris": "wall", "mur de béton": "wall",
    "road": "road", "track": "road", "asphalt": "road", "route": "road", "piste": "road", "bitume": "road",
    "sky": "sky", "ciel": "sky",
    "grass": "grass", "lawn": "grass", "herbe": "grass", "gazon": "grass", "pelouse": "grass",
    "plain board": "board", "board": "board", "blank board": "board", "panneau uni": "board", "panneau vierge": "board",
    "nothing": "nothing", "background": "nothing", "rien": "nothing", "fond": "nothing",
}  # fmt: skip

CONCEPTS: dict[str, str] = {
    "advertising": "advertising", "advertisement": "advertising", "advertising board": "advertising",
    "sponsor banner": "advertising", "billboard": "advertising", "publicité": "advertising", "pub": "advertising",
    "panneau publicitaire": "advertising", "réclame": "advertising",
    "person": "person", "people": "person", "spectator": "person", "crowd": "person", "personne": "person",
    "personnes": "person", "gens": "person", "public": "person", "spectateur": "person", "spectateurs": "person",
    "face": "face", "faces": "face", "visage": "face", "visages": "face",
    "car": "car", "cars": "car", "race car": "car", "voiture": "car", "voitures": "car",
    "sign": "sign", "traffic sign": "sign", "panneau": "sign", "panneau de signalisation": "sign",
    "text": "text", "writing": "text", "texte": "text",
    "road": "road", "route": "road", "piste": "road", "sky": "sky", "ciel": "sky",
    "grass": "vegetation", "vegetation": "vegetation", "trees": "vegetation", "herbe": "vegetation",
    "building": "building", "buildings": "building", "bâtiment": "building",
}  # fmt: skip


def prompt_class(prompt: str) -> PromptClass | None:
    """The class of a prompt the own engines can paint, or None. Case and spaces do not matter."""
    return KNOWN.get(" ".join(prompt.casefold().split()))


def concept(words: str) -> str:
    """The concept that `words` name (English or French), or the words themselves, tidied, as free text."""
    tidy = " ".join(words.casefold().split())
    return CONCEPTS.get(tidy, tidy)
