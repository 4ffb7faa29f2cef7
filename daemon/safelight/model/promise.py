"""`promise: at most 5 % wrong`: how sure a verdict must be for that to hold, or that too few examples can show it. Pure.

What is promised: among the verdicts that are accepted without asking, the share of wrong ones is at most the promised one,
shown with 95 % certainty on answers that the model gave about photos it had not learnt from. Looking for the best limit
among many would use up that certainty; so the order of the limits is settled by what the model says of itself, before any
answer is looked at, and the first limit that fails ends the search (fixed-sequence testing).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from safelight.model.typography import typeset

CERTAINTY = 0.95
LEAST = 60
"""Accepted answers below which nothing is promised: 59 faultless ones are needed to show 5 %."""
LIMITS: tuple[float, ...] = tuple(round(0.98 - 0.02 * step, 2) for step in range(33))
"""Limits of the likeliest class's probability that are tried, strictest first; below .34 none of three classes is it."""


@dataclass(frozen=True)
class Answer:
    """What a model said of one photo it had not learnt from: probability of its likeliest class (0–1), and if it was right."""

    sure: float
    right: bool


@dataclass(frozen=True)
class Kept:
    """What there is to promise. `limit` (0–1) is how sure a verdict must be; None: nothing can be promised.

    `accepted` answers of `known` were as sure, `wrong` of them wrong; their true share of wrong ones is at least `low` and
    at most `high` (0–1), each with 95 % certainty. Without a limit these tell of the one that came nearest.
    """

    promised: float
    limit: float | None
    known: int
    accepted: int = 0
    wrong: int = 0
    low: float = 0.0
    high: float = 1.0

    def say(self, language: str = "en") -> str:
        """What is promised and why, or why nothing can be, in one or two sentences."""
        key = "kept" if self.limit is not None else "unknown" if not self.known else "few" if self._few else "wrong"
        english, french = WORDS[key]
        values = {
            "promised": _percent(self.promised, language), "limit": _percent(self.limit or 0.0, language),
            "low": _percent(self.low, language), "high": _percent(self.high, language), "least": LEAST,
            "known": self.known, "accepted": self.accepted, "wrong": self.wrong,
        }  # fmt: skip
        return (typeset(french) if language == "fr" else english).format(**values)

    @property
    def _few(self) -> bool:
        return self.accepted < LEAST or self.accepted < faultless(self.promised)


WORDS: dict[str, tuple[str, str]] = {
    "kept": (
        "At most {promised} wrong: a verdict counts from {limit} on. {accepted} of {known} answers on photos the model had not "
        "learnt from were as sure; {wrong} of them were wrong, which makes between {low} and {high}.",
        "Au plus {promised} d'erreurs : un verdict compte à partir de {limit}. Sur {known} réponses à des photos que le modèle "
        "n'avait pas apprises, {accepted} étaient aussi sûres et {wrong} étaient fausses, soit entre {low} et {high}.",
    ),
    "unknown": (
        "Too few examples to promise at most {promised} wrong: no answer of this model was ever checked.",
        "Trop peu d'exemples pour promettre au plus {promised} d'erreurs : aucune réponse de ce modèle n'a été vérifiée.",
    ),
    "few": (
        "Too few examples to promise at most {promised} wrong: {known} answers of this model were checked; at least {least} that "
        "are sure are needed.",
        "Trop peu d'exemples pour promettre au plus {promised} d'erreurs : {known} réponses de ce modèle ont été vérifiées ; il en "
        "faut au moins {least} qui soient sûres.",
    ),
    "wrong": (
        "At most {promised} wrong cannot be promised: of the {accepted} surest answers that were checked {wrong} were wrong, "
        "which makes up to {high}.",
        "Au plus {promised} d'erreurs ne peut être promis : sur les {accepted} réponses les plus sûres qui ont été vérifiées, "
        "{wrong} étaient fausses, soit jusqu'à {high}.",
    ),
}


def _percent(share: float, language: str) -> str:
    number = f"{100 * share:.1f}".removesuffix(".0")
    return f"{number.replace('.', ',')}\u202f%" if language == "fr" else f"{number} %"


def kept(answers: Iterable[Answer], promised: float) -> Kept:
    """The loosest limit at which at most the share `promised` (0–1) is wrong; the order of the answers has no influence."""
    known = sorted(answers, key=lambda answer: (-answer.sure, answer.right))
    counts = [(limit, _counted(known, limit)) for limit in LIMITS]
    tried = [(limit, found) for limit, found in counts if found[0] >= LEAST]
    if not tried:
        accepted, wrong, _ = counts[-1][1]
        return _told(promised, None, len(known), accepted, wrong)
    start = max(range(len(tried)), key=lambda place: (_hope(tried[place][1], promised), -place))
    best: Kept | None = None
    for limit, (accepted, wrong, _) in tried[start:]:
        found = _told(promised, limit, len(known), accepted, wrong)
        if found.high > promised:
            return best or _told(promised, None, len(known), accepted, wrong)
        best = found
    assert best is not None
    return best


def _counted(known: Sequence[Answer], limit: float) -> tuple[int, int, float]:
    """(answers as sure as that, wrong ones among them, wrong ones that the model itself expects)."""
    accepted = [answer for answer in known if answer.sure >= limit]
    return len(accepted), sum(not answer.right for answer in accepted), math.fsum(1 - a.sure for a in accepted)


def _hope(found: tuple[int, int, float], promised: float) -> float:
    """How likely the model itself holds it that this limit can be shown to keep the promise; no answer is looked at.

    Taken as it stands and as three times too modest, in equal parts: a modest model would else begin among its few surest
    answers, where a single wrong one ends the search.
    """
    accepted, _, expected = found
    most = allowed(accepted, promised)
    return (at_most(most, accepted, expected / accepted) + at_most(most, accepted, expected / accepted / 3)) / 2


def _told(promised: float, limit: float | None, known: int, accepted: int, wrong: int) -> Kept:
    return Kept(promised, limit, known, accepted, wrong, lowest(wrong, accepted), highest(wrong, accepted))


@cache
def allowed(n: int, promised: float) -> int:
    """The most wrong answers among `n` with which the share of wrong ones is shown to be at most `promised`; -1: none."""
    return bisect_right(range(n + 1), promised, key=lambda wrong: highest(wrong, n)) - 1


@cache
def faultless(promised: float) -> int:
    """How many answers without a single wrong one show that at most `promised` are wrong (59 for .05)."""
    return (
        10**9 if promised <= 0 else 0 if promised >= 1 else math.ceil(math.log(1 - CERTAINTY) / math.log1p(-promised))
    )


@cache
def highest(wrong: int, n: int) -> float:
    """Clopper-Pearson: no larger share of wrong ones is likely, with 95 % certainty, after `wrong` of `n`; 1 for n = 0."""
    if wrong >= n:
        return 1.0
    return _where(lambda share: at_most(wrong, n, share) <= 1 - CERTAINTY)


@cache
def lowest(wrong: int, n: int) -> float:
    """The same from below: no smaller share is likely."""
    if wrong <= 0:
        return 0.0
    return _where(lambda share: 1 - at_most(wrong - 1, n, share) >= 1 - CERTAINTY)


def at_most(wrong: int, n: int, share: float) -> float:
    """Probability of at most `wrong` wrong answers among `n` when each is wrong with probability `share` (0–1)."""
    if wrong < 0:
        return 0.0
    if share <= 0 or wrong >= n:
        return 1.0
    if share >= 1:
        return 0.0
    # Terms from the last one down, so that the first of them is the largest where it matters and nothing underflows early.
    start = math.lgamma(n + 1) - math.lgamma(wrong + 1) - math.lgamma(n - wrong + 1)
    start += wrong * math.log(share) + (n - wrong) * math.log1p(-share)
    if wrong > share * n:  # the upper tail is the small one: 1 less it loses nothing that matters
        return max(0.0, 1.0 - at_most(n - wrong - 1, n, 1 - share))
    term = total = math.exp(start)
    for k in range(wrong, 0, -1):
        term *= k * (1 - share) / ((n - k + 1) * share)
        total += term
        if term < total * 1e-17:
            break
    return min(1.0, total)


def _where(beyond: Callable[[float], bool]) -> float:
    """The share 0–1 from which on `beyond` holds, to eight decimals, rounded up."""
    low, high = 0.0, 1.0
    while high - low > 1e-8:
        middle = (low + high) / 2
        low, high = (low, middle) if beyond(middle) else (middle, high)
    return high


def answers_of(rows: Iterable[Sequence[float]]) -> tuple[Answer, ...]:
    """Rows [sure, 1 or 0] of a trained head's file; raises ValueError or TypeError for anything else."""
    found = tuple(Answer(float(sure), bool(right)) for sure, right in rows)
    if any(not 0 <= answer.sure <= 1 for answer in found):
        raise ValueError("an answer is surer than 1")
    return found


def rows_of(answers: Iterable[Answer]) -> list[list[float]]:
    """The inverse, surest first: no photo, no name, no order of arrival."""
    return sorted(([round(a.sure, 4), int(a.right)] for a in answers), key=lambda row: (-row[0], row[1]))
