"""Checks of the finished PDF before it goes anywhere: boxes, fonts, pages, resolution, and that nothing leaks.

Warnings are data with words in both languages; what would make the book wrong (a missing page, a box off) is an
error of ours and raised. Called by `make` after `render`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pikepdf

from safelight.book.context import BookPicture, Job, Page, Warned
from safelight.book.paper import BLEED, Paper
from safelight.model.digests import PhotoId
from safelight.model.errors import BookError

WANTED_PPI, WEAK_PPI = 250.0, 150.0
_POINT = 72 / 25.4


def check(pdf: Path, pages: Iterable[Page], families: set[str], paper: Paper) -> list[Warned]:
    """Page count, page boxes, fonts (embedded, and of the design's `families`) of the file; raises BookError where the file is not what was planned."""
    planned = list(pages)
    with pikepdf.open(pdf) as document:
        if len(document.pages) != len(planned):
            raise BookError(reason=f"{len(document.pages)} pages came out, {len(planned)} were planned")
        for number, page in enumerate(document.pages, start=1):
            _boxes(page, number, (paper.width, paper.height))
        found_fonts = fonts(document)
        loose = sorted({name for name, embedded in found_fonts if not embedded})
        strange = sorted({name for name, _ in found_fonts if not any(name.startswith(own) for own in families)})
        leaks = sorted(set(_leaks(document)))
    found = [
        Warned("font", f"The font {name} is not embedded.", f"La police {name} n’est pas incorporée.", strong=True)
        for name in loose
    ]
    found += [
        Warned("foreign_font", f"The font {name} is not one of the design’s: some letters stand in it.",
               f"La police {name} n’est pas de la maquette : des lettres y sont composées.")
        for name in strange
    ]  # fmt: skip
    found += [
        Warned("leak", f"Metadata of a picture stands in the PDF ({place}).",
               f"Des métadonnées d’une image sont dans le PDF ({place}).", strong=True)
        for place in leaks
    ]  # fmt: skip
    return found


def _boxes(page: Any, number: int, wanted_trim: tuple[float, float]) -> None:
    trim = [float(v) for v in page.obj.get("/TrimBox", page.mediabox)]
    bleed = [float(v) for v in page.obj.get("/BleedBox", page.mediabox)]
    for box, wanted in ((trim, wanted_trim), (bleed, (wanted_trim[0] + 2 * BLEED, wanted_trim[1] + 2 * BLEED))):
        size = (abs(box[2] - box[0]) / _POINT, abs(box[3] - box[1]) / _POINT)
        if any(abs(a - b) > 0.1 for a, b in zip(size, wanted, strict=True)):
            raise BookError(
                reason=f"page {number} measures {size[0]:.1f} × {size[1]:.1f} mm, not {wanted[0]} × {wanted[1]}"
            )


def fonts(document: pikepdf.Pdf) -> list[tuple[str, bool]]:
    """Every font in the file by its name without subset prefix, and whether it is embedded."""
    found: dict[str, bool] = {}
    for thing in document.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor":
            name = re.sub(r"^/?[A-Z]{6}\+", "", str(thing.get("/FontName", "/?"))).lstrip("/")
            found[name] = any(key in thing for key in ("/FontFile", "/FontFile2", "/FontFile3"))
    return sorted(found.items())


def _leaks(document: pikepdf.Pdf) -> Iterable[str]:
    """Pictures that still carry EXIF or XMP blocks."""
    for thing in document.objects:
        if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image":
            head = bytes(thing.read_raw_bytes()[:4096]) if thing.get("/Filter") == "/DCTDecode" else b""
            if b"Exif\0" in head:
                yield "EXIF"
            if b"http://ns.adobe.com/xap/" in head:
                yield "XMP"


def resolution(jobs: Iterable[Job], baked: dict[str, float], pictures: dict[PhotoId, BookPicture]) -> list[Warned]:
    """A warning for every picture of the body under 250 ppi at its placed size, a strong one under 150."""
    found: list[Warned] = []
    for job in jobs:
        sharp = baked.get(job.src, 0.0)
        if not job.body or sharp >= WANTED_PPI or job.photo is None:
            continue
        name = pictures[job.photo].name
        found.append(
            Warned(
                "ppi",
                f"{name}: {sharp:.0f} ppi at its printed size, {WANTED_PPI:.0f} are aimed at.",
                f"{name} : {sharp:.0f} ppp à la taille imprimée, {WANTED_PPI:.0f} sont visés.",
                job.photo,
                strong=sharp < WEAK_PPI,
            )
        )
    return found


def people(pictures: Iterable[BookPicture]) -> list[Warned]:
    """A warning for every printed picture whose photographer is not known."""
    return [
        Warned("photographer", f"{p.name}: its photographer is not known.",
               f"{p.name} : photographe inconnu.", p.photo)
        for p in pictures if not p.photographer
    ]  # fmt: skip
