"""Taking in: what settled in the inbox becomes a claim, its bytes an object, and one record tells what came of it."""

from __future__ import annotations

import shutil
from concurrent.futures import Future

from safelight.model.digests import ObjectId, PhotoId
from safelight.model.errors import DiskFull, SafelightError
from safelight.model.records import Decided, Detail, Dropped, Duplicate, Refused
from safelight.plan.planner import TRIES
from safelight.reconcile.intake import Claim, Inbox, Seen
from safelight.reconcile.work import Running, Work
from safelight.workers.lanes import Answer


class Taking:
    """Inbox and claims of the event being worked on."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.inbox = Inbox(work.event)
        self.claims: list[Claim] = self.inbox.waiting_claims()
        self._counter = 0
        self._probes: dict[str, int] = {}
        self._kept: dict[str, tuple[ObjectId, int]] = {}

    def scan(self, now: float) -> None:
        """Look into the inbox and claim what is ready; what there is no room for waits."""
        work = self.work
        self.inbox.scan(now)
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
        claim = self.inbox.claim(seen, verdict, claim_id, work.owner.clock(), decided)
        work.at("claimed")
        if claim is not None:
            self.claims.append(claim)
        return True

    def take(self) -> None:
        """Claimed files: bytes into the store, then a look by a child whether it can be a photo."""
        work = self.work
        waiting, self.claims = self.claims, []
        probing = {run.photo for run in work.running.values() if run.claim is not None}
        for index, claim in enumerate(waiting):
            if claim.id in work.owner.state.requests:
                self._forget(claim)
                continue
            if len(work.running) >= 2 * work.lanes.count:
                self.claims.extend(waiting[index:])
                return
            if work.again_at.get(claim.id, 0.0) > work.monotonic():
                self.claims.append(claim)
                continue
            try:
                name, size = self._kept.get(claim.id) or work.event.store.put_file(self.inbox.file_of(claim))
            except DiskFull as fault:
                work.disk_full(fault)
                self.claims.extend(waiting[index:])
                return
            except OSError as fault:
                work.tell_once(claim.id, f"{claim.name}: {fault.strerror}")
                work.again_at[claim.id] = work.monotonic() + 60.0
                self.claims.append(claim)
                continue
            self._kept[claim.id] = (name, size)
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

    def answered(self, running: Running, answer: Answer) -> None:
        """The child could read it: a photo has arrived."""
        assert running.claim is not None
        assert running.photo is not None
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
        tries = self._probes[claim.id] = self._probes.get(claim.id, 0) + 1
        if fault.retry and tries < TRIES:
            self.work.again_at[claim.id] = self.work.monotonic() + 2.0**tries
            self.claims.append(claim)
        else:
            self._refuse(claim, name, fault.code, fault.values)

    def waiting(self) -> int:
        """Files that are in the inbox or claimed and not yet recorded."""
        probing = sum(run.claim is not None for run in self.work.running.values())
        return self.inbox.unsettled() + len(self.claims) + probing

    def _room_for(self, size: int) -> bool:
        """Whether there is room for this file and what will be made of it; otherwise it waits in the inbox."""
        free, needed = shutil.disk_usage(self.work.event.hidden).free, 3 * size + self.work.pace.floor
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
        detail = self.work.owner.keep_detail(_detail(claim))
        self.work.owner.append(Refused(name, detail, code, values, claim.id))
        self._forget(claim)

    def _forget(self, claim: Claim) -> None:
        self.inbox.forget(claim)
        self._kept.pop(claim.id, None)
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
    )
