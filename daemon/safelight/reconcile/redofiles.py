"""A file named `redo retouch` in `rules/` is a word: taken as exactly one request, then gone.

`read_name` (pure) says what a name asks for; `take` acts. The request's name comes from the file itself (name, time,
number on disk), so that a crash between asking and removing never asks twice. What is not understood is renamed to
`… - NOT UNDERSTOOD.txt` with an explanation in it.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from safelight.model.digests import PhotoId
from safelight.model.system import said
from safelight.reconcile.finding import photos_called
from safelight.reconcile.names import junk
from safelight.reconcile.ownfiles import OwnFiles
from safelight.reconcile.planning import rules_digest
from safelight.reconcile.rulewords import part_word, say, text_file
from safelight.reconcile.work import Work

_NAME = re.compile(r"(?:redo|refaire)(?:[\s_:-]+(?P<word>.+?))?\s*(?:\.(?:txt|rtf|md|text))*", re.IGNORECASE)
MOST = 4000
"""Bytes of a person's words that are carried over into an answer."""
_ANSWER = (" - NOT UNDERSTOOD", " - PAS COMPRIS")
WORDS = {
    "sort": ("sort", "sorting", "tri", "trier", "sort.yaml"),
    "retouch": ("retouch", "retouching", "retouche", "retouches", "retoucher", "retouch.yaml"),
    "style": ("style", "styles", "styliser", "peinture", "style.yaml"),
    "book": ("book", "livre", "book.yaml"),
    "look": ("look", "mesures"),
    "classify": ("classify", "classer"),
    "mask": ("mask", "masks", "masque", "masques"),
    "inpaint": ("inpaint", "repeindre"),
    "alter": ("alter",),
    "stylize": ("stylize", "peindre"),
}
"""What can be done again, and what people call it."""
_MEANING = {word: name for name, words in WORDS.items() for word in words}


@dataclass(frozen=True)
class Asked:
    """What a request will say: its kind and body, and the sentence for people (key and words)."""

    kind: str
    body: dict[str, object]
    told: str


def read_name(name: str) -> str | None:
    """The word of a file's name (`retouch`, `IMG_4711`, empty for a bare `redo`); None when it is no such file."""
    plain = unicodedata.normalize("NFC", name)
    if junk(name) or is_answer(plain):
        return None
    found = _NAME.fullmatch(plain)
    return (found["word"] or "").strip() if found else None


def is_answer(name: str) -> bool:
    """Whether this is one of our answers."""
    return any(answer in name for answer in _ANSWER)


def take(work: Work, own: OwnFiles) -> None:
    """All such files of the rules folder. Call it only when no changed rule file waits to be believed."""
    if work.recipe is None:
        return
    try:
        names = sorted(os.listdir(work.event.rules))
    except OSError:
        return
    for name in names:
        word = read_name(name)
        if word is None:
            continue
        try:
            _take(work, own, work.event.rules / name, word)
        except OSError as fault:
            work.tell_once(f"redo {name}", f"rules/{name}: {said(fault.strerror or '', work.language)}")


def _take(work: Work, own: OwnFiles, path: Path, word: str) -> None:
    """One file: a request, or an answer."""
    unique = _unique(path)
    if not any(f"{unique}-{kind}" in work.owner.state.requests for kind in ("word", "redo", "book")):
        asked = meaning(work, word)
        if not isinstance(asked, Asked):
            _answer(work, own, path, asked)
            return
        work.event.requests.put(asked.kind, asked.body, unique)
        work.at("redo asked")
        work.tell(say("redo_taken", work.language, file=path.name, told=asked.told))
    _remove(path)


def _unique(path: Path) -> str:
    stat = path.stat()
    told = f"{path.name}|{stat.st_mtime_ns}|{stat.st_ino}".encode("utf-8", "surrogateescape")
    return f"file-{hashlib.sha256(told).hexdigest()[:24]}"


def _remove(path: Path) -> None:
    """The file, or the empty folder: where a file browser makes no empty files people make a folder."""
    if path.is_dir():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def meaning(work: Work, word: str) -> Asked | str:
    """What a word asks for, or the explanation why it was not understood."""
    language, plain = work.language, " ".join(word.casefold().split())
    name = _MEANING.get(plain)
    if name == "book":
        return Asked("book", {}, say("redo_book", language))
    if name is not None:
        assert work.recipe is not None
        if name in work.planner.plan(work.owner, work.recipe):
            told = say("redo_word", language, part=part_word(name, language))
            return Asked("word", {"part": name, "rules": rules_digest(work.recipe, name)}, told)
        return Asked("redo", {"stage": name}, say("redo_all", language, what=name))
    photos = photos_called(work.owner, word) if word else []
    if len(photos) == 1:
        told = say("redo_photo", language, what=work.owner.of(photos[0]).name)
        return Asked("redo", {"stage": "photo", "photos": [photos[0]]}, told)
    return "\n\n".join(_explained(work, word, plain, photos))


def _explained(work: Work, word: str, plain: str, photos: list[PhotoId]) -> list[str]:
    language = work.language
    if photos:
        start = "refaire" if language == "fr" else "redo"
        rows = [
            f"  {start} {photo[:12]}   ({work.owner.of(photo).photographer}/{work.owner.of(photo).name})"
            for photo in photos
        ]
        return [say("redo_several", language, word=word), "\n".join(rows)]
    near = difflib.get_close_matches(plain, _MEANING, n=1, cutoff=0.7)
    lines = [say("redo_unknown", language, word=word)] if word else []
    lines += [say("redo_near", language, near=near[0])] if near else []
    return [*lines, say("redo_can", language)]


def _answer(work: Work, own: OwnFiles, path: Path, text: str) -> None:
    """Say what was not understood in a file of the same name with the answer in it; a person's words stay below."""
    stem = re.sub(r"(\.(?:txt|rtf|md|text))+$", "", path.name, flags=re.IGNORECASE)
    name = f"{stem}{_ANSWER[work.language == 'fr']}.txt"
    said = "" if path.is_dir() else _words_in(path)
    if said is None or not own.put(name, text_file(f"{text}\n\n{said}" if said else text)):
        work.tell_once(f"redo {path.name}", f"rules/{path.name}: {text}")
        return
    work.at("redo answered")
    _remove(path)
    work.tell(f"rules/{name}")


def _words_in(path: Path) -> str | None:
    """What a person wrote into the file; None when it is more than a few words or no text."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig").strip() if len(data) <= MOST else None
    except UnicodeDecodeError:
        return None
