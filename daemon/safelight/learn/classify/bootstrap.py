"""How far a figure may be off by the luck of which photos were asked: percentile intervals of a seeded bootstrap. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

ROUNDS = 2000
Pairs = npt.NDArray[np.int64]


def balanced(pairs: Pairs) -> float:
    """Mean recall over the classes present, of (n, 2) pairs (truth, given)."""
    hit = pairs[:, 0] == pairs[:, 1]
    return float(np.mean([hit[pairs[:, 0] == name].mean() for name in np.unique(pairs[:, 0])]))


def accuracy(pairs: Pairs) -> float:
    """Share of (n, 2) pairs that are equal."""
    return float((pairs[:, 0] == pairs[:, 1]).mean())


def interval(
    pairs: Sequence[tuple[int, int]],
    figure: Callable[[Pairs], float] = balanced,
    *,
    rounds: int = ROUNDS,
    seed: int = 24,
    share: float = 0.95,
) -> tuple[float, float]:
    """The interval (low, high) of `figure`; drawn within each class, so that no class is missing. (0, 1) for no pairs."""
    if not pairs:
        return 0.0, 1.0
    known = np.array(pairs, np.int64)
    rng = np.random.default_rng(seed)
    places = [np.flatnonzero(known[:, 0] == name) for name in np.unique(known[:, 0])]
    found = []
    for _ in range(rounds):
        drawn = np.concatenate([rng.choice(part, len(part)) for part in places])
        found.append(figure(known[drawn]))
    low, high = np.quantile(found, [(1 - share) / 2, (1 + share) / 2])
    # Draws of nothing but right (or wrong) answers cannot vary: what so few prove is that of the binomial.
    proven = (1 - share) ** (1 / len(known))
    right = known[:, 0] == known[:, 1]
    if right.all():
        return float(min(low, proven)), float(high)
    return float(low), float(high if right.any() else max(high, 1 - proven))
