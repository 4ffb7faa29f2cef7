"""The light on a board told apart from its colours, so that a fill can keep it.

k-means on Lab finds the board's colours; what a pixel's lightness departs from its colour's own is shading, where that
is sure: away from edges between colours. A normalised convolution carries shading over letters; folds are smeared
upright so that letters die and folds live. Prototype: neutral board.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

DARK = 12.0
"""Added to lightness before its logarithm: on black boards noise would else count as strong folds."""
SAMPLE = 20000
SCALE = np.array([0.7, 1, 1], np.float32)
"""Lightness counts less than colour when colours are told apart."""
LEAST_GROUND = 0.06
"""Share of a part of the mask below which a colour is never a board's ground."""
FOLDS = 1.3
"""Folds are a little stronger on a grey wall than on the board: smearing took that from them."""


def shading(lab: Floats, hole: Flags) -> tuple[Floats, Floats]:
    """(h, w) logarithm of the light on the board relative to its mean, and (h, w, 3) Lab of its own ground."""
    tall = height(hole)
    # Boards in a row hang together in the mask: more colours then.
    wide = hole.any(axis=0).sum() > 4 * tall
    labels, means, share = colours(lab, hole, 8 if wide else 5)
    weight = _sure(lab, labels, means, hole) * np.where(share[labels] < 0.15, 0.3, 1.0).astype(np.float32)
    light = np.log(np.maximum(lab[..., 0], 0) + DARK)
    slope, offsets = plane(light, labels, weight, len(means))
    shade = np.clip(light - offsets[labels] - slope, -0.5, 0.5).astype(np.float32)
    low = np.zeros_like(shade)
    for sigma, enough in ((1.5 * tall, 0.1), (0.5 * tall, 0.1), (0.18 * tall, 0.4)):
        mean, trust = smeared(shade, weight, sigma, sigma)
        low += np.clip(trust / enough, 0, 1) * (mean - low)
    rest = np.clip(shade - low, -0.25, 0.25)
    folds, trust = smeared(rest, weight, 2.5, max(2.0, 0.1 * tall))
    folds *= np.clip(trust / 0.2, 0, 1) * _told(weight, hole)
    return slope + low + FOLDS * folds, _grounds(labels, means, hole, tall)


def _sure(lab: Floats, labels: npt.NDArray[np.intp], means: Floats, hole: Flags) -> Floats:
    """1 well inside one colour of the board, 0 near edges between colours, near the border and outside."""
    inner: Flags = cv2.erode(hole.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    top = labels.astype(np.uint8)
    inner &= cv2.dilate(top, np.ones((5, 5), np.uint8)) == cv2.erode(top, np.ones((5, 5), np.uint8))
    inner &= (((lab - means[labels]) * SCALE) ** 2).sum(axis=2) < 22**2
    return inner.astype(np.float32)


def _grounds(labels: npt.NDArray[np.intp], means: Floats, hole: Flags, tall: float) -> Floats:
    """(h, w, 3) Lab: the colour that prevails around each pixel, so that boards in a row keep theirs and letters go."""
    size = np.bincount(labels[hole], minlength=len(means)).astype(np.float32)
    group = _paints(means, size)
    edge = hole & (cv2.erode(hole.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0)
    touching = np.bincount(group[labels[edge]], minlength=len(means)) / max(1, int(edge.sum()))
    share = np.bincount(group[labels[hole]], minlength=len(means)) / max(1, int(hole.sum()))
    deep = cv2.distanceTransform(np.pad(hole, 1).astype(np.uint8), cv2.DIST_L2, 3)[1:-1, 1:-1]
    # Letters stand in the middle of a board; along its border the ground shows.
    voice = np.where(deep < 0.2 * tall, 1.0, 0.15).astype(np.float32) * hole
    known = means.copy()
    most, winner = np.zeros(hole.shape, np.float32), np.full(hole.shape, int(np.argmax(share)))
    # A strip of the road that the mask took in is no board.
    for k in [int(k) for k in np.unique(group) if share[k] >= LEAST_GROUND]:
        among = group == k
        known[k] = (means[among] * size[among, None]).sum(axis=0) / max(1.0, float(size[among].sum()))
        votes = smeared(among[labels] * voice, np.ones_like(most), 0.35 * tall, 0.8 * tall)[0]
        # Grounds reach the board's border, letters hardly do.
        votes *= np.float32(np.clip(2 * touching[k] / max(1e-4, float(share[k])), 0.2, 1))
        winner = np.where(votes > most, k, winner)
        most = np.maximum(votes, most)
    return np.asarray(known[winner], np.float32)


def _paints(means: Floats, size: Floats) -> npt.NDArray[np.intp]:
    """(n,) for each colour the largest one that is the same paint in another light."""
    group = np.arange(len(means))
    order = [int(k) for k in np.argsort(-size, kind="stable")]
    for place, k in enumerate(order):
        for larger in order[:place]:
            # Only with a group's own head: a chain of blurred edges leads from a board to its letters.
            if group[larger] == larger and _one_paint(means[larger], means[k]):
                group[k] = larger
                break
    return group


def _one_paint(head: Floats, other: Floats) -> bool:
    """Whether two Lab colours are one paint in two lights: nearly multiples of each other."""
    times = float((head * other).sum() / max(1.0, float((head * head).sum())))
    return 0.65 < times < 1.5 and float(np.sqrt(((other - times * head) ** 2).sum())) < 14


def _told(weight: Floats, hole: Flags) -> float:
    """0 where hardly a pixel is sure (a printed pattern all over: no fold can be told from it), 1 from 0.4 up."""
    share = float((weight[hole] > 0).mean())
    return float(np.clip((share - 0.1) / 0.3, 0, 1))


def height(hole: Flags) -> float:
    """The usual height of the hole's columns, 4 at least."""
    return max(4.0, float(np.percentile(hole.sum(axis=0)[hole.any(axis=0)], 75)))


def plane(light: Floats, labels: npt.NDArray[np.intp], weight: Floats, count: int) -> tuple[Floats, Floats]:
    """Log lightness as one offset a colour (count,) plus a square field in x and y (h, w), mean 0 over sure pixels.

    Fitted together, so that the slope within each colour counts and k-means' own steps along a shadow do not.
    """
    y, x = (grid / max(light.shape) for grid in np.mgrid[: light.shape[0], : light.shape[1]])
    at = np.flatnonzero(weight.ravel() > 0)
    if len(at) < 50 * count:
        usual = [float(np.median(light[labels == k])) if (labels == k).any() else 4.0 for k in range(count)]
        return np.zeros_like(light), np.array(usual, np.float32)
    at = at[:: max(1, len(at) // SAMPLE)]
    field = np.stack([x, y, x * x, x * y, y * y], axis=2).reshape(-1, 5)
    middle = field[at].mean(axis=0)
    terms = np.hstack([np.eye(count)[labels.ravel()[at]], field[at] - middle])
    wanted = light.ravel()[at].astype(np.float64)
    answer = fitted(terms, wanted, weight.ravel()[at].astype(np.float64), 0.1, np.full(count + 5, 0.01))
    slope = np.einsum("ni,i->n", field - middle, answer[count:]).reshape(light.shape)
    return np.clip(slope, -0.6, 0.6).astype(np.float32), answer[:count].astype(np.float32)


def fitted(
    terms: npt.NDArray[np.float64],
    wanted: npt.NDArray[np.float64],
    start: npt.NDArray[np.float64],
    spread: float,
    ridge: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Reweighted least squares (Cauchy weights of this spread), without BLAS: its sums depend on the threads."""
    weight = start
    answer = np.zeros(terms.shape[1])
    for _ in range(5):
        heavy = terms * weight[:, None]
        normal = np.einsum("ni,nj->ij", heavy, terms) + np.diag(ridge)
        answer = np.linalg.solve(normal, np.einsum("ni,n->i", heavy, wanted))
        weight = start / (1 + ((wanted - np.einsum("ni,i->n", terms, answer)) / spread) ** 2)
    return answer


def colours(lab: Floats, hole: Flags, most: int = 5) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
    """(h, w) label of the nearest main colour, (n, 3) their means and (n,) shares inside the hole; n at most `most`."""
    points = np.ascontiguousarray(lab[hole] * SCALE)
    points = points[:: max(1, len(points) // SAMPLE)]
    count = min(most, len(points))
    if len(points) == 1:
        # OpenCV reads one row as many points of one number.
        points = np.repeat(points, 2, axis=0)
    start = (np.argsort(np.argsort(points[:, 0], kind="stable"), kind="stable") * count // len(points)).astype(np.int32)
    stop = (cv2.TERM_CRITERIA_MAX_ITER, 20, 0.0)
    _, found, means = cv2.kmeans(points, count, start[:, None], stop, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    nearest = np.zeros(hole.shape, np.intp)
    least = np.full(hole.shape, np.inf, np.float32)
    for k, mean in enumerate(means):
        away = ((lab * SCALE - mean) ** 2).sum(axis=2)
        nearest[away < least] = k
        least = np.minimum(away, least)
    share = (np.bincount(found.ravel(), minlength=count) / len(points)).astype(np.float32)
    return nearest, (means / SCALE).astype(np.float32), share


def smeared(values: Floats, weight: Floats, across: float, upright: float) -> tuple[Floats, Floats]:
    """Normalised convolution: the weighted mean around each pixel, and how much weight it rests on.

    Wide ones are computed on a reduced copy: nothing finer is left in them.
    """
    small = max(1, int(min(across, upright) / 5))
    size = (values.shape[1], values.shape[0])
    both = np.dstack([values * weight, weight])
    if small > 1:
        reduced = (max(1, size[0] // small), max(1, size[1] // small))
        both = cv2.resize(both, reduced, interpolation=cv2.INTER_AREA)
    both = cv2.GaussianBlur(both, (0, 0), sigmaX=across / small, sigmaY=upright / small)
    if small > 1:
        both = cv2.resize(both, size, interpolation=cv2.INTER_LINEAR)
    return (both[..., 0] / np.maximum(both[..., 1], 1e-5)).astype(np.float32), both[..., 1].astype(np.float32)
