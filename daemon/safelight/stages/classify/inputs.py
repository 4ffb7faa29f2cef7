"""What a head may weigh: the closed list of inputs, each one number made from signals, and the signal it speaks for.

Shares are taken by their logarithm, one per cent added: that a board is there at all says more than how large it is. Counts are
capped: the tenth person adds nothing. `race_scene`, a probability, is taken as log-odds. Training and judging both read this
list, so they cannot differ.
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
    if name == "race_scene":
        return Input(name, lambda values: _logit(values[name]), (name,))
    if kind.unit == "share":
        return Input(name, lambda values: math.log(max(values[name], 0.0) + _LEAST), (name,))
    if kind.unit == "count":
        return Input(name, lambda values: math.log1p(min(max(values[name], 0.0), 10.0)), (name,))
    return Input(name, lambda values: values[name], (name,))


def _logit(chance: float) -> float:
    inside = min(1 - _LEAST, max(_LEAST, chance))
    return math.log(inside / (1 - inside))


_LEAST = 0.01

INPUTS: dict[str, Input] = {name: _single(kind) for name, kind in SIGNALS.items()}

DISTURBING: tuple[str, ...] = (
    "car_area", "car_central", "people_area", "advertising", "text_area", "motion", "busy", "upright", "road",
    "subject_centred", "faces", "cars", "sky", "green",
)  # fmt: skip
"""What the shipped head weighs to tell whether a picture of the race must be retouched: whom and what can be recognised, and
how much of the picture is the car. Chosen for what they mean; other choices were as good within noise."""

CHOSEN: tuple[str, ...] = ("race_scene", *DISTURBING)
"""What a head of one regression over signals weighs (see learn.fit): one that learns from corrections, where `race_scene`
was not itself learnt from the same photos."""
