"""Before changed rules redo anything: what they touch, in one line, and what they do to the newest photos, in a picture.

`rules/preview retouch.jpg` shows before | mask | after of the six newest photos touched, made by the real stages from
small copies; `preview retouch.txt` says the same in words. The new rules are in force meanwhile; only redoing what is
finished waits, for a bounded time. Nothing is recorded, nothing enters the store. A preview goes away when the rules
that it shows are no longer in force.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from safelight.model.moments import since
from safelight.model.recipe import Recipe
from safelight.model.system import said
from safelight.reconcile.impact import Counting, Impact
from safelight.reconcile.ownfiles import COMMENT, OwnFiles
from safelight.reconcile.planning import ALL_PARTS, rules_digest
from safelight.reconcile.previewing import Making
from safelight.reconcile.rules import PARTS
from safelight.reconcile.rulewords import duration, redo_word, say, text_file
from safelight.reconcile.work import Work

FILES = {part: file for file, part in PARTS.items() if part in ALL_PARTS}
LISTED = 60
"""Photos named in the text; more than that nobody reads."""
SLICE = 0.5
"""Seconds of counting in one cycle: 10,000 photos take several, and the sign of life and the inbox go on meanwhile."""
LONGEST = 300.0
"""Seconds that a run waits for a preview before it ends without."""


class Previews:
    """The previews of the event being worked on. `own` are our files in `rules/`."""

    def __init__(self, work: Work, own: OwnFiles) -> None:
        self.work, self.own = work, own
        self.scratch = work.cache / "scratch" / "preview"
        self._counting: Counting | None = None
        self._recipe: Recipe | None = None
        self._making: list[Making] = []
        self._since = -1e9
        self._checked = False
        shutil.rmtree(self.scratch, ignore_errors=True)

    def changed(self, old: Recipe | None, new: Recipe) -> None:
        """Other rules are in force: take stale previews away and begin to count. Finished work waits from now on."""
        work = self.work
        self._checked = True
        self._drop_stale(new)
        self._stop()
        if old is None or not work.owner.state.photos:
            return
        self._since = work.monotonic()
        self._counting = Counting(work.owner, old, new, work.planner.promises)
        self._recipe = new
        work.planner.plan(work.owner, new)
        if work.planner.redo_seconds(work.owner.state) > 0:
            work.planner.paused = ALL_PARTS

    def resume(self, before: Callable[[], Recipe | None], recipe: Recipe) -> None:
        """At the start: rules accepted by an owner who ended before anything was shown or redone are shown now."""
        work = self.work
        shown = any(
            shown_rules(work.event.rules / f"preview {part}.jpg") == mark_of(recipe, part) for part in ALL_PARTS
        )
        work.planner.plan(work.owner, recipe)
        if not shown and work.planner.redo_seconds(work.owner.state) > 0:
            self.changed(before(), recipe)

    def _counted(self, touched: dict[str, Impact], new: Recipe) -> None:
        """Say what is touched, in a sentence and a text, and begin the pictures."""
        work = self.work
        held = work.planner.held
        for part, found in touched.items():
            if getattr(new, part) is None:
                continue
            file = FILES[part]
            line = impact_line(found, work.language)
            work.tell(f"{file}{chr(0xA0) + ':' if work.language == 'fr' else ':'} {line}")
            self._write(f"preview {part}.txt", text_file("\n".join(self._lines(found, line, held))))
            version = work.owner.state.rules[file][0].version if file in work.owner.state.rules else 1
            title = say("preview_title", work.language, file=file, version=version)
            self._making.append(Making(work, found, new, self.scratch, title, line))

    def tend(self) -> None:
        """One look at what is being made; called in every cycle, never waits."""
        work = self.work
        if not self._checked and work.recipe is not None:
            self._checked = True
            self._drop_stale(work.recipe)
        if self._counting is not None and self._recipe is not None:
            started = work.monotonic()
            if self._counting.go_on(lambda: work.monotonic() - started > SLICE):
                counted, self._counting = self._counting, None
                self._counted(counted.found(), self._recipe)
        if self._making:
            making = self._making[0]
            done, data = making.advance()
            if data is not None:
                self._write(f"preview {making.impact.part}.jpg", data)
                work.at("preview shown")
            if done:
                self._making.pop(0)
            if not self._making:
                self._stop()
        if work.planner.paused and not self.pending():
            work.planner.paused = frozenset()

    def pending(self) -> bool:
        """Whether redoing finished work waits for a preview."""
        return self._busy() and self.work.monotonic() - self._since < self.work.pace.preview

    def active(self) -> bool:
        """Whether a run should not end yet."""
        return self._busy() and self.work.monotonic() - self._since < LONGEST

    def _busy(self) -> bool:
        return self._counting is not None or bool(self._making)

    def _stop(self) -> None:
        """Forget what is being made: results that still come are thrown away with their store."""
        self._counting = None
        self._making.clear()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def _write(self, name: str, data: bytes) -> None:
        try:
            if not self.own.put(name, data):
                self.work.tell_once(f"way {name}", say("in_the_way", self.work.language, file=name))
        except OSError as fault:
            self.work.tell_once(
                "preview", f"{self.work.event.rules / name}: {said(fault.strerror or '', self.work.language)}"
            )

    def _drop_stale(self, recipe: Recipe) -> None:
        """Previews of other rules than these, whoever of us made them, go; also a text whose picture is not there."""
        for part in sorted(ALL_PARTS):
            name = f"preview {part}"
            if shown_rules(self.work.event.rules / f"{name}.jpg") != mark_of(recipe, part):
                for ending in (".jpg", ".txt"):
                    with contextlib.suppress(OSError):
                        self.own.remove(name + ending)

    def _lines(self, found: Impact, line: str, held: frozenset[str]) -> Iterator[str]:
        """The preview in words: the line, since when, what redoing takes, how to undo, the photos."""
        owner, language = self.work.owner, self.work.language
        file = FILES[found.part]
        yield f"{line}."
        known = owner.state.rules.get(file)
        if known is not None:
            title = say("preview_title", language, file=file, version=known[0].version)
            yield f"{title}. {say('in_force_since', language, time=since(known[1], language, self.work.zone))}"
        cost = self.work.planner.redo_seconds(owner.state) / max(1, self.work.lanes.count)
        time = duration(cost, language)
        waiting = [part for part in ("sort", "retouch", "style") if part in held]
        if waiting:
            for part in waiting:
                yield say("redo_waits", language, time=time, part=part, word=redo_word(part, language))
        else:
            yield say("redo_soon" if cost else "redo_nothing", language, time=time)
        earlier = f"{file.partition('.')[0]} {known[0].version - 1:04d} (" if known is not None else "?"
        for path in (owner.event.rules / ".history").glob("*.yaml"):
            if path.name.startswith(earlier):
                yield say("undo", language, file=file, history=path.name)
        yield ""
        for photo in found.photos[:LISTED]:
            detail = owner.of(photo)
            name = "/".join(filter(None, (detail.photographer, detail.name)))
            yield f"  {name}: {kind_word(found.part, found.kinds[photo], 1, language).removeprefix('1 ')}"
        if len(found.photos) > LISTED:
            yield say("more_photos", language, n=len(found.photos) - LISTED)


def impact_line(found: Impact, language: str) -> str:
    """`41 photos touched: 33 new, 5 masked differently, 3 no longer`."""
    key = {0: "touched_none", 1: "touched_one"}.get(found.touched, "touched")
    words = ", ".join(kind_word(found.part, kind, n, language) for kind, n in found.counts.items())
    colon = "\u00a0: " if language == "fr" else ": "
    return say(key, language, n=found.touched) + (colon + words if words else "")


def kind_word(part: str, kind: str, count: int, language: str) -> str:
    """`33 new`, `8 ok → exclure`."""
    if part == "sort":
        before, _, after = kind.partition(">")
        return say("sort_move", language, n=count, before=before, after=after)
    return say(f"{part}_{kind}", language, n=count)


def mark_of(recipe: Recipe, part: str) -> str:
    """What a preview of these rules is known by: stands in the picture's comment."""
    return f"{COMMENT.decode()} preview {part} {rules_digest(recipe, part)[:16]}"


def shown_rules(path: Path) -> str:
    """The mark in a preview's comment; empty where there is none."""
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError:
        return ""
    at = start.find(COMMENT + b" preview ")
    return start[at:].split(b"\xff", 1)[0].decode("ascii", "replace") if at >= 0 else ""
