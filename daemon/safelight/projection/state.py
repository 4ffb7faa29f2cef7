"""Folding the ledger into state: what is known of every photo and of the event. Pure: no files, no clock.

`State.apply` takes one record after the other; folding in two parts equals folding at once. Nothing is decided here:
which verdict holds and what is missing is the planner's business. Details (names, times) are not read here either,
only referred to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from safelight.model.digests import ObjectId, PhotoId, StepKey
from safelight.model.records import (
    Accepted,
    Adopted,
    BookMade,
    Chose,
    Decided,
    Dismissed,
    Dropped,
    Duplicate,
    Edited,
    Kept,
    LeftOut,
    Noted,
    Opened,
    Placed,
    PutBack,
    Record,
    Redo,
    Refused,
    Settled,
    StepDone,
    StepFailed,
    Word,
)

FOLLOWS: dict[str, tuple[str, ...]] = {
    "look": ("look", "classify", "mask", "inpaint", "alter", "stylize"),
    "sort": ("classify", "mask", "inpaint", "alter", "stylize"),
    "classify": ("classify", "mask", "inpaint", "alter", "stylize"),
    "retouch": ("mask", "inpaint", "alter", "stylize"),
    "mask": ("mask", "inpaint", "alter", "stylize"),
    "inpaint": ("inpaint", "alter", "stylize"),
    "alter": ("alter", "stylize"),
    "style": ("stylize",),
    "stylize": ("stylize",),
    "photo": ("look", "classify", "mask", "inpaint", "alter", "stylize"),
}
"""What a redo of a stage (or of a rule file's part) raises the attempt number of."""


@dataclass(frozen=True, slots=True)
class Done:
    """A finished step with where it stands in the ledger."""

    step: StepDone
    sequence: int
    time: str


@dataclass(frozen=True)
class Failure:
    """The latest failure of a step's key."""

    fact: StepFailed
    time: str


@dataclass(frozen=True)
class Hand:
    """A view as a person's hand left it. `kept` names newer work that the person preferred it to."""

    fact: Edited
    sequence: int
    kept: str = ""


@dataclass(slots=True)
class PhotoState:
    """Everything the ledger says of one photo. `version` counts its records, for caches of what follows from it."""

    photo: PhotoId
    order: int
    dropped: Dropped
    time: str
    version: int = 0
    details: list[ObjectId] = field(default_factory=list)
    steps: dict[StepKey, Done] = field(default_factory=dict)
    latest: dict[str, Done] = field(default_factory=dict)
    produced: dict[str, Done] = field(default_factory=dict)
    failures: dict[StepKey, Failure] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    decision: Decided | None = None
    decided: int = 0
    decisions: list[tuple[Decided, str]] = field(default_factory=list)
    placed: str = ""
    leaving: str = ""
    sequences: list[int] = field(default_factory=list)
    hand: dict[str, Hand] = field(default_factory=dict)
    shown: dict[str, Edited] = field(default_factory=dict)
    described: ObjectId | None = None
    left_out: tuple[str, ...] = ()

    @property
    def judged(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """What was measured and how the model sorted it, as the records hold it; None before both are done."""
        if not {"look", "classify"} <= self.latest.keys():
            return None
        return self.latest["look"].step.facts, self.latest["classify"].step.facts

    @property
    def base(self) -> ObjectId:
        """What all retouching and painting works on: the original, or what a person made of it by hand."""
        hand = self.hand.get("class")
        return hand.fact.object if hand else ObjectId(self.photo)

    @property
    def thumb(self) -> str:
        """The small picture of what a person sees in the class folder; empty where there is none."""
        hand = self.hand.get("class")
        return hand.fact.thumb if hand else self.dropped.thumb

    @property
    def detail(self) -> ObjectId:
        """The detail object in force: the newest that was written about the photo."""
        return self.described or self.details[0]

    def in_view(self, place: str, made: str) -> str:
        """What is shown for a result: the same, or the same pixels with what a person wrote into the file."""
        shown = self.shown.get(place)
        return shown.object if shown and shown.of == made else made


@dataclass(frozen=True)
class Arrival:
    """One arrival that is not a new photo: a refused file or a duplicate."""

    fact: Refused | Duplicate
    sequence: int
    time: str


@dataclass(frozen=True)
class Book:
    """A book that was made, and the time of its record."""

    made: BookMade
    time: str


@dataclass
class State:
    """The fold. Photos stand in order of arrival."""

    sequence: int = 0
    photos: dict[PhotoId, PhotoState] = field(default_factory=dict)
    refused: list[Arrival] = field(default_factory=list)
    duplicates: list[Arrival] = field(default_factory=list)
    choices: dict[str, str] = field(default_factory=dict)
    words: set[tuple[str, str]] = field(default_factory=set)
    rules: dict[str, tuple[Accepted, str]] = field(default_factory=dict)
    rule_sequences: dict[str, int] = field(default_factory=dict)
    accepted: list[tuple[Accepted, str]] = field(default_factory=list)
    """Every version of every rule file that came into force, oldest first, with the time of its record."""
    book: Book | None = None
    """The last one made; earlier ones are in the ledger, and a long race has many."""
    requests: set[str] = field(default_factory=set)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    opened: list[tuple[Opened, str]] = field(default_factory=list)
    dismissed: set[int] = field(default_factory=set)
    adopted: str = ""
    """The head that a person took for sorting (its object, which is its fingerprint); empty: the shipped ones."""
    adopted_at: int = 0
    last_decision: int = 0
    """The sequence of the last decision of a person."""
    sorter: str = ""
    """The fingerprint of what sorted last."""
    unasked: set[str] = field(default_factory=set)
    """Detail objects of arrivals whose cards were deleted and that are not recorded yet."""
    owners: dict[str, PhotoId | None] = field(default_factory=dict)
    """Which photo an object belongs to: results, edits, small pictures. None where that cannot be told, or for refused
    files: bytes that are known and no photo's."""
    changed: set[PhotoId] = field(default_factory=set)
    """Photos that a record was about since the reader last emptied this set."""

    @property
    def sorting(self) -> str:
        """The fingerprint of what sorts: the head that a person took, else what sorted last; empty before anything was."""
        return self.adopted or self.sorter

    def photo_of(self, object_: str) -> PhotoId | None:
        """The photo whose original, result, edit or small picture these bytes are."""
        if object_ in self.photos:
            return PhotoId(object_)
        return self.owners.get(object_)

    def knows(self, object_: str) -> bool:
        """Whether these bytes arrived or were made here: a file that holds them can be taken away, nothing is lost."""
        return object_ in self.photos or object_ in self.owners

    def apply(self, record: Record) -> PhotoId | None:
        """Fold one record in; returns the photo it was about, if any."""
        self.sequence = record.sequence
        fact = record.fact
        request = getattr(fact, "request", "")
        if request:
            self.requests.add(request)
        match fact:
            case Dropped():
                return self._drop(fact, record)
            case Refused():
                self.refused.append(self._arrival(fact, record))
                self.owners.setdefault(fact.object, None)
            case Duplicate():
                self.duplicates.append(self._arrival(fact, record))
                if fact.again:
                    self._again("photo", (fact.photo,))
                return self._touch(fact.photo, record)
            case StepDone():
                return self._done(fact, record)
            case StepFailed():
                photo = self.photos.get(fact.photo)
                if photo:
                    photo.failures[fact.key] = Failure(fact, record.time)
                return self._touch(fact.photo, record)
            case Chose():
                self.choices.setdefault(fact.work, fact.backend)
            case Decided():
                self._decide(fact, record)
                return self._touch(fact.photo, record)
            case Edited():
                return self._edit(fact, record)
            case Kept():
                photo = self.photos.get(fact.photo)
                if photo and fact.place in photo.hand:
                    photo.hand[fact.place] = replace(photo.hand[fact.place], kept=fact.against)
                return self._touch(fact.photo, record)
            case LeftOut():
                photo = self.photos.get(fact.photo)
                if photo:
                    photo.left_out = tuple(dict.fromkeys((*photo.left_out, *fact.places)))
                return self._touch(fact.photo, record)
            case PutBack():
                photo = self.photos.get(fact.photo)
                if photo:
                    photo.left_out = ()
                return self._touch(fact.photo, record)
            case Dismissed():
                self._dismiss(fact)
            case Redo():
                self._again(fact.stage, fact.photos)
            case Word():
                self.words.add((fact.part, fact.rules))
            case Adopted():
                self.adopted, self.adopted_at = fact.object, record.sequence
            case Accepted():
                self.rules[fact.file] = (fact, record.time)
                self.rule_sequences[fact.file] = record.sequence
                self.accepted.append((fact, record.time))
            case Placed():
                photo = self.photos.get(fact.photo)
                if photo:
                    photo.placed, photo.leaving = fact.to, fact.left
                return self._touch(fact.photo, record, counts=False)
            case Settled():
                photo = self.photos.get(fact.photo)
                if photo:
                    photo.leaving = ""
                return self._touch(fact.photo, record, counts=False)
            case BookMade():
                self.book = Book(fact, record.time)
            case Opened():
                self.opened.append((fact, record.time))
            case Noted():
                pass
            case _:
                pass
        return None

    def _arrival(self, fact: Refused | Duplicate, record: Record) -> Arrival:
        """An arrival; one whose card was deleted before it had to be recorded anew is not asked about again."""
        if fact.detail in self.unasked:
            self.unasked.discard(fact.detail)
            self.dismissed.add(record.sequence)
        return Arrival(fact, record.sequence, record.time)

    def _dismiss(self, fact: Dismissed) -> None:
        """A card was deleted: that of the arrival with this detail, whatever sequence it has now."""
        if not fact.detail:
            self.dismissed.add(fact.arrival)
            return
        known = [one.sequence for one in (*self.refused, *self.duplicates) if one.fact.detail == fact.detail]
        if known:
            self.dismissed.update(known)
        else:
            self.unasked.add(fact.detail)

    def _drop(self, fact: Dropped, record: Record) -> PhotoId:
        if fact.photo not in self.photos:
            self.photos[fact.photo] = PhotoState(fact.photo, len(self.photos), fact, record.time)
        photo = self.photos[fact.photo]
        photo.details.append(fact.detail)
        self._owned(fact.thumb, fact.photo)
        if fact.decided:
            self._decide(Decided(fact.photo, fact.decided, "folder"), record)
        self._touch(fact.photo, record)
        return fact.photo

    def _decide(self, fact: Decided, record: Record) -> None:
        """A person's word on a photo, which also brings back one that was left out."""
        photo = self.photos.get(fact.photo)
        if photo:
            photo.decision, photo.decided = fact, record.sequence
            self.last_decision = record.sequence
            photo.decisions.append((fact, record.time))
            photo.left_out = ()

    def _edit(self, fact: Edited, record: Record) -> PhotoId | None:
        """What a hand made of a view: the input of all that follows, or a result that is held."""
        photo = self.photos.get(fact.photo)
        if photo is None:
            return None
        photo.shown.pop(fact.place, None)
        if fact.detail:
            photo.described = ObjectId(fact.detail)
        if not fact.pixels:
            photo.shown[fact.place] = fact
        elif fact.object == fact.of:
            photo.hand.pop(fact.place, None)
        else:
            photo.hand[fact.place] = Hand(fact, record.sequence)
            photo.produced.setdefault(fact.object, Done(_by_hand(fact), record.sequence, record.time))
        self._owned(fact.object, fact.photo)
        self._owned(fact.thumb, fact.photo)
        return self._touch(fact.photo, record)

    def _owned(self, name: str, photo: PhotoId) -> None:
        """Bytes that belong to a photo; the same for two photos belong to none."""
        if name:
            known = self.owners.setdefault(name, photo)
            if known != photo:
                self.owners[name] = None

    def _done(self, fact: StepDone, record: Record) -> PhotoId | None:
        photo = self.photos.get(fact.photo)
        if photo is None:
            return None
        done = Done(fact, record.sequence, record.time)
        if fact.key not in photo.steps:
            photo.steps[fact.key] = done
            photo.latest[slot(fact.stage, fact.rule)] = done
            for output in fact.outputs.values():
                photo.produced.setdefault(output, done)
                self._owned(output, fact.photo)
        photo.failures.pop(fact.key, None)
        if fact.stage == "classify":
            self.sorter = fact.model
        times = self.seconds.setdefault(fact.stage, [])
        times.append(fact.seconds)
        del times[:-50]
        return self._touch(fact.photo, record)

    def _again(self, stage: str, photos: tuple[PhotoId, ...]) -> None:
        """Raise the attempts of the named photos, or of all that have arrived so far."""
        stages = FOLLOWS.get(stage, (stage,))
        for photo_id in photos or tuple(self.photos):
            photo = self.photos.get(photo_id)
            if photo is None:
                continue
            for name in stages:
                photo.attempts[name] = photo.attempts.get(name, 0) + 1
            photo.failures.clear()
            if photos:  # asked for by name: also in place of what a hand made of its results
                photo.left_out = ()
                for place in ("retouched", "stylized"):
                    photo.hand.pop(place, None)
            photo.version += 1
            self.changed.add(photo_id)

    def _touch(self, photo_id: PhotoId, record: Record, *, counts: bool = True) -> PhotoId | None:
        """Note the record with its photo. Where views stand is no part of a picture's proof (`counts` false)."""
        photo = self.photos.get(photo_id)
        if photo is None:
            return None
        photo.version += 1
        self.changed.add(photo_id)
        if counts:
            photo.sequences.append(record.sequence)
        return photo_id


def _by_hand(fact: Edited) -> StepDone:
    """A person's edit as a link in the chain of proof."""
    return StepDone(
        photo=fact.photo, key=StepKey(fact.object), stage="alter", attempt=0, rule="", inputs={"image": fact.of},
        params={"how": "hand", "place": fact.place}, backend="hand", version=1, model="", trained=False, seed=0,
        outputs={"image": fact.object}, facts={"width": fact.width, "height": fact.height}, machine="", device="",
        seconds=0.0,
    )  # fmt: skip


def slot(stage: str, rule: str) -> str:
    """Where a result stands in a photo's chain: stages that run once by name, those of retouch rules by rule too."""
    return stage if stage in {"look", "classify", "stylize"} else f"{stage}:{rule}"


def fold(records: Iterable[Record]) -> State:
    """All records folded at once."""
    state = State()
    for record in records:
        state.apply(record)
    return state


def lineage(photo: PhotoState, output: str) -> tuple[Done, ...]:
    """The steps that led from the original to this object, in order, each once: the proof of a printed picture.

    Follows inputs backwards; look and classify make no picture and are not part of it.
    """
    found: dict[StepKey, Done] = {}
    waiting = [output]
    while waiting:
        done = photo.produced.get(waiting.pop())
        if done is None or done.step.key in found:
            continue
        found[done.step.key] = done
        waiting.extend(done.step.inputs.values())
    return tuple(sorted(found.values(), key=lambda done: done.sequence))
