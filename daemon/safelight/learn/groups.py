"""Which photos belong together: pictures of one source must never stand on both sides of a validation.

A table beside the class folders says it (`SOURCES.md` with a table whose first two columns are the file and its
repository, or `sources.csv` with the columns file and source). Without one, the file's name without its counter does:
`24h-Race-6` and `24h-Race-7` are one series.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from safelight.learn.folders import Labelled

_COUNTER = re.compile(r"[\s_\-]*\(?\d*\)?$")


def sources(folder: Path, files: Sequence[Labelled]) -> list[str]:
    """The source of each file, in order."""
    told = _told(folder)
    return [told.get(_plain(str(item.path.relative_to(folder)))) or _series(item.path) for item in files]


def _told(folder: Path) -> dict[str, str]:
    table, sheet = folder / "SOURCES.md", folder / "sources.csv"
    if sheet.is_file():
        with sheet.open(encoding="utf-8", newline="") as file:
            return {_plain(row["file"]): row["source"] for row in csv.DictReader(file)}
    if not table.is_file():
        return {}
    found = {}
    for line in table.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) > 1 and " : " in cells[1]:
            found[_plain(cells[0])] = cells[1].split(" : ")[0]
    return found


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _series(path: Path) -> str:
    return _COUNTER.sub("", _plain(path.stem)).casefold() or _plain(path.stem).casefold()
