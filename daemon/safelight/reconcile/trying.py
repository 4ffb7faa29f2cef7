"""`try/` beside `inbox/`: a picture dropped there goes through everything by the rules in force, and nothing is recorded.

It stays where it is; beside it appear `x.result.jpg` and `x.why.txt`. They are made again when the picture or the rules
change, and go when it goes. Work on it waits until the lanes have nothing better to do. Where a real photo would wait for
a person, the likeliest answer is taken for given, and the text says so.

`Trying` is called by the loop: `scan` with every look at the folders, `tend` in every cycle; neither ever waits.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safelight.files import write_through
from safelight.model.digests import digest
from safelight.model.errors import DiskFull, SafelightError
from safelight.model.system import said
from safelight.reconcile.event import Event
from safelight.reconcile.intake import Inbox, Seen
from safelight.reconcile.names import comparable, stem_of
from safelight.reconcile.ownfiles import OwnFiles
from safelight.reconcile.planning import rules_digest
from safelight.reconcile.rulewords import say, text_file
from safelight.reconcile.trial import Trial
from safelight.reconcile.tryingwords import Tried, why_lines
from safelight.reconcile.work import Work
from safelight.store import Store

MOST = 8
"""Pictures copied and queued at once."""
PAUSE = 30.0
"""Seconds before what could not be done (no room, a child lost) is tried again; a run does not wait for it."""
RESULT, WHY = ".result.jpg", ".why.txt"


class _TryFolder(Event):
    """The event with `try/` in the place of `inbox/`, so that settling and completeness are judged the same."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.inbox = root / "try"


class Trying:
    """The `try/` folder of the event being worked on."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.folder = work.event.root / "try"
        self.own = OwnFiles(self.folder, work.cache / "try.json", work.owner.still)
        self.scratch = work.cache / "scratch" / "try"
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.parent.mkdir(parents=True, exist_ok=True)
        self._inbox = Inbox(_TryFolder(work.event.root))
        self._memory = work.cache / "tried.json"
        self._tried: dict[str, dict[str, Any]] = _loaded(self._memory)
        self._jobs: list[Trial] = []
        self._again_at = -1e9
        self._open: set[str] = set()

    # --- looking ---

    def scan(self, now: float) -> None:
        """Look at the folder: what is new or changed and stands still is queued, results without a picture go."""
        if self.work.recipe is None or (not self.folder.is_dir() and not self._tried):
            return
        inbox = self._inbox
        inbox.scan(now)
        everything = inbox.watched
        pictures = {
            self._name(path): watched
            for path, watched in everything.items()
            if not (path.name.endswith(RESULT) and self._ours(self._name(path)))
        }
        self._forget(set(pictures))
        self._rename(result_names(pictures))
        rules = self._rules()
        queued = {job.name: job.seen for job in self._jobs}
        wanted = {
            name: watched
            for name, watched in pictures.items()
            if queued.get(name) != watched.seen and not self._done(name, watched.seen, rules)
        }
        # a card dropped here by mistake is read a few pictures at a time; unfinished ones do not keep others waiting
        first = sorted(wanted.values(), key=lambda watched: watched.unfinished)[: max(0, MOST - len(self._jobs))]
        inbox.watched = {watched.seen.path: watched for watched in first}
        self._open = {name for name, watched in wanted.items() if not watched.stuck}
        if now >= self._again_at:
            for seen, code, kind in list(inbox.ready(now, self.work.pace.settle, self.work.pace.patience)):
                self._queue(seen, code, kind, rules)
        inbox.watched = everything

    def waiting(self) -> bool:
        """Whether a picture in `try/` is still to be answered: a run does not end before."""
        return bool(self._jobs or self._open) and self.work.monotonic() >= self._again_at

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _rules(self) -> str:
        """What results depend on beside the picture."""
        recipe = self.work.recipe
        assert recipe is not None
        event = recipe.event
        parts = [rules_digest(recipe, part) for part in ("sort", "retouch", "style")]
        return digest([*parts, event.language, event.night_from, event.night_to])

    def _done(self, name: str, seen: Seen, rules: str) -> bool:
        known = self._tried.get(name)
        if known is None or known["rules"] != rules or [seen.size, seen.mtime] != known["seen"]:
            return False
        return all((self.folder / made).exists() for made in known["made"])

    def _queue(self, seen: Seen, code: str, kind: str, rules: str) -> None:
        """A picture that stands still; one that is known but for its time is only noted."""
        name = self._name(seen.path)
        try:
            self.scratch.mkdir(parents=True, exist_ok=True)
            stored, _ = Store(self.scratch).put_file(seen.path)
        except DiskFull as fault:
            self._full(fault)
            return
        except OSError:
            return
        self._open.discard(name)
        known = self._tried.get(name)
        if known is not None and known["object"] == stored and self._done(name, Seen(seen.path, *known["seen"]), rules):
            self._note(name, seen, stored, rules, known["made"])
            return
        self._jobs = [job for job in self._jobs if job.name != name]
        self._jobs.append(Trial(name, stored, seen, code, kind, self.work, self.scratch))

    def _forget(self, there: set[str]) -> None:
        """Pictures that are gone take their results with them, also those that an earlier process or cache made."""
        gone = [name for name in self._tried if name not in there]
        for name in gone:
            for made in self._tried.pop(name)["made"]:
                self.own.remove(made)
        self._jobs = [job for job in self._jobs if job.name in there]
        expected = {comparable(made) for names in result_names(there).values() for made in names}
        expected |= {comparable(made) for known in self._tried.values() for made in known["made"]}
        for path in [path for path in self._inbox.watched if path.name.endswith(RESULT)]:
            name = self._name(path)
            if name not in there and comparable(name) not in expected and self.own.remove(name):
                self.own.remove(name.removesuffix(RESULT) + WHY)
        if gone:
            self._save()

    def _rename(self, names: Mapping[str, tuple[str, str]]) -> None:
        """Results keep up with their names: a second picture of the same stem came, or went."""
        for name, (result, why) in names.items():
            known = self._tried.get(name)
            if known is None:
                continue
            target = [result if made.endswith(RESULT) else why for made in known["made"]]
            if target == known["made"]:
                continue
            with contextlib.suppress(OSError):
                for old, new in zip(known["made"], target, strict=True):
                    if self.own.ours(old) and self.own.put(new, (self.folder / old).read_bytes()):
                        self.own.remove(old)
            known["made"] = target
            self._save()

    def _ours(self, name: str) -> bool:
        try:
            return self.own.ours(name)
        except OSError:
            return True

    # --- working ---

    def tend(self) -> None:
        """One look at what is under way; new jobs are given away only while the lanes have nothing better."""
        work = self.work
        if not self._jobs or work.recipe is None:
            return
        if work.monotonic() < max(self._again_at, work.full_until):
            return
        better = bool(work.running or work.planner.queue.ready or work.planner.paused)
        for job in self._jobs[: max(1, work.lanes.count)]:
            if job.advance(may_begin=not better):
                self._finish(job)
        if not self._jobs:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def _finish(self, job: Trial) -> None:
        """Write what came of it; a full disk or a lost child is tried again later."""
        picture = b""
        try:
            picture = job.picture()
        except DiskFull as fault:
            self._full(fault)
            return
        except SafelightError as fault:
            if fault.retry:
                self._again_at = self.work.monotonic() + PAUSE
                self._jobs.remove(job)
                return
            job.fault = fault
        self._jobs.remove(job)
        self._write(job, picture)

    def _write(self, job: Trial, picture: bytes) -> None:
        work = self.work
        there = {self._name(path) for path in self._inbox.watched}
        names = result_names({name for name in there if not (name.endswith(RESULT) and self._ours(name))} | {job.name})
        result, why = names[job.name]
        told = Tried(
            job.name.rpartition("/")[2], os.path.basename(result) if picture else "", job.code, job.format, job.fault,
            job.first, job.plan, tuple(job.asked), job.rehearsal,
        )  # fmt: skip
        # the text comes last: where it stands the picture does, too
        wanted = {result: picture} if picture else {}
        wanted[why] = text_file("\n".join(why_lines(told, work.language, work.recipe)))
        made = []
        try:
            for name, data in wanted.items():
                if self.own.put(name, data):
                    made.append(name)
                else:
                    work.tell_once(f"try {name}", say("in_the_way", work.language, file=f"../try/{name}"))
            if not picture:
                self.own.remove(result)
        except OSError as fault:
            work.tell_once("try", f"{self.folder}: {said(fault.strerror or '', work.language)}")
            self._again_at = work.monotonic() + PAUSE
            return
        work.at("try answered")
        self._note(job.name, job.seen, job.object, self._rules(), made)
        work.tell(f"try/{why}")

    def _note(self, name: str, seen: Seen, stored: str, rules: str, made: list[str]) -> None:
        self._tried[name] = {"seen": [seen.size, seen.mtime], "object": stored, "rules": rules, "made": made}
        self._save()

    def _save(self) -> None:
        with contextlib.suppress(OSError):
            write_through(self._memory, json.dumps(self._tried, ensure_ascii=True).encode())

    def _full(self, fault: DiskFull) -> None:
        """The cache's disk is full, which stops nothing but tries; later there may be room."""
        self.work.tell_once("try", f"try/: {fault.say(self.work.language)}")
        self._again_at = self.work.monotonic() + PAUSE


def result_names(pictures: Mapping[str, object] | set[str]) -> dict[str, tuple[str, str]]:
    """Picture → names of result and text. Two of one stem keep their endings: `x.jpg.result.jpg`, `x.png.result.jpg`."""
    stems: dict[str, int] = {}
    for name in pictures:
        key = comparable(_stem(name))
        stems[key] = stems.get(key, 0) + 1
    found = {}
    for name in pictures:
        stem = name if stems[comparable(_stem(name))] > 1 else _stem(name)
        found[name] = (stem + RESULT, stem + WHY)
    return found


def _stem(name: str) -> str:
    folder, slash, base = name.rpartition("/")
    return folder + slash + stem_of(base)


def _loaded(path: Path) -> dict[str, dict[str, Any]]:
    try:
        rows = json.loads(path.read_bytes())
        return {str(name): row for name, row in rows.items() if {"seen", "object", "rules", "made"} <= set(row)}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
