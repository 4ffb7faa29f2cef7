"""Small pictures and files that the tests of pictures/ share; everything is made here, nothing is read."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image as Pillow


def photo(width: int = 160, height: int = 120, seed: int = 1) -> np.ndarray:
    """A smooth scene with grain, a bright corner top left and no symmetry, uint8 RGB."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    grain = np.random.default_rng(seed).normal(0, 4, (height, width, 3))
    base = np.stack([200 - 120 * x / width, 60 + 130 * y / height, 90 + 40 * np.sin(x / 9 + y / 14)], -1)
    base[: height // 4, : width // 4] = (250, 240, 60)
    return np.clip(base + grain, 0, 255).astype(np.uint8)


def saved(picture: Any, kind: str, **how: Any) -> bytes:
    """Bytes of an array or a Pillow picture in a format."""
    picture = Pillow.fromarray(picture) if isinstance(picture, np.ndarray) else picture
    target = io.BytesIO()
    picture.save(target, kind, **how)
    return target.getvalue()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """One PNG chunk with a sound checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png16(pixels: np.ndarray) -> bytes:
    """A 16-bit RGB PNG, which Pillow cannot write."""
    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", head)
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )


def tiff16(pixels: np.ndarray, order: str = "<") -> bytes:
    """An uncompressed 16-bit TIFF of RGB or grey pixels, directory last as most programs write it."""
    return _tiff(pixels.shape, 16, pixels.astype(f"{order}u2").tobytes(), order)


def tiff12(pixels: np.ndarray) -> bytes:
    """An uncompressed grey TIFF of 12 bits: two pixels in three bytes; the width must be even."""
    left, right = pixels[:, ::2].astype(int), pixels[:, 1::2].astype(int)
    packed = np.stack([left >> 4, (left & 15) << 4 | right >> 8, right & 255], -1)
    return _tiff(pixels.shape, 12, packed.astype(np.uint8).tobytes(), "<")


def _tiff(shape: tuple[int, ...], depth: int, data: bytes, order: str) -> bytes:
    height, width = shape[:2]
    samples = 3 if len(shape) == 3 else 1
    bits_at = 8 + len(data)
    at = bits_at + 8
    bits = struct.pack(f"{order}3H2x", depth, depth, depth)
    rows = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, samples, bits_at if samples == 3 else depth),
        (259, 3, 1, 1),
        (262, 3, 1, 2 if samples == 3 else 1),
        (273, 4, 1, 8),
        (277, 3, 1, samples),
        (278, 4, 1, height),
        (279, 4, 1, len(data)),
    ]

    def value(kind: int, count: int, number: int) -> bytes:
        return struct.pack(f"{order}H2x", number) if kind == 3 and count == 1 else struct.pack(f"{order}I", number)

    table = struct.pack(f"{order}H", len(rows))
    table += b"".join(
        struct.pack(f"{order}HHI", tag, kind, count) + value(kind, count, v) for tag, kind, count, v in rows
    )
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}I", at) + data + bits + table + b"\0\0\0\0"


def huge_png(width: int = 20_000, height: int = 10_000) -> bytes:
    """200 megapixels in a few bytes: header and end, hardly any data."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", head)
        + png_chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + png_chunk(b"IEND", b"")
    )


def huge_jpeg() -> bytes:
    """A small JPEG whose header claims 20,000 by 10,000 pixels."""
    data = bytearray(saved(photo(), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 10_000, 20_000)
    return bytes(data)
