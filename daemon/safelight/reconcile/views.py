"""What `library/` should show people: a path and content for every view. Pure: nothing is written here.

Class folders by photographer with the original under its own name, retouched and painted results, duplicates, need-you
cards and the `.why.txt` notes. Two photos of one name get `name (2).JPG`, in order of arrival, so that a name once
given to a view never changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import islice

from safelight.book.choose import why_not
from safelight.model.digests import PhotoId
from safelight.model.records import Duplicate
from safelight.plan.steps import Need, PhotoPlan
from safelight.projection.state import Arrival, PhotoState
from safelight.reconcile.event import World
from safelight.reconcile.names import clean, comparable, numbered, stem_of
from safelight.reconcile.notes import card_lines, duplicate_lines, held_lines, why_lines
from safelight.reconcile.words import note


@dataclass(frozen=True)
class View:
    """One file in library/: an object's bytes, or a text; and what its absence would mean.

    `place` is class, retouched or stylized for a view of `photo`, card for its need-you card, arrival for a refused file
    or a duplicate (`arrival` is the sequence of its record); empty for notes, whose absence means nothing.
    """

    object: str = ""
    text: bytes = b""
    photo: PhotoId | None = None
    place: str = ""
    arrival: int = 0
    content: str = field(init=False, default="")
    """The SHA-256 that the file must have."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "content", self.object or hashlib.sha256(self.text).hexdigest())


Views = dict[str, View]


@dataclass
class Names:
    """The registry of names given to views, in order of arrival: each (photographer, name without ending) once."""

    given: dict[PhotoId, tuple[str, str]] = field(default_factory=dict)
    taken: dict[tuple[str, str], PhotoId] = field(default_factory=dict)

    def of(self, world: World, photo: PhotoId) -> tuple[str, str]:
        """(photographer's folder, file name) of a photo's view, the same for ever: earlier photos are named first."""
        if photo not in self.given:
            for known in islice(world.state.photos, len(self.given), None):
                self._give(world, known)
        return self.given[photo]

    def at(self, path: str, *, exact: bool) -> PhotoId | None:
        """The photo whose view bears this path below a view folder (`ok/marie/a.jpg`); `exact`: with this very ending."""
        parts = path.split("/")
        if not 2 <= len(parts) <= 3:
            return None
        photo = self.taken.get(_slot(parts[1] if len(parts) == 3 else "", parts[-1]))
        if photo is not None and exact and comparable(self.given[photo][1]) != comparable(parts[-1]):
            return None
        return photo

    def _give(self, world: World, photo: PhotoId) -> None:
        detail = world.detail(world.state.photos[photo].details[0])
        folder = clean(detail.photographer) if detail.photographer else ""
        count = 1
        while (slot := _slot(folder, numbered(clean(detail.name), count))) in self.taken:
            count += 1
        self.taken[slot] = photo
        self.given[photo] = (folder, numbered(clean(detail.name), count))


def _slot(folder: str, name: str) -> tuple[str, str]:
    """Two names of one slot would hide each other: results of both bear the name without its ending."""
    return comparable(folder), comparable(stem_of(name))


def photo_views(
    world: World, names: Names, photo: PhotoState, plan: PhotoPlan, endings: Mapping[str, str], book: BookSays
) -> Views:
    """All views of one photo. `endings` maps an object to its file ending."""
    folder, name = names.of(world, photo.photo)
    language = book.language
    views: Views = {}
    shown, stem = class_of(photo, plan), stem_of(name)
    small = book.previews and photo.thumb
    at = _join(shown, folder, stem + ".jpg" if small else name) if shown else ""
    if at and "class" not in photo.left_out:  # of one that a person deleted the note alone stands there
        views[at] = View(photo.thumb if small else photo.in_view("class", photo.base), b"", photo.photo, "class")
    if plan.retouched:
        made = photo.in_view("retouched", plan.retouched)
        ending = endings.get(plan.retouched, ".png")
        views[_join("retouched", folder, stem + ending)] = View(made, b"", photo.photo, "retouched")
    if plan.painted:
        made = photo.in_view("stylized", plan.painted)
        views[_join("stylized", folder, stem + ".jpg")] = View(made, b"", photo.photo, "stylized")
    if plan.need is not None:
        views.update(_card(folder, name, plan.need, photo, book))
    if plan.held is not None and at:
        views[at + ".why.txt"] = View(text=note(held_lines(name, plan, language)))
    elif at and (lines := _why(folder, name, photo, plan, book, world, names)):
        views[at + ".why.txt"] = View(text=note(lines))
    return views


@dataclass(frozen=True)
class BookSays:
    """What the last book says of pictures (page by photo, why others are not in it), and how views are to look.

    `previews` shows small pictures in the class folders where space is short; `zone` is that of times told, None the
    machine's own.
    """

    language: str
    previews: bool = False
    pages: Mapping[str, int] = field(default_factory=dict)
    not_chosen: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo | None = None


def class_of(photo: PhotoState, plan: PhotoPlan) -> str:
    """The class folder that shows this photo.

    Nothing until it was sorted, the likeliest class in doubt, and the old place while it is being sorted again.
    """
    return plan.verdict or (photo.decision.verdict if photo.decision else photo.placed)


def arrival_views(world: World, names: Names, arrival: Arrival, book: BookSays, taken: set[str]) -> Views:
    """The views of a refused file (need-you) or of a duplicate (duplicates/), each with its note."""
    fact, language = arrival.fact, book.language
    detail = world.detail(fact.detail)
    folder, name = clean(detail.photographer) if detail.photographer else "", clean(detail.name)
    place = "duplicates" if isinstance(fact, Duplicate) else "need-you"
    count = 1
    while comparable(_join(place, folder, numbered(name, count))) in taken:
        count += 1
    at = _join(place, folder, numbered(name, count))
    taken.add(comparable(at))
    told = _join(folder, detail.name)
    if isinstance(fact, Duplicate):
        first = _join(*names.of(world, fact.photo)) if fact.photo in world.state.photos else "?"
        lines = duplicate_lines(told, first, arrival.time, language, book.zone, again=fact.again)
        picture = View(fact.object or fact.photo, b"", None, "arrival", arrival.sequence)
        return {at: picture, at + ".why.txt": View(text=note(lines))}
    lines = card_lines(told, Need(fact.code, "", dict(fact.values)), arrival.time, language, book.zone, refused=True)
    picture = View(fact.object, b"", None, "arrival", arrival.sequence)
    return {at: picture, at + ".why.txt": View(text=note(lines))}


def _card(folder: str, name: str, need: Need, photo: PhotoState, book: BookSays) -> Views:
    """A small picture (with the mask in question) and its text: what and why, what you can do, what deleting means, when."""
    at = _join("need-you", folder, stem_of(name) + ".jpg")
    text = note(card_lines(_join(folder, name), need, photo.time, book.language, book.zone))
    views: Views = {at + ".why.txt": View("", text, photo.photo, "card")}
    if picture := need.picture or photo.thumb:
        views[at] = View(picture, b"", photo.photo, "card")
    return views


def _why(
    folder: str, name: str, photo: PhotoState, plan: PhotoPlan, book: BookSays, world: World, names: Names
) -> list[str]:
    """The note beside a picture; none while work on it goes on."""
    code = book.not_chosen.get(photo.photo)
    words = why_not(code, lambda other: _join(*names.of(world, other)), world.state.photos) if code else None
    card = _join(folder, stem_of(name) + ".jpg") if plan.need is not None else ""
    return why_lines(
        _join(folder, name), photo, plan, words, book.language, book.zone, card=card, full=code == "weaker",
        burst=(code or "").startswith("burst:"),
    )  # fmt: skip


def _join(*parts: str) -> str:
    return "/".join(part for part in parts if part)
