"""A small CycleGAN between painted day and painted night, behind docs/studies/cyclegan.md.

    python bench/study_cyclegan.py -o FOLDER [--minutes 12] [--steps N] [--publish docs/studies]

No pair of the same view is shown: one generator learns to make night of day, another day of night, and what goes there and back
must come home. Stopped at any moment it goes on from its checkpoint, in the middle of a count of steps too. `--publish` writes the
figures and a picture of held-out scenes beside the study. Times are processor time of one thread.
"""

from __future__ import annotations

import argparse
import io
import json
import platform
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from PIL import Image as Pillow
from study_text import filled, table
from torch import Tensor, nn
from torch.nn import functional

from safelight.files import write_through

CHECKPOINT, RESULT = "checkpoint.pt", "result.json"
DAY = ("pair", "panned", "boards", "headon", "kerb", "wide")
"""Kinds of scene by day; the night has one kind, in variants."""


@dataclass(frozen=True)
class Settings:
    """All that decides a training. `side`: of the square crops, in pixels; `cycle` and `same` weigh their losses."""

    side: int = 64
    width: int = 16
    blocks: int = 3
    rate: float = 4e-4
    cycle: float = 10.0
    same: float = 2.0
    kept: int = 50
    """Made pictures that the judges are shown again later, so that they do not forget."""
    scenes: int = 24
    """Painted pictures of each kind to learn from; a third as many are held out."""
    seed: int = 24


# --- networks ----------------------------------------------------------------------------------------------------


class Block(nn.Module):
    """Two convolutions beside a way straight through."""

    def __init__(self, width: int) -> None:
        super().__init__()
        steps: list[nn.Module] = []
        for last in (False, True):
            steps += [nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width)]
            steps += [] if last else [nn.ReLU()]
        self.net = nn.Sequential(*steps)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        return x + self.net(x)


def generator(width: int, blocks: int) -> nn.Sequential:
    """(N, 3, H, W) in −1 to 1 gives the same shape: two halvings, blocks, two doublings (enlarged, then convolved: no grid)."""
    steps: list[nn.Module] = [nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7), nn.InstanceNorm2d(width), nn.ReLU()]
    for level in (1, 2):
        steps += [nn.Conv2d(width * level, width * 2 * level, 3, 2, 1), nn.InstanceNorm2d(width * 2 * level), nn.ReLU()]
    steps += [Block(4 * width) for _ in range(blocks)]
    for level in (4, 2):
        steps += [nn.Upsample(scale_factor=2), nn.ReflectionPad2d(1), nn.Conv2d(width * level, width * level // 2, 3)]
        steps += [nn.InstanceNorm2d(width * level // 2), nn.ReLU()]
    return nn.Sequential(*steps, nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh())


def judge(width: int) -> nn.Sequential:
    """(N, 3, H, W) gives a map of marks, one for each patch of 46 pixels: near 1 where it looks real."""
    return nn.Sequential(
        nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(width, 2 * width, 4, 2, 1), nn.InstanceNorm2d(2 * width), nn.LeakyReLU(0.2),
        nn.Conv2d(2 * width, 4 * width, 4, 2, 1), nn.InstanceNorm2d(4 * width), nn.LeakyReLU(0.2),
        nn.Conv2d(4 * width, 1, 4, 1, 1),
    )  # fmt: skip


def scored(marks: Tensor, real: bool) -> Tensor:
    """Least squares against 1 (real) or 0: softer than the logarithm, so that a sure judge still teaches (Mao and others 2017)."""
    return functional.mse_loss(marks, torch.full_like(marks, float(real)))


# --- the pictures ------------------------------------------------------------------------------------------------

Pictures = np.ndarray


def painted(folder: Path, settings: Settings, side: int) -> dict[str, tuple[Pictures, Pictures]]:
    """{day, night}: (to learn from, held out), each (n, side, 1.5 side, 3) uint8; painted once, then read."""
    path = folder / f"scenes-{settings.scenes}-{side}.npz"
    held = max(1, settings.scenes // 3)
    if not path.is_file():
        from safelight.learn.scenes.paint import paint
        from safelight.learn.scenes.shot import Scene

        total = settings.scenes + held
        day = [
            paint(Scene(DAY[index % len(DAY)], index // len(DAY)), (side * 3, side * 2), 24).image
            for index in range(total)
        ]
        night = [paint(Scene("night", index), (side * 3, side * 2), 24).image for index in range(total)]

        def small(pictures: Sequence[Pictures]) -> Pictures:
            return np.stack([cv2.resize(one, (side * 3 // 2, side), interpolation=cv2.INTER_AREA) for one in pictures])

        buffer = io.BytesIO()
        np.savez_compressed(buffer, day=small(day), night=small(night))
        write_through(path, buffer.getvalue())
    stored = np.load(path)
    return {kind: (stored[kind][:-held], stored[kind][-held:]) for kind in ("day", "night")}


def cropped(pictures: Pictures, side: int, rng: np.random.Generator) -> Tensor:
    """(1, 3, side, side) in −1 to 1: a random crop of a random picture, mirrored half of the time."""
    one = pictures[rng.integers(len(pictures))]
    top, left = rng.integers(one.shape[0] - side + 1), rng.integers(one.shape[1] - side + 1)
    part = one[top : top + side, left : left + side]
    return tensor(part[:, ::-1] if rng.random() < 0.5 else part)[None]


def tensor(picture: Pictures) -> Tensor:
    """(3, H, W) in −1 to 1."""
    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1).float().div(127.5).sub(1)


def pixels(found: Tensor) -> Pictures:
    """(N, 3, H, W) in −1 to 1 as (N, H, W, 3) uint8."""
    return found.detach().add(1).mul(127.5).round().clamp(0, 255).byte().permute(0, 2, 3, 1).numpy()


# --- learning ----------------------------------------------------------------------------------------------------


class Training:
    """Two generators, two judges, and what was made lately."""

    def __init__(self, settings: Settings, pictures: dict[str, tuple[Pictures, Pictures]]) -> None:
        self.settings, self.pictures = settings, pictures
        torch.manual_seed(settings.seed)
        self.nets = nn.ModuleDict({
            "night": generator(settings.width, settings.blocks), "day": generator(settings.width, settings.blocks),
            "judge_night": judge(settings.width), "judge_day": judge(settings.width),
        })  # fmt: skip
        for net in self.nets.values():
            for part in net.modules():
                if isinstance(part, nn.Conv2d):
                    nn.init.normal_(part.weight, 0.0, 0.02)
        made = [*self.nets["night"].parameters(), *self.nets["day"].parameters()]
        judges = [*self.nets["judge_night"].parameters(), *self.nets["judge_day"].parameters()]
        self.makers, self.judges = (
            torch.optim.Adam(part, settings.rate, betas=(0.5, 0.999)) for part in (made, judges)
        )
        self.memory: dict[str, list[Tensor]] = {"day": [], "night": []}
        self.step, self.spent = 0, 0.0
        self.losses: list[dict[str, float]] = []

    def learn(self) -> dict[str, float]:
        """One step of the generators, one of the judges; the draws depend on seed and number of the step alone."""
        settings = self.settings
        rng = np.random.default_rng([settings.seed, self.step])
        real = {kind: cropped(self.pictures[kind][0], settings.side, rng) for kind in ("day", "night")}
        made, losses = {}, {}
        total = torch.zeros(())
        for kind, other in (("night", "day"), ("day", "night")):
            made[kind] = self.nets[kind](real[other])
            losses[f"fool_{kind}"] = scored(self.nets[f"judge_{kind}"](made[kind]), True)
            losses[f"cycle_{other}"] = functional.l1_loss(self.nets[other](made[kind]), real[other])
            losses[f"same_{kind}"] = functional.l1_loss(self.nets[kind](real[kind]), real[kind])
            total = (
                total
                + losses[f"fool_{kind}"]
                + settings.cycle * losses[f"cycle_{other}"]
                + settings.same * losses[f"same_{kind}"]
            )
        self.makers.zero_grad(set_to_none=True)
        total.backward()
        self.makers.step()
        self.judges.zero_grad(set_to_none=True)
        for kind in ("night", "day"):
            shown = self._remembered(kind, made[kind].detach(), rng)
            marks = self.nets[f"judge_{kind}"]
            losses[f"judge_{kind}"] = 0.5 * (scored(marks(real[kind]), True) + scored(marks(shown), False))
            losses[f"judge_{kind}"].backward()
        self.judges.step()
        self.step += 1
        return {name: float(value.detach()) for name, value in losses.items()}

    def _remembered(self, kind: str, made: Tensor, rng: np.random.Generator) -> Tensor:
        """The picture just made, or half of the time an older one that gives up its place."""
        memory = self.memory[kind]
        if len(memory) < self.settings.kept:
            memory.append(made)
            return made
        if rng.random() < 0.5:
            return made
        place = int(rng.integers(len(memory)))
        older, memory[place] = memory[place], made
        return older

    def run(
        self,
        steps: int,
        seconds: float,
        stop: Callable[[], bool],
        folder: Path,
        clock: Callable[[], float] = time.process_time,
    ) -> None:
        """Learn until so many steps or seconds are done or until told to stop; a checkpoint at the end and now and then."""
        began, gathered = clock(), []
        while self.step < steps and self.spent < seconds and not stop():
            gathered.append(self.learn())
            now = clock()
            self.spent, began = self.spent + now - began, now
            if self.step % 100 == 0 or self.step >= steps:
                self.losses.append(
                    {
                        "step": self.step,
                        **{key: round(float(np.mean([one[key] for one in gathered])), 4) for key in gathered[0]},
                    }
                )
                gathered = []
                self.save(folder)
                print(json.dumps(self.losses[-1]), f"{self.spent:.0f} s", flush=True)
        self.save(folder)

    def save(self, folder: Path) -> None:
        """Everything, whole."""
        buffer = io.BytesIO()
        torch.save({
            "settings": asdict(self.settings), "nets": self.nets.state_dict(), "makers": self.makers.state_dict(),
            "judges": self.judges.state_dict(), "memory": self.memory, "step": self.step, "spent": self.spent, "losses": self.losses,
        }, buffer)  # fmt: skip
        write_through(folder / CHECKPOINT, buffer.getvalue())

    def resume(self, folder: Path) -> None:
        """Go on from the folder's checkpoint, if there is one of these settings; raises ValueError for one of others."""
        if not (folder / CHECKPOINT).is_file():
            return
        state = torch.load(folder / CHECKPOINT, weights_only=True)
        if state["settings"] != asdict(self.settings):
            raise ValueError(f"{folder} holds a training of other settings: take another folder")
        self.nets.load_state_dict(state["nets"])
        self.makers.load_state_dict(state["makers"])
        self.judges.load_state_dict(state["judges"])
        self.memory, self.step = state["memory"], state["step"]
        self.spent, self.losses = state["spent"], state["losses"]


# --- what came of it ---------------------------------------------------------------------------------------------


def colours(pictures: Pictures) -> Pictures:
    """(96,) shares: 32 steps of red, green and blue over all pixels."""
    return np.concatenate([np.histogram(pictures[..., band], 32, (0, 256))[0] for band in range(3)]) / (
        3 * pictures[..., 0].size
    )


def apart(one: Pictures, other: Pictures) -> float:
    """How unlike two sets are in their colours, 0 (alike) to 1: half the sum of differences of their shares."""
    return float(np.abs(colours(one) - colours(other)).sum() / 2)


def judged(training: Training) -> dict[str, Any]:
    """On held-out scenes: how near the made ones come to the other kind in colour, what comes home, what the judges say."""
    found: dict[str, Any] = {}
    training.nets.eval()
    with torch.inference_mode():
        for kind, other in (("night", "day"), ("day", "night")):
            real = torch.stack([tensor(one) for one in training.pictures[other][1]])
            wanted = training.pictures[kind][1]
            made = training.nets[kind](real)
            back = training.nets[other](made)
            found[f"{other}_to_{kind}"] = {
                "colours_before": round(apart(pixels(real), wanted), 4), "colours_after": round(apart(pixels(made), wanted), 4),
                "home": round(float((back - real).abs().mean()) / 2, 4),
                "changed": round(float((made - real).abs().mean()) / 2, 4),
                "marks_made": round(float(training.nets[f"judge_{kind}"](made).mean()), 3),
                "marks_real": round(float(training.nets[f"judge_{kind}"](torch.stack([tensor(one) for one in wanted])).mean()), 3),
            }  # fmt: skip
    training.nets.train()
    return found


def shown(training: Training, count: int = 4) -> Pictures:
    """Held-out scenes in rows: day, made night, home; night, made day, home."""
    columns = []
    training.nets.eval()
    with torch.inference_mode():
        for kind, other in (("night", "day"), ("day", "night")):
            real = torch.stack([tensor(one) for one in training.pictures[other][1][:count]])
            made = training.nets[kind](real)
            columns += [pixels(real), pixels(made), pixels(training.nets[other](made))]
    training.nets.train()
    rows = [
        np.hstack([np.pad(column[row], ((2, 2), (2, 2), (0, 0)), constant_values=255) for column in columns])
        for row in range(len(columns[0]))
    ]
    return np.vstack(rows)


def run_told(result: dict[str, Any]) -> str:
    """What the run was, and its losses."""
    settings, losses = result["settings"], result["losses"]
    picked = (
        [losses[index] for index in sorted({0, len(losses) // 4, len(losses) // 2, len(losses) - 1})] if losses else []
    )
    head = ["step", "fooling", "judging", "cycle", "same"]
    rows = [
        [
            str(row["step"]),
            *(f"{row[f'{kind}_day']:.2f} / {row[f'{kind}_night']:.2f}" for kind in ("fool", "judge", "cycle", "same")),
        ]
        for row in picked
    ]
    return (
        f"{result['steps']:,} steps of one crop of {settings['side']} pixels a heap, {result['minutes']:.1f} minutes of one core "
        f"({result['machine']['processor']}, torch {result['machine']['torch']}); {settings['scenes']} painted scenes a heap, "
        f"{max(1, settings['scenes'] // 3)} more held out. A generator has {result['parameters']['night']:,} numbers, a judge "
        f"{result['parameters']['judge_night']:,}. Losses before their weights, means of the last hundred steps, day / night:\n\n{table(head, rows)}"
    )


def judged_told(result: dict[str, Any]) -> str:
    """The figures on held-out scenes."""
    head = ["", "colours apart before", "after", "changed", "lost on the way home", "mark of made", "of real"]
    rows = [
        [
            name.replace("_", " "),
            *(
                f"{found[key]:.2f}"
                for key in ("colours_before", "colours_after", "changed", "home", "marks_made", "marks_real")
            ),
        ]
        for name, found in result["judged"].items()
    ]
    return (
        f"{table(head, rows)}\n\nColours apart: half the sum of differences of the shares of 32 steps a channel, between the pictures (before) or "
        "the made ones (after) and real ones of the other heap; 0 is alike, 1 without anything in common. Changed, and lost on the way home: "
        "mean difference of a channel, 0 to 1. Marks: 1 looks real to the judge, 0 made. No figure says whether a picture is good: look at it."
    )


MADE = {"run": run_told, "judged": judged_told}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", dest="folder", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=12.0, help="of processor time, all runs together")
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--scenes", type=int, default=Settings.scenes)
    parser.add_argument("--side", type=int, default=Settings.side)
    parser.add_argument("--publish", type=Path, metavar="STUDIES", help="write figures, text and picture there")
    given = parser.parse_args(arguments)
    stop = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
    torch.set_num_threads(1)
    given.folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(side=given.side, scenes=given.scenes)
    training = Training(settings, painted(given.folder, settings, settings.side * 5 // 4 // 4 * 4))
    training.resume(given.folder)
    training.run(given.steps, 60 * given.minutes, stop.is_set, given.folder)
    result = {
        "settings": asdict(settings), "steps": training.step, "minutes": round(training.spent / 60, 2), "losses": training.losses,
        "parameters": {name: sum(value.numel() for value in training.nets[name].parameters()) for name in ("night", "judge_night")},
        "judged": judged(training), "machine": {"processor": platform.machine(), "torch": torch.__version__},
    }  # fmt: skip
    write_through(given.folder / RESULT, json.dumps(result).encode())
    buffer = io.BytesIO()
    Pillow.fromarray(shown(training)).save(buffer, "JPEG", quality=88)
    write_through(given.folder / "shown.jpg", buffer.getvalue())
    if given.publish:
        write_through(given.publish / "cyclegan.json", (json.dumps(result, indent=1) + "\n").encode())
        write_through(given.publish / "pictures" / "cyclegan.jpg", buffer.getvalue())
        text = given.publish / "cyclegan.md"
        write_through(text, filled(text.read_text("utf-8"), MADE, result).encode())
    print(json.dumps(result["judged"], indent=1))


if __name__ == "__main__":
    main()
