"""A small event whose verdicts are fixed by sort rules on names, so that every way is walked with real stages."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from safelight.reconcile.event import Event
from world import put

RULES = {
    "event.yaml": "version: 1\nname: Small race\nlanguage: en\nrace:\n  start: 2026-06-13 16:00\n  end: 2026-06-14 16:00\nsettle: 1 s\n",
    "sort.yaml": """version: 1
sort:
  - rule: good ones
    when: {file: "ok*"}
    do: ok
  - rule: boards
    when: {file: "board*"}
    do: retoucher
  - rule: others
    do: exclure
""",
    "retouch.yaml": """version: 1
retouch:
  - rule: Boards
    do: inpaint
    mask: text
    with: plain wall
    grow: 6px
    keep: []
    if_nothing_found: leave
    max_area: 60%
""",
    "style.yaml": "version: 1\nstyle:\n  - rule: All painted\n    do: stylize\n    like: all\n",
    "book.yaml": "version: 1\ntitle: Small race\n",
}


def photo(seed: int, text: str = "", taken: str = "") -> bytes:
    """A small picture with a track, a car and perhaps a word on a board, with an EXIF time: its own minute, as no burst."""
    taken = taken or f"2026:06:13 18:{seed % 60:02d}:00"
    rng = np.random.default_rng(seed)
    height, width = 260, 390
    grey = np.linspace(200, 70, height)[:, None, None] + rng.normal(0, 6, (height, width, 1))
    picture = Image.fromarray(np.clip(grey + rng.integers(-20, 20, 3), 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    left = int(rng.integers(60, 180))
    draw.rounded_rectangle((left, 150, left + 150, 200), 16, fill=tuple(int(v) for v in rng.integers(30, 220, 3)))
    for x in (left + 30, left + 120):
        draw.ellipse((x - 18, 180, x + 18, 216), fill=(20, 20, 20))
    if text:
        draw.rectangle((40, 20, 350, 90), fill=(20, 120, 60))
        draw.text((60, 28), text, fill="white", font=ImageFont.load_default(48))
    exif = Image.Exif()
    exif[0x8769] = {0x9003: taken}
    exif[0x010F], exif[0x0110] = "Sample", "Mark 1"
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=90, exif=exif)
    return buffer.getvalue()


def style() -> bytes:
    """A small picture full of strokes."""
    rng = np.random.default_rng(7)
    picture = Image.new("RGB", (220, 160), (40, 60, 120))
    draw = ImageDraw.Draw(picture)
    for _ in range(500):
        x, y = rng.integers(0, 220), rng.integers(0, 160)
        colour = tuple(int(v) for v in rng.integers(30, 240, 3))
        draw.line((int(x), int(y), int(x) + 14, int(y) + 4), fill=colour, width=3)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def small_event(folder: Path) -> Event:
    """Six photos of two photographers, one style, rules for every way."""
    for name, text in RULES.items():
        put(folder / "rules" / name, text.encode())
    put(folder / "rules" / "styles" / "strokes.png", style())
    for name in ("library", "templates", "inbox"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    put(folder / "inbox/marie/ok 1.jpg", photo(1))
    put(folder / "inbox/marie/ok 2.jpg", photo(2, taken="2026:06:13 23:30:00"))
    put(folder / "inbox/jean/board 1.jpg", photo(3, "VELOX", taken="2026:06:14 05:30:00"))
    put(folder / "inbox/jean/board 2.jpg", photo(4, "NORDA", taken="2026:06:14 11:00:00"))
    put(folder / "inbox/jean/zoo.jpg", photo(5))
    put(folder / "inbox/jean/half.jpg", photo(6)[:3000])
    return Event(folder)


class Runner:
    """Runs the real command line as its own process group, with a cache of its own."""

    def __init__(self, cache: Path) -> None:
        self.environment = {**os.environ, "SAFELIGHT_CACHE": str(cache), "PYTHONPATH": str(Path("daemon").resolve())}

    def start(self, event: Event, *words: str) -> subprocess.Popen[str]:
        """Start a command."""
        command = [sys.executable, "-m", "safelight.cli", "--event", str(event.root), *words]
        return subprocess.Popen(
            command,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def __call__(self, event: Event, *words: str, status: tuple[int, ...] = (0,)) -> str:
        """Run a command to its end; returns standard output. Any other status is a failure of the test."""
        process = self.start(event, *words)
        out, err = process.communicate(timeout=500)
        assert process.returncode in status, f"{words}: {process.returncode}\n{out}\n{err}"
        return out

    @staticmethod
    def kill(process: subprocess.Popen[str]) -> None:
        """Kill -9 of the whole process group."""
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def safelight(tmp_path: Path) -> Runner:
    """The command line."""
    return Runner(tmp_path / "cache")


@pytest.fixture
def event(tmp_path: Path) -> Event:
    """A fresh small event."""
    return small_event(tmp_path / "event")


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Event, Runner]:
    """A small event after one uninterrupted run; tests that change it work on a copy."""
    folder = tmp_path_factory.mktemp("finished")
    event, runner = small_event(folder / "event"), Runner(folder / "cache")
    runner(event, "run", status=(1,))
    return event, runner


def wait_for(condition: Callable[[], bool], seconds: float = 300.0) -> None:
    """Until something is true; a test that waits in vain fails: patient, since machines may be busy."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)
