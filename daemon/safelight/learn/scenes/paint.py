"""paint(scene) -> a photograph that never was, with the exact truth about it.

Layers are drawn apart (world, focused things, things before them), so that a pan sweeps only the world and masks
know what hides what. A mask is True where more than half of the finished pixel shows the concept, after blur.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from safelight.learn.scenes.compiled import Bools, Bytes, Doubles, Floats, Ints
from safelight.learn.scenes.effects import Puff, beams, rain, vapour
from safelight.learn.scenes.lens import defocus, develop, sweep
from safelight.learn.scenes.mesh import CONCEPTS, FOCUS, FRONT, WORLD, Stage
from safelight.learn.scenes.rejects import KINDS
from safelight.learn.scenes.render import Layer, Renderer, extents
from safelight.learn.scenes.shot import Scene, Shot
from safelight.model.signals import Box, ClassName

MASKS: tuple[str, ...] = ("car", "person", "face", "advertising", "sign", "road", "sky", "vegetation", "building")


@dataclass(frozen=True)
class Word:
    """A word on a board: where it stands (shares, see Box), share of it in sight, height of its letters in pixels."""

    box: Box
    visible: float
    letters: float
    blur: float

    @property
    def legible(self) -> bool:
        """Whether somebody could read it: most of it in sight, not tiny, not swept away."""
        return self.visible >= 0.88 and self.letters >= 9 and self.blur <= 0.45 * self.letters


@dataclass(frozen=True)
class Painted:
    """image (h, w, 3) uint8 sRGB; masks by concept (h, w) bool; jpeg: the bytes that decode to `image`."""

    image: Bytes
    masks: dict[str, Bools]
    verdict: ClassName
    boxes: tuple[Box, ...]
    words: tuple[Word, ...]
    jpeg: bytes = field(repr=False, default=b"")

    @property
    def texts(self) -> tuple[str, ...]:
        """The legible words."""
        return tuple(word.box.text for word in self.words if word.legible)


def paint(scene: Scene, size: tuple[int, int] = (1600, 1067), seed: int = 0, *, without: str = "") -> Painted:
    """Paint a scene at (width, height). Same arguments, same bytes. Raises KeyError for an unknown kind.

    `without` leaves out the things of one concept (car, person, sign): the same picture had they not been there.
    """
    width, height = size
    stage = Stage()
    rng = np.random.default_rng([seed, scene.variant, list(KINDS).index(scene.kind)])
    shot = KINDS[scene.kind](stage, rng, scene.variant)
    if without:
        _leave_out(stage, without)
    sky = shot.light.row(seed + scene.variant * 13, shot.trees)
    renderer = Renderer(stage, shot.camera, sky, shot.track.row(seed + scene.variant * 7), width, height)
    world, focus, front = renderer.draw(WORLD, with_sky=True), renderer.draw(FOCUS, fine=3), renderer.draw(FRONT)
    unit = width / 1600
    light = _compose(shot, renderer, (world, focus, front), unit, seed)
    image, data = develop(light, shot.light, seed + scene.variant, shot.quality)
    masks = _masks(shot, (world, focus, front), unit)
    part = np.where(front.cover >= 0.5, front.part, np.where(focus.cover >= 0.5, focus.part, world.part))
    boxes = _boxes(stage, part, width, height)
    words = _words(stage, renderer, part, shot, unit)
    return Painted(image, masks, shot.verdict, boxes, words, data)


def _leave_out(stage: Stage, concept: str) -> None:
    for number, look in enumerate(stage.looks):
        if look.concept == concept or (concept == "person" and look.concept == "face"):
            stage.layers[number] = -1


def _world_blur(picture: Floats, layer: Layer, shot: Shot, unit: float) -> Floats:
    return sweep(defocus(picture, layer.depth, shot.focus, shot.depth * unit), shot.pan * unit)


def _compose(shot: Shot, renderer: Renderer, layers: tuple[Layer, Layer, Layer], unit: float, seed: int) -> Floats:
    world, focus, front = layers
    image = _world_blur(world.colour, world, shot, unit)
    image *= cv2.GaussianBlur(world.lit, (0, 0), 0.8)[..., None]
    if shot.light.wet > 0:
        seen = renderer.draw(WORLD, with_sky=True, mirror=True, fine=1).colour
        seen = cv2.GaussianBlur(cv2.blur(seen, (1 | round(5 * unit), 1 | round(26 * unit))), (0, 0), 2 * unit)
        share = np.minimum(world.mirror * 2.2, 0.85)[..., None]
        image = image * (1 - share) + np.minimum(seen, 8.0) * share
    image = _mist(image, [p for p in shot.puffs if not p.near], renderer, seed)
    image = image * (1 - focus.cover[..., None]) + focus.colour
    image = _mist(image, [p for p in shot.puffs if p.near], renderer, seed + 1)
    if front.cover.any():
        soft = 1.2 * unit if shot.pan else 0.6 * unit
        cover = cv2.GaussianBlur(front.cover, (0, 0), soft)
        image = image * (1 - cover[..., None]) + cv2.GaussianBlur(front.colour, (0, 0), soft)
    if shot.beams:
        image = beams(image, shot.beams, seed)
    if shot.rain:
        image = rain(image, seed, shot.rain)
    return sweep(image, shot.shake * unit, shot.shake_angle)


def _mist(image: Floats, puffs: list[Puff], renderer: Renderer, seed: int) -> Floats:
    if not puffs:
        return image
    width, height = renderer.width, renderer.height
    focal = renderer.camera.focal(width)
    placed = []
    for puff in puffs:
        x, y, depth = renderer.screen(np.array([puff.at], np.float64))[0]
        if depth > 0.3:
            placed.append((float(x), float(y), puff.radius * focal / float(depth), puff))
    colour, cover = vapour(placed, width, height, seed)
    return np.asarray(image * (1 - cover[..., None]) + colour, np.float32)


def _masks(shot: Shot, layers: tuple[Layer, Layer, Layer], unit: float) -> dict[str, Bools]:
    _world, focus, front = layers
    masks: dict[str, Bools] = {}
    for name in MASKS:
        numbers = [CONCEPTS.index(name)] + ([CONCEPTS.index("face")] if name == "person" else [])
        share = [sum(layer.counts[k].astype(np.float32) for k in numbers) / layer.samples for layer in layers]
        total = np.asarray(share[0], np.float32)
        if total.any():
            # depth blur is even to both sides of a border and leaves it where it is; a pan does not
            total = sweep(total, shot.pan * unit)
        total = (total * (1 - focus.cover) + share[1]) * (1 - front.cover) + share[2]
        masks[name] = sweep(np.asarray(total, np.float32), shot.shake * unit, shot.shake_angle) > 0.5
    return masks


def _boxes(stage: Stage, part: Ints, width: int, height: int) -> tuple[Box, ...]:
    """A box for every thing and board of which at least 30 pixels are in sight, largest first."""
    groups: dict[tuple[str, int], list[int]] = {}
    for number, look in enumerate(stage.looks):
        if stage.layers[number] < 0:
            continue
        if look.concept in {"car", "person", "face", "sign"} and stage.owners[number] > 0:
            groups.setdefault((look.concept, stage.owners[number]), []).append(number)
            if look.concept == "face":
                groups.setdefault(("person", stage.owners[number]), []).append(number)
        elif look.concept == "advertising":
            groups.setdefault((look.concept, -number), []).append(number)
    text = {number: word for word, number, _ in stage.words}
    lookup = np.zeros((len(stage.looks), 5), np.int32)
    extents(np.ascontiguousarray(part, np.int32), lookup)
    found: list[tuple[int, Box]] = []
    for (concept, owner), numbers in groups.items():
        rows = lookup[numbers]
        rows = rows[rows[:, 4] > 0]
        if not len(rows) or rows[:, 4].sum() < 30:
            continue
        left, top, right, bottom = rows[:, 0].min(), rows[:, 1].min(), rows[:, 2].max() + 1, rows[:, 3].max() + 1
        box = Box(concept, left / width, top / height, right / width, bottom / height, 1.0, text.get(-owner, ""))
        found.append((int(rows[:, 4].sum()), box))
    return tuple(box for _, box in sorted(found, key=lambda pair: -pair[0]))


def _words(stage: Stage, renderer: Renderer, part: Ints, shot: Shot, unit: float) -> tuple[Word, ...]:
    height, width = part.shape
    words: list[Word] = []
    for text, number, _ in stage.words:
        corners = renderer.screen(_rim(stage, number))
        if (corners[:, 2] <= 0.3).any():
            continue
        outline = corners[:, :2].astype(np.float32)
        area = float(cv2.contourArea(outline))
        seen = int((part == number).sum())
        left, top = np.clip(outline.min(axis=0), 0, (width, height))
        right, bottom = np.clip(outline.max(axis=0), 0, (width, height))
        if area < 1 or seen < 20:
            continue
        tall = float(np.linalg.norm(outline[0] - outline[-1]))
        box = Box(
            "advertising",
            float(left) / width,
            float(top) / height,
            float(right) / width,
            float(bottom) / height,
            1.0,
            text,
        )
        words.append(Word(box, min(1.0, seen / area), tall * 0.46, max(shot.pan, shot.shake) * unit))
    return tuple(words)


def _rim(stage: Stage, number: int) -> Doubles:
    """The border of a ribbon or a quad in order around it (n, 3)."""
    points, inner = stage.shapes[number].points, stage.shapes[number].inner
    upper = points[inner[:, 1] < 0.5]
    lower = points[inner[:, 1] >= 0.5]
    return np.concatenate([upper, lower[::-1]])
