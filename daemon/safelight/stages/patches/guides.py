"""What leads a patch to its place beside its colours: tone, what must stay readable, and the run of the strokes.

All functions take and give full-size arrays; lengths are in pixels of the picture given (callers multiply by
`stages.base.unit`). Luminance is 0–255 float32 (Rec. 601 on sRGB values: tone as seen, not light).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages.base import Image, Mask

Floats = npt.NDArray[np.float32]


def luminance(image: Image) -> Floats:
    """Tone of each pixel, (height, width) float32 in 0–255."""
    tone: Floats = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return tone


def tone_of(image: Image, scale: float) -> Floats:
    """Luminance that also tells apart neighbours which differ in colour only, 0–255; `scale` as for `fidelity`.

    A number as light as its plate would vanish where luminance alone leads. The local contrast of the two colour axes
    is added with the sign it has together with luminance near by, or, where luminance says nothing, warm as lighter.
    """
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(np.float32)
    near = max(1.0, 10 * scale)
    detail = lab - blurred(lab, near)
    wide = max(1.5, 16 * scale)
    light = blurred(detail[..., 0] ** 2, wide)
    tone = luminance(image)
    for axis, usual in ((1, -0.3), (2, 1.0)):
        colour = detail[..., axis]
        both = blurred(colour * detail[..., 0], wide)
        agree = both / (np.sqrt(np.maximum(light * blurred(colour * colour, wide), 0)) + 4)
        sign = np.clip(agree + usual * (1 - np.minimum(np.abs(agree) * 2, 1)), -1, 1)
        tone += sign * colour
    return np.clip(tone, 0, 255)


def blurred(plane: Floats, sigma: float) -> Floats:
    """Gaussian blur; large ones are made on a reduced copy, which nobody can tell from the full one."""
    if sigma <= 0.2:
        return plane.copy()
    if sigma > 8 and min(plane.shape[:2]) > 64:
        half = cv2.resize(plane, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        size = (plane.shape[1], plane.shape[0])
        soft: Floats = cv2.resize(blurred(half, sigma / 2), size, interpolation=cv2.INTER_LINEAR)
    else:
        soft = cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)
    return soft


def matched(plane: Floats, model: Floats) -> Floats:
    """`plane` with the histogram of `model` (both 0–255): a table of 1,024 quantiles, monotone."""
    shares = (np.arange(1024) + 0.5) / 1024
    here, there = np.quantile(_sample(plane), shares), np.quantile(_sample(model), shares)
    # Equal quantiles (flat areas) would make the table many-valued: their mean is the fair answer.
    values, inverse = np.unique(here, return_inverse=True)
    aims = np.bincount(inverse, there) / np.bincount(inverse)
    table = np.interp(np.linspace(0, 255, 4081), values, aims).astype(np.float32)
    return table[np.rint(np.clip(plane, 0, 255) * 16).astype(np.intp)]


def _sample(plane: Floats) -> Floats:
    """At most about 200,000 values, on a fixed grid."""
    step = max(1, int(np.sqrt(plane.size / 200_000)))
    return plane[::step, ::step].ravel()


def fidelity(tone: Floats, protect: Mask | None, scale: float) -> Floats:
    """How much each pixel must stay readable, 0 = free, 1 = protected.

    High where the content has strong fine contrast (writing, wheels, faces) after Y^0.5, or where `protect` is set.
    `scale` is pixels per pixel at 1,600.
    """
    lifted = np.sqrt(tone)
    detail = lifted - blurred(lifted, max(0.7, 3 * scale))
    energy = np.sqrt(np.maximum(blurred(detail * detail, max(1.0, 7 * scale)), 0))
    top = float(np.percentile(_sample(energy), 97))
    share = np.clip(energy / max(top, 0.05), 0, 1)
    share = share * share * (3 - 2 * share)
    if protect is not None:
        share = np.maximum(share, blurred(protect, max(0.5, 4 * scale)))
    return np.clip(share, 0, 1).astype(np.float32)


def strokes(tone: Floats, sigma: float) -> Floats:
    """The run of edges, (height, width, 3) float32: cos and sin of twice the angle of the gradient, coherence 0–1.

    Structure tensor smoothed by `sigma` pixels, computed at half size where sigma allows.
    """
    small = tone
    if sigma >= 4 and min(tone.shape) > 32:
        small = cv2.resize(tone, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        sigma = sigma / 2
    gx = cv2.Scharr(small, cv2.CV_32F, 1, 0)
    gy = cv2.Scharr(small, cv2.CV_32F, 0, 1)
    tensor = blurred(np.dstack([gx * gx - gy * gy, 2 * gx * gy, gx * gx + gy * gy]), sigma)
    length = np.sqrt(tensor[..., 0] ** 2 + tensor[..., 1] ** 2)
    floor = np.float32(1e-3) * max(float(tensor[..., 2].mean()), 1e-3) + np.float32(1e-6)
    turn = np.empty_like(tensor)
    turn[..., :2] = tensor[..., :2] / (length + floor)[..., None]
    turn[..., 2] = length / (tensor[..., 2] + floor)
    if small is not tone:
        turn = cv2.resize(turn, (tone.shape[1], tone.shape[0]), interpolation=cv2.INTER_LINEAR)
    return turn
