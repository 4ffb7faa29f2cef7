"""What the classes of label maps mean to each other: the eight main categories of a road scene, and which class words of
data sets and networks belong to them. Plain values: data, networks and pages can speak of the same things.

The categories are those of Cityscapes. Colours are those of the CamVid classes nearest to them, chosen to be told apart also
by people who see no red or no green; what is void, or nothing the network knows, is black and shown transparent.
"""

from __future__ import annotations

from collections.abc import Sequence

Colour = tuple[int, int, int]
"""sRGB, 0–255 each."""

CATEGORIES = ("void", "flat", "construction", "object", "nature", "sky", "human", "vehicle")
"""In the order of their indices in label maps."""

_COLOURS: dict[str, Colour] = {
    "void": (0, 0, 0),
    "flat": (86, 50, 132),
    "construction": (175, 119, 106),
    "object": (255, 226, 35),
    "nature": (0, 73, 80),
    "sky": (140, 212, 250),
    "human": (171, 12, 3),
    "vehicle": (11, 42, 240),
}
_WORDS: dict[str, str] = {
    "void": "other unlabelled unlabeled background ego_vehicle",
    "flat": "road road_marking pavement sidewalk parking rail_track kerb track asphalt",
    "construction": "building wall fence guard_rail bridge tunnel archway barrier stand",
    "object": "sign signsymbol sign_symbol traffic_sign traffic_light stop_sign pole polegroup column_pole parking_meter",
    "nature": "vegetation tree terrain grass plant potted_plant bush",
    "sky": "",
    "human": "person pedestrian rider bicyclist cyclist people child marshal spectator",
    "vehicle": "car truck bus caravan trailer train motorcycle motorbike bicycle van truck_bus suvpickuptruck kart race_car airplane boat",
}
_OF: dict[str, str] = {word: category for category, words in _WORDS.items() for word in (category, *words.split())}

FRENCH: dict[str, str] = {
    "void": "indéterminé", "flat": "voies", "construction": "constructions", "object": "objets", "nature": "nature",
    "sky": "ciel", "human": "humains", "vehicle": "véhicules", "other": "autre", "car": "voiture", "person": "personne",
    "sign": "panneau", "road": "route", "vegetation": "végétation", "building": "bâtiment", "pole": "poteau",
    "pavement": "trottoir", "tree": "arbre", "fence": "clôture", "pedestrian": "piéton", "bicyclist": "cycliste",
    "truck": "camion", "bus": "bus", "train": "train", "motorcycle": "moto", "bicycle": "vélo", "background": "fond",
    "damage": "dégât",
}  # fmt: skip
"""What common classes are called in French; others keep the name their data gave them."""


def category_of(word: str) -> str | None:
    """The category a class belongs to by its name, or None for a class this table does not know."""
    return _OF.get("_".join(word.casefold().replace("-", " ").split()))


def colour_of(word: str) -> Colour | None:
    """The colour of the category a class belongs to, or None."""
    category = category_of(word)
    return None if category is None else _COLOURS[category]


def hexadecimal(colour: Colour) -> str:
    """`#0b2af0`."""
    return "#" + bytes(colour).hex()


def translated(classes: Sequence[str], into: Sequence[str]) -> list[int | None]:
    """For each of `classes` the index in `into` that means the same, or None.

    Equal names first; else the only one of `into` in the same category. Two of `into` in one category are not guessed between.
    """
    targets = [word.casefold() for word in into]
    homes = [category_of(word) for word in into]
    found: list[int | None] = []
    for word in classes:
        home = category_of(word)
        if word.casefold() in targets:
            found.append(targets.index(word.casefold()))
        elif home is not None and homes.count(home) == 1:
            found.append(homes.index(home))
        else:
            found.append(None)
    return found


def shown(word: str, language: str) -> str:
    """What people read for a class."""
    return FRENCH.get(word.casefold(), word) if language == "fr" else word
