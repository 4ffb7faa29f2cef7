"""What a head may weigh: the closed list of inputs, each one number made from signals, and the signal it speaks for.

Shares are taken by their root: the step from 0 to 2 % of the picture says more than that from 40 to 42 %. Counts are
capped: the tenth person adds nothing. Training and judging both read this list, so they cannot differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from safelight.model.signals import SIGNALS, SignalKind, Signals


@dataclass(frozen=True)
class Input:
    """One number for the head; `signal` is the one quoted when it weighed much."""

    signal: str
    compute: Callable[[dict[str, float]], float]
    needs: tuple[str, ...]

    def value(self, signals: Signals) -> float | None:
        """The number, or None where a signal it needs was not measured."""
        if any(name not in signals.values for name in self.needs):
            return None
        return self.compute(signals.values)


def _single(kind: SignalKind) -> Input:
    name = kind.name
    if kind.unit == "share":
        return Input(name, lambda values: math.sqrt(max(values[name], 0.0)), (name,))
    if kind.unit == "count":
        return Input(name, lambda values: math.log1p(min(max(values[name], 0.0), 10.0)), (name,))
    return Input(name, lambda values: values[name], (name,))


INPUTS: dict[str, Input] = {name: _single(kind) for name, kind in SIGNALS.items()}

CHOSEN: tuple[str, ...] = (
    "car_area", "car_central", "cars", "people_area", "faces", "text_area", "advertising", "signs", "motion", "road",
    "busy", "subject_centred", "subject_contrast", "upright",
)  # fmt: skip
"""What the shipped head is trained on: chosen for what they mean, before they were scored. With all 28 inputs whole
sources held out are sorted as well (.62 against .61, within noise), but the probabilities are worse (log loss .89 against
.72), and a doubt that cannot be believed asks the wrong people."""
