"""The level-triggered cycle: look, fold, plan, execute, append, publish; sleep until something wakes it.

watchdog events, scans, a restart and timers all just cause another cycle. Results re-enter only through the ledger, so
a crash anywhere leaves at worst an object nothing refers to. One thread runs the cycle; only the lanes' children do
heavy work.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from pathlib import Path

from safelight.book.choose import NOT_CHOSEN
from safelight.book.make import book_key, templates_digest
from safelight.files import write_through
from safelight.model.digests import ObjectId, PhotoId
from safelight.model.errors import DamagedObject, DiskFull, SafelightError, StageError
from safelight.model.recipe import BookForm, Recipe
from safelight.model.records import (
    BookMade,
    Chose,
    Decided,
    Detail,
    Dropped,
    Duplicate,
    Fact,
    Noted,
    Placed,
    Redo,
    Refused,
    Settled,
    Word,
)
from safelight.plan.planner import TRIES
from safelight.plan.steps import PhotoPlan, Step
from safelight.reconcile import execute, gestures, rules
from safelight.reconcile.book import book_input, template_folder
from safelight.reconcile.event import CLASS_FOLDERS, Event, Owner, asked_again
from safelight.reconcile.intake import Claim, Inbox
from safelight.reconcile.names import comparable
from safelight.reconcile.planning import Planner, estimate, rules_digest
from safelight.reconcile.publish import FOLDERS, Manifest, Publisher, listing, sweep
from safelight.reconcile.shelf import Shelf
from safelight.reconcile.tally import Tally, tally
from safelight.reconcile.views import BookSays, Names, Views, arrival_views, class_of, photo_views
from safelight.reconcile.words import say
from safelight.stages.base import DOUBTS
from safelight.workers.book import to_json
from safelight.workers.lanes import Answer, Lanes

ENDINGS = {b"\x89PNG": ".png", b"RIFF": ".webp", b"\xff\xd8\xff\xe0": ".jpg"}
FLOOR = 2_000_000_000
"""Bytes of disk that are never used up: a full disk in the middle of a race helps nobody."""
SHARES = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "fuse"}


@dataclass(frozen=True)
class Pace:
    """Seconds: between scans, before a file is taken, before an unfinished one is given up, between publications."""

    scan: float = 2.0
    settle: float = 5.0
    patience: float = 600.0
    publish: float = 2.0
    draft: float = 3600.0


@dataclass
class Report:
    """What a cycle tells its audience: counts, what runs, seconds left."""

    tally: Tally
    running: list[str]
    left: float
    done: int
    total: int


@dataclass
class _Running:
    future: Future[Answer]
    step: Step | None = None
    claim: Claim | None = None
    photo: ObjectId | None = None
    size: int = 0


@dataclass
class Reconciler:
    """One event being worked on by its owner."""

    owner: Owner
    lanes: Lanes
    cache: Path
    pace: Pace
    software: str
    device: str = "cpu"
    monotonic: Callable[[], float] = time.monotonic
    tell: Callable[[str], None] = lambda _: None
    recipe: Recipe | None = None
    held: frozenset[str] = frozenset()
    planner: Planner = field(default_factory=lambda: Planner(words=DOUBTS))
    names: Names = field(default_factory=Names)

    def __post_init__(self) -> None:
        event = self.event
        self.inbox = Inbox(event)
        self.manifest = Manifest.load(self.cache / "views.json")
        self.publisher = Publisher(event, self.manifest)
        self.shelf = Shelf(event)
        self.running: dict[Future[Answer], _Running] = {}
        self.claims: list[Claim] = self.inbox.waiting_claims()
        self.again_at: dict[str, float] = {}
        self.style_ok: dict[str, bool] = {}
        self.rules_mark = ""
        self.rules_pending = ""
        self.problems = ""
        self.book_failed = ""
        self.book_reason = ""
        self.book_at = -1e9
        self.book_wanted = ""
        self.scanned = -1e9
        self.published = -1e9
        self.dirty = True
        self.views: dict[PhotoId, tuple[tuple[object, ...], Views]] = {}
        self.endings: dict[str, str] = {}
        self.counter = 0
        self.done = 0
        self.asked_backends = False
        self.away = False
        self.full: DiskFull | None = None
        self.full_until = -1e9
        self.told: dict[str, str] = {}
        self.probes: dict[str, int] = {}
        self.kept: dict[str, tuple[ObjectId, int]] = {}
        self.book_mark: tuple[object, ...] = ()
        sweep(event)

    @property
    def event(self) -> Event:
        """The event being worked on."""
        return self.owner.event

    @property
    def plans(self) -> dict[PhotoId, PhotoPlan]:
        """The plan of every photo, as of the last cycle."""
        return self.planner.plans

    # --- one cycle ---

    def cycle(self) -> bool:
        """Do everything that can be done now without waiting; returns whether anything changed."""
        before = self.owner.state.sequence
        if not self.event.sentinel.is_file():
            self.away = True
            self._tell_once("away", say("away", self._language(), folder=self.event.library))
            return False
        self.away = False
        now = self.monotonic()
        self._beat()
        self._collect()
        if now - self.scanned >= self.pace.scan or before == 0:
            self._scan(now)
            self.scanned = self.monotonic()
        self._take()
        if self.recipe is not None:
            self.held = self.planner.plan(self.owner, self.recipe)
            self._note_backends()
            self._submit()
            changed = self.owner.state.sequence != before
            self.dirty = self.dirty or changed
            if self.dirty and self.monotonic() - self.published >= self.pace.publish:
                self.publish()
        return self.owner.state.sequence != before

    def pause(self, longest: float) -> None:
        """Wait until a job ends, at most so long."""
        if self.running:
            wait(list(self.running), timeout=longest, return_when=FIRST_COMPLETED)
        else:
            time.sleep(longest)

    def idle(self) -> bool:
        """Nothing runs, nothing is ready or waits for another try, and the inbox holds nothing that will be taken."""
        busy = self.running or self.claims or self.inbox.unsettled() or self.event.requests.waiting()
        return not busy and not any(plan.step is not None for plan in self.plans.values())

    def report(self) -> Report:
        """Where everything stands now."""
        left = estimate(self.plans.values(), self.owner.state) / max(1, self.lanes.count)
        running = [self._told(running) for running in self.running.values()]
        waiting = sum(plan.step is not None for plan in self.plans.values()) + len(self.claims)
        return Report(self.tally(), running, left, self.done, self.done + waiting)

    def tally(self) -> Tally:
        """The counts of the design."""
        pages = self.owner.state.books[-1][0].pages if self.owner.state.books else {}
        waiting = (
            self.inbox.unsettled() + len(self.claims) + sum(run.claim is not None for run in self.running.values())
        )
        return tally(self.owner.state, self.plans, pages, self.inbox.ignored, waiting)

    def refresh(self) -> None:
        """Rules, requests and plans brought up to date, no work started: for making a book from what is finished."""
        self._rules()
        self._requests()
        if self.recipe is not None:
            self.held = self.planner.plan(self.owner, self.recipe)

    def record_requests(self) -> None:
        """Waiting requests become records; nothing else is done."""
        self._requests()

    def scan_soon(self) -> None:
        """Look at the folders in the next cycle: something moved there."""
        self.scanned = -1e9

    def close(self) -> None:
        """Stop the children; what they were doing is simply done again."""
        self.lanes.close()

    # --- looking ---

    def _scan(self, now: float) -> None:
        self._rules()
        self._requests()
        self._gestures()
        self.inbox.scan(now)
        for seen, code, kind in self.inbox.ready(now, self.pace.settle, self.pace.patience):
            if not self._room_for(seen.size):
                break
            self.counter += 1
            claim_id = f"{self.event.journal.epoch:06d}-{self.counter:06d}"
            claim = self.inbox.claim(seen, (code, kind), claim_id, self.owner.clock())
            if claim is not None:
                self.claims.append(claim)

    def _room_for(self, size: int) -> bool:
        """Whether there is room for this file and what will be made of it; otherwise it waits in the inbox."""
        free = shutil.disk_usage(self.event.hidden).free
        if free > 3 * size + FLOOR:
            return True
        self._full(DiskFull(free=free // 1_000_000, needed=(3 * size + FLOOR) // 1_000_000))
        return False

    def _full(self, fault: DiskFull) -> None:
        """No room: said once, nothing counted as failed; everything goes on by itself when there is room again."""
        self.full = fault
        self.full_until = self.monotonic() + 30.0
        self._tell_once("full", fault.say(self._language()))

    def _tell_once(self, topic: str, text: str) -> None:
        """Say a sentence unless it was the last one said of this topic."""
        if self.told.get(topic) != text:
            self.told[topic] = text
            self.tell(text)

    def _beat(self) -> None:
        """The sign of life; a share that is away for a moment is no reason to end."""
        with contextlib.suppress(OSError):
            self.event.lease.beat(self.monotonic())

    def _await(self, job: Mapping[str, object]) -> Answer:
        """A job waited for, with signs of life meanwhile. Raises what the job raised."""
        future = self.lanes.submit(job)
        while not future.done():
            self._beat()
            wait([future], timeout=1.0)
        return future.result()

    def _requests(self) -> None:
        for request in self.event.requests.waiting():
            if request.name not in self.owner.state.requests:
                try:
                    facts = list(self._facts(request.kind, request.body, request.name))
                except (KeyError, TypeError, ValueError, AttributeError, AssertionError):
                    facts = [Noted(request.name, "unknown_request")]
                for fact in facts:
                    self.owner.append(fact)
            self.event.requests.done(request.name)

    def _facts(self, kind: str, body: dict[str, object], name: str) -> Iterator[Fact]:
        if kind == "decide" and body.get("photo") in self.owner.state.photos and body.get("verdict") in CLASS_FOLDERS:
            by = "desk" if body.get("by") == "desk" else "command"
            yield Decided(PhotoId(str(body["photo"])), str(body["verdict"]), by, name)
        elif kind == "redo":
            photos = body.get("photos")
            chosen = tuple(PhotoId(str(photo)) for photo in photos) if isinstance(photos, list) else ()
            yield Redo(str(body["stage"]), chosen, name)
        elif kind == "word" and self.recipe is not None and body.get("part") in {"sort", "retouch", "style"}:
            part = str(body["part"])
            yield Word(part, str(body.get("rules") or rules_digest(self.recipe, part)), name)
        elif kind == "fact" and isinstance(body.get("body"), dict):
            yield asked_again(body, name)
        elif kind == "book":
            self.book_wanted = name
            yield Noted(name, "book")
        else:
            yield Noted(name, "unknown_request")

    def _rules(self) -> None:
        """Read the rules when they changed and, once running, stood still for a scan (half-saved files)."""
        mark = rules.fingerprint(self.event)
        if mark == self.rules_mark and self.recipe is not None:
            return
        if self.recipe is not None and mark != self.rules_pending:
            self.rules_pending = mark
            return
        owner = self.owner
        pool, bad = rules.styles(self.event, self.event.store.put, self._is_picture)
        forced = rules.in_force(owner, pool, rules.read_files(self.event), rules.seen_in(owner))
        rules.accept(owner, forced, owner.append)
        counts = {name: len(found) for name, found in forced.compiled.problems.items()}
        rules.tell_problems(self.event, forced.texts, counts, forced.recipe.event.language)
        self.recipe, self.rules_mark, self.rules_pending = forced.recipe, mark, mark
        self.problems = "\n\n".join(forced.texts.values())
        for name in bad:
            self.tell(f"rules/styles/{name}: not a picture, left out")
        if self.problems:
            self.tell(self.problems)
        self.dirty = True

    def _is_picture(self, name: ObjectId) -> bool:
        if name not in self.style_ok:
            job = {"stage": "probe", "inputs": {"image": name}, "params": {}}
            try:
                self._await(job)
                self.style_ok[name] = True
            except SafelightError:
                self.style_ok[name] = False
        return self.style_ok[name]

    def _gestures(self, folders: tuple[str, ...] = CLASS_FOLDERS) -> dict[str, os.stat_result] | None:
        """Decisions read from the class folders; returns the listing they were read from.

        Without the sentinel nothing is believed: the share may be away.
        """
        if not self.event.sentinel.is_file():
            return None
        library = self.event.library
        try:
            present = listing(library, folders)
        except OSError:
            return None
        contents: dict[str, str] = {}
        for name, stat in present.items():
            if name.partition("/")[0] in CLASS_FOLDERS and not name.endswith(".why.txt"):
                with contextlib.suppress(OSError):  # moved on or not readable: the next look sees
                    contents[name] = self.manifest.content(library, name, stat)
        photos = self.owner.state.photos
        for moved in gestures.read(gestures.known_pictures(contents, photos), photos):
            self.owner.append(Decided(moved.photo, moved.verdict, "folder"))
            self.dirty = True
        return present

    # --- taking in ---

    def _take(self) -> None:
        """Claimed files: bytes into the store, then a look by a child whether it can be a photo."""
        waiting, self.claims = self.claims, []
        probing = {run.photo for run in self.running.values() if run.claim is not None}
        for index, claim in enumerate(waiting):
            if claim.id in self.owner.state.requests:
                self.inbox.forget(claim)
                continue
            if len(self.running) >= 2 * self.lanes.count:
                self.claims.extend(waiting[index:])
                return
            if self.again_at.get(claim.id, 0.0) > self.monotonic():
                self.claims.append(claim)
                continue
            try:
                name, size = self.kept.get(claim.id) or self.event.store.put_file(self.inbox.file_of(claim))
            except DiskFull as fault:
                self._full(fault)
                self.claims.extend(waiting[index:])
                return
            except OSError as fault:
                self._tell_once(claim.id, f"{claim.name}: {fault.strerror}")
                self.again_at[claim.id] = self.monotonic() + 60.0
                self.claims.append(claim)
                continue
            self.kept[claim.id] = (name, size)
            if name in probing:
                self.claims.append(claim)
            elif PhotoId(name) in self.owner.state.photos:
                self._duplicate(claim, PhotoId(name))
            elif claim.code:
                values = {"format": claim.format} if claim.format else {}
                self._refuse(claim, name, claim.code, values)
            else:
                probing.add(name)
                job = {"stage": "probe", "inputs": {"image": name}, "params": {}}
                self._run(job, _Running(Future(), claim=claim, photo=name, size=size))

    def _duplicate(self, claim: Claim, photo: PhotoId) -> None:
        again = not self._class_view_there(photo)
        detail = self.owner.keep_detail(self._detail(claim))
        self.owner.append(Duplicate(photo, detail, again=again, request=claim.id))
        self.inbox.forget(claim)

    def _class_view_there(self, photo: PhotoId) -> bool:
        placed = self.owner.state.photos[photo].placed
        if not placed:
            return True
        folder, name = self.names.of(self.owner, photo)
        view = self.event.library / placed / folder / name
        return view.is_file() or view.with_suffix(".jpg").is_file()

    def _refuse(self, claim: Claim, name: ObjectId, code: str, values: dict[str, str]) -> None:
        detail = self.owner.keep_detail(self._detail(claim))
        self.owner.append(Refused(name, detail, code, values, claim.id))
        self.inbox.forget(claim)

    def _detail(self, claim: Claim, facts: dict[str, object] | None = None) -> Detail:
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

    def _dropped(self, running: _Running, answer: Answer) -> None:
        assert running.claim is not None
        assert running.photo is not None
        facts = answer.product["facts"]
        detail = self.owner.keep_detail(self._detail(running.claim, facts))
        self.owner.append(
            Dropped(
                PhotoId(running.photo), detail, running.size, int(facts["width"]), int(facts["height"]),
                str(facts["format"]), thumb=answer.product["outputs"]["thumb"], request=running.claim.id,
            )
        )  # fmt: skip
        self.inbox.forget(running.claim)

    # --- working ---

    def _submit(self) -> None:
        """Give free lanes the next steps: sorting before everything else, then photos nearest to their end."""
        room = self.lanes.count + 1 - len(self.running)
        if room <= 0 or self.monotonic() < self.full_until:
            return
        busy = {run.step.photo for run in self.running.values() if run.step is not None}
        now = self.monotonic()
        ready = [
            plan.step
            for plan in self.plans.values()
            if plan.step is not None and plan.photo not in busy and self.again_at.get(plan.step.key, 0.0) <= now
        ]
        order = self.owner.state.photos
        ready.sort(key=lambda step: (step.stage not in {"look", "classify"}, order[step.photo].order))
        for step in ready[:room]:
            self._run(execute.job_for(step, self.owner.state), _Running(Future(), step=step))

    def _note_backends(self) -> None:
        """Once work begins: which backends there are, kept in the cache so that looking can count what could be better."""
        if self.asked_backends or not self.running:
            return
        self.asked_backends = True
        future = self.lanes.submit({"stage": "backends", "inputs": {}, "params": {}})
        future.add_done_callback(lambda done: _write_backends(self.cache / "backends.json", done))

    def _run(self, job: Mapping[str, object], running: _Running) -> None:
        future = self.lanes.submit(job)
        running.future = future
        self.running[future] = running

    def _collect(self) -> None:
        for future in [future for future in self.running if future.done()]:
            running = self.running.pop(future)
            self.done += 1
            try:
                answer = future.result()
            except SafelightError as fault:
                self._failed(running, fault)
                continue
            if running.claim is not None:
                self._dropped(running, answer)
            elif running.step is not None:
                step = running.step
                for work, backend in execute.choices(step, answer, self.owner.state).items():
                    self.owner.append(Chose(work, backend))
                try:
                    self.owner.append(execute.done(step, answer, self.device))
                except ValueError as fault:  # a number or text that the ledger cannot carry
                    self.owner.append(execute.failed(step, StageError(stage=step.stage, reason=ascii(str(fault)))))

    def _failed(self, running: _Running, fault: SafelightError) -> None:
        if isinstance(fault, DiskFull):
            self._full(fault)
            if running.claim is not None:
                self.claims.append(running.claim)
            return
        if running.claim is not None and running.photo is not None:
            tries = self.probes[running.claim.id] = self.probes.get(running.claim.id, 0) + 1
            if fault.retry and tries < TRIES:
                self.again_at[running.claim.id] = self.monotonic() + 2.0**tries
                self.claims.append(running.claim)
            else:
                self._refuse(running.claim, running.photo, fault.code, fault.values)
        elif running.step is not None:
            fact = execute.failed(running.step, fault)
            self.again_at[running.step.key] = self.monotonic() + min(60.0, 2.0**fact.tries)
            self.owner.append(fact)

    def _told(self, running: _Running) -> str:
        if running.claim is not None:
            return running.claim.name
        if running.step is not None:
            return f"{running.step.stage} {self.owner.of(running.step.photo).name}"
        return "book"

    # --- the book ---

    def make_book(self) -> bool:
        """Make the book when its pages, texts, rules or templates changed; True when a new one came of it.

        A book that cannot be made keeps the last good one and is not tried again until something changes.
        """
        if self.recipe is None:
            return False
        design = (self.recipe.book or BookForm()).design
        templates = template_folder(self.event, design)
        if not templates.is_dir():
            self.book_reason = f"there is no design “{design}” in templates/"
            return False
        mark = (self.owner.state.sequence, self.recipe, _stamp(templates))
        if mark == self.book_mark and not self.book_wanted:
            return False
        self.book_mark = mark
        book = book_input(self.owner, self.plans, self.recipe, self.owner.clock(), self.software)
        key = book_key(book, templates_digest(templates))
        last = self.owner.state.books[-1][0].key if self.owner.state.books else ""
        if key in {last, self.book_failed}:
            return False
        job = {"stage": "book", "inputs": {}, "params": {"book": to_json(book), "templates": str(templates)}}
        self.tell("book")
        try:
            made = self._await(job).product
        except SafelightError as fault:
            self.book_failed, self.book_reason = key, fault.say(self._language())
            self.tell(self.book_reason)
            return False
        self.book_reason = ""
        self.owner.append(
            BookMade(
                key, ObjectId(made["pdf"]), int(made["page_count"]), book.root, book.records, made["pages"],
                made["not_chosen"], made["html"], tuple(made["warnings"]), self.book_wanted,
            )
        )  # fmt: skip
        self.book_wanted = ""
        self.book_at = self.monotonic()
        self.dirty = True
        return True

    # --- publishing ---

    def publish(self) -> None:
        """Bring library/ to what the state says. A full disk or an absent share is told and tried again."""
        try:
            self._publish()
        except DiskFull as fault:
            self._full(fault)
        except (DamagedObject, OSError) as fault:
            told = fault.say(self._language()) if isinstance(fault, SafelightError) else str(fault)
            self._tell_once("publish", told)
        self.published = self.monotonic()

    def _publish(self) -> None:
        present = self._gestures(FOLDERS)
        if present is None:
            return
        if self.recipe is not None:
            self.held = self.planner.plan(self.owner, self.recipe)
        moving = self._place()
        wanted: Views = {}
        says = self._book_says()
        photos = self.owner.state.photos
        for photo_id, plan in self.plans.items():
            photo = photos[photo_id]
            mark = (
                photo.version,
                plan,
                photo_id in says.pages,
                says.not_chosen.get(photo_id),
                says.language,
                says.previews,
            )
            known = self.views.get(photo_id)
            if known is None or known[0][1] is not plan or known[0] != mark:
                endings = {plan.retouched: self._ending(plan.retouched)} if plan.retouched else {}
                known = (mark, photo_views(self.owner, self.names, photo, plan, endings, says))
                self.views[photo_id] = known
            wanted.update(known[1])
        taken = {comparable(name) for name in wanted}
        for arrival in (*self.owner.state.refused, *self.owner.state.duplicates):
            wanted.update(arrival_views(self.owner, self.names, arrival, says, taken))
        for fault in self.publisher.sync(wanted, present):
            self._tell_once("view", fault.say(self._language()) if isinstance(fault, SafelightError) else str(fault))
        for photo_id in moving:
            self.owner.append(Settled(photo_id))
        self.shelf.put(self.owner.state.books)
        self.shelf.status(self.tally(), self._language(), running=True)
        self.dirty = False

    def _place(self) -> list[PhotoId]:
        """Record where class views are about to stand; a move is settled once the files have followed."""
        moving = [photo.photo for photo in self.owner.state.photos.values() if photo.leaving]
        for photo_id, plan in self.plans.items():
            photo = self.owner.state.photos[photo_id]
            folder = class_of(photo, plan)
            if folder and folder != photo.placed:
                left = photo.placed
                self.owner.append(Placed(photo_id, folder, left))
                if left and photo_id not in moving:
                    moving.append(photo_id)
        return moving

    def _book_says(self) -> BookSays:
        books = self.owner.state.books
        language, previews = self._language(), self.recipe is not None and self.recipe.event.views == "preview"
        if not books:
            return BookSays(language, previews)
        return BookSays(language, previews, books[-1][0].pages, books[-1][0].not_chosen, NOT_CHOSEN)

    def _ending(self, name: str) -> str:
        if name not in self.endings:
            with self.event.store.path(ObjectId(name)).open("rb") as file:
                self.endings[name] = ENDINGS.get(file.read(4), ".png")
        return self.endings[name]

    def _language(self) -> str:
        return self.recipe.event.language if self.recipe else "en"


def _stamp(folder: Path) -> tuple[tuple[str, int], ...]:
    """Changes when a template does: names and times, no content read."""
    return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()))


def _write_backends(path: Path, future: Future[Answer]) -> None:
    """A cache that cannot be written, or a lane that was closed meanwhile, costs a count and nothing else."""
    with contextlib.suppress(Exception):
        write_through(path, json.dumps(future.result().product["facts"]["backends"]).encode())


def pace_for(event: Event, settle: float | None, *, watching: bool) -> Pace:
    """Local folders are scanned every 2 s and settle in 5 s, network shares 5 s and 10 s; rules may say otherwise."""
    share = _file_system(event.inbox) in SHARES
    return Pace(
        scan=5.0 if share else 2.0,
        settle=settle if settle is not None else (10.0 if share else 5.0),
        patience=600.0 if watching else 30.0,
    )


def _file_system(path: Path) -> str:
    """The type of the file system that holds `path` (Linux); unknown counts as local."""
    try:
        lines = Path("/proc/mounts").read_text().splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    real = os.path.realpath(path)
    for line in lines:
        fields = line.split()
        mount = fields[1].replace("\\040", " ")
        if (real == mount or real.startswith(mount.rstrip("/") + "/")) and len(mount) >= len(best):
            best, kind = mount, fields[2]
    return kind
