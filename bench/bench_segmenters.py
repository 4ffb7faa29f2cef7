"""Segmentation networks side by side: learnt numbers, and what a training step and an answer cost, as ratios to `unet`.

    python bench/bench_segmenters.py [--threads N] [--rounds N]

Processor time of this process, the best of some rounds, so that other work on the machine disturbs little: a step is
forward and backward of a 240 x 320 crop with auxiliary answers and loss, an answer is a picture of 360 x 480.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import torch

from safelight.learn.segment.learner import coarse
from safelight.learn.segment.losses import both
from safelight.stages.networks.segmenters import ARCHITECTURES, build, parameters

CROP, WHOLE = (240, 320), (360, 480)
CLASSES = 11
BATCH = 2


def best(work: Callable[[], object], rounds: int) -> float:
    work()
    found = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)


def measured(name: str, rounds: int) -> tuple[float, float]:
    net = build(name, CLASSES).to(memory_format=torch.channels_last)
    x = torch.rand(BATCH, 3, *CROP).contiguous(memory_format=torch.channels_last)
    labels = torch.randint(0, CLASSES, (BATCH, *CROP))

    def step() -> None:
        first, *rest = net.heads(x)
        loss = both(first, labels)
        for aside in rest:
            loss = loss + both(aside, coarse(labels, aside.shape[2], net.stride))
        loss.backward()

    def answer() -> None:
        with torch.inference_mode():
            net(torch.rand(1, 3, *WHOLE).contiguous(memory_format=torch.channels_last))

    net.train()
    learning = best(step, rounds) / BATCH
    net.eval()
    return learning, best(answer, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    base = measured("unet", given.rounds)
    print(f"{'network':<11}{'learnt':>9}{'step':>9}{'answer':>9}   (ratios to unet: {base[0]:.2f} s, {base[1]:.2f} s)")
    for name in ARCHITECTURES:
        learning, asking = base if name == "unet" else measured(name, given.rounds)
        count = parameters(build(name, CLASSES)) / 1e6
        print(f"{name:<11}{count:>7.2f} M{learning / base[0]:>9.2f}{asking / base[1]:>9.2f}")


if __name__ == "__main__":
    main()
