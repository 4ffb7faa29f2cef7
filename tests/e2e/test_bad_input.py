"""Everything a card can hold: each file ends in the right place with a reason, and the run goes on."""

from __future__ import annotations

import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from e2e_world import RULES, Runner, photo
from safelight.reconcile.event import Event
from world import listing, put

SIXTEEN = np.linspace(0, 65535, 90 * 60).reshape(60, 90).astype(np.uint16)


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    """A picture's bytes in a format."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **more)
    return buffer.getvalue()


def huge_png() -> bytes:
    """A PNG of 200 megapixels that says so in its header and is whole as a file."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 20000, 10000, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(20001) * 10000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def rotated() -> bytes:
    """A JPEG that EXIF says to turn by 90 degrees."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(Image.open(io.BytesIO(photo(20))), "JPEG", exif=exif)


def good() -> dict[str, bytes]:
    """Unusual, but photos all the same."""
    rgb = Image.open(io.BytesIO(photo(30)))
    frames = [rgb.resize((60, 40)), rgb.resize((60, 40)).transpose(Image.Transpose.ROTATE_180)]
    return {
        "wrong ending.jpg": saved(rgb, "PNG"),
        "animated.webp": saved(frames[0], "WEBP", save_all=True, append_images=frames[1:]),
        "cmyk.jpg": saved(rgb.convert("CMYK"), "JPEG"),
        "sixteen.png": saved(Image.fromarray(SIXTEEN), "PNG"),
        "deep.tif": saved(Image.fromarray(SIXTEEN), "TIFF"),
        "grey.jpg": saved(rgb.convert("L"), "JPEG"),
        "palette.png": saved(rgb.convert("P"), "PNG"),
        "turned.jpg": rotated(),
        "Arrivée à l'aube 1.jpg": photo(31),
        "Ete\u0301 a\u0300 Spa.JPG": photo(32),
        "n" * 251 + ".jpg": photo(33),
    }


def bad() -> dict[str, tuple[bytes, str]]:
    """No photos: name → bytes and a word of the reason."""
    whole = photo(40)
    return {
        "cut.jpg": (whole[: len(whole) // 2], "cut off"),
        "padded.jpg": (whole[: len(whole) // 2] + bytes(len(whole) // 2), "cut off"),
        "empty.jpg": (b"", "empty"),
        "words.jpg": (b"Bonjour, je ne suis pas une image.", "not a picture"),
        "huge.png": (huge_png(), "too large"),
        "raw.CR2": (b"II*\0\x10\0\0\0CR\x02\0" + bytes(200) + b"x" * 2000, "cannot read"),
    }


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> tuple[Event, dict[str, object]]:
    """All of them dropped at once, one run; unfinished files are given up after its 30 s."""
    folder = tmp_path_factory.mktemp("bad")
    event = Event(folder / "event")
    rules = {**RULES, "sort.yaml": "version: 1\nsort:\n  - rule: nothing\n    do: exclure\n"}
    for name, text in rules.items():
        put(event.rules / name, text.encode())
    for name in ("library", "templates"):
        (event.root / name).mkdir()
    for name, data in good().items():
        put(event.inbox / "marie" / name, data)
    for name, (data, _) in bad().items():
        put(event.inbox / "marie" / name, data)
    outcome = Runner(folder / "cache")(event, "run", "--json", status=(1,))
    return event, json.loads(outcome)


def test_unusual_photos_are_photos(tried: tuple[Event, dict[str, object]]) -> None:
    """By content and not by name: each is sorted, its very bytes in its class folder, under its own name."""
    event, _ = tried
    there = {path.read_bytes(): path.name for path in (event.library / "exclure" / "marie").iterdir()}
    for name, data in good().items():
        assert data in there, name
        if len(name) < 100:
            assert there[data] == name


@pytest.mark.parametrize("name", list(bad()))
def test_bad_files_are_kept_and_explained(tried: tuple[Event, dict[str, object]], name: str) -> None:
    """In need-you, bytes unchanged, with the reason in words beside it."""
    event, _ = tried
    data, word = bad()[name]
    place = event.library / "need-you" / "marie"
    assert (place / name).read_bytes() == data
    assert word in (place / f"{name}.why.txt").read_text("utf-8-sig")


def test_the_inbox_is_empty_and_the_sums_add_up(tried: tuple[Event, dict[str, object]]) -> None:
    """Whatever came in is counted once."""
    event, outcome = tried
    assert not [path for path in event.inbox.rglob("*") if path.is_file()]
    assert outcome["arrived"] == len(good()) + len(bad())
    assert (outcome["needs_you"], outcome["not_chosen"]) == (len(bad()), len(good()))


def test_names_fit_the_file_system(tried: tuple[Event, dict[str, object]]) -> None:
    """A name of 255 bytes is shortened so that its note still fits beside it."""
    event, _ = tried
    assert all(len(Path(name).name.encode()) <= 255 for name in listing(event.library))
