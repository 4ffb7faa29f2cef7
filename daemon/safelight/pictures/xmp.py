"""The few facts taken from an XMP packet: caption, rating, keywords, time, whether a place is named.

Promise: never raises; packets that declare entities (the way to make a parser eat the memory) are not read at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

_LARGEST: Final = 2_000_000
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"


@dataclass(frozen=True)
class Packet:
    """Texts as they stand in the packet."""

    caption: str | None = None
    rating: str | None = None
    keywords: tuple[str, ...] = ()
    taken: str | None = None
    has_gps: bool = False


def read(packet: bytes) -> Packet:
    """The facts of a packet; an empty Packet for rubbish."""
    start, end = packet.find(b"<"), packet.rfind(b">")
    body = packet[start : end + 1]
    if not body or len(body) > _LARGEST or b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        return Packet()
    try:
        root = ET.fromstring(body)  # noqa: S314  entities are refused above
    except (ET.ParseError, ValueError, LookupError):
        return Packet()
    values = _simple(root)
    captions = _items(root, f"{_DC}description")
    return Packet(
        caption=captions[0] if captions else None,
        rating=values.get(f"{_XMP}Rating"),
        keywords=tuple(_items(root, f"{_DC}subject")),
        taken=values.get(f"{_EXIF}DateTimeOriginal") or values.get(f"{_PHOTOSHOP}DateCreated"),
        has_gps=f"{_EXIF}GPSLatitude" in values,
    )


def _simple(root: ET.Element) -> dict[str, str]:
    """Properties with one text, written as attribute or as element."""
    values: dict[str, str] = {}
    for description in root.iter(f"{_RDF}Description"):
        values.update(description.attrib)
        values.update({child.tag: child.text or "" for child in description if len(child) == 0})
    return values


def _items(root: ET.Element, tag: str) -> list[str]:
    """The entries of a bag, list or set of languages, the default language first."""
    entries = [entry for holder in root.iter(tag) for entry in holder.iter(f"{_RDF}li")]
    entries.sort(key=lambda entry: entry.get("{http://www.w3.org/XML/1998/namespace}lang", "x-default") != "x-default")
    return [entry.text for entry in entries if entry.text]
