"""Names of files: what is ignored, how names compare, what a view may be called. Pure.

Names are kept as given and compared in NFC and casefolded. Output names are limited in bytes (file systems count bytes,
and decomposed accents need more of them) and free of what Windows cannot write.
"""

from __future__ import annotations

import fnmatch
import re
import unicodedata

JUNK = (
    ".*", "~*", "*~", "*.part", "*.partial", "*.filepart", "*.tmp", "*.crdownload", "*.download", "*.swp",
    "thumbs.db", "desktop.ini", "@eadir", "__macosx", "captureone", "*.lrcat*", "*.why.txt", "*.xmp", "readme*.txt",
    "ehthumbs.db", "icon\r",
)  # fmt: skip
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
LONGEST = 200
"""Bytes of a view's name, so that `.why.txt`, ` (2)` and a photographer's tool can still add to it within 255."""


def junk(name: str) -> bool:
    """Whether a file or folder of this name is nothing to take: hidden, temporary, or another program's."""
    folded = name.casefold()
    return any(fnmatch.fnmatchcase(folded, pattern) for pattern in JUNK)


def comparable(name: str) -> str:
    """What two names are compared by."""
    return unicodedata.normalize("NFC", name).casefold()


def clean(name: str) -> str:
    """A name that every file system takes; never empty, at most LONGEST bytes, its ending kept."""
    shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    shown = _FORBIDDEN.sub("_", shown).strip(" .") or "photo"
    stem, dot, ending = shown.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = shown, "", ""
    if stem.casefold() in _RESERVED:
        stem += "_"
    room = LONGEST - len((dot + ending).encode())
    cut = stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .")
    return (cut or "photo") + dot + ending


def stem_of(name: str) -> str:
    """The name without its ending."""
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else name


def numbered(name: str, count: int) -> str:
    """`IMG (2).JPG` for the second photo of one name."""
    if count <= 1:
        return name
    stem = stem_of(name)
    return f"{stem} ({count}){name[len(stem) :]}"
