"""What the rule files compile to: frozen values with a digest. The rulebook makes them, the planner reads them.

A missing file is None in the Recipe: photos then wait, never "no rules, so everything passes". Lengths in pixels
are at 1,600 px on the longest side; shares are 0–1; times are local and naive (`YYYY-MM-DDTHH:MM`).
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal

from safelight.model.digests import ObjectId, digest


@dataclass(frozen=True)
class SignalLimit:
    """`{car area: below 1 %}`: holds when the signal is below (or at least, or above) the value."""

    signal: str
    compare: Literal["below", "at_least", "above", "at_most"]
    value: float


@dataclass(frozen=True)
class Conditions:
    """All must hold; within one field any of the values. Empty fields hold always."""

    photographer: tuple[str, ...] = ()
    camera: tuple[str, ...] = ()
    file: tuple[str, ...] = ()
    taken_from: str | None = None
    taken_to: str | None = None
    night: bool | None = None
    reason: tuple[str, ...] = ()
    sure_at_least: float | None = None
    signals: tuple[SignalLimit, ...] = ()


@dataclass(frozen=True)
class SortRule:
    """First match decides; `ask` sends the photo to need-you."""

    name: str
    do: Literal["ok", "retoucher", "exclure", "ask"]
    when: Conditions = Conditions()


@dataclass(frozen=True)
class SortRules:
    """`sort.yaml`. `promise` is the largest share of wrong verdicts (0–1) or None."""

    rules: tuple[SortRule, ...] = ()
    promise: float | None = 0.05
    culling: Literal["strict", "balanced", "generous"] = "balanced"


OnProblem = Literal["need-you", "leave", "exclude"]


@dataclass(frozen=True)
class RetouchRule:
    """One rule of `retouch.yaml`; fields that the verb does not use keep their defaults."""

    name: str
    do: Literal["inpaint", "blur", "pixelate", "crop_away", "leave", "exclude"]
    when: Conditions = Conditions()
    mask: tuple[str, ...] = ()
    prompt: str = ""
    keep: tuple[str, ...] = ("car", "person")
    grow: int = 0
    threshold: float = 0.0
    """The chance, 0–1, above which a place belongs to a mask found by words; 0: the finder's own."""
    strength: int = 5
    backend: str = "auto"
    max_area: float = 0.35
    if_nothing_found: OnProblem = "need-you"
    if_too_much: OnProblem = "need-you"
    last: bool = False


@dataclass(frozen=True)
class RetouchRules:
    """`retouch.yaml`: every matching rule applies, top to bottom."""

    rules: tuple[RetouchRule, ...] = ()


@dataclass(frozen=True)
class StyleImage:
    """A picture in `rules/styles/`: its file name without ending, and its bytes in the store."""

    name: str
    object: ObjectId


@dataclass(frozen=True)
class StyleRule:
    """One rule of `style.yaml`; `like` empty means all styles of the event. `strength` 0–1."""

    name: str
    do: Literal["stylize", "keep_photo"]
    when: Conditions = Conditions()
    like: tuple[str, ...] = ()
    strength: float = 0.6
    choose: Literal["same", "rotate", "by_hour"] = "rotate"
    colour: Literal["style", "photo"] = "style"
    backend: str = "auto"


@dataclass(frozen=True)
class StyleRules:
    """`style.yaml`: the first matching rule applies; no match means the default rule (like all, rotate)."""

    rules: tuple[StyleRule, ...] = ()
    styles: tuple[StyleImage, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """A chapter: a title, its first and last hour from the race's start (0–24, end exclusive), or words in file names."""

    title: str
    from_hour: float | None = None
    to_hour: float | None = None
    words: tuple[str, ...] = ()
    text: str = ""


PAPER_SIDES = (180.0, 420.0)
"""The shortest and longest side in mm that an own paper may have."""
_SIZE = re.compile(r"(\d{1,4}(?:[.,]\d)?)\s*[x×]\s*(\d{1,4}(?:[.,]\d)?)\s*(mm|cm)?", re.IGNORECASE)


def paper_size(text: str) -> tuple[float, float] | None:
    """Width and height in mm of a paper told by its size (`240 x 300 mm`, `24 x 30 cm`); None for any other text."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        return None
    scale = 10.0 if (found[3] or "").casefold() == "cm" else 1.0
    width, height = (float(side.replace(",", ".")) * scale for side in found.groups()[:2])
    return width, height


def paper_fits(width: float, height: float) -> bool:
    """Whether a book can be made of a paper of this size."""
    return PAPER_SIDES[0] <= min(width, height) and max(width, height) <= PAPER_SIDES[1]


@dataclass(frozen=True)
class BookForm:
    """`book.yaml`, first version."""

    title: str = ""
    subtitle: str = ""
    start: str | None = None
    end: str | None = None
    language: Literal["fr", "en"] | None = None
    design: str = "album"
    paper: str = "a4 landscape"
    pages: int = 96
    chapters: tuple[Chapter, ...] = ()
    credits: tuple[str, ...] = ()


@dataclass(frozen=True)
class EventForm:
    """`event.yaml`. Seconds for times; `lanes` 0 means by the machine."""

    name: str = ""
    language: Literal["fr", "en"] = "en"
    race_start: str | None = None
    race_end: str | None = None
    circuit: str = ""
    views: Literal["copy", "preview"] = "copy"
    redo_limit: float = 600.0
    settle: float | None = None
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    lanes: int = 0
    night_from: int = 22
    night_to: int = 6
    notify: str = ""


@dataclass(frozen=True)
class Recipe:
    """All rule files of an event, compiled. None where a file is missing or was never right."""

    event: EventForm
    sort: SortRules | None
    retouch: RetouchRules | None
    style: StyleRules | None
    book: BookForm | None

    @property
    def digest(self) -> str:
        """Digest of everything the rules say."""
        return digest(plain(self))


def plain(value: Any) -> Any:
    """A recipe value as plain JSON values, for digests and records."""
    return asdict(value)
