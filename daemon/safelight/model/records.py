"""The closed set of facts that the ledger holds, one frozen class each, and the record that carries one.

A fact holds digests, codes and numbers only. What may be personal (file names, EXIF, captions) lives in a detail
object referred to by digest. Every fact goes to plain JSON values and back without loss; a kind this version does
not know is kept as `Unknown` so that an older program never drops a newer one's records.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from safelight.model.digests import ObjectId, PhotoId, RecordHash, StepKey


@dataclass(frozen=True, slots=True)
class Fact:
    """The root of all facts; `kind` is the word in the ledger line."""

    kind: ClassVar[str] = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values, in field order (the ledger sorts keys itself)."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Fact:
        """The inverse; lists become tuples where the field is one. Unknown keys of a newer version are left out."""
        known = _names(cls)
        if not body.keys() <= known:
            body = {key: value for key, value in body.items() if key in known}
        return cls(**{key: _KEPT.get(type(value), _same)(value) for key, value in body.items()})


def _same(value: Any) -> Any:
    return value


_KEPT: dict[type, Any] = {
    str: sys.intern,
    list: tuple,
    dict: lambda value: {key: sys.intern(item) if type(item) is str else item for key, item in value.items()},
}
"""How a field's value is kept, by its JSON type: texts once each (a digest stands in many records), lists as tuples."""

_NAMES: dict[str, frozenset[str]] = {}


def _names(kind: type[Fact]) -> frozenset[str]:
    """Field names of a kind; asked for every line of a ledger, so remembered."""
    if kind.kind not in _NAMES:
        _NAMES[kind.kind] = frozenset(item.name for item in fields(kind))
    return _NAMES[kind.kind]


@dataclass(frozen=True)
class Opened(Fact):
    """A process took the event: first record of each journal segment. `follows` is the head it goes on from."""

    kind: ClassVar[str] = "opened"
    host: str
    pid: int
    follows: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Dropped(Fact):
    """A photo arrived and could be read. Size upright, in pixels and bytes. `by` is inbox or folder.

    Put straight into a class folder it is dropped and `decided` in one: the verdict is a person's.

    `thumb` is a small JPEG of it for cards and lists; `request` names the claim it came by, so that a claim found again
    after a crash is known to be done.
    """

    kind: ClassVar[str] = "dropped"
    photo: PhotoId
    detail: ObjectId
    bytes: int
    width: int
    height: int
    format: str
    by: str = "inbox"
    thumb: str = ""
    request: str = ""
    decided: str = ""


@dataclass(frozen=True)
class Refused(Fact):
    """Bytes arrived that are no photo for us: kept in the store, explained in need-you."""

    kind: ClassVar[str] = "refused"
    object: ObjectId
    detail: ObjectId
    code: str
    values: dict[str, str] = field(default_factory=dict)
    request: str = ""


@dataclass(frozen=True)
class Duplicate(Fact):
    """Known bytes arrived again. `again` when the class view was gone: the person wants another try.

    `object` names them where they are not the original's but those of a result or of an edit by hand.
    """

    kind: ClassVar[str] = "duplicate"
    photo: PhotoId
    detail: ObjectId
    again: bool = False
    request: str = ""
    object: str = ""


@dataclass(frozen=True, slots=True)
class StepDone(Fact):
    """A step and its result: the first recorded result of a key is the result.

    `inputs` and `outputs` map roles to objects; `params` is what the key was made of; `facts` what was measured;
    `tried` names backends that failed before this one did it. `facts` are most of a ledger's bytes and seldom asked for:
    given as JSON bytes they are kept so, and read anew each time somebody asks.
    """

    kind: ClassVar[str] = "done"
    photo: PhotoId
    key: StepKey
    stage: str
    attempt: int
    rule: str
    inputs: dict[str, str]
    params: dict[str, Any]
    backend: str
    version: int
    model: str
    trained: bool
    seed: int
    outputs: dict[str, str]
    facts: dict[str, Any]
    machine: str
    device: str
    seconds: float
    tried: tuple[str, ...] = ()


class _Packed:
    """Stands before a slot: JSON bytes in it are handed out as the value they tell."""

    def __init__(self, slot: Any) -> None:
        self._slot = slot

    def __get__(self, fact: Any, owner: type | None = None) -> Any:
        if fact is None:
            return self
        value = self._slot.__get__(fact, owner)
        return json.loads(value) if type(value) is bytes else value

    def __set__(self, fact: Any, value: Any) -> None:
        self._slot.__set__(fact, value)


setattr(StepDone, "facts", _Packed(StepDone.__dict__["facts"]))  # noqa: B010 - a frozen field, replaced on purpose


@dataclass(frozen=True)
class StepFailed(Fact):
    """A step did not work. `retry` false holds the photo; true is tried again, `tries` counts the failures so far."""

    kind: ClassVar[str] = "failed"
    photo: PhotoId
    key: StepKey
    stage: str
    rule: str
    code: str
    values: dict[str, str]
    retry: bool
    tries: int


@dataclass(frozen=True)
class Chose(Fact):
    """The backend this event keeps for a kind of work that a rule left to `auto`."""

    kind: ClassVar[str] = "chose"
    work: str
    backend: str


@dataclass(frozen=True)
class Decided(Fact):
    """A person's verdict on a photo; never overruled by a model. `by` is folder, card, command or desk."""

    kind: ClassVar[str] = "decided"
    photo: PhotoId
    verdict: str
    by: str
    request: str = ""


@dataclass(frozen=True)
class Edited(Fact):
    """A person changed a view by hand. `place` is class, retouched or stylized.

    `of` is what the program had shown there, `object` what stands there now; both the same means that the edit was taken
    back. With `pixels` false only what is written about the picture changed: `detail` is the new detail object then.
    """

    kind: ClassVar[str] = "edited"
    photo: PhotoId
    place: str
    object: ObjectId
    of: ObjectId
    width: int
    height: int
    pixels: bool = True
    detail: str = ""
    thumb: str = ""
    request: str = ""


@dataclass(frozen=True)
class Kept(Fact):
    """A hand-edited result stays although newer work would replace it. `against` names that work (a key or an object)."""

    kind: ClassVar[str] = "kept"
    photo: PhotoId
    place: str
    against: str
    request: str = ""


@dataclass(frozen=True)
class LeftOut(Fact):
    """A person deleted views of a photo: it is left out of the book. `places` are class, retouched, stylized."""

    kind: ClassVar[str] = "left_out"
    photo: PhotoId
    places: tuple[str, ...]
    request: str = ""


@dataclass(frozen=True)
class PutBack(Fact):
    """A deleted view stands again: the photo is back."""

    kind: ClassVar[str] = "put_back"
    photo: PhotoId
    request: str = ""


@dataclass(frozen=True)
class Dismissed(Fact):
    """A person deleted the card of a refused file, or of a duplicate.

    `arrival` is the sequence of that arrival's record, `detail` its detail object: an arrival that has to be recorded
    anew after a takeover gets another sequence, its detail object stays. Records of earlier versions have no detail.
    """

    kind: ClassVar[str] = "dismissed"
    arrival: int
    detail: str = ""
    request: str = ""


@dataclass(frozen=True)
class Redo(Fact):
    """A person wants work done again: attempts of `stage` and what follows go up. No photos means all."""

    kind: ClassVar[str] = "redo"
    stage: str
    photos: tuple[PhotoId, ...] = ()
    request: str = ""


@dataclass(frozen=True)
class Word(Fact):
    """The word that lets a changed rule file redo finished work. `part` is sort, retouch or style."""

    kind: ClassVar[str] = "word"
    part: str
    rules: str
    request: str = ""


@dataclass(frozen=True)
class Adopted(Fact):
    """A person took a trained head for sorting; `object` is its file, empty for the shipped one again."""

    kind: ClassVar[str] = "adopted"
    object: str
    request: str = ""


@dataclass(frozen=True)
class Accepted(Fact):
    """A version of a rule file came into force; its bytes are in the store."""

    kind: ClassVar[str] = "rules"
    file: str
    object: ObjectId
    version: int


@dataclass(frozen=True, slots=True)
class Placed(Fact):
    """The class view of a photo is being put into folder `to`, away from `left` (empty at first)."""

    kind: ClassVar[str] = "placed"
    photo: PhotoId
    to: str
    left: str = ""


@dataclass(frozen=True)
class Settled(Fact):
    """A view's move from one class folder to another was completed."""

    kind: ClassVar[str] = "settled"
    photo: PhotoId


@dataclass(frozen=True)
class BookMade(Fact):
    """A book: its PDF and pages. `root` and `records` are the Merkle root and count printed in the colophon.

    `html` is the zipped HTML edition; `warnings` are the preflight's sentences.
    """

    kind: ClassVar[str] = "book"
    key: str
    pdf: ObjectId
    page_count: int
    root: str
    records: int
    pages: dict[str, int]
    not_chosen: dict[str, str]
    html: str = ""
    warnings: tuple[str, ...] = ()
    request: str = ""


@dataclass(frozen=True)
class Noted(Fact):
    """A request was read and led to nothing else (already done, or about a photo nobody knows)."""

    kind: ClassVar[str] = "noted"
    request: str
    code: str


@dataclass(frozen=True)
class Unknown(Fact):
    """A fact of a newer version: carried along, never folded."""

    kind: ClassVar[str] = "unknown"
    name: str = ""
    body: dict[str, Any] = field(default_factory=dict)


KINDS: dict[str, type[Fact]] = {
    kind.kind: kind
    for kind in (
        Opened, Dropped, Refused, Duplicate, StepDone, StepFailed, Chose, Decided, Edited, Kept, LeftOut, PutBack,
        Dismissed, Redo, Word, Adopted, Accepted, Placed, Settled, BookMade, Noted,
    )
}  # fmt: skip


def fact_from(kind: str, body: dict[str, Any]) -> Fact:
    """The fact a ledger line tells."""
    known = KINDS.get(kind)
    return known.from_json(body) if known else Unknown(kind, body)


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the ledger. `time` is UTC, ISO 8601 with seconds; `hash` is the SHA-256 of the line."""

    sequence: int
    epoch: int
    time: str
    fact: Fact
    previous: str
    hash: RecordHash


@dataclass(frozen=True)
class Detail:
    """What may be personal about one arrival: kept in an object of its own with a salt, so that it can be withdrawn."""

    name: str
    photographer: str
    folder: str = ""
    taken: str | None = None
    camera: str = ""
    serial: str = ""
    caption: str = ""
    arrived: str = ""
    salt: str = ""
    rating: int = 0
    """Stars, -1 (reject) to 5; 0: none."""
    likeness: str = ""
    """64 bits of what it looks like (pictures.likeness), hexadecimal; empty in events of earlier versions."""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Detail:
        """The inverse of to_json; unknown keys are left out."""
        known = {item.name for item in fields(cls)}
        return cls(**{key: value for key, value in data.items() if key in known})
