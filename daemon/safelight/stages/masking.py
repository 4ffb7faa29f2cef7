"""Joining masks: all concepts a rule names, minus what it keeps, grown, as one mask on the upright original.

Concepts are found each by the first backend that understands it. What is kept (car, person) is subtracted only from
concepts other than itself: "mask: person, keep: [car, person]" still means people. A finder that says it `clears` what
is kept has taken it out of its own find, so there it is subtracted from what the mask grew by only. A doubtful find
keeps its doubt; the planner decides what becomes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import cv2
import numpy as np

from safelight.model.errors import NeedsModel
from safelight.stages import base, catalog


@dataclass(frozen=True)
class MadeMask:
    """A pure 0/1 mask, its share of the picture, a doubt code or None, and which backend found which concept.

    `soft` is the same mask with the finder's own soft edges.
    """

    mask: base.Mask
    soft: base.Mask
    area: float
    doubt: str | None
    used: dict[str, str] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)


def find(
    image: base.Image,
    concepts: tuple[str, ...],
    keep: tuple[str, ...] = (),
    grow: int = 0,
    backend: str = "auto",
    preferred: Mapping[str, str] | None = None,
    threshold: float = 0.0,
) -> MadeMask:
    """Where the concepts are. `grow` in pixels at 1,600 on the longest side, applied before `keep` is taken out.

    `threshold` (0-1, 0: the finder's own) is for finders that answer with chances; what is kept is found with theirs.
    Raises NeedsModel for a concept that no available backend understands: never an empty mask instead. That holds for what
    is to be kept as well, or it would be painted over unsaid.
    """
    soft = np.zeros(image.shape[:2], np.float32)
    total = soft.copy()
    used: dict[str, str] = {}
    facts: dict[str, float] = {}
    doubt: str | None = None
    cleared: dict[str, base.Mask] = {}
    for concept in concepts:
        finder = finder_for(concept, backend, (preferred or {}).get(f"mask:{concept}"))
        found = finder.mask(image, concept, threshold)
        used[concept] = finder.name
        part = (found.mask >= 0.5).astype(np.float32)
        facts[f"area:{concept}"] = round(float(part.mean()), 5)
        doubt = doubt or found.doubt
        for clear in finder.clears:
            cleared[clear] = np.maximum(cleared.get(clear, 0.0 * part), part)
        total = np.maximum(total, part)
        soft = np.maximum(soft, found.mask)
    if grow > 0 and total.any():
        size = max(1, round(grow * base.unit(image)))
        total = cv2.dilate(total, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * size + 1, 2 * size + 1)))
    if total.any():
        for concept in keep:
            if concept in concepts:
                continue
            keeper = finder_for(concept)
            kept = keeper.mask(image, concept).mask
            if concept in cleared:
                kept = kept * (cleared[concept] < 0.5)
            total = total * (kept < 0.5)
            soft = np.minimum(soft, 1.0 - kept)
            used.setdefault(f"keep {concept}", keeper.name)
    mask = np.ascontiguousarray(total, np.float32)
    soft = np.where(mask > 0, np.maximum(soft, 0.5), np.minimum(soft, 0.498)).astype(np.float32)
    return MadeMask(mask, soft, float(mask.mean()), doubt if mask.any() else None, used, facts)


def finder_for(concept: str, backend: str = "auto", preferred: str | None = None) -> base.Masker:
    """The backend to ask for a concept; raises NeedsModel when none available here understands it."""
    if backend != "auto":
        return cast(base.Masker, catalog.usable("mask", backend))
    for candidate in catalog.ordered("mask", preferred):
        if cast(base.Masker, candidate).understands(concept):
            return cast(base.Masker, candidate)
    known = sorted({name for item in catalog.available("mask") for name in cast(base.Masker, item).concepts})
    raise NeedsModel(stage="mask", wanted=concept, backend="CLIPSeg", model="clipseg", known=", ".join(known))


def known_finder(concept: str) -> base.Masker | None:
    """The backend for a concept, or None where nothing here can find it."""
    try:
        return finder_for(concept)
    except NeedsModel:
        return None
