"""The display faces of *bd* and *drama*, drawn from Lato: a narrow one, one written by hand, one for noises.

    python bench/draw_faces.py LATO_FOLDER TEMPLATES_FOLDER

Run by hand when a face changes; the files it writes are vendored. Lato's licence (SIL OFL) lets its outlines be changed
under another name. *Poster* is Lato narrowed, its upright strokes then widened again to the weight of the level ones,
as a narrow cut of the same family would be drawn. *Lettering* gives every letter three slightly different shapes in
turn (feature `calt`), so that no two neighbours are alike; *Noise* is as restless as a sound word should be. Same fonts in, same bytes out.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180), 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x202F, 0xBA]
CUTS = (
    ("drama", "Poster-Bold.ttf", "Lato-Black.ttf", "Safelight Poster", 0.56, 34.0),
    ("drama", "Poster-Book.ttf", "Lato-Regular.ttf", "Safelight Poster Book", 0.62, 12.0),
)
"""Folder, file, from which, name, how narrow, by how many units (of 2,000) each side of an upright stroke grows."""


def widened(points: Points, ends: list[int], by: float) -> Points:
    """The outline grown by this much to the left and right, heights kept; contours turn clockwise around ink."""
    grown, begin = points.copy(), 0
    for end in ends:
        ring = points[begin : end + 1]
        ahead, behind = np.roll(ring, -1, 0) - ring, ring - np.roll(ring, 1, 0)
        normals = [_unit(np.stack([-step[:, 1], step[:, 0]], 1)) for step in (ahead, behind)]
        middle = normals[0] + normals[1]
        half = np.maximum(0.5, np.sqrt(np.maximum(0.0, (1 + (normals[0] * normals[1]).sum(1)) / 2)))
        grown[begin : end + 1, 0] += by * (_unit(middle)[:, 0] / half).clip(-1.0, 1.0)
        begin = end + 1
    return grown


def _unit(vectors: Points) -> Points:
    length = np.hypot(vectors[:, 0], vectors[:, 1])
    return vectors / np.where(length == 0, 1, length)[:, None]


def _opened(path: Path) -> Any:
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(path, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features, options.hinting, options.notdef_outline = ["kern"], False, True
    options.name_IDs, options.drop_tables = [0, 1, 2, 3, 4, 6, 13, 14], [*options.drop_tables, "DSIG"]
    chooser = subset.Subsetter(options)
    chooser.populate(unicodes=LATIN)
    chooser.subset(font)
    return font


def _named(font: Any, name: str) -> None:
    compact = name.replace(" ", "")
    for record in font["name"].names:
        told = {1: name, 2: "Regular", 3: f"{compact} 1", 4: name, 6: f"{compact}-Regular"}.get(record.nameID)
        if told:
            record.string = told
    font["OS/2"].usWeightClass = 400
    font["head"].macStyle = 0
    font["OS/2"].fsSelection = 0x40


def _redrawn(font: Any, change: Callable[[str, Points, list[int]], Points]) -> None:
    """Every simple glyph through `change`; composites follow their parts."""
    glyphs = font["glyf"]
    for name in font.getGlyphOrder():
        glyph = glyphs[name]
        if glyph.numberOfContours > 0:
            points = np.array(glyph.coordinates, np.float64)
            moved = change(name, points, list(glyph.endPtsOfContours))
            glyph.coordinates = type(glyph.coordinates)([(int(x), int(y)) for x, y in np.rint(moved)])
        glyph.recalcBounds(glyphs)
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(glyph, "xMin", 0))


def poster(source: Path, name: str, share: float, by: float) -> Any:
    """The narrow cut as an open font."""
    font = _opened(source)
    shift = np.array((by * 0.9, 0.0))
    _redrawn(font, lambda _, points, ends: widened(points * (share, 1.0), ends, by) + shift)
    for glyph in font.getGlyphOrder():
        advance, left = font["hmtx"][glyph]
        font["hmtx"][glyph] = (round(advance * share + 1.8 * by), left)
        outline = font["glyf"][glyph]
        if outline.isComposite():
            for part in outline.components:
                part.x = round(part.x * share)
    _kern_scaled(font, share)
    _named(font, name)
    return font


def _kern_scaled(font: Any, share: float) -> None:
    """Pair kerning by the same share as the letters."""
    if "GPOS" not in font:
        return
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            sub = getattr(table, "ExtSubTable", table)
            values = [record for pairs in getattr(sub, "PairSet", ()) for record in pairs.PairValueRecord]
            values += [two for one in getattr(sub, "Class1Record", ()) for two in one.Class2Record]
            for record in values:
                for value in (record.Value1, record.Value2):
                    if value is not None and getattr(value, "XAdvance", 0):
                        value.XAdvance = round(value.XAdvance * share)


def _written(seed: int, unrest: float, slope: float) -> Callable[[str, Points, list[int]], Points]:
    """A small smooth unrest, the same for the same letter and seed: a lean, a lift, and bent strokes."""

    def change(name: str, points: Points, _: list[int]) -> Points:
        random = np.random.default_rng([seed, *name.encode()])
        turn, lift, lean = (
            random.normal(0, 0.016 * unrest),
            random.normal(0, 16),
            slope + random.normal(0, 0.022 * unrest),
        )
        waves = random.uniform(0, 2 * np.pi, (4,))
        x, y = points[:, 0], points[:, 1]
        bent_x = x + lean * y - turn * y + unrest * (15 * np.sin(y / 360 + waves[0]) + 7 * np.sin(y / 150 + waves[1]))
        bent_y = y + turn * x + lift + unrest * (13 * np.sin(x / 330 + waves[2]) + 6 * np.sin(x / 140 + waves[3]))
        return np.stack([bent_x, bent_y], 1)

    return change


def lettering(source: Path, name: str, unrest: float = 1.0, slope: float = 0.10) -> Any:
    """Capitals, figures and small letters in three hands each, taken in turn."""
    from copy import deepcopy

    from fontTools.feaLib.builder import addOpenTypeFeaturesFromString

    font = _opened(source)
    simple = [
        g for c, g in sorted(font.getBestCmap().items()) if chr(c).isalnum() and font["glyf"][g].numberOfContours > 0
    ]
    order, glyphs = font.getGlyphOrder(), font["glyf"]
    simple = list(dict.fromkeys(simple))
    for hand in (1, 2):
        for glyph in simple:
            twin = f"{glyph}.h{hand}"
            order.append(twin)
            glyphs.glyphs[twin] = deepcopy(glyphs[glyph])
            font["hmtx"].metrics[twin] = font["hmtx"][glyph]
    font.setGlyphOrder(order)
    glyphs.glyphOrder = order
    hands = [_written(seed, unrest, slope) for seed in range(3)]

    def change(glyph: str, points: Points, ends: list[int]) -> Points:
        return hands[int(glyph[-1]) if ".h" in glyph else 0](glyph, points, ends)

    _redrawn(font, change)
    first, second, third = (" ".join(f"{g}{tail}" for g in simple) for tail in ("", ".h1", ".h2"))
    addOpenTypeFeaturesFromString(
        font,
        f"@a=[{first}]; @b=[{second}]; @c=[{third}];\n"
        "lookup B { sub @a by @b; } B;\nlookup C { sub @a by @c; } C;\n"
        "feature calt { sub @a @a' lookup B; sub @b @a' lookup C; } calt;\n",
        tables=["GSUB"],
    )
    _named(font, name)
    return font


def main() -> None:
    """Write all derived faces."""
    parser = argparse.ArgumentParser(description="Draw the display faces of bd and drama from Lato.")
    parser.add_argument("lato", type=Path)
    parser.add_argument("templates", type=Path)
    given = parser.parse_args()
    for folder, file, source, name, share, by in CUTS:
        made = poster(given.lato / source, name, share, by)
        made.save(given.templates / folder / "fonts" / file)
    made = lettering(given.lato / "Lato-Bold.ttf", "Safelight Lettering")
    made.save(given.templates / "bd" / "fonts" / "Lettering.ttf")
    made = lettering(given.lato / "Lato-Black.ttf", "Safelight Noise", 2.6, 0.0)
    made.save(given.templates / "bd" / "fonts" / "Noise.ttf")


if __name__ == "__main__":
    main()
