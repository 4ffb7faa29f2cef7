"""Fill an event's inbox with painted pictures, two photographers, a whole day and night, and the truth about them.

The pictures lie as cards deliver them: `inbox/<photographer>/<name>` with EXIF times. The truth (verdict, photo
digest, concepts, boxes, words, masks as one-channel PNG 0/255) lies in `library/.safelight/sample-truth/`, where
neither stages nor planner ever look. Same seed, same bytes on the same kind of machine.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image

from safelight.learn.scenes.paint import Painted, paint
from safelight.learn.scenes.shot import Scene
from safelight.model.digests import object_id
from safelight.model.signals import Box

START = datetime(2026, 6, 13, 16, 0)
"""The race begins on a Saturday afternoon and lasts 24 hours."""
TRUTH = Path("library", ".safelight", "sample-truth")
NORTH, LANE = "north-gate", "pit-lane"


@dataclass(frozen=True)
class Frame:
    """One picture of the event: photographer, file name ({n} is its running number), hours after the start, scene."""

    photographer: str
    name: str
    hour: float
    scene: Scene


FRAMES: tuple[Frame, ...] = (
    Frame(NORTH, "Départ {n}.jpg", 0.05, Scene("pair", 0)),
    Frame(LANE, "DSC_{n:04d}.JPG", 0.30, Scene("pits", 0)),
    Frame(NORTH, "IMG_{n:04d}.JPG", 0.70, Scene("boards", 0)),
    Frame(LANE, "DSC_{n:04d}.JPG", 1.10, Scene("food", 0)),
    Frame(NORTH, "IMG_{n:04d}.JPG", 1.60, Scene("panned", 0)),
    Frame(NORTH, "IMG_{n:04d}.JPG", 1.61, Scene("blurred", 0)),
    Frame(LANE, "DSC_{n:04d}.JPG", 2.20, Scene("spectators", 0)),
    Frame(NORTH, "IMG_{n:04d}.JPG", 2.90, Scene("headon", 0)),
    Frame(LANE, "DSC_{n:04d}.JPG", 3.60, Scene("post", 1)),
    Frame(NORTH, "IMG_{n:04d}.JPG", 4.20, Scene("kerb", 1)),
    Frame(LANE, "Soirée {n}.jpg", 5.30, Scene("dusk", 0)),
    Frame(LANE, "DSC_{n:04d}.JPG", 5.90, Scene("dusk", 1)),
    Frame(LANE, "DSC_{n:04d}.JPG", 6.60, Scene("concert", 0)),
    Frame(NORTH, "Nuit {n}.jpg", 7.50, Scene("night", 0)),
    Frame(NORTH, "Nuit {n}.jpg", 9.20, Scene("night", 1)),
    Frame(LANE, "DSC_{n:04d}.JPG", 11.4, Scene("night", 2)),
    Frame(NORTH, "Matin {n}.jpg", 14.1, Scene("sunrise", 0)),
    Frame(LANE, "DSC_{n:04d}.JPG", 15.2, Scene("wide", 1)),
    Frame(NORTH, "IMG_{n:04d}.JPG", 16.4, Scene("panned", 2)),
    Frame(LANE, "Pluie {n}.jpg", 17.3, Scene("rain", 0)),
    Frame(LANE, "Pluie {n}.jpg", 17.8, Scene("rain", 1)),
    Frame(NORTH, "IMG_{n:04d}.JPG", 18.5, Scene("crash", 0)),
    Frame(LANE, "DSC_{n:04d}.JPG", 19.3, Scene("boards", 3)),
    Frame(NORTH, "IMG_{n:04d}.JPG", 20.1, Scene("sign", 1)),
    Frame(NORTH, "IMG_{n:04d}.JPG", 20.9, Scene("marshals", 0)),
    Frame(LANE, "DSC_{n:04d}.JPG", 21.8, Scene("boards", 5)),
    Frame(NORTH, "IMG_{n:04d}.JPG", 22.8, Scene("panned", 3)),
    Frame(NORTH, "Arrivée {n}.jpg", 23.97, Scene("arrival", 0)),
)
"""The day in order. A shorter event takes every k-th, a longer one adds variants."""

CAMERAS = {
    NORTH: ("Safelight", "Safelight Sample A", "SAMPLE-000027"),
    LANE: ("Safelight", "Safelight Sample B", "SAMPLE-000051"),
}


def frames(count: int) -> list[Frame]:
    """`count` frames spread over the 24 hours."""
    total = len(FRAMES)
    if count <= total:
        return [FRAMES[round(k * (total - 1) / max(1, count - 1))] for k in range(count)]
    more = [
        Frame(
            frame.photographer, "IMG_{n:04d}.JPG" if frame.photographer == NORTH else "DSC_{n:04d}.JPG",
            min(23.9, frame.hour + 0.11 * (1 + k // total)), Scene(frame.scene.kind, frame.scene.variant + 3 + k // total),
        )
        for k, frame in ((k, FRAMES[k % total]) for k in range(count - total))
    ]  # fmt: skip
    return sorted([*FRAMES, *more], key=lambda frame: frame.hour)


def paint_event(
    folder: Path, count: int = 28, seed: int = 24, language: str = "en", progress: Callable[[int, int], None] | None = None,
    size: tuple[int, int] = (1600, 1067),
) -> list[Path]:  # fmt: skip
    """Write `count` pictures below `folder`/inbox and their truth; returns the pictures in order of time.

    `progress` hears (done, all) before each picture. `language` names the truth's note only: names mix as cards do.
    """
    truth = folder / TRUTH
    truth.mkdir(parents=True, exist_ok=True)
    entries: dict[str, object] = {}
    written: list[Path] = []
    chosen = frames(count)
    for index, frame in enumerate(chosen):
        if progress is not None:
            progress(index + 1, len(chosen))
        painted = paint(frame.scene, size, seed)
        name = _name(frame, index)
        path = folder / "inbox" / frame.photographer / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = with_exif(painted.jpeg, frame, START + timedelta(hours=frame.hour))
        path.write_bytes(data)
        written.append(path)
        entries[f"{frame.photographer}/{name}"] = _entry(painted, frame, data, truth)
    note = {
        "en": "Exact truth about pictures painted by Safelight; not used by any stage.",
        "fr": "Vérité exacte sur les images peintes par Safelight\u00a0; aucune étape ne s'en sert.",
    }
    document = {
        "note": note.get(language, note["en"]),
        "seed": seed,
        "race_start": START.isoformat(),
        "photos": entries,
    }
    (truth / "truth.json").write_text(
        json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8"
    )
    return written


def _name(frame: Frame, index: int) -> str:
    """Numbers as a camera counts: hundreds for shutters, small ones for named pictures."""
    number = (4100 if frame.photographer == NORTH else 730) + index * 17 if "04d" in frame.name else index // 2 + 1
    return frame.name.format(n=number)


def _entry(painted: Painted, frame: Frame, data: bytes, truth: Path) -> dict[str, object]:
    photo = object_id(data)
    masks: dict[str, str] = {}
    for concept, mask in painted.masks.items():
        if mask.any():
            file = f"{photo[:16]}-{concept}.png"
            Image.fromarray(mask.astype(np.uint8) * 255).save(truth / file, "PNG", compress_level=6)
            masks[concept] = file
    return {
        "photo": photo,
        "verdict": painted.verdict,
        "kind": frame.scene.kind,
        "variant": frame.scene.variant,
        "hour": frame.hour,
        "concepts": {name: round(float(mask.mean()), 6) for name, mask in painted.masks.items() if mask.any()},
        "masks": masks,
        "boxes": [_box(box) for box in painted.boxes],
        "texts": [
            {
                "text": word.box.text,
                "legible": word.legible,
                "visible": round(word.visible, 3),
                "box": _box(word.box)[1:],
            }
            for word in painted.words
        ],
    }


def _box(box: Box) -> list[object]:
    return [box.kind, *(round(value, 5) for value in (box.left, box.top, box.right, box.bottom))]


def with_exif(jpeg: bytes, frame: Frame, when: datetime) -> bytes:
    """The same JPEG with an EXIF segment put in after its start: the picture's own data is not coded again."""
    maker, model, serial = CAMERAS[frame.photographer]
    exif = Image.Exif()
    stamp = when.strftime("%Y:%m:%d %H:%M:%S")
    exif[0x010F], exif[0x0110], exif[0x0112], exif[0x0132], exif[0x0131] = (
        maker,
        model,
        1,
        stamp,
        "Safelight scene painter",
    )
    details = exif.get_ifd(0x8769)
    details[0x9003] = details[0x9004] = stamp
    details[0xA431] = serial
    dark = frame.scene.kind in {"night", "concert", "dusk", "sunrise"}
    details[0x8827] = 6400 if frame.scene.kind in {"night", "concert"} else 1600 if dark else 200
    details[0x829A] = (1, 60) if frame.scene.kind == "panned" else (1, 250) if dark else (1, 1000)
    details[0x829D] = (28, 10)
    details[0x920A] = (300, 1)
    payload = exif.tobytes()
    if jpeg[:2] != b"\xff\xd8" or len(payload) + 2 > 0xFFFF:
        raise ValueError("not a JPEG to put EXIF into")
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload + jpeg[2:]
