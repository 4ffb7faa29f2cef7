"""Does a fetched model do its work here? Each model brings a function that is asked with a scene of our own painting.

The scene comes with its exact truth. A function answers with a `Result` and never changes anything; one that raises has
failed. `Entry.check` names it as `module:function`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from safelight.stages.base import Image, Mask
from safelight.stages.models.entries import Entry


@dataclass(frozen=True)
class Scene:
    """A painted picture and where each concept is in it (car, person, face, advertising, …), as 0/1 masks."""

    image: Image
    truth: Mapping[str, Mask]


@dataclass(frozen=True)
class Result:
    """Whether the model did what is expected of it, and one sentence with what was measured, in both languages."""

    passed: bool
    en: str
    fr: str


Check = Callable[[Scene], Result]

NONE = Result(False, "it brings no self-test", "il n'a pas d'autotest")


def run(entry: Entry, scene: Scene) -> Result:
    """Ask the model's own check."""
    if not entry.check:
        return NONE
    module, _, function = entry.check.partition(":")
    check: Check = getattr(importlib.import_module(module), function)
    return check(scene)
