"""The numbers of a trained head: reading, checking, and turning signals into probabilities. Pure but for `read`.

A head is a multinomial logistic regression over named inputs, each a fixed function of signals (see `inputs`). Its
file is JSON, carries a digest over its own content, and names the photos it was trained on by SHA-256, so that an
evaluation can say when it flatters.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safelight.model.digests import digest
from safelight.model.errors import StageError
from safelight.model.signals import CLASSES, ClassName, Signals
from safelight.stages.classify.inputs import INPUTS

FORMAT = 1
FLOOR = 0.01
"""Least probability of a class: eighty-four photos cannot show that a class is impossible."""


@dataclass(frozen=True)
class Head:
    """Per input: name, centre, scale; per class and input a weight; per class a bias; one temperature for all.

    `figures` are what validation measured when it was trained; `trained_on` the digests of its photos.
    """

    inputs: tuple[str, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]
    temperature: float
    trained_on: tuple[str, ...] = ()
    figures: Mapping[str, Any] | None = None

    def standardised(self, signals: Signals) -> tuple[float, ...]:
        """Each input in standard deviations from the training mean, within ±3; 0 where it was not measured."""
        raw = (INPUTS[name].value(signals) for name in self.inputs)
        return tuple(
            0.0 if value is None else max(-3.0, min(3.0, (value - centre) / scale))
            for value, centre, scale in zip(raw, self.centre, self.scale, strict=True)
        )

    def probabilities(self, x: Sequence[float]) -> dict[str, float]:
        """Softmax of the tempered scores, each at least FLOOR, sum 1."""
        scores = [
            (bias + math.fsum(w * v for w, v in zip(row, x, strict=True))) / self.temperature
            for row, bias in zip(self.weights, self.bias, strict=True)
        ]
        top = max(scores)
        powers = [math.exp(score - top) for score in scores]
        total = math.fsum(powers)
        return {
            name: FLOOR + (1 - FLOOR * len(CLASSES)) * power / total
            for name, power in zip(CLASSES, powers, strict=True)
        }

    def pulls(self, x: Sequence[float], towards: ClassName) -> tuple[float, ...]:
        """Per input, its pull towards a class against the mean of the others, in log-odds."""
        index = CLASSES.index(towards)
        others = [row for i, row in enumerate(self.weights) if i != index]
        return tuple(
            value * (self.weights[index][k] - math.fsum(row[k] for row in others) / len(others)) / self.temperature
            for k, value in enumerate(x)
        )

    def to_json(self) -> dict[str, Any]:
        """The file's content, digest included."""
        body: dict[str, Any] = {"format": FORMAT, "classes": list(CLASSES), **_plain(asdict(self))}
        return {**body, "digest": digest(body)}


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value


def read(path: Path) -> Head:
    """The head in `path`; raises StageError for a damaged file, another format, or inputs this version lacks."""
    head: Head = opened(path, "signals", from_json)
    return head


def opened(path: Path, stage: str, of: Callable[[dict[str, Any]], Any]) -> Any:
    """What `of` makes of a head's file; raises StageError for one that cannot be read or that `of` refuses."""
    try:
        return of(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StageError(stage=stage, reason=f"the trained head {path.name} cannot be used ({error})") from error


def checked_digest(data: dict[str, Any], form: int | str) -> dict[str, Any]:
    """A head's content once its format, classes and digest are the ones meant; raises ValueError or KeyError."""
    body = {key: value for key, value in data.items() if key != "digest"}
    if data.get("format") != form or data.get("classes") != list(CLASSES):
        raise ValueError("it is of another version")
    if digest(body) != data["digest"]:
        raise ValueError("its content does not match its digest")
    return body


def from_json(data: dict[str, Any]) -> Head:
    """The inverse of to_json; raises ValueError or KeyError with what is wrong."""
    body = checked_digest(data, FORMAT)
    unknown = [name for name in body["inputs"] if name not in INPUTS]
    if unknown:
        raise ValueError(f"it uses inputs this version does not know: {', '.join(unknown)}")
    return Head(
        inputs=tuple(body["inputs"]),
        centre=tuple(body["centre"]),
        scale=tuple(body["scale"]),
        weights=tuple(tuple(row) for row in body["weights"]),
        bias=tuple(body["bias"]),
        temperature=body["temperature"],
        trained_on=tuple(body["trained_on"]),
        figures=body["figures"],
    )
