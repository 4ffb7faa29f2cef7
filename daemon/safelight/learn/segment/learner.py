"""A network that learns: one step from a batch, the running mean of its weights, and its state as plain values.

It knows no pictures, epochs or files: `training` gives it batches and tells how far the training is. Everything random
in a step comes from seed and step number, so a state put back goes on as if nothing had happened.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from safelight.learn.data.base import VOID
from safelight.learn.data.generator import Batch
from safelight.learn.segment import schedule
from safelight.learn.segment.errors import BadDevice, Diverged
from safelight.learn.segment.losses import LOSSES
from safelight.learn.segment.settings import Settings
from safelight.stages.networks.segmenters import build
from safelight.stages.networks.segmenters.base import Segmenter


class Learner:
    """`net` learns, `mean` is what is served: the running mean of its weights."""

    def __init__(self, classes: int, settings: Settings, device: torch.device, pretrained: Path | None = None) -> None:
        torch.manual_seed(settings.seed)
        self.classes, self.settings, self.device = classes, settings, device
        self.net = self._built(pretrained)
        for layer in list(getattr(self.net, "encoder", []))[: settings.frozen]:
            layer.requires_grad_(False)
        self.mean = self._built(None).eval()
        self.mean.load_state_dict(self.net.state_dict())
        self.optimizer = _optimizer(self.net, settings)
        self.weights: Tensor | None = None
        """What a pixel of each class counts in the loss; None for all the same."""
        self.step = 0

    def _built(self, pretrained: Path | None) -> Segmenter:
        settings = self.settings
        net = build(
            settings.network, self.classes, settings.width, dropout=settings.dropout, pretrained=pretrained
        )  # fmt: skip
        return net.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]

    def learn(self, batch: Batch, fraction: float) -> float:
        """One step when `fraction` (0–1) of the training is done; returns its loss. Raises Diverged before any harm."""
        settings = self.settings
        images, labels = (torch.from_numpy(part).to(self.device) for part in (batch.images, batch.labels))
        for group in self.optimizer.param_groups:
            group["lr"] = schedule.rate(fraction, settings) * group.get("part", 1.0)
        torch.manual_seed(schedule.seed_of(settings.seed, self.step))
        self.net.train()
        x = (images.permute(0, 3, 1, 2).float() / 255).contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.halved):
            heads = self.net.heads(x)
        loss = self.loss(heads, labels)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise Diverged(step=self.step, rate=settings.rate)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        if settings.clip:
            nn.utils.clip_grad_norm_(self.net.parameters(), settings.clip)
        self.optimizer.step()
        self._follow()
        self.step += 1
        return value

    def loss(self, heads: list[Tensor], labels: Tensor) -> Tensor:
        """The loss of the answer, and part of that of the auxiliary ones, against labels (N, H, W)."""
        counted = LOSSES[self.settings.loss]
        loss = counted(heads[0].float(), labels, self.weights)
        if self.settings.aside:
            for aside in heads[1:]:
                small = coarse(labels, aside.shape[2], self.net.stride)
                loss = loss + self.settings.aside * counted(aside.float(), small, self.weights)
        return loss

    @property
    def halved(self) -> bool:
        """Whether it counts in bf16 where that is safe."""
        if self.settings.precision == "auto":  # measured: without its own instructions bf16 is ten times slower
            return self.device.type == "cuda" and torch.cuda.is_bf16_supported()
        return self.settings.precision == "bf16"

    def _follow(self) -> None:
        keep = schedule.kept(self.step, self.settings.memory)
        with torch.no_grad():
            for mean, now in zip(self.mean.state_dict().values(), self.net.state_dict().values(), strict=True):
                if mean.dtype.is_floating_point:
                    mean.lerp_(now, 1 - keep)
                else:
                    mean.copy_(now)

    def state(self) -> dict[str, Any]:
        """All that changes while it learns, as tensors and plain values."""
        return {
            "net": self.net.state_dict(), "mean": self.mean.state_dict(), "optimizer": self.optimizer.state_dict(),
            "weights": self.weights, "step": self.step,
        }  # fmt: skip

    def put_back(self, state: dict[str, Any]) -> None:
        """Go on from a state; raises RuntimeError, ValueError or KeyError for one of another network."""
        self.net.load_state_dict(state["net"])
        self.mean.load_state_dict(state["mean"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.weights = None if state["weights"] is None else state["weights"].to(self.device)
        self.step = int(state["step"])


def coarse(labels: Tensor, height: int, stride: int) -> Tensor:
    """Labels (N, H, W) for an auxiliary answer of `height` lines over the padded picture: the middle pixel of each cell."""
    below, right = -labels.shape[1] % stride, -labels.shape[2] % stride
    padded = functional.pad(labels, (0, right, 0, below), value=VOID)
    cell = padded.shape[1] // height
    return padded[:, cell // 2 :: cell, cell // 2 :: cell]


def resolve(device: str) -> torch.device:
    """auto, cpu or cuda as a device; raises BadDevice."""
    there = torch.cuda.is_available()
    if device == "auto":
        return torch.device("cuda" if there else "cpu")
    if device not in {"cpu", "cuda"} or (device == "cuda" and not there):
        raise BadDevice(device=device)
    return torch.device(device)


def _optimizer(net: nn.Module, settings: Settings) -> torch.optim.Optimizer:
    """Norms and biases are not decayed: they have one value a channel and nothing to overfit with."""
    groups: list[dict[str, Any]] = []
    for inside, part in ((False, 1.0), (True, settings.gentle)):
        own = [value for name, value in net.named_parameters() if name.startswith("encoder.") == inside]
        learns = [value for value in own if value.requires_grad]
        for large, decay in ((True, settings.decay), (False, 0.0)):
            some = [value for value in learns if (value.ndim > 1) == large]
            if some:
                groups.append({"params": some, "weight_decay": decay, "part": part})
    if settings.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=settings.rate, momentum=0.9, nesterov=True)
    kind = torch.optim.AdamW if settings.optimizer == "adamw" else torch.optim.Adam
    return kind(groups, lr=settings.rate)
