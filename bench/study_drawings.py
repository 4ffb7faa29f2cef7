"""The drawings of docs/studies/segmentation.md: two networks as they are built, and painted scenes to look at.

    python bench/study_drawings.py [--out docs/studies/pictures] [--weights segmenter.safetensors]

Channels and learnt numbers in the drawings are read off the networks, never typed. With `--weights` (a network of the eight
road classes) its answers to painted scenes it never saw are drawn as well. No photograph goes into any picture.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from html import escape
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import nn

from safelight.learn.data.augment import NAMES, augment, draws
from safelight.learn.data.base import VOID, Classes
from safelight.learn.data.painted import PaintedScenes
from safelight.learn.data.sets import PAINTED, ROAD_CLASSES
from safelight.learn.segment.feed import recipe
from safelight.learn.segment.settings import Settings
from safelight.stages.networks.segmenters import build, parameters
from safelight.stages.networks.segmenters.files import load
from safelight.stages.networks.segmenters.predict import labels as answer

INK, GREY, RULE, PALE, ACCENT = "#1a1a1a", "#66635d", "#bdb9b1", "#f4f2ee", "#a63d24"
FACE = "Album Lato, Lato, Helvetica, Arial, sans-serif"
WIDE, TALL, ACROSS, DOWN = 170, 62, 40, 40
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Box:
    """A part of a network: which modules, its name, and where it stands (column, level of halving)."""

    modules: tuple[str, ...]
    name: str
    column: int
    level: int


RESIDUAL = (
    Box(("stem",), "3 × 3, step 2", 0, 1), Box(("quarter",), "step 2, 2 residual blocks", 0, 2),
    Box(("eighth",), "step 2, 3 residual blocks", 0, 3), Box(("last",), "step 2, 3 dilated blocks", 0, 4),
    Box(("context",), "pooled context 1 2 4", 1, 4), Box(("up.0",), "enlarge, add, 3 × 3", 2, 3),
    Box(("up.1",), "enlarge, add, 3 × 3", 2, 2), Box(("up.2",), "enlarge, add, 3 × 3", 2, 1),
    Box(("head",), "1 × 1: classes", 3, 1), Box(("aside",), "1 × 1: only in training", 3, 3),
)  # fmt: skip
SQUEEZE = (
    Box(("encoder.0", "encoder.1"), "3 × 3, step 2", 0, 1), Box(("encoder.3", "encoder.4"), "pool, 2 fire modules", 0, 2),
    Box(("encoder.6", "encoder.7"), "pool, 2 fire modules", 0, 3),
    Box(("encoder.9", "encoder.10", "encoder.11", "encoder.12"), "pool, 4 fire modules", 0, 4),
    Box(("context",), "pooled context 1 2 4", 1, 4), Box(("up.0",), "enlarge, stack, 3 × 3", 2, 3),
    Box(("up.1",), "enlarge, stack, 3 × 3", 2, 2), Box(("up.2",), "enlarge, stack, 3 × 3", 2, 1),
    Box(("head",), "1 × 1: classes", 3, 1), Box(("aside",), "1 × 1: only in training", 3, 3),
)  # fmt: skip


def measured(net: nn.Module, boxes: tuple[Box, ...]) -> list[tuple[int, int]]:
    """(channels that come out, learnt numbers) of every box, from one pass through the network."""
    modules = dict(net.named_modules())
    channels: dict[str, int] = {}
    for box in boxes:
        name = box.modules[-1]
        modules[name].register_forward_hook(lambda _m, _i, out, name=name: channels.update({name: int(out.shape[1])}))
    net.train()
    with torch.no_grad():
        net.heads(torch.rand(2, 3, 64, 64))  # type: ignore[operator]
    return [
        (channels[box.modules[-1]], sum(parameters(modules[name]) for name in box.modules)) for box in boxes
    ]  # fmt: skip


def network(title: str, net: nn.Module, boxes: tuple[Box, ...]) -> str:
    """A network as SVG: the levels of halving from above, encoder at the left, decoder at the right."""
    figures = measured(net, boxes)
    left, top = 92, 66
    width, height = left + 4 * WIDE + 3 * ACROSS + 16, top + 5 * TALL + 4 * DOWN + 12

    def corner(box: Box) -> tuple[int, int]:
        return left + box.column * (WIDE + ACROSS), top + box.level * (TALL + DOWN)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{FACE}">',
        f'<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{GREY}"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>', _text(16, 30, title, 18, INK),
    ]  # fmt: skip
    for level in range(5):
        y = top + level * (TALL + DOWN) + TALL / 2
        parts.append(_text(16, y + 5, "picture" if not level else f"1/{2**level}", 14, GREY))
    frame = {"in": (left, top), "out": (left + 3 * (WIDE + ACROSS), top)}
    parts += [
        _box(*frame["in"], "the picture", "3 channels", PALE),
        _box(*frame["out"], "the answer", "enlarged", PALE),
    ]
    for box, (channels, learnt) in zip(boxes, figures, strict=True):
        told = f"{channels} channels, {learnt / 1e3:.1f} k"
        parts.append(_box(*corner(box), box.name, told, "#ffffff", dashed=box.modules == ("aside",)))
    at = {(box.column, box.level): corner(box) for box in boxes} | {(0, 0): frame["in"], (3, 0): frame["out"]}
    parts += [_arrow(*_below(at[0, level]), *_above(at[0, level + 1])) for level in range(4)]
    parts += [_arrow(*_right(at[0, 4]), *_left(at[1, 4])), _elbow(at[1, 4], at[2, 3])]
    parts += [_arrow(*_above(at[2, level]), *_below(at[2, level - 1])) for level in (3, 2)]
    parts += [_arrow(*_right(at[0, level]), *_left(at[2, level]), dashed=True) for level in (1, 2, 3)]
    parts += [_arrow(*_right(at[2, box.level]), *_left(corner(box))) for box in boxes if box.column == 3]
    parts += [_arrow(*_above(at[3, 1]), *_below(at[3, 0])), "</svg>"]
    return "\n".join(parts)


def _text(x: float, y: float, words: str, size: int, colour: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'


def _box(x: int, y: int, name: str, told: str, fill: str, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f'<rect x="{x}" y="{y}" width="{WIDE}" height="{TALL}" rx="3" fill="{fill}" stroke="{RULE}" stroke-width="1.3"{dash}/>'
        + _text(x + WIDE / 2, y + 26, name, 13, INK, "middle") + _text(x + WIDE / 2, y + 46, told, 12, ACCENT, "middle")
    )  # fmt: skip


def _arrow(x: float, y: float, to_x: float, to_y: float, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="2 4"' if dashed else ""
    return f'<path d="M{x} {y} L{to_x} {to_y}" stroke="{GREY}" stroke-width="1.4" fill="none" marker-end="url(#tip)"{dash}/>'


def _elbow(source: tuple[int, int], target: tuple[int, int]) -> str:
    x, y = _right(source)
    to_x, to_y = _below(target)
    return f'<path d="M{x} {y} L{to_x} {y} L{to_x} {to_y}" stroke="{GREY}" stroke-width="1.4" fill="none" marker-end="url(#tip)"/>'


def _below(at: tuple[int, int]) -> tuple[float, float]:
    return at[0] + WIDE / 2, at[1] + TALL


def _above(at: tuple[int, int]) -> tuple[float, float]:
    return at[0] + WIDE / 2, at[1]


def _right(at: tuple[int, int]) -> tuple[float, float]:
    return at[0] + WIDE, at[1] + TALL / 2


def _left(at: tuple[int, int]) -> tuple[float, float]:
    return at[0], at[1] + TALL / 2


# --- painted scenes ----------------------------------------------------------------------------------------------


def sheet(rows: list[list[tuple[str, Pixels]]], path: Path, classes: Classes | None = None) -> None:
    """Tiles of one size with a word below each, as one JPEG; at the bottom what the colours of `classes` mean."""
    tall, wide = rows[0][0][1].shape[:2]
    strip, gap = 24, 8
    across, down = len(rows[0]), len(rows)
    foot = 28 if classes else 0
    page = Image.new("RGB", (across * (wide + gap) - gap, down * (tall + strip + gap) - gap + foot), (255, 255, 255))
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(15)
    for line, row in enumerate(rows):
        for place, (words, pixels) in enumerate(row):
            x, y = place * (wide + gap), line * (tall + strip + gap)
            page.paste(Image.fromarray(pixels), (x, y))
            pen.text((x, y + tall + 3), words, (60, 60, 60), font)
    x = 0
    for name, colour in zip(classes.names, classes.colours, strict=True) if classes else ():
        pen.rectangle((x, page.height - 18, x + 16, page.height - 4), colour)
        pen.text((x + 22, page.height - 20), name, (60, 60, 60), font)
        x += 22 + round(font.getlength(name)) + 18
    page.save(path, "JPEG", quality=84, optimize=True)


def augmentations(scenes: PaintedScenes, path: Path, sample: str = "headon-40") -> None:
    """One scene as it is and under each augmentation alone, at the strength of `strong`."""
    image, labels = scenes.image(sample), scenes.labels(sample)
    tiles = [("as it is", image)]
    for name in NAMES:
        settings = Settings(size=image.shape[:2], augment=name)
        tiles.append((name, _strongest(image, labels, settings)))
    sheet([tiles[:5], tiles[5:]], path)


def _strongest(image: Pixels, labels: Pixels, settings: Settings) -> Pixels:
    """Of some draws the one that changes most: what happens to a fifth of the pictures must be seen here."""
    found = [augment(image, labels, recipe(settings), draws(7, epoch, "x"))[0] for epoch in range(24)]
    return max(found, key=lambda drawn: float(np.abs(drawn.astype(int) - image).mean()))


def scenes_and_labels(scenes: PaintedScenes, path: Path) -> None:
    """Scenes beside what the painter says they show."""
    kinds = ("panned-40", "night-40", "rain-40", "spectators-40")
    sheet(
        [
            [(name.partition("-")[0], scenes.image(name)) for name in kinds],
            [("its labels", scenes.classes.paint(scenes.labels(name))) for name in kinds],
        ],
        path,
        scenes.classes,
    )


def errors(scenes: PaintedScenes, weights: Path, path: Path) -> None:
    """Scenes, what they show in the network's classes, and its answer. White: several classes are right, or none known."""
    loaded = load(weights)
    ours = ROAD_CLASSES
    table = np.full(256, VOID, np.uint8)
    for index, name in enumerate(scenes.classes.names):
        meant = PAINTED.get(name, ())
        table[index] = ours.index(meant[0]) if len(meant) == 1 else VOID
    rows = []
    for kind in ("kerb-40", "pits-40", "night-40", "marshals-40"):
        image, truth = scenes.image(kind), table[scenes.labels(kind)]
        said = answer(loaded.net, image, loaded.about.longest)
        shown = np.array([ours.index(name) for name in loaded.about.classes], np.uint8)[said]
        right = float((shown == truth)[truth != VOID].mean())
        rows.append([
            (kind.partition("-")[0], image), ("its labels", _white(ours.paint(truth), truth)),
            (f"the answer: {right:.0%} of the pixels right", ours.paint(shown)),
        ])  # fmt: skip
    sheet(rows, path, ours)


def _white(painted: Pixels, truth: Pixels) -> Pixels:
    painted[truth == VOID] = 255
    return painted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "docs" / "studies" / "pictures")
    parser.add_argument("--weights", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    given.out.mkdir(parents=True, exist_ok=True)
    for name, classes, width, boxes in (("residual", 11, 0, RESIDUAL), ("squeeze", 8, 32, SQUEEZE)):
        net = build(name, classes, width)
        title = f"{name}: {parameters(net) / 1e6:.2f} million learnt numbers, {classes} classes"
        (given.out / f"{name}.svg").write_text(network(title, net, boxes), "utf-8")
    with tempfile.TemporaryDirectory() as held:
        scenes = PaintedScenes(Path(held), 1, (288, 192), first=40)
        augmentations(scenes, given.out / "augmentations.jpg")
        scenes_and_labels(scenes, given.out / "scenes.jpg")
        if given.weights:
            errors(scenes, given.weights, given.out / "errors.jpg")


if __name__ == "__main__":
    main()
