"""check_end: half a copy is never whole, a whole file never half; 20 cut points × plain or padded × every format."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from pictures.samples import photo, png16, saved, tiff16
from safelight.pictures.completeness import Ending, check_end

SCENE = photo(240, 180)
THUMBNAIL = saved(photo(80, 60), "JPEG")


def with_thumbnail() -> bytes:
    """A JPEG that carries a whole small JPEG, EOI and all, in its EXIF segment."""
    exif = b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0" + THUMBNAIL
    data = saved(SCENE, "JPEG", quality=90)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]


def box(kind: bytes, body: bytes) -> bytes:
    """One box of an ISO media file."""
    return struct.pack(">I", len(body) + 8) + kind + body


NOISE = np.random.default_rng(5).integers(1, 256, 9000, np.uint8).tobytes()
FILES: dict[str, tuple[bytes, str, str]] = {
    "baseline JPEG": (saved(SCENE, "JPEG", quality=90), "JPEG", "whole"),
    "progressive JPEG": (saved(SCENE, "JPEG", quality=90, progressive=True), "JPEG", "whole"),
    "restarting JPEG": (saved(SCENE, "JPEG", quality=90, restart_marker_blocks=3), "JPEG", "whole"),
    "JPEG with thumbnail": (with_thumbnail(), "JPEG", "whole"),
    "PNG": (saved(SCENE, "PNG"), "PNG", "whole"),
    "16-bit PNG": (png16(SCENE.astype(np.uint16) * 257), "PNG", "whole"),
    "TIFF, directory first": (saved(SCENE, "TIFF"), "TIFF", "whole"),
    "TIFF, directory last": (tiff16(SCENE.astype(np.uint16) * 257, ">"), "TIFF", "whole"),
    "TIFF, LZW": (saved(SCENE, "TIFF", compression="tiff_lzw"), "TIFF", "whole"),
    "TIFF, tiles of JPEG": (saved(SCENE, "TIFF", compression="jpeg"), "TIFF", "whole"),
    "BigTIFF": (saved(SCENE, "TIFF", big_tiff=True), "TIFF", "whole"),
    "WebP": (saved(SCENE, "WEBP", quality=90), "WebP", "whole"),
    "lossless WebP": (saved(SCENE, "WEBP", lossless=True), "WebP", "whole"),
    "WebP with metadata": (saved(SCENE, "WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0" + b"end" * 30), "WebP", "whole"),
    "GIF": (saved(SCENE, "GIF"), "GIF", "whole"),
    "AVIF": (saved(SCENE, "AVIF"), "AVIF", "not_yet_supported"),
    "HEIC": (box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", b"x" * 300) + box(b"mdat", NOISE), "HEIC", "not_yet_supported"),
    "DNG": (saved(SCENE, "TIFF", tiffinfo={50706: b"\x01\x04\0\0"}), "DNG", "not_yet_supported"),
    "RAF": (b"FUJIFILMCCD-RAW 0201" + NOISE, "RAF", "not_yet_supported"),
}  # fmt: skip
CUTS = [*(n / 20 for n in range(1, 19)), 0.975, 0.995]


@pytest.mark.parametrize("kind", FILES)
def test_a_whole_file_has_arrived(kind):
    """Every format made whole is recognised as whole, from bytes, an open file, and with trailing bytes."""
    data, name, state = FILES[kind]
    assert check_end(data) == check_end(io.BytesIO(data)) == Ending(state, name)
    if name not in {"AVIF", "HEIC", "RAF"}:
        assert check_end(data + b"\0" * 5000).state == state
        assert check_end(data + b"trailing rubbish").state == state


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("kind", [kind for kind in FILES if kind != "RAF"])
def test_half_a_copy_is_unfinished(kind, padded):
    """20 cut points, cut short and padded with zeros to full size: all unfinished, none whole.

    Raw pixels may be black, so an uncompressed TIFF is told only where 4 KiB or more are missing; metadata behind
    WebP's pixels may end in zeros.
    """
    data, name, _ = FILES[kind]
    raw = padded and kind in {"TIFF, directory first", "BigTIFF", "DNG"}
    for share in (min(share, 1 - 4097 / len(data)) if raw else share for share in CUTS):
        if padded and kind == "WebP with metadata" and share > 0.95:
            continue
        part = data[: int(share * len(data))]
        ending = check_end(part.ljust(len(data), b"\0") if padded else part)
        assert ending.state == "unfinished", (kind, share, padded, ending)
        assert not ending.arrived
        assert ending.format in {name, "", "TIFF"}


def test_raw_without_known_structure_is_judged_by_its_end():
    """A RAF padded with zeros waits; cut short it cannot be told, and is not read anyway."""
    data = FILES["RAF"][0]
    assert check_end(data[:3000].ljust(9000, b"\0")).state == "unfinished"


def test_pixels_that_are_black_to_the_end():
    """An uncompressed picture with a black bottom is whole when its directory follows the pixels."""
    dark = SCENE.astype(np.uint16) * 257
    dark[90:] = 0
    assert check_end(tiff16(dark)).state == "whole"
    flat = np.zeros((180, 240, 3), np.uint8)
    for kind, how in (
        ("JPEG", {"optimize": True}),
        ("PNG", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("GIF", {}),
    ):
        assert check_end(saved(flat, kind, **how)).state == "whole"
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits"):
        assert check_end(saved(flat, "TIFF", compression=compression)).state == "whole"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("tone", [0, 1, 128, 255])
@pytest.mark.parametrize("size", [(1, 1), (8, 8), (33, 17), (640, 480)])
def test_flat_and_tiny_pictures_are_whole(kind, tone, size):
    """Drawings of one colour leave coded data that are nearly nothing; they have arrived all the same."""
    flat = Pillow.new("RGB", size, (tone,) * 3)
    how = {"compression": "tiff_lzw"} if kind == "TIFF" else {}
    assert check_end(saved(flat, kind, **how)).state == "whole"
    if kind == "WEBP":
        assert check_end(saved(flat, kind, lossless=True)).state == "whole"


def test_what_is_no_picture(tmp_path):
    """Empty, zeros only (space reserved, nothing there yet), a few first bytes, text; by path as well."""
    assert check_end(b"") == Ending("empty")
    assert check_end(b"\0" * 100_000) == Ending("unfinished")
    assert check_end(b"\xff\xd8") == Ending("unfinished")
    assert check_end(b"\xff\xd8\xff\xd9") == Ending("unfinished", "JPEG")  # an end, but no picture before it
    assert check_end(b"RIFF\x10\0") == Ending("unfinished")
    assert check_end(b"hello") == Ending("not_a_picture")
    assert check_end(b"hello " * 1000) == Ending("not_a_picture")
    assert check_end(b"\0" * 64 + b"not zero for long" * 100) == Ending("not_a_picture")
    file = tmp_path / "photo.jpg"
    file.write_bytes(FILES["PNG"][0])
    assert check_end(file) == check_end(str(file)) == Ending("whole", "PNG")
    with pytest.raises(OSError, match="absent"):
        check_end(tmp_path / "absent.jpg")


def test_damage_in_the_middle_is_not_waiting():
    """A flipped bit in a PNG is damage for the decoder to report: waiting for the rest would be in vain."""
    data = bytearray(FILES["PNG"][0])
    data[len(data) // 2] ^= 4
    assert check_end(bytes(data)).state == "whole"


def test_a_second_picture_behind_the_first_does_not_matter():
    """Phones append a second JPEG; the first one's end counts, and its absence too."""
    data = FILES["baseline JPEG"][0]
    assert check_end(data + THUMBNAIL).state == "whole"


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), max_size=8))
def test_never_raises(kind, flips):
    """Whatever bits are flipped, an answer comes, and no circle of directories holds it up."""
    data = bytearray(FILES[kind][0])
    for where, bits in flips:
        data[min(int(where * len(data)), len(data) - 1)] ^= bits
    assert check_end(bytes(data)).state in {"whole", "unfinished", "not_a_picture", "not_yet_supported"}
