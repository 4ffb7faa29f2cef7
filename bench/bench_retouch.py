"""Retouching measured: masks against known truth, fills by what they leave and what they imitate.

    python bench/bench_retouch.py [--scenes N] [--shared ../shared] [--sheet FOLDER] [--only TEXT] [--gallery docs/gallery]

Painted scenes, and (with --shared) painted boards and people set into photos of `ok` that show none, so that the truth is
known. Per mask: IoU, precision. Per fill, on the true mask: fine texture as a multiple of the material's (`neutral`
board: the board's own ground; walls and grounds: the photo's), share of strings still read, share of board colour left,
pixels changed outside, and which measures fail (see retouch_measures); elapsed time in multiples of a matrix product
(see unit.py) and peak memory in multiples of the picture's float32 size, both in a child process of its own. `--sheet`
writes index.html with the ten worst first. `--gallery` writes retouch.md and its pictures from painted scenes alone.
"""

from __future__ import annotations

import argparse
import html
import multiprocessing
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from retouch_measures import Figures, around, figures, flat, overlap, readable
from unit import unit

from safelight.learn.scenes import Scene, paint
from safelight.model.errors import StageError
from safelight.stages import catalog, ocr
from safelight.stages.base import Image, Inpainter, Masker
from safelight.stages.inpaint.patches import ground
from safelight.stages.prompts import prompt_class

SIZE = (1600, 1067)
KINDS = ("boards", "pits", "panned", "marshals", "sign")
MASKS = {"advertising": "boards", "person": "unet", "sign": "unet"}
FILLS = (("neutral", "wall"), ("neutral", "board"), ("texture", "road"), ("texture", "grass"), ("patches", "wall"))
CLEAN = ("308tcr.jpg", "911gt3r.jpg", "fegen3.jpg", "Pluie 3.jpg", "2016_car_2.JPG")
"""Photos of `ok` without a board, without people on foot."""
GALLERY = (("boards", 0, "neutral", "wall"), ("boards", 1, "neutral", "board"), ("boards", 2, "patches", "wall"))


@dataclass(frozen=True)
class Case:
    """A picture and where its thing of one concept truly is."""

    name: str
    image: Image
    concept: str
    truth: np.ndarray


@dataclass(frozen=True)
class Row:
    """One fill of one case."""

    name: str
    figures: Figures
    elapsed: float
    memory: float
    pictures: tuple[Image, np.ndarray, Image]

    def text(self) -> str:
        """One line."""
        shown, found = self.figures, self.figures.failures()
        told = [
            "texture -" if shown.texture is None else f"texture {shown.texture:.2f}",
            "strings -" if shown.strings is None else f"strings {100 * shown.strings:.0f} %",
            "colour stays" if shown.colour is None else f"colour {100 * shown.colour:.1f} %",
            f"outside {shown.outside}",
            f"time {self.elapsed:.1f} units, memory {self.memory:.1f} pictures",
        ]
        return f"{self.name:34} {'  '.join(told)}  {'fails ' + ', '.join(found) if found else 'passes'}"

    def badness(self) -> float:
        """Larger is worse: failed measures first, then how far texture is off."""
        off = 0.0 if self.figures.texture is None else abs(float(np.log(max(self.figures.texture, 0.01))))
        return 10 * len(self.figures.failures()) + off


def cases(scenes: int, shared: Path | None) -> Iterator[Case]:
    """Painted scenes; then painted things set into clean photos."""
    for variant in range(scenes):
        for kind in KINDS:
            scene = paint(Scene(kind, variant), SIZE)
            before = scene.masks["car"] | scene.masks["person"]
            for concept in MASKS:
                truth = scene.masks[concept] & ~before if concept == "advertising" else scene.masks[concept]
                if truth.mean() > 0.002:
                    yield Case(f"{kind} {variant} {concept}", scene.image, concept, truth)
    for index, name in enumerate(CLEAN if shared else ()):
        yield from pasted(name, index, shared)


def pasted(name: str, index: int, shared: Path | None) -> Iterator[Case]:
    """Boards and people of a painted scene set into a photo, where they stand in the scene; none without the photo."""
    path = Path(shared or ".") / "photos" / "ok" / name
    if not path.is_file():
        return
    photo = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    photo = cv2.resize(photo, SIZE, interpolation=cv2.INTER_AREA)
    for kind, concept in (("boards", "advertising"), ("marshals", "person")):
        scene = paint(Scene(kind, index), SIZE)
        truth = scene.masks[concept] & ~scene.masks["car"]
        soft = cv2.GaussianBlur(truth.astype(np.float32), (0, 0), 0.7)[..., None]
        mixed = np.rint(scene.image * soft + photo * (1 - soft)).astype(np.uint8)
        yield Case(f"{Path(name).stem} + {concept}", np.ascontiguousarray(mixed), concept, truth)


def strings(image: Image, mask: np.ndarray) -> int:
    return readable(((line.text, line.centre) for line in ocr.read(image)), mask)


def _child(pipe: object, backend: Inpainter, case: Case, prompt: str) -> None:
    """In a process of its own: the fill, the seconds it took and by how many bytes it made memory grow."""
    before = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    started = time.perf_counter()
    try:
        answer: object = backend.inpaint(case.image, case.truth.astype(np.float32), prompt, 7)
    except StageError as error:
        answer = error.say("en")
    taken = time.perf_counter() - started
    peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pipe.send((answer, taken, max(0, peak - before)))


def row(case: Case, engine: str, prompt: str, one: float) -> Row | str:
    """The fill on the true mask, or why the engine refused."""
    backend = catalog.load("inpaint", engine)
    assert isinstance(backend, Inpainter)
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    child = context.Process(target=_child, args=(theirs, backend, case, prompt))
    child.start()
    answer, taken, grown = ours.recv()
    child.join()
    if isinstance(answer, str):
        return answer
    result, wide = answer
    kind = prompt_class(prompt)
    material = flat(case.image, case.truth)
    if kind != "board":
        material = ground(case.image, around(case.truth, 12), kind or "wall")
    read = strings(case.image, case.truth), strings(result, case.truth)
    found = figures(case.image, result, (case.truth, wide >= 0.5), material, read)
    found = replace(found, colour=None) if kind == "board" else found
    name = f"{case.name} {engine} {prompt}"
    return Row(name, found, taken / one, grown / (4 * case.image.size), (case.image, case.truth, result))


def marked(image: Image, mask: np.ndarray) -> Image:
    """The mask in violet with a white rim."""
    shown = image.copy()
    shown[mask] = (0.45 * shown[mask] + 0.55 * np.array([190, 40, 220])).astype(np.uint8)
    shown[mask & (cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0)] = 255
    return shown


def save(image: Image, path: Path, width: int, quality: int = 82) -> None:
    height = round(image.shape[0] * width / image.shape[1])
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])


def sheet(rows: list[Row], folder: Path) -> None:
    """index.html, the worst first; the ten worst large."""
    parts = ["<meta charset=utf-8><title>Retouching</title><style>body{font:15px sans-serif}img{max-width:32%}</style>"]
    for rank, item in enumerate(sorted(rows, key=Row.badness, reverse=True)):
        parts.append("<h2>The ten worst</h2>" if rank == 0 else "<h2>The others</h2>" if rank == 10 else "")
        parts.append(f"<p>{html.escape(item.text())}</p>")
        image, mask, result = item.pictures
        for label, picture in (("before", image), ("mask", marked(image, mask)), ("after", result)):
            save(picture, folder / f"{rank:03}-{label}.jpg", 800 if rank < 10 else 400)
            parts.append(f'<img src="{rank:03}-{label}.jpg" alt="{label}">')
    (folder / "index.html").write_text("\n".join(parts), encoding="utf-8")


def gallery(folder: Path) -> None:
    """retouch.md with before, mask found and after, of painted scenes."""
    lines = ["# Retouching: before, mask, after", ""]
    lines += ["Painted scenes of the sample event; masks found by Safelight itself. Made by `make gallery`.", ""]
    for number, (kind, variant, engine, prompt) in enumerate(GALLERY):
        image = paint(Scene(kind, variant), SIZE).image
        masker, painter = catalog.load("mask", "boards"), catalog.load("inpaint", engine)
        assert isinstance(masker, Masker)
        assert isinstance(painter, Inpainter)
        found = masker.mask(image, "advertising")
        result, _ = painter.inpaint(image, found.mask, prompt, 7)
        doubt = f"; the mask is doubtful ({found.doubt}), so a person would be asked first" if found.doubt else ""
        lines += [f"## `mask: advertising`, `with: {prompt}` ({engine})", ""]
        lines += [f"{100 * float((found.mask >= 0.5).mean()):.0f} % of the picture{doubt}.", ""]
        for label, picture in (("before", image), ("mask", marked(image, found.mask >= 0.5)), ("after", result)):
            save(picture, folder / "retouch" / f"{number}-{label}.jpg", 800, 78)
            lines.append(f"![{label}](retouch/{number}-{label}.jpg)")
        lines.append("")
    (folder / "retouch.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=2)
    parser.add_argument("--shared", type=Path)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--only", default="", help="part of `<case> <engine> <prompt>`")
    parser.add_argument("--gallery", type=Path)
    given = parser.parse_args()
    if given.gallery:
        return gallery(given.gallery)
    rows, one = [], unit()
    for case in cases(given.scenes, given.shared):
        masker = catalog.load("mask", MASKS[case.concept])
        assert isinstance(masker, Masker)
        fills = [pair for pair in FILLS if given.only in f"{case.name} {' '.join(pair)}"]
        if not fills:
            continue
        found = masker.mask(case.image, case.concept)
        iou, precision, recall = overlap(found.mask >= 0.5, case.truth)
        told = f"mask IoU {iou:.2f}, precision {precision:.2f}, recall {recall:.2f}, doubt {found.doubt or '-'}"
        print(f"{case.name:34} {told}", flush=True)
        for engine, prompt in fills if case.concept == "advertising" else fills[-1:]:
            item = row(case, engine, prompt, one)
            print(
                f"{case.name} {engine} {prompt}: refused: {item}" if isinstance(item, str) else item.text(), flush=True
            )
            rows += [item] if isinstance(item, Row) else []
    print(f"{len(rows)} fills, {sum(not item.figures.failures() for item in rows)} of them pass")
    if given.sheet:
        sheet(rows, given.sheet)
    return None


if __name__ == "__main__":
    main()
