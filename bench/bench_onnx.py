"""A segmentation network in torch and as an ONNX file: what an answer costs in each, as a ratio.

    python bench/bench_onnx.py [FILE.safetensors …] [--rounds N]

One thread each, a picture of 240 x 320, in turn so that both have the same machine; medians. Without files: every
architecture with random numbers. Also the largest difference of a chance on random pictures.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from safelight.stages.networks.segmenters import ARCHITECTURES, build
from safelight.stages.networks.segmenters.exporting import export, session_of
from safelight.stages.networks.segmenters.files import About, Loaded, load

SIZE, CLASSES = (240, 320), 11


def networks(files: list[Path]) -> Iterator[tuple[str, Loaded]]:
    for file in files:
        yield file.name, load(file)
    for name in () if files else ARCHITECTURES:
        torch.manual_seed(1)
        net = build(name, CLASSES).eval()
        yield name, Loaded(net, About(name, 1, tuple(map(str, range(CLASSES))), ((0, 0, 0),) * CLASSES, 0), "")


def seconds(data: bytes, loaded: Loaded, rounds: int) -> tuple[float, float]:
    picture = np.random.default_rng(2).random((1, 3, *SIZE), np.float32)
    given = torch.from_numpy(picture).contiguous(memory_format=torch.channels_last)
    session = session_of(data)
    ours, theirs = [], []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        with torch.inference_mode():
            functional.softmax(loaded.net(given), 1)
        middle = time.perf_counter()
        session.run(None, {"picture": picture})
        ours.append(middle - begun)
        theirs.append(time.perf_counter() - middle)
    return statistics.median(ours[1:]), statistics.median(theirs[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{'network':<24}{'torch':>10}{'onnx':>10}{'torch/onnx':>12}{'difference':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for name, loaded in networks(given.files):
            made = export(loaded, Path(folder) / "net.onnx", Path(name))
            ours, theirs = seconds(made.path.read_bytes(), loaded, given.rounds)
            print(f"{name:<24}{ours:>8.3f} s{theirs:>8.3f} s{ours / theirs:>12.2f}{made.difference:>12.1e}")


if __name__ == "__main__":
    main()
