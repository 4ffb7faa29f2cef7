"""The pictures and questions of the common battery, and one way to ask any backend of any stage.

What is asked depends on the stage, never on a backend's name: a backend that needs an exception here needs a better
interface instead. Run as a script it prints one digest for each backend, for the comparison between processes.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from safelight.model.signals import Signals
from safelight.stages import catalog
from safelight.stages.base import (
    STAGES,
    Alterer,
    Backend,
    Classifier,
    Image,
    Inpainter,
    Looker,
    Mask,
    Masker,
    Painting,
    Stylizer,
)
from safelight.stages.prompts import CONCEPTS, KNOWN


@dataclass(frozen=True)
class Question:
    """One thing to ask of a backend about a picture with a mask; `ask` gives plain arrays and values."""

    name: str
    ask: Callable[[Image, Mask], tuple[object, ...]]


def scene(height: int = 240, width: int = 360) -> Image:
    """Sky, a wall with a board, road and grass, a car with a number; with grain."""
    rng = np.random.default_rng(11)
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = (150, 180, 220)
    picture[height // 4 :] = (128, 126, 124)
    picture[height // 2 :] = (78, 78, 82)
    picture[3 * height // 4 :] = (70, 122, 48)
    cv2.rectangle(picture, (20, height // 4 + 10), (width - 20, height // 2 - 10), (20, 60, 170), -1)
    cv2.putText(picture, "GRAND PRIX OIL", (34, height // 2 - 26), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (250, 250, 250), 3)
    cv2.rectangle(picture, (90, height // 2 + 5), (230, height // 2 + 55), (190, 40, 30), -1)
    cv2.circle(picture, (120, height // 2 + 55), 14, (15, 15, 15), -1)
    cv2.circle(picture, (200, height // 2 + 55), 14, (15, 15, 15), -1)
    cv2.putText(picture, "35", (140, height // 2 + 45), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (255, 255, 255), 3)
    return np.clip(picture + rng.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)


def board_mask(image: Image) -> Mask:
    """A mask over the board of `scene`, or the middle of any other picture; at least one pixel."""
    mask = np.zeros(image.shape[:2], np.float32)
    height, width = mask.shape
    mask[height // 4 + 8 * (height > 40) : max(height // 2, height // 4 + 1), width // 8 : max(7 * width // 8, 1)] = 1
    return mask


def style_picture() -> Image:
    """Strokes in four colours."""
    rng = np.random.default_rng(5)
    picture = np.full((150, 200, 3), (30, 50, 110), np.uint8)
    colours = [(20, 30, 70), (70, 120, 190), (240, 220, 120), (200, 220, 230)]
    for _ in range(900):
        y, x = int(rng.integers(150)), int(rng.integers(200))
        dy, dx = (int(v) for v in rng.integers(-7, 8, 2))
        cv2.line(picture, (x, y), (x + dx, y + dy), colours[int(rng.integers(4))], 2)
    return picture


PICTURES: dict[str, Callable[[], Image]] = {
    "scene": scene,
    "grey": lambda: np.repeat(scene()[..., 1:2], 3, axis=2),
    "one pixel": lambda: np.array([[[200, 30, 90]]], np.uint8),
    "sliver": lambda: np.ascontiguousarray(np.tile(scene()[100:107], (1, 3, 1))[:, :900]),
    "black": lambda: np.zeros((64, 96, 3), np.uint8),
}


@cache
def signals_of(picture: str) -> Signals:
    """What the first looker measures."""
    looker = next(backend for backend in catalog.available("look") if isinstance(backend, Looker))
    return looker.look(PICTURES[picture]())


def questions(backend: Backend, picture: str = "scene", *, all_words: bool = False) -> Iterator[Question]:
    """What to ask a backend: every concept and prompt it understands with `all_words`, else the first few."""
    if isinstance(backend, Looker):
        yield Question("look", lambda image, _: (backend.look(image).to_json(),))
    elif isinstance(backend, Classifier):
        yield Question("classify", lambda image, _: (backend.classify(image, signals_of(picture)).to_json(),))
    elif isinstance(backend, Masker):
        known = sorted({concept for concept in CONCEPTS.values() if backend.understands(concept)})
        for concept in known if all_words else known[:2]:
            yield Question(concept, lambda image, _, c=concept: _found(backend, image, c))  # type: ignore[misc]
    elif isinstance(backend, Inpainter):
        prompts = {kind: word for word, kind in reversed(KNOWN.items()) if backend.understands(word)}
        for kind in sorted(prompts) if all_words else sorted(prompts)[-2:]:
            yield Question(kind, lambda image, mask, p=prompts[kind]: backend.inpaint(image, mask, p, 7))  # type: ignore[misc]
    elif isinstance(backend, Alterer):
        for strength in (1, 5, 10) if all_words else (5,):
            yield Question(f"{strength}", lambda image, mask, s=strength: (backend.alter(image, mask, s),))  # type: ignore[misc]
    elif isinstance(backend, Stylizer):
        for strength in (0.0, 0.3, 1.0) if all_words else (0.6,):
            painting = Painting(style_picture(), strength)
            yield Question(f"{strength}", lambda image, _, p=painting: (backend.stylize(image, p, 7),))  # type: ignore[misc]


def _found(backend: Masker, image: Image, concept: str) -> tuple[object, ...]:
    found = backend.mask(image, concept)
    return found.mask, found.doubt, found.facts


def digest(answer: tuple[object, ...]) -> str:
    """SHA-256 over an answer's arrays (with shape and type) and values."""
    result = hashlib.sha256()
    for part in answer:
        if isinstance(part, np.ndarray):
            result.update(f"{part.shape}{part.dtype}".encode() + np.ascontiguousarray(part).tobytes())
        else:
            result.update(json.dumps(part, sort_keys=True, default=float).encode())
    return result.hexdigest()


def main() -> None:
    """Print {"stage.name": digest} of every available backend's answers about the scene, using argv[1] threads."""
    cv2.setNumThreads(int(sys.argv[1]))
    if os.environ.get("SAFELIGHT_TINY_MODELS"):
        sys.path.insert(0, str(Path(__file__).parents[1]))
        import tiny_models
        from safelight.stages.models.registry import MODELS

        MODELS.update(tiny_models.unpinned())
    image = scene()
    digests = {}
    for stage in STAGES:
        for name in catalog.names(stage):
            backend = catalog.load(stage, name)
            if backend.unavailable() is None:
                answers = [digest(question.ask(image, board_mask(image))) for question in questions(backend)]
                digests[f"{stage}.{name}"] = digest(tuple(answers))
    sys.stdout.write(json.dumps(digests) + "\n")


if __name__ == "__main__":
    main()
