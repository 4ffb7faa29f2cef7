"""What the camera and people wrote into a file: time, camera, place yes or no, caption, rating, keywords.

Promise: `read` never raises, whatever rubbish the tags hold; a field that makes no sense is None. Nothing is decoded.
`strip` takes every personal segment out of a JPEG, PNG or WebP without touching a coded pixel; the orientation, without
which the picture would lie on its side, is written back alone.

Where texts disagree the newer standard wins: XMP, then IPTC, then EXIF.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PIL import Image as Pillow
from PIL import IptcImagePlugin

from safelight.pictures import xmp
from safelight.pictures.decode import lenient
from safelight.pictures.formats import HEAD, READ, sniff

_MAKE, _MODEL, _ORIENTATION, _DESCRIPTION, _XMP = 271, 272, 274, 270, 700
_EXIF, _GPS = 0x8769, 0x8825
_TAKEN, _DIGITISED, _SERIAL, _LENS = 0x9003, 0x9004, 0xA431, 0xA434
_RATING: Final = 0x4746
_IPTC_CAPTION, _IPTC_KEYWORDS, _IPTC_CHARSET = (2, 120), (2, 25), (1, 90)
_LONGEST_TEXT: Final = 2000

_MAKES: Final = {
    "nikon": "Nikon", "canon": "Canon", "sony": "Sony", "fujifilm": "Fujifilm", "olympus": "Olympus",
    "om digital": "OM System", "panasonic": "Panasonic", "leica": "Leica", "apple": "Apple", "gopro": "GoPro",
    "dji": "DJI", "samsung": "Samsung", "google": "Google", "hasselblad": "Hasselblad", "pentax": "Pentax",
    "ricoh": "Ricoh", "sigma": "Sigma", "xiaomi": "Xiaomi", "huawei": "Huawei", "eastman kodak": "Kodak",
}  # fmt: skip


@dataclass(frozen=True)
class Metadata:
    """`taken` is local camera time "YYYY-MM-DDTHH:MM:SS", without fractions; `orientation` 1–8; `rating` -1 (reject)–5.

    `serial` and `has_gps` are personal: never shown outside, never in a record.
    """

    taken: str | None = None
    camera: str | None = None
    serial: str | None = None
    lens: str | None = None
    has_gps: bool = False
    orientation: int = 1
    caption: str | None = None
    rating: int | None = None
    keywords: tuple[str, ...] = ()


def read(data: bytes) -> Metadata:
    """The metadata of a picture file; an empty Metadata for what is no picture or bears none."""
    name = sniff(data[:HEAD])
    if name not in READ:
        return Metadata()
    tags = _Tags.of(data, str(name))
    packet = xmp.read(tags.packet)
    camera, lens = _camera(tags.main), _text(tags.exif.get(_LENS))
    return Metadata(
        taken=_time(tags.exif.get(_TAKEN)) or _time(packet.taken) or _time(tags.exif.get(_DIGITISED)),
        camera=camera,
        serial=_text(tags.exif.get(_SERIAL)),
        lens=lens,
        has_gps=any(key in tags.gps for key in (2, 4)) or packet.has_gps,
        orientation=_orientation(tags.main.get(_ORIENTATION)),
        caption=_text(packet.caption) or _text(tags.iptc_text(_IPTC_CAPTION)) or _text(tags.main.get(_DESCRIPTION)),
        rating=_rating(packet.rating, tags.main.get(_RATING)),
        keywords=tuple(dict.fromkeys(filter(None, map(_text, (*packet.keywords, *tags.iptc_list(_IPTC_KEYWORDS)))))),
    )


@dataclass(frozen=True)
class _Tags:
    """The raw tags of a file: EXIF's three directories, IPTC's records, the XMP packet."""

    main: Mapping[int, Any]
    exif: Mapping[int, Any]
    gps: Mapping[int, Any]
    iptc: Mapping[tuple[int, int], Any]
    packet: bytes

    @classmethod
    def of(cls, data: bytes, name: str) -> _Tags:
        main: dict[int, Any] = {}
        exif: dict[int, Any] = {}
        gps: dict[int, Any] = {}
        iptc: Any = None
        packet: Any = b""
        with lenient(), Pillow.open(io.BytesIO(data), formats=[name.upper()]) as picture:
            packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
            with lenient():
                iptc = IptcImagePlugin.getiptcinfo(picture)
            found = picture.getexif()
            # Values are made of their bytes when first asked for: asked for here, one by one, so that none costs the rest.
            for source, target in ((found, main), (found.get_ifd(_EXIF), exif), (found.get_ifd(_GPS), gps)):
                for tag in list(source):
                    with lenient():
                        target[tag] = source[tag]
            packet = packet or main.get(_XMP) or b""
        return cls(main, exif, gps, iptc or {}, packet.encode() if isinstance(packet, str) else _bytes(packet))

    def iptc_list(self, key: tuple[int, int]) -> list[str]:
        found = self.iptc.get(key, [])
        utf8 = self.iptc.get(_IPTC_CHARSET) == b"\x1b%G"
        return [_decoded(item, utf8=utf8) for item in (found if isinstance(found, list) else [found])]

    def iptc_text(self, key: tuple[int, int]) -> str:
        return " ".join(self.iptc_list(key))


def _bytes(value: Any) -> bytes:
    try:
        return bytes(value)
    except (TypeError, ValueError):
        return b""


def _decoded(value: Any, *, utf8: bool) -> str:
    raw = _bytes(value)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8" if utf8 else "latin-1", "replace")


def _text(value: Any) -> str | None:
    """One tidy line, or None. EXIF texts are padded with NULs and blanks, and may be UTF-8 read as Latin-1."""
    if isinstance(value, bytes):
        value = _decoded(value, utf8=True)
    if not isinstance(value, str):
        return None
    with suppress(UnicodeError):
        value = value.encode("latin-1").decode("utf-8")
    value = "".join(" " if not c.isprintable() else c for c in value.split("\0")[0])
    return " ".join(value.split())[:_LONGEST_TEXT] or None


def _time(value: Any) -> str | None:
    """EXIF's "YYYY:MM:DD HH:MM:SS" or XMP's ISO form; cameras without a set clock write noughts or blanks."""
    text = _text(value) or ""
    found = re.match(r"(\d{4})[:\-](\d\d)[:\-](\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?", text)
    if not found:
        return None
    try:
        moment = datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]
    except ValueError:
        return None
    return moment.isoformat() if moment.year >= 1990 else None


def _camera(main: Mapping[int, Any]) -> str | None:
    """Make and model as people say them: "Nikon D6", not "NIKON CORPORATION NIKON D6"."""
    make, model = _text(main.get(_MAKE)), _text(main.get(_MODEL))
    if make is None or model is None:
        return model or make
    short = next((name for word, name in _MAKES.items() if make.lower().startswith(word)), make)
    for word in (make, short):
        if model.lower().startswith(word.lower()):
            model = model[len(word) :].strip(" -")
            break
    return f"{short} {model}".strip()


def _orientation(value: Any) -> int:
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _rating(from_xmp: str | None, from_exif: Any) -> int | None:
    for value in (from_xmp, from_exif):
        try:
            number = round(float(value)) if value is not None else None
        except (TypeError, ValueError, OverflowError):
            continue
        if number is not None and -1 <= number <= 5:
            return number
    return None
