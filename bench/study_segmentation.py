"""The trainings behind docs/studies/segmentation.md, one after the other, each in a folder of its own.

    python bench/study_segmentation.py ../shared -o FOLDER [--only PART …] [--list]

May be stopped at any moment, with Ctrl-C or by pulling the plug, and goes on where it was: a finished run has a
`result.json` and is not done again, an unfinished one goes on from its checkpoint. `FOLDER/study.json` holds every result
there is. Two processes may work in one folder if `--only` gives them different parts. `study_report.py` makes tables and
plots of it.

Times are processor time of one thread, so that other work on the machine does not count. Networks are chosen on the
validation pictures; the test pictures are looked at once, at the end of a run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import torch

from safelight.files import write_through
from safelight.learn.data import Arrays, Dataset, Subset, open_dataset, read
from safelight.learn.data.augment import NAMES
from safelight.learn.segment import checkpoint
from safelight.learn.segment.feed import Fitted
from safelight.learn.segment.holding import divided
from safelight.learn.segment.measure import Measured, measure
from safelight.learn.segment.settings import LOSS_NAMES, Settings, preset
from safelight.learn.segment.training import WEIGHTS, Progress, Training
from safelight.stages.networks.segmenters import parameters
from safelight.stages.networks.segmenters.files import load

FORM = "safelight-study/1"
RESULT = "result.json"
SMALL = Settings(
    network="residual", width=16, loss="cross-entropy", rate=4e-3, batch=4, size=(180, 240), longest=240, dropout=0.0,
    memory=100, epochs=30, validate_every=3, save_every=60.0,
)  # fmt: skip
"""CamVid at 240 × 180, the whole picture at every step: about nine minutes of one core."""
AUGMENTED = "strong"
ALONE = tuple(name for name in NAMES if name != "crop")
"""Where the whole picture is taken there is no part to choose: `crop` alone is `plain` to the bit."""
SEEDS = (1, 2, 3)
MINUTES = 8.0
"""Of processor time for every network that is compared."""
VIA_EPOCHS = 100
PRETRAINED = "weights/squeezenet1_1_caffe-95788d64.pth"


@dataclass(frozen=True)
class Run:
    """One training: `name` is its folder. `data` is camvid or via; `held` the one photo left out of a VIA training."""

    name: str
    part: str
    settings: Settings
    data: str = "camvid"
    held: str = ""
    pretrained: bool = False


@dataclass(frozen=True)
class Parts:
    """What a run learns from, what its weights are chosen on (None: the last ones count), what it is judged by."""

    learn: Dataset
    choose: Dataset | None
    judge: Dataset


def runs(photos: Sequence[str]) -> list[Run]:
    """Every run, the headline figures first; `photos` are the ids of the VIA export."""
    pairs = [
        Run(f"{kind}-{seed}", "gains", replace(SMALL, augment=recipe, seed=seed))
        for seed in SEEDS
        for kind, recipe in (("plain", "none"), ("augmented", AUGMENTED))
    ]
    mild = [Run(f"mild-{seed}", "mild", replace(SMALL, augment="mild", seed=seed)) for seed in SEEDS]
    polygons = replace(preset("polygons"), epochs=VIA_EPOCHS, save_every=60.0, validate_every=VIA_EPOCHS)
    via = [Run(f"via-{_safe(photo)}", "via", polygons, "via", held=photo) for photo in photos]
    alone = [Run(f"only-{name}", "alone", replace(SMALL, augment=name, seed=SEEDS[0])) for name in ALONE]
    # Every network at half its usual width, for the same time: what it reaches, not what an epoch of it is worth.
    timed = replace(SMALL, augment=AUGMENTED, minutes=MINUTES, validate_every=2, seed=SEEDS[0])
    networks = [
        Run(f"network-{name}", "networks", replace(timed, network=name, width=width))
        for name, width in (("residual", 16), ("separable", 12), ("squeeze", 24), ("unet", 16))
    ]
    networks.append(
        Run("network-squeeze-pretrained", "networks", replace(timed, network="squeeze", width=24), pretrained=True)
    )
    losses = [
        Run(f"loss-{loss}", "losses", replace(SMALL, augment=AUGMENTED, loss=loss, seed=SEEDS[0]))
        for loss in LOSS_NAMES if loss in {"dice", "both", "mse"}  # cross-entropy is augmented-1
    ]  # fmt: skip
    square = [
        Run(f"polygons-{balance}", "polygons", replace(polygons, balance=balance), "via")
        for balance in ("none", "root")
    ]
    return [*pairs, *mild, *via, *alone, *networks, *losses, *square]


def _safe(photo: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in photo)


def opened(run: Run, shared: Path) -> Parts:
    """The pictures of a run; raises DataError."""
    if run.data == "camvid":
        folder, longest = shared / "datasets/camvid", run.settings.longest
        return Parts(*(_held(Fitted(open_dataset(folder, "camvid", part), longest)) for part in _SPLITS))
    whole = open_dataset(shared / "annotations/via-car-damage", "via")
    if not run.held:
        learn, judge = divided(whole, run.settings.hold)
        assert judge is not None
        return Parts(learn, None, judge)
    rest = tuple(photo for photo in whole.ids if photo != run.held)
    return Parts(Subset(whole, rest), None, Subset(whole, (run.held,), f"{whole.name} {run.held}"))


def _held(data: Dataset) -> Arrays:
    """All of it in memory: 55 MB for the training part at this size, and nothing is decoded twice."""
    return Arrays(data.name, data.classes, {sample: read(data, sample) for sample in data.ids})


_SPLITS = ("train", "val", "test")


class Told:
    """Prints where a run stands, a line a validation and a line a minute."""

    def __init__(self, name: str, every: float = 60.0) -> None:
        self.name, self.every, self.last = name, every, 0.0

    def progress(self, progress: Progress) -> None:
        """After every step."""
        if progress.spent - self.last >= self.every:
            self.last = progress.spent
            print(f"{self.name}: epoch {progress.epoch}, {progress.spent / 60:.1f} minutes, "
                  f"{progress.left / 60:.1f} left, loss {progress.loss:.3f}", flush=True)  # fmt: skip

    def validated(self, epoch: int, measured: Measured, best: bool) -> None:
        """After every validation."""
        print(f"{self.name}: epoch {epoch}, mean IoU {measured.miou:.4f}{' (best)' if best else ''}", flush=True)


def done(run: Run, folder: Path) -> dict[str, Any] | None:
    """The result of a run that is finished; raises SystemExit where the folder holds another run of that name."""
    path = folder / run.name / RESULT
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    _same(Settings.from_json(found["settings"]), run, path.parent)
    return found


def _same(before: Settings, run: Run, folder: Path) -> None:
    """Results of other settings are never mixed in."""
    if before != run.settings:
        raise SystemExit(f"{folder} holds a run with other settings: remove it, or use another folder.")


def carry_out(
    run: Run,
    parts: Parts,
    folder: Path,
    *,
    stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.process_time,
    pretrained: Path | None = None,
) -> dict[str, Any] | None:
    """Train from wherever the run stands, judge, and write its result; None when told to stop before the end."""
    here = folder / run.name
    training = Training(parts.learn, parts.choose, run.settings, here, pretrained=pretrained)
    if (here / checkpoint.NAME).is_file():
        state = checkpoint.read(here)
        _same(checkpoint.settings_of(state), run, here)
        training.resume(state)
    if not training.run(Told(run.name), stop, clock):
        return None
    loaded = load(here / WEIGHTS)
    found = measure(loaded.net, parts.judge, run.settings.longest)
    result = {
        "name": run.name, "part": run.part, "data": run.data, "held": run.held, "pretrained": run.pretrained,
        "pictures": len(parts.learn.ids), "judged": len(parts.judge.ids), "settings": json.loads(run.settings.text()),
        "parameters": parameters(loaded.net), "steps": training.step,
        "epochs": round(training.step / len(training.feed), 2), "minutes": round(training.spent / 60, 2),
        "validation": loaded.about.scores.get("miou"), "test": found.to_json(),
        "curve": [[row["epoch"], row.get("miou")] for row in training.history if row.get("miou") is not None],
        "losses": [[row["epoch"], row["loss"]] for row in training.history],
        "command": f"python bench/study_segmentation.py ../shared -o FOLDER --only {run.name}", "machine": machine(),
    }  # fmt: skip
    write_through(here / RESULT, json.dumps(result, indent=1).encode())
    return result


def machine() -> dict[str, Any]:
    """What it ran on: kind of processor, threads used, version of torch."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        lines = [line for line in cpuinfo.read_text("utf-8", "replace").splitlines() if line.startswith("model name")]
        name = lines[0].partition(":")[2].strip() if lines else name
    return {"device": "cpu", "processor": name, "threads": torch.get_num_threads(), "torch": torch.__version__}


def collect(folder: Path) -> dict[str, Any]:
    """Every result there is in a folder, by name of run."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob(f"*/{RESULT}"))]
    return {"form": FORM, "runs": {result["name"]: result for result in found}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, help="the folder with datasets/camvid, annotations/, weights/")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--only", nargs="+", default=[], help="parts (gains, via, alone, …) or names of runs")
    parser.add_argument("--list", action="store_true", help="show the runs and which are finished")
    given = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    photos = open_dataset(given.shared / "annotations/via-car-damage", "via").ids
    chosen = [run for run in runs(photos) if not given.only or run.part in given.only or run.name in given.only]
    if given.list:
        for run in chosen:
            print(f"{run.part:<10}{run.name:<32}{'finished' if done(run, given.out) else ''}")
        return
    asked = threading.Event()
    for wish in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wish, lambda *_: asked.set())
    for run in chosen:
        if asked.is_set():
            break
        if done(run, given.out) is None:
            start = given.shared / PRETRAINED if run.pretrained else None
            carry_out(run, opened(run, given.shared), given.out, stop=asked.is_set, pretrained=start)
            write_through(given.out / "study.json", json.dumps(collect(given.out), indent=1).encode())
    print(f"{len(collect(given.out)['runs'])} runs in {given.out}; the same command goes on.", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
