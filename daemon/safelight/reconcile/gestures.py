"""What people did to the views, told from what stands in the folders. Pure: nothing is opened here, the clock is given.

`read` judges files that stand where the program did not put them, or hold other bytes than it put there. `Absences`
judges what is gone: only in small numbers, only for long enough, never at start. Who acts on it is `reconcile/library`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from safelight.model.digests import ObjectId, PhotoId
from safelight.projection.state import PhotoState, State
from safelight.reconcile.event import CLASS_FOLDERS

PLACES = {"ok": "class", "retoucher": "class", "exclure": "class", "retouched": "retouched", "stylized": "stylized"}
FEW, SHARE = 10, 0.2
"""Fewer than the larger of ten and a fifth of all views may go at once and be a wish."""


@dataclass(frozen=True)
class Stands:
    """A settled file that is not what the program put there. `content` is the SHA-256 of its bytes.

    `view_of` is the photo whose view bears this very path; `alone` says that this photo's own view stands nowhere else,
    so that the file can only be what became of it. `small` marks the path of a small picture shown where space is short:
    changing that changes nothing.
    """

    path: str
    content: str
    view_of: PhotoId | None = None
    alone: bool = False
    small: bool = False

    @property
    def folder(self) -> str:
        """The view folder it stands in."""
        return self.path.partition("/")[0]


@dataclass(frozen=True)
class Moved:
    """A decision read from the folders."""

    photo: PhotoId
    verdict: str


@dataclass(frozen=True)
class Back:
    """A deleted view stands again."""

    photo: PhotoId


@dataclass(frozen=True)
class HandEdit:
    """The view of a photo holds bytes that nobody knows."""

    path: str
    photo: PhotoId
    place: str


@dataclass(frozen=True)
class Undone:
    """A view edited by hand holds again what the program had made of it."""

    photo: PhotoId
    place: str
    object: ObjectId


@dataclass(frozen=True)
class Unknown:
    """A file that nobody knows in a class folder: a picture dropped and decided in one, if it is one."""

    path: str
    verdict: str


@dataclass(frozen=True)
class Edit:
    """A changed view being read: the gesture, its bytes as an object, and what the program itself had made there."""

    gesture: HandEdit
    object: ObjectId
    of: ObjectId


Gesture = Moved | Back | HandEdit | Undone | Unknown


def read(stands: Iterable[Stands], state: State) -> list[Gesture]:
    """The gestures in what stands where; a file that means nothing gives none."""
    found: list[Gesture] = []
    foreign: dict[PhotoId, set[str]] = {}
    for file in stands:
        photo_id = state.photo_of(file.content)
        if photo_id is None:
            gesture = _unknown(file, state)
            if gesture is not None:
                found.append(gesture)
            if isinstance(gesture, HandEdit) and gesture.place == "class":
                _note_foreign(state.photos[gesture.photo], file.folder, foreign)
            continue
        photo = state.photos[photo_id]
        place = PLACES.get(file.folder)
        undone = _undone(file, photo, place)
        if undone is not None:
            found.append(undone)
        elif place is not None and place in photo.left_out and _belongs(file.content, photo, place):
            found.append(Back(photo_id))
        if place == "class":
            _note_foreign(photo, file.folder, foreign)
    # Found in two foreign folders at once says nothing clear: the one furthest from print wins, since it can be moved again.
    for photo_id, folders in foreign.items():
        verdict = next(name for name in reversed(CLASS_FOLDERS) if name in folders)
        found = [gesture for gesture in found if gesture != Back(photo_id)]  # a decision brings it back by itself
        found.append(Moved(photo_id, verdict))
    return list(dict.fromkeys(found))


def _unknown(file: Stands, state: State) -> Gesture | None:
    place = PLACES.get(file.folder)
    if place is None or file.small or state.knows(file.content):
        return None
    if file.view_of is not None and file.view_of in state.photos and file.alone:
        return HandEdit(file.path, file.view_of, place)
    return Unknown(file.path, file.folder) if place == "class" else None


def _undone(file: Stands, photo: PhotoState, place: str | None) -> Undone | None:
    """A hand edit taken back: the view holds what it held before, pixels or what was written into them."""
    if not place or file.view_of != photo.photo or not file.alone:
        return None
    hand, shown = photo.hand.get(place), photo.shown.get(place)
    before = shown.of if shown is not None else hand.fact.of if hand is not None else ""
    return Undone(photo.photo, place, ObjectId(file.content)) if file.content == before else None


def _belongs(content: str, photo: PhotoState, place: str) -> bool:
    """Whether these bytes are what the deleted view of this place showed; small pictures stand for class views."""
    if place != "class":
        return content not in {photo.photo, photo.thumb}
    return content in {photo.photo, photo.base, photo.thumb, photo.in_view("class", photo.base)}


def _note_foreign(photo: PhotoState, folder: str, foreign: dict[PhotoId, set[str]]) -> None:
    """A view in the folder it was placed in, or one that a move of ours was leaving when it was cut short, is no gesture."""
    if not photo.placed or folder in {photo.placed, photo.leaving}:
        return
    if photo.decision is not None and photo.decision.verdict == folder:
        return
    foreign.setdefault(photo.photo, set()).add(folder)


@dataclass
class Away:
    """A view that is gone: since when (monotonic seconds), and in how many looks."""

    since: float
    looks: int = 1


@dataclass(frozen=True)
class Missing:
    """What a look makes of absences: what is believed, what is put back, and whether the brake was pulled."""

    wishes: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()
    brake: bool = False


@dataclass
class Absences:
    """Views that went while this process watched. As long as a path is in `away` nobody puts it back."""

    away: dict[str, Away] = field(default_factory=dict)

    def look(
        self,
        gone: Mapping[str, bool],
        standing: Container[str],
        wanted: Container[str],
        lost: Iterable[str],
        total: int,
        now: float,
        patience: float,
    ) -> Missing:
        """One look. `gone` maps a view that went to whether this process had seen it in two looks before.

        `lost` are view folders that are gone as a whole, `total` how many views there are. Believed is what stays away
        for two looks and `patience` seconds; not what went in numbers, with its whole folder, or unseen before.
        """
        restore = [path for path, seen in gone.items() if not seen]
        for path, seen in gone.items():
            if seen:
                self.away.setdefault(path, Away(now, 0))
        for path in [path for path in self.away if path in standing or path not in wanted]:
            del self.away[path]
        folders = set(lost)
        for path in [path for path in self.away if path.partition("/")[0] in folders]:
            del self.away[path]
            restore.append(path)
        if self.away and len(self.away) >= max(FEW, SHARE * total):
            restore += self.away
            self.away.clear()
            return Missing((), tuple(restore), brake=True)
        wishes = []
        for path, away in self.away.items():
            away.looks += 1
            if away.looks >= 2 and now - away.since >= patience:
                wishes.append(path)
        return Missing(tuple(wishes), tuple(restore))

    def forget(self, paths: Iterable[str]) -> None:
        """These absences are settled: a wish was carried out, or is none."""
        for path in paths:
            self.away.pop(path, None)
