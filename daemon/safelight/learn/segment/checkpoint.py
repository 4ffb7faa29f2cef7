"""The file a training goes on from: everything that changes while it runs, written whole, read without running code."""

from __future__ import annotations

import io
import json
import pickle
import warnings
from pathlib import Path
from typing import Any

import torch

from safelight.files import write_through
from safelight.learn.segment.errors import BrokenCheckpoint, NothingToResume
from safelight.learn.segment.settings import Settings

NAME = "checkpoint.pt"
FORM = "safelight-training/1"
KEYS = frozenset(
    {"settings", "data", "net", "mean", "optimizer", "step", "spent", "best", "sums", "history", "weights"}
)


def write(folder: Path, state: dict[str, Any], form: str = FORM) -> None:
    """Replace the folder's checkpoint; a reader sees the old one or the new one."""
    held = io.BytesIO()
    torch.save({"form": form, **state}, held)
    write_through(folder / NAME, held.getvalue())


def read(folder: Path, form: str = FORM, keys: frozenset[str] = KEYS) -> dict[str, Any]:
    """The folder's checkpoint; raises NothingToResume, or BrokenCheckpoint for a file that is not one of ours."""
    path = folder / NAME
    if not path.is_file():
        raise NothingToResume(folder=folder)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what torch thinks of foreign bytes is told below, in our words
            state = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError, ValueError, LookupError, OSError, AttributeError):
        state = None
    if not isinstance(state, dict) or state.get("form") != form or not state.keys() >= keys:
        raise BrokenCheckpoint(
            file=path, reason="it is damaged or of another kind", raison="il est abîmé ou d'une autre sorte"
        )
    return state


def settings_of(state: dict[str, Any]) -> Settings:
    """The settings a checkpoint was made with."""
    return Settings.from_json(json.loads(state["settings"]))
