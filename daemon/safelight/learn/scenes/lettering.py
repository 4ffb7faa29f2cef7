"""Words as pictures, in the one typeface that travels with Pillow, so that every machine letters alike.

Variety comes from weight, slant and stretch. Words on boards are invented; a test keeps them to A–Z and digits.
"""

from __future__ import annotations

from functools import cache

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]

WORDS: tuple[str, ...] = (
    "ZELVARO", "BRIXALON", "NORVELUM", "QUORDA", "KOLVENTA", "OKTENNO", "FERRANDUR", "LUMOVAR", "PELORIX", "MIRADOX",
    "TEMPARA", "SAVANTE", "VANTORI", "CALVIRA", "ORVELA", "DRUMEX", "HALVENOR", "SOLANTIS",
)  # fmt: skip
"""Invented sponsors."""


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def write(
    text: str, height: int, ink: Colour, bold: float = 0.0, slant: float = 0.0, stretch: float = 1.0
) -> Image.Image:
    """`text` as an RGBA picture whose capitals are about `height` pixels high; `bold` and `slant` in heights."""
    size = max(6, round(height / 0.71))
    font = _font(size)
    stroke = round(height * bold)
    left, top, right, bottom = ImageDraw.Draw(Image.new("L", (1, 1))).textbbox(
        (0, 0), text, font=font, stroke_width=stroke
    )
    pad = 2 + round(abs(slant) * height)
    picture = Image.new("RGBA", (int(right - left) + 2 * pad, int(bottom - top) + 4), (*ink, 0))
    ImageDraw.Draw(picture).text((pad - left, 2 - top), text, font=font, fill=(*ink, 255), stroke_width=stroke)
    if slant:
        picture = picture.transform(
            picture.size,
            Image.Transform.AFFINE,
            (1, slant, -slant * picture.height / 2, 0, 1, 0),
            Image.Resampling.BICUBIC,
        )
    if stretch != 1:
        picture = picture.resize((max(1, round(picture.width * stretch)), picture.height), Image.Resampling.LANCZOS)
    return picture
