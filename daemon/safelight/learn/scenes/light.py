"""The hours and weathers of a race as light: sun, dome of the sky, clouds, haze, wetness, exposure.

Colours are linear; the dome is what the sky gives at the zenith and at the horizon, the ground colour is what the
track throws back. `row` is the form that shade reads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from safelight.learn.scenes.compiled import Doubles

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Light:
    """One light. Angles in degrees (bearing 0 = along +x, 90 = away from the main camera side)."""

    bearing: float = 235.0
    height: float = 42.0
    sun: Colour = (3.0, 2.75, 2.35)
    zenith: Colour = (0.16, 0.34, 0.78)
    horizon: Colour = (0.62, 0.76, 0.95)
    bounce: Colour = (0.30, 0.29, 0.27)
    cover: float = 0.55
    cloud: float = 1.0
    disc: float = 1.0
    haze: float = 0.0012
    haze_colour: Colour = (0.60, 0.72, 0.90)
    wet: float = 0.0
    stars: float = 0.0
    dome: float = 1.0
    exposure: float = 0.62
    grain: float = 0.010
    tint: Colour = (1.0, 1.0, 1.0)
    bloom: float = 0.04

    def row(self, seed: int, trees: float = 0.09) -> Doubles:
        """The numbers shade reads (28,)."""
        row = np.zeros(28)
        b, h = math.radians(self.bearing), math.radians(self.height)
        row[0:3] = math.cos(b) * math.cos(h), math.sin(b) * math.cos(h), math.sin(h)
        row[3:6], row[6:9], row[9:12], row[12:15] = self.sun, self.zenith, self.horizon, self.bounce
        row[15], row[16:19] = self.haze, self.haze_colour
        row[19], row[20], row[21], row[22] = self.cover, seed % 97, self.wet, self.stars
        row[23], row[24], row[25], row[26] = self.cloud, self.disc, trees, self.dome
        return row


DAY = Light()
BRIGHT = Light(bearing=250, height=55, cover=0.25, sun=(3.4, 3.2, 2.8), exposure=0.56)
HAZY = Light(
    bearing=215, height=30, cover=0.75, sun=(2.3, 2.05, 1.7), zenith=(0.34, 0.46, 0.68), horizon=(0.85, 0.88, 0.92),
    haze=0.0025, haze_colour=(0.80, 0.84, 0.90), exposure=0.64,
)  # fmt: skip
OVERCAST = Light(
    sun=(0.10, 0.10, 0.10), disc=0.0, zenith=(0.55, 0.60, 0.68), horizon=(0.85, 0.88, 0.92), cover=0.95, cloud=0.95,
    bounce=(0.32, 0.32, 0.32), haze=0.003, haze_colour=(0.74, 0.78, 0.82), dome=1.35, exposure=0.78, grain=0.014,
)  # fmt: skip
DUSK = Light(
    bearing=155, height=7.0, sun=(3.2, 1.45, 0.55), zenith=(0.13, 0.20, 0.48), horizon=(0.80, 0.44, 0.28),
    bounce=(0.16, 0.13, 0.13), cover=0.62, cloud=0.85, haze=0.0018, haze_colour=(0.60, 0.36, 0.26), exposure=0.78,
    grain=0.014, tint=(1.02, 1.0, 0.97), bloom=0.09, dome=1.25,
)  # fmt: skip
GOLD = Light(
    bearing=212, height=11, sun=(3.5, 2.25, 1.15), zenith=(0.15, 0.28, 0.58), horizon=(0.78, 0.68, 0.58),
    bounce=(0.24, 0.19, 0.14), cover=0.5, haze=0.0012, haze_colour=(0.66, 0.60, 0.55), exposure=0.66, grain=0.013,
    tint=(1.03, 1.0, 0.95), bloom=0.06,
)  # fmt: skip
DAWN = Light(
    bearing=68, height=4.5, sun=(3.2, 1.6, 0.75), zenith=(0.16, 0.24, 0.48), horizon=(1.05, 0.62, 0.42),
    bounce=(0.15, 0.14, 0.15), cover=0.5, cloud=1.0, haze=0.004, haze_colour=(0.85, 0.58, 0.46), exposure=0.70,
    grain=0.013, bloom=0.10, dome=1.2,
)  # fmt: skip
NIGHT = Light(
    sun=(0.0, 0.0, 0.0), disc=0.0, height=30, zenith=(0.020, 0.028, 0.062), horizon=(0.070, 0.062, 0.068),
    bounce=(0.035, 0.030, 0.028), cover=0.3, cloud=0.5, stars=0.25, haze=0.0012, haze_colour=(0.030, 0.028, 0.034),
    exposure=1.9, grain=0.017, bloom=0.13, dome=1.2,
)  # fmt: skip
RAIN = Light(
    sun=(0.0, 0.0, 0.0), disc=0.0, zenith=(0.36, 0.40, 0.46), horizon=(0.60, 0.64, 0.68), cover=0.98, cloud=0.9,
    bounce=(0.20, 0.21, 0.22), haze=0.0045, haze_colour=(0.55, 0.59, 0.63), wet=1.0, dome=1.35, exposure=0.72,
    grain=0.014, tint=(0.97, 1.0, 1.03), bloom=0.08,
)  # fmt: skip
