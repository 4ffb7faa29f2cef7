"""What each place of a rule file may have: the tables of keys and kinds that `schema` reads by and editors complete by.

To add a key: a row in `words.KEYS`, a row here, a commented example in `rules/`, and a golden pair in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping

from safelight.rulebook import kinds as k
from safelight.rulebook import words as w
from safelight.rulebook.problems import Said

Fields = Mapping[str, k.Kind]

_LIST = k.Texts(commas=True, none=True)
VERSION: Fields = {"version": k.Text("1")}

TAKEN: Fields = {"from": k.Moment(), "to": k.Moment(late=True)}
CONDITIONS: Fields = {
    "photographer": k.Texts(commas=True),
    "camera": k.Texts(),
    "file": k.Texts(),
    "night": k.Switch(),
    "reason": k.Choices(w.SIGNAL_WORDS),
    "sure": k.Percent(),
}
"""And `taken`, a map of its own; in sort.yaml any signal with a limit."""

RULE: Fields = {"rule": k.Text("Advertising at the pit wall"), "on": k.Switch(), "last": k.Switch()}

_MASKED: Fields = {
    "mask": _LIST,
    "keep": _LIST,
    "grow": k.Whole(0, 400, "px|pixels?"),
    "threshold": k.Percent(),
    "max_area": k.Percent(),
    "if_nothing_found": k.Choice(w.IF_NOTHING),
    "if_too_much": k.Choice(w.IF_TOO_MUCH),
    "backend": k.Text("auto"),
}
_SOFT: Fields = {**_MASKED, "strength": k.Whole(1, 10)}
_PAINT: Fields = {
    "like": k.Texts(),
    "strength": k.Percent(),
    "choose": k.Choice(w.CHOOSE),
    "colour": k.Choice(w.COLOUR),
    "backend": k.Text("auto"),
}

VERBS: Mapping[str, w.Words] = {"sort": w.SORT_VERBS, "retouch": w.RETOUCH_VERBS, "style": w.STYLE_VERBS}
VERB_FIELDS: Mapping[str, Mapping[str, Fields]] = {
    "sort": {verb: {} for verb in w.SORT_VERBS},
    "retouch": {
        "inpaint": {**_MASKED, "with": k.Text("plain wall")},
        "blur": _SOFT,
        "pixelate": _SOFT,
        "crop_away": _MASKED,
        "leave": {},
        "exclude": {},
    },
    "style": {"stylize": _PAINT, "keep_photo": {}},
}
NEEDED: Mapping[str, tuple[str, ...]] = {
    "inpaint": ("mask", "with"), "blur": ("mask",), "pixelate": ("mask",), "crop_away": ("mask",),
}  # fmt: skip
"""Keys that a verb cannot do without; `mask` stands before `with` in messages."""

DEFAULTS: Mapping[str, Fields] = {
    "sort": {"promise": k.Percent(none=True), "culling": k.Choice(w.CULLING)},
    "retouch": {
        name: _SOFT[name]
        for name in ("keep", "grow", "threshold", "max_area", "if_nothing_found", "if_too_much", "strength", "backend")
    },
    "style": _PAINT,
}

RACE: Fields = {"start": k.Moment(), "end": k.Moment(late=True), "circuit": k.Text()}
EVENT: Fields = {
    "name": k.Text("24 h"),
    "language": k.Choice(w.LANGUAGE),
    "views": k.Choice(w.VIEWS),
    "redo_limit": k.Duration(),
    "settle": k.Duration(),
    "device": k.Choice(w.DEVICE),
    "lanes": k.Whole(1, 64, auto=True),
    "night": k.Hours(clock=True),
    "notify": k.Text(),
}
"""And `race`, a map of its own."""

CHAPTER: Fields = {"title": k.Text("Night"), "hours": k.Hours(), "words": k.Texts(commas=True), "text": k.Text()}
BOOK: Fields = {
    "title": k.Text("24 h"),
    "subtitle": k.Text(),
    "start": k.Moment(),
    "end": k.Moment(late=True),
    "language": k.Choice(w.LANGUAGE),
    "design": k.Text("album"),
    "paper": k.Paper(),
    "pages": k.Whole(8, 400),
    "credits": k.Texts(),
}
"""And `chapters`, a list of maps."""

FILES = ("event.yaml", "sort.yaml", "retouch.yaml", "style.yaml", "book.yaml")
RULED: Mapping[str, str] = {"sort.yaml": "sort", "retouch.yaml": "retouch", "style.yaml": "style"}

PLACES: Mapping[str, Said] = {
    "file": ("The file", "Le fichier"),
    "defaults": ('"defaults:"', "«\u202fpar défaut\u202f»"),
    "when": ('"when:"', "«\u202fquand\u202f»"),
    "taken": ('"taken:"', "«\u202fprise\u202f»"),
    "race": ('"race:"', "«\u202fcourse\u202f»"),
    "chapter": ("A chapter", "Un chapitre"),
    "rule": ("A rule", "Une règle"),
}
