"""Trains the small segmentation network and measures it: seeded, resumable, one process, one thread by default.

    python -m safelight.learn.train_regions DATASETS -o FOLDER [--variants N] [--steps N]

Labels are sets of possible classes (see regions_data), so the loss is minus the logarithm of the probability of the
whole set; a soft Dice term on cars, people and signs keeps the rare ones. What is served is the running mean of the
weights. The checkpoint holds all that goes on changing: a run stopped and started again ends with the same weights.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from safelight.learn.regions_data import BIT, Labelled, camvid, coco, painted
from safelight.learn.regions_draw import Draw
from safelight.stages.networks.regions import CLASSES
from safelight.stages.networks.unet import STRIDE, UNet

WEIGHTS = (1.0, 1.0, 2.0, 2.5, 0.7, 0.7, 1.0, 0.8)
"""How much a pixel whose class is known counts, in the order of CLASSES."""
RARE = tuple(CLASSES.index(name) for name in ("car", "person", "sign"))
COCO_HELD = 8
"""Every eighth picture of coco128-seg is kept for validation."""


@dataclass(frozen=True)
class Settings:
    """What a training depends on besides its data; `size` is (height, width) in multiples of 32."""

    steps: int = 2400
    batch: int = 12
    size: tuple[int, int] = (192, 256)
    rate: float = 3e-3
    decay: float = 0.02
    mean_over: int = 150
    seed: int = 24
    validate_every: int = 200
    save_every: int = 50


class Training:
    """The state of one training; `run` takes it from wherever it is to the end."""

    def __init__(self, settings: Settings, draw: Draw, validation: Sequence[Labelled], folder: Path) -> None:
        torch.manual_seed(settings.seed)
        self.settings, self.draw, self.validation, self.folder = settings, draw, validation, folder
        self.net = UNet(len(CLASSES)).to(memory_format=torch.channels_last)
        self.mean = UNet(len(CLASSES)).to(memory_format=torch.channels_last).eval()
        self.mean.load_state_dict(self.net.state_dict())
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=settings.rate, weight_decay=settings.decay)
        self.step = 0
        self.best = -1.0
        folder.mkdir(parents=True, exist_ok=True)

    def resume(self) -> None:
        """Go on from the folder's checkpoint, if there is one."""
        path = self.folder / "checkpoint.pt"
        if path.exists():
            state = torch.load(path, weights_only=True)
            self.net.load_state_dict(state["net"])
            self.mean.load_state_dict(state["mean"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step, self.best = int(state["step"]), float(state["best"])

    def save(self) -> None:
        """Write the checkpoint beside the old one, then replace it."""
        state = {
            "net": self.net.state_dict(), "mean": self.mean.state_dict(), "optimizer": self.optimizer.state_dict(),
            "step": self.step, "best": self.best,
        }  # fmt: skip
        fresh = self.folder / "checkpoint.pt.new"
        torch.save(state, fresh)
        os.replace(fresh, self.folder / "checkpoint.pt")

    def run(self, say: Callable[[str], None], until: int | None = None) -> None:
        """Train to the last step (or to `until`), validating and saving on the way; `say` gets the progress lines."""
        started, first, total = time.monotonic(), self.step, 0.0
        end = min(until or self.settings.steps, self.settings.steps)
        while self.step < end:
            total += self.one_step()
            if self.step % self.settings.validate_every == 0 or self.step == end:
                self.validate(say)
            if self.step % self.settings.save_every == 0 or self.step == end:
                self.save()
                pace = (time.monotonic() - started) / (self.step - first)
                left = pace * (end - self.step) / 60
                loss = total / (self.step - first)
                say(f"step {self.step}/{end}  mean loss {loss:.3f}  {pace:.2f} s a step  {left:.0f} min left")

    def one_step(self) -> float:
        """One batch; returns its loss."""
        settings = self.settings
        drawn = [self.draw((settings.seed, self.step, index)) for index in range(settings.batch)]
        images = torch.from_numpy(np.stack([image for image, _ in drawn])).permute(0, 3, 1, 2)
        labels = torch.from_numpy(np.stack([labels for _, labels in drawn]))
        for group in self.optimizer.param_groups:
            group["lr"] = rate(self.step, settings)
        self.net.train()
        logits = self.net((images.float() / 255).contiguous(memory_format=torch.channels_last))
        loss = set_loss(logits, labels[:, ::2, ::2])
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimizer.step()
        self.step += 1
        self._follow()
        return float(loss.detach())

    def _follow(self) -> None:
        # A short memory at first, so that the early, random weights are soon forgotten.
        keep = min(1 - 1 / self.settings.mean_over, self.step / (self.step + 9))
        with torch.no_grad():
            for average, now in zip(self.mean.state_dict().values(), self.net.state_dict().values(), strict=True):
                if average.dtype.is_floating_point:
                    average.lerp_(now, 1 - keep)
                else:
                    average.copy_(now)

    def validate(self, say: Callable[[str], None]) -> None:
        """Measure the mean weights and export them where they are the best so far."""
        scores = evaluate(self.mean, self.validation)
        figure = float(np.nanmean(list(scores.values())))
        say("IoU " + "  ".join(f"{name} {value:.3f}" for name, value in scores.items()) + f"  mean {figure:.3f}")
        if figure > self.best:
            self.best = figure
            export(self.mean, self.folder / "regions.safetensors")


def rate(step: int, settings: Settings) -> float:
    """Learning rate: linear for the first twentieth, then half a cosine down to a hundredth."""
    warm = max(1, settings.steps // 20)
    if step < warm:
        return settings.rate * (step + 1) / warm
    done = (step - warm) / max(1, settings.steps - warm)
    return settings.rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))


def set_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Loss of logits (N, classes, H, W) against label sets (N, H, W) uint8; pixels that may be anything cost nothing."""
    bits = torch.tensor([BIT[name] for name in CLASSES], dtype=torch.uint8)
    allowed = (labels[:, None] & bits[None, :, None, None]) != 0
    logarithms = functional.log_softmax(logits, 1)
    known = torch.logsumexp(logarithms.masked_fill(~allowed, -1e4), 1)
    single = allowed.sum(1) == 1
    weight = (allowed * torch.tensor(WEIGHTS)[None, :, None, None]).sum(1)
    weight = torch.where(single, weight, torch.where(allowed.all(1), 0.0, 1.0))
    entropy = -(known * weight).sum() / weight.sum().clamp(min=1)
    return entropy + 0.5 * _dice(logarithms.exp(), allowed, single)


def _dice(chances: Tensor, allowed: Tensor, single: Tensor) -> Tensor:
    """1 - soft Dice of the rare classes over the batch, each where it is known to be or known not to be."""
    losses = []
    for index in RARE:
        here = allowed[:, index] & single
        counts = here | ~allowed[:, index]
        chance = chances[:, index] * counts
        if bool(here.any()):
            losses.append(1 - (2 * (chance * here).sum() + 1) / (chance.sum() + here.sum() + 1))
    return torch.stack(losses).mean() if losses else chances.sum() * 0


@torch.no_grad()
def evaluate(net: UNet, pictures: Sequence[Labelled], longest: int = 320) -> dict[str, float]:
    """IoU of each class, pixels pooled over the pictures; where a label is a set, an allowed answer is no error."""
    import cv2

    net.eval()
    hit, union = np.zeros(len(CLASSES)), np.zeros(len(CLASSES))
    for picture in pictures:
        height, width = picture.labels.shape
        scale = longest / max(height, width)
        size = [max(STRIDE, round(side * scale / STRIDE) * STRIDE) for side in (width, height)]
        small = cv2.resize(picture.image, size, interpolation=cv2.INTER_AREA)
        logits = net(torch.from_numpy(small).permute(2, 0, 1)[None].float() / 255)
        full = functional.interpolate(logits, (height, width), mode="bilinear", align_corners=False)
        answer = full.argmax(1)[0].numpy()
        for index, name in enumerate(CLASSES):
            said = answer == index
            possible = (picture.labels & BIT[name]) != 0
            sure = picture.labels == BIT[name]
            hit[index] += (said & sure).sum()
            union[index] += (sure | (said & ~possible)).sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        return dict(zip(CLASSES, (hit / union).tolist(), strict=True))


def export(net: UNet, path: Path) -> None:
    """The weights in 16 bit as safetensors (counters left out), for stages.networks."""
    state: dict[str, Any] = {
        name: value.detach().contiguous().to(torch.float16)
        for name, value in net.state_dict().items()
        if value.dtype.is_floating_point
    }
    fresh = path.with_suffix(".new")
    save_file(state, fresh)
    os.replace(fresh, path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the data sets, train, report on standard error."""
    parser = argparse.ArgumentParser(description="Train the small segmentation network of Safelight.")
    parser.add_argument("datasets", type=Path, help="folder with camvid/ and coco128-seg/")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--variants", type=int, default=6, help="variants of each painted scene (0: none)")
    parser.add_argument("--steps", type=int, default=Settings.steps)
    parser.add_argument("--rate", type=float, default=Settings.rate, help="highest learning rate")
    parser.add_argument("--until", type=int, help="stop here; the schedule stays that of --steps")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args(arguments)
    torch.set_num_threads(given.threads)
    photos = coco(given.datasets / "coco128-seg")
    held = photos[::COCO_HELD]
    learnt = [photo for index, photo in enumerate(photos) if index % COCO_HELD]
    sets = [(0.45, camvid(given.datasets / "camvid", "train")), (0.45, learnt)]
    if given.variants:
        sets.append((0.6, painted(given.output / "painted", given.variants)))
    settings = Settings(steps=given.steps, rate=given.rate)
    validation = camvid(given.datasets / "camvid", "val")[::2] + held
    training = Training(settings, Draw(sets, settings.size), validation, given.output)
    training.resume()
    training.run(lambda line: print(line, file=sys.stderr, flush=True), given.until)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
