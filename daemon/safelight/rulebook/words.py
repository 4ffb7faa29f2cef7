"""The words of rule files: every key, verb and value in English and French, with the synonyms people type.

Each table maps the one name that the program uses to its words; the first English and the first French word are those
shown in messages, offered by editors and used in the examples. Words are compared without case, accents, underscores,
hyphens and doubled spaces. Free text (masks, prompts, titles) is no business of this module.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from safelight.model.signals import SIGNALS

Words = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
"""Name → (English words, French words); the first of each is the one shown."""


def fold(word: str) -> str:
    """A word as compared: no case, accents, underscores, hyphens, apostrophe forms or doubled spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    bare = bare.replace("œ", "oe").replace("’", "'").replace("_", " ").replace("-", " ")
    return " ".join(bare.split())


def table(*rows: str) -> Words:
    """Rows `name: english, english | french, french`; the name itself is always understood."""
    made: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for row in rows:
        name, _, rest = row.partition(":")
        english, _, french = rest.partition("|")
        made[name.strip()] = (_split(english) or (name.strip(),), _split(french) or (name.strip(),))
    return made


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def find(words: Words, typed: str) -> str | None:
    """The name that `typed` stands for, or None."""
    wanted = fold(typed)
    for name, (english, french) in words.items():
        if wanted == fold(name) or any(wanted == fold(word) for word in (*english, *french)):
            return name
    return None


def shown(words: Words, name: str, french: bool) -> str:
    """The word for `name` in messages."""
    return words[name][1 if french else 0][0]


def every(words: Words) -> list[str]:
    """All words of a table, none twice."""
    return list(dict.fromkeys(word for english, french in words.values() for word in (*english, *french)))


KEYS = table(
    # a rule and its file
    "version: version | version",
    "defaults: defaults, default | par défaut, défauts, défaut",
    "rule: rule, name | règle, nom",
    "on: on, active | actif, active, en service",
    "last: last, stop | dernière, dernier, arrêter",
    "when: when, if | quand, si, lorsque",
    "do: do, action | faire, action",
    # conditions
    "photographer: photographer, photographers | photographe, photographes",
    "camera: camera, cameras | appareil, appareils, boîtier",
    "file: file, files | fichier, fichiers",
    "taken: taken, time | prise, pris, prise de vue, heure",
    "from: from | de, du, depuis, à partir de",
    "to: to, until | à, au, jusqu'à",
    "night: night | nuit",
    "reason: reason, reasons | raison, raisons, motif",
    "sure: sure, certain | sûr, sûre, certitude",
    # sorting
    "promise: promise | promesse",
    "culling: culling | sélection, tri",
    # retouching
    "mask: mask, masks | masquer, masque, masques",
    "with: with, replace with, prompt | remplacer par, avec, par",
    "keep: keep | garder, conserver, protéger",
    "grow: grow | élargir, agrandir",
    "threshold: threshold | seuil",
    "strength: strength | force, intensité",
    "backend: backend, engine | moteur",
    "max_area: max_area, max area | surface max, surface maximale, max surface",
    "if_nothing_found: if_nothing_found, if nothing found | si rien trouvé, si rien n'est trouvé, si rien",
    "if_too_much: if_too_much, if too much | si trop, si c'est trop, si trop grand",
    # painting
    "like: like, styles | comme, à la manière de, styles",
    "choose: choose | choisir, choix",
    "colour: colour, color, colours, colors | couleur, couleurs",
    # the forms
    "name: name | nom",
    "language: language | langue",
    "race: race | course",
    "start: start | départ, début",
    "end: end, finish | arrivée, fin",
    "circuit: circuit, track | circuit, lieu",
    "views: views | vues",
    "redo_limit: redo_limit, redo limit | limite de reprise, limite",
    "settle: settle | attente, stabilité",
    "device: device | calcul, appareil de calcul",
    "lanes: lanes | voies, files de travail",
    "notify: notify | prévenir, notifier",
    "title: title | titre",
    "subtitle: subtitle | sous-titre",
    "design: design | maquette, mise en page",
    "paper: paper, format | papier, format",
    "pages: pages | pages",
    "chapters: chapters | chapitres",
    "credits: credits | crédits, générique",
    "hours: hours | heures",
    "words: words | mots",
    "text: text | texte",
)
"""All keys. Which of them a place knows is said in `schema`; a word shared by two keys is told apart by the place."""

LISTS = table(
    "sort: sort | trier, tri", "retouch: retouch | retoucher, retouche, retouches", "style: style, styles | style, styles, peindre",
)  # fmt: skip

YES_NO = table("yes: yes, true, on, y | oui, vrai, o", "no: no, false, off, n | non, faux")

SORT_VERBS = table(
    "ok: ok, okay, keep | ok, garder, bon",
    "retoucher: retoucher, retouch | retoucher, à retoucher, retouche",
    "exclure: exclure, exclude, leave out | exclure, exclu, écarter",
    "ask: ask, need-you, review | demander, à vous",
)
RETOUCH_VERBS = table(
    "inpaint: inpaint, replace, repaint | remplacer, repeindre, combler",
    "blur: blur | flouter, flou",
    "pixelate: pixelate, pixellate | pixelliser, pixeliser, mosaïque",
    "crop_away: crop_away, crop away, crop | recadrer, couper, rogner",
    "leave: leave, leave it | laisser, laisser tel quel, ne rien faire",
    "exclude: exclude | exclure, écarter",
)
STYLE_VERBS = table(
    "stylize: stylize, stylise, paint | styliser, peindre",
    "keep_photo: keep_photo, keep photo | garder la photo, garder photo, laisser",
)
IF_NOTHING = table(
    "need-you: need-you, ask, review | demander, à vous", "leave: leave | laisser", "exclude: exclude | exclure, écarter",
)  # fmt: skip
IF_TOO_MUCH = table("need-you: need-you, ask, review | demander, à vous", "exclude: exclude | exclure, écarter")
CULLING = table(
    "strict: strict | strict, stricte, sévère", "balanced: balanced | équilibré, équilibrée",
    "generous: generous | généreux, généreuse, large",
)  # fmt: skip
CHOOSE = table(
    "same: same | le même, toujours le même, même", "rotate: rotate | à tour de rôle, alterner, tourner",
    "by_hour: by_hour, by hour | par heure, selon l'heure",
)  # fmt: skip
COLOUR = table("style: style | style, du style", "photo: photo | photo, de la photo")
LANGUAGE = table("en: en, english | anglais", "fr: fr, french | français, francais")
VIEWS = table("copy: copy, copies | copie, copies", "preview: preview, previews | aperçu, aperçus")
DEVICE = table(
    "auto: auto | auto, automatique",
    "cpu: cpu | cpu, processeur",
    "cuda: cuda, gpu, nvidia | cuda, gpu",
    "mps: mps | mps",
)
PAPER = table(
    "a4 landscape: A4 landscape, A4 | A4 paysage, A4 à l’italienne",
    "a4 portrait: A4 portrait, A4 upright | A4 portrait, A4 à la française",
    "21 cm square: 21 cm square, small square | carré 21 cm, petit carré",
    "30 cm square: 30 cm square, large square | carré 30 cm, grand carré",
)
NONE = table("none: none, nothing, no | rien, aucun, aucune, non")
ALL = table("all: all, every | tous, toutes, tout")
AUTO = table("auto: auto, automatic, by the machine | auto, automatique, selon la machine")

_SPOKEN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "faces": (("face",), ("visage",)),
    "people": (
        ("person", "spectator", "spectators", "crowd"),
        ("personne", "spectateur", "spectateurs", "public", "foule"),
    ),
    "advertising": (("advertisement", "ad", "ads", "sponsor", "sponsors"), ("pub", "pubs", "publicités", "réclame")),
    "signs": (("sign", "traffic sign", "traffic signs", "post", "posts"), ("panneau", "poteau", "poteaux")),
    "text_area": (("text", "writing"), ("texte",)),
    "car_area": (("car size",), ("voiture", "taille voiture")),
    "motion": (("blur",), ("flou", "bougé")),
}
SIGNAL_WORDS: Words = {
    name: ((kind.en_name, *_SPOKEN.get(name, ((), ()))[0]), (kind.fr_name, *_SPOKEN.get(name, ((), ()))[1]))
    for name, kind in SIGNALS.items()
}
"""What was measured, as conditions and reasons name it: the model's own list, and what people say instead."""

COMPARE = table(
    "below: below, under, less than, < | moins de, sous, inférieur à, en dessous de",
    "at_least: at least, >=, ≥, from | au moins, au minimum",
    "above: above, over, more than, > | plus de, au-dessus de, supérieur à",
    "at_most: at most, <=, ≤, up to | au plus, au maximum, jusqu'à",
)
