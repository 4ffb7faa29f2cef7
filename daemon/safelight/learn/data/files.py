"""Picture files of training data as arrays: photos to the image contract, masks as the numbers they hold.

Whole or nothing: a file that is cut off, too large or no picture raises DamagedFile, never half a picture; so does a PNG
with one wrong bit. (A wrong bit inside a JPEG mostly makes another valid JPEG: nobody can tell.) Called from several
threads at once: plain photos and grey masks are decoded outside the one lock of `pictures.decode`.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from safelight.learn.data.errors import DamagedFile, LossyMask, MissingFile, NoLabelMap, damaged
from safelight.model.errors import PictureError
from safelight.pictures.containers import png_chunks
from safelight.pictures.decode import DEFAULT_LIMITS, arrived_format, decode, opened
from safelight.pictures.formats import Image

Numbers = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"})
_ORIENTATION: Final = 274
_SIXTEEN: Final = frozenset({"I", "I;16", "I;16B", "I;16L"})


@dataclass(frozen=True, eq=False)
class Plane:
    """A mask file. `values`: (height, width) uint8 or uint16 for modes 1, L, P, LA and 16-bit grey, (height, width, 3)
    uint8 for colours. `mode` is the file's own; `palette` its (n, 3) uint8 colours where it has them.
    """

    values: Numbers
    mode: str
    palette: npt.NDArray[np.uint8] | None = None


def read_image(path: Path) -> Image:
    """The photo, (height, width, 3) uint8 sRGB, upright; raises MissingFile or DamagedFile."""
    data = read_bytes(path)
    try:
        plain = _plain(data)
        # Both decoders are the same library, but this one lets other threads work.
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB) if plain else None
        return decode(data).image if pixels is None else np.asarray(pixels, np.uint8)
    except PictureError as fault:
        raise damaged(path, fault) from fault


def _arrived(data: bytes) -> str:
    """The format of whole and sound bytes. PNG has a checksum a chunk, which decoders overlook where it does not hold."""
    form = arrived_format(data)
    if form == "PNG" and not all(part.sound for part in png_chunks(io.BytesIO(data))):
        raise PictureError(reason="a checksum does not hold")
    return form


def _plain(data: bytes) -> bool:
    """Whether colours and orientation need no thought: 8-bit RGB or grey without profile, not turned."""
    with opened(data, _arrived(data), DEFAULT_LIMITS, []) as picture:
        turned = "exif" in picture.info and picture.getexif().get(_ORIENTATION, 1) != 1
        simple = picture.format in {"JPEG", "PNG"} and picture.mode in {"RGB", "L"}
        return simple and not turned and not {"icc_profile", "transparency"} & picture.info.keys()


def size(path: Path) -> tuple[int, int]:
    """(width, height) of a photo, upright, from its head alone; raises MissingFile or DamagedFile."""
    data = read_bytes(path)
    try:
        with opened(data, _arrived(data), DEFAULT_LIMITS, []) as picture:
            turned = picture.getexif().get(_ORIENTATION, 1) in {5, 6, 7, 8}
            return (picture.height, picture.width) if turned else (picture.width, picture.height)
    except PictureError as fault:
        raise damaged(path, fault) from fault


def mode(path: Path) -> str:
    """How the file holds its colours (`RGB`, `L`, `P`, `CMYK`, …), from its head alone; raises as `size`."""
    data = read_bytes(path)
    try:
        with opened(data, _arrived(data), DEFAULT_LIMITS, []) as picture:
            return picture.mode
    except PictureError as fault:
        raise damaged(path, fault) from fault


def read_plane(path: Path) -> Plane:
    """A mask's own numbers; raises MissingFile, DamagedFile, LossyMask, or NoLabelMap for other kinds of picture."""
    data = read_bytes(path)
    try:
        with opened(data, _arrived(data), DEFAULT_LIMITS, []) as picture:
            held, form = picture.mode, picture.format
            plain = (held, form) == ("L", "PNG")
            values = None if plain or form == "JPEG" else _numbers(picture)
            palette = np.array(picture.getpalette("RGB"), np.uint8).reshape(-1, 3) if held == "P" else None
        if plain:
            values = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
            if values is None:
                raise PictureError(reason="its data cannot be decoded")
    except PictureError as fault:
        raise damaged(path, fault) from fault
    if form == "JPEG":
        raise LossyMask(file=path)
    if values is None:
        raise NoLabelMap(file=path, mode=held)
    return Plane(values, held, palette)


def _numbers(picture: Pillow.Image) -> Numbers | None:
    """The values as they stand in the file, or None for a mode that is no map."""
    if picture.mode in {"1", "L", "P"}:
        return np.array(picture, np.uint8)
    if picture.mode in {"LA", "RGB", "RGBA"}:
        return np.array(picture.convert("L" if picture.mode == "LA" else "RGB"), np.uint8)
    if picture.mode in _SIXTEEN:
        values = np.array(picture)
        return values.astype(np.uint16) if values.min() >= 0 and values.max() <= 65535 else None
    return None


def read_bytes(path: Path) -> bytes:
    """All of a file; raises MissingFile where there is none, DamagedFile where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingFile(file=path, by=path.parent.name) from None
    except OSError as fault:
        told = fault.strerror or type(fault).__name__
        raise DamagedFile(file=path, what_en=told, what_fr=told) from fault


def inside(folder: Path, name: str) -> Path | None:
    """The file `name` below `folder`, or None where the name leads out of it (or is none at all)."""
    if not name or "\0" in name or Path(name).is_absolute():
        return None
    depth = 0
    for part in Path(name).parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            return None
    return folder / name


def order(path: Path) -> tuple[str, int, str]:
    """A stable order by name in which `9.jpg` stands before `10.jpg`."""
    digits = path.stem if path.stem.isdecimal() else ""
    return ("", int(digits), path.name) if digits else (path.name, 0, path.name)


def pictures_in(folder: Path) -> list[Path]:
    """The picture files directly in a folder, by name; none where there is no folder. Hidden ones are left out."""
    return sorted((folder / name for name in _names(folder)), key=order)


def holds_pictures(folder: Path) -> bool:
    """Whether a picture file lies directly in a folder; looks no further than the first."""
    return next(_names(folder), None) is not None


def _names(folder: Path) -> Iterator[str]:
    if folder.is_dir():
        with os.scandir(folder) as entries:
            for entry in entries:
                if os.path.splitext(entry.name)[1].lower() in SUFFIXES and not entry.name.startswith("."):
                    yield entry.name
