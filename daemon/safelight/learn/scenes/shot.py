"""A shot: everything a scene decides before it is drawn, so that scenes are short lists of what is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from safelight.learn.scenes.camera import Camera
from safelight.learn.scenes.effects import Puff
from safelight.learn.scenes.light import DAY, Light
from safelight.learn.scenes.mesh import Stage
from safelight.learn.scenes.trackside import Track
from safelight.model.signals import ClassName


@dataclass(frozen=True)
class Scene:
    """What to paint: a kind of shot (see shots.KINDS) and a variant number that picks team, light and place."""

    kind: str
    variant: int = 0


@dataclass
class Shot:
    """The decisions. Lengths of blurs in pixels at 1,600 px; `pan` sweeps the world, `shake` everything."""

    camera: Camera
    light: Light = DAY
    track: Track = field(default_factory=Track)
    verdict: ClassName = "ok"
    pan: float = 0.0
    shake: float = 0.0
    shake_angle: float = 0.0
    focus: float = 15.0
    depth: float = 0.0
    puffs: list[Puff] = field(default_factory=list)
    rain: float = 0.0
    beams: list[tuple[float, float, float, float, tuple[float, float, float]]] = field(default_factory=list)
    trees: float = 0.09
    quality: int = 90


Director = Callable[[Stage, np.random.Generator, int], Shot]
