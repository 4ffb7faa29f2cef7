"""The closed list of words that the own engines can paint, in English and French, and the concepts masks know.

Whatever is not here needs a text-to-image network; the photo is then held, never guessed at. `told` gives a word back as
people of the event's language read it; free text stays as it was typed.
"""

from __future__ import annotations

from typing import Literal

from safelight.stages.glossary import in_english

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
    "advertisements": "advertising", "advertising boards": "advertising", "sponsor banners": "advertising",
    "sponsor banner": "advertising", "billboard": "advertising", "billboards": "advertising",
    "publicité": "advertising", "pub": "advertising", "publicités": "advertising", "pubs": "advertising",
    "panneau publicitaire": "advertising", "panneaux publicitaires": "advertising", "réclame": "advertising",
    "person": "person", "people": "person", "spectator": "person", "crowd": "person", "personne": "person",
    "spectators": "person", "foule": "person",
    "personnes": "person", "gens": "person", "public": "person", "spectateur": "person", "spectateurs": "person",
    "face": "face", "faces": "face", "visage": "face", "visages": "face",
    "car": "car", "cars": "car", "race car": "car", "race cars": "car", "voiture": "car", "voitures": "car",
    "sign": "sign", "signs": "sign", "traffic sign": "sign", "panneau": "sign", "panneaux": "sign",
    "panneau de signalisation": "sign",
    "text": "text", "writing": "text", "texte": "text",
    "road": "road", "route": "road", "piste": "road", "sky": "sky", "ciel": "sky",
    "grass": "vegetation", "vegetation": "vegetation", "trees": "vegetation", "herbe": "vegetation",
    "végétation": "vegetation", "arbres": "vegetation",
    "building": "building", "buildings": "building", "bâtiment": "building", "bâtiments": "building",
}  # fmt: skip

FRENCH: dict[str, str] = {
    "advertising": "publicité", "advertisement": "publicité", "advertising board": "panneau publicitaire",
    "advertisements": "publicités", "advertising boards": "panneaux publicitaires",
    "sponsor banners": "panneaux publicitaires", "billboards": "panneaux publicitaires", "spectators": "spectateurs",
    "race cars": "voitures",
    "sponsor banner": "panneau publicitaire", "billboard": "panneau publicitaire", "person": "personnes",
    "people": "personnes", "spectator": "spectateurs", "crowd": "public", "face": "visages", "faces": "visages",
    "car": "voitures", "cars": "voitures", "race car": "voitures", "sign": "panneaux", "signs": "panneaux",
    "traffic sign": "panneau de signalisation", "text": "texte", "writing": "texte", "road": "route", "sky": "ciel",
    "grass": "herbe", "vegetation": "végétation", "trees": "arbres", "building": "bâtiments", "buildings": "bâtiments",
    "wall": "mur", "plain wall": "mur uni", "grey wall": "mur gris", "gray wall": "mur gris",
    "concrete wall": "mur de béton", "track": "piste", "asphalt": "bitume", "lawn": "gazon",
    "plain board": "panneau uni", "board": "panneau uni", "blank board": "panneau vierge", "nothing": "rien",
    "background": "fond",
}  # fmt: skip
"""Every English word of the two lists above, and the French one that people are shown for it."""
ENGLISH: dict[str, str] = {
    "publicité": "advertising", "pub": "advertising", "panneau publicitaire": "advertising board",
    "publicités": "advertisements", "pubs": "advertisements", "panneaux publicitaires": "advertising boards",
    "foule": "crowd", "végétation": "vegetation", "arbres": "trees",
    "réclame": "advertising", "personne": "person", "personnes": "people", "gens": "people", "public": "crowd",
    "spectateur": "spectator", "spectateurs": "spectator", "visage": "face", "visages": "faces", "voiture": "car",
    "voitures": "cars", "panneau": "sign", "panneaux": "signs", "panneau de signalisation": "traffic sign",
    "texte": "text", "route": "road", "piste": "track", "ciel": "sky", "herbe": "grass", "bâtiment": "building",
    "bâtiments": "buildings", "mur": "wall", "mur uni": "plain wall", "mur gris": "grey wall",
    "mur de béton": "concrete wall", "bitume": "asphalt", "gazon": "lawn", "pelouse": "lawn",
    "panneau uni": "plain board", "panneau vierge": "blank board", "rien": "nothing", "fond": "background",
}  # fmt: skip
"""As FRENCH, the other way round."""
SHORT: dict[str, str] = {"wall": "plain wall", "board": "plain board"}
"""Classes that are named to people by another of their words when all that is known is listed."""


def prompt_class(prompt: str) -> PromptClass | None:
    """The class of a prompt the own engines can paint, or None. Case and spaces do not matter."""
    return KNOWN.get(" ".join(prompt.casefold().split()))


def concept(words: str) -> str:
    """The concept that `words` name (English or French), or the words themselves, tidied, as free text."""
    tidy = " ".join(words.casefold().split())
    return CONCEPTS.get(tidy, tidy)


def english(words: str) -> str:
    """French words of ours, or of the glossary, in English; everything else as it is, tidied.

    That is what networks that read English are given.
    """
    tidy = " ".join(words.casefold().split())
    return ENGLISH.get(tidy) or in_english(tidy) or tidy


def told(words: str, language: str) -> str:
    """A word of a rule as people of this language read it; one that is theirs, and free text, as it was typed."""
    tidy = " ".join(words.casefold().split())
    mine, other = (ENGLISH, FRENCH) if language == "fr" else (FRENCH, ENGLISH)
    return words if tidy in mine else other.get(tidy, words)


def listed(known: str, language: str) -> str:
    """A list of words with commas (what a backend says it knows), each meaning once, as `told`."""
    names = [" ".join(word.casefold().split()) for word in known.split(",")]
    classes = dict.fromkeys(KNOWN.get(name) or CONCEPTS.get(name, name) for name in names if name)
    return ", ".join(told(SHORT.get(name, name), language) for name in classes)
