"""Small drawn pictures and a BookInput over them, for the tests of the book."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from safelight.book.choose import Placed
from safelight.book.context import BookInput, BookPicture, ProofDecision, ProofStep, ProofStrip
from safelight.model.digests import ObjectId, PhotoId, object_id
from safelight.model.recipe import BookForm, EventForm
from safelight.model.signals import Box

SHAPES = ((900, 600), (600, 900), (960, 540), (800, 800), (1200, 500), (700, 525))


def drawn(width: int, height: int, tint: int) -> bytes:
    """A JPEG of a gradient: every `tint` gives other bytes."""
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([x * 255 // width, y * 255 // height, np.full_like(x, tint * 37 % 256)], axis=-1)
    return _saved(pixels, "JPEG")


def mask(width: int, height: int) -> bytes:
    """A PNG that masks the upper quarter."""
    pixels = np.zeros((height, width), np.uint8)
    pixels[: height // 4] = 255
    return _saved(pixels, "PNG")


def _saved(pixels: Any, kind: str) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(target, kind)
    return target.getvalue()


def picture(index: int, store: dict[str, bytes], *, total: int = 24, steps: bool = True) -> BookPicture:
    """The picture of this index, its objects put into `store`; every third retouched, every fifth without a time."""
    width, height = SHAPES[index % len(SHAPES)]

    def put(data: bytes) -> ObjectId:
        store[object_id(data)] = data
        return object_id(data)

    original = put(drawn(width, height, 3 * index))
    done: list[ProofStep] = []
    if steps and index % 3 == 0:
        done.append(
            ProofStep(
                "mask", put(mask(width, height)), "Publicité", "boards", 1, area=0.25, words="advertising", seed="7"
            )
        )
        done.append(
            ProofStep(
                "retouched",
                put(drawn(width, height, 3 * index + 1)),
                "Publicité",
                "board",
                1,
                words="mur uni",
                seconds=2.5,
            )
        )
    if steps and index % 2 == 0:
        done.append(
            ProofStep(
                "painted", put(drawn(width, height, 3 * index + 2)), "Peindre", "patches", 1, words="nuit étoilée"
            )
        )
    hour = 16 + 24 * index / max(total, 1)
    day = 10 if hour < 24 else 11
    taken = None if index % 5 == 4 else f"2023-06-{day}T{int(hour % 24):02d}:{index * 7 % 60:02d}:00"
    printed = next((s.object for s in reversed(done) if s.kind != "mask" and s.object), original)
    return BookPicture(
        photo=PhotoId(original), name=f"Course {index}.jpg", photographer=("Photographe A", "Photographe B", "")[index % 3],
        taken=taken, width=width, height=height, picture=printed, painted=bool(done) and done[-1].kind == "painted",
        boxes=(Box("car", 0.3, 0.4, 0.7, 0.8),) if index % 2 else (), score=index * 37 % 100 / 100, caption="",
        proof=ProofStrip(
            ProofStep("original", original, width=width, height=height), tuple(done),
            (ProofDecision("folder", "ok", "2023-06-11T10:00:00"),) if index % 4 == 0 else (),
        ),
    )  # fmt: skip


def book(count: int, language: Any = "fr", **more: Any) -> tuple[BookInput, dict[str, bytes]]:
    """A book of this many pictures, and the store that holds their objects."""
    store: dict[str, bytes] = {}
    pictures = tuple(picture(index, store, total=count) for index in range(count))
    values: dict[str, Any] = {
        "form": BookForm(title="Vingt-quatre heures", pages=96),
        "event": EventForm(name="24 h", circuit="Le Mans", race_start="2023-06-10T16:00", race_end="2023-06-11T16:00"),
        "language": language, "pictures": pictures, "hour_counts": tuple((h * 7) % 11 for h in range(24)),
        "arrived": 120, "root": "ab" * 32, "records": 1234, "head": "cd" * 32, "made_at": "2026-11-24T20:00:00+00:00",
        "software": "Safelight 0.1",
    }  # fmt: skip
    return BookInput(**{**values, **more}), store


ONE = picture(1, {}, steps=False)
share = st.floats(0, 1, allow_nan=False, width=32)


@st.composite
def placed(draw: st.DrawFn, most: int = 16) -> list[Placed]:
    """Pictures of any shape and size, with and without cars and faces anywhere on them."""
    found = []
    for index in range(draw(st.integers(1, most))):
        width, height = draw(
            st.sampled_from(
                [
                    (1600, 1067),
                    (1600, 900),
                    (1067, 1600),
                    (900, 900),
                    (2400, 1350),
                    (640, 480),
                    (3000, 300),
                    (300, 2000),
                ]
            )
        )
        boxes = []
        for kind in draw(st.lists(st.sampled_from(["car", "face", "person", "advertising"]), max_size=3)):
            a, b, c, d = (draw(share) for _ in range(4))
            boxes.append(Box(kind, min(a, b), min(c, d), max(a, b), max(c, d)))
        picture = replace(
            ONE, photo=PhotoId(f"{index:064d}"), width=width, height=height, boxes=tuple(boxes), score=draw(share)
        )
        found.append(Placed(picture, index / 4 if draw(st.booleans()) else None, None))
    return found
