"""The trainings behind docs/studies/classification.md, one after the other, each in a folder of its own.

    python bench/study_classification.py ../shared -o FOLDER [--only PART …] [--list]

Parts: `garments` (Fashion-MNIST: what each hyperparameter does, augmentation against none, one look against ten), `faces`
(young or old, from nothing, and a test on degraded copies), `races` (the race photos, one big source left out at a time).
May be stopped at any moment and goes on where it was: a finished run has a `result.json`, an unfinished one its checkpoint.
`study_classification_report.py` makes tables of it.

Times are processor time of one thread. Test pictures are looked at once, at the end of a run.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import platform
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from PIL import Image as Pillow

from safelight.files import write_through
from safelight.learn.classify.augment import MARGIN, middle, views
from safelight.learn.classify.bootstrap import accuracy, interval
from safelight.learn.classify.measures import Answers, measure
from safelight.learn.classify.pictures import Labels, Picture, read
from safelight.learn.classify.settings import Settings
from safelight.learn.classify.training import FORM, KEYS, WEIGHTS, Progress, Training
from safelight.learn.segment import checkpoint
from safelight.stages.networks import backbones
from safelight.stages.networks.classifiers import OWN, Loaded, load

RESULT = "result.json"
CLOTHES = ("top", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot")
LEARN, JUDGE = 800, 3000
"""Garments that are learnt from (drawn, as many of each class), and asked about."""
SEEDS = (1,)
GARMENTS = Settings(
    width=8, size=32, epochs=8, batch=32, rate=4e-3, patience=0, hold=0.1, augment=("crop", "mirror"), dropout=0.1
)
VARIED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("rate", ".001", {"rate": 1e-3}), ("rate", ".016", {"rate": 1.6e-2}),
    ("batch", "8", {"batch": 8}), ("batch", "128", {"batch": 128}),
    ("epochs", "3", {"epochs": 3}), ("epochs", "24", {"epochs": 24}),
    ("decay", "0", {"decay": 0.0}), ("decay", ".3", {"decay": 0.3}),
    ("crop", "from 20 %", {"crop": 0.2}), ("crop", "none", {"augment": ("mirror",)}),
    ("augmentation", "none", {"augment": ()}),
    ("augmentation", "all", {"augment": ("crop", "mirror", "turn", "light", "colour", "erase")}),
    ("depth", "2", {"depth": 2}), ("depth", "5", {"depth": 5}),
)  # fmt: skip
"""(hyperparameter, value, what it changes of GARMENTS), one at a time."""
FACES = Settings(size=64, seed=24)
RACES = {
    "nothing": Settings(size=96, epochs=30, patience=0, seed=24),
    "frozen": Settings(backbone=backbones.SQUEEZE, size=224, batch=16, epochs=12, patience=0, seed=24),
    "finetune": Settings(backbone=backbones.SQUEEZE, finetune=True, size=224, batch=16, rate=2e-4, epochs=6, patience=0, seed=24),
}  # fmt: skip
BIG = 8
"""Photos from which on a source is held out in its turn."""
SQUEEZE = "weights/squeezenet1_1_caffe-95788d64.pth"


@dataclass(frozen=True)
class Run:
    """One training: `name` is its folder; `held` the source left out of the race photos."""

    name: str
    part: str
    settings: Settings
    what: str = ""
    value: str = ""
    held: str = ""


@dataclass(frozen=True)
class Parts:
    """What a run learns from (a part of it is its validation), and what it is judged by."""

    learn: Labels
    judge: Labels


def runs(big: Sequence[str]) -> list[Run]:
    """Every run; `big` are the sources of race photos that are held out."""
    found = [Run(f"base-{seed}", "garments", replace(GARMENTS, seed=seed)) for seed in SEEDS]
    found += [
        Run(f"{what}-{value.strip('.').replace(' ', '')}-{seed}".replace("%", ""), "garments", replace(GARMENTS, seed=seed, **change), what, value)
        for what, value, change in VARIED for seed in SEEDS
    ]  # fmt: skip
    found.append(Run("faces", "faces", FACES))
    found += [
        Run(f"races-{kind}-{hashlib.sha256(name.encode()).hexdigest()[:6]}", "races", settings, kind, "", name)
        for kind, settings in RACES.items() for name in big
    ]  # fmt: skip
    return found


# --- the pictures ------------------------------------------------------------------------------------------------


def garments(folder: Path, side: int) -> Parts:
    """Garments of Fashion-MNIST, grey as RGB: LEARN drawn from the first 60,000, the first JUDGE of the test part."""
    learn, truth = _idx(folder / "train-images-idx3-ubyte.gz"), _idx(folder / "train-labels-idx1-ubyte.gz")
    rng = np.random.default_rng(0)
    drawn = np.concatenate(
        [rng.choice(np.flatnonzero(truth == kind), LEARN // 10, replace=False) for kind in range(10)]
    )
    test, kinds = _idx(folder / "t10k-images-idx3-ubyte.gz"), _idx(folder / "t10k-labels-idx1-ubyte.gz")
    return Parts(
        _labels(folder, learn[np.sort(drawn)], truth[np.sort(drawn)], side), _labels(folder, test[:JUDGE], kinds[:JUDGE], side)
    )  # fmt: skip


def _idx(path: Path) -> np.ndarray:
    """The array of an IDX file: four bytes of kind and rank, a length a rank, the bytes."""
    data = gzip.decompress(path.read_bytes())
    rank = data[3]
    shape = np.frombuffer(data, ">u4", rank, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def _labels(folder: Path, pictures: np.ndarray, truth: np.ndarray, side: int) -> Labels:
    made = []
    for index, (grey, kind) in enumerate(zip(pictures, truth, strict=True)):
        pixels = cv2.resize(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), (side, side), interpolation=cv2.INTER_CUBIC)
        digest = hashlib.sha256(grey.tobytes()).hexdigest()
        made.append(Picture(folder / f"{index}", int(kind), f"{index}", digest, pixels))
    return Labels(folder, CLOTHES, tuple(made))


def faces(shared: Path, folder: Path, side: int) -> Parts:
    """Class folders of the faces, made once: `train` and `val` of the table to learn from, `test` to be judged by."""
    source = shared / "datasets" / "faces-age"
    if not (folder / "done").is_file():
        rows = list(csv.DictReader((source / "labels.csv").open(encoding="utf-8")))
        for row in rows:
            target = folder / ("test" if row["split"] == "test" else "learn") / row["label"] / row["file"]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / "images" / row["file"], target)
        for part in ("learn", "test"):  # every face is a source of its own
            own = [row for row in rows if (row["split"] == "test") == (part == "test")]
            told = "file,source\n" + "".join(f"{row['label']}/{row['file']},{row['file']}\n" for row in own)
            (folder / part / "sources.csv").write_text(told, "utf-8")
        (folder / "done").touch()
    return Parts(read(folder / "learn", side), read(folder / "test", side))


def races(shared: Path, held: str, side: int) -> Parts:
    """The race photos without a source, and those of it."""
    whole = read(shared / "photos", side)
    own = tuple(item for item in whole.pictures if item.source == held)
    rest = tuple(item for item in whole.pictures if item.source != held)
    return Parts(replace(whole, pictures=rest), replace(whole, pictures=own))


def big_sources(shared: Path) -> list[str]:
    """The sources of race photos with at least BIG of them."""
    from safelight.learn.folders import read as listed
    from safelight.learn.groups import sources

    folder = shared / "photos"
    return sorted(name for name, count in Counter(sources(folder, listed(folder).files)).items() if count >= BIG)


def opened(run: Run, shared: Path, folder: Path) -> Parts:
    """The pictures of a run."""
    side = round(run.settings.size * MARGIN)
    if run.part == "garments":
        return garments(shared / "datasets" / "fashion-mnist", side)
    return faces(shared, folder / "faces-pictures", side) if run.part == "faces" else races(shared, run.held, side)


# --- asking ------------------------------------------------------------------------------------------------------

Image = np.ndarray


def blurred(pixels: Image) -> Image:
    """A blur of about a fortieth of the picture's side."""
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), len(pixels) / 40), np.uint8)


def dark(pixels: Image) -> Image:
    """A third of the light, with the noise that a camera adds then."""
    noise = np.random.default_rng(0).normal(0, 6, pixels.shape)
    return np.asarray((pixels / 3 + noise).clip(0, 255), np.uint8)


def squeezed(pixels: Image) -> Image:
    """JPEG of quality 8."""
    held = io.BytesIO()
    Pillow.fromarray(pixels).save(held, "JPEG", quality=8)
    return np.array(Pillow.open(held))


DEGRADED: dict[str, Callable[[Image], Image]] = {"blur": blurred, "dark": dark, "JPEG 8": squeezed}


def asked(
    model: Loaded, labels: Labels, *, ten: bool = False, change: Callable[[Image], Image] = lambda pixels: pixels
) -> Answers:
    """Answers about changed pictures from one look or ten."""
    size, shares = model.about.size, []
    for start in range(0, len(labels.pictures), 64):
        group = [change(item.pixels) for item in labels.pictures[start : start + 64]]
        looks = [look for pixels in group for look in (views(pixels, size) if ten else [middle(pixels, size)])]
        batch = torch.from_numpy(np.stack(looks)).permute(0, 3, 1, 2).float().div(255)
        shares.append(model.shares(batch).numpy().reshape(len(group), -1, len(model.about.classes)).mean(1))
    return Answers(labels.classes, labels.truth, np.concatenate(shares).astype(np.float64), np.array(model.about.prior))


def told(answers: Answers) -> dict[str, Any]:
    """The figures that a table needs, and the answers themselves: (truth, given) a picture."""
    pairs = list(zip(answers.truth.tolist(), answers.given.tolist(), strict=True))
    found = measure(answers, intervals=False)
    return {
        "n": found.n, "accuracy": round(found.accuracy, 4), "balanced": round(found.balanced, 4),
        "accuracy_95": [round(end, 4) for end in interval(pairs, accuracy)],
        "log_loss": round(found.log_loss, 4), "log_loss_prior": round(found.log_loss_prior, 4), "pairs": pairs,
    }  # fmt: skip


# --- the loop ----------------------------------------------------------------------------------------------------


class _Quiet:
    """Says where a training stands, once an epoch."""

    def progress(self, progress: Progress) -> None:
        """After every step."""

    def validated(self, epoch: int, found: Any, best: bool) -> None:
        """After every epoch."""
        print(f"  epoch {epoch}: {100 * found.accuracy:.1f} %{' *' if best else ''}", flush=True)


def trained(
    run: Run, parts: Parts, folder: Path, source: backbones.Source | None, stop: Callable[[], bool]
) -> dict[str, Any] | None:
    """Train, or go on; then judge. None where it was stopped."""
    training = Training(parts.learn, run.settings, folder, source)
    if (folder / checkpoint.NAME).is_file():
        training.resume(checkpoint.read(folder, FORM, KEYS))
    if not training.run(_Quiet(), stop, time.process_time):
        return None
    model = load(folder / WEIGHTS)
    found: dict[str, Any] = {"one": told(asked(model, parts.judge))}
    if run.part == "faces" or run.name.startswith("base"):
        found["ten"] = told(asked(model, parts.judge, ten=True))
    if run.part == "faces":
        found["degraded"] = {name: told(asked(model, parts.judge, change=way)) for name, way in DEGRADED.items()}
    return {
        **found, "part": run.part, "what": run.what, "value": run.value, "settings": run.settings.to_json(),
        "held": hashlib.sha256(run.held.encode()).hexdigest()[:6] if run.held else "", "learnt_from": len(training.kept),
        "validated_on": len(training.held), "epochs": training.epoch, "best_epoch": training.best_epoch,
        "minutes": round(training.spent / 60, 3), "untrained": training.history[0]["accuracy"],
        "validation": training.history[training.best_epoch]["accuracy"],
        "parameters": sum(value.numel() for value in training.net.parameters()),
        "machine": {"processor": platform.machine(), "threads": torch.get_num_threads(), "torch": torch.__version__},
    }  # fmt: skip


def collect(folder: Path) -> dict[str, Any]:
    """Every result there is, by name."""
    return {path.parent.name: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob(f"*/{RESULT}"))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("-o", dest="folder", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[], metavar="PART")
    parser.add_argument("--list", action="store_true")
    given = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    wanted = [
        run for run in runs(big_sources(given.shared)) if not given.only or {run.part, run.what} & set(given.only)
    ]
    for run in wanted:
        folder = given.folder / run.name
        done = (folder / RESULT).is_file()
        print(f"{run.part:9} {run.name}{'  done' if done else ''}", flush=True)
        if given.list or done:
            continue
        folder.mkdir(parents=True, exist_ok=True)
        source = None if run.settings.backbone == OWN else backbones.Source(backbones.SQUEEZE, given.shared / SQUEEZE)
        result = trained(run, opened(run, given.shared, given.folder), folder, source, stop.is_set)
        if result is None:
            print("stopped; the same command goes on")
            return
        write_through(folder / RESULT, json.dumps(result).encode())


if __name__ == "__main__":
    main()
