"""Where in a picture a class was seen: exact class-activation maps, and the overlay people look at.

Every classifier here ends in the mean of its maps and one linear layer, so what each place adds to an answer is known, not
estimated: the mean of a map plus what no place shows (`rest`) is the difference in log odds between two classes, to rounding.
(Zhou and others 2016; Grad-CAM of such a network is the same map times a constant.) Who asks chooses the two classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt
import torch

from safelight.learn.classify.augment import middle
from safelight.model.signals import CLASSES, Signals
from safelight.pictures.formats import Image
from safelight.stages.classify.questions import Sorter, log_odds
from safelight.stages.classify.voices import WIDEST, Voice, rooted
from safelight.stages.networks import backbones
from safelight.stages.networks.classifiers import Loaded

Row = npt.NDArray[np.float64]
FOR, AGAINST = (230, 110, 20), (40, 90, 200)
"""sRGB of places that spoke for the class, and for the other."""


@dataclass(frozen=True)
class Evidence:
    """`places` (h, w) float64: log odds for the one class against the other, place by place; their mean + `rest` is the answer."""

    places: Row
    rest: float


class Eyes(Protocol):
    """A classifier that can say where it saw a class."""

    def evidence(self, image: Image, given: int, other: int) -> Evidence:
        """What speaks for class number `given` against `other` in `image` (height, width, 3) uint8 sRGB."""


@dataclass(frozen=True)
class NetworkEyes:
    """Those of a trained file, its temperature applied."""

    loaded: Loaded

    def evidence(self, image: Image, given: int, other: int) -> Evidence:
        """See Eyes."""
        net, about = self.loaded.net, self.loaded.about
        shown = torch.from_numpy(middle(image, about.size)).permute(2, 0, 1)[None].float().div(255)
        with torch.inference_mode():
            maps = net.body(shown)[0].double()
            pull = (net.head.weight[given] - net.head.weight[other]).double() / about.temperature
            places = torch.einsum("c,chw->hw", pull, maps).numpy()
            rest = float(net.head.bias[given] - net.head.bias[other]) / about.temperature
        return Evidence(np.asarray(places, np.float64), rest)


@dataclass(frozen=True)
class HeadEyes:
    """Those of a head over a frozen backbone, as the backends `features` and `signals+features` have them.

    What is shown is the question that parts the two classes: whether this is the race where one of them is exclure, else whether it
    must be retouched. `rest` bears what no place shows: signals (here none is measured), the other question, and features beyond
    WIDEST deviations, which count no more wherever they are seen. A feature's root is shared out among places by its map.
    """

    head: Sorter
    source: backbones.Source

    def evidence(self, image: Image, given: int, other: int) -> Evidence:
        """See Eyes."""
        small = cv2.resize(image, backbones.VIEW, interpolation=cv2.INTER_AREA)
        looks = np.stack([small, small[:, ::-1]]).astype(np.float32) / 255
        with torch.inference_mode():
            seen = backbones.body(self.source)(torch.from_numpy(looks).permute(0, 3, 1, 2).contiguous()).numpy()
        maps = (seen[0] + seen[1][..., ::-1]).astype(np.float64) / 2
        names = CLASSES[given], CLASSES[other]
        question = self.head.race if "exclure" in names else self.head.retouch
        places = np.zeros(maps.shape[1:])
        for voice in question.voices:
            if voice.of == "network":
                places += _shared_out(voice, maps) / len(question.voices) / question.temperature
        if names[0] == "exclure" or names == ("ok", "retoucher"):
            places = -places
        row = [float(value) for value in maps.mean((1, 2))]
        odds = log_odds(self.head.race.says(Signals({}), row), self.head.retouch.says(Signals({}), row))
        return Evidence(places, odds[names[0]] - odds[names[1]] - float(places.mean()))


def _shared_out(voice: Voice, maps: Row) -> Row:
    """(h, w): what each place adds to a voice, without its bias and without features beyond the bound."""
    mean = np.maximum(maps.mean((1, 2)), 0.0)
    root = rooted(mean)
    centre, scale = np.array(voice.centre), np.array(voice.scale)
    free = np.abs((root - centre) / scale) < WIDEST
    pull = np.where(free, np.array(voice.weights) / scale, 0.0)
    shared = maps / np.maximum(root, 1e-9)[:, None, None] - centre[:, None, None]
    return np.asarray(np.einsum("c,chw->hw", pull, shared), np.float64)


def overlay(image: Image, evidence: Evidence) -> Image:
    """The picture in grey, orange where it spoke for the class, blue where for the other; (height, width, 3) uint8.

    The strongest place of a picture is full: how strong that is says the share beside it, not the colour.
    """
    height, width = image.shape[:2]
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None] * 0.75 + 50
    strength = evidence.places / max(float(np.abs(evidence.places).max()), 1e-9)
    strength = cv2.resize(strength.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC).clip(-1, 1)[
        ..., None
    ]
    colour = np.where(strength > 0, np.array(FOR, np.float32), np.array(AGAINST, np.float32))
    veil = 0.7 * np.abs(strength)
    return np.asarray((grey * (1 - veil) + colour * veil).round().clip(0, 255), np.uint8)
