"""Sorting as two questions: is this a picture of the race at all, and if so, must something in it be retouched?

exclure = no; ok = yes, no; retoucher = yes, yes. What tells the scenes apart (a concert, a street, a car that was crashed) is
not what tells whether a board can be read, so each question is answered by its own voices (see `voices`), and the second one
learnt only from pictures of the race. The mean of a question's voices is its log-odds.

The file is JSON: it carries a digest of its own content, and that of the weights of the network whose rows it weighs, since
over other eyes its numbers mean nothing. It names its training photos by SHA-256, so that an evaluation can say when it flatters.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safelight.model.digests import digest
from safelight.model.signals import CLASSES, ClassName, Reason, Signals, Verdict
from safelight.stages.classify.head import FLOOR, checked_digest, opened
from safelight.stages.classify.inputs import INPUTS
from safelight.stages.classify.voices import Voice

FORMAT = "safelight-questions/1"
QUESTIONS = ("race", "retouch")
EVEN = math.log(2)
"""Log-odds of the race where nothing is known: two of the three classes. Less speaks for exclure."""


@dataclass(frozen=True)
class Question:
    """Voices that are averaged, and the temperature their mean is divided by."""

    voices: tuple[Voice, ...]
    temperature: float

    def says(self, signals: Signals, seen: Sequence[float]) -> float:
        """Log-odds of yes."""
        return math.fsum(voice.says(signals, seen) for voice in self.voices) / len(self.voices) / self.temperature

    def pulls(self, signals: Signals, seen: Sequence[float]) -> dict[str, float]:
        """Per signal, what it adds to the log-odds of yes. What a network saw has no name and is left out."""
        found: dict[str, float] = {}
        for voice in self.voices:
            for name, pull in zip(voice.inputs, voice.pulls(signals, seen), strict=False):
                signal = INPUTS[name].signal
                found[signal] = found.get(signal, 0.0) + float(pull) / len(self.voices) / self.temperature
        return found


@dataclass(frozen=True)
class Sorter:
    """`race` and `retouch`; `backbone` (empty without) is the network whose rows it weighs, `figures` what validation measured."""

    race: Question
    retouch: Question
    backbone: str = ""
    backbone_sha256: str = ""
    trained_on: tuple[str, ...] = ()
    figures: Mapping[str, Any] | None = None

    def judge(self, signals: Signals, seen: Sequence[float] = ()) -> Verdict:
        """Probabilities, each at least FLOOR, sum 1; reasons are the signals that pulled towards the likeliest class. Pure."""
        race, retouch = self.race.says(signals, seen), self.retouch.says(signals, seen)
        found = Verdict(shares(race, retouch))
        pulls = self._pulls(found.likeliest, signals, seen)
        reasons = [
            Reason(name, signals.values[name], round(pull, 4))
            for name, pull in pulls.items()
            if pull > 0 and name in signals.values
        ]
        return Verdict(found.probabilities, tuple(sorted(reasons, key=lambda reason: (-reason.weight, reason.signal))))

    def _pulls(self, towards: ClassName, signals: Signals, seen: Sequence[float]) -> dict[str, float]:
        """Per signal, how much it speaks for a class; the second question was never asked where the first says no."""
        found = self.race.pulls(signals, seen)
        race = {name: pull - EVEN / len(found) for name, pull in found.items()}
        if towards == "exclure":
            return {name: -pull for name, pull in race.items()}
        sign = 1 if towards == "retoucher" else -1
        retouch = self.retouch.pulls(signals, seen)
        return {name: race.get(name, 0.0) + sign * retouch.get(name, 0.0) for name in dict.fromkeys((*race, *retouch))}

    @property
    def reads_signals(self) -> bool:
        """Whether any voice weighs signals."""
        return any(voice.inputs for question in (self.race, self.retouch) for voice in question.voices)

    def to_json(self) -> dict[str, Any]:
        """The file's content, digest included."""
        body = json.loads(json.dumps({"format": FORMAT, "classes": list(CLASSES), **asdict(self)}))
        return {**body, "digest": digest(body)}


def shares(race: float, retouch: float) -> dict[str, float]:
    """Probabilities of the classes from the log-odds of both questions."""
    yes, again = _sigmoid(race), _sigmoid(retouch)
    plain = {"ok": yes * (1 - again), "retoucher": yes * again, "exclure": 1 - yes}
    return {name: FLOOR + (1 - FLOOR * len(CLASSES)) * plain[name] for name in CLASSES}


def log_odds(race: float, retouch: float) -> dict[str, float]:
    """Logarithms of the shares before FLOOR: their differences are the log-odds between classes."""
    yes, no, again, leave = (-_softplus(-race), -_softplus(race), -_softplus(-retouch), -_softplus(retouch))
    return {"ok": yes + leave, "retoucher": yes + again, "exclure": no}


def _softplus(value: float) -> float:
    return max(value, 0.0) + math.log1p(math.exp(-abs(value)))


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, logit))))


def read(path: Path, stage: str) -> Sorter:
    """The head in `path`; raises StageError for a damaged file, another format, or inputs this version lacks."""
    head: Sorter = opened(path, stage, from_json)
    return head


def from_json(data: dict[str, Any]) -> Sorter:
    """The inverse of to_json; raises ValueError or KeyError with what is wrong."""
    body = checked_digest(data, FORMAT)
    asked = {
        name: Question(tuple(map(Voice.from_json, body[name]["voices"])), float(body[name]["temperature"]))
        for name in QUESTIONS
    }
    if any(not question.voices or question.temperature <= 0 for question in asked.values()):
        raise ValueError("a question has no voice or no temperature")
    return Sorter(
        **asked, backbone=body["backbone"], backbone_sha256=body["backbone_sha256"],
        trained_on=tuple(body["trained_on"]), figures=body["figures"],
    )  # fmt: skip
