"""Text in photographs, read by PP-OCR through rapidocr, whose wheel carries the models: nothing is ever downloaded.

The engine is made once per process, on one thread (the same bytes whatever the machine, and a lane is one core), with
its log silenced. Pictures are read at 1,600 px on the longest side at most. The last picture's lines are kept by the
digest of its pixels, so that looking at a picture and masking it read it once.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import math
import threading
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from safelight.stages.base import Image, check_image

LONGEST = 1600
"""Pixels on the longest side at which text is read; smaller pictures are read as they are."""
MODELS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}

Point = tuple[float, float]


@dataclass(frozen=True)
class TextLine:
    """One string. `polygon` goes from the start of its upper edge clockwise, in pixels of the picture read; score 0–1."""

    polygon: tuple[Point, Point, Point, Point]
    text: str
    score: float

    @cached_property
    def start(self) -> Point:
        """The middle of the edge where reading starts."""
        return _middle(self.polygon[0], self.polygon[3])

    @cached_property
    def end(self) -> Point:
        """The middle of the edge where reading ends."""
        return _middle(self.polygon[1], self.polygon[2])

    @property
    def centre(self) -> Point:
        """The middle."""
        return _middle(self.start, self.end)

    @property
    def height(self) -> float:
        """Mean length of the two short edges, pixels."""
        a, b, c, d = self.polygon
        return (math.dist(a, d) + math.dist(b, c)) / 2

    @property
    def length(self) -> float:
        """From start to end, pixels."""
        return math.dist(self.start, self.end)

    @property
    def angle(self) -> float:
        """Degrees from level, falling to the right positive, -180–180."""
        return math.degrees(math.atan2(self.end[1] - self.start[1], self.end[0] - self.start[0]))

    @property
    def letters(self) -> int:
        """How many characters are letters or digits."""
        return sum(character.isalnum() for character in self.text)


def _middle(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def unavailable() -> str | None:
    """Why text cannot be read here, or None; loads nothing."""
    folder = _models()
    if folder is None or importlib.util.find_spec("onnxruntime") is None:
        return "rapidocr or onnxruntime is not installed"
    missing = [name for name in MODELS.values() if not (folder / name).is_file()]
    return f"rapidocr came without {missing[0]}" if missing else None


@cache
def fingerprint() -> str:
    """SHA-256 over the model files, hexadecimal; empty where they are missing."""
    folder = _models()
    if folder is None or unavailable() is not None:
        return ""
    digest = hashlib.sha256()
    for name in MODELS.values():
        digest.update(hashlib.sha256((folder / name).read_bytes()).digest())
    return digest.hexdigest()


def _models() -> Path | None:
    spec = importlib.util.find_spec("rapidocr")
    return Path(spec.origin).parent / "models" if spec and spec.origin else None


_lock = threading.Lock()
_engine: Any = None
_last: tuple[str, tuple[TextLine, ...]] | None = None


def _loaded() -> Any:
    global _engine
    if _engine is None:
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
        from rapidocr import RapidOCR

        folder = _models()
        assert folder is not None
        settings: dict[str, object] = {
            "Global.log_level": "critical",
            "Global.use_cls": False,  # text upside down is rare, and asking takes a third of the time
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
        # Naming the files keeps rapidocr from ever looking for a newer one on the net.
        settings |= {f"{part}.model_path": str(folder / name) for part, name in MODELS.items()}
        _engine = RapidOCR(params=settings)
    return _engine


def read(image: Image) -> tuple[TextLine, ...]:
    """All strings with a score of at least .5, in the engine's order (top to bottom); polygons in pixels of `image`."""
    global _last
    check_image(image)
    digest = hashlib.blake2b(np.ascontiguousarray(image).tobytes(), digest_size=20).hexdigest() + repr(image.shape)
    with _lock:
        if _last is None or _last[0] != digest:
            _last = (digest, _read(image))
        return _last[1]


def _read(image: Image) -> tuple[TextLine, ...]:
    scale = min(1.0, LONGEST / max(image.shape[:2]))
    width, height = (max(1, round(side * scale)) for side in (image.shape[1], image.shape[0]))
    small = image if scale == 1 else cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    answer = _loaded()(np.ascontiguousarray(small[..., ::-1]))
    if answer.boxes is None or answer.txts is None:
        return ()
    back = np.array([image.shape[1] / width, image.shape[0] / height])
    lines = []
    for box, text, score in zip(answer.boxes, answer.txts, answer.scores, strict=True):
        corners = np.asarray(box, np.float64).reshape(4, 2) * back
        a, b, c, d = ((float(x), float(y)) for x, y in corners)
        lines.append(TextLine((a, b, c, d), str(text), float(score)))
    return tuple(lines)
