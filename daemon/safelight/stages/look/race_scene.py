"""The signal `race_scene`: how much what the region network's encoder saw looks like a picture of the race, 0 to 1.

A concert, a street, a crash, empty stands and a wide view with a car lost in it have no region in common that could be
measured; a voice over the encoder's 512 channels, learnt from labelled photos, tells them from the race (see
`learn.classify.heads`, which writes its file). It is a probability, not a class: sorting decides.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Any

from safelight.model.signals import Signals
from safelight.stages.base import Image
from safelight.stages.classify.head import checked_digest, opened
from safelight.stages.classify.voices import Voice
from safelight.stages.look.pixels import reduced
from safelight.stages.networks import regions as network

SHIPPED = Path(__file__).with_name("race_scene.json")
FORMAT = "safelight-race-scene/1"


def race_scene(found: network.Regions) -> float:
    """0 (anything else) to 1 (the race); raises StageError for a damaged file and one that was learnt over other weights."""
    logit = _voice().says(Signals({}), [float(value) for value in found.seen])
    return 1 / (1 + math.exp(-logit))


def unavailable() -> str | None:
    """Why it cannot be told here, or None; loads nothing."""
    return network.unavailable() or (None if SHIPPED.is_file() else f"its trained voice {SHIPPED.name} is missing")


def completed(image: Image, signals: Signals) -> Signals:
    """`signals` with `race_scene` where they lack it: those of an older look, measured on the same `image`."""
    if "race_scene" in signals.values or not signals.values or unavailable() is not None:
        return signals
    value = round(race_scene(network.regions(reduced(image))), 5)
    return Signals({**signals.values, "race_scene": value}, signals.boxes, signals.features)


@cache
def _voice() -> Voice:
    voice: Voice = opened(SHIPPED, "look", from_json)
    return voice


def from_json(data: dict[str, Any]) -> Voice:
    """The voice in a file's content; raises ValueError or KeyError with what is wrong."""
    body = checked_digest(data, FORMAT)
    if body["network_sha256"] != network.WEIGHTS.sha256:
        raise ValueError(
            f"it was learnt over weights {body['network_sha256'][:12]}…, here are {network.WEIGHTS.sha256[:12]}…"
        )
    voice = Voice.from_json(body["voice"])
    if voice.of != "network":
        raise ValueError("its voice weighs no network")
    return voice
