"""The library folder: what people did there is read first, then it is brought to what the state says."""

from __future__ import annotations

import contextlib
import os

from safelight.book.choose import NOT_CHOSEN
from safelight.model.digests import ObjectId, PhotoId
from safelight.model.errors import DamagedObject, DiskFull, SafelightError
from safelight.model.records import Decided, Placed, Settled
from safelight.reconcile import gestures
from safelight.reconcile.event import CLASS_FOLDERS
from safelight.reconcile.names import comparable
from safelight.reconcile.publish import FOLDERS, Manifest, Publisher, listing, sweep
from safelight.reconcile.shelf import Shelf
from safelight.reconcile.tally import Tally
from safelight.reconcile.views import BookSays, Views, arrival_views, class_of, photo_views
from safelight.reconcile.work import Work

ENDINGS = {b"\x89PNG": ".png", b"RIFF": ".webp", b"\xff\xd8\xff\xe0": ".jpg"}


class Library:
    """Views, shelf and gestures of the event being worked on."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.manifest = Manifest.load(work.cache / "views.json")
        self.publisher = Publisher(work.event, self.manifest)
        self.shelf = Shelf(work.event)
        self.published = -1e9
        self._views: dict[PhotoId, tuple[tuple[object, ...], Views]] = {}
        self._endings: dict[str, str] = {}
        sweep(work.event)

    def look(self, folders: tuple[str, ...] = CLASS_FOLDERS) -> dict[str, os.stat_result] | None:
        """Decisions read from the class folders; returns the listing they were read from.

        Without the sentinel nothing is believed: the share may be away.
        """
        work = self.work
        if not work.event.sentinel.is_file():
            return None
        library = work.event.library
        try:
            present = listing(library, folders)
        except OSError:
            return None
        contents: dict[str, str] = {}
        for name, stat in present.items():
            if name.partition("/")[0] in CLASS_FOLDERS and not name.endswith(".why.txt"):
                with contextlib.suppress(OSError):  # moved on or not readable: the next look sees
                    contents[name] = self.manifest.content(library, name, stat)
        photos = work.owner.state.photos
        for moved in gestures.read(gestures.known_pictures(contents, photos), photos):
            work.owner.append(Decided(moved.photo, moved.verdict, "folder"))
            work.dirty = True
        return present

    def publish(self, count: Tally) -> None:
        """Bring library/ to what the state says. A full disk or an absent share is told and tried again."""
        work = self.work
        try:
            self._publish(count)
        except DiskFull as fault:
            work.disk_full(fault)
        except (DamagedObject, OSError) as fault:
            told = fault.say(work.language) if isinstance(fault, SafelightError) else str(fault)
            work.tell_once("publish", told)
        self.published = work.monotonic()

    def _publish(self, count: Tally) -> None:
        work = self.work
        present = self.look(FOLDERS)
        if present is None:
            return
        if work.recipe is not None:
            work.planner.plan(work.owner, work.recipe)
        moving = self._place()
        work.at("placed")
        wanted: Views = {}
        says = self._book_says()
        photos = work.owner.state.photos
        for photo_id, plan in work.planner.plans.items():
            photo = photos[photo_id]
            mark = (
                photo.version,
                plan,
                photo_id in says.pages,
                says.not_chosen.get(photo_id),
                says.language,
                says.previews,
            )
            known = self._views.get(photo_id)
            if known is None or known[0][1] is not plan or known[0] != mark:
                endings = {plan.retouched: self._ending(plan.retouched)} if plan.retouched else {}
                known = (mark, photo_views(work.owner, work.names, photo, plan, endings, says))
                self._views[photo_id] = known
            wanted.update(known[1])
        taken = {comparable(name) for name in wanted}
        for arrival in (*work.owner.state.refused, *work.owner.state.duplicates):
            wanted.update(arrival_views(work.owner, work.names, arrival, says, taken))
        for fault in self.publisher.sync(wanted, present):
            told = fault.say(work.language) if isinstance(fault, SafelightError) else str(fault)
            work.tell_once("view", told)
        work.at("views shown")
        for photo_id in moving:
            work.owner.append(Settled(photo_id))
        work.at("settled")
        self.shelf.put(work.owner.state.books)
        self.shelf.status(count, work.language, running=True)
        work.dirty = False

    def _place(self) -> list[PhotoId]:
        """Record where class views are about to stand; a move is settled once the files have followed."""
        owner = self.work.owner
        moving = [photo.photo for photo in owner.state.photos.values() if photo.leaving]
        for photo_id, plan in self.work.planner.plans.items():
            photo = owner.state.photos[photo_id]
            folder = class_of(photo, plan)
            if folder and folder != photo.placed:
                left = photo.placed
                owner.append(Placed(photo_id, folder, left))
                if left and photo_id not in moving:
                    moving.append(photo_id)
        return moving

    def _book_says(self) -> BookSays:
        work, books = self.work, self.work.owner.state.books
        previews = work.recipe is not None and work.recipe.event.views == "preview"
        if not books:
            return BookSays(work.language, previews)
        return BookSays(work.language, previews, books[-1][0].pages, books[-1][0].not_chosen, NOT_CHOSEN)

    def _ending(self, name: str) -> str:
        if name not in self._endings:
            with self.work.event.store.path(ObjectId(name)).open("rb") as file:
                self._endings[name] = ENDINGS.get(file.read(4), ".png")
        return self._endings[name]
