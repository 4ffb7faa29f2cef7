"""Which pictures a network learns from, and which ones it is judged by."""

from __future__ import annotations

import hashlib
from pathlib import Path

from safelight.learn.data.base import Dataset, Subset
from safelight.learn.data.opening import open_dataset, splits
from safelight.learn.segment.settings import Settings


def parts(folder: Path, form: str, settings: Settings) -> tuple[Dataset, Dataset | None]:
    """The pictures to learn from, and those to validate on (None where the settings hold none out). Raises DataError.

    Data with a part named `val` is taken as it is divided; of other data a share is held out.
    """
    known = splits(folder, form)
    if "val" in known:
        return open_dataset(folder, form, "train"), open_dataset(folder, form, "val")
    return divided(open_dataset(folder, form, "train"), settings.hold)


def divided(data: Dataset, share: float) -> tuple[Dataset, Dataset | None]:
    """A share (0–1) of the data held out by the digests of its ids: one more picture moves no other to the other side.

    At least one picture stays on each side where there are two and a share is asked for.
    """
    if share == 0 or len(data.ids) < 2:
        return data, None
    ranked = sorted(data.ids, key=_rank)
    out = [name for name in ranked if _rank(name) < share] or ranked[:1]
    if len(out) == len(data.ids):
        out = out[:-1]
    held = frozenset(out)
    kept = tuple(name for name in data.ids if name not in held)
    return Subset(data, kept), Subset(data, tuple(name for name in data.ids if name in held), f"{data.name} (held out)")


def _rank(name: str) -> float:
    return int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:8], "big") / 2**64


def judging(folder: Path, form: str, split: str = "") -> Dataset:
    """The part asked for; without a word the one for tests, else for validation, else all. Raises DataError."""
    if not split:
        known = splits(folder, form)
        split = next((name for name in ("test", "val") if name in known), "train")
    return open_dataset(folder, form, split)
