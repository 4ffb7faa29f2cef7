"""Commands on single files and folders, inside an event or not: they write only what they are told to.

Decoding and stages run in a child process here too; a temporary store carries the bytes.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safelight.app.around import Audience, Surroundings
from safelight.app.working import init
from safelight.model.digests import ObjectId
from safelight.model.errors import SafelightError, UsageError
from safelight.model.signals import Verdict
from safelight.store import Store
from safelight.workers.lanes import Lanes

if TYPE_CHECKING:
    from safelight.learn.evaluate import Evaluation


@dataclass
class Bench:
    """A place for one-file commands: a temporary store and one lane with all processors. Use as a context."""

    around: Surroundings
    log: Path | None = None
    count: int = 1
    _folder: Path = field(init=False)

    def __enter__(self) -> Bench:
        self._folder = Path(tempfile.mkdtemp(prefix="safelight-"))
        self.store = Store(self._folder / "store")
        threads = max(1, self.around.processors // self.count)
        self.lanes = Lanes(self.store.root, self.count, threads, self.log)
        return self

    def __exit__(self, *_: object) -> None:
        self.lanes.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def keep(self, path: Path) -> ObjectId:
        """A file's bytes into the temporary store."""
        if not path.is_file():
            raise UsageError(reason=f"There is no file {path}.")
        return self.store.put_file(path)[0]

    def do(self, stage: str, inputs: Mapping[str, str], **params: Any) -> dict[str, Any]:
        """One job, waited for."""
        seed, backend = int(params.pop("seed", 0)), str(params.pop("backend", "auto"))
        job = {"stage": stage, "inputs": dict(inputs), "params": params, "seed": seed, "backend": backend}
        return self.lanes.submit(job).result().product

    def write(self, name: str, target: Path) -> None:
        """An object as a file in the format its name asks for."""
        made = self.do("export", {"image": name}, suffix=target.suffix)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.store.path(ObjectId(made["outputs"]["image"])), target)


def classify_file(bench: Bench, path: Path) -> tuple[Verdict, dict[str, Any]]:
    """(verdict, look facts) of one picture file by the model alone."""
    name = bench.keep(path)
    looked = bench.do("look", {"image": name})["facts"]
    judged = bench.do("classify", {"image": name}, signals=looked)["facts"]
    return Verdict.from_json(judged), looked


def mask_file(bench: Bench, path: Path, concept: str, target: Path, *, soft: bool) -> dict[str, Any]:
    """Write the mask (upright size; all black when nothing was found or the find is doubtful); returns the facts."""
    name = bench.keep(path)
    made = bench.do("mask", {"image": name}, mask=[concept], keep=["car", "person"], grow=0, soft=soft)
    facts = dict(made["facts"])
    role = "soft" if soft else "mask"
    if facts["doubt"]:
        probe = bench.do("probe", {"image": name})["facts"]
        made = bench.do("blank", {}, width=probe["width"], height=probe["height"])
        role = "mask"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(bench.store.path(ObjectId(made["outputs"][role])), target)
    return facts


def inpaint_file(bench: Bench, path: Path, mask: Path, prompt: str, target: Path) -> dict[str, Any]:
    """Repaint one picture where the mask is white; returns backend and facts."""
    made = bench.do("inpaint", {"image": bench.keep(path), "mask": bench.keep(mask)}, **{"with": prompt})
    bench.write(made["outputs"]["image"], target)
    return {"backend": made["backend"], **made["facts"]}


def stylize_file(bench: Bench, path: Path, style: Path, target: Path, strength: float, size: int) -> dict[str, Any]:
    """Paint one picture in the manner of a style picture; returns backend and facts."""
    inputs = {"image": bench.keep(path), "style": bench.keep(style)}
    made = bench.do("stylize", inputs, strength=strength, colour="style", size=size)
    bench.write(made["outputs"]["image"], target)
    return {"backend": made["backend"], **made["facts"]}


def evaluate(around: Surroundings, folder: Path, audience: Audience) -> Evaluation:
    """The model alone on labelled class folders."""
    from safelight.learn.evaluate import evaluate as judge_all
    from safelight.learn.folders import read
    from safelight.stages.classify.signals import SignalsHead

    if not folder.is_dir():
        raise UsageError(reason=f"There is no folder {folder}.")
    labelled = read(folder)
    found: dict[Path, Verdict | SafelightError] = {}
    count = max(1, min(4, around.processors))
    with Bench(around, count=count) as bench, ThreadPoolExecutor(count) as pool:
        started = time.monotonic()
        for done, (path, verdict) in enumerate(pool.map(lambda item: _judged(bench, item.path), labelled.files), 1):
            found[path] = verdict
            left = (time.monotonic() - started) / done * (len(labelled.files) - done)
            if done % 10 == 0 or done == len(labelled.files):
                audience.say(f"{done} of {len(labelled.files)} pictures, {left:.0f} s left")

    def judge(path: Path) -> Verdict:
        verdict = found[path]
        if isinstance(verdict, SafelightError):
            raise verdict
        return verdict

    trained_on = SignalsHead().head.trained_on
    return judge_all(labelled.files, judge, trained_on=trained_on, ignored=labelled.ignored)


def _judged(bench: Bench, path: Path) -> tuple[Path, Verdict | SafelightError]:
    try:
        return path, classify_file(bench, path)[0]
    except SafelightError as fault:
        return path, fault


SAMPLE_RULE = """
sort:
  - rule: Legible advertising behind the car has to go
    when: {advertising: at least 8%, car area: at least 20%}
    do: retoucher

#"""
"""A sort rule of the sample event, so that a newcomer sees one at work."""


def sample(folder: Path, count: int, seed: int, audience: Audience) -> None:
    """The sample event: rules as for a new event, pictures of our own painting, exact truth beside them."""
    from safelight.learn.scenes.event import paint_event

    init(folder)
    rules = folder / "rules" / "sort.yaml"
    rules.write_text(rules.read_text("utf-8").replace("\nsort: []", SAMPLE_RULE, 1), "utf-8")

    def told(done: int, total: int) -> None:
        audience.say(f"Drawing picture {done} of {total}")

    paint_event(folder, count=count, seed=seed, progress=told)
