"""The numbers of a trained head over what a pretrained network sees, alone or beside measured signals.

One multinomial logistic regression over a backbone's features and named inputs of signals (see `inputs`; none for
`features` alone). The file is JSON: it carries a digest of its own content and the digest of the backbone's weights, since
over other eyes its numbers mean nothing. It names its training photos by SHA-256, so that an evaluation can say when it
flatters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from safelight.model.digests import digest
from safelight.model.signals import CLASSES, Reason, Signals, Verdict
from safelight.stages.classify.head import FLOOR, body_of, opened
from safelight.stages.classify.inputs import INPUTS

FORMAT = "safelight-joined-head/1"
WIDEST = 3.0
"""Standard deviations beyond which an input counts no more: one odd photo must not decide by one number."""

Row = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Joined:
    """`inputs` first, then the backbone's features: centre and scale of each, a weight per class of each, bias, temperature.

    `voice` is how much louder than a feature a signal speaks; the weights are over inputs so scaled.
    """

    backbone: str
    backbone_sha256: str
    inputs: tuple[str, ...]
    voice: float
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]
    temperature: float
    trained_on: tuple[str, ...] = ()
    figures: Mapping[str, Any] | None = None

    def standardised(self, signals: Signals, seen: Sequence[float]) -> Row:
        """Each input in standard deviations from the training mean, bounded; 0 where a signal was not measured."""
        known = [INPUTS[name].value(signals) for name in self.inputs]
        raw = np.array([np.nan if value is None else value for value in (*known, *seen)], np.float64)
        return standardised(raw, np.array(self.centre), np.array(self.scale), len(self.inputs), self.voice)

    def judge(self, signals: Signals, seen: Sequence[float]) -> Verdict:
        """Probabilities, each at least FLOOR, sum 1; reasons are the signals that pulled towards the likeliest class. Pure."""
        x = self.standardised(signals, seen)
        weights = np.array(self.weights)
        shares = softmax((weights @ x + np.array(self.bias)) / self.temperature)
        found = Verdict({name: float(share) for name, share in zip(CLASSES, shares, strict=True)})
        chosen = CLASSES.index(found.likeliest)
        others = np.delete(weights, chosen, 0).mean(0)
        pulls = x * (weights[chosen] - others) / self.temperature
        said: dict[str, float] = {}
        for name, pull in zip(self.inputs, pulls, strict=False):
            said[INPUTS[name].signal] = said.get(INPUTS[name].signal, 0.0) + float(pull)
        reasons = [
            Reason(name, signals.values[name], round(pull, 4))
            for name, pull in said.items()
            if pull > 0 and name in signals.values
        ]
        return Verdict(found.probabilities, tuple(sorted(reasons, key=lambda reason: (-reason.weight, reason.signal))))

    def to_json(self) -> dict[str, Any]:
        """The file's content, digest included."""
        body = json.loads(json.dumps({"format": FORMAT, "classes": list(CLASSES), **asdict(self)}))
        return {**body, "digest": digest(body)}


def standardised(raw: Row, centre: Row, scale: Row, signals: int, voice: float) -> Row:
    """(…, inputs): what the weights are over; the first `signals` of them are made louder. Training reads this too."""
    x = np.clip((raw - centre) / scale, -WIDEST, WIDEST)
    x[..., :signals] *= voice
    return np.nan_to_num(x, nan=0.0)


def softmax(scores: Row) -> Row:
    """(…, classes): probabilities that leave each class at least FLOOR."""
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    shares = powers / powers.sum(-1, keepdims=True)
    return np.asarray(FLOOR + (1 - FLOOR * scores.shape[-1]) * shares, np.float64)


def read(path: Path, stage: str) -> Joined:
    """The head in `path`; raises StageError for a damaged file, another format, or inputs this version lacks."""
    head: Joined = opened(path, stage, from_json)
    return head


def from_json(data: dict[str, Any]) -> Joined:
    """The inverse of to_json; raises ValueError or KeyError with what is wrong."""
    body = body_of(data, FORMAT)
    width = len(body["centre"])
    rows = body["weights"]
    if len(body["scale"]) != width or len(rows) != len(CLASSES) or any(len(row) != width for row in rows):
        raise ValueError("its rows differ in length")
    return Joined(
        backbone=body["backbone"], backbone_sha256=body["backbone_sha256"], inputs=tuple(body["inputs"]),
        voice=body["voice"], centre=tuple(body["centre"]), scale=tuple(body["scale"]),
        weights=tuple(tuple(row) for row in rows), bias=tuple(body["bias"]), temperature=body["temperature"],
        trained_on=tuple(body["trained_on"]), figures=body["figures"],
    )  # fmt: skip
