"""What people decided, put to use: learning from it, taking what was learnt, and handing it on as a labelled folder.

Learning and handing on only look: no lease, no record. Taking a head is a person's word: a request, and one record.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from safelight.app.asking import Asked, ask
from safelight.app.deciding_words import say
from safelight.app.learning import writing
from safelight.model.digests import ObjectId
from safelight.model.errors import PermanentError, SafelightError, UsageError
from safelight.model.signals import CLASSES, Signals, Verdict
from safelight.reconcile.event import Event, World, look_at

HEAD = "head.json"
PARTS = ("train", "validation", "test")
SHARES = (0.6, 0.2, 0.2)
ENDINGS = {b"\xff\xd8": ".jpg", b"\x89P": ".png", b"RI": ".webp"}


class BadHead(PermanentError):
    """A file that cannot be taken for sorting."""

    code = "bad_head"
    exit_status = 2
    en, fr = "{file} cannot be taken for sorting: {reason}.", "{file} ne peut pas servir au tri : {reason}."
    do_en = (
        "Expected is a file head.json that `safelight train classifier --from-event` of this version wrote, unchanged."
    )
    do_fr = (
        "Il faut un fichier head.json écrit par `safelight train classifier --from-event` de cette version, inchangé."
    )


class FolderNotEmpty(UsageError):
    """A folder for a dataset that holds something already."""

    code = "dataset_folder"
    en = "{folder} is not a new or empty folder; nothing was written."
    fr = "{folder} n'est pas un dossier nouveau ou vide ; rien n'a été écrit."
    do_en, do_fr = "Name another one.", "Nommez-en un autre."


def train_from_event(event: Event, out: Path) -> dict[str, Any]:
    """Learn from the event's decisions; writes `out`/head.json and comparison.json, changes nothing in the event.

    Raises NotAnEvent, TooFewDecisions, OneOccasion, Unwritable.
    """
    from safelight.learn.decisions import decisions, learn

    world = look_at(event.require())
    known = decisions(world.state.photos.values(), world.of)
    head, compared = learn(known, _untouched(world), str(event.root))
    told = {**compared.to_json(), "head": str(out / HEAD)}
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        (out / HEAD).write_text(json.dumps(head.to_json(), indent=1) + "\n", "utf-8")
        (out / "comparison.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    return told


def _untouched(world: World) -> list[tuple[Signals, Verdict]]:
    """Measured and sorted by the model, and no person said anything about it."""
    known = [photo.judged for photo in world.state.photos.values() if photo.decision is None and photo.judged]
    return [(Signals.from_json(looked), Verdict.from_json(sorted_)) for looked, sorted_ in known]


def adopt(event: Event, file: Path | None, language: str = "en") -> Asked:
    """Take a trained head for this event, or with None the shipped ones again. Raises BadHead, NotAnEvent."""
    from safelight.stages.classify.adopted import checked

    text = ""
    if file is not None:
        try:
            text = file.read_text("utf-8")
            checked(text.encode())
        except OSError as fault:
            raise BadHead(file=file, reason=fault.strerror or fault) from None
        except ValueError as fault:
            raise BadHead(file=file, reason=fault) from None
    return ask(event, "adopt", {"head": text}, say("adopted" if text else "shipped", language, file=file))


def export_dataset(event: Event, folder: Path) -> dict[str, Any]:
    """Every decided photo as a copy in `folder`/PART/CLASS, without metadata, beside `dataset.csv`; originals stay.

    Parts by whole bursts and sources. Names are digests: no person's name, place or serial number leaves. What cannot be
    written without its metadata (TIFF, GIF) is left out and counted. Raises NotAnEvent, UsageError, Unwritable.
    """
    from safelight.learn.decisions import decisions, parted
    from safelight.pictures.strip import strip

    world = look_at(event.require())
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderNotEmpty(folder=folder)
    known = decisions(world.state.photos.values(), world.of)
    sources = {group: f"source-{number:03d}" for number, group in enumerate(sorted({item.group for item in known}), 1)}
    rows: list[list[object]] = []
    left: list[str] = []
    with writing(folder):
        for name in PARTS:
            for kind in CLASSES:
                (folder / name / kind).mkdir(parents=True, exist_ok=True)
        for item, place in zip(known, parted([item.group for item in known], SHARES), strict=True):
            try:
                data = strip(world.event.store.get(ObjectId(item.photo)))
            except SafelightError:
                left.append(world.of(item.photo).name)
                continue
            file = f"{item.expected}/{item.photo[:16]}{ENDINGS.get(data[:2], '.jpg')}"
            (folder / PARTS[place] / file).write_bytes(data)
            said = item.before
            rows.append(
                [
                    PARTS[place],
                    file,
                    item.expected,
                    sources[item.group],
                    item.shot[:16],
                    said.likeliest,
                    round(said.sure, 4),
                ]
            )
        _tables(folder, rows)
    counts = {
        part: {kind: sum(row[0] == part and row[2] == kind for row in rows) for kind in CLASSES} for part in PARTS
    }
    return {"folder": str(folder), "photos": len(rows), "parts": counts, "left_out": left}


def _tables(folder: Path, rows: list[list[object]]) -> None:
    """One table of all, and in each part the `sources.csv` by which training keeps sources together."""
    with (folder / "dataset.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["part", "file", "class", "source", "shot", "model", "sure"], *rows])
    for part in PARTS:
        with (folder / part / "sources.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["file", "source"], *([row[1], row[3]] for row in rows if row[0] == part)])
