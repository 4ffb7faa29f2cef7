"""A classifier as one file: a small network of our own or a backbone with a linear head; safetensors with what it is inside.

The file says its network, its classes, the side of the pictures it is shown and how well it did; nothing else is needed to
load it, the backbone's weights included. It carries a digest over its tensors; another version, a wrong digest, missing
numbers are refused in words. Only safetensors are read: they hold numbers, no code.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from safelight.files import write_through
from safelight.model.errors import BackendUnavailable, PermanentError
from safelight.stages.networks.bodies import bare
from safelight.stages.networks.packing import filled, packed, read, texts

FORM = "safelight-classifier/1"
OWN = "none"
"""The backbone's name where there is none: a small network from nothing."""
DEPTH = 4
"""Levels of the small network where nothing else is said."""
MOST_BYTES = 600_000_000


class BadClassifier(PermanentError):
    """A file that cannot be used as a classifier."""

    code = "classifier_weights"
    exit_status = 2
    en, fr = "{file} cannot be used as a classifier: {reason}.", "{file} est inutilisable comme classifieur : {raison}."
    do_en = "Expected is a file classifier.safetensors that `safelight train classifier` of this version wrote."
    do_fr = "Il faut un fichier classifier.safetensors écrit par `safelight train classifier` de cette version."


@dataclass(frozen=True)
class About:
    """What a file says of itself. `size`: side in pixels of the square pictures it is shown; `prior`: class shares learnt from."""

    backbone: str
    width: int
    classes: tuple[str, ...]
    size: int
    prior: tuple[float, ...]
    temperature: float = 1.0
    trained_on: tuple[str, ...] = ()
    """SHA-256 of the pictures it learnt from."""
    trained: dict[str, Any] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    depth: int = DEPTH


class Small(nn.Module):
    """Some halvings of 3 x 3 convolutions, usually four: enough for faces or garments, small enough for a processor."""

    def __init__(self, width: int, depth: int = DEPTH) -> None:
        super().__init__()
        steps: list[nn.Module] = []
        before = 3
        for level in range(depth):
            after = width * 2**level
            steps += [
                nn.Conv2d(before, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True), nn.MaxPool2d(2),
            ]  # fmt: skip
            before = after
        self.net = nn.Sequential(*steps)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in 0–1 gives (N, width · 2^(depth − 1), H / 2^depth, W / 2^depth)."""
        maps: Tensor = self.net((x - 0.5) / 0.25)
        return maps


class Network(nn.Module):
    """Maps of the body, their mean, one linear layer: (N, 3, H, W) in 0–1 gives (N, classes) logits."""

    def __init__(self, body: nn.Module, channels: int, classes: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.body, self.dropout, self.head = body, nn.Dropout(dropout), nn.Linear(channels, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        answer: Tensor = self.head(self.dropout(self.body(x).mean((2, 3))))
        return answer


def build(
    backbone: str,
    width: int,
    classes: int,
    *,
    dropout: float = 0.0,
    body: nn.Module | None = None,
    depth: int = DEPTH,
) -> Network:
    """A network with drawn weights, or over a `body` that is filled already; raises BackendUnavailable (name)."""
    own = body or (Small(width, depth) if backbone == OWN else bare(backbone))
    with torch.no_grad():
        channels = own.eval()(torch.zeros(1, 3, 64, 64)).shape[1]
    return Network(own, int(channels), classes, dropout)


@dataclass(frozen=True)
class Loaded:
    """A network ready to be asked, what it says of itself, and the SHA-256 of its file."""

    net: Network
    about: About
    sha256: str

    def shares(self, pictures: Tensor) -> Tensor:
        """(N, classes): probabilities of pictures (N, 3, size, size) in 0–1, the temperature applied."""
        with torch.inference_mode():
            shares: Tensor = (self.net(pictures) / self.about.temperature).softmax(1)
        return shares


def save(net: Network, about: About, path: Path) -> int:
    """Write the file whole; returns its size in bytes. 16 bit, 32 where a number would not survive it."""
    from safetensors.torch import save as pack

    state = packed(net)
    told = json.dumps(dataclasses.asdict(about), ensure_ascii=False)
    data = pack(state, {"form": FORM, "about": told, "digest": _digest(state, told)})
    write_through(path, data)
    return len(data)


def _digest(state: dict[str, Tensor], told: str) -> str:
    """SHA-256 over what the file says of itself and every tensor's name and bytes, in the order of names."""
    total = hashlib.sha256(told.encode())
    for name in sorted(state):
        total.update(name.encode() + state[name].numpy().tobytes())
    return total.hexdigest()


def load(path: Path) -> Loaded:
    """The network in a file, in 32 bit, for asking; raises BadClassifier."""
    from safetensors import SafetensorError
    from safetensors.torch import load as unpack

    data = read(path, MOST_BYTES, _bad)
    held = _metadata(path, data)
    try:
        about = _about(json.loads(held["about"]))
        tensors = unpack(data)
    except (SafetensorError, ValueError, KeyError, TypeError, IndexError):
        raise _bad(path, "it is damaged", "il est abîmé") from None
    if _digest(tensors, held["about"]) != held.get("digest"):
        raise _bad(path, "its content does not match its digest", "son contenu ne correspond pas à son empreinte")
    try:
        with torch.random.fork_rng(devices=[]):
            net = build(about.backbone, about.width, len(about.classes), depth=about.depth)
        whole = filled(net, tensors)
    except (RuntimeError, BackendUnavailable):
        raise _bad(
            path, "its numbers do not fit the network it names", "ses nombres ne vont pas avec son réseau"
        ) from None
    if not whole:
        raise _bad(path, "numbers are missing, or there are others", "des nombres manquent, ou il y en a d'autres")
    return Loaded(net.eval(), about, hashlib.sha256(data).hexdigest())


def _metadata(path: Path, data: bytes) -> dict[str, str]:
    """The texts of the header; raises BadClassifier for another kind or version."""
    try:
        held = texts(data, 4_000_000)
        form = str(held["form"])
    except (ValueError, KeyError):
        raise _bad(path, "it does not say what it is", "il ne dit pas ce qu'il est") from None
    if form != FORM:
        raise _bad(path, f"it is of another version ({form})", f"il est d'une autre version ({form})")
    return {str(key): str(value) for key, value in held.items()}


def _about(values: dict[str, Any]) -> About:
    classes = tuple(str(name) for name in values["classes"])
    prior = tuple(float(share) for share in values["prior"])
    width, size, temperature = int(values["width"]), int(values["size"]), float(values["temperature"])
    if not 2 <= len(classes) <= 1000 or len(prior) != len(classes) or not 0 < temperature < 100:
        raise ValueError("classes or temperature out of range")
    depth = int(values.get("depth", DEPTH))  # files of before had no other
    if not 1 <= width <= 512 or not 16 <= size <= 2048 or not 1 <= depth <= 6:
        raise ValueError("width, depth or size out of range")
    return About(
        str(values["backbone"]), width, classes, size, prior, temperature, tuple(values["trained_on"]),
        dict(values["trained"]), dict(values["scores"]), depth,
    )  # fmt: skip


def _bad(path: Path, reason: str, raison: str) -> BadClassifier:
    return BadClassifier(file=path, reason=reason, raison=raison)


def layers(net: Network, size: int) -> list[tuple[str, str, str, int]]:
    """(name, kind, shape of its answer, learnt numbers) of every layer that has any or changes the shape, for one picture."""
    rows: list[tuple[str, str, str, int]] = []
    hooks = []

    def note(name: str) -> Any:
        def hook(part: nn.Module, _: Any, answer: Tensor) -> None:
            count = sum(value.numel() for value in part.parameters(recurse=False))
            if count or isinstance(part, nn.MaxPool2d | nn.AvgPool2d):
                rows.append((name, type(part).__name__, " × ".join(str(side) for side in answer.shape[1:]), count))

        return hook

    for name, part in net.named_modules():
        if not list(part.children()):
            hooks.append(part.register_forward_hook(note(name)))
    net.eval()
    with torch.no_grad():
        net(torch.zeros(1, 3, size, size))
    for handle in hooks:
        handle.remove()
    return rows
