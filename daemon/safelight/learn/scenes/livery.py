"""How a car is painted: flank, deck and face drawings with bands, start numbers in roundels, invented names, joints.

Every drawing is an (h, w, 4) sRGB picture. Flanks: the left one above the right one, as seen from outside (nose to
the left, then to the right). Deck from above, nose to the left. Alpha below one half means glass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from safelight.learn.scenes.compiled import Bytes
from safelight.learn.scenes.lettering import write

Colour = tuple[int, int, int]
FLANK = (1536, 448)
DECK = (1536, 704)
FACE = (1024, 320)


@dataclass(frozen=True)
class Livery:
    """Base, second and accent colours (sRGB), the start number, a pattern name and the names along the sills."""

    base: Colour
    second: Colour
    accent: Colour
    number: str
    pattern: str = "wedge"
    names: tuple[str, ...] = ("ORVELA", "KITANO")


TEAMS: tuple[Livery, ...] = (
    Livery((16, 62, 158), (240, 242, 245), (245, 150, 20), "27", "wedge", ("BRIXALON", "TEMPARA")),
    Livery((196, 18, 24), (245, 245, 242), (20, 22, 28), "8", "bands", ("NORVELUM", "QUORDA")),
    Livery((246, 246, 244), (14, 92, 150), (218, 30, 40), "51", "sweep", ("ZELVARO", "LUMOVAR")),
    Livery((244, 178, 10), (18, 20, 24), (240, 240, 240), "63", "wedge", ("KOLVENTA", "TAMARU")),
    Livery((14, 96, 62), (236, 214, 120), (245, 245, 240), "94", "bands", ("OKTENNO", "VANTORI")),
    Livery((24, 26, 32), (226, 84, 18), (235, 235, 238), "12", "sweep", ("FERRANDUR", "ILUMEA")),
    Livery((120, 198, 226), (244, 96, 24), (18, 30, 64), "36", "bands", ("PELORIX", "SAVANTE")),
    Livery((92, 24, 120), (238, 238, 242), (250, 206, 40), "77", "wedge", ("MIRADOX", "CALVIRA")),
)


def paint_livery(livery: Livery, proto: bool = False) -> tuple[Bytes, Bytes, Bytes]:
    """Flanks (two, one above the other), deck and faces (nose left, tail right) of a livery."""
    bare = _flank(livery, proto)
    left, right = bare.copy(), bare.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    _letters(left, livery, proto, mirror=False)
    _letters(right, livery, proto, mirror=True)
    both = np.concatenate([np.asarray(left), np.asarray(right)], axis=0)
    return both, np.asarray(_deck(livery, proto)), np.asarray(_faces(livery))


def _flank(livery: Livery, proto: bool) -> Image.Image:
    width, height = FLANK
    flank = Image.new("RGBA", FLANK, (*livery.base, 255))
    draw = ImageDraw.Draw(flank)
    w, h = width, height
    if livery.pattern == "wedge":
        draw.polygon([(w * 0.52, 0), (w, 0), (w, h), (w * 0.70, h)], fill=(*livery.second, 255))
        draw.polygon([(w * 0.49, 0), (w * 0.52, 0), (w * 0.70, h), (w * 0.665, h)], fill=(*livery.accent, 255))
        draw.polygon(
            [(0, h * 0.86), (w * 0.6, h * 0.80), (w * 0.62, h * 0.86), (0, h * 0.94)], fill=(*livery.accent, 255)
        )
    elif livery.pattern == "bands":
        draw.rectangle([0, h * 0.46, w, h * 0.62], fill=(*livery.second, 255))
        draw.rectangle([0, h * 0.625, w, h * 0.65], fill=(*livery.accent, 255))
        draw.polygon([(w * 0.78, 0), (w, 0), (w, h), (w * 0.90, h)], fill=(*livery.accent, 255))
    else:
        curve = [(x, h * (0.95 - 0.75 * (x / w) ** 2.2)) for x in range(0, w + 1, 16)]
        draw.polygon([*curve, (w, h), (0, h)], fill=(*livery.second, 255))
        low = [(x, h * (1.02 - 0.62 * (x / w) ** 2.6)) for x in range(0, w + 1, 16)]
        draw.polygon([*low, (w, h), (0, h)], fill=(*livery.accent, 255))
    # joints: door, wings, sill
    dark = (10, 10, 12, 150)
    joints = Image.new("RGBA", FLANK, (0, 0, 0, 0))
    seam = ImageDraw.Draw(joints)
    if not proto:
        seam.line(
            [
                (w * 0.375, h * 0.34),
                (w * 0.385, h * 0.86),
                (w * 0.62, h * 0.86),
                (w * 0.645, h * 0.55),
                (w * 0.60, h * 0.30),
            ],
            fill=dark,
            width=4,
        )
        seam.rounded_rectangle([w * 0.575, h * 0.46, w * 0.61, h * 0.485], 6, fill=(10, 10, 12, 220))
        seam.polygon(
            [(w * 0.335, h * 0.52), (w * 0.362, h * 0.50), (w * 0.362, h * 0.72), (w * 0.335, h * 0.74)],
            fill=(8, 8, 10, 255),
        )
    else:
        seam.line([(w * 0.36, h * 0.4), (w * 0.37, h * 0.9)], fill=dark, width=4)
        seam.polygon(
            [(w * 0.345, h * 0.60), (w * 0.375, h * 0.56), (w * 0.375, h * 0.86), (w * 0.345, h * 0.86)],
            fill=(8, 8, 10, 255),
        )
    seam.rectangle([0, h * 0.925, w, h], fill=(16, 16, 18, 255))
    flank.alpha_composite(joints)
    return flank


def _letters(on: Image.Image, livery: Livery, proto: bool, mirror: bool) -> None:
    """Number and names; on the right flank (nose to the right) they stand at mirrored places but read as ever."""
    w, h = on.size
    places = [0.475 if proto else 0.505, 0.50, 0.775]
    first, sill, tail = (1 - x if mirror else x for x in places)
    radius = int(h * (0.19 if proto else 0.165))
    disc = Image.new("RGBA", (radius * 2 + 8, radius * 2 + 8), (0, 0, 0, 0))
    edge = (20, 20, 24, 255)
    ImageDraw.Draw(disc).ellipse(
        [2, 2, radius * 2 + 5, radius * 2 + 5], fill=(252, 252, 250, 255), outline=edge, width=4
    )
    _centre(
        disc, write(livery.number, int(radius * (1.18 if len(livery.number) < 2 else 1.05)), (14, 14, 18), bold=0.09)
    )
    _centre(on, disc, (w * first, h * 0.655))
    _centre(on, write(livery.names[0], round(h * 0.055), (240, 240, 240), bold=0.05), (w * sill, h * 0.885))
    back = {"wedge": livery.second, "bands": livery.base, "sweep": livery.base}[livery.pattern]
    ink = (16, 18, 24) if sum(back) > 380 else (244, 244, 242)
    _centre(on, write(livery.names[1], round(h * 0.075), ink, bold=0.06), (w * tail, h * 0.42))


def _centre(on: Image.Image, picture: Image.Image, centre: tuple[float, float] | None = None) -> None:
    x, y = centre or (on.width / 2, on.height / 2)
    on.alpha_composite(picture, (max(0, round(x - picture.width / 2)), max(0, round(y - picture.height / 2))))


def _deck(livery: Livery, proto: bool) -> Image.Image:
    w, h = DECK
    deck = Image.new("RGBA", DECK, (*livery.base, 255))
    draw = ImageDraw.Draw(deck)
    if livery.pattern == "wedge":
        draw.polygon([(w * 0.52, 0), (w, 0), (w, h), (w * 0.52, h), (w * 0.44, h / 2)], fill=(*livery.second, 255))
        draw.line([(w * 0.52, 0), (w * 0.44, h / 2), (w * 0.52, h)], fill=(*livery.accent, 255), width=26)
    elif livery.pattern == "bands":
        draw.rectangle([0, h * 0.40, w, h * 0.60], fill=(*livery.second, 255))
        draw.rectangle([0, h * 0.605, w, h * 0.63], fill=(*livery.accent, 255))
        draw.rectangle([0, h * 0.37, w, h * 0.395], fill=(*livery.accent, 255))
        draw.rectangle([w * 0.80, 0, w, h], fill=(*livery.accent, 255))
    else:
        draw.polygon(
            [(0, h * 0.30), (w * 0.35, h * 0.44), (w, h * 0.36), (w, h * 0.64), (w * 0.35, h * 0.56), (0, h * 0.70)],
            fill=(*livery.second, 255),
        )
        draw.polygon(
            [(0, h * 0.44), (w * 0.30, h * 0.485), (w * 0.30, h * 0.515), (0, h * 0.56)], fill=(*livery.accent, 255)
        )
    joint = (12, 12, 14, 170)
    seams = Image.new("RGBA", DECK, (0, 0, 0, 0))
    lines = ImageDraw.Draw(seams)
    if not proto:
        lines.line(
            [
                (w * 0.06, h * 0.16),
                (w * 0.30, h * 0.14),
                (w * 0.335, h * 0.5),
                (w * 0.30, h * 0.86),
                (w * 0.06, h * 0.84),
            ],
            fill=joint,
            width=4,
        )
        for side in (0.30, 0.64):
            lines.rounded_rectangle([w * 0.15, h * side, w * 0.225, h * (side + 0.06)], 10, fill=(8, 8, 10, 255))
    else:
        lines.line([(w * 0.25, 0), (w * 0.27, h)], fill=joint, width=4)
    deck.alpha_composite(seams)
    number = write(livery.number, int(h * 0.16), (14, 14, 18), bold=0.09).rotate(-90, expand=True)
    r = int(h * 0.115)
    centre = (int(w * (0.265 if not proto else 0.10)), h // 2)
    draw.ellipse([centre[0] - r, centre[1] - r, centre[0] + r, centre[1] + r], fill=(252, 252, 250, 255))
    deck.alpha_composite(number, (centre[0] - number.width // 2, centre[1] - number.height // 2))
    return deck


def _faces(livery: Livery) -> Image.Image:
    """Nose (left half) and tail (right half), seen along the car; v runs over the width, height upward."""
    w, h = FACE
    face = Image.new("RGBA", FACE, (*livery.base, 255))
    draw = ImageDraw.Draw(face)
    for centre, tail in ((w * 0.25, False), (w * 0.75, True)):
        if tail and livery.pattern != "sweep":
            draw.rectangle(
                [w / 2, 0, w, h], fill=(*(livery.second if livery.pattern == "wedge" else livery.accent), 255)
            )
        span = w * 0.2
        if not tail:
            draw.rounded_rectangle(
                [centre - span * 0.52, h * 0.60, centre + span * 0.52, h * 0.80], 26, fill=(9, 9, 11, 255)
            )
            for k in range(7):
                y = h * (0.62 + 0.027 * k)
                draw.line([(centre - span * 0.48, y), (centre + span * 0.48, y)], fill=(38, 38, 42, 255), width=3)
            for side in (-1, 1):
                x = centre + side * span * 0.78
                draw.polygon(
                    [
                        (x - span * 0.16, h * 0.66),
                        (x + span * 0.14, h * 0.62),
                        (x + span * 0.14, h * 0.84),
                        (x - span * 0.16, h * 0.84),
                    ],
                    fill=(10, 10, 12, 255),
                )
        else:
            draw.rectangle([centre - span * 0.8, h * 0.74, centre + span * 0.8, h], fill=(14, 14, 16, 255))
            draw.rounded_rectangle(
                [centre - span * 0.45, h * 0.50, centre + span * 0.45, h * 0.60], 8, fill=(16, 16, 18, 255)
            )
        draw.rectangle([centre - span * 1.2, h * 0.90, centre + span * 1.2, h], fill=(14, 14, 16, 255))
    return face.filter(ImageFilter.GaussianBlur(0.7))


def glaze(drawing: Bytes, windows: list[list[tuple[float, float]]]) -> Bytes:
    """The drawing with glass (alpha 0) in polygons given in 0–1 of width and height."""
    height, width = drawing.shape[:2]
    hole = Image.new("L", (width * 2, height * 2), 255)
    for window in windows:
        ImageDraw.Draw(hole).polygon([(x * width * 2, y * height * 2) for x, y in window], fill=0)
    out = drawing.copy()
    out[..., 3] = np.asarray(hole.resize((width, height), Image.Resampling.BOX))
    return out
