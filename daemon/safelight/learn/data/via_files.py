"""What VGG Image Annotator writes, of versions 1, 2 and 3, JSON and CSV, as one list of pictures with regions.

Forms: exported annotations (version 1: regions in a dictionary; 2: in a list), projects of version 2
(`_via_img_metadata`) and 3 (`file`, `view`, `metadata`, `attribute`), CSV of version 1/2 (one region a row) and 3 (comment
lines, then one region a row); with or without byte order mark. What is wrong becomes a complaint with the row.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from safelight.learn.data.errors import (
    BrokenCell,
    BrokenEntry,
    BrokenRow,
    BrokenShape,
    DataError,
    RowsMissing,
    TwiceTheSame,
    UnknownShape,
    broken_json,
)
from safelight.learn.data.files import read_bytes
from safelight.learn.data.shapes import Shape
from safelight.learn.data.via_regions import (
    READERS,
    Options,
    Raw,
    lenient,
    options_in,
    options_of,
    raw_region,
    raw_region3,
    shape_of,
    whole,
)

_COLUMNS: Final = ("filename", "file_size", "region_count", "region_shape_attributes", "region_attributes")
_COLUMNS3: Final = ("file_list", "spatial_coordinates", "metadata")


@dataclass(frozen=True, eq=False)
class Region:
    """One shape drawn. `number` counts from 1 within its picture; `at` is the file, with the row where it has rows.
    `kind` is the program's word; `shape` is None for points. `attributes` hold the non-empty values, several choices as
    several values.
    """

    number: int
    at: str
    kind: str
    shape: Shape | None
    attributes: dict[str, tuple[str, ...]]


@dataclass(eq=False)
class Entry:
    """One picture as named in the file; `bytes` is the size of its file when annotated, 0 where not told."""

    name: str
    bytes: int = 0
    regions: list[Region] = field(default_factory=list)


@dataclass(eq=False)
class Annotations:
    """All pictures of an annotation file in its order, and what is wrong with the file."""

    path: Path
    entries: dict[str, Entry] = field(default_factory=dict)
    complaints: list[DataError] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Keep a picture; a second one of the same name is a complaint."""
        if entry.name in self.entries:
            self.complaints.append(TwiceTheSame(file=self.path, sample=entry.name))
        else:
            self.entries[entry.name] = entry

    def region(self, entry: Entry, at: str, raw: Raw) -> None:
        """Add a region to its picture, or the complaint about it."""
        number = len(entry.regions) + 1
        try:
            shape = shape_of(raw.kind, raw.numbers)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            told = {"file": self.path, "at": at, "sample": entry.name, "region": number}
            text = json.dumps(raw.numbers, ensure_ascii=False, default=str)[:80]
            known = raw.kind in READERS
            fault = BrokenShape(**told, text=text, shape=raw.kind) if known else UnknownShape(**told, text=raw.kind)
            self.complaints.append(fault)
            shape = None
        entry.regions.append(Region(number, at, raw.kind, shape, raw.attributes))


def read_via(path: Path) -> Annotations:
    """The pictures and regions of a file; raises MissingFile, DamagedFile or BrokenJson, all else is a complaint."""
    text = read_bytes(path).decode("utf-8-sig", "replace")
    found = Annotations(path)
    if path.suffix.lower() == ".csv":
        _read_csv(text, found)
        return found
    try:
        value = lenient(text)
    except (ValueError, RecursionError) as fault:
        raise broken_json(path, fault) from None
    if isinstance(value, dict) and isinstance(value.get("metadata"), dict) and isinstance(value.get("view"), dict):
        _read_project3(value, found)
        return found
    if isinstance(value, dict) and "_via_img_metadata" in value:
        value = value["_via_img_metadata"]
    for key, raw in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else []):
        _read_entry(str(key), raw, found)
    return found


def is_via(path: Path) -> bool:
    """Whether a file looks like one of these, by its first 64 KiB."""
    try:
        with path.open("rb") as file:
            head = file.read(65536).decode("utf-8-sig", "replace")
    except OSError:
        return False
    if path.suffix.lower() == ".csv":
        return "region_shape_attributes" in head or ("spatial_coordinates" in head and "file_list" in head)
    marks = ('"shape_attributes"', '"file_attributes"', '"_via_', '"base64_img_data"')
    return any(mark in head for mark in marks) or ('"project"' in head and '"fid_list"' in head)


# --- versions 1 and 2 --------------------------------------------------------------------------------------------


def _read_entry(key: str, raw: Any, found: Annotations) -> None:
    regions = raw.get("regions") if isinstance(raw, dict) else None
    listed = list(regions.values()) if isinstance(regions, dict) else (regions or [])
    if not isinstance(raw, dict) or not isinstance(raw.get("filename"), str) or not isinstance(listed, list):
        found.complaints.append(BrokenEntry(file=found.path, sample=key))
        return
    entry = Entry(raw["filename"], whole(raw.get("size")))
    for region in listed:
        value = region if isinstance(region, dict) else {}
        found.region(entry, str(found.path), raw_region(value.get("shape_attributes"), value.get("region_attributes")))
    found.add(entry)


def _read_csv(text: str, found: Annotations) -> None:
    comments = [line for line in text.splitlines() if line.startswith("#")]
    header = next((line.split("=", 1)[1] for line in comments if line.startswith("# CSV_HEADER")), "")
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = [name.strip() for name in header.split(",")] if header else []
    announced: dict[str, tuple[int, int]] = {}
    options = options_of(comments)
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error:
            found.complaints.append(BrokenCell(file=found.path, row=line, column="?", text="…"))
            continue
        if not row or row[0].startswith("#"):
            continue
        if not columns:
            columns = [name.strip() for name in row]
            continue
        if len(row) != len(columns):
            found.complaints.append(BrokenRow(file=found.path, row=line, found=len(row), expected=len(columns)))
            continue
        cells = dict(zip(columns, row, strict=True))
        if set(_COLUMNS3) <= set(columns):
            _read_row3(cells, line, options, found)
        else:
            _read_row(cells, line, announced, found)
    for name, (count, first) in announced.items():
        regions = len(found.entries[name].regions)
        if count != regions:
            told = {"expected": count, "found": regions, "sample": name}
            found.complaints.append(RowsMissing(file=found.path, row=first, **told))


def _read_row(cells: dict[str, str], row: int, announced: dict[str, tuple[int, int]], found: Annotations) -> None:
    values = {}
    for column in ("region_shape_attributes", "region_attributes"):
        values[column] = _cell(cells, column, row, found)
        if values[column] is None:
            return
    name = cells.get("filename", "").strip()
    if not name:
        found.complaints.append(BrokenCell(file=found.path, row=row, column="filename", text=""))
        return
    if name not in found.entries:
        found.add(Entry(name, whole(cells.get("file_size"))))
        announced[name] = whole(cells.get("region_count")), row
    if values["region_shape_attributes"]:
        raw = raw_region(values["region_shape_attributes"], values["region_attributes"])
        found.region(found.entries[name], f"{found.path}:{row}", raw)


def _cell(cells: Mapping[str, str], column: str, row: int, found: Annotations) -> Any:
    """The JSON in a cell, or None and a complaint."""
    text = cells.get(column, "")
    try:
        return lenient(text) if text.strip() else {}
    except (ValueError, RecursionError):
        found.complaints.append(BrokenCell(file=found.path, row=row, column=column, text=text[:80]))
        return None


# --- version 3 ---------------------------------------------------------------------------------------------------


def _read_project3(value: dict[str, Any], found: Annotations) -> None:
    options = options_in(value.get("attribute"))
    names: dict[str, str] = {}
    for view, raw in value["view"].items():
        try:
            files = [value["file"][str(number)] for number in raw["fid_list"]]
            names[view] = str(files[0]["fname"])
        except (KeyError, TypeError, IndexError):
            found.complaints.append(BrokenEntry(file=found.path, sample=str(view)))
            continue
        found.add(Entry(names[view]))
    for key, raw in value["metadata"].items():
        if not isinstance(raw, dict) or str(raw.get("vid")) not in names:
            found.complaints.append(BrokenEntry(file=found.path, sample=str(key)))
        elif raw.get("xy"):
            entry = found.entries[names[str(raw["vid"])]]
            found.region(entry, str(found.path), raw_region3(raw["xy"], raw.get("av"), options))


def _read_row3(cells: Mapping[str, str], row: int, options: Options, found: Annotations) -> None:
    files, place, attributes = (_cell(cells, column, row, found) for column in _COLUMNS3)
    if files is None or place is None or attributes is None:
        return
    if not isinstance(files, list) or not files:
        text = cells["file_list"][:80]
        found.complaints.append(BrokenCell(file=found.path, row=row, column="file_list", text=text))
        return
    name = str(files[0])
    if name not in found.entries:
        found.add(Entry(name))
    if place:
        found.region(found.entries[name], f"{found.path}:{row}", raw_region3(place, attributes, options))
