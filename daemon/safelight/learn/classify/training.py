"""Trains a classifier: seeded, resumable at every epoch's end, stopped early, validated on sources it does not learn from.

Every draw depends on seed, epoch and picture alone, so a training stopped anywhere and resumed ends with the weights of one
in a single run (same machine, same number of threads). What is served is the epoch with the least validation loss; its
temperature is set on the validation pictures, so those figures flatter its sureness a little: judge it on others.
"""

from __future__ import annotations

import copy
import hashlib
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from safelight.files import write_through
from safelight.learn.classify.augment import middle, varied
from safelight.learn.classify.measures import Answers, Figures, log_loss, measure
from safelight.learn.classify.pictures import Labels, split
from safelight.learn.classify.settings import Settings
from safelight.learn.segment import checkpoint
from safelight.learn.segment.curves import CLASSIFYING, draw
from safelight.learn.segment.errors import BrokenCheckpoint, Diverged
from safelight.learn.segment.schedule import seed_of
from safelight.stages.networks import backbones
from safelight.stages.networks.classifiers import OWN, About, Network, build, save

WEIGHTS = "classifier.safetensors"
FORM = "safelight-classifier-training/1"
KEYS = frozenset(
    {"settings", "data", "net", "best_net", "optimizer", "epoch", "spent", "best", "best_epoch", "history", "losses"}
)
TEMPERATURES = tuple(round(0.5 + 0.05 * step, 2) for step in range(71))


@dataclass(frozen=True)
class Progress:
    """Where a training stands: `epoch` from 1, `left` in seconds at the present pace, `loss` the mean of this epoch so far."""

    epoch: int
    epochs: int
    step: int
    loss: float
    left: float


class Listener(Protocol):
    """Who hears of a training."""

    def progress(self, progress: Progress) -> None:
        """After every step."""

    def validated(self, epoch: int, found: Figures, best: bool) -> None:
        """After every epoch; epoch 0 is the untrained network. `best`: these weights will be served."""


class Training:
    """The state of one training; `run` takes it to the end or until told to stop."""

    def __init__(
        self, labels: Labels, settings: Settings, folder: Path, source: backbones.Source | None = None
    ) -> None:
        """`source`: the backbone's weights. Raises TooFew, BackendUnavailable."""
        self.labels, self.settings, self.folder = labels, settings, folder
        self.kept, self.held = split(labels, settings.hold, settings.seed)
        torch.manual_seed(settings.seed)
        self.net = self._built(source)
        self.best_net = copy.deepcopy(self.net.state_dict())
        learnt = [value for value in self.net.parameters() if value.requires_grad]
        self.optimizer = torch.optim.AdamW(learnt, lr=settings.rate, weight_decay=settings.decay)
        self.epoch, self.spent, self.best, self.best_epoch = 0, 0.0, math.inf, 0
        self.history: list[dict[str, Any]] = []
        self.losses: list[float] = []
        counts = np.bincount(labels.truth[self.kept], minlength=len(labels.classes))
        self.prior = counts / counts.sum()
        even = counts.sum() / (len(counts) * np.maximum(counts, 1))
        self.weights = torch.tensor(even if settings.weighted else np.ones(len(counts)), dtype=torch.float32)
        self.asked = _batch([middle(labels.pictures[i].pixels, settings.size) for i in self.held])

    def _built(self, source: backbones.Source | None) -> Network:
        settings, classes = self.settings, len(self.labels.classes)
        if settings.backbone == OWN:
            return build(OWN, settings.width, classes, dropout=settings.dropout, depth=settings.depth)
        assert source is not None
        net = build(settings.backbone, 1, classes, dropout=settings.dropout, body=copy.deepcopy(backbones.body(source)))
        net.body.requires_grad_(settings.finetune)
        return net

    # --- going on --------------------------------------------------------------------------------------------------

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint; raises BrokenCheckpoint where it is of other pictures or another network."""
        path = self.folder / checkpoint.NAME
        if state["data"] != self._digest():
            told = ("it was trained on other pictures or classes", "il a appris d'autres images ou d'autres classes")
            raise BrokenCheckpoint(file=path, reason=told[0], raison=told[1])
        try:
            self.net.load_state_dict(state["net"])
            self.optimizer.load_state_dict(state["optimizer"])
        except (RuntimeError, ValueError, KeyError):
            told = ("it is of another network", "il est d'un autre réseau")
            raise BrokenCheckpoint(file=path, reason=told[0], raison=told[1]) from None
        self.best_net = state["best_net"]
        self.epoch, self.spent = int(state["epoch"]), float(state["spent"])
        self.best, self.best_epoch = float(state["best"]), int(state["best_epoch"])
        self.history, self.losses = json.loads(state["history"]), list(state["losses"])

    def _save(self) -> None:
        state = {
            "settings": json.dumps(self.settings.to_json()), "data": self._digest(), "net": self.net.state_dict(),
            "best_net": self.best_net, "optimizer": self.optimizer.state_dict(), "epoch": self.epoch, "spent": self.spent,
            "best": self.best, "best_epoch": self.best_epoch, "history": json.dumps(self.history), "losses": self.losses,
        }  # fmt: skip
        checkpoint.write(self.folder, state, FORM)
        write_through(self.folder / "history.json", json.dumps(self.history, indent=1).encode())
        rows = "step,loss\n" + "".join(f"{step},{loss:.6f}\n" for step, loss in enumerate(self.losses, 1))
        write_through(self.folder / "losses.csv", rows.encode())
        if len(self.history) > 1:
            draw(self.history[1:], self.folder / "curves.png", CLASSIFYING)

    def _digest(self) -> str:
        known = [self.labels.classes, [item.digest for item in self.labels.pictures]]
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()

    # --- the loop --------------------------------------------------------------------------------------------------

    @property
    def ended(self) -> bool:
        """Whether all epochs are done, or validation has not become better for `patience` of them."""
        patience = self.settings.patience
        return self.epoch >= self.settings.epochs or bool(patience and self.epoch - self.best_epoch >= patience)

    def run(
        self, hear: Listener, stop: Callable[[], bool] = lambda: False, clock: Callable[[], float] = time.monotonic
    ) -> bool:
        """Train until `ended` or until `stop()`, asked before every step; returns whether the end was reached.

        What was learnt since the last epoch's end is learnt again after a stop. Raises Diverged.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        write_through(self.folder / "settings.json", json.dumps(self.settings.to_json(), indent=1).encode())
        if not self.history:
            self._validate(0.0, hear)
            self._save()
        while not self.ended:
            losses = self._learn(hear, stop, clock)
            if losses is None:
                return False
            self.losses += losses
            self.epoch += 1
            self._validate(sum(losses) / len(losses), hear)
            self._save()
        self.export()
        return True

    def _learn(self, hear: Listener, stop: Callable[[], bool], clock: Callable[[], float]) -> list[float] | None:
        """One epoch's losses; None where it was stopped, with everything as it was before the epoch."""
        settings, began = self.settings, clock()
        order = np.random.default_rng([settings.seed, self.epoch]).permutation(self.kept)
        # A last batch of one picture cannot be normalised: it joins the one before.
        parts = np.array_split(order, max(1, round(len(order) / settings.batch)))
        for group in self.optimizer.param_groups:
            group["lr"] = settings.rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * self.epoch / settings.epochs)))
        before = copy.deepcopy((self.net.state_dict(), self.optimizer.state_dict()))
        losses: list[float] = []
        for number, part in enumerate(parts):
            if stop():
                self.net.load_state_dict(before[0])
                self.optimizer.load_state_dict(before[1])
                self._save()
                return None
            losses.append(self._step(part, self.epoch * len(parts) + number))
            pace = (clock() - began) / (number + 1)
            left = pace * ((settings.epochs - self.epoch) * len(parts) - number - 1)
            hear.progress(
                Progress(
                    self.epoch + 1,
                    settings.epochs,
                    self.epoch * len(parts) + number + 1,
                    sum(losses) / len(losses),
                    left,
                )
            )
        self.spent += clock() - began
        return losses

    def _step(self, part: np.ndarray, step: int) -> float:
        settings = self.settings
        looks = [
            varied(self.labels.pictures[i].pixels, settings.size, settings.augment, np.random.default_rng([settings.seed, self.epoch, int(i)]), settings.crop)
            for i in part
        ]  # fmt: skip
        torch.manual_seed(seed_of(settings.seed, step))
        self.net.train()
        if settings.backbone != OWN and not settings.finetune:
            self.net.body.eval()  # a frozen body's norms must not drift either
        logits = self.net(_batch(looks))
        loss = functional.cross_entropy(logits, torch.from_numpy(self.labels.truth[part]), self.weights)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise Diverged(step=step, rate=settings.rate)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([v for v in self.net.parameters() if v.grad is not None], 5.0)
        self.optimizer.step()
        return value

    # --- validation ------------------------------------------------------------------------------------------------

    def _logits(self) -> Tensor:
        self.net.eval()
        with torch.inference_mode():
            return torch.cat([self.net(part) for part in torch.split(self.asked, 64)])

    def _answers(self, logits: Tensor, temperature: float = 1.0) -> Answers:
        shares = (logits / temperature).softmax(1).numpy().astype(np.float64)
        return Answers(self.labels.classes, self.labels.truth[self.held], shares, self.prior)

    def _validate(self, loss: float, hear: Listener) -> None:
        """Note the epoch that just ended. Epoch 0 is the network before it learnt anything: what chance reaches."""
        found = measure(self._answers(self._logits()), intervals=False)
        better = self.epoch > 0 and found.log_loss < self.best
        if better:
            self.best, self.best_epoch = found.log_loss, self.epoch
            self.best_net = copy.deepcopy(self.net.state_dict())
        self.history.append({
            "epoch": self.epoch, "loss": round(loss, 5), "validation_loss": round(found.log_loss, 5),
            "balanced": round(found.balanced, 4), "accuracy": round(found.accuracy, 4), "spent": round(self.spent, 1),
        })  # fmt: skip
        hear.validated(self.epoch, found, better)

    def export(self) -> Path:
        """Write the best epoch's weights with what they are; returns the file."""
        self.net.load_state_dict(self.best_net)
        logits = self._logits()
        losses = [
            log_loss(self._answers(logits, temperature).shares, self.labels.truth[self.held])
            for temperature in TEMPERATURES[::4]
        ]
        temperature = TEMPERATURES[::4][int(np.argmin(losses))]
        found = measure(self._answers(logits, temperature), intervals=False)
        chance = self.history[0]
        about = About(
            self.settings.backbone, self.settings.width, self.labels.classes, self.settings.size,
            tuple(round(float(share), 6) for share in self.prior), temperature,
            tuple(sorted(self.labels.pictures[i].digest for i in self.kept)),
            {"settings": self.settings.to_json(), "epochs": self.epoch, "best_epoch": self.best_epoch,
             "minutes": round(self.spent / 60, 2), "pictures": len(self.kept), "validated_on": len(self.held)},
            {"balanced": round(found.balanced, 4), "accuracy": round(found.accuracy, 4), "log_loss": round(found.log_loss, 4),
             "untrained_balanced": chance["balanced"], "untrained_accuracy": chance["accuracy"]},
            depth=self.settings.depth,
        )  # fmt: skip
        save(self.net, about, self.folder / WEIGHTS)
        return self.folder / WEIGHTS


def _batch(pictures: list[Any]) -> Tensor:
    """(N, 3, H, W) in 0–1 of uint8 pictures."""
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float().div(255).contiguous()
