"""Metadata out, pixels untouched: for files that leave the house.

Promise: nothing personal is left (EXIF with place and serial number, XMP, IPTC, comments, maker's segments, the second
pictures that phones append, anything behind the picture's end), and the coded pixels are the same bytes. What the
picture needs to look right stays: colour profile, JFIF and Adobe markers, gamma, palette, orientation.
"""

from __future__ import annotations

import io
import struct
from typing import Final

from safelight.model.errors import NotYetSupported
from safelight.pictures.containers import Part, jpeg_segments, png_chunks, riff_chunks
from safelight.pictures.decode import DEFAULT_LIMITS, arrived_format, declared_profile, opened
from safelight.pictures.metadata import read

_PNG_KEEPS: Final = frozenset({
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD",
    b"acTL", b"fcTL", b"fdAT", b"pHYs",
})  # fmt: skip
_WEBP_DROPS: Final = frozenset({b"EXIF", b"XMP "})
_WEBP_METADATA: Final = 0x08 | 0x04


def strip(data: bytes) -> bytes:
    """The same picture without metadata. Errors as `decode`; NotYetSupported for TIFF and GIF, never half a job."""
    name = arrived_format(data)
    orientation = read(data).orientation
    match name:
        case "JPEG":
            return _jpeg(data, orientation)
        case "PNG":
            return _png(data, orientation)
        case "WebP":
            return _webp(data, orientation)
        case _:
            raise NotYetSupported(format=name)


def _jpeg(data: bytes, orientation: int) -> bytes:
    """Segments are copied or left out; what lies between them (coded data) is copied."""
    kept = [data[:2]]
    at = 2
    for part in list(jpeg_segments(io.BytesIO(data)))[1:]:
        kept.append(data[at : part.start])
        if not _personal(part, data[part.start : part.end]):
            kept.append(data[part.start : part.end])
        at = part.end
    profile = _named_profile(data)
    if profile is not None:
        icc = b"ICC_PROFILE\0\x01\x01" + profile
        kept.insert(1, b"\xff\xe2" + struct.pack(">H", len(icc) + 2) + icc)
    if orientation != 1:
        exif = b"Exif\0\0" + _exif(orientation)
        kept.insert(1, b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    return b"".join(kept)


def _named_profile(data: bytes) -> bytes | None:
    """The profile that only the EXIF about to go names: it is embedded instead, or the colours would change."""
    with opened(data, "JPEG", DEFAULT_LIMITS, []) as picture:
        return None if picture.info.get("icc_profile") else declared_profile(picture)


def _personal(part: Part, segment: bytes) -> bool:
    code = part.kind[0]
    if code == 0xFE:
        return True
    if not 0xE0 <= code <= 0xEF:
        return False
    keeps = (code == 0xE0 and segment[4:9] == b"JFIF\0") or (code == 0xEE and segment[4:9] == b"Adobe")
    return not (keeps or (code == 0xE2 and segment[4:16] == b"ICC_PROFILE\0"))


def _png(data: bytes, orientation: int) -> bytes:
    kept = [data[:8]]
    for part in png_chunks(io.BytesIO(data)):
        if part.kind in _PNG_KEEPS:
            kept.append(data[part.start : part.end])
        if part.kind == b"IHDR" and orientation != 1:
            kept.append(_png_chunk(b"eXIf", _exif(orientation)))
    return b"".join(kept)


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    from zlib import crc32

    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc32(kind + body))


def _webp(data: bytes, orientation: int) -> bytes:
    kept = []
    for part in riff_chunks(io.BytesIO(data)):
        if part.kind in _WEBP_DROPS:
            continue
        chunk = data[part.start : part.end]
        if part.kind == b"VP8X":
            flags = chunk[8] & ~_WEBP_METADATA | (0x08 if orientation != 1 else 0)
            chunk = chunk[:8] + bytes([flags]) + chunk[9:]
        kept.append(chunk + b"\0" * (len(chunk) % 2))
    if orientation != 1:
        exif = _exif(orientation)
        kept.append(b"EXIF" + struct.pack("<I", len(exif)) + exif)
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _exif(orientation: int) -> bytes:
    """The shortest EXIF there is: one directory with one tag."""
    return b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHH", 274, 3, 1, orientation, 0) + b"\0\0\0\0"
