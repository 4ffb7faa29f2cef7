"""A segmenter as one file: safetensors in 16 bit, with what is needed to use it and to judge it in its metadata.

The file says which architecture it is, what its classes mean, at what size it was trained and how well it did; nothing
else is needed to load it. Only safetensors are read: they hold numbers, no code. Every claim of the metadata is checked
before a network is built, and every fault of a file is told for people.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safelight.files import write_through
from safelight.model.errors import PermanentError
from safelight.stages.networks.packing import filled, packed, read, texts
from safelight.stages.networks.segmenters import ARCHITECTURES, build

if TYPE_CHECKING:
    from safelight.stages.networks.segmenters.base import Segmenter

FORM = "safelight-segmenter/1"
MOST_BYTES = 64_000_000
"""Larger files are no segmenter of ours."""


class BadWeights(PermanentError):
    """A weight file that cannot be used."""

    code = "segmenter_weights"
    exit_status = 2
    en, fr = (
        "{file} cannot be used as a segmentation network: {reason}.",
        "{file} est inutilisable comme réseau : {raison}.",
    )
    do_en = "Expected is a file segmenter.safetensors that `safelight train segmenter` wrote."
    do_fr = "Il faut un fichier segmenter.safetensors écrit par `safelight train segmenter`."


@dataclass(frozen=True)
class About:
    """What a file says of itself. `longest`: pixels the longest side of a picture is brought to, 0 for as it is."""

    network: str
    width: int
    classes: tuple[str, ...]
    colours: tuple[tuple[int, int, int], ...]
    longest: int
    trained: dict[str, Any] = field(default_factory=dict)
    """How it came to be: settings, data, epochs, hours, device. For people; nothing depends on it."""
    scores: dict[str, float] = field(default_factory=dict)
    """Figures on the validation pictures: `miou`, `accuracy`, …"""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return dataclasses.asdict(self)

    @staticmethod
    def from_json(values: dict[str, Any]) -> About:
        """Back from plain values; raises ValueError, KeyError or TypeError for anything but what `to_json` gives."""
        classes = tuple(str(name) for name in values["classes"])
        colours = tuple((int(red), int(green), int(blue)) for red, green, blue in values["colours"])
        width, longest = int(values["width"]), int(values["longest"])
        if values["network"] not in ARCHITECTURES:
            raise ValueError(f"an unknown network “{values['network']}”")
        if not 1 <= len(classes) <= 255 or len(colours) != len(classes) or not 1 <= width <= 512 or longest < 0:
            raise ValueError("classes, width or size out of range")
        return About(
            str(values["network"]), width, classes, colours, longest, dict(values["trained"]), dict(values["scores"])
        )


@dataclass(frozen=True)
class Loaded:
    """A network ready to be asked, what it says of itself, and the SHA-256 of its file."""

    net: Segmenter
    about: About
    sha256: str


def save(net: Segmenter, about: About, path: Path) -> int:
    """Write the file whole; returns its size in bytes. Counters and constants are left out."""
    from safetensors.torch import save as pack

    data = pack(packed(net), {"form": FORM, "about": json.dumps(about.to_json(), ensure_ascii=False)})
    write_through(path, data)
    return len(data)


def read_about(path: Path) -> About:
    """What a file says of itself, without its weights; raises BadWeights."""
    return _about(path, read(path, MOST_BYTES, _bad))


def load(path: Path) -> Loaded:
    """The network in a file, in 32 bit, for asking (not training); raises BadWeights."""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load as unpack

    data = read(path, MOST_BYTES, _bad)
    about = _about(path, data)
    with torch.random.fork_rng(devices=[]):
        net = build(about.network, len(about.classes), about.width)
    try:
        tensors = unpack(data)
        whole = filled(net, tensors)
    except (SafetensorError, RuntimeError, ValueError):
        raise _bad(
            path, "its numbers do not fit the network it names", "ses nombres ne vont pas avec le réseau qu'il nomme"
        ) from None
    if not whole:
        raise _bad(path, "numbers are missing, or there are others", "des nombres manquent, ou il y en a d'autres")
    if not all(bool(value.isfinite().all()) for value in tensors.values()):
        raise _bad(path, "some of its numbers are no numbers", "certains de ses nombres n'en sont pas")
    return Loaded(net.eval(), about, hashlib.sha256(data).hexdigest())


def _about(path: Path, data: bytes) -> About:
    try:
        held = texts(data, 1_000_000)
        if held["form"] != FORM:
            raise ValueError(held["form"])
        return About.from_json(json.loads(held["about"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _bad(path, "it does not say what it is", "il ne dit pas ce qu'il est") from None


def _bad(path: Path, reason: str, raison: str) -> BadWeights:
    return BadWeights(file=path, reason=reason, raison=raison)
