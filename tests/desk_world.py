"""A desk for tests: the application with a known token, pictures made on the spot, a tiny dataset in CamVid's form."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from starlette.testclient import TestClient

from safelight.app import Place, Studio, Surroundings
from safelight.desk.build import build
from safelight.desk.settings import Settings

TOKEN = "a token of twenty-four signs"
SETTINGS = Settings(TOKEN, 8731, ("desk.example.org",))
HERE = "http://127.0.0.1:8731"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
COOKIE = {SETTINGS.cookie: SETTINGS.key}


def studio_of(folder: Path, *places: Place) -> Studio:
    """A studio with its cache in `folder`; children start when the first job comes."""
    return Studio(Surroundings(folder, 1), places, log=folder / "lanes.log")


def client(settings: Settings = SETTINGS, studio: Studio | None = None) -> TestClient:
    """A client without token or cookie; faults of the application come as answers, redirects as they are."""
    app = build(settings, studio or studio_of(Path()))
    return TestClient(app, base_url=HERE, raise_server_exceptions=False, follow_redirects=False)


def street(seed: int = 0, size: tuple[int, int] = (96, 72)) -> np.ndarray:
    """A picture with a sky above, a road below and noise; (height, width, 3) uint8."""
    width, height = size
    pixels = np.full((height, width, 3), (140, 180, 230), np.uint8)
    pixels[height // 2 :] = (90, 90, 95)
    noise = np.random.default_rng(seed).integers(-12, 12, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def saved(pixels: np.ndarray, kind: str = "JPEG", **how: object) -> bytes:
    """The picture as a file."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **how)
    return buffer.getvalue()


def bomb(width: int = 20_000, height: int = 15_000) -> bytes:
    """A PNG of 300 megapixels in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    rows = zlib.compress(bytes((width + 7) // 8 + 1) * height, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def camvid(folder: Path, test: int = 3, train: int = 2) -> Path:
    """A folder in CamVid's form: pictures like `street`, sky (0) above, road (3) below, void (11) at the left edge."""
    for split, count in (("test", test), ("train", train)):
        (folder / split).mkdir(parents=True)
        lines = []
        for number in range(count):
            name = f"{split} {number} é#?%".replace(" ", "_")
            (folder / split / f"{name}.jpg").write_bytes(saved(street(number), quality=95))
            labels = np.zeros((72, 96), np.uint8)
            labels[36:] = 3
            labels[:, :6] = 11
            (folder / split / f"{name}.png").write_bytes(saved(labels, "PNG"))
            lines.append(f"{split}/{name}.jpg {split}/{name}.png\n")
        (folder / f"{split}.txt").write_text("".join(lines), "utf-8")
    return folder


ROOT = Path(__file__).parents[1]


@contextmanager
def started(folder: Path, *words: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A desk on a free port: the process and the line it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "safelight.cli", "desk", "--port", "0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "daemon"),
            "SAFELIGHT_CACHE": str(folder),
            "TMPDIR": str(folder),
            **environment,
        },
    )
    try:
        assert process.stdout
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()
