"""Has this file arrived to its true end? The test that a copy still under way cannot pass.

Promise: half a copy is never called whole, neither cut short nor padded with zeros to its full size (which most
decoders swallow without a word), and a whole file is never called unfinished for what follows its end. The structure
is walked to the end the format itself declares; pixels are not decoded, the file name is not looked at, and the file
is read by pieces. Whether the data in between are sound is the decoder's business (`decode`).

Known doubts: an uncompressed TIFF whose directory comes first and whose last 4 KiB are pure black looks exactly like a
padded one, and counts as unfinished; one that lacks less than its last 4 KiB counts as whole. A lossy WebP of one flat
colour is nothing but zeros at its end and counts as whole.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal

from safelight.pictures import tiff
from safelight.pictures.containers import (
    Part,
    boxes,
    gif_blocks,
    jpeg_segments,
    png_chunks,
    read_at,
    riff_chunks,
    size_of,
)
from safelight.pictures.formats import HEAD, READ, may_become, sniff

State = Literal["whole", "unfinished", "empty", "not_a_picture", "not_yet_supported"]

_TAIL: Final = 4096
_CODED_TAIL: Final = 16  # compressed data do not end in this many zeros, raw pixels do more often


@dataclass(frozen=True)
class Ending:
    """`state` says how the file ends, `format` what it is (empty where unknown).

    `not_yet_supported` is a file that arrived whole in a format that is kept but not read; a RAW file still being
    copied is `unfinished` like any other.
    """

    state: State
    format: str = ""

    @property
    def arrived(self) -> bool:
        """Whether waiting longer is pointless."""
        return self.state not in {"unfinished", "empty"}


def check_end(file: str | os.PathLike[str] | bytes | BinaryIO) -> Ending:
    """How the file (a path, its bytes, or an open seekable binary file) ends. OSError where it cannot be read."""
    if isinstance(file, bytes):
        return _check(io.BytesIO(file))
    if isinstance(file, str | os.PathLike):
        with open(file, "rb") as stream:
            return _check(stream)
    return _check(file)


def _check(stream: BinaryIO) -> Ending:
    size = size_of(stream)
    if size == 0:
        return Ending("empty")
    head = read_at(stream, 0, HEAD)
    name = sniff(head)
    if name is None:
        waits = may_become(head) and (size <= HEAD or not read_at(stream, 0, _TAIL).strip(b"\0"))
        return Ending("unfinished" if waits else "not_a_picture")
    if name == "TIFF":
        return _tiff(stream)
    whole = _TESTS.get(name, _ends_in_data)(stream)
    return _ending(name, whole=whole)


def _ending(name: str, *, whole: bool) -> Ending:
    if not whole:
        return Ending("unfinished", name)
    return Ending("whole" if name in READ else "not_yet_supported", name)


def _jpeg(stream: BinaryIO) -> bool:
    """A true EOI, after at least one scan: the EOI of a thumbnail is inside a segment and stepped over."""
    scans = 0
    for part in jpeg_segments(stream):
        scans += part.kind == b"\xda"
        if part.kind == b"\xd9":
            return scans > 0
    return False


def _png(stream: BinaryIO) -> bool:
    """IEND reached. A broken checksum means a hole where the chunk's end is still zeros, damage otherwise."""
    for part in png_chunks(stream):
        if not part.sound and not read_at(stream, part.end - 12, 12).strip(b"\0"):
            return False
        if part.kind == b"IEND":
            return part.sound
    return False


def _webp(stream: BinaryIO) -> bool:
    """Every chunk inside the declared length, and coded picture data up to its end."""
    declared = 8 + int.from_bytes(read_at(stream, 4, 4), "little")
    parts = list(riff_chunks(stream))
    if declared > size_of(stream) or not parts or parts[-1].end + parts[-1].end % 2 < declared - 1:
        return False
    coded = [part for part in parts if part.kind in {b"VP8 ", b"VP8L", b"ANMF"}]
    if not coded:
        return False
    return _alive(stream, coded[-1].end, _CODED_TAIL) or _flat(stream, coded[-1])


def _flat(stream: BinaryIO, part: Part) -> bool:
    """Whether a lossy WebP frame has so few bits a pixel (photographs take 30 times as many) that zeros are its data."""
    frame = read_at(stream, part.start + 8, 10)
    if part.kind != b"VP8 " or frame[3:6] != b"\x9d\x01\x2a":
        return False
    width, height = (int.from_bytes(frame[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    return (part.end - part.start) * 300 < width * height


def _gif(stream: BinaryIO) -> bool:
    kinds = [part.kind for part in gif_blocks(stream)]
    return b"," in kinds and kinds[-1] == b";"


def _iso(stream: BinaryIO) -> bool:
    """Box lengths add up to the file, and the picture data in it are not padding."""
    parts = list(boxes(stream))
    data = [part for part in parts if part.kind == b"mdat"]
    if not data or parts[-1].end != size_of(stream):
        return False
    return _alive(stream, data[-1].end, _CODED_TAIL)


def _ends_in_data(stream: BinaryIO) -> bool:
    """All that can be said of formats whose structure is not known here."""
    return _alive(stream, size_of(stream), _TAIL)


def _alive(stream: BinaryIO, end: int, count: int) -> bool:
    """Whether any of the last `count` bytes before `end` is not zero."""
    start = max(0, end - count)
    return bool(read_at(stream, start, end - start).strip(b"\0"))


def _tiff(stream: BinaryIO) -> Ending:
    """Every strip and tile inside the file, and the last of them not padding."""
    found = tiff.directories(stream)
    if found is None:
        return Ending("unfinished", "TIFF")
    name = tiff.raw_name(found) or "TIFF"
    size = size_of(stream)
    ranges: list[tuple[int, int, bool]] = []
    for directory in found:
        listed = directory.data_ranges()
        if listed is None or any(end > size for _, end in listed):
            return Ending("unfinished", name)
        raw = directory.first(tiff.COMPRESSION, 1) == 1
        ranges.extend((start, end, raw) for start, end in listed if end > start)
    if not ranges:
        return Ending("unfinished", name)
    start, end, raw = max(ranges, key=lambda item: item[1])
    tail = min(_TAIL if raw else _CODED_TAIL, end - start)
    # Raw pixels may be black; anything after them (a directory, most often) proves that the writer got that far.
    return _ending(name, whole=_alive(stream, end, tail) or (raw and _alive(stream, size, min(size - end, 1 << 20))))


_TESTS: Final[dict[str, Callable[[BinaryIO], bool]]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WebP": _webp,
    "GIF": _gif,
    "HEIC": _iso,
    "AVIF": _iso,
    "CR3": _iso,
}
