"""Voices: one number's opinion each on a yes-or-no question, from named inputs of signals or from what a network saw. Pure.

A voice is a logistic regression: inputs in standard deviations, bounded, weighed, summed. Training and judging both come
through `bounded`, so that they cannot differ. What a network saw is taken by its root first: its channels are sums of
rectified answers, and the step from nothing to something says more than that from much to more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from safelight.model.signals import Signals
from safelight.stages.classify.inputs import INPUTS

Rows = npt.NDArray[np.float64]
Of = Literal["signals", "network"]

WIDEST = 3.0
"""Standard deviations beyond which an input counts no more: one odd photo must not decide by one number."""


@dataclass(frozen=True)
class Voice:
    """`inputs` are names of `inputs.INPUTS`, empty for a voice `of` a network; the rest has one number an input.

    `weights` are over inputs in standard deviations and, like `bias`, already divided by the voice's own temperature.
    """

    of: Of
    inputs: tuple[str, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    def pulls(self, signals: Signals, seen: Sequence[float]) -> Rows:
        """What each input adds to the log-odds of yes; 0 for a signal that was not measured. `seen` is the network's row."""
        of_signals = self.of == "signals"
        raw = measured(signals, self.inputs) if of_signals else rooted(np.asarray(seen, np.float64))
        x = bounded(raw, np.array(self.centre), np.array(self.scale))
        return np.asarray(x * np.array(self.weights), np.float64)

    def says(self, signals: Signals, seen: Sequence[float]) -> float:
        """Log-odds of yes."""
        return math.fsum(self.pulls(signals, seen)) + self.bias

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Voice:
        """From plain values; raises ValueError or KeyError for rows of different lengths and inputs nobody knows."""
        unknown = [name for name in data["inputs"] if name not in INPUTS]
        if unknown:
            raise ValueError(f"it uses inputs this version does not know: {', '.join(unknown)}")
        rows = {key: tuple(float(value) for value in data[key]) for key in ("centre", "scale", "weights")}
        width = len(data["inputs"]) if data["of"] == "signals" else len(rows["weights"])
        if data["of"] not in ("signals", "network") or {len(row) for row in rows.values()} != {width}:
            raise ValueError("its rows differ in length")
        return cls(data["of"], tuple(data["inputs"]), **rows, bias=float(data["bias"]))


def measured(signals: Signals, names: Sequence[str]) -> Rows:
    """(inputs,) the named inputs; NaN where a signal was not measured."""
    values = [INPUTS[name].value(signals) for name in names]
    return np.array([np.nan if value is None else value for value in values], np.float64)


def rooted(seen: Rows) -> Rows:
    """(…, channels) what a network saw, as voices weigh it."""
    return np.asarray(np.sqrt(np.maximum(seen, 0.0)), np.float64)


def bounded(raw: Rows, centre: Rows, scale: Rows) -> Rows:
    """(…, inputs) in standard deviations within ±WIDEST; 0 where not measured."""
    return np.nan_to_num(np.clip((raw - centre) / scale, -WIDEST, WIDEST), nan=0.0)
