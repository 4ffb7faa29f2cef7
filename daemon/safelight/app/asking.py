"""Asking for a record: `decide`, `redo`, and the book beside an owner. A request file, whoever turns it into a record."""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safelight.app.around import SOFTWARE, Audience, Surroundings
from safelight.app.looking import find_photo, overview, peek
from safelight.app.working import Outcome, outcome_of, owned, reconciler
from safelight.model.errors import OwnedByAnother, UsageError
from safelight.reconcile.asked import record_requests
from safelight.reconcile.event import CLASS_FOLDERS, Event, Owner, look_at
from safelight.reconcile.pace import Pace
from safelight.reconcile.planning import rules_digest
from safelight.reconcile.work import Work
from safelight.workers.lanes import Lanes


@dataclass(frozen=True)
class Asked:
    """A request: whether it is recorded already, and what it is about."""

    name: str
    recorded: bool
    told: str


def ask(event: Event, kind: str, body: dict[str, Any], told: str, patience: float = 15.0) -> Asked:
    """Leave a request. Beside a live owner wait until it is recorded; without one become the owner for it."""
    event.require()
    unique = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(4)}"
    name = event.requests.put(kind, body, unique)
    if event.lease.live() is None:
        try:
            with owned(event) as owner:
                _record_requests(owner)
            return Asked(name, recorded=True, told=told)
        except OwnedByAnother:
            pass
    waited = 0.0
    path = event.requests.folder / f"{name}.json"
    while waited < patience and path.exists():
        time.sleep(0.2)
        waited += 0.2
    return Asked(name, recorded=not path.exists(), told=told)


def _record_requests(owner: Owner) -> None:
    """What an owner does with waiting requests, without any other work."""
    lanes = Lanes(owner.event.store.root, 1, 1)
    try:
        record_requests(Work(owner, lanes, Path(os.devnull), Pace(), SOFTWARE, recipe=peek(owner)))
    finally:
        lanes.close()


def decide(event: Event, wanted: str, verdict: str) -> Asked:
    """A person's verdict on a photo."""
    word = {"retouch": "retoucher", "exclude": "exclure", "à retoucher": "retoucher"}.get(verdict, verdict)
    if word not in CLASS_FOLDERS:
        raise UsageError(reason=f"“{verdict}” is no verdict: say ok, retoucher or exclure.")
    world = look_at(event.require())
    photo = find_photo(world, wanted)
    return ask(event, "decide", {"photo": photo, "verdict": word, "by": "command"}, f"{world.of(photo).name}: {word}")


STAGE_WORDS = ("look", "classify", "mask", "inpaint", "alter", "stylize")
PART_WORDS = ("sort", "retouch", "style")


def redo(event: Event, wanted: str | None) -> list[Asked]:
    """Do work again: a photo, a stage, a part of the rules, or the book. None lists nothing and asks nothing."""
    look = overview(event)
    if wanted is None:
        return []
    word = wanted.casefold()
    if word in PART_WORDS and word in look.held:
        return [
            ask(
                event,
                "word",
                {"part": word, "rules": rules_digest(look.recipe, word)},
                f"{word}: the changed rules may redo finished work",
            )
        ]
    if word in PART_WORDS or word in STAGE_WORDS:
        return [ask(event, "redo", {"stage": word}, f"{word}: all photos again")]
    photo = find_photo(look.world, wanted)
    return [ask(event, "redo", {"stage": "photo", "photos": [photo]}, f"{look.world.of(photo).name}: again")]


def ask_book(event: Event) -> Asked:
    """A book now: beside an owner a request, else made by this process (`make_book`)."""
    return ask(event, "book", {}, "book")


def book(event: Event, around: Surroundings, audience: Audience) -> Outcome | Asked:
    """`safelight book`: make the draft now from what is finished."""
    if event.require().lease.live() is not None:
        return ask_book(event)
    with reconciler(event, around, audience, watching=False) as loop:
        loop.refresh()
        loop.make_book()
        loop.publish()
        return outcome_of(loop)
