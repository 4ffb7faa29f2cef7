"""The library folder: what people did there is read first, then it is brought to what the state says.

`look` compares what stands in the view folders (`sight`) with what was put there (`wanted`) and turns differences into
records by way of `gestures`; files that need reading (hand edits, unknown pictures) are read by a lane's child first.
`publish` then brings single paths up to date: those of photos whose plan changed, and those that differ on disk. Every
minute all paths are compared. Without the sentinel, or when a folder cannot be read, nothing is believed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from safelight.model.digests import ObjectId, PhotoId
from safelight.model.errors import DamagedObject, DiskFull, SafelightError
from safelight.model.records import Decided, Dismissed, Fact, Kept, LeftOut, Placed, PutBack, Settled
from safelight.plan.steps import proposal
from safelight.reconcile import gestures
from safelight.reconcile.event import CLASS_FOLDERS
from safelight.reconcile.gestures import PLACES, Absences, HandEdit, Stands, Unknown
from safelight.reconcile.hand import HandWork
from safelight.reconcile.names import comparable, junk
from safelight.reconcile.publish import FOLDERS, Manifest, Publisher, elsewhere, sweep
from safelight.reconcile.shelf import MARK, Shelf
from safelight.reconcile.sight import Change, Sight
from safelight.reconcile.statuspage import NEED_YOU, cards_of
from safelight.reconcile.tally import Tally
from safelight.reconcile.views import BookSays, View, Views, arrival_views, class_of, photo_views
from safelight.reconcile.words import fault_words, say
from safelight.reconcile.work import Work

COMPARE = 10
"""Every so many full looks everything that stands is compared with everything that should."""
ENDINGS = {b"\x89PNG": ".png", b"RIFF": ".webp", b"\xff\xd8\xff\xe0": ".jpg"}


@dataclass
class _Shown:
    """The views of one photo as last made, and what they were made from."""

    mark: tuple[object, ...]
    views: Views


class Library:
    """Views, shelf and gestures of the event being worked on."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.manifest = Manifest.load(work.cache / "views.json")
        self.sight = Sight(work.event.library, FOLDERS)
        self.publisher = Publisher(work.event, self.manifest, self.sight, work.owner.state.knows)
        self.publisher.fence = self._fence
        self.shelf = Shelf(work.event, work.monotonic)
        self.absences = Absences()
        self.hand = HandWork(work)
        self.published = -1e9
        self.strangers: set[str] = set()
        self._wanted: Views = {}
        self._cards: dict[
            str, str
        ] = {}  # those of _wanted that are cards, by place: few, and asked at every publication
        self._shown: dict[PhotoId, _Shown] = {}
        self._arrivals: Views = {}
        self._says = BookSays("en")
        self._todo: set[str] = set()
        self._odd: set[str] = set()
        self._moving: set[PhotoId] = {photo.photo for photo in work.owner.state.photos.values() if photo.leaving}
        self._counted = (-1, -1, -1)
        self._endings: dict[str, str] = {}
        self._suspects: set[str] = set()
        self._carded: set[tuple[str, float]] = set()
        self._beside: set[str] = set()
        self._held: set[str] = set()
        self._looked_full = -1e9
        self._compared = -1e9
        self._began = work.monotonic()
        sweep(work.event)
        for folder in FOLDERS:  # people can only put something into a folder that is there
            (work.event.library / folder).mkdir(exist_ok=True)

    # --- reading what people did ---

    def look(self, now: float) -> bool:
        """Read gestures; False when the folders could not be read: then nothing was believed and nothing may be written."""
        work = self.work
        full = now - self._looked_full >= work.pace.full
        try:
            if not work.event.sentinel.is_file():
                return False
            for path in self.hand.claimed():  # what we ourselves took is no absence
                self.sight.removed(path)
            suspects, self._suspects = self._suspects, set()
            change = self.sight.look(now, full=full, suspects=suspects)
        except OSError as fault:
            work.tell_once("look", say("away", work.language, folder=fault.filename or work.event.library))
            self.absences.away.clear()
            self._looked_full = self._compared = -1e9
            return False
        if full:
            self._looked_full = now
            self._beside = {entry.name for entry in os.scandir(work.event.library) if not _ours(entry.name)}
        self._remake()
        if now - self._compared >= COMPARE * work.pace.full:
            self._compared = now
            self._odd.update(self.sight.entries)
            self._todo.update(self.sight.entries, self._wanted)
        self._odd.update(change.seen)
        self._odd.intersection_update(self.sight.entries)
        self._judge(now)
        self._missing(change, now)
        work.dirty = work.dirty or bool(
            self._todo - self.absences.away.keys() - self.strangers - self.hand.busy() - self._held
        )
        return True

    def _fence(self) -> None:
        """Before every file written or removed: a long pass gives signs of life, and only an owner goes on."""
        self.work.beat()
        self.work.owner.still()

    def suspect(self, path: str) -> None:
        """Somebody says that this file (relative to the library) was written: ask it at the next look."""
        self._suspects.add(path)

    def returned(self) -> None:
        """The share was away and is back: everything is looked at anew, and no absence of before counts."""
        self.absences.away.clear()
        self._looked_full = self._compared = -1e9

    def unsettled(self) -> int:
        """Files in the library that must still stand for a while before it is clear what they are."""
        now = self.work.monotonic()
        if now - self._began > self.work.pace.patience:
            return 0
        return len(self.hand.busy()) + len(self.work.found) + sum(not self._settled(path, now) for path in self._odd)

    def _judge(self, now: float) -> None:
        """What stands where we did not put it, or holds other bytes than we put there."""
        stands, self.strangers, self._held = [], set(self._beside), set()
        sizes: set[int] | None = None
        for path in sorted(self._odd):
            view = self._wanted.get(path)
            entry = self.sight.entries[path]
            content = self.manifest.known(path, entry)
            if content is None and view is not None and view.object:
                content = self._read_if(path, self._size_of(view.object) == entry.size)
            if content is None:
                sizes = self._sizes() if sizes is None else sizes
                content = self._read_if(path, entry.size in sizes or self._settled(path, now))
            if view is not None and (content == view.content or path.endswith(".why.txt")):
                self._odd.discard(path)
                self._todo.add(path)
            elif content is None or not (self.work.owner.state.knows(content) or self._settled(path, now)):
                self._hold(path)
            elif not junk(path.rpartition("/")[2]):
                stands.append(self._stands(path, content))
                if self.work.owner.state.knows(content):
                    self._todo.add(path)
                    self._stands_astray(path, content)
                else:
                    self.strangers.add(path)
        busy = self.hand.busy()
        for gesture in gestures.read(stands, self.work.owner.state):
            match gesture:
                case HandEdit() | Unknown():
                    if gesture.path not in busy:
                        content = self.manifest.content(
                            self.work.event.library, gesture.path, self.sight.entries[gesture.path]
                        )
                        self.hand.take(gesture, content)
                case gestures.Moved():
                    self._append(Decided(gesture.photo, gesture.verdict, "folder"))
                case gestures.Back():
                    self._append(PutBack(gesture.photo))
                case gestures.Undone():
                    self._append(self.hand.undone(gesture))
        self.strangers -= self.hand.busy() | self.hand.given()

    def _hold(self, path: str) -> None:
        """Something not yet readable under the name of a view, perhaps that view moved and edited: nothing is put back."""
        photo = self.work.names.at(path, exact=True) if path.startswith(CLASS_FOLDERS) else None
        shown = self._shown.get(photo) if photo is not None else None
        if shown is not None:
            self._held.update(name for name, view in shown.views.items() if view.place == "class")

    def _stands_astray(self, path: str, content: str) -> None:
        """A view under another name or in another folder is not gone; a need-you card put into a class folder decides."""
        photo = self.work.owner.state.photo_of(content)
        shown = self._shown.get(photo) if photo is not None else None
        if photo is None or shown is None:
            return
        same = {name: view for name, view in shown.views.items() if view.object and view.content == content}
        away = [name for name in same if name in self.absences.away and name != path]
        self.absences.forget(away)
        self._todo.update(away)
        folder = path.partition("/")[0]
        mark = (path, self.sight.entries[path].since)
        if {view.place for view in same.values()} == {"card"} and folder in CLASS_FOLDERS and mark not in self._carded:
            self._carded.add(mark)
            self._append(Decided(photo, folder, "card"))

    def _stands(self, path: str, content: str) -> Stands:
        """Whose view this path is, and whether that photo's own view stands nowhere else."""
        place = PLACES.get(path.partition("/")[0])
        if place is None:
            return Stands(path, content)
        view = self._wanted.get(path)
        photo = view.photo if view is not None else self.work.names.at(path, exact=place == "class")
        if photo is None:
            return Stands(path, content)
        shown = self._shown.get(photo)
        own = [name for name, view in shown.views.items() if view.place == place] if shown else []
        if place == "class" and self._says.previews:
            return Stands(path, content, photo, alone=False, small=True)
        alone = all(name == path or not self._stands_right(name) for name in own)
        return Stands(path, content, photo, alone)

    def _stands_right(self, path: str) -> bool:
        entry = self.sight.entries.get(path)
        return entry is not None and self.manifest.known(path, entry) == self._wanted[path].content

    def _read_if(self, path: str, worth: bool) -> str | None:
        if not worth:
            return None
        self.work.beat()
        try:
            return self.manifest.content(self.work.event.library, path, self.sight.entries[path])
        except OSError:  # moved on or not readable: the next look sees
            return None

    def _settled(self, path: str, now: float) -> bool:
        entry = self.sight.entries.get(path)
        return entry is not None and now - entry.since >= self.work.pace.settle

    def _sizes(self) -> set[int]:
        """Sizes of files that we know: one of them that stands elsewhere is whole, so it need not settle."""
        return {known.size for known in self.manifest.files.values()} | {
            photo.dropped.bytes for photo in self.work.owner.state.photos.values()
        }

    def _size_of(self, name: str) -> int:
        try:
            return self.work.event.store.path(ObjectId(name)).stat().st_size
        except OSError:
            return -1

    def _missing(self, change: Change, now: float) -> None:
        """Views that are gone: put back, or after a while a person's wish."""
        for photo in self.work.again:
            shown = self._shown.get(photo)
            self.absences.forget(shown.views if shown else ())
            self._todo.update(shown.views if shown else ())
        self.work.again.clear()
        gone = {}
        for path, entry in change.gone.items():
            view, content = self._wanted.get(path), self.manifest.known(path, entry)
            self.manifest.forget(path)
            if view is not None and content == view.content and self._means(path, view):
                gone[path] = self.sight.number - entry.look >= 2
            self._todo.add(path)
        if not gone and not self.absences.away:
            return
        pictures = sum(bool(view.object) for view in self._wanted.values())
        missing = self.absences.look(
            gone, _Standing(self.sight), self._wanted, change.lost, pictures, now, self.work.pace.away
        )
        self._todo.update(missing.restore)
        if missing.brake:
            self.work.tell_once("brake", say("brake", self.work.language, n=len(missing.restore)))
        self._wished(missing.wishes)

    def _wished(self, paths: Iterable[str]) -> None:
        """Deletions that count. One whose bytes are still somewhere in the event was a move that went astray."""
        left_out: dict[PhotoId, list[str]] = {}
        for path in paths:
            view = self._wanted[path]
            self.absences.forget([path])
            self._todo.add(path)
            if view.place == "card" and view.photo is not None:
                self._accept(view.photo)
            elif view.place == "arrival":
                self._append(Dismissed(view.arrival, self._detail_of(view.arrival)))
            elif view.photo is not None and not self._elsewhere(path, view.content):
                left_out.setdefault(view.photo, []).append(view.place)
        for photo, places in left_out.items():
            self._append(LeftOut(photo, tuple(places)))

    def _detail_of(self, sequence: int) -> str:
        """The detail object of a refused file or a duplicate, by the sequence of its record."""
        arrivals = (*self.work.owner.state.refused, *self.work.owner.state.duplicates)
        return next((one.fact.detail for one in arrivals if one.sequence == sequence), "")

    def _elsewhere(self, path: str, content: str) -> bool:
        contents = {self.manifest.known(name, self.sight.entries[name]) for name in self._odd if name != path}
        return content in contents or elsewhere(self.work.event, content, self._size_of(content))

    def _accept(self, photo: PhotoId) -> None:
        """A need-you card was deleted: what it proposed counts; without a proposal it returns."""
        plan = self.work.planner.plans.get(photo)
        need = plan.need if plan is not None else None
        if need is None:
            return
        if need.code == "hand_edit":
            self._append(Kept(photo, need.values["place"], need.values["against"]))
        elif (verdict := proposal(need)) is not None:
            self._append(Decided(photo, verdict, "card"))

    def _means(self, path: str, view: View) -> bool:
        """Whether the absence of this file can mean something: pictures do; a note only where a card has no picture."""
        return bool(view.place) and (bool(view.object) or path.removesuffix(".why.txt") not in self._wanted)

    def _append(self, fact: Fact) -> None:
        self.work.owner.append(fact)
        self.work.at("gesture recorded")
        self.work.dirty = True

    # --- showing what the state says ---

    def publish(self, count: Tally) -> None:
        """Bring library/ to what the state says. A full disk or an absent share is told and tried again."""
        work = self.work
        try:
            if self.look(work.monotonic()):
                self._publish(count)
        except DiskFull as fault:
            work.disk_full(fault)
        except (DamagedObject, OSError) as fault:
            told = fault.say(work.language) if isinstance(fault, SafelightError) else fault_words(fault, work.language)
            work.tell_once("publish", told)
        self.published = work.monotonic()

    def _publish(self, count: Tally) -> None:
        work = self.work
        if work.recipe is not None:
            work.planner.plan(work.owner, work.recipe)
        self._remake()
        hands_off = self.absences.away.keys() | self.hand.busy() | self._held
        todo = sorted(path for path in self._todo if path not in hands_off)
        self._todo.intersection_update(hands_off)
        now = work.monotonic()
        done = False
        try:
            faults = self.publisher.sync(self._wanted, todo, lambda path: self._settled(path, now), now)
            self._todo.update(faults)
            for fault in faults.values():
                told = (
                    fault.say(work.language) if isinstance(fault, SafelightError) else fault_words(fault, work.language)
                )
                work.tell_once("view", told)
            done = True
        finally:
            if not done:
                self._todo.update(todo)
        work.at("views shown")
        for photo_id in sorted(self._moving - self._still_leaving()):
            work.owner.append(Settled(photo_id))
            self._moving.discard(photo_id)
        work.at("settled")
        work.owner.still()
        self.shelf.put(work.owner.state.book)
        work.at("book shown")
        work.owner.still()
        cards = cards_of(self._cards)
        self.shelf.status(count, work.language, running=True, cards=cards, news=work.news(), zone=work.zone)
        work.dirty = False

    def _still_leaving(self) -> set[PhotoId]:
        """Photos of whose old place a file is still to be taken away: until then its standing there is no gesture."""
        state, still = self.work.owner.state, set()
        for path in self._odd | self._todo:
            entry = self.sight.entries.get(path)
            content = self.manifest.known(path, entry) if entry is not None else None
            photo = state.photo_of(content) if content else None
            if photo is not None and state.photos[photo].leaving == path.partition("/")[0]:
                still.add(photo)
        return still

    def _remake(self) -> None:
        """The views of every photo whose plan changed; all of them when the book or the language did."""
        work = self.work
        says = self._book_says()
        changed = set(work.planner.plans) if says != self._says else set(work.planner.changed)
        self._says = says
        work.planner.changed.clear()
        for photo_id in sorted(changed, key=lambda photo: work.owner.state.photos[photo].order):
            self._remake_photo(photo_id, says)
        work.planner.changed.clear()  # our own placing is no news
        state = work.owner.state
        counted = (len(state.refused), len(state.duplicates), len(state.dismissed))
        if counted != self._counted or len(changed) == len(work.planner.plans):
            self._counted = counted
            self._replace(self._arrivals, self._arrival_views(says))

    def _remake_photo(self, photo_id: PhotoId, says: BookSays) -> None:
        work = self.work
        photo, plan = work.owner.state.photos[photo_id], work.planner.plans.get(photo_id)
        if plan is None:
            return
        folder = class_of(photo, plan)
        if folder and folder != photo.placed:
            left = photo.placed
            work.owner.append(Placed(photo_id, folder, left))
            work.at("placed")
            if left:
                self._moving.add(photo_id)
        mark = (photo.version, plan, says)
        shown = self._shown.get(photo_id)
        if shown is not None and shown.mark == mark:
            return
        endings = {plan.retouched: self._ending(plan.retouched)} if plan.retouched else {}
        views = photo_views(work.owner, work.names, photo, plan, endings, says)
        self._replace(shown.views if shown else {}, views)
        self._shown[photo_id] = _Shown(mark, views)

    def _arrival_views(self, says: BookSays) -> Views:
        taken = {comparable(name) for shown in self._shown.values() for name in shown.views}
        views: Views = {}
        state = self.work.owner.state
        for arrival in (*state.refused, *state.duplicates):
            if arrival.sequence not in state.dismissed:
                views.update(arrival_views(self.work.owner, self.work.names, arrival, says, taken))
        return views

    def _replace(self, old: Views, new: Views) -> None:
        """Other views for these: what differs is looked at when publishing."""
        new = dict(new)
        for path, view in old.items():
            if new.get(path) != view:
                self._todo.add(path)
                self._wanted.pop(path, None)
                self._cards.pop(path, None)
                if path in self.sight.entries:
                    self._odd.add(path)
        for path, view in new.items():
            if old.get(path) != view:
                self._todo.add(path)
            self._wanted[path] = view
            if path.startswith(NEED_YOU):
                self._cards[path] = view.place
        if old is self._arrivals:
            self._arrivals = new

    def _book_says(self) -> BookSays:
        work, book = self.work, self.work.owner.state.book
        previews = work.recipe is not None and work.recipe.event.views == "preview"
        if book is None:
            return BookSays(work.language, previews, zone=work.zone)
        return BookSays(work.language, previews, book.made.pages, book.made.not_chosen, work.zone)

    def _ending(self, name: str) -> str:
        if name not in self._endings:
            with self.work.event.store.path(ObjectId(name)).open("rb") as file:
                self._endings[name] = ENDINGS.get(file.read(4), ".png")
        return self._endings[name]


def _ours(name: str) -> bool:
    """Whether a name directly in library/ is one of ours, or nobody's business."""
    return name in FOLDERS or name == "book" or name.startswith((".", MARK, "_status"))


class _Standing:
    """The paths that stand, as a container, however case or accents are written."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._sight.there(path) is not None
