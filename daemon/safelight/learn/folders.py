"""Reading labelled photos: a folder with three sub-folders named as the classes.

Class folders are recognised as people spell them (`Ok`, `à retoucher`, `exclus`, decomposed accents, any case).
Names only are read here; whether a file is a readable picture is for whoever decodes it to find out. Everything that
is neither a class folder nor a picture by its name is ignored and counted, never an error.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from safelight.model.errors import UsageError
from safelight.model.signals import CLASSES, ClassName

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp"})

_SPELLINGS: dict[ClassName, tuple[str, ...]] = {
    "ok": ("ok", "oks", "okay", "bon", "bonnes", "bons", "good"),
    "retoucher": ("retoucher", "a retoucher", "retouche", "retouches", "retouch", "to retouch"),
    "exclure": ("exclure", "a exclure", "exclus", "exclu", "exclue", "exclues", "exclude", "excluded"),
}


@dataclass(frozen=True)
class Labelled:
    """One picture file and the class of the folder it lies in."""

    path: Path
    expected: ClassName


@dataclass(frozen=True)
class LabelledFolder:
    """All labelled files in a stable order (by class, then by name), and how many other files were ignored."""

    files: tuple[Labelled, ...]
    ignored: int


def class_of(name: str) -> ClassName | None:
    """The class a folder's name means, or None: accents, case, `_` and `-` do not matter."""
    plain = "".join(c for c in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(c))
    words = " ".join(plain.replace("_", " ").replace("-", " ").split())
    return next((known for known in CLASSES if words in _SPELLINGS[known]), None)


def labelled(folder: Path) -> list[Labelled]:
    """The labelled pictures below `folder`; see `read` for what was ignored."""
    return list(read(folder).files)


def read(folder: Path) -> LabelledFolder:
    """Everything labelled below `folder`, sub-folders of a class included; raises UsageError when nothing is."""
    if not folder.is_dir():
        raise UsageError(reason=f"{folder} is not a folder.")
    files: list[Labelled] = []
    ignored = 0
    known = [(entry, class_of(entry.name)) for entry in sorted(folder.iterdir(), key=_order) if _visible(entry)]
    for entry, name in known:
        if not entry.is_dir() or name is None:
            ignored += sum(1 for _ in _below(entry))
            continue
        for path in _below(entry):
            if path.suffix.lower() in SUFFIXES:
                files.append(Labelled(path, name))
            else:
                ignored += 1
    if not any(name for entry, name in known if entry.is_dir()):
        wanted = ", ".join(f"“{name}”" for name in CLASSES)
        raise UsageError(reason=f"{folder} has no class folder: expected sub-folders named {wanted}.")
    if not files:
        raise UsageError(reason=f"The class folders of {folder} hold no pictures.")
    return LabelledFolder(tuple(sorted(files, key=lambda item: CLASSES.index(item.expected))), ignored)


def _below(entry: Path) -> list[Path]:
    if not entry.is_dir():
        return [entry]
    return sorted((path for path in entry.rglob("*") if path.is_file() and _visible(path)), key=_order)


def _visible(path: Path) -> bool:
    return not path.name.startswith(".")


def _order(path: Path) -> tuple[str, str]:
    """By name as people see it, so that the order does not depend on how a file system stores accents."""
    return unicodedata.normalize("NFC", str(path)), str(path)
