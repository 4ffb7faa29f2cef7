"""Whether a rule's conditions hold for a photo, and which one failed, in words for `explain`. Pure.

Names are compared in NFC and casefolded, so that a decomposed "Zoé" from a Mac is the same person; file patterns as well.
A fact that is not known (no time taken, a signal nobody measured) makes its condition fail: a rule that cannot be
checked never applies.
"""

from __future__ import annotations

import fnmatch
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from safelight.model.recipe import Conditions, SignalLimit
from safelight.model.signals import SIGNALS, say_value


@dataclass(frozen=True)
class Facts:
    """What is known of a photo when its rules are asked.

    `taken` is local time as `YYYY-MM-DDTHH:MM[:SS]` or None; `reasons` are signal names, heaviest first; `sure` and the
    shares in `signals` 0–1; the night begins at `night_from` and ends before `night_to` (whole hours, over midnight).
    """

    photographer: str = ""
    camera: str = ""
    file: str = ""
    taken: str | None = None
    reasons: tuple[str, ...] = ()
    sure: float = 0.0
    signals: Mapping[str, float] = field(default_factory=dict)
    night_from: int = 22
    night_to: int = 6


def holds(conditions: Conditions, facts: Facts, language: str = "en") -> tuple[bool, str]:
    """Whether all conditions hold; if not, the first that failed as a clause ("reason is not faces or people")."""
    why = next(_failures(conditions, facts, language == "fr"), "")
    return not why, why


def plain_name(name: str) -> str:
    """A name as compared."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def at_night(taken: str, night_from: int, night_to: int) -> bool:
    """Whether the hour of `taken` lies in the night; equal hours mean no night at all."""
    hour = int(taken[11:13])
    if night_from <= night_to:
        return night_from <= hour < night_to
    return hour >= night_from or hour < night_to


def _failures(c: Conditions, f: Facts, fr: bool) -> Iterator[str]:
    if c.photographer and not _one_of(f.photographer, c.photographer):
        yield _is_not("le photographe", "photographer", c.photographer, fr)
    # whole words, so that "D6" is the NIKON D6 but "R5" is no EOS R50
    if c.camera and not any(f" {_words(part)} " in f" {_words(f.camera)} " for part in c.camera):
        yield _is_not("l’appareil", "camera", c.camera, fr)
    if c.file and not any(fnmatch.fnmatchcase(plain_name(f.file), plain_name(glob)) for glob in c.file):
        yield _is_not("le fichier", "file", c.file, fr)
    yield from _time_failures(c, f, fr)
    if c.reason and not set(c.reason) & set(f.reasons):
        yield _is_not("la raison", "reason", tuple(_name(reason, fr) for reason in c.reason), fr)
    if c.sure_at_least is not None and f.sure < c.sure_at_least:
        have, want = (f"{round(share * 100)}" for share in (f.sure, c.sure_at_least))
        yield f"sûr à {have}\u202f%, moins de {want}\u202f%" if fr else f"only {have} % sure, not {want} %"
    for limit in c.signals:
        yield from _limit_failure(limit, f, fr)


def _time_failures(c: Conditions, f: Facts, fr: bool) -> Iterator[str]:
    if f.taken is None:
        if c.taken_from is not None or c.taken_to is not None or c.night is not None:
            yield "l’heure de prise de vue est inconnue" if fr else "the time taken is not known"
        return
    minute = f.taken[:16]
    if c.taken_from is not None and minute < c.taken_from:
        when = c.taken_from.replace("T", " ")
        yield f"prise avant {when}" if fr else f"taken before {when}"
    if c.taken_to is not None and minute > c.taken_to:
        when = c.taken_to.replace("T", " ")
        yield f"prise après {when}" if fr else f"taken after {when}"
    if c.night is not None and at_night(f.taken, f.night_from, f.night_to) != c.night:
        yield (
            ("prise de jour" if c.night else "prise de nuit")
            if fr
            else ("taken by day" if c.night else "taken at night")
        )


_COMPARE: dict[str, tuple[Callable[[float, float], bool], str, str]] = {
    "below": (lambda have, want: have < want, "below", "moins de"),
    "at_least": (lambda have, want: have >= want, "at least", "au moins"),
    "above": (lambda have, want: have > want, "above", "plus de"),
    "at_most": (lambda have, want: have <= want, "at most", "au plus"),
}


def _limit_failure(limit: SignalLimit, f: Facts, fr: bool) -> Iterator[str]:
    test, en_word, fr_word = _COMPARE[limit.compare]
    name = _name(limit.signal, fr)
    have = f.signals.get(limit.signal)
    if have is None:
        yield f"{name}\u00a0: pas mesuré" if fr else f"{name} was not measured"
    elif not test(have, limit.value):
        said, wanted = (say_value(limit.signal, value, "fr" if fr else "en") for value in (have, limit.value))
        yield f"{name}\u00a0: {said}, pas {fr_word} {wanted}" if fr else f"{name} is {said}, not {en_word} {wanted}"


def _one_of(name: str, names: tuple[str, ...]) -> bool:
    return plain_name(name) in {plain_name(other) for other in names}


def _words(text: str) -> str:
    return " ".join(plain_name(text).split())


def _name(signal: str, fr: bool) -> str:
    kind = SIGNALS[signal]
    return kind.fr_name if fr else kind.en_name


def _is_not(french: str, english: str, names: tuple[str, ...], fr: bool) -> str:
    return f"{french} n’est pas {' ou '.join(names)}" if fr else f"{english} is not {' or '.join(names)}"
