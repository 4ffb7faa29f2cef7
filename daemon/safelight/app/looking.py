"""Looking at an event: `status`, `plan`, `explain`, `audit verify`, `rules check`. No lease is taken, nothing written."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safelight.book.choose import why_not
from safelight.ledger.chain import Head
from safelight.ledger.journal import Ledger
from safelight.ledger.lease import Holder
from safelight.model.digests import PhotoId, object_id
from safelight.model.errors import UsageError
from safelight.model.promise import Kept
from safelight.model.recipe import Recipe
from safelight.model.signals import Verdict
from safelight.plan.steps import WHY, PhotoPlan
from safelight.projection.state import State
from safelight.reconcile import rules
from safelight.reconcile.better import could_be_better, with_adopted
from safelight.reconcile.event import Event, World, look_at
from safelight.reconcile.finding import photos_called
from safelight.reconcile.intake import Inbox
from safelight.reconcile.planning import Planner, estimate
from safelight.reconcile.publish import hash_file
from safelight.reconcile.tally import Tally, corrections, tally
from safelight.reconcile.verify import Findings
from safelight.reconcile.verify import verify as verify_event
from safelight.rulebook.compile import Seen
from safelight.stages.base import DOUBTS


def peek(world: World) -> Recipe:
    """The recipe as the files say now, without writing: styles known by their bytes, broken files by their last good."""
    pool, _ = rules.styles(world.event, object_id, lambda _name: True)
    # a folder that lost everything is a share in trouble: the owner keeps the last rules, and so does who looks
    files = rules.read_files(world.event) or rules.all_last_good(world)
    return rules.in_force(world, pool, files, Seen()).recipe


@dataclass(frozen=True)
class Overview:
    """A look at an event: state, recipe, plans, counts, who owns it."""

    world: World
    recipe: Recipe
    plans: dict[PhotoId, PhotoPlan]
    held: frozenset[str]
    tally: Tally
    left: float
    owner: str = ""
    better: dict[str, int] = field(default_factory=dict)
    holder: Holder | None = None
    corrections: int = 0
    """Photos that people sorted otherwise than the model since the last head was taken."""
    promise: Kept | None = None
    """What the model that sorted last can promise; None where nothing was sorted or the rules want no promise."""

    def to_json(self) -> dict[str, Any]:
        """Plain values for `status --json`.

        `state` is stopped when no lease stands or its process is certainly gone. `beat` goes up every ten seconds while
        somebody works: whoever watches over the event compares two readings; clocks of two machines are never compared.
        """
        book, event = self.world.state.book, self.world.event
        return {
            **self.tally.to_json(), "waits_for_word": sorted(self.held), "seconds_left": round(self.left, 1),
            "owner": self.owner, "records": self.world.state.sequence, "could_be_better": self.better,
            "book_pages": book.made.page_count if book else 0, "book_made": book.time if book else "",
            "state": "running" if self.holder else "stopped", "beat": self.holder.beat if self.holder else 0,
            "owner_since": self.holder.since if self.holder else "", "rule_problems": _problem_notes(event.rules),
            "disk_free_mb": shutil.disk_usage(event.library).free // 1_000_000,
            "corrections": self.corrections, "promise": vars(self.promise) if self.promise else None,
        }  # fmt: skip


def overview(event: Event, cache: Path | None = None) -> Overview:
    """Read an event without touching it. `cache` is where the last owner noted which backends there are."""
    world = look_at(event.require())
    recipe = peek(world)
    planner = Planner(words=DOUBTS)
    held = planner.plan(world, recipe)
    pages = world.state.book.made.pages if world.state.book else {}
    inbox = Inbox(event)
    inbox.scan(0.0)
    counts = tally(world.state, planner.plans, pages, inbox.ignored, len(inbox.watched) + len(_claims(event)))
    holder = event.lease.live()
    owner = f"process {holder.pid} on {holder.host} since {holder.since}" if holder else ""
    left = estimate(planner.plans.values(), world.state)
    better = (
        could_be_better(planner.plans.values(), with_adopted(_backends(cache), world.state.adopted), world.state.photos)
        if cache
        else {}
    )
    promise = planner.promises.kept(recipe).get(world.state.sorting) if world.state.sorting else None
    return Overview(
        world,
        recipe,
        planner.plans,
        held,
        counts,
        left,
        owner,
        better,
        holder,
        corrections(world.state.photos.values(), world.state.adopted_at),
        promise,
    )


def _problem_notes(folder: Path) -> list[str]:
    """The notes that stand beside rule files which are not in use: their names say which and how many."""
    try:
        return sorted(name for name in os.listdir(folder) if " - " in name and ("PROBLEM" in name or "PROBLÈM" in name))
    except OSError:
        return []


def _backends(cache: Path) -> list[list[Any]]:
    try:
        rows: list[list[Any]] = json.loads((cache / "backends.json").read_bytes())
    except (OSError, ValueError):
        return []
    return rows


def _claims(event: Event) -> list[str]:
    try:
        return [name for name in os.listdir(event.claimed) if (event.claimed / name / "file").exists()]
    except OSError:
        return []


def find_photo(world: World, wanted: str) -> PhotoId:
    """A photo by file, digest (8 digits or more) or name; raises UsageError when it is none or several."""
    path = Path(wanted)
    photos = world.state.photos
    if path.is_file() and (found := PhotoId(hash_file(path))) in photos:
        return found
    named = photos_called(world, wanted)
    if len(named) == 1:
        return named[0]
    if not named:
        raise UsageError(reason=f"No photo of this event is called “{wanted}”.")
    rows = ", ".join(f"{world.of(photo).photographer}/{world.of(photo).name} = {photo[:12]}" for photo in named)
    raise UsageError(reason=f"Several photos are called “{wanted}”: {rows}. Say which by its number.")


def explain(event: Event, wanted: str) -> dict[str, Any]:
    """Everything about one photo, as plain values: how it was sorted, which rules applied, every step, where it is."""
    look = overview(event)
    world, photo_id = look.world, find_photo(look.world, wanted)
    photo, plan, detail = world.state.photos[photo_id], look.plans[photo_id], world.of(photo_id)
    judged = photo.latest.get("classify")
    verdict = Verdict.from_json(judged.step.facts) if judged else None
    language = look.recipe.event.language
    page = world.state.book.made.pages.get(photo_id) if world.state.book else None
    return {
        "photo": photo_id,
        "name": detail.name,
        "photographer": detail.photographer,
        "taken": detail.taken,
        "camera": detail.camera,
        "arrived": photo.time,
        "verdict": plan.verdict,
        "decided_by": plan.decided_by,
        "standing": plan.standing,
        "probabilities": verdict.probabilities if verdict else {},
        "reasons": [[reason.signal, reason.value, reason.weight] for reason in verdict.reasons] if verdict else [],
        "rules": [vars(note) for note in plan.notes],
        "need": plan.need.say(language) if plan.need else None,
        "missing": plan.step.stage if plan.step else None,
        "why": plan.step.why if plan.step else None,
        "held": plan.held.stage if plan.held else None,
        "steps": [
            {"time": done.time, "record": done.sequence, **done.step.to_json()}
            for done in sorted(photo.steps.values(), key=lambda done: done.sequence)
        ],
        "decisions": [[time_, fact.verdict, fact.by] for fact, time_ in photo.decisions],
        "edits": [
            [done.time, done.step.params["place"], done.sequence]
            for done in photo.produced.values()
            if done.step.backend == "hand"
        ],
        "left_out": list(photo.left_out),
        "page": page,
        "not_chosen": _not_chosen(world, photo_id, language),
        "promise": look.promise.say(language) if look.promise and plan.decided_by in {"", "model"} else "",
        "language": language,
    }


def _not_chosen(world: World, photo: PhotoId, language: str) -> str:
    """Why the last book was made without this photo, in words; empty where it is in, or was not asked."""
    code = world.state.book.made.not_chosen.get(photo, "") if world.state.book else ""
    return why_not(code, lambda other: world.of(other).name, world.state.photos)[language == "fr"]


def verify(event: Event, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Findings:
    """`audit verify`."""
    return verify_event(event.require(), progress)


def check_rules(event: Event) -> tuple[dict[str, str], list[str]]:
    """Problems by file, as text in the event's language, and warnings. Nothing is written."""
    event.require()
    world = look_at(event)
    pool, bad = rules.styles(event, object_id, lambda _name: True)
    forced = rules.in_force(world, pool, rules.read_files(event), rules.seen_in(world))
    warnings = [warning.say(forced.recipe.event.language) for warning in forced.compiled.warnings]
    warnings += [f"rules/styles/{name}: not a picture" for name in bad]
    return dict(forced.texts), warnings


def plan_row(look: Overview, photo: PhotoId) -> dict[str, Any] | None:
    """What is missing for one photo, as plain values; None when nothing is."""
    plan = look.plans[photo]
    step = plan.step or plan.held
    if step is None:
        return None
    language = look.recipe.event.language
    return {
        "photo": photo,
        "name": look.world.of(photo).name,
        "stage": step.stage,
        "rule": step.rule,
        "why": WHY[step.why][1 if language == "fr" else 0],
        "held": plan.step is None,
        "then": list(plan.then),
    }


def language_of(event: Event) -> str:
    """The event's language: asked before anything else is done, so of the file alone; of the ledger when that is broken."""
    nothing = World(event.require(), Ledger((), Head()), State(), bytearray())
    forced = rules.in_force(nothing, (), rules.read_files(event), Seen())
    if "event.yaml" in rules.read_files(event) and not forced.compiled.problems.get("event.yaml"):
        return forced.recipe.event.language
    return peek(look_at(event)).event.language
