"""Contact sheets for people: before | mask | after, photo beside photo, words under them. Pure: arrays in, JPEG out.

Called in a lane's child by `perform` (job kind `sheet`). Layout in pixels; nothing here knows rules or languages.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from safelight import defaults
from safelight.stages import base

CELL = (400, 267)
GAP, MARGIN, GUTTER = 8, 40, 44
PAPER, INK, FAINT, BOX = (250, 249, 246), (28, 28, 30), (110, 108, 104), (232, 230, 225)
MARKED = (226, 26, 92)
"""The colour of what a mask covers: none that a race track has much of."""

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def compose(images: Mapping[str, base.Image], masks: Mapping[str, base.Mask], told: Mapping[str, Any]) -> bytes:
    """A JPEG. `told`: `title`, `lines` under it, `columns` (headings), `rows`, how many of them stand `across`, and the
    `comment` to be known by.

    Each row has `cells` and up to two lines of `caption`. A cell is {image: role, masks: [roles], text: words}: the
    picture, dimmed where masks are given with what they cover in colour; without a picture the words stand in its place.
    """
    rows, columns = list(told["rows"]), list(told["columns"])
    fonts = {size: _font(size) for size in (18, 20, 24, 40)}
    across = max(1, min(int(told["across"]), len(rows)))
    wide = len(columns) * CELL[0] + (len(columns) - 1) * GAP
    width = 2 * MARGIN + across * wide + (across - 1) * GUTTER
    head = _wrapped(str(told["title"]), fonts[40], width - 2 * MARGIN, 2)
    under = [line for text in told["lines"] for line in _wrapped(str(text), fonts[24], width - 2 * MARGIN, 3)]
    top = MARGIN + 50 * len(head) + 34 * len(under) + 26
    block = 30 + CELL[1] + 66
    height = top + -(-len(rows) // across) * block + MARGIN - 20
    page = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(page)
    y = MARGIN
    for line in head:
        draw.text((MARGIN, y), line, INK, fonts[40])
        y += 50
    for line in under:
        draw.text((MARGIN, y + 4), line, INK, fonts[24])
        y += 34
    for number, row in enumerate(rows):
        left = MARGIN + (number % across) * (wide + GUTTER)
        upper = top + (number // across) * block
        for index, cell in enumerate(row["cells"]):
            x = left + index * (CELL[0] + GAP)
            draw.text((x, upper), str(columns[index]), FAINT, fonts[18])
            _cell(page, (x, upper + 26), cell, images, masks, fonts[20])
        for index, text in enumerate(row["caption"][:2]):
            line = _wrapped(str(text), fonts[20], wide, 1)[0]
            draw.text((left, upper + 26 + CELL[1] + 8 + 26 * index), line, FAINT if index else INK, fonts[20])
    buffer = io.BytesIO()
    page.save(buffer, "JPEG", quality=90, subsampling=0, comment=str(told["comment"]).encode("ascii", "replace"))
    return buffer.getvalue()


def _cell(
    page: Image.Image,
    at: tuple[int, int],
    cell: Mapping[str, Any],
    images: Mapping[str, base.Image],
    masks: Mapping[str, base.Mask],
    font: Font,
) -> None:
    box = Image.new("RGB", CELL, BOX)
    role = cell.get("image")
    if role:
        pixels = images[role]
        if cell.get("masks") is not None:
            pixels = _marked(pixels, [masks[name] for name in cell["masks"]])
        picture = Image.fromarray(pixels)
        picture.thumbnail(CELL, Image.Resampling.LANCZOS)
        box.paste(picture, ((CELL[0] - picture.width) // 2, (CELL[1] - picture.height) // 2))
    elif cell.get("text"):
        draw = ImageDraw.Draw(box)
        lines = _wrapped(str(cell["text"]), font, CELL[0] - 40, 8)
        y = (CELL[1] - 27 * len(lines)) // 2
        for line in lines:
            draw.text((20, y), line, INK, font)
            y += 27
    page.paste(box, at)


def _marked(image: base.Image, masks: list[base.Mask]) -> base.Image:
    """The picture in pale grey with what the masks cover in colour. Masks of another size are scaled to the picture."""
    grey = image.astype(np.float32).mean(axis=2, keepdims=True) * 0.55 + 100.0
    shown = np.repeat(grey, 3, axis=2)
    covered = np.zeros(image.shape[:2], bool)
    for mask in masks:
        if mask.shape != covered.shape:
            scaled = Image.fromarray((mask * 255).astype(np.uint8)).resize((image.shape[1], image.shape[0]))
            covered |= np.asarray(scaled) >= 128
        else:
            covered |= mask >= 0.5
    shown[covered] = shown[covered] * 0.35 + np.array(MARKED, np.float32) * 0.65
    done: base.Image = np.clip(shown, 0, 255).astype(np.uint8)
    return done


def _font(size: int) -> Font:
    """The face of our own designs; Pillow's own where the templates are not there."""
    try:
        return ImageFont.truetype(str(defaults.folder("templates") / "album" / "fonts" / "Lato-Regular.ttf"), size)
    except OSError:
        return ImageFont.load_default(size)


def _wrapped(text: str, font: Font, width: int, most: int) -> list[str]:
    """The text in lines that fit; what does not fit into `most` lines ends in an ellipsis. Plain spaces break, no others."""
    lines: list[str] = []
    words = [word for word in text.replace("\n", " ").split(" ") if word]
    line = ""
    for number, word in enumerate(words):
        longer = f"{line} {word}" if line else word
        if font.getlength(longer) <= width:
            line = longer
            continue
        if len(lines) == most - 1:
            rest = f"{line} {' '.join(words[number:])}".strip()
            return [*lines, _cut(rest, font, width)]
        lines.append(_cut(line or word, font, width))
        line = word if line else ""
    return [*lines, _cut(line, font, width)] if line or not lines else lines


def _cut(text: str, font: Font, width: int) -> str:
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"
