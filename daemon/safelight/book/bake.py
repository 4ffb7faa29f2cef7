"""Finished JPEGs for the book: upright sRGB, cropped, at placed size, in a folder under fixed names.

WeasyPrint passes such files through untouched; anything else it would compress again. 300 ppi where the picture has
it, never enlarged, quality 92 without colour subsampling, no metadata at all. A mask is shown to readers as a flat
red on the photo in pale grey; the exact mask stays in the store. Called by `make`; geometry comes from `layout`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from safelight.book.context import Crop, Job
from safelight.model.digests import ObjectId
from safelight.pictures import decode, encode, masks, resize
from safelight.stages.alter import grade, ink

Pixels = npt.NDArray[np.uint8]

PPI, QUALITY = 300.0, 92
INK_PER_MM = 220 / 25.4
"""Pixels per mm at which ink is drawn."""
_MM = 25.4
MASK_RED = np.array([0xD6, 0x3C, 0x20], dtype=np.float32)


def bake(
    jobs: list[Job],
    read: Callable[[ObjectId], bytes],
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, float]:
    """Write every job's file below `folder`; returns the ppi each one was baked at, by its path.

    Equal jobs are baked once, and each object is decoded once for all its crops. Errors of decoding and of `read`
    (missing or damaged object) are raised as they are: a book with a hole in it is not made.
    """
    unique = {job.src: job for job in jobs}
    order = sorted(unique.values(), key=lambda job: (job.object, job.src))
    found: dict[str, float] = {}
    for source, group in groupby(order, key=lambda job: job.object):
        jobs_here = list(group)
        image = _opened(read(source), jobs_here)
        for job in jobs_here:
            pixels, sharp = _shown(image, job)
            if job.mask is not None:
                pixels = overlay(pixels, _small_mask(read(job.mask), pixels.shape[:2]))
            pixels = treated(pixels, job)
            path = folder / job.src
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(encode.jpeg(pixels, QUALITY))
            found[job.src] = sharp
            if progress:
                progress(len(found), len(unique))
    return found


def treated(pixels: Pixels, job: Job) -> Pixels:
    """What the job's design does to a picture of this size: ink or grade, then its fades."""
    ask = job.treatment
    if ask.name == "ink":
        # Lines are drawn, not photographed: where the photo has fewer pixels they are drawn on a larger one.
        more = min(3.0, INK_PER_MM * job.width / pixels.shape[1])
        if more > 1:
            size = (round(pixels.shape[1] * more), round(pixels.shape[0] * more))
            pixels = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))
        per_mm = pixels.shape[1] / job.width
        parts = [(part.left, part.top, part.right, part.bottom) for part in ask.fine]
        return ink.inked(pixels, per_mm, night=ask.night, fine=parts)
    if ask.name == "grade":
        pixels = grade.graded(pixels)
    if ask.fades or ask.name == "grade":
        quiet = ask.quiet
        pixels = grade.faded(pixels, ask.fades, (quiet.left, quiet.top, quiet.right, quiet.bottom) if quiet else None)
    return pixels


def _opened(data: bytes, jobs: list[Job]) -> Pixels:
    """The picture, at a fraction of its size where only small whole views of it are wanted."""
    whole = Crop()
    longest = max(max(job.width, job.height) for job in jobs) / _MM * PPI
    if all(job.crop == whole for job in jobs) and longest < 1000:
        return resize.thumbnail(data, round(longest))
    return decode.decode(data).image


def _shown(image: Pixels, job: Job) -> tuple[Pixels, float]:
    """The crop at its placed size, and the ppi that gives."""
    part = _cut(image, job.crop)
    # A small picture of a step may have another shape than was said (a crop): it is fitted in, never stretched.
    scale = min(job.width / part.shape[1], job.height / part.shape[0]) if not job.body else job.width / part.shape[1]
    own = _MM / scale
    if own <= PPI:
        return np.ascontiguousarray(part), own
    shown = (part.shape[1] * scale, part.shape[0] * scale) if not job.body else (job.width, job.height)
    wide, high = (max(1, round(side / _MM * PPI)) for side in shown)
    small = Image.fromarray(part).resize((wide, high), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return np.asarray(small), PPI


def _cut(image: Pixels, crop: Crop) -> Pixels:
    high, wide = image.shape[:2]
    left, right = round(crop.left * wide), round(crop.right * wide)
    top, bottom = round(crop.top * high), round(crop.bottom * high)
    return image[top : max(bottom, top + 1), left : max(right, left + 1)]


def _small_mask(data: bytes, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """The mask at the size of the small picture, its edge softened; (height, width) float32 in 0–1."""
    mask = (masks.read_mask(data) * 255).astype(np.uint8)
    small = Image.fromarray(mask).resize((shape[1], shape[0]), Image.Resampling.BOX)
    softened = np.asarray(small.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float32)
    return softened / np.float32(255)


def overlay(image: Pixels, mask: npt.NDArray[np.float32]) -> Pixels:
    """The photo in grey at 55 % contrast lifted by 100, the mask (0–1) flat red on it."""
    grey = image.astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
    pale = np.repeat((grey * 0.55 + 100)[..., None], 3, axis=2)
    shown = pale * (1 - mask[..., None]) + MASK_RED * mask[..., None]
    return np.clip(np.rint(shown), 0, 255).astype(np.uint8)
