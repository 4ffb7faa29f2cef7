"""Heads over signals, features, or both: looking once, choosing settings inside the training folds, measuring honestly.

`python -m safelight.learn.classify.heads DIR --cache FOLDER [-o FOLDER]` measures all three kinds: every big source is held
out in turn, the folds' answers are pooled, photos of small sources always train. Penalties and temperatures are chosen by the
same validation among the sources that are left, never by the one held out. With `--free` so are the voices each question hears.
`-o` writes the heads of all photos with the figures of held-out sources, and the voice behind the signal `race_scene`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from safelight.learn.classify.asking import Asked, Fitted, Name, Rows, Table, ask
from safelight.learn.classify.bootstrap import interval
from safelight.learn.evaluate import Figures, checked, figures
from safelight.learn.folders import read
from safelight.learn.groups import sources
from safelight.learn.train_head import BIG, cached, look_at
from safelight.model.digests import digest
from safelight.model.errors import SafelightError, UsageError
from safelight.model.signals import CLASSES, ClassName, Verdict
from safelight.stages.base import Image
from safelight.stages.classify.inputs import DISTURBING
from safelight.stages.classify.questions import QUESTIONS, Question, Sorter, shares
from safelight.stages.classify.voices import Of, Voice, measured, rooted
from safelight.stages.networks import backbones, regions

SCENE, SIGNALS, SEEN = "scene", "signals", "seen"
"""What voices weigh: what the region network's encoder saw, measured signals, what the backbone saw."""
VOICES: dict[str, dict[Name, tuple[str, ...]]] = {
    "signals": {"race": (SCENE,), "retouch": (SIGNALS,)},
    "features": {"race": (SEEN,), "retouch": (SEEN,)},
    "signals+features": {"race": (SCENE, SEEN), "retouch": (SIGNALS, SEEN)},
}
"""Who answers which question. Networks tell scenes apart; whom and what one can recognise is measured. This was settled on
pooled figures (signals alone tell nothing of the first question), so the figures of `--free` are the stricter ones."""
FREE: dict[str, tuple[str, ...]] = {
    "signals": (SCENE, SIGNALS),
    "features": (SEEN,),
    "signals+features": (SCENE, SIGNALS, SEEN),
}
KINDS = tuple(VOICES)


def learnt(known: Table, kind: str, *, free: bool = False) -> dict[str, Asked]:
    """Both questions of a kind of head."""
    return {
        name: ask(known, name, FREE[kind] if free else VOICES[kind][name], free=free) for name in ("race", "retouch")
    }


def validate(known: Table, kind: str, *, free: bool = False) -> dict[str, list[tuple[ClassName, Verdict]]]:
    """Held-out answers by source: the model of each knows nothing of it, its settings included.

    Raises UsageError where fewer than two sources are big, or where without one of them a class is missing.
    """
    if len(known.big) < 2:
        raise UsageError(
            reason=f"Measuring by source needs two sources of {BIG} photos or more; here are {len(known.big)}."
        )
    answers = {}
    for name in known.big:
        held = known.from_source(name)
        training, test = known.part(~held), known.part(held)
        if len(set(training.truth.tolist())) < len(CLASSES):
            raise UsageError(reason=f"Without the source {name} there are no photos of one class to learn from.")
        asked = learnt(training, kind, free=free)
        said = zip(test.truth, asked["race"].says(test), asked["retouch"].says(test), strict=True)
        answers[name] = [(CLASSES[truth], Verdict(shares(float(race), float(again)))) for truth, race, again in said]
    return answers


def told(answers: dict[str, list[tuple[ClassName, Verdict]]]) -> dict[str, Any]:
    """The figures of held-out answers, pooled and by source, with a 95 % interval of the balanced accuracy."""
    pooled = [answer for fold in answers.values() for answer in fold]
    found = figures(pooled)
    pairs = [(CLASSES.index(name), CLASSES.index(verdict.likeliest)) for name, verdict in pooled]
    return {
        "validation": "leave one source out, pooled; settings chosen inside the training part",
        **_plain(found),
        "balanced_accuracy_95": [round(end, 3) for end in interval(pairs)],
        "sources": {name: [len(fold), round(figures(fold).accuracy, 3)] for name, fold in answers.items()},
        "answers": checked(pooled),
    }


def _plain(found: Figures) -> dict[str, Any]:
    return {
        "n": found.n, "balanced_accuracy": round(found.balanced_accuracy, 3), "accuracy": round(found.accuracy, 3),
        "macro_f1": round(found.macro_f1, 3), "confusion": [list(row) for row in found.confusion],
        "log_loss": round(found.log_loss, 3), "log_loss_prior": round(found.log_loss_prior, 3),
        "brier": round(found.brier, 3), "brier_prior": round(found.brier_prior, 3),
    }  # fmt: skip


def head(
    known: Table, kind: str, source: backbones.Source | None, measured: dict[str, Any]
) -> tuple[Sorter, Voice | None]:
    """The head of all photos, and the voice behind `race_scene` where it hears that signal."""
    asked = learnt(known, kind)
    settings = {
        f"{name}: {block}": voice.penalty
        for name, question in asked.items()
        for block, voice in question.voices.items()
    }
    scene = asked["race"].voices.get(SCENE)
    seen = source if SEEN in FREE[kind] else None
    race, retouch = (
        Question(tuple(_voice(*item) for item in asked[name].voices.items()), asked[name].temperature)
        for name in QUESTIONS
    )
    sorter = Sorter(
        race, retouch, seen.name if seen else "", backbones.fingerprint(seen) if seen else "",
        tuple(sorted(known.digests)), {**measured, "settings": settings},
    )  # fmt: skip
    return sorter, _numbers(scene, "network", ()) if scene else None


def _voice(block: str, made: Fitted) -> Voice:
    """A voice as it is shipped; that over the scene was already heard by look and speaks through its signal."""
    if block == SCENE:
        return Voice("signals", ("race_scene",), (0.0,), (2.0,), (2.0,), 0.0)
    return _numbers(made, "signals", DISTURBING) if block == SIGNALS else _numbers(made, "network", ())


def _numbers(made: Fitted, of: Of, inputs: tuple[str, ...]) -> Voice:
    rows = (made.centre, made.scale, made.weights / made.temperature)
    centre, scale, weights = (tuple(float(f"{value:.5g}") for value in row) for row in rows)
    return Voice(of, inputs, centre, scale, weights, float(f"{made.bias / made.temperature:.5g}"))


def scene_file(voice: Voice, known: Table, answers: Sequence[tuple[ClassName, Verdict]]) -> dict[str, Any]:
    """The content of look/race_scene.json; `answers` are the held-out ones of the head `signals`."""
    from safelight.stages.look.race_scene import FORMAT

    right = sum((name == "exclure") == (verdict.probabilities["exclure"] > 0.5) for name, verdict in answers)
    body = {
        "format": FORMAT, "classes": list(CLASSES), "network_sha256": regions.WEIGHTS.sha256, "voice": asdict(voice),
        "trained_on": sorted(known.digests), "figures": {"n": len(answers), "right": right},
    }  # fmt: skip
    plain = json.loads(json.dumps(body))
    return {**plain, "digest": digest(plain)}


def table(folder: Path, source: backbones.Source | None, cache: Path) -> Table:
    """Look at every photo of `folder` once; what was seen is kept in `cache` by photo and by what looked."""
    from safelight.stages.look.measured import Measured

    network = regions.WEIGHTS.sha256[:12]
    looks = cached(look_at, cache / f"looks-{Measured.version}-{network}")
    files = read(folder).files
    blocks: dict[str, list[Rows]] = {SCENE: [], SIGNALS: [], **({SEEN: []} if source else {})}
    truth, kept, digests = [], [], []
    for item, origin in zip(files, sources(folder, files), strict=True):
        data = item.path.read_bytes()
        name = hashlib.sha256(data).hexdigest()
        try:
            signals = looks(item.path)
            scene = _kept(cache / f"scene-{network}" / name, data, _scene)
            if source is not None:
                eyes = cache / f"{source.name}-{backbones.fingerprint(source)[:12]}"
                blocks[SEEN].append(rooted(_kept(eyes / name, data, partial(backbones.features, source))))
        except SafelightError as error:
            print(f"unreadable: {item.path}: {error}")
            continue
        blocks[SCENE].append(rooted(scene))
        blocks[SIGNALS].append(measured(signals, DISTURBING))
        truth.append(CLASSES.index(item.expected))
        kept.append(origin)
        digests.append(name)
    return Table({name: np.array(rows) for name, rows in blocks.items()}, np.array(truth), tuple(kept), tuple(digests))


def _scene(image: Image) -> npt.NDArray[np.float32]:
    from safelight.stages.look.pixels import reduced

    return regions.regions(reduced(image)).seen


def _kept(path: Path, data: bytes, see: Callable[[Image], npt.NDArray[np.float32]]) -> Rows:
    from safelight.pictures.decode import decode

    stored = path.with_suffix(".npy")
    if not stored.exists():
        stored.parent.mkdir(parents=True, exist_ok=True)
        np.save(stored, see(decode(data).image))
    return np.asarray(np.load(stored), np.float64)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; prints the figures of each kind of head."""
    parser = argparse.ArgumentParser(description="Measure heads over signals, features and both by source.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--backbone", default=backbones.SQUEEZE)
    parser.add_argument("--weights", type=Path, help="the backbone's file, if not in models/NAME/ of the cache")
    parser.add_argument("--cache", type=Path, required=True, help="folder for what was seen")
    parser.add_argument(
        "--free", action="store_true", help="choose also the voices inside the training folds; writes nothing"
    )
    parser.add_argument("-o", dest="target", type=Path, help="folder for the trained heads")
    given = parser.parse_args(arguments)
    source = backbones.Source(given.backbone, given.weights) if given.weights else backbones.find(given.backbone)
    if source is None:
        print(f"signals only: {backbones.missing(given.backbone)}")
    known = table(given.folder, source, given.cache)
    for kind in KINDS if source else KINDS[:1]:
        answers = validate(known, kind, free=given.free)
        measured = told(answers)
        shown = {key: value for key, value in measured.items() if key != "answers"}
        print(json.dumps({kind: shown}, ensure_ascii=False), flush=True)
        if given.target and not given.free:
            made, voice = head(known, kind, source, measured)
            name = kind.replace("+", "_") + "_head.json"
            (given.target / name).write_text(json.dumps(made.to_json()) + "\n", "utf-8")
            if kind == "signals" and voice:
                pooled = [answer for fold in answers.values() for answer in fold]
                (given.target / "race_scene.json").write_text(
                    json.dumps(scene_file(voice, known, pooled)) + "\n", "utf-8"
                )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
