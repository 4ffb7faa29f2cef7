"""Training the sorting head on a labelled folder, and measuring honestly what it reaches.

`python -m safelight.learn.train_head DIR -o head.json` looks at every photo, validates by source (photos of one
source are never on both sides), finds the temperature on the held-out answers, trains on everything and writes the
head with its figures and the SHA-256 of its photos. The figures of held-out sources are the ones to quote; those on
the training photos are not kept at all.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from safelight.learn.evaluate import FEW, Figures, checked, figures
from safelight.learn.fit import PENALTY, best_temperature, fit
from safelight.learn.folders import Labelled, read
from safelight.learn.groups import sources
from safelight.model.errors import SafelightError, UsageError
from safelight.model.signals import CLASSES, ClassName, Signals, Verdict
from safelight.stages.classify.head import Head
from safelight.stages.classify.inputs import CHOSEN
from safelight.stages.classify.signals import judge

BIG = 10
"""Photos a source must have to be held out; smaller ones always train."""

Look = Callable[[Path], Signals]


@dataclass(frozen=True)
class Examples:
    """What a head learns from, one entry a photo in all four lists."""

    signals: tuple[Signals, ...]
    expected: tuple[ClassName, ...]
    sources: tuple[str, ...]
    digests: tuple[str, ...]

    def part(self, where: Sequence[bool]) -> Examples:
        """The photos for which `where` is true."""
        rows = [i for i, wanted in enumerate(where) if wanted]
        return Examples(
            tuple(self.signals[i] for i in rows),
            tuple(self.expected[i] for i in rows),
            tuple(self.sources[i] for i in rows),
            tuple(self.digests[i] for i in rows),
        )


@dataclass(frozen=True)
class Validation:
    """Held-out answers pooled over the big sources, the figures over them, per source, and the temperature found."""

    pooled: Figures
    per_source: dict[str, Figures]
    temperature: float
    answers: tuple[tuple[ClassName, Verdict], ...] = ()


def examples(folder: Path, look: Look) -> tuple[Examples, list[tuple[Path, str]]]:
    """Look at every photo of `folder`; unreadable ones are returned beside, with the reason.

    Raises UsageError where fewer than two classes have readable photos.
    """
    files = read(folder).files
    kept: list[tuple[Labelled, str, Signals]] = []
    unreadable: list[tuple[Path, str]] = []
    for item, source in zip(files, sources(folder, files), strict=True):
        try:
            kept.append((item, source, look(item.path)))
        except (SafelightError, OSError) as error:
            unreadable.append((item.path, str(error)))
    present = {item.expected for item, *_ in kept}
    if len(present) < 2:
        raise UsageError(reason=f"{folder} has readable photos of {len(present)} class; learning needs at least two.")
    found = Examples(
        tuple(signals for *_, signals in kept),
        tuple(item.expected for item, *_ in kept),
        tuple(source for _, source, _ in kept),
        tuple(hashlib.sha256(item.path.read_bytes()).hexdigest() for item, *_ in kept),
    )
    return found, unreadable


def validate(known: Examples, names: Sequence[str] = CHOSEN, penalty: float = PENALTY) -> Validation | None:
    """Leave one big source out at a time; None where there are fewer than two big sources, or training would lack a class."""
    sizes = Counter(known.sources)
    big = sorted(source for source, size in sizes.items() if size >= BIG)
    folds = [([s != source for s in known.sources], [s == source for s in known.sources]) for source in big]
    parts = [(known.part(train), known.part(test)) for train, test in folds]
    if len(big) < 2 or any(len(set(train.expected)) < 2 for train, _ in parts):
        return None
    heads = [fit(train.signals, train.expected, names, penalty=penalty) for train, _ in parts]
    tests = [test for _, test in parts]
    # Each fold is judged at the temperature the other folds ask for: its own answers must not set it.
    answers: list[list[tuple[ClassName, Verdict]]] = []
    for i, test in enumerate(tests):
        others = [j for j in range(len(tests)) if j != i]
        warmth = _temperature([heads[j] for j in others], [tests[j] for j in others])
        head = replace(heads[i], temperature=warmth)
        answers.append([(name, judge(head, item)) for name, item in zip(test.expected, test.signals, strict=True)])
    return Validation(
        figures([answer for fold in answers for answer in fold]),
        {source: figures(fold) for source, fold in zip(big, answers, strict=True)},
        _temperature(heads, tests),
        tuple(answer for fold in answers for answer in fold),
    )


def _temperature(heads: Sequence[Head], tests: Sequence[Examples]) -> float:
    return best_temperature(heads, [test.signals for test in tests], [test.expected for test in tests])


def train(known: Examples, names: Sequence[str] = CHOSEN, penalty: float = PENALTY) -> Head:
    """The head of all examples, at the temperature validation found (2 where it could not be validated)."""
    validation = validate(known, names, penalty)
    temperature = validation.temperature if validation else 2.0
    head = fit(known.signals, known.expected, names, penalty=penalty, temperature=temperature)
    return replace(head, trained_on=tuple(sorted(known.digests)), figures=_told(known, validation))


def _told(known: Examples, validation: Validation | None) -> dict[str, Any]:
    counts = {name: known.expected.count(name) for name in CLASSES}
    told: dict[str, Any] = {"photos": counts}
    if validation is None:
        return {**told, "validation": "none: fewer than two big sources"}
    pooled = validation.pooled
    return {
        **told,
        "validation": "leave one source out, pooled",
        "n": pooled.n,
        "balanced_accuracy": round(pooled.balanced_accuracy, 3),
        "accuracy": round(pooled.accuracy, 3),
        "confusion": [list(row) for row in pooled.confusion],
        "log_loss": round(pooled.log_loss, 3),
        "log_loss_prior": round(pooled.log_loss_prior, 3),
        "brier": round(pooled.brier, 3),
        "brier_prior": round(pooled.brier_prior, 3),
        "sources": {source: [f.n, round(f.accuracy, 3)] for source, f in validation.per_source.items()},
        "answers": checked(validation.answers),
    }


def warnings(known: Examples) -> list[str]:
    """What makes a head doubtful: classes with few photos, or far fewer than another."""
    counts = {name: known.expected.count(name) for name in CLASSES}
    few = [f"only {count} photos of class {name}" for name, count in counts.items() if count < FEW]
    if max(counts.values()) > 5 * max(1, min(counts.values())):
        few.append("one class has more than five times the photos of another")
    return few


def look_at(path: Path) -> Signals:
    """Decode and measure one file in this process."""
    from safelight.pictures.decode import decode
    from safelight.stages.look.measured import Measured

    return Measured().look(decode(path.read_bytes()).image)


def cached(look: Look, folder: Path) -> Look:
    """`look`, remembering its answers in `folder` by the photo's digest; delete the folder when measuring changes."""
    folder.mkdir(parents=True, exist_ok=True)

    def remembered(path: Path) -> Signals:
        kept = folder / f"{hashlib.sha256(path.read_bytes()).hexdigest()}.json"
        if not kept.exists():
            kept.write_text(json.dumps(look(path).to_json()), "utf-8")
        return Signals.from_json(json.loads(kept.read_text("utf-8")))

    return remembered


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; prints the head's figures."""
    parser = argparse.ArgumentParser(description="Train the sorting head on a labelled folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", dest="target", type=Path, required=True, help="the head's JSON file")
    parser.add_argument("--cache", type=Path, help="folder for measured signals")
    given = parser.parse_args(arguments)
    look = cached(look_at, given.cache) if given.cache else look_at
    known, unreadable = examples(given.folder, look)
    for path, reason in unreadable:
        print(f"unreadable: {path}: {reason}")
    for warning in warnings(known):
        print(f"warning: {warning}")
    head = train(known)
    given.target.write_text(json.dumps(head.to_json(), indent=1) + "\n", "utf-8")
    print(json.dumps({key: value for key, value in (head.figures or {}).items() if key != "answers"}, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
