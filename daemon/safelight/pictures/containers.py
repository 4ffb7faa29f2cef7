"""How picture files are built: walkers over the parts of JPEG, PNG, WebP, GIF and ISO media files.

Each walker yields parts in file order and stops where the file stops making sense; what that means is for its caller
(`completeness` waits for the rest, `metadata` drops what should not leave the house). Nothing is decoded and files are
read by pieces, so that a walk costs little memory whatever the size. Streams are seekable and binary.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

PIECE: Final = 1 << 20
EOI: Final = 0xD9
SOS: Final = 0xDA
# 0xFF followed by neither a stuffed zero nor a restart mark nor a fill byte: a real marker.
_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_STANDALONE: Final = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})


@dataclass(frozen=True)
class Part:
    """One piece of a file, bytes [start, end). `kind` is the marker, chunk type or box type; `sound` its checksum."""

    kind: bytes
    start: int
    end: int
    sound: bool = True


def size_of(stream: BinaryIO) -> int:
    """Length of the stream in bytes; its position is not kept."""
    return stream.seek(0, os.SEEK_END)


def read_at(stream: BinaryIO, offset: int, count: int) -> bytes:
    """Up to `count` bytes from `offset`."""
    stream.seek(offset)
    return stream.read(count)


def jpeg_segments(stream: BinaryIO) -> Iterator[Part]:
    """Every segment from SOI to EOI, each marker with its parameters; kind is the one marker byte.

    A thumbnail inside a segment is stepped over with it and cannot be taken for the end. Coded data after an SOS are
    not yielded: they lie between the parts. Ends without an EOI part where the file does.
    """
    size = size_of(stream)
    yield Part(b"\xd8", 0, 2)
    at = 2
    while True:
        found = _next_marker(stream, at)
        if found is None:
            return
        start, code = found
        if code == EOI:
            yield Part(b"\xd9", start, start + 2)
            return
        if code in _STANDALONE:
            at = start + 2
            continue
        length = int.from_bytes(read_at(stream, start + 2, 2), "big")
        at = start + 2 + length
        if length < 2 or at > size:
            return
        yield Part(bytes([code]), start, at)


def _next_marker(stream: BinaryIO, at: int) -> tuple[int, int] | None:
    """Offset and code of the first marker at or after `at`; decoders step over rubbish the same way."""
    stream.seek(at)
    base, tail, count = at, b"", 4096  # segments lie close together, coded data are long
    while piece := stream.read(count):
        count = PIECE
        data = tail + piece
        if match := _MARKER.search(data):
            return base + match.start(), data[match.end() - 1]
        tail = data[-1:]
        base += len(data) - 1
    return None


def png_chunks(stream: BinaryIO) -> Iterator[Part]:
    """Every chunk up to IEND, length and checksum included; `sound` says whether the checksum holds."""
    size = size_of(stream)
    at = 8
    while at + 12 <= size:
        head = read_at(stream, at, 8)
        end = at + 12 + int.from_bytes(head[:4], "big")
        if end > size or not head[4:].isalpha():
            return
        yield Part(head[4:], at, end, _crc_holds(stream, head[4:], end))
        if head[4:] == b"IEND":
            return
        at = end


def _crc_holds(stream: BinaryIO, kind: bytes, end: int) -> bool:
    """Whether the CRC at `end` - 4 fits; the stream stands just behind the chunk's type."""
    crc, left = zlib.crc32(kind), end - 4 - stream.tell()
    while left:
        piece = stream.read(min(PIECE, left))
        if not piece:
            return False
        crc, left = zlib.crc32(piece, crc), left - len(piece)
    return stream.read(4) == crc.to_bytes(4, "big")


def riff_chunks(stream: BinaryIO) -> Iterator[Part]:
    """Every chunk of a RIFF file, padding byte excluded. Stops early where one does not fit or has no name."""
    size = min(size_of(stream), 8 + int.from_bytes(read_at(stream, 4, 4), "little"))
    at = 12
    while at + 8 <= size:
        head = read_at(stream, at, 8)
        end = at + 8 + int.from_bytes(head[4:], "little")
        if end > size or not all(32 <= byte < 127 for byte in head[:4]):
            return
        yield Part(head[:4], at, end)
        at = end + end % 2


def boxes(stream: BinaryIO) -> Iterator[Part]:
    """The top-level boxes of an ISO media file (HEIC, AVIF, CR3)."""
    size = size_of(stream)
    at = 0
    while at + 8 <= size:
        head = read_at(stream, at, 16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0 and head[4:8] != b"\0\0\0\0":
            length = size - at  # "to the end of the file": legal for the last box
        if length < 8 or at + length > size:
            return
        yield Part(head[4:8], at, at + length)
        at += length


def gif_blocks(stream: BinaryIO) -> Iterator[Part]:
    """Images (b","), extensions (b"!") and the trailer (b";")."""
    at = 13 + _colour_table(read_at(stream, 10, 1))
    while True:
        kind = read_at(stream, at, 1)
        if kind == b";":
            yield Part(kind, at, at + 1)
            return
        if kind == b",":
            head = read_at(stream, at, 10)
            data = at + 11 + _colour_table(head[9:10])
        elif kind == b"!":
            data = at + 2
        else:
            return
        end = _sub_blocks_end(stream, data)
        if end is None:
            return
        yield Part(kind, at, end)
        at = end


def _colour_table(flags: bytes) -> int:
    return 3 * 2 ** ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


def _sub_blocks_end(stream: BinaryIO, at: int) -> int | None:
    """Behind the empty sub-block that ends a chain of them, or None where the file ends first."""
    while length := read_at(stream, at, 1):
        at += 1 + length[0]
        if length[0] == 0:
            return at
    return None
