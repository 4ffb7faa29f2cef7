"""Taking in: what settled in the inbox becomes a claim, its bytes an object, and one record tells what came of it.

A program on another machine may still write into a file after it was claimed (a rename does not take its handle away).
So a claim is believed only while its size and time stay what they were: looked at before the bytes are kept, after, and
again before anything is recorded; on shares a moment is waited first.
"""

from __future__ import annotations

import shutil
from concurrent.futures import Future
from dataclasses import replace

from safelight.model.digests import ObjectId, PhotoId
from safelight.model.errors import DiskFull, SafelightError
from safelight.model.records import Decided, Detail, Dropped, Duplicate, Refused
from safelight.model.system import said
from safelight.plan.planner import TRIES
from safelight.reconcile.claims import FULL, Mark
from safelight.reconcile.intake import Claim, Inbox, Seen, end_of
from safelight.reconcile.words import say
from safelight.reconcile.work import Running, Work
from safelight.workers.lanes import Answer


class Taking:
    """Inbox and claims of the event being worked on."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.inbox = Inbox(work.event, at=work.at)
        self.claims: list[Claim] = self.inbox.waiting_claims()
        self._counter = 0
        self._probes: dict[str, int] = {}
        self._kept: dict[str, tuple[ObjectId, int]] = {}
        self._marks: dict[str, Mark] = {}
        self._grown: dict[str, float] = {}

    def scan(self, now: float) -> None:
        """Look into the inbox and claim what is ready; what there is no room for waits."""
        work = self.work
        self.inbox.scan(now)
        self._say_odd()
        for seen, code, kind in self.inbox.ready(now, work.pace.settle, work.pace.patience):
            if not self._claim(seen, (code, kind), ""):
                break
        for found in list(work.found.values()):
            if self._claim(found.seen, ("", found.format), found.verdict):
                del work.found[found.seen.path]

    def _claim(self, seen: Seen, verdict: tuple[str, str], decided: str) -> bool:
        """Claim one file; False when there is no room for it."""
        work = self.work
        if not self._room_for(seen.size):
            return False
        self._counter += 1
        claim_id = f"{work.event.journal.epoch:06d}-{self._counter:06d}"
        try:
            work.owner.still()
            claim = self.inbox.claim(seen, verdict, claim_id, work.owner.clock(), decided)
        except OSError as fault:
            if fault.errno in FULL:
                work.disk_full(DiskFull(free=0, needed=max(1, seen.size // 1_000_000)))
            else:
                self._say_fault("claims", str(work.event.claimed), fault)
            return False
        work.at("claimed")
        if claim is not None:
            work.again_at[claim.id] = work.monotonic() + work.pace.recheck
            self.claims.append(claim)
        return True

    def take(self) -> None:
        """Claimed files: bytes into the store, then a look by a child whether it can be a photo."""
        work = self.work
        waiting, self.claims = self.claims, []
        probing = {run.photo for run in work.running.values() if run.claim is not None}
        for index, claim in enumerate(waiting):
            if claim.id not in work.owner.state.requests and len(work.running) >= 2 * work.lanes.count:
                self.claims.extend(waiting[index:])
                return
            try:
                self._take(claim, probing)
            except DiskFull as fault:
                work.disk_full(fault)
                self.claims.extend(waiting[index:])
                return
            except (SafelightError, OSError):
                self.claims.extend(waiting[index:])
                raise

    def _take(self, claim: Claim, probing: set[ObjectId | None]) -> None:
        """One claim on its way; it waits in `claims` again, is recorded, or is being looked at by a child."""
        work = self.work
        if claim.id in work.owner.state.requests:
            self._forget(claim)
            return
        if work.again_at.get(claim.id, 0.0) > work.monotonic():
            self.claims.append(claim)
            return
        try:
            believed = self._keep(claim)
        except OSError as fault:
            self._say_fault(claim.id, claim.name, fault)
            work.again_at[claim.id] = work.monotonic() + 60.0
            self.claims.append(claim)
            return
        if believed is None:
            return
        claim, name, size = believed
        work.at("stored")
        if name in probing:
            self.claims.append(claim)
        elif (photo := work.owner.state.photo_of(name)) is not None:
            self._known(claim, photo, name)
        elif claim.code:
            values = {"format": claim.format} if claim.format else {}
            self._refuse(claim, name, claim.code, values)
        else:
            probing.add(name)
            job = {"stage": "probe", "inputs": {"image": name}, "params": {}}
            work.run(job, Running(Future(), claim=claim, photo=name, size=size))

    def _keep(self, claim: Claim) -> tuple[Claim, ObjectId, int] | None:
        """The claim's bytes in the store; None while somebody writes into it, which puts it back to wait."""
        work = self.work
        if not self._still(claim):
            return None
        if claim.id in self._grown:  # what was whole before it grew may be half of something longer now
            code, kind = end_of(self.inbox.file_of(claim))
            if code in {"cut_off", "empty_file"} and work.monotonic() - self._grown[claim.id] < work.pace.patience:
                self._wait(claim)
                return None
            claim = replace(claim, code=code, format=kind)
        kept = self._kept.get(claim.id) or work.event.store.put_file(self.inbox.file_of(claim))
        if not self._still(claim):
            return None
        self._kept[claim.id] = kept
        return claim, *kept

    def _still(self, claim: Claim) -> bool:
        """Whether the claimed file is what it was when looked at last; if not it settles anew. OSError unreadable."""
        mark = self.inbox.mark(claim)
        known = self._marks.get(claim.id, (claim.size, claim.mtime) if claim.size >= 0 else mark)
        self._marks[claim.id] = mark
        if mark == known:
            return True
        self._kept.pop(claim.id, None)
        self._grown[claim.id] = self.work.monotonic()
        self._wait(claim)
        return False

    def _wait(self, claim: Claim) -> None:
        self.work.again_at[claim.id] = self.work.monotonic() + self.work.pace.settle
        self.claims.append(claim)

    def _unchanged(self, claim: Claim) -> bool:
        """`_still` before something is recorded; a file that cannot be looked at any more has its bytes in the store."""
        try:
            return self._still(claim)
        except OSError:
            return True

    def answered(self, running: Running, answer: Answer) -> None:
        """The child could read it: a photo has arrived."""
        assert running.claim is not None
        assert running.photo is not None
        if running.claim.id in self.work.owner.state.requests:  # recorded, and its file could not be removed then
            self._forget(running.claim)
            return
        if not self._unchanged(running.claim):
            return
        owner, facts = self.work.owner, answer.product["facts"]
        detail = owner.keep_detail(_detail(running.claim, facts))
        self.work.at("detail kept")
        owner.append(
            Dropped(
                PhotoId(running.photo), detail, running.size, int(facts["width"]), int(facts["height"]),
                str(facts["format"]), by="folder" if running.claim.decided else "inbox",
                thumb=answer.product["outputs"]["thumb"], request=running.claim.id, decided=running.claim.decided,
            )
        )  # fmt: skip
        self.work.at("dropped")
        self._forget(running.claim)

    def failed(self, running: Running, fault: SafelightError) -> None:
        """The child could not: tried again where that can help, else refused with its reason."""
        claim, name = running.claim, running.photo
        assert claim is not None
        assert name is not None
        if isinstance(fault, DiskFull):
            self.claims.append(claim)
            return
        if not self._unchanged(claim):
            return
        tries = self._probes[claim.id] = self._probes.get(claim.id, 0) + 1
        if fault.retry and tries < TRIES:
            self.work.again_at[claim.id] = self.work.monotonic() + 2.0**tries
            self.claims.append(claim)
        else:
            self._refuse(claim, name, fault.code, fault.values)

    def back(self, claim: Claim) -> None:
        """The look at it was lost through no fault of its own: looked at again, nothing counted."""
        self.claims.append(claim)

    def waiting(self) -> int:
        """Files that are in the inbox or claimed, not yet recorded, and will be: those that are waited for."""
        return self.inbox.unsettled() + self._claimed()

    def arrived(self) -> int:
        """Files that are in the inbox or claimed and not yet recorded, also those that nobody may read."""
        return len(self.inbox.watched) + self._claimed()

    def _claimed(self) -> int:
        return len(self.claims) + sum(run.claim is not None for run in self.work.running.values())

    def _say_odd(self) -> None:
        """What lies in the inbox and is not taken is said once: files nobody may read, links and pipes, endless ones."""
        work, inbox = self.work, self.inbox
        if inbox.links:
            work.tell_once("links", say("links", work.language, n=inbox.links))
        for path in sorted(inbox.denied):
            work.tell_once(f"denied {path}", say("denied", work.language, name=path.name))
        for path, watched in inbox.watched.items():
            if watched.stuck and path not in inbox.denied and not watched.unfinished:
                work.tell_once(f"stuck {path}", say("stuck", work.language, name=path.name))

    def _say_fault(self, topic: str, name: str, fault: OSError) -> None:
        why = said(fault.strerror or str(fault), self.work.language)
        self.work.tell_once(topic, say("fault_with", self.work.language, name=name, why=why))

    def _room_for(self, size: int) -> bool:
        """Whether there is room for this file and what will be made of it; otherwise it waits in the inbox."""
        try:
            free, needed = shutil.disk_usage(self.work.event.hidden).free, 3 * size + self.work.pace.floor
        except OSError:
            return False
        if free > needed:
            return True
        self.work.disk_full(DiskFull(free=free // 1_000_000, needed=needed // 1_000_000))
        return False

    def _known(self, claim: Claim, photo: PhotoId, name: ObjectId) -> None:
        """Known bytes: a decision when they were put into a class folder; else a duplicate, or a wish to try again."""
        work = self.work
        if claim.decided:
            work.owner.append(Decided(photo, claim.decided, "folder", claim.id))
            self._forget(claim)
            return
        again = not self._class_view_there(photo)
        detail = work.owner.keep_detail(_detail(claim))
        work.owner.append(Duplicate(photo, detail, again, claim.id, name if str(name) != photo else ""))
        if again:
            work.again.add(photo)
        self._forget(claim)

    def _class_view_there(self, photo: PhotoId) -> bool:
        work = self.work
        placed = work.owner.state.photos[photo].placed
        if not placed:
            return True
        folder, name = work.names.of(work.owner, photo)
        view = work.event.library / placed / folder / name
        return view.is_file() or view.with_suffix(".jpg").is_file()

    def _refuse(self, claim: Claim, name: ObjectId, code: str, values: dict[str, str]) -> None:
        if claim.id in self.work.owner.state.requests:
            self._forget(claim)
            return
        detail = self.work.owner.keep_detail(_detail(claim))
        self.work.owner.append(Refused(name, detail, code, values, claim.id))
        self._forget(claim)

    def _forget(self, claim: Claim) -> None:
        self.inbox.forget(claim)
        for known in (self._kept, self._marks, self._grown, self._probes, self.work.again_at):
            known.pop(claim.id, None)
        self.work.at("claim forgotten")


def _detail(claim: Claim, facts: dict[str, object] | None = None) -> Detail:
    facts = facts or {}
    taken = facts.get("taken")
    return Detail(
        name=claim.name,
        photographer=claim.photographer,
        folder=claim.folder,
        taken=str(taken) if taken else None,
        camera=str(facts.get("camera", "")),
        serial=str(facts.get("serial", "")),
        caption=str(facts.get("caption", "")),
        arrived=claim.arrived,
        rating=int(str(facts.get("rating", 0))),
        likeness=str(facts.get("likeness", "")),
    )
