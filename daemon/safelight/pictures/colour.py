"""Any mode and any colour profile to plain sRGB: the conversions `decode` puts together.

Promise: tones are scaled, never clipped (16-bit grey divides by 257, 12-bit by its own range); a profile that can be
used is used (perceptual for print inks, else relative colorimetric with black point); transparent parts show white
paper. A profile that cannot be used is named in the notes and the plain conversion stands in for it.
"""

from __future__ import annotations

import io
import struct
from functools import cache
from typing import Final

import numpy as np
from PIL import Image as Pillow
from PIL import ImageChops, ImageCms

from safelight.model.errors import NotYetSupported

_WHITE: Final = (255, 255, 255)
_BITS_PER_SAMPLE, _PHOTOMETRIC = 258, 262
_SPACES: Final = {"RGB": "RGB", "CMYK": "CMYK", "L": "GRAY", "LAB": "Lab"}


def to_srgb(picture: Pillow.Image, profile: bytes | None, notes: list[str]) -> Pillow.Image:
    """The loaded picture as mode RGB in sRGB, on white; what had to be done is added to `notes`."""
    picture = eight_bit(picture, notes)
    alpha = None
    if _transparent(picture):
        notes.append("alpha")
        picture = picture.convert("RGBA")
        alpha = picture.getchannel("A")
        picture = picture.convert("RGB")
    picture = _profiled(_known_mode(picture, notes), profile, notes)
    if alpha is not None:
        paper = Pillow.new("RGB", picture.size, _WHITE)
        paper.paste(picture, mask=alpha)
        return paper
    return picture


def eight_bit(picture: Pillow.Image, notes: list[str]) -> Pillow.Image:
    """Grey of more than 8 bits brought to 8 by its full range; colour of 16 bits is halved by the decoder.

    NotYetSupported for 32-bit numbers, whose white nobody declares.
    """
    if not picture.mode.startswith("I;16"):
        if picture.mode in {"I", "F"}:
            raise NotYetSupported(format=f"32-bit {picture.format or ''}".strip())
        return picture
    notes.append("16-bit")
    tags = getattr(picture, "tag_v2", {})
    bits = tags.get(_BITS_PER_SAMPLE, (16,))
    top = 2 ** int(bits[0] if isinstance(bits, tuple) else bits) - 1
    values = np.asarray(picture).astype(np.uint32)
    grey = (np.minimum(values, top) * 255 + top // 2) // top
    if tags.get(_PHOTOMETRIC, 1) == 0:  # white is zero
        grey = 255 - grey
    return Pillow.fromarray(grey.astype(np.uint8))


def _transparent(picture: Pillow.Image) -> bool:
    """Whether there is an alpha channel, or one transparent colour that 8 bits can name."""
    if picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"}:
        return True
    key = picture.info.get("transparency")
    if key is None or picture.mode not in {"1", "L", "P", "RGB"}:
        return False
    numbers = key if isinstance(key, tuple | bytes) else (key,)
    if max(numbers, default=0) > 255 or (picture.mode == "RGB") != isinstance(key, tuple):
        picture.info.pop("transparency")  # a key of 16 bits cannot be told after scaling
        return False
    return True


def _known_mode(picture: Pillow.Image, notes: list[str]) -> Pillow.Image:
    match picture.mode:
        case "RGB" | "LAB":
            return picture
        case "L" | "1":
            notes.append("grey")
            return picture.convert("L")
        case "CMYK":
            notes.append("cmyk")
            # Adobe writes inks inverted and says so by its marker; the decoder takes the marker for granted.
            plain = picture.format == "JPEG" and "adobe" not in picture.info
            return ImageChops.invert(picture) if plain else picture
        case "P":
            notes.append("palette")
            return picture.convert("RGB")
        case _:
            return picture.convert("RGB")


def _profiled(picture: Pillow.Image, profile: bytes | None, notes: list[str]) -> Pillow.Image:
    """Through the profile where there is one that fits, else the plain conversion."""
    if picture.mode == "LAB":
        lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        return _through(picture, lab, ImageCms.Intent.RELATIVE_COLORIMETRIC)
    if profile is None:
        notes.append("no profile")
        return _rgb(picture)
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = source.profile.xcolor_space.strip()
        if space == "RGB" and _is_srgb(source):
            return _rgb(picture)
        if space != _SPACES[picture.mode]:
            # An RGB profile may stand beside grey pixels: they are that profile's neutral axis.
            if space != "RGB" or picture.mode != "L":
                notes.append("profile of another colour space")
                return picture.convert("RGB")
            picture = picture.convert("RGB")
        inks = picture.mode == "CMYK"
        intent = ImageCms.Intent.PERCEPTUAL if inks else ImageCms.Intent.RELATIVE_COLORIMETRIC
        converted = _through(picture, source, intent)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, KeyError):
        notes.append("broken profile")
        return picture.convert("RGB")
    notes.append("profile")
    return converted


def _through(picture: Pillow.Image, source: ImageCms.ImageCmsProfile, intent: ImageCms.Intent) -> Pillow.Image:
    transform = ImageCms.buildTransform(
        source, _srgb(), picture.mode, "RGB", intent, ImageCms.Flags.BLACKPOINTCOMPENSATION
    )
    result = ImageCms.applyTransform(picture, transform)
    if result is None:
        raise ValueError("no picture came back")
    return result


def _rgb(picture: Pillow.Image) -> Pillow.Image:
    """The plain conversion; what is RGB already is not copied."""
    return picture if picture.mode == "RGB" else picture.convert("RGB")


@cache
def adobe_rgb() -> bytes:
    """The Adobe RGB (1998) profile, from its published primaries (adapted to D50) and gamma 563/256.

    Cameras set to it often embed no profile and only say so in EXIF (interoperability index "R03").
    """
    curve = b"curv" + struct.pack(">IIHH", 0, 1, 563, 0)
    name = b"Adobe RGB (1998)\0"
    tags = {
        b"desc": b"desc" + struct.pack(">II", 0, len(name)) + name + b"\0" * (78 + 3),
        b"cprt": b"text\0\0\0\0public domain\0\0\0",
        b"wtpt": _xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": _xyz(0.60974, 0.31111, 0.01947),
        b"gXYZ": _xyz(0.20528, 0.62567, 0.06087),
        b"bXYZ": _xyz(0.14919, 0.06322, 0.74457),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, body, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for tag, content in tags.items():
        table += tag + struct.pack(">II", at + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    head = struct.pack(
        ">I4sI4s4s4s12s4s",
        at + len(body),
        b"\0" * 4,
        0x02100000,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        b"\x07\xce\0\x01\0\x01" + b"\0" * 6,
        b"acsp",
    )
    head += b"\0" * 28 + _xyz(0.9642, 1.0, 0.8249)[8:]
    return head.ljust(128, b"\0") + table + body


def _xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _is_srgb(source: ImageCms.ImageCmsProfile) -> bool:
    """Pixels that are sRGB already stay bit for bit as they are. (The v4 "preference" profile is another thing.)"""
    text = (source.profile.profile_description or "").strip()
    return text.startswith("sRGB") and "preference" not in text.lower()
