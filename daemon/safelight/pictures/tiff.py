"""The directories of TIFF files, and of the many RAW formats that dress as TIFF.

Promise: `directories` walks the main chain and the sub-directories, bounded in number, never in a circle, and never
raises on rubbish: what cannot be read is left out. `raw_name` tells a RAW file from a picture saved as TIFF.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO, Final, Literal

from safelight.pictures.containers import read_at, size_of

_WIDTH: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_MOST_ENTRIES: Final = 4096
_MOST_VALUES: Final = 1 << 20
_MOST_DIRECTORIES: Final = 64

SUBFILE, COMPRESSION, PHOTOMETRIC, MAKE, SUB_IFDS, DNG_VERSION = 254, 259, 262, 271, 330, 50706
STRIP_OFFSETS, STRIP_COUNTS, TILE_OFFSETS, TILE_COUNTS = 273, 279, 324, 325
JPEG_OFFSET, JPEG_COUNT, JPEG_TABLES = 513, 514, 347
_WANTED: Final = frozenset({
    SUBFILE, COMPRESSION, PHOTOMETRIC, MAKE, SUB_IFDS, DNG_VERSION,
    STRIP_OFFSETS, STRIP_COUNTS, TILE_OFFSETS, TILE_COUNTS, JPEG_OFFSET, JPEG_COUNT,
})  # fmt: skip
_MAKERS: Final = (
    ("NIKON", "NEF"), ("SONY", "ARW"), ("PENTAX", "PEF"), ("RICOH", "PEF"), ("SAMSUNG", "SRW"), ("CANON", "CR2"),
    ("HASSELBLAD", "3FR"), ("PHASE ONE", "IIQ"), ("LEAF", "MOS"), ("KODAK", "DCR"), ("EPSON", "ERF"),
    ("LEICA", "RWL"), ("OLYMPUS", "ORF"), ("PANASONIC", "RW2"),
)  # fmt: skip
_CFA, _LINEAR_RAW = 32803, 34892
_MAKERS_OWN_COMPRESSION: Final = frozenset({6, 32767, 32769, 32770, 34713, 65000, 65535})


@dataclass(frozen=True)
class Directory:
    """One directory: the wanted tags and their whole-number values (bytes one by one)."""

    tags: dict[int, tuple[int, ...]] = field(default_factory=dict)
    sub: bool = False
    tables: tuple[int, int] | None = None
    """Where the tables that all strips of JPEG share lie."""

    def first(self, tag: int, default: int = 0) -> int:
        """The first value of a tag."""
        values = self.tags.get(tag)
        return values[0] if values else default

    def data_ranges(self) -> list[tuple[int, int]] | None:
        """(start, end) of every strip, tile and embedded JPEG; None where offsets and lengths do not pair up."""
        ranges: list[tuple[int, int]] = [] if self.tables is None else [self.tables]
        for offsets_tag, counts_tag in (
            (STRIP_OFFSETS, STRIP_COUNTS),
            (TILE_OFFSETS, TILE_COUNTS),
            (JPEG_OFFSET, JPEG_COUNT),
        ):
            offsets, counts = self.tags.get(offsets_tag, ()), self.tags.get(counts_tag, ())
            if not counts:
                counts = (1,) * len(offsets)  # old writers leave the lengths out
            if len(offsets) != len(counts):
                return None
            ranges.extend((start, start + count) for start, count in zip(offsets, counts, strict=True))
        return ranges


def directories(stream: BinaryIO) -> list[Directory] | None:
    """The directories of the file, main chain first; None when one that is pointed at lies outside or is empty."""
    head = read_at(stream, 0, 16)
    order: Literal["little", "big"] = "little" if head[:2] == b"II" else "big"
    big = 43 in head[2:4]
    reader = _Reader(stream, order, size_of(stream), big)
    todo = [(int.from_bytes(head[8:16] if big else head[4:8], order), False)]
    seen: set[int] = set()
    found: list[Directory] = []
    while todo and len(found) < _MOST_DIRECTORIES:
        at, sub = todo.pop(0)
        if at in seen:
            continue
        seen.add(at)
        read = reader.directory(at, sub=sub)
        if read is None:
            return None
        directory, following = read
        found.append(directory)
        todo.extend((offset, True) for offset in directory.tags.get(SUB_IFDS, ()) if offset)
        if following and not sub:
            todo.append((following, False))
    return found


@dataclass
class _Reader:
    stream: BinaryIO
    order: Literal["little", "big"]
    size: int
    big: bool

    def number(self, data: bytes) -> int:
        return int.from_bytes(data, self.order)

    def directory(self, at: int, *, sub: bool) -> tuple[Directory, int] | None:
        """The directory at this offset and the offset of the next, or None when it is not there."""
        head, entry, inline = (8, 20, 8) if self.big else (2, 12, 4)
        count = self.number(read_at(self.stream, at, head)) if 8 <= at < self.size else 0
        if not 0 < count <= _MOST_ENTRIES:
            return None
        table = read_at(self.stream, at + head, count * entry + inline)
        if len(table) < count * entry:
            return None
        tags = {}
        tables = None
        for start in range(0, count * entry, entry):
            row = table[start : start + entry]
            tag, kind, number = self.number(row[:2]), self.number(row[2:4]), self.number(row[4:-inline])
            width = _WIDTH.get(kind, 0)
            place = self.number(row[-inline:]) if number * width > inline else at + head + start + entry - inline
            if place + number * width > self.size:
                return None  # the rest of the file has yet to come
            if tag == JPEG_TABLES:
                tables = (place, place + number)
            if tag in _WANTED and width and 0 < number <= _MOST_VALUES:
                data = read_at(self.stream, place, number * width)
                tags[tag] = tuple(self.number(data[i : i + width]) for i in range(0, len(data), width))
        return Directory(tags, sub, tables), self.number(table[count * entry :])


def raw_name(found: list[Directory]) -> str | None:
    """The RAW format these directories belong to (DNG, NEF, ARW, …), or None for an ordinary TIFF."""
    if not found:
        return None
    main = found[0]
    if DNG_VERSION in main.tags:
        return "DNG"
    if not _is_raw(main, found):
        return None
    make = bytes(value & 255 for value in main.tags.get(MAKE, ())).decode("latin-1").upper()
    return next((name for word, name in _MAKERS if word in make), "RAW")


def _is_raw(main: Directory, found: list[Directory]) -> bool:
    """RAW files hold sensor data, or begin with a small preview and keep the picture in a sub-directory."""
    if any(d.first(PHOTOMETRIC, -1) in {_CFA, _LINEAR_RAW} for d in found):
        return True
    maker = MAKE in main.tags
    if maker and main.first(COMPRESSION) in _MAKERS_OWN_COMPRESSION:
        return True
    return maker and main.first(SUBFILE) == 1 and any(d.sub for d in found)
