"""How long painting and patch filling take, as multiples of a fixed matrix product in the same run.

    python bench/bench_stylize.py [PHOTO STYLE]

Without arguments a drawn picture and drawn strokes. `elapsed` is the ratio of elapsed times, `work` that of processor
times (it suffers less from others on the machine). Seconds stand beside the unit only. The unit is measured anew
beside each job; compiled code is already loaded.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import cv2
import numpy as np

from safelight.stages.base import Image, Painting
from safelight.stages.inpaint.patches import Patches as Filler
from safelight.stages.patches.compile import warm
from safelight.stages.stylize.brush import Brush
from safelight.stages.stylize.patches import Patches as Painter

LONGEST = 1600


def taken(work: Callable[[], object], rounds: int = 3) -> np.ndarray:
    """(elapsed, processor) seconds of the quickest of some rounds, each the least of its kind."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter(), time.process_time()
        work()
        times.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
    return np.min(times, axis=0)


def drawn(height: int, width: int, seed: int, shapes: int, size: int) -> Image:
    """Rectangles and lines of many colours over a soft ground."""
    rng = np.random.default_rng(seed)
    picture = np.linspace(200, 60, height)[:, None, None].repeat(width, 1).repeat(3, 2).astype(np.uint8)
    for _ in range(shapes):
        y, x = int(rng.integers(height)), int(rng.integers(width))
        dy, dx = (int(v) for v in rng.integers(-size, size + 1, 2))
        colour = tuple(int(v) for v in rng.integers(0, 256, 3))
        cv2.line(picture, (x, y), (x + dx, y + dy), colour, max(2, size // 6))
    return np.clip(picture + rng.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)


def read(path: str, longest: int) -> Image:
    """A picture file, reduced to so many pixels on its longest side."""
    image = cv2.cvtColor(cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    factor = longest / max(image.shape[:2])
    return image if factor >= 1 else cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def main() -> None:
    if len(sys.argv) == 3:
        photo, style = read(sys.argv[1], LONGEST), read(sys.argv[2], 4000)
    else:
        photo, style = drawn(1067, 1600, 1, 60, 300), drawn(640, 1024, 2, 9000, 14)
    mask = np.zeros(photo.shape[:2], np.float32)
    mask[photo.shape[0] * 2 // 5 : photo.shape[0] * 11 // 20, : photo.shape[1] * 4 // 5] = 1
    factor = np.random.default_rng(0).random((2000, 2000), np.float32)
    jobs: dict[str, Callable[[], object]] = {
        "stylize patches": lambda: Painter().stylize(photo, Painting(style), 1),
        "stylize brush": lambda: Brush().stylize(photo, Painting(style), 1),
        f"inpaint patches, {mask.mean():.0%} hole": lambda: Filler().inpaint(photo, mask, "nothing", 1),
    }
    warm()
    print(f"picture {photo.shape[1]} x {photo.shape[0]}; multiples of a 2000 x 2000 float32 matrix product")
    print(f"{'':28} {'elapsed':>8} {'work':>8}   unit")
    for name, job in jobs.items():
        unit = taken(lambda: factor @ factor, 5)
        ratio = taken(job) / unit
        print(f"{name:28} {ratio[0]:8.1f} {ratio[1]:8.1f}   {unit[0]:.3f} s", flush=True)


if __name__ == "__main__":
    main()
