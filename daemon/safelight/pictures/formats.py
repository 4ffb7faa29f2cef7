"""Which format a file is in, told by its first bytes only: names and their endings lie too often.

Promise: `sniff` never raises and never believes a file name. It knows the formats that are read, and those that are
kept but not read yet (RAW, HEIC and the like), so that a photographer is told "not yet" rather than "not a picture".
RAW files that dress as TIFF are told apart in `tiff`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
"""(height, width, 3) uint8, sRGB, upright, origin top left: the image contract."""
Mask = npt.NDArray[np.float32]
"""(height, width) float32 in 0–1, 1 = change: the mask contract."""

HEAD: Final = 64
"""Bytes that `sniff` wants to see."""
READ: Final = frozenset({"JPEG", "PNG", "TIFF", "WebP", "GIF"})
"""The formats that become pictures; every other name `sniff` gives is kept and not read."""

_MAGIC: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"GIF87a", "GIF"),
    (0, b"GIF89a", "GIF"),
    (8, b"CR\x02", "CR2"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"II+\0", "TIFF"),
    (0, b"MM\0+", "TIFF"),
    (0, b"IIRO", "ORF"),
    (0, b"IIRS", "ORF"),
    (0, b"MMOR", "ORF"),
    (0, b"IIU\0", "RW2"),
    (0, b"FUJIFILMCCD-RAW", "RAF"),
    (6, b"HEAPCCDR", "CRW"),
    (0, b"FOVb", "X3F"),
    (0, b"\0MRM", "MRW"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (0, b"8BPS", "PSD"),
)
_BRANDS: Final = {b"crx ": "CR3", b"avif": "AVIF", b"avis": "AVIF"}
_HEIC: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def sniff(head: bytes) -> str | None:
    """The format whose mark `head` (the first HEAD bytes, or all of a shorter file) bears, or None."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:8] == b"ftyp":
        return _brand(head)
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0" and len(head) >= 18:
        return "BMP"
    for offset, mark, name in _MAGIC:
        if head[offset : offset + len(mark)] == mark and (name != "CR2" or head[:4] == b"II*\0"):
            return name
    return None


def _brand(head: bytes) -> str | None:
    """HEIC, AVIF and CR3 are ISO media files; a film is one too, and no picture."""
    listed = [head[8:12], *(head[at : at + 4] for at in range(16, min(len(head), 48), 4))]
    for brand in listed:
        if brand in _BRANDS:
            return _BRANDS[brand]
    return "HEIC" if any(brand in _HEIC for brand in listed) else None


def may_become(head: bytes) -> bool:
    """Whether a file that has only these first bytes so far could still turn out to be a picture.

    True for a beginning shorter than any mark that agrees with one, and for zeros alone: a copier that reserves the
    space first leaves nothing else until its first block arrives.
    """
    if not head.strip(b"\0"):
        return True
    if len(head) >= 18:
        return False
    whole = [b"RIFF", *(mark for offset, mark, _ in _MAGIC if offset == 0)]
    return any(mark.startswith(head[: len(mark)]) for mark in whole) or b"ftyp".startswith(head[4:8])
