"""Pictures that people put or changed in the library by hand: read by a lane's child, then recorded.

An unknown picture in a class folder is claimed like one from the inbox, with the folder as its verdict. A changed view is
copied into the store and compared with what stood there; the file itself stays where it is. What is no whole picture is
left alone until it changes again.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from safelight.model.digests import ObjectId
from safelight.model.errors import SafelightError
from safelight.model.records import Detail, Edited
from safelight.pictures.completeness import check_end
from safelight.plan.planner import TRIES
from safelight.reconcile.gestures import Edit, HandEdit, Undone, Unknown
from safelight.reconcile.intake import Seen
from safelight.reconcile.work import Found, Running, Work
from safelight.workers.lanes import Answer


class HandWork:
    """What people's hands did, being read. `left` are (path, content) that are no pictures, or not whole."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self._given: dict[str, Path] = {}
        self._reading: dict[str, Edit] = {}
        self._left: set[tuple[str, str]] = set()
        self._tries: dict[tuple[str, str], int] = {}

    def busy(self) -> set[str]:
        """Paths that are being read; nobody else may touch them."""
        return set(self._reading)

    def take(self, gesture: HandEdit | Unknown, content: str) -> None:
        """Begin with a file; its bytes were just hashed to `content`."""
        if (gesture.path, content) in self._left:
            return
        path = self.work.event.library / gesture.path
        try:
            ending, stat = check_end(path), path.stat()
        except OSError:
            return
        if ending.state != "whole":
            self._left.add((gesture.path, content))
        elif isinstance(gesture, Unknown):
            self._give(gesture.path, Found(Seen(path, stat.st_size, stat.st_mtime_ns), gesture.verdict, ending.format))
        else:
            self._compare(gesture, content)

    def given(self) -> set[str]:
        """Paths of new pictures that are about to be taken."""
        return set(self._given)

    def claimed(self) -> list[str]:
        """Paths of new pictures that were taken out of the library since this was asked last."""
        taken = [name for name, path in self._given.items() if path not in self.work.found]
        for name in taken:
            del self._given[name]
        return taken

    def _give(self, name: str, found: Found) -> None:
        """Hand a new picture over to be claimed."""
        self._given[name] = found.seen.path
        self.work.found[found.seen.path] = found

    def _compare(self, gesture: HandEdit, content: str) -> None:
        """Bytes into the store, then a child compares them with what the program had shown."""
        work = self.work
        photo = work.owner.state.photos[gesture.photo]
        of = shown_of(work, gesture)
        if of is None:
            return
        try:
            name, size = work.event.store.put_file(work.event.library / gesture.path)
        except OSError:
            return
        if name != content:  # still being saved
            return
        work.at("edit stored")
        edit = Edit(gesture, name, of)
        self._reading[gesture.path] = edit
        base = photo.hand[gesture.place].fact.object if gesture.place in photo.hand else of
        job = {"stage": "compare", "inputs": {"image": name, "before": base}, "params": {}}
        work.run(job, Running(Future(), edit=edit, size=size))

    def answered(self, edit: Edit, answer: Answer) -> None:
        """The child has compared: one record says what a hand did. Another shot under this name is a new picture."""
        self._reading.pop(edit.gesture.path, None)
        work, facts, gesture = self.work, answer.product["facts"], edit.gesture
        photo, known = work.owner.state.photos[gesture.photo], work.owner.of(gesture.photo)
        place = gesture.place
        if place == "class" and _another_shot(facts, known):
            path = work.event.library / gesture.path
            stat = path.stat()
            folder = gesture.path.partition("/")[0]
            found = Found(Seen(path, stat.st_size, stat.st_mtime_ns), folder, str(facts["format"]))
            self._give(gesture.path, found)
            return
        detail, thumb = "", ""
        if place == "class":
            thumb = answer.product["outputs"]["thumb"]
            written = {key: str(facts[key]) for key in ("camera", "serial", "caption")}
            detail = work.owner.keep_detail(
                replace(known, taken=facts["taken"] or None, rating=int(facts["rating"]), **written)
            )
        base = photo.hand[place].fact.object if place in photo.hand else edit.of
        same = bool(facts["same"])
        work.owner.append(
            Edited(
                gesture.photo, place, edit.object, ObjectId(base) if same else edit.of, int(facts["width"]),
                int(facts["height"]), pixels=not same, detail=detail, thumb=thumb,
            )
        )  # fmt: skip
        work.at("edit recorded")
        work.dirty = True

    def failed(self, edit: Edit, fault: SafelightError) -> None:
        """The child could not read it: tried again where that helps, else left alone."""
        self._reading.pop(edit.gesture.path, None)
        key = (edit.gesture.path, edit.object)
        self._tries[key] = self._tries.get(key, 0) + 1
        if not fault.retry or self._tries[key] >= TRIES:
            self._left.add(key)
            self.work.tell(f"library/{edit.gesture.path}: {fault.say(self.work.language)}")

    def undone(self, gesture: Undone) -> Edited:
        """The fact that a hand edit was taken back."""
        photo = self.work.owner.state.photos[gesture.photo]
        hand = photo.hand.get(gesture.place)
        of = hand.fact.of if hand is not None else gesture.object
        last = photo.shown.get(gesture.place) or (hand.fact if hand is not None else None)
        assert last is not None
        detail = photo.details[0] if gesture.place == "class" else ""
        return Edited(gesture.photo, gesture.place, gesture.object, of, last.width, last.height, detail=detail)


def shown_of(work: Work, gesture: HandEdit) -> ObjectId | None:
    """What the program itself had made for this view: what an edit of it stands for."""
    photo, plan = work.owner.state.photos[gesture.photo], work.planner.plans.get(gesture.photo)
    hand = photo.hand.get(gesture.place)
    if hand is not None:
        return hand.fact.of
    if gesture.place == "class":
        return ObjectId(gesture.photo)
    made = None if plan is None else plan.retouched if gesture.place == "retouched" else plan.painted
    return ObjectId(made) if made else None


def _another_shot(facts: dict[str, object], known: Detail) -> bool:
    """Another moment or another camera's number: the same name, but not this picture edited."""
    moment = bool(facts["taken"] and known.taken and facts["taken"] != known.taken)
    camera = bool(facts["serial"] and known.serial and facts["serial"] != known.serial)
    return camera or (moment and not facts["alike"])
