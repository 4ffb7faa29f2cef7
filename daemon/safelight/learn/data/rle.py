"""Run-length masks of COCO: both written forms to pixels. Pure.

Runs go down the columns, left to right, the first run being of zeros. The compressed form writes each count as a number
of base 32 in printable characters, from the third on as the difference to the count two before.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def decode(counts: Any, height: int, width: int) -> npt.NDArray[np.bool_]:
    """(height, width) bool from a list of counts or the compressed text; raises ValueError where they do not fit."""
    runs = _uncompressed(counts) if isinstance(counts, str) else counts
    if not isinstance(runs, list) or any(not isinstance(run, int) or isinstance(run, bool) or run < 0 for run in runs):
        raise ValueError("counts are whole numbers from 0 on")
    if sum(runs) != height * width:
        raise ValueError(f"{sum(runs)} pixels for {height} x {width}")
    values = np.arange(len(runs)) % 2 == 1
    return np.repeat(values, runs).reshape(width, height).T


def _uncompressed(text: str) -> list[int]:
    counts: list[int] = []
    at = 0
    while at < len(text):
        value = shift = 0
        while True:
            if at == len(text):
                raise ValueError("the text ends within a number")
            digit = ord(text[at]) - 48
            if not 0 <= digit < 64 or shift > 60:
                raise ValueError(f"“{text[at]}” is no digit")
            value |= (digit & 31) << shift
            at, shift = at + 1, shift + 5
            if not digit & 32:
                value -= (digit & 16) << (shift - 4) if digit & 16 else 0
                break
        counts.append(value + counts[-2] if len(counts) > 2 else value)
    return counts
