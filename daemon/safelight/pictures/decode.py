"""Bytes of any supported picture file to the image contract; the only place where pixels come in.

Promise: `decode` returns RGB, (height, width, 3) uint8 sRGB, upright, or raises a `PictureError` that says which way
the file fails: nothing else escapes it, whatever the bytes. Formats are told by content, never by name. Size is
bounded in bytes and, before anything is decoded, in pixels. Half a picture is never returned: files that end early or
in padding are refused first (`completeness`), and the decoder is never told to be lenient.

Holds one lock while decoding, because the limits of the decoder library are global; photos are decoded in child
processes, where nobody waits for it.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image as Pillow
from PIL import ImageFile, UnidentifiedImageError

from safelight.model.errors import (
    CutOff,
    EmptyFile,
    NotAPicture,
    NotYetSupported,
    PictureError,
    TooLarge,
    TooManyPixels,
    Undecodable,
)
from safelight.pictures.colour import adobe_rgb, to_srgb
from safelight.pictures.completeness import check_end
from safelight.pictures.formats import HEAD, READ, Image, sniff

_PLUGINS: Final = {"JPEG": "JPEG", "PNG": "PNG", "TIFF": "TIFF", "WebP": "WEBP", "GIF": "GIF"}
_ORIENTATION: Final = 274
_INTEROPERABILITY: Final = 0xA005
_TURN: Final = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}
_lock = threading.RLock()


@dataclass(frozen=True)
class Limits:
    """Bounds of a file: pixels (150 million) and bytes (500 MB)."""

    pixels: int = 150_000_000
    bytes: int = 500_000_000


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded file. `width` and `height` are upright; `notes` say what was unusual, as short fixed English words.

    Notes: "animated: first frame", "several pages: first page", "cmyk", "16-bit", "grey", "palette", "alpha",
    "turned", "profile" (converted), "no profile" (sRGB assumed), "broken profile", "profile of another colour space",
    "odd metadata".
    """

    image: Image
    format: str
    width: int
    height: int
    notes: tuple[str, ...] = ()


DEFAULT_LIMITS: Final = Limits()


def decode(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Picture:
    """The picture in `data`.

    Raises EmptyFile, TooLarge, NotAPicture, NotYetSupported, CutOff, TooManyPixels or Undecodable.
    """
    name = arrived_format(data, limits)
    notes: list[str] = []
    with opened(data, name, limits, notes) as picture:
        image = np.array(upright(picture, notes))
    height, width = image.shape[:2]
    return Picture(image, name, width, height, tuple(dict.fromkeys(notes)))


def arrived_format(data: bytes, limits: Limits = DEFAULT_LIMITS) -> str:
    """The name of the readable format that `data` hold whole; the errors of `decode` that need no decoding."""
    if len(data) > limits.bytes:
        raise TooLarge(bytes=round(len(data) / 1e6), limit=round(limits.bytes / 1e6))
    ending = check_end(data)
    match ending.state:
        case "empty":
            raise EmptyFile
        case "not_a_picture":
            raise NotAPicture
        case "not_yet_supported":
            raise NotYetSupported(format=ending.format)
        case "unfinished" if ending.format in READ or not ending.format:
            _refuse_bombs(data, limits)
            raise CutOff
        case "unfinished":
            raise CutOff
        case _:
            return ending.format


def _refuse_bombs(data: bytes, limits: Limits) -> None:
    """A file that is too large and cut off besides is called too large: copying it again would not help."""
    name = sniff(data[:HEAD])
    if name not in READ:
        return
    try:
        with opened(data, str(name), limits, []):
            pass
    except TooManyPixels:
        raise
    except PictureError:
        return


@contextmanager
def opened(data: bytes, name: str, limits: Limits, notes: list[str]) -> Iterator[Pillow.Image]:
    """The file opened with the one decoder for its format, nothing decoded yet; every failure a PictureError.

    Warnings of the decoder become the note "odd metadata".
    """
    with _lock, warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        warnings.simplefilter("error", Pillow.DecompressionBombWarning)
        before, Pillow.MAX_IMAGE_PIXELS = Pillow.MAX_IMAGE_PIXELS, None
        # WeasyPrint switches this on for the whole process: a child that made a book would take damaged photos for whole.
        patient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            _check_webp_canvas(data, limits)
            with Pillow.open(io.BytesIO(data), formats=[_PLUGINS[name]]) as picture:
                _check_pixels(picture.width * picture.height, limits)
                Pillow.MAX_IMAGE_PIXELS = limits.pixels
                yield picture
        except PictureError:
            raise
        except (Pillow.DecompressionBombWarning, Pillow.DecompressionBombError):
            raise TooManyPixels(pixels=f"> {limits.pixels // 10**6}", limit=limits.pixels // 10**6) from None
        except UnidentifiedImageError:
            raise Undecodable(reason=f"its {name} header makes no sense") from None
        except Exception as error:  # whatever a decoder stumbles over in bad bytes is the file's fault
            if "truncated" in str(error).lower():
                raise CutOff from error
            raise Undecodable(reason=_reason(error)) from error
        finally:
            Pillow.MAX_IMAGE_PIXELS = before
            ImageFile.LOAD_TRUNCATED_IMAGES = patient
        if heard:
            notes.append("odd metadata")


@contextmanager
def lenient() -> Iterator[None]:
    """Whatever goes wrong inside is dropped, warnings too: for metadata, which must never cost the photo."""
    with _lock, warnings.catch_warnings(), suppress(Exception):
        warnings.simplefilter("ignore")
        yield


def _check_pixels(pixels: int, limits: Limits) -> None:
    if pixels > limits.pixels:
        raise TooManyPixels(pixels=round(pixels / 1e6), limit=round(limits.pixels / 1e6))


def _check_webp_canvas(data: bytes, limits: Limits) -> None:
    """The WebP decoder reserves its canvas when the file is opened: the extended header is read before that."""
    if data[8:16] == b"WEBPVP8X":
        width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
        _check_pixels(width * height, limits)


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())[:120]
    return text or type(error).__name__


def upright(picture: Pillow.Image, notes: list[str]) -> Pillow.Image:
    """The opened picture decoded: mode RGB, sRGB, turned as its EXIF says; unusual things added to `notes`."""
    several = picture.format in {"PNG", "GIF", "WEBP", "TIFF"} and bool(getattr(picture, "is_animated", False))
    if several:
        notes.append("several pages: first page" if picture.format == "TIFF" else "animated: first frame")
    turned_by_decoder = picture.format == "TIFF" and _orientation(picture) != 1
    if _sixteen_bit(picture):
        notes.append("16-bit")
    picture.load()
    orientation = _orientation(picture)
    profile = picture.info.get("icc_profile") or declared_profile(picture)
    result = to_srgb(picture, profile if isinstance(profile, bytes) else None, notes)
    if orientation in _TURN and picture.format != "TIFF":
        result = result.transpose(_TURN[orientation])
        notes.append("turned")
    elif turned_by_decoder:
        notes.append("turned")
    return result


def declared_profile(picture: Pillow.Image) -> bytes | None:
    """Adobe RGB where the camera only names it in EXIF; None (sRGB) otherwise."""
    index: object = None
    if picture.format in {"JPEG", "MPO"} and picture.mode == "RGB" and picture.info.get("exif"):
        with suppress(Exception):  # rubbish in EXIF must not cost the photo
            index = picture.getexif().get_ifd(_INTEROPERABILITY).get(1)
    return adobe_rgb() if str(index).startswith("R03") else None


def _sixteen_bit(picture: Pillow.Image) -> bool:
    """Whether the decoder will halve the depth of colour by itself."""
    tiles = getattr(picture, "tile", ())
    return any(";16" in str(argument) for tile in tiles for argument in tile[3:])


def _orientation(picture: Pillow.Image) -> int:
    """1–8; 1 for whatever is missing or makes no sense."""
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001  rubbish in EXIF must not cost the photo
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1
