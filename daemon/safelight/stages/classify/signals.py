"""The classifier of our own: a small trained head over measured signals, calibrated, with reasons it really used.

Its reasons are the signals that pulled hardest towards the class it gives; each can be quoted with its value. It
never claims certainty (see `head.FLOOR`), and it never guesses a signal that was not measured. The shipped head asks two
questions (see `questions`); one that was learnt from corrections is a single regression (see `head`).
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from safelight.model.errors import StageError
from safelight.model.signals import ClassName, Reason, Signals, Verdict
from safelight.stages.base import Classifier, Image
from safelight.stages.classify import head as single
from safelight.stages.classify import questions
from safelight.stages.classify.head import Head, opened
from safelight.stages.classify.inputs import INPUTS
from safelight.stages.classify.questions import Sorter

SHIPPED = Path(__file__).with_name("signals_head.json")


class SignalsHead(Classifier):
    """classify(image, signals) -> Verdict; the image is looked at only where an older look lacks a signal."""

    name: ClassVar[str] = "signals"
    trained: ClassVar[bool] = True
    version: ClassVar[int] = 2

    def __init__(self, path: Path = SHIPPED) -> None:
        self._path = path

    def unavailable(self) -> str | None:
        """Whether the trained head is there."""
        return None if self._path.is_file() else f"its trained head {self._path.name} is missing"

    def fingerprint(self) -> str:
        """SHA-256 of the head's file."""
        return hashlib.sha256(self._path.read_bytes()).hexdigest()

    @cached_property
    def head(self) -> Head | Sorter:
        """The trained numbers; raises StageError for a file that is damaged or of another version."""
        found: Head | Sorter = opened(self._path, self.name, either)
        return found

    def classify(self, image: Image, signals: Signals) -> Verdict:
        """Probabilities (each at least .01, sum 1) and reasons, heaviest first; StageError where nothing was measured."""
        if not signals.values:
            raise StageError(stage="signals", reason="no signal was measured on this photo")
        from safelight.stages.look.race_scene import completed  # loads OpenCV, which an owner never needs

        whole = completed(image, signals)
        return judge(self.head, whole) if isinstance(self.head, Head) else self.head.judge(whole)


def either(data: dict[str, Any]) -> Head | Sorter:
    """The head in a file's content, of one regression or of two questions; raises ValueError or KeyError, also for one that needs a backbone."""
    if data.get("format") == single.FORMAT:
        return single.from_json(data)
    sorter = questions.from_json(data)
    if sorter.backbone:
        raise ValueError("it weighs what a fetched network sees")
    return sorter


def judge(head: Head, signals: Signals) -> Verdict:
    """The verdict of a head on measured signals. Pure."""
    x = head.standardised(signals)
    probabilities = head.probabilities(x)
    likeliest = Verdict(probabilities).likeliest
    return Verdict(probabilities, _reasons(head, x, likeliest, signals))


def _reasons(head: Head, x: tuple[float, ...], towards: ClassName, signals: Signals) -> tuple[Reason, ...]:
    """One reason a signal, its inputs' pulls added up; only what speaks for the class, strongest first."""
    pulls: dict[str, float] = {}
    for name, pull in zip(head.inputs, head.pulls(x, towards), strict=True):
        signal = INPUTS[name].signal
        pulls[signal] = pulls.get(signal, 0.0) + pull
    said = [
        Reason(name, signals.values[name], round(pull, 4)) for name, pull in pulls.items() if name in signals.values
    ]
    return tuple(sorted((reason for reason in said if reason.weight > 0), key=lambda r: (-r.weight, r.signal)))
