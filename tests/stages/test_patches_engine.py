"""Promises of the patch engine itself: search, colours, tone, and work in other processes and threads."""

from __future__ import annotations

import hashlib
import multiprocessing
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.stages.base import Image, Painting
from safelight.stages.patches.atlas import Sheet, grain, sheets, sized
from safelight.stages.patches.compile import warm
from safelight.stages.patches.guides import blurred, fidelity, luminance, matched, strokes
from safelight.stages.patches.jit import bands, in_bands
from safelight.stages.patches.kernels import NEVER
from safelight.stages.patches.palette import recoloured
from safelight.stages.patches.synthesis import Level, Settings, painted, pyramid
from safelight.stages.stylize.patches import Patches


def noise(height: int, width: int, seed: int = 0) -> Image:
    """Smooth coloured noise: every patch of it is unlike all others."""
    rng = np.random.default_rng(seed)
    rough = rng.normal(0, 1, (height, width, 3)).astype(np.float32)
    soft = blurred(rough, 1.5)
    return np.clip(128 + 60 * soft / soft.std(), 0, 255).astype(np.uint8)


def painting_digest(seed: int) -> str:
    """One small painting, for comparison between processes."""
    result = Patches().stylize(noise(80, 100, 1), Painting(noise(90, 120, 2), 0.7), seed)
    return hashlib.sha256(result.tobytes()).hexdigest()


@given(st.integers(1, 5000))
@settings(deadline=None, max_examples=60)
def test_bands_cover_every_row_once(rows: int) -> None:
    """Bands follow one another without gap or overlap, depend on the rows alone, and are at most 32."""
    parts = bands(rows)
    assert parts[0][0] == 0
    assert parts[-1][1] == rows
    assert all(a < b for a, b in parts)
    assert all(parts[k][1] == parts[k + 1][0] for k in range(len(parts) - 1))
    assert len(parts) <= 32


def test_a_fault_in_a_band_is_not_swallowed() -> None:
    """What one thread raises reaches the caller."""

    def work(k: int, first: int, end: int) -> None:
        if k == 3:
            raise RuntimeError("band 3")

    with pytest.raises(RuntimeError, match="band 3"):
        in_bands(400, work)


def test_a_picture_is_painted_perfectly_from_itself() -> None:
    """With the picture as its own paint box the search finds the right patches: next to nothing changes."""
    picture = noise(96, 128)
    box = sheets(picture, 3, 7, 1.0)
    tone = luminance(picture)
    level = Level(picture, blurred(tone, 1.0), np.zeros(tone.shape, np.float32), strokes(tone, 3.0))
    result = painted(pyramid(level, 3), box, Settings(turn=0, spread=0, small=0))
    assert np.abs(result.astype(int) - picture).mean() < 6


def test_no_patch_crosses_a_border_of_the_paint_box() -> None:
    """Every usable place holds a patch of one part: the paint box cut by hand at that place is found in a part."""
    style = noise(70, 110)
    for sheet in sheets(style, 2, 7, 1.0):
        _check_places(sheet)


def _check_places(sheet: Sheet) -> None:
    rows, columns = np.divmod(sheet.places, sheet.penalty.shape[1])
    assert (sheet.penalty[rows, columns] < NEVER).all()
    pixels = sheet.pixels.reshape(sheet.pixels.shape[0], -1, 4)
    used = np.zeros(pixels.shape[:2], np.bool_)
    for i in range(7):
        for j in range(7):
            used[rows + i, columns + j] = True
    # What no part covers is black in the atlas; noise around 128 never is.
    assert pixels[..., :3].max(axis=2)[used].min() > 0


def test_other_processes_give_the_same_bytes() -> None:
    """Spawned children (as the workers are) paint the same bytes, several at a time."""
    here = [painting_digest(seed) for seed in (1, 2)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        there = pool.map(painting_digest, [1, 2])
    assert here == there
    assert here[0] != here[1]


def test_several_threads_may_paint_at_once() -> None:
    """The engine holds no state between calls: two threads at a time disturb nothing."""
    alone = painting_digest(3)
    results: list[str] = []
    workers = [threading.Thread(target=lambda: results.append(painting_digest(3))) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert results == [alone, alone]


def test_the_palette_moves_to_the_styles() -> None:
    """Mean and spread of each channel arrive at those of the style, and light stays lighter than dark."""
    photo, style = noise(60, 80, 3), noise(60, 80, 4) // 2 + np.array([90, 20, 60], np.uint8)
    result = recoloured(photo, style)
    for channel in range(3):
        assert abs(result[..., channel].mean() - style[..., channel].mean()) < 6
        assert abs(result[..., channel].std() - style[..., channel].std()) < 8
    assert np.corrcoef(luminance(photo).ravel(), luminance(result).ravel())[0, 1] > 0.6


@given(st.integers(0, 200), st.integers(1, 55))
@settings(deadline=None, max_examples=25)
def test_matching_keeps_the_order(base: int, spread: int) -> None:
    """Histogram matching is monotone and arrives within the model's range."""
    plane = np.linspace(base, base + spread, 500, dtype=np.float32).reshape(20, 25)
    model = luminance(noise(30, 40, 5))
    result = matched(plane, model)
    assert (np.diff(result.ravel()) >= 0).all()
    assert result.min() >= model.min()
    assert result.max() <= model.max()


def test_writing_is_held_and_flat_ground_is_free() -> None:
    """The fidelity map is high on fine contrast, low elsewhere, and 1 where a person protects."""
    tone = np.full((200, 300), 120, np.float32)
    tone[80:110, 100:160:5] = 250
    held = fidelity(tone, None, 1.0)
    assert held[85:105, 105:155].mean() > 0.8
    assert held[150:, :].max() < 0.1
    protect = np.zeros(tone.shape, np.float32)
    protect[140:190, 20:120] = 1
    assert fidelity(tone, protect, 1.0)[160, 60] > 0.99


def test_strokes_run_along_edges() -> None:
    """Across upright stripes the gradient lies at 0 degrees, turned stripes turn it, flat ground has no direction."""
    stripes = np.tile(np.array([0, 0, 0, 255, 255, 255], np.float32), (60, 20))
    upright = strokes(stripes, 3.0)[30, 60]
    lying = strokes(np.ascontiguousarray(stripes.T), 3.0)[60, 30]
    assert upright[0] > 0.95
    assert lying[0] < -0.95
    assert min(upright[2], lying[2]) > 0.9
    assert np.abs(strokes(np.full((40, 40), 9, np.float32), 3.0)).max() < 1e-3


def test_styles_are_brought_to_size() -> None:
    """Large styles shrink to the size asked for, small ones grow by half at most."""
    assert max(sized(noise(400, 600), 300).shape) == 300
    assert max(sized(noise(40, 60), 300).shape) == 90
    assert grain(noise(1, 1)).coarse >= 0


def test_warming_up_runs_all_backends() -> None:
    """`warm` passes through painting, brush and inpainting without a fault."""
    warm()
